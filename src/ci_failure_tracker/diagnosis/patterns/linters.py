"""Linters of text and workflows, pre-commit, quality gates, audits of dependencies."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Linters of text and configuration: markdownlint, actionlint, shellcheck, hadolint, links.

_TEXT_LINTERS_MARKDOWN = (
    r"\S{1,300}\.(?:md|markdown|mdx)(?::\d{1,6}){1,2}:? (?:error )?MD\d{3}|\S{1,300}\.(?:md|markdown): \d{1,6}: MD\d{3}"
)
_TEXT_LINTERS_WORKFLOW = r"\S{1,200}\.ya?ml:\d{1,6}:\d{1,5}: .{1,1500} \[[\w-]{3,40}\]$"
_TEXT_LINTERS_HADOLINT = r"\S{1,200}:\d{1,6} (?:DL|SC)\d{4} (?:error|warning): "
_TEXT_LINTERS_SHELLCHECK = r"\s{0,300}\^-{1,200}\^? SC\d{4}(?: \(\w{4,8}\))?: "
_TEXT_LINTERS_SHELLCHECK_GCC = r"\S{1,300}:\d{1,6}:\d{1,5}: (?:error|warning|note): .{1,1000} \[SC\d{4}\]$"
_TEXT_LINTERS_MARKDOWN_LINK = r"\s{0,4}\[(?:✖|✗)\] \S"


_TEXT_LINTERS = (
    LogPattern(
        name="markdownlint.expected",
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
        name="markdownlint.error",
        keywords=(" error md",),
        start=_TEXT_LINTERS_MARKDOWN,
        body=_TEXT_LINTERS_MARKDOWN,
        max_lines=30,
        example="""
! README.md:2:1 error MD018/no-needless-space-atx No space after hash on atx style heading [Context: "#press"]
> README.md:4 error MD012/no-multiple-blanks Multiple consecutive blank lines [Expected: 1; Actual: 2]
  done
""",
    ),
    LogPattern(
        name="actionlint.error",
        keywords=("unknown", "undefined", "missing", "unexpected"),
        start=_TEXT_LINTERS_WORKFLOW,
        body=r"\s{1,8}\||\d{1,6} \|",
        max_lines=5,
        example="""
! .github/workflows/press.yml:4:14: label "ubuntu-latst" is unknown. [runner-label]
>   |
> 4 |     runs-on: ubuntu-latst
>   |              ^~~~~~~~~~~~
  done
! .github/workflows/press.yml:6:23: undefined variable "baskt" [expression]
>   |
! .github/workflows/press.yml:7:15: specifying action "press" needs a ref, which is missing [action]
! .github/workflows/press.yml:9:3: unexpected key "stesp" for "job" section [syntax-check]
""",
    ),
    LogPattern(
        name="hadolint.error",
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
        name="shellcheck.error",
        keywords=("error", "undefined", "unused"),
        start=_TEXT_LINTERS_SHELLCHECK,
        context_before=r"In .{1,300} line \d{1,6}:$|(?!For more information|In )\s{0,200}\S",
        max_context=8,
        body=r"\s{0,300}\^-{1,200}|$|In .{1,300} line \d{1,6}:$|Did you mean:|\s{0,80}\S",
        end_before=r"For more information:|make: |npm ",
        max_lines=30,
        headline=r"^(?:" + _TEXT_LINTERS_SHELLCHECK + r")",
        fingerprint=r"^(?:" + _TEXT_LINTERS_SHELLCHECK + r")",
        example="""
> In press.sh line 3:
> for apple in basket
! ^-- SC1073 (info): Parsed this loop.
>       ^-- SC1058 (error): Do it.

  For more information:
> In press.sh line 4:
> if [ $apple == 1 ]; then
!             ^-- SC3014 (warning): In POSIX sh, == in place of = is undefined.

  For more information:
> In press.sh line 4:
> apple=1
! ^---^ SC2034 (warning): apple appears unused. Verify use (or export if used externally).

  For more information:
""",
    ),
    LogPattern(
        name="shellcheck.gcc",
        keywords=(": error: ",),
        start=_TEXT_LINTERS_SHELLCHECK_GCC,
        body=_TEXT_LINTERS_SHELLCHECK_GCC,
        max_lines=20,
        example="""
