"""GitHub's answers as types of the project. Each function checks every field that it reads, and sends no request.

A field that GitHub's own description calls optional or nullable gets a default that says no more than the answer does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.github.fields import (
    Fields,
    FormError,
    as_object,
    checked,
    items,
    moment,
    nullable,
    optional,
    optional_moment,
    required,
)
from ci_failure_tracker.model import (
    Annotation,
    Artifact,
    Closer,
    Commit,
    CommitOrigin,
    CommitsBetween,
    Issue,
    Job,
    NewestRuns,
    Repository,
    Run,
    ShortRun,
    Step,
    Suspect,
    Tag,
    TagRun,
    Workflow,
)

WITHOUT_DETAILS = frozenset({"success", "skipped", "neutral"})
"""Conclusions of jobs whose steps and annotations are not read."""

_COMPLETED = "completed"
_OWN_EVENTS = frozenset({"merge_group", "push", "release", "repository_dispatch", "schedule", "workflow_dispatch"})
"""Events that start no run of a fork in this repository."""

_PULL_REQUEST = re.compile(r"/pull/\d+$")
_RUN = re.compile(r"/runs/(\d+)$")
_ATTEMPT = re.compile(r"/attempts/(\d+)$")


def repository(data: Fields) -> Repository:
    """The repository itself."""
    return Repository(
        full_name=required(data, "full_name", str),
        url=required(data, "html_url", str),
        default_branch=required(data, "default_branch", str),
        archived=required(data, "archived", bool),
        has_issues=required(data, "has_issues", bool),
        private=_is_private(data),
    )


def _is_private(data: Fields) -> bool | None:
    """Whether not everybody may see a repository; `None` if an old server does not say it."""
    visibility, private = optional(data, "visibility", str), optional(data, "private", bool)
    return private if visibility is None else visibility != "public"


# --- workflows, runs and jobs --------------------------------------------------------------------


def workflow(data: Fields) -> Workflow:
    """A workflow from the list of workflows."""
    return Workflow(
        required(data, "id", int),
        required(data, "name", str),
        required(data, "path", str),
        required(data, "state", str),
        moment(data, "updated_at"),
        optional(data, "node_id", str) or "",
    )


def run_change(data: Fields) -> tuple[int | None, datetime]:
    """The id of a run, as its address has it, and when it changed last, as GraphQL shows them."""
    match = _RUN.search(required(data, "url", str))
    return int(match[1]) if match else None, moment(data, "updatedAt")


def newest_runs(data: Fields) -> NewestRuns:
    """The newest runs of a workflow, as GraphQL shows them."""
    runs = required(data, "runs", dict)
    nodes = items(runs, "nodes")
    return NewestRuns(tuple(map(_short_run, nodes)), complete=len(nodes) == required(runs, "totalCount", int))


def _short_run(data: Fields) -> ShortRun:
    suite = required(data, "checkSuite", dict)
    branch, conclusion = nullable(suite, "branch", dict), nullable(suite, "conclusion", str)
    is_over = required(suite, "status", str) == "COMPLETED"
    return ShortRun(
        required(branch, "name", str) if branch else "",
        required(data, "event", str),
        conclusion.lower() if conclusion and is_over else None,
    )


def run(data: Fields, workflows: Mapping[int, Workflow]) -> Run:
    """A run; `workflows` are those of the list, by id."""
    event, created_at = required(data, "event", str), moment(data, "created_at")
    status, conclusion = _ending(data, optional(data, "status", str))
    head_commit = nullable(data, "head_commit", dict)
    return Run(
        id=required(data, "id", int),
        number=required(data, "run_number", int),
        attempt=_attempt(data),
        workflow=_workflow_of(data, workflows),
        event=event,
        branch=nullable(data, "head_branch", str) or "",
        commit=Commit(
            required(data, "head_sha", str),
            required(head_commit, "message", str).partition("\n")[0] if head_commit is not None else "",
        ),
        status=status,
        conclusion=conclusion,
        created_at=created_at,
        started_at=optional_moment(data, "run_started_at") or created_at,
        updated_at=moment(data, "updated_at"),
        check_suite_id=optional(data, "check_suite_node_id", str) or "",
        node_id=optional(data, "node_id", str) or "",
        from_fork=_is_from_fork(data, event),
        subject=_subject(optional(data, "name", str) or "") if event == "dynamic" else "",
        started_by=_starter(data),
    )


def _starter(data: Fields) -> str:
    """The login that started the newest attempt. Little depends on it, so a run counts without it."""
    actor = data.get("triggering_actor")
    login = actor.get("login") if isinstance(actor, dict) else None
    return login if isinstance(login, str) else ""


def _attempt(data: Fields) -> int:
    """An older server does not number the attempts of a run; it may say which one came before."""
    number = optional(data, "run_attempt", int)
    if number is not None:
        return number
    before = _ATTEMPT.search(optional(data, "previous_attempt_url", str) or "")
    return int(before[1]) + 1 if before else 1


def _workflow_of(data: Fields, workflows: Mapping[int, Workflow]) -> Workflow:
    """The workflow of a run under its name in the list: the name of a run may come from `run-name:` or Dependabot."""
    number, path = required(data, "workflow_id", int), optional(data, "path", str)
    listed = workflows.get(number)
    if listed is not None:
        return Workflow(number, listed.name, path or listed.path)
    return Workflow(number, (path or f"workflow {number}").rpartition("/")[2], path or "")


def _ending(data: Fields, status: str | None) -> tuple[str, str | None]:
    """The status and the conclusion of a run or job. What has ended without a conclusion would count as nothing."""
    conclusion = nullable(data, "conclusion", str)
    if status == _COMPLETED and conclusion is None:
        raise FormError("`conclusion` is null although it is completed")
    return status or (_COMPLETED if conclusion else ""), conclusion


def _is_from_fork(data: Fields, event: str) -> bool:
    """Whether a run belongs to a fork; a run of a deleted fork has no head repository."""
    head, base = nullable(data, "head_repository", dict), required(data, "repository", dict)
    base_id = required(base, "id", int)
    # A run of the repository itself that counts as one of a fork would be left out without a word.
    if head is None and event in _OWN_EVENTS:
        raise FormError(f"`head_repository` is null, which no event `{event}` of a fork explains")
    return head is None or required(head, "id", int) != base_id


def _subject(name: str) -> str:
    """The subject in the name of a dynamic run: `npm in /web` of Dependabot's `npm in /web for vite - Update #997`."""
    return re.split(r" for | - Update #", name, maxsplit=1)[0]


