"""Tests of Perl, R, Julia, Dart, Nim, Zig, Lua and Emacs Lisp."""

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
)

# R: testthat, tinytest and R CMD check.


_R_TEST = (
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
        example="""
! Status: 1 ERROR, 1 NOTE
""",
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

PATTERNS = (
    *_PERL_TEST,
    *_R_TEST,
    *_DART_TEST,
)
