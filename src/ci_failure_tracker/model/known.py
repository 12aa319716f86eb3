"""What people teach the tracker in issues, and who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ci_failure_tracker.model.github import Issue
from ci_failure_tracker.model.history import Identity

SHORT_TEST = 8
"""Characters of the failure id of a test by which a known issue remembers it in the end."""

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


@dataclass(frozen=True, slots=True)
class KnownMatch:
    """A failed job that a rule matched. `workflow`, `job` and `headline` are empty if the issue no longer names it.

    `test` is the failure id of a test, or its beginning, if the rule took this test of the job alone; `test_name` is
    its name. `repository` is that of the run, empty if it is the one with the issues.
    """

    job_id: int
    ended_at: datetime
    run_id: int = 0
    run_number: int = 0
    workflow: str = ""
    job: str = ""
    headline: str = ""
    test: str = ""
    test_name: str = ""
    repository: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """The same for the same match."""
        return self.job_id, self.test[:SHORT_TEST]


@dataclass(frozen=True, slots=True)
class KnownMemory:
    """What a known issue remembers.

    block       the digest of the block that counted when the tracker wrote it last
    since       since when this block counts
    tried       when it counted first, how many of the failures at hand it matched, and of how many
    matches     the matches of the last 30 days, the oldest first
    dropped_to  when the newest match ended that there is no room for; what ended until then was counted
    """

    block: str = ""
    since: datetime | None = None
    tried: tuple[int, int] = (0, 0)
    matches: tuple[KnownMatch, ...] = ()
    dropped_to: datetime | None = None


class RuleStatus(StrEnum):
    """Whether a rule counts.

    COUNTS     it does
    OVER       its last day is over
    BROKEN     its block does not say what it should
    UNTRUSTED  somebody wrote it who may not write to the repository
    UNKNOWN    it could not be asked who may write, so its failures wait
    """

    COUNTS = "counts"
    OVER = "over"
    BROKEN = "broken"
    UNTRUSTED = "untrusted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KnownRule:
    """A known issue with its rule. `mistakes` say why it is broken, `why` says why it is not trusted."""

    known: KnownIssue
    status: RuleStatus
    rule: Rule = Rule()
    block: str = ""
    mistakes: tuple[str, ...] = ()
    why: str = ""
    memory: KnownMemory = KnownMemory()

    @property
    def number(self) -> int:
        """The number of the issue."""
        return self.known.issue.number

    @property
    def name(self) -> str:
        """The issue and its conditions, as a reason names them."""
        return f"known issue #{self.number} (`{self.rule.words.replace('`', chr(39))}`)"

    @property
    def reason(self) -> str:
        """Why a failure that it matches has no issue of its own."""
        return f"{self.name} {'ignores' if self.rule.action is RuleAction.IGNORE else 'counts'} it"

    @property
    def takes(self) -> bool:
        """Whether a failure that it matches gets no issue of its own."""
        return self.status in {RuleStatus.COUNTS, RuleStatus.UNKNOWN}

    @property
    def looks_at_logs(self) -> bool:
        """Whether its conditions are about what a log says."""
        return bool(self.rule.match or self.rule.kind)


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A job that fails now and that a rule matches."""

    rule: KnownRule
    identity: Identity
    match: KnownMatch
    branch: str

    @property
    def is_ignored(self) -> bool:
        """Whether it does not count as a failure."""
        return self.rule.status is RuleStatus.COUNTS and self.rule.rule.action is RuleAction.IGNORE


@dataclass(frozen=True, slots=True)
class KnownUpdate:
    """What a known issue has to remember after a sweep, at the time `at`."""

    rule: KnownRule
    memory: KnownMemory
    at: datetime
