"""The words that mark a line as one to look at; what holds none of them costs next to nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

from ci_failure_tracker.diagnosis.rule import Rule
from ci_failure_tracker.diagnosis.rules import rules_by_word

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
"""What the lines hold that divide a log into steps."""

PLAIN_FAILURE = (
    *(b"error", b"fail", b"exception", b"fatal", b"panic", b"traceback", b"assert", b"expected", b"undefined"),
    *(b"cannot", b"could not", b"unable to", b"refused", b"denied", b"not found", b"no such", b"timed out", b"timeout"),
    *(b"abort", b"killed", b"crash", b"segmentation", b"core dumped", b"out of memory", b"no space left"),
)
"""The commonest of them: what is kept of the older part of a long log is chosen by these."""

FAILURE = (
    *PLAIN_FAILURE,
    *(b"can't", b"couldn't", b"does not exist", b"not recognized", b"not installed", b"unknown", b"unresolved"),
    *(b"invalid", b"illegal", b"unexpected", b"mismatch", b"missing", b"expired", b"forbidden", b"differ"),
    *(b"disconnected", b"unbound variable", b"non-zero code", b"terminate called", b"exiting with code", b"bail out"),
    *(b"violation", b"offense", b"reformat"),
    *(cross.encode() for cross in "✗✘✖❌"),
)
"""What the lines hold that report a failure of a tool no rule knows."""


@cache
def marking_words() -> tuple[bytes, ...]:
    """All of them, in lower case, without those that hold another one."""
    words = {word.encode() for word, _ in rules_by_word()} | {*FAILURE, *STRUCTURE}
    return tuple(sorted(word for word in words if not any(other in word for other in words - {word})))


@dataclass(frozen=True, slots=True)
class _Entry:
    """The rules of one word; the place keeps them in the order of their modules, whatever stem leads to them."""

    place: int
    word: str
    rules: tuple[Rule, ...]


@cache
def _entries() -> tuple[tuple[str, tuple[_Entry, ...]], ...]:
    """The rules by word, and the words by the longest marking word that they hold: few lines hold more than two."""
    stems = sorted((word.decode() for word in marking_words()), key=len)
    found: dict[str, list[_Entry]] = defaultdict(list)
    for place, (word, rules) in enumerate(rules_by_word()):
        found[[stem for stem in stems if stem in word][-1]].append(_Entry(place, word, rules))
    return tuple((stem, tuple(entries)) for stem, entries in found.items())


def rules_fitting(text: str) -> list[Rule]:
    """The rules whose word a line holds, in the order of their modules."""
    folded = text.lower()
    found = [entry for stem, entries in _entries() if stem in folded for entry in entries if entry.word in folded]
    return [rule for entry in sorted(found, key=attrgetter("place")) for rule in entry.rules]