def job(data: Fields, of_run: Run) -> Job:
    """A job of a run, with its steps unless it passed."""
    status, conclusion = _ending(data, required(data, "status", str))
    completed_at = optional_moment(data, "completed_at")
    check_end(conclusion, completed_at, "completed_at")
    steps = optional(data, "steps", list) or []
    return Job(
        id=required(data, "id", int),
        name=required(data, "name", str),
        conclusion=conclusion,
        steps=() if conclusion in WITHOUT_DETAILS else tuple(_step(as_object(step, "a step")) for step in steps),
        attempt=_attempt_of_job(data, of_run),
        completed_at=completed_at,
        started_at=optional_moment(data, "started_at"),
        status=status,
    )


def check_end(conclusion: str | None, completed_at: datetime | None, name: str) -> None:
    """Check that a job that failed has an end: a failure without a time would have no place among the others.

    Raises:
        FormError: it has none.
    """
    if conclusion is not None and conclusion not in WITHOUT_DETAILS and completed_at is None:
        raise FormError(f"`{name}` is missing although it has a conclusion")


def _attempt_of_job(data: Fields, of_run: Run) -> int:
    """GitHub may leave out the attempt of a job; a run with one attempt leaves no doubt."""
    number = optional(data, "run_attempt", int)
    if number is None and of_run.attempt > 1:
        raise FormError("`run_attempt` is missing")
    return number or 1


def _step(data: Fields) -> Step:
    return Step(
        number=required(data, "number", int),
        name=required(data, "name", str),
        conclusion=nullable(data, "conclusion", str),
        started_at=optional_moment(data, "started_at"),
        completed_at=optional_moment(data, "completed_at"),
    )


