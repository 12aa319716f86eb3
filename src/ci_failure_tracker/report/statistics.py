"""The statistics of a sweep, made from what it saw and did."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    Close,
    Create,
    Outcome,
    Reopen,
    Rerun,
    Result,
    Run,
    Skip,
    Snapshot,
    WriteStatus,
)
from ci_failure_tracker.report.issue_snapshots import open_states
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
from ci_failure_tracker.report.run_status import RunStatus, StatusKind, run_statuses
from ci_failure_tracker.report.statistics_of_tests import KnownState, statistics_of_tests
from ci_failure_tracker.report.tries import tries_in
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.known_issues import with_outcomes

# A choice: more bars are too narrow to tell apart.
_MOST_DAYS = 45
"""More days than these are shown as weeks."""

_WEEK = 7


def make_statistics(findings: Findings, results: Sequence[Result], settings: Settings, now: datetime) -> Statistics:
    """The statistics of one sweep."""
    snapshot = findings.snapshot
    statuses = run_statuses(findings, settings)
    meter = _Meter(now, snapshot.window.listed_from is not None, snapshot.window.partial)
    of_runs = sorted(
        (status for group in statuses.workflows.values() for status in group), key=lambda status: status.run.order
    )
    # The name last, because two names may differ only in their case.
    names = sorted({run.workflow.name for run in snapshot.runs}, key=lambda name: (name.casefold(), name))
    jobs = sorted(statuses.jobs.items(), key=lambda item: (item[0][0].casefold(), item[0][1].casefold(), item[0]))
    marks = _marks(snapshot.runs, statuses.outcomes, {status.run.id: status for status in of_runs})
    return Statistics(
        repository=meter.measure(of_runs),
        workflows=tuple(
            WorkflowStatistics(name, meter.measure(statuses.workflows.get(name, ())), tuple(marks[name]))
            for name in names
        ),
        jobs=tuple(
            JobStatistics(workflow, job, meter.measure(of_job), tuple(map(_mark_of_job, of_job)))
            for (workflow, job), of_job in jobs
        ),
        over_time=tuple(meter.over_time(of_runs)),
        issues=_issue_statistics(snapshot, findings.history.tracked_issues.written, results, now),
        tests=statistics_of_tests(
            tuple(with_outcomes(findings.history.diagnosed)),
            snapshot.runs,
            statuses,
            tuple(_known_states(findings.history.tracked_issues.written, results)),
            settings,
        ),
        tries=tries_in(snapshot, statuses.outcomes, results, settings),
    )


def _known_states(tracked: Sequence[Tracked], results: Sequence[Result]) -> Iterator[KnownState]:
    """What the issues remember after the sweep: the open ones, and the others that were read."""
    written = [result for result in results if not isinstance(result.action, Skip | Rerun)]
    still_open = [KnownState(state, number, is_open=True) for number, state in open_states(tracked, written)]
    yield from still_open
    numbers = {known.number for known in still_open}
    for each in tracked:
        if each.state is not None and each.issue.number not in numbers:
            yield KnownState(each.state, each.issue.number, is_open=False)


def _marks(
    runs: Sequence[Run], outcomes: Mapping[int, Outcome | None], statuses: Mapping[int, RunStatus]
) -> Mapping[str, list[RunMark]]:
    """The runs of each workflow by its name."""
    marks: dict[str, list[RunMark]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.order):
        status = statuses.get(run.id)
        failed, flaky = (status.kind is StatusKind.RED, bool(status.flaky)) if status else (False, False)
        # A clock of a runner may be wrong, and a duration is not negative.
        seconds = max(0.0, (run.updated_at - run.started_at).total_seconds()) if run.finished else None
        mark = RunMark(run.id, run.number, run.branch, run.created_at, outcomes[run.id], failed, flaky, seconds)
        marks[run.workflow.name].append(mark)
    return marks


_OUTCOMES = {
    StatusKind.GREEN: Outcome.SUCCESS,
    StatusKind.RED: Outcome.FAILURE,
    StatusKind.CANCELLED: Outcome.CANCELLED,
}


def _mark_of_job(status: RunStatus) -> RunMark:
    run, outcome = status.run, status.outcome or _OUTCOMES.get(status.kind)
    failed, known = status.kind is StatusKind.RED, status.kind is not StatusKind.UNKNOWN
    return RunMark(run.id, run.number, run.branch, run.created_at, outcome, failed, bool(status.flaky), None, known)


def _spread(spans: Sequence[float]) -> Spread | None:
    if not spans:
        return None
    return Spread(len(spans), statistics.median(spans), statistics.fmean(spans), max(spans))


# --- runs ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Break:
    """From the first failure on a branch to the passing run that ended it; `end` is `None` while it goes on.

    `start_seen` says that the run before passed, or that there was none. `end_seen` says that the break has no unknown
    run. `follows` says that no run since the break before it is unknown.
    """

    start: datetime
    start_seen: bool
    follows: bool
    end: datetime | None = None
    end_seen: bool = True

    @property
    def recovery(self) -> float | None:
        """The time to recovery in seconds, if the whole break was seen."""
        seen = self.start_seen and self.end_seen
        return (self.end - self.start).total_seconds() if self.end is not None and seen else None


@dataclass(frozen=True, slots=True)
class _Meter:
    """Measures runs at a time; `is_cut` says that there may be runs older than those read."""

    now: datetime
    is_cut: bool
    partial: bool

    def measure(self, all_statuses: Sequence[RunStatus]) -> Measures:
        """The statistics of these runs, which are in the order of their creation."""
        statuses = _without_cancelled(all_statuses)
        counts = Counter(status.kind for status in statuses)
        runs, failed = counts[StatusKind.GREEN] + counts[StatusKind.RED], counts[StatusKind.RED]
        flaky = sum(status.flaky is True for status in statuses)
        flaky_known = all(status.flaky is not None for status in statuses)
        branches = _by_branch(statuses)
        breaks_of = [list(self._breaks(branch)) for branch in branches]
        breaks = [each for of_branch in breaks_of for each in of_branch]
        streak, is_least = self._worst_streak(statuses, branches)
        all_known = not counts[StatusKind.UNKNOWN]
        return Measures(
            runs=runs,
            failed=failed,
            # Most unknown runs failed, because passing runs need no reading: a rate of the others would be a guess.
            failure_rate=failed / runs if runs and all_known else None,
            flaky=flaky,
            flake_rate=flaky / runs if runs and flaky_known and all_known else None,
            time_to_recovery=_recovery(breaks),
            time_between_failures=_spread([gap for of_branch in breaks_of for gap in _gaps(of_branch)]),
            broken_seconds=self._broken(breaks) if statuses and all_known else None,
            streak=streak,
            streak_is_least=is_least,
            partial=self.partial or not all_known or not flaky_known or not all(each.start_seen for each in breaks),
        )

    def over_time(self, all_statuses: Sequence[RunStatus]) -> Iterator[Period]:
        """The days from the first run to the last, or the weeks if there are many days. Unknown runs do not count."""
        statuses = _without_cancelled(all_statuses)
        if not statuses:
            return
        first, last = (_midnight(status.run.created_at) for status in (statuses[0], statuses[-1]))
        days = 1 if (last - first).days < _MOST_DAYS else _WEEK
        breaks = [each for branch in _by_branch(statuses) for each in self._breaks(branch)]
        for place in range((last - first).days // days + 1):
            start = first + timedelta(days=place * days)
            end = start + timedelta(days=days)
            counts = Counter(status.kind for status in statuses if start <= status.run.created_at < end)
            failed = counts[StatusKind.RED]
            recovery = _recovery(each for each in breaks if each.end and start <= each.end < end)
            yield Period(start, days, counts[StatusKind.GREEN] + failed, failed, recovery)

    def _breaks(self, branch: Sequence[RunStatus]) -> Iterator[_Break]:
        current: _Break | None = None
        # Without older runs, the first failure is the beginning of the break; else it may be older.
        before = StatusKind.UNKNOWN if self.is_cut else StatusKind.GREEN
        follows = False
        for status in branch:
            if status.kind is StatusKind.UNKNOWN:
                follows = False
                # An unknown run may have passed, and so ended the break.
                current = replace(current, end_seen=False) if current else None
            elif status.kind is StatusKind.RED and current is None:
                current = _Break(status.run.created_at, before is StatusKind.GREEN, follows)
                follows = True
            elif status.kind is StatusKind.GREEN and current is not None:
                yield replace(current, end=status.run.created_at)
                current = None
            before = status.kind
        if current is not None:
            yield current

    def _broken(self, breaks: Iterable[_Break]) -> float:
        """The seconds in which at least one break went on; breaks that overlap count once."""
        total, until = 0.0, datetime.min.replace(tzinfo=UTC)
        for each in sorted(breaks, key=lambda each: each.start):
            # A break that goes on lasts until now.
            end = each.end or self.now
            # What is covered by an earlier break is not counted again.
            total += max(0.0, (end - max(each.start, until)).total_seconds())
            until = max(until, end)
        return total

    def _worst_streak(
        self, statuses: Sequence[RunStatus], branches: Sequence[Sequence[RunStatus]]
    ) -> tuple[int | None, bool]:
        """The longest streak of the branches that fail now; if none fails, the number of newest runs that passed."""
        failing = [branch for branch in branches if branch[-1].kind is StatusKind.RED]
        if failing:
            # Failed streaks are negative, so the least is the longest.
            return min(map(self._streak, failing))
        # If the newest run of a branch is unknown, it may be failing.
        unknown = any(branch[-1].kind is StatusKind.UNKNOWN for branch in branches)
        return (None, False) if unknown or not statuses else self._streak(statuses)

    def _streak(self, statuses: Sequence[RunStatus]) -> tuple[int, bool]:
        newest = statuses[-1].kind
        length = next(
            (place for place, status in enumerate(reversed(statuses)) if status.kind is not newest), len(statuses)
        )
        whole = length == len(statuses)
        # A streak that reaches the oldest run read may be longer.
        is_least = self.is_cut if whole else statuses[-1 - length].kind is StatusKind.UNKNOWN
        return length if newest is StatusKind.GREEN else -length, is_least


def _without_cancelled(statuses: Iterable[RunStatus]) -> list[RunStatus]:
    return [status for status in statuses if status.kind is not StatusKind.CANCELLED]


def _by_branch(statuses: Iterable[RunStatus]) -> list[list[RunStatus]]:
    branches: dict[tuple[int, str, str], list[RunStatus]] = defaultdict(list)
    for status in statuses:
        branches[status.run.branch_key].append(status)
    return list(branches.values())


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _recovery(breaks: Iterable[_Break]) -> Spread | None:
    return _spread([each.recovery for each in breaks if each.recovery is not None])


def _gaps(breaks: Iterable[_Break]) -> Iterator[float]:
    """The seconds from the start of each break to the start of the next, if all runs between them are known."""
    for first, second in pairwise(breaks):
        if first.start_seen and second.start_seen and second.follows:
            yield (second.start - first.start).total_seconds()


# --- issues --------------------------------------------------------------------------------------


def _issue_statistics(
    snapshot: Snapshot, tracked: Sequence[Tracked], results: Sequence[Result], now: datetime
) -> IssueStatistics:
    done = [result for result in results if result.status is WriteStatus.DONE]
    created = [result.action.identity for result in done if isinstance(result.action, Create)]
    reopened = {result.number for result in done if isinstance(result.action, Reopen)}
    closed = {result.number: result.action for result in done if isinstance(result.action, Close)}
    still_open = [
        each
        for each in tracked
        if (each.issue.open or each.issue.number in reopened) and each.issue.number not in closed
    ]
    identities = (*(each.state.identity for each in still_open if each.state is not None), *created)
    by_job = Counter((identity.workflow, identity.job, identity.kind) for identity in identities)
    resolved = {number for number, close in closed.items() if close.state_reason == "completed"}
    spans = [
        _resolution(each, now if each.issue.number in resolved else None)
        for each in tracked
        # A reopened issue is not resolved, whatever it was before.
        if each.issue.number not in reopened
    ]
    return IssueStatistics(
        open=len(still_open) + len(created),
        opened=len(created),
        reopened=len(reopened),
        closed=len(closed),
        time_to_resolution=_spread([span for span in spans if span is not None]),
        by_job=tuple(OpenIssues(*names, count) for names, count in sorted(by_job.items())),
        # Issues without a readable marker are missing in the counts by job.
        partial=not snapshot.closed_read or any(each.state is None for each in tracked),
    )


def _resolution(tracked: Tracked, resolved_at: datetime | None) -> float | None:
    """The seconds from the opening to the closing as completed. A reopened issue counts from its first opening."""
    issue = tracked.issue
    was_resolved = issue.state_reason == "completed" and not issue.open
    closed_at = resolved_at or (issue.closed_at if was_resolved else None)
    is_duplicate = tracked.state is not None and tracked.state.is_duplicate
    if closed_at is None or issue.created_at is None or is_duplicate:
        return None
    return (closed_at - issue.created_at).total_seconds()
