"""A scenario file, which a person writes, becomes the state of the server."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal, cast

import yaml

from sandbox import identifiers
from sandbox.fields import Fields, ScenarioError
from sandbox.history import History
from sandbox.host import Host
from sandbox.jobs import read_plans
from sandbox.state import (
    JOBS,
    Account,
    AccountKind,
    Closing,
    Comment,
    Issue,
    Label,
    Pushed,
    Repository,
    State,
    Token,
    Workflow,
)

ASSOCIATIONS = (
    "OWNER",
    "MEMBER",
    "COLLABORATOR",
    "CONTRIBUTOR",
    "FIRST_TIMER",
    "FIRST_TIME_CONTRIBUTOR",
    "MANNEQUIN",
    "NONE",
)
PERMISSIONS = ("admin", "write", "read", "none")
REASONS = ("completed", "not_planned", "duplicate", "reopened")
# What a scenario without tokens of its own accepts.
_RIGHTS = ("none", "read", "write")
DEFAULT_TOKEN = Token("sandbox-token", "github-actions[bot]")
_DEFAULT_NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def read_scenario(text: str, folder: Path) -> tuple[State, History]:
    """The state a scenario describes, and the history it can be continued with."""
    return read_document(parsed(text), folder)


def parsed(text: str) -> object:
    """What a scenario file holds."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise ScenarioError(f"the scenario is not YAML: {problem}") from problem


def read_document(document: object, folder: Path) -> tuple[State, History]:
    """The same from what a scenario file holds."""
    top = Fields(document, "scenario")
    state = State(_repository(top.inner("repository")), top.moment("now", _DEFAULT_NOW, _DEFAULT_NOW))
    state.know(Account(state.repository.owner, "Organization", "OWNER"))
    _read_people(top, state)
    return state, fill(top, state, folder)


def fill(top: Fields, state: State, folder: Path) -> History:
    """Put into the state what the scenario says is in the repository."""
    history = History(state, folder)
    _read_workflows(top, history)
    state.files = {path: text if isinstance(text, str) else "" for path, text in top.inner("files").items()}
    _read_commits(top, history)
    history.add(top.mappings("runs"))
    _read_pushed(top, history)
    _read_labels(top, state)
    _read_issues(top, state)
    top.done()
    return history


def read_many(document: object, folder: Path) -> Host:
    """A server with many repositories: each is a scenario without a time, accounts and tokens, which all share."""
    top = Fields(document, "scenario")
    host, now = Host(), top.moment("now", _DEFAULT_NOW, _DEFAULT_NOW)
    _read_people(top, host)
    for entry in top.mappings("repositories"):
        repository = _repository(entry.inner("repository"))
        if host.find(repository.full_name):
            raise entry.error("repository", f"there are two repositories {repository.full_name}")
        host.declare(repository, now, partial(fill, entry, folder=folder))
        host.open(repository.full_name)  # a mistake in it is found now
    top.done()
    return host


def _repository(fields: Fields) -> Repository:
    """What a scenario says of the repository itself."""
    full_name = fields.text("full_name", "octo-org/example")
    if full_name.count("/") != 1:
        raise fields.error("full_name", f"must be owner/name, not {full_name!r}")
    permissions = fields.inner("permissions")
    repository = Repository(
        full_name=full_name,
        id=fields.number("id", identifiers.number("repository", full_name, start=100_000_000, span=900_000_000)),
        default_branch=fields.text("default_branch", "main"),
        private=fields.flag("private", default=False),
        archived=fields.flag("archived", default=False),
        fork=fields.flag("fork", default=False),
        topics=tuple(fields.names("topics")),
        has_issues=fields.flag("has_issues", default=True),
        issue_types=tuple(fields.names("issue_types")),
        description=fields.optional_text("description"),
        permissions=tuple((name, permissions.flag(name, default=False)) for name, _ in permissions.items()),
    )
    fields.done()
    return repository


def _read_people(top: Fields, state: State | Host) -> None:
    for fields in top.mappings("accounts"):
        login = fields.text("login")
        kind = fields.choice("type", ("User", "Bot", "Organization"), "Bot" if login.endswith("[bot]") else "User")
        state.know(
            Account(
                login=login,
                kind=cast("AccountKind", kind),
                association=fields.choice("association", ASSOCIATIONS, "NONE"),
                name=fields.text("name", ""),
                email=fields.text("email", ""),
                role=fields.choice("permission", PERMISSIONS, "") if "permission" in fields else "",
            )
        )
        fields.done()
    tokens = [_token(value, Fields(entry, f"scenario.tokens.{value}")) for value, entry in top.inner("tokens").items()]
    for token in tokens or [DEFAULT_TOKEN]:
        state.tokens[token.value] = token
        state.account(token.login)


