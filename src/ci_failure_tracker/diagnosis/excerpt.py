"""Choose the lines that a maintainer needs to see: causes before consequences, complete if they fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import GENERIC, Block, Confidence
from ci_failure_tracker.diagnosis.routine import Routine
from ci_failure_tracker.diagnosis.signature import masked
from ci_failure_tracker.diagnosis.structure import Section, is_mark
from ci_failure_tracker.diagnosis.words import is_frame
from ci_failure_tracker.model import ExcerptLine, LineRange
from ci_failure_tracker.text.lazy import lazy

_RULER = lazy(r"(?:\[\w{1,8}\] )?[\s=_*#─━-]*$|[=_*#─━-]{4}|##\[|travis_")
LONGEST_SHOWN = 300
"""Characters of a line that are shown and count."""

_FRAMES_KEPT = 4
_ABOVE, _BELOW = 2, 12
"""Lines above and below a block that are shown with it, at most."""

_OPENING = 3
"""Lines that each of several failures gets at least, so that as many failures as possible are named."""

_MANY = 4
"""So many blocks with one error are shown as the first of them and the names of the others."""

_SHORT = 8
_NEAR = 40
_WEAKEST = 0.6


@dataclass(frozen=True, slots=True)
class Limits:
    """The size of an excerpt, at most."""

    lines: int = 30
    characters: int = 4000


def by_confidence(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, the highest confidence first."""
    return sorted(blocks, key=_order)


def _order(block: Block) -> tuple[bool, float, bool, float, int]:
    """The highest first. Of equal ones the first is the cause; of equal guesses it is the one nearer to the end."""
    likely = block.confidence is Confidence.LIKELY
    # A pattern finds the cause before its consequences. A line that only looks like a failure is often a tolerated one,
    # and the last one stopped the job.
    last_first = likely and block.pattern == GENERIC
    nearness = -block.start if last_first else block.start
    # Points of blocks that are more than guesses say nothing: their patterns already know that they are failures.
    return not block.ends_job, -block.confidence, block.wraps, -block.score if likely else 0, nearness


def choose_lines(
    log: Log,
    blocks: Sequence[Block],
    limits: Limits,
    steps: Sequence[Section] = (),
    ending: int | None = None,
    routine: Routine | None = None,
) -> tuple[ExcerptLine, ...]:
    """The lines of the excerpt in the order of the log.

    Neighbours of a picked line are shown too, if they belong to one of the `steps`. From line `ending` on, everything
    that looks like a failure is shown if there is room: the end of a log without steps tells how the job ended.
    """
    picked = _picked(log, blocks, limits, ending)
    # The lines of a summary or of a known error would fill the room that a new error needs.
    repeats = [block for block in blocks if block.confidence is Confidence.SYMPTOM] + list(_repeating(log, blocks))
    never = {number for block in repeats for number in block.lines}
    for step in steps:
        _add_neighbours(routine or Routine(log), blocks, picked, step, limits.lines, never)
    return tuple(_lines(log, _within(log, picked, blocks[0].headline, limits.characters))) if picked else ()


def _picked(log: Log, blocks: Sequence[Block], limits: Limits, ending: int | None) -> dict[int, int]:
    """The lines of the blocks to show, with the number of lines that are folded into each."""
    folded = _folded(log, blocks)
    repeating = set(_repeating(log, [group[0] for group in folded]))
    picked: dict[int, int] = {}
    for place, group in enumerate(folded):
        room = limits.lines - len(picked)
        if room <= 0 or not (_belongs(group[0], blocks[0], picked) or _ends(group, ending)):
            continue
        later = [other[0] for other in folded[place + 1 :] if other[0].confidence is group[0].confidence]
        # A reader with thirty lines of the first failure and none of the second does not see that there are two.
        needed = sum(1 if block in repeating else _OPENING for block in later)
        lines = _name(group[0]) if group[0] in repeating else _cut(log, group[0], room, max(_OPENING, room - needed))
        picked.update((number, 0) for number in lines if number not in picked)
        picked[lines[0] if group[0] in repeating else group[0].headline] += len(group) - 1
    return picked


