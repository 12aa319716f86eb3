"""Scala compilers, under sbt and by themselves."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_FILE = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:scala|sc|java|sbt)"
_SBT = (
    r"\[error\] (?:## Exception when compiling|"
    + _FILE
    + r":\d{1,6}(?::\d{1,5})?: |-- (?:\[E\d{1,4}\] )?.{0,80}Error: )"
)
_NEXT = (
    r"\[error\] (?:"
    + _FILE
    + r":\d{1,6}|-- |\(|\d{1,5} errors? found|(?:one|two|three|four|five|six|seven|eight|nine|ten) errors? found"
    r"|Total time|stack trace|Failed)"
)

RULES = (
    Rule(
        name="scalac.sbt",
        keywords=("[error] ",),
        opens=_SBT,
        until=_NEXT,
        through=r"\[error\]\s",
        most=24,
        example="""
! [error] /srv/press/src/main/scala/Press.scala:12:5: not found: value squeeze
> [error]     squeeze(apple)
> [error]     ^
  [error] one error found
  [error] (Compile / compileIncremental) Compilation failed
""",
    ),
    Rule(
        name="scalac.count",
        keywords=("[error] ",),
        opens=r"\[error\] (?:\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten) errors? found$",
        rank=Rank.RECAP,
        example="""
! [error] one error found
""",
    ),
    Rule(
        name="scalac.error",
        keywords=("error: ",),
        priority=1,  # before gcc.error, gcc.fatal
        opens=_FILE.replace("|java", "") + r":\d{1,6}(?::\d{1,5})?: (?:fatal )?error: ",
        until=r"[^\s:]{1,300}\.(?:scala|sc):\d{1,6}|\d{1,5} errors?$|\w{3,6} errors? found",
        through=r"\s{0,200}\S",
        most=8,
        example="""
! src/Press.scala:12: error: not found: value squeeze
>     squeeze(apple)
>     ^
  one error found
""",
    ),
    Rule(
        name="scalac.gradle",
        keywords=("[error] ",),
        opens=r"\[Error\] " + _FILE + r":\d{1,6}",
        through=r"\s{1,200}\S",
        most=8,
        example="""
! [Error] /srv/press/src/main/scala/Press.scala:12:5: not found: value squeeze
>     squeeze(apple)
  two errors found
""",
    ),
    Rule(
        name="scalac.scala3",
        keywords=("error: ",),
        opens=r"-- (?:\[E\d{1,4}\] )?[\w ]{0,60}Error: \S",
        through=r"\s{0,8}\d{1,6} {0,3}\||\s{1,12}\|",
        most=20,
        example="""
! -- [E006] Not Found Error: src/Press.scala:12:4 ------------------
> 12 |    squeeze(apple)
>    |    ^^^^^^^
>    |    Not found: squeeze
  1 error found
""",
    ),
    Rule(
        name="scalac.not_formatted",
        keywords=("error",),
        priority=1,  # before sbt.task
        opens=r"\[error\] (?:\(.{1,60}\) )?.{0,300}(?:isn't formatted properly|must be formatted|files? (?:is"
        r"|are) not formatted|not properly formatted)",
        through=r"\[error\] .{0,300}formatted",
        most=20,
        example="""
! [error] 2 files are not formatted
  [error] stack trace is suppressed
""",
    ),
)
