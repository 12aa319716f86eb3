"""Haskell's call stacks."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="haskell.error",
        keywords=("error, called at",),
        opens=r"\s{1,8}error, called at ",
        lead=r"CallStack \(from HasCallStack\):|[\w.-]{1,60}: \S",
        lead_most=2,
        through=r"\s{1,8}\w{1,80}, called at ",
        headline=r"^(?!CallStack)\S",
        rank=Rank.LIKELY,
        example="""
! orchard: no pears left
> CallStack (from HasCallStack):
>   error, called at src/Orchard.hs:7:9 in orchard-0.1-inplace:Orchard
>   pick, called at app/Main.hs:3:8 in main:Main
  bye
""",
    ),
)
