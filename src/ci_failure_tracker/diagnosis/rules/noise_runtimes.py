"""Warnings of language runtimes that read like failures: deprecations, logging without a backend, reflection."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PYTHON = r"\S{1,300}:\d{1,7}: \w{1,60}Warning: "
_NODE = r"\(node:\d{1,9}\) (?:\[\w{1,20}\] )?(?!Unhandled)\w{0,60}Warning: "
_GRADLE_TASK = r"> Task :\S{1,300}(?: UP-TO-DATE| NO-SOURCE| FROM-CACHE| SKIPPED)?$"

RULES = (
    *(
        Rule(
            name=f"noise-runtimes.python_{word.replace(' ', '_')}",
            word=word,
            opens=_PYTHON,
            rank=Rank.NOISE,
            example=f"! /srv/orchard/pears.py:12: UserWarning: {word} pears",
        )
        for word in ("invalid", "error", "fail", "unknown", "exception", "missing", "could not", "expected")
    ),
    *(
        Rule(
            name=f"noise-runtimes.node_{word}",
            word=word,
            opens=_NODE,
            rank=Rank.NOISE,
            example=f"! (node:4711) [DEP0147] DeprecationWarning: {word} pears",
        )
        for word in ("error", "exception", "invalid", "fail", "unknown")
    ),
    *(
        Rule(
            name=f"noise-runtimes.gradle_task_{word}",
            word=word,
            opens=_GRADLE_TASK,
            rank=Rank.NOISE,
            example=f"! > Task :pears:{word}Trees UP-TO-DATE",
        )
        for word in ("error", "fail", "exception", "missing", "unknown", "expected")
    ),
    Rule(
        name="noise-runtimes.slf4j",
        word="failed to load class",
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
        word="an illegal reflective access",
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
