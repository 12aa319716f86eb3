"""The figures in words and characters, for the job summary."""

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
"""Stands for what could not be seen."""

_UNITS = (("d", 86_400.0, 23.95 * 3_600), ("h", 3_600.0, 59.5 * 60), ("min", 60.0, 59.5))
_MANY = 9.95
_LEAST = 0.005


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """The figures of the repository, a workflow or a job in words."""

    of: str
    runs: str
    failure_rate: str
    flake_rate: str
    recovery: str
    between: str
    broken: str
    streak: str


def chart(runs: Sequence[RunMark]) -> str:
    """The newest runs of a workflow, a character each; in code, so that all are of one width."""
    return f"`{''.join(map(_mark, runs[-RECENT:]))}`" if runs else ""


def _mark(run: RunMark) -> str:
    if run.failed:
        return _RED
    if run.flaky:
        return _FLAKY
    return _GREEN if run.outcome is Outcome.SUCCESS else _NOTHING


def figures_rows(statistics: Statistics) -> list[FiguresRow]:
    """All workflows together where there are several, each of them, and the jobs that failed or are flaky."""
    workflows = [_row(code(one.workflow, 80), one.measures) for one in statistics.workflows if one.measures.runs]
    jobs = [
        _row(f"{code(one.workflow, 80)} › {code(one.job, 80)}", one.measures)
        for one in statistics.jobs
        if one.measures.failed or one.measures.flaky
    ]
    together = [_row("all workflows", statistics.repository)] if len(workflows) > 1 else []
    return [*together, *workflows, *jobs]


def _row(of: str, measures: Measures) -> FiguresRow:
    failure_rate, flake_rate = rates(measures)
    return FiguresRow(
        of=of,
        runs=f"{at_least(measures)}{measures.runs:,}",
        failure_rate=failure_rate,
        flake_rate=flake_rate,
        recovery=spread(measures.time_to_recovery),
        between=between(measures),
        broken=broken(measures),
        streak=streak(measures),
    )


def at_least(measures: Measures) -> str:
    """What stands before a count that may be too small."""
    return "at least " if measures.partial else ""


def spread(given: Spread | None) -> str:
    """`20 h, mean 1.5 d, longest 2.7 d (3)`: the median first, and of how many; nothing for none."""
    if given is None:
        return ""
    if given.count == 1:
        return f"{short_span(given.median_seconds)} (1)"
    mean, longest = short_span(given.mean_seconds), short_span(given.longest_seconds)
    return f"{short_span(given.median_seconds)}, mean {mean}, longest {longest} ({given.count:,})"


def issues_line(statistics: Statistics) -> str:
    """`Issues: 5 open, 2 opened, 1 closed; closed as mended after 2 h (1).`."""
    issues = statistics.issues
    counts = [f"{issues.open:,} open", *changes(issues)]
    resolved = f"; closed as mended after {spread(issues.time_to_resolution)}" if issues.time_to_resolution else ""
    return f"Issues: {', '.join(counts)}{resolved}."


def changes(issues: IssueStatistics) -> list[str]:
    """What the sweep did to issues, such as `2 opened`; nothing for none."""
    told = (("opened", issues.opened), ("reopened", issues.reopened), ("closed", issues.closed))
    return [f"{count:,} {verb}" for verb, count in told if count]


def between(measures: Measures) -> str:
    """The mean time from one break to the next; nothing where there are no two."""
    return short_span(measures.time_between_failures.mean_seconds) if measures.time_between_failures else ""


def broken(measures: Measures) -> str:
    """How long it was broken, where that is known."""
    return UNKNOWN if measures.broken_seconds is None else short_span(measures.broken_seconds)


def window_line(statistics: Statistics) -> str:
    """Of which time the figures are; nothing where no run was looked at."""
    if statistics.window is None:
        return ""
    first, last = statistics.window
    return f"Of the runs from {utc(first)} to {utc(last)}."


def rates(measures: Measures) -> tuple[str, str]:
    """The failure rate and the flake rate in percent; where there was no run, that there is none."""
    if not measures.runs and not measures.partial:
        return "none", "none"
    return percent(measures.failure_rate), percent(measures.flake_rate)


def percent(rate: float | None) -> str:
    """A rate from 0 to 1 in percent; only none is 0 %, and only all are 100 %."""
    if rate is None:
        return UNKNOWN
    if 0 < rate < _LEAST:
        return "<1%"
    return ">99%" if 1 - _LEAST < rate < 1 else f"{rate:.0%}"


def streak(measures: Measures) -> str:
    """How many of the newest runs ended alike: `3 green`, `at least 2 red`."""
    if measures.streak is None:
        return UNKNOWN
    least = "at least " if measures.streak_is_least else ""
    return f"{least}{abs(measures.streak)} {'green' if measures.streak > 0 else 'red'}"


def short_span(seconds: float) -> str:
    """A span of time in its largest unit: `45 s`, `12 min`, `3.5 h`, `2.1 d`."""
    # A span that would be rounded up to a whole larger unit is told in that.
    unit, size = next(((unit, size) for unit, size, least in _UNITS if seconds >= least), ("s", 1.0))
    number = round(seconds / size, 1 if size > 1 and seconds / size < _MANY else 0)
    return f"{number:.0f} {unit}" if number == int(number) else f"{number:.1f} {unit}"
