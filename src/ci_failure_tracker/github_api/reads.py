"""What is read from GitHub, as the project's own types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from github.GithubException import UnknownObjectException
from github.GithubObject import NotSet
from github.Issue import Issue as GithubIssue
from github.Repository import Repository as GithubRepository
from github.Workflow import Workflow as GithubWorkflow
from github.WorkflowJob import WorkflowJob
from github.WorkflowRun import WorkflowRun

from ci_failure_tracker.errors import NoSuchRepositoryError
from ci_failure_tracker.github_api.client import Endpoints, MeteredRequester, translated, unread_repository
from ci_failure_tracker.model import Commit, Issue, Job, Repository, Run, Step, Workflow

_ACTIONS = "actions: read"
_PULL_REQUEST = re.compile(r"/pull/\d+$")


class Reads:
    """Reads one repository."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints, name: str) -> None:
        """Nothing is asked yet; `name` is owner/name."""
        self._requester = requester
        self._endpoints = endpoints
        self._name = name
        self._repository = unread_repository(requester, name)
        self._workflows: dict[int, GithubWorkflow] = {}

    @property
    def requests_made(self) -> int:
        """How many requests this sweep has sent so far, writes included."""
        return self._requester.requests_made

    @property
    def requests_left(self) -> int | None:
        """How many GitHub leaves to this token for now."""
        return self._requester.requests_left

    def repository(self) -> Repository:
        """The repository itself.

        Raises:
            NoSuchRepositoryError: where there is none, or the token may not see it.
        """
        with translated(f"read the repository {self._name}", "metadata: read"):
            try:
                headers, data = self._requester.requestJsonAndCheck("GET", f"/repos/{self._name}")
            except UnknownObjectException as error:
                raise NoSuchRepositoryError(self._name) from error
            if "full_name" not in data:
                raise TypeError("the answer is no repository")
            self._repository = GithubRepository(self._requester, headers, data, completed=True)
            return Repository(
                full_name=self._repository.full_name,
                url=self._repository.html_url,
                default_branch=self._repository.default_branch,
                archived=self._repository.archived,
                has_issues=self._repository.has_issues,
            )

    def workflows(self) -> tuple[Workflow, ...]:
        """Every workflow the repository has or had."""
        with translated("list the workflows", _ACTIONS):
            self._workflows = {found.id: found for found in self._repository.get_workflows()}
            return tuple(Workflow(found.id, found.name, found.path) for found in self._workflows.values())

    def runs(
        self, workflow: Workflow | None, branch: str | None, event: str | None, created: str | None
    ) -> Iterator[Run]:
        """The runs of one workflow or of all, newest first, page by page as they are asked for."""
        given = {"branch": branch or NotSet, "event": event or NotSet, "created": created or NotSet}
        with translated("list the workflow runs", _ACTIONS):
            if workflow is None:
                listing = self._repository.get_workflow_runs(**given)  # type: ignore[arg-type]
            else:
                listing = self._workflows[workflow.id].get_runs(**given)  # type: ignore[arg-type]
            for found in listing:
                yield self._run(found)

    def jobs(self, run: Run) -> tuple[Job, ...]:
        """The jobs of a run's newest attempt, with their steps."""
        with translated("read the jobs of a run", _ACTIONS):
            url = f"{self._repository.url}/actions/runs/{run.id}"
            found = WorkflowRun(self._requester, {}, {"url": url, "jobs_url": f"{url}/jobs"}, completed=True)
            return tuple(_job(job) for job in found.jobs())

    def issues(self, label: str) -> tuple[Issue, ...]:
        """Every issue with a label, open or closed; never by search, which lags behind."""
        with translated("list the issues", "issues: read"):
            return tuple(
                _issue(found)
                for found in self._repository.get_issues(state="all", labels=[label])
                # Asking for `pull_request` would cost a request for each issue that is none.
                if not _PULL_REQUEST.search(found.html_url)
            )

    def viewer(self) -> str:
        """The login that the token belongs to; asked by GraphQL because `/user` refuses the job's own token."""
        with translated("ask for the token's own login", "metadata: read"):
            _, answer = self._requester.requestJsonAndCheck(
                "POST", self._endpoints.graphql_url, input={"query": "query { viewer { login } }"}
            )
            return str(answer["data"]["viewer"]["login"])

    def _run(self, found: WorkflowRun) -> Run:
        known = self._workflows.get(found.workflow_id)
        head = found.head_repository
        commit = found.head_commit
        return Run(
            id=found.id,
            number=found.run_number,
            attempt=found.run_attempt,
            # The run's own name is what `run-name:` or Dependabot made of it.
            workflow=Workflow(found.workflow_id, known.name if known else found.path.rpartition("/")[2], found.path),
            event=found.event,
            branch=found.head_branch or "",
            commit=Commit(found.head_sha, _first_line(commit.message) if commit else ""),
            status=found.status,
            conclusion=found.conclusion,
            created_at=_utc(found.created_at),
            started_at=_utc(found.run_started_at or found.created_at),
            updated_at=_utc(found.updated_at),
            # A fork that was deleted since has no head repository any more.
            from_fork=head is None or head.id != found.repository.id,
            subject=_subject(found.name or "") if found.event == "dynamic" else "",
        )


def _job(found: WorkflowJob) -> Job:
    return Job(
        id=found.id,
        name=found.name,
        conclusion=found.conclusion,
        steps=tuple(Step(step.number, step.name, step.conclusion) for step in found.steps),
        attempt=found.run_attempt,
        completed_at=_utc(found.completed_at) if found.completed_at else None,
    )


def _issue(found: GithubIssue) -> Issue:
    author = found.user
    return Issue(
        number=found.number,
        url=found.html_url,
        body=found.body or "",
        open=found.state == "open",
        state_reason=found.state_reason,
        closed_at=_utc(found.closed_at) if found.closed_at else None,
        author=author.login if author else "",
        author_is_bot=author is not None and author.type == "Bot",
        author_association=found.author_association,
    )


def _subject(name: str) -> str:
    """`npm_and_yarn in /web` of Dependabot's `npm_and_yarn in /web for vite - Update #997`."""
    return re.split(r" for | - Update #", name, maxsplit=1)[0]


def _first_line(message: str) -> str:
    return message.partition("\n")[0]


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
