"""What is to be done, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.github import Outcome
from ci_failure_tracker.model.history import Identity
from ci_failure_tracker.model.scan import Problem


class Why(StrEnum):
    """The kind of reason for which nothing is done."""

    UNCHANGED = "unchanged"
    GREEN = "green"
    TOO_FEW = "too few failures"
    OVER_CAP = "over the cap"
    CLOSED_BY_PERSON = "closed by a person"
    OLDER_THAN_CLOSING = "older than the closing"
    UNREADABLE = "unreadable"
    NO_ROOM = "no room"
    BAD_TEMPLATE = "bad template"
    SAME_ID = "same id"
    CAUSE_UNKNOWN = "cause not known yet"
    STORM = "part of a storm"
    CLOSED_UNKNOWN = "closed issues not known"


@dataclass(frozen=True, slots=True)
class Create:
    """Open a new issue."""

    identity: Identity
    reason: str
    title: str
    body: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """Write the body of an open issue anew; then put `labels` on it and say the `comment`, where there are any."""

    identity: Identity
    reason: str
    number: int
    body: str
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open a closed issue again, with its body brought up to date."""

    identity: Identity
    reason: str
    number: int
    body: str
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """Close an open issue, with its body brought up to date; `state_reason` is GitHub's."""

    identity: Identity
    reason: str
    number: int
    body: str
    state_reason: str
    comment: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave everything as it is, and say why."""

    identity: Identity
    reason: str
    why: Why
    number: int | None = None


Change = Update | Reopen | Close


Action = Create | Change | Skip


def verb(action: Action) -> str:
    """The action in one word."""
    return type(action).__name__.lower()


@dataclass(frozen=True, slots=True)
class Failing:
    """One thing that is broken now, as the summary shows it."""

    identity: Identity
    outcome: Outcome
    count: int
    since: datetime
    run_id: int
    run_number: int
    branch: str
    legs: tuple[str, ...]
    headline: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep would do, each action with its reason, and what it found to be failing."""

    actions: tuple[Action, ...]
    failing: tuple[Failing, ...]
    problems: tuple[Problem, ...]


class Fate(StrEnum):
    """What became of an action at the door."""

    DONE = "done"
    FAILED = "failed"
    PLANNED = "planned"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Result:
    """An action and what became of it; `number` and `url` are the issue's where there is one."""

    action: Action
    fate: Fate
    number: int | None = None
    url: str | None = None
    problems: tuple[Problem, ...] = ()
