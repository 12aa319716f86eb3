"""Perl, R, Julia, Dart, Nim, Zig, Lua, Haskell and others: build tools and tests."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Perl: Test::More, Test2, prove.

_PERL_TEST = (
    LogPattern(
        name="perl-test.failed",
        kind=FailureKind.TEST,
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
        name="prove.dubious",
        kind=FailureKind.TEST,
        keywords=("dubious, test returned",),
        start=r"\s{0,4}Dubious, test returned \d",
        context_before=r"(?!ok |not ok |\d\.\.)\S",
        max_context=6,
        confidence=Confidence.LIKELY,
        headline=r"^(?!#|Dubious|BEGIN failed|\S{1,200} \.{2,60})\S",
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
        name="tcltest.failed",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r"==== \S{1,200} .{0,400} FAILED$",
        end=r"==== \S{1,200} FAILED$",
        body=r"",
        max_lines=40,
        example="""
! ==== cart-1 adds the prices FAILED
> ==== Contents of test case:
> expr {300 + 450}
> ---- Result was:
> 750
> ---- Result should have been (exact matching):
> 800
> ==== cart-1 FAILED

  t.tcl:	Total	1	Passed	0	Skipped	0	Failed	1
""",
    ),
    LogPattern(
        name="prove.subtests",
        kind=FailureKind.TEST,
        keywords=("failed ",),
        start=r"\s{0,4}Failed \d{1,7}/\d{1,7} (?:subtests|tests|test programs)",
        confidence=Confidence.SYMPTOM,
        example="! Failed 4/6 subtests",
    ),
    LogPattern(
        name="prove.result",
        kind=FailureKind.TEST,
        keywords=("result: fail",),
        start=r"Result: FAIL$",
        confidence=Confidence.SYMPTOM,
        example="! Result: FAIL",
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
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
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
        name="testthat.count",
        kind=FailureKind.TEST,
        keywords=("[ fail ",),
        start=r"\s{0,4}\[ FAIL [1-9]",
        confidence=Confidence.SYMPTOM,
        example="! [ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]",
    ),
    LogPattern(
        name="r-check.error",
        kind=FailureKind.TEST,
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
        name="r-check.status",
        kind=FailureKind.TEST,
        keywords=(" error",),
        start=r"Status: [1-9]\d{0,3} ERRORs?",
        confidence=Confidence.SYMPTOM,
        example="! Status: 1 ERROR, 1 NOTE",
    ),
)

# Dart and Flutter.

_DART_TEST_TITLE = r"\d\d:\d\d \+\d{1,7}(?: ~\d{1,7})? -\d{1,7}: .{1,1500} \[E\]$"
_DART_TEST_GOES_ON = r"\s{2,40}\S|$"
_DART_TEST_ENDS = r"\d\d:\d\d \+\d|\s{0,2}(?:To run this test again|Consider enabling the flag)"

_DART_TEST = (
    # Seen at https://github.com/NearHuscarl/flutter_login/issues/77
    LogPattern(
        name="flutter-test.caught",
        kind=FailureKind.TEST,
        keywords=("exception caught by ",),
        start=r"══╡ EXCEPTION CAUGHT BY ",
        end=r"═{20,200}$",
        max_lines=45,
        headline=r"^(?!The following|When the|This was|═|#|\s)\S",
        fingerprint=r"^The following |^Expected",
        example="""
  Loading the default basket:
> ══╡ EXCEPTION CAUGHT BY FLUTTER TEST FRAMEWORK ╞════════════════════════════════════════════════════
> The following assertion was thrown running a test:
! Expected  to match RegExp: pattern=^(.+) $ flags=.
> 'package:orchard/src/basket.dart':
> Failed assertion: line 115 pos 12: 'match != null'
>
> When the exception was thrown, this was the stack:
> #4      main.<anonymous closure> (file:///srv/orchard/test/basket_test.dart:12:5)
> ════════════════════════════════════════════════════════════════════════════════════════════════════
  done
