"""How a run or a job ended: the one place where conclusions are judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from ci_failure_tracker.model import Job, Outcome, Run, Step
from ci_failure_tracker.tracking.matrix import split_leg

_GRACE = timedelta(minutes=10)
"""How long a run may take to stop once it is superseded: its `always()` steps have five minutes, and some slack."""

_BROKEN = frozenset({Outcome.FAILURE, Outcome.TIMED_OUT, Outcome.STARTUP_FAILURE})


def judge_run(run: Run, runs: Iterable[Run]) -> Outcome | None:
    """The outcome of a run, which for a cancelled one depends on the runs around it."""
    outcome = Outcome.of(run.conclusion) if run.finished else None
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
    outcome = Outcome.of(job.conclusion)
    if outcome is not Outcome.CANCELLED:
        return outcome
    base = split_leg(job.name)[0]
    stopped = any(Outcome.of(other.conclusion) in _BROKEN for other in siblings if split_leg(other.name)[0] == base)
    return None if stopped or not job.steps else outcome


def failing_step(job: Job) -> Step | None:
    """The first step that did not end well."""
    for step in sorted(job.steps, key=lambda step: step.number):
        if Outcome.of(step.conclusion) not in {None, Outcome.SUCCESS}:
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
    return said if shown and said is not None and said.shown_as_another else outcome