! press.sh:3:4: error: Double quote array expansions to avoid re-splitting elements. [SC2068]
> press.sh:9:4: note: Double quote to prevent globbing and word splitting. [SC2086]
""",
    ),
    LogPattern(
        name="links.lychee",
        keywords=("failed: ",),
        start=r"(?:\* )?(?:✗ )?\[(?:\d{3}|ERR(?:OR)?|TIMEOUT|EXC)\] .{1,800}\| (?:Failed|Error): ",
        context_before=r"(?:### )?Errors in \S|\[\S{1,300}\]:$",
        max_context=1,
        body=r"(?:\* )?(?:✗ )?\[(?:\d{3}|ERR(?:OR)?|TIMEOUT)\] ",
        max_lines=20,
        example="""
> Errors in README.md
! [404] https://press.example/basket | Failed: Network error: Not Found
  done
""",
    ),
    LogPattern(
        name="links.dead",
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
    LogPattern(
        name="links.html_proofer",
        keywords=("the following failures were found",),
        start=r"For the \w.{1,60} check, the following failures were found:",
        body=r"\* At |\s{2}\S|$",
        max_lines=30,
        headline=r"^\s{2}\S",
        example="""
> For the Links > External check, the following failures were found:
>
> * At ./_site/press.html:31:
>
!   External link https://press.example/basket failed (status code 404)

  HTML-Proofer found 1 failure!
""",
    ),
    LogPattern(
        name="links.html_proofer_old",
        keywords=(" failed: ",),
        start=r"\s{2,4}\*\s{1,4}External link .{1,800} failed: ",
        context_before=r"- \S{1,300}$",
        max_context=1,
        body=r"\s{2,4}\*\s{1,4}\S|\s{2,12}\S|- \S{1,300}$",
        max_lines=20,
        example="""
> - ./_site/press.html
!   *  External link https://press.example/basket failed: 404 No error
  done
""",
    ),
    LogPattern(
        name="links.html_proofer_count",
        keywords=(" failure",),
        start=r"(?:.{0,80}: )?HTML-Proofer found [1-9]\d{0,5} failures?",
        confidence=Confidence.RECAP,
        example="""
! HTML-Proofer found 1 failure!
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
    LogPattern(
        name="pre-commit.error",
        keywords=("error has occurred: ",),
        start=r"An (?:unexpected )?error has occurred: (?!Invalid)",
        body=r"(?:return code|stdout|stderr|expected return code): ?|\s{2,8}\S|\S.{0,300}(?:[Ee]rror|fatal)",
        max_lines=20,
        example="""
! An unexpected error has occurred: CalledProcessError: command: ('/usr/bin/git', 'fetch', 'origin', '--tags')
> return code: 128
> stderr:
>     fatal: unable to access the basket
  Check the log at /srv/.cache/pre-commit/pre-commit.log
""",
    ),
    LogPattern(
        name="pre-commit.config",
        keywords=("invalidconfigerror",),
        start=r"An error has occurred: Invalid(?:Config|Manifest)Error:",
        body=r"={2,5}> ",
        max_lines=8,
        example="""
! An error has occurred: InvalidConfigError:
> ==> File .pre-commit-config.yaml
> =====> Expected list
  Check the log at /srv/.cache/pre-commit/pre-commit.log
""",
    ),
    LogPattern(
        name="pre-commit.unstaged",
        keywords=("[error] ",),
        start=r"\[ERROR\] (?:Your pre-commit configuration is unstaged|Cowardly refusing)",
        example="""
! [ERROR] Your pre-commit configuration is unstaged.
""",
    ),
)

# SonarQube, CodeQL, super-linter, Lighthouse, checks of the size of a bundle.

