"""Tests of Perl, R, Julia, Dart, Nim, Zig, Lua and Emacs Lisp."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Perl: Test::More, Test2, prove.

_PERL_TEST = (
    LogPattern(
        name="perl-test.failed",
        keywords=("failed test",),
        start=r"\s{0,16}# {1,4}Failed test\b",
        context_before=r"\s{0,16}not ok \d",
        max_context=1,
        body=r"\s{0,16}#",
        end_before=r"\s{0,16}# {1,4}(?:Failed (?:\(TODO\) )?test\b|Looks like )|# Subtest",
        max_lines=25,
        fingerprint=r"# {1,4}Failed test|# {1,8}(?:got|expected): ",
        example="""
  not ok 2 - total
  ok 3 - opens
! #   Failed test 'total'
> #   at t/cart.t line 5.
> #          got: '7'
> #     expected: '8'
  # Looks like you failed 1 test of 3.
""",
    ),
    LogPattern(
        name="perl-test.todo",
        keywords=("failed (todo) test",),
        start=r"\s{0,16}# {1,4}Failed \(TODO\) test",
        body=r"\s{0,16}# {3}",
        end_before=r"\s{0,16}# {1,4}(?:Failed test\b|Looks like )",
        max_lines=20,
        confidence=Confidence.NOISE,
        example="""
! #   Failed (TODO) test 'total'
> #   at t/cart.t line 9.
  ok 3
""",
    ),
    LogPattern(
        name="perl-test.looks_like",
        keywords=("looks like you failed",),
        start=r"\s{0,16}# Looks like you failed \d",
        confidence=Confidence.SYMPTOM,
        example="""
! # Looks like you failed 1 test of 3.
""",
    ),
    LogPattern(
        name="prove.dubious",
        keywords=("dubious, test returned",),
        start=r"\s{0,4}Dubious, test returned \d",
        context_before=r"(?!ok |not ok |\d\.\.)\S",
        max_context=6,
        confidence=Confidence.LIKELY,
        headline=r"^(?!#|Dubious|\S{1,200} \.{2,60}).{0,600} at \S{1,200} line \d{1,7}\.?$",
        example="""
  ok 1 - opens
! no price list at t/cart.t line 9.
> # Looks like your test exited with 255 just after 1.
> t/cart.t ..
> Dubious, test returned 255 (wstat 65280, 0xff00)
  All 1 subtests passed
""",
    ),
    LogPattern(
        name="prove.subtests",
        keywords=("failed ",),
        start=r"\s{0,4}Failed \d{1,7}/\d{1,7} (?:subtests|tests|test programs)",
        confidence=Confidence.RECAP,
        example="""
! Failed 4/6 subtests
""",
    ),
    LogPattern(
        name="prove.summary",
        keywords=("failed: ",),
        start=r"\S{1,300} {1,200}\(Wstat: \d{1,6} .{0,80}Failed: \d{1,7}\)$",
        body=r"\s{2}\S",
        confidence=Confidence.RECAP,
        example="""
  Test Summary Report
  -------------------
! t/cart.t (Wstat: 1024 (exited 4) Tests: 6 Failed: 4)
>   Failed tests:  2-5
>   Non-zero exit status: 4
  Files=2, Tests=7,  1 wallclock secs
""",
    ),
    LogPattern(
        name="prove.result",
        keywords=("result: fail",),
        start=r"Result: FAIL$",
        confidence=Confidence.SYMPTOM,
        example="""
! Result: FAIL
""",
    ),
)

# R: testthat, tinytest and R CMD check.

_R_TEST_BAR = r"\s{0,4}(?:──|--|══|==) ?"
_R_TEST_NEXT = (
    _R_TEST_BAR + r"(?!=)\S|\s{0,4}(?:Failure|Error|Warning|Skip) \('?\S{1,300}\): "
    r"|\s{0,4}\[ FAIL |\s{0,4}(?:Error: Test failures|OK: {1,4}\d|DONE|Execution halted)|\s{0,4}[═=─]{8}"
)

_R_TEST = (
    LogPattern(
        name="testthat.failure",
        keywords=("failure (",),
        start=r"(?:\s{0,4}(?:──|--|══|==) ?(?:\d{1,5}\. )?)?\s{0,4}Failure \('?\S{1,300}\.[Rr](?::[\d:]{1,12})?'?\): ",
        end_before=_R_TEST_NEXT,
        max_lines=30,
        headline=r"^\s{0,4}(?:Error in .{1,300}: \S|Error: \S)",
        fingerprint=r"^\s{0,4}(?:──|--) |^\s{0,4}Error in .{1,300}: \S",
        example="""
  ══ Failed tests ════════════════════════════════════════════════════════════════
