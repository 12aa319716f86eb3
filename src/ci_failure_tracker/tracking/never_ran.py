"""Rule 9: whether a job never ran, because no runner took it for hours or its workflow skips it night after night."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ci_failure_tracker.model import Job, NeverRan, NeverRanReason, Outcome, Run, Snapshot
from ci_failure_tracker.tracking.matrix import split_leg

PATIENCE = timedelta(hours=6)
"""How long a job may be in the queue. What is cancelled earlier was cancelled by a person or by `concurrency`."""

NIGHTS = 5
"""Scheduled runs in a row that skip a job before it is one that never ran."""

LEAST_BEFORE = 3
"""Scheduled runs before these that have to be known: one run does not show what is usual."""

_IN_QUEUE = frozenset({"queued", "pending", "requested"})
"""Where a run or a job stands that waits for a runner. `waiting` is not among them: it waits for an approval."""

_YIELDED = ("Canceling since a higher priority", "Cancelling since a higher priority")
"""How the annotation begins that says that a newer run of the same `concurrency` group came."""


# --- the queue -----------------------------------------------------------------------------------


def is_in_queue(run: Run) -> bool:
    """Whether a run waits for a runner."""
    return run.status in _IN_QUEUE


def may_never_have_run(run: Run, at: datetime | None) -> bool:
    """Whether a run is old enough to hold a job that never ran; only its jobs tell.

    A run that goes on may hold a job that waits while others run.
    """
    if run.finished:
        cancelled = Outcome.of(run.conclusion) is Outcome.CANCELLED
        return cancelled and run.updated_at - run.started_at > PATIENCE
    return at is not None and run.status != "waiting" and at - run.started_at > PATIENCE


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait in the queue that was too long; a job counts as failed from `since` on, whatever became of it."""

    never_ran: NeverRan
    since: datetime


def wait_of_run(run: Run, runs: Iterable[Run], at: datetime | None) -> Wait | None:
    """The wait of a run without jobs; `None` if it was not too long.

    A run has no jobs as long as its `concurrency` group is taken. If a run of its workflow waits for an approval, that
    is why.
    """
    if not run.finished:
        behind = any(other.workflow.id == run.workflow.id and other.status == "waiting" for other in runs)
        return None if behind or not is_in_queue(run) else _wait(NeverRanReason.QUEUED, run.started_at, at)
    cancelled = Outcome.of(run.conclusion) is Outcome.CANCELLED
    return _wait(NeverRanReason.CANCELLED, run.started_at, run.updated_at) if cancelled else None


def wait_of_job(run: Run, job: Job, siblings: Sequence[Job], at: datetime | None) -> Wait | None:
    """The wait of a job among the jobs of its attempt; `None` if it ran, or did not wait for too long."""
    if _began(job) or _yielded(job):
        return None
    since = _queued_since(run, job, siblings)
    if job.conclusion is None and job.status in _IN_QUEUE and not run.finished:
        return _wait(NeverRanReason.QUEUED, since, at)
    if Outcome.of(job.conclusion) is Outcome.CANCELLED:
        return _wait(NeverRanReason.CANCELLED, since, job.completed_at)
    return None


def _queued_since(run: Run, job: Job, siblings: Sequence[Job]) -> datetime | None:
    """Since when a job waits: the start of its attempt, unless another job ran, for which it had to wait."""
    if any(map(_ran, siblings)):
        return job.started_at
    return run.started_at if job.attempt == run.attempt else run.created_at


def _ran(job: Job) -> bool:
    """Whether a runner took a job; a job that passed keeps no steps."""
    if job.conclusion is None:
        return job.status not in {*_IN_QUEUE, "waiting"}
    return _began(job) or job.conclusion not in {"cancelled", "skipped"}


def _began(job: Job) -> bool:
    """Whether any step of a job began; steps that are only planned are listed, too."""
    return any(step.conclusion is not None or step.started_at is not None for step in job.steps)


def _yielded(job: Job) -> bool:
    """Whether GitHub says that a job was cancelled for a newer run of its `concurrency` group."""
    return any(annotation.message.startswith(_YIELDED) for annotation in job.annotations or ())


