"""What to write to GitHub, and the results."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ci_failure_tracker.model.decisions import IssueRef, Rerun, Skip
from ci_failure_tracker.model.history import Identity
from ci_failure_tracker.model.problems import Problem
from ci_failure_tracker.model.state import State


@dataclass(frozen=True, slots=True)
class Create:
    """Open a new issue; `state` is the state in the marker of its body. Without an `issue_type` it has none."""

    identity: Identity
    reason: str
    title: str
    body: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    state: State
    issue_type: str = ""


@dataclass(frozen=True, slots=True)
class _ChangeOfIssue:
    """Write a new body, which holds `state` in its marker; add `labels` and a `comment` if they are not empty."""

    identity: Identity
    reason: str
    number: int
    body: str
    state: State
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Update(_ChangeOfIssue):
    """Change an open issue."""


@dataclass(frozen=True, slots=True)
class Reopen(_ChangeOfIssue):
    """Open a closed issue again, with a new body; a `title` that is not empty replaces the old one."""

    title: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Close(_ChangeOfIssue):
    """Close an open issue, with a new body; `state_reason` is `completed`, `not_planned` or `duplicate`.

    `duplicate_of` is the database id of the issue that stays open. If an earlier write of the same list opens that
    issue, it is a reference, and the comment holds the placeholder of the reference. If the issue of the failure id
    `held_by` could not be written, this one stays open.
    """

    state_reason: str = field(kw_only=True)
    duplicate_of: int | IssueRef | None = field(default=None, kw_only=True)
    held_by: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class KnownWrite:
    """Write the tracker's own text into a known issue, if its block still has this digest."""

    number: int
    reason: str
    table: str
    block: str


Change = Update | Reopen | Close
Action = Create | Change | Skip
"""What is done about an issue."""


def verb(action: Action | Rerun) -> str:
    """The name of the action, such as `create`."""
    return type(action).__name__.lower()


class WriteStatus(StrEnum):
    """What happened to an action."""

    DONE = "done"
    FAILED = "failed"
    PLANNED = "planned"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class KnownResult:
    """What happened to the text of a known issue."""

    write: KnownWrite
    status: WriteStatus
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What happened to an action; `number` and `url` are those of the issue, if there is one."""

    action: Action | Rerun
    status: WriteStatus
    number: int | None = None
    url: str | None = None
    problems: tuple[Problem, ...] = ()
