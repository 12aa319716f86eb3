"""Mocha, and what prints as it does: Cypress, Electron's and WebdriverIO's runners."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rule

_BODY = (
    r" {3}|\s{0,80}$|[-+] |[-+]$|\.\.\.$|[{}\[\]]{1,3},?$"
    r"|(?:\d{1,20}|'.{0,300}'|true|false|null|undefined) [!=]=="
)
_TITLE = r" {2}\d{1,5}\) \S|\s{7,60}(?!at )\S|\s{0,80}$"
_ENDS = r" {2}\d{1,5}\) "
_SAYS = r"^ {4,7}(?:Uncaught )?[A-Z][\w.]{0,100}(?:Error|Exception|Violation)\b|^ {5,6}\S"
_NAMES = r"^ {2}\d{1,5}\) |^ {7,60}(?!at )[^+-].{0,200}:$|^ {5,6}(?:Uncaught )?\w{0,100}(?:Error|Exception)\b"

RULES = (
    Rule(
        name="mocha.first",
        keywords=(" failing",),
        opens=r" {2}[1-9]\d{0,5} failing$",
        until=r" {2}(?:[2-9]|\d{2,5})\) ",
        through=rf"{_BODY}|{_ENDS}",
        most=60,
        headline=_SAYS,
        names=_NAMES,
        example="""
    1 passing (78ms)
>   2 failing
>
>   1) Cart
>        #total()
>          adds the prices:
>
!       AssertionError: expected 7 to equal 8
>       + expected - actual
>
>       -7
>       +8
>
>       at Context.<anonymous> (test/cart.js:4:54)

    2) Cart
""",
    ),
    Rule(
        name="mocha.failure",
        keywords=("error",),
        priority=1,  # before nightwatch.error, testem.browser, typescript.ts_node
        opens=r" {5}(?:Uncaught )?(?:[A-Z]\w{0,100})?Error(?: \[\w{1,60}\])?(?:: |$)",
        lead=_TITLE,
        lead_most=7,
        through=_BODY,
        until=_ENDS,
        most=40,
        names=_NAMES,
        example="""
>   2) Cart
>        #total()
>          waits for the prices:
!      Error: Timeout of 50ms exceeded. For async tests and hooks, ensure "done()" is called.
>       at listOnTimeout (node:internal/timers:581:17)

    3) Cart
""",
    ),
    Rule(
        name="mocha.assertion",
        keywords=("assert",),
        priority=1,  # before node-test.assertion
        opens=r" {6}(?:Uncaught )?Assert\w{0,40}(?: \[\w{1,60}\])?: ",
        lead=_TITLE,
        lead_most=7,
        through=_BODY,
        until=_ENDS,
        most=60,
        names=_NAMES,
        example="""
>   2) Cart #total() adds the taxes:
>
!       AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
>
> 7 !== 8
>
>       + expected - actual
>
>       -7
>       +8
>
>       at Context.<anonymous> (test/cart.js:8:44)

    3) Cart
""",
    ),
    Rule(
        name="mocha.exception",
        keywords=("exception during run: ",),
        opens=r" ?Exception during run: ",
        through=r"Require stack:|- \S|\s{4}at |\s{0,80}$",
        most=20,
        example="""
!  Exception during run: Error: Cannot find module './prices'
> Require stack:
> - /home/runner/work/shop/shop/test/cart.js
>     at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
""",
    ),
    Rule(
        name="mocha.no_files",
        keywords=("error: no test files found",),
        opens=r"Error: No test files found",
        example="""
! Error: No test files found: "test"
""",
    ),
)
