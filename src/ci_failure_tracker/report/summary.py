"""The job summary in Markdown: what fails, what was done and why, and how the runs ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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
from ci_failure_tracker.report.measure_text import (
    LEGEND,
    StatisticsRow,
    chart,
    issues_line,
    statistics_rows,
    window_line,
)
from ci_failure_tracker.report.report import Report, WorkflowRuns
from ci_failure_tracker.text.markdown import code, link, prose, utc
from ci_failure_tracker.text.templates import template_environment

LIMIT = 1_000_000
"""Bytes of a job summary. GitHub shows nothing at all of a summary of 1 MiB or more."""

_MOST_STATISTICS = 50
_LADDER = (5_000, 1_000, 300, 100, 30, 10, 3)
"""Numbers of rows that a table may have. The first one with which the summary fits is used."""

Row = TypeVar("Row")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """The rows that are shown, and a sentence about those that are not."""

    rows: list[Row]
    rest: str


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem in words for people."""

    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class FailingRow:
    """One thing that is failing."""

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
class WorkflowRow:
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
    """What the template of the summary uses. Every text is safe Markdown."""

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
    workflows: Table[WorkflowRow]
    legend: str
    statistics: Table[StatisticsRow]
    issues: str
    window: str
    cost: str


def render_summary(report: Report, limit: int = LIMIT) -> str:
    """The summary with as many rows as fit into `limit` bytes; only its first line if no row fits."""
    template = template_environment("ci_failure_tracker.report").get_template("summary.md.j2")
    texts = (f"{template.render(summary=_view(report, rows))}\n" for rows in _LADDER)
    return next((text for text in texts if len(text.encode()) <= limit), f"{prose(report.line, 1_000)}\n")


def _view(report: Report, rows: int) -> SummaryView:
    url = report.repository.url
    charts = {workflow.workflow: chart(workflow.runs) for workflow in report.statistics.workflows}
    issues = {result.action.identity.id: _issue_of(result, url) for result in report.results}
    return SummaryView(
        line=f"**{prose(report.line, 1_000)}**",
        problems=_table(report.problems, _problem_row, rows),
        partial=report.partial,
        new=_table(report.new, lambda failing: _failing_row(failing, issues, url), rows),
        again=_table(report.again, lambda failing: _failing_row(failing, issues, url), rows),
        failing=_table(report.still_failing, lambda failing: _failing_row(failing, issues, url), rows),
        changed_title="What would be changed" if report.held_back else "Changed",
        changed=_table(report.changed, lambda result: _result_row(result, url), rows),
        over_cap=_table(report.over_cap, lambda skip: _skip_row(skip, url), rows),
        skipped=_table(report.skipped, lambda skip: _skip_row(skip, url), rows),
        workflows=_table(report.workflows, lambda workflow: _workflow_row(workflow, charts), rows),
        legend=LEGEND if charts else "",
        statistics=_table(statistics_rows(report.statistics), lambda row: row, min(rows, _MOST_STATISTICS)),
        issues=issues_line(report.statistics),
        window=window_line(report.statistics),
        cost=_cost(report),
    )


def _table(items: Sequence[Item], row: Callable[[Item], Row], limit: int) -> Table[Row]:
    hidden = len(items) - limit
    rest = f"\nand {counted(hidden, 'row')} more that did not fit.\n" if hidden > 0 else ""
    return Table([row(item) for item in items[:limit]], rest)


def _problem_row(problem: Problem) -> ProblemRow:
    # An advice may contain YAML, which keeps its indentation only as quoted code.
    head, _, block = problem.advice.partition("\npermissions:")
    text = prose(f"{problem.what} {head}", 1_000)
    if block:
        yaml, _, tail = block.partition("\nA ")
        lines = "".join(f"\n> {line}" for line in f"permissions:{yaml}".splitlines())
        text += f"\n>\n> ```yaml{lines}\n> ```\n>\n> A {prose(tail, 500)}"
    return ProblemRow(problem.severity.value, text)


def _issue_of(result: Result, url: str) -> str:
    """The issue of a failure, or the plan to open one."""
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


def result_words(result: Result) -> str:
    """An action and its status in a word or two, such as `opened` or `could not be closed`; `left` for a skip."""
    return _VERBS.get((type(result.action).__name__, result.status), "left")


def _result_row(result: Result, url: str) -> ActionRow:
    return _action_row(result_words(result), result.action.identity, result.number, result.action.reason, url)


def _skip_row(skip: Skip, url: str) -> ActionRow:
    return _action_row("left", skip.identity, skip.number, skip.reason, url)


def _action_row(words: str, identity: Identity, number: int | None, reason: str, url: str) -> ActionRow:
    return ActionRow(words, _issue(number, url), code(identity.workflow, 80), _job(identity), prose(reason, 300))


def _issue(number: int | None, url: str) -> str:
    return link(f"#{number}", f"{url}/issues/{number}") if number else ""


def _workflow_row(workflow: WorkflowRuns, charts: Mapping[str, str]) -> WorkflowRow:
    return WorkflowRow(
        workflow=code(workflow.workflow, 80),
        runs=workflow.runs,
        green=workflow.green,
        failed=workflow.failed,
        superseded=workflow.superseded,
        other=workflow.other,
        newest=utc(workflow.newest),
        chart=charts.get(workflow.workflow, ""),
    )


def _cost(report: Report) -> str:
    runs = counted(sum(workflow.runs for workflow in report.workflows), "run")
    forks = f", {counted(report.window.forks, 'run')} of forks left out" if report.window.forks else ""
    return f"{runs} looked at{forks}.{_logs(report.logs)} {report.requests}."


def _logs(logs: LogCounts) -> str:
    parts = [
        f"{counted(number, 'log')} {words}"
        for number, words in (
            (logs.read, f"read ({max(logs.size / 1_000_000, 0.1):.1f} MB)"),
            (logs.absent, "not there"),
            (logs.unread, "not readable"),
            (logs.left_out, "left for the next sweep"),
        )
        if number
    ]
    return f" {', '.join(parts)}." if parts else ""
