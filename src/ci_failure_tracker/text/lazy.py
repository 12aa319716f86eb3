"""Regular expressions that are compiled when they are first used. Compiling is most of a start, and a log needs few."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import cast


class _Lazy:
    """Stands for a pattern until one of its methods is asked for. Then it has that method as its own."""

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source, self._flags)

    def __getattr__(self, name: str) -> object:
        found = getattr(self._compiled, name)
        # The next access finds the method at once, without this function.
        self.__dict__[name] = found
        return found


def lazy(source: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern, as `re.compile` gives it, for a name of a module."""
    return cast("re.Pattern[str]", _Lazy(source, flags))


@cache
def compiled(source: str) -> re.Pattern[str]:
    """A pattern whose source stands in a table. It is compiled when a line first needs it."""
    return re.compile(source)
