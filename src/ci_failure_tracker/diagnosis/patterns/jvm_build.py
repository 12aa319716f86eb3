"""Builds for the JVM: Maven, Gradle, Ant, sbt, javac, kotlinc, scalac, linters."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Maven: goals, dependencies and POMs. Plugins have patterns of their own.

_MAVEN_CONSEQUENCE = (
    r"There (?:are|were) test failures|Compilation fail(?:ure|ed)|Command execution failed|COMPILATION ERROR"
    r"|There was a (?:timeout|problem)|You have \d|Java returned|An Ant BuildException|error\(s\)|BUILD FAILED"
)
_MAVEN_GOAL = r"\[ERROR\] (?:\[ERROR\] )?Failed to execute goal "
_MAVEN_HELP = (
    r"\[ERROR\]\s*$|\[ERROR\] (?:\[ERROR\] )?(?:To see the full stack trace|Re-run Maven"
    r"|For more information about the errors|\[Help \d|After correcting the problems|  ?mvn <|Please refer to )"
)

_MAVEN = (
    LogPattern(
        name="maven.goal",
        keywords=("failed to execute goal",),
        start=_MAVEN_GOAL + r"(?!.{0,1500}: (?:" + _MAVEN_CONSEQUENCE + r"))",
        body=r"\[ERROR\] (?!Failed to execute goal)\s{0,20}[^\s\[]|[^\s\[].{0,1000} -> \[Help \d",
        end_before=_MAVEN_HELP,
        max_lines=20,
        example="""
  [INFO] ------------------------------------------------------------------------
