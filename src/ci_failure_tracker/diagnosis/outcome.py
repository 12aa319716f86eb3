"""How a run or a job ended: the one place where conclusions are judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.model import Job, Outcome, Run

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

    A leg that was cancelled while another leg of its matrix failed was stopped by `fail-fast` and says nothing.
    """
    outcome = judge(job.conclusion)
    if outcome is Outcome.CANCELLED and any(
        judge(other.conclusion) in _BROKEN for other in siblings if split_leg(other.name)[0] == split_leg(job.name)[0]
    ):
        return None
    return outcome


def failing_step(job: Job) -> str | None:
    """The first step that did not end well."""
    for step in sorted(job.steps, key=lambda step: step.number):
        if judge(step.conclusion) not in {None, Outcome.SUCCESS}:
            return step.name
    return None
