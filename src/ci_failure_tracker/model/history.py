"""What the runs say about one thing that fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.diagnosis import JobDiagnosis, LogUnavailable
from ci_failure_tracker.model.github import SCHEDULE, Commit, Run, Step
from ci_failure_tracker.model.outcome import Outcome
from ci_failure_tracker.model.trials import NO_TRIALS, Trials


class IdentityKind(StrEnum):
    """The kind of thing that an issue stands for.

    JOB       a job of a workflow, with all jobs of its matrix or with one of them
    WORKFLOW  all jobs of a workflow
    CAUSE     one cause, in any job
    TEST      one test, in any job
    RUN       runs without jobs, such as runs that did not start
    SCHEDULE  a scheduled workflow that does not run when it should
    """

    JOB = "job"
    WORKFLOW = "workflow"
    CAUSE = "cause"
    TEST = "test"
    RUN = "run"
    SCHEDULE = "schedule"


class NeverRanReason(StrEnum):
    """Why a job never ran.

    QUEUED     no runner has taken it, and it still waits
    CANCELLED  no runner took it before it was cancelled
    SKIPPED    its workflow skips it in each scheduled run
    """

    QUEUED = "queued"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class NeverRan:
    """How a job never ran.

    `amount` is the number of hours for which a cancelled job was in the queue, or the number of scheduled runs in a row
    that skipped the job. It is 0 for a job that still waits: no sweep finds the same number again.
    """

    reason: NeverRanReason
    amount: int = 0


@dataclass(frozen=True, slots=True)
class KnownTest:
    """A failing test of a job that the known issue with this number takes. `id` is the failure id of the test."""

    issue: int
    id: str
    name: str = ""
    headline: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One job in one attempt of a run.

    `outcome` is `None` if the job neither passed nor failed (skipped, neutral). A run that passed as a whole is one
    observation without a job, because its jobs were not read. A run without jobs, and a schedule, is an observation of
    its own `kind`; its `job` is the name of what happened. `step` is the step that failed. `before_checkpoint` is true
    if the run was not read again because the open issues hold what it says. `never_ran` says how it never ran if that
    is its outcome; then `ended_at` is the time since which it counts as a failure. `allowed` is true if the job failed
    and is allowed to, so that it has no outcome. It has none either if a known issue takes its failure; then `known` is
    the number of that issue, and `known_outcome` what the outcome would be. With `group-by: test`, known issues may
    take some of its failing tests alone: `known_tests`.
    """

    run: Run
    outcome: Outcome | None
    job: str | None = None
    job_id: int | None = None
    step: Step | None = None
    attempt: int = 1
    ended_at: datetime | None = None
    job_diagnosis: JobDiagnosis | None = None
    started_at: datetime | None = None
    before_checkpoint: bool = False
    kind: IdentityKind = IdentityKind.JOB
    allowed: bool = False
    never_ran: NeverRan | None = None
    known: int = 0
    known_outcome: Outcome | None = None
    known_tests: tuple[KnownTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """What an issue stands for.

    `id` is the failure id in the marker. `job` is only a name; `kind` says what is meant. `cause` is a signature if the
    kind is CAUSE, otherwise empty. `test` is the name of a test if the kind is TEST, otherwise empty.
    """

    id: str
    workflow: str
    job: str
    cause: str = ""
    kind: IdentityKind = IdentityKind.JOB
    test: str = ""

    @property
    def spans_jobs(self) -> bool:
        """Whether it may fail in several jobs, so that each of its `legs` is a job with the name of its workflow."""
        return self.kind in {IdentityKind.CAUSE, IdentityKind.TEST}

    @property
    def is_whole_workflow(self) -> bool:
        """Whether one issue holds all jobs of the workflow."""
        return self.kind is IdentityKind.WORKFLOW

    @property
    def part(self) -> str:
        """The part of the workflow that it stands for: the name of the job, `all jobs`, or the name of the test."""
        return "all jobs" if self.is_whole_workflow else self.test or self.job

    @property
    def waits_for_approval(self) -> bool:
        """Whether it stands for runs that a person has to approve."""
        return self.kind is IdentityKind.RUN and self.job == Outcome.ACTION_REQUIRED.words


@dataclass(frozen=True, slots=True)
class FailedLeg:
    """One failed job of an occurrence; `leg` is empty if the job has no matrix.

    `signature` is empty as long as the cause is not known. `log_unavailable` says why there is no log. `outcome` is set
    only if the job ended in another way than GitHub's conclusion says. `partly` says that not all of what its log says
    has an issue yet, so that a later sweep reads it again.
    """

    leg: str
    job_id: int | None
    step: str | None
    signature: str = ""
    log_unavailable: LogUnavailable | None = None
    outcome: Outcome | None = None
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One failed attempt of a run, with the matrix jobs (`legs`) of one identity that failed in it.

    `hidden_legs` counts failed ones that `legs` does not hold. `source` is the file of the workflow, or the subject of
    a dynamic workflow; workflows of the same name differ by it. `never_ran` says how it never ran if that is its
    outcome. `repository` is that of the run, empty if it is the one with the issues.
    """

    run_id: int
    attempt: int
    number: int
    event: str
    branch: str
    commit: Commit
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    legs: tuple[FailedLeg, ...]
    source: str = ""
    hidden_legs: int = 0
    never_ran: NeverRan | None = None
    repository: str = ""

    @property
    def key(self) -> tuple[int, int]:
        """The id by which an occurrence is counted once."""
        return self.run_id, self.attempt

    @property
    def order(self) -> tuple[datetime, int, int]:
        """A total order by the time at which the run ended."""
        return self.ended_at, self.run_id, self.attempt


@dataclass(frozen=True, slots=True)
class RunRef:
    """A reference to a run, such as the one in which a failure began or ended.

    `repository` is that of the run, empty if it is the one with the issues.
    """

    run_id: int
    number: int
    sha: str
    at: datetime
    repository: str = ""


class RetireReason(StrEnum):
    """Why a branch status keeps no issue open, although nothing passed."""

    REF = "ref"
    DISABLED = "disabled"
    QUIET = "quiet"


OTHER_LEGS = "…"
"""Stands for the failing jobs of a large matrix that do not fit into an issue one by one."""


@dataclass(frozen=True, slots=True)
class RedLeg:
    """A matrix job that failed in the newest run that says something about it; `at` is when that run was created."""

    leg: str
    event: str
    run_id: int
    attempt: int
    at: datetime

    @property
    def order(self) -> tuple[datetime, int, int]:
        """A total order by the time at which the run was created, so a re-run of an old commit stays old."""
        return self.at, self.run_id, self.attempt


@dataclass(frozen=True, slots=True)
class BranchStatus:
    """The state of an identity in one workflow on one branch, where a newer run replaces an older one.

    `branch` is a branch, or `refs/tags/` and a glob for the tags that match it.

    red       the matrix jobs that failed in the newest run that says something about them
    last_red  the newest failing run
    greens    the first and the newest passing run since then, of those whose jobs were read
    recent    the newest trials: the id of a run, and whether all its attempts passed
    gone      whether no run of this identity will follow
    retired   why it is gone; `None` means that its job or its workflow no longer exists
    skips     whether runs passed without it; such a run is no trial unless its jobs were read
    earlier   the trials before `recent`
    earlier_to  the id of the newest of them; a run up to this id was counted
    void      how many of the passes do not count, because a person opened the issue again after them
    spread    whether passing runs whose jobs were read are on two commits, or an hour apart if no commit starts them
    """

    workflow_id: int
    branch: str
    subject: str
    red: tuple[RedLeg, ...]
    last_red: RunRef
    greens: tuple[RunRef, ...] = ()
    recent: tuple[tuple[int, bool], ...] = ()
    gone: bool = False
    skips: bool = False
    retired: RetireReason | None = None
    earlier: Trials = NO_TRIALS
    earlier_to: int = 0
    void: int = 0
    spread: bool = False

    @property
    def trials(self) -> Trials:
        """All trials since the first known failure."""
        trials = self.earlier
        for _, passed in self.recent:
            trials = trials.then(passed=passed)
        return trials

    @property
    def passes(self) -> int:
        """The passing trials since the newest failure that count."""
        return max(0, self.trials.passes - self.void)

    @property
    def is_spread(self) -> bool:
        """The same as `spread`, which older versions did not write."""
        return self.spread or len({run_ref.sha for run_ref in self.greens}) > 1

    @property
    def is_fixed(self) -> bool:
        """Whether its passes prove that nothing fails any more, whatever `close-after` says."""
        return not self.gone and self.passes_missing(close_after=2) == 0

    def passes_missing(self, close_after: int) -> int:
        """How many more runs have to pass; none if nothing more has to be seen on the branch (rule 8).

        One run proves that a missed schedule runs again.
        """
        if self.gone or (self.subject == SCHEDULE and not self.red):
            return 0
        missing = self.trials.passes_to_close(close_after) - (0 if self.red else self.passes)
        is_verified = bool(self.greens) and (self.is_spread or close_after < 2)  # noqa: PLR2004 - two commits
        return max(missing, 0 if is_verified and not self.red else 1)

    @property
    def repository(self) -> str:
        """The repository of its runs, empty if it is the one with the issues."""
        return self.last_red.repository

    @property
    def branch_key(self) -> tuple[int, str, str]:
        """What its runs have in common; the same as `Run.branch_key`."""
        return self.workflow_id, self.branch, self.subject

    @property
    def newest_known(self) -> tuple[datetime, int]:
        """The time and the id of the newest run that it holds."""
        return max((run.at, run.run_id) for run in (self.last_red, *self.greens))


@dataclass(frozen=True, slots=True)
class Flaky:
    """Why an identity counts as flaky.

    `commits` are the newest commits on which it failed and then passed, `more` counts the others. `failed` of `runs`
    runs failed. `changes` is how often the result changed from one run to the next.
    """

    commits: tuple[str, ...] = ()
    more: int = 0
    failed: int = 0
    runs: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What is known about one identity, from the runs that were read and from its open issue.

    occurrences      the failures in the runs that were read, the oldest first
    branch_statuses  its state on each branch
    first_red        the first failing run of the latest break on its branch
    last_green       the passing run before `first_red`
    green_again      the first passing run after the latest break
    cause_replaced   whether the jobs of a cause fail for another reason now, which does not show that the cause is gone
    flakes           the commits on which it failed and then passed
    recoveries       how often one branch went from failing to passing of late, each time with the same cause
    runs_missed      whether there were runs that no sweep read
    moved_on         whether nothing waits for an approval any more
    allowed          whether all that failed is allowed to fail, and so does not count any more
    job_diagnoses    what is known about the failed jobs
    present_job      the name that the job has now, if it was renamed
    matrix_jobs      how many of its matrix jobs ran in the newest failing run that was read; 0 if none was read
    unread           whether one of its jobs failed later, and no log was read that says of what
    remembered       the occurrences that the issue holds, if no run that was read holds one
    """

    identity: Identity
    occurrences: tuple[Occurrence, ...]
    branch_statuses: tuple[BranchStatus, ...]
    first_red: RunRef | None
    last_green: RunRef | None
    green_again: RunRef | None
    cause_replaced: bool = False
    flakes: tuple[str, ...] = ()
    recoveries: int = 0
    runs_missed: bool = False
    moved_on: bool = False
    allowed: bool = False
    job_diagnoses: tuple[JobDiagnosis, ...] = ()
    remembered: tuple[Occurrence, ...] = ()
    present_job: str = ""
    matrix_jobs: int = 0
    unread: bool = False

    @property
    def failing_legs(self) -> tuple[str, ...]:
        """The matrix jobs that fail now; a job without a matrix has an empty name."""
        return tuple(sorted({red.leg for status in self.branch_statuses for red in status.red}))

    @property
    def failing(self) -> bool:
        """Whether any of its jobs fails now."""
        return any(status.red for status in self.branch_statuses)

    @property
    def gone(self) -> bool:
        """Whether it is gone on every branch."""
        return bool(self.branch_statuses) and all(status.gone for status in self.branch_statuses)

    @property
    def latest(self) -> Occurrence:
        """The newest failure."""
        return max((*self.occurrences, *self.remembered), key=lambda occurrence: occurrence.order)
