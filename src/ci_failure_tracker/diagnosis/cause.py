"""The cause of a failed job: the signatures of its failures, the first one first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import GENERIC, Block
from ci_failure_tracker.diagnosis.masks import BLANK
from ci_failure_tracker.diagnosis.naming import names
from ci_failure_tracker.diagnosis.signature import NOTHING_KNOWN, masked, signature
from ci_failure_tracker.diagnosis.structure import Section
from ci_failure_tracker.diagnosis.subject import is_consequence, is_no_cause, rows_of_subject, subject_lines
from ci_failure_tracker.diagnosis.wrappers import without_prefix
from ci_failure_tracker.model import FailureKind
from ci_failure_tracker.text.lazy import lazy

MOST = 20
"""Failures of a job that make up its cause."""

# A job can fail in thousands of places. The first ones tell the causes, and all of them cost time in every sweep.
_MOST_BLOCKS = 200

_ANYWHERE = frozenset(
    {
        *(FailureKind.INFRASTRUCTURE, FailureKind.PERMISSION, FailureKind.CONFIGURATION, FailureKind.TIME_LIMIT),
    }
)
"""Kinds of failures that any job can have. If the lines name nothing, the name of the pattern tells them apart."""

_LINE_NUMBER = lazy(rf" ?[:(\[]{BLANK}")


@dataclass(frozen=True, slots=True)
class _Failure:
    """One failure: the lines that name it, and where it stands among those that the same pattern found.

    `place` is the name of a test, or the file of an error. Tests and files come in any order, the errors of one file
    do not.
    """

    lines: Sequence[str]
    pattern: int
    place: str

    @property
    def order(self) -> tuple[int, str]:
        return self.pattern, self.place


def signatures(log: Log, steps: Sequence[Section], blocks: Sequence[Block]) -> tuple[str, ...]:
    """The signatures of a job's failures; `blocks` are sorted, the best first.

    The failures are those of the best block, and of the others of its confidence if that is above LIKELY. What only
    follows from another failure does not count beside it.
    """
    chosen = [block for block in blocks[:_MOST_BLOCKS] if block is blocks[0] or block.is_as_sure_as(blocks[0])]
    # Parallel test runners report in any order. Sorting by pattern and place gives the same first signature each time.
    patterns = list(dict.fromkeys(block.pattern for block in chosen))
    failures = [
        _Failure(lines, patterns.index(block.pattern), _LINE_NUMBER.split(masked(lines[0]))[0])
        for block in chosen
        for lines in _failures(log, _step_of(steps, block), block)
    ]
    found = dict.fromkeys(signature(failure.lines) for failure in sorted(_causes(failures), key=attrgetter("order")))
    # All lines that name nothing have one signature. Beside a real cause, it would make two different jobs alike.
    return tuple(one for one in found if one != NOTHING_KNOWN)[:MOST] or (NOTHING_KNOWN,)


def _causes(failures: Sequence[_Failure]) -> Sequence[_Failure]:
    """The failures without those that follow from another: a test fails with its subtest, a build with its compiler."""
    # Go reports the test around a failing subtest as failed, too. It is no second cause.
    tests_with_subtests = {
        failure.place.rpartition("/")[0] for failure in failures if "/" in failure.place and len(failure.lines) == 1
    }
    causes = [
        failure
        for failure in failures
        if failure.place not in tests_with_subtests and not all(map(is_consequence, failure.lines))
    ]
    # If everything follows from something else, nothing better is known: `make: *** [all] Error 2` alone is a cause.
    return causes or failures


def _step_of(steps: Iterable[Section], block: Block) -> Section:
    return next((step for step in steps if step.start <= block.start <= step.end), Section(1, 1, block.end))


def _failures(log: Log, step: Section, block: Block) -> Iterator[list[str]]:
    """The lines that name each failure of a block."""
    if block.ends_job:
        # What ends any job is one cause in every job, whatever file or runner it names.
        yield [block.pattern, *(log[number] for number in block.fingerprint)]
        return
    # The author of a pattern knows which lines name the cause. Without this knowledge, they are guessed.
    numbers = block.fingerprint or _telling(log, block)
    rows = [] if block.fingerprint else rows_of_subject(log, block)
    texts = [without_prefix(log[number], block.prefix) for number in numbers]
    for group in _groups(texts, [number in block.starts for number in numbers]):
        # Each filter keeps its input if nothing would be left: a poor signature still finds its own issue again.
        lines = [line for line in group if not is_no_cause(line)] or group
        lines = [line for line in lines if not is_consequence(line)] or lines
        lines = [*lines, *(line for line in rows if line not in lines)]
        lines = [*lines, *subject_lines(log, step, block, lines)]
        # "Connection refused" without a host says the same in all tools. The pattern tells at least the tools apart.
        yield lines if block.kind not in _ANYWHERE or any(map(names, lines)) else [block.pattern]


def _telling(log: Log, block: Block) -> tuple[int, ...]:
    """The lines that name the causes of a block without a fingerprint.

    These are the lines that start a failure, or the headline. In a block that only words tell, an error that is
    reported for each page follows from the one that is reported once before.
    """
    if block.pattern != GENERIC:
        return block.starts if block.headline in block.starts else (block.headline,)
    if not block.score:
        return (block.headline,)
    # Two words are enough to see a repeat: `Error page 1 …` and `Error page 2 …` differ behind them.
    shapes = {number: tuple(masked(log[number]).split()[:2]) for number in block.lines}
    times = Counter(shapes.values())
    first = next((number for number in block.lines if number < block.headline and times[shapes[number]] == 1), None)
    repeats = times[shapes[block.headline]] > 1
    return (first,) if repeats and first is not None and names(log[first]) else (block.headline,)


def _groups(lines: Sequence[str], starts: Sequence[bool]) -> Iterator[list[str]]:
    """The lines in groups. Each line that starts a failure begins one, and so does a line with the mark of the first.

    What stands before the first start belongs to it.
    """
    group: list[str] = []
    started = False
    for line, starts_failure in zip(lines, starts, strict=True):
        if group and ((starts_failure and started) or _mark(line) == _mark(lines[0]) != ""):
            yield group
            group, started = [], False
        group.append(line)
        started = started or starts_failure
    if group:
        yield group


def _mark(line: str) -> str:
    """The number or the sign before the text of a line; empty if it begins with a word."""
    first = masked(line).partition(" ")[0]
    return first if BLANK in first or not any(map(str.isalnum, first)) else ""
