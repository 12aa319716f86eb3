"""The JVM: Maven, Gradle, Ant, sbt, compilers; Surefire, JUnit, TestNG, Scala."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

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
        wrapper_lines=60,
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
        r"|Plugin \S{1,300} or one of its dependencies could not be|Error executing Maven"
        r"|The goal you specified requires a project)",
        example="""
! [ERROR] Unknown lifecycle phase "harvest". You must specify a valid lifecycle phase or a goal. -> [Help 1]
""",
    ),
    LogPattern(
        name="maven.could_not_read",
        kind=FailureKind.CONFIGURATION,
        keywords=("could not read",),
        start=r"\[ERROR\] The build could not read \d{1,5} project",
        confidence=Confidence.SYMPTOM,
        example="! [ERROR] The build could not read 1 project -> [Help 1]",
    ),
    LogPattern(
        name="maven.build_failure",
        keywords=("build failure",),
        start=r"\[(?:INFO|ERROR)\] BUILD FAILURE",
        confidence=Confidence.SYMPTOM,
        example="! [INFO] BUILD FAILURE",
    ),
    LogPattern(
        name="maven.reactor",
        keywords=(" failure [",),
        start=r"\[INFO\] \S.{1,200} FAILURE \[",
        confidence=Confidence.SYMPTOM,
        example="! [INFO] press ............................................. FAILURE [  2.113 s]",
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
        wrapper_lines=60,
        keywords=("build failed with an exception",),
        start=r"FAILURE: Build failed with an exception",
        end_before=r"\* (?:Try|Exception is|Get more help)",
        body=r"\s{0,20}\S|$",
        max_lines=40,
        headline=r"^\s{0,8}> (?!There were failing|Run with|Compilation|Task :)|^(?:Task|Project) '|^Plugin \[",
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
        name="gradle.task",
        wrapper_lines=60,
        keywords=("execution failed for task",),
        start=r"(?:> )?Execution failed for task ':(?!" + _GRADLE_TOOLS + r"')",
        body=r"\s{0,12}>\s|\s{3,16}\S",
        max_lines=40,
        # the wrappers of workers say nothing: https://github.com/flutter/flutter/issues/54530
        headline=r"^\s{0,8}> (?!A failure occurred|There was a failure|\d{1,4} exceptions? w|Android resource linking)"
        r"|: AAPT: error: ",
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
        wrapper_lines=60,
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
        kind=FailureKind.DEPENDENCY,
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
        example="! > Task :bottle FAILED",
    ),
    LogPattern(
        name="gradle.build_failed",
        keywords=("build failed in ",),
        start=r"BUILD FAILED in \d",
        confidence=Confidence.SYMPTOM,
        example="! BUILD FAILED in 3m 12s",
    ),
)

# Apache Ant.

_ANT = (
    LogPattern(
        name="ant.failed",
        wrapper_lines=60,
        keywords=("build failed",),
        start=r"BUILD FAILED$",
        end=r"(?:[A-Z]:)?[^\s:]{1,300}:\d{1,6}: (?!The following error occurred)",
        body=r"\S",
        max_lines=6,
        headline=r":\d{1,6}: (?!The following error occurred)|^Target ",
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
        wrapper_lines=60,
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
        example="! [error] (Test / test) sbt.TestsFailedException: Tests unsuccessful",
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
        kind=FailureKind.COMPILE,
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
        name="javac.maven",
        kind=FailureKind.COMPILE,
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
        kind=FailureKind.COMPILE,
        keywords=("compilation error",),
        start=r"\[(?:ERROR|INFO)\] COMPILATION ERROR : ?$",
        confidence=Confidence.SYMPTOM,
        example="""
! [ERROR] COMPILATION ERROR :
  [INFO] -------------------------------------------------------------
