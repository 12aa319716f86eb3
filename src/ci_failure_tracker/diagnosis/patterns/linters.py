"""Linters of text and workflows, pre-commit, quality gates, audits of dependencies."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Linters of text and configuration: markdownlint, actionlint, shellcheck, hadolint, links.

_TEXT_LINTERS_MARKDOWN_LINK = r"\s{0,4}\[(?:✖|✗)\] \S"


_TEXT_LINTERS_MARKDOWN = (
    r"\S{1,300}\.(?:md|markdown|mdx)(?::\d{1,6}){1,2}:? (?:error )?MD\d{3}|\S{1,300}\.(?:md|markdown): \d{1,6}: MD\d{3}"
)

_TEXT_LINTERS_SHELLCHECK_GCC = r"\S{1,300}:\d{1,6}:\d{1,5}: (?:error|warning|note): .{1,1000} \[SC\d{4}\]$"

_TEXT_LINTERS_HADOLINT = r"\S{1,200}:\d{1,6} (?:DL|SC)\d{4} (?:error|warning|info|style): "

_TEXT_LINTERS = (
    LogPattern(
        name="markdownlint.expected",
        kind=FailureKind.LINT,
        keywords=("expected: ",),
        priority=1,  # before markdownlint.error
        start=_TEXT_LINTERS_MARKDOWN,
        context_before=_TEXT_LINTERS_MARKDOWN,
        max_context=20,
        body=_TEXT_LINTERS_MARKDOWN,
        max_lines=30,
        example="""
> README.md:3 MD022/blanks-around-headings Headings should be surrounded by blank lines
! README.md:9:81 MD013/line-length Line length [Expected: 80; Actual: 93]
  npm ERR! code 1
""",
    ),
    LogPattern(
        name="hadolint.error",
        kind=FailureKind.LINT,
        keywords=(" error: ",),
        start=_TEXT_LINTERS_HADOLINT,
        context_before=_TEXT_LINTERS_HADOLINT,
        max_context=10,
        body=_TEXT_LINTERS_HADOLINT,
        max_lines=20,
        headline=r" error: ",
        example="""
> Dockerfile:2 DL3008 warning: Pin versions in apt get install
! Dockerfile:9 DL3020 error: Use COPY instead of ADD for files and folders
  done
""",
    ),
    LogPattern(
        name="shellcheck.gcc",
        kind=FailureKind.LINT,
        keywords=(": error: ", ": warning: ", ": note: "),
        start=_TEXT_LINTERS_SHELLCHECK_GCC,
        body=_TEXT_LINTERS_SHELLCHECK_GCC,
        max_lines=20,
        example="""
! press.sh:3:4: error: Double quote array expansions to avoid re-splitting elements. [SC2068]
> press.sh:9:4: note: Double quote to prevent globbing and word splitting. [SC2086]
  .
! press.sh:2:1: warning: Use 'cd ... || exit' in case cd fails. [SC2164]
  .
! press.sh:9:4: note: Double quote to prevent globbing and word splitting. [SC2086]
""",
    ),
    LogPattern(
        name="codespell.typo",
        kind=FailureKind.LINT,
        keywords=(" ==> ",),
        start=r"\S{1,300}:\d{1,6}: \S{1,80} ==> \S",
        body=r"\S{1,300}:\d{1,6}: \S{1,80} ==> \S",
        example="""
! README.md:1: teh ==> the
> docs/press.md:3: recieve ==> receive
  done
""",
    ),
    LogPattern(
        name="cspell.word",
        kind=FailureKind.LINT,
        keywords=(" - unknown word (",),
        start=r"\S{1,300}:\d{1,6}:\d{1,6} - Unknown word \(",
        body=r"\S{1,300}:\d{1,6}:\d{1,6} - Unknown word \(",
        example="""
! README.md:2:4 - Unknown word (recieve) fix: (receive)
> README.md:2:26 - Unknown word (frobnicator)
  CSpell: Files checked: 1, Issues found: 2 in 1 file.
""",
    ),
    LogPattern(
        name="hlint.hint",
        kind=FailureKind.LINT,
        keywords=(": warning: ", ": suggestion: "),
        start=r"\S{1,300}\.l?hs:\d{1,6}:\d{1,6}(?:-\d{1,6})?: (?:Warning|Suggestion|Error): ",
        body=r".",
        max_lines=12,
        example="""
! Main.hs:1:15-20: Warning: Redundant map
> Found:
>   map id
> Perhaps:
>   id

! Main.hs:2:10: Suggestion: Use if
> Found:
>   x
""",
    ),
    LogPattern(
        name="luacheck.warning",
        kind=FailureKind.LINT,
        keywords=(".lua:",),
        start=r"\s{2,4}\S{1,300}\.lua:\d{1,6}:\d{1,6}(?:-\d{1,6})?: \S",
        body=r"\s{2,4}\S{1,300}\.lua:\d{1,6}:\d{1,6}(?:-\d{1,6})?: \S",
        example="""
  Checking cart.lua                                 2 warnings

!     cart.lua:1:7: unused variable 'pear'
>     cart.lua:3:10: accessing undefined variable 'itms'

  Total: 2 warnings / 0 errors in 1 file
""",
    ),
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
        r"|##\[|Error: |\[?INFO\]",
        max_lines=40,
        headline=r"(?::\d{1,6}(?::\d{1,5})?(?: -)?:? {1,12}(?!note|warning|info|\s)\S)|\^-.{0,200}SC\d{4}"
        r"|^(?!\W{0,9}WARN).{0,300}(?:[Ee]rror|ERROR)",
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
    LogPattern(
        name="bandit.issue",
        kind=FailureKind.AUDIT,
        keywords=(">> issue: [b",),
        start=r">> Issue: \[B\d{3}:",
        body=r"\s{3}(?:Severity|CWE|More Info|Location): |\d{1,6}\t",
        max_lines=12,
        example="""
! >> Issue: [B602:subprocess_popen_with_shell_equals_true] subprocess call with shell=True identified.
>    Severity: High   Confidence: High
>    Location: ./cart.py:3:4
> 3	    subprocess.call("cat " + path, shell=True)
  --------------------------------------------------
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
        confidence=Confidence.SYMPTOM,
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
        confidence=Confidence.SYMPTOM,
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
        wrapper_lines=60,
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
        wrapper_lines=60,
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
