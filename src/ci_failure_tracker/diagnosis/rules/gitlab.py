"""What GitLab's runner says of a job."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule
from ci_failure_tracker.model import Outcome

RULES = (
    Rule(
        name="gitlab.exit_code",
        keywords=("error: job failed: ",),
        opens="ERROR: Job failed: (?:exit (?:code|status)|command terminated with exit code|(?:execution|prepare) "
        "(?:error|script)|.{0,200}Process exited with)",
        rank=Rank.SYMPTOM,
        example="""
! ERROR: Job failed: exit code 1
""",
    ),
    Rule(
        name="gitlab.time_limit",
        keywords=("error: job failed: ",),
        opens="ERROR: Job failed: execution took longer than ",
        rank=Rank.FATAL,
        outcome=Outcome.TIMED_OUT,
        example="""
! ERROR: Job failed: execution took longer than 1h0m0s seconds
""",
    ),
    Rule(
        name="gitlab.system",
        keywords=("error: job failed",),
        opens=r"ERROR: Job failed \(system failure\): ",
        rank=Rank.FATAL,
        example="""
! ERROR: Job failed (system failure): Error response from daemon: no such container
""",
    ),
    Rule(
        name="gitlab.job",
        keywords=("error: job failed: ",),
        opens="ERROR: Job failed: (?:failed to pull image|image pull failed|.{0,40}pod |canceled|aborted)",
        example="""
! ERROR: Job failed: failed to pull image "acme/pears:9" with specified policies [always]
""",
    ),
    Rule(
        name="gitlab.preparation",
        keywords=("error: preparation failed",),
        opens="ERROR: Preparation failed: ",
        rank=Rank.LIKELY,
        example="""
! ERROR: Preparation failed: adding cache volume: set volume permissions
""",
    ),
    Rule(
        name="gitlab.upload",
        keywords=("error: ",),
        opens="ERROR: (?:No files to upload|Uploading artifacts)",
        rank=Rank.SYMPTOM,
        example="""
! ERROR: No files to upload
""",
    ),
)