""",
    ),
    # Seen at https://exercism.org/it/docs/tracks/dart/tests
    LogPattern(
        name="dart-test.failed",
        kind=FailureKind.TEST,
        keywords=(" [e]",),
        start=_DART_TEST_TITLE,
        body=_DART_TEST_GOES_ON,
        end_before=_DART_TEST_ENDS,
        max_lines=25,
        fingerprint=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
        example="""
  00:00 +1: test/basket_test.dart: holds a pear
! 00:00 +1 -1: test/basket_test.dart: finds a pear in the middle of a basket [E]
>   Expected: <3>
>     Actual: <0>
>
>   package:matcher               expect
>   test/basket_test.dart 13:5  main.<fn>

  To run this test again: dart test test/basket_test.dart -p vm --plain-name 'finds a pear in the middle of a basket'
  00:00 +1 -1: Some tests failed.
""",
    ),
    # Seen at https://github.com/dart-lang/test, in pkgs/test/test/runner/github_reporter_test.dart
    LogPattern(
        name="dart-test.github",
        kind=FailureKind.TEST,
        keywords=("##[group]❌ ",),
        start=r"##\[group\]❌ .{1,1000} \(failed(?: after test completion)?\)$",
        end_before=r"##\[endgroup\]",
        max_lines=30,
        example="""
  ✅ holds a pear
  ##[endgroup]
! ##[group]❌ finds a pear (failed)
> Expected: <3>
>   Actual: <0>
> test.dart 6:33  main.<fn>
  ##[endgroup]
  ##[group]✅ Passing tests
""",
    ),
)

_NIM_ZIG_TEST_ZIG_GOES_ON = r"\S{1,300}:\d{1,6}:\d{1,6}: 0x|\s{1,200}\S|test [\"{]"

_NIM_ZIG_TEST_ZIG_TEST = r"\d{1,6}/\d{1,6} \S.{0,300}\.\.\. ?"

_NIM_ZIG_TEST = (
    LogPattern(
        name="zig-test.fail_below",
        kind=FailureKind.TEST,
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
)

_BUSTED_NEXT = r"(?:Failure|Error|Pending) (?:→|->) |\d{1,6} success"

_BUSTED = (
    LogPattern(
        name="busted.failure",
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
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
        name="busted.total",
        kind=FailureKind.TEST,
        keywords=(" failure",),
        start=r"\d{1,6} success(?:es)? / \d{1,6} failures? / \d{1,6} errors?",
        confidence=Confidence.SYMPTOM,
        example="! 2 successes / 1 failure / 0 errors / 0 pending : 0.0017 seconds",
    ),
)

# Compilers of Groovy, Clojure, Dart, Crystal, Nim, Zig, Julia, Elm, OCaml, D, Haxe, Solidity.


_OTHER_COMPILERS = (
    # Melos' own tests (packages/melos/test/commands/), https://github.com/invertase/melos/issues/626 and /479
    LogPattern(
        name="melos.failed",
        keywords=("└> failed",),
        start=r"\s{1,8}└> FAILED(?: \(in \d{1,6} packages\))?$",
        context_before=r"\s{1,6}└> |\$ melos |melos run ",
        max_context=2,
        body=r"\s{2,12}└> \S",
        confidence=Confidence.SYMPTOM,
        headline=r"\(with exit code|└> FAILED",
        example="""
> $ melos exec
>   └> flutter test
!      └> FAILED (in 1 packages)
>         └> basket (with exit code 1)
""",
    ),
    LogPattern(
        name="melos.script",
        keywords=("scriptexception: ",),
        start=r"ScriptException: The script ",
        confidence=Confidence.SYMPTOM,
        example="! ScriptException: The script test failed to execute.",
    ),
    LogPattern(
        name="melos.bootstrap",
        kind=FailureKind.DEPENDENCY,
        keywords=("bootstrapexception: ",),
        start=r"BootstrapException: ",
        context_before=r"(?!\[|-{10})\S",
        max_context=3,
        headline=r"BootstrapException: ",
        example="""