def _wait(reason: NeverRanReason, since: datetime | None, until: datetime | None) -> Wait | None:
    if since is None or until is None or until - since <= PATIENCE:
        return None
    hours = 0 if reason is NeverRanReason.QUEUED else round((until - since) / timedelta(hours=1))
    return Wait(NeverRan(reason, hours), since + PATIENCE)


# --- skipped night after night -------------------------------------------------------------------

_SKIPPED = "skipped"

_Names = Mapping[str, tuple[str, NeverRan]]
"""By the name of a skipped job in a run: the job that it stands for, and how that never ran."""


def passed_or_skipped(run: Run) -> bool:
    """Whether a run tells which jobs its workflow skips; in a run that failed, a failure may be the reason."""
    return run.conclusion in {"success", _SKIPPED}


def scheduled_runs(snapshot: Snapshot) -> Mapping[int, Sequence[Run]]:
    """The scheduled runs on the default branch that are over, by workflow id, in the order of their creation."""
    branch = snapshot.repository.default_branch
    runs: dict[int, list[Run]] = defaultdict(list)
    for run in sorted(snapshot.runs, key=lambda run: run.order):
        if run.event == "schedule" and run.branch == branch and run.finished:
            runs[run.workflow.id].append(run)
    return runs


def skipped_jobs(jobs: Iterable[Job]) -> frozenset[str]:
    """The names of the jobs that a run skipped; a skipped matrix has one name, without its legs."""
    return frozenset(split_leg(job.name)[0] for job in jobs if job.conclusion == _SKIPPED)


def long_skipped(snapshot: Snapshot) -> Mapping[int, _Names]:
    """By run id the jobs that never ran in it because they are skipped in each scheduled run, from the fifth one on.

    They ran in most scheduled runs before. A job that is meant for failures runs in failed runs only, so only runs that
    passed are counted. A run that failed ends the row if the job ran in it.
    """
    jobs = {run_jobs.run_id: run_jobs.jobs for run_jobs in snapshot.jobs}
    found: dict[int, _Names] = {}
    for runs in scheduled_runs(snapshot).values():
        for run, name, job, nights in _rows(runs, jobs):
            found[run.id] = {**found.get(run.id, {}), name: (job, NeverRan(NeverRanReason.SKIPPED, nights))}
    return found


def _rows(runs: Sequence[Run], jobs: Mapping[int, Sequence[Job]]) -> Iterator[tuple[Run, str, str, int]]:
    skipped = {name for run in runs if passed_or_skipped(run) for name in skipped_jobs(jobs.get(run.id, ()))}
    for name in sorted(skipped):
        row = _Row(name)
        for run in runs:
            if row.is_long_after(run, jobs.get(run.id)):
                yield run, name, row.job, row.nights


class _Row:
    """The scheduled runs of one job so far: in how many it ran, and how many in a row have skipped it since."""

    def __init__(self, name: str) -> None:
        self.job = self._name = name
        self.nights = self._ran = self._skipped = 0

    def is_long_after(self, run: Run, jobs: Sequence[Job] | None) -> bool:
        """Add a run; whether the job never ran in it because it is skipped for long."""
        tells = passed_or_skipped(run)
        if jobs is None:
            if tells:  # nobody knows whether it ran in this one
                self.nights = self._ran = self._skipped = 0
            return False
        if ran := self._bases(jobs):
            self._skipped, self.nights = self._skipped + self.nights, 0
            self._ran += tells
            self.job = self._name if self._name in ran else ran[0]
            return False
        if not tells or self._name not in skipped_jobs(jobs):
            return False
        self.nights += 1
        known = self._ran + self._skipped
        return self.nights >= NIGHTS and known >= LEAST_BEFORE and 2 * self._ran > known

    def _bases(self, jobs: Sequence[Job]) -> Sequence[str]:
        """The jobs that ran and that the name stands for: a skipped call of a workflow has the name of the call."""
        bases = {split_leg(job.name)[0] for job in jobs if job.conclusion != _SKIPPED and _ran(job)}
        return sorted(base for base in bases if base == self._name or base.startswith(f"{self._name} / "))
