"""What a failure is about, if the line that reports it does not say: a lock file, a package, a test.

A line *names* something if it holds a word that is no plain word: a path, a quoted text, a name with a dot, a number or
a capital within. "Tests failed" names nothing, and so it is the same line in every log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import Block, Confidence
from ci_failure_tracker.diagnosis.structure import Section, is_mark
from ci_failure_tracker.diagnosis.wrappers import unwrapped, without_prefix

_NAME = re.compile(
    r"'(?!s |t |re |ve |ll )[^']{2,200}'|\"[^\"]{2,200}\"|`[^`]{2,200}`|‘[^’]{2,200}’"
    r"|[A-Za-z0-9_@][./\\:#=_-]{1,2}[A-Za-z0-9_]|[a-z][A-Z]|[A-Z][a-z]{1,40}[A-Z]|[A-Z]{1,6}[0-9]{2,6}|--?[a-z]{2}"
)
_NO_NAME = re.compile(
    r"(?:and/or|pass/fail|exit[- ]code|exit[- ]?status|non[- ]zero|[0-9][./:][0-9]|pre-\w|re-\w"
    r"|(?:up|out)-(?:to|of)-\w{1,9})"
    r"|https?://\S{1,400}",
    re.IGNORECASE,
)
_RULER = re.compile(r"[\W_]*")
_HELP = re.compile(
    r"(?:\W{0,8}(?:info|hint|help|note|tip|npm (?:err!|error)|error)\b\W{0,4})?"
    r"(?:visit|see|for (?:more|further) (?:information|details|help)|run (?:with|`)|re-?run (?:with|the)|read more"
    r"|try (?:running|with)|learn more|more (?:information|info|details)|you can (?:find|see)|use --help|use `"
    r"|please (?:see|visit|report|refer)|a complete log|documentation|if you (?:need|think|believe)"
    r"|to (?:see|view|get) (?:the|more|a)|check (?:the|out))\b",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"(?:\S{1,200}: )?(?:collect2|clang(?:\+\+)?(?:-\d{1,3})?|ld): (?:error: |fatal: )?"
    r"(?:ld returned|linker command failed)"
    r"|.{0,200}\bmake(?:\[\d{1,3}\])?: \*\*\* |ninja: build stopped|\s{0,20}running tests:"
    r"|.{0,200}\b(?:aborting due to|failed due to|because of) (?:\d{1,6} )?previous errors?\b"
    r"|\W{0,6}(?:error: )?(?:could not compile `|build failed, waiting)"
    r"|\W{0,6}(?:\d{1,9} (?:errors?|warnings?|problems?|failed|failures?|failing|passed|passing|tests?|examples?)\b"
    r"[,;. ]{0,3}(?:(?:and|with|generated|in|\d[\d.]{0,8} ?m?s)\b[,;. ]{0,3})?){1,6}\W{0,6}$"
    r"|(?:Found|Tests?(?: Suites)?|Summary|Total|Totals)\b:? .{0,20}\d{1,9} (?:errors?|failed|failures?|passed|total)"
)
_KEYED = re.compile(
    r"[\s|'\"*-]{0,40}(?:dependency|package|module|artifact|image|chart|project|target|file|test|rule|resource|host|service)"
    r"(?:[-_ ]?(?:name|path))?['\"]?\s{0,20}[:=|]\s{0,20}['\"]?[\w@./]",
    re.IGNORECASE,
)
_INPUT = re.compile(r" {2,8}([\w.-]{1,60}): (\S.{0,200})")
_OF_A_FILE = re.compile(
    r"path|file|dir|manifest|config|lock|context|package|project|chart|spec|artifact|target|test|image|playbook"
)
_FILE = re.compile(r"(?!https?:|/home/runner/)[\w@.*~-]{0,80}(?:/[\w@.*~-]{1,80}){1,12}/?|[\w@*-]{1,80}\.[a-z]\w{0,9}")
_FAR = 20
"""Lines above a line that names nothing in which the failure is looked for."""

_MOST_ABOVE = 4
_MOST_LINES = 6


def names(text: str) -> bool:
    """Whether a line names something."""
    return _NAME.search(_NO_NAME.sub(" ", text)) is not None


def is_no_cause(text: str) -> bool:
    """Whether a line never tells why something failed: an empty line, a ruler, or where to read more."""
    plain = unwrapped(text).strip()
    return _RULER.fullmatch(plain) is not None or _HELP.match(plain) is not None


def is_consequence(text: str) -> bool:
    """Whether a line follows from a failure that other lines tell of: of a linker, of make, or a total."""
    return _CONSEQUENCE.match(text) is not None


def subject_lines(log: Log, step: Section, block: Block) -> list[str]:
    """The lines that say what a failure is about whose own lines name nothing; none if no line does."""
    if block.confidence is Confidence.DEFINITE:
        return list(_inputs(log, step))[:_MOST_LINES]
    return _above(log, step, block)


def rows_of_subject(log: Log, block: Block) -> list[str]:
    """The rows of a block that say in a table or in JSON what the failure is about: `"dependency-name": "leaflet"`."""
    texts = (without_prefix(log[number], block.prefix) for number in block.lines)
    return [text for text in texts if _KEYED.match(text)][:_MOST_LINES]


def _inputs(log: Log, step: Section) -> Iterator[str]:
    """The inputs of the step that are files, as the runner prints them before its output."""
    with_inputs = False
    for number in range(step.start, step.body):
        text = log[number]
        with_inputs = text == "with:" or (with_inputs and text.startswith("  "))
        found = _INPUT.match(text) if with_inputs else None
        if found and _OF_A_FILE.search(found[1]) and _FILE.fullmatch(found[2]):
            yield f"{found[1]}: {found[2]}"


def _above(log: Log, step: Section, block: Block) -> list[str]:
    """The nearest lines above a block that name something, in the order of the log."""
    found: list[str] = []
    for number in range(block.start - 1, max(step.body, block.start - _FAR) - 1, -1):
        text = without_prefix(log[number], block.prefix)
        if len(found) >= _MOST_ABOVE or is_mark(text):
            break
        if names(text) and not is_no_cause(text) and not is_consequence(text):
            found.append(text)
    return found[::-1]
