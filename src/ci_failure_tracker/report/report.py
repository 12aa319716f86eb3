"""The report: one value that the summary, the outputs, the terminal and the JSON are made from."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ci_failure_tracker.model import (
    Action,
    Change,
    Close,
    Create,
    CurrentFailure,
    LogCounts,
    Outcome,
    Problem,
    Reopen,
    Repository,
    Requests,
    Result,
    Severity,
    Skip,
    SkipReason,
    Update,
    Window,
    WriteStatus,
)
from ci_failure_tracker.report.issue_snapshots import EMPTY, IssueSnapshots, take_issue_snapshots
from ci_failure_tracker.report.measures import NOTHING_SEEN, Statistics, WorkflowStatistics
from ci_failure_tracker.tracking.decide import Findings


@dataclass(frozen=True, slots=True)
class WorkflowSnapshot:
    """What was looked at of one workflow: how many runs ended how."""

    workflow: str
    runs: int
    green: int
    failed: int
    superseded: int
    other: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What a sweep looked at, found and did."""

    repository: Repository
    at: datetime
    window: Window
    failing: tuple[CurrentFailure, ...]
    results: tuple[Result, ...]
    problems: tuple[Problem, ...]
    requests: Requests
    logs: LogCounts = field(default_factory=LogCounts)
    statistics: Statistics = NOTHING_SEEN
    issue_snapshots: IssueSnapshots = EMPTY
    is_dry: bool = False

    @property
    def looked_at(self) -> tuple[WorkflowSnapshot, ...]:
        """Each workflow that had a run."""
        return tuple(map(_look_at, self.statistics.workflows))

    def having(self, problems: Iterable[Problem]) -> Report:
        """The same report with these problems as well, before others that are as grave."""
        return dataclasses.replace(self, problems=_each_once([*problems, *self.problems]))

    def issues(self, kind: type[Create | Change]) -> list[int]:
        """The numbers of the issues that an action of this kind was done to."""
        return [
            result.number
            for result in self.results
            if isinstance(result.action, kind) and result.status is WriteStatus.DONE and result.number is not None
        ]

    def planned(self, kind: type[Create | Change]) -> int:
        """How many actions of this kind a dry run holds back."""
        return sum(isinstance(one.action, kind) and one.status is WriteStatus.PLANNED for one in self.results)

    @property
    def skipped(self) -> tuple[Skip, ...]:
        """What was left as it is, but for what is over the cap."""
        return tuple(
            one.action
            for one in self.results
            if isinstance(one.action, Skip) and one.action.skip_reason is not SkipReason.OVER_CAP
        )

    @property
    def over_cap(self) -> tuple[Skip, ...]:
        """What is failing and has no issue yet because `max-new-issues` was reached."""
        return tuple(
            one.action
            for one in self.results
            if isinstance(one.action, Skip) and one.action.skip_reason is SkipReason.OVER_CAP
        )

    @property
    def written(self) -> tuple[Result, ...]:
        """Every action that is more than leaving things as they are."""
        return tuple(one for one in self.results if not isinstance(one.action, Skip))

    @property
    def new(self) -> tuple[CurrentFailure, ...]:
        """What fails and had no issue before, whether or not it has one now."""
        return self._failing_with(lambda action: isinstance(action, Create) or _waits(action))

    @property
    def again(self) -> tuple[CurrentFailure, ...]:
        """What fails again after its issue was closed."""
        return self._failing_with(lambda action: isinstance(action, Reopen))

    @property
    def still_failing(self) -> tuple[CurrentFailure, ...]:
        """What fails and had an open issue before, or one that a person closed."""
        told = {one.identity.id for one in (*self.new, *self.again)}
        return tuple(one for one in self.failing if one.identity.id not in told)

    def _failing_with(self, fits: Callable[[Action], bool]) -> tuple[CurrentFailure, ...]:
        found = {one.action.identity.id for one in self.results if fits(one.action)}
        return tuple(one for one in self.failing if one.identity.id in found)

    @property
    def changed(self) -> tuple[Result, ...]:
        """What was written, or would be, but for the issues that were opened for what is new."""
        new = {one.identity.id for one in self.new}
        opened = {WriteStatus.DONE, WriteStatus.PLANNED}
        return tuple(
            one
            for one in self.written
            if not (isinstance(one.action, Create) and one.status in opened and one.action.identity.id in new)
        )

    @property
    def knows_nothing(self) -> bool:
        """Whether nothing was seen failing, but something could not be seen."""
        return self.window.partial and not self.failing

    @property
    def held_back(self) -> bool:
        """Whether it was a dry run, or somebody said no."""
        return self.is_dry or any(one.status is WriteStatus.PLANNED for one in self.written)

    @property
    def failed(self) -> bool:
        """Whether the tracker itself could not do all of its work."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def line(self) -> str:
        """The whole sweep in one line."""
        verbs = (("opened", Create), ("updated", Update), ("reopened", Reopen), ("closed", Close))
        done = [f"{len(self.issues(kind))} {verb}" for verb, kind in verbs if self.issues(kind)]
        held = [f"{self.planned(kind)} to be {verb}" for verb, kind in verbs if self.planned(kind)]
        nothing = "nothing seen failing" if self.knows_nothing else "nothing failing"
        failing = f"{len(self.failing)} failing" if self.failing else nothing
        parts = [*done, *held] or ["no issue changed"]
        if self.over_cap:
            parts.append(f"{len(self.over_cap)} over the cap")
        if self.window.unread:
            runs = "failed run" if self.window.unread == 1 else "failed runs"
            parts.append(f"{self.window.unread} {runs} could not be read")
        broken = sum(one.status is WriteStatus.FAILED for one in self.results)
        if broken:
            parts.append(f"{broken} could not be written")
        return f"{self.repository.full_name}: {failing}, {', '.join(parts)}"


_NOT_YET = frozenset({SkipReason.OVER_CAP, SkipReason.TOO_FEW, SkipReason.CAUSE_UNKNOWN, SkipReason.CLOSED_UNKNOWN})


def _waits(action: Action) -> bool:
    """Whether nothing has an issue yet only because it has to wait for one."""
    return isinstance(action, Skip) and action.skip_reason in _NOT_YET


def make_report(
    found: Findings,
    results: tuple[Result, ...],
    unwritten: Iterable[Problem],
    requests: Requests,
    statistics: Statistics,
    now: datetime,
) -> Report:
    """Put together what the steps of a sweep gave."""
    scan, decisions = found.snapshot, found.decisions
    of_results = [problem for result in results for problem in result.problems]
    return Report(
        repository=scan.repository,
        at=now,
        window=scan.window,
        failing=decisions.failing,
        results=results,
        # What kept issues from being written matters more than what could not be read.
        problems=_each_once([*of_results, *decisions.problems, *unwritten, *unwritten, *scan.problems]),
        requests=requests,
        logs=scan.logs,
        statistics=statistics,
        issue_snapshots=take_issue_snapshots(
            scan, found.history.tracked_issues.written, decisions.failing, results, now
        ),
    )


def _each_once(problems: list[Problem]) -> tuple[Problem, ...]:
    """Errors before warnings, these before notices, and none twice."""
    return tuple(dict.fromkeys(sorted(problems, key=lambda one: _GRAVEST_FIRST.index(one.severity))))


_GRAVEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)


def _look_at(one: WorkflowStatistics) -> WorkflowSnapshot:
    ended = Counter(run.outcome for run in one.runs if not run.failed)
    failed = sum(run.failed for run in one.runs)
    return WorkflowSnapshot(
        workflow=one.workflow,
        runs=len(one.runs),
        green=ended[Outcome.SUCCESS],
        failed=failed,
        superseded=ended[Outcome.SUPERSEDED],
        other=len(one.runs) - failed - ended[Outcome.SUCCESS] - ended[Outcome.SUPERSEDED],
        newest=max(run.at for run in one.runs),
    )
