"""Which issues must be known before an issue is opened, beside the listed ones; pure.

GitHub's list of open issues with a label is no proof that an issue does not exist. A person may have changed the label,
and the list may lag or lack issues. A closed issue may say that no issue is wanted, or that it is to be reopened.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import DecisionKind, Needs, Outcome
from ci_failure_tracker.selection.checkpoint import missing_issues
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.track import TrackedIssues


def needs_before_opening(findings: Findings, settings: Settings, now: datetime) -> Needs:
    """What is still needed; nothing if something could not be read, because then no issue is opened."""
    snapshot, asked = findings.snapshot, findings.snapshot.asked
    if snapshot.issues_unread:
        return Needs()
    tracked_issues = findings.history.tracked_issues
    since = _closed_since(findings, settings, now)
    rules_unread = snapshot.known_issues is None
    first = Needs(known_issues=rules_unread, own_issues=True, closed_issues=since).without(asked)
    if first:
        return first
    if missing := Needs(missing_issues=missing_issues(tracked_issues.written, snapshot)).without(asked):
        return missing
    if snapshot.closed_read:
        return Needs()
    return Needs(closed_long_ago=tuple(_may_be_closed(findings, tracked_issues, since))).without(asked)


def _closed_since(findings: Findings, settings: Settings, now: datetime) -> datetime:
    """Since when all closed issues are needed: those that may be reopened, and those closed after a failure."""
    failed = (
        observation.run.created_at
        for observation in findings.history.observations
        if observation.outcome not in {None, Outcome.SUCCESS}
    )
    return min((now - settings.reopen_within, *failed))


def _may_be_closed(findings: Findings, tracked_issues: TrackedIssues, since: datetime) -> Iterator[str]:
    """The failure ids of issues that would be opened, unless the issue that was closed last is known already."""
    for decision in findings.decisions.made:
        if decision.kind is DecisionKind.CREATE:
            tracked = tracked_issues.of(decision.identity.id)
            if tracked is None or not _was_closed_since(tracked, since):
                yield decision.identity.id


def _was_closed_since(tracked: Tracked, since: datetime) -> bool:
    return tracked.issue.closed_at is not None and tracked.issue.closed_at >= since
