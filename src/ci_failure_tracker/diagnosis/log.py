"""A job's log as numbered lines: read in chunks, in bounded memory, with a quick way to lines that may say something.

Lines are numbered from 1 over the newline alone, as an editor counts them; a carriage return or a Unicode line end does
not make a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ci_failure_tracker.diagnosis.words import PLAIN_FAILURE, STRUCTURE

PIECE = 1 << 20
"""Bytes that are looked through at once."""

KEPT_WHOLE = 8 * PIECE
"""Bytes of the newest part of a log that are kept in full; what is older is thinned to what may say something."""

KEPT_THIN = 96 * 1024
"""Bytes that are kept of a thinned piece."""

LONGEST_LINE = 2_000
"""Characters of one line that are looked at; nothing a person reads in an issue is longer."""

MOST_MARKS = 200
"""Lines that divide the log which are kept of a thinned piece; more than that is no structure."""

AROUND = 12
"""Lines kept on either side of a line that may say something, where a piece is thinned."""

_SURROUNDINGS = 400
"""Bytes that the lines around one marked line are taken to have, on average: neighbours share them."""

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z ?")
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-9;?]{0,40}[ -/]?[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[()*+][0-9A-Z]|[@-Z\\^_])"
)
_LINE_ENDS = "\u2028\u2029"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(raw: str) -> str:
    """A line as the terminal showed it: without timestamp, escapes and control characters, and cut where it is endless.

    Of a line that was drawn over with carriage returns the last drawing is left.
    """
    text = raw[: 4 * LONGEST_LINE].removeprefix("\ufeff")
    if text[4:5] == "-" and (stamp := _TIMESTAMP.match(text)):
        text = text[stamp.end() :]
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "\r" in text:
        text = next((part for part in reversed(text.split("\r")) if part.strip()), "")
    if not text.isprintable():
        text = _CONTROL.sub("", text)
        if not text.isascii():
            # A secret could hide behind any letter that is not seen.
            text = "".join(char for char in text if char.isprintable() or _is_space(char))
    return text[:LONGEST_LINE].rstrip()


def _is_space(char: str) -> bool:
    return char.isspace() and char not in _LINE_ENDS


def depth(text: str) -> int:
    """How far a line is set in."""
    return len(text) - len(text.lstrip())


@dataclass(slots=True)
class Piece:
    """Neighbouring lines of a log; `number` is that of the first."""

    number: int
    raw: bytes
    _lines: list[str] | None = field(default=None, repr=False)

    @property
    def lines(self) -> list[str]:
        """The lines as they stand in the log, undecodable bytes replaced."""
        if self._lines is None:
            self._lines = self.raw.decode("utf-8", "replace").split("\n")
        return self._lines


class Log:
    """What was kept of a log."""

    def __init__(self, pieces: Sequence[Piece], last: int) -> None:
        """Take the pieces in order; `last` is the number of the log's last line."""
        self._pieces = pieces
        self._starts = [piece.number for piece in pieces]
        self._clean: dict[int, str] = {}
        self._marked: dict[tuple[tuple[bytes, ...], int, int], tuple[int, ...]] = {}
        self.last = last

    def raw(self, number: int) -> str:
        """A line as it stands in the log; empty where it was not kept."""
        place = bisect_right(self._starts, number) - 1
        if place < 0:
            return ""
        piece = self._pieces[place]
        offset = number - piece.number
        return piece.lines[offset] if offset < len(piece.lines) else ""

    def __getitem__(self, number: int) -> str:
        """A line as the terminal showed it; empty where the log has none or it was not kept."""
        text = self._clean.get(number)
        if text is None:
            text = self._clean[number] = clean(self.raw(number))
        return text

    def marked(self, words: tuple[bytes, ...], start: int = 1, end: int | None = None) -> tuple[int, ...]:
        """The numbers of the lines from `start` to `end` that hold one of the words, which are in lower case."""
        key = (words, start, self.last if end is None else end)
        if key not in self._marked:
            self._marked[key] = tuple(
                number for part in self._parts(start, key[2]) for number in _marked(part.raw, part.number, words)
            )
        return self._marked[key]

    def _parts(self, start: int, end: int) -> Iterator[Piece]:
        """What was kept of the lines from `start` to `end`."""
        for piece in self._pieces:
            last = piece.number + piece.raw.count(b"\n")
            if start <= piece.number and last <= end:
                yield piece
            elif piece.number <= end and start <= last:
                first = max(start, piece.number)
                lines = piece.raw.split(b"\n")[first - piece.number : end + 1 - piece.number]
                yield Piece(first, b"\n".join(lines))

    @property
    def empty(self) -> bool:
        """Whether nothing visible was printed."""
        return not any(line.strip() for piece in self._pieces for line in piece.lines)


