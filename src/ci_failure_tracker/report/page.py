"""The report as one HTML file that loads nothing from any server.

Jinja escapes every text. Only the page's own scripts may run: the policy in its head names them by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from itertools import islice

from markupsafe import Markup

from ci_failure_tracker.issues.evidence import plain_lines
from ci_failure_tracker.issues.links import run_address
from ci_failure_tracker.model import Create, ExcerptLine, KnownFailure, Outcome, Skip, SkipReason
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.action_words import note
from ci_failure_tracker.report.charts import Chart, charts
from ci_failure_tracker.report.issue_snapshots import CauseSnapshot, IssueSnapshot, JobName
from ci_failure_tracker.report.measure_text import (
    at_least,
    between,
    broken,
    changes,
    rates,
    short_span,
    streak,
    test_rate,
    unknown_jobs_line,
    window_line,
)
from ci_failure_tracker.report.measures import Measures, RunMark, Spread, TestStatistics, Try, TryResult
from ci_failure_tracker.report.report import Report, why
from ci_failure_tracker.text.markdown import plain, short, utc
from ci_failure_tracker.text.medium import html_medium
from ci_failure_tracker.text.templates import template_environment

MOST_JOBS, MOST_TESTS, MOST_TRIES, MOST_RUNS, MOST_CAUSES, MOST_ISSUES, MOST_LEFT = 200, 200, 50, 60, 100, 500, 200
"""The most entries of each kind on the page. `report.json` has all issues, causes and jobs."""

_SCRIPTS = ("sortable-4.1.7.js", "page.js")
_TEXT, _NAME = 300, 150


@dataclass(frozen=True, slots=True)
class Card:
    """One number of the overview: what it is, the number with its unit, and a note below it."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One run in a timeline: its title, the letter of its style, and its address."""

    title: str
    style: str
    url: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job, or a workflow, whose `job` is empty. `state` is for the filter, `name` is the state in words."""

    workflow: str
    job: str
    state: str
    name: str
    cells: tuple[Cell, ...]
    description: str
    measures: Measures
    recovery: str
    between: str
    broken: str
    streak: str
    flaky: str
    failed: str


@dataclass(frozen=True, slots=True)
class TestRow:
    """One test; `flaky` are the newest commits on which it is flaky, and `more_flaky` counts the others."""

    __test__ = False  # no class of tests

    test: str
    jobs: str
    state: str
    name: str
    failed: str
    statistics: TestStatistics
    flaky: tuple[str, ...]
    more_flaky: int


@dataclass(frozen=True, slots=True)
class FailingItem:
    """One thing that fails. `mark` says that it is new or fails again; `words` are for the filter."""

    workflow: str
    job: str
    mark: str
    sentence: Markup
    since: Markup
    message: str
    issue: int | None
    run: int
    run_url: str
    note: str
    words: str


@dataclass(frozen=True, slots=True)
class KnownItem:
    """One job that fails and that a known issue takes; `words` are for the filter."""

    workflow: str
    job: str
    issue: int
    rule: str
    ignored: bool
    headline: str
    run: int
    run_url: str
    words: str


@dataclass(frozen=True, slots=True)
class CauseItem:
    """One cause, with the lines of its log as plain text."""

    headline: str
    count: int
    jobs: tuple[str, ...]
    more_jobs: int
    issues: tuple[int, ...]
    first_seen: datetime
    last_seen: datetime
    lines: tuple[ExcerptLine, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """What the template of the page uses."""

    report: Report
    title: str
    cards: tuple[Card, ...]
    window: str
    failing: tuple[FailingItem, ...]
    workflows: tuple[JobRow, ...]
    jobs: tuple[JobRow, ...]
    tests: tuple[TestRow, ...]
    unknown_jobs: str
    tries: tuple[Try, ...]
    charts: tuple[Chart, ...]
    causes: tuple[CauseItem, ...]
    issues: tuple[IssueSnapshot, ...]
    left: tuple[Skip, ...]
    known: tuple[KnownItem, ...] = ()

    @property
    def nothing(self) -> str:
        """What stands in place of the failures if there are none."""
        if self.report.knows_nothing:
            return "Nothing was seen failing, but not everything could be seen."
        return "Nothing fails but what known issues count." if self.report.known else "Nothing is failing."


def render_page(report: Report) -> str:
    """The whole page."""
    return html_page("report.html.j2", _view(report), {"state": _state_of_issue}, tries=_TRIES)


def html_page(template: str, page: object, filters: Mapping[str, Callable[..., object]], **names: object) -> str:
    """A page of the package with its style, its scripts and their policy; its template uses the filters and names."""
    environment = template_environment("ci_failure_tracker.report", autoescape=True)
    environment.filters.update(plain=_named, short=short, utc=utc, iso=lambda moment: moment.isoformat())
    environment.filters.update(filters)
    environment.globals.update(counted=counted, of=_of)
    # An escaped script would not run, and its hash would differ.
    # The package's own assets are not escaped; they do not contain `</script`.
    scripts = [Markup(_asset(name)) for name in _SCRIPTS]  # noqa: S704
    style = Markup(_asset("page.css"))  # noqa: S704
    rendered = environment.get_template(template)
    return rendered.render(**names, page=page, style=style, scripts=scripts, policy=_policy(scripts))


def _asset(name: str) -> str:
    # The hash of a script covers its text with the line ends that a browser reads.
    return files("ci_failure_tracker.report").joinpath("assets", name).read_text("utf-8").replace("\r\n", "\n")


def _policy(scripts: Iterable[str]) -> str:
    """Only these scripts may run, and nothing may be loaded from anywhere."""
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    # `style-src 'unsafe-inline'`: the labels of a chart have their places in attributes, which no hash covers.
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"


def _named(text: str, limit: int = 200) -> str:
    """Plain text, or `(no name)` if no character is visible: a link needs a text to click on."""
    return plain(text, limit) or "(no name)"


def _of(shown: Sequence[object], everything: Sequence[object]) -> str:
    """The number of entries: `12`, or `10 of 12` if some are not shown."""
    return f"{len(shown):,} of {len(everything):,}" if len(shown) < len(everything) else f"{len(everything):,}"


def _view(report: Report) -> PageView:
    flaky = [issue for issue in report.issue_snapshots.issues if issue.open and issue.flaky]
    context = _RowContext(
        frozenset((failing.identity.workflow, failing.identity.job) for failing in report.failing),
        # A flaky issue marks its job and the workflow, whose job is empty.
        frozenset(name for issue in flaky for name in ((issue.workflow, issue.job), (issue.workflow, ""))),
        report.repository.url,
    )
    statistics = report.statistics
    jobs = [_row(each.workflow, each.job, each.measures, each.runs, context) for each in statistics.jobs]
    workflows = [_row(each.workflow, "", each.measures, each.runs, context) for each in statistics.workflows]
    # An issue that is up to date needs no explanation.
    skips = (result.action for result in (*report.covered, *report.not_failing) if isinstance(result.action, Skip))
    left = [skip for skip in skips if skip.skip_reason is not SkipReason.UNCHANGED]
    return PageView(
        report=report,
        title=f"{_named(report.repository.full_name)}: CI failures",
        cards=tuple(_cards(report)),
        window=window_line(statistics),
        failing=tuple(islice(_failing(report), MOST_JOBS)),
        workflows=tuple(workflows[:MOST_JOBS]),
        jobs=tuple(sorted(jobs, key=_worst_first)[:MOST_JOBS]),
        tests=tuple(map(_test_row, statistics.tests.tests[:MOST_TESTS])),
        unknown_jobs=unknown_jobs_line(statistics.tests),
        tries=(statistics.tries or ())[:MOST_TRIES],
        charts=tuple(charts(statistics.over_time)),
        causes=tuple(map(_cause, report.issue_snapshots.causes[:MOST_CAUSES])),
        issues=report.issue_snapshots.issues[:MOST_ISSUES],
        left=tuple(left[:MOST_LEFT]),
        known=tuple(_known(each, report.repository.url) for each in report.known[:MOST_JOBS]),
    )


# --- what fails ----------------------------------------------------------------------------------

_MEDIUM = html_medium(plain)


def _failing(report: Report) -> Iterator[FailingItem]:
    """The new failures first, then those that fail again, then the others."""
    results, url = report.results_of_failing, report.repository.url
    for mark, failures in (("new", report.new), ("failing again", report.again), ("", report.still_failing)):
        for failing in failures:
            identity, result = failing.identity, results.get(failing.identity.id)
            yield FailingItem(
                workflow=_named(identity.workflow, _NAME),
                job=_named(identity.part, _NAME),
                mark=mark,
                # Markup: the template must not escape the links of the sentence again.
                sentence=Markup(report.sentence(failing, _MEDIUM, _NAME)),  # noqa: S704 - the medium escapes
                since=Markup(report.since(failing, _MEDIUM)),  # noqa: S704
                message=plain(why(failing), _TEXT),
                issue=result.number if result else None,
                run=failing.run_number,
                run_url=run_address(failing, url),
                note=plain(note(result), _TEXT).replace("`", ""),
                words=plain(f"{identity.workflow} {identity.test or identity.job} {failing.headline}", 700).lower(),
            )


def _known(known: KnownFailure, url: str) -> KnownItem:
    match, rule = known.match, plain(known.rule.rule.words, _NAME)
    return KnownItem(
        workflow=_named(match.workflow, _NAME),
        job=_named(match.job, _NAME),
        issue=known.rule.number,
        rule=rule,
        ignored=known.is_ignored,
        headline=plain(match.headline, _TEXT),
        run=match.run_number,
        run_url=run_address(match, url),
        words=plain(f"{match.workflow} {match.job} {match.headline} {rule}", 700).lower(),
    )


# --- the statistics --------------------------------------------------------------------------------


def _cards(report: Report) -> Iterator[Card]:
    statistics, of_all = report.statistics, report.statistics.repository
    issues = statistics.issues
    changed = changes(issues)
    changed += [f"{report.planned(Create):,} to be opened"] if report.planned(Create) else []
    of_runs = f"{at_least(of_all)}{counted(of_all.runs, 'run')}"
    yield Card("Open issues", f"{issues.open:,}", ", ".join(changed) or "none changed state")
    failed, flaky = rates(of_all)
    for name, rate, count in (("Failed runs", failed, of_all.failed), ("Flaky runs", flaky, of_all.flaky)):
        yield Card(name, rate, f"{count:,} of {of_runs}" if "%" in rate else of_runs)
    yield from _spans("Time to recovery", of_all.time_to_recovery)
    yield from _spans("Time between failures", of_all.time_between_failures)
    yield from _spans("An issue is open for", issues.time_to_resolution)
    # `None` is not known, and 0.0 is never broken: they need words of their own.
    notes = {None: "some runs were not read" if of_all.runs else "no run was looked at", 0.0: "nothing was failing"}
    yield Card("Time broken", broken(of_all), notes.get(of_all.broken_seconds, "something was failing"))


def _spans(name: str, spread: Spread | None) -> Iterator[Card]:
    if spread is not None:
        mean, longest = short_span(spread.mean_seconds), short_span(spread.longest_seconds)
        yield Card(
            name, short_span(spread.median_seconds), f"median of {spread.count:,}; mean {mean}, longest {longest}"
        )


# --- workflows and jobs --------------------------------------------------------------------------

_STATES = {"failing": "failing", "failing flaky": "failing, flaky", "flaky": "flaky", "passing": "passing"}


@dataclass(frozen=True, slots=True)
class _RowContext:
    """The jobs that fail now, the jobs that are flaky by an open issue, and the address of the repository."""

    failing: frozenset[tuple[str, str]]
    flaky: frozenset[tuple[str, str]]
    url: str


def _row(workflow: str, job: str, measures: Measures, runs: Sequence[RunMark], context: _RowContext) -> JobRow:
    # A longer time line does not fit beside the figures.
    shown = runs[-MOST_RUNS:]
    state = _state(measures, (workflow, job), context)
    failed, flaky = rates(measures)
    return JobRow(
        workflow=_named(workflow, _NAME),
        job=_named(job, _NAME) if job else "",
        state=state,
        name=_STATES.get(state, "not known"),
        cells=tuple(_cell(run, context.url) for run in shown),
        description=_description(shown),
        measures=measures,
        recovery=short_span(measures.time_to_recovery.median_seconds) if measures.time_to_recovery else "",
        between=between(measures),
        broken=broken(measures),
        streak=streak(measures) if measures.runs else "",
        flaky=flaky,
        failed=_failed(measures, failed),
    )


def _failed(measures: Measures, rate: str) -> str:
    """`17% of 18`, `1 of 4`, or a count of the runs that were seen: `3 of 18+`."""
    of = f"of {measures.runs:,}{'+' if measures.partial else ''}"
    return f"{rate} {of}" if "%" in rate else f"{measures.failed:,} {of}"


def _state(measures: Measures, name: tuple[str, str], context: _RowContext) -> str:
    failing = name in context.failing or (measures.streak is not None and measures.streak < 0)
    flaky = name in context.flaky or measures.flaky > 0
    words = [word for word, holds in (("failing", failing), ("flaky", flaky)) if holds]
    # Without a streak, it is not known how the newest run ended.
    return " ".join(words) or ("passing" if measures.streak else "unknown")


def _worst_first(row: JobRow) -> tuple[bool, bool, float, str, str]:
    rate = row.measures.failure_rate or 0.0
    return "failing" not in row.state, "flaky" not in row.state, -rate, row.workflow.casefold(), row.job.casefold()


_STYLES = {Outcome.SUCCESS: "s", Outcome.CANCELLED: "c", Outcome.SUPERSEDED: "c", None: "n"}


def _style(run: RunMark) -> str:
    if not run.known:
        return "u"
    if run.failed:
        return "f"
    return "k" if run.flaky else _STYLES.get(run.outcome, "n")


_WORDS = {
    "s": "passed",
    "k": "passed only when run again",
    "f": "failed",
    "c": "cancelled",
    "u": "not read",
    "n": "no result",
}


def _cell(run: RunMark, url: str) -> Cell:
    style = _style(run)
    word = run.outcome.words if style == "f" and run.outcome else _WORDS[style]
    if run.failed and run.flaky:
        word += ", later passed on the same commit"
    title = f"run {run.number}: {word}, {plain(run.branch, 60)}, {utc(run.at)}"
    return Cell(title, style, f"{url}/actions/runs/{run.id}")


def _description(runs: Sequence[RunMark]) -> str:
    """The timeline in words, for those who do not see it."""
    styles = [_style(run) for run in runs]
    counts = [(styles.count(style), word) for style, word in _WORDS.items()]
    return f"The newest {counted(len(runs), 'run')}: " + ", ".join(f"{count} {word}" for count, word in counts if count)


# --- tests ---------------------------------------------------------------------------------------

_JOBS_OF_A_TEST, _FLAKY_COMMITS = 3, 3


def _test_row(statistics: TestStatistics) -> TestRow:
    words = [word for word, holds in (("failing", statistics.failing), ("flaky", statistics.flaky)) if holds]
    # Of a partial test it is not known when it passed.
    state = " ".join(words) or ("passing" if statistics.passed and not statistics.partial else "unknown")
    jobs = [f"{_named(workflow, _NAME)} › {_named(job, _NAME)}" for workflow, job in statistics.jobs]
    more = len(jobs) - _JOBS_OF_A_TEST
    return TestRow(
        test=_named(statistics.test, _TEXT),
        jobs=", ".join(jobs[:_JOBS_OF_A_TEST]) + (f" and {more} more" if more > 0 else ""),
        state=state,
        name=_STATES.get(state, "not known"),
        failed=test_rate(statistics),
        statistics=statistics,
        flaky=statistics.flaky_commits[:_FLAKY_COMMITS],
        more_flaky=max(0, len(statistics.flaky_commits) - _FLAKY_COMMITS),
    )


# --- what ran again ------------------------------------------------------------------------------

_TRIES = {
    TryResult.RUNNING: ("unknown", "goes on"),
    TryResult.PASSED: ("passing", "passed on the second try"),
    TryResult.FAILED: ("failing", "failed again"),
    TryResult.NONE: ("unknown", "no result"),
}
"""The state for the filter, and the result in words."""


# --- causes and issues ---------------------------------------------------------------------------

_JOBS_OF_A_CAUSE = 5


def _cause(cause: CauseSnapshot) -> CauseItem:
    return CauseItem(
        headline=plain(cause.headline, _TEXT),
        count=cause.count,
        jobs=tuple(map(_job, cause.jobs[:_JOBS_OF_A_CAUSE])),
        more_jobs=max(0, len(cause.jobs) - _JOBS_OF_A_CAUSE),
        issues=cause.issues,
        first_seen=cause.first_seen,
        last_seen=cause.last_seen,
        lines=plain_lines(cause.lines),
    )


def _job(job: JobName) -> str:
    return f"{_named(job.workflow, _NAME)} › {'all jobs' if job.all_jobs else _named(job.job, _NAME)}"


def _state_of_issue(issue: IssueSnapshot) -> str:
    """The state of an issue for the filter."""
    return f"{'failing' if issue.open else 'passing'}{' flaky' if issue.flaky else ''}"
