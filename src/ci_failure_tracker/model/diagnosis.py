"""Why a job failed, and which logs to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from ci_failure_tracker.model.outcome import Outcome
from ci_failure_tracker.model.reports import TestResult

if TYPE_CHECKING:
    from ci_failure_tracker.model.github import Annotation, Step


@dataclass(frozen=True, slots=True)
class LineRange:
    """A range of lines of a log, both ends included; the lines of `text.split("\n")` are numbered from 1."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """One line of an excerpt, cleaned and redacted.

    `number` counts the lines of the log from 1. `left_out` is how many lines of the log are left out before this one.
    `repeats` is how many lines like this one are folded into it.
    """

    number: int
    text: str
    left_out: int = 0
    repeats: int = 0


class FailureKind(StrEnum):
    """What kind of failure it is. It says who can act.

    The author of a commit can act on the first six. The owner of the workflow can act on a dependency, a configuration,
    a permission, a deployment or an audit. Infrastructure recovers by itself or needs another runner.
    """

    TEST = "test"
    COMPILE = "compile"
    TYPE = "type"
    LINT = "lint"
    FORMAT = "format"
    TIME_LIMIT = "time_limit"
    DEPENDENCY = "dependency"
    CONFIGURATION = "configuration"
    PERMISSION = "permission"
    DEPLOY = "deploy"
    AUDIT = "audit"
    INFRASTRUCTURE = "infrastructure"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def commit_can_cause(self) -> bool:
        """Whether a commit can be the cause, so that commits and their authors may be named."""
        return self not in _NO_COMMIT


_NO_COMMIT = frozenset({FailureKind.INFRASTRUCTURE, FailureKind.PERMISSION, FailureKind.CANCELLED})


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure in a log, as facts. The texts are redacted, and empty where the log does not say it.

    tool      the tool that reported it, such as "pytest"
    kind      what kind of failure it is
    subject   what failed: the test, target, rule, package, host or input file
    location  where: a file with its line
    message   what went wrong: one line as the tool printed it, without decoration
    lines     the lines of the log that report it; several ranges if the tool reported it several times
    """

    tool: str
    kind: FailureKind
    subject: str
    location: str
    message: str
    lines: tuple[LineRange, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a job failed, read from its log or from its annotations.

    `headline` and `lines` are redacted and have no control characters, but are not yet safe as Markdown. `ranges` are
    the lines of the log that `lines` come from; both are empty if the log says nothing. Equal causes have an equal
    `signature`. `signatures` are those of all failures, the first one first. `outcome` is how the job ended according
    to the log. `weak` is true if the lines do not identify a cause:
    only a symptom was found, or nothing but the last lines. `context` are lines around `lines`, redacted
    too, which fill the room that headline and `lines` leave. `failures` are the facts, the first cause first.
    `usual_seconds` is how long the failed step took in a passing run, if that is known.
    """

    headline: str
    lines: tuple[ExcerptLine, ...]
    ranges: tuple[LineRange, ...]
    signature: str
    outcome: Outcome
    weak: bool = False
    context: tuple[ExcerptLine, ...] = ()
    signatures: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    usual_seconds: int | None = None

    @property
    def kind(self) -> FailureKind:
        """The kind of the first failure."""
        return self.failures[0].kind if self.failures else FailureKind.UNKNOWN


class LogUnavailable(StrEnum):
    """Why a job has no log to read: the status of GitHub's answer, that the log is empty, or that it takes a token."""

    NOT_FOUND = "404"
    GONE = "410"
    EMPTY = "empty"
    NO_TOKEN = "no token"  # noqa: S105 - it is the lack of one


@dataclass(frozen=True, slots=True)
class LogRequest:
    """The log of one failed job to read; `name` is for people, such as "test (3.12) of run 7 of CI".

    `counts` is false if only the log can show whether the job failed: a cancelled job may have hit its time limit.
    `passing_job_id` is the same job in a passing run, whose log says what is routine.
    """

    job_id: int
    name: str
    step: Step | None
    outcome: Outcome
    counts: bool = True
    passing_job_id: int | None = None


@dataclass(frozen=True, slots=True)
class LogRequests:
    """The logs to read, the most important first.

    A sweep reads `most` logs. `left_for_later` are the ids of jobs whose logs the next sweeps read.
    """

    logs: tuple[LogRequest, ...]
    left_for_later: frozenset[int] = frozenset()
    most: int = 0


@dataclass(frozen=True, slots=True)
class JobDiagnosis:
    """What is known about the cause of one failed job, from this sweep or from the marker of an issue.

    `signature` is empty if the cause is not known. `outcome` is how the job ended according to its log or annotations.
    `log_unavailable` says why there is no log; a cause that is known all the same comes from annotations. `step` is the
    number of the failed step. `diagnosis` is present only in the sweep that made it. The cause of a `weak` diagnosis
    never groups jobs. `kind` is that of the first failure.

    With `group-by: test` a diagnosis may be about one failing test of the job alone. `tests` are the failing tests for
    which the issue of the job stands together, each by its signature in a short form. `covered_by` is the failure id of
    the job if the job has one issue for the test and others.

    `results` are what test reports say of the tests of the job, in the sweep that read them. Their names are those of
    the log, if it names them.
    """

    job_id: int
    signature: str = ""
    headline: str = ""
    outcome: Outcome | None = None
    log_unavailable: LogUnavailable | None = None
    step: int | None = None
    diagnosis: Diagnosis | None = None
    weak: bool = False
    kind: FailureKind = FailureKind.UNKNOWN
    tests: tuple[str, ...] = ()
    covered_by: str = ""
    results: tuple[TestResult, ...] = ()

    @property
    def signatures(self) -> tuple[str, ...]:
        """The signatures of all failures in its log, the first one first."""
        return (self.diagnosis.signatures if self.diagnosis else ()) or (self.signature,)


@dataclass(frozen=True, slots=True)
class LogCounts:
    """How many logs a sweep asked for, by result, and the bytes that it read.

    `read` logs were read, `size` bytes in all. `absent` logs do not exist, whether or not annotations replaced them.
    `unread` logs could not be read. `left_out` logs were over the limits of the sweep.
    """

    read: int = 0
    size: int = 0
    absent: int = 0
    unread: int = 0
    left_out: int = 0


class JobSource(Protocol):
    """The log and the annotations of one failed job, and a passing log of it; each call may send requests."""

    def log(self) -> Iterator[bytes]:
        """The log in pieces, as they arrive.

        Raises:
            LogAbsentError: the job has no log.
            GitHubError: the log cannot be read; this may happen after some pieces.
        """

    def passing_log(self, job_id: int) -> Iterator[bytes]:
        """The log of the same job in a passing run, in pieces; raises like `log`."""

    def annotations(self) -> tuple[Annotation, ...] | None:
        """The annotations; `None` if the token may not see them."""


Diagnose = Callable[[LogRequest, JobSource], JobDiagnosis | None]
"""Finds out why a job failed; returns `None` if it did not fail."""