def annotation(data: Fields) -> Annotation:
    """An annotation of a check run."""
    return Annotation(
        level=nullable(data, "annotation_level", str) or "",
        message=nullable(data, "message", str) or "",
        title=nullable(data, "title", str) or "",
        path=required(data, "path", str),
        line=required(data, "start_line", int),
    )


# --- issues --------------------------------------------------------------------------------------


def is_pull_request(data: object) -> bool:
    """Whether an item of the list of issues is a pull request, which GitHub lists with them."""
    if not isinstance(data, dict):
        return False
    return bool(data.get("pull_request")) or bool(_PULL_REQUEST.search(str(data.get("html_url"))))


def issue(data: Fields) -> Issue:
    """An issue, as REST describes it. GitHub gives no author if the account is gone.

    Raises:
        FormError: a field is missing without which it is not known whose issue it is, or when it was closed.
    """
    login, is_bot = _author(data)
    association = optional(data, "author_association", str)
    # A person without write access could forge a marker, so that nothing is taken for granted here.
    if login and not is_bot and association is None:
        raise FormError("`author_association` is missing, so it is not known whether its author may write")
    is_open, closed_at = _is_open(required(data, "state", str)), optional_moment(data, "closed_at")
    # Without this time nobody knows whether a failure came before or after the issue was closed.
    if not is_open and closed_at is None:
        raise FormError("`closed_at` is missing although it is closed")
    return Issue(
        number=required(data, "number", int),
        url=required(data, "html_url", str),
        # GitHub gives null for an empty body; without this field it would not be known what the issue is about.
        body=nullable(data, "body", str) or "",
        open=is_open,
        state_reason=optional(data, "state_reason", str),
        closed_at=closed_at,
        author=login,
        author_is_bot=is_bot,
        author_association=association or "",
        labels=tuple(filter(None, map(label, required(data, "labels", list)))),
        created_at=moment(data, "created_at"),
        title=required(data, "title", str),
        database_id=required(data, "id", int),
        assignees=tuple(_login(person) for person in optional(data, "assignees", list) or ()),
        issue_type=_issue_type(data),
    )


def _issue_type(data: Fields) -> str:
    """The name of the type. Without it nothing goes wrong, so another form of it is none."""
    known = data.get("type")
    return str(known.get("name") or "") if isinstance(known, dict) else ""


def _is_open(state: str) -> bool:
    if state not in {"open", "closed"}:
        raise FormError("`state` is neither open nor closed")
    return state == "open"


def _author(data: Fields) -> tuple[str, bool]:
    user = nullable(data, "user", dict)
    return ("", False) if user is None else (_login(user), required(user, "type", str) == "Bot")


def _login(data: object) -> str:
    return required(as_object(data, "a person"), "login", str)


