"""The queries to GitHub; each returns types of the project."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from github.GithubException import GithubException, UnknownObjectException
from github.GithubObject import NotSet
from github.Issue import Issue as GithubIssue
from github.Repository import Repository as GithubRepository
from github.Workflow import Workflow as GithubWorkflow
from github.WorkflowJob import WorkflowJob
from github.WorkflowRun import WorkflowRun
from github.WorkflowStep import WorkflowStep

from ci_failure_tracker.errors import (
    GitHubError,
    LogAbsentError,
    MissingRightError,
    NoSuchRepositoryError,
    RateLimitedError,
)
from ci_failure_tracker.github.check_suites import SUITES, WITHOUT_DETAILS, read_suite
from ci_failure_tracker.github.client import (
    Endpoints,
    MeteredRequester,
    translated,
    unread_repository,
)
from ci_failure_tracker.github.download import anonymous_download
from ci_failure_tracker.github.retry import Budget, is_held_back
from ci_failure_tracker.model import (
    Annotation,
    Commit,
    CommitsBetween,
    Issue,
    Job,
    LogUnavailable,
    Repository,
    Run,
    Step,
    Suspect,
    Workflow,
)

_ACTIONS = "actions: read"
_CONTENTS = "contents: read"
_READING_FILES = "read the workflow files"
_WORKFLOWS_FOLDER = ".github/workflows"
_THE_REPOSITORY = "repository(owner: $owner, name: $name)"
_ABSENT = {404: LogUnavailable.NOT_FOUND, 410: LogUnavailable.GONE}
_PIECE = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)
_FORBIDDEN = (403, 404)
_PULL_REQUEST = re.compile(r"/pull/\d+$")
_HISTORY = "history(first: 30) { nodes { oid messageHeadline author { name user { login } } } }"


class Queries:
    """Sends the queries about one repository."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints, name: str) -> None:
        """Send no request yet; `name` is owner/name."""
        self._requester = requester
        self._endpoints = endpoints
        self._name = name
        self._repository = unread_repository(requester, name)
        self._workflows: dict[int, GithubWorkflow] = {}
        self._one_at_a_time = Lock()  # PyGithub's requester is not safe for threads

    @property
    def name(self) -> str:
        """The repository as owner/name; its present name, once it was read."""
        return self._name

    @property
    def budget(self) -> Budget:
        """The requests that this sweep has sent, writes included, and may send."""
        return self._requester.budget

    def repository(self) -> Repository:
        """The repository itself.

        Raises:
            NoSuchRepositoryError: it does not exist, or the token may not see it.
        """
        with translated(f"read the repository {self._name}", "metadata: read"):
            try:
                headers, data = self._requester.requestJsonAndCheck("GET", f"/repos/{self._name}")
            except UnknownObjectException as error:
                raise NoSuchRepositoryError(self._name) from error
            if "full_name" not in data:
                raise TypeError("the answer is no repository")
            self._repository = GithubRepository(self._requester, headers, data, completed=True)
            # A renamed repository answers under its old name, but what is in it does not.
            self._name = self._repository.full_name
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
            self._workflows = {workflow.id: workflow for workflow in self._repository.get_workflows()}
            return tuple(
                Workflow(workflow.id, workflow.name, workflow.path, workflow.state, _maybe_utc(workflow.updated_at))
                for workflow in self._workflows.values()
            )

    def runs(
        self, workflow: Workflow | None, branch: str | None, event: str | None, created: str | None
    ) -> Iterator[Run]:
        """The runs of one workflow or of all, the newest first; a page is read when its first run is taken."""
        filters = {"branch": branch or NotSet, "event": event or NotSet, "created": created or NotSet}
        with translated("list the workflow runs", _ACTIONS):
            if workflow is None:
                listing = self._repository.get_workflow_runs(**filters)  # type: ignore[arg-type]
            else:
                listing = self._workflows[workflow.id].get_runs(**filters)  # type: ignore[arg-type]
            for run in listing:
                yield self._run(run)

    def jobs(self, run: Run) -> tuple[Job, ...]:
        """The jobs of every attempt of a run, with their steps."""
        with translated("read the jobs of a run", _ACTIONS):
            url = f"{self._repository.url}/actions/runs/{run.id}"
            unread = WorkflowRun(self._requester, {}, {"url": url, "jobs_url": f"{url}/jobs"}, completed=True)
            return tuple(_job(job) for job in unread.jobs("all" if run.attempt > 1 else NotSet))

    def jobs_of_many(self, runs: Sequence[Run]) -> Mapping[int, tuple[Job, ...]]:
        """The jobs of every attempt of many runs, with their steps and annotations, in one GraphQL request.

        A run is left out if it has too many jobs for it, or if their attempts are not known; `jobs` reads these.

        Raises:
            MissingRightError: the token may not see check runs.
        """
        doing, right = "read the jobs of runs", "checks: read"
        with translated(doing, right):
            answer = self._graphql(SUITES, {"ids": [run.check_suite_id for run in runs]})
            suites = (answer.get("data") or {}).get("nodes")
            if suites is None or not any(suites):
                _raise_refusal(answer.get("errors") or (), doing, right)
            if suites is None or len(suites) != len(runs):
                raise TypeError("the answer is not about these runs")
            by_run = {run.id: read_suite(run, suite) for run, suite in zip(runs, suites, strict=True)}
            return {run_id: jobs for run_id, jobs in by_run.items() if jobs is not None}

    def job_log(self, job_id: int) -> Iterator[bytes]:
        """The log of a job in pieces, as they arrive; several may be read at once, each in a thread of its own.

        Raises:
            LogAbsentError: there is none, because it was deleted or the job never ran on a runner.
            GitHubError: it cannot be read; this may happen after some pieces.
        """
        errors = translated("read the log of a job", _ACTIONS)
        with errors, anonymous_download(self._log_address(job_id), self._requester.retry_policy) as answer:
            if answer.status_code in _ABSENT:
                raise LogAbsentError(_ABSENT[answer.status_code])
            if not answer.ok:
                raise GitHubError(f"The store of GitHub's logs answered {answer.status_code}.")
            if "html" in answer.headers.get("content-type", ""):
                raise GitHubError("A page came in place of the log, as from a proxy.")
            yield from answer.iter_content(_PIECE)

    def _log_address(self, job_id: int) -> str:
        """The address of the log: GitHub signs one on another host, which must not get the token."""
        with self._one_at_a_time:
            status, headers, text = self._requester.requestJson(
                "GET", f"/repos/{self._name}/actions/jobs/{job_id}/logs"
            )
        if status in _REDIRECTS:
            return str(headers["location"])
        if status in _ABSENT:
            raise LogAbsentError(_ABSENT[status])
        raise self._requester.createException(status, headers, _structured(text))

    def annotations(self, job_id: int) -> tuple[Annotation, ...]:
        """The annotations of a job, whose check run has the same id; GitHub keeps at most 50 for a job.

        Raises:
            MissingRightError: the token may not see check runs.
        """
        doing, right = "read the annotations of a job", "checks: read"
        with translated(doing, right):
            try:
                with self._one_at_a_time:
                    _, data = self._requester.requestJsonAndCheck(
                        "GET", f"/repos/{self._name}/check-runs/{job_id}/annotations", parameters={"per_page": 100}
                    )
            except GithubException as error:
                if error.status in _FORBIDDEN and not is_held_back(error.status, error.headers or {}):
                    raise MissingRightError(doing, right) from error
                raise
            return tuple(map(_annotation, data))

    def issues(self, label: str, state: str) -> tuple[Issue, ...]:
        """Every `open` or `closed` issue with a label, from the list of issues, because search lags behind."""
        with translated(f"list the {state} issues", "issues: read"):
            return tuple(
                as_issue(issue)
                for issue in self._repository.get_issues(state=state, labels=[label])
                if not is_pull_request(issue)
            )

    def viewer(self) -> str:
        """The login of the token, by GraphQL, because `/user` refuses the token of a job."""
        with translated("ask for the token's own login", "metadata: read"):
            return str(self._graphql("query { viewer { login } }")["data"]["viewer"]["login"])

    def newest_scheduled_run(self, workflow: Workflow) -> Run | None:
        """The newest run that the schedule of a workflow started."""
        with translated("list the scheduled runs of a workflow", _ACTIONS):
            headers, data = self._requester.requestJsonAndCheck(
                "GET",
                f"/repos/{self._name}/actions/workflows/{workflow.id}/runs",
                parameters={"event": "schedule", "per_page": 1},
            )
            newest = next(iter(data["workflow_runs"][:1]), None)
            return None if newest is None else self._run(WorkflowRun(self._requester, headers, newest, completed=True))

    def workflow_files(self) -> Mapping[str, str]:
        """The text of every workflow file on the default branch, by its path.

        Raises:
            MissingRightError: the token may not see the files.
        """
        entries = "... on Tree { entries { name object { ... on Blob { text } } } }"
        with translated(_READING_FILES, _CONTENTS):
            (tree,) = self._git_objects([f"HEAD:{_WORKFLOWS_FOLDER}"], entries)
            if tree is None:
                raise MissingRightError(_READING_FILES, _CONTENTS)
            blobs = {str(entry["name"]): entry["object"] or {} for entry in tree["entries"] or ()}
            # A folder and a binary file have no text.
            return {
                f"{_WORKFLOWS_FOLDER}/{name}": str(blob["text"]) for name, blob in blobs.items() if blob.get("text")
            }

    def files_at(self, places: Sequence[tuple[str, str]]) -> tuple[str | None, ...]:
        """The text of a file for each commit and path, or `None` if the commit has no such file.

        Raises:
            MissingRightError: the token may not see the files.
        """
        blobs = self._git_objects([f"{sha}:{path}" for sha, path in places], "... on Blob { text }")
        return tuple(None if blob is None else blob.get("text") for blob in blobs)

    def commits_between(self, pairs: Sequence[tuple[str, str]]) -> tuple[CommitsBetween, ...]:
        """The commits after the first commit of each pair up to the second, the newest first, in one request.

        GitHub gives the history of the second by date. At most 30 commits of it are read.

        Raises:
            MissingRightError: the token may not see the commits.
        """
        doing = "read the commits"
        commits = self._git_objects([red for _, red in pairs], f"... on Commit {{ {_HISTORY} }}", doing)
        if not any(commits):  # a token that may not see commits gets none
            raise MissingRightError(doing, _CONTENTS)
        return tuple(_between(green, red, commit) for (green, red), commit in zip(pairs, commits, strict=True))

    def _git_objects(
        self, expressions: Sequence[str], fields: str, doing: str = _READING_FILES
    ) -> tuple[dict[str, Any] | None, ...]:
        """The Git object that each expression names, such as `HEAD:folder`, in one request."""
        owner, _, name = self._name.partition("/")
        keys = [f"o{number}" for number in range(len(expressions))]
        declared = "".join(f", ${key}: String!" for key in keys)
        asked = " ".join(f"{key}: object(expression: ${key}) {{ {fields} }}" for key in keys)
        query = f"query($owner: String!, $name: String!{declared}) {{ {_THE_REPOSITORY} {{ {asked} }} }}"
        variables = {"owner": owner, "name": name, **dict(zip(keys, expressions, strict=True))}
        with translated(doing, _CONTENTS):
            answer = self._graphql(query, variables)
            objects = (answer.get("data") or {}).get("repository")
            if objects is None or any(objects[key] is None for key in keys):
                _raise_refusal(answer.get("errors") or (), doing)
            if objects is None:
                raise MissingRightError(doing, _CONTENTS)
            return tuple(objects[key] for key in keys)

    def _graphql(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The answer of GraphQL, with its data and its errors."""
        given = {"query": query, **({"variables": variables} if variables else {})}
        _, answer = self._requester.requestJsonAndCheck("POST", self._endpoints.graphql_url, input=given)
        if not isinstance(answer, dict):
            raise TypeError("the answer is not one of GraphQL")
        return answer

    def _run(self, run: WorkflowRun) -> Run:
        listed = self._workflows.get(run.workflow_id)
        head = run.head_repository
        commit = run.head_commit
        return Run(
            id=run.id,
            number=run.run_number,
            attempt=run.run_attempt,
            # The name of a run may come from `run-name:` or from Dependabot.
            workflow=Workflow(run.workflow_id, listed.name if listed else run.path.rpartition("/")[2], run.path),
            event=run.event,
            branch=run.head_branch or "",
            commit=Commit(run.head_sha, _first_line(commit.message) if commit else ""),
            status=run.status,
            conclusion=run.conclusion,
            created_at=_utc(run.created_at),
            started_at=_utc(run.run_started_at or run.created_at),
            updated_at=_utc(run.updated_at),
            # An older server does not list it, and PyGithub would send a request for each run to get it.
            check_suite_id=str(run._rawData.get("check_suite_node_id") or ""),
            # A run of a deleted fork has no head repository.
            from_fork=head is None or head.id != run.repository.id,
            subject=_subject(run.name or "") if run.event == "dynamic" else "",
        )


def _raise_refusal(errors: Sequence[Mapping[str, Any]], doing: str, right: str = _CONTENTS) -> None:
    """Raise the error that GraphQL answers with, which comes with status 200; return if there is none."""
    kinds = {str(error.get("type") or "") for error in errors}
    if "RATE_LIMITED" in kinds:
        raise RateLimitedError(f"GitHub's rate limit is used up, so it was not possible to {doing}.")
    if kinds & {"FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"}:
        raise MissingRightError(doing, right)
    if errors:
        message = str(errors[0].get("message") or "no message")[:500]
        raise GitHubError(f"GitHub answered the request to {doing} with an error: {message}")


def _between(green: str, red: str, commit: Mapping[str, Any] | None) -> CommitsBetween:
    if not commit or "history" not in commit:
        return CommitsBetween(green, red, known=False)
    nodes = commit["history"]["nodes"]
    place = next((place for place, node in enumerate(nodes) if node["oid"] == green), None)
    return CommitsBetween(green, red, tuple(map(_suspect, nodes[:place])), more=place is None)


def _suspect(node: Mapping[str, Any]) -> Suspect:
    author = node.get("author") or {}
    login = (author.get("user") or {}).get("login")
    return Suspect(str(node["oid"]), str(node["messageHeadline"]), str(login or author.get("name") or ""))


def _job(job: WorkflowJob) -> Job:
    return Job(
        id=job.id,
        name=job.name,
        conclusion=job.conclusion,
        steps=() if job.conclusion in WITHOUT_DETAILS else tuple(_step(step) for step in job.steps),
        attempt=job.run_attempt,
        completed_at=_maybe_utc(job.completed_at),
        started_at=_maybe_utc(job.started_at),
    )


def _step(step: WorkflowStep) -> Step:
    return Step(
        number=step.number,
        name=step.name,
        conclusion=step.conclusion,
        started_at=_maybe_utc(step.started_at),
        completed_at=_maybe_utc(step.completed_at),
    )


def _annotation(annotation: Mapping[str, Any]) -> Annotation:
    return Annotation(
        level=str(annotation.get("annotation_level") or ""),
        message=str(annotation.get("message") or ""),
        title=str(annotation.get("title") or ""),
        path=str(annotation.get("path") or ""),
        line=annotation.get("start_line"),
    )


def is_pull_request(issue: GithubIssue) -> bool:
    """Whether it is a pull request, which GitHub lists with the issues; PyGithub would send a request to find out."""
    return bool(_PULL_REQUEST.search(issue.html_url))


def as_issue(issue: GithubIssue) -> Issue:
    """The issue as a type of the project, without a request."""
    author = issue.user
    return Issue(
        number=issue.number,
        url=issue.html_url,
        body=issue.body or "",
        open=issue.state == "open",
        state_reason=issue.state_reason,
        closed_at=_maybe_utc(issue.closed_at),
        author=author.login if author else "",
        author_is_bot=author is not None and author.type == "Bot",
        author_association=issue.author_association,
        labels=tuple(label.name for label in issue.labels),
        created_at=_utc(issue.created_at),
        title=issue.title,
        database_id=issue.id,
    )


def _subject(name: str) -> str:
    """The subject in the name of a dynamic run: `npm in /web` of Dependabot's `npm in /web for vite - Update #997`."""
    return re.split(r" for | - Update #", name, maxsplit=1)[0]


def _first_line(message: str) -> str:
    return message.partition("\n")[0]


def _structured(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        return {"message": text[:200]}
    return data if isinstance(data, dict) else {}


def _maybe_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
