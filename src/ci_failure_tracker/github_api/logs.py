"""The logs of failed jobs: a few are read at once, within a budget; annotations say what a log cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from ci_failure_tracker.diagnosis.explain import Limits, explain, explain_annotations
from ci_failure_tracker.diagnosis.log import Log, LogReader
from ci_failure_tracker.diagnosis.observations import observe
from ci_failure_tracker.diagnosis.outcome import combined, needs_annotations, shown_as_another
from ci_failure_tracker.errors import (
    GitHubError,
    LogAbsentError,
    MissingRightError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnexplainedLogError,
)
from ci_failure_tracker.github_api.reads import Reads
from ci_failure_tracker.model import (
    Absence,
    Annotation,
    Diagnosis,
    Gravity,
    LogsRead,
    Outcome,
    Problem,
    Reading,
    Scan,
    Wanted,
    WantedLog,
)
from ci_failure_tracker.progress import Progress
from ci_failure_tracker.rendering.markdown import counted
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.wanted import MOST_LOGS, choose_logs

AT_ONCE = 4
"""Logs that are downloaded at the same time; GitHub asks for few requests at once."""

MOST_BYTES = 200_000_000
"""Bytes of logs that one sweep reads, as they are after unpacking."""

KEPT = 0.1
"""The part of a sweep's requests that logs leave to the issues."""

_TRIES = 2
"""How often a log is begun that breaks off in the middle; requests that fail are tried again beneath this."""

_GIVE_UP_AFTER = 3


