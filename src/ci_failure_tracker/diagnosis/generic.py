"""Failures of tools that no rule knows: what carries words of failure, is unusual, and is near the end of its step."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ci_failure_tracker.diagnosis.log import Log, depth
from ci_failure_tracker.diagnosis.log_pattern import GENERIC, Block, Confidence
from ci_failure_tracker.diagnosis.structure import Section, is_mark
from ci_failure_tracker.diagnosis.words import marking_words

_SAYS_SO: dict[float, tuple[str, ...]] = {
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
"""Points by what a line says, in lower case; of each row the first that fits counts."""

_SAYS_NOT: dict[float, tuple[str, ...]] = {
    -8: ("0 errors", "0 failed", "0 failures", "no errors", "no failures", "0 error(s)", "without error", "failed: 0"),
    -5: ("warning", "deprecat", "npm warn", "[warn]", "debug", "[info]", "retrying", "ignored", "skipped", "allowed"),
    -3: ("-werror", "_error", "-error", "error_", "|| ", "echo ", "--fail", "set -e", "if [", "note:", "hint:"),
}
_FINE = re.compile(
    r"\s{0,40}(?:ok\b|pass\b|passed\b|PASS|✓|✔|√|\[ +OK|=== RUN|Compiling|Download|Fetching|Get:\d|Selecting|Unpacking"
    r"|Preparing|Setting up|Install|Building|Collecting|Requirement already|Using |Checking |\$ |\++ |> "
    r"|[\w./]{1,300} \.\.\. ok)"
)
_SHOUTS = re.compile(
    r"(?:^|[^\w-])(?:FAIL(?:ED|URE)?|ERROR|FATAL|Error|[A-Z]\w{0,60}(?:Error|Exception))(?![\w.]*\w\.|-)"
)
_CROSS = re.compile(r"\s{0,20}[✗✖✘❌\u00d7\u2a2f]")
_PLACE = re.compile(r"\S{1,200}[:(]\d{1,6}(?:[:,]\d{1,5})?\)?[: ]")
_FILE = re.compile(r"[\w./\\@+-]{1,300}\.[a-z]\w{0,5}")
_BRACKETS = "'\"`()[]<>,:;"
_RED = re.compile(r"\x1b\[(?:[01];)?(?:31|91)(?:;1)?m")
_DIGITS = re.compile(r"\d+")

LEAST = 5.0
"""What a line must score to be taken for a failure."""

_NEAR = 40
"""Lines before the end of a step in which a line counts for more, the nearer the more."""

_MOST_LINES = 1_500
"""Marked lines of a step that are scored, the last ones."""

_MOST_BELOW = 12
_OF_A_RULE = 12.0
_OF_A_CROSS = 6.0
_LAST_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Scored:
    number: int
    points: float


def score(raw: str, text: str) -> float:
    """How much a line reads like the report of a failure; `raw` has its colours still."""
    folded = _without_files(text.lower())
    points = sum(points for points, words in _SAYS_SO.items() if any(word in folded for word in words))
    points += _OF_A_CROSS if _CROSS.match(text) else 0
    if not points:
        return 0.0
    points += sum(points for points, words in _SAYS_NOT.items() if any(word in folded for word in words))
    points += 3 if _SHOUTS.search(text) else 0
    points += 2 if _PLACE.match(text) else 0
    points += 3 if "\x1b[" in raw and _RED.search(raw) else 0
    return points - (8 if _FINE.match(text) else 0)


def _without_files(folded: str) -> str:
    """A line without the names of files, which may be called after failures."""
    if "." not in folded:
        return folded
    return " ".join(word for word in folded.split() if not _FILE.fullmatch(word.strip(_BRACKETS))) + " "


def weighed(block: Block, section: Section) -> Block:
    """A rule's block with points that compare with those given here: a rule knows more, the end of a step is nearer."""
    return replace(block, score=_OF_A_RULE + 4 * max(0.0, 1 - (section.end - block.end) / _NEAR))


def generic_blocks(log: Log, section: Section, taken: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks around the lines of a section that read like failures and belong to no other block."""
    covered = {number for block in taken for number in range(block.start, block.end + 1)}
    marked = log.marked(marking_words(), section.body, section.end)
    numbers = [number for number in marked if number not in covered][-_MOST_LINES:]
    return tuple(_joined(log, section, _scored(log, section, numbers), covered))


def last_words(log: Log, section: Section, symptoms: Sequence[Block]) -> Iterator[Block]:
    """The last resort: what was printed right before the step ended, whatever it says."""
    past = {number for block in symptoms for number in range(block.start, block.end + 1)}
    lines: list[int] = []
    for number in range(section.end, max(section.body, section.end - _NEAR) - 1, -1):
        if log[number] and number not in past and not is_mark(log[number]):
            lines.append(number)
        if len(lines) == _LAST_WORDS:
            break
    if lines:
        yield Block(lines[-1], lines[0], lines[0], Confidence.LIKELY, GENERIC)


def _scored(log: Log, section: Section, numbers: Sequence[int]) -> Iterator[_Scored]:
    """The lines that score enough; what is printed again and again is usual and scores less."""
    times = Counter(_shape(log[number]) for number in numbers)
    for number in numbers:
        points = score(log.raw(number), log[number])
        if points < LEAST - 3:
            continue
        near = 4 * max(0.0, 1 - (section.end - number) / _NEAR)
        usual = min(8.0, (times[_shape(log[number])] - 1) / 2)
        if points + near - usual >= LEAST:
            yield _Scored(number, points + near - usual)


def _shape(text: str) -> str:
    """A line without what differs between repeats."""
    return _DIGITS.sub("0", text.strip()[:24])


def _joined(log: Log, section: Section, found: Iterable[_Scored], covered: set[int]) -> Iterator[Block]:
    """Neighbouring lines as one block, with the lines that are set in under them."""
    open_block: Block | None = None
    for line in found:
        end = _reach(log, section, line.number, covered)
        if open_block and line.number <= open_block.end + 1:
            best = max(open_block.score, line.points)
            headline = line.number if line.points > open_block.score else open_block.headline
            open_block = Block(open_block.start, max(end, open_block.end), headline, Confidence.LIKELY, GENERIC, best)
            continue
        if open_block:
            yield open_block
        open_block = Block(line.number, end, line.number, Confidence.LIKELY, GENERIC, line.points)
    if open_block:
        yield open_block


def _reach(log: Log, section: Section, number: int, covered: set[int]) -> int:
    """The last of the lines that follow a line at once and are set in deeper, or that it announces."""
    text = log[number]
    own = depth(text)
    announces = text.endswith(":") or text.isupper() or text.rstrip(" !.=-*#").isupper()
    end = number
    for place in range(number + 1, min(section.end, number + _MOST_BELOW) + 1):
        below = log[place]
        if place in covered or not below or is_mark(below) or (not announces and depth(below) <= own):
            break
        end = place
    return end
