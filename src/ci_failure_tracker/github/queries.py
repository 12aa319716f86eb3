"""What is read from GitHub, as the project's own types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
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
from ci_failure_tracker.github.check_suites import NOT_LOOKED_INTO, SUITES, read_suite
from ci_failure_tracker.github.client import (
    Endpoints,
    MeteredRequester,
    anonymous_download,
    translated,
    unread_repository,
)
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
    """Reads one repository."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints, name: str) -> None:
        """Nothing is asked yet; `name` is owner/name."""
        self._requester = requester
        self._endpoints = endpoints
        self._name = name
        self._repository = unread_repository(requester, name)
        self._workflows: dict[int, GithubWorkflow] = {}
        self._one_at_a_time = Lock()  # PyGithub's requester is not for several threads

    @property
    def name(self) -> str:
        """The repository as owner/name; once it was read, as it is called now."""
        return self._name

    @property
    def budget(self) -> Budget:
        """How many requests this sweep has sent so far, writes included, and may send."""
        return self._requester.budget

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
            # One that was moved answers to its old name, too, but not for what lies beneath it.
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
            self._workflows = {found.id: found for found in self._repository.get_workflows()}
            return tuple(
                Workflow(found.id, found.name, found.path, found.state, _maybe_utc(found.updated_at))
                for found in self._workflows.values()
            )

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
        """The jobs of every attempt of a run, with their steps."""
        with translated("read the jobs of a run", _ACTIONS):
            url = f"{self._repository.url}/actions/runs/{run.id}"
            found = WorkflowRun(self._requester, {}, {"url": url, "jobs_url": f"{url}/jobs"}, completed=True)
            return tuple(_job(job) for job in found.jobs("all" if run.attempt > 1 else NotSet))

    def jobs_of_many(self, runs: Sequence[Run]) -> Mapping[int, tuple[Job, ...]]:
        """The jobs of every attempt of many runs, with their steps and annotations, in one GraphQL request.

        A run whose jobs do not fit into it, or cannot be told apart by attempt, is left out: `jobs` reads it.

        Raises:
            MissingRightError: where the token may not see check runs.
        """
        doing, right = "read the jobs of runs", "checks: read"
        with translated(doing, right):
            _, answer = self._requester.requestJsonAndCheck(
                "POST",
                self._endpoints.graphql_url,
                input={"query": SUITES, "variables": {"ids": [run.check_suite_id for run in runs]}},
            )
            if not isinstance(answer, dict):
                raise TypeError("the answer is none of GraphQL")
            found = (answer.get("data") or {}).get("nodes")
            if found is None or not any(found):
                _raise_refusal(answer.get("errors") or (), doing, right)
            if found is None or len(found) != len(runs):
                raise TypeError("the answer is not about these runs")
            read = {run.id: read_suite(run, suite) for run, suite in zip(runs, found, strict=True)}
            return {run: jobs for run, jobs in read.items() if jobs is not None}

    def job_log(self, job_id: int) -> Iterator[bytes]:
        """The log of a job in pieces, as they arrive; several may be read at once, each in a thread of its own.

        Raises:
            LogAbsentError: where there is none: it was deleted, or the job never ran on a runner.
            GitHubError: also in the middle of it.
        """
        job_diagnosis, retry_policy = translated("read the log of a job", _ACTIONS), self._requester.retry_policy
        begun = monotonic()
        with job_diagnosis, anonymous_download(self._log_address(job_id), retry_policy) as answer:
            if answer.status_code in _ABSENT:
                raise LogAbsentError(_ABSENT[answer.status_code])
            if not answer.ok:
                raise GitHubError(f"The store of GitHub's logs answered {answer.status_code}.")
            if "html" in answer.headers.get("content-type", ""):
                raise GitHubError("A page came in place of the log, as from a proxy.")
            for piece in answer.iter_content(_PIECE):
                yield piece
                # Each byte in time is not the whole in time.
                if monotonic() - begun > retry_policy.whole_log:
                    raise GitHubError(f"The log was not there as a whole after {retry_policy.whole_log:.0f} seconds.")

    def _log_address(self, job_id: int) -> str:
        """Where the log is; GitHub signs an address on another host, which must not get the token."""
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
        """The annotations of a job, which is a check run of the same number; GitHub keeps 50 of a job at most.

        Raises:
            MissingRightError: where the token may not see check runs.
        """
        doing, right = "read the annotations of a job", "checks: read"
        with translated(doing, right):
            try:
                with self._one_at_a_time:
                    _, found = self._requester.requestJsonAndCheck(
                        "GET", f"/repos/{self._name}/check-runs/{job_id}/annotations", parameters={"per_page": 100}
                    )
            except GithubException as error:
                if error.status in _FORBIDDEN and not is_held_back(error.status, error.headers or {}):
                    raise MissingRightError(doing, right) from error
                raise
            return tuple(_annotation(one) for one in found)

    def issues(self, label: str, state: str) -> tuple[Issue, ...]:
        """Every `open` or `closed` issue with a label; never by search, which lags behind."""
        with translated(f"list the {state} issues", "issues: read"):
            return tuple(
                as_issue(found)
                for found in self._repository.get_issues(state=state, labels=[label])
                if not is_pull_request(found)
            )

    def viewer(self) -> str:
        """The login that the token belongs to; asked by GraphQL because `/user` refuses the job's own token."""
        with translated("ask for the token's own login", "metadata: read"):
            _, answer = self._requester.requestJsonAndCheck(
                "POST", self._endpoints.graphql_url, input={"query": "query { viewer { login } }"}
            )
            return str(answer["data"]["viewer"]["login"])

    def newest_scheduled_run(self, workflow: Workflow) -> Run | None:
        """The run that a workflow's schedule started last."""
        with translated("list the scheduled runs of a workflow", _ACTIONS):
            headers, data = self._requester.requestJsonAndCheck(
                "GET",
                f"/repos/{self._name}/actions/workflows/{workflow.id}/runs",
                parameters={"event": "schedule", "per_page": 1},
            )
            found = [WorkflowRun(self._requester, headers, one, completed=True) for one in data["workflow_runs"][:1]]
            return self._run(found[0]) if found else None

    def workflow_files(self) -> Mapping[str, str]:
        """The text of every workflow file on the default branch, by its path.

        Raises:
            MissingRightError: where the token may not see the files.
        """
        entries = "... on Tree { entries { name object { ... on Blob { text } } } }"
        with translated(_READING_FILES, _CONTENTS):
            (tree,) = self._git_objects([f"HEAD:{_WORKFLOWS_FOLDER}"], entries)
            if tree is None:
                raise MissingRightError(_READING_FILES, _CONTENTS)
            found = {str(entry["name"]): entry["object"] or {} for entry in tree["entries"] or ()}
            # A folder has no text, nor has what is none.
            return {f"{_WORKFLOWS_FOLDER}/{name}": str(one["text"]) for name, one in found.items() if one.get("text")}

    def files_at(self, places: Sequence[tuple[str, str]]) -> tuple[str | None, ...]:
        """The text of files as they were: for each commit and path one, or None where there is no such thing.

        Raises:
            MissingRightError: where the token may not see the files.
        """
        found = self._git_objects([f"{sha}:{path}" for sha, path in places], "... on Blob { text }")
        return tuple(None if file is None else file.get("text") for file in found)

    def commits_between(self, pairs: Sequence[tuple[str, str]]) -> tuple[CommitsBetween, ...]:
        """For each two commits what came after the first up to the second, the newest first, all in one request.

        GitHub gives the history of the second by date; it is read back to the first, and no further than 30 commits.

        Raises:
            MissingRightError: where the token may not see the commits.
        """
        doing = "read the commits"
        found = self._git_objects([red for _, red in pairs], f"... on Commit {{ {_HISTORY} }}", doing)
        if not any(found):  # to who may not see them, none exists
            raise MissingRightError(doing, _CONTENTS)
        return tuple(_between(green, red, one) for (green, red), one in zip(pairs, found, strict=True))

    def _git_objects(
        self, expressions: Sequence[str], fields: str, doing: str = _READING_FILES
    ) -> tuple[dict[str, Any] | None, ...]:
        """What Git holds under each expression such as `HEAD:folder`, in one request."""
        owner, _, name = self._name.partition("/")
        keys = [f"o{number}" for number in range(len(expressions))]
        declared = "".join(f", ${key}: String!" for key in keys)
        asked = " ".join(f"{key}: object(expression: ${key}) {{ {fields} }}" for key in keys)
        query = f"query($owner: String!, $name: String!{declared}) {{ {_THE_REPOSITORY} {{ {asked} }} }}"
        variables = {"owner": owner, "name": name, **dict(zip(keys, expressions, strict=True))}
        with translated(doing, _CONTENTS):
            _, answer = self._requester.requestJsonAndCheck(
                "POST", self._endpoints.graphql_url, input={"query": query, "variables": variables}
            )
            if not isinstance(answer, dict):
                raise TypeError("the answer is none of GraphQL")
            found = (answer.get("data") or {}).get("repository")
            if found is None or any(found[key] is None for key in keys):
                _raise_refusal(answer.get("errors") or (), doing)
            if found is None:
                raise MissingRightError(doing, _CONTENTS)
            return tuple(found[key] for key in keys)

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
            # Asking the object for what an older server does not list would send a request for each run.
            check_suite_id=str(found._rawData.get("check_suite_node_id") or ""),
            # A fork that was deleted since has no head repository any more.
            from_fork=head is None or head.id != found.repository.id,
            subject=_subject(found.name or "") if found.event == "dynamic" else "",
        )