_QUALITY = (
    LogPattern(
        name="sonar.error",
        keywords=("error during sonar",),
        start=r"(?:INFO|ERROR|\[ERROR\]):? {1,4}(?:\[\w{1,20}\] )?Error during Sonar\w{1,12} (?:Scanner )?[Ee]?",
        body=r"(?:ERROR|\[ERROR\]):?|\s{1,20}at |Caused by: |[a-z][\w.$]{3,200}(?:Exception|Error): ",
        max_lines=30,
        headline=r"(?:ERROR|\[ERROR\]):? {1,4}(?!Error during|Re-run|To see)\S|Caused by: |Exception: ",
        example="""
> ERROR: Error during SonarScanner execution
! ERROR: You must define the following mandatory properties for 'pears': sonar.organization
> ERROR:
> ERROR: Re-run SonarScanner using the -X switch to enable full debug logging.
  done
""",
    ),
    LogPattern(
        name="sonar.gate",
        keywords=("failed",),
        start=".{0,80}(?:QUALITY GATE STATUS: FAILED|Quality Gate has FAILED|Quality gate failed)",
        example="""
! ERROR: QUALITY GATE STATUS: FAILED - View details on https://example.com/dashboard?id=pears
""",
    ),
    LogPattern(
        name="codeql.fatal",
        keywords=("a fatal error occurred",),
        start=r"(?:\[[\d: -]{8,24}\] )?(?:\[.{0,40}ERROR.{0,10}\] )?A fatal error occurred: ",
        body=r"\s{1,8}\S|\(eventual cause: ",
        max_lines=8,
        example="""
! A fatal error occurred: Exit status 1 from command: [/srv/orchard/build.sh]
""",
    ),
    LogPattern(
        name="codeql.encountered",
        keywords=("encountered a fatal error",),
        start="(?:Error: )?Encountered a fatal error while running ",
        body=r"\s{1,8}\S",
        max_lines=8,
        example="""
! ##[error]Encountered a fatal error while running "codeql database finalize". Exit code was 32.
""",
    ),
    LogPattern(
        name="codeql.build",
        keywords=("unable to automatically build",),
        start="(?:Error: )?We were unable to automatically build your code",
        example="""
! ##[error]We were unable to automatically build your code. Please replace the call to the autobuild action.
""",
    ),
    LogPattern(
        name="codeql.no_code",
        keywords=("could not process any",),
        start=r"(?:Error: )?(?:.{0,300}\. )?CodeQL (?:detected code written in|did not detect|could not process any)",
        example="""
! ##[error]CodeQL detected code written in Java but could not process any of it.
""",
    ),
    LogPattern(
        name="codeql.not_enabled",
        keywords=("##[error]",),
        start=r"##\[error\].{0,300}(?:Code [Ss]canning is not enabled|must be enabled for this repository|CodeQL "
        "analyses from advanced configurations cannot|Code Scanning could not process the submitted SARIF)",
        example="""
! ##[error]Code scanning is not enabled for this repository. Please enable it in the repository settings.
""",
    ),
    LogPattern(
        name="super-linter.found",
        keywords=("found errors ",),
        start=r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?\[ERROR\] {1,4}Found errors (?:in|when linting) ",
        end_before=r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[",
        max_lines=40,
        example="""
! 2031-03-01 10:00:00 [ERROR]   Found errors when linting PYTHON_PEARS. Exit code: 1. Command output for PYTHON_PEARS:
> ------
> pears.py:3:1: P401 'plums' is never eaten
> ------
  2031-03-01 10:00:00 [INFO]   Finished
""",
    ),
    LogPattern(
        name="super-linter.recap",
        keywords=("errors found in ",),
        start=r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?\[ERROR\] {1,4}(?:ERRORS FOUND in|\[\d)",
        confidence=Confidence.RECAP,
        example="""
! 2031-03-01 10:00:00 [ERROR]   ERRORS FOUND in PYTHON_PEARS:[1]
""",
    ),
    LogPattern(
        name="super-linter.end",
        keywords=("error",),
        start=r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?\[(?:ERROR|FATAL)\] {1,4}(?:Super-linter detected linting errors"
        "|Exiting with errors found)",
        confidence=Confidence.SYMPTOM,
        example="""
! 2031-03-01 10:00:00 [FATAL]   Exiting with errors found!
""",
    ),
    LogPattern(
        name="lighthouse.assertion",
        keywords=("failure for ",),
        start=r"\s{0,6}(?:✘|X|✖) {1,4}\S{1,80} failure for \w{1,40} assertion",
        body=r"$|\s{5,14}(?:expected|found|all values|Documentation|https?)",
        max_lines=8,
        example="""
!   ✘  categories:performance failure for minScore assertion
>        expected: >=0.9
>           found: 0.81
>      all values: 0.81, 0.78
  Assertion failed. Exiting with status code 1.
""",
    ),
    LogPattern(
        name="lighthouse.end",
        keywords=("assertion failed. exiting",),
        start=r"Assertion failed\. Exiting with status code",
        confidence=Confidence.SYMPTOM,
        example="""
! Assertion failed. Exiting with status code 1.
""",
    ),
    LogPattern(
        name="bundlesize.exceeded",
        keywords=("fail",),
        start=r"\s{0,4}FAIL {1,4}\S{1,200}: .{1,40} > maxSize ",
        example="""
! FAIL  ./dist/pears.js: 30.1KB > maxSize 20KB (gzip)
""",
    ),
)

# Audits of dependencies and scans for vulnerabilities.

_AUDITS = (
    LogPattern(
        name="audit.npm",
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
        name="audit.npm_none",
        keywords=("vulnerabilit",),
        start=r".{0,40}\b(?:found 0 vulnerabilities|[Nn]o (?:known )?vulnerabilities (?:were )?found|0 "
        "vulnerabilities found)",
        confidence=Confidence.NOISE,
        example="""
! found 0 vulnerabilities
""",
    ),
    LogPattern(
        name="audit.found",
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
    LogPattern(
        name="audit.pip",
        keywords=("known vulnerabilit",),
        start=r"Found [1-9]\d{0,5} known vulnerabilit",
        body=r"$|Name {1,60}Version|[- ]{10,}$|[\w.-]{1,60} {1,40}[\dv][\w.!+-]{0,30} {1,40}(?:PYSEC|GHSA|CVE)-",
        fingerprint=r"(?:PYSEC|GHSA|CVE)-\d",
        example="""
! Found 1 known vulnerability in 1 package
> Name  Version ID             Fix Versions
> ----- ------- -------------- ------------
> pears 2.4.1   GHSA-1234-5678 2.7.2
  done
""",
    ),
    LogPattern(
        name="audit.cargo",
        keywords=("vulnerabilit",),
        start=r"error: \d{1,5} vulnerabilit(?:y|ies) found",
        confidence=Confidence.RECAP,
        example="""
! error: 1 vulnerability found!
""",
    ),
    LogPattern(
        name="audit.govulncheck",
        keywords=("vulnerability #",),
        start=r"Vulnerability #\d{1,4}: ",
        body=r"\s{1,10}\S",
        max_lines=20,
        example="""
! Vulnerability #1: GO-2031-4711
>     Pears are eaten twice in example.com/pears
>   More info: https://example.com/vuln/GO-2031-4711
>   Module: example.com/pears
>     Found in: example.com/pears@v1.2.0
>     Fixed in: example.com/pears@v1.2.1
  Your code is affected by 1 vulnerability from 1 module.
""",
    ),
    LogPattern(
        name="audit.snyk",
        keywords=("severity vulnerability found",),
        start=r"\s{0,4}[✗x] (?:Critical|High|Medium|Low) severity vulnerability found in ",
        body=r"\s{2,8}\S",
        max_lines=12,
        example="""
! ✗ High severity vulnerability found in pears
>   Description: Rot
>   Info: https://example.com/vuln/pears
  Organization: acme
""",
    ),
    LogPattern(
        name="audit.trivy_none",
        keywords=("(unknown: ",),
        start=r"Total: 0 \(",
        confidence=Confidence.NOISE,
        example="""
! Total: 0 (UNKNOWN: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0)
""",
    ),
    LogPattern(
        name="audit.trivy",
        keywords=("(unknown: ",),
        start=r"Total: [1-9]\d{0,5} \(UNKNOWN: ",
        context_before=r"\S{1,200} \(.{1,80}\)$|={4,}$|$",
        max_context=3,
        body="$|[┌│├└+|]",
        max_lines=40,
        fingerprint=r"CVE-\d|GHSA-",
        confidence=Confidence.LIKELY,
        example="""
> acme/pears:1.0 (alpine 3.19.0)
> ==============================
! Total: 1 (UNKNOWN: 0, LOW: 0, MEDIUM: 0, HIGH: 1, CRITICAL: 0)
>
> ┌─────────┬──────────────────┬──────────┐
> │ Library │  Vulnerability   │ Severity │
> ├─────────┼──────────────────┼──────────┤
> │ pears   │ CVE-2031-4711    │ HIGH     │
> └─────────┴──────────────────┴──────────┘
  done
""",
    ),
    LogPattern(
        name="audit.grype",
        keywords=("vulnerabilit",),
        start=r"(?:\[\d{1,6}\] )?ERROR discovered vulnerabilities at or above",
        confidence=Confidence.RECAP,
        example="""
! [0003] ERROR discovered vulnerabilities at or above the severity threshold
""",
    ),
    LogPattern(
        name="audit.dependency_review",
        keywords=("##[error]",),
        start=r"##\[error\]Dependency review (?:detected|could not)",
        example="""
! ##[error]Dependency review detected vulnerable packages.
""",
    ),
)

PATTERNS = (
    *_TEXT_LINTERS,
    *_PRECOMMIT,
    *_QUALITY,
    *_AUDITS,
)