def _token(value: str, fields: Fields) -> Token:
    login = fields.text("login", DEFAULT_TOKEN.login)
    token = Token(
        value=value,
        login=login,
        actions=cast("Literal['none', 'read', 'write']", fields.choice("actions", _RIGHTS, "write")),
        issues=cast("Literal['none', 'read', 'write']", fields.choice("issues", _RIGHTS, "write")),
        checks=cast("Literal['none', 'read']", fields.choice("checks", ("none", "read"), "read")),
        contents=cast("Literal['none', 'read']", fields.choice("contents", ("none", "read"), "read")),
        pull_requests=cast("Literal['none', 'read']", fields.choice("pull_requests", ("none", "read"), "read")),
        labels=fields.flag("labels", default=True),
        rate_limit=fields.number("rate_limit", 1000 if login == DEFAULT_TOKEN.login else 5000),
        graphql_limit=fields.number("graphql_limit", Token.graphql_limit),
        search_limit=fields.number("search_limit", Token.search_limit),
        repositories=tuple(fields.names("repositories")),
    )
    fields.done()
    return token


def _read_workflows(top: Fields, history: History) -> None:
    for fields in top.mappings("workflows"):
        name = fields.text("name")
        path = fields.text("path", f".github/workflows/{fields.text('file', f'{_slug(name)}.yml')}")
        workflow = Workflow(
            id=fields.number("id", _workflow_id(history.state, path)),
            name=name,
            path=path,
            state=fields.choice("state", WORKFLOW_STATES, "active"),
            text=_workflow_text(fields),
        )
        history.state.workflows.append(workflow)
        history.plans[name] = read_plans(fields)
        history.start_numbers_at(workflow, fields.number("first_number", 1))
        fields.done()


def _workflow_id(state: State, path: str) -> int:
    """The number of a workflow: no two of GitHub have the same. The first repository has those of a single one."""
    seed = (state.repository.full_name, path) if state.id_offset else (path,)
    return identifiers.number("workflow", *seed, start=90_000_000, span=90_000_000)


def _workflow_text(fields: Fields) -> str:
    """The workflow's file: as it is written, or what its schedule alone makes of it."""
    crons = fields.names("cron")
    made_up = "".join(f"    - cron: '{cron}'\n" for cron in crons)
    return fields.text("text", f"on:\n  schedule:\n{made_up}{JOBS}" if crons else Workflow.text)


WORKFLOW_STATES = ("active", "deleted", "disabled_fork", "disabled_inactivity", "disabled_manually")


def _slug(name: str) -> str:
    return "-".join(name.lower().split())


def _read_commits(top: Fields, history: History) -> None:
    for name, entry in top.inner("commits").items():
        fields = Fields(entry, f"scenario.commits.{name}")
        history.commits[name] = history.read_commit(fields, history.state.now, (name,))


def _read_pushed(top: Fields, history: History) -> None:
    for fields in top.mappings("pushed"):
        branch = fields.text("branch", history.state.repository.default_branch)
        commit = history.read_commit(fields, history.state.now, ("pushed", len(history.state.pushed)))
        history.state.pushed.append(Pushed(branch, commit))


def _read_labels(top: Fields, state: State) -> None:
    for fields in top.mappings("labels"):
        label = Label(fields.text("name"), fields.text("color", "ededed"), fields.optional_text("description"))
        state.labels[label.name.lower()] = label
        fields.done()


def _read_issues(top: Fields, state: State) -> None:
    for fields in top.mappings("issues"):
        issue = _issue(fields, state)
        if issue.number in state.issues:
            raise fields.error("number", f"there are two issues {issue.number}")
        state.issues[issue.number] = issue


def _issue(fields: Fields, state: State) -> Issue:
    created = fields.moment("created", state.now, state.now)
    account = state.account(fields.text("login", state.repository.owner))
    issue = Issue(
        number=fields.number("number", max(state.issues, default=0) + 1),
        title=fields.text("title"),
        body=fields.optional_text("body"),
        login=account.login,
        author_association=fields.choice("association", ASSOCIATIONS, account.association),
        created_at=created,
        updated_at=created,
        labels=state.ensure_labels(fields.names("labels")),
        assignees=fields.names("assignees"),
        pull_request=fields.flag("pull_request", default=False),
        id_offset=state.id_offset,
    )
    _read_comments(fields.mappings("comments"), issue, state)
    reason = fields.choice("state_reason", REASONS, "completed")
    if fields.choice("state", ("open", "closed"), "open") == "closed":
        at = fields.moment("closed", issue.updated_at, state.now)
        state.close(issue, Closing(at, fields.optional_text("closed_by"), reason))
    fields.done()
    return issue


def _read_comments(entries: Sequence[Fields], issue: Issue, state: State) -> None:
    for fields in entries:
        at = fields.moment("at", issue.updated_at, state.now)
        comment: Comment = state.comment(issue, fields.text("body"), fields.text("login", issue.login), at)
        comment.updated_at = comment.created_at
        fields.done()
