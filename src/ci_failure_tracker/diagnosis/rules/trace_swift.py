"""Traps of a Swift program."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="swift-program.fatal",
        keywords=("fatal error: ",),
        opens=r"(?:\S{1,300}\.swift:\d{1,6}: )?Fatal error: ",
        through=r"Current stack trace:|\d{1,3} {2,8}\S",
        most=60,
        rank=Rank.LIKELY,
        example="""
! Orchard/Basket.swift:14: Fatal error: Unexpectedly found nil while unwrapping an Optional value
> Current stack trace:
> 0    libswiftCore.so                    0x00007f0a51d2 swift_reportError + 50
  bye
""",
    ),
)
