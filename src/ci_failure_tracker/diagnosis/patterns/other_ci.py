"""Other CI services: Travis CI, Jenkins, GitLab, Azure Pipelines, and others."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind, Outcome

# Travis CI.

_TRAVIS = (
    LogPattern(
        name="travis.command",
        keywords=("exited with ",),
        start=r'The command ".{0,1800}" (?:failed and )?exited with (?!0\b)\d{1,3}',
        confidence=Confidence.SYMPTOM,
        example='! The command "./press --all" exited with 1.',
    ),
    LogPattern(
        name="travis.build",
        keywords=("exited with ",),
        start=r"Done\. Your build exited with ",
        confidence=Confidence.SYMPTOM,
        example="! Done. Your build exited with 1.",
    ),
    LogPattern(
        name="travis.retry",
        keywords=("failed",),
        start=r'The command ".{0,1800}" failed(?:\. Retrying, \d of \d| \d times)',
        confidence=Confidence.SYMPTOM,
        example='! The command "pip install pears" failed. Retrying, 2 of 3.',
    ),
    LogPattern(
        name="travis.stalled",
        keywords=("has been terminated",),
        start="The build has been terminated$",
        context_before="No output has been received|Check the details on how|$",
        max_context=4,
        headline="^No output has been",
        ends_job=True,
        outcome=Outcome.TIMED_OUT,
        example="""
! No output has been received in the last 10m0s, this potentially indicates a stalled build.
> Check the details on how to adjust your build configuration on: https://docs.example.com/stalled
>
> The build has been terminated
""",
    ),
    LogPattern(
        name="travis.time_limit",
        keywords=("has been terminated",),
        priority=1,  # before travis.log_limit
        start="The job exceeded the maximum time limit for jobs",
        ends_job=True,
        outcome=Outcome.TIMED_OUT,
        example="! The job exceeded the maximum time limit for jobs, and has been terminated.",
    ),
    LogPattern(
        name="travis.log_limit",
        kind=FailureKind.CONFIGURATION,
        keywords=("has been terminated",),
        start="(?:The job|The log length).{0,80} has been terminated",
        context_before="The log length has exceeded|$",
        max_context=3,
        headline="^The log length",
        ends_job=True,
        example="""
! The log length has exceeded the limit of 4 MB (this usually means that the test suite is raising the same exception
>
> The job has been terminated
""",
    ),
)

# Jenkins.

_JENKINS = (
    LogPattern(
        name="jenkins.step",
        keywords=("marked build as failure",),
        start="Build step '.{1,200}' marked build as failure",
        confidence=Confidence.SYMPTOM,
        example="! Build step 'Execute shell' marked build as failure",
    ),
    LogPattern(
        name="jenkins.finished",
        keywords=("finished: failure",),
        start="Finished: FAILURE$",
        confidence=Confidence.SYMPTOM,
        example="! Finished: FAILURE",
    ),
    LogPattern(
        name="jenkins.aborted",
        keywords=("finished: aborted",),
        start="Finished: ABORTED$",
        confidence=Confidence.SYMPTOM,
        outcome=Outcome.CANCELLED,
        example="! Finished: ABORTED",
    ),
    LogPattern(
        name="jenkins.pipeline_step",
        wrapper_lines=60,
        keywords=("error: step ",),
        start=r"""ERROR: Step ['‘\"].{1,200}['’\"] (?:failed|aborted due to exception): """,
        example="""
! ERROR: Step ‘Publish JUnit test result report’ failed: No test report files were found. Configuration error?
""",
    ),
    LogPattern(
        name="jenkins.time_limit",
        keywords=("build timed out",),
        start=r"(?:\[\w{1,40}\] )?Build timed out \(after \d",
        ends_job=True,
        outcome=Outcome.TIMED_OUT,
        example="! Build timed out (after 30 minutes). Marking the build as aborted.",
    ),
    LogPattern(
        name="jenkins.timeout_step",
        keywords=("due to timeout",),
        start="Cancelling nested steps due to timeout",
        ends_job=True,
        outcome=Outcome.TIMED_OUT,
        example="! Cancelling nested steps due to timeout",
    ),
)

