"""Where the rules find failures in a step: blocks of lines, each with the line that says it best."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ci_failure_tracker.diagnosis.log import Log, depth
from ci_failure_tracker.diagnosis.log_pattern import Block, Confidence, LogPattern
from ci_failure_tracker.diagnosis.structure import Section, is_mark
from ci_failure_tracker.diagnosis.words import candidates, marking_words

MOST_OPENINGS = 6_000
"""Marked lines of a step that are tried with the rules; where there are more, the first and the last half of them."""

_MOST_BELOW = 8

_PREFIXES = (
    re.compile(r"##\[error\]"),
    re.compile(r"#\d{1,4} (?:\d{1,6}\.\d{1,3} )?"),  # docker buildx
    re.compile(r"[A-Za-z][\w.-]{0,60}[-_]\d{1,3} {1,30}\| ?"),  # docker compose
    re.compile(r"\[\d{1,3}\] "),  # concurrently
    re.compile(r"\[?\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]? "),  # gulp, Jenkins
    re.compile(r"@?[\w./-]{1,80}:[a-z][\w-]{0,40}: "),  # turbo
    re.compile(r"[\w@-]{0,40}[/.][\w./@-]{0,80} [a-z][\w:-]{0,40}: "),  # pnpm
)
"""What wrappers put before every line of the tool that they run."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """A line that opens a block, and the prefix that a wrapper put before the block's lines."""

    pattern: LogPattern
    prefix: re.Pattern[str] | None


@cache
def compiled(source: str) -> re.Pattern[str]:
    """A rule's pattern, made when it is first needed."""
    return re.compile(source)


def find_blocks(log: Log, section: Section) -> tuple[Block, ...]:
    """The blocks that the rules find in a section, in order, those of rank NOISE too; none overlaps another."""
    openings = {}
    for number in _tried(log.marked(marking_words(), section.body, section.end)):
        opening = _opening(log[number])
        if opening:
            openings[number] = opening
    return tuple(_extended(log, section, openings))


def _tried(numbers: Sequence[int]) -> Sequence[int]:
    half = MOST_OPENINGS // 2
    return numbers if len(numbers) <= MOST_OPENINGS else [*numbers[:half], *numbers[-half:]]


def _opening(text: str) -> _Opening | None:
    """The first rule whose block a line opens: as it is, or else without a wrapper's prefix."""
    fitting = candidates(text)
    if fitting:
        for prefix, shown in variants(text):
            for pattern in fitting:
                if compiled(pattern.start).match(shown):
                    return _Opening(pattern, prefix)
    return None


def variants(text: str) -> Iterator[tuple[re.Pattern[str] | None, str]]:
    """The line itself, then without a wrapper's prefix."""
    yield None, text
    for prefix in _PREFIXES:
        match = prefix.match(text)
        if match:
            yield prefix, text[match.end() :]


def _peeled(text: str, prefix: re.Pattern[str] | None) -> str:
    match = prefix.match(text) if prefix else None
    return text[match.end() :] if match else text


def _extended(log: Log, section: Section, openings: dict[int, _Opening]) -> Iterator[Block]:
    numbers = sorted(openings)
    done = section.body - 1
    stronger = _stronger(openings, numbers)
    for number in numbers:
        if number <= done:
            continue
        opening = openings[number]
        limit = stronger.get(number) if opening.pattern.confidence > Confidence.NOISE else None
        last = min(section.end, limit - 1 if limit else section.end)
        block = _block(log, number, opening, done + 1, last)
        done = block.end
        yield block


def _stronger(openings: dict[int, _Opening], numbers: Sequence[int]) -> dict[int, int]:
    """For each opening the next one of a higher rank, where there is one."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for number in numbers:
        while waiting and openings[waiting[-1]].pattern.confidence < openings[number].pattern.confidence:
            found[waiting.pop()] = number
        waiting.append(number)
    return found


def _block(log: Log, number: int, opening: _Opening, first: int, last: int) -> Block:
    pattern, prefix = opening.pattern, opening.prefix
    end = _end(log, number, opening, min(last, number + pattern.max_lines - 1))
    end = _below(log, number, end, last) if pattern.confidence is Confidence.LIKELY else end
    start = _start(log, number, opening, first)
    lines = [(place, _peeled(log[place], prefix)) for place in range(start, end + 1)]
    return Block(
        start=start,
        end=end,
        headline=next(_searched(pattern.headline, lines), number),
        confidence=pattern.confidence,
        pattern=pattern.name,
        fingerprint=tuple(_searched(pattern.fingerprint, lines)),
        outcome=pattern.outcome,
    )


def _searched(source: str, lines: Iterable[tuple[int, str]]) -> Iterator[int]:
    return (place for place, text in lines if compiled(source).search(text)) if source else iter(())


def _start(log: Log, number: int, opening: _Opening, first: int) -> int:
    pattern = opening.pattern
    start = reached = number
    while (
        pattern.context_before
        and reached > max(first, number - pattern.max_context)
        and compiled(pattern.context_before).match(_peeled(log[reached - 1], opening.prefix))
    ):
        reached -= 1
        start = reached if log[reached] else start
    return start


def _below(log: Log, number: int, end: int, last: int) -> int:
    """The last of the lines that follow a block at once and are set in deeper than the line that opens it."""
    own = depth(log[number])
    for place in range(end + 1, min(last, end + _MOST_BELOW) + 1):
        if not log[place] or is_mark(log[place]) or depth(log[place]) <= own:
            break
        end = place
    return end


def _end(log: Log, number: int, opening: _Opening, last: int) -> int:
    """The last line of a block; empty lines at its end do not belong to it."""
    pattern = opening.pattern
    end = number
    if not (pattern.body or pattern.end_before or pattern.end):
        return end
    for place in range(number + 1, last + 1):
        text = _peeled(log[place], opening.prefix)
        if is_mark(text) or (pattern.end_before and compiled(pattern.end_before).match(text)):
            break
        if pattern.end and compiled(pattern.end).match(text):
            return place
        if pattern.body and not compiled(pattern.body).match(text):
            break
        end = place if text.strip() else end
    return end
