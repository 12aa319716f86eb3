"""Which passing runs are read for rules 9 and 10: a job in them may be skipped for long, or may have failed.

The runs of one round are read together, twenty in a request. So a sweep with nothing new sends no request for them, and
another one rarely sends more than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ci_failure_tracker.model import Job, Outcome, Run, Snapshot
from ci_failure_tracker.settings import AllowedFailures, Settings
from ci_failure_tracker.tracking.allowed import failed_although_allowed
from ci_failure_tracker.tracking.never_ran import LEAST_BEFORE, NIGHTS, passed_or_skipped, scheduled_runs, skipped_jobs
from ci_failure_tracker.tracking.observations import needs_jobs

_MOST_SCHEDULED = 40
"""Scheduled runs of a workflow that are read if each of the newest five skipped one job."""

_MOST_TRACKED = 20
"""Passing runs of a branch that are read if a job fails in them that is allowed to and is tracked."""

_Jobs = Mapping[int, Sequence[Job]]


def passing_runs(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Run]:
    """The passing runs to read; `snapshot` holds the jobs that were read so far, which show whether more are needed."""
    jobs = {run_jobs.run_id: run_jobs.jobs for run_jobs in snapshot.jobs}
    yield from _scheduled(snapshot, jobs)
    if settings.allowed_failures is AllowedFailures.TRACK:
        yield from _with_tracked_jobs(snapshot, jobs)
    else:
        yield from _beside_failures(snapshot, now)


def _scheduled(snapshot: Snapshot, jobs: _Jobs) -> Iterator[Run]:
    """The newest scheduled run of each workflow. If it skipped a job, the five newest; if each did, those before."""
    for runs in scheduled_runs(snapshot).values():
        newest_first = [run for run in reversed(runs) if passed_or_skipped(run)]
        # With fewer runs nobody can tell what is usual, so no request is spent.
        too_few = len(newest_first) < NIGHTS + LEAST_BEFORE
        if too_few or newest_first[0].id in snapshot.runs_before_checkpoint:
            continue
        yield newest_first[0]
        row = [skipped_jobs(jobs[run.id]) for run in newest_first[:NIGHTS] if run.id in jobs]
        if skipped_jobs(jobs.get(newest_first[0].id, ())):
            yield from newest_first[:NIGHTS]
        if len(row) == NIGHTS and frozenset.intersection(*row):
            yield from newest_first[:_MOST_SCHEDULED]


def _beside_failures(snapshot: Snapshot, now: datetime) -> Iterator[Run]:
    """The newest passing run of each workflow with a failed run that is read: what failed in it is allowed to fail.

    It is read again although an issue holds what it says, because no issue holds what is ignored.
    """
    to_read = (run for run in snapshot.runs if run.id not in snapshot.runs_before_checkpoint)
    failing = {
        run.workflow.id for run in to_read if run.conclusion != Outcome.SUCCESS and needs_jobs(run, snapshot.runs, now)
    }
    yield from _newest_passing(run for run in snapshot.runs if run.workflow.id in failing)


def _with_tracked_jobs(snapshot: Snapshot, jobs: _Jobs) -> Iterator[Run]:
    """The newest passing run of each workflow; if a job failed in one that was read, more runs of its branch."""
    to_read = [run for run in snapshot.runs if run.id not in snapshot.runs_before_checkpoint]
    yield from _newest_passing(to_read)
    passed: dict[object, list[Run]] = defaultdict(list)
    for run in sorted(filter(_passed, to_read), key=lambda run: run.order, reverse=True):
        passed[run.branch_key].append(run)
    for branch in passed.values():
        if any(failed_although_allowed(run, jobs.get(run.id, ())) for run in branch):
            yield from branch[:_MOST_TRACKED]


def _newest_passing(runs: Iterable[Run]) -> Iterable[Run]:
    """The newest passing run of each workflow, branch and event, which decide which jobs a run has."""
    newest = {(run.branch_key, run.event): run for run in sorted(filter(_passed, runs), key=lambda run: run.order)}
    return newest.values()


def _passed(run: Run) -> bool:
    return run.conclusion == Outcome.SUCCESS
