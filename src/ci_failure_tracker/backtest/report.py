"""The report of a backtest: one value, of which text, JSON and page are made."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ci_failure_tracker.backtest.figures import Figures, figures_of, wrong_closings
from ci_failure_tracker.backtest.sweeps import Backtest, IssueHistory
from ci_failure_tracker.model import Repository

_DAY = timedelta(days=1)
_NAMES = {
    "opened": "issues opened",
    "closed": "issues closed",
    "reopened": "issues reopened",
    "comments": "comments",
    "notifications": "notifications of a watcher",
    "wrong": "wrong closings",
    "open_at_end": "open at the end",
    "days_median": "days open, median",
    "days_most": "days open, longest",
    "updated": "edits of a text, without notification",
}


@dataclass(frozen=True)
class Column:
    """What the sweeps with one kind of settings did, and the name of the settings."""

    name: str
    backtest: Backtest

    @property
    def figures(self) -> Figures:
        """The figures of the sweeps."""
        return figures_of(self.backtest)


@dataclass(frozen=True)
class BacktestReport:
    """What the tracker would have done from `start` to `end`, with one kind of settings or with two.

    `runs` is how many runs the history holds. `problems` say what is not known.
    """

    repository: Repository
    start: datetime
    end: datetime
    runs: int
    columns: tuple[Column, ...]
    problems: tuple[str, ...] = ()

    @property
    def sweeps(self) -> int:
        """How many sweeps were made with each kind of settings."""
        return len(self.columns[0].backtest.sweeps)

    def rows(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The name of each figure, and the figure of each column."""
        figures = [dataclasses.asdict(column.figures) for column in self.columns]
        for key, name in _NAMES.items():
            # `-` for what is not known, because 0 would be a figure.
            yield name, tuple("-" if each[key] is None else f"{each[key]:,}" for each in figures)


def days_open(issue: IssueHistory, end: datetime) -> str:
    """The days for which an issue was open, up to the end of the backtest, such as `1.5`."""
    return f"{issue.open_until(end) / _DAY:.1f}"


def backtest_as_json(report: BacktestReport) -> Mapping[str, Any]:
    """The report for programs."""
    return {
        "version": 1,
        "repository": report.repository.full_name,
        "from": report.start.isoformat(),
        "to": report.end.isoformat(),
        "runs": report.runs,
        "problems": list(report.problems),
        "columns": [
            {
                "settings": column.name,
                "figures": dataclasses.asdict(column.figures),
                "issues": [_issue_as_json(issue, column.backtest) for issue in column.backtest.issues],
            }
            for column in report.columns
        ],
    }


def _issue_as_json(issue: IssueHistory, backtest: Backtest) -> Mapping[str, Any]:
    return {
        "number": issue.number,
        "title": issue.title,
        "opened_at": issue.opened_at.isoformat(),
        "closed_at": issue.closed_at.isoformat() if issue.closed_at else None,
        "days_open": float(days_open(issue, backtest.end)),
        "comments": issue.comments,
        "reopened": len(issue.reopenings),
        "wrong_closings": len(wrong_closings(issue, backtest.issues)),
        "open": [[start.isoformat(), closed.isoformat() if closed else None] for start, closed in issue.spans],
    }
