"""The logs of failed jobs: a few are read at once, within a budget; annotations say what a log cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from ci_failure_tracker.errors import (
    MissingRightError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnexplainedLogError,
)
from ci_failure_tracker.github.queries import Queries
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
from ci_failure_tracker.model.words import counted

AT_ONCE = 4
"""Logs that are downloaded at the same time; GitHub asks for few requests at once."""

MOST_BYTES = 200_000_000
"""Bytes of logs that one sweep reads, as they are after unpacking."""

KEPT = 0.1
"""The part of a sweep's requests that logs leave to the issues."""

_GIVE_UP_AFTER = 3


@dataclass(frozen=True, slots=True)
class LogsResult:
    """What came of the logs that were asked for; `unexplained` are the jobs to ask for again in the next sweep."""

    job_diagnoses: tuple[JobDiagnosis, ...]
    counts: LogCounts
    unexplained: frozenset[int]
    problems: tuple[Problem, ...]


def read_logs(
    queries: Queries,
    wanted: LogRequests,
    known: Mapping[int, tuple[Annotation, ...]],
    diagnose: Diagnose,
    progress: Progress,
) -> LogsResult:
    """What the logs of failed jobs say; `diagnose` is called once for each as it arrives.

    A log that cannot be read is a problem in the result, and one that is not there is not even that.

    Args:
        reads: what reads the repository.
        wanted: the failed jobs.
        known: the annotations that came with the jobs, by the job's id.
        diagnose: what explains a job; it may be called in several threads.
        progress: is told of each log.
    """
    progress.phase("Read the logs of failed jobs", len(wanted.logs))
    desk = _Desk(queries, known, diagnose)
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="log")
    told: list[_Told] = []
    try:
        for one in pool.map(desk.read, wanted.logs):
            told.append(one)
            progress.advance()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)  # who stops the sweep does not wait for a download
        raise
    pool.shutdown()
    return LogsResult(
        job_diagnoses=tuple(one.job_diagnosis for one in told if one.job_diagnosis is not None),
        counts=_counts(told, wanted, desk.bytes_read),
        unexplained=wanted.left_for_later | {one.wanted.job_id for one in told if _is_asked_for_again(one)},
        problems=tuple(_problems(told, wanted, desk)),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What came of one wanted log: a reading, or an error, or neither where it had to wait."""

    wanted: LogRequest
    job_diagnosis: JobDiagnosis | None = None
    error: TrackerError | None = None
    waits: bool = False


class _OverBudgetError(TrackerError):
    """The sweep has read as much as it may."""

    def __init__(self) -> None:
        super().__init__("The sweep has read as many bytes of logs as it may.")


class _Desk:
    """Where the logs of one sweep are read; several threads work at it."""

    def __init__(self, queries: Queries, known: Mapping[int, tuple[Annotation, ...]], diagnose: Diagnose) -> None:
        self._reads = queries
        self._known = known
        self._diagnose = diagnose
        self._lock = Lock()
        self._in_a_row = 0
        self.bytes_read = 0
        self.refused: TrackerError | None = None
        self.no_annotations: MissingRightError | None = None

    def read(self, wanted: LogRequest) -> _Told:
        """Read one log. No error gets out: whatever goes wrong with one log, the others are read."""
        if self.refused is not None or self.bytes_read >= MOST_BYTES:
            return _Told(wanted, waits=True)
        try:
            # Two requests a log: its address, and annotations.
            self._reads.budget.check(2 * AT_ONCE, KEPT)
            told = _Told(wanted, self._diagnose(wanted, _Source(self, wanted.job_id)))
        except _OverBudgetError:
            return _Told(wanted, waits=True)
        except RequestsSpentError as spent:
            self.refused = spent
            return _Told(wanted, waits=True)
        except TrackerError as error:
            self._count_fault(error)
            return _Told(wanted, error=error)
        except Exception as error:  # a log and its annotations are anybody's: one must not end the sweep
            return _Told(wanted, error=UnexplainedLogError(error))
        self._in_a_row = 0
        return told

    def _count_fault(self, error: TrackerError) -> None:
        if isinstance(error, UnexplainedLogError):
            return  # it says nothing of GitHub
        with self._lock:
            self._in_a_row += 1
            if isinstance(error, RateLimitedError | MissingRightError) or self._in_a_row >= _GIVE_UP_AFTER:
                self.refused = error

    def log(self, job_id: int) -> Iterator[bytes]:
        """The log of a job, as long as there is room for it in the budget."""
        for piece in self._reads.job_log(job_id):
            self._take(len(piece))
            yield piece

    def _take(self, size: int) -> None:
        with self._lock:
            self.bytes_read += size
            if self.bytes_read > MOST_BYTES:
                raise _OverBudgetError

    def annotations(self, job_id: int) -> tuple[Annotation, ...] | None:
        """The annotations of a job; `None` where the token may not see them."""
        if job_id in self._known:
            return self._known[job_id]
        if self.no_annotations is not None:
            return None
        try:
            return self._reads.annotations(job_id)
        except MissingRightError as error:
            self.no_annotations = error
            return None


@dataclass(frozen=True, slots=True)
class _Source:
    """What GitHub has of one job."""

    desk: _Desk
    job_id: int

    def log(self) -> Iterator[bytes]:
        return self.desk.log(self.job_id)

    def annotations(self) -> tuple[Annotation, ...] | None:
        return self.desk.annotations(self.job_id)


def _is_asked_for_again(told: _Told) -> bool:
    return (
        told.error is not None
        or told.waits
        or (told.job_diagnosis is not None and told.job_diagnosis.log_unavailable is not None)
    )


# --- what is said of it --------------------------------------------------------------------------


def _counts(told: Sequence[_Told], wanted: LogRequests, size: int) -> LogCounts:
    job_diagnoses = [one.job_diagnosis for one in told if one.job_diagnosis is not None]
    return LogCounts(
        read=sum(job_diagnosis.log_unavailable is None for job_diagnosis in job_diagnoses),
        size=size,
        absent=sum(job_diagnosis.log_unavailable is not None for job_diagnosis in job_diagnoses),
        unread=sum(one.error is not None for one in told),
        left_out=wanted.left_out + sum(one.waits for one in told),
    )


def _problems(told: Sequence[_Told], wanted: LogRequests, desk: _Desk) -> Iterator[Problem]:
    failed = [(one.wanted.name, one.error) for one in told if one.error is not None]
    for what, advice in dict.fromkeys((error.what, error.advice) for _, error in failed):
        names = [name for name, error in failed if error.what == what]
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""  # noqa: PLR2004 - enough to see which
        lead = f"Without a look at its log: {', '.join(names[:5])}{more}."
        yield Problem(Severity.WARNING, f"{lead} {what}", advice or "The next sweep tries again.")
    waiting = sum(one.waits for one in told)
    if isinstance(desk.refused, RequestsSpentError) and waiting:
        left = f"{counted(waiting, 'log')} {_were(waiting)} not read."
        yield Problem(desk.refused.severity, f"{desk.refused.what} {left}", desk.refused.advice)
        waiting = 0
    elif desk.refused is not None and waiting:
        what = f"GitHub goes on refusing, so {counted(waiting, 'more log')} {_were(waiting)} not asked for."
        yield Problem(Severity.WARNING, what, "The next sweep tries again.")
        waiting = 0
    if waiting := waiting + wanted.left_out:
        most = f"a sweep reads {wanted.most} logs and {MOST_BYTES // 1_000_000} MB at most"
        what = f"{counted(waiting, 'log')} {_were(waiting)} not read: {most}."
        yield Problem(Severity.NOTICE, what, "The next sweep goes on, the newest failures first.")
    if desk.no_annotations is not None:
        yield Problem(
            Severity.NOTICE,
            desk.no_annotations.what,
            "They say why a job ended that has no log. Add `checks: read` to the permissions if you want them read.",
        )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
