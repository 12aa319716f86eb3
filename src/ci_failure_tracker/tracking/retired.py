"""Rule 3: a workflow or a job that has not run for long is retired, and no issue is opened for it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from ci_failure_tracker.model import History, IdentityKind, Run, RunList, Snapshot

LEAST = timedelta(days=90)
"""What ran in this time is not retired."""

INTERVALS = 10
"""What runs rarely is retired after so many of its own intervals, if that is longer."""

RUNS = 10
"""Newest runs whose distances tell the interval."""


def is_retired(history: History, snapshot: Snapshot, now: datetime) -> bool:
    """Whether what fails has not run for long. Until its last runs are read, its interval counts as short."""
    if history.identity.kind is IdentityKind.SCHEDULE or not history.occurrences:
        return False
    age = now - history.latest.started_at
    return age > LEAST and age > INTERVALS * _interval(snapshot.run_lists.get(last_runs(history), ()))


def last_runs(history: History) -> RunList:
    """The list that tells the interval of the newest failure: the runs of its workflow, branch and event."""
    latest, status = history.latest, history.branch_statuses[0]
    return RunList(RUNS, status.workflow_id, latest.branch, latest.event, "completed")


def _interval(runs: Sequence[Run]) -> timedelta:
    """The median distance of runs."""
    times = sorted(run.created_at for run in runs)
    distances = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return timedelta(seconds=median(distances)) if distances else timedelta()