""",
    ),
    LogPattern(
        name="javac.option",
        kind=FailureKind.COMPILE,
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
        name="javac.count",
        kind=FailureKind.COMPILE,
        keywords=("error",),
        start=_JAVAC_ANT + r"[1-9]\d{0,4} errors?$|\[INFO\] [1-9]\d{0,4} errors? ?$",
        confidence=Confidence.SYMPTOM,
        example="! 2 errors",
    ),
    LogPattern(
        name="javac.gradle",
        kind=FailureKind.COMPILE,
        keywords=("compilation failed",),
        start=r"(?:> )?Compilation (?:error|failed)[.;]"
        r"|.{0,60}Compilation failed; see the compiler (?:error )?output for details",
        confidence=Confidence.SYMPTOM,
        example="! > Compilation failed; see the compiler error output for details.",
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
        kind=FailureKind.COMPILE,
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
        kind=FailureKind.COMPILE,
        keywords=("[error] ",),
        start=r"\[error\] (?:\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten) errors? found$",
        confidence=Confidence.SYMPTOM,
        example="! [error] one error found",
    ),
)

# _KOTLINC

_KOTLINC_ERROR = r"e: (?:file:///?)?(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:(?: \(\d{1,6}, \d{1,5}\): |\d{1,6}:\d{1,5}:? )\S"

_KOTLINC = (
    # Seen at https://github.com/flutter/flutter/issues/159712 and https://github.com/castle/castle-react-native/issues/35
    LogPattern(
        name="kotlinc.error",
        kind=FailureKind.COMPILE,
        keywords=(".kt: (", ".kt:", ".kts:"),
        start=_KOTLINC_ERROR,
        body=_KOTLINC_ERROR,
        max_lines=40,
        fingerprint="^e: ",
        example="""
  > Task :press:compileReleaseKotlin FAILED
! e: /srv/press/src/main/java/com/example/Press.kt: (26, 35): Unresolved reference: squeeze
> e: /srv/press/src/main/java/com/example/Press.kt: (32, 9): No value passed for parameter 'apple'

  FAILURE: Build failed with an exception.
! e: file:///C:/srv/press/src/main/kotlin/Press.kt:3:8 Unresolved reference: squeeze
> e: file:///C:/srv/press/src/main/kotlin/Press.kt:5:21 Unresolved reference: turn
  .
! e: file:///srv/press/build.gradle.kts:5:21 Unresolved reference: turn
""",
    ),
    # Seen at https://github.com/bignerdranch/simple-item-decoration/issues/41
    # and https://github.com/garena/dev-alert-android/issues/1
    LogPattern(
        name="android.manifest",
        kind=FailureKind.COMPILE,
        keywords=("androidmanifest.xml:",),
        start=r"\S{0,300}AndroidManifest\.xml:[\d:-]{1,30} Error:$",
        body=r"\s{1,12}\S",
        max_lines=6,
        headline=r"^\s",
        example="""
> /srv/orchard/app/src/main/AndroidManifest.xml:32:9-44 Error:
! 	Attribute application@label value=(@string/pears) from AndroidManifest.xml:32:9-44
> 	is also present at [com.example:basket:0.1.2] AndroidManifest.xml:13:9-41 value=(@string/app_name).
> 	Suggestion: add 'tools:replace="android:label"' to <application> element at AndroidManifest.xml:28:5-131:19

  FAILURE: Build failed with an exception.
""",
    ),
    # Seen at https://github.com/doublesymmetry/KotlinAudio/issues/51 and https://github.com/termux/termux-app/issues/2951
    LogPattern(
        name="android.lint",
        kind=FailureKind.LINT,
        keywords=(": error: ",),
        start=r"\s{0,4}(?:[A-Za-z]:)?[^\s:]{1,300}\.\w{2,10}:\d{1,6}: Error: .{1,1000} \[[A-Z]\w{2,60}\]$",
        body=r" {6,}\S",
        max_lines=3,
        example="""
  Lint found 3 errors and 9 warnings. First failure:
