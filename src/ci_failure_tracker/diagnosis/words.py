"""The words that mark a line as one to look at; what holds none of them costs next to nothing."""

from __future__ import annotations

from functools import cache

from ci_failure_tracker.diagnosis.rules import rules_by_word

STRUCTURE = (
    b"##[",
    b"post job cleanup.",
    b"cleaning up orphan processes",
    b"travis_time:",
    b"travis_fold:",
    b"exited with ",
)
"""What the lines hold that divide a log into steps."""

FAILURE = (
    b"error",
    b"fail",
    b"exception",
    b"fatal",
    b"panic",
    b"cannot",
    b"can't",
    b"could not",
    b"couldn't",
    b"unable to",
    b"refused",
    b"denied",
    b"not found",
    b"no such",
    b"does not exist",
    b"not recognized",
    b"not installed",
    b"unknown",
    b"undefined",
    b"unresolved",
    b"invalid",
    b"illegal",
    b"unexpected",
    b"mismatch",
    b"missing",
    b"expired",
    b"forbidden",
    b"timed out",
    b"timeout",
    b"abort",
    b"killed",
    b"crash",
    b"segmentation",
    b"core dumped",
    b"out of memory",
    b"expected",
    b"assert",
    b"differ",
    b"disconnected",
    b"unbound variable",
    b"non-zero code",
    b"terminate called",
    b"exiting with code",
    b"bail out",
    b"violation",
    b"offense",
    b"reformat",
    *(cross.encode() for cross in "✗✘✖❌"),
)
"""What the lines hold that report a failure of a tool no rule knows."""


@cache
def marking_words() -> tuple[bytes, ...]:
    """All of them, in lower case, without those that hold another one."""
    words = {word.encode() for word, _ in rules_by_word()} | {*FAILURE, *STRUCTURE}
    return tuple(sorted(word for word in words if not any(other in word for other in words - {word})))
