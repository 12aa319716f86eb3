"""What test reports say: JUnit XML and TRX files, which runs upload as artifacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ci_failure_tracker.model.github import Run


class TestOutcome(StrEnum):
    """How a test ended, after all its attempts in the run."""

    __test__ = False  # no class of tests

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class TestResult:
    """What a report says of one test; the texts are redacted.

    name             the test as the log of its runner names it
    outcome          how it ended, after all its attempts
    file             the file that holds it, if the report says it
    message          what went wrong, in one line; of a test that passed at last, in its first attempt
    seconds          how long all its attempts took together; `None` if the report does not say it
    attempts         how often it ran
    failed_attempts  how many of these failed
    other_names      how a log may name it as well
    tool             the runner, as a diagnosis names it; empty if the report does not give it away
    """

    __test__ = False

    name: str
    outcome: TestOutcome
    file: str = ""
    message: str = ""
    seconds: float | None = None
    attempts: int = 1
    failed_attempts: int = 0
    other_names: tuple[str, ...] = ()
    tool: str = ""

    @property
    def is_flake(self) -> bool:
        """Whether it failed and passed in one run."""
        return self.outcome is TestOutcome.PASSED and self.failed_attempts > 0


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that a job of a run uploaded. `size` is in bytes; GitHub says of an old one how large its content is."""

    id: int
    name: str
    size: int
    expired: bool
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArtifactReports:
    """The test results in one artifact of a run. `notes` say in words what in it could not be read."""

    artifact: Artifact
    results: tuple[TestResult, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunReports:
    """The test results of one run, by artifact."""

    run_id: int
    artifacts: tuple[ArtifactReports, ...]


class ByteSource(Protocol):
    """A file of which parts can be read; each call may send a request."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    def read(self, start: int, length: int) -> bytes:
        """So many bytes from `start` on, or fewer at the end of the file.

        Raises:
            GitHubError: they cannot be read.
        """


ReadArtifact = Callable[[Artifact, ByteSource], ArtifactReports]
"""Reads the reports in an artifact."""


@dataclass(frozen=True, slots=True)
class ReportRequests:
    """The runs whose reports are to be read, the most important first.

    `artifacts` are globs of names: others are not opened. `read` reads an artifact as it arrives; several threads may
    call it.
    """

    runs: tuple[Run, ...]
    artifacts: tuple[str, ...]
    read: ReadArtifact
