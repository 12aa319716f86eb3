"""Swift and Xcode: builds, XCTest, Swift Testing."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Swift, xcodebuild and its formatters, SwiftLint, SwiftPM, the lint of CocoaPods.

_SWIFT_PLACE = r"(?:/|\.{0,2}/)?[^\s:][^:]{0,300}\.swift(?::\d{1,7}){1,2}: "

_SWIFT = (
    LogPattern(
        name="swift.commands_failed",
        keywords=("build commands failed",),
        start=r"The following build commands failed:$",
        body=r"\t\S|\s{4}\S|\(\d{1,4} failures?\)",
        max_lines=12,
        confidence=Confidence.RECAP,
        headline=r"^\s{1,4}\S",
        example="""
> The following build commands failed:
! \tCompileSwift normal x86_64 /srv/press/Sources/Press.swift (in target 'press' from project 'press')
> (1 failure)
""",
    ),
    LogPattern(
        name="swift.build_failed",
        keywords=(" failed **",),
        start=r"\*\* (?:BUILD|ARCHIVE|CLEAN|INSTALL|EXPORT|TEST BUILD|ANALYZE) FAILED \*\*",
        confidence=Confidence.SYMPTOM,
        example="""
! ** BUILD FAILED **
""",
    ),
    LogPattern(
        name="swift.swiftlint",
        keywords=(" violation: ",),
        start=_SWIFT_PLACE + r"(?:error|warning): .{1,200} Violation: ",
        body=_SWIFT_PLACE + r"(?:error|warning): .{1,200} Violation: ",
        confidence=Confidence.LIKELY,
        max_lines=30,
        example="""
! /srv/press/Sources/Press.swift:31:9: warning: Colon Violation: Colons belong beside the name. (colon)
> /srv/press/Sources/Press.swift:44:1: warning: Force Cast Violation: Force casts should be avoided. (force_cast)
  Done linting!
""",
    ),
    LogPattern(
        name="swift.pod",
        keywords=("error |",),
        start=r"\s{1,8}- ERROR \| ",
        body=r"\s{1,8}- ERROR \| ",
        max_lines=20,
        example="""
!     - ERROR | [iOS] xcodebuild: Returned an unsuccessful exit code.
>     - ERROR | [iOS] The `source` pattern did not match any file.
""",
    ),
)

# XCTest under xcodebuild and swift test, xcpretty, Swift Testing. Quick and Nimble print in the style of XCTest.


_XCTEST = (
    LogPattern(
        name="xctest.failing_tests",
        keywords=("failing tests:",),
        start=r"Failing tests:$",
        body=r"\s{1,8}\S|$",
        confidence=Confidence.RECAP,
        headline=r"^\s{1,8}\S{1,300}(?:\(\)|\])?$",
        fingerprint=r"^\s{1,8}\S{1,300}(?:\(\)|\])?$",
        example="""
> Failing tests:
! 	CartTests.testTotal()
> 	-[CartTests testPrices]

  ** TEST FAILED **
""",
    ),
    LogPattern(
        name="xctest.count",
        keywords=(" failure",),
        start=r"\s{0,8}Executed \d{1,7} tests?, with .{0,60}[1-9]\d{0,6} failures? \(",
        confidence=Confidence.SYMPTOM,
        example="""
! Executed 3 tests, with 1 failure (0 unexpected) in 0.012 (0.013) seconds
""",
    ),
    LogPattern(
        name="xcpretty.failed",
        keywords=("failed", "expected", "error", "assert"),
        start=r"\s{2,8}(?:[\u2717\u2716\u2718]|\[x\]) \w{1,200}(?:\(\))?, \S",
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
    LogPattern(
        name="xcpretty.summary",
        keywords=(" failed",),
        start=r"\s{2}test\w{1,200}, \S.{0,400} failed(?:[:. ]|$)",
        context_before=r"\w[\w.]{1,200}$|$",
        max_context=2,
        body=r"$|\s{2}\S{1,400}:\d{1,6}$|\s{2}```|\s{4}",
        max_lines=16,
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
)

PATTERNS = (
    *_SWIFT,
    *_XCTEST,
)
