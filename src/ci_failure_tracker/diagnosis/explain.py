"""Explain why a job failed, from its log or from the annotations of its check run."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from ci_failure_tracker.diagnosis.blocks import find_blocks
from ci_failure_tracker.diagnosis.cause import signatures
from ci_failure_tracker.diagnosis.context import choose_context
from ci_failure_tracker.diagnosis.excerpt import Limits, by_confidence, choose_lines, ranges
from ci_failure_tracker.diagnosis.facts import failures, headline
from ci_failure_tracker.diagnosis.generic import LEAST, generic_blocks, last_lines, with_score
from ci_failure_tracker.diagnosis.log import Log, read_log
from ci_failure_tracker.diagnosis.log_pattern import Block, Confidence
from ci_failure_tracker.diagnosis.naming import names
from ci_failure_tracker.diagnosis.routine import NOTHING_ROUTINE, Routine, RoutineLines
from ci_failure_tracker.diagnosis.structure import Section, failing_sections, sections, whole_log
from ci_failure_tracker.model import Diagnosis, ExcerptLine, Failure, FailureKind, Outcome
from ci_failure_tracker.text.redaction import redacted_lines

if TYPE_CHECKING:
    from ci_failure_tracker.model import Annotation, Step

__all__ = ["Limits", "explain", "explain_annotations", "read_log"]

_MOST_SECTIONS = 20
"""Failed steps of a log that are looked at: the last ones."""

_ENDING = 40
"""Lines at the end of a log without steps that tell how the job ended."""

_LONG = 100
"""Lines between a tolerated failure and those at the end of a log without steps, at least."""

_GOOD = 8.0
"""Points of a guess that a wrapper can wrap, at least."""

_NEAR = 40
"""Lines between a wrapper and a guess above it, at most."""

_ERROR_MARK = "##[error]"
_DEFAULT_LIMITS = Limits()
_Known = Callable[[Section], tuple[Block, ...]]
"""The blocks that patterns find in a section."""

_POINTS_OF_AN_ANNOTATION = 6.0

_OF_SUBJECTS = frozenset(
    {
        *(FailureKind.TEST, FailureKind.COMPILE, FailureKind.TYPE, FailureKind.LINT),
        *(FailureKind.DEPENDENCY, FailureKind.AUDIT),
    }
)
"""Kinds of failures of which a job has one for each test, file or package."""


def explain(
    log: Log,
    limits: Limits = _DEFAULT_LIMITS,
    failed_step: Step | None = None,
    routine: RoutineLines = NOTHING_ROUTINE,
) -> Diagnosis:
    """Explain why the job with this log failed.

    `failed_step` is the failed step according to GitHub, if it is known. `routine` are the lines of a passing run of
    the same job, if there is one: they help to choose headline and lines, and make no difference to the signature.
    An empty log gives a diagnosis without lines.
    """
    steps = sections(log)
    failed = failing_sections(log, steps, failed_step)[-_MOST_SECTIONS:]
    known = cache(partial(find_blocks, log))  # the cause and what is shown are looked for among the same blocks
    # The signature must not depend on which passing run there is, or whether GitHub still has its log: each sweep would
    # find another cause. So it comes from the log alone, and the passing run helps only what is shown.
    cause = _found(steps, failed, Routine(log), known)
    usual = Routine(log, routine)
    shown = (_found(steps, failed, usual, known) if routine else None) or cause
    # Without steps nothing says which part of the log failed, but its end says how the job ended.
    ending = log.last - _ENDING if len(steps) == 1 else None
    lines = choose_lines(log, shown.blocks, limits, failed, ending, usual)
    diagnosis = _diagnosis(log, cause.blocks, shown.blocks, lines, steps, weak=cause.weak or shown.weak)
    return dataclasses.replace(
        diagnosis,
        context=_context(log, shown.blocks, failed, diagnosis, limits.characters),
        usual_seconds=routine.seconds_of_step(log[failed[0].start]),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    """The blocks of a log, the best first, and whether they tell no cause apart."""

    blocks: Sequence[Block]
    weak: bool

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.blocks)


def _found(steps: Sequence[Section], failed: Sequence[Section], routine: Routine, known: _Known) -> _Found:
    blocks = by_confidence(block for section in failed for block in _blocks(section, routine, known))
    if not _only_symptoms(blocks):
        return _Found(blocks, weak=False)
    last_resort = last_lines(routine.log, failed[-1], blocks, routine)
    # A step such as "check the result" prints nothing but its exit code. An earlier step then holds the reason.
    blocks = [*(last_resort or _complaint_before(steps, failed[0], routine, known)), *blocks]
    return _Found(blocks, bool(last_resort) or _only_symptoms(blocks))


def _context(
    log: Log, blocks: Sequence[Block], failed: Sequence[Section], diagnosis: Diagnosis, characters: int
) -> tuple[ExcerptLine, ...]:
    """What stands around the excerpt, as far as headline and excerpt leave room.

    It is redacted together with the excerpt, because some secrets are only seen over several lines.
    """
    room = characters - len(diagnosis.headline) - sum(len(line.text) + 1 for line in diagnosis.lines)
    context = choose_context(log, blocks, failed, diagnosis.lines, room)
    shown = {line.number for line in context}
    together = sorted((*diagnosis.lines, *context), key=lambda line: line.number)
    return tuple(line for line in _redacted(together) if line.number in shown)


def _only_symptoms(blocks: Sequence[Block]) -> bool:
    return not blocks or blocks[0].confidence <= Confidence.SYMPTOM


def explain_annotations(annotations: Sequence[Annotation], limits: Limits = _DEFAULT_LIMITS) -> Diagnosis | None:
    """Explain why a job failed by its annotations. `None` means that they only tell that it failed.

    The lines of the excerpt have the number 0, because they are in no log.
    """
    log = read_log([_as_log(annotations).encode("utf-8", "replace")])
    known = list(_blocks(whole_log(log), Routine(log), partial(find_blocks, log)))
    # Annotations that no pattern knows still are errors, because GitHub says so.
    covered = {number for block in known for number in block.lines}
    others = [
        Block(number, number, number, Confidence.LIKELY, "annotation", _POINTS_OF_AN_ANNOTATION)
        for number in range(1, log.last + 1)
        if number not in covered and log[number].startswith(_ERROR_MARK)
    ]
    blocks = by_confidence(block for block in (*known, *others) if block.confidence > Confidence.SYMPTOM)
    if not blocks:
        return None
    diagnosis = _diagnosis(log, blocks, blocks, choose_lines(log, blocks, limits), ())
    # There is no log that a number could lead to.
    lines = tuple(dataclasses.replace(line, number=0, left_out=0) for line in diagnosis.lines)
    found = tuple(dataclasses.replace(failure, lines=()) for failure in diagnosis.failures)
    return dataclasses.replace(diagnosis, ranges=(), lines=lines, failures=found)


def _as_log(annotations: Iterable[Annotation]) -> str:
    """The annotations of level failure, as a log prints them."""
    return "\n".join(
        f"{_ERROR_MARK}{_place(one)}{one.message.strip() or one.title}" for one in annotations if one.level == "failure"
    )


def _place(annotation: Annotation) -> str:
    """The file and line, unless the message contains them or the runner made them up."""
    # The runner gives `.github` as the file of an error that has none.
    if annotation.path in {"", ".github"} or annotation.path in annotation.message:
        return ""
    return f"{annotation.path}:{annotation.line}: " if annotation.line else f"{annotation.path}: "


def _blocks(section: Section, routine: Routine, known: _Known) -> Iterator[Block]:
    """The blocks of a step: those of patterns, and those of lines that look like failures."""
    of_patterns = known(section)
    scored = [with_score(block, section, routine) for block in _contrasted(of_patterns, routine)]
    unwrapped = _unwrapped([*scored, *generic_blocks(routine.log, section, of_patterns, routine)])
    # Steps that failed and were tolerated are only mixed with the others where the log has no steps.
    whole = section.body == routine.log.first and section.end == routine.log.last
    yield from _without_tolerated(list(unwrapped), section) if whole else unwrapped


def _without_tolerated(blocks: Sequence[Block], section: Section) -> Iterator[Block]:
    """The blocks of a log without steps. A failure long before others at its end was tolerated: it ranks as a guess."""
    definite = [block for block in blocks if block.confidence is Confidence.DEFINITE and not block.wraps]
    ending = [block for block in definite if block.end > section.end - _ENDING]
    first = min((block.start for block in ending), default=section.start)
    tools = {_tool(block) for block in ending}
    for block in blocks:
        early = block.end < first - _LONG and _tool(block) not in tools
        # If the same tool fails at the end again, its early failure is more likely a part of the same thing.
        tolerated = early and block.confidence is Confidence.DEFINITE and not block.wraps
        yield dataclasses.replace(block, confidence=Confidence.LIKELY) if tolerated else block


def _tool(block: Block) -> str:
    return block.pattern.partition(".")[0]


def _unwrapped(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks of a step, with no wrapper ranked above a failure that it wraps.

    That is any definite failure of the step, or a good guess near above the wrapper. If there is none, the wrapper is
    a failure itself.
    """
    inner = [block for block in blocks if not block.wraps]
    best = max((block.confidence for block in inner), default=Confidence.SYMPTOM)
    guesses = sorted(one.end for one in inner if one.confidence is Confidence.LIKELY and one.score >= _GOOD)
    for block in blocks:
        near = bisect_left(guesses, block.start) > bisect_left(guesses, block.start - _NEAR)
        wrapped = best if best > Confidence.LIKELY else Confidence.LIKELY if near else None
        wraps = block.wraps and wrapped is not None
        confidence = min((block.confidence, wrapped)) if wraps and wrapped else block.confidence
        same = confidence is block.confidence and wraps is block.wraps
        yield block if same else dataclasses.replace(block, confidence=confidence, wraps=wraps)


