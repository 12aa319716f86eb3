"""A backtest on a terminal: the figures as a table, then the issues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ci_failure_tracker.backtest.report import BacktestReport, Column, days_open
from ci_failure_tracker.backtest.sweeps import IssueHistory
from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import plain

# Characters, so that a row fits 80 columns.
_NAME, _TITLE = 40, 90
MOST_ISSUES = 100
"""The most issues that are printed; the page and the JSON have all of them."""


def show_backtest(console: Console, report: BacktestReport) -> None:
    """Print a report; it fits a terminal of 80 columns."""
    days = f"{report.start:%Y-%m-%d} to {report.end:%Y-%m-%d}"
    counts = f"{counted(report.runs, 'run')}, {counted(report.sweeps, 'sweep')}"
    head = f"{plain(report.repository.full_name, 150)}, {days}: {counts}"
    show(console, Text(head, style="bold"), Text(), _figures(report))
    first = report.columns[0]
    _show_issues(console, _heading(first, len(report.columns)), first.backtest.issues, report.end)
    for column in report.columns[1:]:
        # A line that is the same in both columns is no difference to look at.
        same = {_line(issue, report.end) for issue in first.backtest.issues}
        others = [issue for issue in column.backtest.issues if _line(issue, report.end) not in same]
        heading = f"Issues with {plain(column.name, _NAME)} that differ ({len(others):,})"
        _show_issues(console, heading, others, report.end)


def _figures(report: BacktestReport) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=len(report.columns) > 1)
    table.add_column()
    for column in report.columns:
        table.add_column(plain(column.name, _NAME), justify="right")
    for name, figures in report.rows():
        table.add_row(name, *figures)
    return table


def _heading(column: Column, columns: int) -> str:
    count = f"{len(column.backtest.issues):,}"
    return f"Issues ({count})" if columns == 1 else f"Issues with {plain(column.name, _NAME)} ({count})"


def _show_issues(console: Console, heading: str, issues: Sequence[IssueHistory], end: datetime) -> None:
    show(console, Text(), Text(heading, style="bold"))
    if issues:
        show(console, _issues(issues, end))
    if len(issues) > MOST_ISSUES:
        show(console, Text(f"and {len(issues) - MOST_ISSUES:,} more, which the page and the JSON have"))


def _issues(issues: Sequence[IssueHistory], end: datetime) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("title", overflow="fold", ratio=1)
    table.add_column("opened", no_wrap=True)
    table.add_column("closed", no_wrap=True)
    table.add_column("days", justify="right", no_wrap=True)
    table.add_column("comments", justify="right", no_wrap=True)
    for issue in issues[:MOST_ISSUES]:
        title, *others = _line(issue, end)
        table.add_row(Text(title), *others)
    return table


def _line(issue: IssueHistory, end: datetime) -> tuple[str, ...]:
    closed = f"{issue.closed_at:%Y-%m-%d}" if issue.closed_at else "open"
    title, opened = plain(issue.title, _TITLE), f"{issue.opened_at:%Y-%m-%d}"
    return title, opened, closed, days_open(issue, end), f"{issue.comments:,}"
