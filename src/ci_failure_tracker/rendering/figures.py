"""The figures in words and characters, for the job summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ci_failure_tracker.model import Outcome
from ci_failure_tracker.rendering.markdown import code
from ci_failure_tracker.reporting.figures import RECENT, Figures, Measures, RunMark

_GREEN, _FLAKY, _RED, _NOTHING = "▁", "▄", "█", "·"

LEGEND = (
    f"The newest run is on the right: {_GREEN} green, {_FLAKY} flaky, {_RED} failed, {_NOTHING} another end, or none."
)

UNKNOWN = "?"
"""Stands for what could not be seen."""

_UNITS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0))
_MANY = 10


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """The figures of the repository, a workflow or a job."""

    of: str
    runs: str
    failure_rate: str
    flake_rate: str
    recovery: str
    longest: str
    broken: str
    streak: str


def chart(runs: Sequence[RunMark]) -> str:
    """The newest runs of a workflow, a character each; in code, so that all are of one width."""
    return f"`{''.join(map(_mark, runs[-RECENT:]))}`" if runs else ""


def _mark(run: RunMark) -> str:
    if run.flaky:
        return _FLAKY
    if run.failed:
        return _RED
    return _GREEN if run.outcome is Outcome.SUCCESS else _NOTHING


def figures_rows(figures: Figures) -> list[FiguresRow]:
    """All workflows together where there are several, each of them, and the jobs that failed or are flaky."""
    workflows = [_row(code(one.workflow, 80), one.measures) for one in figures.workflows if one.measures.runs]
    jobs = [
        _row(f"{code(one.workflow, 80)} › {code(one.job, 80)}", one.measures)
        for one in figures.jobs
        if one.measures.failed or one.measures.flaky
    ]
    together = [_row("all workflows", figures.repository)] if len(workflows) > 1 else []
    return [*together, *workflows, *jobs]


def _row(of: str, measures: Measures) -> FiguresRow:
    recovery = measures.recovery
    return FiguresRow(
        of=of,
        runs=f"{'at least ' if measures.partial else ''}{measures.runs}",
        failure_rate=percent(measures.failure_rate),
        flake_rate=percent(measures.flake_rate),
        recovery=f"{short_span(recovery.median_seconds)} ({recovery.count})" if recovery else "",
        longest=short_span(recovery.longest_seconds) if recovery else "",
        broken=UNKNOWN if measures.broken_seconds is None else short_span(measures.broken_seconds),
        streak=streak(measures),
    )


def percent(rate: float | None) -> str:
    """A rate from 0 to 1 in percent."""
    return UNKNOWN if rate is None else f"{rate:.0%}"


def streak(measures: Measures) -> str:
    """How many of the newest runs ended alike: `3 green`, `at least 2 red`."""
    if measures.streak is None:
        return UNKNOWN
    least = "at least " if measures.streak_is_least else ""
    return f"{least}{abs(measures.streak)} {'green' if measures.streak > 0 else 'red'}"


def short_span(seconds: float) -> str:
    """A span of time in its largest unit: `45 s`, `12 min`, `3.5 h`, `2.1 d`."""
    for unit, size in _UNITS:
        if seconds >= size:
            number = seconds / size
            return f"{number:.0f} {unit}" if number >= _MANY or number == int(number) else f"{number:.1f} {unit}"
    return f"{seconds:.0f} s"
