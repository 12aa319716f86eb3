"""Why a job failed: from its log, or from the annotations of its check run, to a diagnosis."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from ci_failure_tracker.diagnosis.blocks import find_blocks
from ci_failure_tracker.diagnosis.excerpt import Limits, chosen, ordered, ranges
from ci_failure_tracker.diagnosis.generic import LEAST, generic_blocks, last_words, weighed
from ci_failure_tracker.diagnosis.log import Log, LogReader
from ci_failure_tracker.diagnosis.rule import Block, Rank
from ci_failure_tracker.diagnosis.signature import signature
from ci_failure_tracker.diagnosis.structure import Section, failing_sections, sections
from ci_failure_tracker.model import Annotation, Diagnosis, ExcerptLine, Outcome, Step
from ci_failure_tracker.text.redaction import redacted, redacted_lines

__all__ = ["Limits", "explain", "explain_annotations", "read_log"]

_MOST_SECTIONS = 4
"""Failed steps that are looked at, where a log has several: the last ones, for others follow a tolerated one."""

_ENDING = 40
"""Lines at the end of a log without steps that say how the job came to its end."""

_ERROR_MARK = "##[error]"
_DEFAULT_LIMITS = Limits()
_OF_AN_ANNOTATION = 6.0


def read_log(chunks: Iterable[bytes]) -> Log:
    """Read a log from its bytes, however long, in bounded memory."""
    reader = LogReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


def explain(log: Log, limits: Limits = _DEFAULT_LIMITS, failed_step: Step | None = None) -> Diagnosis:
    """Say why the job failed whose log this is; `failed_step` is what GitHub says of it, where that is known.

    A log in which nothing was printed gives a diagnosis without lines.
    """
    parts = sections(log)
    where = failing_sections(log, parts, failed_step)[-_MOST_SECTIONS:]
    best = ordered(block for section in where for block in _blocks(log, section))
    if not best or best[0].rank <= Rank.SYMPTOM:
        best = [*(list(last_words(log, where[-1], best)) or _complaint_before(log, parts, where[0])), *best]
    lines = chosen(log, best, limits, where, log.last - _ENDING if len(parts) == 1 else None)
    return _diagnosis(log, best, lines)


def explain_annotations(annotations: Sequence[Annotation], limits: Limits = _DEFAULT_LIMITS) -> Diagnosis | None:
    """Say why the job failed by its annotations; `None` where they tell no more than that it did.

    The lines of the excerpt have the number 0: they stand in no log.
    """
    log = read_log([_as_log(annotations).encode("utf-8", "replace")])
    section = Section(1, 1, log.last)
    found = list(_blocks(log, section))
    taken = {number for block in found for number in range(block.start, block.end + 1)}
    said = [
        Block(number, number, number, Rank.LIKELY, "annotation", _OF_AN_ANNOTATION)
        for number in range(1, log.last + 1)
        if number not in taken and log[number].startswith(_ERROR_MARK)
    ]
    best = ordered(block for block in (*found, *said) if block.rank > Rank.SYMPTOM)
    if not best:
        return None
    diagnosis = _diagnosis(log, best, chosen(log, best, limits))
    return dataclasses.replace(
        diagnosis, ranges=(), lines=tuple(dataclasses.replace(line, number=0, left_out=0) for line in diagnosis.lines)
    )


def _as_log(annotations: Iterable[Annotation]) -> str:
    """The failures among annotations as a log prints them."""
    return "\n".join(
        f"{_ERROR_MARK}{_place(one)}{one.message.strip() or one.title}" for one in annotations if one.level == "failure"
    )


def _place(annotation: Annotation) -> str:
    """The file and line, unless the message says them or they are the runner's stand-in."""
    if annotation.path in {"", ".github"} or annotation.path in annotation.message:
        return ""
    return f"{annotation.path}:{annotation.line}: " if annotation.line else f"{annotation.path}: "


def _blocks(log: Log, section: Section) -> Iterator[Block]:
    """What a step holds, by the rules and by what reads like a failure."""
    ruled = find_blocks(log, section)
    yield from (weighed(block, section) for block in ruled)
    yield from generic_blocks(log, section, ruled)


def _complaint_before(log: Log, parts: Sequence[Section], failed: Section) -> list[Block]:
    """What an earlier step complained of, where the failed one only says that it failed; the nearest."""
    for section in reversed([part for part in parts if part.end < failed.start][-_MOST_SECTIONS:]):
        found = ordered(block for block in _blocks(log, section) if block.rank > Rank.SYMPTOM and block.score >= LEAST)
        if found:
            return found
    return []


def _diagnosis(log: Log, blocks: Sequence[Block], excerpt: Sequence[ExcerptLine]) -> Diagnosis:
    lines = tuple(_redacted(excerpt))
    return Diagnosis(
        headline=redacted(log[blocks[0].headline].strip().removeprefix(_ERROR_MARK).strip()) if blocks else "",
        lines=lines,
        ranges=ranges(lines),
        signature=signature(_causes(log, blocks)),
        outcome=next((one.outcome for one in blocks if one.outcome and one.rank is blocks[0].rank), Outcome.FAILURE),
    )


def _redacted(lines: Sequence[ExcerptLine]) -> Iterator[ExcerptLine]:
    texts = redacted_lines(line.text for line in lines)
    return (dataclasses.replace(line, text=text) for line, text in zip(lines, texts, strict=True))


def _causes(log: Log, blocks: Sequence[Block]) -> Iterator[str]:
    """The lines that name the cause: of the best block, and of those that are as good and as sure."""
    for block in blocks:
        if block is blocks[0] or (block.rank is blocks[0].rank and block.rank > Rank.LIKELY):
            yield from (log[number] for number in block.names or (block.headline,))
