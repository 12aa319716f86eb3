"""The words of the project as types: what GitHub answered, what was seen in it, what is to be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

SCHEDULE = "its schedule"
"""The subject of the line in which a workflow's schedule is judged: no other run speaks for it."""

ALL_JOBS = "*"
"""Stands for the job where one issue holds a whole workflow."""


class Outcome(StrEnum):
    """How a run or a job ended, in one vocabulary for both."""

    SUCCESS = "success"
    FAILURE = "failure"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    ACTION_REQUIRED = "action_required"
    STARTUP_FAILURE = "startup_failure"
    RUNNER_LOST = "runner_lost"
    SILENT = "silent"

    @property
    def words(self) -> str:
        """The outcome as a person says it."""
        return self.value.replace("_", " ")


# --- what GitHub answered ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the runs are, and the issues."""

    full_name: str
    url: str
    default_branch: str
    archived: bool
    has_issues: bool


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow as the workflow list names it; the only true source of its name."""

    id: int
    name: str
    path: str
    state: str = "active"

    @property
    def file_name(self) -> str:
        """`ci.yml` of `.github/workflows/ci.yml`."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and the first line of its message."""

    sha: str
    title: str


@dataclass(frozen=True, slots=True)
class Run:
    """The newest attempt of one workflow run.

    `subject` is what a dynamic workflow such as Dependabot's works on in this run; one subject says nothing of another.
    """

    id: int
    number: int
    attempt: int
    workflow: Workflow
    event: str
    branch: str
    commit: Commit
    status: str
    conclusion: str | None
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    from_fork: bool
    subject: str = ""

    @property
    def stream(self) -> tuple[int, str, str]:
        """Runs in which a newer one speaks for an older one; two workflows may share a name, but not this."""
        return self.workflow.id, self.branch, self.subject

    @property
    def order(self) -> tuple[datetime, int]:
        """As the runs were created: a re-run of an old commit does not become a new one."""
        return self.created_at, self.id

    @property
    def finished(self) -> bool:
        """Whether the run has a conclusion that will not change by itself."""
        return self.status == "completed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job, and when it ran, in UTC."""

    number: int
    name: str
    conclusion: str | None
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a run, a leg of a matrix included; `attempt` is the one that GitHub lists it under."""

    id: int
    name: str
    conclusion: str | None
    steps: tuple[Step, ...] = ()
    attempt: int = 1
    completed_at: datetime | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as it stands on GitHub."""

    number: int
    url: str
    body: str
    open: bool
    state_reason: str | None
    closed_at: datetime | None
    author: str
    author_is_bot: bool
    author_association: str
    labels: tuple[str, ...] = ()
    created_at: datetime | None = None

    def has_label(self, name: str) -> bool:
        """Whether it carries a label; GitHub knows no upper and lower case in their names."""
        return name.casefold() in (label.casefold() for label in self.labels)


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation of a check run: what a problem matcher, a step or GitHub itself said about a job."""

    level: str
    message: str
    title: str = ""
    path: str = ""
    line: int | None = None


class Gravity(StrEnum):
    """How loud a problem is said; an error also changes the exit code, a notice asks for nothing."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong without stopping the sweep, and how to mend it."""

    gravity: Gravity
    what: str
    advice: str = ""

    def __str__(self) -> str:
        """One line for a log or an annotation."""
        return f"{self.what} {self.advice}".strip()


@dataclass(frozen=True, slots=True)
class Window:
    """How far the look went: runs of forks left out, runs whose jobs could not be read.

    `partial` says that something is unknown: the list was cut short, or jobs could not be read. Of the time since
    `start` every run that fits the filters was listed; without it they were all listed.
    """

    forks: int
    unread: int
    partial: bool
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """All that was read from GitHub in one sweep.

    `jobs` holds the jobs of the runs whose jobs had to be read, by run id; a run that is not in it was
    either green, or has no jobs, or is named in `problems`. `readings` hold what the logs of failed jobs say,
    `commits` what came between the last green run and the first red one. `workflows` are all that the repository has,
    whatever the filters say. `schedules` tell of workflows that should have run by themselves.
    """

    repository: Repository
    runs: tuple[Run, ...]
    jobs: tuple[RunJobs, ...]
    issues: tuple[Issue, ...]
    viewer: str | None
    window: Window
    problems: tuple[Problem, ...]
    readings: tuple[Reading, ...] = ()
    logs: LogsRead = field(default_factory=lambda: LogsRead())  # noqa: PLW0108 - it is declared further down
    workflows: tuple[Workflow, ...] = ()
    commits: tuple[CommitsBetween, ...] = ()
    schedules: tuple[Schedule, ...] = ()


