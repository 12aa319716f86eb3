"""What an issue remembers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ci_failure_tracker.model.diagnosis import ExcerptLine, LogUnavailable
from ci_failure_tracker.model.history import BranchStatus, Flaky, Identity, Occurrence, RunRef
from ci_failure_tracker.model.snapshot import CommitsBetween


@dataclass(frozen=True, slots=True)
class LegCount:
    """How often one leg failed, and when last."""

    leg: str
    count: int
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """Why jobs of an issue failed: one cause, in how many failed jobs it was found, and when first and last."""

    signature: str
    headline: str
    count: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an issue shows of a log: that of the newest failure whose cause is known.

    `step` is the number of the failed step. With an `log_unavailable` there was no log, and the lines are annotations.
    """

    run_id: int
    attempt: int
    number: int
    job_id: int
    ended_at: datetime
    signature: str
    headline: str
    lines: tuple[ExcerptLine, ...]
    step: int | None = None
    log_unavailable: LogUnavailable | None = None

    @property
    def order(self) -> tuple[datetime, int, int]:
        """That of its occurrence."""
        return self.ended_at, self.run_id, self.attempt


MOST_PASSING_RUNS = 20
"""Green runs that an issue ever waits for, and remembers."""


class CloseReason(StrEnum):
    """Why the tracker closed an issue."""

    RECOVERED = "recovered"
    GONE = "gone"
    MOVED_ON = "moved on"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Closing:
    """How and when the tracker closed an issue."""

    close_reason: CloseReason
    at: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the sweep had read that wrote an issue: what the issues hold need not be read again.

    That is what is said by runs which GitHub changed last at `until` or before, and which were created at `start` or
    after, if there is a start. Of the runs that changed at that very moment it is only the one with the number
    `run_id`. `without` are runs that had something to say that no issue holds. It is true as long as `fingerprint` is
    that of the settings and of all open issues: whoever changes one, or a write that failed, makes the sweep read
    everything.
    """

    until: datetime
    run_id: int
    start: datetime | None
    without: tuple[int, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class State:
    """What an issue remembers in its marker; its body is rendered from this.

    `counted_to` is the order of the newest occurrence that was dropped from `occurrences`: what is not newer
    has been counted. `legs_cut` says that `legs` leaves some out. `causes` are those seen last, the newest first;
    `other_causes` counts the failed jobs whose cause is no longer among them.

    `lines` hold what is failing and what has been proven since, `lines_cut` that some of them had to be forgotten.
    `missed` says that runs went by unseen, so that the counts are the least there were. `closed` is how the tracker
    closed the issue; where it is open all the same, a person opened it again, and from `reopened_at` on only what comes
    later is a proof. `week_commented` and `cause_commented_at` keep comments from being said twice. `suspects` are the
    commits of the latest break, `related` the issues of the jobs that share one cause. `relapses` counts how often it
    was closed with proof and failed again. `checkpoint` is of the sweep that wrote the issue, not of what it stands
    for.
    """

    identity: Identity
    count: int
    first_seen: datetime
    last_seen: datetime
    legs: tuple[LegCount, ...]
    occurrences: tuple[Occurrence, ...]
    legs_cut: bool = False
    counted_to: tuple[datetime, int, int] | None = None
    last_green: RunRef | None = None
    first_red: RunRef | None = None
    green_again: RunRef | None = None
    gone: bool = False
    cause_replaced: bool = False
    previous: int | None = None
    causes: tuple[Cause, ...] = ()
    other_causes: int = 0
    evidence: Evidence | None = None
    branch_statuses: tuple[BranchStatus, ...] = ()
    branch_statuses_cut: bool = False
    flaky: Flaky | None = None
    runs_missed: bool = False
    closed: Closing | None = None
    reopened_at: datetime | None = None
    week_commented: bool = False
    cause_commented_at: datetime | None = None
    suspects: CommitsBetween | None = None
    related: tuple[int, ...] = ()
    relapses: int = 0
    checkpoint: Checkpoint | None = None

    def greens_needed(self, close_after: int) -> int:
        """On how many commits it has to be green: on twice as many where it is flaky (rule 8).

        Each time that was not enough, and it came back, it takes twice as many again: one that is rarely red would
        otherwise be closed and opened over and over.
        """
        if self.flaky is None:
            return close_after
        times = min(self.relapses, 16)  # a marker is a text that can be edited, and no number is too large for it
        return min(2 * close_after << times, max(MOST_PASSING_RUNS, 2 * close_after))

    @property
    def is_duplicate(self) -> bool:
        """Whether the tracker closed the issue because another one stands for the same."""
        return self.closed is not None and self.closed.close_reason is CloseReason.DUPLICATE

    @property
    def latest(self) -> Occurrence:
        """The newest failure."""
        return self.occurrences[-1]