# The runner of GitLab.

_GITLAB = (
    LogPattern(
        name="gitlab.time_limit",
        keywords=("error: job failed: ",),
        start="ERROR: Job failed: execution took longer than ",
        ends_job=True,
        outcome=Outcome.TIMED_OUT,
        example="! ERROR: Job failed: execution took longer than 1h0m0s seconds",
    ),
    LogPattern(
        name="gitlab.system",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("error: job failed",),
        start=r"ERROR: Job failed \(system failure\): ",
        ends_job=True,
        example="! ERROR: Job failed (system failure): Error response from daemon: no such container",
    ),
)

# The agent of Azure Pipelines.

_AZURE_PIPELINES = (
    LogPattern(
        name="azure.exit_code",
        keywords=("exited with ",),
        start=r"##\[error\](?:Bash|PowerShell|Cmd\.exe|Script|The process '.{1,400}'|\S{1,200}) exited with (?:code"
        "|exit code) ",
        confidence=Confidence.SYMPTOM,
        example="! ##[error]Bash exited with code '1'.",
    ),
    LogPattern(
        name="azure.time_limit",
        keywords=("##[error]",),
        start=r"##\[error\]The (?:job running on agent .{1,200} ran longer than the maximum time|task has timed out"
        "|operation will be canceled)",
        ends_job=True,
        outcome=Outcome.TIMED_OUT,
        example="! ##[error]The job running on agent Orchard 5 ran longer than the maximum time of 60 minutes.",
    ),
    LogPattern(
        name="azure.lost",
        keywords=("##[error]",),
        start=r"##\[error\](?:We stopped hearing from agent|The agent: .{1,200} lost communication)",
        ends_job=True,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]We stopped hearing from agent Orchard 5. Verify the agent machine is running and has a healthy network.
""",
    ),
)

# The tests of Bazel and the compiler of Unity, as their recaps name them.

_BAZEL = (
    # Seen at https://github.com/bazelbuild/bazel/issues/25324 and https://github.com/cockroachdb/cockroach/issues/67220
    LogPattern(
        name="bazel.test",
        kind=FailureKind.TEST,
        keywords=(" failed in ", " timeout in "),
        start=r"(?:@\S{0,100})?//\S{1,300} {2,100}(?:FAILED|TIMEOUT) in (?:\d{1,4} out of \d{1,4} in )?\d",
        confidence=Confidence.SYMPTOM,
        body=r"  Stats over |  \S{1,500}\.log$",
        max_lines=8,
        example="""
  //orchard:tree_test                                                      PASSED in 0.4s
! //orchard:basket_test                                                    FAILED in 3 out of 3 in 0.6s
>   Stats over 3 runs: max = 0.6s, min = 0.5s, avg = 0.5s, dev = 0.1s
>   /srv/.cache/bazel/testlogs/orchard/basket_test/test.log
  Executed 2 out of 2 tests: 1 test passes and 1 fails locally.
! //orchard:press_test                                                     TIMEOUT in 300.1s
""",
    ),
    # Seen at https://github.com/game-ci/unity-test-runner/issues/105 and https://github.com/game-ci/unity-builder/issues/78
    LogPattern(
        name="unity.aborted",
        kind=FailureKind.COMPILE,
        keywords=("aborting batchmode due to",),
        start=r"Aborting batchmode due to failure:",
        confidence=Confidence.SYMPTOM,  # the compiler errors are above
        body=r"\S",
        max_lines=2,
        headline=r"^(?!Aborting)\S",
        example="""
> Aborting batchmode due to failure:
! Scripts have compiler errors.

  [LicensingClient] ERROR Failed to connect to local IPC
""",
    ),
)

PATTERNS = (
    *_TRAVIS,
    *_JENKINS,
    *_GITLAB,
    *_AZURE_PIPELINES,
    *_BAZEL,
)
