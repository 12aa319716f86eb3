"""Explain why a job failed, from its log or from the annotations of its check run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ci_failure_tracker.diagnosis.blocks import find_blocks
from ci_failure_tracker.diagnosis.excerpt import Limits, by_confidence, choose_lines, ranges
from ci_failure_tracker.diagnosis.facts import failures, headline
from ci_failure_tracker.diagnosis.generic import LEAST, generic_blocks, last_lines, with_score
from ci_failure_tracker.diagnosis.log import Log, LogReader
from ci_failure_tracker.diagnosis.log_pattern import Block, Confidence
from ci_failure_tracker.diagnosis.signature import signature
from ci_failure_tracker.diagnosis.structure import Section, failing_sections, sections
from ci_failure_tracker.model import Diagnosis, ExcerptLine, Outcome
from ci_failure_tracker.text.redaction import redacted_lines

if TYPE_CHECKING:
    from ci_failure_tracker.model import Annotation, Step

__all__ = ["Limits", "explain", "explain_annotations", "read_log"]

_MOST_SECTIONS = 4
"""Failed steps of a log that are looked at: the last ones. An earlier one was allowed to fail."""

_ENDING = 40
"""Lines at the end of a log without steps that tell how the job ended."""

_ERROR_MARK = "##[error]"
_DEFAULT_LIMITS = Limits()
_POINTS_OF_AN_ANNOTATION = 6.0


def read_log(chunks: Iterable[bytes]) -> Log:
    """Read a log from its bytes, however long, in bounded memory."""
    reader = LogReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def explain(log: Log, limits: Limits = _DEFAULT_LIMITS, failed_step: Step | None = None) -> Diagnosis:
    """Explain why the job with this log failed. `failed_step` is the failed step according to GitHub, if it is known.

    An empty log gives a diagnosis without lines.
    """
    steps = sections(log)
    failed = failing_sections(log, steps, failed_step)[-_MOST_SECTIONS:]
    blocks = by_confidence(block for section in failed for block in _blocks(log, section))
    weak = False
    if _only_symptoms(blocks):
        last_resort = last_lines(log, failed[-1], blocks)
        blocks = [*(last_resort or _complaint_before(log, steps, failed[0])), *blocks]
        weak = bool(last_resort) or _only_symptoms(blocks)
    lines = choose_lines(log, blocks, limits, failed, log.last - _ENDING if len(steps) == 1 else None)
    return _diagnosis(log, blocks, lines, steps, weak=weak)


def _only_symptoms(blocks: Sequence[Block]) -> bool:
    return not blocks or blocks[0].confidence <= Confidence.SYMPTOM


def explain_annotations(annotations: Sequence[Annotation], limits: Limits = _DEFAULT_LIMITS) -> Diagnosis | None:
    """Explain why a job failed by its annotations. `None` means that they only tell that it failed.

    The lines of the excerpt have the number 0, because they are in no log.
    """
    log = read_log([_as_log(annotations).encode("utf-8", "replace")])
    known = list(_blocks(log, Section(1, 1, log.last)))
    covered = {number for block in known for number in block.lines}
    others = [
        Block(number, number, number, Confidence.LIKELY, "annotation", _POINTS_OF_AN_ANNOTATION)
        for number in range(1, log.last + 1)
        if number not in covered and log[number].startswith(_ERROR_MARK)
    ]
    blocks = by_confidence(block for block in (*known, *others) if block.confidence > Confidence.SYMPTOM)
    if not blocks:
        return None
    diagnosis = _diagnosis(log, blocks, choose_lines(log, blocks, limits), ())
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
    if annotation.path in {"", ".github"} or annotation.path in annotation.message:
        return ""
    return f"{annotation.path}:{annotation.line}: " if annotation.line else f"{annotation.path}: "


def _blocks(log: Log, section: Section) -> Iterator[Block]:
    """The blocks of a step: those of patterns, and those of lines that look like failures."""
    known = find_blocks(log, section)
    yield from (with_score(block, section) for block in known)
    yield from generic_blocks(log, section, known)


def _complaint_before(log: Log, steps: Sequence[Section], failed: Section) -> list[Block]:
    """The failures in the nearest earlier step that has any, if the failed step only tells that it failed."""
    for section in reversed([step for step in steps if step.end < failed.start][-_MOST_SECTIONS:]):
        blocks = by_confidence(
            block for block in _blocks(log, section) if block.confidence > Confidence.SYMPTOM and block.score >= LEAST
        )
        if blocks:
            return blocks
    return []


def _diagnosis(
    log: Log, blocks: Sequence[Block], excerpt: Sequence[ExcerptLine], steps: Sequence[Section], *, weak: bool = False
) -> Diagnosis:
    lines = tuple(_redacted(excerpt))
    found = failures(log, blocks, steps)
    return Diagnosis(
        headline=headline(found[0]) if found else "",
        lines=lines,
        ranges=ranges(lines),
        signature=signature(_causes(log, blocks)),
        outcome=next(
            (one.outcome for one in blocks if one.outcome and one.confidence is blocks[0].confidence), Outcome.FAILURE
        ),
        weak=weak,
        failures=found,
    )


def _redacted(lines: Sequence[ExcerptLine]) -> Iterator[ExcerptLine]:
    texts = redacted_lines(line.text for line in lines)
    return (dataclasses.replace(line, text=text) for line, text in zip(lines, texts, strict=True))


def _causes(log: Log, blocks: Sequence[Block]) -> Iterator[str]:
    """The lines that name the cause: of the best block, and of others of its confidence if that is above LIKELY."""
    for block in blocks:
        if block is blocks[0] or (block.confidence is blocks[0].confidence and block.confidence > Confidence.LIKELY):
            yield from (log[number] for number in block.fingerprint or (block.headline,))
