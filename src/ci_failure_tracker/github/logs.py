"""Reads the logs of failed jobs, a few at once and within a budget; annotations replace a log that does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock

from ci_failure_tracker.errors import (
    MissingRightError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnexplainedLogError,
)
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.side_by_side import AT_ONCE, side_by_side
from ci_failure_tracker.model import (
    Annotation,
    Diagnose,
    JobDiagnosis,
    LogCounts,
    LogRequest,
    LogRequests,
    Problem,
    Severity,
)
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.model.words import counted, some_of

MOST_BYTES = 200_000_000
"""Bytes of unpacked logs that one sweep reads."""

KEPT = 0.1
"""The part of a sweep's requests that is kept for the issues."""

_GIVE_UP_AFTER = 3
"""So many errors in a row end the reading of logs."""


@dataclass(frozen=True, slots=True)
class LogsResult:
    """What the logs say; `undiagnosed` are the ids of jobs whose logs the next sweep has to read."""

    job_diagnoses: tuple[JobDiagnosis, ...]
    counts: LogCounts
    undiagnosed: frozenset[int]
    problems: tuple[Problem, ...]


def read_logs(
    queries: Queries,
    requests: LogRequests,
    annotations: Mapping[int, tuple[Annotation, ...]],
    diagnose: Diagnose,
    progress: Progress,
) -> LogsResult:
    """Read the logs of failed jobs, and diagnose each as it arrives.

    A log that cannot be read becomes a problem in the result. A log that does not exist is no problem.

    Args:
        queries: reads the repository.
        requests: the logs to read.
        annotations: the annotations that were read with the jobs, by the job's id.
        diagnose: finds out why a job failed; several threads may call it.
        progress: receives a step for each log.
    """
    progress.phase("Read the logs of failed jobs", len(requests.logs))
    reader = _LogReader(queries, annotations, diagnose)
    results: list[_LogResult] = []
    for result in side_by_side([partial(reader.read, request) for request in requests.logs]):
        results.append(result)
        progress.advance()
    return LogsResult(
        job_diagnoses=tuple(result.job_diagnosis for result in results if result.job_diagnosis is not None),
        counts=_counts(results, requests, reader.bytes_read),
        undiagnosed=requests.left_for_later | {result.request.job_id for result in results if result.is_open},
        problems=tuple(_problems(results, requests, reader)),
    )


@dataclass(frozen=True, slots=True)
class _LogResult:
    """The result of one request: a diagnosis, an error, or neither; `waits` is true if no log was read."""

    request: LogRequest
    job_diagnosis: JobDiagnosis | None = None
    error: TrackerError | None = None
    waits: bool = False

    @property
    def is_absent(self) -> bool:
        return self.job_diagnosis is not None and self.job_diagnosis.log_unavailable is not None

    @property
    def is_open(self) -> bool:
        """Whether the next sweep has to ask for the log again."""
        return self.error is not None or self.waits or self.is_absent


class _OverBudgetError(TrackerError):
    """The sweep has read as many bytes as it may."""

    def __init__(self) -> None:
        super().__init__("The sweep reached its limit for the size of logs.")


