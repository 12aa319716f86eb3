"""How much a line looks like the report of a failure, by its words."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from ci_failure_tracker.diagnosis.word_search import WordSearch, search_for
from ci_failure_tracker.text.lazy import lazy

_POINTS_FOR: dict[float, tuple[str, ...]] = {
    6: ("error:", "error -", "error]", "fatal:", "fatal error", "exception:", "panic:", "failure:", "error occurred"),
    5: (
        "cannot ", "can't ", "could not ", "couldn't ", "unable to ", "failed to ", "refused", "denied", "not found",
        "no such ", "does not exist", "doesn't exist", "not recognized", "not installed", "undefined", "unresolved",
        "invalid", "illegal", "unexpected", "mismatch", "is missing", "missing ", "expired", "forbidden",
        "unauthorized", "timed out", "timeout", "aborted", "killed", "crashed", "segmentation fault", "core dumped",
        "out of memory", "disconnected", "not allowed", "not permitted", "is required", "must be ", "must have ",
        "conflict", "too many", "too old", "unsupported", "not supported", "incompatible", "differ", "not present",
        "not up to date", "not up-to-date", "out of date", "not defined", "quota",
    ),
    3: ("failed", "failure", "error", "exception", "fail:", "abort", "violation", "wrong", "broken", "unknown "),
    2: ("expected", "assert", "fail", "bad ", "did not ", "should "),
}  # fmt: skip
"""Points for the words in a line, in lower case. Each row counts once."""

_POINTS_AGAINST: dict[float, tuple[str, ...]] = {
    -8: ("0 errors", "0 failed", "0 failures", "no errors", "no failures", "0 error(s)", "without error", "failed: 0"),
    -5: ("warning", "deprecat", "npm warn", "[warn]", "debug", "[info]", "retrying", "ignored", "skipped", "allowed"),
    -3: ("-werror", "_error", "-error", "error_", "|| ", "echo ", "--fail", "set -e", "if [", "note:", "hint:"),
}
_POINTS_BY_WORD = {
    word.encode(): points
    for table in (_POINTS_FOR, _POINTS_AGAINST)
    for points, words in table.items()
    for word in words
}
_EMPHASIS = lazy(r"(?:^|[^\w-])(?:FAIL(?:ED|URE)?|ERROR|FATAL|Error|[A-Z]\w{0,60}(?:Error|Exception))(?![\w.]*\w\.|-)")
_EMPHASIZED = ("FAIL", "ERROR", "FATAL", "Error", "Exception")
"""One of these is in every line that `_EMPHASIS` finds. This is quick to see."""

_CROSS = lazy(r"\s{0,20}[✗✖✘❌\u00d7\u2a2f]")
_PLACE = lazy(r"\S{1,200}[:(]\d{1,6}(?:[:,]\d{1,5})?\)?[: ]")
_FILE = lazy(r"[\w./\\@+-]{1,300}\.[a-z]\w{0,5}")
_FRAME = lazy(r"\s{0,80}(?:at |\.{3} \d+ (?:more|common)|from |#\d+ |\d+: +0x|File \"|in \w)")
_BRACKETS = "'\"`()[]<>,:;"
_RED = lazy(r"\x1b\[(?:[01];)?(?:31|91)(?:;1)?m")
_PROGRESS = lazy(
    r"\s{0,40}(?:ok\b|pass\b|passed\b|PASS|✓|✔|√|\[ +OK|=== RUN|Compiling|Download|Fetching|Get:\d|Selecting|Unpacking"
    r"|Preparing|Setting up|Install|Building|Collecting|Requirement already|Using |Checking |[\w./]{1,300} \.\.\. ok)"
)
_WENT_WELL = lazy(r"\b(?:PASS(?:ED)?|[Pp]assed|OK|ok|SUCCESS)(?: \[ {0,2}\d{1,3}%\]| \(?[\d.]{1,9} ?m?s\)?)?$")
_ADVICE = lazy(
    r"\W{0,20}(?:info |hint: |help: |note: |tip: )?(?:(?:please )?(?:visit|see|refer to|read|consult) "
    r"|for (?:more|further|details)|to (?:learn|see|fix|skip|get|address|re-?run) "
    r"|(?:you can |then )?(?:re-?)?run (?:with |again|['\"`])|re-?try|try |did you mean|learn more|usage\b)",
    re.IGNORECASE,
)
_ASIDE = lazy(
    r"\W{0,80}$"
    r"|\W{0,20}(?:(?:total )?(?:time|duration|elapsed|took|finished (?:in|at)|done in|real|user|sys)\b.{0,60}\d"
    r"|(?:cleaning|removing|deleting|stopping|clean ?up|tearing down|shutting down|uploading|uploaded|archiving"
    r"|sending|saving|skipping)\b)"
    r"|.{0,300}(?:for (?:more|further) (?:information|details|info)\b|try again\.?$|travis_(?:time|fold):"
    r"|https?://\S{1,300}$)",
    re.IGNORECASE,
)
_CONSEQUENCE = lazy(
    r"\b(?:script|command|tasks?|step|process|job|build|tests?|suites?|specs?|targets?|hook|programs?|phase|pipeline|stage|run)\b"
    r".{0,80}\b(?:fail(?:ed|ures?|ing)?|exited|returned|errored|did not exit)\b",
    re.IGNORECASE,
)
_ENDINGS = ("fail", "exited", "returned", "errored", "did not exit")
"""One of these is in every line that `_CONSEQUENCE` finds, in lower case."""

_COMMAND = lazy(r"\s{0,40}(?:\$ |\+{1,5} ?(?=[\w./])|> )")

_POINTS_OF_A_CROSS = 6.0
_MOST_OF_A_CONSEQUENCE = 7.0
_BEGINNING = 300
"""Characters of a line that tell whether it is about a task."""


def score(raw: str, text: str) -> float:
    """How much a line looks like the report of a failure. `raw` still has its colours."""
    points = _points(text)
    if points is None:
        return 0.0
    return points + (3 if "\x1b[" in raw and _RED.search(raw) else 0)


@lru_cache(2_000)
def _points(text: str) -> float | None:
    """How much the words of a line look like the report of a failure; `None` if it has none. Many lines repeat."""
    folded = text.lower()
    rows = _rows_of_words(_without_files(folded))
    points = sum(points for points in rows if points > 0)
    points += _POINTS_OF_A_CROSS if not text.isascii() and _CROSS.match(text) else 0
    if not points:
        return None
    points += sum(points for points in rows if points < 0)
    if any(word in folded for word in _ENDINGS) and _CONSEQUENCE.search(text[:_BEGINNING]):
        # "The build failed" is full of words of failure and says nothing. The reason stands above it.
        points = min(points - 4, _MOST_OF_A_CONSEQUENCE)
    # A program that writes a word in capitals, or names an exception class, means it.
    points += 3 if any(word in text for word in _EMPHASIZED) and _EMPHASIS.search(text) else 0
    points += 2 if _PLACE.match(text) else 0
    points -= 5 if _ADVICE.match(text) else 0
    # An echoed command contains the words of failure of its script, whether they come true or not.
    return points - (8 if is_progress(text) or _COMMAND.match(text) else 0)


@cache
def _word_search() -> WordSearch:
    return search_for(tuple(_POINTS_BY_WORD))


def _rows_of_words(folded: str) -> set[float]:
    """The points of the rows from which a line contains a word; no two rows have the same."""
    found = _word_search().found_in(folded.encode("utf-8", "replace"))
    return {_POINTS_BY_WORD[word] for word in found}


def _without_files(folded: str) -> str:
    """A line without the names of files, because these can contain words of failure."""
    if "." not in folded:
        return folded
    # `test_error_handling.py` is no failure.
    words = [word for word in folded.split() if "." not in word or not _FILE.fullmatch(word.strip(_BRACKETS))]
    return " ".join(words) + " "


def begins_with_place(text: str) -> bool:
    """Whether a line begins with a place in a file, as reports of tools do."""
    return _PLACE.match(text) is not None


def is_progress(text: str) -> bool:
    """Whether a line tells that something went well or begins."""
    return _PROGRESS.match(text) is not None or _WENT_WELL.search(text[-40:]) is not None


def is_frame(text: str) -> bool:
    """Whether a line is a frame of a stack trace."""
    return _FRAME.match(text) is not None


def is_aside(text: str) -> bool:
    """Whether a line is a ruler, a time, advice, a pointer to documentation or about cleaning up: never the reason."""
    return any(kind.match(text) for kind in (_ADVICE, _ASIDE, _COMMAND))
