"""Private keys of several lines in a log, also if their beginning or their end was cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ci_failure_tracker.text.lazy import lazy

_BEGIN = lazy(r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|Private-Lines: \d")
_END = lazy(r"-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY")
_HEADER = lazy(r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Subject): ")
_LETTER = lazy(r"[A-Za-z0-9]")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

_LONGEST = 200
"""The end of a key is searched in this many lines after its beginning."""

_LINE_LENGTHS = frozenset({64, 70, 76})
"""The lengths that tools give to the lines of a key."""

_TELLING = 16
"""Base64 of this many characters is too long to be a word."""


def key_lines(lines: Sequence[str]) -> Iterator[int]:
    """The indexes of the lines inside of a private key; an index may come twice."""
    for number, line in enumerate(lines):
        if "PRIVATE KEY" in line or "Private-Lines" in line:
            if _BEGIN.search(line):
                yield from _after_beginning(lines, number)
            elif _END.search(line):
                yield from _before_end(lines, number)
        elif len(line.strip()) in _LINE_LENGTHS and _is_full(line) and _is_one_of_several(lines, number):
            yield number


def parted(line: str) -> tuple[str, str, str]:
    """The base64 of a line, with the text before it, and the quotes and signs after it."""
    text = line.rstrip(" \t\r\n\"',\\")
    if text != line:
        text = text.removesuffix("\\n")
    before = text.rstrip(_BASE64)
    return before, text[len(before) :], line[len(text) :]


def _after_beginning(lines: Sequence[str], beginning: int) -> Iterator[int]:
    """The lines down to the end of the key; if that was cut off, as long as the lines look like a key."""
    end = _end_of(lines, beginning)
    neighbour = lines[beginning].partition("-----")[0]
    for number in range(beginning + 1, end or len(lines)):
        if _is_inside(lines[number], neighbour, sure=end is not None):
            neighbour = parted(lines[number])[0]
            yield number
        elif end is None and lines[number].strip() and not _HEADER.match(lines[number].strip()):
            return


def _end_of(lines: Sequence[str], beginning: int) -> int | None:
    """The index of the last line of the key; `None` if another key begins before it."""
    for number in range(beginning + 1, min(len(lines), beginning + _LONGEST)):
        if "PRIVATE KEY" in lines[number]:
            return number if _END.search(lines[number]) else None
    return None


def _before_end(lines: Sequence[str], end: int) -> Iterator[int]:
    """The lines up from the end of the key that look like a key; its last line and its checksum may be short."""
    neighbour, sure = lines[end].partition("-----")[0], True
    for number in range(end - 1, max(-1, end - _LONGEST), -1):
        if not _is_inside(lines[number], neighbour, sure=sure):
            return
        neighbour, body, _ = parted(lines[number])
        sure = body.startswith("=")
        yield number


def _is_inside(line: str, neighbour: str, *, sure: bool) -> bool:
    """Whether a line is base64: alone, or after what also stands before the `neighbour`'s.

    A short word counts only if it is `sure` that the key goes on.
    """
    before, body, _ = parted(line)
    if len(body) < _TELLING or body.isalpha():
        return sure and bool(body) and _is_alone(before, neighbour)
    return _is_alone(before, neighbour) or len(body) > 2 * _TELLING


def _is_alone(before: str, neighbour: str) -> bool:
    """The outline of the text before a line: two times of day have the same outline, and so has a container's name."""
    return not before.strip(" \t\"'") or _LETTER.sub("x", before) == _LETTER.sub("x", neighbour)


def _is_full(line: str) -> bool:
    """Whether a line is base64 from end to end; the hexadecimal digits of a digest are not."""
    text = line.strip()
    return not (text.strip(_BASE64) or text.islower() or text.isupper() or text.isalpha())


def _is_one_of_several(lines: Sequence[str], number: int) -> bool:
    """Whether the next line is a line of a key too, or the line starts as keys do."""
    text = lines[number].strip()
    beside = [lines[place].strip() for place in (number - 1, number + 1) if 0 <= place < len(lines)]
    return text.startswith("MII") or any(len(other) == len(text) and _is_full(other) for other in beside)
