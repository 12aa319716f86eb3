"""sbt."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TASK = r"\[error\] \((?:[\w.-]{1,80} ?/ ?){0,4}[\w:*./ {}-]{1,200}\) "

RULES = (
    Rule(
        name="sbt.task",
        keywords=("[error] (",),
        opens=_TASK + r"(?!.{0,300}(?:Compilation failed|TestsFailedException|Tests unsuccessful|Failed tests))",
        example="""
! [error] (press / update) sbt.librarymanagement.ResolveException: Error downloading com.example:basket_2.13:9
  [error] Total time: 3 s, completed May 3, 2021 10:11:12 AM
""",
    ),
    Rule(
        name="sbt.task_of_tool",
        keywords=("[error] (",),
        opens=_TASK + r".{0,300}(?:Compilation failed|TestsFailedException|Tests unsuccessful|Failed tests)",
        rank=Rank.SYMPTOM,
        example="""
! [error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
""",
    ),
    Rule(
        name="sbt.total_time",
        keywords=("[error] total time",),
        opens=r"\[error\] Total time: ",
        rank=Rank.NOISE,
        example="""
! [error] Total time: 3 s, completed May 3, 2021 10:11:12 AM
""",
    ),
    Rule(
        name="sbt.command",
        keywords=("[error] not a valid",),
        opens=r"\[error\] Not a valid (?:command|key|project ID): ",
        through=r"\[error\] (?!Total)\S|\[error\] {1,200}\^",
        most=6,
        example="""
! [error] Not a valid command: harvest (similar: history)
> [error] harvest
> [error]        ^
""",
    ),
    Rule(
        name="sbt.unresolved",
        keywords=("unresolved dependency",),
        priority=-1,  # after sbt.task
        opens=r"\[(?:error|warn)\] (?:\(.{1,200}\) )?sbt\.\S{1,80}: unresolved dependency: ",
        example="""
! [error] sbt.ResolveException: unresolved dependency: com.example#basket_2.12;9: not found
""",
    ),
)
