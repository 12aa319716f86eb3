"""Warnings of language runtimes that read like failures: deprecations, logging without a backend, reflection."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PYTHON = r"\S{1,300}:\d{1,7}: \w{1,60}Warning: "
_NODE = r"\(node:\d{1,9}\) (?:\[\w{1,20}\] )?(?!Unhandled)\w{0,60}Warning: "
_GRADLE_TASK = r"> Task :\S{1,300}(?: UP-TO-DATE| NO-SOURCE| FROM-CACHE| SKIPPED)?$"

RULES = (
    Rule(
        name="noise-runtimes.python",
        keywords=("invalid", "error", "fail", "unknown", "exception", "missing", "could not", "expected"),
        opens=_PYTHON,
        rank=Rank.NOISE,
        example="""
! /srv/orchard/pears.py:12: UserWarning: invalid pears
! /srv/orchard/pears.py:12: UserWarning: error pears
! /srv/orchard/pears.py:12: UserWarning: fail pears
! /srv/orchard/pears.py:12: UserWarning: unknown pears
! /srv/orchard/pears.py:12: UserWarning: exception pears
! /srv/orchard/pears.py:12: UserWarning: missing pears
! /srv/orchard/pears.py:12: UserWarning: could not pears
! /srv/orchard/pears.py:12: UserWarning: expected pears
""",
    ),
    Rule(
        name="noise-runtimes.node",
        keywords=("error", "exception", "invalid", "fail", "unknown"),
        opens=_NODE,
        rank=Rank.NOISE,
        example="""
! (node:4711) [DEP0147] DeprecationWarning: error pears
! (node:4711) [DEP0147] DeprecationWarning: exception pears
! (node:4711) [DEP0147] DeprecationWarning: invalid pears
! (node:4711) [DEP0147] DeprecationWarning: fail pears
! (node:4711) [DEP0147] DeprecationWarning: unknown pears
""",
    ),
    Rule(
        name="noise-runtimes.gradle_task",
        keywords=("error", "fail", "exception", "missing", "unknown", "expected"),
        opens=_GRADLE_TASK,
        rank=Rank.NOISE,
        example="""
! > Task :pears:errorTrees UP-TO-DATE
! > Task :pears:failTrees UP-TO-DATE
! > Task :pears:exceptionTrees UP-TO-DATE
! > Task :pears:missingTrees UP-TO-DATE
! > Task :pears:unknownTrees UP-TO-DATE
! > Task :pears:expectedTrees UP-TO-DATE
""",
    ),
    Rule(
        name="noise-runtimes.slf4j",
        keywords=("failed to load class",),
        opens=r"(?:\[\w{3,8}\] )?SLF4J(?:\(\w\))?: ",
        through=r"(?:\[\w{3,8}\] )?SLF4J(?:\(\w\))?: ",
        rank=Rank.NOISE,
        example="""
! SLF4J: Failed to load class "org.slf4j.impl.StaticLoggerBinder".
> SLF4J: Defaulting to no-operation (NOP) logger implementation
  done
""",
    ),
    Rule(
        name="noise-runtimes.reflection",
        keywords=("an illegal reflective access",),
        opens=r"WARNING: An illegal reflective access operation has occurred",
        through=r"WARNING: ",
        most=6,
        rank=Rank.NOISE,
        example="""
! WARNING: An illegal reflective access operation has occurred
> WARNING: Illegal reflective access by com.example.Pears to field java.lang.String.value
> WARNING: All illegal access operations will be denied in a future release
  done
""",
    ),
)
