"""Which files of a log archive are the log of which job.

"Download log archive" gives a file for each job, `0_test (3.12).txt`. It also gives a folder for each job with a file
for each step, `test (3.12)/1_Set up job.txt`. At times GitHub leaves out either of them. In other folders, each file is
a log.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_LOG_SUFFIXES = {".log", ".txt"}
_NUMBERED = re.compile(r"(-?\d{1,20})_(.{1,300})\.txt")
_OF_THE_RUNNER = "system.txt"
"""The file of a job's folder that names the runner; it holds no line of the job."""

_FIRST_STEP = "1_Set up job.txt"
_FULL_LENGTH = 50
"""Letters of a name that the archive keeps at least."""


@dataclass(frozen=True, slots=True)
class LogFiles:
    """The files that are one log, in order. `job` is empty if the names do not give the job."""

    job: str
    files: tuple[str, ...]


def arrange(names: Iterable[str]) -> tuple[LogFiles, ...]:
    """The logs among the files with these names, which are paths with slashes."""
    paths = sorted(PurePosixPath(name) for name in names)
    logs = [path for path in paths if path.suffix.lower() in _LOG_SUFFIXES and not _is_hidden(path)]
    numbered = [path for path in logs if path.name != _OF_THE_RUNNER]
    # One file with another name means a folder of somebody's own, in which a number before a name says nothing.
    if numbered and all(_NUMBERED.fullmatch(path.name) for path in numbered):
        return tuple(_of_archive(numbered))
    return tuple(LogFiles("", (str(path),)) for path in logs)


def _is_hidden(path: PurePosixPath) -> bool:
    # macOS adds `__MACOSX` to archives, with a file like a log for each log.
    return any(part.startswith((".", "__MACOSX")) for part in path.parts if part != "..")


def _of_archive(paths: Sequence[PurePosixPath]) -> Iterator[LogFiles]:
    """The file of each job, then the folders of the jobs that have no such file."""
    folders: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
    # By number, not by name: `10_` comes before `2_` in the order of names.
    for path in sorted(paths, key=_number):
        folders[path.parent].append(path)
    jobs = folders.pop(top) if (top := _folder_of_jobs(folders)) else []
    for path in jobs:
        yield LogFiles(_title(path), (str(path),))
    names = [_letters(_title(path)) for path in jobs]
    for folder, steps in folders.items():
        # The file of a job holds the same lines as its folder, so the folder would explain the job twice.
        if not any(_is_same(_letters(folder.name), name) for name in names):
            yield LogFiles(folder.name, tuple(map(str, steps)))


def _folder_of_jobs(folders: Mapping[PurePosixPath, Sequence[PurePosixPath]]) -> PurePosixPath | None:
    """The folder above all others, unless it holds the steps of one job."""
    above, *others = sorted(folders, key=lambda folder: len(folder.parts))
    is_single = not others or len(above.parts) < len(others[0].parts)
    # An archive without the files of jobs has only folders. One that holds the first step is a job, also alone.
    return above if is_single and all(path.name != _FIRST_STEP for path in folders[above]) else None


def _number(path: PurePosixPath) -> int:
    match = _NUMBERED.fullmatch(path.name)
    return int(match[1]) if match else 0


def _title(path: PurePosixPath) -> str:
    match = _NUMBERED.fullmatch(path.name)
    return match[2] if match else path.stem


def _letters(name: str) -> str:
    """A name without what an archive leaves out of it or replaces."""
    return re.sub(r"[\W_]+", "", name)


def _is_same(name: str, other: str) -> bool:
    """Whether two names are equal, or one is the beginning of the other because it was too long."""
    shorter, longer = sorted((name, other), key=len)
    return shorter == longer or (len(shorter) >= _FULL_LENGTH and longer.startswith(shorter))
