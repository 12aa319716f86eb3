"""The job summary: what was looked at, what failed, what was done and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from ci_failure_tracker.issues.evidence import short_code
from ci_failure_tracker.model import (
    Create,
    CurrentFailure,
    Identity,
    LogCounts,
    Problem,
    Reopen,
    Result,
    Skip,
    WriteStatus,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.measure_text import LEGEND, FiguresRow, chart, figures_rows, issues_line, window_line
from ci_failure_tracker.report.report import Report, WorkflowSnapshot
from ci_failure_tracker.text.markdown import cell, code, link, prose, utc

LIMIT = 1_000_000
"""Bytes of a job summary. GitHub's limit is 1 MiB, and a step that reaches it shows nothing at all."""

_MOST_FIGURES = 50
_LADDER = (5_000, 1_000, 300, 100, 30, 10, 3)
"""How many rows a table may have; the first rung at which the summary fits is taken."""

Shown = TypeVar("Shown")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Table(Generic[Shown]):
    """The rows that are shown, and a sentence about those that are not."""

    rows: list[Shown]
    rest: str


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem, worded for people."""

    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class FailingRow:
    """One thing that is broken."""

    issue: str
    workflow: str
    job: str
    legs: str
    outcome: str
    headline: str
    count: int
    since: str
    latest: str


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action and its reason."""

    action: str
    issue: str
    workflow: str
    job: str
    reason: str


@dataclass(frozen=True, slots=True)
class LookRow:
    """One workflow and how its runs ended."""

    workflow: str
    runs: int
    green: int
    failed: int
    superseded: int
    other: int
    newest: str
    chart: str


@dataclass(frozen=True, slots=True)
class SummaryView:
    """What the template of the summary uses; every text in it is safe Markdown."""

    line: str
    problems: Table[ProblemRow]
    partial: bool
    new: Table[FailingRow]
    again: Table[FailingRow]
    failing: Table[FailingRow]
    changed_title: str
    changed: Table[ActionRow]
    over_cap: Table[ActionRow]
    skipped: Table[ActionRow]
    looked_at: Table[LookRow]
    legend: str
    statistics: Table[FiguresRow]
    issues: str
    window: str
    cost: str


