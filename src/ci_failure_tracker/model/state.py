"""What the marker of an issue holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.diagnosis import ExcerptLine, FailureKind, LogUnavailable
from ci_failure_tracker.model.github import own_name
from ci_failure_tracker.model.history import BranchStatus, Flaky, Identity, Occurrence, RunRef
from ci_failure_tracker.model.outcome import Outcome
from ci_failure_tracker.model.refs import Watched
from ci_failure_tracker.model.snapshot import CommitsBetween


@dataclass(frozen=True, slots=True)
class LegCount:
    """How often one matrix job failed, and when it failed last."""

    leg: str
    count: int
    last_seen: datetime


SHORT_FAILURE = 8
"""Characters by which an issue remembers each failure of a cause."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in an issue: in how many failed jobs it was found, and when it was found first and last.

    `signature` is its name, which it keeps. `failures` are those of the newest job, in a short form and the first one
    first, if they are not the name alone.
    """

    signature: str
    headline: str
    count: int
    first_seen: datetime
    last_seen: datetime
    failures: tuple[str, ...] = ()
    kind: FailureKind = FailureKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class NamedTests:
    """The tests of a failed job: all that failed, as its log and test reports name them.

    `retried` failed and passed when the runner tried them again. `passed` are those that fail in other jobs of the
    issue.
    """

    job_id: int
    tests: tuple[str, ...] = ()
    retried: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The part of a log that an issue shows: of the newest failure whose cause is known.

    `step` is the number of the failed step. If `log_unavailable` is set, the lines are annotations. `tool`, `kind`,
    `subject` and `location` are the facts of its first failure; an older version did not write them. `context` are the
    lines around `lines`. All of it is redacted, and none of it is safe as Markdown yet. `usual_seconds` is how long
    the step took in a passing run, if the job ran out of time. `repository` is that of the run, empty if it is the one
    with the issues.
    """

    run_id: int
    attempt: int
    number: int
    job_id: int
    ended_at: datetime
    signature: str
    headline: str
    lines: tuple[ExcerptLine, ...]
    step: int | None = None
    log_unavailable: LogUnavailable | None = None
    tool: str = ""
    kind: FailureKind = FailureKind.UNKNOWN
    subject: str = ""
    location: str = ""
    context: tuple[ExcerptLine, ...] = ()
    usual_seconds: int | None = None
    repository: str = ""

    @property
    def order(self) -> tuple[datetime, int, int]:
        """The order of its occurrence."""
        return self.ended_at, self.run_id, self.attempt


class Mistake(StrEnum):
    """What is wrong in a workflow file that GitHub could not start.

    Each but the first four has a name; UNKNOWN_NEED has two, the job and what it needs. NO_ACTION alone is not certain:
    an action is looked for when its step runs, and an earlier step may have put it there.
    """

    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NO_EVENTS = "no events"
    NO_JOBS = "no jobs"
    UNKNOWN_NEED = "unknown need"
    NEEDS_ITSELF = "needs itself"
    NO_RUNNER = "no runner"
    REPEATED_KEY = "repeated key"
    NO_WORKFLOW = "no workflow"
    NO_ACTION = "no action"


