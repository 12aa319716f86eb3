"""Copies a recorded history: without the secrets in its logs, and without names if it is to be shown to others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ci_failure_tracker.backtest.anonymise import Masks
from ci_failure_tracker.backtest.history import History, Recording
from ci_failure_tracker.diagnosis.log import without_escapes
from ci_failure_tracker.errors import LogAbsentError
from ci_failure_tracker.github.answers import WITHOUT_DETAILS
from ci_failure_tracker.model import Annotation, Job, Run
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.text.redaction import redacted_lines

MOST_OF_A_LOG = 16_000_000
"""Bytes of a log that are kept, the newest ones."""


class Recorder(Protocol):
    """Where a history is kept."""

    def keep_history(self, history: History) -> None:
        """Keep the runs."""

    def keep_jobs(self, run: Run, jobs: Sequence[Job]) -> None:
        """Keep the jobs of a run."""

    def keep_log(self, job_id: int, text: str) -> None:
        """Keep the log of a job; an empty one says that there is none."""


def record(
    history: History, source: Recording, recorder: Recorder, progress: Progress, *, anonymise: bool
) -> frozenset[str]:
    """Copy the runs, the jobs that are known, and the logs of failed jobs.

    Returns the words in a masked copy that begin like the repository's name.

    Raises:
        HistoryError: it cannot be written.
    """
    masks = _masks_of(history, source, progress) if anonymise else None
    progress.phase("Record the history", len(history.runs))
    for run in history.runs:
        jobs = source.jobs(run)
        for job_id, log in _logs(jobs or (), source):
            text = safe_log(log)
            recorder.keep_log(job_id, masks.text(text) if masks else text)
        if jobs is not None:
            safe = tuple(map(without_secrets, jobs))
            recorder.keep_jobs(run, masks.jobs(safe) if masks else safe)
        progress.advance()
    recorder.keep_history(masks.history(history) if masks else history)
    return frozenset(masks.alike) if masks else frozenset()


def _masks_of(history: History, source: Recording, progress: Progress) -> Masks:
    """The masks of all names, also of those that only logs and annotations hold."""
    masks = Masks(history)
    progress.phase("Look for names", len(history.runs))
    for run in history.runs:
        jobs = source.jobs(run) or ()
        for _, log in _logs(jobs, source):
            masks.learn(_decoded(log))
        for annotation in (one for job in jobs for one in job.annotations or ()):
            masks.learn("\n".join((annotation.title, annotation.message, annotation.path)))
        progress.advance()
    return masks


def _logs(jobs: Iterable[Job], source: Recording) -> Iterator[tuple[int, bytes]]:
    """The log of each failed job."""
    for job in jobs:
        if job.conclusion in WITHOUT_DETAILS:
            continue
        try:
            yield job.id, newest_bytes(source.log(job.id))
        except LogAbsentError:
            continue


def newest_bytes(pieces: Iterator[bytes]) -> bytes:
    """The end of a log, as much as is kept of it."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        # Cut only now and then: each cut copies what stays.
        if len(kept) > 2 * MOST_OF_A_LOG:
            del kept[:-MOST_OF_A_LOG]
    return bytes(kept[-MOST_OF_A_LOG:])


def safe_log(log: bytes) -> str:
    """A log as text, with `***` for each secret in it."""
    return _without_secrets(_decoded(log))


def _decoded(log: bytes) -> str:
    return log.decode("utf-8", "replace")


def without_secrets(job: Job) -> Job:
    """The job, with `***` for each secret in its annotations."""
    if not job.annotations:
        return job
    return replace(job, annotations=tuple(map(_annotation, job.annotations)))


def _annotation(annotation: Annotation) -> Annotation:
    return replace(annotation, title=_without_secrets(annotation.title), message=_without_secrets(annotation.message))


def _without_secrets(text: str) -> str:
    """A text, with `***` for each secret in it. Colours and invisible characters may stand in the middle of one."""
    lines = text.split("\n")
    seen = [_seen(line) for line in lines]
    pairs = zip(lines, seen, redacted_lines(seen), strict=True)
    return "\n".join(line if safe == shown else safe for line, shown, safe in pairs)


def _seen(line: str) -> str:
    line = without_escapes(line)
    return line if line.isprintable() else "".join(char for char in line if char.isprintable() or char == "\t")
