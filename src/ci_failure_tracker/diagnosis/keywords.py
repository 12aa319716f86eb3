"""The keywords that mark a line. No pattern is tried on other lines, which makes long logs cheap."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from ci_failure_tracker.diagnosis.log_pattern import LogPattern
from ci_failure_tracker.diagnosis.patterns import all_patterns

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


@cache
def _places_by_keyword() -> dict[str, list[int]]:
    """For each keyword, where the patterns that have it stand in `all_patterns()`."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, pattern in enumerate(all_patterns()):
        for keyword in pattern.keywords:
            found[keyword].append(place)
    return found


@cache
def marking_keywords() -> tuple[bytes, ...]:
    """All keywords, in lower case, without those that contain another one."""
    words = {keyword.encode() for keyword in _places_by_keyword()} | {*FAILURE, *STRUCTURE}
    return tuple(sorted(word for word in words if not any(other in word for other in words - {word})))


@cache
def _keywords_by_stem() -> dict[str, list[tuple[str, list[int]]]]:
    """The keywords of the patterns by the longest marking keyword in them. Few lines contain more than two of these."""
    stems = sorted((word.decode() for word in marking_keywords()), key=len)
    found: dict[str, list[tuple[str, list[int]]]] = defaultdict(list)
    for keyword, places in _places_by_keyword().items():
        found[[stem for stem in stems if stem in keyword][-1]].append((keyword, places))
    return found


def candidates(text: str) -> list[LogPattern]:
    """The patterns that have a keyword which the line contains, in the order of `all_patterns()`."""
    folded = text.lower()
    places: set[int] = set()
    for stem, keywords in _keywords_by_stem().items():
        if stem in folded:
            places.update(*(found for keyword, found in keywords if keyword in folded))
    return [all_patterns()[place] for place in sorted(places)]
