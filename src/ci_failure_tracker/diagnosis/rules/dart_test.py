"""Dart's and Flutter's tests."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TITLE = r"\d\d:\d\d \+\d{1,7}(?: ~\d{1,7})? -\d{1,7}: .{1,1500} \[E\]$"
_GOES_ON = r"\s{2,40}\S|$"
_ENDS = r"\d\d:\d\d \+\d|\s{0,2}(?:To run this test again|Consider enabling the flag)"

RULES = (
    Rule(
        name="dart-test.expected",
        keywords=("expected: ",),
        opens=r"\s{2}Expected: ",
        lead=_TITLE,
        lead_most=1,
        through=_GOES_ON,
        until=_ENDS,
        most=25,
        headline=r" \[E\]$",
        names=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
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
    Rule(
        name="dart-test.exception",
        keywords=("exception: ",),
        opens=r"\s{2}\w{0,60}Exception: ",
        lead=_TITLE,
        lead_most=1,
        through=_GOES_ON,
        until=_ENDS,
        most=25,
        names=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
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
    Rule(
        name="dart-test.error",
        keywords=("error",),
        priority=1,  # before the general patterns of other test tools
        opens=r"\s{2}\w{0,60}Error(?:: | \()",
        lead=_TITLE,
        lead_most=1,
        through=_GOES_ON,
        until=_ENDS,
        most=25,
        names=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
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
    Rule(
        name="dart-test.failed",
        keywords=("test failed.",),
        opens=r"\s{2}Test failed\. See exception logs",
        lead=_TITLE,
        lead_most=1,
        through=_GOES_ON,
        until=_ENDS,
        most=25,
        names=r"\[E\]$|^\s{2}\w{0,60}(?:Error|Exception): ",
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
    Rule(
        name="flutter-test.caught",
        keywords=("exception caught by ",),
        opens=r"[═╡ ]{2,8}EXCEPTION CAUGHT BY ",
        closes=r"═{20,200}$",
        most=45,
        headline=r"^Expected: |^(?!The (?:following|relevant|test)|When|#|═|\s|Actual|Which)[A-Z][\w ]{2,200}[.:]",
        names=r"^The following |^Expected: ",
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
    Rule(
        name="dart-test.some",
        keywords=("some tests failed",),
        opens=r"\d\d:\d\d \+\d.{0,60}: Some tests failed\.|Some tests failed\.$",
        rank=Rank.SYMPTOM,
        example="""
! 00:01 +1 -1: Some tests failed.
""",
    ),
)
