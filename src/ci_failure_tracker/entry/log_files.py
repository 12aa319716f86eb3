"""Finds the logs in what `explain` is given: a file, stdin, a zip archive or a folder, in any form that people have.

Nothing is unpacked to disk, and no name in an archive is used as a path.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from ci_failure_tracker.diagnosis.job_logs import as_utf8, job_logs
from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.entry.no_log import check_log
from ci_failure_tracker.errors import NoLogError, UnreadableLogError

if TYPE_CHECKING:
    from ci_failure_tracker.model import Step

# Bytes that are in memory at once.
_CHUNK = 1 << 20

_MOST_UNPACKED = 2_000_000_000
"""Bytes that an archive may unpack to. They are never in memory or on disk as a whole."""

_MOST_PACKED = 500_000_000
"""Bytes of an archive that comes through a pipe. It has to wait on disk, because its list of files is at its end."""

_MOST_LISTED = 4_000_000
"""Bytes that the list of files in an archive may have: about 30,000 names."""

_MOST_FILES = 10_000
"""Files in a folder and in the folders in it."""

_MOST_JOBS = 2_000
"""Jobs in the log of a run."""

# An empty archive has only the end, which begins with `PK\5\6`.
_IS_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_END_OF_ZIP = b"PK\x05\x06"
# The record at the end has 22 bytes, and a comment of less than 64 KiB may follow.
_LONGEST_END = (1 << 16) + 22

_Open = Callable[[str], Iterator[bytes]]
"""Reads the file with a name, in chunks."""


@dataclass(frozen=True, slots=True)
class FoundLog:
    """The log of a job, and where it is. `job` is empty if that does not give its name.

    `failed_step` is the step that failed according to GitHub, if it is known.
    """

    path: str
    job: str
    log: Log
    failed_step: Step | None = None


def logs_at(path: str) -> Iterator[FoundLog]:
    """Every log in a file, in an archive or in a folder, or of the page of a run; `-` is stdin.

    Take each before the next: only one is kept in memory.

    Raises:
        NoLogError: it holds no log, or a part of it cannot be read; this may happen after some logs.
    """
    if is_address(path):
        from ci_failure_tracker.entry.run_address import logs_of_page  # noqa: PLC0415 - a file needs no GitHub

        yield from logs_of_page(path)
        return
    if path != "-" and Path(path).is_dir():
        yield from _in_folder(path)
        return
    with _readable(path), _opened(path) as stream:
        # The first bytes say what it is; a name says little, and stdin has none.
        head = stream.read(_CHUNK)
        if head.startswith(_IS_ZIP):
            with _seekable(path, stream, head) as archive:
                yield from _in_archive(path, archive)
            return
        check_log(path, head)
        yield from _in_text(path, "", chain([head], chunks_of(stream)))


def is_address(path: str) -> bool:
    """Whether it is the address of a page, not of a file."""
    return path.startswith(("https://", "http://"))


def _opened(path: str) -> AbstractContextManager[IO[bytes]]:
    return nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb")


def _in_text(path: str, job: str, chunks: Iterable[bytes]) -> Iterator[FoundLog]:
    """The log of each job in a text. Its columns may name them, or `job` does."""
    for count, found in enumerate(job_logs(chunks)):
        # To explain a job takes time, and a file may name any number of them.
        if count == _MOST_JOBS:
            what = f"holds the logs of more than {_MOST_JOBS:,} jobs"
            raise UnreadableLogError(path, what, "Give the log of the job that failed.")
        yield FoundLog(path, found.job or job, found.log)


def chunks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file in pieces."""
    return iter(partial(stream.read, _CHUNK), b"")


@contextmanager
def _readable(path: str) -> Iterator[None]:
    """Explain why a file or folder cannot be read."""
    try:
        yield
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: str, error: OSError) -> UnreadableLogError:
    reason = error.strerror or type(error).__name__
    return UnreadableLogError(path, f"cannot be read ({reason})", "Check that it exists, and who may read it.")


# --- several files -------------------------------------------------------------------------------


def _in_files(
    path: str, names: Iterable[str], read: _Open, unreadable: Sequence[NoLogError] = ()
) -> Iterator[FoundLog]:
    """The logs among these files. What is no log is left out, unless nothing else is there."""
    from ci_failure_tracker.entry.archive_layout import arrange  # noqa: PLC0415 - a file does without it

    count = 0
    no_logs: list[NoLogError] = []
    for files in arrange(names):
        alone = not files.job and len(files.files) == 1
        place = f"{path.rstrip('/')}/{files.files[0]}" if alone else path
        try:
            for found in _in_text(place, files.job, _joined(place, files.files, read)):
                count += 1
                yield found
        # One broken file does not hide the logs of the others.
        except UnreadableLogError as error:
            unreadable = [*unreadable, error]
        except NoLogError as error:
            no_logs.append(error)
    # At the end, so that what can be read is explained first.
    if unreadable:
        raise unreadable[0]
    if not count:
        advice = "Give the log of a job, a folder with .log or .txt files, or what Download log archive gives."
        raise no_logs[0] if no_logs else NoLogError(path, "holds no log", advice)


