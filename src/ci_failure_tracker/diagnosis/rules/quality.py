"""What SonarQube, CodeQL, super-linter, Lighthouse and checks of a bundle's size find."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="sonar.error",
        keywords=("error during sonar",),
        opens=r"(?:INFO|ERROR|\[ERROR\]):? {1,4}(?:\[\w{1,20}\] )?Error during Sonar\w{1,12} (?:Scanner )?[Ee]?",
        through=r"(?:ERROR|\[ERROR\]):?|\s{1,20}at |Caused by: |[a-z][\w.$]{3,200}(?:Exception|Error): ",
        most=30,
        headline=r"(?:ERROR|\[ERROR\]):? {1,4}(?!Error during|Re-run|To see)\S|Caused by: |Exception: ",
        example="""
> ERROR: Error during SonarScanner execution
! ERROR: You must define the following mandatory properties for 'pears': sonar.organization
> ERROR:
> ERROR: Re-run SonarScanner using the -X switch to enable full debug logging.
  done
""",
    ),
    Rule(
        name="sonar.gate",
        keywords=("failed",),
        opens=".{0,80}(?:QUALITY GATE STATUS: FAILED|Quality Gate has FAILED|Quality gate failed)",
        example="""
! ERROR: QUALITY GATE STATUS: FAILED - View details on https://example.com/dashboard?id=pears
""",
    ),
    Rule(
        name="codeql.fatal",
        keywords=("a fatal error occurred",),
        opens=r"(?:\[[\d: -]{8,24}\] )?(?:\[.{0,40}ERROR.{0,10}\] )?A fatal error occurred: ",
        through=r"\s{1,8}\S|\(eventual cause: ",
        most=8,
        example="""
! A fatal error occurred: Exit status 1 from command: [/srv/orchard/build.sh]
""",
    ),
    Rule(
        name="codeql.encountered",
        keywords=("encountered a fatal error",),
        opens="(?:Error: )?Encountered a fatal error while running ",
        through=r"\s{1,8}\S",
        most=8,
        example="""
! ##[error]Encountered a fatal error while running "codeql database finalize". Exit code was 32.
""",
    ),
    Rule(
        name="codeql.build",
        keywords=("unable to automatically build",),
        opens="(?:Error: )?We were unable to automatically build your code",
        example="""
! ##[error]We were unable to automatically build your code. Please replace the call to the autobuild action.
""",
    ),
    Rule(
        name="codeql.no_code",
        keywords=("could not process any",),
        opens=r"(?:Error: )?(?:.{0,300}\. )?CodeQL (?:detected code written in|did not detect|could not process any)",
        example="""
! ##[error]CodeQL detected code written in Java but could not process any of it.
""",
    ),
    Rule(
        name="codeql.not_enabled",
        keywords=("##[error]",),
        opens=r"##\[error\].{0,300}(?:Code [Ss]canning is not enabled|must be enabled for this repository|CodeQL "
        "analyses from advanced configurations cannot|Code Scanning could not process the submitted SARIF)",
        example="""
! ##[error]Code scanning is not enabled for this repository. Please enable it in the repository settings.
""",
    ),
    Rule(
        name="super-linter.found",
        keywords=("found errors ",),
        opens=r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?\[ERROR\] {1,4}Found errors (?:in|when linting) ",
        until=r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[",
        most=40,
        example="""
! 2031-03-01 10:00:00 [ERROR]   Found errors when linting PYTHON_PEARS. Exit code: 1. Command output for PYTHON_PEARS:
> ------
> pears.py:3:1: P401 'plums' is never eaten
> ------
  2031-03-01 10:00:00 [INFO]   Finished
""",
    ),
    Rule(
        name="super-linter.recap",
        keywords=("errors found in ",),
        opens=r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?\[ERROR\] {1,4}(?:ERRORS FOUND in|\[\d)",
        rank=Rank.RECAP,
        example="""
! 2031-03-01 10:00:00 [ERROR]   ERRORS FOUND in PYTHON_PEARS:[1]
""",
    ),
    Rule(
        name="super-linter.end",
        keywords=("error",),
        opens=r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?\[(?:ERROR|FATAL)\] {1,4}(?:Super-linter detected linting errors"
        "|Exiting with errors found)",
        rank=Rank.SYMPTOM,
        example="""
! 2031-03-01 10:00:00 [FATAL]   Exiting with errors found!
""",
    ),
    Rule(
        name="lighthouse.assertion",
        keywords=("failure for ",),
        opens=r"\s{0,6}(?:✘|X|✖) {1,4}\S{1,80} failure for \w{1,40} assertion",
        through=r"$|\s{5,14}(?:expected|found|all values|Documentation|https?)",
        most=8,
        example="""
!   ✘  categories:performance failure for minScore assertion
>        expected: >=0.9
>           found: 0.81
>      all values: 0.81, 0.78
  Assertion failed. Exiting with status code 1.
""",
    ),
    Rule(
        name="lighthouse.end",
        keywords=("assertion failed. exiting",),
        opens=r"Assertion failed\. Exiting with status code",
        rank=Rank.SYMPTOM,
        example="""
! Assertion failed. Exiting with status code 1.
""",
    ),
    Rule(
        name="bundlesize.exceeded",
        keywords=("fail",),
        opens=r"\s{0,4}FAIL {1,4}\S{1,200}: .{1,40} > maxSize ",
        example="""
! FAIL  ./dist/pears.js: 30.1KB > maxSize 20KB (gzip)
""",
    ),
)
