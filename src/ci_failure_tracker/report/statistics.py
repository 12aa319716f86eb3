"""From what a sweep saw and did to its figures."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import Close, Create, Outcome, Reopen, Result, Run, Snapshot, WriteStatus
from ci_failure_tracker.report.measures import (
    IssueStatistics,
    JobStatistics,
    Measures,
    OpenIssues,
    Period,
    RunMark,
    Spread,
    Statistics,
    WorkflowStatistics,
)
from ci_failure_tracker.report.run_status import RunStatus, StatusWord, read_run_statuses
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings

_MOST_DAYS = 45
"""Days that are shown one by one; more are shown as weeks."""

_WEEK = 7


def make_statistics(found: Findings, results: Sequence[Result], settings: Settings, now: datetime) -> Statistics:
    """The figures of what one sweep saw and did."""
    scan = found.seen
    told = read_run_statuses(found, settings)
    meter = _Meter(now, scan.window.start is not None, scan.window.partial)
    everything = sorted((one for of_one in told.workflows.values() for one in of_one), key=lambda one: one.run.order)
    names = sorted({run.workflow.name for run in scan.runs}, key=lambda name: (name.casefold(), name))
    jobs = sorted(told.jobs.items(), key=lambda item: (item[0][0].casefold(), item[0][1].casefold(), item[0]))
    marks = _marks(scan.runs, told.outcomes, {one.run.id: one for one in everything})
    return Statistics(
        repository=meter.measure(everything),
        workflows=tuple(
            WorkflowStatistics(name, meter.measure(told.workflows.get(name, ())), tuple(marks[name])) for name in names
        ),
        jobs=tuple(
            JobStatistics(workflow, job, meter.measure(of_job), tuple(map(_mark_of_job, of_job)))
            for (workflow, job), of_job in jobs
        ),
        over_time=tuple(meter.over_time(everything)),
        issues=_issues(scan, found.known.tracked.written, results, now),
    )


def _marks(
    runs: Sequence[Run], outcomes: Mapping[int, Outcome | None], of_run: Mapping[int, RunStatus]
) -> Mapping[str, list[RunMark]]:
    """The runs of each workflow by its name."""
    marks: dict[str, list[RunMark]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.order):
        told = of_run.get(run.id)
        failed, flaky = (told.word is StatusWord.RED, bool(told.flaky)) if told else (False, False)
        seconds = max(0.0, (run.updated_at - run.started_at).total_seconds()) if run.finished else None
        mark = RunMark(run.id, run.number, run.branch, run.created_at, outcomes[run.id], failed, flaky, seconds)
        marks[run.workflow.name].append(mark)
    return marks


_OUTCOMES = {
    StatusWord.GREEN: Outcome.SUCCESS,
    StatusWord.RED: Outcome.FAILURE,
    StatusWord.CANCELLED: Outcome.CANCELLED,
}


def _mark_of_job(told: RunStatus) -> RunMark:
    run, outcome = told.run, told.outcome or _OUTCOMES.get(told.word)
    failed, known = told.word is StatusWord.RED, told.word is not StatusWord.UNKNOWN
    return RunMark(run.id, run.number, run.branch, run.created_at, outcome, failed, bool(told.flaky), None, known)


def _spread(spans: Sequence[float]) -> Spread | None:
    if not spans:
        return None
    return Spread(len(spans), statistics.median(spans), statistics.fmean(spans), max(spans))


# --- runs ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Break:
    """From the first failure of a line to the green run that ended it; `end` is `None` where it goes on.

    `start_seen` says that the run before was green, or that there was none; `end_seen` that nothing in it is unknown.
    `follows` says that every run since the break before it is known.
    """

    start: datetime
    start_seen: bool
    follows: bool
    end: datetime | None = None
    end_seen: bool = True

    @property
    def recovered(self) -> tuple[float, ...]:
        """How long it took, in seconds, if all of it was seen."""
        whole = self.end is not None and self.start_seen and self.end_seen
        return ((self.end - self.start).total_seconds(),) if self.end is not None and whole else ()


@dataclass(frozen=True, slots=True)
class _Meter:
    now: datetime
    is_cut: bool
    partial: bool

    def measure(self, everything: Sequence[RunStatus]) -> Measures:
        """The figures of these runs, which are in the order in which they were created."""
        told = _that_count(everything)
        words = Counter(one.word for one in told)
        runs = words[StatusWord.GREEN] + words[StatusWord.RED]
        flaky = sum(one.flaky is True for one in told)
        flaky_known = all(one.flaky is not None for one in told)
        of_lines = _lines(told)
        lines = [list(self._breaks(line)) for line in of_lines]
        breaks = [one for line in lines for one in line]
        streak, least = self._worst_streak(told, of_lines)
        all_known = not words[StatusWord.UNKNOWN]
        return Measures(
            runs=runs,
            failed=words[StatusWord.RED],
            # What is not known is mostly red, for green runs need no reading: a rate of the rest would be a guess.
            failure_rate=words[StatusWord.RED] / runs if runs and all_known else None,
            flaky=flaky,
            flake_rate=flaky / runs if runs and flaky_known and all_known else None,
            time_to_recovery=_spread([span for one in breaks for span in one.recovered]),
            time_between_failures=_spread([gap for line in lines for gap in _gaps(line)]),
            broken_seconds=self._broken(breaks) if told and all_known else None,
            streak=streak,
            streak_is_least=least,
            partial=self.partial or not all_known or not flaky_known or not all(one.start_seen for one in breaks),
        )

    def over_time(self, everything: Sequence[RunStatus]) -> Iterator[Period]:
        """Days, or weeks where there are many, from the first run to the last; what is not known counts nowhere."""
        told = _that_count(everything)
        if not told:
            return
        first, last = (_midnight(one.run.created_at) for one in (told[0], told[-1]))
        days = 1 if (last - first).days < _MOST_DAYS else _WEEK
        breaks = [one for line in _lines(told) for one in self._breaks(line)]
        for place in range((last - first).days // days + 1):
            start = first + timedelta(days=place * days)
            end = start + timedelta(days=days)
            words = Counter(one.word for one in told if start <= one.run.created_at < end)
            spans = [span for one in breaks if one.end and start <= one.end < end for span in one.recovered]
            yield Period(
                start, days, words[StatusWord.GREEN] + words[StatusWord.RED], words[StatusWord.RED], _spread(spans)
            )

    def _breaks(self, line: Sequence[RunStatus]) -> Iterator[_Break]:
        now: _Break | None = None
        before = StatusWord.UNKNOWN if self.is_cut else StatusWord.GREEN
        follows = False
        for one in line:
            if one.word is StatusWord.UNKNOWN:
                follows = False
                now = _Break(now.start, now.start_seen, now.follows, end_seen=False) if now else None
            elif one.word is StatusWord.RED and now is None:
                now = _Break(one.run.created_at, before is StatusWord.GREEN, follows)
                follows = True
            elif one.word is StatusWord.GREEN and now is not None:
                yield _Break(now.start, now.start_seen, now.follows, one.run.created_at, now.end_seen)
                now = None
            before = one.word
        if now is not None:
            yield now

    def _broken(self, breaks: Iterable[_Break]) -> float:
        """How long at least one break went on; those that overlap count once."""
        total, until = 0.0, None
        for one in sorted(breaks, key=lambda one: one.start):
            end = one.end or self.now
            start = one.start if until is None else max(one.start, until)
            total += max(0.0, (end - start).total_seconds())
            until = end if until is None else max(until, end)
        return total

    def _worst_streak(self, told: Sequence[RunStatus], lines: Sequence[Sequence[RunStatus]]) -> tuple[int | None, bool]:
        """The longest of the lines that are red now; where none is, how many of the newest runs were green."""
        newest = [line[-1].word for line in lines]
        if StatusWord.RED in newest:
            return min(self._streak(line) for line in lines if line[-1].word is StatusWord.RED)
        return (None, False) if StatusWord.UNKNOWN in newest or not told else self._streak(told)

    def _streak(self, told: Sequence[RunStatus]) -> tuple[int, bool]:
        newest = told[-1].word
        length = next((place for place, one in enumerate(reversed(told)) if one.word is not newest), len(told))
        reaches_back = self.is_cut if length == len(told) else told[-1 - length].word is StatusWord.UNKNOWN
        return length if newest is StatusWord.GREEN else -length, reaches_back


def _that_count(told: Iterable[RunStatus]) -> list[RunStatus]:
    return [one for one in told if one.word is not StatusWord.CANCELLED]


def _lines(told: Iterable[RunStatus]) -> list[list[RunStatus]]:
    lines: dict[tuple[int, str, str], list[RunStatus]] = defaultdict(list)
    for one in told:
        lines[one.run.stream].append(one)
    return list(lines.values())


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _gaps(breaks: Iterable[_Break]) -> Iterator[float]:
    for first, second in pairwise(breaks):
        if first.start_seen and second.start_seen and second.follows:
            yield (second.start - first.start).total_seconds()


# --- issues --------------------------------------------------------------------------------------


def _issues(scan: Snapshot, found: Sequence[Tracked], results: Sequence[Result], now: datetime) -> IssueStatistics:
    done = [one for one in results if one.fate is WriteStatus.DONE]
    tracked = {one.issue.number: one for one in found}
    created = [one for one in done if isinstance(one.action, Create)]
    reopened = {one.number for one in done if isinstance(one.action, Reopen)}
    closed = {one.number for one in done if isinstance(one.action, Close)}
    still = [one for number, one in tracked.items() if (one.issue.open or number in reopened) and number not in closed]
    by_job = Counter(
        (one.workflow, one.job, one.kind)
        for one in (
            *(one.state.identity for one in still if one.state is not None),
            *(one.action.identity for one in created),
        )
    )
    resolved = {
        one.number: now for one in done if isinstance(one.action, Close) and one.action.state_reason == "completed"
    }
    return IssueStatistics(
        open=len(still) + len(created),
        opened=len(created),
        reopened=len(reopened),
        closed=len(closed),
        time_to_resolution=_spread(
            [span for number, one in tracked.items() if number not in reopened for span in _resolution(one, resolved)]
        ),
        by_job=tuple(OpenIssues(*names, count) for names, count in sorted(by_job.items())),
        partial=not scan.closed_read or any(one.state is None for one in tracked.values()),
    )


def _resolution(one: Tracked, resolved: dict[int | None, datetime]) -> Iterator[float]:
    """From its opening to its closing as completed; a reopened one counts from when it was first opened."""
    issue = one.issue
    done = issue.state_reason == "completed" and not issue.open
    closed_at = resolved.get(issue.number) or (issue.closed_at if done else None)
    if closed_at and issue.created_at and not (one.state and one.state.is_duplicate):
        yield (closed_at - issue.created_at).total_seconds()