def _joined(path: str, names: Iterable[str], read: _Open) -> Iterator[bytes]:
    """The files of a log as one text. Its first bytes are those of a log."""
    last = b""
    for place, name in enumerate(names):
        chunks = read(name)
        head = next(chunks, b"")
        if place == 0:
            check_log(path, head)
        # The last line of a file may lack its end, and the next file's first line must not continue it.
        elif last != b"\n":
            yield b"\n"
        # Each file decides its own encoding.
        for chunk in as_utf8(chain([head], chunks)):
            last = chunk[-1:] or last
            yield chunk


def _in_folder(path: str) -> Iterator[FoundLog]:
    errors: list[OSError] = []
    names = list(_names_in(Path(path), errors.append))
    unreadable = [_unreadable(str(error.filename), error) for error in errors]

    def read(name: str) -> Iterator[bytes]:
        place = Path(path, name)
        with _readable(str(place)), place.open("rb") as stream:
            yield from chunks_of(stream)

    yield from _in_files(path, names, read, unreadable)


def _names_in(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[str]:
    """The files in a folder and in the folders in it, as paths with slashes. A link to a folder is not followed."""
    count = 0
    # `os.walk` follows no link to a folder, so a loop of links ends.
    for place, _, files in os.walk(folder, onerror=on_error):
        count += len(files)
        if count > _MOST_FILES:
            raise NoLogError(str(folder), f"holds more than {_MOST_FILES:,} files", "Give the folder of the logs.")
        paths = (Path(place, name) for name in files)
        # `is_file` leaves out pipes and devices, which may never end.
        yield from (path.relative_to(folder).as_posix() for path in paths if path.is_file())


# --- archives ------------------------------------------------------------------------------------


@contextmanager
def _seekable(path: str, stream: IO[bytes], head: bytes) -> Iterator[IO[bytes]]:
    """The archive as a file in which one can go back."""
    if stream.seekable():
        yield stream
        return
    import tempfile  # noqa: PLC0415 - the start is faster without it

    with tempfile.TemporaryFile() as copy:
        copy.write(head)
        for chunk in chunks_of(stream):
            copy.write(chunk)
            if copy.tell() > _MOST_PACKED:
                raise NoLogError(
                    path, "is too large for an archive from a pipe", "Save it to a file and give the file."
                )
        yield copy


def _in_archive(path: str, file: IO[bytes]) -> Iterator[FoundLog]:
    import zipfile  # noqa: PLC0415 - the start is faster without it

    # `zipfile` reads the whole list into memory.
    if _listed(file) > _MOST_LISTED:
        raise NoLogError(path, "is an archive of too many files", "Unpack it and give the log of the job that failed.")
    with _intact(path):
        archive = zipfile.ZipFile(file)
    entries = {_with_slashes(entry.filename): entry for entry in archive.infolist() if not entry.is_dir()}
    left = _MOST_UNPACKED

    def read(name: str) -> Iterator[bytes]:
        nonlocal left
        with _intact(path), archive.open(entries[name]) as stream:
            for chunk in chunks_of(stream):
                left -= len(chunk)
                if left < 0:
                    what = f"unpacks to more than {_MOST_UNPACKED // 1_000_000_000} GB"
                    raise UnreadableLogError(path, what, "Unpack it and give the log of the job that failed.")
                yield chunk

    yield from _in_files(path, entries, read)


# Archives made on Windows may hold backslashes.
def _with_slashes(name: str) -> str:
    return str(PurePosixPath(name.replace("\\", "/")))


@contextmanager
def _intact(path: str) -> Iterator[None]:
    """Explain why an archive cannot be read."""
    import zipfile  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    try:
        yield
    # `zipfile` raises a RuntimeError for a password, and a NotImplementedError for an unknown compression.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        what = f"is a zip archive that cannot be read ({error or type(error).__name__})"
        raise UnreadableLogError(path, what, "Download it again, or unpack it and give its folder.") from error


def _listed(file: IO[bytes]) -> int:
    """The length of the list of files, as the end of the archive gives it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_END))
    end = file.read()
    place = end.rfind(_END_OF_ZIP)
    # Bytes 12 to 15 of the record are the size of the list (section 4.3.16 of PKWARE's APPNOTE).
    return int.from_bytes(end[place + 12 : place + 16], "little") if place >= 0 else 0
