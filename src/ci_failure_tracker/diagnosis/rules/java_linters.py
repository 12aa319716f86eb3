"""Linters of Java: Checkstyle, PMD, SpotBugs."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_JAVA = r"(?:[A-Za-z]:)?[^\s:\[]{1,300}\.\w{1,12}"
_MAVEN = r"\[(?:ERROR|WARN(?:ING)?)\] (?:[A-Za-z]:)?[^\s:\[]{1,300}:\[\d{1,6}(?:,\d{1,5})?\] \(\w{2,40}\) \w"
_PLAIN = (
    r"(?:\s{0,12}\[(?:ant:)?checkstyle\] )?\[(?:ERROR|WARN)\] "
    + _JAVA
    + r":\d{1,6}(?::\d{1,5})?: .{1,1000} \[\w{2,60}\]$"
)
_SPOTBUGS = r"\[ERROR\] (?:High|Medium|Low): "

RULES = (
    Rule(
        name="checkstyle.maven",
        keywords=("[error] ",),
        priority=1,  # before javac.maven
        opens=_MAVEN,
        through=_MAVEN,
        most=30,
        names=r"^(?:" + _MAVEN + r")",
        example="""
  [INFO] There is 1 error reported by Checkstyle 8.29 with sun_checks.xml ruleset.
! [ERROR] src/main/java/com/example/Press.java:[31,9] (javadoc) JavadocMethod: No comment.
> [ERROR] src/main/java/com/example/Press.java:[40] (sizes) LineLength: Line is longer than 100 characters.
  [INFO] ------------------------------------------------------------------------
""",
    ),
    Rule(
        name="checkstyle.plain",
        keywords=("[error] ",),
        opens=_PLAIN,
        through=_PLAIN,
        most=30,
        names=r"^(?:" + _PLAIN + r")",
        example="""
! [ant:checkstyle] [ERROR] /srv/press/src/main/java/com/example/Press.java:31:9: No comment. [JavadocMethod]
> [ant:checkstyle] [ERROR] /srv/press/src/main/java/com/example/Press.java:40: Line is longer than 100. [LineLength]
  > Task :checkstyleMain FAILED
""",
    ),
    Rule(
        name="checkstyle.count",
        keywords=("error",),
        opens=r"(?:\[INFO\] )?(?:There (?:is|are) [1-9]\d{0,5} errors? reported by Checkstyle"
        r"|Checkstyle ends with [1-9]\d{0,5} errors)",
        rank=Rank.RECAP,
        example="""
! [INFO] There is 1 error reported by Checkstyle 8.29 with sun_checks.xml ruleset.
""",
    ),
    Rule(
        name="spotbugs.bug",
        keywords=("[error] ",),
        opens=_SPOTBUGS,
        through=_SPOTBUGS,
        most=20,
        example="""
! [ERROR] High: Null passed to com.example.Press.turn(Apple) [com.example.Press] At Press.java:[line 31] NP
  [INFO]
""",
    ),
    Rule(
        name="pmd.failure",
        keywords=("pmd failure: ",),
        opens=r"\[(?:INFO|WARNING|ERROR)\] PMD Failure: ",
        through=r"\[(?:INFO|WARNING|ERROR)\] PMD Failure: ",
        most=20,
        example="""
! [WARNING] PMD Failure: com.example.Press:31 Rule:UnneededImport Priority:4 Avoid imports that nobody needs.
  [INFO] BUILD FAILURE
""",
    ),
)
