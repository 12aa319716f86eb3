"""Tests in a browser: Cypress, Playwright, WebDriver, Karma."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Cypress, which prints failures in the style of Mocha.

_CYPRESS = (
    LogPattern(
        name="cypress.binary",
        keywords=("binary is missing",),
        start=r"The cypress npm package is installed, but the Cypress binary is missing",
        body=r"\S",
        max_lines=4,
        example="""
! The cypress npm package is installed, but the Cypress binary is missing.
> We expected the binary to be installed here: /home/runner/.cache/Cypress/13.6.0/Cypress/Cypress

  Reasons it may be missing:
""",
    ),
    LogPattern(
        name="cypress.server",
        keywords=("cypress could not verify",),
        start=r"Cypress could not verify that (?:this server is running|the server)",
        body=r" {2}> |\s{0,80}$",
        max_lines=5,
        example="""
! Cypress could not verify that this server is running:
>
>   > http://localhost:3000

  We are verifying this server because it has been configured as your baseUrl.
""",
    ),
    LogPattern(
        name="cypress.start",
        keywords=("cypress failed to start",),
        start=r"(?:\[FAILED\] )?Cypress failed to start",
        body=r"\s{0,80}$|\S",
        end_before=r"-{6,40}$|Platform: ",
        max_lines=8,
        example="""
! Cypress failed to start.
>
> This may be due to a missing library or dependency.

  ----------
""",
    ),
    LogPattern(
        name="cypress.verification",
        keywords=("verification timed out",),
        start=r"(?:\[FAILED\] )?Cypress verification timed out",
        example="""
! Cypress verification timed out.
""",
    ),
    LogPattern(
        name="cypress.dependency",
        keywords=("is missing the dependency",),
        start=r"(?:\[FAILED\] )?Your system is missing the dependency: ",
        example="""
! Your system is missing the dependency: Xvfb
""",
    ),
    LogPattern(
        name="cypress.no_specs",
        keywords=("can't run because",),
        start=r"Can't run because no spec files were found",
        body=r"\s{0,80}$|We searched| {2}> ",
        max_lines=5,
        example="""
! Can't run because no spec files were found.
>
> We searched for specs matching this glob pattern:
>
>   > cypress/e2e/**/*.cy.js
""",
    ),
    LogPattern(
        name="cypress.support",
        keywords=("error: ",),
        start=(
            r"(?:Error: )?(?:Webpack Compilation Error"
            r"|Your (?:configFile|supportFile|pluginsFile) .{0,80}(?:is invalid|threw an error|is missing))"
        ),
        body=r"\s{0,80}\S",
        max_lines=12,
        example="""
! Error: Webpack Compilation Error
> ./cypress/e2e/cart.cy.js
> Module not found: Error: Can't resolve './prices' in '/home/runner/work/shop/shop/cypress/e2e'
""",
    ),
    LogPattern(
        name="cypress.recap",
        keywords=(" failed (",),
        start=r" {2,8}✖ {1,3}\d{1,5} of \d{1,5} failed \(",
        confidence=Confidence.RECAP,
        example="""
!     ✖  1 of 3 failed (33%)                      00:12        9        8        1        -        -
""",
    ),
)

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
        name="playwright.annotation",
        keywords=("##[error]  ",),
        start=r"(?:##\[error\])? {2}\d{1,5}\) (?:\[[\w -]{1,60}\] › )?\S{1,300}:\d{1,6}:\d{1,5} › ",
        body=_PLAYWRIGHT_BODY,
        end_before=r" {4}(?:Error Context: |attachment #)|##\[",
        max_lines=50,
        headline=r"^ {4}(?:(?:[A-Z]\w{0,40})?Error: |Test timeout of )",
        fingerprint=_PLAYWRIGHT_NAMES,
        example="""
> ##[error]  1) [chromium] › tests/cart.spec.js:3:3 › Cart › adds the prices ────────────────────────
>
!     Error: expect(received).toBe(expected) // Object.is equality
>
>     Expected: 8
>     Received: 7

      Error Context: test-results/cart/error-context.md
""",
    ),
    LogPattern(
        name="playwright.server",
        keywords=("error: ",),
        start=(
            r"Error: (?:Timed out waiting \d{1,9}ms from config\.webServer|Process from config\.webServer "
            r"|No tests found|.{1,200} is already used, make sure that nothing is running)"
        ),
        example="""
! Error: Timed out waiting 60000ms from config.webServer.
""",
    ),
    LogPattern(
        name="playwright.recap",
        keywords=(" failed",),
        start=r" {2}\d{1,5} failed$",
        body=r" {4}\S.{0,300} › ",
        confidence=Confidence.RECAP,
        fingerprint=r" › ",
        example="""
!   1 failed
>     [chromium] › tests/cart.spec.js:3:3 › Cart › adds the prices ──────────────────────────────────
    1 passed (42.8s)
""",
    ),
)

# Test runners that use WebDriver: Nightwatch, WebdriverIO, Protractor, testem.

_WEBDRIVER = (
    LogPattern(
        name="nightwatch.assertion",
        keywords=(' expected "',),
        start=r" {1,6}[✖×] .{1,800} - expected \"",
        body=r" {4,12}at \S",
        max_lines=12,
        example="""
!  ✖ Timed out while waiting for element <#cart>.  - expected "visible" but got: "not found"
>     at Object.adds the prices (/home/runner/work/shop/shop/tests/cart.js:14:8)
""",
    ),
    LogPattern(
        name="nightwatch.error",
        keywords=("nightwatchasserterror",),
        start=r" {1,6}(?:[✖×] )?\d{0,4}\)? ?NightwatchAssertError",
        body=r" {3,12}\S",
        max_lines=14,
        headline=r"^ {3,8}(?!at )\S",
        example="""
