"""A file that is read in a few ranges, for `zipfile`: what it needs is fetched before, and nothing else is read."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ci_failure_tracker.model.reports import ByteSource
from ci_failure_tracker.reports.errors import ReportError

MOST_RANGES = 3
"""Ranges of one artifact that are fetched: its end, more of its directory, and the reports."""

TAIL = 1 << 18
"""Bytes of the end that are fetched first. They hold most directories, and small artifacts as a whole."""

# Bytes of the list of files: more than that is no archive of reports.
MOST_DIRECTORY = 8_000_000

MOST_BYTES = 30_000_000
"""Packed bytes of the reports in one artifact."""

Span = tuple[int, int]
"""A range of bytes: the first, and the one after the last."""


class RemoteFile(io.RawIOBase):
    """The file as far as it was fetched. Reading what comes before it fetches that once, as a directory needs it."""

    def __init__(self, source: ByteSource) -> None:
        super().__init__()
        self._source = source
        self._pieces: dict[int, bytes] = {}
        self._ranges = 0
        self._place = 0
        self._is_open = True
        self._fetch_end()
        self.size = source.size

    def _fetch_end(self) -> None:
        """Fetch the end. If the size of the file differs from the expected one, it is fetched once more."""
        while True:
            size = self._source.size
            start = max(0, size - TAIL)
            data = self._fetch(start, size - start)
            # The answer holds the true size.
            if self._source.size == size:
                self._pieces = {start: data}
                return

    def _fetch(self, start: int, length: int) -> bytes:
        if self._ranges == MOST_RANGES:
            raise ReportError("would take more requests than are sent for one artifact")
        self._ranges += 1
        data = self._source.read(start, length)[:length]
        if len(data) < length and start + length <= self._source.size:
            raise ReportError("did not come as a whole")
        return data

    def fetch(self, spans: Iterable[Span]) -> None:
        """Fetch the spans that are not there, in the requests that are left; nothing else is fetched after that."""
        self._is_open = False
        missing = [span for span in spans if self._lacks(span)]
        for start, end in _joined(missing, MOST_RANGES - self._ranges):
            self._pieces[start] = self._fetch(start, end - start)

    def cost(self, spans: Iterable[Span]) -> int:
        """How many bytes it takes to fetch the spans; nothing can be fetched if no request is left."""
        missing = [span for span in spans if self._lacks(span)]
        if not missing:
            return 0
        left = MOST_RANGES - self._ranges
        return sum(end - start for start, end in _joined(missing, left)) if left else MOST_BYTES + 1

    def _lacks(self, span: Span) -> bool:
        return not any(start <= span[0] and span[1] <= start + len(data) for start, data in self._pieces.items())

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def tell(self) -> int:
        """The place from which is read next."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning of the file")
        self._place = base + offset
        return self._place

    def read(self, size: int = -1) -> bytes:
        """The next bytes; `zipfile` takes no more than it asks for as the end of the file."""
        end = self.size if size < 0 else min(self._place + size, self.size)
        if end <= self._place:
            return b""
        data = self._known(self._place, end)
        if data is None and self._is_open:
            self._fetch_before(self._place)
            data = self._known(self._place, end)
        if data is None:
            raise OSError("these bytes were not fetched")
        self._place = end
        return data

    def _known(self, start: int, end: int) -> bytes | None:
        for place, data in self._pieces.items():
            if place <= start and end <= place + len(data):
                return data[start - place : end - place]
        return None

    def _fetch_before(self, start: int) -> None:
        """Fetch what lies between a place and the end that is known, and join both."""
        tail, data = max(self._pieces.items())
        if not 0 <= tail - start <= MOST_DIRECTORY:
            raise ReportError(f"has a central directory of more than {MOST_DIRECTORY // 1_000_000} MB, or a broken one")
        self._pieces = {start: self._fetch(start, tail - start) + data}


def _joined(spans: Iterable[Span], most: int) -> Sequence[Span]:
    """The spans as at most so many: the widest gaps between them are left out."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    gaps = [(later[0] - earlier[1], place) for place, (earlier, later) in enumerate(pairwise(joined), start=1)]
    cuts = sorted(place for _, place in sorted(gaps, reverse=True)[: most - 1])
    groups = [joined[start:end] for start, end in pairwise([0, *cuts, len(joined)])]
    return [(group[0][0], group[-1][1]) for group in groups if group]
