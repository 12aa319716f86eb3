"""CTest."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TEST = r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}"
_NEXT = r"\s{0,8}(?:Start {1,4}\d|\d{1,6}/\d{1,6} Test {1,4}#|\d{1,3}% tests passed)"
_ITEM = r"\s{1,8}\d{1,6} - \S"

RULES = (
    *(
        Rule(
            name=f"ctest.{name}",
            word=f"***{said.lower()}",
            opens=_TEST + said,
            until=_NEXT,
            most=25,
            rank=Rank.LIKELY,
            example=f"""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***{said}  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
        )
        for name, said in (("failed", "Failed"), ("exception", "Exception"), ("timeout", "Timeout"))
    ),
    Rule(
        name="ctest.not_run",
        word="unable to find executable: ",
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
        word="could not find executable ",
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
        word="the following tests failed:",
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
        word="errors while running ctest",
        opens=r"Errors while running CTest",
        rank=Rank.SYMPTOM,
        example="""
! Errors while running CTest
""",
    ),
    Rule(
        name="ctest.count",
        word="tests failed out of",
        opens=r"\d{1,3}% tests passed, [1-9]\d{0,6} tests failed out of",
        rank=Rank.SYMPTOM,
        example="""
! 50% tests passed, 1 tests failed out of 2
""",
    ),
    Rule(
        name="ctest.none_failed",
        word="0 tests failed out of",
        opens=r"100% tests passed, 0 tests failed out of",
        rank=Rank.NOISE,
        example="""
! 100% tests passed, 0 tests failed out of 2
""",
    ),
)
