"""Linters of text and workflows, pre-commit, quality gates, audits of dependencies."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Linters of text and configuration: markdownlint, actionlint, shellcheck, hadolint, links.

_TEXT_LINTERS_MARKDOWN_LINK = r"\s{0,4}\[(?:✖|✗)\] \S"


_TEXT_LINTERS = (
    LogPattern(
        name="links.dead",
        kind=FailureKind.LINT,
        keywords=("error: ",),
        start=r"\s{0,4}ERROR: (?:\d{1,5} dead links? found|Detected \d{1,6} broken links)",
        context_before=_TEXT_LINTERS_MARKDOWN_LINK + r"|\s{0,4}\[\d{3}\] \S|$|\s{1,4}\d{1,6} links checked\.",
        max_context=40,
        body=_TEXT_LINTERS_MARKDOWN_LINK,
        max_lines=20,
        headline=r"^(?:" + _TEXT_LINTERS_MARKDOWN_LINK + r"|^\s{0,4}\[[45]\d\d\]" + r")",
        example="""
    [✓] https://press.example/apple
>
>   9 links checked.
>
>   ERROR: 1 dead links found!
!   [✖] https://press.example/basket → Status: 404
  done
""",
    ),
)

# pre-commit: the hook that failed, and what it printed.

_PRECOMMIT_HOOK = r"[\w(\[].{0,200}\.{3,200}(?:\(.{1,60}\))?"

_PRECOMMIT = (
    LogPattern(
        name="pre-commit.hook",
        keywords=(".failed",),
        start=r"[\w(\[].{0,200}\.{3,200}Failed$",
        end_before=_PRECOMMIT_HOOK
        + r"(?:Passed|Failed|Skipped)$|pre-commit hook\(s\) made changes|All changes made by hooks|diff --git "
        r"|Error: |\[?INFO\]",
        max_lines=40,
        headline=r"(?::\d{1,6}(?::\d{1,5})?(?: -)?:? {1,12}(?!note|warning|info|\s)\S)|\^-.{0,200}SC\d{4}|error|Error",
        fingerprint=r"\.Failed$|(?::\d{1,6}(?::\d{1,5})?(?: -)?:? {1,12}(?!note|warning|info|\s)\S)|\^-.{0,200}SC\d{4}",
        example="""
  Check Yaml...............................................................Passed
> Flake8...................................................................Failed
> - hook id: flake8
> - exit code: 1
>
! orchard/press.py:3:80: E501 line too long (91 > 79 characters)

  Check Toml...............................................................Passed
""",
    ),
)

# Audits of dependencies and scans for vulnerabilities.

_AUDITS = (
    LogPattern(
        name="audit.npm",
        kind=FailureKind.AUDIT,
        keywords=("vulnerabilit",),
        start=r"\d{1,6} (?:\w{1,10} severity )?vulnerabilit(?:y|ies)(?: \(.{1,100}\))?$",
        context_before="# npm audit report|Severity: |.{1,200} - https://|fix available|No fix available|Will install"
        r"|Depends on vulnerable|\s{0,4}node_modules/|\s{0,4}\S{1,100} {1,4}[<>=*\d|]|\s{1,4}Depends on|$",
        max_context=40,
        confidence=Confidence.RECAP,
        example="""
> # npm audit report
>
> pears  <=4.17.20
> Severity: critical
> Rotten pears - https://example.com/advisories/GHSA-1
> fix available via `npm audit fix --force`
> node_modules/pears
>
! 1 critical severity vulnerability

  To address all issues, run:
""",
    ),
    LogPattern(
        name="audit.found",
        kind=FailureKind.AUDIT,
        keywords=("vulnerabilit",),
        start=r"(?!.{0,100}\b0 vuln)(?:\d{1,6} vulnerabilit(?:y|ies) found|found \d{1,6} vulnerabilit(?:y|ies))",
        body="Severity: ",
        confidence=Confidence.RECAP,
        example="""
! 3 vulnerabilities found - Packages audited: 1200
> Severity: 2 Moderate | 1 High
  Done in 1.20s.
""",
    ),
)

# CodeQL and SonarQube.

_QUALITY = (
    # Seen at https://github.com/github/codeql-action/issues/1338 and https://github.com/github/codeql/issues/14866
    LogPattern(
        name="codeql.fatal",
        kind=FailureKind.AUDIT,
        keywords=("a fatal error occurred: ",),
        start=r"\s{0,4}A fatal error occurred: ",
        body=r"\s{1,8}\(eventual cause: ",
        max_lines=3,
        example="""
    Running TRAP import for CodeQL database at /srv/_temp/codeql_databases/cpp...
!   A fatal error occurred: Couldn't read /srv/_temp/codeql_databases/cpp/trap/cpp/pears.link
>   (eventual cause: NoSuchFileException "/srv/_temp/codeql_databases/cpp/trap/cpp/pears.link")
  done
""",
    ),
    # Seen at https://github.com/github/codeql-action/issues/2955 and https://github.com/github/codeql/issues/20651
    LogPattern(
        name="codeql.encountered",
        kind=FailureKind.AUDIT,
        keywords=("encountered a fatal error while running",),
        start=r"##\[error\]Encountered a fatal error while running \"",
        confidence=Confidence.LIKELY,  # codeql.fatal tells the same with fewer words
        example="""
! ##[error]Encountered a fatal error while running "/opt/CodeQL/2.22.1/x64/codeql/codeql database finalize". Exit
""",
    ),
    # Seen at https://github.com/mc1arke/sonarqube-community-branch-plugin/issues/239
    LogPattern(
        name="sonar.error",
        kind=FailureKind.LINT,
        keywords=("error during sonarscanner execution",),
        start=r"(?:[\d:.]{8,15} )?ERROR:? Error during SonarScanner execution",
        body=r"(?:[\d:.]{8,15} )?ERROR:? (?!Re-run)\S|[a-z][\w.$]{3,200}(?:Exception|Error): |Caused by: ",
        max_lines=12,
        headline=r"ERROR:? (?!Error during)\S|(?:Exception|Error): ",
        example="""
  INFO: EXECUTION FAILURE
> ERROR: Error during SonarScanner execution
! ERROR: Report status=failed, desc=SonarQube reported QualityGate is ok, with 8 ok, 24 issues, with 12 critical (fail)
  ERROR: Re-run SonarScanner using the -X switch to enable full debug logging.
""",
    ),
)

PATTERNS = (
    *_TEXT_LINTERS,
    *_PRECOMMIT,
    *_AUDITS,
    *_QUALITY,
)
