"""Failures of unknown tools: lines that contain words of failure, are unusual and are near the end of their step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile

from ci_failure_tracker.diagnosis.keywords import marking_keywords
from ci_failure_tracker.diagnosis.log import Log, depth
from ci_failure_tracker.diagnosis.log_pattern import GENERIC, Block, Confidence
from ci_failure_tracker.diagnosis.routine import FAR, Routine
from ci_failure_tracker.diagnosis.structure import Section, is_mark, last_indented
from ci_failure_tracker.diagnosis.words import begins_with_place, is_aside, score
from ci_failure_tracker.text.lazy import lazy

_DIGITS = lazy(r"\d+")

LEAST = 5.0
"""The points that a line needs to count as a failure."""

_NEAR = 40
"""A line so near to the end of its step gets more points: the nearer, the more."""

_MOST_LINES = 1_500
"""Marked lines of a step that are scored: the last ones."""

_MOST_BELOW = 12
_POINTS_OF_A_PATTERN = 12.0
_LAST_LINES = 8


def with_score(block: Block, section: Section, routine: Routine) -> Block:
    """The block of a pattern with points on the scale of this module: more than most lines get.

    Blocks that are about as near to the end have equal points.
    """
    return replace(block, score=_POINTS_OF_A_PATTERN + 2 * round(_nearness(section, block.end, routine) / 2))


def _nearness(section: Section, number: int, routine: Routine) -> float:
    """Points for a line with few lines between it and the end of its step. Lines of a passing run do not count."""
    # Jobs stop soon after what stopped them. Clean-up that every run prints does not put distance between the two.
    return 4 * max(0.0, 1 - routine.count_new(number + 1, section.end, _NEAR) / _NEAR)


def generic_blocks(log: Log, section: Section, taken: Sequence[Block], routine: Routine) -> tuple[Block, ...]:
    """Blocks around the lines of a section that look like failures and are in no other block."""
    covered = {number for block in taken for number in block.lines}
    # A tool can fail in words that no list has. The end of a step is scored, so that colours and places still count.
    marked = {*log.marked(marking_keywords(), section.body, section.end), *_ending(section)}
    open_lines = sorted(number for number in marked - covered if not routine.passed(number))
    # A step that prints thousands of warnings must not cost seconds, and its last lines are the ones that count.
    numbers = open_lines[-_MOST_LINES:]
    return tuple(_joined(log, section, _scored(log, section, numbers, routine), covered))


def _ending(section: Section) -> range:
    """The last lines of a section, which are scored although they may be without a keyword."""
    return range(max(section.body, section.end - _NEAR), section.end + 1)


def last_lines(log: Log, section: Section, symptoms: Sequence[Block], routine: Routine) -> list[Block]:
    """The last resort: a block of the last lines that the step printed, whatever they say, if there are any.

    The headline is the last of them, or the first of a list of places in files.
    """
    # `Process completed with exit code 1` is known, and it is not what a reader looks for.
    skipped = {number for block in symptoms for number in block.lines}
    numbers = range(section.end, max(section.body, section.end - FAR) - 1, -1)
    near = islice((number for number in numbers if not routine.passed(number)), _NEAR)
    printed = [number for number in near if log[number] and number not in skipped and not is_mark(log[number])]
    telling = [number for number in printed if not is_aside(log[number]) and not routine.is_routine(number)]
    lines = (telling or printed)[:_LAST_LINES]
    places = list(takewhile(lambda number: begins_with_place(log[number]), lines))
    return [Block(lines[-1], lines[0], (places or lines[:1])[-1], Confidence.LIKELY, GENERIC)] if lines else []


def _scored(log: Log, section: Section, numbers: Sequence[int], routine: Routine) -> Iterator[tuple[int, float, float]]:
    """The lines with enough points, and the points for what they say. A line that is printed often gets fewer."""
    shapes = [_shape(log[number]) for number in numbers]
    times = Counter(shapes)
    for number, shape in zip(numbers, shapes, strict=True):
        said = score(log.raw(number), log[number])
        # Nearness gives at most four points, but a word of little weight near the end is still no report.
        if said < LEAST - 3:
            continue
        # What a tool prints all the time did not stop it. But the limit lets a strong error stay one, however often it
        # comes.
        usual = min(8.0, (times[shape] - 1) / 2)
        points = said + _nearness(section, number, routine) - usual
        if points >= LEAST:
            yield number, points, said


def _shape(text: str) -> str:
    """A line without what differs between repeats."""
    return _DIGITS.sub("0", text.strip()[:24])


def _joined(log: Log, section: Section, scored: Iterable[tuple[int, float, float]], covered: set[int]) -> list[Block]:
    """A block for each group of neighbouring lines, with the lines that are indented below them.

    Its headline is the line that says most, the first of equal ones.
    """
    blocks: list[Block] = []
    most = 0.0
    for number, points, said in scored:
        end = _end(log, section, number, covered)
        last = blocks[-1] if blocks else None
        if last and number <= last.end + 1:
            headline, most = (number, said) if said > most else (last.headline, most)
            blocks[-1] = replace(last, end=max(end, last.end), headline=headline, score=max(last.score, points))
        else:
            most = said
            blocks.append(Block(number, end, number, Confidence.LIKELY, GENERIC, points))
    return blocks


def _end(log: Log, section: Section, number: int, covered: set[int]) -> int:
    """The last of the lines directly below a line that are indented more, or that the line announces."""
    text = log[number]
    # `Error:` alone and `TESTS FAILED` are headings: the text below them is not indented, and belongs to them.
    announces = text.endswith(":") or text.isupper() or text.rstrip(" !.=-*#").isupper()
    end = last_indented(log, number + 1, min(section.end, number + _MOST_BELOW), -1 if announces else depth(text))
    return next((place - 1 for place in range(number + 1, end + 1) if place in covered), end)
