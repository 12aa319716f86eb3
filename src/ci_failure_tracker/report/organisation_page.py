"""The report of many repositories as one HTML file, as safe as that of one: both are rendered by `page.html_page`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ci_failure_tracker.model import Problem
from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.model.words import counted, some_of
from ci_failure_tracker.report.measure_text import UNKNOWN, percent, short_span
from ci_failure_tracker.report.organisation import OrganisationReport, SharedCause, Standing
from ci_failure_tracker.report.organisation_words import look_words, problem_words, reason, state_of, state_words
from ci_failure_tracker.report.page import Card, html_page
from ci_failure_tracker.report.repository_facts import FailingFact, FlakyTest, RepositoryFacts
from ci_failure_tracker.text.markdown import plain

MOST_JOBS, MOST_OF_A_REPOSITORY, MOST_CAUSES, MOST_OF_A_CAUSE, MOST_TESTS, MOST_PROBLEMS = 1_000, 20, 100, 50, 200, 200
"""The most entries of each kind on the page: failing jobs, those of one repository, causes, the jobs of one cause,
flaky tests, problems. `report.json` has all of them."""

MOST_ROWS = 1_000
"""Repositories with a row in the table, the worst first. Each of the others has one line in a list."""

_STATES = {"failing": "failing", "flaky": "flaky", "passing": "nothing failing", "unknown": "not known"}
_TEXT = 300


@dataclass(frozen=True, slots=True)
class FailingRepository:
    """One repository in which something fails. `more` counts the jobs that are not shown."""

    standing: Standing
    words: str
    look: str
    jobs: tuple[FailingFact, ...]
    more: int


@dataclass(frozen=True, slots=True)
class RepositoryRow:
    """One repository in the list of all. `facts` is `None` if it was never swept."""

    name: str
    url: str
    state: str
    state_name: str
    look: str
    facts: RepositoryFacts | None
    failed: str
    recovery: str


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """What the template of the page uses."""

    report: OrganisationReport
    title: str
    cards: tuple[Card, ...]
    causes: tuple[SharedCause, ...]
    failing: tuple[FailingRepository, ...]
    unseen: tuple[tuple[Standing, str, str], ...]
    problems: tuple[tuple[Problem, str], ...]
    flaky: tuple[tuple[Standing, FlakyTest], ...]
    rows: tuple[RepositoryRow, ...]
    others: tuple[RepositoryRow, ...]

    @property
    def nothing(self) -> str:
        """What stands in place of the failures if there are none."""
        if self.report.is_all_clear:
            return "Nothing is failing."
        return "Nothing was seen failing, but not everything could be seen."


def render_organisation_page(report: OrganisationReport) -> str:
    """The whole page."""
    filters: dict[str, Callable[..., object]] = {"problem_words": problem_words, "words_of": _words_of}
    return html_page("organisation.html.j2", _view(report), filters, most_of_a_cause=MOST_OF_A_CAUSE)


def _view(report: OrganisationReport) -> OrganisationView:
    owners = sorted({entry.name.partition("/")[0] for entry in report.entries}, key=str.casefold)
    problems = report.problems_in_repositories[:MOST_PROBLEMS]
    rows = tuple(map(_row, report.standings))
    return OrganisationView(
        report=report,
        title=f"{some_of(owners) or 'No repository'}: CI failures",
        cards=tuple(_cards(report)),
        causes=report.shared_causes[:MOST_CAUSES],
        failing=tuple(_failing(report)),
        unseen=tuple((each, look_words(each), plain(reason(each), _TEXT)) for each in report.unseen),
        problems=tuple((problem, some_of(names)) for problem, names in problems),
        flaky=report.flaky[:MOST_TESTS],
        rows=rows[:MOST_ROWS],
        others=rows[MOST_ROWS:],
    )


def _failing(report: OrganisationReport) -> Iterator[FailingRepository]:
    """The repositories in which something fails, with their jobs as far as there is room."""
    # The worst repositories come first and use the room.
    room = MOST_JOBS
    for standing in report.failing:
        jobs = standing.facts.failing if standing.facts else ()
        shown = jobs[: min(room, MOST_OF_A_REPOSITORY)]
        room -= len(shown)
        look = "" if standing.entry.look is Look.SWEPT else look_words(standing)
        yield FailingRepository(standing, state_words(standing), look, shown, len(jobs) - len(shown))


def _row(standing: Standing) -> RepositoryRow:
    facts, state = standing.facts, state_of(standing)
    recovery = facts.measures.time_to_recovery if facts else None
    return RepositoryRow(
        name=standing.name,
        url=standing.url,
        # Two words: the filter finds the repository under both.
        state=f"failing {'flaky' if facts.flaky else ''}".strip() if facts and state == "failing" else state,
        state_name="only screened" if standing.is_screened else _STATES[state],
        look=look_words(standing),
        facts=facts,
        failed=percent(facts.measures.failure_rate) if facts and facts.measures.runs else "",
        recovery=short_span(recovery.median_seconds) if recovery else "",
    )


def _cards(report: OrganisationReport) -> Iterator[Card]:
    facts = [standing.facts for standing in report.standings if standing.facts]
    looks = [f"{count:,} {look.value}" for look in Look if (count := report.looks[look])]
    yield Card("Repositories", f"{len(report.entries):,}", ", ".join(looks))
    of = f"in {counted(len(report.failing), 'repository', 'repositories')}" if report.failing else ""
    yield Card("Failing jobs", f"{report.failure_count:,}", of)
    opened, closed = (sum(getattr(each, name) for each in facts) for name in ("opened", "closed"))
    changed = [f"{count:,} {verb}" for count, verb in ((opened, "opened"), (closed, "closed")) if count]
    open_issues = sum(each.open_issues for each in facts)
    yield Card("Open issues", f"{open_issues:,}", ", ".join(changed) or "none changed state")
    runs, failed = (sum(getattr(each.measures, name) for each in facts) for name in ("runs", "failed"))
    if runs:
        # A rate over runs that were not all read would be a guess.
        is_known = not any(each.measures.partial for each in facts)
        share = percent(failed / runs) if is_known else UNKNOWN
        yield Card("Failed runs", share, f"{failed:,} of {counted(runs, 'run')}")
    if recovery := report.time_to_recovery:
        longest = short_span(recovery.longest_seconds)
        note = f"mean of {counted(recovery.count, 'break')}; longest {longest}"
        yield Card("Time to recovery", short_span(recovery.mean_seconds), note)
    yield Card("Flaky tests", f"{len(report.flaky):,}", "")


def _words_of(failing: FailingRepository) -> str:
    """The words by which the filter finds a repository that fails."""
    jobs = " ".join(f"{job.workflow} {job.part} {job.headline}" for job in failing.jobs)
    # The words stand in an attribute of the page, so their length is bounded.
    return f"{failing.standing.name} {jobs}".lower()[:2_000]
