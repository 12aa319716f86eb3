"""What GitHub's runner itself says of a step or a job."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule
from ci_failure_tracker.model import Outcome

RULES = (
    Rule(
        name="runner.exit_code",
        keywords=("process completed with exit code",),
        opens=r"(?:##\[error\])?Process completed with exit code -?\d+",
        rank=Rank.SYMPTOM,
        example="""
! ##[error]Process completed with exit code 2.
""",
    ),
    Rule(
        name="runner.exit_by_signal",
        keywords=("process completed with exit code",),
        opens=r"(?:##\[error\])?Process completed with exit code (?:13[24569]|-107374\d{4})\b",
        rank=Rank.RECAP,
        example="""
! ##[error]Process completed with exit code 139.
""",
    ),
    Rule(
        name="runner.exit_killed",
        keywords=("process completed with exit code",),
        opens=r"(?:##\[error\])?Process completed with exit code (?:124|137|143)\b",
        rank=Rank.LIKELY,
        example="""
! ##[error]Process completed with exit code 137.
""",
    ),
    Rule(
        name="runner.process_failed",
        keywords=("failed with exit code",),
        opens=r"(?:##\[error\])?(?:Error: )?The process '.{1,400}' failed with exit code \d",
        rank=Rank.SYMPTOM,
        example="""
! ##[error]The process '/usr/bin/git' failed with exit code 128
""",
    ),
    Rule(
        name="runner.time_limit",
        keywords=("exceeded the maximum execution time",),
        opens=r"(?:##\[error\])?The job (?:running on runner .{0,200} )?has exceeded the maximum execution time",
        rank=Rank.FATAL,
        outcome=Outcome.TIMED_OUT,
        example="""
! ##[error]The job running on runner GitHub Actions 7 has exceeded the maximum execution time of 360 minutes.
""",
    ),
    Rule(
        name="runner.step_time_limit",
        keywords=("has timed out after",),
        opens=r"The action '.{0,300}' has timed out after \d{1,5} minutes",
        rank=Rank.FATAL,
        outcome=Outcome.TIMED_OUT,
        example="""
! ##[error]The action 'Pick the pears' has timed out after 20 minutes.
""",
    ),
    Rule(
        name="runner.canceled",
        keywords=("##[error]",),
        opens=r"##\[error\](?:Error: )?The (?:operation|run) was cancell?ed",
        rank=Rank.LIKELY,
        outcome=Outcome.CANCELLED,
        example="""
! ##[error]The operation was canceled.
""",
    ),
    Rule(
        name="runner.canceled_with_another",
        keywords=("##[error]",),
        opens=r"##\[error\]The (?:job|strategy configuration) was cancell?ed because ",
        rank=Rank.LIKELY,
        outcome=Outcome.CANCELLED,
        example="""
! ##[error]The strategy configuration was canceled because "test.3_12" failed
""",
    ),
    Rule(
        name="runner.superseded",
        keywords=("##[error]",),
        opens=r"##\[error\]Cancell?ing since a (?:higher priority waiting request|deadlock)",
        rank=Rank.FATAL,
        outcome=Outcome.SUPERSEDED,
        example="""
! ##[error]Canceling since a higher priority waiting request for 'orchard-main' exists
""",
    ),
    Rule(
        name="runner.shutdown",
        keywords=("##[error]",),
        opens=r"##\[error\]The runner has received a shutdown signal",
        rank=Rank.FATAL,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]The runner has received a shutdown signal. This can happen when the runner service is stopped, or a
""",
    ),
    Rule(
        name="runner.lost",
        keywords=("##[error]",),
        opens=r"##\[error\]The (?:(?:self-)?hosted )?runner.{0,200} lost communication with the server",
        rank=Rank.FATAL,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]The self-hosted runner: orchard-4 lost communication with the server. Verify the machine is running.
""",
    ),
    Rule(
        name="runner.broke",
        keywords=("error w",),
        opens="(?:The hosted runner|GitHub Actions has) encountered an (?:internal )?error (?:while|when) running "
        "your job",
        rank=Rank.FATAL,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]The hosted runner encountered an error while running your job. (Error Type: Disconnect).
""",
    ),
    Rule(
        name="runner.not_acquired",
        keywords=("##[error]",),
        opens=r"##\[error\](?:The job was not acquired by Runner|Received request to deprovision|Job (?:was|is) "
        "(?:about to be )?(?:terminated|canceled) by the remote provider)",
        rank=Rank.FATAL,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]The job was not acquired by Runner of type hosted even after multiple attempts
