"""How a run or a job ended: the one place where conclusions are judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.model import Diagnosis, Job, Outcome, Run, Step

_OUTCOMES = {
    "success": Outcome.SUCCESS,
    "failure": Outcome.FAILURE,
    "timed_out": Outcome.TIMED_OUT,
    "cancelled": Outcome.CANCELLED,
    "action_required": Outcome.ACTION_REQUIRED,
    "startup_failure": Outcome.STARTUP_FAILURE,
}

_GRACE = timedelta(minutes=10)
"""How long a run may take to stop once it is superseded: its `always()` steps have five minutes, and some slack."""

_BROKEN = frozenset({Outcome.FAILURE, Outcome.TIMED_OUT, Outcome.STARTUP_FAILURE})
_SHOWN_AS_ANOTHER = frozenset({Outcome.TIMED_OUT, Outcome.RUNNER_LOST})


def judge(conclusion: str | None) -> Outcome | None:
    """The outcome behind a conclusion of a run, a job or a step.

    `None` for what is neither green nor red: skipped, neutral, stale, and what has no conclusion yet.
    """
    return _OUTCOMES.get(conclusion or "")


def judge_run(run: Run, runs: Iterable[Run]) -> Outcome | None:
    """The outcome of a run, which for a cancelled one depends on the runs around it."""
    outcome = judge(run.conclusion) if run.finished else None
    if outcome is Outcome.CANCELLED and _was_superseded(run, runs):
        return Outcome.SUPERSEDED
    return outcome


def _was_superseded(run: Run, runs: Iterable[Run]) -> bool:
    """Whether a newer run of the same workflow and branch came shortly before this one was cancelled.

    That is how `concurrency` with `cancel-in-progress` looks from outside. A run that went on for long beside a newer
    one was cancelled for another reason, such as its time limit.
    """
    return any(
        other.workflow.id == run.workflow.id
        and other.branch == run.branch
        and other.number > run.number
        and run.updated_at - _GRACE <= other.created_at <= run.updated_at
        for other in runs
    )


def judge_job(job: Job, siblings: Sequence[Job]) -> Outcome | None:
    """The outcome of a job among the jobs of its run.

    A leg that was cancelled while another leg of its matrix failed was stopped by `fail-fast` and says nothing; nor
    does a job that was cancelled in the queue, before any step of it began.
    """
    outcome = judge(job.conclusion)
    if outcome is not Outcome.CANCELLED:
        return outcome
    base = split_leg(job.name)[0]
    stopped = any(judge(other.conclusion) in _BROKEN for other in siblings if split_leg(other.name)[0] == base)
    return None if stopped or not job.steps else outcome


def failing_step(job: Job) -> Step | None:
    """The first step that did not end well."""
    for step in sorted(job.steps, key=lambda step: step.number):
        if judge(step.conclusion) not in {None, Outcome.SUCCESS}:
            return step
    return None


# --- what the log and the annotations add --------------------------------------------------------


def revised(outcome: Outcome | None, said: Outcome | None) -> Outcome | None:
    """The outcome of a job after its log and annotations were read.

    GitHub shows a job that met its time limit as cancelled, and one whose runner was lost as failed or cancelled. One
    that made room for a newer run of its concurrency group is cancelled, and only an annotation tells why.
    """
    if outcome is Outcome.CANCELLED and said is Outcome.SUPERSEDED:
        return said
    shown = outcome in {Outcome.FAILURE, Outcome.CANCELLED}
    return said if shown and shown_as_another(said) else outcome


def shown_as_another(outcome: Outcome | None) -> bool:
    """Whether GitHub may conclude a job that ended so, and that failed, as failed or cancelled."""
    return outcome in _SHOWN_AS_ANOTHER


def needs_annotations(outcome: Outcome, step: Step | None) -> bool:
    """Whether only annotations can tell how a job ended: its log breaks off where the runner was stopped or lost."""
    return outcome is not Outcome.FAILURE or step is None or judge(step.conclusion) is not Outcome.FAILURE


def combined(of_log: Diagnosis | None, of_annotations: Diagnosis | None, outcome: Outcome) -> Diagnosis | None:
    """One diagnosis from both.

    Of a job that did not simply fail the annotations say why it ended, and the log only what it was doing then.
    """
    if of_log is None or of_annotations is None:
        return of_log or of_annotations
    simply_failed = outcome is Outcome.FAILURE and not shown_as_another(of_annotations.outcome)
    if simply_failed or shown_as_another(of_log.outcome):
        return of_log
    return replace(
        of_log,
        headline=of_annotations.headline,
        signature=of_annotations.signature,
        outcome=of_annotations.outcome,
    )
