"""What has to be read before failed jobs run again, and while they do; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ci_failure_tracker.model import Needs, Run, Snapshot, in_repository
from ci_failure_tracker.settings import RerunKind, Settings
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.reruns import may_run_again, only_transient

_JOB_ACCOUNT = "github-actions[bot]"


def needs_of_reruns(findings: Findings, settings: Settings, now: datetime) -> Needs:
    """The newest commits of the branches on which only infrastructure failed."""
    snapshot, history = findings.snapshot, findings.history
    runs = [
        run
        for run in may_run_again(history, snapshot, settings, now)
        if not snapshot.part(run.repository).heads_hidden and only_transient(history, run)
    ]
    heads = dict.fromkeys(in_repository(run.repository, run.branch) for run in runs)
    return Needs(heads=tuple(heads)).without(snapshot.asked)


def unanswered_reruns(snapshot: Snapshot, settings: Settings) -> tuple[Sequence[Run], bool]:
    """The runs that an earlier sweep ran again and that still go on, and whether the token's login has to tell them.

    Their first attempts count again: there was no answer by this sweep.
    """
    if settings.rerun is not RerunKind.TRANSIENT:
        return (), False
    again = [run for run in snapshot.runs if run.attempt > 1 and not run.finished]
    ours = [run for run in again if started_by_tracker(run, snapshot)]
    needs_viewer = len(ours) < len(again) and snapshot.viewer is None and "viewer" not in snapshot.asked
    return ours, needs_viewer


def started_by_tracker(run: Run, snapshot: Snapshot) -> bool:
    """Whether the account of the tracker started the newest attempt of a run, as far as it is known."""
    return run.started_by in {snapshot.viewer or _JOB_ACCOUNT, _JOB_ACCOUNT}