! ── Failure (test-cart.R:5:3): has a total ──────────────────────────────────────
> total() (`actual`) is not 8 (`wanted`).

>   `actual`: 7
> `wanted`: 8

  [ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]
""",
    ),
    LogPattern(
        name="testthat.error",
        keywords=("error (",),
        start=r"(?:\s{0,4}(?:──|--|══|==) ?(?:\d{1,5}\. )?)?\s{0,4}Error \('?\S{1,300}\.[Rr](?::[\d:]{1,12})?'?\): ",
        end_before=_R_TEST_NEXT,
        max_lines=30,
        headline=r"^\s{0,4}(?:Error in .{1,300}: \S|Error: \S)",
        fingerprint=r"^\s{0,4}(?:──|--) |^\s{0,4}Error in .{1,300}: \S",
        example="""
  ══ Failed tests ════════════════════════════════════════════════════════════════
! ── Error (test-cart.R:5:3): has a total ──────────────────────────────────────
> total() (`actual`) is not 8 (`wanted`).

>   `actual`: 7
> `wanted`: 8

  [ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]
""",
    ),
    LogPattern(
        name="testthat.failure_old",
        keywords=("failure: ",),
        start=r"\s{0,4}(?:──|--|══|==) ?\d{1,5}\. Failure: \S.{0,400} \(@\S{1,200}\)",
        end_before=_R_TEST_NEXT,
        max_lines=30,
        example="""
