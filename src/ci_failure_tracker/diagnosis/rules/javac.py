"""Java compilers: javac by itself, under Ant, Maven and Gradle, and Eclipse's."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ANT = r"(?:\s{0,12}\[(?:javac|groovyc|exec|java)\] )?"
_PLACE = _ANT + r"(?:[A-Za-z]:)?[^\s:\[][^:\[]{0,300}\.java:\d{1,6}: "
_DETAIL = (
    r"(?:symbol|location|required|found|reason|equality constraints|lower bounds|where|bounds|inferred|cannot"
    r"|argument|actual|formal|\(|or)\b"
)
_GOES_ON = (
    _ANT + r"(?:\s{1,200}\S|(?:import |package |public |@|//|private |protected |class |\}).{0,400}|.{0,300}[;{}),(.]$)"
)
_MAVEN = (
    r"\[ERROR\] {1,2}(?:\[Error\] )?(?:[A-Za-z]:)?[^\s:\[]{1,300}\.(?:java|scala|groovy"
    r"|kt):(?:\[\d{1,6},\d{1,5}\]|\d{1,6}:(?= error)) ?(?!\(\w{1,30}\) )"
)
_MAVEN_KOTLIN = r"\[ERROR\] (?:[A-Za-z]:)?[^\s:]{1,300}\.kts?: ?\(\d{1,6}, ?\d{1,5}\) "

RULES = (
    Rule(
        name="javac.error",
        keywords=(": error: ",),
        opens=_PLACE + r"error: ",
        through=_GOES_ON,
        until=_PLACE + r"|" + _ANT + r"(?:Note: |\d{1,5} (?:errors?|warnings?)$)",
        most=16,
        example="""
  > Task :compileJava FAILED
! /srv/press/src/main/java/com/example/Press.java:31: error: cannot find symbol
>         squeeze(apple);
>         ^
>   symbol:   method squeeze(Apple)
>   location: class Press
  1 error
""",
    ),
    Rule(
        name="javac.old",
        keywords=("cannot find symbol",),
        opens=_PLACE + r"cannot find symbol",
        through=_GOES_ON,
        until=_PLACE + r"|" + _ANT + r"(?:Note: |\d{1,5} (?:errors?|warnings?)$)",
        most=8,
        example="""
!     [javac] /srv/press/src/com/example/Press.java:31: cannot find symbol
>     [javac] symbol  : method squeeze(com.example.Apple)
>     [javac] location: class com.example.Press
>     [javac]         squeeze(apple);
>     [javac]         ^
      [javac] 1 error
""",
    ),
    Rule(
        name="javac.old_package",
        keywords=("does not exist",),
        opens=_PLACE + r"package \S{1,200} does not exist",
        through=_GOES_ON,
        until=_PLACE + r"|" + _ANT + r"(?:Note: |\d{1,5} (?:errors?|warnings?)$)",
        most=4,
        example="""
! Press.java:3: package com.example.basket does not exist
> import com.example.basket.Basket;
>                          ^
  1 error
""",
    ),
    Rule(
        name="javac.maven",
        keywords=("[error] ",),
        opens=_MAVEN + r"|" + _MAVEN_KOTLIN,
        lead=r"\[(?:ERROR|INFO)\] COMPILATION ERROR : ?$",
        lead_most=1,
        through=_MAVEN
        + r"|"
        + _MAVEN_KOTLIN
        + r"|(?:\[ERROR\])? {1,6}"
        + _DETAIL
        + r"|\[ERROR\] {1,4}\(?"
        + _DETAIL
        + r"|\[ERROR\] \s{2,200}\S|\[ERROR\]\s{1,200}\^|"
        r"\s{1,40}[^\s\[]|symbol {0,2}: |location {0,2}: ",
        most=40,
        names=r"^(?:" + _MAVEN + r"|" + _MAVEN_KOTLIN + r")",
        example="""
  [INFO] -------------------------------------------------------------
! [ERROR] /srv/press/src/main/java/com/example/Press.java:[31,9] cannot find symbol
>   symbol:   method squeeze(com.example.Apple)
>   location: class com.example.Press
> [ERROR] /srv/press/src/main/java/com/example/Press.java:[33,20] incompatible types: int cannot be converted to Apple
  [INFO] 2 errors
""",
    ),
    Rule(
        name="javac.banner",
        keywords=("compilation error",),
        opens=r"\[(?:ERROR|INFO)\] COMPILATION ERROR : ?$",
        rank=Rank.RECAP,
        example="""
! [ERROR] COMPILATION ERROR :
  [INFO] -------------------------------------------------------------
""",
    ),
    Rule(
        name="javac.option",
        keywords=("error: ",),
        opens=_ANT
        + r"error: (?:invalid (?:source|target) release|release version|warnings found and -Werror|Source option"
        r"|Target option|file not found: "
        r"|cannot access |unnamed package|module not found|invalid flag|no source files|option -|Unexpected "
        r"|An? (?:unhandled )?exception)",
        through=r"Usage: javac|\s{2,8}\S",
        most=4,
        example="""
! error: invalid source release: 17
> Usage: javac <options> <source files>
""",
    ),
    Rule(
        name="javac.maven_fatal",
        keywords=("fatal error compiling",),
        priority=1,  # before maven.goal
        opens=r"\[ERROR\] (?:Failed to execute goal .{1,300})?Fatal error compiling: ",
        example="""
! [ERROR] Fatal error compiling: error: invalid target release: 17 -> [Help 1]
""",
    ),
    Rule(
        name="javac.eclipse",
        keywords=("error in ",),
        opens=_ANT + r"\d{1,5}\. ERROR in \S",
        through=_ANT + r"(?!-{8,}|\d{1,5}\. (?:WARNING|ERROR))\s{0,20}\S",
        most=8,
        example="""
  ----------
! 1. ERROR in /srv/press/src/com/example/Press.java (at line 31)
>         squeeze(apple);
>         ^^^^^^^
> The method squeeze(Apple) is undefined for the type Press
  ----------
""",
    ),
    Rule(
        name="javac.count",
        keywords=("error",),
        opens=_ANT + r"[1-9]\d{0,4} errors?$|\[INFO\] [1-9]\d{0,4} errors? ?$",
        rank=Rank.RECAP,
        example="""
! 2 errors
""",
    ),
    Rule(
        name="javac.gradle",
        keywords=("compilation failed",),
        opens=r"(?:> )?Compilation (?:error|failed)[.;]"
        r"|.{0,60}Compilation failed; see the compiler (?:error )?output for details",
        rank=Rank.SYMPTOM,
        example="""
! > Compilation failed; see the compiler error output for details.
""",
    ),
)
