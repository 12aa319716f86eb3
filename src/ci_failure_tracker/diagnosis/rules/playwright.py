"""Playwright Test."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TITLE = r" {2}\d{1,5}\) \S| {4}Retry #\d|\s{0,80}$"
_BODY = r" {4}|\s{0,80}$"
_ENDS = r" {4}(?:Error Context: |Retry #|attachment #|Test timeout of |─|(?:\w{1,40})?Error: |Usage:)| {2}\d{1,5}\) "
_NAMES = r"^ {2}\d{1,5}\) | {4}(?:\w{0,40}Error: |Test timeout)"
_ACTION = r"(?:page|locator|context|keyboard|mouse|worker|request|(?:browser|frame|element|api)\w{0,30})\.\w"

RULES = (
    Rule(
        name="playwright.failure",
        keywords=("error: ",),
        opens=(
            rf" {{4}}(?:\w{{1,40}})?Error: (?:expect\(|Timed out \d{{1,9}}ms waiting|{_ACTION}|net::"
            r"|A snapshot doesn't exist)"
        ),
        lead=_TITLE,
        lead_most=3,
        through=_BODY,
        until=_ENDS,
        most=50,
        names=_NAMES,
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
    Rule(
        name="playwright.timeout",
        keywords=("timeout of ",),
        opens=r' {4}(?:Test|Fixture "\w{1,100}"|"\w{1,40}" hook|\w{1,40} hook) timeout of \d{1,9}ms exceeded',
        lead=_TITLE,
        lead_most=3,
        through=_BODY,
        until=r" {4}(?:Error Context: |Retry #|attachment #|─)| {2}\d{1,5}\) ",
        most=40,
        names=_NAMES,
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
    Rule(
        name="playwright.annotation",
        keywords=("##[error]  ",),
        opens=r"(?:##\[error\])? {2}\d{1,5}\) (?:\[[\w -]{1,60}\] › )?\S{1,300}:\d{1,6}:\d{1,5} › ",
        through=_BODY,
        until=r" {4}(?:Error Context: |attachment #)|##\[",
        most=50,
        headline=r"^ {4}(?:(?:[A-Z]\w{0,40})?Error: |Test timeout of )",
        names=_NAMES,
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
    Rule(
        name="playwright.server",
        keywords=("error: ",),
        opens=(
            r"Error: (?:Timed out waiting \d{1,9}ms from config\.webServer|Process from config\.webServer "
            r"|No tests found|.{1,200} is already used, make sure that nothing is running)"
        ),
        example="""
! Error: Timed out waiting 60000ms from config.webServer.
""",
    ),
    Rule(
        name="playwright.recap",
        keywords=(" failed",),
        opens=r" {2}\d{1,5} failed$",
        through=r" {4}\S.{0,300} › ",
        rank=Rank.RECAP,
        names=r" › ",
        example="""
!   1 failed
>     [chromium] › tests/cart.spec.js:3:3 › Cart › adds the prices ──────────────────────────────────
    1 passed (42.8s)
""",
    ),
)
