"""Karma and its reporters."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_BROWSER = r"(?:\[\w{1,20}\] )?[A-Z][A-Za-z ]{2,40} \d[\d.]{0,30} \([^()]{1,60}\)"
_STAMP = r"(?:\d\d \d\d \d{4} )?\d\d:\d\d:\d\d\.\d{3}:"

RULES = (
    Rule(
        name="karma.failure",
        keywords=(" failed",),
        opens=rf"{_BROWSER}:? (?!: |Executed |\().{{1,600}} FAILED$",
        through=r"\t|\s{2,40}\S",
        most=40,
        headline=r"^\s{1,8}(?:Uncaught )?[\w.]{0,100}(?:Error|Exception)\b[^|]{0,40}: ",
        names=r" FAILED$|^\s{1,8}(?:Expected |[\w.]{0,100}(?:Error|Exception)\b)",
        example="""
  HeadlessChrome 90.0.4430 (Linux 0.0.0): Executed 1 of 3 SUCCESS (0 secs / 0.002 secs)
! HeadlessChrome 90.0.4430 (Linux 0.0.0) Cart adds the prices FAILED
> 	Expected 7 to be 8.
> 	    at <Jasmine>
> 	    at UserContext.<anonymous> (src/cart.spec.ts:2:38)
  HeadlessChrome 90.0.4430 (Linux 0.0.0): Executed 2 of 3 (1 FAILED) (0 secs / 0.002 secs)
""",
    ),
    Rule(
        name="karma.error",
        keywords=(" error",),
        opens=rf"{_BROWSER}:? ERROR$",
        through=r"\t|\s{2,40}\S",
        most=30,
        headline=r"^\s{1,8}(?!An error was thrown|\{|You need to include)\S",
        example="""
> Chrome 90.0.4430 (Linux x86_64) ERROR
>   An error was thrown in afterAll
!   Uncaught SyntaxError: Unexpected token '='
>   at src/cart.spec.js:1:29
  Chrome 90.0.4430 (Linux x86_64): Executed 0 of 0 ERROR (0.047 secs / 0 secs)
""",
    ),
    Rule(
        name="karma.log",
        keywords=(":error [",),
        opens=rf"{_STAMP}ERROR \[[\w.-]{{1,60}}\]: ",
        through=r" {2,8}\S|\t",
        most=20,
        example="""
! 24 11 2026 03:00:58.502:ERROR [launcher]: No binary for ChromeHeadless browser on your platform.
>   Please, set "CHROME_BIN" env variable.
""",
    ),
    Rule(
        name="karma.disconnected",
        keywords=("reconnect failed",),
        opens=rf"(?:{_STAMP}WARN \[.{{1,100}}\]: |{_BROWSER}:? ?)Disconnected \(\d",
        example="""
! 24 11 2026 03:00:58.502:WARN [Firefox 90.0 (Linux)]: Disconnected (0 times) reconnect failed before timeout
""",
    ),
    Rule(
        name="karma.tests",
        keywords=("failed tests:",),
        opens=r"FAILED TESTS:$",
        through=r"\s{2,60}\S|\s{0,80}$",
        most=60,
        headline=r"^\s{2,8}(?:Expected |(?:Uncaught )?[\w.]{0,100}(?:Error|Exception)\b)",
        names=r"^\s{2,40}✖ |^\s{2,8}(?:Expected |[\w.]{0,100}(?:Error|Exception)\b)",
        example="""
> FAILED TESTS:
>   Cart
>     ✖ adds the prices
>       HeadlessChrome 90.0.4430 (Linux 0.0.0)
!     Expected 7 to be 8.
>         at <Jasmine>
>         at UserContext.<anonymous> (src/cart.spec.js:2:38)
""",
    ),
    Rule(
        name="karma.spec",
        keywords=("expected ",),
        opens=r"\tExpected \S.{0,1500} to ",
        lead=r" {2,40}[✗✖] ",
        lead_most=1,
        through=r"\t",
        most=30,
        names=r"^ {2,40}[✗✖] |^\tExpected ",
        example="""
>     ✗ adds the prices
! 	Expected 7 to be 8.
> 	    at UserContext.<anonymous> (src/cart.spec.js:2:38)

  HeadlessChrome 90.0.4430 (Linux 0.0.0): Executed 3 of 3 (2 FAILED) (0.047 secs / 0.008 secs)
""",
    ),
    Rule(
        name="karma.spec_error",
        keywords=("error: ",),
        opens=r"\t(?:Uncaught )?(?:[A-Z]\w{0,100})?Error: ",
        rank=Rank.LIKELY,
        lead=r" {2,40}[✗✖] ",
        lead_most=1,
        through=r"\t",
        most=30,
        names=r"^ {2,40}[✗✖] |^\t\S",
        example="""
>     ✗ adds the taxes
! 	TypeError: taxes is not a function
> 	    at UserContext.<anonymous> (src/cart.spec.js:3:36)
""",
    ),
    Rule(
        name="karma.progress",
        keywords=(" failed",),
        opens=rf"{_BROWSER}: Executed \d{{1,7}} of \d{{1,7}} .{{0,40}}\(\d{{1,7}} FAILED\)(?! ERROR)",
        rank=Rank.NOISE,
        example="""
! HeadlessChrome 90.0.4430 (Linux 0.0.0): Executed 2 of 3 (1 FAILED) (0.001 secs / 0.015 secs)
""",
    ),
    Rule(
        name="karma.tally",
        keywords=(" failed",),
        opens=r"TOTAL: \d{1,7} FAILED",
        rank=Rank.RECAP,
        example="""
! TOTAL: 2 FAILED, 1 SUCCESS
""",
    ),
    Rule(
        name="karma.executed",
        keywords=(" error (",),
        opens=rf"{_BROWSER}: Executed \d{{1,7}} of \d{{1,7}} .{{0,60}}ERROR \(",
        rank=Rank.RECAP,
        example="""
! Chrome 90.0.4430 (Linux x86_64): Executed 0 of 0 ERROR (0.047 secs / 0 secs)
""",
    ),
)