> Rename failed, path = '/srv/.pub-cache/_temp/dir' (OS Error: File exists, errno = 17)
! BootstrapException: Failed to install.: basket at /srv/orchard/packages/basket.
""",
    ),
    LogPattern(
        name="ocaml.error",
        kind=FailureKind.COMPILE,
        keywords=("error",),
        priority=2,  # before javascript.error
        start=r"Error(?: \(alert \w{1,40}\)| \(warning \d{1,4}(?: \[[\w-]{1,60}\])?\))?: (?:This |Unbound "
        r"|The (?:value|implementation|type|constructor|module|record|field|variant|files|function|external)"
        r"|Syntax error|Signature mismatch|Some |Unused|Multiple definition|No implementation|Library |Multiply "
        r"|In this |Illegal |Cannot (?:find file|safely)|Broken |Program |Module |Constraints |unused |deprecated)",
        context_before=r'File "[^"]{1,300}", lines? \d|\s{0,6}\d{1,6} \||\s{1,300}[\^~]|\s{1,6}\.\.\.',
        max_context=8,
        body=r"\s{7,12}\S",
        max_lines=8,
        confidence=Confidence.LIKELY,
        example="""
> File "src/press.ml", line 31, characters 14-17:
> 31 | let force = squeeze + "apple"
>                            ^^^^^^^
! Error: This expression has type string but an expression was expected of type
>          int
  make: *** [build] Error 2
""",
    ),
    LogPattern(
        name="d.unittest",
        kind=FailureKind.TEST,
        keywords=(": [unittest] ",),
        start=r"\S{1,300}\.d\(\d{1,6}\): \[unittest\] ",
        example="""
  1/1 modules FAILED unittests
! source/pick.d(3): [unittest] the total
""",
    ),
)

# Package managers of Haskell, OCaml, Elixir, Erlang, Clojure, Swift, Objective-C, Lua, Perl, C++.

_LANGUAGE_PACKAGES = (
    LogPattern(
        name="cabal.resolve",
        kind=FailureKind.DEPENDENCY,
        keywords=("could not resolve dependencies",),
        start=r"(?:cabal(?:\.exe)?: |Error: (?:cabal: |\[Cabal-\d{1,6}\]\s?)?)?Could not resolve dependencies:",
        body=r"\[|\s{2,8}\S|\(fail|After searching|goals I've had",
        max_lines=16,
        headline=r"^\[__\d",
        example="""
> cabal: Could not resolve dependencies:
! [__0] next goal: basket (user goal)
> [__0] rejecting: basket-9.0 (conflict: willow => >=9)
  done
""",
    ),
    LogPattern(
        name="cabal.suite",
        kind=FailureKind.TEST,
        keywords=(": fail",),
        start=r"Test suite \S{1,200}: FAIL$",
        context_before=r"(?!Test suite |Running )\S|$",
        max_context=30,
        body=r"Test suite logged to|\S{1,400}\.log$",
        confidence=Confidence.LIKELY,
        example="""
  Test suite cart: RUNNING...
> the total is 750, not 800
>
! Test suite cart: FAIL
> Test suite logged to:
> /srv/shop/dist-newstyle/test/shop-0.1-cart.log
  0 of 1 test suites (0 of 1 test cases) passed.
""",
    ),
    LogPattern(
        name="cabal.tests_failed",
        kind=FailureKind.TEST,
        keywords=("tests failed for ",),
        start=r"(?:Error: )?(?:\[Cabal-\d{1,6}\] ?)?(?:cabal: )?Tests failed for test:",
        confidence=Confidence.SYMPTOM,
        example="! cabal: Tests failed for test:cart from shop-0.1.",
    ),
    LogPattern(
        name="gulp.no_task",
        kind=FailureKind.CONFIGURATION,
        keywords=("task never defined: ",),
        start=r"Task never defined: ",
        body=r"To list available tasks",
        example="""
  [04:28:11] Using gulpfile /srv/orchard/gulpfile.js
