"""What a sweep decides, before any text is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.github import Issue, Outcome
from ci_failure_tracker.model.history import Identity
from ci_failure_tracker.model.snapshot import Problem, Severity
from ci_failure_tracker.model.state import Cause, CloseReason, State


class SkipReason(StrEnum):
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
class News:
    """What a comment on an open issue says is new.

    `failures` counts failed runs, `causes` are new ones, `flaky` says that it turned flaky, `week` that it has been
    broken for a week.
    """

    failures: int = 0
    causes: tuple[Cause, ...] = ()
    flaky: bool = False
    week: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.failures or self.causes or self.flaky or self.week)


@dataclass(frozen=True, slots=True)
class Reopened:
    """A comment says that it fails again, after the issue was closed at this time."""

    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """A comment says why the issue is closed, at this time."""

    close_reason: CloseReason
    at: datetime


@dataclass(frozen=True, slots=True)
class DuplicateOf:
    """A comment says which issue stands for the same thing."""

    number: int


Comment = News | Reopened | Closed | DuplicateOf


class DecisionKind(StrEnum):
    """What is to be done with the issue of an identity."""

    CREATE = "create"
    UPDATE = "update"
    REOPEN = "reopen"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done for one identity, and why.

    `after` is what the issue remembers when it is done; `issue` is the one to change, with `before` in its marker, and
    `None` where a new one is opened. `reason` names what changed; it is empty for an update where only the text may
    differ. `waits` says what an issue that is not failing waits for. An update is decided for every open issue; whether
    its text changes is seen when it is rendered.
    """

    kind: DecisionKind
    identity: Identity
    reason: str
    after: State
    before: State | None = None
    issue: Issue | None = None
    comment: Comment | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    waits: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave everything as it is, and say why; `number` is the issue's where there is one."""

    identity: Identity
    reason: str
    skip_reason: SkipReason
    number: int | None = None

    def problem(self, severity: Severity) -> Problem:
        """That an identity has no issue, or one that is not brought up to date, although it should."""
        what = f"{self.identity.workflow} - {self.identity.job}"
        lead = f"Issue #{self.number} of {what} is not kept current" if self.number else f"{what} gets no issue"
        return Problem(severity, f"{lead}: {self.reason.rstrip('.')}.")


@dataclass(frozen=True, slots=True)
class CurrentFailure:
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
class Decisions:
    """Everything that a sweep decided, what it found to be failing, and what it could not decide."""

    all: tuple[Decision | Skip, ...]
    failing: tuple[CurrentFailure, ...]
    problems: tuple[Problem, ...]

    @property
    def made(self) -> tuple[Decision, ...]:
        """The decisions to do something."""
        return tuple(one for one in self.all if isinstance(one, Decision))
