"""Find the blocks of a step that log patterns describe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ci_failure_tracker.diagnosis.keywords import candidates, marking_keywords
from ci_failure_tracker.diagnosis.log import Log, depth
from ci_failure_tracker.diagnosis.log_pattern import Block, Confidence, LogPattern
from ci_failure_tracker.diagnosis.structure import Section, is_mark, last_indented
from ci_failure_tracker.diagnosis.wrappers import variants, without_prefix
from ci_failure_tracker.text.lazy import compiled

MOST_TRIED = 6_000
"""Marked lines of a step that are tried with the patterns. If there are more, these are the first and the last ones."""

# A guess covers less than the tool printed: an exception with several indented lines of detail is one failure.
_MOST_BELOW = 8


@dataclass(frozen=True, slots=True)
class _Start:
    """The pattern that a line matches, and the prefix that a wrapper puts before the lines of the block."""

    pattern: LogPattern
    prefix: re.Pattern[str] | None


def find_blocks(log: Log, section: Section) -> tuple[Block, ...]:
    """The blocks that the patterns find in a section, in order. They do not overlap."""
    starts = {}
    started = cache(_started)  # many lines repeat
    for number in _tried(log.marked(marking_keywords(), section.body, section.end)):
        start = started(log[number])
        if start:
            starts[number] = start
    return tuple(_extended(log, section, starts))


def _tried(numbers: Sequence[int]) -> Sequence[int]:
    half = MOST_TRIED // 2
    # The first failure stands early in a long step, the summary of the tool late. Most of what is between repeats them.
    return numbers if len(numbers) <= MOST_TRIED else [*numbers[:half], *numbers[-half:]]


def _started(text: str) -> _Start | None:
    """The first pattern that matches a line as it is. If none does, the line is tried without a prefix."""
    patterns = candidates(text)
    if patterns:
        for prefix, shown in variants(text):
            for pattern in patterns:
                if pattern.first_line.match(shown):
                    return _Start(pattern, prefix)
    return None


def _extended(log: Log, section: Section, starts: dict[int, _Start]) -> Iterator[Block]:
    """The block of each starting line outside of earlier blocks. A starting line of higher confidence ends a block."""
    done = section.body - 1
    stronger = _stronger(starts)
    for number, start in starts.items():
        # A line inside of a block looks like a start, too: a stack trace within the report of a test.
        if number <= done:
            continue
        # A pattern that ends only at `max_lines` would swallow the compiler error that stands below a stack trace.
        limit = stronger.get(number)
        block = _block(log, number, start, done + 1, limit - 1 if limit else section.end)
        done = block.end
        yield block


def _stronger(starts: dict[int, _Start]) -> dict[int, int]:
    """For each starting line the next one of a higher confidence, if there is one."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for number, start in starts.items():
        while waiting and starts[waiting[-1]].pattern.rank < start.pattern.rank:
            found[waiting.pop()] = number
        waiting.append(number)
    return found


def _block(log: Log, number: int, start: _Start, first: int, last: int) -> Block:
    """The block that line `number` starts, within the lines from `first` to `last`."""
    pattern = start.pattern
    end = _end(log, number, start, min(last, number + pattern.max_lines - 1))
    # A definite pattern says itself where its block ends. That of a guess often describes the first line only.
    if pattern.confidence is Confidence.LIKELY:
        end = last_indented(log, end + 1, min(last, end + _MOST_BELOW), depth(log[number]))
    begin = _begin(log, number, start, first)
    lines = [(place, without_prefix(log[place], start.prefix)) for place in range(begin, end + 1)]
    return Block(
        start=begin,
        end=end,
        headline=next(_searched(pattern.headline, lines), number),
        confidence=pattern.confidence,
        pattern=pattern.name,
        fingerprint=tuple(_searched(pattern.fingerprint, lines)),
        outcome=pattern.outcome,
        ends_job=pattern.ends_job,
        wraps=end - begin < pattern.wrapper_lines,
        prefix=start.prefix,
        starts=tuple(place for place, text in lines if pattern.first_line.match(text)),
        kind=pattern.kind,
        facts=pattern.facts,
    )


def _matching(source: str) -> Callable[[str], object] | None:
    return compiled(source).match if source else None


def _searched(source: str, lines: Iterable[tuple[int, str]]) -> Iterator[int]:
    return (place for place, text in lines if compiled(source).search(text)) if source else iter(())


def _begin(log: Log, number: int, start: _Start, first: int) -> int:
    """The first line of a block. Empty lines at its beginning do not belong to it."""
    pattern = start.pattern
    begin = number
    if pattern.context_before:
        for place in range(number - 1, max(first, number - pattern.max_context) - 1, -1):
            if not compiled(pattern.context_before).match(without_prefix(log[place], start.prefix)):
                break
            begin = place if log[place] else begin
    return begin


def _end(log: Log, number: int, start: _Start, last: int) -> int:
    """The last line of a block. Empty lines at its end do not belong to it."""
    pattern = start.pattern
    end = number
    if not (pattern.body or pattern.end_before or pattern.end):
        return end
    ends_before, ends, goes_on = map(_matching, (pattern.end_before, pattern.end, pattern.body))
    for place in range(number + 1, last + 1):
        text = without_prefix(log[place], start.prefix)
        # A mark of the runner ends every block: what follows is another group of lines, whatever it looks like.
        if is_mark(text) or (ends_before and ends_before(text)):
            break
        if ends and ends(text):
            return place
        if goes_on and not goes_on(text):
            break
        # Empty lines within a block stay: a tool separates the message from the source lines with one.
        end = place if text.strip() else end
    return end
