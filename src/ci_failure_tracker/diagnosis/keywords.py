"""The keywords that mark a line. No pattern is tried on other lines, which makes long logs cheap."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache

from ci_failure_tracker.diagnosis.log_pattern import LogPattern
from ci_failure_tracker.diagnosis.patterns import all_patterns, set_user_patterns
from ci_failure_tracker.diagnosis.word_search import WordSearch, search_for

STRUCTURE = (
    b"##[",
    b"post job cleanup.",
    b"cleaning up orphan processes",
    b"travis_time:",
    b"travis_fold:",
    b"exited with ",
    b"print service container logs: ",
    b"stop and remove container: ",
)
"""In the lines that divide a log into steps."""

PLAIN_FAILURE = (
    *(b"error", b"fail", b"exception", b"fatal", b"panic", b"traceback", b"assert", b"expected", b"undefined"),
    *(b"cannot", b"could not", b"unable to", b"refused", b"denied", b"not found", b"no such", b"timed out", b"timeout"),
    *(b"abort", b"killed", b"crash", b"segmentation", b"core dumped", b"out of memory", b"no space left"),
)
"""The most common words of failure. They decide what is kept of the older part of a long log."""

FAILURE = (
    *PLAIN_FAILURE,
    *(b"can't", b"couldn't", b"does not exist", b"not recognized", b"not installed", b"unknown", b"unresolved"),
    *(b"invalid", b"illegal", b"unexpected", b"mismatch", b"missing", b"expired", b"forbidden", b"differ"),
    *(b"disconnected", b"unbound variable", b"non-zero code", b"terminate called", b"exiting with code", b"bail out"),
    *(b"violation", b"offense", b"reformat"),
    *(cross.encode() for cross in "✗✘✖❌"),
)
"""The words of failure in the output of tools that no pattern knows."""


def use_patterns(of_user: tuple[LogPattern, ...]) -> None:
    """Try the patterns of a user, too. This holds for the process, so it has to be said before a log is explained."""
    set_user_patterns(of_user)
    for table in (_places_by_keyword, _keyword_search, _with_keywords, marking_keywords):
        table.cache_clear()


@cache
def _places_by_keyword() -> dict[bytes, list[int]]:
    """For each keyword, where the patterns that have it stand in `all_patterns()`."""
    found: dict[bytes, list[int]] = defaultdict(list)
    for place, pattern in enumerate(all_patterns()):
        for keyword in pattern.keywords:
            found[keyword.encode()].append(place)
    return found


@cache
def _keyword_search() -> WordSearch:
    return search_for(tuple(_places_by_keyword()))


@cache
def marking_keywords() -> tuple[bytes, ...]:
    """All keywords, in lower case, without those that contain another one."""
    words = tuple(sorted({*_places_by_keyword(), *FAILURE, *STRUCTURE}))
    search = search_for(words)
    # A line with "errors" has "error" as well. Fewer words to look for make each search of a log faster.
    return tuple(word for word in words if all(other == word for other in search.found_in(word)))


def candidates(text: str) -> tuple[LogPattern, ...]:
    """The patterns that have a keyword which the line contains, in the order of `all_patterns()`."""
    return _with_keywords(frozenset(_keyword_search().found_in(text.lower().encode("utf-8", "replace"))))


@lru_cache(1_000)
def _with_keywords(found: frozenset[bytes]) -> tuple[LogPattern, ...]:
    by_keyword = _places_by_keyword()
    return tuple(all_patterns()[place] for place in sorted({place for word in found for place in by_keyword[word]}))
