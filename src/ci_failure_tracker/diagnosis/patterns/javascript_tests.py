"""JavaScript's test runners: Jest, Vitest, Mocha, Jasmine, AVA, node:test, Bun, Deno."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Jest, also in Storybook's test runner and react-scripts.

_JEST_BODY = r" {4}|\s{0,80}$"
_JEST_TELLS = (
    r"^ {4}(?:(?:Uncaught |Unhandled )?\[?[\w.$-]{0,100}(?:Error|Exception|Violation|Warning)\b[^|]{0,60}: "
    r"|thrown: |Timeout - |: Timeout|Cannot |Could not |Unable to |Exceeded timeout|Network Error|Failed|No |Unexpected"
    r"|Protocol error)"
)
_JEST_ADVICE = (
    r"Jest encountered an unexpected|Jest failed to parse|This usually means|Out of the box|By default|Here's what"
    r"|You'll find|https?:|For information|Details:|TypeScript diagnostics|\s|at "
)

_JEST = (
    LogPattern(
        name="jest.test",
        kind=FailureKind.TEST,
        keywords=("●",),
        start=r" {2}● (?!Console\b|Test suite failed|Cannot log after)\S",
        body=_JEST_BODY,
        max_lines=100,
        headline=_JEST_TELLS,
        fingerprint=rf"^ {{2}}● |{_JEST_TELLS}",
        example="""
  FAIL src/cart.test.js
    Cart
      ✕ adds the prices (7 ms)

>   ● Cart › adds the prices
>
!     TypeError: prices.map is not a function
>
>       3 |   it('adds the prices', () => {
>     > 4 |     expect(total(prices)).toBe(8);
>         |            ^
>       5 |   });
>
>       at Object.total (src/cart.js:4:12)

  Test Suites: 1 failed, 1 total
""",
    ),
    LogPattern(
        name="jest.suite",
        kind=FailureKind.TEST,
        keywords=("test suite failed to run",),
        start=r" {2}● Test suite failed to run",
        body=_JEST_BODY,
        max_lines=80,
        headline=rf"^ {{4}}(?!{_JEST_ADVICE})\S",
        example="""
  FAIL src/cart.test.js
>   ● Test suite failed to run
>
!     Cannot find module './prices' from 'src/cart.test.js'
>
>     > 1 | const prices = require('./prices');
>         |                ^
>
>       at Resolver._throwModNotFoundError (node_modules/jest-resolve/build/resolver.js:427:11)

  Test Suites: 1 failed, 1 total
""",
    ),
    LogPattern(
        name="jest.file",
        kind=FailureKind.TEST,
        keywords=("fail ",),
        start=r" ?FAIL {1,2}(?:[\w@/-]{1,60} {1,2})?(?:\.\.?/)?\S{1,300}\.\w{1,5}(?: \(\d[^()]{0,40}\))?$",
        confidence=Confidence.RECAP,
        example="""
! FAIL src/cart.test.js (5.12 s)
""",
    ),
    LogPattern(
        name="jest.snapshot",
        kind=FailureKind.TEST,
        keywords=("snapshot failed",),
        start=r" › \d{1,6} snapshots? failed",
        confidence=Confidence.RECAP,
        example="""
!  › 1 snapshot failed.
""",
    ),
    LogPattern(
        name="jest.tally",
        kind=FailureKind.TEST,
        keywords=(" failed, ",),
        start=r"(?:Test Suites|Tests|Snapshots): {1,8}\d{1,6} failed, ",
        confidence=Confidence.RECAP,
        body=r"(?:Tests|Snapshots): {1,8}\d{1,6} failed, ",
        example="""
! Test Suites: 1 failed, 4 passed, 5 total
> Tests:       3 failed, 12 passed, 15 total
  Snapshots:   0 total
""",
    ),
)

# Mocha, and runners that print in its style: Cypress, Electron, WebdriverIO.

_MOCHA_BODY = (
    r" {3}|\s{0,80}$|[-+] |[-+]$|\.\.\.$|[{}\[\]]{1,3},?$"
    r"|(?:\d{1,20}|'.{0,300}'|true|false|null|undefined) [!=]=="
)
_MOCHA_TITLE = r" {2}\d{1,5}\) \S|\s{7,60}(?!at )\S|\s{0,80}$"
_MOCHA_ENDS = r" {2}\d{1,5}\) "
_MOCHA_SAYS = r"^ {4,7}(?:Uncaught )?[A-Z][\w.]{0,100}(?:Error|Exception|Violation)\b|^ {5,6}\S"
_MOCHA_TEST = r"^\s{7,40}(?P<subject>(?!.{0,100}Error\b)\S.{0,300}):$"
_MOCHA_NAMES = r"^ {2}\d{1,5}\) |^ {7,60}(?!at )[^+-].{0,200}:$|^ {5,6}(?:Uncaught )?\w{0,100}(?:Error|Exception)\b"

_MOCHA = (
    LogPattern(
        name="mocha.first",
        kind=FailureKind.TEST,
        keywords=(" failing",),
        start=r" {2}[1-9]\d{0,5} failing$",
        end_before=r" {2}(?:[2-9]|\d{2,5})\) ",
        body=rf"{_MOCHA_BODY}|{_MOCHA_ENDS}",
        max_lines=60,
        headline=_MOCHA_SAYS,
        fingerprint=_MOCHA_NAMES,
        facts=_MOCHA_TEST,
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
    LogPattern(
        name="mocha.failure",
        kind=FailureKind.TEST,
        keywords=("error",),
        priority=1,  # before nightwatch.error, testem.browser, typescript.ts_node
        start=r" {5}(?:Uncaught )?(?:[A-Z]\w{0,100})?Error(?: \[\w{1,60}\])?(?:: |$)",
        context_before=_MOCHA_TITLE,
        max_context=7,
        body=_MOCHA_BODY,
        end_before=_MOCHA_ENDS,
        max_lines=40,
        fingerprint=_MOCHA_NAMES,
        facts=_MOCHA_TEST,
        example="""