def diagnose(reads: Reads, seen: Scan, settings: Settings, now: datetime, progress: Progress) -> Scan:
    """The scan with what the logs of failed jobs say.

    A log that cannot be read is a problem in the result, and one that is not there is not even that.
    """
    wanted = choose_logs(observe(seen), seen, settings, now)
    if not wanted.logs:
        return seen
    progress.phase("Read the logs of failed jobs", len(wanted.logs))
    known = {job.id: job.annotations for one in seen.jobs for job in one.jobs if job.annotations is not None}
    desk = _Desk(reads, Limits(lines=settings.excerpt_lines), known)
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
    return replace(
        seen,
        readings=tuple(one.reading for one in told if one.reading is not None),
        logs=_counts(told, wanted, desk.bytes_read),
        unexplained=wanted.later | {one.wanted.job_id for one in told if _is_asked_for_again(one)},
        problems=(*seen.problems, *_problems(told, wanted, desk)),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What came of one wanted log: a reading, or an error, or neither where it had to wait."""

    wanted: WantedLog
    reading: Reading | None = None
    error: TrackerError | None = None
    waits: bool = False


class _OverBudgetError(TrackerError):
    """The sweep has read as much as it may."""

    def __init__(self) -> None:
        super().__init__("The sweep has read as many bytes of logs as it may.")


class _Desk:
    """Where the logs of one sweep are read; several threads work at it."""

    def __init__(self, reads: Reads, limits: Limits, known: Mapping[int, tuple[Annotation, ...]]) -> None:
        self._reads = reads
        self._limits = limits
        self._known = known
        self._lock = Lock()
        self._in_a_row = 0
        self.bytes_read = 0
        self.refused: TrackerError | None = None
        self.no_annotations: MissingRightError | None = None

    def read(self, wanted: WantedLog) -> _Told:
        """Read one log. No error gets out: whatever goes wrong with one log, the others are read."""
        if self.refused is not None or self.bytes_read >= MOST_BYTES:
            return _Told(wanted, waits=True)
        try:
            # Two requests a log: its address, and annotations.
            self._reads.budget.check(2 * AT_ONCE, KEPT)
            told = _Told(wanted, self._reading(wanted))
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

    def _reading(self, wanted: WantedLog) -> Reading | None:
        asked = needs_annotations(wanted.outcome, wanted.step)
        said = self._annotations(wanted.job_id) if asked else None
        if said and wanted.outcome is Outcome.CANCELLED and said.outcome is Outcome.SUPERSEDED:
            return Reading(wanted.job_id, outcome=said.outcome)
        if not wanted.counts and not (said and shown_as_another(said.outcome)):
            return None  # cancelled, as GitHub says
        of_log, absence = self._log(wanted)
        if absence and not asked:
            said = self._annotations(wanted.job_id)
        diagnosis = combined(of_log, said, wanted.outcome)
        step = wanted.step.number if wanted.step else None
        if diagnosis is None:
            return Reading(wanted.job_id, absence=absence, step=step)
        return Reading(
            wanted.job_id, diagnosis.signature, diagnosis.headline, diagnosis.outcome, absence, step, diagnosis
        )

    def _log(self, wanted: WantedLog) -> tuple[Diagnosis | None, Absence | None]:
        try:
            log = self._fetched(wanted.job_id)
        except LogAbsentError as absent:
            return None, absent.absence
        try:
            found = None if log.empty else explain(log, self._limits, wanted.step)
        except Exception as error:  # a log is anybody's text: one that trips the program must not end the sweep
            raise UnexplainedLogError(error) from error
        return (found, None) if found and found.headline else (None, Absence.EMPTY)

    def _fetched(self, job_id: int) -> Log:
        for left in reversed(range(_TRIES)):
            reader, begun = LogReader(), False
            try:
                for piece in self._reads.job_log(job_id):
                    begun = True
                    self._take(len(piece))
                    reader.feed(piece)
                return reader.finish()
            except GitHubError:
                if not (begun and left):
                    raise
        raise AssertionError

    def _take(self, size: int) -> None:
        with self._lock:
            self.bytes_read += size
            if self.bytes_read > MOST_BYTES:
                raise _OverBudgetError

    def _annotations(self, job_id: int) -> Diagnosis | None:
        if job_id in self._known:
            return explain_annotations(self._known[job_id], self._limits)
        if self.no_annotations is not None:
            return None
        try:
            return explain_annotations(self._reads.annotations(job_id), self._limits)
        except MissingRightError as error:
            self.no_annotations = error
            return None


def _is_asked_for_again(told: _Told) -> bool:
    return told.error is not None or told.waits or (told.reading is not None and told.reading.absence is not None)


# --- what is said of it --------------------------------------------------------------------------


def _counts(told: Sequence[_Told], wanted: Wanted, size: int) -> LogsRead:
    readings = [one.reading for one in told if one.reading is not None]
    return LogsRead(
        read=sum(reading.absence is None for reading in readings),
        size=size,
        absent=sum(reading.absence is not None for reading in readings),
        unread=sum(one.error is not None for one in told),
        left_out=wanted.left_out + sum(one.waits for one in told),
    )


def _problems(told: Sequence[_Told], wanted: Wanted, desk: _Desk) -> Iterator[Problem]:
    failed = [(one.wanted.name, one.error) for one in told if one.error is not None]
    for what, advice in dict.fromkeys((error.what, error.advice) for _, error in failed):
        names = [name for name, error in failed if error.what == what]
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""  # noqa: PLR2004 - enough to see which
        lead = f"Without a look at its log: {', '.join(names[:5])}{more}."
        yield Problem(Gravity.WARNING, f"{lead} {what}", advice or "The next sweep tries again.")
    waiting = sum(one.waits for one in told)
    if isinstance(desk.refused, RequestsSpentError) and waiting:
        left = f"{counted(waiting, 'log')} {_were(waiting)} not read."
        yield Problem(desk.refused.gravity, f"{desk.refused.what} {left}", desk.refused.advice)
        waiting = 0
    elif desk.refused is not None and waiting:
        what = f"GitHub goes on refusing, so {counted(waiting, 'more log')} {_were(waiting)} not asked for."
        yield Problem(Gravity.WARNING, what, "The next sweep tries again.")
        waiting = 0
    if waiting := waiting + wanted.left_out:
        most = f"a sweep reads {MOST_LOGS} logs and {MOST_BYTES // 1_000_000} MB at most"
        what = f"{counted(waiting, 'log')} {_were(waiting)} not read: {most}."
        yield Problem(Gravity.NOTICE, what, "The next sweep goes on, the newest failures first.")
    if desk.no_annotations is not None:
        yield Problem(
            Gravity.NOTICE,
            desk.no_annotations.what,
            "They say why a job ended that has no log. Add `checks: read` to the permissions if you want them read.",
        )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
