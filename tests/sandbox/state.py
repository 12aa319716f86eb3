"""What the local GitHub knows: plain data, and the clock that every write is stamped with."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from sandbox import identifiers

AccountKind = Literal["User", "Bot", "Organization"]
JOBS = "jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: []\n"
"""The jobs in a workflow's file that a scenario does not write down."""

LogKind = Literal["text", "missing", "expired", "none"]

_REPOSITORY_MADE = datetime(2023, 2, 14, 9, 30, tzinfo=UTC)
_WORKFLOW_MADE = datetime(2024, 1, 8, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Account:
    """A person, a bot or an organisation, and how it stands to the repository."""

    login: str
    kind: AccountKind = "User"
    association: str = "NONE"
    name: str = ""
    email: str = ""
    number: int | None = None
    role: str = ""

    @property
    def permission(self) -> str:
        """`admin`, `write`, `read` or `none`, as the route for permissions says it."""
        return self.role or {"OWNER": "admin", "MEMBER": "write", "COLLABORATOR": "write"}.get(self.association, "read")

    @property
    def id(self) -> int:
        """The id in REST: the given number, or one made from the login."""
        return self.number or identifiers.account_id(self.login)


@dataclass(frozen=True)
class Token:
    """A token, whose it is, and what it may do.

    `repositories` are those that it was given, as `owner/name` or `owner/*`; without any it was given all there are.
    In another repository it is a guest, who may read what is public.
    """

    value: str
    login: str
    actions: Literal["none", "read", "write"] = "write"
    issues: Literal["none", "read", "write"] = "write"
    checks: Literal["none", "read"] = "read"
    contents: Literal["none", "read"] = "read"
    pull_requests: Literal["none", "read"] = "read"
    labels: bool = True
    rate_limit: int = 1000
    graphql_limit: int = 5000
    search_limit: int = 30
    repositories: tuple[str, ...] = ()
    guest: bool = False

    @cached_property
    def _given(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.repositories)

    def covers(self, repository: "Repository") -> bool:
        """Was it given this repository?"""
        names = {repository.full_name.lower(), f"{repository.owner.lower()}/*"}
        return not self.repositories or bool(self._given & names)

    def rights_in(self, repository: "Repository") -> "Token":
        """The token with what it may do in this repository."""
        if self.covers(repository):
            return self
        none = {"actions": "none", "issues": "none", "checks": "none", "contents": "none", "pull_requests": "none"}
        return replace(self, guest=True, labels=False, **none)  # type: ignore[arg-type]

    @property
    def installation(self) -> bool:
        """Is it an app's token, such as the one a workflow run gets? Then it belongs to no user."""
        return self.login.endswith("[bot]")

    @property
    def blind(self) -> bool:
        """Does it give no right at all? Then a private repository does not exist for it."""
        return self.actions == self.issues == self.checks == "none"


@dataclass(frozen=True)
class Repository:
    """A repository of the server. `pushed_at` is for those whose runs were not made yet."""

    full_name: str
    id: int
    default_branch: str = "main"
    private: bool = False
    archived: bool = False
    fork: bool = False
    topics: tuple[str, ...] = ()
    has_issues: bool = True
    description: str | None = None
    permissions: tuple[tuple[str, bool], ...] = ()
    former_names: tuple[str, ...] = ()
    issue_types: tuple[str, ...] = ()
    created_at: datetime = _REPOSITORY_MADE
    pushed_at: datetime | None = None

    @property
    def owner(self) -> str:
        """The login of the owner."""
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        """The name without the owner."""
        return self.full_name.partition("/")[2]


@dataclass(frozen=True)
class ListedRepository:
    """A repository as lists show it."""

    repository: Repository
    owner: Account
    pushed_at: datetime
    updated_at: datetime
    open_issues: int = 0


@dataclass(frozen=True)
class Workflow:
    """An entry of the workflow list."""

    id: int
    name: str
    path: str
    state: str = "active"
    created_at: datetime = _WORKFLOW_MADE
    text: str = f"on: push\n{JOBS}"

    @property
    def file(self) -> str:
        """The file name of the workflow file, by which REST finds the workflow as well."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Commit:
    """The commit a run ran on, with the files that it changed, and the number and the author of its pull request."""

    sha: str
    message: str
    author: str
    email: str
    at: datetime
    files: tuple[str, ...] = ()
    pull_request: tuple[int, str] | None = None


@dataclass(frozen=True)
class Step:
    """A step of a job."""

    name: str
    number: int
    status: str
    conclusion: str | None
    started_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True)
class Annotation:
    """A message shown on a check run."""

    message: str
    level: str = "failure"
    title: str = ""
    path: str = ".github"
    line: int = 1


@dataclass(frozen=True)
class Log:
    """The log of a job, or why there is none.

    `missing`: the redirect leads to a blob that is gone; `expired`: GitHub says 410;
    `none`: the job never wrote one, GitHub says 404.
    """

    kind: LogKind = "none"
    text: str = ""
    path: Path | None = None

    def read(self) -> bytes:
        """The bytes of the log as they were written: no newline is translated."""
        return self.path.read_bytes() if self.path else self.text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Job:
    """One job of one attempt; `id` is the number of its check run as well."""

    id: int
    name: str
    status: str
    conclusion: str | None
    created_at: datetime
    started_at: datetime
    completed_at: datetime | None
    steps: tuple[Step, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    log: Log = Log()
    runner: str = "ubuntu-latest"


@dataclass(frozen=True)
class Attempt:
    """One attempt of a run, with jobs of its own."""

    number: int
    status: str
    conclusion: str | None
    started_at: datetime
    updated_at: datetime
    actor: str
    jobs: tuple[Job, ...] = ()


@dataclass(frozen=True)
class Artifact:
    """A file that a run uploaded.

    `store` says what the store does: `ranges` sends those that are asked for, `whole` sends the file whatever is asked
    for, and in `gone` it is not there.
    """

    id: int
    name: str
    data: bytes
    created_at: datetime
    expired: bool = False
    store: str = "ranges"


@dataclass(frozen=True)
class Fork:
    """The repository a pull request came from; `deleted` when it is no more."""

    owner: str
    deleted: bool = False


@dataclass(frozen=True)
class Run:
    """A workflow run. What it shows is what its last attempt shows."""

    id: int
    workflow: Workflow
    number: int
    event: str
    branch: str | None
    commit: Commit
    name: str
    title: str
    actor: str
    created_at: datetime
    attempts: tuple[Attempt, ...]
    fork: Fork | None = None
    pull_request: int | None = None
    suite: int | None = None
    artifacts: tuple[Artifact, ...] = ()

    @property
    def last(self) -> Attempt:
        """The newest attempt."""
        return self.attempts[-1]

    @property
    def status(self) -> str:
        """The status of the newest attempt, as GitHub shows it for the run."""
        return self.last.status

    @property
    def conclusion(self) -> str | None:
        """The conclusion of the newest attempt; `None` while it goes on."""
        return self.last.conclusion

    @property
    def check_suite_id(self) -> int:
        """The id in REST: the given one, or one made from the id of the run."""
        return self.suite or identifiers.check_suite_id(self.id)


@dataclass
class Label:
    """A label of the repository."""

    name: str
    color: str = "ededed"
    description: str | None = None

    @property
    def id(self) -> int:
        """An id that is the same for names in upper and lower case."""
        return identifiers.number("label", self.name.lower(), start=7_000_000_000, span=900_000_000)


@dataclass
class Comment:
    """A comment of an issue."""

    id: int
    body: str
    login: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Closing:
    """One time that an issue was closed; `closer` is the commit that did it, if one did."""

    at: datetime
    login: str | None
    reason: str
    closer: Commit | None = None


@dataclass
class Issue:
    """An issue, or a pull request, which GitHub lists with the issues. `opened` is by the clock on the wall."""

    number: int
    title: str
    body: str | None
    login: str
    author_association: str
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    closed_at: datetime | None = None
    closed_by: str | None = None
    duplicate_of: int | None = None
    pull_request: bool = False
    id_offset: int = 0
    issue_type: str = ""
    edited_at: datetime | None = None
    editor: str | None = None
    opened: float = field(default_factory=time.monotonic, compare=False)

    @property
    def id(self) -> int:
        """An id in the range of GitHub, which is no number of an issue."""
        return 3_500_000_000 + self.id_offset + self.number * 1009


@dataclass(frozen=True)
class PlacedJob:
    """A job together with where it is."""

    run: Run
    attempt: Attempt
    job: Job


@dataclass(frozen=True)
class Pushed:
    """A commit on a branch, or on a tag, that no run shows: one push may bring several, and runs are deleted."""

    branch: str
    commit: Commit
    tag: bool = False


@dataclass
class State:
    """Everything the server knows of a repository, and the only place it is changed.

    `id_offset` is where its numbers begin: those of runs, jobs, issues and comments are no other repository's.
    """

    repository: Repository
    now: datetime
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    workflows: list[Workflow] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    pushed: list[Pushed] = field(default_factory=list)
    former_default_branches: list[str] = field(default_factory=list)
    deleted_refs: set[str] = field(default_factory=set)
    jobs: dict[int, PlacedJob] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    id_offset: int = 0
    _comment_serial: int = 0

    @property
    def listed(self) -> ListedRepository:
        """The repository as lists show it."""
        known = self.repository
        return ListedRepository(
            known,
            self.account(known.owner),
            pushed_at=max((run.created_at for run in self.runs), default=known.pushed_at or known.created_at),
            updated_at=self.now,
            open_issues=sum(issue.state == "open" for issue in self.issues.values()),
        )

    def tick(self) -> datetime:
        """The time of a write: each is one second after the one before, so order can be seen."""
        self.now += timedelta(seconds=1)
        return self.now

    def account(self, login: str) -> Account:
        """The account of a login; one nobody declared is a stranger, or a bot if its name says so."""
        return account_in(self.accounts, login)

    def know(self, account: Account) -> None:
        """Add an account, or replace what was known of it."""
        self.accounts[account.login] = account

    def add_runs(self, runs: Iterable[Run]) -> None:
        """Add runs to the history and keep it newest first."""
        for run in runs:
            self.runs.append(run)
            for attempt in run.attempts:
                self.jobs.update((job.id, PlacedJob(run, attempt, job)) for job in attempt.jobs)
        self.runs.sort(key=lambda run: (run.created_at, run.id), reverse=True)

    def replace_run(self, run: Run) -> None:
        """Put a run in the place of the one with its number, and its jobs in that of the old ones."""
        self.runs = [one for one in self.runs if one.id != run.id]
        self.jobs = {job_id: placed for job_id, placed in self.jobs.items() if placed.run.id != run.id}
        self.add_runs([run])

    def run_again(self, run: Run, login: str) -> None:
        """Begin another attempt: what did not pass waits for a runner, the other jobs are listed again as they were."""
        at = self.tick()
        self.account(login)
        taken = set(self.jobs)
        jobs = []
        for job in run.last.jobs:
            job_id = identifiers.job_id(at, taken, self.id_offset)
            taken.add(job_id)
            jobs.append(replace(job, id=job_id) if job.conclusion == "success" else _waiting(job, job_id, at))
        attempt = Attempt(run.last.number + 1, "queued", None, at, at, login, tuple(jobs))
        self.replace_run(replace(run, attempts=(*run.attempts, attempt)))

    def remove_runs(self, before: datetime) -> None:
        """Let go of old runs, as GitHub does after a while."""
        self.runs = [one for one in self.runs if one.created_at >= before]
        self.jobs = {job_id: placed for job_id, placed in self.jobs.items() if placed.run.created_at >= before}

    def run(self, run_id: int) -> Run | None:
        """The run of that number."""
        return next((run for run in self.runs if run.id == run_id), None)

    def workflow(self, reference: str) -> Workflow | None:
        """The workflow with that number, file name or path."""
        return next(
            (w for w in self.workflows if reference in (str(w.id), w.file, w.path)),
            None,
        )

    def label(self, name: str) -> Label | None:
        """The label of that name; GitHub minds no case."""
        return self.labels.get(name.lower())

    def ensure_labels(self, names: Iterable[str]) -> list[str]:
        """The names as the repository spells them, each once; an unknown label is made on the way."""
        spelled: dict[str, None] = {}
        for name in names:
            label = self.labels.setdefault(name.lower(), Label(name))
            spelled[label.name] = None
        return list(spelled)

    def open_issue(self, title: str, body: str | None, login: str) -> Issue:
        """Open an issue under the next free number."""
        at = self.tick()
        issue = Issue(
            number=max(self.issues, default=0) + 1,
            title=title,
            body=body,
            login=login,
            author_association=self.account(login).association,
            created_at=at,
            updated_at=at,
            id_offset=self.id_offset,
        )
        self.issues[issue.number] = issue
        return issue

    def edit_body(self, issue: Issue, body: str | None, login: str) -> None:
        """Change the body of an issue in somebody's name; the same body again is no edit."""
        if body != issue.body:
            issue.body, issue.editor, issue.edited_at = body, login, issue.updated_at

    def comment(self, issue: Issue, body: str, login: str, at: datetime | None = None) -> Comment:
        """Add a comment to an issue."""
        at = at or self.tick()
        self._comment_serial += 1
        comment = Comment(3_600_000_000 + self.id_offset + self._comment_serial, body, login, at, at)
        self.account(login)
        issue.comments.append(comment)
        issue.updated_at = max(issue.updated_at, at)
        return comment

    def close(self, issue: Issue, closing: Closing) -> None:
        """Close an issue; a closed one takes the new reason."""
        if issue.state == "open":
            issue.closed_at, issue.closed_by = closing.at, closing.login
            issue.closings.append(closing)
        issue.state, issue.state_reason = "closed", closing.reason
        issue.updated_at = closing.at

    def reopen(self, issue: Issue, at: datetime) -> None:
        """Open a closed issue again."""
        issue.state, issue.state_reason = "open", "reopened"
        issue.closed_at = issue.closed_by = None
        issue.updated_at = at

    def change_repository(self, **changes: object) -> None:
        """Replace fields of the repository, such as `archived`."""
        self.repository = replace(self.repository, **changes)  # type: ignore[arg-type]


def account_in(accounts: dict[str, Account], login: str) -> Account:
    """The account of a login; one nobody declared is a stranger, or a bot if its name says so."""
    return accounts.setdefault(login, Account(login, "Bot" if login.endswith("[bot]") else "User"))


def _waiting(job: Job, job_id: int, at: datetime) -> Job:
    """A job that no runner has taken yet."""
    return Job(job_id, job.name, "queued", None, at, at, None, runner=job.runner)
