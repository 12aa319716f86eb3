"""A job's log as numbered lines, read in chunks and in bounded memory, with a quick way to the lines that matter.

Line numbers count newlines only, as an editor does. A carriage return or a Unicode line separator does not start a
line. The first line has the number 1, unless the log is a part of a file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ci_failure_tracker.diagnosis.encoding import AsUtf8, with_escapes
from ci_failure_tracker.diagnosis.keywords import PLAIN_FAILURE, STRUCTURE
from ci_failure_tracker.diagnosis.word_search import search_for
from ci_failure_tracker.text.lazy import lazy

PIECE = 1 << 20
"""Bytes that are searched at once."""

KEPT_WHOLE = 8 * PIECE
"""Bytes of the newest part of a log that are kept completely. The older part is thinned to the lines that matter."""

KEPT_THIN = 96 * 1024
"""Bytes that are kept of a thinned piece."""

LONGEST_LINE = 2_000
"""Characters of a line that are read. Nothing that a person reads in an issue is longer."""

MOST_MARKS = 200
"""Lines that divide the log into steps and are kept of a thinned piece. No real log has more."""

AROUND = 12
"""Lines that are kept on either side of a line that matters, in a thinned piece."""

_SURROUNDINGS = 400
"""Estimated bytes of the lines around one marked line. Neighbours share them."""

_TIMESTAMP = lazy(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z ?")
_ESCAPES = lazy(r"\x1b(?:\[[0-9;?]{0,40}[ -/]?[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[()*+][0-9A-Z]|[@-Z\\^_])")
_LINE_ENDS = "\u2028\u2029"
_CONTROL = lazy(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(raw: str) -> str:
    """A line as the terminal showed it: without timestamp, escapes and control characters, and not longer than allowed.

    If carriage returns overwrote the line, the last text is left.
    """
    # Escapes and overwritten text take room as well, so more is read than may be left.
    text = raw[: 4 * LONGEST_LINE].removeprefix("\ufeff")
    if text[4:5] == "-" and (stamp := _TIMESTAMP.match(text)):
        text = text[stamp.end() :]
    text = without_escapes(text)
    if "\r" in text:
        # A progress bar ends with a carriage return, so the last part can be empty although the terminal shows text.
        text = next((part for part in reversed(text.split("\r")) if part.strip()), "")
    if not text.isprintable():
        text = _CONTROL.sub("", text)
        if not text.isascii():
            # An invisible character could hide a secret from redaction.
            text = "".join(char for char in text if char.isprintable() or _is_space(char))
    return text[:LONGEST_LINE].rstrip()


def without_escapes(text: str) -> str:
    """A text without what sets colours and moves the cursor."""
    return _ESCAPES.sub("", text) if "\x1b" in text else text


def _is_space(char: str) -> bool:
    return char.isspace() and char not in _LINE_ENDS


def depth(text: str) -> int:
    """The indentation of a line in characters."""
    return len(text) - len(text.lstrip())


@dataclass(frozen=True)
class Piece:
    """Neighbouring lines of a log. `number` is the number of the first, `last` that of the last."""

    number: int
    last: int
    raw: bytes

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines as they are in the log."""
        return self.raw.split(b"\n")


class Log:
    """The kept lines of a log."""

    def __init__(self, pieces: Sequence[Piece], last: int, first: int = 1) -> None:
        """Take the pieces in order. `first` and `last` are the numbers of the first and the last line of the log."""
        self._pieces = pieces
        self._starts = [piece.number for piece in pieces]
        self._clean: dict[int, str] = {}
        self._marked: dict[tuple[tuple[bytes, ...], int, int], tuple[int, ...]] = {}
        self.first = first
        self.last = last

    def raw(self, number: int) -> str:
        """A line as it is in the log, with undecodable bytes replaced. It is empty if it was not kept."""
        place = bisect_right(self._starts, number) - 1
        if place < 0:
            return ""
        piece = self._pieces[place]
        return piece.lines[number - piece.number].decode("utf-8", "replace") if number <= piece.last else ""

    def __getitem__(self, number: int) -> str:
        """A line as the terminal showed it. It is empty if the log does not have it or it was not kept."""
        text = self._clean.get(number)
        if text is None:
            text = self._clean[number] = clean(self.raw(number))
        return text

    def marked(self, words: tuple[bytes, ...], start: int = 1, end: int | None = None) -> tuple[int, ...]:
        """The numbers of the lines from `start` to `end` that contain one of the words. These are in lower case."""
        key = (words, start, self.last if end is None else end)
        if key not in self._marked:
            # Several parts of a diagnosis ask for the same lines, and each search reads megabytes.
            self._marked[key] = tuple(
                number for part in self._parts(start, key[2]) for number in _marked(part.raw, part.number, words)
            )
        return self._marked[key]

    def _parts(self, start: int, end: int) -> Iterator[Piece]:
        """The kept lines from `start` to `end`."""
        for piece in self._pieces:
            if start <= piece.number and piece.last <= end:
                yield piece
            elif piece.number <= end and start <= piece.last:
                first = max(start, piece.number)
                lines = piece.lines[first - piece.number : end + 1 - piece.number]
                yield Piece(first, first + len(lines) - 1, b"\n".join(lines))

    @property
    def empty(self) -> bool:
        """Whether the log has no visible character."""
        return not any(line.decode("utf-8", "replace").strip() for piece in self._pieces for line in piece.lines)


