"""What a sweep decides; the texts are made later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.github import Issue
from ci_failure_tracker.model.history import Identity
from ci_failure_tracker.model.known import KnownFailure, KnownUpdate
from ci_failure_tracker.model.outcome import Outcome
from ci_failure_tracker.model.problems import Problem, Severity
from ci_failure_tracker.model.state import Cause, CloseReason, State


class SkipReason(StrEnum):
    """Why nothing is done for an identity."""

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
    ISSUES_UNKNOWN = "issues not known"
    UNCLEAR = "answer not understood"
    TEXT_GONE = "text of its issue is gone"
    RETIRED = "retired"
    ONE_MORE_TRY = "one more try"
    KNOWN = "known issue"
    SAME_AS = "same as another issue"
    EDITOR_UNKNOWN = "editor not known"
    UNREAD = "repository not read"


SETTLED = frozenset(
    {
        SkipReason.UNCHANGED,
        SkipReason.GREEN,
        SkipReason.TOO_FEW,
        SkipReason.CLOSED_BY_PERSON,
        SkipReason.OLDER_THAN_CLOSING,
        SkipReason.UNREADABLE,
        SkipReason.NO_ROOM,
        SkipReason.BAD_TEMPLATE,
        SkipReason.SAME_ID,
        SkipReason.STORM,
        SkipReason.RETIRED,
        SkipReason.KNOWN,
        SkipReason.SAME_AS,
    }
)
"""Reasons for which the next sweep does nothing either, if nothing else changes."""


@dataclass(frozen=True, slots=True)
class News:
    """The news in a comment on an open issue.

    `failures` counts new failed runs, `causes` are new causes. `flaky` is true if the identity became flaky, `week` if
    it has been failing for a week.
    """

    failures: int = 0
    causes: tuple[Cause, ...] = ()
    flaky: bool = False
    week: bool = False

    def __bool__(self) -> bool:
        """Whether there is any news."""
        return bool(self.failures or self.causes or self.flaky or self.week)


@dataclass(frozen=True, slots=True)
class Reopened:
    """The comment says that it fails again after the issue was closed at `closed_at`.

    `left_umbrella` is true if it never passed, but fails of something else than the umbrella issue stands for. `known`
    is the number of a known issue that does not cover it any more, `merged` that of an issue that does not count it any
    more.
    """

    closed_at: datetime
    left_umbrella: bool = False
    known: int = 0
    merged: int = 0


@dataclass(frozen=True, slots=True)
class Closed:
    """The comment says why the issue is closed at `at`; `without_proof` means that only time closes it."""

    close_reason: CloseReason
    at: datetime
    without_proof: bool = False


@dataclass(frozen=True, slots=True)
class IssueRef:
    """The issue that this sweep opens for an identity; its number is known when the issue exists."""

    identity_id: str

    @property
    def placeholder(self) -> str:
        """What stands for the number in a text until the issue exists; foreign text never holds such characters."""
        return f"\ue000{self.identity_id}\ue001"

    def __str__(self) -> str:
        """The placeholder."""
        return self.placeholder


@dataclass(frozen=True, slots=True)
class DuplicateOf:
    """The comment says which issue this one duplicates.

    `umbrella` is true if that one stands for several jobs, `known` if it is a known issue, `same_as` if a person wrote
    that both are the same.
    """

    number: int | IssueRef
    umbrella: bool = False
    known: bool = False
    same_as: bool = False


Comment = News | Reopened | Closed | DuplicateOf


class DecisionKind(StrEnum):
    """What to do with the issue of an identity."""

    CREATE = "create"
    UPDATE = "update"
    REOPEN = "reopen"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do for one identity, and why.

    `issue` is the issue to change and `before` the state in its marker; both are `None` for a new issue. `after` is the
    state afterwards. `reason` names what changed; it is empty for an update that may only change the text. `waits` says
    what an issue that is not failing waits for. `duplicate_of` is the issue that stays open for one that is closed as a
    duplicate, and `held_by` the failure id of the issue that has to be written before, because it counts what this one
    did. `mentions` are the people and teams that a new issue notifies. Every open issue gets an update;
    rendering shows whether its text changes.
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
    mentions: tuple[str, ...] = ()
    waits: str = ""
    duplicate_of: Issue | IssueRef | None = None
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Do nothing for an identity; `reason` says why, `number` is its issue if there is one."""

    identity: Identity
    reason: str
    skip_reason: SkipReason
    number: int | None = None

    def problem(self, severity: Severity) -> Problem:
        """The problem that an identity has no issue, or an issue that is not up to date."""
        what = f"{self.identity.workflow} - {self.identity.job}"
        lead = f"Issue #{self.number} of {what} is not kept current" if self.number else f"{what} gets no issue"
        return Problem(severity, f"{lead}: {self.reason.rstrip('.')}.")


@dataclass(frozen=True, slots=True)
class Rerun:
    """Run the failed jobs of the first attempt of a run again; `reason` says why.

    `identity` is what failed first in it, `jobs` are all that failed. `repository` is that of the run, empty if it is
    the one with the issues.
    """

    identity: Identity
    reason: str
    run_id: int
    run_number: int
    jobs: tuple[str, ...]
    repository: str = ""


@dataclass(frozen=True, slots=True)
class CurrentFailure:
    """One identity that fails now, as the summary shows it.

    `state` is what its issue remembers after the sweep, or would remember if there is none; the first sentence is made
    from it. `count` is the number of failed runs since `since`. `run_id`, `run_number`, `branch` and `repository` are
    those of the newest one; the repository is empty if it is the one with the issues. `legs` are the matrix jobs
    that fail now.
    """

    identity: Identity
    state: State
    outcome: Outcome
    count: int
    since: datetime
    run_id: int
    run_number: int
    branch: str
    legs: tuple[str, ...]
    headline: str = ""
    signature: str = ""
    repository: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of a sweep, what fails now, and the problems that kept it from deciding.

    `umbrellas` are the causes that fail now and have one issue for several of `failing`. `reruns` get one more try
    before what failed in them has an issue. `known` are the jobs that fail now and that known issues take,
    `known_updates` what these have to remember.
    """

    all: tuple[Decision | Skip, ...]
    failing: tuple[CurrentFailure, ...]
    problems: tuple[Problem, ...]
    umbrellas: tuple[CurrentFailure, ...] = ()
    reruns: tuple[Rerun, ...] = ()
    known: tuple[KnownFailure, ...] = ()
    known_updates: tuple[KnownUpdate, ...] = ()

    @property
    def made(self) -> tuple[Decision, ...]:
        """The decisions without the skips."""
        return tuple(decision for decision in self.all if isinstance(decision, Decision))
