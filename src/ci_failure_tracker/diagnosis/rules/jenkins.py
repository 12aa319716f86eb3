"""What Jenkins says of a step or a build."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule
from ci_failure_tracker.model import Outcome

RULES = (
    Rule(
        name="jenkins.step",
        keywords=("marked build as failure",),
        opens="Build step '.{1,200}' marked build as failure",
        rank=Rank.SYMPTOM,
        example="""
! Build step 'Execute shell' marked build as failure
""",
    ),
    Rule(
        name="jenkins.finished",
        keywords=("finished: failure",),
        opens="Finished: FAILURE$",
        rank=Rank.SYMPTOM,
        example="""
! Finished: FAILURE
""",
    ),
    Rule(
        name="jenkins.aborted",
        keywords=("finished: aborted",),
        opens="Finished: ABORTED$",
        rank=Rank.SYMPTOM,
        outcome=Outcome.CANCELLED,
        example="""
! Finished: ABORTED
""",
    ),
    Rule(
        name="jenkins.exit_code",
        keywords=("error: script returned exit code",),
        opens=r"ERROR: script returned exit code -?\d",
        rank=Rank.SYMPTOM,
        example="""
! ERROR: script returned exit code 1
""",
    ),
    Rule(
        name="jenkins.exit_code_exception",
        keywords=("abortexception",),
        opens=r"hudson\.AbortException: script returned exit code",
        through=r"\s{1,20}at ",
        rank=Rank.NOISE,
        example="""
! hudson.AbortException: script returned exit code 1
> 	at com.example.Step.run(Step.java:9)
  Finished: FAILURE
""",
    ),
    Rule(
        name="jenkins.pipeline_step",
        keywords=("error: step ",),
        opens=r"""ERROR: Step ['‘\"].{1,200}['’\"] (?:failed|aborted due to exception): """,
        example="""
! ERROR: Step ‘Publish JUnit test result report’ failed: No test report files were found. Configuration error?
""",
    ),
    Rule(
        name="jenkins.interrupted",
        keywords=("interruptedexception",),
        opens=r"org\.jenkinsci\.plugins\.workflow\.steps\.FlowInterruptedException",
        through=r"\s{1,20}at ",
        rank=Rank.NOISE,
        example="""
! org.jenkinsci.plugins.workflow.steps.FlowInterruptedException
""",
    ),
    Rule(
        name="jenkins.time_limit",
        keywords=("build timed out",),
        opens=r"(?:\[\w{1,40}\] )?Build timed out \(after \d",
        rank=Rank.FATAL,
        outcome=Outcome.TIMED_OUT,
        example="""
! Build timed out (after 30 minutes). Marking the build as aborted.
""",
    ),
    Rule(
        name="jenkins.timeout_step",
        keywords=("due to timeout",),
        opens="Cancelling nested steps due to timeout",
        rank=Rank.FATAL,
        outcome=Outcome.TIMED_OUT,
        example="""
! Cancelling nested steps due to timeout
""",
    ),
    Rule(
        name="jenkins.contact",
        keywords=("cannot contact ",),
        opens=r"Cannot contact \S{1,100}: ",
        rank=Rank.LIKELY,
        example="""
! Cannot contact orchard-4: java.lang.InterruptedException
""",
    ),
    Rule(
        name="jenkins.revision",
        keywords=("error: ",),
        opens="ERROR: (?:Maximum checkout retry attempts reached|Error cloning remote repo)",
        through=r"hudson\.|Caused |\s{1,20}at |\s{0,20}\.{3} \d+ more|std(?:out|err): ",
        most=20,
        example="""
! ERROR: Maximum checkout retry attempts reached, aborting
""",
    ),
)
