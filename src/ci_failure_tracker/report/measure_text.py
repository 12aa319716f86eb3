"""The statistics in words, for people."""

from __future__ import annotations

from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.measures import IssueStatistics, Measures, Statistics, TestsSeen, TestStatistics
from ci_failure_tracker.text.markdown import utc

UNKNOWN = "?"
"""Stands for a value that is not known."""

# A unit, its seconds, and the least seconds that are shown in it: they round up to one of it.
_UNITS = (("d", 86_400.0, 23.95 * 3_600), ("h", 3_600.0, 59.5 * 60), ("min", 60.0, 59.5))
# 9.95 rounds to 10.0, which needs no decimal.
_MANY = 9.95
# Half a percent, below which `0%` would be false.
_LEAST = 0.005
_FEW = 5
"""Of fewer runs, a percentage says more than is known."""


def at_least(measures: Measures) -> str:
    """The words before a count that may be too small."""
    return "at least " if measures.partial else ""


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
    """How many runs failed and how many were flaky, in percent; as counts if the runs are too few for that."""
    if not measures.runs and not measures.partial:
        return "none", "none"
    counts = ((measures.failed, measures.failure_rate), (measures.flaky, measures.flake_rate))
    failed, flaky = (_share(count, rate, measures) for count, rate in counts)
    return failed, flaky


def _share(count: int, rate: float | None, measures: Measures) -> str:
    """A rate in percent, or a count such as `1 of 3` if there were fewer than five runs."""
    return f"{count} of {measures.runs}" if rate is not None and measures.runs < _FEW else percent(rate)


def test_rate(test: TestStatistics) -> str:
    """`17% of 18` runs, `1 of 4` if these are few, or how often it failed if it is not known when it passed."""
    if test.failure_rate is None:
        return f"{test.failed:,} of ?"
    share = f"{test.failed:,}" if test.runs < _FEW else percent(test.failure_rate)
    return f"{share} of {test.runs:,}"


def unknown_jobs_line(tests: TestsSeen) -> str:
    """Of how many failed jobs the failing tests are not known; empty if those of all are."""
    if not tests.unknown_jobs:
        return ""
    return (
        f"In {tests.unknown_jobs:,} of {counted(tests.failed_jobs, 'failed job')} it is not known which tests failed."
    )


def percent(rate: float | None) -> str:
    """A rate from 0 to 1 in percent. Only 0 is `0%` and only 1 is `100%`."""
    if rate is None:
        return UNKNOWN
    if 0 < rate < _LEAST:
        return "<1%"
    return ">99%" if 1 - _LEAST < rate < 1 else f"{rate:.0%}"


def streak(measures: Measures) -> str:
    """The number of newest runs that ended alike: `3 passed`, `at least 2 failed`."""
    if measures.streak is None:
        return UNKNOWN
    least = "at least " if measures.streak_is_least else ""
    return f"{least}{abs(measures.streak)} {'passed' if measures.streak > 0 else 'failed'}"


def short_span(seconds: float) -> str:
    """A span of time in its largest unit: `45 s`, `12 min`, `3.5 h`, `2.1 d`."""
    # A span that would round up to one larger unit is shown in that unit.
    unit, size = next(((unit, size) for unit, size, least in _UNITS if seconds >= least), ("s", 1.0))
    number = round(seconds / size, 1 if size > 1 and seconds / size < _MANY else 0)
    return f"{number:.0f} {unit}" if number == int(number) else f"{number:.1f} {unit}"
