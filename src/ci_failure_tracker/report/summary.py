"""The job summary in Markdown: what fails since when, what recovered, what was not looked at, and the last runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from ci_failure_tracker.issues.evidence import short_code
from ci_failure_tracker.issues.first_sentence import names_jobs
from ci_failure_tracker.issues.links import run_address
from ci_failure_tracker.model import (
    CurrentFailure,
    Identity,
    KnownFailure,
    KnownResult,
    LogCounts,
    NotLookedAt,
    Problem,
    Rerun,
    Result,
    RuleStatus,
    WriteStatus,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.action_words import known_words, note, result_words
from ci_failure_tracker.report.last_runs import LEGEND, runs_in_words, squares
from ci_failure_tracker.report.measure_text import test_rate, unknown_jobs_line
from ci_failure_tracker.report.measures import TestStatistics, WorkflowStatistics
from ci_failure_tracker.report.report import Report, message_of
from ci_failure_tracker.selection.coverage import problem_of
from ci_failure_tracker.text.markdown import code, link, prose, short, utc
from ci_failure_tracker.text.medium import Medium
from ci_failure_tracker.text.templates import template_environment

LIMIT = 1_000_000
"""Bytes of a job summary. GitHub shows nothing at all of a summary of 1 MiB or more."""

# Each step costs a rendering, so there are few; most summaries fit with the first.
_LADDER = (5_000, 1_000, 300, 100, 30, 10, 3)
"""Numbers of rows that a list may have. The first one with which the summary fits is used."""

Row = TypeVar("Row")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row]):
    """The rows that are shown, and a sentence about those that are not."""

    rows: list[Row]
    rest: str


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem in words for people."""

    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, the number of things below it, and a line for each; `lead` stands before them."""

    title: str
    count: int
    items: Rows[str]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """One workflow and how its last runs ended."""

    workflow: str
    squares: str
    words: str
    newest: str


@dataclass(frozen=True, slots=True)
class SummaryView:
    """What the template of the summary uses. Every text is safe Markdown."""

    line: str
    problems: Rows[ProblemRow]
    sections: list[Section]
    workflows: Rows[WorkflowRow]
    legend: str
    folded: list[Section]
    cost: str


def render_summary(report: Report, limit: int = LIMIT) -> str:
    """The summary with as many rows as fit into `limit` bytes; only its first line if no row fits."""
    return fitting(lambda rows: _view(report, rows), report.line, limit)


def fitting(view: Callable[[int], SummaryView], line: str, limit: int) -> str:
    """The first of these views, of lists that grow shorter, that fits into `limit` bytes; else only the line."""
    template = template_environment("ci_failure_tracker.report").get_template("summary.md.j2")
    texts = (f"{template.render(summary=view(rows))}\n" for rows in _LADDER)
    # Bytes, not characters: that is what GitHub counts.
    return next((text for text in texts if len(text.encode()) <= limit), f"{prose(line, 1_000)}\n")


def _view(report: Report, rows: int) -> SummaryView:
    # What was not looked at has a list of its own.
    listed = set(problem_of(report.not_looked_at))
    problems = [problem for problem in report.problems if problem not in listed]
    url = report.repository.url
    return SummaryView(
        line=f"**{prose(report.line, 1_000)}**",
        problems=rows_of(problems, problem_row, rows),
        sections=list(_sections(report, rows)),
        workflows=rows_of(report.statistics.workflows, _workflow_row, rows),
        legend=LEGEND,
        folded=[
            _flaky_tests(report, rows),
            *(
                Section(title, len(results), rows_of(results, lambda result: _result_line(result, url), rows))
                for title, results in (
                    ("Covered by another issue", report.covered),
                    ("Not failing", report.not_failing),
                )
            ),
        ],
        cost=_cost(report),
    )


def rows_of(items: Sequence[Item], row: Callable[[Item], Row], limit: int) -> Rows[Row]:
    """The first items as rows."""
    hidden = len(items) - limit
    rest = f"\nand {counted(hidden, 'row')} more that did not fit.\n" if hidden > 0 else ""
    return Rows([row(item) for item in items[:limit]], rest)


def problem_row(problem: Problem) -> ProblemRow:
    """A problem as a quotation."""
    # An advice may contain YAML, which keeps its indentation only as quoted code.
    head, _, block = problem.advice.partition("\npermissions:")
    text = prose(f"{problem.what} {head}", 1_000)
    if block:
        # The sentence after the YAML begins with "A".
        yaml, _, tail = block.partition("\nA ")
        lines = "".join(f"\n> {line}" for line in f"permissions:{yaml}".splitlines())
        text += f"\n>\n> ```yaml{lines}\n> ```\n>\n> A {prose(tail, 500)}"
    return ProblemRow(problem.severity.value, text)


# --- what fails, what recovered, what was not looked at ------------------------------------------


def _sections(report: Report, rows: int) -> Iterator[Section]:
    results, url = report.results_of_failing, report.repository.url

    def failing_line(failing: CurrentFailure) -> str:
        return _failing_line(report, failing, results.get(failing.identity.id))

    for title, failures in (
        ("New failures", report.new),
        ("Failing again", report.again),
        ("Still failing", report.still_failing),
    ):
        yield Section(title, len(failures), rows_of(failures, failing_line, rows))
    known = report.known
    yield Section("Counted in known issues", len(known), rows_of(known, lambda each: _known_line(each, url), rows))
    told = report.known_results
    yield Section("Updates of known issues", len(told), rows_of(told, lambda each: _known_result_line(each, url), rows))
    for title, closed in (("Recovered", report.recovered), ("Closed for another reason", report.closed_otherwise)):
        yield Section(title, len(closed), rows_of(closed, lambda result: _result_line(result, url), rows))
    reruns = report.reruns
    yield Section("Re-run", len(reruns), rows_of(reruns, lambda result: _rerun_line(result, url), rows))
    missing = report.not_looked_at
    lead = "".join(prose(problem.advice, 300) + "\n" for problem in problem_of(missing))
    yield Section("Not looked at", len(missing), rows_of(missing, _missing_line, rows), lead)


def _whole_time(moment: datetime) -> str:
    """A moment that is not broken over two lines."""
    return utc(moment).replace(" ", "\N{NO-BREAK SPACE}")


_MEDIUM = Medium(code, link, prose, _whole_time)


def _failing_line(report: Report, failing: CurrentFailure, result: Result | None) -> str:
    """The issue, or else the newest failed run; the first sentence; what it does not say."""
    url = report.repository.url
    run = link(f"run {failing.run_number}", run_address(failing, url))
    where = "" if names_jobs(failing.state) else f" {_names(failing.identity)}"
    first = f"{_issue(result.number if result else None, url) or run}{where}: {report.sentence(failing, _MEDIUM)}"
    said = short_code(message, 120) if (message := message_of(failing)) else ""
    return " ".join(filter(None, (first, report.since(failing, _MEDIUM), said, prose(note(result), 300))))


def _result_line(result: Result, url: str) -> str:
    """What was done for something that does not fail, and why."""
    identity, words = result.action.identity, result_words(result)
    number = _issue(result.number, url)
    # The heading says these words already.
    done = "" if words in {"left", "closed"} else f"{words}, "
    return f"{f'{number} ' if number else ''}{_names(identity)}: {done}{prose(result.action.reason, 300)}"


def _rerun_line(result: Result, url: str) -> str:
    """The run, its failed jobs, and why these run again."""
    rerun = result.action
    if not isinstance(rerun, Rerun):
        return _result_line(result, url)
    run = link(f"run {rerun.run_number}", run_address(rerun, url))
    planned = "to be re-run, " if result.status is WriteStatus.PLANNED else ""
    return f"{run} of {code(rerun.identity.workflow, 80)}: {planned}{prose(rerun.reason, 300)}"


def _flaky_tests(report: Report, rows: int) -> Section:
    seen, url = report.statistics.tests, report.repository.url
    flaky = [test for test in seen.tests if test.flaky]
    lead = f"{line}\n" if (line := unknown_jobs_line(seen)) else ""
    return Section("Flaky tests", len(flaky), rows_of(flaky, lambda test: _test_line(test, url), rows), lead)


def _test_line(test: TestStatistics, url: str) -> str:
    """The test, how often it failed, and its newest commit on which it failed and passed."""
    # The newest commit comes first.
    sha = test.flaky_commits[0]
    more = f" and {counted(len(test.flaky_commits) - 1, 'more commit')}" if len(test.flaky_commits) > 1 else ""
    flaky = f"flaky on {link(short(sha), f'{url}/commit/{sha}')}{more}"
    return f"{_issue(test.issue, url)} {code(test.test, 150)}: failed in {test_rate(test)} runs, {flaky}".strip()


def _known_line(known: KnownFailure, url: str) -> str:
    """The known issue, what fails, the newest run, and why it failed."""
    match, ignored = known.match, "ignored, " if known.is_ignored else ""
    run = link(f"run {match.run_number}", run_address(match, url))
    why = f" {short_code(match.headline, 120)}" if match.headline else ""
    unsure = f" {prose(known.rule.why, 300)}." if known.rule.status is RuleStatus.UNKNOWN else ""
    # The number stands before the line already.
    name = prose(known.rule.name.replace(f"known issue #{known.rule.number} ", ""), 200)
    names = f"{code(match.workflow, 80)} › {code(match.job, 80)}"
    return f"{_issue(known.rule.number, url)} {name}: {names}, {ignored}{run}.{why}{unsure}"


def _known_result_line(result: KnownResult, url: str) -> str:
    return f"{_issue(result.write.number, url)}: {known_words(result)}"


def _missing_line(missing: NotLookedAt) -> str:
    return f"{code(missing.workflow, 80)}: {prose(missing.why, 300)}" if missing.workflow else prose(missing.why, 300)


def _names(identity: Identity) -> str:
    return f"{code(identity.workflow, 80)} › {identity.part if identity.is_whole_workflow else code(identity.part, 80)}"


def _issue(number: int | None, url: str) -> str:
    return link(f"#{number}", f"{url}/issues/{number}") if number else ""


# --- the last runs, and what it cost -------------------------------------------------------------


def _workflow_row(workflow: WorkflowStatistics) -> WorkflowRow:
    return WorkflowRow(
        workflow=code(workflow.workflow, 80),
        squares=squares(workflow.runs),
        words=runs_in_words(workflow.runs),
        newest=_whole_time(max(run.at for run in workflow.runs)),
    )


def _cost(report: Report) -> str:
    runs = counted(sum(workflow.runs for workflow in report.workflows), "run")
    forks = f", {counted(report.window.forks, 'run')} of forks left out" if report.window.forks else ""
    return f"{runs} looked at{forks}.{_logs(report.logs)} {report.requests}."


def _logs(logs: LogCounts) -> str:
    parts = [
        f"{counted(number, 'log')} {words}"
        for number, words in (
            # Less than 0.1 MB would read as nothing.
            (logs.read, f"read ({max(logs.size / 1_000_000, 0.1):.1f} MB)"),
            (logs.absent, "not there"),
            (logs.unread, "not readable"),
            (logs.left_out, "left for the next sweep"),
        )
        if number
    ]
    return f" {', '.join(parts)}." if parts else ""
