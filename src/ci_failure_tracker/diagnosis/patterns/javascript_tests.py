"""Tests of JavaScript: Jest, Mocha, Vitest, node:test, and tests in a browser (Playwright, Cypress, Karma)."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Playwright Test.

_PLAYWRIGHT_TITLE = r" {2}\d{1,5}\) \S| {4}Retry #\d|\s{0,80}$"
_PLAYWRIGHT_BODY = r" {4}|\s{0,80}$"
_PLAYWRIGHT_ENDS = (
    r" {4}(?:Error Context: |Retry #|attachment #|Test timeout of |─|(?:\w{1,40})?Error: |Usage:)| {2}\d{1,5}\) "
)
_PLAYWRIGHT_NAMES = r"^ {2}\d{1,5}\) | {4}(?:\w{0,40}Error: |Test timeout)"
_PLAYWRIGHT_ACTION = r"(?:page|locator|context|keyboard|mouse|worker|request|(?:browser|frame|element|api)\w{0,30})\.\w"

_PLAYWRIGHT = (
    LogPattern(
        name="playwright.failure",
        kind=FailureKind.TEST,
        keywords=("error: ",),
        start=(
            rf" {{4}}(?:\w{{1,40}})?Error: (?:expect\(|Timed out \d{{1,9}}ms waiting|{_PLAYWRIGHT_ACTION}|net::"
            r"|A snapshot doesn't exist)"
        ),
        context_before=_PLAYWRIGHT_TITLE,
        max_context=3,
        body=_PLAYWRIGHT_BODY,
        end_before=_PLAYWRIGHT_ENDS,
        max_lines=50,
        fingerprint=_PLAYWRIGHT_NAMES,
        example="""
