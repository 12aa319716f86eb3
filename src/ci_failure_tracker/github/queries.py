"""The queries to GitHub; each returns types of the project."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn

from github.GithubException import GithubException, UnknownObjectException

from ci_failure_tracker.errors import (
    GitHubError,
    LogAbsentError,
    MalformedError,
    MissingRightError,
    NoSuchRepositoryError,
    RateLimitedError,
    TrackerError,
)
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.check_suites import SUITES, read_suite
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, translated
from ci_failure_tracker.github.download import anonymous_download
from ci_failure_tracker.github.fields import Fields, FormError, LeftOut, as_object, checked, each, nullable, required
from ci_failure_tracker.github.pages import first_page, read_list, read_pages
from ci_failure_tracker.github.retry import Budget, is_held_back
from ci_failure_tracker.github.teachers import KNOWN_ISSUES, authorship_queries, authorships, known_issues, permission
from ci_failure_tracker.model import (
    Annotation,
    Authorship,
    Closer,
    CommitsBetween,
    Issue,
    Job,
    KnownIssue,
    LogUnavailable,
    NewestRuns,
    Permission,
    RefKind,
    Repository,
    Run,
    RunList,
    Tag,
    Workflow,
)

_ACTIONS = "actions: read"
_CONTENTS = "contents: read"
_READING_FILES = "read the workflow files"
_WORKFLOWS_FOLDER = ".github/workflows"
_THE_REPOSITORY = "repository(owner: $owner, name: $name)"
_ABSENT = {404: LogUnavailable.NOT_FOUND, 410: LogUnavailable.GONE}
_PIECE = 1 << 16
_SECONDS = "%Y-%m-%dT%H:%M:%SZ"
_REDIRECTS = (301, 302, 303, 307, 308)
_FORBIDDEN = (403, 404)
_HASHES = "nodes { oid } pageInfo { hasNextPage }"
_CLOSER = """timelineItems(itemTypes: [CLOSED_EVENT], last: 1) { nodes { ... on ClosedEvent { closer {
  ... on Commit { oid committedDate } ... on PullRequest { baseRefName mergeCommit { oid committedDate } } } } } }"""
RUN_CHANGES = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on WorkflowRun { url updatedAt } } }"
NEWEST_RUNS = """query($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Workflow {
      runs(first: 30) { totalCount nodes { event checkSuite { status conclusion branch { name } } } }
    }
  }
}"""
_KINDS = ("heads", "tags")
_SUITE = "conclusion createdAt workflowRun { runNumber event workflow { databaseId } }"
_COMMIT = f"... on Commit {{ checkSuites(first: 50) {{ nodes {{ {_SUITE} }} }} }}"
_NEWEST = 'refPrefix: "refs/tags/", orderBy: {field: TAG_COMMIT_DATE, direction: DESC}, first: 20'
_NEWEST_TAGS = f"""query($owner: String!, $name: String!) {{
  {_THE_REPOSITORY} {{
    refs({_NEWEST}) {{ nodes {{ name target {{ {_COMMIT} ... on Tag {{ target {{ {_COMMIT} }} }} }} }} }}
    {KNOWN_ISSUES}
  }}
}}"""
"""The twenty newest tags, and the known issues. An annotated tag is an object that points to the commit."""

_SUITES_AND_KNOWN_ISSUES = SUITES.replace("$ids: [ID!]!", "$ids: [ID!]!, $owner: String!, $name: String!", 1).replace(
    "{", f"{{ {_THE_REPOSITORY} {{ {KNOWN_ISSUES} }} ", 1
)
_VIEWER = f"query($owner: String!, $name: String!) {{ viewer {{ login }} {_THE_REPOSITORY} {{ {KNOWN_ISSUES} }} }}"

_HISTORY = "history(first: 30) { nodes { oid messageHeadline author { name user { login } } } }"


class Queries:
    """Sends the queries about one repository.

    The lists take a list `left_out`, to which malformed items are added. Without it, such an item is an error.
    """

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints, name: str) -> None:
        """Send no request yet; `name` is owner/name."""
        self._requester = requester
        self._endpoints = endpoints
        self._name = name
        self._workflows: dict[int, Workflow] = {}

    @property
    def name(self) -> str:
        """The repository as owner/name; its present name, once it was read."""
        return self._name

    @property
    def address(self) -> str:
        """The address of the repository in the REST API."""
        return f"/repos/{self._name}"

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
                _, data = self._requester.requestJsonAndCheck("GET", self.address)
            except UnknownObjectException as error:
                raise NoSuchRepositoryError(self._name) from error
            repository = answers.repository(as_object(data, "it"))
            # A renamed repository answers under its old name, but what is in it does not.
            self._name = repository.full_name
            return repository

    def workflows(self, left_out: list[LeftOut] | None = None) -> tuple[Workflow, ...]:
        """Every workflow the repository has or had."""
        with translated("list the workflows", _ACTIONS):
            address = f"{self.address}/actions/workflows"
            # An old name of the repository is found out while the pages are read, and then the list is read anew.
            listed = read_list(self._requester, address, "workflows", is_wanted=self._has_its_name())
            self._workflows = {
                workflow.id: workflow for workflow in each(listed.items, "workflow", answers.workflow, left_out)
            }
            if listed.lack and left_out is not None:
                left_out.append(LeftOut("other workflows", listed.lack))
            return tuple(self._workflows.values())

    def runs(
        self,
        workflow: Workflow | None,
        branch: str | None,
        event: str | None,
        created_from: datetime | None,
        left_out: list[LeftOut] | None = None,
    ) -> Iterator[Run]:
        """The runs of one workflow or of all, the newest first; a page is read when its first run is taken.

        Raises:
            MalformedError: every run of a page is malformed.
        """
        filters = _filters(branch=branch, event=event, created=_from(created_from))
        address = self._runs_address(workflow.id if workflow else None)
        with translated("list the workflow runs", _ACTIONS):
            for number, page in enumerate(read_pages(self._requester, address, "workflow_runs", filters)):
                if number == 0:
                    _check_not_hidden(page, left_out)
                before = len(left_out or ())
                yield from each(page.items, "run", self._run, left_out)
                # One malformed run is left out. A whole page of them means that the answer has another form than this
                # program knows.
                if left_out and page.items and len(left_out) - before == len(page.items):
                    raise FormError(f"no run of a page can be read, and of the last one {left_out[-1].why}")

    def runs_created(self, first: datetime, last: datetime) -> Iterator[answers.Page]:
        """The runs that were created in a time, the newest first, in pages as GitHub sends them.

        A page is read when it is taken. GitHub shows at most 1,000 runs, whatever total it names.
        """
        created = f"{first:{_SECONDS}}..{last:{_SECONDS}}"
        with translated("list the workflow runs", _ACTIONS):
            yield from read_pages(self._requester, self._runs_address(None), "workflow_runs", {"created": created})

    def first_runs(self, asked: RunList) -> tuple[tuple[Run, ...], list[LeftOut]]:
        """The first page of a list of runs, and those of it that are malformed."""
        left_out: list[LeftOut] = []
        created = _from(asked.created_from)
        filters = _filters(branch=asked.branch, event=asked.event, status=asked.status, created=created)
        address = self._runs_address(asked.workflow_id)
        with translated("list the workflow runs", _ACTIONS):
            page = first_page(self._requester, address, "workflow_runs", filters, asked.most)
            _check_not_hidden(page, left_out)
            return tuple(each(page.items, "run", self._run, left_out)), left_out

    def _repository_variables(self) -> dict[str, str]:
        """What `_THE_REPOSITORY` takes."""
        owner, _, name = self._name.partition("/")
        return {"owner": owner, "name": name}

    def _has_its_name(self) -> Callable[[], bool]:
        """Whether the repository has the name that it has now: an old name leads to a list without its filters."""
        name = self._name.casefold()
        return lambda: self._name.casefold() == name

    def _runs_address(self, workflow_id: int | None) -> str:
        of_workflow = "" if workflow_id is None else f"/workflows/{workflow_id}"
        return f"{self.address}/actions{of_workflow}/runs"

    def run(self, run_id: int) -> Run | None:
        """One run; `None` if it was deleted."""
        with translated("read a workflow run", _ACTIONS):
            try:
                _, data = self._requester.requestJsonAndCheck("GET", f"{self.address}/actions/runs/{run_id}")
            # Somebody deleted the run. That is no fault, and nothing can be said about it any more.
            except UnknownObjectException:
                return None
            return self._run(as_object(data, "the run"))

    def run_changes(self, node_ids: Sequence[str]) -> Mapping[int, datetime]:
        """When runs changed last, by their id, in one GraphQL request. A run that GitHub does not show is left out."""
        doing, right = "ask which runs changed", "actions: read"
        with translated(doing, right):
            answer = self.graphql(RUN_CHANGES, {"ids": list(node_ids)})
            data = answers.data_of(answer)
            nodes = [] if data is None else [as_object(node, "a run") for node in required(data, "nodes", list) if node]
            if not nodes:
                _raise_refusal(answer, doing, right)
            changes = (answers.run_change(node) for node in nodes)
            return {run_id: changed for run_id, changed in changes if run_id is not None}

    def newest_runs(self, workflows: Sequence[Workflow]) -> Mapping[int, NewestRuns]:
        """The newest runs of many workflows in short, by workflow id, in one GraphQL request.

        A workflow that GitHub does not show is left out.

        Raises:
            MissingRightError: the token may not see check suites.
        """
        doing, right = "read the newest runs of workflows", "checks: read"
        with translated(doing, right):
            answer = self.graphql(NEWEST_RUNS, {"ids": [workflow.node_id for workflow in workflows]})
            nodes = _nodes(answer, len(workflows), "workflows", doing, right)
            pairs = zip(workflows, nodes, strict=True)
            return {one.id: answers.newest_runs(as_object(node, "a workflow")) for one, node in pairs if node}

    def jobs(self, run: Run) -> tuple[Job, ...]:
        """The jobs of every attempt of a run, with their steps."""
        with translated("read the jobs of a run", _ACTIONS):
            return tuple(answers.job(as_object(job, "a job"), run) for job in self.listed_jobs(run))

    def listed_jobs(self, run: Run) -> Sequence[object]:
        """The jobs as GitHub lists them.

        Raises:
            FormError: the list holds fewer jobs than it counts.
        """
        address = f"{self.address}/actions/runs/{run.id}/jobs"
        # Without the filter, GitHub lists the jobs of the newest attempt alone, and a failure before it would be lost.
        listed = read_list(self._requester, address, "jobs", {"filter": "all"} if run.attempt > 1 else {})
        # A job that is missing may be the failed one, so half a list is no list.
        if listed.lack:
            raise FormError(listed.lack)
        return listed.items

    def jobs_of_many(
        self, runs: Sequence[Run], known: list[tuple[KnownIssue, ...]] | None = None
    ) -> Mapping[int, tuple[Job, ...] | MalformedError]:
        """The jobs of every attempt of many runs, with their steps and annotations, in one GraphQL request.

        A run is left out if it has too many jobs for it, or if their attempts are not known; `jobs` reads these. A run
        of which a part is malformed has an error in place of its jobs. The known issues are asked for in the same
        request if there is a list `known`, to which they are added.

        Raises:
            MissingRightError: the token may not see check runs.
        """
        doing, right = "read the jobs of runs", "checks: read"
        with translated(doing, right):
            ids = {"ids": [run.check_suite_id for run in runs]}
            if known is None:
                answer = self.graphql(SUITES, ids)
            else:
                answer = self.graphql(_SUITES_AND_KNOWN_ISSUES, {**ids, **self._repository_variables()})
                listed = _known_issues(answer)
                known += [listed] if isinstance(listed, tuple) else []
            suites = _nodes(answer, len(runs), "runs", doing, right)
            by_run = {run.id: _jobs_or_error(run, suite, doing) for run, suite in zip(runs, suites, strict=True)}
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
        status, headers, text = self._requester.requestJson("GET", f"{self.address}/actions/jobs/{job_id}/logs")
        if status in _ABSENT:
            raise LogAbsentError(_ABSENT[status])
        return redirect_of(self._requester, status, headers, text)

    def annotations(self, job_id: int) -> tuple[Annotation, ...]:
        """The annotations of a job, whose check run has the same id; GitHub keeps at most 50 for a job.

        Raises:
            MissingRightError: the token may not see check runs.
        """
        doing, right = "read the annotations of a job", "checks: read"
        with translated(doing, right):
            try:
                listed = self.listed_annotations(job_id)
            except GithubException as error:
                # GitHub answers 404 instead of 403 where the token may not see that there is something.
                if error.status in _FORBIDDEN and not is_held_back(error.status, error.headers or {}):
                    raise MissingRightError(doing, right) from error
                raise
            return tuple(answers.annotation(as_object(annotation, "an annotation")) for annotation in listed)

    def listed_annotations(self, job_id: int) -> Sequence[object]:
        """The annotations as GitHub lists them."""
        address = f"{self.address}/check-runs/{job_id}/annotations"
        _, data = self._requester.requestJsonAndCheck("GET", address, parameters={"per_page": 100})
        return checked(data, list, "the list")

    def issues(self, label: str, state: str, left_out: list[LeftOut] | None = None) -> tuple[Issue, ...]:
        """Every `open` or `closed` issue with a label, from the list of issues, because search lags behind."""
        with translated(f"list the {state} issues", "issues: read"):
            given = {"state": state, "labels": label}
            listed = read_list(self._requester, f"{self.address}/issues", "", given, self._has_its_name())
            return tuple(each(_without_pull_requests(listed.items), "issue", answers.issue, left_out))

    def newest_open_issues(self, label: str = "") -> tuple[Issue, ...]:
        """The newest open issues, at most a page of them; a malformed one is an error."""
        order = {"state": "open", "sort": "created", "direction": "desc"}
        given = {"labels": label, **order} if label else order
        with translated("list the newest open issues", "issues: read"):
            listed = first_page(self._requester, f"{self.address}/issues", "", given).items
            return tuple(answers.issue(as_object(issue, "an issue")) for issue in _without_pull_requests(listed))

    def viewer(self) -> str:
        """The login of the token, by GraphQL, because `/user` refuses the token of a job."""
        with translated("ask for the token's own login", "metadata: read"):
            return answers.viewer(self.graphql("query { viewer { login } }"))

    def newest_scheduled_run(self, workflow: Workflow) -> Run | None:
        """The newest run that the schedule of a workflow started."""
        with translated("list the scheduled runs of a workflow", _ACTIONS):
            _, data = self._requester.requestJsonAndCheck(
                "GET",
                f"{self.address}/actions/workflows/{workflow.id}/runs",
                parameters={"event": "schedule", "per_page": 1},
            )
            newest = answers.page(data, "workflow_runs").items[:1]
            return self._run(as_object(newest[0], "the run")) if newest else None

    def viewer_and_known_issues(self) -> tuple[str, tuple[KnownIssue, ...] | TrackerError]:
        """The login of the token, and the known issues, or why they are not there."""
        with translated("ask for the token's own login", "metadata: read"):
            answer = self.graphql(_VIEWER, self._repository_variables())
            return answers.viewer(answer), _known_issues(answer)

    def tags_and_known_issues(
        self,
    ) -> tuple[tuple[Tag, ...] | GitHubError, tuple[KnownIssue, ...] | TrackerError]:
        """The newest tags, the newest first, with the runs on their commits, and the known issues, in one request.

        An error stands in the place of tags that the token may not see, and of known issues that are not there.
        """
        doing = "read the tags"
        with translated(doing, _CONTENTS):
            answer = self.graphql(_NEWEST_TAGS, self._repository_variables())
            known = _known_issues(answer)
            tags = answers.tags(answer)
            if tags is not None:
                return tags, known
            try:
                _raise_hidden(answer, doing)
            except GitHubError as error:
                return error, known

    def authorships(self, numbers: Sequence[int]) -> Mapping[int, Authorship]:
        """Who wrote the bodies of issues, by number, in one request.

        Raises:
            MissingRightError: the token may not see it.
        """
        doing, right = "read who wrote issues", "issues: read"
        query = f"query($owner: String!, $name: String!) {{ {_THE_REPOSITORY} {{ {authorship_queries(numbers)} }} }}"
        with translated(doing, right):
            answer = self.graphql(query, self._repository_variables())
            issues = answers.git_objects(answer, [f"i{number}" for number in numbers])
            if issues is None:
                _raise_hidden(answer, doing, right)
            return authorships(dict(zip(numbers, issues, strict=True)))

    def permission(self, login: str) -> Permission:
        """Whether an account may write to the repository.

        Raises:
            MissingRightError: the token may not ask that.
        """
        return permission(self._requester, self.address, login)

    def ref_kinds(self, names: Sequence[str]) -> Mapping[str, RefKind]:
        """Whether each name is a branch or a tag, or neither, in one request; of both, it is a branch.

        Raises:
            MissingRightError: the token may not see the refs.
        """
        doing = "read which refs there are"
        keys = {f"{kind[0]}{place}": f"refs/{kind}/{name}" for place, name in enumerate(names) for kind in _KINDS}
        with translated(doing, _CONTENTS):
            answer = self._refs(keys, "name")
            there = answers.refs_there(answer, keys)
            if there is None:
                _raise_hidden(answer, doing)
            return {name: _ref_kind(f"h{place}" in there, f"t{place}" in there) for place, name in enumerate(names)}

    def heads(self, names: Sequence[str]) -> Mapping[str, str]:
        """The hash of the newest commit of each branch, empty if there is no such branch, in one request.

        Raises:
            MissingRightError: the token may not see the branches.
        """
        doing = "read the newest commits of branches"
        keys = {f"h{place}": f"refs/heads/{name}" for place, name in enumerate(names)}
        with translated(doing, _CONTENTS):
            answer = self._refs(keys, "target { oid }")
            heads = answers.heads(answer, keys)
            if heads is None:
                _raise_hidden(answer, doing)
            return {name: heads[f"h{place}"] for place, name in enumerate(names)}

    def _refs(self, keys: Mapping[str, str], fields: str) -> Mapping[str, Any]:
        """GraphQL's answer with these fields of each ref; `keys` holds the refs by the keys of the answer."""
        declared = "".join(f", ${key}: String!" for key in keys)
        asked = " ".join(f"{key}: ref(qualifiedName: ${key}) {{ {fields} }}" for key in keys)
        query = f"query($owner: String!, $name: String!{declared}) {{ {_THE_REPOSITORY} {{ {asked} }} }}"
        return self.graphql(query, {**self._repository_variables(), **keys})

    def workflow_files(self) -> Mapping[str, str]:
        """The text of every workflow file on the default branch, by its path.

        Raises:
            MissingRightError: the token may not see the files.
        """
        entries = "... on Tree { entries { name object { ... on Blob { text } } } }"
        with translated(_READING_FILES, _CONTENTS):
            (tree,) = self.git_objects([f"HEAD:{_WORKFLOWS_FOLDER}"], entries)
            if tree is None:
                raise MissingRightError(_READING_FILES, _CONTENTS)
            return answers.texts_of_files(tree, _WORKFLOWS_FOLDER)

    def files_at(self, places: Sequence[tuple[str, str]]) -> tuple[str | None, ...]:
        """The text of a file for each commit and path, or `None` if the commit has no such file.

        Raises:
            MissingRightError: the token may not see the files.
        """
        blobs = self.git_objects([f"{sha}:{path}" for sha, path in places], "... on Blob { text }")
        with translated(_READING_FILES, _CONTENTS):
            return tuple(None if blob is None else answers.text_of_file(blob) for blob in blobs)

    def commits_between(self, pairs: Sequence[tuple[str, str]]) -> tuple[CommitsBetween, ...]:
        """The commits after the first commit of each pair up to the second, the newest first, in one request.

        GitHub gives the history of the second by date. At most 30 commits of it are read.

        Raises:
            MissingRightError: the token may not see the commits.
        """
        doing = "read the commits"
        commits = self.git_objects([red for _, red in pairs], f"... on Commit {{ {_HISTORY} }}", doing)
        if all(commit is None for commit in commits):  # a token that may not see commits gets none
            raise MissingRightError(doing, _CONTENTS)
        with translated(doing, _CONTENTS):
            return tuple(
                answers.commits_between(green, red, commit) for (green, red), commit in zip(pairs, commits, strict=True)
            )

    def closers(self, numbers: Sequence[int], default_branch: str) -> Mapping[int, Closer | None]:
        """The commit that closed each issue, or `None`, in one request.

        Raises:
            MissingRightError: the token may not see it.
        """
        doing, right = "read what closed issues", "issues: read"
        asked = " ".join(f"i{number}: issue(number: {number}) {{ {_CLOSER} }}" for number in numbers)
        query = f"query($owner: String!, $name: String!) {{ {_THE_REPOSITORY} {{ {asked} }} }}"
        with translated(doing, right):
            answer = self.graphql(query, self._repository_variables())
            issues = answers.git_objects(answer, [f"i{number}" for number in numbers])
            if issues is None:
                _raise_hidden(answer, doing, right)
            return {
                number: answers.closer(issue, default_branch) for number, issue in zip(numbers, issues, strict=True)
            }

    def contain(self, pairs: Sequence[tuple[Closer, str]]) -> Mapping[tuple[str, str], bool]:
        """Whether each commit contains the closer beside it, by both hashes; what GitHub does not show is left out.

        Raises:
            MissingRightError: the token may not see the commits.
        """
        doing, found = "read the commits since an issue was closed", {}
        for closer, sha in pairs:
            since = (closer.committed_at - timedelta(seconds=1)).isoformat()
            fields = f'... on Commit {{ history(first: 100, since: "{since}") {{ {_HASHES} }} }}'
            (commit,) = self.git_objects([sha], fields, doing)
            with translated(doing, _CONTENTS):
                contained = None if commit is None else answers.is_in_history(commit, closer.sha)
            if contained is not None:
                found[closer.sha, sha] = contained
        return found

    def git_objects(
        self, expressions: Sequence[str], fields: str, doing: str = _READING_FILES
    ) -> tuple[Fields | None, ...]:
        """The Git object that each expression names, such as `HEAD:folder`, in one request."""
        keys = [f"o{number}" for number in range(len(expressions))]
        declared = "".join(f", ${key}: String!" for key in keys)
        asked = " ".join(f"{key}: object(expression: ${key}) {{ {fields} }}" for key in keys)
        query = f"query($owner: String!, $name: String!{declared}) {{ {_THE_REPOSITORY} {{ {asked} }} }}"
        variables = {**self._repository_variables(), **dict(zip(keys, expressions, strict=True))}
        with translated(doing, _CONTENTS):
            answer = self.graphql(query, variables)
            objects = answers.git_objects(answer, keys)
            if objects is None:
                _raise_hidden(answer, doing)
            if None in objects:
                _raise_refusal(answer, doing)
            return objects

    def graphql(self, query: str, variables: Mapping[str, object] | None = None) -> Fields:
        """The answer of GraphQL, with its data and its errors."""
        return ask_graphql(self._requester, self._endpoints, query, variables)

    def _run(self, data: Fields) -> Run:
        return answers.run(data, self._workflows)


