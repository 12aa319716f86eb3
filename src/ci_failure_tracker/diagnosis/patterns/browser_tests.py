"""Tests in a browser: Cypress, Playwright, WebDriver, Karma."""

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

PATTERNS = (
    *_PLAYWRIGHT,
    *_WEBDRIVER,
    *_KARMA,
    *_CYPRESS,
)
