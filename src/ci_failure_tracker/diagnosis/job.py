"""Why one job failed: from its log, its annotations, or both."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

from ci_failure_tracker.diagnosis.explain import Limits, explain, explain_annotations
from ci_failure_tracker.diagnosis.log import Log, LogReader
from ci_failure_tracker.diagnosis.routine import NOTHING_ROUTINE, RoutineLines, routine_lines
from ci_failure_tracker.errors import GitHubError, LogAbsentError, TrackerError, UnexplainedLogError
from ci_failure_tracker.model import (
    Diagnose,
    Diagnosis,
    JobDiagnosis,
    JobSource,
    LogRequest,
    LogUnavailable,
    Outcome,
    Step,
)

_TRIES = 2
"""How often a log is begun that breaks off in the middle."""


def job_diagnoser(limits: Limits) -> Diagnose:
    """What explains failed jobs within these limits."""

    passing_logs = _PassingLogs()

    def diagnose(wanted: LogRequest, source: JobSource) -> JobDiagnosis | None:
        return _reading(wanted, source, limits, passing_logs)

    return diagnose


class _PassingLogs:
    """What passing runs printed. Each log is read once, also if several failed jobs are compared with it."""

    def __init__(self) -> None:
        # Logs are read side by side. A lock for each log lets different ones be read at the same time, and each only
        # once.
        self._lock = Lock()
        self._locks: dict[int, Lock] = {}
        self._known: dict[int, RoutineLines] = {}

    def routine(self, wanted: LogRequest, source: JobSource) -> RoutineLines:
        """The lines that are routine in a job; none if no passing log can be read."""
        job_id = wanted.passing_job_id
        if job_id is None:
            return NOTHING_ROUTINE
        with self._lock:
            lock = self._locks.setdefault(job_id, Lock())
        with lock:
            if job_id not in self._known:
                try:
                    self._known[job_id] = routine_lines(source.passing_log(job_id))
                except TrackerError:
                    self._known[job_id] = NOTHING_ROUTINE  # the failed log is explained without it
            return self._known[job_id]


def _reading(wanted: LogRequest, source: JobSource, limits: Limits, passing_logs: _PassingLogs) -> JobDiagnosis | None:
    """What is known of a job; `None` where it turns out to be no failure."""
    asked = needs_annotations(wanted.outcome, wanted.step)
    said = _annotations(source, limits) if asked else None
    # Only annotations tell a run that a newer push replaced from one that hung or was stopped. The log is not worth a
    # request then.
    if said and wanted.outcome is Outcome.CANCELLED and said.outcome is Outcome.SUPERSEDED:
        return JobDiagnosis(wanted.job_id, outcome=said.outcome)
    if not wanted.counts and not (said and said.outcome.shown_as_another):
        return None  # cancelled, as GitHub says
    of_log, log_unavailable = _log(wanted, source, limits, passing_logs)
    # Without a log, annotations are the second best. They cost a request, so they are not asked for in every case.
    if log_unavailable and not asked:
        said = _annotations(source, limits)
    diagnosis = combined(of_log, said, wanted.outcome)
    step = wanted.step.number if wanted.step else None
    if diagnosis is None:
        return JobDiagnosis(wanted.job_id, log_unavailable=log_unavailable, step=step)
    return JobDiagnosis(
        wanted.job_id,
        diagnosis.signature,
        diagnosis.headline,
        diagnosis.outcome,
        log_unavailable,
        step,
        diagnosis,
        diagnosis.weak,
        diagnosis.kind,
    )


def _log(
    wanted: LogRequest, source: JobSource, limits: Limits, passing_logs: _PassingLogs
) -> tuple[Diagnosis | None, LogUnavailable | None]:
    try:
        log = _whole_log(source)
    except LogAbsentError as absent:
        return None, absent.log_unavailable
    try:
        found = None if log.empty else explain(log, limits, wanted.step, passing_logs.routine(wanted, source))
    except Exception as error:  # a log is anybody's text: one that trips the program must not end the sweep
        raise UnexplainedLogError(error) from error
    return (found, None) if found and found.headline else (None, LogUnavailable.EMPTY)


def _whole_log(source: JobSource) -> Log:
    for left in reversed(range(_TRIES)):
        reader, begun = LogReader(), False
        try:
            for piece in source.log():
                begun = True
                reader.feed(piece)
            return reader.finish()
        except GitHubError:
            if not (begun and left):
                raise
    raise AssertionError


def _annotations(source: JobSource, limits: Limits) -> Diagnosis | None:
    found = source.annotations()
    return None if found is None else explain_annotations(found, limits)


def needs_annotations(outcome: Outcome, step: Step | None) -> bool:
    """Whether only annotations can tell how a job ended: its log breaks off where the runner was stopped or lost."""
    return outcome is not Outcome.FAILURE or step is None or Outcome.of(step.conclusion) is not Outcome.FAILURE


def combined(of_log: Diagnosis | None, of_annotations: Diagnosis | None, outcome: Outcome) -> Diagnosis | None:
    """One diagnosis from both.

    Of a job that did not simply fail the annotations say why it ended, and the log only what it was doing then.
    """
    if of_log is None or of_annotations is None:
        return of_log or of_annotations
    # Annotations hold at most ten errors for each step, without the lines around. If the step itself failed, the log is
    # the better witness.
    simply_failed = outcome is Outcome.FAILURE and not of_annotations.outcome.shown_as_another
    if simply_failed or of_log.outcome.shown_as_another:
        return of_log
    return replace(
        of_log,
        headline=of_annotations.headline,
        signature=of_annotations.signature,
        signatures=of_annotations.signatures,
        outcome=of_annotations.outcome,
        weak=of_annotations.weak,
        failures=of_annotations.failures,
    )
