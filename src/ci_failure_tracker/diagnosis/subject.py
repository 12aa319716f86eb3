"""What a failure is about, if the line that reports it does not say: a lock file, a package, a test."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import Block, Confidence
from ci_failure_tracker.diagnosis.naming import names
from ci_failure_tracker.diagnosis.structure import Section, is_mark
from ci_failure_tracker.diagnosis.words import is_aside, is_progress
from ci_failure_tracker.diagnosis.wrappers import unwrapped, without_prefix
from ci_failure_tracker.text.lazy import lazy

_CONSEQUENCE = lazy(
    r"(?:\S{1,200}: )?(?:collect2|clang(?:\+\+)?(?:-\d{1,3})?|ld): (?:error: |fatal: )?"
    r"(?:ld returned|linker command failed)"
    r"|.{0,200}\bmake(?:\[\d{1,3}\])?: \*\*\* |ninja: build stopped|\s{0,20}running tests:"
    r"|.{0,200}\b(?:aborting due to|failed due to|because of) (?:\d{1,6} )?previous errors?\b"
    r"|\W{0,6}(?:error: )?(?:could not compile `|build failed, waiting)"
    r"|\W{0,6}(?:\d{1,9} (?:errors?|warnings?|problems?|failed|failures?|failing|passed|passing|tests?|examples?)\b"
    r"[,;. ]{0,3}(?:(?:and|with|generated|in|\d[\d.]{0,8} ?m?s)\b[,;. ]{0,3})?){1,6}\W{0,6}$"
    r"|(?:Found|Tests?(?: Suites)?|Summary|Total|Totals)\b:? .{0,20}\d{1,9} (?:errors?|failed|failures?|passed|total)"
)
_KEYED = lazy(
    r"[\s|│┃'\"*-]{0,40}(?:dependency|package|module|artifact|image|chart|project|target|file|test|rule|resource|host"
    r"|service)(?:[-_ ]?(?:name|path))?['\"]?\s{0,20}[:=|│┃]\s{0,20}['\"]?[\w@./]",
    re.IGNORECASE,
)
_INPUT = lazy(r" {2,8}([\w.-]{1,60}): (\S.{0,200})")
_OF_A_FILE = lazy(
    r"path|file|dir|manifest|config|lock|context|package|project|chart|spec|artifact|target|test|image|playbook|^name$"
)
_VALUE = lazy(r"(?!https?:|/home/runner/|(?:true|false|[\d.*]{1,40})$)[\w@.*/~-]{2,200}")
_ABOUT_A_FILE = lazy(
    r"\b(?:files?|paths?|director(?:y|ies)|folders?|artifacts?|found|exist|resolved|locate|matche?[sd]?|missing|open"
    r"|read|empty)\b|no such|dockerfile",
    re.IGNORECASE,
)
_FAR = 20
"""Lines above a line that names nothing in which the failure is looked for."""

_MOST_ABOVE = 4
_MOST_LINES = 6


def is_no_cause(text: str) -> bool:
    """Whether a line never tells why something failed: an empty line, a ruler, or where to read more."""
    plain = unwrapped(text).strip()
    return not plain or is_aside(plain)


def is_consequence(text: str) -> bool:
    """Whether a line follows from a failure that other lines tell of: of a linker, of make, or a total."""
    return _CONSEQUENCE.match(text) is not None


def subject_lines(log: Log, step: Section, block: Block, lines: Sequence[str]) -> list[str]:
    """What says what a failure is about, beside the lines that name it: inputs of the step, or the lines above."""
    inputs = _inputs(log, step)
    told = any(value in line for value in inputs.values() for line in lines)
    # The inputs of a step name many things. They matter only if the failure is about a file that it does not name.
    about_files = any(_ABOUT_A_FILE.search(line) for line in lines)
    found = [f"{name}: {value}" for name, value in inputs.items()] if about_files and not told else []
    # A pattern that knows its tool has the lines that name the cause. More lines would only add what varies.
    if found or block.confidence is Confidence.DEFINITE or any(map(names, lines)):
        return found
    return _above(log, step, block)


def rows_of_subject(log: Log, block: Block) -> list[str]:
    """The rows of a block that say in a table or in JSON what the failure is about: `"dependency-name": "leaflet"`."""
    texts = (without_prefix(log[number], block.prefix) for number in block.lines)
    return [text for text in texts if _KEYED.match(text)][:_MOST_LINES]


def _inputs(log: Log, step: Section) -> dict[str, str]:
    """The inputs of the step that name files and the like, as the runner prints them before its output."""
    inputs: dict[str, str] = {}
    with_inputs = False
    for number in range(step.start, step.body):
        text = log[number]
        # Environment variables look the same as inputs, but hold versions and paths of the machine.
        with_inputs = text == "with:" or (with_inputs and text.startswith("  "))
        found = _INPUT.match(text) if with_inputs else None
        if found and _OF_A_FILE.search(found[1]) and _VALUE.fullmatch(found[2]) and len(inputs) < _MOST_LINES:
            inputs[found[1]] = found[2]
    return inputs


def _above(log: Log, step: Section, block: Block) -> list[str]:
    """The nearest lines above a headline that name something, else the nearest lines, in the order of the log."""
    naming: list[str] = []
    others: list[str] = []
    for number in range(block.headline - 1, max(step.body, block.start - _FAR) - 1, -1):
        text = without_prefix(log[number], block.prefix)
        if len(naming) >= _MOST_ABOVE or is_mark(text):
            break
        if not is_no_cause(text) and not is_consequence(text) and not is_progress(text):
            (naming if names(text) or _KEYED.match(text) else others).append(text)
    return (naming or others[:_MOST_ABOVE])[::-1]
