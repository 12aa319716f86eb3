"""A backtest as one HTML file with a time line of the issues. It loads nothing and runs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files

from markupsafe import Markup

from ci_failure_tracker.backtest.figures import wrong_closings
from ci_failure_tracker.backtest.report import BacktestReport, Column, days_open
from ci_failure_tracker.backtest.sweeps import IssueHistory
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import plain, utc
from ci_failure_tracker.text.templates import template_environment

MOST_ISSUES = 500
"""The most issues of a column on the page."""

# The width of the drawing; the page scales it.
_WIDTH = 1_000
# Units of the drawing: a shorter bar could not be seen.
_LEAST_WIDTH = 4
_NAME, _TITLE, _PROBLEM = 150, 300, 1_000
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Bar:
    """A time in which an issue was open: its place in the time line, its style, and what it says."""

    x: int
    width: int
    style: str
    words: str


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One issue, and its time line in words for those who do not see it."""

    title: str
    spans: tuple[Bar, ...]
    description: str
    opened: str
    closed: str
    days: str
    comments: str


@dataclass(frozen=True, slots=True)
class ColumnView:
    """The issues under one kind of settings."""

    name: str
    count: str
    issues: tuple[IssueRow, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """What the template uses."""

    title: str
    start: str
    end: str
    runs: str
    sweeps: str
    problems: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    columns: tuple[ColumnView, ...]
    weeks: tuple[int, ...]


def render_backtest_page(report: BacktestReport) -> str:
    """The whole page."""
    environment = template_environment("ci_failure_tracker.backtest", autoescape=True)
    style = files("ci_failure_tracker.backtest").joinpath("assets", "backtest.css").read_text("utf-8")
    style = style.replace("\r\n", "\n")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("backtest.html.j2").render(
        page=_view(report),
        style=Markup(style),  # noqa: S704 - the package's own
        # The page runs no script, so none is allowed.
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        width=_WIDTH,
    )


def _view(report: BacktestReport) -> PageView:
    scale = _Scale(report.start, report.end)
    return PageView(
        title=f"{plain(report.repository.full_name, _NAME)}: backtest",
        start=_day(report.start),
        end=_day(report.end),
        runs=counted(report.runs, "run"),
        sweeps=counted(report.sweeps, "sweep"),
        problems=tuple(plain(problem, _PROBLEM) for problem in report.problems),
        rows=tuple(report.rows()),
        columns=tuple(_column(column, scale) for column in report.columns),
        weeks=tuple(scale.weeks()),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """The time line: from a start to an end."""

    start: datetime
    end: datetime

    def place(self, moment: datetime) -> int:
        """Where a moment is."""
        whole = self.end - self.start
        # A history of one moment has no length to divide by.
        return round(_WIDTH * ((moment - self.start) / whole)) if whole else 0

    def weeks(self) -> Iterator[int]:
        """Where each week begins but the first."""
        moment = self.start + _WEEK
        while moment < self.end:
            yield self.place(moment)
            moment += _WEEK


def _column(column: Column, scale: _Scale) -> ColumnView:
    issues = column.backtest.issues
    count = f"{len(issues):,}" if len(issues) <= MOST_ISSUES else f"{MOST_ISSUES:,} of {len(issues):,}"
    rows = tuple(_row(issue, wrong_closings(issue, issues), scale) for issue in issues[:MOST_ISSUES])
    return ColumnView(plain(column.name, _NAME), count, rows)


def _row(issue: IssueHistory, wrong: tuple[datetime, ...], scale: _Scale) -> IssueRow:
    bars = tuple(_bars(issue, wrong, scale))
    return IssueRow(
        title=plain(issue.title, _TITLE) or "(no title)",
        spans=bars,
        description="; ".join(bar.words for bar in bars),
        opened=_day(issue.opened_at),
        closed=_day(issue.closed_at) if issue.closed_at else "open",
        days=days_open(issue, scale.end),
        comments=f"{issue.comments:,}",
    )


def _bars(issue: IssueHistory, wrong: tuple[datetime, ...], scale: _Scale) -> Iterator[Bar]:
    for opened, closed in issue.spans:
        x = min(scale.place(opened), _WIDTH - _LEAST_WIDTH)
        width = max(_LEAST_WIDTH, scale.place(closed or scale.end) - x)
        words = f"open from {utc(opened)} to {utc(closed)}" if closed else f"open since {utc(opened)}"
        style = "open" if closed is None else "wrong" if closed in wrong else "closed"
        yield Bar(x, width, style, f"{words}, closed wrongly" if style == "wrong" else words)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
