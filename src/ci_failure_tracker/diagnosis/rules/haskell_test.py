"""Hspec, tasty, HUnit, test-framework and QuickCheck, and how Cabal and Stack tell of test suites."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TITLE = r"\s{2}\S{1,300}:\d{1,6}:\d{1,6}:$|\s{2}\d{1,5}\) \S"
_NAME = r"^\s{2}\d{1,5}\) \S"

RULES = (
    Rule(
        name="hspec.expected",
        keywords=("expected:",),
        opens=r"\s{6,14}expected:",
        lead=_TITLE,
        lead_most=2,
        through=r"\s{7,40}\S",
        most=20,
        headline=_NAME,
        example="""
>   test/CartSpec.hs:12:7:
!   1) Cart has a total
>        expected: 8
>         but got: 7

    To rerun use: --match "/Cart/has a total/"
""",
    ),
    Rule(
        name="hspec.predicate",
        keywords=("predicate failed on:",),
        opens=r"\s{6,14}predicate failed on:",
        lead=_TITLE,
        lead_most=2,
        through=r"\s{7,40}\S",
        most=20,
        headline=_NAME,
        example="""
>   test/CartSpec.hs:12:7:
!   1) Cart has a total
>        predicate failed on: 8
>         but got: 7

    To rerun use: --match "/Cart/has a total/"
""",
    ),
    Rule(
        name="hspec.exception",
        keywords=("uncaught exception: ",),
        opens=r"\s{6,14}uncaught exception: ",
        lead=_TITLE,
        lead_most=2,
        through=r"\s{7,40}\S",
        most=20,
        headline=_NAME,
        names=_NAME + r"|^\s{7}(?!CallStack)\S",
        example="""
>   test/CartSpec.hs:12:7:
!   3) Cart has prices
>        uncaught exception: ErrorCall
>        no price list

    To rerun use: --match "/Cart/has prices/"
""",
    ),
    Rule(
        name="hspec.progress",
        keywords=(" failed [",),
        opens=r"\s{0,60}\S.{0,500} FAILED \[\d{1,5}\]$",
        rank=Rank.RECAP,
        example="""
    opens
!   has a total FAILED [1]
""",
    ),
    Rule(
        name="tasty.fail",
        keywords=("fail",),
        opens=r"(?!Test suite |Result: )\s{0,60}\S.{0,300}: {1,80}FAIL(?: \([\d.]{1,10}s\))?$",
        closes=r"\s{2,80}Use -p .{1,1000} to rerun this test only\.$|\s{2,80}Use --quickcheck-replay",
        through=r"\s{2,80}(?!.{0,300}: {1,80}(?:OK|FAIL)\b)\S|$",
        most=25,
        names=r": {1,80}FAIL(?: |$)|^\s{2,80}(?:Exception: |expected: | but got: )",
        example="""
  Cart
    opens:  OK
!   total:  FAIL
>     test/Cart.hs:12:
>     expected: 8
>      but got: 7
>     Use -p '/total/' to rerun this test only.
    prices: OK
""",
    ),
    Rule(
        name="tasty.count",
        keywords=("tests failed (",),
        opens=r"\d{1,6} out of \d{1,6} tests failed \(",
        rank=Rank.SYMPTOM,
        example="""
! 1 out of 3 tests failed (0.00s)
""",
    ),
    Rule(
        name="hunit.failure",
        keywords=("### failure in:",),
        opens="### Failure in: ",
        through=r"\s{0,20}\S",
        until=r"Cases: \d|###",
        most=8,
        example="""
! ### Failure in: 0:total
> test/Cart.hs:12
> expected: 8
>  but got: 7
  Cases: 2  Tried: 2  Errors: 1  Failures: 1
""",
    ),
    Rule(
        name="hunit.error",
        keywords=("### error in:",),
        opens="### Error in: ",
        through=r"\s{0,20}\S",
        until=r"Cases: \d|###",
        most=8,
        example="""
! ### Error in: 0:total
> test/Cart.hs:12
> expected: 8
>  but got: 7
  Cases: 2  Tried: 2  Errors: 1  Failures: 1
""",
    ),
    Rule(
        name="test-framework.failed",
        keywords=(": [failed]",),
        opens=r"\s{0,40}\S.{0,300}: \[Failed\]$",
        through=r"\s{0,40}\S",
        until=r"\s{0,40}\S.{0,300}: \[(?:OK|Failed)\]$|\s{1,40}(?:Properties|Test Cases|Passed) {2}",
        most=12,
        example="""
    opens: [OK]
!   total: [Failed]
> expected: 8
>  but got: 7
    prices: [OK]
""",
    ),
    Rule(
        name="quickcheck.failed",
        keywords=("*** failed! ",),
        opens=r"\s{0,20}\*{3} Failed! ",
        through=r"\s{0,20}\S",
        until=r"\+{3} OK|={3} |\s{0,20}\*{3} |\s{0,20}Use -",
        most=8,
        example="""
! *** Failed! Falsified (after 15 tests and 1 shrink):
> 5

  === prop_total from Cart.hs:3 ===
""",
    ),
    Rule(
        name="cabal.suite",
        keywords=(": fail",),
        opens=r"Test suite \S{1,200}: FAIL$",
        rank=Rank.RECAP,
        example="""
! Test suite spec: FAIL
""",
    ),
)
