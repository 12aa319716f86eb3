"""Choose what stands around an excerpt: the command, other failures of the step, and the lines next to the excerpt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import Block, Confidence
from ci_failure_tracker.diagnosis.structure import Section, command_lines, is_mark, job_name
from ci_failure_tracker.model import ExcerptLine

_NEAREST = 3
"""Lines on either side of an excerpt that come before other failures."""

_FARTHEST = 60
_LEAST_ROOM = 20
"""Characters that no useful line fits into."""

_RESULTS = 4
_OPENING = 10
"""Lines of another failure that are shown, at most."""


def choose_context(
    log: Log, blocks: Sequence[Block], steps: Sequence[Section], excerpt: Sequence[ExcerptLine], room: int
) -> tuple[ExcerptLine, ...]:
    """Lines that are not in the excerpt, the most useful first until `room` characters are full, in the log's order.

    `blocks` are what was found, the best first. Only lines of the `steps` are shown.
    """
    shown = [line.number for line in excerpt]
    taken, kept = set(shown), []
    for number in _by_use(log, blocks, steps, shown):
        if room < _LEAST_ROOM:
            break
        text = log[number]
        if number in taken or not text or len(text) >= room:
            continue
        room -= len(text) + 1
        taken.add(number)
        kept.append(number)
    return tuple(ExcerptLine(number, log[number]) for number in sorted(kept))


def _by_use(log: Log, blocks: Sequence[Block], steps: Sequence[Section], shown: Sequence[int]) -> Iterator[int]:
    """The numbers of lines, the most useful first. They can repeat."""
    steps = [step for step in steps if any(step.start <= number <= step.end for number in shown)]
    yield from _around(log, steps, shown, range(1, _NEAREST + 1))
    # The order is that of a reader's questions: what is next to it, which job and command, how did the step end.
    yield from job_name(log)
    for step in steps:
        yield from command_lines(log, step)
        yield from _results(blocks, step)
    for block in blocks:
        if block.confidence > Confidence.SYMPTOM:
            # The best block is the failure of the issue. Of the others, the beginning says enough to know them apart.
            yield from block.lines[: None if block is blocks[0] else _OPENING]
    yield from _around(log, steps, shown, range(_NEAREST + 1, _FARTHEST + 1))


def _results(blocks: Sequence[Block], step: Section) -> list[int]:
    """The last lines of a step that tell how it ended, the last one first."""
    ends = (
        block for block in blocks if block.confidence is Confidence.SYMPTOM and step.start <= block.start <= step.end
    )
    return sorted((block.headline for block in ends), reverse=True)[:_RESULTS]


def _around(log: Log, steps: Sequence[Section], shown: Sequence[int], distances: range) -> Iterator[int]:
    """The lines of the steps at these distances from the lines shown, the nearest first."""
    seen = set(shown)
    for distance in distances:
        for number in shown:
            for place in (number - distance, number + distance):
                if place in seen:
                    continue
                seen.add(place)
                if any(step.body <= place <= step.end for step in steps) and not is_mark(log[place]):
                    yield place