@dataclass(frozen=True, slots=True)
class RunJobs:
    """The jobs of one run."""

    run_id: int
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A commit between the last green run and the first red one; `author` is a login, or a name where there is none."""

    sha: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class CommitsBetween:
    """The commits after one commit up to another, the newest first; `more` says that there are more than are known.

    `green` and `red` are full hashes. `known` is false where GitHub no longer has one of them, after a forced push.
    """

    green: str
    red: str
    commits: tuple[Suspect, ...] = ()
    more: bool = False
    known: bool = True


class Quiet(StrEnum):
    """Why a workflow does not run on its schedule."""

    DISABLED = "disabled_inactivity"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is known of a workflow that should run by itself: that it is quiet, and why, or that it ran.

    `last` is its newest scheduled run, where one is known. `due` is the moment by which it should have run, in UTC:
    after `last`, the third time that its cron expressions name; when it was noticed, where these are not known.
    """

    workflow: Workflow
    quiet: Quiet | None
    due: datetime
    last: Run | None = None
    crons: tuple[str, ...] = ()


# --- why it failed -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineRange:
    """Lines of a log, numbered from 1 over `text.split("\n")`; both ends belong to it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One line of an excerpt, cleaned and redacted; `left_out` says how many lines were left out before it.

    `repeats` counts the lines like this one that are folded into it.
    """

    number: int
    text: str
    left_out: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a job failed, read from its log or from its annotations.

    `headline` and `lines` are cleaned of control characters and redacted, but not yet safe as Markdown. `ranges` are
    the lines of the log that `lines` came from; both are empty where the log says nothing. `signature` is the same
    whenever the cause is. `outcome` is what the log itself says of how the job ended.
    """

    headline: str
    lines: tuple[ExcerptLine, ...]
    ranges: tuple[LineRange, ...]
    signature: str
    outcome: Outcome


class Absence(StrEnum):
    """Why a job has no log to read: GitHub's answer, or that there is nothing in it."""

    NOT_FOUND = "404"
    GONE = "410"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class WantedLog:
    """A failed job whose log is worth reading; `name` says which, as in "test (3.12) of run 7 of CI".

    `counts` is false where it is a failure only if the reading says so: a cancelled job may have met its time limit.
    """

    job_id: int
    name: str
    step: Step | None
    outcome: Outcome
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """The logs to read, the most telling first, and how many more there would be over the budget."""

    logs: tuple[WantedLog, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of why one job failed: read in this sweep, or remembered by an issue.

    `signature` is empty where the cause is not known, `outcome` is what the log or the annotations say of the end.
    `absence` says why there was no log; where the cause is known all the same, annotations told it. `step` is the
    number of the failed step. `diagnosis` is there only in the sweep that made it.
    """

    job_id: int
    signature: str = ""
    headline: str = ""
    outcome: Outcome | None = None
    absence: Absence | None = None
    step: int | None = None
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class LogsRead:
    """How many logs were read in a sweep, and how many bytes; how many were not there, not readable, over the budget.

    A log that is not there is `absent` whether or not annotations stood in for it.
    """

    read: int = 0
    size: int = 0
    absent: int = 0
    unread: int = 0
    left_out: int = 0


# --- what was seen in it -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Observation:
    """One job of one run attempt with its outcome; `None` where it says nothing (skipped, neutral).

    A run that was green as a whole is one observation without a job: its jobs were not read. `step` is the one that
    failed, `reading` what is known of the cause.
    """

    run: Run
    outcome: Outcome | None
    job: str | None = None
    job_id: int | None = None
    step: Step | None = None
    attempt: int = 1
    ended_at: datetime | None = None
    reading: Reading | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What an issue stands for; `cause` is a signature where it is one cause, in whatever jobs it shows."""

    id: str
    workflow: str
    job: str
    cause: str = ""

    @property
    def is_whole_workflow(self) -> bool:
        """Whether one issue holds all jobs of the workflow."""
        return self.job == ALL_JOBS


@dataclass(frozen=True, slots=True)
class FailedLeg:
    """One failed job of an occurrence; `leg` is empty where the job has no matrix.

    `signature` is empty as long as the cause is not known, `absence` says that there was no log. `outcome` is set where
    the job ended otherwise than GitHub's conclusion says.
    """

    leg: str
    job_id: int | None
    step: str | None
    signature: str = ""
    absence: Absence | None = None
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
class Point:
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
class Line:
    """What is known of an identity in one line of runs, in which a newer run speaks for an older one.

    `red` are the legs that were red when last seen, `last_red` is the newest run in which one failed. `greens` are the
    green runs since, the oldest first, each on a commit of its own that no failure was on; they are the proof that it
    is mended. `recent` are the newest runs that said anything, as their first attempts ended: true for green. `gone`
    says that the line has no more runs of this identity to come: its job, its workflow or its branch is no more.
    """

    workflow_id: int
    branch: str
    subject: str
    red: tuple[RedLeg, ...]
    last_red: Point
    greens: tuple[Point, ...] = ()
    recent: tuple[tuple[int, bool], ...] = ()
    gone: bool = False

    @property
    def stream(self) -> tuple[int, str, str]:
        """What its runs have in common; the same as `Run.stream`."""
        return self.workflow_id, self.branch, self.subject

    @property
    def known_to(self) -> tuple[datetime, int]:
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
    seen: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What the runs looked at say of one identity, together with what its open issue remembers.

    `occurrences` go from the oldest to the newest; where none was seen, `remembered` has those that the issue keeps.
    `first_red` and `last_green` bound the latest break on its branch, `green_again` is the first green after it;
    `replaced` says that the jobs of a cause fail of something else now, which proves nothing of the cause. `flakes`
    are the commits on which a failed attempt was followed by a green one. `missed` says that runs went by unseen.
    `moved_on` says that what waited for somebody waits no more. `readings` hold what is known of the failed jobs.
    """

    identity: Identity
    occurrences: tuple[Occurrence, ...]
    lines: tuple[Line, ...]
    first_red: Point | None
    last_green: Point | None
    green_again: Point | None
    replaced: bool = False
    flakes: tuple[str, ...] = ()
    missed: bool = False
    moved_on: bool = False
    readings: tuple[Reading, ...] = ()
    remembered: tuple[Occurrence, ...] = ()

    @property
    def failing_legs(self) -> tuple[str, ...]:
        """The legs that were red when last seen; a job without a matrix is the leg with the empty name."""
        return tuple(sorted({red.leg for line in self.lines for red in line.red}))

    @property
    def failing(self) -> bool:
        """Whether any leg was red when it was last seen."""
        return any(line.red for line in self.lines)

    @property
    def gone(self) -> bool:
        """Whether nothing is left that could fail."""
        return bool(self.lines) and all(line.gone for line in self.lines)

    @property
    def latest(self) -> Occurrence:
        """The newest failure."""
        return max((*self.occurrences, *self.remembered), key=lambda one: one.order)


@dataclass(frozen=True, slots=True)
class LegCount:
    """How often one leg failed, and when last."""

    leg: str
    count: int
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """Why jobs of an issue failed: one cause, in how many failed jobs it was found, and when first and last."""

    signature: str
    headline: str
    count: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an issue shows of a log: that of the newest failure whose cause is known.

    `step` is the number of the failed step. With an `absence` there was no log, and the lines are annotations.
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
    absence: Absence | None = None

    @property
    def order(self) -> tuple[datetime, int, int]:
        """That of its occurrence."""
        return self.ended_at, self.run_id, self.attempt


MOST_PROOF = 20
"""Green runs that an issue ever waits for, and remembers."""


class Ending(StrEnum):
    """Why the tracker closed an issue."""

    RECOVERED = "recovered"
    GONE = "gone"
    MOVED_ON = "moved on"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Closing:
    """How and when the tracker closed an issue."""

    ending: Ending
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """What an issue remembers in its marker; its body is rendered from this.

    `counted_to` is the order of the newest occurrence that was dropped from `occurrences`: what is not newer
    has been counted. `legs_cut` says that `legs` leaves some out. `causes` are those seen last, the newest first;
    `other_causes` counts the failed jobs whose cause is no longer among them.

    `lines` hold what is failing and what has been proven since, `lines_cut` that some of them had to be forgotten.
    `missed` says that runs went by unseen, so that the counts are the least there were. `closed` is how the tracker
    closed the issue; where it is open all the same, a person opened it again, and from `reopened_at` on only what
    comes later is a proof. `week_told` and `cause_told` keep comments from being said twice. `suspects` are the
    commits of the latest break, `related` the issues of the jobs that share one cause. `relapses` counts how often it
    was closed with proof and failed again.
    """

    identity: Identity
    count: int
    first_seen: datetime
    last_seen: datetime
    legs: tuple[LegCount, ...]
    occurrences: tuple[Occurrence, ...]
    legs_cut: bool = False
    counted_to: tuple[datetime, int, int] | None = None
    last_green: Point | None = None
    first_red: Point | None = None
    green_again: Point | None = None
    gone: bool = False
    replaced: bool = False
    previous: int | None = None
    causes: tuple[Cause, ...] = ()
    other_causes: int = 0
    evidence: Evidence | None = None
    lines: tuple[Line, ...] = ()
    lines_cut: bool = False
    flaky: Flaky | None = None
    missed: bool = False
    closed: Closing | None = None
    reopened_at: datetime | None = None
    week_told: bool = False
    cause_told: datetime | None = None
    suspects: CommitsBetween | None = None
    related: tuple[int, ...] = ()
    relapses: int = 0

    def greens_needed(self, close_after: int) -> int:
        """On how many commits it has to be green: on twice as many where it is flaky (rule 8).

        Each time that was not enough, and it came back, it takes twice as many again: one that is rarely red would
        otherwise be closed and opened over and over.
        """
        if self.flaky is None:
            return close_after
        return min(2 * close_after << self.relapses, max(MOST_PROOF, 2 * close_after))

    @property
    def is_duplicate(self) -> bool:
        """Whether the tracker closed the issue because another one stands for the same."""
        return self.closed is not None and self.closed.ending is Ending.DUPLICATE

    @property
    def latest(self) -> Occurrence:
        """The newest failure."""
        return self.occurrences[-1]


# --- what is to be done --------------------------------------------------------------------------


class Why(StrEnum):
    """The kind of reason for which nothing is done."""

    UNCHANGED = "unchanged"
    GREEN = "green"
    TOO_FEW = "too few failures"
    OVER_CAP = "over the cap"
    CLOSED_BY_PERSON = "closed by a person"
    OLDER_THAN_CLOSING = "older than the closing"
    UNREADABLE = "unreadable"
    NO_ROOM = "no room"
    BAD_TEMPLATE = "bad template"
    SAME_ID = "same id"
    CAUSE_UNKNOWN = "cause not known yet"
    STORM = "part of a storm"


@dataclass(frozen=True, slots=True)
class Create:
    """Open a new issue."""

    identity: Identity
    reason: str
    title: str
    body: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """Write the body of an open issue anew; then put `labels` on it and say the `comment`, where there are any."""

    identity: Identity
    reason: str
    number: int
    body: str
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open a closed issue again, with its body brought up to date."""

    identity: Identity
    reason: str
    number: int
    body: str
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """Close an open issue, with its body brought up to date; `state_reason` is GitHub's."""

    identity: Identity
    reason: str
    number: int
    body: str
    state_reason: str
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave everything as it is, and say why."""

    identity: Identity
    reason: str
    why: Why
    number: int | None = None


Change = Update | Reopen | Close
Action = Create | Change | Skip


@dataclass(frozen=True, slots=True)
class Failing:
    """One thing that is broken now, as the summary shows it."""

    identity: Identity
    outcome: Outcome
    count: int
    since: datetime
    run_id: int
    run_number: int
    branch: str
    legs: tuple[str, ...]
    headline: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep would do, each action with its reason, and what it found to be failing."""

    actions: tuple[Action, ...]
    failing: tuple[Failing, ...]
    problems: tuple[Problem, ...]


class Fate(StrEnum):
    """What became of an action at the door."""

    DONE = "done"
    FAILED = "failed"
    PLANNED = "planned"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Result:
    """An action and what became of it; `number` and `url` are the issue's where there is one."""

    action: Action
    fate: Fate
    number: int | None = None
    url: str | None = None
    problems: tuple[Problem, ...] = ()
