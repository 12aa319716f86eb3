"""What the agent of Azure Pipelines says of a task or a job."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule
from ci_failure_tracker.model import Outcome

RULES = (
    Rule(
        name="azure.exit_code",
        keywords=("exited with ",),
        opens=r"##\[error\](?:Bash|PowerShell|Cmd\.exe|Script|The process '.{1,400}'|\S{1,200}) exited with (?:code"
        "|exit code) ",
        rank=Rank.SYMPTOM,
        example="""
! ##[error]Bash exited with code '1'.
""",
    ),
    Rule(
        name="azure.task",
        keywords=("##[error]",),
        opens=r"##\[error\](?:Script failed with (?:exit code|error)|.{1,300} failed with (?:return code|exit "
        r"code): ?-?\d)",
        rank=Rank.SYMPTOM,
        example="""
! ##[error]Script failed with exit code: 1
""",
    ),
    Rule(
        name="azure.time_limit",
        keywords=("##[error]",),
        opens=r"##\[error\]The (?:job running on agent .{1,200} ran longer than the maximum time|task has timed out"
        "|operation will be canceled)",
        rank=Rank.FATAL,
        outcome=Outcome.TIMED_OUT,
        example="""
! ##[error]The job running on agent Orchard 5 ran longer than the maximum time of 60 minutes.
""",
    ),
    Rule(
        name="azure.lost",
        keywords=("##[error]",),
        opens=r"##\[error\](?:We stopped hearing from agent|The agent: .{1,200} lost communication)",
        rank=Rank.FATAL,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]We stopped hearing from agent Orchard 5. Verify the agent machine is running and has a healthy network.
""",
    ),
)
