"""Single values of a report: seconds, and what went wrong in one line."""

from __future__ import annotations

import math
import re

MOST_SECONDS = 10_000_000.0
"""A third of a year. A longer time is a mistake of the runner."""

MOST_MESSAGE = 500

_DURATION = re.compile(r"(?:(\d{1,5})\.)?(\d{1,3}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)", re.ASCII)
_IN_A_FIXTURE = re.compile(r'failed on (?:setup|teardown) with "(.{1,500})', re.DOTALL)
_SAYS_NOTHING = frozenset({"failed", "failure", "error", "test failed", "collection failure", "none", "null"})
_NO_MESSAGE = ("=== ", "--- ", "Traceback ", "Hint:", "ImportError while importing test module")
"""How lines begin that stand before the message in a report of Go, and of pytest for a module."""


def seconds(text: str) -> float | None:
    """A time in seconds, as the runner's language writes it: `0.25`, `0,25` or `1,234.5`; `None` if it is no time."""
    text = text.strip()[:40]
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


def message(said: str, text: str) -> str:
    """What went wrong, in one line: from the message of a failure, and from the text that stands below it.

    The text of many runners begins with the message and the kind of error before it, as their log does.
    """
    in_fixture = _IN_A_FIXTURE.match(said)
    if in_fixture:
        said = in_fixture[1].rstrip('"')
    line, below = _first_line(said), _first_line(text)
    if not line or line.casefold() in _SAYS_NOTHING:
        line = _telling(text) or line
    elif below.endswith(line) and not in_fixture:
        line = below
    return " ".join(line.split())[:MOST_MESSAGE]


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


def _telling(text: str) -> str:
    """The line of a text that says what went wrong; pytest marks the lines of an error."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    marked = [line[2:].strip() for line in lines if line.startswith("E ")]
    if marked:
        return marked[-1]
    return next((line for line in lines if not line.startswith(_NO_MESSAGE)), "")
