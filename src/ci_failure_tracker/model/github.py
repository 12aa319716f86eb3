"""What GitHub answers, as types of the project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

SCHEDULE = "its schedule"
"""The subject of runs that stand for the schedule of a workflow; runs with other subjects say nothing about it."""

ALL_JOBS = "*"
"""The name of the job if one issue stands for a whole workflow."""


def in_repository(repository: str, name: str) -> str:
    """The name of something in a repository, such as `octo-org/api: CI`; without a repository, the name alone."""
    return f"{repository}: {name}" if repository else name


def own_name(repository: str, name: str) -> str:
    """The same name without the repository."""
    return name.removeprefix(f"{repository}: ") if repository else name


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository with the runs and the issues. `private` is `None` if GitHub does not say whether it is.

    An internal repository of an enterprise is private.
    """

    full_name: str
    url: str
    default_branch: str
    archived: bool
    has_issues: bool
    private: bool | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow; only the list of workflows has its true name.

    `changed_at` is when GitHub last changed its data, such as its state; `None` if it is not from the list.
    `node_id` is its id in GraphQL, empty if it is not known. `repository` is the owner/name of its repository if issues
    of several repositories are in one: then the name of the workflow begins with it. Else it is empty.
    """

    id: int
    name: str
    path: str
    state: str = "active"
    changed_at: datetime | None = None
    node_id: str = ""
    repository: str = ""

    @property
    def file_name(self) -> str:
        """The last part of the path, such as `ci.yml`."""
        return self.path.rpartition("/")[2]

    def is_called(self, asked: str) -> bool:
        """Whether a name, a file name or a glob that a person wrote means this workflow."""
        names = (self.name, own_name(self.repository, self.name), self.file_name, self.path)
        # An equal name comes first, for a name may hold the signs of a glob.
        return asked in names or any(fnmatchcase(name.casefold(), asked.casefold()) for name in names)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and the first line of its message."""

    sha: str
    title: str


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run with its newest attempt; times are in UTC.

    `subject` is what a dynamic workflow such as Dependabot's works on in this run; a run says nothing about other
    subjects. `check_suite_id` is the GraphQL id of the check suite that holds its jobs, `node_id` that of the run. They
    are empty if the server has none. `branch` is the name of its branch or tag. `status_ref` is the ref whose branch
    status holds the run, empty if it is the branch itself. `started_by` is the login that started the newest attempt,
    empty if GitHub does not say it.
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
    node_id: str = ""
    status_ref: str = ""
    started_by: str = ""

    @property
    def repository(self) -> str:
        """The repository of its workflow, empty if that is the one with the issues."""
        return self.workflow.repository

    @property
    def branch_key(self) -> tuple[int, str, str]:
        """The same for runs of which a newer one replaces an older one; not even workflows of one name share it."""
        return self.workflow.id, self.status_ref or self.branch, self.subject

    @property
    def order(self) -> tuple[datetime, int]:
        """The order in which runs were created; a re-run of an old commit keeps its place."""
        return self.created_at, self.id

    @property
    def finished(self) -> bool:
        """Whether the run has ended; its conclusion changes only if someone runs it again."""
        return self.status == "completed"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job; times are in UTC."""

    number: int
    name: str
    conclusion: str | None
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation of a job, from a problem matcher, a step or GitHub itself.

    `level` is `notice`, `warning` or `failure`. `path` and `line` are its place in the repository; GitHub's own
    annotations have the path `.github`.
    """

    level: str
    message: str
    title: str = ""
    path: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a run; each job of a matrix is one. Times are in UTC.

    `attempt` is the attempt under which GitHub lists it. A job that passed keeps no steps. `annotations` are `None` if
    they were not read with the job. `status` says where a job without a conclusion stands, such as `queued`.
    """

    id: int
    name: str
    conclusion: str | None
    steps: tuple[Step, ...] = ()
    attempt: int = 1
    completed_at: datetime | None = None
    started_at: datetime | None = None
    annotations: tuple[Annotation, ...] | None = None
    status: str = "completed"


@dataclass(frozen=True, slots=True)
class RunJobs:
    """The jobs of all attempts of one run."""

    run_id: int
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue on GitHub; times are in UTC.

    An empty `author` means that GitHub does not say who it is. The `issue_type` is empty if it has none, or if GitHub
    does not say it.
    """

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
    database_id: int | None = None
    assignees: tuple[str, ...] = ()
    issue_type: str = ""

    def has_label(self, name: str) -> bool:
        """Whether it has a label; upper and lower case are the same in names of labels."""
        return name.casefold() in (label.casefold() for label in self.labels)


@dataclass(frozen=True, slots=True)
class Closer:
    """The commit that closed an issue, by its message or by its pull request, on a branch."""

    sha: str
    committed_at: datetime
    branch: str
