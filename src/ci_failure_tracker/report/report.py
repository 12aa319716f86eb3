"""The report of a sweep. Every output is made from it: summary, page, JSON, metrics, messages, terminal."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ci_failure_tracker.issues.evidence import message_text
from ci_failure_tracker.issues.first_sentence import names_subject, since_words, tells_since
from ci_failure_tracker.issues.intro import intro
from ci_failure_tracker.model import (
    Action,
    Change,
    Close,
    Create,
    CurrentFailure,
    KnownFailure,
    KnownResult,
    KnownRule,
    KnownUpdate,
    LogCounts,
    NotLookedAt,
    Outcome,
    Problem,
    Reopen,
    Repository,
    Requests,
    Rerun,
    Result,
    Run,
    Severity,
    Skip,
    SkipReason,
    Update,
    Window,
    WriteStatus,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.issue_snapshots import EMPTY, IssueSnapshots, take_issue_snapshots
from ci_failure_tracker.report.measures import NOTHING_SEEN, Statistics, WorkflowStatistics
from ci_failure_tracker.text.medium import MARKDOWN, Medium
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.storms import key_of_umbrella


@dataclass(frozen=True, slots=True)
class WorkflowRuns:
    """The numbers of runs of one workflow by how they ended; `newest` is when the newest run was created."""

    workflow: str
    runs: int
    green: int
    failed: int
    superseded: int
    other: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What a sweep looked at, what is failing, and what it did.

    `failing` counts each job. An umbrella stands for several of them, which one issue covers. `issues_url` is the
    address of the repository with the issues, empty if it is this one. `covered_by` has the number of the issue that
    stands for a failure together with others, by failure id. `unfinished` counts the runs of the last day that go on.
    """

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
    not_looked_at: tuple[NotLookedAt, ...] = ()
    umbrellas: tuple[CurrentFailure, ...] = ()
    known: tuple[KnownFailure, ...] = ()
    known_rules: tuple[KnownRule, ...] = ()
    known_updates: tuple[KnownUpdate, ...] = ()
    known_results: tuple[KnownResult, ...] = ()
    issues_url: str = ""
    covered_by: Mapping[str, int] = field(default_factory=dict)
    unfinished: int = 0

    def sentence(self, failing: CurrentFailure, medium: Medium = MARKDOWN, text: int = 80) -> str:
        """The first sentence of the issue of a failure, for one place; a name has `text` characters at most."""
        return intro(failing.state, self.repository.url, text, medium)

    def since(self, failing: CurrentFailure, medium: Medium) -> str:
        """Since when it fails, as a sentence; empty if the first sentence of its issue says it."""
        state = failing.state
        return "" if tells_since(state) else f"Failing since {since_words(state, self.repository.url, medium)}."

    @property
    def workflows(self) -> tuple[WorkflowRuns, ...]:
        """Each workflow that had a run."""
        return tuple(map(_workflow_runs, self.statistics.workflows))

    def with_problems(self, problems: Iterable[Problem]) -> Report:
        """The report with more problems, each before those of the same severity."""
        return dataclasses.replace(self, problems=_by_severity([*problems, *self.problems]))

    def issues(self, kind: type[Create | Change]) -> list[int]:
        """The numbers of the issues that an action of this kind was done to."""
        return [
            result.number
            for result in self.results
            if isinstance(result.action, kind) and result.status is WriteStatus.DONE and result.number is not None
        ]

    def planned(self, kind: type[Create | Change]) -> int:
        """The number of actions of this kind that a dry run holds back."""
        return sum(isinstance(result.action, kind) and result.status is WriteStatus.PLANNED for result in self.results)

    @property
    def over_cap(self) -> tuple[Skip, ...]:
        """What is failing and has no issue yet because `max-new-issues` was reached."""
        skips = (result.action for result in self.results if isinstance(result.action, Skip))
        return tuple(skip for skip in skips if skip.skip_reason is SkipReason.OVER_CAP)

    @property
    def written(self) -> tuple[Result, ...]:
        """The results of all actions but skips, whatever became of them."""
        return tuple(result for result in self.results if not isinstance(result.action, Skip))

    @property
    def reruns(self) -> tuple[Result, ...]:
        """The runs whose failed jobs run again, or would."""
        return tuple(result for result in self.results if isinstance(result.action, Rerun))

    @property
    def new(self) -> tuple[CurrentFailure, ...]:
        """What fails and had no issue before, whether or not it has one now."""
        # A failure that waits for an issue is new until it has one.
        return self._failing_with(lambda action: isinstance(action, Create) or _waits(action))

    @property
    def again(self) -> tuple[CurrentFailure, ...]:
        """What fails again after its issue was closed."""
        return self._failing_with(lambda action: isinstance(action, Reopen))

    @property
    def still_failing(self) -> tuple[CurrentFailure, ...]:
        """What fails and had an open issue before, or one that a person closed."""
        others = {failing.identity.id for failing in (*self.new, *self.again)}
        return tuple(failing for failing in self.with_own_line if failing.identity.id not in others)

    @property
    def known_failing(self) -> tuple[KnownFailure, ...]:
        """What fails and is counted in known issues, so that it has no issue of its own."""
        return tuple(each for each in self.known if not each.is_ignored)

    @property
    def is_failing(self) -> bool:
        """Whether anything fails that counts as a failure."""
        return bool(self.failing or self.known_failing)

    @property
    def failure_count(self) -> int:
        """How many jobs fail that count as a failure."""
        failing = {each.identity.id for each in self.failing}
        # A job that has an issue of its own, too, counts once.
        return len(self.failing) + len({each.identity.id for each in self.known_failing} - failing)

    @property
    def known_updated(self) -> int:
        """The number of known issues whose text was written, or would be."""
        return sum(result.status in {WriteStatus.DONE, WriteStatus.PLANNED} for result in self.known_results)

    def _failing_with(self, fits: Callable[[Action | Rerun], bool]) -> tuple[CurrentFailure, ...]:
        ids = {result.action.identity.id for result in self.results if fits(result.action)}
        return tuple(failing for failing in self.with_own_line if failing.identity.id in ids)

    @property
    def with_own_line(self) -> tuple[CurrentFailure, ...]:
        """What fails, one for each issue: the umbrellas, and the jobs that none of them covers."""
        covered = {result.action.identity.id for result in self.covered}
        jobs = (failing for failing in self.failing if failing.identity.id not in covered)
        return (*self.umbrellas, *jobs)

    @property
    def covered(self) -> tuple[Result, ...]:
        """What was done for the jobs that fail and that the issue of an umbrella covers, and for tests of a job."""
        failing = {each.identity.id for each in self.failing} if self.umbrellas else set()
        covered = (result for result in self.results if _is_covered(result.action))
        return tuple(
            result for result in covered if result.action.identity.test or result.action.identity.id in failing
        )

    @property
    def results_of_failing(self) -> Mapping[str, Result]:
        """What was done for each thing that fails, by failure id. Duplicates are closed before it."""
        failing = {each.identity.id for each in self.with_own_line}
        of_issues = (result for result in self.results if not isinstance(result.action, Rerun))
        # The last result of an id is that of the issue that stays.
        by_id = {result.action.identity.id: result for result in of_issues}
        return {id_: result for id_, result in by_id.items() if id_ in failing}

    @property
    def recovered(self) -> tuple[Result, ...]:
        """The issues that were closed, or would be, because of passing runs."""
        return tuple(result for result in self._others if _is_recovery(result.action))

    @property
    def closed_otherwise(self) -> tuple[Result, ...]:
        """The other issues that were closed or would be, without those of what still fails."""
        closed = (result for result in self._others if isinstance(result.action, Close))
        return tuple(result for result in closed if not _is_recovery(result.action))

    @property
    def not_failing(self) -> tuple[Result, ...]:
        """What was done, or left, for everything else that does not fail."""
        return tuple(result for result in self._others if not isinstance(result.action, Close))

    @property
    def _others(self) -> list[Result]:
        # By object, because two results may be equal.
        with_place = {id(result) for result in (*self.results_of_failing.values(), *self.covered)}
        of_issues = (result for result in self.results if not isinstance(result.action, Rerun))
        return [result for result in of_issues if id(result) not in with_place and not _is_known(result.action)]

    @property
    def knows_nothing(self) -> bool:
        """Whether nothing was seen failing but something could not be seen."""
        return self.partial and not self.is_failing

    @property
    def partial(self) -> bool:
        """Whether something could not be seen."""
        return self.window.partial or bool(self.not_looked_at)

    @property
    def held_back(self) -> bool:
        """Whether it was a dry run, or a person refused the plan."""
        return self.is_dry or any(result.status is WriteStatus.PLANNED for result in self.written)

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
        if self.known_updated:
            planned = any(result.status is WriteStatus.PLANNED for result in self.known_results)
            words = counted(self.known_updated, "known issue")
            held += [f"{words} {'to be ' if planned else ''}updated"]
        parts = [*done, *held] or ["no issue changed"]
        if self.reruns:
            planned = all(result.status is WriteStatus.PLANNED for result in self.reruns)
            parts.append(f"{len(self.reruns)} {'to be ' if planned else ''}re-run")
        if self.over_cap:
            parts.append(f"{len(self.over_cap)} over the cap")
        if self.window.unread:
            parts.append(f"{counted(self.window.unread, 'run')} could not be read")
        failed = sum(result.status is WriteStatus.FAILED for result in self.results)
        if failed:
            parts.append(f"{failed} could not be written")
        return f"{self.failing_line}, {', '.join(parts)}"

    @property
    def failing_line(self) -> str:
        """How much is failing, in one line."""
        nothing = "nothing seen failing" if self.knows_nothing else "nothing failing"
        parts = [f"{len(self.failing)} failing"] if self.failing else [] if self.known_failing else [nothing]
        return f"{self.repository.full_name}: {', '.join([*parts, *self.known_words])}"

    @property
    def known_words(self) -> tuple[str, ...]:
        """How many jobs fail for which there are known issues, in words."""
        covered, ignored = (
            len({each.identity.id for each in self.known if each.is_ignored is is_ignored})
            for is_ignored in (False, True)
        )
        in_known = (counted(covered, "known failure"),) if covered else ()
        return (*in_known, f"{counted(ignored, 'failure')} ignored") if ignored else in_known


