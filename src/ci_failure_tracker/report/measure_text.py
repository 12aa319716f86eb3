"""The statistics in words and characters, for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ci_failure_tracker.model import Outcome
from ci_failure_tracker.report.measures import RECENT, IssueStatistics, Measures, RunMark, Spread, Statistics
from ci_failure_tracker.text.markdown import code, utc

_GREEN, _FLAKY, _RED, _NOTHING = "▁", "▄", "█", "·"

LEGEND = (
    f"The newest run is on the right: {_GREEN} green, {_FLAKY} green only when run again, {_RED} failed, "
    f"{_NOTHING} another end, or none."
)

UNKNOWN = "?"
"""Stands for a value that is not known."""

_UNITS = (("d", 86_400.0, 23.95 * 3_600), ("h", 3_600.0, 59.5 * 60), ("min", 60.0, 59.5))
_MANY = 9.95
_LEAST = 0.005


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """The statistics of the repository, a workflow or a job in words."""

    of: str
    runs: str
    failure_rate: str
    flake_rate: str
    recovery: str
    between: str
    broken: str
    streak: str


def chart(runs: Sequence[RunMark]) -> str:
    """The newest runs of a workflow, one character each, as code so that all have one width."""
    return f"`{''.join(map(_mark, runs[-RECENT:]))}`" if runs else ""


def _mark(run: RunMark) -> str:
    if run.failed:
        return _RED
    if run.flaky:
        return _FLAKY
    return _GREEN if run.outcome is Outcome.SUCCESS else _NOTHING


def statistics_rows(statistics: Statistics) -> list[StatisticsRow]:
    """All workflows together if there are several, each workflow, and each job that failed or is flaky."""
    workflows = [_row(code(each.workflow, 80), each.measures) for each in statistics.workflows if each.measures.runs]
    jobs = [
        _row(f"{code(each.workflow, 80)} › {code(each.job, 80)}", each.measures)
        for each in statistics.jobs
        if each.measures.failed or each.measures.flaky
    ]
    together = [_row("all workflows", statistics.repository)] if len(workflows) > 1 else []
    return [*together, *workflows, *jobs]


def _row(of: str, measures: Measures) -> StatisticsRow:
    failure_rate, flake_rate = rates(measures)
    return StatisticsRow(
        of=of,
        runs=f"{at_least(measures)}{measures.runs:,}",
        failure_rate=failure_rate,
        flake_rate=flake_rate,
        recovery=spread_words(measures.time_to_recovery),
        between=between(measures),
        broken=broken(measures),
        streak=streak(measures),
    )


def at_least(measures: Measures) -> str:
    """The words before a count that may be too small."""
    return "at least " if measures.partial else ""


def spread_words(spread: Spread | None) -> str:
    """`20 h, mean 1.5 d, longest 2.7 d (3)`: the median first, the count last; empty for `None`."""
    if spread is None:
        return ""
    if spread.count == 1:
        return f"{short_span(spread.median_seconds)} (1)"
    mean, longest = short_span(spread.mean_seconds), short_span(spread.longest_seconds)
    return f"{short_span(spread.median_seconds)}, mean {mean}, longest {longest} ({spread.count:,})"


def issues_line(statistics: Statistics) -> str:
    """`Issues: 5 open, 2 opened, 1 closed; closed as mended after 2 h (1).`."""
    issues = statistics.issues
    counts = [f"{issues.open:,} open", *changes(issues)]
    resolution = spread_words(issues.time_to_resolution)
    resolved = f"; closed as mended after {resolution}" if resolution else ""
    return f"Issues: {', '.join(counts)}{resolved}."


def changes(issues: IssueStatistics) -> list[str]:
    """What the sweep did to issues, such as `2 opened`; no entry for what it did not do."""
    counts = (("opened", issues.opened), ("reopened", issues.reopened), ("closed", issues.closed))
    return [f"{count:,} {verb}" for verb, count in counts if count]


def between(measures: Measures) -> str:
    """The mean time between failures; empty without two breaks."""
    return short_span(measures.time_between_failures.mean_seconds) if measures.time_between_failures else ""


def broken(measures: Measures) -> str:
    """How long it was broken, if that is known."""
    return UNKNOWN if measures.broken_seconds is None else short_span(measures.broken_seconds)


def window_line(statistics: Statistics) -> str:
    """The time that the statistics cover; empty if no run was looked at."""
    if statistics.window is None:
        return ""
    first, last = statistics.window
    return f"Of the runs from {utc(first)} to {utc(last)}."


def rates(measures: Measures) -> tuple[str, str]:
    """The failure rate and the flake rate in percent, or `none` if there was no run."""
    if not measures.runs and not measures.partial:
        return "none", "none"
    return percent(measures.failure_rate), percent(measures.flake_rate)


def percent(rate: float | None) -> str:
    """A rate from 0 to 1 in percent. Only 0 is `0%` and only 1 is `100%`."""
    if rate is None:
        return UNKNOWN
    if 0 < rate < _LEAST:
        return "<1%"
    return ">99%" if 1 - _LEAST < rate < 1 else f"{rate:.0%}"


def streak(measures: Measures) -> str:
    """The number of newest runs that ended alike: `3 green`, `at least 2 red`."""
    if measures.streak is None:
        return UNKNOWN
    least = "at least " if measures.streak_is_least else ""
    return f"{least}{abs(measures.streak)} {'green' if measures.streak > 0 else 'red'}"


def short_span(seconds: float) -> str:
    """A span of time in its largest unit: `45 s`, `12 min`, `3.5 h`, `2.1 d`."""
    # A span that would round up to one larger unit is shown in that unit.
    unit, size = next(((unit, size) for unit, size, least in _UNITS if seconds >= least), ("s", 1.0))
    number = round(seconds / size, 1 if size > 1 and seconds / size < _MANY else 0)
    return f"{number:.0f} {unit}" if number == int(number) else f"{number:.1f} {unit}"
