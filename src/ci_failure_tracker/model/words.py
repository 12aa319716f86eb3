"""Numbers and lists in sentences."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_NAMES = 5


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun, such as `1 run` or `2 runs`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def some_of(names: Sequence[str]) -> str:
    """The first five names, and how many more there are."""
    # A sentence with fifty names is not read.
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
