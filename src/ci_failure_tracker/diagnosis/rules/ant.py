"""Apache Ant."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="ant.failed",
        keywords=("build failed",),
        opens=r"BUILD FAILED$",
        closes=r"(?:[A-Z]:)?[^\s:]{1,300}:\d{1,6}: (?!The following error occurred)",
        through=r"\S",
        most=6,
        headline=r":\d{1,6}: (?!The following error occurred)",
        rank=Rank.LIKELY,
        example="""
> BUILD FAILED
! /srv/press/build.xml:12: Compile failed; see the compiler error output for details.

  Total time: 3 seconds
""",
    ),
)
