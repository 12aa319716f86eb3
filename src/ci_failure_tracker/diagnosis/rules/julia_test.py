"""Julia's Test."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_NEXT = r"Test Summary|\S.{0,300}: (?:Test Failed|Error During Test) at |ERROR: (?:LoadError: )?Some tests|\|"
_SAYS = r"^\s{2}[A-Z]\w{2,80}(?:Error|Exception)[(:]"

RULES = (
    Rule(
        name="julia-test.failed",
        keywords=("test failed at ",),
        opens=r"(?:\S.{0,300}: )?Test Failed at \S",
        through=r"\s{1,40}\S|Stacktrace:|$|(?:in expression|caused by)",
        until=_NEXT,
        most=25,
        headline=_SAYS,
        names=r"^(?:\S.{0,300}: )?(?:Test Failed|Error During Test) at |" + _SAYS,
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
    Rule(
        name="julia-test.error",
        keywords=("error during test at ",),
        opens=r"(?:\S.{0,300}: )?Error During Test at \S",
        through=r"\s{1,40}\S|Stacktrace:|$|(?:in expression|caused by)",
        until=_NEXT,
        most=25,
        headline=_SAYS,
        names=r"^(?:\S.{0,300}: )?(?:Test Failed|Error During Test) at |" + _SAYS,
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
    Rule(
        name="julia-test.some",
        keywords=("error: ",),
        opens=r"ERROR: (?:LoadError: )?(?:Some tests did not pass|Package \S{1,200} errored during testing)",
        rank=Rank.NOISE,
        example="""
! ERROR: LoadError: Some tests did not pass: 2 passed, 1 failed, 0 errored, 0 broken.
""",
    ),
)