def ask_graphql(
    requester: MeteredRequester, endpoints: Endpoints, query: str, variables: Mapping[str, object] | None = None
) -> Fields:
    """The answer of GraphQL, with its data and its errors."""
    given = {"query": query, **({"variables": variables} if variables else {})}
    _, answer = requester.requestJsonAndCheck("POST", endpoints.graphql_url, input=given)
    return as_object(answer, "it")


def redirect_of(requester: MeteredRequester, status: int, headers: Mapping[str, Any], text: str) -> str:
    """Where an answer leads to.

    Raises:
        GithubException: it leads nowhere.
    """
    if status in _REDIRECTS:
        return str(headers["location"])
    raise requester.createException(status, dict(headers), _structured(text))


def _known_issues(answer: Fields) -> tuple[KnownIssue, ...] | TrackerError:
    """The known issues in an answer that is about something else as well, or why they are not there.

    That GitHub shows none is said by an empty list. An answer without a list and without a reason says nothing.
    """
    doing, data = "list the known issues", answers.data_of(answer)
    try:
        listed = known_issues(None if data is None else nullable(data, "repository", dict))
        if listed is None:
            _raise_refusal(answer, doing, "issues: read")
            raise FormError("the list of known issues is null")
    except FormError as error:
        return MalformedError(doing, str(error))
    except TrackerError as error:
        return error
    return listed


