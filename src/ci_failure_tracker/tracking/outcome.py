"""How a run or a job ended: the one place where conclusions are judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from ci_failure_tracker.model import Job, Outcome, Run, Step
from ci_failure_tracker.tracking.matrix import split_leg

_GRACE = timedelta(minutes=10)
"""How long a superseded run may take to stop: its `always()` steps have five minutes, and there is some slack."""

_STOPS_OTHER_LEGS = frozenset({Outcome.FAILURE, Outcome.TIMED_OUT, Outcome.STARTUP_FAILURE})


def judge_run(run: Run, runs: Iterable[Run]) -> Outcome | None:
    """The outcome of a run, which depends on the other runs if it was cancelled."""
    outcome = Outcome.of(run.conclusion) if run.finished else None
    if outcome is Outcome.CANCELLED and _was_superseded(run, runs):
        return Outcome.SUPERSEDED
    return outcome


def _was_superseded(run: Run, runs: Iterable[Run]) -> bool:
    """Whether a newer run of the same workflow and branch was created shortly before this one was cancelled.

    That is how `concurrency` with `cancel-in-progress` shows. A run that went on for long beside a newer one was
    cancelled for another reason, such as its time limit.
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

    A leg that was cancelled while another leg of its matrix failed was stopped by `fail-fast` and has no outcome. Nor
    has a job that was cancelled in the queue, before any of its steps began.
    """
    outcome = Outcome.of(job.conclusion)
    if outcome is not Outcome.CANCELLED:
        return outcome
    base = split_leg(job.name)[0]
    stopped = any(
        Outcome.of(other.conclusion) in _STOPS_OTHER_LEGS for other in siblings if split_leg(other.name)[0] == base
    )
    return None if stopped or not job.steps else outcome


def failing_step(job: Job) -> Step | None:
    """The first step that neither passed nor was skipped; `None` if there is none."""
    for step in sorted(job.steps, key=lambda step: step.number):
        if Outcome.of(step.conclusion) not in {None, Outcome.SUCCESS}:
            return step
    return None


def revised(outcome: Outcome | None, diagnosed: Outcome | None) -> Outcome | None:
    """The outcome of a job after its log and annotations were read.

    GitHub shows a job that met its time limit as cancelled, and a job whose runner was lost as failed or cancelled. If
    a job yielded to a newer run of its concurrency group, only an annotation says so.
    """
    if outcome is Outcome.CANCELLED and diagnosed is Outcome.SUPERSEDED:
        return diagnosed
    may_differ = outcome in {Outcome.FAILURE, Outcome.CANCELLED}
    return diagnosed if may_differ and diagnosed is not None and diagnosed.shown_as_another else outcome
