"""The signature of a failure: equal if the cause is the same, different if it is not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from ci_failure_tracker.diagnosis.masks import BLANK, TABLE, Kept, Mask
from ci_failure_tracker.diagnosis.wrappers import unwrapped
from ci_failure_tracker.text.lazy import lazy

VERSION = "v2"

_NOTHING = "0" * 16
NOTHING_KNOWN = f"{VERSION}:{_NOTHING}"
"""The signature if no cause is given, or if nothing is left of it after masking."""


def is_known(signature: str) -> bool:
    """Whether a signature, of this version or an older one, stands for a cause."""
    return bool(signature) and signature.partition(":")[2] != _NOTHING


LONGEST = 1_000
"""Characters of a line that count. The rest makes no difference."""

_SHOW = {0xFF10 + digit: str(digit) for digit in range(10)}
_HIDE = {ord(plain): chr(wide) for wide, plain in _SHOW.items()}
_DIGIT = re.compile("[0-9]")
_HIDDEN = re.compile(r"[\uff10-\uff19]+")
"""Kept digits are full-width while the table is applied: letters to all patterns, digits to none."""


def _hidden(match: re.Match[str]) -> str:
    return match[0].translate(_HIDE)


def _shown(match: re.Match[str]) -> str:
    return match[0].translate(_SHOW)


def masker(table: Sequence[Mask | Kept]) -> Callable[[str], str]:
    """Make the function that applies a table to a line."""
    steps = [
        (
            _finder(row.needs or row.pattern),
            lazy(row.pattern),
            row.replacement if isinstance(row, Mask) else _hidden,
        )
        for row in table
    ]
    # Rows that keep something only hide digits.
    without_digits = [step for step, row in zip(steps, table, strict=True) if isinstance(row, Mask)]

    def mask(text: str) -> str:
        # Full-width digits of the line itself become plain digits.
        text = " ".join(unwrapped(text[:LONGEST]).split()).translate(_SHOW)
        for found, pattern, replacement in steps if _DIGIT.search(text) else without_digits:
            if found.search(text):
                text = pattern.sub(replacement, text)
        return _HIDDEN.sub(_shown, text).strip()

    return mask


@dataclass(frozen=True, slots=True)
class _Text:
    """A text without operators. It is looked for as it is, which is faster."""

    text: str

    def search(self, line: str) -> bool:
        return self.text in line


def _finder(pattern: str) -> re.Pattern[str] | _Text:
    """What tells whether a line has a match."""
    return _Text(pattern) if re.escape(pattern) == pattern else lazy(pattern)


@cache
def _standard() -> Callable[[str], str]:
    """The whole table. A row is compiled when a line first needs it."""
    return masker(TABLE)


@lru_cache(2_000)
def masked(text: str) -> str:
    """A line of a log without what varies from run to run, no longer than the line and than LONGEST.

    The line is as the terminal showed it: without timestamp and escapes. Masking it again changes nothing. The last
    lines are kept: the excerpt and the cause ask for the same ones.
    """
    return _standard()(text)


def signature(causes: Iterable[str]) -> str:
    """The signature of a failure, from the lines that name its causes: VERSION, a colon and 16 hex digits.

    Order and repeats make no difference, because test runners work in parallel. A line without letters and digits after
    masking is left out. If no line is left, the signature is NOTHING_KNOWN.
    """
    lines = sorted({line for line in map(masked, causes) if any(map(str.isalnum, line.replace(BLANK, "")))})
    if not lines:
        return NOTHING_KNOWN
    # Sixteen digits fit into a marker and a line of a report; among the issues of a repository, a clash is out of
    # reach.
    digest = hashlib.sha256("\n".join(lines).encode(errors="replace")).hexdigest()
    return f"{VERSION}:{digest[:16]}"
