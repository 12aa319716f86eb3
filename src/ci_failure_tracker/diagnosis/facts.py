"""The facts of a failure: the tool that reported it, its kind, what failed, where, and with which message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ci_failure_tracker.diagnosis.kinds import kind_of
from ci_failure_tracker.diagnosis.log import Log
from ci_failure_tracker.diagnosis.log_pattern import GENERIC, Block, Confidence
from ci_failure_tracker.diagnosis.names import OF_FILES, pytest_id, recapped, subject_of
from ci_failure_tracker.diagnosis.places import location as location_in
from ci_failure_tracker.diagnosis.signature import masked
from ci_failure_tracker.diagnosis.structure import Section
from ci_failure_tracker.diagnosis.wrappers import without_prefix
from ci_failure_tracker.model import Failure, FailureKind, LineRange, Outcome
from ci_failure_tracker.text.lazy import compiled, lazy
from ci_failure_tracker.text.redaction import redacted

MOST = 50
"""Failures of a log that are told apart."""

_MOST_BLOCKS = 100
_MOST_LINES = 25
"""Lines of a block that are searched for facts: so many from its beginning, and so many from its headline on."""

_MOST_AROUND = 30
"""Lines above a block that are searched for what failed, and lines below, if the block does not name it."""

_NOT_SHOWN = frozenset({FailureKind.UNKNOWN, FailureKind.CONFIGURATION})
"""Kinds whose message says more than the name of what failed."""

_MOST_TO_RECAP = 2_000
"""Lines below a block that can hold the list of what failed."""

_LONGEST = 500
"""Characters of a line that are searched for facts."""

_TELLING = 4
"""Characters that the last part of a subject needs to stand for the whole."""

# How a job ended says more than the words that were left in its log then.
_KIND_OF_OUTCOME = {
    Outcome.TIMED_OUT: FailureKind.TIME_LIMIT,
    Outcome.RUNNER_LOST: FailureKind.INFRASTRUCTURE,
    Outcome.CANCELLED: FailureKind.CANCELLED,
    Outcome.SUPERSEDED: FailureKind.CANCELLED,
}

_DECORATION = lazy(
    r"\s{0,80}(?:(?:##\[(?:error|group)\]|E {1,40}(?=\S)|#\s{1,20}(?=\S)|#\d{1,4} (?=ERROR: )"
    r"|\[(?:ERROR|error|FATAL)\] {0,8}|[│"
    r"|>╰─] {1,8}(?=\S)){1,4})?\s{0,20}"
)

_TRAVIS_COMMAND = lazy(r'The command "(.{1,1800})" (?:failed and )?exited with')

_ONLY_A_NAME = lazy(
    r"(?:[\s\W\d_]|\[\S{1,200}:\d{1,6}\]|FAIL(?:ED|URE)?\b|ERROR\b|Failed\b|Failure\b|Error\b|FAILURE\b"
    r"|Time elapsed\b|sec\b|test\b"
    r"|not ok\b|at (?:setup|teardown) of\b"
    r"|s\b|ms\b|stdout\b){0,80}$",
    re.ASCII,
)
_FRAME = lazy(
    r"\s{0,80}(?:Error Trace:|(?:Error Message|Stack Trace):$|#\s{1,8}at |at |from |\.{3}|#\d|\S{1,200}:\d{1,6}: in "
    r"|File \"|[-=_*~^]{2,}"
    r"|\S{1,200}:\d{1,6}:?(?:\d{1,5}:?)?$)"
)
_NO_REASON = lazy(
    r"\s{0,80}(?:Failure/Error:|\(in test file|(?:operator|severity|message): |[-+] (?:Expected|Received|Actual)\b)",
    re.IGNORECASE,
)
"""What stands between the name of a test and the reason why it failed."""

_EXPECTED = lazy(r"(?:expected|should be)(?: value)?\s{0,8}:\s{1,8}(?P<value>\S.{0,200})", re.IGNORECASE)
_ACTUAL = lazy(r"(?:actual|got|received|but was)(?: value)?\s{0,8}:\s{1,8}(?P<value>\S.{0,200})", re.IGNORECASE)


_PASSED = lazy(r"\b(?:PASS(?:ED)?|passed|SKIPPED|OK|ok)\b")
"""The result of something else than what failed."""

_FAILED = lazy(r"\bfail", re.IGNORECASE)


def failures(log: Log, blocks: Sequence[Block], steps: Sequence[Section]) -> tuple[Failure, ...]:
    """The failures that the best blocks tell of, the first cause first. `blocks` come in the order of the excerpt."""
    found: dict[tuple[str, ...], Failure] = {}
    for failure in (each for block in _causes(blocks) for each in _of_block(log, block, steps)):
        # A test that fails in several shards, or is reported twice, is one failure with more lines.
        key = (failure.kind.value, failure.subject, failure.location, failure.message)
        known = found.get(key)
        found[key] = replace(known, lines=(*known.lines, *failure.lines)) if known else failure
        if len(found) == MOST:
            break
    return tuple(map(_redacted, found.values()))


def _causes(blocks: Sequence[Block]) -> Iterator[Block]:
    """The best block, and others of its confidence if that is above LIKELY."""
    for block in blocks[:_MOST_BLOCKS]:
        if block is blocks[0] or block.is_as_sure_as(blocks[0]):
            yield block


def _of_block(log: Log, block: Block, steps: Sequence[Section]) -> Iterator[Failure]:
    """The failure of a block. If it is a list of tests, the others follow."""
    whole = _failure(log, block, steps)
    yield whole
    for part in _parts(log, block) if whole.kind is FailureKind.TEST and whole.subject else ():
        other = _failure(log, part, steps)
        # A test is left out beside its own subtest, which is the more special one.
        if other.subject and not f"{whole.subject}/".startswith(f"{other.subject}/"):
            yield other


def _parts(log: Log, block: Block) -> Iterator[Block]:
    """The parts of a block that begin like its first line that tells of a failure; none if only one does."""
    numbers = block.fingerprint or block.starts
    begins = [_beginning(without_prefix(log[number], block.prefix)) for number in numbers]
    places = [number for number, begin in zip(numbers, begins, strict=True) if begin == begins[0]]
    for first, following in pairwise((*places, block.end + 1)) if len(places) > 1 else ():
        yield replace(block, start=first, headline=first, end=following - 1, fingerprint=(), starts=())


def _beginning(line: str) -> str:
    """The first word of a line without what varies, and the second one if the first is only a sign."""
    first, *others = masked(line).split(maxsplit=2)[:2] or [""]
    return first if any(map(str.isalnum, first)) else " ".join((first, *others))


def headline(failure: Failure) -> str:
    """One line for people: what failed and how. The subject is left out where the message names it."""
    subject = named = failure.subject
    if failure.kind in OF_FILES:
        subject = failure.location  # the name of a task or of a part: the lines of the tool say more
        named, _, place = subject.partition(":")
        if place and re.match(rf"{re.escape(place)}\s", failure.message):
            return f"{named}:{failure.message}"
        if named.startswith("/"):
            return failure.message  # a file outside of the repository, such as one of a package
    elif failure.kind in _NOT_SHOWN or failure.location.startswith(f"{subject}:"):
        subject = ""
    if not failure.message or not subject or _names(failure.message, named):
        return failure.message or subject
    return f"{subject}: {failure.message}"


def _names(message: str, subject: str) -> bool:
    """Whether a message contains the subject, or the last part of it, which is the most special one."""
    last = re.split(r"::|[/\\]", subject)[-1]
    return subject in message or (len(last) >= _TELLING and last in message)


def _redacted(failure: Failure) -> Failure:
    return replace(
        failure,
        subject=redacted(failure.subject),
        location=redacted(failure.location),
        message=redacted(failure.message),
    )


def _failure(log: Log, block: Block, steps: Sequence[Section]) -> Failure:
    lines = _lines(log, block)
    step = next((step for step in steps if step.start <= block.start <= step.end), None)
    known = _KIND_OF_OUTCOME.get(block.outcome, block.kind) if block.outcome else block.kind
    command = command_of(log, step) if step else ""
    near = _near(log, block, step)
    kind = kind_of(known, lines, near, command)
    own = _own_facts(block, lines)
    location = own.get("location") or location_in(lines)
    subject = own.get("subject", "")
    if not subject and block.confidence is not Confidence.SYMPTOM:
        subject = subject_of(kind, lines, near, location, command)
    elif not subject and block.kind is not FailureKind.UNKNOWN:
        subject = subject_of(kind, lines, (), location, "")  # a list of what failed
    # A name that can be pasted into the command of the runner lets a reader repeat the failure.
    if subject and block.pattern.startswith("pytest."):
        traceback = (without_prefix(log[number], block.prefix) for number in block.lines)
        subject = pytest_id(subject, traceback)
    if subject and "::" not in subject and block.pattern.startswith(("pytest.", "rspec.")):
        last = min(step.end if step else log.last, block.end + _MOST_TO_RECAP)
        # The rulers of pytest and the titles of RSpec do not name the file. The list at the end of the run does.
        below = (without_prefix(log[number], block.prefix) for number in range(block.end + 1, last + 1))
        subject = recapped(subject, below) or subject
    message = own.get("message") or _message(lines, subject, kind)
    tool = "" if block.pattern == GENERIC else block.pattern.partition(".")[0]
    return Failure(tool, kind, subject, location, message, (LineRange(block.start, block.end),))


def _lines(log: Log, block: Block) -> list[str]:
    """The lines of a block as the tool printed them: from the headline on, then from the beginning to the headline."""
    below, above = range(block.headline, block.end + 1), range(block.start, block.headline)
    half = _MOST_LINES // 2
    numbers = (*below[:_MOST_LINES], *above[:half], *above[max(half, len(above) - half) :])
    return [without_prefix(log[number], block.prefix)[:_LONGEST] for number in numbers]


def _near(log: Log, block: Block, step: Section | None) -> list[str]:
    """Lines around a block: those above it, the nearest first, then those below."""
    first, last = (step.body, step.end) if step else (log.first, log.last)
    above = range(block.start - 1, max(first, block.start - _MOST_AROUND) - 1, -1)
    below = range(block.end + 1, min(last, block.end + _MOST_AROUND) + 1)
    lines = (without_prefix(log[number], block.prefix)[:_LONGEST] for number in (*above, *below))
    # The name of a passing test next to the failure would be taken for what failed.
    return [line for line in lines if not _PASSED.search(line) or _FAILED.search(line)]


def command_of(log: Log, step: Section) -> str:
    """The command of a step, as its header shows it."""
    lines = []
    for number in range(step.start, max(step.body, step.start + 1)):
        text = log[number].removeprefix("##[group]").removeprefix("$ ")
        # What follows is how the runner ran the command. An environment can hold anything, also words of other tools.
        if text.startswith(("shell: ", "with:", "env:", "##[endgroup]")):
            break
        lines.append(text)
    ended = _TRAVIS_COMMAND.match(log[step.end])
    return ended[1] if ended else "\n".join(lines)


def _own_facts(block: Block, lines: Iterable[str]) -> dict[str, str]:
    """What the expression of the pattern finds; of each group the first match counts."""
    found: dict[str, str] = {}
    for match in filter(None, map(compiled(block.facts).search, lines)) if block.facts else ():
        for name, text in match.groupdict().items():
            if text:
                # A group that matched an empty text tells nothing, and a later line may.
                found.setdefault(name, text.strip())
    return found


def _message(lines: Sequence[str], subject: str, kind: FailureKind) -> str:
    """The headline without decoration. If that only names the test, the first line below that says more."""
    shown = undecorated(lines[0]) if lines else ""
    if kind is FailureKind.TEST and subject and subject in shown and _ONLY_A_NAME.match(shown.replace(subject, "", 1)):
        below = [line for line in lines[1:] if any(map(str.isalpha, line)) and not _FRAME.match(line)]
        name = re.compile(rf"(?<!\w){re.escape(subject)}(?!\w)")
        told = [text for text in map(undecorated, below) if not name.search(text)]
        expected, actual = (next(filter(None, map(half.match, told)), None) for half in (_EXPECTED, _ACTUAL))
        # Two lines that only make sense together become the one line that fits into a title.
        if expected and actual:
            return f"expected {expected['value']}, got {actual['value']}"
        return next((text for text in told if not _NO_REASON.match(text)), told[0] if told else shown)
    return shown


def undecorated(line: str) -> str:
    """A line without what a wrapper or the tool puts before every line of its kind."""
    shown = line[_DECORATION.match(line).end() :].strip()  # type: ignore[union-attr]  # it matches nothing, too
    return shown or line.strip()
