"""Gradle: what went wrong; where a task only passes on what its tool said, that tool speaks."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TOOLS = (
    r"[\w:-]{0,200}(?:[cC]ompile|[tT]est|[lL]int|[cC]heckstyle|[sS]potbugs|[fF]indbugs|[pP]md|[dD]etekt|[cC]heck)"
    r"\w{0,80}"
)

RULES = (
    Rule(
        name="gradle.failure",
        keywords=("build failed with an exception",),
        opens=r"FAILURE: Build failed with an exception",
        until=r"\* (?:Try|Exception is|Get more help)",
        through=r"\s{0,20}\S|$",
        most=40,
        headline=r"^\s{0,8}> (?!There were failing|Run with|Compilation|Task :)",
        rank=Rank.LIKELY,
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
    Rule(
        name="gradle.failures",
        keywords=("failure: build completed with",),
        opens=r"FAILURE: Build completed with \d{1,6} failures",
        rank=Rank.RECAP,
        example="""
! FAILURE: Build completed with 2 failures.
""",
    ),
    Rule(
        name="gradle.task_exception",
        keywords=("task failed with an exception",),
        opens=r"\d{1,5}: Task failed with an exception",
        until=r"\* (?:Try|Exception is|Get more help)",
        through=r"\s{0,20}\S|$|-{5}",
        most=40,
        headline=r"^\s{0,8}> (?!There were failing|Run with|Compilation|Task :)",
        rank=Rank.LIKELY,
        example="""
> 1: Task failed with an exception.
> -----------
> * What went wrong:
> A problem was found with the configuration of task ':bottle'.
! > No value has been specified for property 'label'.

  * Try:
""",
    ),
    Rule(
        name="gradle.task",
        keywords=("execution failed for task",),
        opens=r"(?:> )?Execution failed for task ':(?!" + _TOOLS + r"')",
        through=r"\s{0,12}>\s|\s{3,16}\S",
        most=40,
        headline=r"^\s{0,8}> ",
        names=r"^Execution failed|^\s{0,8}> ",
        example="""
> Execution failed for task ':bottle'.
! > Could not resolve all files for configuration ':runtimeClasspath'.
>    > Could not find com.example:cork:9.
>      Required by:
>          project :

  * Try:
""",
    ),
    Rule(
        name="gradle.task_of_tool",
        keywords=("execution failed for task",),
        opens=r"(?:> )?Execution failed for task ':" + _TOOLS + r"'",
        through=r"\s{0,12}>\s|\s{3,16}\S",
        most=20,
        rank=Rank.LIKELY,
        headline=r"^\s{0,8}> ",
        example="""
> Execution failed for task ':bottle:compileJava'.
! > Compilation failed; see the compiler error output for details.

  * Try:
""",
    ),
    Rule(
        name="gradle.could_not",
        keywords=("could not ",),
        opens=r"(?:> )?Could not (?:resolve all|determine the dependencies of|find method|get unknown property|open"
        r"|compile|create task|initialize class|GET|HEAD|create service|set unknown property)",
        through=r"\s{0,12}>\s|\s{3,16}\S",
        most=40,
        headline=r"^\s{3,16}> (?!Could not resolve all)",
        rank=Rank.LIKELY,
        example="""
> Could not determine the dependencies of task ':bottle'.
> > Could not resolve all task dependencies for configuration ':runtimeClasspath'.
!    > Could not find com.example:cork:9.
>      Required by:
>          project :

  * Try:
""",
    ),
    Rule(
        name="gradle.task_failed",
        keywords=(" failed",),
        opens=r"> Task :\S{1,300} FAILED$|:\S{1,300} FAILED$",
        rank=Rank.SYMPTOM,
        example="""
! > Task :bottle FAILED
""",
    ),
    Rule(
        name="gradle.build_failed",
        keywords=("build failed in ",),
        opens=r"BUILD FAILED in \d",
        rank=Rank.SYMPTOM,
        example="""
! BUILD FAILED in 3m 12s
""",
    ),
)
