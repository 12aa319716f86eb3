"""What Travis CI says of a command or a job."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule
from ci_failure_tracker.model import Outcome

RULES = (
    Rule(
        name="travis.command",
        keywords=("exited with ",),
        opens=r'The command ".{0,1800}" (?:failed and )?exited with (?!0\b)\d{1,3}',
        rank=Rank.SYMPTOM,
        example="""
! The command "./press --all" exited with 1.
""",
    ),
    Rule(
        name="travis.command_fine",
        keywords=("exited with 0",),
        opens=r'The command ".{0,1800}" exited with 0\.',
        rank=Rank.NOISE,
        example="""
! The command "./press --all --no-fail" exited with 0.
""",
    ),
    Rule(
        name="travis.build",
        keywords=("exited with ",),
        opens=r"Done\. Your build exited with ",
        rank=Rank.SYMPTOM,
        example="""
! Done. Your build exited with 1.
""",
    ),
    Rule(
        name="travis.retry",
        keywords=("failed",),
        opens=r'The command ".{0,1800}" failed(?:\. Retrying, \d of \d| \d times)',
        rank=Rank.SYMPTOM,
        example="""
! The command "pip install pears" failed. Retrying, 2 of 3.
""",
    ),
    Rule(
        name="travis.stalled",
        keywords=("has been terminated",),
        opens="The build has been terminated$",
        lead="No output has been received|Check the details on how|$",
        lead_most=4,
        headline="^No output has been",
        rank=Rank.FATAL,
        outcome=Outcome.TIMED_OUT,
        example="""
! No output has been received in the last 10m0s, this potentially indicates a stalled build.
> Check the details on how to adjust your build configuration on: https://docs.example.com/stalled
>
> The build has been terminated
""",
    ),
    Rule(
        name="travis.time_limit",
        keywords=("has been terminated",),
        priority=1,  # before travis.log_limit
        opens="The job exceeded the maximum time limit for jobs",
        rank=Rank.FATAL,
        outcome=Outcome.TIMED_OUT,
        example="""
! The job exceeded the maximum time limit for jobs, and has been terminated.
""",
    ),
    Rule(
        name="travis.log_limit",
        keywords=("has been terminated",),
        opens="(?:The job|The log length).{0,80} has been terminated",
        lead="The log length has exceeded|$",
        lead_most=3,
        headline="^The log length",
        rank=Rank.FATAL,
        example="""
! The log length has exceeded the limit of 4 MB (this usually means that the test suite is raising the same exception
>
> The job has been terminated
""",
    ),
)