class LogReader:
    """Takes a log in chunks and keeps what a diagnosis needs: at most some 40 MB, however long the log is."""

    def __init__(self) -> None:
        """Begin with an empty log."""
        self._rest: list[bytes] = []
        self._waiting = 0
        self._next = 1
        self._pieces: list[Piece] = []
        self._whole = 0
        self._thin = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the log."""
        self._rest.append(chunk)
        self._waiting += len(chunk)
        if self._waiting >= PIECE:
            self._cut(b"".join(self._rest))

    def finish(self) -> Log:
        """What was kept of the log, which ends here."""
        self._add(b"".join(self._rest))
        self._rest, self._waiting = [], 0
        return Log(self._pieces, self._next - 1)

    def _cut(self, data: bytes) -> None:
        """Take the whole lines off; of a line without an end only the beginning is kept."""
        end = data.rfind(b"\n")
        if end >= 0:
            self._add(data[:end])
            data = data[end + 1 :]
        elif len(data) > 2 * PIECE:
            data = data[:PIECE]
        self._rest, self._waiting = [data], len(data)

    def _add(self, raw: bytes) -> None:
        self._pieces.append(Piece(self._next, raw))
        self._next += raw.count(b"\n") + 1
        self._whole += len(raw)
        while self._whole > KEPT_WHOLE and self._thin < len(self._pieces) - 1:
            self._whole -= len(self._pieces[self._thin].raw)
            self._thin_out()

    def _thin_out(self) -> None:
        """Replace the oldest whole piece by what may say something in it."""
        thinned = list(_thinned(self._pieces[self._thin]))
        self._pieces[self._thin : self._thin + 1] = thinned
        self._thin += len(thinned)


def _marked(raw: bytes, first: int, words: Sequence[bytes]) -> Iterator[int]:
    """The numbers of the lines that hold one of the words.

    `bytes.find` looks through a gigabyte a second, which no regular expression does.
    """
    folded = raw.lower()
    places: set[int] = set()
    for word in words:
        place = folded.find(word)
        while place >= 0:
            end = folded.find(b"\n", place)
            if end < 0:
                places.add(len(folded))
                break
            places.add(end)
            place = folded.find(word, end)
    number, counted = first, 0
    for end in sorted(places):
        number += folded.count(b"\n", counted, end)
        counted = end
        yield number


def _thinned(piece: Piece) -> Iterator[Piece]:
    """The surroundings of the lines that may say something, the first ones first, as far as there is room."""
    lines = piece.raw.split(b"\n")
    start, end = 0, 0
    for number, around in sorted(_worth_keeping(piece, lines).items()):
        place = number - piece.number
        if place - around > end:
            yield from _slice(piece.number, lines, start, end)
            start = place - around
        end = max(end, min(len(lines), place + around + 1))
    yield from _slice(piece.number, lines, start, end)


def _worth_keeping(piece: Piece, lines: Sequence[bytes]) -> dict[int, int]:
    """The lines that divide the log, and as many of those that read like failures as there is room for.

    Each with the number of lines around it that are kept as well.
    """
    kept = dict.fromkeys(list(_marked(piece.raw, piece.number, STRUCTURE))[:MOST_MARKS], 1)
    room = KEPT_THIN
    for number in _marked(piece.raw, piece.number, PLAIN_FAILURE):
        room -= len(lines[number - piece.number]) + _SURROUNDINGS
        if room < 0:
            break
        kept[number] = AROUND
    return kept


def _slice(first: int, lines: Sequence[bytes], start: int, end: int) -> Iterator[Piece]:
    if end > start:
        kept = (line[: 4 * LONGEST_LINE] for line in lines[start:end])
        yield Piece(first + start, b"\n".join(kept))