def _repeating(log: Log, blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks of many tests that failed with one error, without the first: only the names of their tests are new."""
    errors = [(block.pattern, masked(log[block.headline])) for block in blocks]
    times = Counter(errors)
    told: set[tuple[str, str]] = set()
    for block, error in zip(blocks, errors, strict=True):
        if error in told and times[error] >= _MANY and block.start < block.headline:
            yield block
        told.add(error)


def _name(block: Block) -> list[int]:
    """The line that names the test of a block: the first that goes into the signature, or its first one."""
    return [next((number for number in block.fingerprint if number != block.headline), block.start)]


def _add_neighbours(
    routine: Routine, blocks: Sequence[Block], picked: dict[int, int], step: Section, room: int, never: Collection[int]
) -> None:
    """Add the lines directly below each picked line, and directly above a guess, up to an empty line or a ruler.

    A tool often prints more than its pattern covers. Lines that are `never` added end the addition.
    """
    log = routine.log
    # A definite block starts where its tool starts to talk. Above a guess, there may be the command or the file.
    guesses = {block.start for block in blocks if block.confidence is Confidence.LIKELY}
    for number in [number for number in sorted(picked) if step.body <= number <= step.end]:
        above = range(number - 1, max(step.body, number - _ABOVE) - 1, -1) if number in guesses else ()
        for around in (above, range(number + 1, min(step.end, number + _BELOW) + 1)):
            for place in around:
                if len(picked) >= room or place in never or place in picked or _RULER.match(log[place]):
                    break
                if routine.passed(place):
                    continue
                # A routine line ends the addition, because the tool has gone on with its usual work. One that a
                # passing run printed does not: it stands between new lines as well.
                if routine.is_routine(place):
                    break
                picked[place] = 0


def _folded(log: Log, blocks: Iterable[Block]) -> list[list[Block]]:
    """The blocks in groups that name the same test and cause, in the order of the first of each group."""
    groups: dict[tuple[str, ...], list[Block]] = {}
    for block in blocks:
        cause = tuple(masked(log[number]) for number in (block.start, *(block.fingerprint or (block.headline,))))
        groups.setdefault(cause, []).append(block)
    return list(groups.values())


def _belongs(block: Block, best: Block, picked: Collection[int]) -> bool:
    """Whether a block tells something that the picked lines do not."""
    if block.confidence is Confidence.SYMPTOM:
        return best.confidence is Confidence.SYMPTOM
    if best.ends_job and not block.ends_job:
        # What failed long before the runner was lost has nothing to do with it, and the job could have gone on.
        return abs(block.start - best.start) < _NEAR
    if block.confidence is Confidence.LIKELY and best.confidence > Confidence.LIKELY:
        # A guess beside a definite failure is often noise of a passing test. It is shown if it continues the
        # failure, or if the failure leaves much room.
        return _touches(block, picked) or (block.pattern != GENERIC and len(picked) < _SHORT)
    return block.confidence is not Confidence.LIKELY or block.score >= _WEAKEST * best.score


def _ends(group: Iterable[Block], ending: int | None) -> bool:
    return ending is not None and any(block.start >= ending for block in group)


def _touches(block: Block, picked: Collection[int]) -> bool:
    return block.start - 1 in picked or block.end + 1 in picked


def _cut(log: Log, block: Block, room: int, share: int) -> list[int]:
    """The lines of a block. If they are too many, the middle of stack traces goes first, then the middle of the rest.

    The headline always stays.
    """
    room = min(room, share)
    lines = [number for number in block.lines if number == block.headline or _is_shown(log, number)]
    if len(lines) > room:
        # Frames go first: a reader needs the message and the own code at both ends, not the framework between them.
        lines = list(_without_frames(log, lines, block.headline, room))
    return lines if len(lines) <= room else _without_middle(lines, block.headline, room)


def _is_shown(log: Log, number: int) -> bool:
    return bool(log[number]) and not is_mark(log[number])


def _without_middle(lines: Sequence[int], headline: int, room: int) -> list[int]:
    """Two thirds of the room from the beginning, one third from the end, or from the headline if it is between them."""
    tail = room // 3
    head = room - tail
    place = lines.index(headline)
    end = len(lines) if place < head or place >= len(lines) - tail else place + max(1, tail - 1)
    # Tools print the message first and the reason last, as in a chain of exceptions. The middle says least.
    return [*lines[:head], *lines[end - tail : end]] if tail or place < head else [headline]


def _without_frames(log: Log, lines: Sequence[int], headline: int, room: int) -> Iterator[int]:
    """The lines without the middle of long stack traces. As many frames stay as there is room for."""
    runs = [
        (framed, list(run))
        for framed, run in groupby(lines, lambda number: number != headline and is_frame(log[number]))
    ]
    traces = sum(framed for framed, _ in runs)
    others = sum(len(run) for framed, run in runs if not framed)
    kept = max(_FRAMES_KEPT, (room - others) // max(1, traces))
    for framed, run in runs:
        yield from (*run[: kept - 1], run[-1]) if framed and len(run) > kept else run


def _lines(log: Log, picked: dict[int, int]) -> Iterator[ExcerptLine]:
    previous = 0
    for number in sorted(picked):
        left = number - previous - 1 if previous else 0
        yield ExcerptLine(number, log[number], left, picked[number])
        previous = number


def _within(log: Log, picked: dict[int, int], headline: int, characters: int) -> dict[int, int]:
    """As many of the picked lines as fit, the headline first."""
    kept: dict[int, int] = {}
    for number in (headline, *(number for number in picked if number != headline)):
        characters -= min(len(log[number]), LONGEST_SHOWN) + 1
        if characters < 0 and kept:
            break
        kept[number] = picked.get(number, 0)
    return kept


def ranges(lines: Sequence[ExcerptLine]) -> tuple[LineRange, ...]:
    """The lines of an excerpt as ranges."""
    found: list[LineRange] = []
    for line in lines:
        if found and found[-1].end + 1 == line.number:
            found[-1] = LineRange(found[-1].start, line.number)
        else:
            found.append(LineRange(line.number, line.number))
    return tuple(found)
