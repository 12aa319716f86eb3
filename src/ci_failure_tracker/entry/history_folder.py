"""A recorded history on disk: `runs.json`, `jobs/<run id>.json` and `logs/<job id>.txt`, as GitHub sends them.

`workflows.json` and `repository.json` may stand beside them. An empty log means that GitHub has none.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ci_failure_tracker.backtest.history import (
    History,
    jobs_fields,
    read_history,
    read_jobs,
    repository_fields,
    runs_fields,
    workflows_fields,
)
from ci_failure_tracker.entry.whole_file import make_folder, write_whole
from ci_failure_tracker.errors import HistoryError, LogAbsentError
from ci_failure_tracker.model import Annotation, Job, LogUnavailable, Run

# Bytes of a log that are in memory at once.
_PIECE = 1 << 20
_RUNS, _WORKFLOWS, _REPOSITORY = "runs.json", "workflows.json", "repository.json"
_FORM = "A recorded history is a folder with `runs.json`, `jobs/` and `logs/`; `--record DIR` writes one."


class HistoryFolder:
    """Reads and writes a recorded history."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Whether a history is recorded here."""
        return _is_file(self.folder / _RUNS)

    def history(self) -> History:
        """The runs, without their jobs and logs.

        Raises:
            HistoryError: there is no such history.
        """
        if not self.exists:
            raise HistoryError(f"{str(self.folder)!r} holds no recorded history.", _FORM)
        runs = _read(self.folder / _RUNS)
        return read_history(runs, _optional(self.folder / _WORKFLOWS), _optional(self.folder / _REPOSITORY))

    def expect(self, runs: Sequence[Run], job_ids: Sequence[int]) -> None:
        """Nothing is to be fetched."""

    def jobs(self, run: Run) -> tuple[Job, ...] | None:
        """The jobs of all attempts of a run; `None` if they are not recorded, or cannot be read."""
        try:
            found = _optional(self._jobs_file(run.id))
            return None if found is None else read_jobs(found, run)
        # A broken file counts as missing: the sweep goes on and says how many are missing.
        except HistoryError:
            return None

    def has_log(self, job_id: int) -> bool:
        """Whether the log is recorded, or that there is none."""
        return _is_file(self._log_file(job_id))

    def log(self, job_id: int) -> Iterator[bytes]:
        """The log of a job in pieces.

        Raises:
            LogAbsentError: it is not recorded.
        """
        begun = False
        # A file that breaks off ends the log; what was read of it counts.
        with contextlib.suppress(OSError):
            if self.has_log(job_id):
                with self._log_file(job_id).open("rb") as log:
                    while piece := log.read(_PIECE):
                        begun = True
                        yield piece
        # An empty file stands for a log that GitHub does not have.
        if not begun:
            raise LogAbsentError(LogUnavailable.NOT_FOUND)

    def annotations(self, run: Run, job_id: int) -> tuple[Annotation, ...] | None:  # noqa: ARG002 - there are no others
        """Annotations are recorded with the jobs."""
        return None

    # --- write -----------------------------------------------------------------------------------

    def make(self) -> None:
        """Make the folder, so that it is known before the work whether that can be done.

        Raises:
            HistoryError: it cannot be made.
        """
        try:
            make_folder(self.folder)
        except OSError as error:
            raise self._unwritable(error) from error

    def keep_history(self, history: History) -> None:
        """Write the runs. The jobs and logs that are there stay.

        Raises:
            HistoryError: they cannot be written.
        """
        self._write(self.folder / _REPOSITORY, _as_json(repository_fields(history)))
        self._write(self.folder / _WORKFLOWS, _as_json(workflows_fields(history)))
        self._write(self.folder / _RUNS, _as_json(runs_fields(history)))

    def keep_jobs(self, run: Run, jobs: Sequence[Job]) -> None:
        """Write the jobs of a run."""
        self._write(self._jobs_file(run.id), _as_json(jobs_fields(run, jobs)))

    def keep_log(self, job_id: int, text: str) -> None:
        """Write a log; an empty one says that there is none."""
        self._write(self._log_file(job_id), text)

    def _jobs_file(self, run_id: int) -> Path:
        return self.folder / "jobs" / f"{run_id}.json"

    def _log_file(self, job_id: int) -> Path:
        return self.folder / "logs" / f"{job_id}.txt"

    def _write(self, path: Path, text: str) -> None:
        try:
            write_whole(path, text)
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: Exception) -> HistoryError:
        return HistoryError(f"The history cannot be written to {str(self.folder)!r} ({_reason(error)}).")


def _as_json(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, indent=1, ensure_ascii=True) + "\n"


def _optional(path: Path) -> Mapping[str, Any] | None:
    return _read(path) if _is_file(path) else None


def _is_file(path: Path) -> bool:
    """Whether it is a file that ends: a folder of others may hold a pipe, a link to a device, or too long a number."""
    try:
        return path.is_file()
    except OSError:
        return False


def _read(path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    # Deeply nested JSON raises a RecursionError.
    except (OSError, ValueError, RecursionError) as error:
        raise HistoryError(f"{str(path)!r} cannot be read ({_reason(error)}).", _FORM) from error
    if not isinstance(data, dict):
        raise HistoryError(f"{str(path)!r} has another form.", _FORM)
    return data


def _reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
