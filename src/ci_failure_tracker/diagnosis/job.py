"""Why one job failed: from its log, its annotations, or both."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.explain import Limits, explain, explain_annotations
from ci_failure_tracker.diagnosis.log import Log, LogReader
from ci_failure_tracker.diagnosis.outcome import combined, needs_annotations, shown_as_another
from ci_failure_tracker.errors import GitHubError, LogAbsentError, UnexplainedLogError
from ci_failure_tracker.model import Absence, Diagnose, Diagnosis, JobSource, Outcome, Reading, WantedLog

_TRIES = 2
"""How often a log is begun that breaks off in the middle."""


def job_diagnoser(limits: Limits) -> Diagnose:
    """What explains failed jobs within these limits."""

    def diagnose(wanted: WantedLog, source: JobSource) -> Reading | None:
        return _reading(wanted, source, limits)

    return diagnose


def _reading(wanted: WantedLog, source: JobSource, limits: Limits) -> Reading | None:
    """What is known of a job; `None` where it turns out to be no failure."""
    asked = needs_annotations(wanted.outcome, wanted.step)
    said = _annotations(source, limits) if asked else None
    if said and wanted.outcome is Outcome.CANCELLED and said.outcome is Outcome.SUPERSEDED:
        return Reading(wanted.job_id, outcome=said.outcome)
    if not wanted.counts and not (said and shown_as_another(said.outcome)):
        return None  # cancelled, as GitHub says
    of_log, absence = _log(wanted, source, limits)
    if absence and not asked:
        said = _annotations(source, limits)
    diagnosis = combined(of_log, said, wanted.outcome)
    step = wanted.step.number if wanted.step else None
    if diagnosis is None:
        return Reading(wanted.job_id, absence=absence, step=step)
    return Reading(wanted.job_id, diagnosis.signature, diagnosis.headline, diagnosis.outcome, absence, step, diagnosis)


def _log(wanted: WantedLog, source: JobSource, limits: Limits) -> tuple[Diagnosis | None, Absence | None]:
    try:
        log = _whole_log(source)
    except LogAbsentError as absent:
        return None, absent.absence
    try:
        found = None if log.empty else explain(log, limits, wanted.step)
    except Exception as error:  # a log is anybody's text: one that trips the program must not end the sweep
        raise UnexplainedLogError(error) from error
    return (found, None) if found and found.headline else (None, Absence.EMPTY)


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