def _check_not_hidden(first: answers.Page, left_out: list[LeftOut] | None) -> None:
    """Note that a list of runs shows none although it counts some: that there is none would be a false all-clear."""
    if first.total and not first.items and left_out is not None:
        left_out.append(LeftOut("all workflow runs", first.lack))


def _filters(**given: str | None) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _from(start: datetime | None) -> str | None:
    """The filter by the time of creation, from a time on."""
    return f">={start:{_SECONDS}}" if start else None


def _ref_kind(branch: bool, tag: bool) -> RefKind:
    return RefKind.BRANCH if branch else RefKind.TAG if tag else RefKind.GONE


def _jobs_or_error(run: Run, suite: object, doing: str) -> tuple[Job, ...] | MalformedError | None:
    try:
        return read_suite(run, as_object(suite, "a check suite")) if suite else None
    except FormError as error:
        return MalformedError(doing, str(error))


def _without_pull_requests(listed: Sequence[object]) -> Iterator[object]:
    return (item for item in listed if not answers.is_pull_request(item))


def _nodes(answer: Fields, count: int, what: str, doing: str, right: str) -> list[object]:
    """The nodes that were asked for by their ids, in that order; one that GitHub does not show is `None`."""
    data = answers.data_of(answer)
    nodes: list[object] | None = None if data is None else nullable(data, "nodes", list)
    if nodes is None or not any(nodes):
        _raise_refusal(answer, doing, right)
    if nodes is None or len(nodes) != count:
        raise FormError(f"it is not about these {what}")
    return nodes


def _raise_hidden(answer: Fields, doing: str, right: str = _CONTENTS) -> NoReturn:
    """Raise the error that GraphQL answers with; without one, the token may not see what was asked for."""
    _raise_refusal(answer, doing, right)
    raise MissingRightError(doing, right)


def _raise_refusal(answer: Fields, doing: str, right: str = _CONTENTS) -> None:
    """Raise the error that GraphQL answers with, which comes with status 200; return if there is none."""
    errors = tuple(answers.errors(answer))
    kinds = {kind for kind, _ in errors}
    if "RATE_LIMITED" in kinds:
        raise RateLimitedError(f"GitHub's rate limit is used up, so the tracker could not {doing}.")
    if kinds & {"FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"}:
        raise MissingRightError(doing, right)
    if errors:
        raise GitHubError(f"GitHub answered the request to {doing} with an error: {errors[0][1][:500]}")


def _structured(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        return {"message": text[:200]}
    return data if isinstance(data, dict) else {}
