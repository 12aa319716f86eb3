"""Robot Framework."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rule

RULES = (
    Rule(
        name="robot.failure",
        keywords=("| fail |",),
        opens=r"\S.{0,200} \| FAIL \|$",
        until=r"[-=]{60,100}$",
        most=30,
        headline=r"^(?!.{0,300} \| FAIL \|)\S",
        names=r"^\S",
        example="""
  ------------------------------------------------------------------------------
> Total Is Right                                                        | FAIL |
! 7 != 8
  ------------------------------------------------------------------------------
""",
    ),
    Rule(
        name="robot.error",
        keywords=("[ error ]",),
        opens=r"\[ ERROR \] \S",
        example="""
! [ ERROR ] Parsing 'tests/cart.robot' failed: File or directory to execute does not exist.
""",
    ),
)