def _raise_refusal(errors: Sequence[Mapping[str, Any]], doing: str, right: str = _CONTENTS) -> None:
    """The error that GraphQL answered with, where it did; it comes with status 200."""
    kinds = {str(error.get("type") or "") for error in errors}
    if "RATE_LIMITED" in kinds:
        raise RateLimitedError(f"GitHub's rate limit is used up, so it was not possible to {doing}.")
    if kinds & {"FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"}:
        raise MissingRightError(doing, right)
    if errors:
        said = str(errors[0].get("message") or "no message")[:500]
        raise GitHubError(f"GitHub answered the request to {doing} with an error: {said}")


def _between(green: str, red: str, found: Mapping[str, Any] | None) -> CommitsBetween:
    if not found or "history" not in found:
        return CommitsBetween(green, red, known=False)
    nodes = found["history"]["nodes"]
    place = next((place for place, one in enumerate(nodes) if one["oid"] == green), None)
    commits = tuple(_suspect(one) for one in nodes[:place])
    return CommitsBetween(green, red, commits, more=place is None)


def _suspect(node: Mapping[str, Any]) -> Suspect:
    author = node.get("author") or {}
    login = (author.get("user") or {}).get("login")
    return Suspect(str(node["oid"]), str(node["messageHeadline"]), str(login or author.get("name") or ""))


