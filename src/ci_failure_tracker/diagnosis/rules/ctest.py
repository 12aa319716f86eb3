"""CTest."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TEST = r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}"
_NEXT = r"\s{0,8}(?:Start {1,4}\d|\d{1,6}/\d{1,6} Test {1,4}#|\d{1,3}% tests passed)"
_ITEM = r"\s{1,8}\d{1,6} - \S"

RULES = (
    Rule(
        name="ctest.failed",
        keywords=("***failed",),
        opens=r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}Failed",
        until=_NEXT,
        most=25,
        rank=Rank.LIKELY,
        example="""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***Failed  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
    ),
    Rule(
        name="ctest.exception",
        keywords=("***exception",),
        opens=r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}Exception",
        until=_NEXT,
        most=25,
        rank=Rank.LIKELY,
        example="""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***Exception  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
    ),
    Rule(
        name="ctest.timeout",
        keywords=("***timeout",),
        opens=r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}Timeout",
        until=_NEXT,
        most=25,
        rank=Rank.LIKELY,
        example="""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***Timeout  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
    ),
    Rule(
        name="ctest.not_run",
        keywords=("unable to find executable: ",),
        opens=r"Unable to find executable: \S",
        through=_TEST,
        most=2,
        example="""
! Unable to find executable: cart_test
> 2/2 Test #2: total ............................***Not Run   0.00 sec
      Start 3: prices
""",
    ),
    Rule(
        name="ctest.looked",
        keywords=("could not find executable ",),
        opens=r"Could not find executable \S",
        through=r"Looked in the following places:|\S{1,400}$",
        most=40,
        rank=Rank.SYMPTOM,
        example="""
! Could not find executable cart_test
> Looked in the following places:
> cart_test
> Release/cart_test
  Unable to find executable: cart_test
""",
    ),
    Rule(
        name="ctest.recap",
        keywords=("the following tests failed:",),
        opens=r"The following tests FAILED:$",
        through=_ITEM,
        rank=Rank.RECAP,
        headline=r"^" + _ITEM,
        names=r"^" + _ITEM,
        example="""
> The following tests FAILED:
! 	  2 - total (Failed)
> 	  3 - prices (SEGFAULT)
  Errors while running CTest
""",
    ),
    Rule(
        name="ctest.end",
        keywords=("errors while running ctest",),
        opens=r"Errors while running CTest",
        rank=Rank.SYMPTOM,
        example="""
! Errors while running CTest
""",
    ),
    Rule(
        name="ctest.count",
        keywords=("tests failed out of",),
        opens=r"\d{1,3}% tests passed, [1-9]\d{0,6} tests failed out of",
        rank=Rank.SYMPTOM,
        example="""
! 50% tests passed, 1 tests failed out of 2
""",
    ),
    Rule(
        name="ctest.none_failed",
        keywords=("0 tests failed out of",),
        opens=r"100% tests passed, 0 tests failed out of",
        rank=Rank.NOISE,
        example="""
! 100% tests passed, 0 tests failed out of 2
""",
    ),
)
