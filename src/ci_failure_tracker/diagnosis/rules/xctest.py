"""XCTest under xcodebuild and swift test, xcpretty, Swift Testing; Quick and Nimble report as XCTest does."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_SYMBOL = r"(?:\S{1,3} {1,3})?"

RULES = (
    Rule(
        name="xctest.error",
        keywords=(" error: ",),
        priority=-2,  # after gcc.error
        opens=r"\S.{0,400}:(?:\d{1,6}|<unknown>): error: (?:-\[[^\]]{1,300}\]|\w[\w.]{0,200}\.\w{1,200}) : ",
        through=r"Test Case '.{1,400}' failed",
        most=2,
        example="""
! /srv/shop/CartTests.swift:12: error: -[ShopTests.CartTests testTotal] : XCTAssertEqual failed: ("7") is not ("8")
> Test Case '-[ShopTests.CartTests testTotal]' failed (0.012 seconds).
  Test Case '-[ShopTests.CartTests testPrices]' started.
""",
    ),
    Rule(
        name="xctest.case",
        keywords=("' failed (",),
        opens=r"Test Case '.{1,400}' failed \(",
        rank=Rank.RECAP,
        example="""
! Test Case '-[ShopTests.CartTests testTotal]' failed (0.012 seconds).
""",
    ),
    Rule(
        name="xctest.suite",
        keywords=("' failed",),
        opens=r"Test [Ss]uite '.{1,400}' failed",
        rank=Rank.SYMPTOM,
        example="""
! Test Suite 'CartTests' failed at 2024-01-02 10:00:00.000.
""",
    ),
    Rule(
        name="xctest.failing_tests",
        keywords=("failing tests:",),
        opens=r"Failing tests:$",
        through=r"\s{1,8}\S|$",
        rank=Rank.RECAP,
        headline=r"^\s{1,8}\S{1,300}(?:\(\)|\])?$",
        names=r"^\s{1,8}\S{1,300}(?:\(\)|\])?$",
        example="""
> Failing tests:
! 	CartTests.testTotal()
> 	-[CartTests testPrices]

  ** TEST FAILED **
""",
    ),
    Rule(
        name="xctest.testing_failed",
        keywords=("testing failed:",),
        opens=r"Testing failed:$",
        through=r"\t\S|\s{2,8}\S",
        rank=Rank.LIKELY,
        headline=r"^\s{1,8}\S",
        example="""
> Testing failed:
! 	Cannot find 'Cart' in scope
> 	Testing cancelled because the build failed.

  ** TEST FAILED **
""",
    ),
    Rule(
        name="xctest.count",
        keywords=(" failure",),
        opens=r"\s{0,8}Executed \d{1,7} tests?, with .{0,60}[1-9]\d{0,6} failures? \(",
        rank=Rank.SYMPTOM,
        example="""
! Executed 3 tests, with 1 failure (0 unexpected) in 0.012 (0.013) seconds
""",
    ),
    Rule(
        name="xctest.none",
        keywords=("0 failures (0 unexpected)",),
        opens=r"\s{0,8}Executed \d{1,7} tests?, with .{0,40}\b0 failures \(0 unexpected\)",
        rank=Rank.NOISE,
        example="""
! Executed 3 tests, with 0 failures (0 unexpected) in 0.012 (0.013) seconds
""",
    ),
    Rule(
        name="xcpretty.failed",
        keywords=("failed", "expected", "error", "assert"),
        opens=r"\s{2,8}(?:[\u2717\u2716\u2718]|\[x\]) \w{1,200}(?:\(\))?, \S",
        example="""
      ✓ testOpens (0.002 seconds)
!     ✗ testTotal, failed to equal 8, got 7
      ✓ testOpens (0.002 seconds)
!     ✗ testTotal, expected to equal 8, got 7
      ✓ testOpens (0.002 seconds)
!     ✗ testTotal, error to equal 8, got 7
      ✓ testOpens (0.002 seconds)
!     ✗ testTotal, assert to equal 8, got 7
""",
    ),
    Rule(
        name="xcpretty.summary",
        keywords=(" failed",),
        opens=r"\s{2}test\w{1,200}, \S.{0,400} failed(?:[:. ]|$)",
        lead=r"\w[\w.]{1,200}$|$",
        lead_most=2,
        through=r"$|\s{2}\S{1,400}:\d{1,6}$|\s{2}```|\s{4}",
        most=16,
        example="""
> ShopTests.CartTests
!   testTotal, XCTAssertEqual failed: ("7") is not equal to ("8")
>   /srv/shop/CartTests.swift:12
>   ```
>     XCTAssertEqual(cart.total, 8)
>   ```
  Executed 3 tests, with 1 failure (0 unexpected) in 0.01 (0.02) seconds
""",
    ),
    Rule(
        name="swift-testing.issue",
        keywords=("expectation failed", "caught error"),
        opens=_SYMBOL + r"Test .{1,400} recorded an issue (?:with .{1,200} )?at ",
        through=r"\S{1,3} {1,3}(?!Test |Suite )\S|\s{1,8}\S",
        most=12,
        example="""
  ◇ Test total() started.
! ✘ Test total() recorded an issue at CartTests.swift:12:5: Expectation failed: (total → 7) == 8
> ↳ the cart was full
  ✘ Test total() failed after 0.001 seconds with 1 issue.
  ◇ Test total() started.
! ✘ Test total() recorded an issue at CartTests.swift:12:5: Caught error: noPriceList
> ↳ the cart was full
  ✘ Test total() failed after 0.001 seconds with 1 issue.
""",
    ),
    Rule(
        name="swift-testing.test",
        keywords=(" failed after ",),
        opens=_SYMBOL + r"(?:Test|Suite) .{1,400} failed after \d",
        rank=Rank.RECAP,
        example="""
! ✘ Test total() failed after 0.001 seconds with 1 issue.
""",
    ),
)