class LineBlocks:
    """Cuts a stream of bytes into blocks of complete lines, a piece long or a little longer."""

    def __init__(self) -> None:
        """Start with an empty stream."""
        self._rest: list[bytes] = []
        self._waiting = 0

    def feed(self, chunk: bytes) -> bytes | None:
        """Take the next bytes. The block that they complete has no newline at its end."""
        self._rest.append(chunk)
        self._waiting += len(chunk)
        return self._cut(b"".join(self._rest)) if self._waiting >= PIECE else None

    def finish(self) -> bytes:
        """The last block. Its last line may have no end."""
        return b"".join(self._rest)

    def _cut(self, data: bytes) -> bytes | None:
        """The complete lines. Of a line without an end, only the beginning is kept."""
        end = data.rfind(b"\n")
        block = data[:end] if end >= 0 else None
        if end >= 0:
            data = data[end + 1 :]
        elif len(data) > 2 * PIECE:
            # A file without newlines, such as one minified script, must not fill the memory.
            data = data[:PIECE]
        self._rest, self._waiting = [data], len(data)
        return block


class LogReader:
    """Takes a log in chunks and keeps what a diagnosis needs: at most about 40 MB, whatever the length of the log."""

    def __init__(self, first: int = 1) -> None:
        """Start with an empty log, whose first line gets the number `first`."""
        self._utf8 = AsUtf8()
        self._blocks = LineBlocks()
        self._first = self._next = first
        self._pieces: list[Piece] = []
        self._whole = 0
        self._thin = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the log, which are UTF-8 or UTF-16."""
        self._feed(self._utf8.decode(chunk))

    def finish(self) -> Log:
        """End the log and return its kept lines."""
        self._feed(self._utf8.finish())
        self._add(self._blocks.finish())
        return Log(self._pieces, self._next - 1, self._first)

    def _feed(self, chunk: bytes) -> None:
        block = self._blocks.feed(chunk)
        if block is not None:
            self._add(block)

    def _add(self, raw: bytes) -> None:
        raw = with_escapes(raw)
        last = self._next + raw.count(b"\n")
        self._pieces.append(Piece(self._next, last, raw))
        self._next = last + 1
        self._whole += len(raw)
        # The last piece stays whole: the end of a log says most about how the job ended.
        while self._whole > KEPT_WHOLE and self._thin < len(self._pieces) - 1:
            self._whole -= len(self._pieces[self._thin].raw)
            self._thin_out()

    def _thin_out(self) -> None:
        """Replace the oldest complete piece by the lines in it that matter."""
        thinned = list(_thinned(self._pieces[self._thin]))
        self._pieces[self._thin : self._thin + 1] = thinned
        self._thin += len(thinned)


def read_log(chunks: Iterable[bytes]) -> Log:
    """Read a log from its bytes, however long, in bounded memory."""
    reader = LogReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def _marked(raw: bytes, first: int, words: tuple[bytes, ...]) -> Iterator[int]:
    """The numbers of the lines that contain one of the words."""
    folded = raw.lower()
    number, counted = first, 0
    for end in search_for(words).line_ends(folded):
        number += folded.count(b"\n", counted, end)
        counted = end
        yield number


def _thinned(piece: Piece) -> Iterator[Piece]:
    """The lines that matter and the lines around them, in order, as far as there is room."""
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
    """The lines that divide the log into steps, and as many lines with words of failure as there is room for.

    The value is the number of lines to keep on either side.
    """
    # Marks of steps come first: without them, nothing says which step an error belongs to.
    kept = dict.fromkeys(list(_marked(piece.raw, piece.number, STRUCTURE))[:MOST_MARKS], 1)
    room = KEPT_THIN
    for number in _marked(piece.raw, piece.number, PLAIN_FAILURE):
        room -= len(lines[number - piece.number]) + _SURROUNDINGS
        # The first failures of a piece are kept. Later ones are more often consequences or repeats.
        if room < 0:
            break
        kept[number] = AROUND
    return kept


def _slice(first: int, lines: Sequence[bytes], start: int, end: int) -> Iterator[Piece]:
    if end > start:
        kept = (line[: 4 * LONGEST_LINE] for line in lines[start:end])
        yield Piece(first + start, first + end - 1, b"\n".join(kept))
