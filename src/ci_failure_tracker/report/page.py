"""The report as one page: a file that asks nothing of any server, and in which foreign text stays text.

Jinja escapes every text. Only the page's own scripts may run: the policy in its head names them by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ci_failure_tracker.issues.evidence import plain_lines
from ci_failure_tracker.model import Create, ExcerptLine, Failing, Outcome, Skip, SkipReason
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

MOST_JOBS, MOST_RUNS, MOST_CAUSES, MOST_ISSUES, MOST_LEFT = 200, 60, 100, 500, 200
"""What the page shows of each kind; `report.json` has all issues and causes, and says how many jobs there are."""

_SCRIPTS = ("chartist-1.5.0.js", "sortable-4.1.7.js", "page.js")
_TEXT, _NAME = 300, 150


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of the overview."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One run in a strip: what it is called, the letter of its style, and where it lies."""

    title: str
    style: str
    url: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job, or a workflow with the empty name. `state` is what the filter knows, `name` is what is said of it."""

    workflow: str
    job: str
    state: str
    name: str
    cells: tuple[Cell, ...]
    said: str
    measures: Measures
    recovery: str
    between: str
    broken: str
    streak: str
    flaky: str
    failed: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart; `data` is what the script draws, `rows` is the same as a table."""

    id: str
    title: str
    said: str
    data: Markup
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CauseItem:
    """One cause, with the lines of a log as plain text."""

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
    """What the template shows."""

    report: Report
    title: str
    cards: tuple[Card, ...]
    window: str
    marks: dict[str, str]
    failing: Sequence[Failing]
    numbers: dict[str, int]
    workflows: tuple[JobRow, ...]
    jobs: tuple[JobRow, ...]
    charts: tuple[Chart, ...]
    causes: tuple[CauseItem, ...]
    issues: tuple[IssueSnapshot, ...]
    left: tuple[Skip, ...]


