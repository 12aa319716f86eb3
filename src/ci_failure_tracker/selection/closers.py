"""Which closings must be known before an issue is reopened, or stays closed, for a new failure; pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import Closer, History, Needs
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.lifecycle import failing_occurrences
from ci_failure_tracker.tracking.state_update import has_counted

MOST = 10
"""Closed issues and commits that one sweep asks about in each step."""


def needs_of_closings(findings: Findings, settings: Settings, now: datetime) -> Needs:
    """The commits that closed issues, and then whether the failing commits contain them."""
    snapshot = findings.snapshot
    matter = list(_closings_that_matter(findings, settings, now))
    unknown = (tracked.issue.number for _, tracked in matter if tracked.issue.number not in snapshot.closers)
    needs = Needs(closers=tuple(unknown)[:MOST]).without(snapshot.asked)
    if needs:
        return needs
    pairs = dict.fromkeys(pair for history, tracked in matter for pair in _pairs(history, tracked, findings))
    return Needs(descendants=tuple(pairs)[:MOST]).without(snapshot.asked)


def _closings_that_matter(findings: Findings, settings: Settings, now: datetime) -> Iterator[tuple[History, Tracked]]:
    """The histories with a failure that their closed issue has not counted, if a person or a commit closed it."""
    for history in findings.history.histories:
        tracked = findings.history.tracked_issues.of_history(history)
        if tracked is None or tracked.state is None or tracked.issue.open or not history.failing:
            continue
        closed_at = tracked.issue.closed_at or now
        # What the tracker closed, it closed because of runs; no commit decides about that.
        by_person = tracked.state.closed is None and tracked.issue.state_reason == "completed"
        if by_person and now - closed_at <= settings.reopen_within:
            state = tracked.state
            if any(not has_counted(state, occurrence) for occurrence in failing_occurrences(history)):
                yield history, tracked


def _pairs(history: History, tracked: Tracked, findings: Findings) -> Iterator[tuple[Closer, str]]:
    closer = findings.snapshot.closers.get(tracked.issue.number)
    for occurrence in failing_occurrences(history):
        # Only on its own branch does a commit say which runs come after it.
        if closer is not None and occurrence.branch == closer.branch:
            yield closer, occurrence.commit.sha