! [ERROR] Failed to execute goal on project press: Could not find artifact com.example:basket:jar:9 -> [Help 1]
  [ERROR]
  [ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
""",
    ),
    LogPattern(
        name="maven.goal_after",
        keywords=("failed to execute goal",),
        start=_MAVEN_GOAL + r".{0,1500}: (?:" + _MAVEN_CONSEQUENCE + r")",
        confidence=Confidence.SYMPTOM,
        example="""
! [ERROR] Failed to execute goal com.example:tests:1.0:test (default) on project press: There are test failures.
  [ERROR]
  [ERROR] Please refer to /srv/press/target/surefire-reports for the individual test results.
""",
    ),
    LogPattern(
        name="maven.help",
        keywords=("error",),
        start=_MAVEN_HELP,
        confidence=Confidence.NOISE,
        example="""
! [ERROR] Re-run Maven using the -X switch to enable full debug logging.
""",
    ),
    LogPattern(
        name="maven.fatal",
        keywords=("[fatal] ",),
        start=r"(?:\[ERROR\] )?\[FATAL\] ",
        example="""
! [FATAL] Non-resolvable parent POM for com.example:press:1.0: Could not find artifact com.example:parent:pom:3
  [ERROR] The build could not read 1 project -> [Help 1]
""",
    ),
    LogPattern(
        name="maven.project",
        keywords=("[error] ",),
        start=r"\[ERROR\] {1,6}(?:Non-|'\S{1,80}' for |Malformed POM|Unresolveable build extension|Child module )",
        example="""
  [ERROR]   The project com.example:press:1.0 (/srv/press/pom.xml) has 1 error
! [ERROR]     'dependencies.dependency.version' for com.example:basket:jar is missing. @ line 12, column 17
""",
    ),
    LogPattern(
        name="maven.could_not",
        keywords=("[error] ",),
        start=r"\[ERROR\] (?:Unknown lifecycle phase|No plugin found for prefix|Could not find the selected project"
        r"|Plugin \S{1,300} or one of its dependencies could not be|Error executing Maven)",
        example="""
! [ERROR] Unknown lifecycle phase "harvest". You must specify a valid lifecycle phase or a goal. -> [Help 1]
""",
    ),
    LogPattern(
        name="maven.could_not_read",
        keywords=("could not read",),
        start=r"\[ERROR\] The build could not read \d{1,5} project",
        confidence=Confidence.SYMPTOM,
        example="""
! [ERROR] The build could not read 1 project -> [Help 1]
""",
    ),
    LogPattern(
        name="maven.build_failure",
        keywords=("build failure",),
        start=r"\[(?:INFO|ERROR)\] BUILD FAILURE",
        confidence=Confidence.SYMPTOM,
        example="""
! [INFO] BUILD FAILURE
""",
    ),
    LogPattern(
        name="maven.build_error",
        keywords=("build error",),
        start=r"\[(?:INFO|ERROR)\] (?:BUILD|FATAL) ERROR",
        body=r"\[INFO\] -{20}|\[INFO\] \S",
        max_lines=3,
        headline=r"^\[INFO\] (?!-{20})[^\s-]",
        example="""
> [ERROR] BUILD ERROR
> [INFO] ------------------------------------------------------------------------
! [INFO] Failed to resolve artifact com.example:basket:9
  [INFO] ------------------------------------------------------------------------
  [INFO] For more information, run Maven with the -e switch
""",
    ),
    LogPattern(
        name="maven.reactor",
        keywords=(" failure [",),
        start=r"\[INFO\] \S.{1,200} FAILURE \[",
        confidence=Confidence.RECAP,
        example="""
! [INFO] press ............................................. FAILURE [  2.113 s]
""",
    ),
    LogPattern(
        name="maven.rule",
        keywords=("failed with message",),
        start=r"(?:\[(?:WARNING|ERROR)\] )?Rule \d{1,4}: \S{1,200} failed with message",
        body=r"(?!\[INFO\])(?:\[(?:WARNING|ERROR)\] )?[^\s\[]",
        max_lines=12,
        headline=r"^(?!\[|Rule)\S|^\[ERROR\] (?!Rule)\S",
        example="""
> [WARNING] Rule 0: org.apache.maven.plugins.enforcer.RequireJavaVersion failed with message:
! Detected JDK Version: 1.8.0 is not in the allowed range [11,).
  [INFO] ------------------------------------------------------------------------
""",
    ),
)

# Gradle: what went wrong. If a task only passes on the output of a tool, the pattern of that tool finds it.

_GRADLE_TOOLS = (
    r"[\w:-]{0,200}(?:[cC]ompile|[tT]est|[lL]int|[cC]heckstyle|[sS]potbugs|[fF]indbugs|[pP]md|[dD]etekt|[cC]heck)"
    r"\w{0,80}"
)

_GRADLE = (
    LogPattern(
        name="gradle.failure",
        keywords=("build failed with an exception",),
        start=r"FAILURE: Build failed with an exception",
        end_before=r"\* (?:Try|Exception is|Get more help)",
        body=r"\s{0,20}\S|$",
        max_lines=40,
        headline=r"^\s{0,8}> (?!There were failing|Run with|Compilation|Task :)",
        confidence=Confidence.LIKELY,
        example="""
> FAILURE: Build failed with an exception.
>
> * Where:
> Build file '/srv/press/build.gradle' line: 7
>
> * What went wrong:
> A problem occurred evaluating root project 'press'.
! > No such property: basket for class: org.gradle.api.Project

  * Try:
  Run with --stacktrace option to get the stack trace.
""",
    ),
    LogPattern(
        name="gradle.failures",
        keywords=("failure: build completed with",),
        start=r"FAILURE: Build completed with \d{1,6} failures",
        confidence=Confidence.RECAP,
        example="""
! FAILURE: Build completed with 2 failures.
""",
    ),
    LogPattern(
        name="gradle.task_exception",
        keywords=("task failed with an exception",),
        start=r"\d{1,5}: Task failed with an exception",
        end_before=r"\* (?:Try|Exception is|Get more help)",
        body=r"\s{0,20}\S|$|-{5}",
        max_lines=40,
        headline=r"^\s{0,8}> (?!There were failing|Run with|Compilation|Task :)",
        confidence=Confidence.LIKELY,
        example="""
> 1: Task failed with an exception.
> -----------
> * What went wrong:
> A problem was found with the configuration of task ':bottle'.
! > No value has been specified for property 'label'.

  * Try:
""",
    ),
    LogPattern(
        name="gradle.task",
        keywords=("execution failed for task",),
        start=r"(?:> )?Execution failed for task ':(?!" + _GRADLE_TOOLS + r"')",
        body=r"\s{0,12}>\s|\s{3,16}\S",
        max_lines=40,
        headline=r"^\s{0,8}> ",
        fingerprint=r"^Execution failed|^\s{0,8}> ",
        example="""
> Execution failed for task ':bottle'.
! > Could not resolve all files for configuration ':runtimeClasspath'.
>    > Could not find com.example:cork:9.
>      Required by:
>          project :

  * Try:
""",
    ),
    LogPattern(
        name="gradle.task_of_tool",
        keywords=("execution failed for task",),
        start=r"(?:> )?Execution failed for task ':" + _GRADLE_TOOLS + r"'",
        body=r"\s{0,12}>\s|\s{3,16}\S",
        max_lines=20,
        confidence=Confidence.LIKELY,
        headline=r"^\s{0,8}> ",
        example="""
> Execution failed for task ':bottle:compileJava'.
! > Compilation failed; see the compiler error output for details.

  * Try:
""",
    ),
    LogPattern(
        name="gradle.could_not",
        keywords=("could not ",),
        start=r"(?:> )?Could not (?:resolve all|determine the dependencies of|find method|get unknown property|open"
        r"|compile|create task|initialize class|GET|HEAD|create service|set unknown property)",
        body=r"\s{0,12}>\s|\s{3,16}\S",
        max_lines=40,
        headline=r"^\s{3,16}> (?!Could not resolve all)",
        confidence=Confidence.LIKELY,
        example="""
> Could not determine the dependencies of task ':bottle'.
> > Could not resolve all task dependencies for configuration ':runtimeClasspath'.
!    > Could not find com.example:cork:9.
>      Required by:
>          project :

  * Try:
""",
    ),
    LogPattern(
        name="gradle.task_failed",
        keywords=(" failed",),
        start=r"> Task :\S{1,300} FAILED$|:\S{1,300} FAILED$",
        confidence=Confidence.SYMPTOM,
        example="""
! > Task :bottle FAILED
""",
    ),
    LogPattern(
        name="gradle.build_failed",
        keywords=("build failed in ",),
        start=r"BUILD FAILED in \d",
        confidence=Confidence.SYMPTOM,
        example="""
! BUILD FAILED in 3m 12s
""",
    ),
)

# Apache Ant.

_ANT = (
    LogPattern(
        name="ant.failed",
        keywords=("build failed",),
        start=r"BUILD FAILED$",
        end=r"(?:[A-Z]:)?[^\s:]{1,300}:\d{1,6}: (?!The following error occurred)",
        body=r"\S",
        max_lines=6,
        headline=r":\d{1,6}: (?!The following error occurred)",
        confidence=Confidence.LIKELY,
        example="""
> BUILD FAILED
! /srv/press/build.xml:12: Compile failed; see the compiler error output for details.

  Total time: 3 seconds
""",
    ),
)

# sbt.

_SBT_TASK = r"\[error\] \((?:[\w.-]{1,80} ?/ ?){0,4}[\w:*./ {}-]{1,200}\) "

_SBT = (
    LogPattern(
        name="sbt.task",
        keywords=("[error] (",),
        start=_SBT_TASK + r"(?!.{0,300}(?:Compilation failed|TestsFailedException|Tests unsuccessful|Failed tests))",
        example="""
! [error] (press / update) sbt.librarymanagement.ResolveException: Error downloading com.example:basket_2.13:9
  [error] Total time: 3 s, completed May 3, 2021 10:11:12 AM
""",
    ),
    LogPattern(
        name="sbt.task_of_tool",
        keywords=("[error] (",),
        start=_SBT_TASK + r".{0,300}(?:Compilation failed|TestsFailedException|Tests unsuccessful|Failed tests)",
        confidence=Confidence.SYMPTOM,
        example="""
! [error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
""",
    ),
    LogPattern(
        name="sbt.total_time",
        keywords=("[error] total time",),
        start=r"\[error\] Total time: ",
        confidence=Confidence.NOISE,
        example="""
! [error] Total time: 3 s, completed May 3, 2021 10:11:12 AM
""",
    ),
    LogPattern(
        name="sbt.command",
        keywords=("[error] not a valid",),
        start=r"\[error\] Not a valid (?:command|key|project ID): ",
        body=r"\[error\] (?!Total)\S|\[error\] {1,200}\^",
        max_lines=6,
        example="""
! [error] Not a valid command: harvest (similar: history)
> [error] harvest
> [error]        ^
""",
    ),
    LogPattern(
        name="sbt.unresolved",
        keywords=("unresolved dependency",),
        priority=-1,  # after sbt.task
        start=r"\[(?:error|warn)\] (?:\(.{1,200}\) )?sbt\.\S{1,80}: unresolved dependency: ",
        example="""
! [error] sbt.ResolveException: unresolved dependency: com.example#basket_2.12;9: not found
""",
    ),
)

# Java compilers: javac, also under Ant, Maven and Gradle, and the one of Eclipse.

_JAVAC_ANT = r"(?:\s{0,12}\[(?:javac|groovyc|exec|java)\] )?"
_JAVAC_PLACE = _JAVAC_ANT + r"(?:[A-Za-z]:)?[^\s:\[][^:\[]{0,300}\.java:\d{1,6}: "
_JAVAC_DETAIL = (
    r"(?:symbol|location|required|found|reason|equality constraints|lower bounds|where|bounds|inferred|cannot"
    r"|argument|actual|formal|\(|or)\b"
)
_JAVAC_GOES_ON = (
    _JAVAC_ANT
    + r"(?:\s{1,200}\S|(?:import |package |public |@|//|private |protected |class |\}).{0,400}|.{0,300}[;{}),(.]$)"
)
_JAVAC_MAVEN = (
    r"\[ERROR\] {1,2}(?:\[Error\] )?(?:[A-Za-z]:)?[^\s:\[]{1,300}\.(?:java|scala|groovy"
    r"|kt):(?:\[\d{1,6},\d{1,5}\]|\d{1,6}:(?= error)) ?(?!\(\w{1,30}\) )"
)
_JAVAC_MAVEN_KOTLIN = r"\[ERROR\] (?:[A-Za-z]:)?[^\s:]{1,300}\.kts?: ?\(\d{1,6}, ?\d{1,5}\) "

_JAVAC = (
    LogPattern(
        name="javac.error",
        keywords=(": error: ",),
        start=_JAVAC_PLACE + r"error: ",
        body=_JAVAC_GOES_ON,
        end_before=_JAVAC_PLACE + r"|" + _JAVAC_ANT + r"(?:Note: |\d{1,5} (?:errors?|warnings?)$)",
        max_lines=16,
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
    LogPattern(
        name="javac.old",
        keywords=("cannot find symbol",),
        start=_JAVAC_PLACE + r"cannot find symbol",
        body=_JAVAC_GOES_ON,
        end_before=_JAVAC_PLACE + r"|" + _JAVAC_ANT + r"(?:Note: |\d{1,5} (?:errors?|warnings?)$)",
        max_lines=8,
        example="""
!     [javac] /srv/press/src/com/example/Press.java:31: cannot find symbol
>     [javac] symbol  : method squeeze(com.example.Apple)
>     [javac] location: class com.example.Press
>     [javac]         squeeze(apple);
>     [javac]         ^
      [javac] 1 error
""",
    ),
    LogPattern(
        name="javac.old_package",
        keywords=("does not exist",),
        start=_JAVAC_PLACE + r"package \S{1,200} does not exist",
        body=_JAVAC_GOES_ON,
        end_before=_JAVAC_PLACE + r"|" + _JAVAC_ANT + r"(?:Note: |\d{1,5} (?:errors?|warnings?)$)",
        max_lines=4,
        example="""
! Press.java:3: package com.example.basket does not exist
> import com.example.basket.Basket;
>                          ^
  1 error
""",
    ),
    LogPattern(
        name="javac.maven",
        keywords=("[error] ",),
        start=_JAVAC_MAVEN + r"|" + _JAVAC_MAVEN_KOTLIN,
        context_before=r"\[(?:ERROR|INFO)\] COMPILATION ERROR : ?$",
        max_context=1,
        body=_JAVAC_MAVEN
        + r"|"
        + _JAVAC_MAVEN_KOTLIN
        + r"|(?:\[ERROR\])? {1,6}"
        + _JAVAC_DETAIL
        + r"|\[ERROR\] {1,4}\(?"
        + _JAVAC_DETAIL
        + r"|\[ERROR\] \s{2,200}\S|\[ERROR\]\s{1,200}\^|"
        r"\s{1,40}[^\s\[]|symbol {0,2}: |location {0,2}: ",
        max_lines=40,
        fingerprint=r"^(?:" + _JAVAC_MAVEN + r"|" + _JAVAC_MAVEN_KOTLIN + r")",
        example="""
  [INFO] -------------------------------------------------------------
! [ERROR] /srv/press/src/main/java/com/example/Press.java:[31,9] cannot find symbol
>   symbol:   method squeeze(com.example.Apple)
>   location: class com.example.Press
> [ERROR] /srv/press/src/main/java/com/example/Press.java:[33,20] incompatible types: int cannot be converted to Apple
  [INFO] 2 errors
""",
    ),
    LogPattern(
        name="javac.banner",
        keywords=("compilation error",),
        start=r"\[(?:ERROR|INFO)\] COMPILATION ERROR : ?$",
        confidence=Confidence.RECAP,
        example="""
! [ERROR] COMPILATION ERROR :
  [INFO] -------------------------------------------------------------
""",
    ),
    LogPattern(
        name="javac.option",
        keywords=("error: ",),
        start=_JAVAC_ANT
        + r"error: (?:invalid (?:source|target) release|release version|warnings found and -Werror|Source option"
        r"|Target option|file not found: "
        r"|cannot access |unnamed package|module not found|invalid flag|no source files|option -|Unexpected "
        r"|An? (?:unhandled )?exception)",
        body=r"Usage: javac|\s{2,8}\S",
        max_lines=4,
        example="""
! error: invalid source release: 17
> Usage: javac <options> <source files>
""",
    ),
    LogPattern(
        name="javac.maven_fatal",
        keywords=("fatal error compiling",),
        priority=1,  # before maven.goal
        start=r"\[ERROR\] (?:Failed to execute goal .{1,300})?Fatal error compiling: ",
        example="""
! [ERROR] Fatal error compiling: error: invalid target release: 17 -> [Help 1]
""",
    ),
    LogPattern(
        name="javac.eclipse",
        keywords=("error in ",),
        start=_JAVAC_ANT + r"\d{1,5}\. ERROR in \S",
        body=_JAVAC_ANT + r"(?!-{8,}|\d{1,5}\. (?:WARNING|ERROR))\s{0,20}\S",
        max_lines=8,
        example="""
  ----------
! 1. ERROR in /srv/press/src/com/example/Press.java (at line 31)
>         squeeze(apple);
>         ^^^^^^^
> The method squeeze(Apple) is undefined for the type Press
  ----------
""",
    ),
    LogPattern(
        name="javac.count",
        keywords=("error",),
        start=_JAVAC_ANT + r"[1-9]\d{0,4} errors?$|\[INFO\] [1-9]\d{0,4} errors? ?$",
        confidence=Confidence.RECAP,
        example="""
! 2 errors
""",
    ),
    LogPattern(
        name="javac.gradle",
        keywords=("compilation failed",),
        start=r"(?:> )?Compilation (?:error|failed)[.;]"
        r"|.{0,60}Compilation failed; see the compiler (?:error )?output for details",
        confidence=Confidence.SYMPTOM,
        example="""
! > Compilation failed; see the compiler error output for details.
""",
    ),
)

# The Kotlin compiler, and ktlint and detekt.

_KOTLINC_KOTLIN = r"e: (?:file://)?(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:(?: \(\d{1,6}, \d{1,5}\): |\d{1,6}:\d{1,5}:? )\S"
_KOTLINC_KTLINT = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:\d{1,6}:\d{1,5}: (?!error: )(?:Lint error > )?\S"
_KOTLINC_DETEKT = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:\d{1,6}:\d{1,5}: \S.{1,600} \[\w{3,60}\]$"


_KOTLINC = (
    LogPattern(
        name="kotlinc.error",
        keywords=("unresolved reference", "mismatch", "cannot", "expected", "missing"),
        start=_KOTLINC_KOTLIN,
        context_before=_KOTLINC_KOTLIN,
        max_context=20,
        body=_KOTLINC_KOTLIN + r"|(?:public|internal|private|fun|val|constructor)\b.{0,300} defined in ",
        max_lines=40,
        headline=r"^(?:" + _KOTLINC_KOTLIN + r")",
        fingerprint=r"^(?:" + _KOTLINC_KOTLIN + r")",
        example="""
  > Task :press:compileKotlin FAILED
! e: /srv/press/src/main/kotlin/Press.kt: (31, 9): Unresolved reference: squeeze
> e: /srv/press/src/main/kotlin/Press.kt: (32, 9): No value passed for parameter 'apple'
  FAILURE
! e: file:///srv/press/src/main/kotlin/Press.kt:31:9 Type mismatch: inferred type is Int but Apple was required
  .
! e: file:///srv/press/src/main/kotlin/Press.kt:31:9 Cannot access 'squeeze': it is private in 'Press'
  .
! e: file:///srv/press/src/main/kotlin/Press.kt:31:9 Return type is 'Int', but 'Apple' was expected.
  .
! e: file:///srv/press/src/main/kotlin/Press.kt:31:9 'when' branch is missing
""",
    ),
    LogPattern(
        name="kotlinc.werror",
        keywords=("error: ",),
        start=r"e: (?:error: )?(?:warnings found and -Werror|java\.lang\.|org\.jetbrains)"
        r"|e: (?:\S{1,300}: )?.{0,300}(?:error|exception)",
        confidence=Confidence.LIKELY,
        example="""
! e: error: warnings found and -Werror specified
""",
    ),
    LogPattern(
        name="kotlinc.plain",
        keywords=(": error: ",),
        start=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:\d{1,6}:\d{1,5}: error: ",
        end_before=r"[^\s:]{1,300}\.kts?:\d{1,6}:\d{1,5}: ",
        body=r"\s{0,200}\^|.{1,300}",
        max_lines=3,
        example="""
! src/Press.kt:31:9: error: unresolved reference: squeeze
>         squeeze(apple)
>         ^
""",
    ),
    LogPattern(
        name="kotlinc.script",
        keywords=("script compilation error",),
        start=r"(?:\* What went wrong:\s*)?Script compilation errors?:$",
        body=r"\s{2,80}\S|$",
        max_lines=16,
        headline=r"Line \d",
        example="""
> Script compilation error:
>
!   Line 12: squeeze("apple")
>            ^ Unresolved reference: squeeze
>
  1 error
""",
    ),
    LogPattern(
        name="kotlinc.ktlint",
        keywords=("unexpected", "missing"),
        start=_KOTLINC_KTLINT,
        context_before=_KOTLINC_KTLINT,
        max_context=20,
        body=_KOTLINC_KTLINT,
        max_lines=30,
        headline=r"^(?:" + _KOTLINC_KTLINT + r")",
        example="""
! /srv/press/src/main/kotlin/Press.kt:31:9: Unexpected indentation (8) (should be 4) (standard:indent)
> /srv/press/src/main/kotlin/Press.kt:40:1: Needless blank line(s) (no-consecutive-blank-lines)
  done
! /srv/press/src/main/kotlin/Press.kt:31:9: Missing newline before ")" (standard:argument-list-wrapping)
""",
    ),
    LogPattern(
        name="kotlinc.ktlint_gradle",
        keywords=("lint error > ",),
        start=r"Lint error > ",
        body=r"Lint error > ",
        max_lines=30,
        example="""
! Lint error > /srv/press/src/main/kotlin/Press.kt:31:9: Needless blank line(s)
> Lint error > /srv/press/src/main/kotlin/Press.kt:42:9: Unused import
""",
    ),
    LogPattern(
        name="kotlinc.detekt",
        keywords=("analysis failed with ",),
        start=r"(?:> )?Analysis failed with \d{1,6} (?:weighted )?issues?",
        context_before=_KOTLINC_DETEKT,
        max_context=40,
        headline=r"^(?:" + _KOTLINC_DETEKT + r")",
        fingerprint=r"^(?:" + _KOTLINC_DETEKT + r")",
        example="""
! /srv/press/src/main/kotlin/Press.kt:31:9: The function turn is too complex. [ComplexMethod]
> Analysis failed with 1 weighted issues.
""",
    ),
)

# Scala compilers, alone and under sbt.

_SCALAC_FILE = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:scala|sc|java|sbt)"
_SCALAC_SBT = (
    r"\[error\] (?:## Exception when compiling|"
    + _SCALAC_FILE
    + r":\d{1,6}(?::\d{1,5})?: |-- (?:\[E\d{1,4}\] )?.{0,80}Error: )"
)
_SCALAC_NEXT = (
    r"\[error\] (?:"
    + _SCALAC_FILE
    + r":\d{1,6}|-- |\(|\d{1,5} errors? found|(?:one|two|three|four|five|six|seven|eight|nine|ten) errors? found"
    r"|Total time|stack trace|Failed)"
)

_SCALAC = (
    LogPattern(
        name="scalac.sbt",
        keywords=("[error] ",),
        start=_SCALAC_SBT,
        end_before=_SCALAC_NEXT,
        body=r"\[error\]\s",
        max_lines=24,
        example="""
! [error] /srv/press/src/main/scala/Press.scala:12:5: not found: value squeeze
> [error]     squeeze(apple)
> [error]     ^
  [error] one error found
  [error] (Compile / compileIncremental) Compilation failed
""",
    ),
    LogPattern(
        name="scalac.count",
        keywords=("[error] ",),
        start=r"\[error\] (?:\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten) errors? found$",
        confidence=Confidence.RECAP,
        example="""
! [error] one error found
""",
    ),
    LogPattern(
        name="scalac.error",
        keywords=("error: ",),
        priority=1,  # before gcc.error, gcc.fatal
        start=_SCALAC_FILE.replace("|java", "") + r":\d{1,6}(?::\d{1,5})?: (?:fatal )?error: ",
        end_before=r"[^\s:]{1,300}\.(?:scala|sc):\d{1,6}|\d{1,5} errors?$|\w{3,6} errors? found",
        body=r"\s{0,200}\S",
        max_lines=8,
        example="""
! src/Press.scala:12: error: not found: value squeeze
>     squeeze(apple)
>     ^
  one error found
""",
    ),
    LogPattern(
        name="scalac.gradle",
        keywords=("[error] ",),
        start=r"\[Error\] " + _SCALAC_FILE + r":\d{1,6}",
        body=r"\s{1,200}\S",
        max_lines=8,
        example="""
! [Error] /srv/press/src/main/scala/Press.scala:12:5: not found: value squeeze
>     squeeze(apple)
  two errors found
""",
    ),
    LogPattern(
        name="scalac.scala3",
        keywords=("error: ",),
        start=r"-- (?:\[E\d{1,4}\] )?[\w ]{0,60}Error: \S",
        body=r"\s{0,8}\d{1,6} {0,3}\||\s{1,12}\|",
        max_lines=20,
        example="""
! -- [E006] Not Found Error: src/Press.scala:12:4 ------------------
> 12 |    squeeze(apple)
>    |    ^^^^^^^
>    |    Not found: squeeze
  1 error found
""",
    ),
    LogPattern(
        name="scalac.not_formatted",
        keywords=("error",),
        priority=1,  # before sbt.task
        start=r"\[error\] (?:\(.{1,60}\) )?.{0,300}(?:isn't formatted properly|must be formatted|files? (?:is"
        r"|are) not formatted|not properly formatted)",
        body=r"\[error\] .{0,300}formatted",
        max_lines=20,
        example="""
! [error] 2 files are not formatted
  [error] stack trace is suppressed
""",
    ),
)

# Linters of Java: Checkstyle, PMD, SpotBugs.

_JAVA_LINTERS_JAVA = r"(?:[A-Za-z]:)?[^\s:\[]{1,300}\.\w{1,12}"
_JAVA_LINTERS_MAVEN = (
    r"\[(?:ERROR|WARN(?:ING)?)\] (?:[A-Za-z]:)?[^\s:\[]{1,300}:\[\d{1,6}(?:,\d{1,5})?\] \(\w{2,40}\) \w"
)
_JAVA_LINTERS_PLAIN = (
    r"(?:\s{0,12}\[(?:ant:)?checkstyle\] )?\[(?:ERROR|WARN)\] "
    + _JAVA_LINTERS_JAVA
    + r":\d{1,6}(?::\d{1,5})?: .{1,1000} \[\w{2,60}\]$"
)
_JAVA_LINTERS_SPOTBUGS = r"\[ERROR\] (?:High|Medium|Low): "

_JAVA_LINTERS = (
    LogPattern(
        name="checkstyle.maven",
        keywords=("[error] ",),
        priority=1,  # before javac.maven
        start=_JAVA_LINTERS_MAVEN,
        body=_JAVA_LINTERS_MAVEN,
        max_lines=30,
        fingerprint=r"^(?:" + _JAVA_LINTERS_MAVEN + r")",
        example="""
  [INFO] There is 1 error reported by Checkstyle 8.29 with sun_checks.xml ruleset.
! [ERROR] src/main/java/com/example/Press.java:[31,9] (javadoc) JavadocMethod: No comment.
> [ERROR] src/main/java/com/example/Press.java:[40] (sizes) LineLength: Line is longer than 100 characters.
  [INFO] ------------------------------------------------------------------------
""",
    ),
    LogPattern(
        name="checkstyle.plain",
        keywords=("[error] ",),
        start=_JAVA_LINTERS_PLAIN,
        body=_JAVA_LINTERS_PLAIN,
        max_lines=30,
        fingerprint=r"^(?:" + _JAVA_LINTERS_PLAIN + r")",
        example="""
! [ant:checkstyle] [ERROR] /srv/press/src/main/java/com/example/Press.java:31:9: No comment. [JavadocMethod]
> [ant:checkstyle] [ERROR] /srv/press/src/main/java/com/example/Press.java:40: Line is longer than 100. [LineLength]
  > Task :checkstyleMain FAILED
""",
    ),
    LogPattern(
        name="checkstyle.count",
        keywords=("error",),
        start=r"(?:\[INFO\] )?(?:There (?:is|are) [1-9]\d{0,5} errors? reported by Checkstyle"
        r"|Checkstyle ends with [1-9]\d{0,5} errors)",
        confidence=Confidence.RECAP,
        example="""
! [INFO] There is 1 error reported by Checkstyle 8.29 with sun_checks.xml ruleset.
""",
    ),
    LogPattern(
        name="spotbugs.bug",
        keywords=("[error] ",),
        start=_JAVA_LINTERS_SPOTBUGS,
        body=_JAVA_LINTERS_SPOTBUGS,
        max_lines=20,
        example="""
! [ERROR] High: Null passed to com.example.Press.turn(Apple) [com.example.Press] At Press.java:[line 31] NP
  [INFO]
""",
    ),
    LogPattern(
        name="pmd.failure",
        keywords=("pmd failure: ",),
        start=r"\[(?:INFO|WARNING|ERROR)\] PMD Failure: ",
        body=r"\[(?:INFO|WARNING|ERROR)\] PMD Failure: ",
        max_lines=20,
        example="""
! [WARNING] PMD Failure: com.example.Press:31 Rule:UnneededImport Priority:4 Avoid imports that nobody needs.
  [INFO] BUILD FAILURE
""",
    ),
)

PATTERNS = (
    *_MAVEN,
    *_GRADLE,
    *_ANT,
    *_SBT,
    *_JAVAC,
    *_KOTLINC,
    *_SCALAC,
    *_JAVA_LINTERS,
)
