"""One report of the reports that several processes left in files."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from ci_failure_tracker.entry.kept_report import last_report, read_kept
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.organisation.combine import combine, read_matrix
from ci_failure_tracker.report.organisation import OrganisationReport

# A choice, far above the 256 jobs of a matrix: it bounds a folder that is given by mistake.
_MOST_FILES = 10_000
_NAME = "report.json"


def combined(given: Sequence[str], expected: str | None, last: str, folder: Path, at: datetime) -> OrganisationReport:
    """The report of all repositories. A file that cannot be read is a problem, and the others stand.

    Args:
        given: paths of files, folders that hold such files, or globs of them.
        expected: the matrix that `discover` gave, if it is known.
        last: the path of the last report, or empty.
        folder: what relative paths are relative to.
        at: the time, if there is no report.

    Raises:
        SettingsError: `expected` is no such matrix.
    """
    shards = read_matrix(expected) if expected is not None else ()
    problems: list[Problem] = []
    # Read at once: `problems` is complete before the report gets it.
    reports = [report for path in _files(given, folder, problems) if (report := _read(path, folder, problems))]
    known, of_last = last_report(last, folder)
    return combine(reports, shards, known, at).with_problems([*problems, *of_last])


def _files(given: Sequence[str], folder: Path, problems: list[Problem]) -> list[Path]:
    """The files that are meant, each once; what means none is a problem."""
    found: dict[Path, None] = {}
    for text in given:
        # A shell that finds nothing for a glob passes it on. `Path.glob` takes no absolute one.
        paths = [text] if (folder / text).exists() else sorted(glob.glob(text, root_dir=folder))  # noqa: PTH207
        files = [file for path in paths for file in _in(folder / path)]
        if not files:
            problems.append(_unread(text, "there is no report"))
        # A file that two globs match is one report.
        found |= dict.fromkeys(files[:_MOST_FILES])
    return list(found)


def _in(path: Path) -> Iterator[Path]:
    """The file itself, or each `report.json` in a folder and in the folders in it."""
    if path.is_dir():
        yield from sorted(path.rglob(_NAME))
    else:
        yield path


def _read(path: Path, folder: Path, problems: list[Problem]) -> OrganisationReport | None:
    report, server = read_kept(path), os.environ.get("GITHUB_SERVER_URL", "").rstrip("/")
    # Without the variable no server is the tracker's own, as on a person's machine.
    if not isinstance(report, str) and server and report.leads_elsewhere(server):
        # Whoever made it, nobody should follow such a link from a page that the tracker made.
        report = f"an address in it is not on {server}"
    if isinstance(report, str):
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        problems.append(_unread(str(shown), report))
        return None
    return report


def _unread(path: str, why: str) -> Problem:
    what = f"The report {path!r} could not be read: {why}."
    return Problem(Severity.ERROR, what, "See whether the job that makes it ended. What the others found stands.")
