"""The logs of single jobs in a file that may hold several, as `gh run view --log` prints them.

Each of its lines begins with the job and the step: `test (3.12)<TAB>Run tests<TAB>2026-03-01T10:00:00.0000000Z text`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ci_failure_tracker.diagnosis.encoding import AsUtf8
from ci_failure_tracker.diagnosis.log import LineBlocks, Log, LogReader, read_log

_HEAD = 1 << 15
"""Bytes of the beginning that tell whether there are columns."""

_LINES_OF_HEAD = 60
"""Lines of the beginning that are looked at."""

_LEAST_EQUAL = 3
"""So many lines with the same first columns are no chance."""

_MOST_ROWS = 0.9
"""The part of the first lines that has columns at least."""

_COLUMNS = 3

_MARKS = tuple(mark.encode() for mark in ("\ufeff", "ï»¿", "\u00b4╗┐", "∩╗┐"))
"""The byte-order mark that begins each step, and what Windows PowerShell makes of it in three code pages."""

_STAMP = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
_OF_RUNNER = re.compile(_STAMP + rb"|##\[")
_NO_JOB = re.compile(_STAMP + rb"|\W*(?:trace|debug|info|notice|warn|warning|error|fatal)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class JobLog:
    """The log of a job, numbered as the lines of the file. `job` is empty if the file does not name it."""

    job: str
    log: Log


def as_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a log as UTF-8."""
    decoder = AsUtf8()
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.finish()


def job_logs(chunks: Iterable[bytes]) -> Iterator[JobLog]:
    """The log of each job in a file, in order. A file without columns is one log.

    Take each log before the next: only one is kept in memory.
    """
    name, text = _begun(chunks)
    if name:
        yield from _by_job(name, _blocks(text))
    else:
        yield JobLog("", read_log(text))


def text_blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The complete lines of a file in blocks, without the columns that name job and step."""
    name, text = _begun(chunks)
    for block in _blocks(text):
        yield b"\n".join(line for _, texts in _grouped(name, block.split(b"\n")) for line in texts) if name else block


def _begun(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The name in the first column, if there are columns, and the file as UTF-8 without its byte-order mark."""
    rest = as_utf8(chunks)
    # The logs of GitHub begin with such a mark.
    head = _head(rest).removeprefix(codecs.BOM_UTF8)
    return _first_job(head), chain([head], rest)


def _head(chunks: Iterator[bytes]) -> bytes:
    """The first bytes, as many as `_HEAD` if there are so many."""
    head = b""
    while len(head) < _HEAD and (chunk := next(chunks, None)) is not None:
        head += chunk
    return head


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The complete lines in blocks, at least one."""
    cutter = LineBlocks()
    for chunk in chunks:
        block = cutter.feed(chunk)
        if block is not None:
            yield block
    yield cutter.finish()


def _first_job(head: bytes) -> bytes:
    """The name in the first column, if the first lines have columns and one has the mark of a runner in the third.

    Where somebody has removed the timestamps, there is no such mark. Then the first columns are equal in all lines.
    """
    lines = head.split(b"\n", _LINES_OF_HEAD)
    lines = [line for line in lines[:-1] or lines if line.strip()]  # the last one may have no end
    # A log of tables has tabs, too. So nearly all of the first lines must have the columns.
    rows = [row for row in map(_row, lines) if row]
    if not rows or len(rows) < len(lines) * _MOST_ROWS or not lines[0].startswith(rows[0][0]):
        return b""
    equal = len(rows) >= _LEAST_EQUAL and len({tuple(row[:2]) for row in rows}) == 1
    return rows[0][0] if equal or any(map(_is_of_runner, rows)) else b""


def _row(line: bytes) -> list[bytes] | None:
    """The three columns of a line, if it has them."""
    row = line.split(b"\t", _COLUMNS - 1)
    return row if len(row) == _COLUMNS and row[0] and row[1] and not _NO_JOB.match(row[0]) else None


def _is_of_runner(row: Sequence[bytes]) -> bool:
    return row[1] == b"UNKNOWN STEP" or _OF_RUNNER.match(_text(row)) is not None


def _text(row: Sequence[bytes]) -> bytes:
    text = row[2]
    if text.startswith(_MARKS):
        text = next(text.removeprefix(mark) for mark in _MARKS if text.startswith(mark))
    return text


@dataclass(slots=True)
class _Part:
    """The log of a job as far as it is read."""

    name: str
    reader: LogReader
    begun: bool = False

    def take(self, lines: bytes) -> None:
        # Blocks come without the newline at their end.
        if self.begun:
            self.reader.feed(b"\n")
        self.reader.feed(lines)
        self.begun = True

    def finish(self) -> JobLog:
        return JobLog(self.name, self.reader.finish())


def _by_job(job: bytes, blocks: Iterable[bytes]) -> Iterator[JobLog]:
    """The log of each job, without the columns. `job` is the first."""
    number = 1
    part = _Part(_shown(job), LogReader())
    for block in blocks:
        for name, texts in _grouped(job, block.split(b"\n")):
            if name != job:
                yield part.finish()
                job, part = name, _Part(_shown(name), LogReader(number))
            part.take(b"\n".join(texts))
            number += len(texts)
    yield part.finish()


def _grouped(job: bytes, lines: Sequence[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Neighbouring lines of one job, without the columns. A line without columns belongs to the job before it."""
    texts: list[bytes] = []
    for place, line in enumerate(lines):
        row = line.split(b"\t", _COLUMNS - 1)
        if len(row) == _COLUMNS and (row[0] == job or _begins_job(lines, place)):
            if row[0] != job:
                if texts:
                    yield job, texts
                job, texts = row[0], []
            texts.append(_text(row))
        else:
            texts.append(line)
    yield job, texts


def _begins_job(lines: Sequence[bytes], place: int) -> bool:
    """Whether a line belongs to another job. Either it has the mark of a runner, or the next line has its columns."""
    row = _row(lines[place])
    following = _row(lines[place + 1]) if place + 1 < len(lines) else None
    return row is not None and (_is_of_runner(row) or (following is not None and following[:2] == row[:2]))


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "replace")
