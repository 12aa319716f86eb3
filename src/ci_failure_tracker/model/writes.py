"""What is to be written to GitHub, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ci_failure_tracker.model.decisions import Skip
from ci_failure_tracker.model.history import Identity
from ci_failure_tracker.model.snapshot import Problem
from ci_failure_tracker.model.state import State


@dataclass(frozen=True, slots=True)
class Create:
    """Open a new issue; `state` is what its body was made from, as it is in the other writes."""

    identity: Identity
    reason: str
    title: str
    body: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    state: State


@dataclass(frozen=True, slots=True)
class Update:
    """Write the body of an open issue anew; then put `labels` on it and say the `comment`, where there are any."""

    identity: Identity
    reason: str
    number: int
    body: str
    state: State
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open a closed issue again, with its body brought up to date."""

    identity: Identity
    reason: str
    number: int
    body: str
    state: State
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """Close an open issue, with its body brought up to date; `state_reason` is GitHub's."""

    identity: Identity
    reason: str
    number: int
    body: str
    state: State
    state_reason: str
    comment: str = ""
    labels: tuple[str, ...] = ()


Change = Update | Reopen | Close


Action = Create | Change | Skip


def verb(action: Action) -> str:
    """The action in one word."""
    return type(action).__name__.lower()


class WriteStatus(StrEnum):
    """What became of an action at the door."""

    DONE = "done"
    FAILED = "failed"
    PLANNED = "planned"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Result:
    """An action and what became of it; `number` and `url` are the issue's where there is one."""

    action: Action
    status: WriteStatus
    number: int | None = None
    url: str | None = None
    problems: tuple[Problem, ...] = ()
