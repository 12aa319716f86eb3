"""Secrets that stand on a line of their own, between the tags of an element of XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.redaction.kinds import FULL_NAME

_OPENS = lazy(rf"<([\w:.-]{{0,60}}{FULL_NAME})>\Z", re.ASCII)
# A value that begins like this is a variable, a mask or another element.
_FILLED_IN_ELSEWHERE = ("*", "$", "{", "<", "%")


def element_lines(lines: Sequence[str]) -> Iterator[int]:
    """The indexes of the lines that are the value of an element whose name says that it is a secret."""
    for number in range(len(lines) - 2):
        # The last character is compared first: a pattern on each line would take long.
        if lines[number][-1:] == ">" and (match := _OPENS.search(lines[number])):
            value = lines[number + 1].strip()
            closes = lines[number + 2].lstrip().startswith(f"</{match[1]}>")
            if closes and value and not value.startswith(_FILLED_IN_ELSEWHERE):
                yield number + 1
