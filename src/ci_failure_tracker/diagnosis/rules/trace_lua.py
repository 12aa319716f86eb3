"""Lua's stack tracebacks."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="lua.traceback",
        keywords=("traceback",),
        opens=r"stack traceback:$",
        lead=r"\S{0,200}(?:lua|love|nvim)\S{0,100}: .|Error: .|.{1,300}\.lua:\d{1,6}: .",
        lead_most=1,
        through=r"\s{1,8}(?:\[C\]|\[string|\S{1,300}:|\(\.\.\.)",
        most=60,
        headline=r"^(?!stack traceback:)\S",
        rank=Rank.LIKELY,
        example="""
! lua5.4: pick.lua:1: attempt to index a nil value (local 'basket')
> stack traceback:
>   pick.lua:1: in local 'pick'
>   pick.lua:2: in main chunk
>   [C]: in ?
  bye
""",
    ),
)
