"""The figures of a backtest, which `docs/backtest.md` explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from ci_failure_tracker.backtest.sweeps import Backtest, IssueHistory

SOON = timedelta(days=7)
"""If the same thing fails again within this time, closing its issue was wrong."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one backtest.

    sweeps         the sweeps
    opened         issues that were opened
    updated        edits of a text that nobody is notified of
    closed         closings
    reopened       reopenings
    comments       comments
    open_at_end    issues that the last sweep left open
    days_median    the days for which an issue was open, as the median of all; `None` without issues
    days_most      the same of the issue that was open for longest
    wrong          closings that `wrong_closings` finds
    notifications  messages to a person who watches the repository: openings, closings, reopenings and comments
    """

    sweeps: int
    opened: int
    updated: int
    closed: int
    reopened: int
    comments: int
    open_at_end: int
    days_median: float | None
    days_most: float | None
    wrong: int
    notifications: int


def figures_of(backtest: Backtest) -> Figures:
    """Count what the sweeps did."""
    issues = backtest.issues
    # Rounded before the median is taken, so that the figure agrees with the days in the list.
    days = [round(issue.open_until(backtest.end) / _DAY, 1) for issue in issues]
    opened, closed = len(issues), sum(len(issue.closings) for issue in issues)
    reopened, comments = sum(len(issue.reopenings) for issue in issues), sum(issue.comments for issue in issues)
    return Figures(
        sweeps=len(backtest.sweeps),
        opened=opened,
        updated=sum(issue.updates for issue in issues),
        closed=closed,
        reopened=reopened,
        comments=comments,
        open_at_end=sum(issue.closed_at is None for issue in issues),
        days_median=round(median(days), 1) if days else None,
        days_most=max(days, default=None),
        wrong=sum(len(wrong_closings(issue, issues)) for issue in issues),
        # GitHub notifies a watcher of all of these, and of no edit.
        notifications=opened + closed + reopened + comments,
    )


def wrong_closings(issue: IssueHistory, issues: Sequence[IssueHistory]) -> tuple[datetime, ...]:
    """When an issue was closed although its failure was not over.

    The same thing failed again within a week: the issue was reopened, or a new one was opened for it. An issue that was
    closed as a duplicate was not called fixed.
    """
    openings = [start for other in issues if other.identity == issue.identity for start, _ in other.spans]
    return tuple(
        closed
        for closed in issue.closings
        if closed not in issue.duplicates and any(closed < start <= closed + SOON for start in openings)
    )
