"""What CircleCI, AppVeyor and Buildkite say of a command that failed."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="circleci.exit",
        keywords=("exited with ",),
        opens=r"(?:Exited with code exit status \d|Exited with code \d)",
        rank=Rank.SYMPTOM,
        example="""
! Exited with code exit status 1
""",
    ),
    Rule(
        name="appveyor.exit",
        keywords=("exited with ",),
        opens=r"Command exited with code -?\d",
        rank=Rank.SYMPTOM,
        example="""
! Command exited with code 1
""",
    ),
    Rule(
        name="buildkite.exit",
        keywords=("error",),
        opens=r"(?:\W{0,6}Error: The command exited with status|user command error: exit status) ",
        rank=Rank.SYMPTOM,
        example="""
! 🚨 Error: The command exited with status 1
""",
    ),
)