def render_page(report: Report) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("ci_failure_tracker.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(plain=_named, utc=utc, iso=lambda moment: moment.isoformat(), state=_state_of_issue)
    environment.globals.update(counted=counted, of=_of)
    # What is ours is not escaped; `</script` does not occur in it.
    scripts = [Markup(_asset(name)) for name in _SCRIPTS]  # noqa: S704
    style = Markup(_asset("page.css"))  # noqa: S704
    template = environment.get_template("report.html.j2")
    return template.render(page=_view(report), style=style, scripts=scripts, policy=_policy(scripts))


@cache
def _asset(name: str) -> str:
    # A script's hash is of its text with the line ends that a browser reads.
    return files("ci_failure_tracker.report").joinpath("assets", name).read_text("utf-8").replace("\r\n", "\n")


def _policy(scripts: Iterable[str]) -> str:
    """Only these scripts may run, and nothing may be loaded from anywhere."""
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"


def _named(text: str, limit: int = 200) -> str:
    """Plain text; what has no letter that can be seen is told as such, for a link needs something to click on."""
    return plain(text, limit) or "(no name)"


def _of(shown: Sequence[object], everything: Sequence[object]) -> str:
    """How many there are, and how many of them are shown."""
    return f"{len(shown):,} of {len(everything):,}" if len(shown) < len(everything) else f"{len(everything):,}"


def _view(report: Report) -> PageView:
    flaky = [one for one in report.issue_snapshots.issues if one.open and one.flaky]
    marked = _Marked(
        frozenset((one.identity.workflow, one.identity.job) for one in report.failing),
        frozenset(place for one in flaky for place in ((one.workflow, one.job), (one.workflow, ""))),
        report.repository.url,
    )
    statistics = report.statistics
    jobs = [_row(one.workflow, one.job, one.measures, one.runs, marked) for one in statistics.jobs]
    return PageView(
        report=report,
        title=f"{_named(report.repository.full_name)}: CI failures",
        cards=tuple(_cards(report)),
        window=window_line(statistics),
        marks={
            **{one.identity.id: "new" for one in report.new},
            **{one.identity.id: "failing again" for one in report.again},
        },
        failing=(*report.new, *report.again, *report.still_failing)[:MOST_JOBS],
        numbers=dict(_numbers(report)),
        workflows=tuple(_row(one.workflow, "", one.measures, one.runs, marked) for one in statistics.workflows)[
            :MOST_JOBS
        ],
        jobs=tuple(sorted(jobs, key=_worst_first)[:MOST_JOBS]),
        charts=tuple(_charts(statistics.over_time)),
        causes=tuple(_cause(one) for one in report.issue_snapshots.causes[:MOST_CAUSES]),
        issues=report.issue_snapshots.issues[:MOST_ISSUES],
        left=tuple(_left(report))[:MOST_LEFT],
    )


def _left(report: Report) -> list[Skip]:
    """What was left for a reason; that an issue says all there is to say is none."""
    return [*report.over_cap, *(one for one in report.skipped if one.why is not SkipReason.UNCHANGED)]


def _numbers(report: Report) -> Iterator[tuple[str, int]]:
    """The open issue of each failure id."""
    for result in report.results:
        if result.number is not None:
            yield result.action.identity.id, result.number


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
class _Marked:
    """The jobs that are failing now, those that an open issue takes for flaky, and where their runs lie."""

    failing: frozenset[tuple[str, str]]
    flaky: frozenset[tuple[str, str]]
    url: str


def _row(workflow: str, job: str, measures: Measures, runs: Sequence[RunMark], marked: _Marked) -> JobRow:
    shown = runs[-MOST_RUNS:]
    state = _state(measures, (workflow, job), marked)
    failed, flaky = rates(measures)
    return JobRow(
        workflow=_named(workflow, _NAME),
        job=_named(job, _NAME) if job else "",
        state=state,
        name=_STATES.get(state, "not known"),
        cells=tuple(_cell(run, marked.url) for run in shown),
        said=_said(shown),
        measures=measures,
        recovery=short_span(measures.time_to_recovery.median_seconds) if measures.time_to_recovery else "",
        between=between(measures),
        broken=broken(measures),
        streak=streak(measures) if measures.runs else "",
        flaky=flaky,
        failed=failed,
    )


def _state(measures: Measures, place: tuple[str, str], marked: _Marked) -> str:
    red = place in marked.failing or (measures.streak is not None and measures.streak < 0)
    flaky = place in marked.flaky or measures.flaky > 0
    found = [word for word, holds in (("failing", red), ("flaky", flaky)) if holds]
    return " ".join(found) or ("green" if measures.streak else "unknown")


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


def _said(runs: Sequence[RunMark]) -> str:
    """The strip for those who do not see it."""
    styles = [_style(run) for run in runs]
    counts = [(styles.count(style), word) for style, word in _WORDS.items()]
    return f"The newest {counted(len(runs), 'run')}: " + ", ".join(f"{count} {word}" for count, word in counts if count)


# --- charts --------------------------------------------------------------------------------------

_UNITS = ((2 * 86_400.0, 86_400.0, "d"), (2 * 3_600.0, 3_600.0, "h"), (0.0, 60.0, "min"))


def _charts(periods: Sequence[Period]) -> Iterator[Chart]:
    if len(periods) > 1:
        yield _failure_rate(periods)
        if any(one.time_to_recovery for one in periods):
            yield _recovery(periods)


@dataclass(frozen=True, slots=True)
class _Series:
    """A value for each period, and what is said of it; `ticks` are those of its scale where it is always the same."""

    values: Sequence[float | None]
    said: Sequence[str]
    unit: str
    ticks: tuple[int, ...] = ()


def _failure_rate(periods: Sequence[Period]) -> Chart:
    series = _Series(
        values=[100 * one.failed / one.runs if one.runs else None for one in periods],
        said=[f"{one.failed} of {counted(one.runs, 'run')} failed" if one.runs else "no run" for one in periods],
        unit="%",
        ticks=(0, 25, 50, 75, 100),
    )
    return _chart("failure-rate", f"Failure rate by {_by(periods)}", periods, series)


def _recovery(periods: Sequence[Period]) -> Chart:
    recoveries = [period.time_to_recovery for period in periods]
    spans = [spread.median_seconds if spread else None for spread in recoveries]
    longest = max(span for span in spans if span is not None)
    size, unit = next((size, unit) for least, size, unit in _UNITS if longest >= least)
    said = [
        f"{short_span(spread.median_seconds)}, the median of {counted(spread.count, 'break')}"
        if spread
        else "no break ended"
        for spread in recoveries
    ]
    series = _Series([None if span is None else span / size for span in spans], said, unit)
    return _chart("recovery", f"Time to recovery, by the {_by(periods)} in which a break ended", periods, series)


def _by(periods: Sequence[Period]) -> str:
    return "day" if periods[0].days == 1 else "week"


def _chart(name: str, title: str, periods: Sequence[Period], series: _Series) -> Chart:
    days = [f"{one.start:%Y-%m-%d}" for one in periods]
    rows = tuple(zip(days, series.said, strict=True))
    data = {
        "labels": [f"{one.start:%d %b}".lstrip("0") for one in periods],
        "values": [None if one is None else round(one, 2) for one in series.values],
        "titles": [f"{day}: {words}" for day, words in rows],
        "unit": series.unit,
        "ticks": series.ticks or None,
    }
    # Only numbers, dates and words of ours; an HTML parser is to see no tag in them all the same.
    text = Markup(json.dumps(data).replace("<", "\\u003c"))  # noqa: S704
    return Chart(name, title, f"{title}: a bar chart, with its values in the table below.", text, rows)


# --- causes and issues ---------------------------------------------------------------------------

_JOBS_OF_A_CAUSE = 5


def _cause(one: CauseSnapshot) -> CauseItem:
    return CauseItem(
        headline=plain(one.headline, _TEXT),
        count=one.count,
        jobs=tuple(map(_job, one.jobs[:_JOBS_OF_A_CAUSE])),
        more_jobs=max(0, len(one.jobs) - _JOBS_OF_A_CAUSE),
        issues=one.issues,
        first_seen=one.first_seen,
        last_seen=one.last_seen,
        lines=plain_lines(one.lines),
    )


def _job(one: JobName) -> str:
    return f"{_named(one.workflow, _NAME)} › {'all jobs' if one.all_jobs else _named(one.job, _NAME)}"


def _state_of_issue(one: IssueSnapshot) -> str:
    """What the filter knows of an issue."""
    return f"{'failing' if one.open else 'green'}{' flaky' if one.flaky else ''}"
