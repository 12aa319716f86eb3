"""Runners that drive a browser through WebDriver: Nightwatch, WebdriverIO, Protractor, testem."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="nightwatch.assertion",
        keywords=(' expected "',),
        opens=r" {1,6}[✖×] .{1,800} - expected \"",
        through=r" {4,12}at \S",
        most=12,
        example="""
!  ✖ Timed out while waiting for element <#cart>.  - expected "visible" but got: "not found"
>     at Object.adds the prices (/home/runner/work/shop/shop/tests/cart.js:14:8)
""",
    ),
    Rule(
        name="nightwatch.error",
        keywords=("nightwatchasserterror",),
        opens=r" {1,6}(?:[✖×] )?\d{0,4}\)? ?NightwatchAssertError",
        through=r" {3,12}\S",
        most=14,
        headline=r"^ {3,8}(?!at )\S",
        example="""
>   ✖ NightwatchAssertError
!    Timed out while waiting for element <#cart> to be present for 5000 milliseconds.
>    Error location:
>    /home/runner/work/shop/shop/tests/cart.js:14

""",
    ),
    Rule(
        name="nightwatch.recap",
        keywords=("test failure: ",),
        opens=r" {0,4}[✖×]? ?TEST FAILURE: ",
        rank=Rank.RECAP,
        example="""
!   TEST FAILURE: 1 error during execution; 1 tests failed, 3 passed (12.4s)
""",
    ),
    Rule(
        name="webdriverio.error",
        keywords=("error in ",),
        opens=r'\[\d{1,3}-\d{1,3}\] (?:\w{1,60})?Error in "',
        through=r"(?!\[\d)\s{0,40}\S",
        most=20,
        headline=r"^(?:(?:[A-Z]\w{0,60})?Error: |Expected|expect\()",
        names=r'Error in "|^(?:(?:[A-Z]\w{0,60})?Error: |expect\()',
        example="""
> [0-0] Error in "Cart adds the prices"
! Error: Can't call click on element with selector "#cart" because element wasn't found
>     at Context.<anonymous> (/home/runner/work/shop/shop/test/cart.js:14:8)
  [0-0] FAILED in chrome - file:///test/cart.js
""",
    ),
    Rule(
        name="webdriverio.recap",
        keywords=("failed in ",),
        opens=r"\[\d{1,3}-\d{1,3}\] FAILED in ",
        rank=Rank.RECAP,
        example="""
! [0-0] FAILED in chrome - file:///test/cart.js
""",
    ),
    Rule(
        name="protractor.launcher",
        keywords=("error",),
        opens=r"(?:\[\d\d:\d\d:\d\d\] )?E/\w{1,30} - (?!BUG: launcher exited).{0,300}[eE]rror",
        through=r"\s{4}at ",
        most=8,
        example="""
! [10:20:30] E/launcher - Error: TSError: Unable to compile TypeScript
>     at createTSError (/home/travis/build/shop/node_modules/ts-node/src/index.ts:434:12)
""",
    ),
    Rule(
        name="protractor.could_not",
        keywords=("could not ",),
        opens=r"(?:\[\d\d:\d\d:\d\d\] )?E/\w{1,30} - Could not ",
        example="""
! [10:20:30] E/direct - Could not find chromedriver at /home/travis/build/shop/node_modules/chromedriver
""",
    ),
    Rule(
        name="testem.browser",
        keywords=("error: browser ",),
        opens=r"(?:\s{2,16}|##\[error\])?Error: Browser (?:exited|failed|timeout|disconnected)",
        example="""
! Error: Browser failed to connect within 30s. testem.js not loaded?
""",
    ),
)
