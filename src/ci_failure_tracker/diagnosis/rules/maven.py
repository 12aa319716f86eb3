"""Maven: what it says of goals, dependencies and POMs; the plugins speak for themselves."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_CONSEQUENCE = (
    r"There (?:are|were) test failures|Compilation fail(?:ure|ed)|Command execution failed|COMPILATION ERROR"
    r"|There was a (?:timeout|problem)|You have \d|Java returned|An Ant BuildException|error\(s\)|BUILD FAILED"
)
_GOAL = r"\[ERROR\] (?:\[ERROR\] )?Failed to execute goal "
_HELP = (
    r"\[ERROR\]\s*$|\[ERROR\] (?:\[ERROR\] )?(?:To see the full stack trace|Re-run Maven"
    r"|For more information about the errors|\[Help \d|After correcting the problems|  ?mvn <|Please refer to )"
)

RULES = (
    Rule(
        name="maven.goal",
        keywords=("failed to execute goal",),
        opens=_GOAL + r"(?!.{0,1500}: (?:" + _CONSEQUENCE + r"))",
        through=r"\[ERROR\] (?!Failed to execute goal)\s{0,20}[^\s\[]|[^\s\[].{0,1000} -> \[Help \d",
        until=_HELP,
        most=20,
        example="""
  [INFO] ------------------------------------------------------------------------
! [ERROR] Failed to execute goal on project press: Could not find artifact com.example:basket:jar:9 -> [Help 1]
  [ERROR]
  [ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
""",
    ),
    Rule(
        name="maven.goal_after",
        keywords=("failed to execute goal",),
        opens=_GOAL + r".{0,1500}: (?:" + _CONSEQUENCE + r")",
        rank=Rank.SYMPTOM,
        example="""
! [ERROR] Failed to execute goal com.example:tests:1.0:test (default) on project press: There are test failures.
  [ERROR]
  [ERROR] Please refer to /srv/press/target/surefire-reports for the individual test results.
""",
    ),
    Rule(
        name="maven.help",
        keywords=("error",),
        opens=_HELP,
        rank=Rank.NOISE,
        example="""
! [ERROR] Re-run Maven using the -X switch to enable full debug logging.
""",
    ),
    Rule(
        name="maven.fatal",
        keywords=("[fatal] ",),
        opens=r"(?:\[ERROR\] )?\[FATAL\] ",
        example="""
! [FATAL] Non-resolvable parent POM for com.example:press:1.0: Could not find artifact com.example:parent:pom:3
  [ERROR] The build could not read 1 project -> [Help 1]
""",
    ),
    Rule(
        name="maven.project",
        keywords=("[error] ",),
        opens=r"\[ERROR\] {1,6}(?:Non-|'\S{1,80}' for |Malformed POM|Unresolveable build extension|Child module )",
        example="""
  [ERROR]   The project com.example:press:1.0 (/srv/press/pom.xml) has 1 error
! [ERROR]     'dependencies.dependency.version' for com.example:basket:jar is missing. @ line 12, column 17
""",
    ),
    Rule(
        name="maven.could_not",
        keywords=("[error] ",),
        opens=r"\[ERROR\] (?:Unknown lifecycle phase|No plugin found for prefix|Could not find the selected project"
        r"|Plugin \S{1,300} or one of its dependencies could not be|Error executing Maven)",
        example="""
! [ERROR] Unknown lifecycle phase "harvest". You must specify a valid lifecycle phase or a goal. -> [Help 1]
""",
    ),
    Rule(
        name="maven.could_not_read",
        keywords=("could not read",),
        opens=r"\[ERROR\] The build could not read \d{1,5} project",
        rank=Rank.SYMPTOM,
        example="""
! [ERROR] The build could not read 1 project -> [Help 1]
""",
    ),
    Rule(
        name="maven.build_failure",
        keywords=("build failure",),
        opens=r"\[(?:INFO|ERROR)\] BUILD FAILURE",
        rank=Rank.SYMPTOM,
        example="""
! [INFO] BUILD FAILURE
""",
    ),
    Rule(
        name="maven.build_error",
        keywords=("build error",),
        opens=r"\[(?:INFO|ERROR)\] (?:BUILD|FATAL) ERROR",
        through=r"\[INFO\] -{20}|\[INFO\] \S",
        most=3,
        headline=r"^\[INFO\] (?!-{20})[^\s-]",
        example="""
> [ERROR] BUILD ERROR
> [INFO] ------------------------------------------------------------------------
! [INFO] Failed to resolve artifact com.example:basket:9
  [INFO] ------------------------------------------------------------------------
  [INFO] For more information, run Maven with the -e switch
""",
    ),
    Rule(
        name="maven.reactor",
        keywords=(" failure [",),
        opens=r"\[INFO\] \S.{1,200} FAILURE \[",
        rank=Rank.RECAP,
        example="""
! [INFO] press ............................................. FAILURE [  2.113 s]
""",
    ),
    Rule(
        name="maven.rule",
        keywords=("failed with message",),
        opens=r"(?:\[(?:WARNING|ERROR)\] )?Rule \d{1,4}: \S{1,200} failed with message",
        through=r"(?!\[INFO\])(?:\[(?:WARNING|ERROR)\] )?[^\s\[]",
        most=12,
        headline=r"^(?!\[|Rule)\S|^\[ERROR\] (?!Rule)\S",
        example="""
> [WARNING] Rule 0: org.apache.maven.plugins.enforcer.RequireJavaVersion failed with message:
! Detected JDK Version: 1.8.0 is not in the allowed range [11,).
  [INFO] ------------------------------------------------------------------------
""",
    ),
)