def label(data: object) -> str:
    """The name of a label, which GitHub gives as a text or in an object."""
    return data if isinstance(data, str) else required(as_object(data, "a label"), "name", str)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an issue."""

    body: str
    author: str
    author_is_bot: bool
    author_association: str


def comment(data: Fields) -> Comment:
    """A comment on an issue."""
    login, is_bot = _author(data)
    association = optional(data, "author_association", str) or ""
    return Comment(required(data, "body", str), login, is_bot, association)


# --- GraphQL -------------------------------------------------------------------------------------


def viewer(answer: Fields) -> str:
    """The login of the token."""
    return required(required(required(answer, "data", dict), "viewer", dict), "login", str)


def texts_of_files(tree: Fields, folder: str) -> dict[str, str]:
    """The text of each file of a folder by its path. A folder in it and a binary file have none."""
    texts = {}
    for entry in items(tree, "entries") if nullable(tree, "entries", list) is not None else ():
        blob = nullable(entry, "object", dict)
        if blob and (text := text_of_file(blob)):
            texts[f"{folder}/{required(entry, 'name', str)}"] = text
    return texts


def text_of_file(blob: Fields) -> str | None:
    """The text of a file; `None` for a binary file, or for what is no file."""
    return optional(blob, "text", str)


def commits_between(green: str, red: str, commit: Fields | None) -> CommitsBetween:
    """The commits of the history of `red` up to `green`, from what GitHub says of the commit `red`."""
    if commit is None:
        return CommitsBetween(green, red, known=False)
    suspects = [_suspect(node) for node in items(required(commit, "history", dict), "nodes")]
    # If the passing commit is not among them, there are more suspects than were read, or the branch was rewritten.
    place = next((place for place, suspect in enumerate(suspects) if suspect.sha == green), None)
    return CommitsBetween(green, red, tuple(suspects[:place]), more=place is None, pending=True, files_pending=True)


def changed_files(commit: Fields) -> tuple[str, ...]:
    """The names of the files that a commit changed; of a renamed file the old name, too."""
    files: Sequence[Fields] = items(commit, "files") if optional(commit, "files", list) else ()
    names = (
        name for file in files for name in (required(file, "filename", str), optional(file, "previous_filename", str))
    )
    return tuple(dict.fromkeys(name for name in names if name))


def commit_origin(commit: Fields) -> tuple[CommitOrigin, bool]:
    """Where a commit comes from, and whether GitHub shows its pull requests."""
    user: Fields = optional(nullable(commit, "author", dict) or {}, "user", dict) or {}
    author = optional(user, "login", str) or ""
    pulls = nullable(commit, "associatedPullRequests", dict)
    if pulls is None:
        return CommitOrigin(author), False
    for pull in items(pulls, "nodes")[:1]:
        opened_by = nullable(pull, "author", dict)
        return CommitOrigin(author, required(pull, "number", int), _actor(opened_by) if opened_by else ""), True
    return CommitOrigin(author), True


def _actor(actor: Fields) -> str:
    """A login; GraphQL leaves out what REST adds to that of a bot."""
    login = required(actor, "login", str).removesuffix("[bot]")
    return f"{login}[bot]" if required(actor, "__typename", str) == "Bot" else login


def is_file(item: Fields) -> bool:
    """Whether an object of Git is a file."""
    return required(item, "__typename", str) == "Blob"


def whole_text(blob: Fields, most: int) -> str:
    """The text of a file; empty if GitHub cut it, if it is larger than `most` bytes, or if it is no text."""
    if required(blob, "isTruncated", bool) or required(blob, "byteSize", int) > most:
        return ""
    return nullable(blob, "text", str) or ""


def closer(issue: Fields | None, default_branch: str) -> Closer | None:
    """The commit that closed an issue last; `None` if a person closed it without one."""
    timeline = required(issue, "timelineItems", dict) if issue is not None else {"nodes": []}
    events = items(timeline, "nodes")
    by: Fields | None = optional(events[-1], "closer", dict) if events else None
    if by is None:
        return None
    # A commit closes issues when it comes to the default branch.
    branch = optional(by, "baseRefName", str) or default_branch
    commit = optional(by, "mergeCommit", dict) if "baseRefName" in by else by
    if not commit or "oid" not in commit:
        return None
    return Closer(required(commit, "oid", str), moment(commit, "committedDate"), branch)


def is_in_history(commit: Fields, sha: str) -> bool | None:
    """Whether a part of a commit's history holds another commit; `None` if there is more of it that was not read."""
    history = required(commit, "history", dict)
    if any(required(node, "oid", str) == sha for node in items(history, "nodes")):
        return True
    return None if required(required(history, "pageInfo", dict), "hasNextPage", bool) else False


def _suspect(node: Fields) -> Suspect:
    author: Fields = nullable(node, "author", dict) or {}
    user: Fields = optional(author, "user", dict) or {}
    name = optional(user, "login", str) or optional(author, "name", str) or ""
    return Suspect(required(node, "oid", str), required(node, "messageHeadline", str), name)


def data_of(answer: Fields) -> Fields | None:
    """The data of an answer of GraphQL; `None` if there are only errors.

    Raises:
        FormError: there is neither data nor an error.
    """
    if not (data := optional(answer, "data", dict)) and not answer.get("errors"):
        raise FormError("it holds neither data nor errors")
    return data


