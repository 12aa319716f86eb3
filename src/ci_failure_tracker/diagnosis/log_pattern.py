"""What a log pattern is: how one tool prints one kind of failure, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from ci_failure_tracker.model import FailureKind, Outcome

GENERIC = "generic"
"""The pattern name of a block that no pattern found."""


class Confidence(IntEnum):
    """How surely a block tells why the job failed. The excerpt starts with the highest.

    SYMPTOM    follows from a failure, or only counts or lists what failed: `make: *** [all] Error 2`, `Failed tests: 2`
    LIKELY     an error that a passing program can print too: a stack trace, a line `Error: …`
    DEFINITE   a tool says what failed and why: the failure block of a test, the error of a compiler
    """

    SYMPTOM = 1
    LIKELY = 2
    DEFINITE = 3


@dataclass(frozen=True)
class LogPattern:
    """How a tool prints one kind of failure: the line that starts the block, and which lines belong to it.

    `start`, `context_before`, `body`, `end`, `end_before`, `headline` and `fingerprint` are regular expressions. They
    see lines as `Log` gives them, without the prefix that a wrapper puts before every line. `headline` and
    `fingerprint` are searched in a line; the others match at its beginning. A block without `body`, `end` and
    `end_before` is one line long.

    name            `tool.kind`, unique
    keywords        in lower case; the starting line contains one of them, and no other line is tried
    start           the line that starts the block
    example         what the tool prints; the first two characters of each line say what it is: `! ` the headline,
                    `> ` another line of the block, two spaces a line outside of it
    confidence      how surely the block tells why the job failed
    priority        the higher one wins if several patterns of one confidence match a line
    context_before  lines right before the start that belong to the block, at most `max_context` of them
    body            the block continues while lines match; without it, up to `end`, `end_before` or `max_lines`
    end             the block ends with this line
    end_before      the block ends before this line
    max_lines       the block has at most so many lines
    headline        the first line of the block that matches is its headline; without one it is the starting line
    fingerprint     the lines that go into the signature; without any it is the headline
    outcome         how the job ended, if that is more than `failure`
    ends_job        it ends any job, whatever failed before: the runner is lost, the disk is full, the time limit is
                    reached. It ranks above all others, and is one cause in every job
    wrapper_lines   a block of at most so many lines only tells that a task, a suite or a gate failed. It ranks below
                    the failures that tell why, if there are any
    kind            what kind of failure it is; `UNKNOWN` leaves that to the words of the block and the command of its
                    step
    facts           is searched in each line of the block; its groups `subject`, `location` and `message` are facts
                    that the common expressions do not find
    """

    name: str
    keywords: tuple[str, ...]
    start: str
    example: str
    confidence: Confidence = Confidence.DEFINITE
    priority: int = 0
    context_before: str = ""
    max_context: int = 4
    body: str = ""
    end: str = ""
    end_before: str = ""
    max_lines: int = 60
    headline: str = ""
    fingerprint: str = ""
    outcome: Outcome | None = None
    ends_job: bool = False
    wrapper_lines: int = 0
    kind: FailureKind = FailureKind.UNKNOWN
    facts: str = ""

    @property
    def rank(self) -> tuple[bool, Confidence]:
        """How well a block of the pattern tells why the job failed."""
        return self.ends_job, self.confidence

    @cached_property
    def first_line(self) -> re.Pattern[str]:
        """`start`, compiled when a line first needs it."""
        # A sweep meets few of the tools, so most patterns are never compiled.
        return re.compile(self.start)


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring lines of a log that tell of one failure, `start` and `end` included.

    `pattern` is the name of the pattern that found it. `fingerprint` holds the numbers of the lines that go into the
    signature; if it is empty, the headline does. `wraps` is true if it only tells that something failed whose reason
    another block tells. `prefix` matches what a wrapper puts before every line. Those in `starts` begin a failure of
    their own. `ends_job`, `kind` and `facts` are those of the pattern.
    """

    start: int
    end: int
    headline: int
    confidence: Confidence
    pattern: str
    score: float = 0.0
    fingerprint: tuple[int, ...] = ()
    outcome: Outcome | None = None
    ends_job: bool = False
    wraps: bool = False
    prefix: re.Pattern[str] | None = None
    starts: tuple[int, ...] = ()
    kind: FailureKind = FailureKind.UNKNOWN
    facts: str = ""

    @property
    def rank(self) -> tuple[bool, Confidence]:
        """How well the block tells why the job failed."""
        return self.ends_job, self.confidence

    def is_as_sure_as(self, best: Block) -> bool:
        """Whether it is a cause beside the best block of a log: of the same rank, and more than a guess."""
        return self.rank == best.rank and self.confidence > Confidence.LIKELY

    @property
    def lines(self) -> range:
        """The numbers of its lines."""
        return range(self.start, self.end + 1)