! [04:28:11] Task never defined: deploy
> To list available tasks, try running: gulp --tasks
""",
    ),
    LogPattern(
        name="grunt.warning",
        keywords=("use --force to continue",),
        start=r"Warning: .{1,600} Use --force to continue\.",
        example="""
! Warning: Task "deploy" not found. Use --force to continue.

  Aborted due to warnings.
""",
    ),
    LogPattern(
        name="lein.artifact",
        kind=FailureKind.DEPENDENCY,
        keywords=("could not ",),
        start=r"Could not (?:find artifact|transfer artifact) ",
        body=r"This could be due to",
        example="""
! Could not find artifact basket:basket:jar:9.0 in clojars (https://repo.example.com/)
> This could be due to a typo in :dependencies, file system permissions, or network issues.
  done
""",
    ),
    # Seen at https://github.com/openfoodfacts/smooth-app/issues/2507
    # and https://github.com/git-ecosystem/git-credential-manager/pull/23
    LogPattern(
        name="cocoapods.versions",
        kind=FailureKind.DEPENDENCY,
        keywords=("cocoapods could not find compatible",),
        start=r"\s{0,4}\[!\] CocoaPods could not find compatible versions for pod ",
        body=r"$|\s{2,12}\S|None of your spec sources contain",
        max_lines=16,
        example="""
  Analyzing dependencies
! [!] CocoaPods could not find compatible versions for pod "Basket":
>   In snapshot (Podfile.lock):
>     Basket (= 4.0.0, ~> 4.0.0)
>
>   In Podfile:
>     Basket (~> 4.0.0)
>
> None of your spec sources contain a spec satisfying the dependencies: `Basket (~> 4.0.0)`.

  You have either:
""",
    ),
)

# The Dart analyzer.

_DART = (
    # Seen at https://github.com/flutter/flutter/issues/103895
    LogPattern(
        name="dart.analyze",
        kind=FailureKind.LINT,
        keywords=(" error • ",),
        start=r"\s{2,4}error • \S",
        body=r"\s{2,4}error • \S|\s{7,12}\S",
        max_lines=30,
        example="""
  Analyzing orchard...
!   error • Target of URI doesn't exist: 'package:orchard/basket.dart' •
>          lib/main.dart:1:8 • uri_does_not_exist
>   error • The function 'squeeze' isn't defined • lib/main.dart:4:3 •
>          undefined_function
     info • The method doesn't override an inherited method • lib/main.dart:12:10
""",
    ),
    LogPattern(
        name="nim.exception",
        keywords=("unhandled exception: ",),
        priority=2,  # before javascript.error
        start=r"Error: unhandled exception: ",
        context_before=r"\S{1,300}\.nim\(\d{1,6}\) \S|Traceback \(most",
        headline=r"^Error: ",
        example="""
> Traceback (most recent call last)
> /srv/shop/main.nim(2) main
! Error: unhandled exception: index out of bounds, the container is empty [IndexDefect]
""",
    ),
    LogPattern(
        name="nim.external",
        keywords=("execution of an external program failed",),
        priority=2,  # before javascript.error
        start=r"Error: execution of an external program failed: ",
        confidence=Confidence.SYMPTOM,
        example="! Error: execution of an external program failed: '/srv/shop/main '",
    ),
)

PATTERNS = (
    *_BUSTED,
    *_NIM_ZIG_TEST,
    *_PERL_TEST,
    *_R_TEST,
    *_DART_TEST,
    *_OTHER_COMPILERS,
    *_LANGUAGE_PACKAGES,
    *_DART,
)