def git_objects(answer: Fields, keys: Sequence[str]) -> tuple[Fields | None, ...] | None:
    """The Git objects under these keys; `None` if GitHub shows no repository."""
    data = data_of(answer)
    objects = None if data is None else nullable(data, "repository", dict)
    return None if objects is None else tuple(nullable(objects, key, dict) for key in keys)


def tags(answer: Fields) -> tuple[Tag, ...] | None:
    """The tags with the runs on their commits; `None` if GitHub does not show them."""
    data = data_of(answer)
    repository = None if data is None else nullable(data, "repository", dict)
    refs = None if repository is None else nullable(repository, "refs", dict)
    return None if refs is None else tuple(_tag(ref) for ref in items(refs, "nodes"))


def _tag(ref: Fields) -> Tag:
    target = nullable(ref, "target", dict) or {}
    commit = optional(target, "target", dict) or target
    suites = optional(commit, "checkSuites", dict)
    runs = (_tag_run(suite) for suite in (items(suites, "nodes") if suites is not None else ()))
    return Tag(required(ref, "name", str), tuple(run for run in runs if run is not None))


def _tag_run(suite: Fields) -> TagRun | None:
    """The run of a check suite; `None` if another app than GitHub Actions made it."""
    of_suite = nullable(suite, "workflowRun", dict)
    if of_suite is None:
        return None
    workflow_id = optional(required(of_suite, "workflow", dict), "databaseId", int)
    if workflow_id is None:
        return None
    conclusion = nullable(suite, "conclusion", str)
    return TagRun(
        number=required(of_suite, "runNumber", int),
        workflow_id=workflow_id,
        event=required(of_suite, "event", str),
        conclusion=conclusion and conclusion.lower(),
        created_at=moment(suite, "createdAt"),
    )


def refs_there(answer: Fields, keys: Iterable[str]) -> frozenset[str] | None:
    """The keys of the refs that exist; `None` if GitHub shows no repository."""
    data = data_of(answer)
    refs = None if data is None else nullable(data, "repository", dict)
    if refs is None or answer.get("errors"):
        return None
    return frozenset(key for key in keys if nullable(refs, key, dict) is not None)


def heads(answer: Fields, keys: Iterable[str]) -> Mapping[str, str] | None:
    """The hash of the newest commit of each branch by key, empty if there is none; `None` without a repository."""
    data = data_of(answer)
    refs = None if data is None else nullable(data, "repository", dict)
    if refs is None or answer.get("errors"):
        return None
    found = {key: nullable(refs, key, dict) for key in keys}
    return {key: required(required(ref, "target", dict), "oid", str) if ref else "" for key, ref in found.items()}


def errors(answer: Fields) -> Iterator[tuple[str, str]]:
    """The type and the message of each error of GraphQL."""
    for error in optional(answer, "errors", list) or ():
        data = as_object(error, "an error")
        yield optional(data, "type", str) or "", optional(data, "message", str) or "no message"


# --- lists ---------------------------------------------------------------------------------------


def artifact(data: Fields) -> Artifact:
    """An artifact of a run."""
    return Artifact(
        id=required(data, "id", int),
        name=required(data, "name", str),
        size=required(data, "size_in_bytes", int),
        expired=required(data, "expired", bool),
        created_at=optional_moment(data, "created_at"),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """The items of one page of a list; `total` is how many the whole list has, if GitHub says so."""

    items: Sequence[object]
    total: int | None

    @property
    def lack(self) -> str:
        """What it lacks if this page is the whole list; empty if it lacks nothing."""
        return f"the list holds {len(self.items)} of {self.total}" if len(self.items) < (self.total or 0) else ""


def page(data: object, key: str) -> Page:
    """A page of a list, which stands under a key, or alone if the key is empty."""
    if not key:
        return Page(checked(data, list, "the list"), None)
    envelope = as_object(data, "the list")
    return Page(required(envelope, key, list), optional(envelope, "total_count", int))
