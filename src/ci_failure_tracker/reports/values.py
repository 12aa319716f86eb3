"""Single values of a report: seconds, and what went wrong in one line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

MOST_SECONDS = 10_000_000.0
"""A third of a year. A longer time is a mistake of the runner."""

MOST_MESSAGE = 500

_DURATION = re.compile(r"(?:(\d{1,5})\.)?(\d{1,3}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)", re.ASCII)
_IN_A_FIXTURE = re.compile(r'failed on (?:setup|teardown) with "(.{1,500})', re.DOTALL)
_KIND = re.compile(r"[\w.$\\]{1,200}(?: \[\w{1,60}\])?: ")
_PLACE = re.compile(r"[^\s:]{1,300}:\d{1,7}:?")
_SAYS_NOTHING = frozenset({"failed", "failure", "error", "test failed", "collection failure", "none", "null"})
_NO_MESSAGE = ("=== ", "--- ", "Traceback ", "Hint:", "ImportError while importing test module")
"""How lines begin that stand before the message in a report of Go, and of pytest for a module."""


def seconds(text: str) -> float | None:
    """A time in seconds, as the runner's language writes it: `0.25`, `0,25` or `1,234.5`; `None` if it is no time."""
    text = text.strip()[:40]
    # Of two different signs, the last one is the decimal sign.
    if "," in text and "." in text:
        text = text.replace("," if text.rfind(",") < text.rfind(".") else ".", "")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= MOST_SECONDS else None


def duration(text: str) -> float | None:
    """The seconds of a duration as TRX writes it: `00:01:02.345`, or with days before it."""
    found = _DURATION.fullmatch(text.strip()[:40])
    if found is None:
        return None
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    value = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    return value if value <= MOST_SECONDS else None


def message(said: str, text: str, name: str = "") -> str:
    """What went wrong, in one line: from the message of a failure, and from the text that stands below it.

    The text of many runners has the message with the kind of error before it, as their log does. Other lines of it only
    name the test or its place.
    """
    in_fixture = _IN_A_FIXTURE.match(said)
    if in_fixture:
        said = in_fixture[1].rstrip('"')
    line = _first_line(said, name)
    if not line or line.casefold() in _SAYS_NOTHING:
        line = _telling(text, name) or line
    elif not in_fixture:
        line = next((with_kind for with_kind in _lines(text) if _adds_kind(with_kind, line)), line)
    return " ".join(line.split())[:MOST_MESSAGE]


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _adds_kind(line: str, message: str) -> bool:
    return line.endswith(message) and _KIND.fullmatch(line.removesuffix(message)) is not None


def _first_line(text: str, name: str) -> str:
    lines = _lines(text)
    return next((line for line in lines if not _only_names(line, name)), lines[0] if lines else "")


def _only_names(line: str, name: str) -> bool:
    """Whether a line only says where the test is, or which."""
    return _PLACE.fullmatch(line) is not None or bool(name and "::" in line and name in line)


def _telling(text: str, name: str) -> str:
    """The line of a text that says what went wrong; pytest marks the lines of an error."""
    lines = [line for line in _lines(text) if not _only_names(line, name)]
    marked = [line[2:].strip() for line in lines if line.startswith("E ")]
    if marked:
        return marked[-1]
    return next((line for line in lines if not line.startswith(_NO_MESSAGE)), "")