! /srv/orchard/src/main/java/com/example/Press.kt:159: Error: Call requires API level 24 (current min is 21) [NewApi]
>                 apples.forEach { apple ->
>                        ~~~~~~~

  Lint found errors in the project; aborting build.
""",
    ),
)

# Tests under Maven (Surefire, Failsafe): JUnit 3 to 5, TestNG, Spock.

_SUREFIRE_LEVEL = r"(?:\[ERROR\] {1,2})?"
_SUREFIRE_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_SUREFIRE_NEXT = (
    r"\[(?:ERROR|INFO|WARN|WARNING|DEBUG)\] |Running \S{1,300}$|Results ?:|Tests run: |\S.{0,1000} <<< [FE]"
    r"|\[?\d\d:\d\d|\d{4}-\d\d-\d\d|-{20}|Failed tests:|Tests in error:"
)
_SUREFIRE_SAYS = (
    r"^(?!\S{1,100}(?:AssertionError|ComparisonFailure|AssertionFailedError): expected ?(?::|<|\[))"
    + _SUREFIRE_TYPE
    + r": \S"
)
_SUREFIRE_NAMES = r"<<< (?:FAILURE|ERROR)!|^" + _SUREFIRE_TYPE + r"(?:: |:?$)"
_SUREFIRE_TITLE = (
    _SUREFIRE_LEVEL
    + r"(?!(?:\[ERROR\] {1,2})?Tests run: )"
    + r"(?:\S.{0,1000} {1,2}(?:-- )?Time elapsed: .{1,30}|[^\s(]{1,400}\(\S{1,400}\)) {1,2}<<< "
)
_SUREFIRE_SUMMARY = r"\[ERROR\] {3,5}\S|\s{2,6}\S|[^\s\[]"
_SUREFIRE_SUMMARY_ENDS = (
    r"(?:\[ERROR\] )?(?:Failed tests: |Tests in error: |Failures:|Errors:|Tests run: )|\[(?:INFO|WARNING)\]|-{20}"
)
_SUREFIRE_SUMMARY_HEAD = r"^\[ERROR\] {3,5}\S|^\s{2,6}\S|^(?:Failed tests|Tests in error): {1,4}\S"

_SUREFIRE = (
    LogPattern(
        name="surefire.failure",
        kind=FailureKind.TEST,
        keywords=("<<< failure!",),
        start=_SUREFIRE_TITLE + "FAILURE!",
        body=r"\s{0,80}\S|$",
        end_before=_SUREFIRE_NEXT,
        max_lines=40,
        headline=_SUREFIRE_SAYS,
        fingerprint=_SUREFIRE_NAMES,
        example="""
  [ERROR] Tests run: 9, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.133 s <<< FAILURE! -- in com.shop.CartTest
! [ERROR] com.shop.CartTest.total -- Time elapsed: 0.099 s <<< FAILURE!
> org.opentest4j.AssertionFailedError: expected: <8> but was: <7>
> 	at com.shop.CartTest.total(CartTest.java:7)

> bulk(com.shop.CartTest)  Time elapsed: 0.011 sec  <<< FAILURE!
! java.lang.AssertionError: the cart should be empty
> 	at com.shop.CartTest.bulk(CartTest.java:9)

  Running com.shop.TillTest
""",
    ),
    LogPattern(
        name="surefire.error",
        kind=FailureKind.TEST,
        keywords=("<<< error!",),
        start=_SUREFIRE_TITLE + "ERROR!",
        body=r"\s{0,80}\S|$",
        end_before=_SUREFIRE_NEXT,
        max_lines=40,
        headline=_SUREFIRE_SAYS,
        fingerprint=_SUREFIRE_NAMES,
        example="""
> [ERROR] prices(com.shop.CartTest)  Time elapsed: 0.066 s  <<< ERROR!
! java.lang.IllegalStateException: no price list
> 	at com.shop.CartTest.prices(CartTest.java:8)
> Caused by: java.io.IOException: disk
> 	... 4 more

  [INFO] Running com.shop.TillTest
""",
    ),
    LogPattern(
        name="surefire.class",
        kind=FailureKind.TEST,
        keywords=("<<< failure!",),
        start=r"(?:\[ERROR\] {1,2})?Tests run: \d.{0,300} <<< FAILURE!",
        confidence=Confidence.SYMPTOM,
        example="""
! Tests run: 9, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.13 sec <<< FAILURE! - in com.shop.CartTest
""",
    ),
    LogPattern(
        name="surefire.failed_tests",
        kind=FailureKind.TEST,
        keywords=("failed tests:",),
        start=r"(?:\[ERROR\] )?Failed tests:(?:\s|$)",
        body=_SUREFIRE_SUMMARY,
        end_before=_SUREFIRE_SUMMARY_ENDS,
        max_lines=30,
        confidence=Confidence.LIKELY,
        headline=_SUREFIRE_SUMMARY_HEAD,
        fingerprint=_SUREFIRE_SUMMARY_HEAD,
        example="""
  Results :

> Failed tests:
!   CartTest.total:12 expected:<8> but was:<7>
>   CartTest.bulk:19 the cart should be empty

  Tests run: 10, Failures: 2, Errors: 0, Skipped: 0
""",
    ),
    LogPattern(
        name="surefire.in_error",
        kind=FailureKind.TEST,
        keywords=("tests in error:",),
        start=r"(?:\[ERROR\] )?Tests in error:(?:\s|$)",
        body=_SUREFIRE_SUMMARY,
        end_before=_SUREFIRE_SUMMARY_ENDS,
        max_lines=30,
        confidence=Confidence.LIKELY,
        headline=_SUREFIRE_SUMMARY_HEAD,
        fingerprint=_SUREFIRE_SUMMARY_HEAD,
        example="""
> Tests in error:
!   prices(com.shop.CartTest): no price list
>   CartTest.taxes:9 » NullPointer

  Tests run: 10, Failures: 0, Errors: 2, Skipped: 0
""",
    ),
    LogPattern(
        name="surefire.errors",
        kind=FailureKind.TEST,
        keywords=("[error] errors:",),
        start=r"\[ERROR\] Errors:$",
        body=_SUREFIRE_SUMMARY,
        end_before=_SUREFIRE_SUMMARY_ENDS,
        max_lines=30,
        confidence=Confidence.LIKELY,
        headline=_SUREFIRE_SUMMARY_HEAD,
        fingerprint=_SUREFIRE_SUMMARY_HEAD,
        example="""
> [ERROR] Errors:
! [ERROR]   CartTest.prices:8 IllegalState no price list
> second line of it
> [ERROR]   CartTest.taxes:9 » NullPointer
  [INFO]
  [ERROR] Tests run: 10, Failures: 0, Errors: 2, Skipped: 0
""",
    ),
    LogPattern(
        name="surefire.summary_line",
        kind=FailureKind.TEST,
        keywords=("[error] ",),
        start=r"\[ERROR\] {3}(?:Run \d{1,3}: )?[A-Z][\w$]{2,200}(?:>|\.)[\w$.>]{1,300}:\d{1,6}(?: |->)",
        confidence=Confidence.LIKELY,
        body=r"\[ERROR\] {3}(?:Run \d{1,3}: )?[A-Z][\w$]{2,200}(?:>|\.)[\w$.>]{1,300}:\d{1,6}(?: |->)",
        fingerprint=r"^\[ERROR\] ",
        example="""
! [ERROR]   Run 1: CartTest.total:12 expected: <8> but was: <7>
> [ERROR]   Run 2: CartTest.total:12 expected: <8> but was: <7>
  [INFO]
""",
    ),
    LogPattern(
        name="surefire.total",
        kind=FailureKind.TEST,
        keywords=("failures: ",),
        start=r"(?:\[(?:ERROR|WARNING)\] )?Tests run: \d{1,7}, Failures: \d{1,7}, Errors: \d{1,7}, Skipped: \d{1,7}$",
        confidence=Confidence.SYMPTOM,
        example="! [ERROR] Tests run: 10, Failures: 1, Errors: 0, Skipped: 0",
    ),
)

# Tests under Gradle: JUnit, TestNG, Spock, Kotlin, Android.

_GRADLE_TEST_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_GRADLE_TEST_SAYS = (
    r"^\s{1,8}(?!\S{1,100}(?:AssertionError|ComparisonFailure|AssertionFailedError): expected ?(?::|<|\[))"
    + _GRADLE_TEST_TYPE
    + r": \S"
)
_GRADLE_TEST_NAMES = r" FAILED$|^\s{1,8}(?:Caused by: )?" + _GRADLE_TEST_TYPE + r"(?:: | at |$)"

_GRADLE_TEST = (
    LogPattern(
        name="gradle-test.failed",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r"(?!> Task)[^>\s][^>]{0,300} > .{0,1000} FAILED(?: \([\d.]{1,8}m?s\))?$",
        body=r"\s{4,80}\S|\t{1,8}\S|$",
        max_lines=40,
        headline=_GRADLE_TEST_SAYS,
        fingerprint=_GRADLE_TEST_NAMES,
        example="""
  com.shop.TillTest > opens PASSED

! com.shop.CartTest > total FAILED
>     org.junit.ComparisonFailure: expected:<[8]> but was:<[7]>
>         at com.shop.CartTest.total(CartTest.java:12)

> CartTest > prices() FAILED
!     java.lang.IllegalStateException: no price list
>         at com.shop.CartTest.prices(CartTest.java:19)

  2 tests completed, 2 failed
""",
    ),
    LogPattern(
        name="gradle-test.completed",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r"\d{1,7} tests? completed, \d{1,7} failed",
        confidence=Confidence.SYMPTOM,
        example="! 2 tests completed, 1 failed",
    ),
)

# The runners of JUnit, TestNG and Ant.

_JVM_TEST_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_JVM_TEST_ANT_ENDS = r"\s{0,12}\[junit\d?\] (?:Testcase: |Test |Running |Testsuite: |-{5})"

_JVM_TEST = (
    LogPattern(
        name="ant-junit.error",
        kind=FailureKind.TEST,
        keywords=("caused an error",),
        start=r"\s{0,12}\[junit\d?\] \s{0,8}Caused an ERROR$",
        context_before=r"\s{0,12}\[junit\d?\] Testcase: ",
        max_context=1,
        body=r"\s{0,12}\[junit\d?\](?: |$)",
        end_before=_JVM_TEST_ANT_ENDS,
        max_lines=40,
        headline=r"\[junit\d?\] " + _JVM_TEST_TYPE + r": \S",
        fingerprint=r"Testcase: |\[junit\d?\] " + _JVM_TEST_TYPE + r"(?:: |$)",
        example="""
      [junit] Testcase: opens took 0.001 sec
>     [junit] Testcase: total took 0.012 sec
>     [junit] 	Caused an ERROR
>     [junit] no price list
!     [junit] java.lang.IllegalStateException: no price list
>     [junit] 	at com.shop.CartTest.total(CartTest.java:12)
      [junit] Test com.shop.CartTest Caused an ERROR
""",
    ),
)

# ScalaTest, specs2, munit, JUnit under sbt, and the recap of sbt.

_SCALA_TEST_LEVEL = r"(?:\[(?:info|error)\] )?"
_SCALA_TEST_INDENTED = _SCALA_TEST_LEVEL + r"\s{2,60}(?![-+x!] )\S"

_SCALA_TEST = (
    LogPattern(
        name="scalatest.failed",
        kind=FailureKind.TEST,
        keywords=("*** failed ***",),
        start=_SCALA_TEST_LEVEL + r"\s{0,60}\S.{0,800} \*{3} FAILED \*{3}(?: \(.{1,40}\))?$",
        end=_SCALA_TEST_LEVEL + r"\s{2,60}(?!at |\.\.\.)\S.{0,1500}\([\w$-]{1,100}\.scala:\d{1,6}\)$",
        body=_SCALA_TEST_INDENTED,
        max_lines=30,
        fingerprint=r"\*{3} FAILED|^\S{0,8}\s{2,60}(?!at |\.\.\.)\S",
        example="""
  [info] - should be empty
! [info] - should have a total *** FAILED ***
> [info]   7 was not equal to 8 (CartSpec.scala:12)
! [info] - should have prices *** FAILED *** (12 milliseconds)
> [info]   java.lang.IllegalStateException: no price list
> [info]   at shop.CartSpec.prices(CartSpec.scala:19)
> [info]   ...
  [info] - should have taxes
""",
    ),
    LogPattern(
        name="scalatest.count",
        kind=FailureKind.TEST,
        keywords=("failed ***",),
        start=_SCALA_TEST_LEVEL + r"\*{3} \d{1,6} (?:TESTS?|SUITES?) (?:FAILED|ABORTED) \*{3}$",
        confidence=Confidence.SYMPTOM,
        example="! [info] *** 2 TESTS FAILED ***",
    ),
    LogPattern(
        name="sbt-test.recap",
        kind=FailureKind.TEST,
        keywords=("[error] failed tests:",),
        start=r"\[error\] Failed tests:$",
        body=r"\[error\] \s{1,8}\S",
        confidence=Confidence.SYMPTOM,
        headline=r"^\[error\] \s",
        fingerprint=r"^\[error\] \s",
        example="""
> [error] Failed tests:
! [error] 	shop.CartSpec
  [error] (Test / test) unsuccessful
""",
    ),
    LogPattern(
        name="sbt-test.total",
        kind=FailureKind.TEST,
        keywords=("failed: total",),
        start=r"\[error\] (?:Failed|Error): Total \d",
        confidence=Confidence.SYMPTOM,
        example="! [error] Failed: Total 5, Failed 1, Errors 0, Passed 4",
    ),
)

PATTERNS = (
    *_MAVEN,
    *_GRADLE,
    *_ANT,
    *_SBT,
    *_JAVAC,
    *_SCALAC,
    *_KOTLINC,
    *_SUREFIRE,
    *_GRADLE_TEST,
    *_JVM_TEST,
    *_SCALA_TEST,
)
