"""Why a job failed, and which logs are to say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ci_failure_tracker.model.github import Annotation, Outcome, Step


@dataclass(frozen=True, slots=True)
class LineRange:
    """Lines of a log, numbered from 1 over `text.split("\n")`; both ends belong to it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One line of an excerpt, cleaned and redacted; `left_out` says how many lines were left out before it.

    `repeats` counts the lines like this one that are folded into it.
    """

    number: int
    text: str
    left_out: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a job failed, read from its log or from its annotations.

    `headline` and `lines` are cleaned of control characters and redacted, but not yet safe as Markdown. `ranges` are
    the lines of the log that `lines` came from; both are empty where the log says nothing. `signature` is the same
    whenever the cause is. `outcome` is what the log itself says of how the job ended.
    """

    headline: str
    lines: tuple[ExcerptLine, ...]
    ranges: tuple[LineRange, ...]
    signature: str
    outcome: Outcome


class LogUnavailable(StrEnum):
    """Why a job has no log to read: GitHub's answer, or that there is nothing in it."""

    NOT_FOUND = "404"
    GONE = "410"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class LogRequest:
    """A failed job whose log is worth reading; `name` says which, as in "test (3.12) of run 7 of CI".

    `counts` is false where it is a failure only if the reading says so: a cancelled job may have met its time limit.
    """

    job_id: int
    name: str
    step: Step | None
    outcome: Outcome
    counts: bool = True


@dataclass(frozen=True, slots=True)
class LogRequests:
    """The logs to read, the most telling first, and how many more there would be over the `most` that a sweep reads.

    `later` are the jobs of these, but for those that no later sweep will ask for.
    """

    logs: tuple[LogRequest, ...]
    left_out: int = 0
    left_for_later: frozenset[int] = frozenset()
    most: int = 0


@dataclass(frozen=True, slots=True)
class JobDiagnosis:
    """What is known of why one job failed: read in this sweep, or remembered by an issue.

    `signature` is empty where the cause is not known, `outcome` is what the log or the annotations say of the end.
    `log_unavailable` says why there was no log; where the cause is known all the same, annotations told it. `step` is
    the number of the failed step. `diagnosis` is there only in the sweep that made it.
    """

    job_id: int
    signature: str = ""
    headline: str = ""
    outcome: Outcome | None = None
    log_unavailable: LogUnavailable | None = None
    step: int | None = None
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, slots=True)
class LogCounts:
    """How many logs were read in a sweep, and how many bytes; how many were not there, not readable, over the budget.

    A log that is not there is `absent` whether or not annotations stood in for it.
    """

    read: int = 0
    size: int = 0
    absent: int = 0
    unread: int = 0
    left_out: int = 0


class JobSource(Protocol):
    """What GitHub has of one failed job; each call may send requests."""

    def log(self) -> Iterator[bytes]:
        """Its log in pieces, as they arrive.

        Raises:
            LogAbsentError: where there is none.
            GitHubError: also in the middle of it.
        """

    def annotations(self) -> tuple[Annotation, ...] | None:
        """Its annotations; `None` where the token may not see them."""


Diagnose = Callable[[LogRequest, JobSource], JobDiagnosis | None]
"""Says why a job failed; `None` where it turns out to be no failure."""