""",
    ),
    Rule(
        name="runner.none_online",
        keywords=("##[error]",),
        opens=r"##\[error\]This request was automatically failed because there were no enabled runners",
        rank=Rank.FATAL,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]This request was automatically failed because there were no enabled runners online to process the request
""",
    ),
    Rule(
        name="runner.billing",
        keywords=("##[error]",),
        opens=r"##\[error\]The job was not started because ",
        rank=Rank.FATAL,
        example="""
! ##[error]The job was not started because recent account payments have failed or your spending limit needs to be
""",
    ),
    Rule(
        name="runner.deprecated",
        keywords=("##[error]",),
        opens=r"##\[error\]This request has been automatically failed because it uses a deprecated version",
        rank=Rank.FATAL,
        example="""
! ##[error]This request has been automatically failed because it uses a deprecated version of
""",
    ),
    Rule(
        name="runner.brownout",
        keywords=("##[error]",),
        opens=r"##\[error\].{0,200}\bbrownout\b",
        rank=Rank.FATAL,
        example="""
! ##[error]This is a scheduled Orchard 20.04 brownout. The image is deprecated and will be removed.
""",
    ),
    Rule(
        name="runner.unresolved_action",
        keywords=("unable to resolve action",),
        opens="(?:Error: )?Unable to resolve action",
        example="""
! ##[error]Unable to resolve action `orchard/pick@v9`, unable to find version `v9`
""",
    ),
    Rule(
        name="runner.action_not_found",
        keywords=("##[error]",),
        opens=r"##\[error\](?:An action could not be found at the URI|Missing download info for |Could not find "
        r"file '.{1,300}action\.ya?ml')",
        example="""
! ##[error]Missing download info for orchard/pick@v2
""",
    ),
    Rule(
        name="runner.action_download",
        keywords=("failed to download a",),
        opens="(?:Error: )?Failed to download a(?:rchive|ction) '",
        example="""
! ##[error]Failed to download archive 'https://codeload.example.com/orchard/pick/tar.gz/5f1e' after 3 attempts.
""",
    ),
    Rule(
        name="runner.no_action_file",
        keywords=("can't find 'action.y",),
        opens=r"Can't find 'action\.ya?ml'",
        example="""
! ##[error]Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '/srv/work/orchard/.github/actions/pick'. Did
""",
    ),
    Rule(
        name="runner.action_not_allowed",
        keywords=("##[error]",),
        opens=r"##\[error\].{0,300}\b(?:is|are) not allowed (?:in|to be used in) ",
        example="""
! ##[error]orchard/pick@v1 is not allowed to be used in acme/pears. Actions in this workflow must be: created by
""",
    ),
    Rule(
        name="runner.invalid_template",
        keywords=("##[error]",),
        opens=r"##\[error\](?:The (?:template|workflow|action definition) is not valid|Invalid workflow file)",
        through=r"##\[error\]|\S{1,200}\.ya?ml \(Line: \d",
        example="""
! ##[error]The template is not valid. .github/workflows/pick.yml (Line: 40, Col: 16): Error reading JToken from
""",
    ),
    Rule(
        name="runner.evaluation",
        keywords=("error when evaluating",),
        opens="Error when evaluating '",
        example="""
! ##[error]Error when evaluating 'strategy' for job 'pick'. .github/workflows/pick.yml (Line: 12, Col: 15): Matrix
""",
    ),
    Rule(
        name="runner.no_start",
        keywords=("error occurred trying to start process",),
        opens="An error occurred trying to start process '",
        example="""
! ##[error]An error occurred trying to start process '/usr/bin/bash' with working directory
""",
    ),
    Rule(
        name="runner.no_executable",
        keywords=("unable to locate executable file",),
        opens="(?:Error: )?Unable to locate executable file: ",
        example="""
! ##[error]Unable to locate executable file: pearpress. Please verify either the file path exists or the file can be
""",
    ),
    Rule(
        name="runner.disabled_command",
        keywords=("unable to process command",),
        opens="Unable to process command '",
        through=r"##\[error\]|The `",
        example="""
! ##[error]Unable to process command '::set-env name=PEAR::ripe' successfully.
> ##[error]The `set-env` command is disabled. Please upgrade to using Environment Files.
""",
    ),
    Rule(
        name="runner.file_command",
        keywords=("unable to process file command",),
        opens="Unable to process file command '",
        through=r"(?:##\[error\])?(?:Invalid|Matching) ",
        headline="(?:Invalid format|Invalid value|Matching delimiter)",
        example="""
> ##[error]Unable to process file command 'output' successfully.
! ##[error]Invalid format 'ripe pears'
""",
    ),
    Rule(
        name="runner.container",
        keywords=("##[error]",),
        opens=r"##\[error\](?:Docker (?:pull|build|start|create|login) fail(?:ed)? with exit code|Failed to "
        "initialize container|One or more containers failed to start|Service container .{1,100} failed)",
        rank=Rank.RECAP,
        example="""
! ##[error]Docker pull failed with exit code 1
""",
    ),
    Rule(
        name="runner.protected",
        keywords=("##[error]",),
        opens=r"##\[error\](?:(?:Branch|Tag) .{1,300} is not allowed to deploy to |The deployment was rejected)",
        rank=Rank.FATAL,
        example="""
! ##[error]Branch "pears" is not allowed to deploy to orchard-pages due to environment protection rules.
""",
    ),
    Rule(
        name="runner.exit_of_action",
        keywords=("failed with exit code",),
        opens=r"(?:##\[error\])?(?:Docker (?:run|exec) failed|Final attempt failed\. Child_process exited"
        r"|Child_process exited) with (?:exit code|error code) \d",
        rank=Rank.SYMPTOM,
        example="""
! ##[error]Docker run failed with exit code 2
""",
    ),
)