>   2) Cart
>        #total()
>          waits for the prices:
!      Error: Timeout of 50ms exceeded. For async tests and hooks, ensure "done()" is called.
>       at listOnTimeout (node:internal/timers:581:17)

    3) Cart
""",
    ),
)

# Jasmine, and runners that print in its style: Protractor, Angular's builders.

_JASMINE_LEAD = r"\d{1,5}\) \S|Suite error: |  Message:$|    (?:Expected|\S{0,100}Error: )"
_JASMINE_PLAYWRIGHT = r" {2}\d{1,5}\) \S| {4}Retry #\d|\s{0,80}$"
"""Playwright prints errors below its titles in the same way."""
_JASMINE_BODY = r"  (?:Stack|Message):$| {4}"
_JASMINE_NAMES = r"^(?:\d{1,5}\) |Suite error: )|^ {4}(?:Expected|Failed: |[\w.]{0,100}(?:Error|Exception)\b)"

_JASMINE = (
    LogPattern(
        name="jasmine.expected",
        kind=FailureKind.TEST,
        keywords=("expected ",),
        start=r" {4}Expected .{0,1500} to (?:be|equal|have|contain|match|throw|reject|resolve|not|exist)",
        context_before=_JASMINE_LEAD,
        body=_JASMINE_BODY,
        max_lines=40,
        fingerprint=_JASMINE_NAMES,
        example="""
  Failures:
> 1) Cart adds the prices
>   Message:
!     Expected 7 to be 8.
>   Stack:
>     Error: Expected 7 to be 8.
>         at UserContext.<anonymous> (spec/cart.spec.js:2:32)

  2) Cart adds the taxes
""",
    ),
    LogPattern(
        name="jasmine.error",
        kind=FailureKind.TEST,
        keywords=("error: ",),
        start=r" {4}(?:Uncaught )?(?:[A-Z]\w{0,100})?Error: \S",
        confidence=Confidence.LIKELY,
        context_before=rf"{_JASMINE_LEAD}|{_JASMINE_PLAYWRIGHT}",
        max_context=3,
        body=rf"{_JASMINE_BODY}|\s{{0,80}}$",
        end_before=r" {4}(?:Error Context: |Retry #|attachment #|─)| {0,2}\d{1,5}\) ",
        max_lines=40,
        fingerprint=rf"{_JASMINE_NAMES}|^ {{2}}\d{{1,5}}\) ",
        example="""
> 2) Cart adds the taxes
>   Message:
!     TypeError: taxes is not a function
>   Stack:
>         at UserContext.<anonymous> (spec/cart.spec.js:3:30)

  3 specs, 2 failures
""",
    ),
    LogPattern(
        name="jasmine.tally",
        kind=FailureKind.TEST,
        keywords=(" failure",),
        start=r"\d{1,7} (?:specs?|tests?), [1-9]\d{0,6} failures?(?:, \d{1,7} pending(?: specs?)?)?$",
        confidence=Confidence.RECAP,
        example="""
! 6 specs, 5 failures
""",
    ),
)

# The test runner of Node with its `spec` reporter. For its TAP reporter see TAP in `shells.py`.

_NODE_TEST_BODY = r" {2}|\s{0,80}$"

_NODE_TEST = (
    LogPattern(
        name="node-test.assertion",
        kind=FailureKind.TEST,
        keywords=("[err_assertion]",),
        start=r" {2,12}AssertionError \[ERR_ASSERTION\]: ",
        context_before=r"test at \S| {0,10}✖ \S",
        max_context=2,
        body=_NODE_TEST_BODY,
        end_before=r" {0,10}(?:test at |[✖✔▶\u2139﹣] )",
        end=r" {2}\}$",
        max_lines=40,
        fingerprint=r"^ {0,10}✖ | AssertionError \[",
        example="""
> test at test/cart.js:2:95
> ✖ adds the taxes (76.56ms)
!   AssertionError [ERR_ASSERTION]: Expected values to be strictly deep-equal:
>   + actual - expected
>
>     {
>   +   tax: 1
>   -   tax: 2
>     }
>       at TestContext.<anonymous> (test/cart.js:2:119) {
>     operator: 'deepStrictEqual'
>   }

  test at test/cart.js:3:1
""",
    ),
)

PATTERNS = (
    *_JEST,
    *_MOCHA,
    *_JASMINE,
    *_NODE_TEST,
)
