"""Ninja."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="ninja.failed",
        keywords=("failed: ",),
        opens=r"FAILED: (?:\[code=\d{1,6}\] )?\S",
        rank=Rank.SYMPTOM,
        example="""
  [1/3] Pressing apples
! FAILED: src/press.o
  /usr/bin/cc -o press.o -c press.c
""",
    ),
    Rule(
        name="ninja.stopped",
        keywords=("failed", "previous errors"),
        opens=r"ninja: build stopped: ",
        rank=Rank.SYMPTOM,
        example="""
! ninja: build stopped: subcommand failed.
! ninja: build stopped: cannot make progress due to previous errors.
""",
    ),
    Rule(
        name="ninja.error",
        keywords=("ninja: error: ",),
        opens=r"ninja: error: ",
        example="""
! ninja: error: 'press.c', needed by 'press.o', missing and no known rule to make it
""",
    ),
    Rule(
        name="ninja.fatal",
        keywords=("ninja: fatal: ",),
        opens=r"ninja: fatal: ",
        example="""
! ninja: fatal: posix_spawn: Argument list too long
""",
    ),
)