def _job(found: WorkflowJob) -> Job:
    return Job(
        id=found.id,
        name=found.name,
        conclusion=found.conclusion,
        steps=() if found.conclusion in NOT_LOOKED_INTO else tuple(_step(step) for step in found.steps),
        attempt=found.run_attempt,
        completed_at=_maybe_utc(found.completed_at),
        started_at=_maybe_utc(found.started_at),
    )


def _step(found: WorkflowStep) -> Step:
    return Step(
        number=found.number,
        name=found.name,
        conclusion=found.conclusion,
        started_at=_maybe_utc(found.started_at),
        completed_at=_maybe_utc(found.completed_at),
    )


def _annotation(found: Mapping[str, Any]) -> Annotation:
    return Annotation(
        level=str(found.get("annotation_level") or ""),
        message=str(found.get("message") or ""),
        title=str(found.get("title") or ""),
        path=str(found.get("path") or ""),
        line=found.get("start_line"),
    )


def is_pull_request(found: GithubIssue) -> bool:
    """Whether it is a pull request, which GitHub lists with the issues; asking it would cost a request."""
    return bool(_PULL_REQUEST.search(found.html_url))


def as_issue(found: GithubIssue) -> Issue:
    """An issue as the project knows it; all of it comes with a listing."""
    author = found.user
    return Issue(
        number=found.number,
        url=found.html_url,
        body=found.body or "",
        open=found.state == "open",
        state_reason=found.state_reason,
        closed_at=_maybe_utc(found.closed_at),
        author=author.login if author else "",
        author_is_bot=author is not None and author.type == "Bot",
        author_association=found.author_association,
        labels=tuple(label.name for label in found.labels),
        created_at=_utc(found.created_at),
        title=found.title,
    )


def _subject(name: str) -> str:
    """`npm_and_yarn in /web` of Dependabot's `npm_and_yarn in /web for vite - Update #997`."""
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