! ── 1. Failure: has a total (@test-cart.R#5)  ────────────────────────────────────
> total() is not 8.
> 1/1 differences
> [1] 7 - 8 == -1

  ══ testthat results  ═══════════════════════════════════════════════════════════
""",
    ),
    LogPattern(
        name="testthat.error_old",
        keywords=("error: ",),
        start=r"\s{0,4}(?:──|--|══|==) ?\d{1,5}\. Error: \S.{0,400} \(@\S{1,200}\)",
        end_before=_R_TEST_NEXT,
        max_lines=30,
        example="""
! ── 1. Error: has a total (@test-cart.R#5)  ────────────────────────────────────
> total() is not 8.
> 1/1 differences
> [1] 7 - 8 == -1

  ══ testthat results  ═══════════════════════════════════════════════════════════
""",
    ),
    LogPattern(
        name="testthat.none",
        keywords=("[ fail 0 |",),
        start=r"\s{0,4}\[ FAIL 0 \|",
        confidence=Confidence.NOISE,
        example="""
! [ FAIL 0 | WARN 1 | SKIP 0 | PASS 2 ]
""",
    ),
    LogPattern(
        name="testthat.count",
        keywords=("[ fail ",),
        start=r"\s{0,4}\[ FAIL [1-9]",
        confidence=Confidence.SYMPTOM,
        example="""
! [ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]
""",
    ),
    LogPattern(
        name="testthat.failures",
        keywords=("error: test failures",),
        start=r"\s{0,4}Error: Test failures",
        confidence=Confidence.NOISE,
        example="""
! Error: Test failures
""",
    ),
    LogPattern(
        name="r-check.error",
        keywords=(" ... error",),
        start=r"\* checking .{1,300} \.\.\. (?:\[[\w/ .]{1,40}\] )?ERROR$",
        body=r"\s{1,8}\S|Running |The error most likely|> |$|Installation failed|See |[A-Z]\w{2,20}:? .{1,300}",
        end_before=r"\* |--- |Status: ",
        max_lines=40,
        headline=r"^\s{0,4}(?:Error in |Error: |ERROR: )\S|^Installation failed",
        fingerprint=r"^\* checking |^\s{0,4}(?:Error in |Error: )",
        example="""
  * checking tests ...
> * checking examples ... ERROR
> Running examples in ‘shop-Ex.R’ failed
> The error most likely occurred in:
>
> > total()
! Error in total() : no price list
> Calls: total
  * checking PDF version of manual ... OK
""",
    ),
    LogPattern(
        name="r-check.tests",
        keywords=("failed.",),
        start=r"\s{1,4}Running the tests in ‘.{1,200}’ failed\.$",
        confidence=Confidence.SYMPTOM,
        example="""
!  Running the tests in ‘tests/testthat.R’ failed.
""",
    ),
    LogPattern(
        name="r-check.status",
        keywords=(" error",),
        start=r"Status: [1-9]\d{0,3} ERRORs?",
        confidence=Confidence.SYMPTOM,
        example="""
! Status: 1 ERROR, 1 NOTE
""",
    ),
)

# Julia: Test.

_JULIA_TEST_NEXT = (
    r"Test Summary|\S.{0,300}: (?:Test Failed|Error During Test) at |ERROR: (?:LoadError: )?Some tests|\|"
)
_JULIA_TEST_SAYS = r"^\s{2}[A-Z]\w{2,80}(?:Error|Exception)[(:]"

_JULIA_TEST = (
    LogPattern(
        name="julia-test.failed",
        keywords=("test failed at ",),
        start=r"(?:\S.{0,300}: )?Test Failed at \S",
        body=r"\s{1,40}\S|Stacktrace:|$|(?:in expression|caused by)",
        end_before=_JULIA_TEST_NEXT,
        max_lines=25,
        headline=_JULIA_TEST_SAYS,
        fingerprint=r"^(?:\S.{0,300}: )?(?:Test Failed|Error During Test) at |" + _JULIA_TEST_SAYS,
        example="""
! Cart: Test Failed at /srv/shop/test/runtests.jl:5
>   Expression: total() == 8
>    Evaluated: 7 == 8

> Stacktrace:
>  [1] macro expansion
>    @ /srv/shop/test/runtests.jl:5 [inlined]
  Test Summary: | Pass  Fail  Total
""",
    ),
    LogPattern(
        name="julia-test.error",
        keywords=("error during test at ",),
        start=r"(?:\S.{0,300}: )?Error During Test at \S",
        body=r"\s{1,40}\S|Stacktrace:|$|(?:in expression|caused by)",
        end_before=_JULIA_TEST_NEXT,
        max_lines=25,
        headline=_JULIA_TEST_SAYS,
        fingerprint=r"^(?:\S.{0,300}: )?(?:Test Failed|Error During Test) at |" + _JULIA_TEST_SAYS,
        example="""
! Cart: Error During Test at /srv/shop/test/runtests.jl:5
>   Expression: total() == 8
>    Evaluated: 7 == 8

> Stacktrace:
>  [1] macro expansion
>    @ /srv/shop/test/runtests.jl:5 [inlined]
  Test Summary: | Pass  Fail  Total
""",
    ),
    LogPattern(
        name="julia-test.some",
        keywords=("error: ",),
        start=r"ERROR: (?:LoadError: )?(?:Some tests did not pass|Package \S{1,200} errored during testing)",
        confidence=Confidence.NOISE,
        example="""
! ERROR: LoadError: Some tests did not pass: 2 passed, 1 failed, 0 errored, 0 broken.
""",
    ),
)

# Dart and Flutter.

_DART_TEST_TITLE = r"\d\d:\d\d \+\d{1,7}(?: ~\d{1,7})? -\d{1,7}: .{1,1500} \[E\]$"
_DART_TEST_GOES_ON = r"\s{2,40}\S|$"
_DART_TEST_ENDS = r"\d\d:\d\d \+\d|\s{0,2}(?:To run this test again|Consider enabling the flag)"

_DART_TEST = (
    LogPattern(
        name="dart-test.expected",
        keywords=("expected: ",),
        start=r"\s{2}Expected: ",
        context_before=_DART_TEST_TITLE,
        max_context=1,
        body=_DART_TEST_GOES_ON,
        end_before=_DART_TEST_ENDS,
        max_lines=25,
        headline=r" \[E\]$",
        fingerprint=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
        example="""
  00:01 +1: test/cart_test.dart: opens
! 00:01 +1 -1: test/cart_test.dart: has a total [E]
>   Expected: <8>
>     Actual: <7>

>   package:test_api                 fail
>   test/cart_test.dart 5:5          main.<fn>

  00:01 +1 -1: Some tests did not pass.
""",
    ),
    LogPattern(
        name="dart-test.exception",
        keywords=("exception: ",),
        start=r"\s{2}\w{0,60}Exception: ",
        context_before=_DART_TEST_TITLE,
        max_context=1,
        body=_DART_TEST_GOES_ON,
        end_before=_DART_TEST_ENDS,
        max_lines=25,
        fingerprint=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
        example="""
  00:01 +1: test/cart_test.dart: opens
> 00:01 +1 -1: test/cart_test.dart: has a total [E]
!   Exception: no price list
>     Actual: <7>

>   package:test_api                 fail
>   test/cart_test.dart 5:5          main.<fn>

  00:01 +1 -1: Some tests did not pass.
""",
    ),
    LogPattern(
        name="dart-test.error",
        keywords=("error",),
        priority=1,  # before the general patterns of other test tools
        start=r"\s{2}\w{0,60}Error(?:: | \()",
        context_before=_DART_TEST_TITLE,
        max_context=1,
        body=_DART_TEST_GOES_ON,
        end_before=_DART_TEST_ENDS,
        max_lines=25,
        fingerprint=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
        example="""
  00:01 +1: test/cart_test.dart: opens
> 00:01 +1 -1: test/cart_test.dart: has a total [E]
!   RangeError (index): no price list
>     Actual: <7>

>   package:test_api                 fail
>   test/cart_test.dart 5:5          main.<fn>

  00:01 +1 -1: Some tests did not pass.
""",
    ),
    LogPattern(
        name="dart-test.failed",
        keywords=("test failed.",),
        start=r"\s{2}Test failed\. See exception logs",
        context_before=_DART_TEST_TITLE,
        max_context=1,
        body=_DART_TEST_GOES_ON,
        end_before=_DART_TEST_ENDS,
        max_lines=25,
        fingerprint=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
        example="""
  00:01 +1: test/cart_test.dart: opens
> 00:01 +1 -1: test/cart_test.dart: has a total [E]
!   Test failed. See exception logs
>     Actual: <7>

>   package:test_api                 fail
>   test/cart_test.dart 5:5          main.<fn>

  00:01 +1 -1: Some tests did not pass.
""",
    ),
    LogPattern(
        name="flutter-test.caught",
        keywords=("exception caught by ",),
        start=r"[═╡ ]{2,8}EXCEPTION CAUGHT BY ",
        end=r"═{20,200}$",
        max_lines=45,
        headline=r"^Expected: |^(?!The (?:following|relevant|test)|When|#|═|\s|Actual|Which)[A-Z][\w ]{2,200}[.:]",
        fingerprint=r"^The following |^Expected: ",
        example="""
> ══╡ EXCEPTION CAUGHT BY FLUTTER TEST FRAMEWORK ╞════════════════════════════════════════════════════
> The following TestFailure was thrown running a test:
! Expected: exactly one matching node in the widget tree
>   Actual: _TextFinder:<zero widgets with text "8">
> When the exception was thrown, this was the stack:
> #4      main.<anonymous closure> (file:///srv/shop/test/cart_test.dart:12:5)
> ════════════════════════════════════════════════════════════════════════════════════════════════════
  00:02 +0 -1: Counter [E]
""",
    ),
    LogPattern(
        name="dart-test.some",
        keywords=("some tests failed",),
        start=r"\d\d:\d\d \+\d.{0,60}: Some tests failed\.|Some tests failed\.$",
        confidence=Confidence.SYMPTOM,
        example="""
! 00:01 +1 -1: Some tests failed.
""",
    ),
)

# Tests of Nim and of Zig.

_NIM_ZIG_TEST_ZIG_TEST = r"\d{1,6}/\d{1,6} \S.{0,300}\.\.\. ?"
_NIM_ZIG_TEST_ZIG_GOES_ON = r"\S{1,300}:\d{1,6}:\d{1,6}: 0x|\s{1,200}\S|test [\"{]"

_NIM_ZIG_TEST = (
    LogPattern(
        name="nim-test.failed",
        keywords=("[failed] ",),
        start=r"\s{2,12}\[FAILED\] \S",
        context_before=r"\s{4,16}(?!\[)\S",
        max_context=10,
        headline=r"Check failed: |Unhandled exception: ",
        fingerprint=r"\[FAILED\]|Unhandled exception: ",
        example="""
  [Suite] cart
!     /srv/shop/tests/t.nim(5, 12): Check failed: total == 8
>     total was 7
>   [FAILED] total
    [OK] prices
""",
    ),
    LogPattern(
        name="zig-test.fail",
        keywords=("fail (",),
        start=_NIM_ZIG_TEST_ZIG_TEST + r"FAIL \(\w{1,100}\)$",
        body=_NIM_ZIG_TEST_ZIG_GOES_ON,
        max_lines=20,
        example="""
! 2/5 main.test.prices...FAIL (NoPriceList)
> /srv/shop/main.zig:3:17: 0x1252b7c in test.prices (main.zig)
>     return error.NoPriceList;
>     ^
  3/5 main.test.opens...OK
""",
    ),
    LogPattern(
        name="zig-test.fail_below",
        keywords=("fail (",),
        start=r"FAIL \(\w{1,100}\)$",
        context_before=r"(?!.{1,400}\.\.\. ?(?:OK|SKIP)$|\s{2,200}\S|/)",
        max_context=16,
        body=_NIM_ZIG_TEST_ZIG_GOES_ON,
        max_lines=20,
        headline=r"^" + _NIM_ZIG_TEST_ZIG_TEST,
        fingerprint=r"^" + _NIM_ZIG_TEST_ZIG_TEST + r"|^FAIL \(",
        example="""
  1/5 main.test.opens...OK
! 2/5 main.test.total...expected 8, found 7
> FAIL (TestExpectedEqual)
> /srv/shop/main.zig:2:16: 0x1252c7b in test.total (main.zig)
>                ^
  3/5 main.test.prices...OK
""",
    ),
    LogPattern(
        name="zig-test.panic",
        keywords=(" panic: ",),
        start=_NIM_ZIG_TEST_ZIG_TEST + r"thread \d{1,12} panic: ",
        body=_NIM_ZIG_TEST_ZIG_GOES_ON,
        max_lines=30,
        example="""
! 5/5 main.test.panics...thread 25022 panic: boom
> /srv/shop/main.zig:6:17: 0x124ee3a in test.panics (main.zig)
  error: the following test command stopped with signal ABRT:
""",
    ),
    LogPattern(
        name="zig-test.command",
        keywords=("error: ",),
        start=r"error: (?:the following test command |while executing test ')",
        body=r"/\S{1,400}$",
        max_lines=2,
        confidence=Confidence.NOISE,
        example="""
! error: the following test command terminated with signal ABRT:
""",
    ),
    LogPattern(
        name="zig-test.build",
        keywords=("' failed: ",),
        start=r"error: '[^']{1,300}' failed: ",
        body=_NIM_ZIG_TEST_ZIG_GOES_ON,
        max_lines=20,
        example="""
! error: 'main.test.total' failed: expected 8, found 7
> /srv/shop/main.zig:2:16: 0x1252c7b in test.total (main.zig)
>                ^
  Build Summary: 1/3 steps succeeded
""",
    ),
)

# Lua: busted, and plenary for Neovim.

_BUSTED_NEXT = r"(?:Failure|Error|Pending) (?:→|->) |\d{1,6} success"

_BUSTED = (
    LogPattern(
        name="busted.failure",
        keywords=("failure ",),
        start=r"Failure (?:→|->) \S",
        end_before=_BUSTED_NEXT,
        max_lines=25,
        headline=r"^\S{1,300}\.(?:lua|moon|tl):\d{1,6}: \S",
        fingerprint=r"^(?:Failure|Error) |^\S{1,300}\.(?:lua|moon|tl):\d{1,6}: \S",
        example="""
  2 successes / 1 failure / 0 errors / 0 pending : 0.0017 seconds

> Failure → spec/cart_spec.lua @ 2
> cart has a total
! spec/cart_spec.lua:3: Expected objects to be equal.
> Passed in:
> (number) 7
> Expected:
> (number) 8
""",
    ),
    LogPattern(
        name="busted.error",
        keywords=("error ",),
        start=r"Error (?:→|->) \S",
        end_before=_BUSTED_NEXT,
        max_lines=25,
        headline=r"^\S{1,300}\.(?:lua|moon|tl):\d{1,6}: \S",
        fingerprint=r"^(?:Failure|Error) |^\S{1,300}\.(?:lua|moon|tl):\d{1,6}: \S",
        example="""
  2 successes / 1 failure / 0 errors / 0 pending : 0.0017 seconds

> Error → spec/cart_spec.lua @ 2
> cart has a total
! spec/cart_spec.lua:3: Expected objects to be equal.
> Passed in:
> (number) 7
> Expected:
> (number) 8
""",
    ),
    LogPattern(
        name="plenary.fail",
        keywords=("fail",),
        start=r"\s{0,4}Fail\s{0,4}\|\|\s",
        body=r"\s{4,20}\S|$",
        max_lines=20,
        headline=r"^\s{12}\S{0,300}\.lua:\d{1,6}: \S",
        fingerprint=r"Fail\s{0,4}\|\|",
        example="""
  Success	||	cart opens
> Fail	||	cart has a total
!             ./tests/cart_spec.lua:5: Expected objects to be equal.
>             Passed in:
>             (number) 7

  Failed : 	1
""",
    ),
    LogPattern(
        name="plenary.count",
        keywords=("failed :",),
        start=r"\s{0,4}Failed : \s{0,4}0$",
        confidence=Confidence.NOISE,
        example="""
! Failed : 	0
""",
    ),
    LogPattern(
        name="busted.success",
        keywords=("0 failures",),
        start=r"\d{1,6} success(?:es)? / 0 failures / 0 errors",
        confidence=Confidence.NOISE,
        example="""
! 12 successes / 0 failures / 0 errors / 0 pending : 0.0017 seconds
""",
    ),
    LogPattern(
        name="busted.total",
        keywords=(" failure",),
        start=r"\d{1,6} success(?:es)? / \d{1,6} failures? / \d{1,6} errors?",
        confidence=Confidence.SYMPTOM,
        example="""
! 2 successes / 1 failure / 0 errors / 0 pending : 0.0017 seconds
""",
    ),
)

# Emacs Lisp: ERT and Buttercup.

_EMACS_TEST = (
    LogPattern(
        name="ert.failed",
        keywords=("failed ",),
        start=r"\s{3}FAILED {1,6}\d{1,5}/\d{1,5} {1,6}\S",
        context_before=r"\s{4,60}\S|Test \S{1,300} condition:$",
        max_context=20,
        fingerprint=r"^\s{3}FAILED |^\s{4}\(",
        example="""
    (cart-total)
> Test cart-total condition:
>     (ert-test-failed
>      ((should
>        (= 7 8))
>       :value nil))
!    FAILED  3/3  cart-total (0.000101 sec) at cart-test.el:5

  Ran 3 tests, 2 results as wanted, 1 not
""",
    ),
    LogPattern(
        name="ert.recap",
        keywords=("failed ",),
        start=r"\s{3}FAILED {1,6}[a-z][\w/:+*-]{1,200}(?:$|  )",
        confidence=Confidence.RECAP,
        body=r"\s{3}FAILED {1,6}[a-z]",
        fingerprint=r"FAILED",
        example="""
!    FAILED  cart-prices
>    FAILED  cart-total
""",
    ),
    LogPattern(
        name="buttercup.failed",
        keywords=("failed: expected",),
        start=r"FAILED: Expected ",
        example="""
  Traceback (most recent call last):
    buttercup-fail("%s" "said")
! FAILED: Expected `(total)' to be `equal' to `8', but instead it was `7'.

  Ran 3 specs, 1 not well, in 13.94ms.
""",
    ),
)

PATTERNS = (
    *_PERL_TEST,
    *_R_TEST,
    *_JULIA_TEST,
    *_DART_TEST,
    *_NIM_ZIG_TEST,
    *_BUSTED,
    *_EMACS_TEST,
)
