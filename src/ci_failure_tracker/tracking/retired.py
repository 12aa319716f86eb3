"""Rule 3: a workflow or a job that has not run for long is retired, and no issue is opened for it; pure."""

from __future__ import annotations

from datetime import datetime

from ci_failure_tracker.model import History, IdentityKind, RunList, Snapshot
from ci_failure_tracker.tracking.retirement import INTERVALS, LAST_RUNS, QUIET, interval


def is_retired(history: History, snapshot: Snapshot, now: datetime) -> bool:
    """Whether what fails has not run for long. Until its last runs are read, its interval counts as short."""
    if history.identity.kind is IdentityKind.SCHEDULE or not history.occurrences:
        return False
    age = now - history.latest.started_at
    runs = snapshot.run_lists.get(last_runs(history), ())
    return age > QUIET and age > INTERVALS * interval(run.created_at for run in runs)


def last_runs(history: History) -> RunList:
    """The list that tells the interval of the newest failure: the runs of its workflow, branch and event."""
    latest, status = history.latest, history.branch_statuses[0]
    return RunList(LAST_RUNS, status.workflow_id, latest.branch, latest.event, "completed")
