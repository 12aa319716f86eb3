"""What audits of dependencies and scans for weak spots find."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="audit.npm",
        keywords=("vulnerabilit",),
        opens=r"\d{1,6} (?:\w{1,10} severity )?vulnerabilit(?:y|ies)(?: \(.{1,100}\))?$",
        lead="# npm audit report|Severity: |.{1,200} - https://|fix available|No fix available|Will install"
        r"|Depends on vulnerable|\s{0,4}node_modules/|\s{0,4}\S{1,100} {1,4}[<>=*\d|]|\s{1,4}Depends on|$",
        lead_most=40,
        rank=Rank.RECAP,
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
    Rule(
        name="audit.npm_none",
        keywords=("vulnerabilit",),
        opens=r".{0,40}\b(?:found 0 vulnerabilities|[Nn]o (?:known )?vulnerabilities (?:were )?found|0 "
        "vulnerabilities found)",
        rank=Rank.NOISE,
        example="""
! found 0 vulnerabilities
""",
    ),
    Rule(
        name="audit.found",
        keywords=("vulnerabilit",),
        opens=r"(?!.{0,100}\b0 vuln)(?:\d{1,6} vulnerabilit(?:y|ies) found|found \d{1,6} vulnerabilit(?:y|ies))",
        through="Severity: ",
        rank=Rank.RECAP,
        example="""
! 3 vulnerabilities found - Packages audited: 1200
> Severity: 2 Moderate | 1 High
  Done in 1.20s.
""",
    ),
    Rule(
        name="audit.pip",
        keywords=("known vulnerabilit",),
        opens=r"Found [1-9]\d{0,5} known vulnerabilit",
        through=r"$|Name {1,60}Version|[- ]{10,}$|[\w.-]{1,60} {1,40}[\dv][\w.!+-]{0,30} {1,40}(?:PYSEC|GHSA|CVE)-",
        names=r"(?:PYSEC|GHSA|CVE)-\d",
        example="""
! Found 1 known vulnerability in 1 package
> Name  Version ID             Fix Versions
> ----- ------- -------------- ------------
> pears 2.4.1   GHSA-1234-5678 2.7.2
  done
""",
    ),
    Rule(
        name="audit.cargo",
        keywords=("vulnerabilit",),
        opens=r"error: \d{1,5} vulnerabilit(?:y|ies) found",
        rank=Rank.RECAP,
        example="""
! error: 1 vulnerability found!
""",
    ),
    Rule(
        name="audit.govulncheck",
        keywords=("vulnerability #",),
        opens=r"Vulnerability #\d{1,4}: ",
        through=r"\s{1,10}\S",
        most=20,
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
    Rule(
        name="audit.snyk",
        keywords=("severity vulnerability found",),
        opens=r"\s{0,4}[✗x] (?:Critical|High|Medium|Low) severity vulnerability found in ",
        through=r"\s{2,8}\S",
        most=12,
        example="""
! ✗ High severity vulnerability found in pears
>   Description: Rot
>   Info: https://example.com/vuln/pears
  Organization: acme
""",
    ),
    Rule(
        name="audit.trivy_none",
        keywords=("(unknown: ",),
        opens=r"Total: 0 \(",
        rank=Rank.NOISE,
        example="""
! Total: 0 (UNKNOWN: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0)
""",
    ),
    Rule(
        name="audit.trivy",
        keywords=("(unknown: ",),
        opens=r"Total: [1-9]\d{0,5} \(UNKNOWN: ",
        lead=r"\S{1,200} \(.{1,80}\)$|={4,}$|$",
        lead_most=3,
        through="$|[┌│├└+|]",
        most=40,
        names=r"CVE-\d|GHSA-",
        rank=Rank.LIKELY,
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
    Rule(
        name="audit.grype",
        keywords=("vulnerabilit",),
        opens=r"(?:\[\d{1,6}\] )?ERROR discovered vulnerabilities at or above",
        rank=Rank.RECAP,
        example="""
! [0003] ERROR discovered vulnerabilities at or above the severity threshold
""",
    ),
    Rule(
        name="audit.dependency_review",
        keywords=("##[error]",),
        opens=r"##\[error\]Dependency review (?:detected|could not)",
        example="""
! ##[error]Dependency review detected vulnerable packages.
""",
    ),
)