>   1) [chromium] › tests/cart.spec.js:3:3 › Cart › adds the prices ─────────────────────────────────
>
!     Error: expect(received).toBe(expected) // Object.is equality
>
>     Expected: 8
>     Received: 7
>
>       2 | test.describe('Cart', () => {
>     > 3 |   test('adds the prices', () => { expect(total(prices)).toBe(8); });
>         |                                                         ^
>         at /home/runner/work/shop/shop/tests/cart.spec.js:3:34

      Error Context: test-results/cart/error-context.md
""",
    ),
    LogPattern(
        name="playwright.timeout",
        kind=FailureKind.TEST,
        keywords=("timeout of ",),
        start=r' {4}(?:Test|Fixture "\w{1,100}"|"\w{1,40}" hook|\w{1,40} hook) timeout of \d{1,9}ms exceeded',
        context_before=_PLAYWRIGHT_TITLE,
        max_context=3,
        body=_PLAYWRIGHT_BODY,
        end_before=r" {4}(?:Error Context: |Retry #|attachment #|─)| {2}\d{1,5}\) ",
        max_lines=40,
        fingerprint=_PLAYWRIGHT_NAMES,
        example="""
>   2) [chromium] › tests/cart.spec.js:6:3 › Cart › waits for the prices ────────────────────────────
>
!     Test timeout of 30000ms exceeded.
>
>     Error: page.click: Test timeout of 30000ms exceeded.
>         at /home/runner/work/shop/shop/tests/cart.spec.js:7:14

      Retry #1 ──────────────────────────────────────────────────────────────────────────────────────
""",
    ),
    LogPattern(
        name="playwright.recap",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r" {2}\d{1,5} failed$",
        body=r" {4}\S.{0,300} › ",
        confidence=Confidence.SYMPTOM,
        fingerprint=r" › ",
        example="""
!   1 failed
>     [chromium] › tests/cart.spec.js:3:3 › Cart › adds the prices ──────────────────────────────────
    1 passed (42.8s)
""",
    ),
    # Seen at https://github.com/Arize-ai/phoenix/pull/5747 and https://github.com/microsoft/playwright/issues/11287
    LogPattern(
        name="playwright.server",
        kind=FailureKind.TEST,
        keywords=("ms from config.webserver",),
        priority=3,  # before javascript.error
        start=r"Error: Timed out waiting \d{1,9}ms from config\.webServer",
        context_before=r"\[WebServer\] \S|$",
        max_context=8,
        example="""
> [WebServer] INFO:     Started server process [7932]
> [WebServer] INFO:     Waiting for the orchard.
>
! Error: Timed out waiting 60000ms from config.webServer.
""",
    ),
    LogPattern(
        name="playwright.no_tests",
        kind=FailureKind.CONFIGURATION,
        keywords=("error: no tests found",),
        start=r"Error: No tests found",
        confidence=Confidence.SYMPTOM,
        example="""
! Error: No tests found
  Make sure that arguments are regular expressions matching test files.
""",
    ),
)

# Test runners that use WebDriver: Nightwatch, WebdriverIO, Protractor, testem.

_WEBDRIVER = (
    LogPattern(
        name="protractor.launcher",
        kind=FailureKind.TEST,
        keywords=("error",),
        start=r"(?:\[\d\d:\d\d:\d\d\] )?E/\w{1,30} - (?!BUG: launcher exited).{0,300}[eE]rror",
        body=r"\s{4}at ",
        max_lines=8,
        example="""
! [10:20:30] E/launcher - Error: TSError: Unable to compile TypeScript
>     at createTSError (/home/travis/build/shop/node_modules/ts-node/src/index.ts:434:12)
""",
    ),
)

# Karma and its reporters.

_KARMA_BROWSER = r"(?:\[\w{1,20}\] )?[A-Z][A-Za-z ]{2,40} \d[\d.]{0,30} \([^()]{1,60}\)"
_KARMA_STAMP = r"(?:\d\d \d\d \d{4} )?\d\d:\d\d:\d\d\.\d{3}:"

_KARMA = (
    LogPattern(
        name="karma.failure",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=rf"{_KARMA_BROWSER}:? (?!: |Executed |\().{{1,600}} FAILED$",
        body=r"\t|\s{2,40}\S",
        max_lines=40,
        headline=r"^\s{1,8}(?:Uncaught )?[\w.]{0,100}(?:Error|Exception)\b[^|]{0,40}: ",
        fingerprint=r" FAILED$|^\s{1,8}(?:Expected |[\w.]{0,100}(?:Error|Exception)\b)",
        example="""
  HeadlessChrome 90.0.4430 (Linux 0.0.0): Executed 1 of 3 SUCCESS (0 secs / 0.002 secs)
! HeadlessChrome 90.0.4430 (Linux 0.0.0) Cart adds the prices FAILED
> 	Expected 7 to be 8.
> 	    at <Jasmine>
> 	    at UserContext.<anonymous> (src/cart.spec.ts:2:38)
  HeadlessChrome 90.0.4430 (Linux 0.0.0): Executed 2 of 3 (1 FAILED) (0 secs / 0.002 secs)
""",
    ),
    LogPattern(
        name="karma.error",
        kind=FailureKind.TEST,
        keywords=(" error",),
        start=rf"{_KARMA_BROWSER}:? ERROR$",
        body=r"\t|\s{2,40}\S",
        max_lines=30,
        headline=r"^\s{1,8}(?!An error was thrown|\{|You need to include)\S",
        example="""
> Chrome 90.0.4430 (Linux x86_64) ERROR
>   An error was thrown in afterAll
!   Uncaught SyntaxError: Unexpected token '='
>   at src/cart.spec.js:1:29
  Chrome 90.0.4430 (Linux x86_64): Executed 0 of 0 ERROR (0.047 secs / 0 secs)
""",
    ),
    LogPattern(
        name="karma.log",
        kind=FailureKind.CONFIGURATION,
        keywords=(":error [",),
        start=rf"{_KARMA_STAMP}ERROR \[[\w.-]{{1,60}}\]: ",
        body=r" {2,8}\S|\t",
        max_lines=20,
        example="""
! 24 11 2026 03:00:58.502:ERROR [launcher]: No binary for ChromeHeadless browser on your platform.
>   Please, set "CHROME_BIN" env variable.
""",
    ),
    LogPattern(
        name="karma.spec",
        kind=FailureKind.TEST,
        keywords=("expected ",),
        start=r"\tExpected \S.{0,1500} to ",
        context_before=r" {2,40}[✗✖] ",
        max_context=1,
        body=r"\t",
        max_lines=30,
        fingerprint=r"^ {2,40}[✗✖] |^\tExpected ",
        example="""
>     ✗ adds the prices
! 	Expected 7 to be 8.
> 	    at UserContext.<anonymous> (src/cart.spec.js:2:38)

  HeadlessChrome 90.0.4430 (Linux 0.0.0): Executed 3 of 3 (2 FAILED) (0.047 secs / 0.008 secs)
""",
    ),
    LogPattern(
        name="karma.spec_error",
        kind=FailureKind.TEST,
        keywords=("error: ",),
        start=r"\t(?:Uncaught )?(?:[A-Z]\w{0,100})?Error: ",
        confidence=Confidence.LIKELY,
        context_before=r" {2,40}[✗✖] ",
        max_context=1,
        body=r"\t",
        max_lines=30,
        fingerprint=r"^ {2,40}[✗✖] |^\t\S",
        example="""
>     ✗ adds the taxes
! 	TypeError: taxes is not a function
> 	    at UserContext.<anonymous> (src/cart.spec.js:3:36)
""",
    ),
    LogPattern(
        name="karma.tally",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r"TOTAL: \d{1,7} FAILED",
        confidence=Confidence.SYMPTOM,
        example="! TOTAL: 2 FAILED, 1 SUCCESS",
    ),
)

# Cypress, before it runs a test.

_CYPRESS = (
    # Seen at https://github.com/cypress-io/cypress/issues/14457 and https://github.com/cypress-io/cypress/issues/28270
    LogPattern(
        name="cypress.start",
        kind=FailureKind.TEST,
        keywords=("is missing the dependency: ", "cypress failed to start"),
        start=r"(?:\[FAILED\] |→ )?(?:Your system is missing the dependency: |Cypress failed to start\.)",
        example="""
  [STARTED] Task without title.
! [FAILED] Your system is missing the dependency: Xvfb
  [FAILED]
  [FAILED] Install Xvfb and run Cypress again.
! Cypress failed to start.
""",
    ),
    # Seen at https://github.com/cypress-io/cypress, in system-tests/__snapshots__/network_error_handling_spec.js
    LogPattern(
        name="cypress.server",
        kind=FailureKind.TEST,
        keywords=("cypress could not verify that this server",),
        start=r"Cypress could not verify that this server is running:",
        body=r"$| {2}> ",
        max_lines=3,
        fingerprint=r"^Cypress| {2}> ",
        example="""
! Cypress could not verify that this server is running:
>
>   > http://orchard.invalid

  We are verifying this server because it has been configured as your `baseUrl`.
""",
    ),
)

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
        name="jest.configuration",
        kind=FailureKind.CONFIGURATION,
        keywords=("●",),
        start=r"● (?:(?:Reporter )?Validation Error|Multiple configurations found|Deprecation Error|Test suite failed)",
        body=r" {2}|\s{0,80}$",
        max_lines=30,
        headline=r"^ {2}\S",
        example="""
> ● Validation Error:
>
!   Module ts-jest in the transform option was not found.
>          <rootDir> is: /home/runner/work/shop/shop
>
>   Configuration Documentation:
>   https://jestjs.io/docs/configuration
""",
    ),
    LogPattern(
        name="jest.threshold",
        kind=FailureKind.TEST,
        keywords=("coverage threshold for", "does not meet "),
        start=r"Jest: (?:.{1,300} coverage threshold for \w+ \(|Coverage for .{1,300} does not meet )",
        example="""
! Jest: "global" coverage threshold for branches (80%) not met: 77.5%
! Jest: Coverage for lines (0%) does not meet "global" threshold (90%)
""",
    ),
    LogPattern(
        name="jest.file",
        kind=FailureKind.TEST,
        keywords=("fail ",),
        start=r" ?FAIL {1,2}(?:[\w@/-]{1,60} {1,2})?(?:\.\.?/)?\S{1,300}\.\w{1,5}(?: \(\d[^()]{0,40}\))?$",
        confidence=Confidence.SYMPTOM,
        example="! FAIL src/cart.test.js (5.12 s)",
    ),
    LogPattern(
        name="jest.snapshot",
        kind=FailureKind.TEST,
        keywords=("snapshot failed",),
        start=r" › \d{1,6} snapshots? failed",
        confidence=Confidence.SYMPTOM,
        example="!  › 1 snapshot failed.",
    ),
    LogPattern(
        name="jest.tally",
        kind=FailureKind.TEST,
        keywords=(" failed, ",),
        start=r"(?:Test Suites|Tests|Snapshots): {1,8}\d{1,6} failed, ",
        confidence=Confidence.SYMPTOM,
        body=r"(?:Tests|Snapshots): {1,8}\d{1,6} failed, ",
        example="""
! Test Suites: 1 failed, 4 passed, 5 total
> Tests:       3 failed, 12 passed, 15 total
  Snapshots:   0 total
""",
    ),
    LogPattern(
        name="jest.no_tests",
        kind=FailureKind.CONFIGURATION,
        keywords=("no tests found, exiting with code", "no test files found, exiting with code"),
        start=r"No tests? (?:files )?found, exiting with code [1-9]",
        example="""
! No tests found, exiting with code 1
  Run with `--passWithNoTests` to exit with code 0
  .
! No test files found, exiting with code 1
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
_MOCHA_NAMES = r"^ {2}\d{1,5}\) |^ {7,60}(?!at )[^+-].{0,200}:$|^ {5,6}(?:Uncaught )?\w{0,100}(?:Error|Exception)\b"

_MOCHA = (
    LogPattern(
        name="mocha.first",
        kind=FailureKind.TEST,
        wrapper_lines=1,
        keywords=(" failing",),
        start=r" {2}[1-9]\d{0,5} failing$",
        end_before=r" {2}(?:[2-9]|\d{2,5})\) ",
        body=rf"{_MOCHA_BODY}|{_MOCHA_ENDS}",
        max_lines=60,
        headline=_MOCHA_SAYS,
        fingerprint=_MOCHA_NAMES,
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
        confidence=Confidence.SYMPTOM,
        example="! 6 specs, 5 failures",
    ),
)

# The test runner of Node with its `spec` reporter. For its TAP reporter see TAP in `shells.py`.

_NODE_TEST_BODY = r" {2}|\s{0,80}$"

_NODE_TEST_LEAD = r"test at \S|✖ \S"

_NODE_TEST_NAMES = r"^✖ (?!failing tests)|^ {2}(?:\w{0,100}Error\b|')"

_NODE_TEST = (
    LogPattern(
        name="node-test.first",
        kind=FailureKind.TEST,
        keywords=("failing tests:",),
        start=r"✖ failing tests:$",
        body=rf"{_NODE_TEST_BODY}|{_NODE_TEST_LEAD}",
        end=r" {2}\}$",
        max_lines=40,
        headline=r"^ {2}(?:\w{0,100}Error\b|')",
        fingerprint=_NODE_TEST_NAMES,
        example="""
  \u2139 fail 5
> ✖ failing tests:
>
> test at test/cart.js:2:26
> ✖ adds the prices (2.238088ms)
!   AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
>
>   7 !== 8
>
>       at TestContext.<anonymous> (test/cart.js:2:52) {
>     code: 'ERR_ASSERTION',
>     operator: 'strictEqual'
>   }

  test at test/cart.js:2:95
""",
    ),
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
    LogPattern(
        name="node-test.timeout",
        kind=FailureKind.TEST,
        keywords=("test timed out after",),
        start=r" {2,12}'test timed out after \d",
        context_before=_NODE_TEST_LEAD,
        max_context=2,
        fingerprint=_NODE_TEST_NAMES,
        example="""
> test at test/cart.js:4:1
> ✖ waits for the prices (51.897679ms)
!   'test timed out after 50ms'
""",
    ),
)

# Vitest.

_VITEST = (
    LogPattern(
        name="vitest.failure",
        kind=FailureKind.TEST,
        keywords=("fail ",),
        start=r" ?FAIL {1,2}(?:\|?[\w@/ -]{1,60}\|? )?\S{1,300}\.\w{1,5}(?: > | \[ )",
        end_before=r"⎯{3,200}",
        max_lines=80,
        headline=r"^[\w.$]{0,100}(?:Error|Exception|Violation|Rejection)\b[^|]{0,60}: |^[^\s\u276f⎯-]\S{0,100}: ",
        fingerprint=r"^ ?FAIL |^[\w.$]{0,100}(?:Error|Exception)\b",
        example="""
  ⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

>  FAIL  src/cart.test.js > Cart > adds the prices
! AssertionError: expected 7 to be 8 // Object.is equality
>
> - Expected
> + Received
>
> - 8
> + 7
>
>  \u276f src/cart.test.js:3:82
>       2| describe('Cart', () => {
>       3|   it('adds the prices', () => { expect(total(prices)).toBe(8); });
>        |                                                       ^

  ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯
""",
    ),
    LogPattern(
        name="vitest.tally",
        kind=FailureKind.TEST,
        keywords=(" failed ",),
        start=r" {1,12}(?:Test Files|Tests) {1,4}\d{1,6} failed ",
        confidence=Confidence.SYMPTOM,
        body=r" {1,12}(?:Tests|Errors) {1,4}\d",
        example="""
!  Test Files  1 failed (4)
>       Tests  5 failed | 2 passed (7)
     Start at  02:41:21
""",
    ),
)

# The test runner of Bun.

_BUN_TEST = (
    LogPattern(
        name="bun-test.expectation",
        kind=FailureKind.TEST,
        keywords=("error: expect(",),
        start=r"error: expect\(",
        context_before=r" {0,5}\d{1,6} \| | {2,200}\^$",
        max_context=8,
        body=r"\s{0,80}$|\s{2,40}\S|Expected|Received|Number of |[-+ ] |\S.{0,60}: ",
        end=r"(?:\(fail\)|✗) \S",
        max_lines=50,
        fingerprint=r"^error: expect|^(?:\(fail\)|✗) ",
        example="""
> 2 | describe("Cart", () => {
> 3 |   test("adds the prices", () => { expect(total(prices)).toBe(8); });
>                                                             ^
! error: expect(received).toBe(expected)
>
> Expected: 8
> Received: 7
>
>       at <anonymous> (/home/runner/work/shop/shop/cart.test.ts:3:34)
> (fail) Cart > adds the prices [0.39ms]
  (pass) Cart > is empty [0.08ms]
""",
    ),
    LogPattern(
        name="bun-test.failure",
        kind=FailureKind.TEST,
        keywords=("(fail) ",),
        start=r"\(fail\) \S",
        context_before=(
            r"(?!\((?:pass|fail|skip|todo)\) |\S{1,300}\.\w{1,4}:$)\s{0,40}(?:\d{1,6} \| |\^|at |[\w.]{0,100}Error: )"
        ),
        max_context=12,
        body=r"  \^ ",
        headline=r"^(?:error|[\w.]{1,100}Error|Error): |^ {2}\^ ",
        fingerprint=r"^(?:[\w.]{0,100}[eE]rror: |\(fail\) )",
        example="""
> (fail) Cart > waits for the prices [125.74ms]
!   ^ this test timed out after 100ms.
  (pass) Cart > is empty [0.08ms]
""",
    ),
    LogPattern(
        name="bun-test.tally",
        kind=FailureKind.TEST,
        keywords=(" fail",),
        start=r" {1,4}[1-9]\d{0,6} fail$",
        confidence=Confidence.SYMPTOM,
        example="!  3 fail",
    ),
)

# The test runner and type checks of Deno.

_DENO_TEST = (
    LogPattern(
        name="deno-test.failure",
        kind=FailureKind.TEST,
        keywords=("error: ",),
        start=r"error: (?:\(in promise\) )?(?:[A-Z]\w{0,100})?Error: ",
        context_before=r"\S.{0,300} => \S{1,300}:\d{1,6}:\d{1,5}$",
        max_context=1,
        end_before=r" ?(?:FAILURES|ERRORS) ?$|\S.{0,300} => \S{1,300}:\d|running \d|FAILED \|",
        max_lines=30,
        fingerprint=r" => \S{1,300}:\d|^error: ",
        example="""
> adds the prices => ./cart_test.ts:1:6
! error: AssertionError: Values are not equal.
>
>     [Diff] Actual / Expected
>
> -   7
> +   8
>
>     at file:///home/runner/work/shop/shop/cart_test.ts:1:56

   FAILURES
""",
    ),
    LogPattern(
        name="deno-test.type",
        kind=FailureKind.TYPE,
        keywords=(" [error]: ",),
        start=r"(?:error: )?TS\d{4,5} \[ERROR\]: ",
        body=r"\s{0,200}\S",
        max_lines=8,
        example="""
! TS2322 [ERROR]: Type 'string' is not assignable to type 'number'.
> const total: number = "a";
>       ~~~~~
>     at file:///home/runner/work/shop/shop/cart_test.ts:1:7

  error: Type checking failed.
""",
    ),
    LogPattern(
        name="deno-test.format",
        kind=FailureKind.FORMAT,
        keywords=("not formatted file",),
        start=r"error: Found \d{1,6} not formatted files?",
        context_before=r"from \S|\s{0,6}\d{1,6} \||$",
        max_context=30,
        headline=r"^from ",
        fingerprint=r"^from ",
        example="""
! from /srv/shop/main.ts:
> 2 | -const   x = 1
> 2 | +const x = 1;
>
> error: Found 1 not formatted file in 1 file
""",
    ),
    LogPattern(
        name="deno-test.progress",
        kind=FailureKind.TEST,
        keywords=("... failed",),
        start=r"\s{0,20}\S.{0,300} \.\.\. FAILED \((?:due to )?\d",
        confidence=Confidence.SYMPTOM,
        example="! adds the prices ... FAILED (4ms)",
    ),
    LogPattern(
        name="deno-test.tally",
        kind=FailureKind.TEST,
        keywords=("failed",),
        start=r"(?:FAILED \| \d{1,6} passed|error: Test failed$|error: Type checking failed)",
        confidence=Confidence.SYMPTOM,
        example="""
! FAILED | 3 passed | 2 failed (532ms)

! error: Test failed
""",
    ),
)

PATTERNS = (
    *_PLAYWRIGHT,
    *_WEBDRIVER,
    *_KARMA,
    *_CYPRESS,
    *_DENO_TEST,
    *_BUN_TEST,
    *_VITEST,
    *_JEST,
    *_MOCHA,
    *_JASMINE,
    *_NODE_TEST,
)
