"""Finds the reports in an artifact and reads them. Nothing is unpacked to a disk, and no name in it becomes a path."""

from __future__ import annotations

import struct
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from ci_failure_tracker.model.reports import Artifact, ArtifactReports, ByteSource, ReadArtifact, TestResult
from ci_failure_tracker.reports.errors import ReportError
from ci_failure_tracker.reports.naming import MOST_NAME
from ci_failure_tracker.reports.paths import fits
from ci_failure_tracker.reports.read import MOST_BYTES as MOST_UNPACKED
from ci_failure_tracker.reports.read import Report, joined, read_report
from ci_failure_tracker.reports.remote_file import MOST_BYTES, RemoteFile, Span
from ci_failure_tracker.reports.values import MOST_MESSAGE
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.text.test_names import words

MOST_REPORTS = 500
"""Reports of one artifact that are read."""

MOST_IN_ALL = 100_000_000
"""Unpacked bytes of the reports in one artifact."""

MOST_RESULTS = 50_000
"""Tests of one artifact that are kept."""

# Bytes that are unpacked at once.
_PIECE = 1 << 16
# The bytes of an entry's own header without its name (section 4.3.7 of PKWARE's APPNOTE).
_HEADER = 30
# The flag of an encrypted entry (section 4.4.4).
_ENCRYPTED = 0x1
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, EOFError, LookupError, RuntimeError)
"""What `zipfile` raises if an archive is broken."""

# A choice: notes stand in one line of the summary.
_MOST_NOTES = 3
_MOST_NOTE = 300


def artifact_reader(globs: Sequence[str]) -> ReadArtifact:
    """What reads the reports whose paths fit these globs."""
    return partial(read_artifact, globs)


def read_artifact(globs: Sequence[str], artifact: Artifact, source: ByteSource) -> ArtifactReports:
    """Read the reports in an artifact. What is wrong with one of them is a note, and the others count.

    Raises:
        GitHubError: the artifact cannot be fetched.
    """
    notes: list[str] = []
    results: list[TestResult] = []
    try:
        for name, report in _reports(globs, artifact, RemoteFile(source), notes):
            results += report.results
            if report.wrong:
                notes.append(f"{name} {report.wrong}")
            if len(results) > MOST_RESULTS:
                raise ReportError(f"holds more than {MOST_RESULTS:,} tests")
    except ReportError as error:
        notes.append(f"it {error}")
    shown = tuple(map(_shown, joined(results[:MOST_RESULTS])))
    # A name without a word cannot be compared with a log.
    return ArtifactReports(artifact, tuple(result for result in shown if words(result.name)), tuple(_few(notes)))


def _few(notes: Sequence[str]) -> Iterator[str]:
    yield from (plain(note, _MOST_NOTE) for note in notes[:_MOST_NOTES])
    if len(notes) > _MOST_NOTES:
        yield f"{len(notes) - _MOST_NOTES} more"


def _shown(result: TestResult) -> TestResult:
    """The result with texts of one visible line, without secrets."""
    return replace(
        result,
        name=plain(result.name, MOST_NAME),
        file=plain(result.file, MOST_NAME),
        message=plain(result.message, MOST_MESSAGE),
        other_names=tuple(plain(name, MOST_NAME) for name in result.other_names),
    )


def _reports(
    globs: Sequence[str], artifact: Artifact, file: RemoteFile, notes: list[str]
) -> Iterator[tuple[str, Report]]:
    try:
        with zipfile.ZipFile(file) as archive:
            spans = _spans(archive, _chosen(archive, globs, notes))
            chosen = _affordable(spans, file, notes)
            # Fetched at once, in the few requests that are left for the artifact.
            file.fetch(spans[info] for info in chosen)
            for info in chosen:
                yield info.filename, read_report(_pieces(archive, info))
    except _BROKEN as error:
        if not (isinstance(error, zipfile.BadZipFile) and fits(artifact.name, globs)):
            raise ReportError("is no ZIP archive, or a broken one") from error
        yield artifact.name, _bare(file)


def _bare(file: RemoteFile) -> Report:
    """A report that was uploaded as it is; upload-artifact gives the artifact the name of the file then."""
    if file.size > MOST_BYTES:
        return Report((), f"is larger than {MOST_BYTES // 1_000_000} MB")
    file.fetch([(0, file.size)])
    file.seek(0)
    return read_report([file.read()])


def _chosen(archive: zipfile.ZipFile, globs: Sequence[str], notes: list[str]) -> list[zipfile.ZipInfo]:
    """The entries that are reports and can be read."""
    overlapping = {info.header_offset for info in _overlapping(archive)}
    chosen: list[zipfile.ZipInfo] = []
    in_all = 0
    for info in archive.infolist():
        if not fits(info.filename, globs) or info.is_dir():
            continue
        why = _refused(info, is_overlapping=info.header_offset in overlapping)
        in_all += 0 if why else info.file_size
        if len(chosen) == MOST_REPORTS or in_all > MOST_IN_ALL:
            notes.append(f"it holds more than {MOST_REPORTS} reports, or than {MOST_IN_ALL // 1_000_000} MB of them")
            break
        if why:
            notes.append(f"{info.filename} {why}")
        else:
            chosen.append(info)
    return chosen


def _refused(info: zipfile.ZipInfo, *, is_overlapping: bool) -> str:
    """Why an entry is not read; empty if it is."""
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _PACKINGS:
        return "is packed in a way that is not read"
    if info.file_size > MOST_UNPACKED:
        return f"is larger than {MOST_UNPACKED // 1_000_000} MB"
    return "shares its bytes with another file of the archive" if is_overlapping else ""


def _overlapping(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """The entries that say to hold bytes of others: so a small archive becomes a large one."""
    ordered = sorted(archive.infolist(), key=lambda info: info.header_offset)
    for info, following in pairwise(ordered):
        # The header of an entry has at least this length; its name makes it longer.
        if info.header_offset + _HEADER + info.compress_size > following.header_offset:
            yield from (info, following)
    if ordered and ordered[-1].header_offset + _HEADER + ordered[-1].compress_size > archive.start_dir:
        yield ordered[-1]


def _spans(archive: zipfile.ZipFile, chosen: Iterable[zipfile.ZipInfo]) -> Mapping[zipfile.ZipInfo, Span]:
    """The bytes of entries: each up to the next one, because its own header may hold more than the directory says."""
    starts = sorted({*(info.header_offset for info in archive.infolist()), archive.start_dir})

    def end(info: zipfile.ZipInfo) -> int:
        place = bisect_right(starts, info.header_offset)
        return starts[place] if place < len(starts) else info.header_offset

    return {info: (info.header_offset, end(info)) for info in chosen}


def _affordable(spans: Mapping[zipfile.ZipInfo, Span], file: RemoteFile, notes: list[str]) -> list[zipfile.ZipInfo]:
    """The entries that can be fetched: the largest ones are left out if all together are too much."""
    # The largest last, so that leaving one out saves the most.
    kept = sorted(spans, key=lambda info: info.compress_size)
    while kept and file.cost(spans[info] for info in kept) > MOST_BYTES:
        kept.pop()
    if left := len(spans) - len(kept):
        notes.append(f"{left} of its reports lie too far apart or are too large to be fetched")
    return kept


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterable[bytes]:
    """What an entry holds, no more than the directory says; its checksum is compared at the end."""
    try:
        with archive.open(info) as entry:
            while piece := entry.read(_PIECE):
                yield piece
    except _BROKEN as error:
        raise ReportError("is not whole") from error
