"""What a rule is: how one tool prints one kind of failure, said as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ci_failure_tracker.model import Outcome

GENERIC = "generic"
"""The name under which blocks stand that no rule found."""


class Rank(IntEnum):
    """How much a block says of why the job failed; the excerpt begins with the highest.

    NOISE      what looks like a failure and never is one: it is taken out before anything else looks at it
    SYMPTOM    what follows from a failure: `make: *** [all] Error 2`, `npm ERR! code ELIFECYCLE`
    RECAP      a list of what failed that says no more: `Failed tests: 2`
    LIKELY     an error that something which passed may print as well: a stack trace, a line `Error: …`
    DEFINITE   a tool says what failed and why: a test's failure block, a compiler's error
    FATAL      what ends a job whatever it was doing: the runner is lost, the disk is full, the time is over
    """

    NOISE = 0
    SYMPTOM = 1
    RECAP = 2
    LIKELY = 3
    DEFINITE = 4
    FATAL = 5


@dataclass(frozen=True)
class Rule:
    """How a tool prints one kind of failure: the line that opens the block, and what else belongs to it.

    All patterns see lines as `Log` gives them, without the prefixes that wrappers put before every line (see
    `peeled`); `opens`, `through`, `until` and `closes` are matched from the start of the line, `headline` is searched.

    name       `family.what`, unique
    keywords   the opening line holds one of them, in lower case; lines without any are never tried
    opens      the opening line
    lead       lines right before the opening line that belong to the block, at most `lead_most` of them
    through    the block goes on while lines match
    until      the block goes on to the line before this one
    closes     the block goes on to this line, which belongs to it
    most       lines in the block at most; it ends there
    headline   which line of the block says it best: the first one found, else the opening line
    names      which lines name the cause, for the signature; else the headline
    rank       what it says of the cause
    priority   which rule wins if several of one rank match a line: the higher number
    outcome    what it says of how the job ended, where that is more than `failure`
    example    what the tool prints, each line after two characters: `! ` the headline, `> ` the block, `  ` around it
    """

    name: str
    keywords: tuple[str, ...]
    opens: str
    example: str
    rank: Rank = Rank.DEFINITE
    priority: int = 0
    lead: str = ""
    lead_most: int = 4
    through: str = ""
    until: str = ""
    closes: str = ""
    most: int = 60
    headline: str = ""
    names: str = ""
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a log that belong together, both ends included, and which of them says it best."""

    start: int
    end: int
    headline: int
    rank: Rank
    rule: str
    score: float = 0.0
    names: tuple[int, ...] = ()
    outcome: Outcome | None = None