@dataclass(frozen=True, slots=True)
class WorkflowMistake:
    """A mistake in a workflow file, in a line that is counted from 1; 0 means that the line is not known."""

    line: int
    mistake: Mistake
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartFailure:
    """What is wrong in the file of a workflow that could not start, as the commit `sha` has it."""

    sha: str
    mistakes: tuple[WorkflowMistake, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a person merged into an issue by a line in another one.

    `number` is the issue that says so, `identity` what it stands for. `workflows` are the ids of the workflows that
    only it brought. If the other issue stands for a cause, `causes` are those of a job, in a short form: only these are
    counted there, and the job keeps its issue for others. If the line does not count any more, `on` is false: what it
    merged before is kept until it is known how it goes on.
    """

    number: int
    identity: Identity
    on: bool = True
    workflows: tuple[int, ...] = ()
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SplitCause:
    """A cause that a person split off an issue: its signature in a short form, and its headline."""

    signature: str
    headline: str


class CloseReason(StrEnum):
    """Why the tracker closed an issue."""

    RECOVERED = "recovered"
    GONE = "gone"
    MOVED_ON = "moved on"
    DUPLICATE = "duplicate"
    ALLOWED = "allowed to fail"


@dataclass(frozen=True, slots=True)
class Closing:
    """Why and when the tracker closed an issue."""

    close_reason: CloseReason
    at: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a sweep read: the issues hold what the runs before the checkpoint say, so they are not read again.

    A run is before the checkpoint if GitHub changed it last before `until`, or at `until` and its id is `run_id`, and
    if it was created at `start` or later, if there is a start. The runs in `without` are read again, because no issue
    holds what they say. The checkpoint is valid while `fingerprint` is that of the settings and of all
    open issues. After a change of an issue, or a failed write, the next sweep reads everything.

    `back_to` is when the oldest run was created that a later sweep has to list again. An older version of the program
    does not say it.

    `open_issues` are the newest open issues after the sweep, without those that it opened, whose numbers were not
    known. They count whether the checkpoint is valid or not.
    """

    until: datetime
    run_id: int
    start: datetime | None
    without: tuple[int, ...]
    fingerprint: str
    open_issues: tuple[int, ...] = ()
    back_to: datetime | None = None


_NOT_BY_COMMIT = frozenset({Outcome.MISSED_SCHEDULE, Outcome.ACTION_REQUIRED, Outcome.CANCELLED, Outcome.RUNNER_LOST})


@dataclass(frozen=True, slots=True)
class State:
    """What the marker of an issue holds; the body is rendered from this.

    count                failed runs so far
    first_seen           when the first of them ended
    last_seen            when the newest of them ended
    legs                 the matrix jobs that failed, with counts; `legs_cut` says that some are left out
    occurrences          the newest failures, the oldest first
    counted_to           the order of the newest occurrence that was dropped; what is not newer was counted
    last_green           the passing run before the latest break
    first_red            the first failing run of the latest break
    green_again          the first passing run after it
    gone                 whether no run of this identity will follow
    cause_replaced       whether the jobs of a cause fail for another reason now
    previous             the number of the issue that stood for the same before
    causes               the causes found last, the newest first
    other_causes         failed jobs whose cause is no longer in `causes`
    weak                 the signatures among `causes` that are only symptoms and never group jobs
    evidence             the part of a log that the issue shows
    branch_statuses      the state on each branch; `branch_statuses_cut` says that some are left out
    flaky                why it counts as flaky; `None` if it does not
    runs_missed          whether there were runs that no sweep read, so that the counts are minimums
    present_job          the name that the job has now, if it was renamed
    closed               why and when the tracker closed the issue; if it is open, a person reopened it
    umbrella             the signature of the umbrella issue as whose duplicate it was closed
    reopened_at          when it was reopened; only what is later proves a recovery
    week_commented       whether a comment said that it has been failing for a week
    cause_commented_at   when a comment named a new cause
    compared_to          the newest failure whose causes were compared with earlier ones; `None` means the newest of all
    suspects             the commits of the latest break
    start_failure        what is wrong in the workflow file if the newest failure is one to start
    owners               who owns what fails, as `@user`, `@org/team` or an address; `None` if it was not yet looked up
    related              the issues of single jobs with the same cause, which older versions left open
    relapses             what older versions counted; this one only keeps it for them
    checkpoint           how far the sweep that wrote the issue had read
    watched              what that sweep watched; `None` if a version wrote it that did not watch tags
    title_digest         by it the issue knows the title that the tracker gave it; empty if an older version opened it
    matrix_jobs          how many jobs its matrix has; 0 if it has none, or if an older version wrote the issue
    block                the digest of the block that people wrote into the issue, if it counted; a bot may have edited
                         the issue since then, because the tracker itself is one
    merged               what people merged into the issue
    split                the causes that people split off
    tests                failing tests for which it stands together, by their signatures in a short form
    named_tests          the tests of its failed jobs, for the statistics; the issue of a test knows that one by itself
    """

    identity: Identity
    count: int
    first_seen: datetime
    last_seen: datetime
    legs: tuple[LegCount, ...]
    occurrences: tuple[Occurrence, ...]
    legs_cut: bool = False
    counted_to: tuple[datetime, int, int] | None = None
    last_green: RunRef | None = None
    first_red: RunRef | None = None
    green_again: RunRef | None = None
    gone: bool = False
    cause_replaced: bool = False
    previous: int | None = None
    causes: tuple[Cause, ...] = ()
    other_causes: int = 0
    weak: tuple[str, ...] = ()
    evidence: Evidence | None = None
    branch_statuses: tuple[BranchStatus, ...] = ()
    branch_statuses_cut: bool = False
    flaky: Flaky | None = None
    runs_missed: bool = False
    closed: Closing | None = None
    umbrella: str = ""
    present_job: str = ""
    reopened_at: datetime | None = None
    week_commented: bool = False
    cause_commented_at: datetime | None = None
    compared_to: tuple[datetime, int, int] | None = None
    suspects: CommitsBetween | None = None
    start_failure: StartFailure | None = None
    owners: tuple[str, ...] | None = ()
    related: tuple[int, ...] = ()
    relapses: int = 0
    checkpoint: Checkpoint | None = None
    watched: Watched | None = None
    matrix_jobs: int = 0
    title_digest: str = ""
    tests: tuple[str, ...] = ()
    named_tests: tuple[NamedTests, ...] = ()
    block: str = ""
    merged: tuple[Merged, ...] = ()
    split: tuple[SplitCause, ...] = ()

    def passes_missing(self, close_after: int) -> int:
        """How many more runs have to pass on the branch that lacks most; none if nothing more has to be seen."""
        return max((status.passes_missing(close_after) for status in self.branch_statuses), default=0)

    @property
    def job(self) -> str:
        """The name of the job as people know it now."""
        return self.present_job or self.identity.job

    @property
    def test_name(self) -> str:
        """The name of the test as its repository knows it, if it stands for one."""
        return own_name(self.latest.repository, self.identity.test)

    @property
    def broken_since(self) -> datetime:
        """When the latest break began."""
        return self.first_red.at if self.first_red else self.first_seen

    @property
    def kind(self) -> FailureKind:
        """The kind of the latest break: of its causes the newest one that a commit can cause, if there is one."""
        # Only of this break: an issue keeps the causes of earlier ones.
        kinds = [cause.kind for cause in self.causes if cause.last_seen >= self.broken_since]
        return next((kind for kind in kinds if kind.commit_can_cause), kinds[0] if kinds else FailureKind.UNKNOWN)

    @property
    def commit_can_cause(self) -> bool:
        """Whether a commit can be to blame for the latest break, as far as its causes are known.

        A run of Dependabot does not fail because of the commits between. No commit keeps a job from being run, lets it
        wait for an approval, cancels it or takes its runner away. What fails alike in several repositories does not
        fail because of a commit in one of them.
        """
        latest = self.latest
        if len(self.repositories) > 1:
            return False
        # Suspects under such a failure would accuse people who have nothing to do with it.
        if latest.never_ran is not None or latest.event == "dynamic" or not self.kind.commit_can_cause:
            return False
        # One failure of the code among several lost runners is enough: the commits are worth a look.
        of_break = [past.outcome for past in self.occurrences if past.started_at >= self.broken_since]
        return not _NOT_BY_COMMIT.issuperset(of_break or [latest.outcome])

    @property
    def evidence_of_break(self) -> Evidence | None:
        """The evidence, if it is of the latest break."""
        evidence = self.evidence
        return evidence if evidence is not None and evidence.ended_at >= self.broken_since else None

    @property
    def repositories(self) -> frozenset[str]:
        """The repositories that it is about, if the issues of several are in one; else an empty name."""
        return frozenset(status.repository for status in self.branch_statuses) or frozenset({self.latest.repository})

    @property
    def repository_of_break(self) -> str:
        """The repository in which the latest break began, empty if it is the one with the issues."""
        return self.first_red.repository if self.first_red else self.latest.repository

    @property
    def is_duplicate(self) -> bool:
        """Whether the tracker closed the issue as a duplicate of another one of the same identity."""
        closed = self.closed
        return closed is not None and closed.close_reason is CloseReason.DUPLICATE and not self.umbrella

    @property
    def latest(self) -> Occurrence:
        """The newest failure."""
        return self.occurrences[-1]