>   ✖ NightwatchAssertError
!    Timed out while waiting for element <#cart> to be present for 5000 milliseconds.
>    Error location:
>    /home/runner/work/shop/shop/tests/cart.js:14

""",
    ),
    LogPattern(
        name="nightwatch.recap",
        keywords=("test failure: ",),
        start=r" {0,4}[✖×]? ?TEST FAILURE: ",
        confidence=Confidence.RECAP,
        example="""
!   TEST FAILURE: 1 error during execution; 1 tests failed, 3 passed (12.4s)
""",
    ),
    LogPattern(
        name="webdriverio.error",
        keywords=("error in ",),
        start=r'\[\d{1,3}-\d{1,3}\] (?:\w{1,60})?Error in "',
        body=r"(?!\[\d)\s{0,40}\S",
        max_lines=20,
        headline=r"^(?:(?:[A-Z]\w{0,60})?Error: |Expected|expect\()",
        fingerprint=r'Error in "|^(?:(?:[A-Z]\w{0,60})?Error: |expect\()',
        example="""
> [0-0] Error in "Cart adds the prices"
! Error: Can't call click on element with selector "#cart" because element wasn't found
>     at Context.<anonymous> (/home/runner/work/shop/shop/test/cart.js:14:8)
  [0-0] FAILED in chrome - file:///test/cart.js
""",
    ),
    LogPattern(
        name="webdriverio.recap",
        keywords=("failed in ",),
        start=r"\[\d{1,3}-\d{1,3}\] FAILED in ",
        confidence=Confidence.RECAP,
        example="""
! [0-0] FAILED in chrome - file:///test/cart.js
""",
    ),
    LogPattern(
        name="protractor.launcher",
        keywords=("error",),
        start=r"(?:\[\d\d:\d\d:\d\d\] )?E/\w{1,30} - (?!BUG: launcher exited).{0,300}[eE]rror",
        body=r"\s{4}at ",
        max_lines=8,
        example="""
! [10:20:30] E/launcher - Error: TSError: Unable to compile TypeScript
>     at createTSError (/home/travis/build/shop/node_modules/ts-node/src/index.ts:434:12)
""",
    ),
    LogPattern(
        name="protractor.could_not",
        keywords=("could not ",),
        start=r"(?:\[\d\d:\d\d:\d\d\] )?E/\w{1,30} - Could not ",
        example="""
! [10:20:30] E/direct - Could not find chromedriver at /home/travis/build/shop/node_modules/chromedriver
""",
    ),
    LogPattern(
        name="testem.browser",
        keywords=("error: browser ",),
        start=r"(?:\s{2,16}|##\[error\])?Error: Browser (?:exited|failed|timeout|disconnected)",
        example="""
! Error: Browser failed to connect within 30s. testem.js not loaded?
""",
    ),
)

# Karma and its reporters.

_KARMA_BROWSER = r"(?:\[\w{1,20}\] )?[A-Z][A-Za-z ]{2,40} \d[\d.]{0,30} \([^()]{1,60}\)"
_KARMA_STAMP = r"(?:\d\d \d\d \d{4} )?\d\d:\d\d:\d\d\.\d{3}:"

_KARMA = (
    LogPattern(
        name="karma.failure",
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
        name="karma.disconnected",
        keywords=("reconnect failed",),
        start=rf"(?:{_KARMA_STAMP}WARN \[.{{1,100}}\]: |{_KARMA_BROWSER}:? ?)Disconnected \(\d",
        example="""
! 24 11 2026 03:00:58.502:WARN [Firefox 90.0 (Linux)]: Disconnected (0 times) reconnect failed before timeout
""",
    ),
    LogPattern(
        name="karma.tests",
        keywords=("failed tests:",),
        start=r"FAILED TESTS:$",
        body=r"\s{2,60}\S|\s{0,80}$",
        max_lines=60,
        headline=r"^\s{2,8}(?:Expected |(?:Uncaught )?[\w.]{0,100}(?:Error|Exception)\b)",
        fingerprint=r"^\s{2,40}✖ |^\s{2,8}(?:Expected |[\w.]{0,100}(?:Error|Exception)\b)",
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
    LogPattern(
        name="karma.spec",
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
        name="karma.progress",
        keywords=(" failed",),
        start=rf"{_KARMA_BROWSER}: Executed \d{{1,7}} of \d{{1,7}} .{{0,40}}\(\d{{1,7}} FAILED\)(?! ERROR)",
        confidence=Confidence.NOISE,
        example="""
! HeadlessChrome 90.0.4430 (Linux 0.0.0): Executed 2 of 3 (1 FAILED) (0.001 secs / 0.015 secs)
""",
    ),
    LogPattern(
        name="karma.tally",
        keywords=(" failed",),
        start=r"TOTAL: \d{1,7} FAILED",
        confidence=Confidence.RECAP,
        example="""
! TOTAL: 2 FAILED, 1 SUCCESS
""",
    ),
    LogPattern(
        name="karma.executed",
        keywords=(" error (",),
        start=rf"{_KARMA_BROWSER}: Executed \d{{1,7}} of \d{{1,7}} .{{0,60}}ERROR \(",
        confidence=Confidence.RECAP,
        example="""
! Chrome 90.0.4430 (Linux x86_64): Executed 0 of 0 ERROR (0.047 secs / 0 secs)
""",
    ),
)

PATTERNS = (
    *_CYPRESS,
    *_PLAYWRIGHT,
    *_WEBDRIVER,
    *_KARMA,
)
