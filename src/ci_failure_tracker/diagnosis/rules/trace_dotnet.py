"""Exceptions of a .NET program."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_GOES_ON = r"\s{1,8}at |\s{0,8}--- |\s{1,4}-{3}> "

RULES = (
    Rule(
        name="dotnet.unhandled",
        keywords=("unhandled exception",),
        opens=r"Unhandled [Ee]xception[.:]",
        through=_GOES_ON,
        most=200,
        rank=Rank.LIKELY,
        example="""
! Unhandled exception. System.InvalidOperationException: The basket is full.
>    at Orchard.Basket.Add(Apple apple) in /srv/orchard/Basket.cs:line 14
>    at Orchard.Program.Main() in /srv/orchard/Program.cs:line 6
  bye
""",
    ),
    Rule(
        name="dotnet.exception",
        keywords=("exception",),
        opens=r"(?:\s{0,4}-{3}> )?(?:System|Microsoft)\.[\w.]{1,150}Exception(?: \(0x\w{8}\))?: .",
        through=_GOES_ON,
        most=200,
        rank=Rank.LIKELY,
        example="""
! System.ArgumentNullException: Value cannot be null. (Parameter 'apple')
>    at Orchard.Basket.Add(Apple apple) in /srv/orchard/Basket.cs:line 14
> --- End of stack trace from previous location ---
>    at Orchard.Program.Main() in /srv/orchard/Program.cs:line 6
  bye
""",
    ),
)
