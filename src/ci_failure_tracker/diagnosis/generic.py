"""Failures of unknown tools: lines that contain words of failure, are unusual and are near the end of their step."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

from ci_failure_tracker.diagnosis.keywords import marking_keywords
from ci_failure_tracker.diagnosis.log import Log, depth
from ci_failure_tracker.diagnosis.log_pattern import GENERIC, Block, Confidence
from ci_failure_tracker.diagnosis.structure import Section, is_mark, last_indented
from ci_failure_tracker.diagnosis.word_search import search_for

_POINTS_FOR: dict[float, tuple[str, ...]] = {
    6: ("error:", "error -", "error]", "fatal:", "fatal error", "exception:", "panic:", "failure:", "error occurred"),
    5: (
        "cannot ", "can't ", "could not ", "couldn't ", "unable to ", "failed to ", "refused", "denied", "not found",
        "no such ", "does not exist", "doesn't exist", "not recognized", "not installed", "undefined", "unresolved",
        "invalid", "illegal", "unexpected", "mismatch", "is missing", "missing ", "expired", "forbidden",
        "unauthorized", "timed out", "timeout", "aborted", "killed", "crashed", "segmentation fault", "core dumped",
        "out of memory", "disconnected", "not allowed", "not permitted", "is required", "must be ", "must have ",
        "conflict", "too many", "too old", "unsupported", "not supported", "incompatible", "differ",
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
_HARMLESS = re.compile(
    r"\s{0,40}(?:ok\b|pass\b|passed\b|PASS|✓|✔|√|\[ +OK|=== RUN|Compiling|Download|Fetching|Get:\d|Selecting|Unpacking"
    r"|Preparing|Setting up|Install|Building|Collecting|Requirement already|Using |Checking |\$ |\++ |> "
    r"|[\w./]{1,300} \.\.\. ok)"
)
_EMPHASIS = re.compile(
    r"(?:^|[^\w-])(?:FAIL(?:ED|URE)?|ERROR|FATAL|Error|[A-Z]\w{0,60}(?:Error|Exception))(?![\w.]*\w\.|-)"
)
_CROSS = re.compile(r"\s{0,20}[✗✖✘❌\u00d7\u2a2f]")
_PLACE = re.compile(r"\S{1,200}[:(]\d{1,6}(?:[:,]\d{1,5})?\)?[: ]")
_FILE = re.compile(r"[\w./\\@+-]{1,300}\.[a-z]\w{0,5}")
_BRACKETS = "'\"`()[]<>,:;"
_RED = re.compile(r"\x1b\[(?:[01];)?(?:31|91)(?:;1)?m")
_DIGITS = re.compile(r"\d+")

LEAST = 5.0
"""The points that a line needs to count as a failure."""

_NEAR = 40
"""A line so near to the end of its step gets more points: the nearer, the more."""

_MOST_LINES = 1_500
"""Marked lines of a step that are scored: the last ones."""

_MOST_BELOW = 12
_POINTS_OF_A_PATTERN = 12.0
_POINTS_OF_A_CROSS = 6.0
_LAST_LINES = 8


def score(raw: str, text: str) -> float:
    """How much a line looks like the report of a failure. `raw` still has its colours."""
    rows = _rows_of_words(_without_files(text.lower()))
    points = sum(points for points in rows if points > 0) + (_POINTS_OF_A_CROSS if _CROSS.match(text) else 0)
    if not points:
        return 0.0
    points += sum(points for points in rows if points < 0)
    points += 3 if _EMPHASIS.search(text) else 0
    points += 2 if _PLACE.match(text) else 0
    points += 3 if "\x1b[" in raw and _RED.search(raw) else 0
    return points - (8 if _HARMLESS.match(text) else 0)


@cache
def _points_by_word() -> Mapping[bytes, float]:
    return {
        word.encode(): points
        for table in (_POINTS_FOR, _POINTS_AGAINST)
        for points, words in table.items()
        for word in words
    }


def _rows_of_words(folded: str) -> set[float]:
    """The points of the rows from which a line contains a word; no two rows have the same."""
    points = _points_by_word()
    return {points[word] for word in search_for(tuple(points)).found_in(folded.encode("utf-8", "replace"))}


def _without_files(folded: str) -> str:
    """A line without the names of files, because these can contain words of failure."""
    if "." not in folded:
        return folded
    return " ".join(word for word in folded.split() if not _FILE.fullmatch(word.strip(_BRACKETS))) + " "


def with_score(block: Block, section: Section) -> Block:
    """The block of a pattern with points on the scale of this module: more than most lines get."""
    return replace(block, score=_POINTS_OF_A_PATTERN + _nearness(section, block.end))


def _nearness(section: Section, number: int) -> float:
    return 4 * max(0.0, 1 - (section.end - number) / _NEAR)


def generic_blocks(log: Log, section: Section, taken: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks around the lines of a section that look like failures and are in no other block."""
    covered = {number for block in taken for number in block.lines}
    marked = log.marked(marking_keywords(), section.body, section.end)
    numbers = [number for number in marked if number not in covered][-_MOST_LINES:]
    return tuple(_joined(log, section, _scored(log, section, numbers), covered))


def last_lines(log: Log, section: Section, symptoms: Sequence[Block]) -> list[Block]:
    """The last resort: a block of the last lines that the step printed, whatever they say, if there are any."""
    skipped = {number for block in symptoms for number in block.lines}
    near = range(section.end, max(section.body, section.end - _NEAR) - 1, -1)
    printed = (number for number in near if log[number] and number not in skipped and not is_mark(log[number]))
    lines = list(islice(printed, _LAST_LINES))
    return [Block(lines[-1], lines[0], lines[0], Confidence.LIKELY, GENERIC)] if lines else []


def _scored(log: Log, section: Section, numbers: Sequence[int]) -> Iterator[tuple[int, float]]:
    """The lines with enough points. A line that is printed often is usual and gets fewer."""
    times = Counter(_shape(log[number]) for number in numbers)
    for number in numbers:
        points = score(log.raw(number), log[number])
        if points < LEAST - 3:
            continue
        usual = min(8.0, (times[_shape(log[number])] - 1) / 2)
        points = points + _nearness(section, number) - usual
        if points >= LEAST:
            yield number, points


def _shape(text: str) -> str:
    """A line without what differs between repeats."""
    return _DIGITS.sub("0", text.strip()[:24])


def _joined(log: Log, section: Section, scored: Iterable[tuple[int, float]], covered: set[int]) -> list[Block]:
    """A block for each group of neighbouring lines, with the lines that are indented below them."""
    blocks: list[Block] = []
    for number, points in scored:
        end = _end(log, section, number, covered)
        last = blocks[-1] if blocks else None
        if last and number <= last.end + 1:
            headline = number if points > last.score else last.headline
            blocks[-1] = replace(last, end=max(end, last.end), headline=headline, score=max(last.score, points))
        else:
            blocks.append(Block(number, end, number, Confidence.LIKELY, GENERIC, points))
    return blocks


def _end(log: Log, section: Section, number: int, covered: set[int]) -> int:
    """The last of the lines directly below a line that are indented more, or that the line announces."""
    text = log[number]
    announces = text.endswith(":") or text.isupper() or text.rstrip(" !.=-*#").isupper()
    end = last_indented(log, number + 1, min(section.end, number + _MOST_BELOW), -1 if announces else depth(text))
    return next((place - 1 for place in range(number + 1, end + 1) if place in covered), end)
