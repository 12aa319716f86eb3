"""Julia's Test."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_NEXT = r"Test Summary|\S.{0,300}: (?:Test Failed|Error During Test) at |ERROR: (?:LoadError: )?Some tests|\|"
_SAYS = r"^\s{2}[A-Z]\w{2,80}(?:Error|Exception)[(:]"

RULES = (
    *(
        Rule(
            name=f"julia-test.{name}",
            word=said.lower() + " at ",
            opens=r"(?:\S.{0,300}: )?" + said + r" at \S",
            through=r"\s{1,40}\S|Stacktrace:|$|(?:in expression|caused by)",
            until=_NEXT,
            most=25,
            headline=_SAYS,
            names=r"^(?:\S.{0,300}: )?(?:Test Failed|Error During Test) at |" + _SAYS,
            example=f"""
! Cart: {said} at /srv/shop/test/runtests.jl:5
>   Expression: total() == 8
>    Evaluated: 7 == 8

> Stacktrace:
>  [1] macro expansion
>    @ /srv/shop/test/runtests.jl:5 [inlined]
  Test Summary: | Pass  Fail  Total
""",
        )
        for name, said in (("failed", "Test Failed"), ("error", "Error During Test"))
    ),
    Rule(
        name="julia-test.some",
        word="error: ",
        opens=r"ERROR: (?:LoadError: )?(?:Some tests did not pass|Package \S{1,200} errored during testing)",
        rank=Rank.NOISE,
        example="""
! ERROR: LoadError: Some tests did not pass: 2 passed, 1 failed, 0 errored, 0 broken.
""",
    ),
)
