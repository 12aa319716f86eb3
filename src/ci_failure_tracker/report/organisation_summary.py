"""The job summary of a sweep of many repositories, in the form of that of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ci_failure_tracker.issues.evidence import short_code
from ci_failure_tracker.model import Problem
from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.model.words import counted, some_of
from ci_failure_tracker.report.organisation import OrganisationReport, SharedCause, Standing
from ci_failure_tracker.report.organisation_words import look_words, problem_words, reason, recovery_words, state_words
from ci_failure_tracker.report.repository_facts import FailingFact, FlakyTest
from ci_failure_tracker.report.summary import (
    LIMIT,
    Rows,
    Section,
    SummaryView,
    fitting,
    problem_row,
    rows_of,
)
from ci_failure_tracker.text.markdown import code, link, prose, utc

_JOBS, _REPOSITORIES = 5, 10
"""The most jobs of a repository, and repositories of a cause, that the summary names."""


def render_organisation_summary(report: OrganisationReport, limit: int = LIMIT) -> str:
    """The summary with as many rows as fit into `limit` bytes; only its first line if no row fits."""
    return fitting(lambda rows: _view(report, rows), report.line, limit)


def _view(report: OrganisationReport, rows: int) -> SummaryView:
    return SummaryView(
        line=f"**{prose(report.line, 1_000)}**",
        problems=rows_of(report.problems, problem_row, rows),
        sections=list(_sections(report, rows)),
        workflows=Rows([], ""),
        legend="",
        folded=list(_folded(report, rows)),
        cost=" ".join(_cost(report)),
    )


def _sections(report: OrganisationReport, rows: int) -> Iterator[Section]:
    causes = report.shared_causes
    yield Section("Causes in several repositories", len(causes), rows_of(causes, _cause, rows))
    yield Section("Failing", len(report.failing), rows_of(report.failing, _failing, rows))
    recovered = [line for standing in report.standings for line in _recovered(standing)]
    yield Section("Recovered", len(recovered), rows_of(recovered, str, rows))
    problems = report.problems_in_repositories
    yield Section("Problems", len(problems), rows_of(problems, lambda each: _problem(*each), rows))
    unseen = report.unseen
    yield Section("Not swept, or only in part", len(unseen), rows_of(unseen, _unseen, rows))


def _folded(report: OrganisationReport, rows: int) -> Iterator[Section]:
    flaky = report.flaky
    yield Section("Flaky tests", len(flaky), rows_of(flaky, lambda each: _flaky(*each), rows))
    screened = report.screened
    yield Section("Only screened: the newest runs pass", len(screened), rows_of(screened, _name, rows))
    others = [standing for standing in report.standings if standing.is_right]
    yield Section("Nothing failing", len(others), rows_of(others, _right, rows))


def _name(standing: Standing) -> str:
    name = code(standing.name, 200)
    return link(name, standing.url)


def _cause(cause: SharedCause) -> str:
    """The one issue if there is one; what went wrong; the issue or a failed run of each repository."""
    # `dict` keeps the last of equal keys, so reversed it keeps the first: the worst.
    first = dict(reversed(cause.failures))
    named = [_where(name, first[name]) for name in cause.repositories[:_REPOSITORIES]]
    more = len(cause.repositories) - len(named)
    names = ", ".join(named) + (f" and {more:,} more" if more > 0 else "")
    issue = f"{link(*cause.issue)}: " if cause.issue else ""
    return f"{issue}{short_code(cause.headline, 120)} in {cause.words} since {utc(cause.since)}: {names}"


def _where(name: str, failing: FailingFact) -> str:
    # A repository with an issue of its own leads there, the others to a run.
    return link(code(name, 200), failing.issue_url or failing.run_url)


def _failing(standing: Standing) -> str:
    """What fails in a repository, with a line for each job."""
    failing = standing.facts.failing if standing.facts else ()
    look = "" if standing.entry.look is Look.SWEPT else f" ({look_words(standing)})"
    lines = [f"{_name(standing)}: {state_words(standing)}{look}"]
    lines += [f"  - {_failing_job(each)}" for each in failing[:_JOBS]]
    if (more := len(failing) - _JOBS) > 0:
        lines.append(f"  - and {counted(more, 'more job')}")
    return "\n".join(lines)


def _failing_job(failing: FailingFact) -> str:
    """The issue, or else the newest failed run; the first sentence; what it does not say."""
    issue = link(f"#{failing.issue}", failing.issue_url) if failing.issue else ""
    first = issue or link(f"run {failing.run}", failing.run_url)
    said = short_code(failing.message, 120) if failing.message else ""
    return f"{first}: {prose(failing.sentence, 500)} {said}".rstrip()


def _recovered(standing: Standing) -> Iterator[str]:
    if standing.facts is None or standing.entry.look is not Look.SWEPT:
        return
    for change in standing.facts.changes:
        if (change.action, change.state_reason) == ("close", "completed"):
            names = " › ".join(code(name, 80) for name in (change.workflow, change.part))
            number = link(f"#{change.number}", change.url)
            yield f"{_name(standing)} {number} {names}: {prose(change.reason, 300)}"


def _problem(problem: Problem, names: Sequence[str]) -> str:
    where = some_of([code(name, 200) for name in names])
    return f"**{problem.severity.value}:** {where}: {prose(problem_words(problem), 500)}"


def _unseen(standing: Standing) -> str:
    why = reason(standing)
    return f"{_name(standing)}: {look_words(standing)}.{f' {prose(why, 500)}' if why else ''}"


def _right(standing: Standing) -> str:
    return f"{_name(standing)}: {look_words(standing)}"


def _flaky(standing: Standing, test: FlakyTest) -> str:
    issue = f"{link(f'#{test.issue}', test.issue_url)} " if test.issue else ""
    counts = f"failed in {test.failed:,} of {test.runs:,} runs, flaky on {counted(test.commits, 'commit')}"
    return f"{_name(standing)} {issue}{code(test.test, 150)}: {counts}"


def _cost(report: OrganisationReport) -> Iterator[str]:
    if recovery := report.time_to_recovery:
        yield f"Time to recovery: {recovery_words(recovery)}."
    yield f"{report.requests}."
