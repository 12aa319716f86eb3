"""The report as one HTML file that loads nothing from any server.

Jinja escapes every text. Only the page's own scripts may run: the policy in its head names them by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from markupsafe import Markup

from ci_failure_tracker.issues.evidence import plain_lines
from ci_failure_tracker.model import Create, CurrentFailure, ExcerptLine, Outcome, Skip, SkipReason
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.issue_snapshots import CauseSnapshot, IssueSnapshot, JobName
from ci_failure_tracker.report.measure_text import (
    UNKNOWN,
    at_least,
    between,
    broken,
    changes,
    rates,
    short_span,
    streak,
    window_line,
)
from ci_failure_tracker.report.measures import Measures, Period, RunMark, Spread
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.text.markdown import plain, utc
from ci_failure_tracker.text.templates import template_environment

MOST_JOBS, MOST_RUNS, MOST_CAUSES, MOST_ISSUES, MOST_LEFT = 200, 60, 100, 500, 200
"""The most entries of each kind on the page. `report.json` has all issues and causes."""

_SCRIPTS = ("chartist-1.5.0.js", "sortable-4.1.7.js", "page.js")
_TEXT, _NAME = 300, 150


@dataclass(frozen=True, slots=True)
class Card:
    """One number of the overview."""

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
class Chart:
    """One chart; `data` is for the script, `rows` are the same values for a table."""

    id: str
    title: str
    description: str
    data: Markup
    rows: tuple[tuple[str, str], ...]


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
    marks: dict[str, str]
    failing: Sequence[CurrentFailure]
    numbers: dict[str, int]
    workflows: tuple[JobRow, ...]
    jobs: tuple[JobRow, ...]
    charts: tuple[Chart, ...]
    causes: tuple[CauseItem, ...]
    issues: tuple[IssueSnapshot, ...]
    left: tuple[Skip, ...]


def render_page(report: Report) -> str:
    """The whole page."""
    environment = template_environment("ci_failure_tracker.report", autoescape=True)
    environment.filters.update(plain=_named, utc=utc, iso=lambda moment: moment.isoformat(), state=_state_of_issue)
    environment.globals.update(counted=counted, of=_of)
    # The package's own assets are not escaped; they do not contain `</script`.
    scripts = [Markup(_asset(name)) for name in _SCRIPTS]  # noqa: S704
    style = Markup(_asset("page.css"))  # noqa: S704
    template = environment.get_template("report.html.j2")
    return template.render(page=_view(report), style=style, scripts=scripts, policy=_policy(scripts))


def _asset(name: str) -> str:
    # The hash of a script covers its text with the line ends that a browser reads.
    return files("ci_failure_tracker.report").joinpath("assets", name).read_text("utf-8").replace("\r\n", "\n")


def _policy(scripts: Iterable[str]) -> str:
    """Only these scripts may run, and nothing may be loaded from anywhere."""
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
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
        frozenset(name for issue in flaky for name in ((issue.workflow, issue.job), (issue.workflow, ""))),
        report.repository.url,
    )
    statistics = report.statistics
    jobs = [_row(each.workflow, each.job, each.measures, each.runs, context) for each in statistics.jobs]
    workflows = [_row(each.workflow, "", each.measures, each.runs, context) for each in statistics.workflows]
    # An issue that is up to date needs no explanation.
    skips = (result.action for result in report.not_failing if isinstance(result.action, Skip))
    left = [skip for skip in skips if skip.skip_reason is not SkipReason.UNCHANGED]
    return PageView(
        report=report,
        title=f"{_named(report.repository.full_name)}: CI failures",
        cards=tuple(_cards(report)),
        window=window_line(statistics),
        marks={
            **{failing.identity.id: "new" for failing in report.new},
            **{failing.identity.id: "failing again" for failing in report.again},
        },
        failing=(*report.new, *report.again, *report.still_failing)[:MOST_JOBS],
        numbers={result.action.identity.id: result.number for result in report.results if result.number is not None},
        workflows=tuple(workflows[:MOST_JOBS]),
        jobs=tuple(sorted(jobs, key=_worst_first)[:MOST_JOBS]),
        charts=tuple(_charts(statistics.over_time)),
        causes=tuple(map(_cause, report.issue_snapshots.causes[:MOST_CAUSES])),
        issues=report.issue_snapshots.issues[:MOST_ISSUES],
        left=tuple(left[:MOST_LEFT]),
    )


# --- the overview --------------------------------------------------------------------------------


def _cards(report: Report) -> Iterator[Card]:
    statistics, of_all = report.statistics, report.statistics.repository
    issues = statistics.issues
    changed = changes(issues)
    changed += [f"{report.planned(Create):,} to be opened"] if report.planned(Create) else []
    of_runs = f"{at_least(of_all)}{counted(of_all.runs, 'run')}"
    yield Card("Failing now", UNKNOWN if report.knows_nothing else str(len(report.failing)), f"{len(report.new)} new")
    yield Card("Open issues", f"{issues.open:,}", ", ".join(changed) or "none changed state")
    failed, flaky = rates(of_all)
    yield Card("Failure rate", failed, f"{of_all.failed:,} of {of_runs}")
    yield Card("Flaky", flaky, f"{of_all.flaky:,} of {of_runs}")
    yield from _spans("Time to recovery", of_all.time_to_recovery)
    yield from _spans("From break to break", of_all.time_between_failures)
    yield from _spans("An issue is open for", issues.time_to_resolution)
    notes = {None: "some runs were not read" if of_all.runs else "no run was looked at", 0.0: "nothing was red"}
    yield Card("Time broken", broken(of_all), notes.get(of_all.broken_seconds, "something was red"))


def _spans(name: str, spread: Spread | None) -> Iterator[Card]:
    if spread is not None:
        mean, longest = short_span(spread.mean_seconds), short_span(spread.longest_seconds)
        yield Card(
            name, short_span(spread.median_seconds), f"median of {spread.count:,}; mean {mean}, longest {longest}"
        )


# --- workflows and jobs --------------------------------------------------------------------------

_STATES = {"failing": "failing", "failing flaky": "failing, flaky", "flaky": "flaky", "green": "green"}


@dataclass(frozen=True, slots=True)
class _RowContext:
    """The jobs that fail now, the jobs that are flaky by an open issue, and the address of the repository."""

    failing: frozenset[tuple[str, str]]
    flaky: frozenset[tuple[str, str]]
    url: str


def _row(workflow: str, job: str, measures: Measures, runs: Sequence[RunMark], context: _RowContext) -> JobRow:
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
        failed=failed,
    )


def _state(measures: Measures, name: tuple[str, str], context: _RowContext) -> str:
    failing = name in context.failing or (measures.streak is not None and measures.streak < 0)
    flaky = name in context.flaky or measures.flaky > 0
    words = [word for word, holds in (("failing", failing), ("flaky", flaky)) if holds]
    return " ".join(words) or ("green" if measures.streak else "unknown")


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
    "s": "green",
    "k": "green only when run again",
    "f": "failed",
    "c": "cancelled",
    "u": "not read",
    "n": "no result",
}


def _cell(run: RunMark, url: str) -> Cell:
    style = _style(run)
    word = run.outcome.words if style == "f" and run.outcome else _WORDS[style]
    if run.failed and run.flaky:
        word += ", later green on the same commit"
    title = f"run {run.number}: {word}, {plain(run.branch, 60)}, {utc(run.at)}"
    return Cell(title, style, f"{url}/actions/runs/{run.id}")


def _description(runs: Sequence[RunMark]) -> str:
    """The timeline in words, for those who do not see it."""
    styles = [_style(run) for run in runs]
    counts = [(styles.count(style), word) for style, word in _WORDS.items()]
    return f"The newest {counted(len(runs), 'run')}: " + ", ".join(f"{count} {word}" for count, word in counts if count)


# --- charts --------------------------------------------------------------------------------------

_UNITS = ((2 * 86_400.0, 86_400.0, "d"), (2 * 3_600.0, 3_600.0, "h"), (0.0, 60.0, "min"))


def _charts(periods: Sequence[Period]) -> Iterator[Chart]:
    if len(periods) > 1:
        yield _failure_rate(periods)
        if any(period.time_to_recovery for period in periods):
            yield _recovery(periods)


@dataclass(frozen=True, slots=True)
class _Series:
    """A value for each period, and the same in words. `ticks` are the marks of a scale that never changes."""

    values: Sequence[float | None]
    words: Sequence[str]
    unit: str
    ticks: tuple[int, ...] = ()


def _failure_rate(periods: Sequence[Period]) -> Chart:
    series = _Series(
        values=[100 * period.failed / period.runs if period.runs else None for period in periods],
        words=[
            f"{period.failed} of {counted(period.runs, 'run')} failed" if period.runs else "no run"
            for period in periods
        ],
        unit="%",
        ticks=(0, 25, 50, 75, 100),
    )
    return _chart("failure-rate", f"Failure rate by {_by(periods)}", periods, series)


def _recovery(periods: Sequence[Period]) -> Chart:
    recoveries = [period.time_to_recovery for period in periods]
    spans = [spread.median_seconds if spread else None for spread in recoveries]
    longest = max(span for span in spans if span is not None)
    size, unit = next((size, unit) for least, size, unit in _UNITS if longest >= least)
    words = [
        f"{short_span(spread.median_seconds)}, the median of {counted(spread.count, 'break')}"
        if spread
        else "no break ended"
        for spread in recoveries
    ]
    series = _Series([None if span is None else span / size for span in spans], words, unit)
    return _chart("recovery", f"Time to recovery, by the {_by(periods)} in which a break ended", periods, series)


def _by(periods: Sequence[Period]) -> str:
    return "day" if periods[0].days == 1 else "week"


def _chart(name: str, title: str, periods: Sequence[Period], series: _Series) -> Chart:
    days = [f"{period.start:%Y-%m-%d}" for period in periods]
    rows = tuple(zip(days, series.words, strict=True))
    data = {
        "labels": [f"{period.start:%d %b}".lstrip("0") for period in periods],
        "values": [None if value is None else round(value, 2) for value in series.values],
        "titles": [f"{day}: {words}" for day, words in rows],
        "unit": series.unit,
        "ticks": series.ticks or None,
    }
    # These are numbers, dates and fixed words. Escaped, they hold nothing that an HTML parser sees as a tag.
    text = Markup(json.dumps(data).replace("<", "\\u003c"))  # noqa: S704
    return Chart(name, title, f"{title}: a bar chart, with its values in the table below.", text, rows)


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
    return f"{'failing' if issue.open else 'green'}{' flaky' if issue.flaky else ''}"