class _LogReader:
    """Reads the logs of one sweep in several threads."""

    def __init__(self, queries: Queries, annotations: Mapping[int, tuple[Annotation, ...]], diagnose: Diagnose) -> None:
        self._queries = queries
        self._annotations = annotations
        self._diagnose = diagnose
        self._lock = Lock()
        self._errors_in_a_row = 0
        self.bytes_read = 0
        self.refused: TrackerError | None = None
        self.no_annotations: MissingRightError | None = None

    def read(self, request: LogRequest) -> _LogResult:
        """Read one log. It raises no error: whatever goes wrong with one log, the others are read."""
        # A thread that comes late must not send another request after the one that gave up.
        if self.refused is not None or self.bytes_read >= MOST_BYTES:
            return _LogResult(request, waits=True)
        try:
            # Three requests a log: its address, annotations, and the address of a passing log.
            self._queries.budget.check(3 * AT_ONCE, KEPT)
            result = _LogResult(request, self._diagnose(request, _JobOnGitHub(self, request.job_id)))
        except _OverBudgetError:
            return _LogResult(request, waits=True)
        except RequestsSpentError as spent:
            self.refused = spent
            return _LogResult(request, waits=True)
        except TrackerError as error:
            self._count_error(error)
            return _LogResult(request, error=error)
        except Exception as error:  # anybody may write into a log or an annotation, and one must not end the sweep
            return _LogResult(request, error=UnexplainedLogError(error))
        # GitHub answers again, so what failed before was about single logs.
        self._errors_in_a_row = 0
        return result

    def _count_error(self, error: TrackerError) -> None:
        if isinstance(error, UnexplainedLogError):
            return  # it says nothing about GitHub
        with self._lock:
            self._errors_in_a_row += 1
            # Such an error holds for every log, so the next request would get the same answer.
            if isinstance(error, RateLimitedError | MissingRightError) or self._errors_in_a_row >= _GIVE_UP_AFTER:
                self.refused = error

    def log(self, job_id: int, part: int = 1) -> Iterator[bytes]:
        """The log of a job in pieces, until a part of the budget of bytes is used up."""
        for piece in self._queries.job_log(job_id):
            with self._lock:
                self.bytes_read += len(piece)
                if self.bytes_read > MOST_BYTES // part:
                    raise _OverBudgetError
            yield piece

    def annotations(self, job_id: int) -> tuple[Annotation, ...] | None:
        """The annotations of a job; `None` if the token may not see them."""
        # GraphQL brought them along with the jobs, so they cost nothing.
        if job_id in self._annotations:
            return self._annotations[job_id]
        if self.no_annotations is not None:
            return None
        try:
            return self._queries.annotations(job_id)
        except MissingRightError as error:
            # The token lacks the right for the other jobs as well, so none of them is asked for.
            self.no_annotations = error
            return None


@dataclass(frozen=True, slots=True)
class _JobOnGitHub:
    """The log and the annotations of one job."""

    reader: _LogReader
    job_id: int

    def log(self) -> Iterator[bytes]:
        return self.reader.log(self.job_id)

    def passing_log(self, job_id: int) -> Iterator[bytes]:
        # Half of the bytes are kept for the logs of failed jobs: a passing log only makes a diagnosis better.
        return self.reader.log(job_id, part=2)

    def annotations(self) -> tuple[Annotation, ...] | None:
        return self.reader.annotations(self.job_id)


# --- counts and problems -------------------------------------------------------------------------


def _counts(results: Sequence[_LogResult], requests: LogRequests, size: int) -> LogCounts:
    absent = sum(result.is_absent for result in results)
    return LogCounts(
        read=sum(result.job_diagnosis is not None for result in results) - absent,
        size=size,
        absent=absent,
        unread=sum(result.error is not None for result in results),
        left_out=len(requests.left_for_later) + sum(result.waits for result in results),
    )


def _problems(results: Sequence[_LogResult], requests: LogRequests, reader: _LogReader) -> Iterator[Problem]:
    failed = [(result.request.name, result.error) for result in results if result.error is not None]
    # One problem for each cause: a hundred logs may fail for the same one.
    for what, advice in dict.fromkeys((error.what, error.advice) for _, error in failed):
        names = some_of([name for name, error in failed if error.what == what])
        yield Problem(
            Severity.WARNING, f"The log was not read: {names}. {what}", advice or "The next sweep tries again."
        )
    waiting = sum(result.waits for result in results)
    if isinstance(reader.refused, RequestsSpentError) and waiting:
        left = f"{counted(waiting, 'log')} {_were(waiting)} not read."
        yield Problem(reader.refused.severity, f"{reader.refused.what} {left}", reader.refused.advice)
        waiting = 0
    elif reader.refused is not None and waiting:
        what = f"GitHub still refuses, so {counted(waiting, 'more log')} {_were(waiting)} not asked for."
        yield Problem(Severity.WARNING, what, "The next sweep tries again.")
        waiting = 0
    if waiting := waiting + len(requests.left_for_later):
        most = f"a sweep reads {requests.most} logs and {MOST_BYTES // 1_000_000} MB at most"
        what = f"{counted(waiting, 'log')} {_were(waiting)} not read: {most}."
        yield Problem(Severity.NOTICE, what, "The next sweep reads more, the newest failures first.")
    if reader.no_annotations is not None:
        yield Problem(
            Severity.NOTICE,
            reader.no_annotations.what,
            "Annotations say why a job without a log ended. Add `checks: read` to the permissions to read them.",
        )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