def _contrasted(blocks: Iterable[Block], routine: Routine) -> Iterator[Block]:
    """The blocks without guesses that a passing run printed too. What is more than a guess ranks lower then."""
    for block in blocks:
        # A failure block that a passing run has, too, is a test of error handling, or a step with `continue-on-error`.
        # It is not dropped: if nothing else is found, it is better than nothing.
        if block.confidence > Confidence.LIKELY and all(map(routine.passed, block.lines)):
            yield dataclasses.replace(block, confidence=Confidence.SYMPTOM)
        elif block.confidence > Confidence.LIKELY or not routine.passed(block.headline):
            yield block


def _complaint_before(steps: Sequence[Section], failed: Section, routine: Routine, known: _Known) -> list[Block]:
    """The failures in the nearest earlier step that has any, if the failed step only tells that it failed."""
    for section in reversed([step for step in steps if step.end < failed.start][-_MOST_SECTIONS:]):
        blocks = by_confidence(
            block
            for block in _blocks(section, routine, known)
            if block.confidence > Confidence.SYMPTOM and block.score >= LEAST
        )
        if blocks:
            return blocks
    return []


def _diagnosis(
    log: Log,
    causes: Sequence[Block],
    blocks: Sequence[Block],
    excerpt: Sequence[ExcerptLine],
    steps: Sequence[Section],
    *,
    weak: bool = False,
) -> Diagnosis:
    """The diagnosis of these blocks, the best first. `causes` are those that the signatures are made of."""
    lines = tuple(_redacted(excerpt))
    of_failures = signatures(log, steps, causes)
    found = failures(log, blocks, steps)
    # Whether the diagnosis is weak must follow from the cause as well, not from what a passing run made us show.
    first = (found if causes is blocks else failures(log, causes[:1], steps))[:1]
    return Diagnosis(
        headline=headline(found[0]) if found else "",
        lines=lines,
        ranges=ranges(lines),
        signature=of_failures[0],
        signatures=of_failures,
        outcome=next((one.outcome for one in causes if one.outcome and one.rank == causes[0].rank), Outcome.FAILURE),
        weak=weak or any(map(_tells_no_cause, first)),
        failures=found,
    )


def _tells_no_cause(failure: Failure) -> bool:
    """Whether it says only that tests failed or that a compiler did, as any other job could say it, too."""
    return failure.kind in _OF_SUBJECTS and not failure.subject and not names(failure.message)


def _redacted(lines: Sequence[ExcerptLine]) -> Iterator[ExcerptLine]:
    texts = redacted_lines(line.text for line in lines)
    return (dataclasses.replace(line, text=text) for line, text in zip(lines, texts, strict=True))
