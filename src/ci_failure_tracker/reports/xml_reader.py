"""Walks through an XML file that anybody may have written: without a tree, without a document type, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from ci_failure_tracker.reports.errors import ReportError

MOST_DEPTH = 50
"""Elements within one another. Suites may be nested, but not much deeper than folders are."""

# Ten for each of 50,000 tests.
MOST_ELEMENTS = 500_000

MOST_TAG = 4_000_000
"""Bytes of one tag or comment. The parser begins with it anew for each piece of it that comes."""

MOST_TEXT = 4_000
"""Characters of the text of one element that are kept."""

Attributes = Mapping[str, str]


class Element:
    """What a format does with the elements of a file; names come without their namespace."""

    def start(self, name: str, attributes: Attributes) -> bool:
        """An element begins; return whether its text is needed."""
        raise NotImplementedError

    def end(self, name: str, text: str) -> None:
        """An element ends; `text` is what it holds, if it is needed, without that of the elements in it."""
        raise NotImplementedError


def walk(pieces: Iterable[bytes], choose: Callable[[str], Element]) -> None:
    """Go through a file; `choose` gives what reads it, from the name of its root.

    What is complete was handed over before an error is raised.

    Raises:
        ReportError: the file is no XML, has a document type, or passes a bound.
    """
    walker = _Walker(choose)
    for piece in pieces:
        walker.feed(piece)
    walker.feed(b"", final=True)


class _Walker:
    def __init__(self, choose: Callable[[str], Element]) -> None:
        self._choose = choose
        self._format: Element | None = None
        self._texts: list[list[str] | None] = []
        self._lengths: list[int] = []
        self._elements = 0
        self._empty = True
        self._fed = 0
        self._parser = expat.ParserCreate()
        # One call for each text; without it, expat calls for each line.
        self._parser.buffer_text = True
        # Without a document type, no entity can be defined, and so none is expanded.
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        self._empty = self._empty and not piece.strip()
        if self._empty:
            if final:
                raise ReportError("is empty")
            return
        self._fed += len(piece)
        try:
            self._parser.Parse(piece, final)
        except expat.ExpatError as error:
            raise ReportError(f"is no complete XML (line {error.lineno}: {expat.ErrorString(error.code)})") from error
        except (LookupError, ValueError) as error:  # an encoding that Python does not know, or of several bytes
            raise ReportError("has an encoding that cannot be read") from error
        # What is fed and not yet parsed is a tag that goes on.
        if self._fed - self._parser.CurrentByteIndex > MOST_TAG:
            raise ReportError(f"has a tag of more than {MOST_TAG // 1_000_000} MB")

    def _refuse(self, *_: object) -> None:
        raise ReportError("has a document type, which a report does not need and which is not read")

    def _start(self, name: str, attributes: Attributes) -> None:
        self._elements += 1
        if len(self._texts) >= MOST_DEPTH or self._elements > MOST_ELEMENTS:
            raise ReportError("holds more elements, or deeper ones, than are read")
        name = name.rpartition(":")[2]
        if self._format is None:
            self._format = self._choose(name)
        self._texts.append([] if self._format.start(name, attributes) else None)
        self._lengths.append(0)

    def _end(self, name: str) -> None:
        texts = self._texts.pop()
        self._lengths.pop()
        if self._format is not None:
            self._format.end(name.rpartition(":")[2], "".join(texts or ()))

    def _text(self, text: str) -> None:
        texts = self._texts[-1]
        if texts is not None and self._lengths[-1] < MOST_TEXT:
            texts.append(text[: MOST_TEXT - self._lengths[-1]])
            self._lengths[-1] += len(text)