def render_summary(report: Report, limit: int = LIMIT) -> str:
    """The summary in Markdown, cut by whole rows until it is within `limit` bytes."""
    # GitHub renders Markdown and takes scripts out; `markdown.py` is what makes foreign text safe in it.
    environment = Environment(  # noqa: S701
        loader=PackageLoader("ci_failure_tracker.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = cell
    template = environment.get_template("summary.md.j2")
    texts = (f"{template.render(summary=_view(report, rows))}\n" for rows in _LADDER)
    return next((text for text in texts if len(text.encode()) <= limit), f"{prose(report.line, 1_000)}\n")


def _view(report: Report, rows: int) -> SummaryView:
    url = report.repository.url
    charts = {one.workflow: chart(one.runs) for one in report.statistics.workflows}
    issues = {one.action.identity.id: _issue_of(one, url) for one in report.results}
    return SummaryView(
        line=f"**{prose(report.line, 1_000)}**",
        problems=_table(report.problems, _problem_row, rows),
        partial=report.window.partial,
        new=_table(report.new, lambda one: _failing_row(one, issues, url), rows),
        again=_table(report.again, lambda one: _failing_row(one, issues, url), rows),
        failing=_table(report.still_failing, lambda one: _failing_row(one, issues, url), rows),
        changed_title="What would be changed" if report.held_back else "Changed",
        changed=_table(report.changed, lambda one: _result_row(one, url), rows),
        over_cap=_table(report.over_cap, lambda one: _skip_row(one, url), rows),
        skipped=_table(report.skipped, lambda one: _skip_row(one, url), rows),
        looked_at=_table(report.looked_at, lambda one: _look_row(one, charts), rows),
        legend=LEGEND if charts else "",
        statistics=_table(figures_rows(report.statistics), lambda one: one, min(rows, _MOST_FIGURES)),
        issues=issues_line(report.statistics),
        window=window_line(report.statistics),
        cost=_cost(report),
    )


def _table(given: Sequence[Given], row: Callable[[Given], Shown], limit: int) -> Table[Shown]:
    hidden = len(given) - limit
    rest = f"\nand {counted(hidden, 'row')} more that did not fit.\n" if hidden > 0 else ""
    return Table([row(one) for one in given[:limit]], rest)


def _problem_row(problem: Problem) -> ProblemRow:
    # An advice may hold YAML on lines of its own; quoted code keeps its indentation.
    head, _, block = problem.advice.partition("\npermissions:")
    text = prose(f"{problem.what} {head}", 1_000)
    if block:
        yaml, _, tail = block.partition("\nA ")
        lines = "".join(f"\n> {line}" for line in f"permissions:{yaml}".splitlines())
        text += f"\n>\n> ```yaml{lines}\n> ```\n>\n> A {prose(tail, 500)}"
    return ProblemRow(problem.severity.value, text)


def _issue_of(result: Result, url: str) -> str:
    """The issue of a failure, or what will become of it."""
    if isinstance(result.action, Create) and result.status is WriteStatus.PLANNED:
        return "to be opened"
    planned = " to be reopened" if isinstance(result.action, Reopen) and result.status is WriteStatus.PLANNED else ""
    return f"{_issue(result.number, url)}{planned}"


def _failing_row(failing: CurrentFailure, issues: Mapping[str, str], url: str) -> FailingRow:
    return FailingRow(
        issue=issues.get(failing.identity.id, ""),
        workflow=code(failing.identity.workflow, 80),
        job=_job(failing.identity),
        legs=", ".join(code(leg, 60) for leg in failing.legs[:5])
        + (f" and {len(failing.legs) - 5} more" if failing.legs[5:] else ""),
        outcome=failing.outcome.words,
        headline=short_code(failing.headline, 120) if failing.headline else "",
        count=failing.count,
        since=utc(failing.since),
        latest=link(f"run {failing.run_number}", f"{url}/actions/runs/{failing.run_id}")
        + f" on {code(failing.branch, 60)}",
    )


def _job(identity: Identity) -> str:
    return "all jobs" if identity.is_whole_workflow else code(identity.job, 80)


_VERBS = {
    ("Create", WriteStatus.DONE): "opened",
    ("Update", WriteStatus.DONE): "updated",
    ("Reopen", WriteStatus.DONE): "reopened",
    ("Close", WriteStatus.DONE): "closed",
    ("Create", WriteStatus.PLANNED): "open",
    ("Update", WriteStatus.PLANNED): "update",
    ("Reopen", WriteStatus.PLANNED): "reopen",
    ("Close", WriteStatus.PLANNED): "close",
    ("Create", WriteStatus.FAILED): "could not be opened",
    ("Update", WriteStatus.FAILED): "could not be updated",
    ("Reopen", WriteStatus.FAILED): "could not be reopened",
    ("Close", WriteStatus.FAILED): "could not be closed",
}


def said(result: Result) -> str:
    """An action and what became of it in a word or two."""
    return _VERBS.get((type(result.action).__name__, result.status), "left")


def _result_row(result: Result, url: str) -> ActionRow:
    identity = result.action.identity
    reason = prose(result.action.reason, 300)
    return ActionRow(said(result), _issue(result.number, url), code(identity.workflow, 80), _job(identity), reason)


def _skip_row(skip: Skip, url: str) -> ActionRow:
    return ActionRow(
        "left",
        _issue(skip.number, url),
        code(skip.identity.workflow, 80),
        _job(skip.identity),
        prose(skip.reason, 300),
    )


def _issue(number: int | None, url: str) -> str:
    return link(f"#{number}", f"{url}/issues/{number}") if number else ""


def _look_row(look: WorkflowSnapshot, charts: Mapping[str, str]) -> LookRow:
    return LookRow(
        workflow=code(look.workflow, 80),
        runs=look.runs,
        green=look.green,
        failed=look.failed,
        superseded=look.superseded,
        other=look.other,
        newest=utc(look.newest),
        chart=charts.get(look.workflow, ""),
    )


def _cost(report: Report) -> str:
    runs = counted(sum(look.runs for look in report.looked_at), "run")
    forks = f", {counted(report.window.forks, 'run')} of forks left out" if report.window.forks else ""
    return f"{runs} looked at{forks}.{_logs(report.logs)} {report.requests}."


def _logs(logs: LogCounts) -> str:
    told = [
        f"{counted(number, 'log')} {words}"
        for number, words in (
            (logs.read, f"read ({max(logs.size / 1_000_000, 0.1):.1f} MB)"),
            (logs.absent, "not there"),
            (logs.unread, "not readable"),
            (logs.left_out, "left for the next sweep"),
        )
        if number
    ]
    return f" {', '.join(told)}." if told else ""