def message_of(failing: CurrentFailure) -> str:
    """The message of a failure, if the first sentence says neither it nor what failed; else empty."""
    # The log of a cancelled job says only that it was cancelled.
    is_said = names_subject(failing.state) or failing.outcome is Outcome.CANCELLED
    return "" if is_said else failing.headline


def why(failing: CurrentFailure) -> str:
    """What went wrong; empty if the first sentence says all of it, or if nothing is known."""
    return "" if failing.outcome is Outcome.CANCELLED else message_text(failing.state)


def _is_covered(action: Action | Rerun) -> bool:
    if isinstance(action, Skip):
        return action.skip_reason is SkipReason.STORM
    return isinstance(action, Close) and bool(action.state.umbrella)


def _is_known(action: Action | Rerun) -> bool:
    """Whether a known issue takes a failure: these have a list of their own."""
    return isinstance(action, Skip) and action.skip_reason is SkipReason.KNOWN


def _is_recovery(action: Action | Rerun) -> bool:
    return isinstance(action, Close) and action.state_reason == "completed"


_NOT_YET = frozenset(
    {
        SkipReason.OVER_CAP,
        SkipReason.TOO_FEW,
        SkipReason.CAUSE_UNKNOWN,
        SkipReason.ISSUES_UNKNOWN,
        SkipReason.UNCLEAR,
        SkipReason.ONE_MORE_TRY,
    }
)


