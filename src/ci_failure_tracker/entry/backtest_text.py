"""A backtest on a terminal: the figures as a table, then the issues."""

from __future__ import annotations

from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ci_failure_tracker.backtest.report import BacktestReport, Column, days_open
from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.text.markdown import plain

_NAME, _TITLE = 40, 200
MOST_ISSUES = 100
"""The most issues that are printed; the page and the JSON have all of them."""


def show_backtest(console: Console, report: BacktestReport) -> None:
    """Print a report; it fits a terminal of 80 columns."""
    days = f"{report.start:%Y-%m-%d} to {report.end:%Y-%m-%d}"
    head = f"{plain(report.repository.full_name, 150)}, {days}: {report.runs:,} runs, {report.sweeps:,} sweeps"
    show(console, Text(head, style="bold"), Text())
    show(console, _figures(report))
    for column in report.columns:
        show(console, Text(), Text(_heading(column, len(report.columns)), style="bold"))
        show(console, _issues(column, report.end) if column.backtest.issues else Text("  none"))


def _figures(report: BacktestReport) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=len(report.columns) > 1)
    table.add_column()
    for column in report.columns:
        table.add_column(plain(column.name, _NAME), justify="right")
    for name, figures in report.rows():
        table.add_row(name, *figures)
    return table


def _heading(column: Column, columns: int) -> str:
    issues = column.backtest.issues
    shown = f"the first {MOST_ISSUES} of {len(issues):,}" if len(issues) > MOST_ISSUES else f"{len(issues):,}"
    return f"Issues ({shown})" if columns == 1 else f"Issues with {plain(column.name, _NAME)} ({shown})"


def _issues(column: Column, end: datetime) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("title", overflow="fold", ratio=1)
    table.add_column("opened", no_wrap=True)
    table.add_column("closed", no_wrap=True)
    table.add_column("days", justify="right", no_wrap=True)
    table.add_column("comments", justify="right", no_wrap=True)
    for issue in column.backtest.issues[:MOST_ISSUES]:
        closed = f"{issue.closed_at:%Y-%m-%d}" if issue.closed_at else "open"
        title = Text(plain(issue.title, _TITLE))
        table.add_row(title, f"{issue.opened_at:%Y-%m-%d}", closed, days_open(issue, end), f"{issue.comments:,}")
    return table
