"""What was seen of one thing that fails, over all runs looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.diagnosis import JobDiagnosis, LogUnavailable
from ci_failure_tracker.model.github import Commit, Outcome, Run, Step


class IdentityKind(StrEnum):
    """What an identity is.

    JOB       a job of a workflow, with all legs of its matrix or one of them
    WORKFLOW  all jobs of a workflow
    CAUSE     one cause, in whatever jobs it shows
    RUN       runs that have no jobs, such as those that did not start
    SCHEDULE  a workflow that does not run when it should
    """

    JOB = "job"
    WORKFLOW = "workflow"
    CAUSE = "cause"
    RUN = "run"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Observation:
    """One job of one run attempt with its outcome; `None` where it says nothing (skipped, neutral).

    A run that was green as a whole is one observation without a job: its jobs were not read. A run that has none, and a
    schedule, stand for themselves: `kind` says so, and `job` is named after what happened. `step` is the one that
    failed, `job_diagnosis` what is known of the cause. `known` says that the run was not read again, because the open
    issues hold all that it said of what they stand for.
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


@dataclass(frozen=True, slots=True)
class Identity:
    """What an issue stands for.

    `kind` says what it is; `job` is its name, and says nothing else. `cause` is the signature where it is one cause, in
    whatever jobs it shows.
    """

    id: str
    workflow: str
    job: str
    cause: str = ""
    kind: IdentityKind = IdentityKind.JOB

    @property
    def is_whole_workflow(self) -> bool:
        """Whether one issue holds all jobs of the workflow."""
        return self.kind is IdentityKind.WORKFLOW

    @property
    def job_or_all(self) -> str:
        """The name of the job, or that it is all jobs."""
        return "all jobs" if self.is_whole_workflow else self.job

    @property
    def waits_for_approval(self) -> bool:
        """Whether it stands for runs that somebody has to approve."""
        return self.kind is IdentityKind.RUN and self.job == Outcome.ACTION_REQUIRED.words


@dataclass(frozen=True, slots=True)
class FailedLeg:
    """One failed job of an occurrence; `leg` is empty where the job has no matrix.

    `signature` is empty as long as the cause is not known, `log_unavailable` says that there was no log. `outcome` is
    set where the job ended otherwise than GitHub's conclusion says.
    """

    leg: str
    job_id: int | None
    step: str | None
    signature: str = ""
    log_unavailable: LogUnavailable | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One failed run attempt of an identity, with its failed legs; `hidden_legs` more are only counted.

    `source` is the workflow's file, or what a dynamic workflow worked on: several may share one name.
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

    @property
    def key(self) -> tuple[int, int]:
        """What it is counted by: never twice."""
        return self.run_id, self.attempt

    @property
    def order(self) -> tuple[datetime, int, int]:
        """A total order by the time at which the run ended."""
        return self.ended_at, self.run_id, self.attempt


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run at which an identity turned green or red."""

    run_id: int
    number: int
    sha: str
    at: datetime


OTHER_LEGS = "…"
"""Stands for the red legs of a large matrix that an issue cannot name one by one."""


@dataclass(frozen=True, slots=True)
class RedLeg:
    """A leg that was red when it was last seen: in which run, under which event, and when that run was created."""

    leg: str
    event: str
    run_id: int
    attempt: int
    at: datetime

    @property
    def order(self) -> tuple[datetime, int, int]:
        """A total order by the time at which the run was created: a re-run of an old commit stays old."""
        return self.at, self.run_id, self.attempt


@dataclass(frozen=True, slots=True)
class BranchStatus:
    """What is known of an identity in one line of runs, in which a newer run speaks for an older one.

    `red` are the legs that were red when last seen, `last_red` is the newest run in which one failed. `greens` are the
    green runs since, the oldest first, each on a commit of its own that no failure was on; they are the proof that it
    is mended. `recent` are the newest runs that said anything, as their first attempts ended: true for green. `gone`
    says that the line has no more runs of this identity to come: its job or its workflow is no more. `skips` says that
    runs were green without it, so that one whose jobs were not read proves nothing.
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

    @property
    def branch_key(self) -> tuple[int, str, str]:
        """What its runs have in common; the same as `Run.stream`."""
        return self.workflow_id, self.branch, self.subject

    @property
    def newest_known(self) -> tuple[datetime, int]:
        """The newest run that it knows of."""
        return max((point.at, point.run_id) for point in (self.last_red, *self.greens))


@dataclass(frozen=True, slots=True)
class Flaky:
    """Why something is taken to be flaky.

    `commits` are the newest of those on which it failed and then passed, `more` counts the others. `failed` of `seen`
    runs were red at their first attempt, `changes` is how often it turned from one to the other among them.
    """

    commits: tuple[str, ...] = ()
    more: int = 0
    failed: int = 0
    runs: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What the runs looked at say of one identity, together with what its open issue remembers.

    `occurrences` go from the oldest to the newest; where none was seen, `remembered` has those that the issue keeps.
    `first_red` and `last_green` bound the latest break on its branch, `green_again` is the first green after it;
    `replaced` says that the jobs of a cause fail of something else now, which proves nothing of the cause. `flakes`
    are the commits on which a failed attempt was followed by a green one. `missed` says that runs went by unseen.
    `moved_on` says that what waited for somebody waits no more. `job_diagnoses` hold what is known of the failed jobs.
    """

    identity: Identity
    occurrences: tuple[Occurrence, ...]
    branch_statuses: tuple[BranchStatus, ...]
    first_red: RunRef | None
    last_green: RunRef | None
    green_again: RunRef | None
    cause_replaced: bool = False
    flakes: tuple[str, ...] = ()
    runs_missed: bool = False
    moved_on: bool = False
    job_diagnoses: tuple[JobDiagnosis, ...] = ()
    remembered: tuple[Occurrence, ...] = ()

    @property
    def failing_legs(self) -> tuple[str, ...]:
        """The legs that were red when last seen; a job without a matrix is the leg with the empty name."""
        return tuple(sorted({red.leg for line in self.branch_statuses for red in line.red}))

    @property
    def failing(self) -> bool:
        """Whether any leg was red when it was last seen."""
        return any(line.red for line in self.branch_statuses)

    @property
    def gone(self) -> bool:
        """Whether nothing is left that could fail."""
        return bool(self.branch_statuses) and all(line.gone for line in self.branch_statuses)

    @property
    def latest(self) -> Occurrence:
        """The newest failure."""
        return max((*self.occurrences, *self.remembered), key=lambda one: one.order)