def _waits(action: Action | Rerun) -> bool:
    """Whether a failure has no issue only because it has to wait for one."""
    return isinstance(action, Skip) and action.skip_reason in _NOT_YET


def make_report(
    findings: Findings,
    results: tuple[Result, ...],
    unwritten: Iterable[Problem],
    requests: Requests,
    statistics: Statistics,
    now: datetime,
) -> Report:
    """Put together the results of the steps of a sweep."""
    snapshot, decisions = findings.snapshot, findings.decisions
    of_results = [problem for result in results for problem in result.problems]
    return Report(
        repository=snapshot.repository,
        at=now,
        window=snapshot.window,
        failing=decisions.failing,
        results=results,
        # A problem of writing matters more than a problem of reading.
        problems=_by_severity([*of_results, *decisions.problems, *unwritten, *snapshot.problems]),
        requests=requests,
        logs=snapshot.logs,
        not_looked_at=snapshot.not_looked_at,
        umbrellas=decisions.umbrellas,
        known=decisions.known,
        known_rules=findings.history.known.rules,
        known_updates=decisions.known_updates,
        covered_by=_covered_by(findings.history.storms.covering, results),
        unfinished=count_unfinished(snapshot.runs, now),
        statistics=statistics,
        issue_snapshots=take_issue_snapshots(
            snapshot, findings.history.tracked_issues.written, decisions.failing, results, now
        ),
    )


def count_unfinished(runs: Iterable[Run], now: datetime) -> int:
    """How many runs of the last day go on. One that waits for longer waits for a person."""
    return sum(not run.finished and now - run.started_at < timedelta(days=1) for run in runs)


def _covered_by(covering: Mapping[str, str], results: Iterable[Result]) -> Mapping[str, int]:
    """The number of the issue that covers each failure, by failure id."""
    of_issues = (result for result in results if not isinstance(result.action, Rerun))
    numbers = {key_of_umbrella(result.action.identity): result.number for result in of_issues if result.number}
    return {failure_id: numbers[key] for failure_id, key in covering.items() if key in numbers}


def _by_severity(problems: list[Problem]) -> tuple[Problem, ...]:
    """The problems without duplicates: errors, then warnings, then notices."""
    return tuple(dict.fromkeys(sorted(problems, key=lambda problem: _SEVERITIES.index(problem.severity))))


_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)


def _workflow_runs(workflow: WorkflowStatistics) -> WorkflowRuns:
    ended = Counter(run.outcome for run in workflow.runs if not run.failed)
    failed = sum(run.failed for run in workflow.runs)
    return WorkflowRuns(
        workflow=workflow.workflow,
        runs=len(workflow.runs),
        green=ended[Outcome.SUCCESS],
        failed=failed,
        superseded=ended[Outcome.SUPERSEDED],
        other=len(workflow.runs) - failed - ended[Outcome.SUCCESS] - ended[Outcome.SUPERSEDED],
        newest=max(run.at for run in workflow.runs),
    )
