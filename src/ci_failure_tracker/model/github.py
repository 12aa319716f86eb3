"""What GitHub answered, as the project's own types."""

from __future__ import annotations

from dataclasses import dataclass
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
    MISSED_SCHEDULE = "silent"

    @staticmethod
    def of(conclusion: str | None) -> Outcome | None:
        """The outcome behind GitHub's conclusion of a run, a job or a step.

        `None` for what neither passed nor failed: skipped, neutral, stale, and what has no conclusion yet.
        """
        return _BY_CONCLUSION.get(conclusion or "")

    @property
    def words(self) -> str:
        """The outcome as a person says it."""
        return self.value.replace("_", " ")

    @property
    def shown_as_another(self) -> bool:
        """Whether GitHub may conclude a job that ended so, and that failed, as failed or cancelled."""
        return self in {Outcome.TIMED_OUT, Outcome.RUNNER_LOST}


_BY_CONCLUSION = {
    one.value: one
    for one in (
        Outcome.SUCCESS,
        Outcome.FAILURE,
        Outcome.TIMED_OUT,
        Outcome.CANCELLED,
        Outcome.ACTION_REQUIRED,
        Outcome.STARTUP_FAILURE,
    )
}


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
    """A workflow as the workflow list names it; the only true source of its name.

    `changed_at` is when GitHub last changed what it knows of it, its state for one; only the list tells.
    """

    id: int
    name: str
    path: str
    state: str = "active"
    changed_at: datetime | None = None

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
    `suite` is the GraphQL id of the check suite that holds its jobs.
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
    check_suite_id: str = ""

    @property
    def branch_key(self) -> tuple[int, str, str]:
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
class Annotation:
    """An annotation of a check run: what a problem matcher, a step or GitHub itself said about a job."""

    level: str
    message: str
    title: str = ""
    path: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a run, a leg of a matrix included; `attempt` is the one that GitHub lists it under.

    Of a job that was green no steps are kept. `annotations` are `None` where they did not come with it.
    """

    id: int
    name: str
    conclusion: str | None
    steps: tuple[Step, ...] = ()
    attempt: int = 1
    completed_at: datetime | None = None
    started_at: datetime | None = None
    annotations: tuple[Annotation, ...] | None = None


@dataclass(frozen=True, slots=True)
class RunJobs:
    """The jobs of one run."""

    run_id: int
    jobs: tuple[Job, ...]


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
    title: str = ""

    def has_label(self, name: str) -> bool:
        """Whether it carries a label; GitHub knows no upper and lower case in their names."""
        return name.casefold() in (label.casefold() for label in self.labels)
