"""What people teach the tracker in issues, and who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ci_failure_tracker.model.github import Issue

KNOWN_ISSUE = "known-issue"
"""The label of an issue that holds a rule."""


class RuleAction(StrEnum):
    """What becomes of a failure that a rule matches. It gets no issue of its own.

    TRACK   it counts as a failure
    IGNORE  it does not count as a failure
    RETRY   it counts as a failure, and its job may run again once
    """

    TRACK = "track"
    IGNORE = "ignore"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a failure has to be like. What is empty fits every failure.

    match     a text, or a regular expression between slashes, in the headline, the message or the excerpt
    workflow  a name, a file name or a glob
    job       a name or a glob, with or without its matrix
    kind      a kind of failure, or a glob
    until     the last day on which the rule counts
    """

    match: str = ""
    workflow: str = ""
    job: str = ""
    kind: str = ""
    until: date | None = None
    action: RuleAction = RuleAction.TRACK

    def is_over(self, now: datetime) -> bool:
        """Whether its last day is over, in UTC."""
        return self.until is not None and now.date() > self.until

    @property
    def words(self) -> str:
        """The conditions as they stand in the block."""
        conditions = (("match", self.match), ("workflow", self.workflow), ("job", self.job), ("kind", self.kind))
        return ", ".join(f"{key}: {value}" for key, value in conditions if value)


@dataclass(frozen=True, slots=True)
class Account:
    """Who did something. The login is empty if the account is gone, and that of a bot ends in `[bot]`."""

    login: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote the body of an issue: its author, and who edited it last. `editor` is `None` if nobody did."""

    author: Account
    editor: Account | None = None
    edited_at: datetime | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """The logins of which it has to be known whether they may write."""
        accounts = (self.author, self.editor)
        return tuple(dict.fromkeys(each.login for each in accounts if each and each.login and not each.is_bot))


@dataclass(frozen=True, slots=True)
class KnownIssue:
    """An open issue with the label `known-issue`."""

    issue: Issue
    authorship: Authorship


class Permission(StrEnum):
    """Whether an account may write to the repository; UNKNOWN if GitHub gave no answer that says it."""

    WRITE = "write"
    LESS = "less"
    UNKNOWN = "unknown"


class Trust(StrEnum):
    """Whether a block counts; UNKNOWN if it could not be asked this time."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
