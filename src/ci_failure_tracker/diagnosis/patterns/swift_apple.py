"""Swift and Xcode: builds, XCTest, Swift Testing."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Swift, xcodebuild and its formatters, SwiftLint, SwiftPM, the lint of CocoaPods.

_SWIFT_PLACE = r"(?:/|\.{0,2}/)?[^\s:][^:]{0,300}\.swift(?::\d{1,7}){1,2}: "
_SWIFT_FRAME = (
    r"\s{0,300}[~^][\s~^]{0,300}$|\s{1,200}\S|.{0,300}[{};,)(]$|\d{1,7} \||\s{0,8}\d{0,7} {0,2}[|│`]|import |@"
    r"|func |let |var "
)
_SWIFT_NEXT = (
    r"(?:/|\.{0,2}/)?[^\s:]{1,300}\.swift(?::\d{1,7}){1,2}: (?:error|warning)|\*\* |(?:CompileSwift"
    r"|Compile\w{0,20}|Ld|Swift\w{1,20}|ProcessInfo\w{0,20}) |\[\d"
)

_SWIFT = (
    LogPattern(
        name="swift.error",
        keywords=(": error: ",),
        start=_SWIFT_PLACE + r"(?:fatal )?error: (?!-\[)",
        end_before=_SWIFT_NEXT,
        body=_SWIFT_FRAME + r"|" + _SWIFT_PLACE + r"note: ",
        max_lines=16,
        example="""
  CompileSwift normal x86_64 /srv/press/Sources/Press.swift
! /srv/press/Sources/Press.swift:31:9: error: cannot find 'squeeze' in scope
>         squeeze(apple)
>         ^~~~~~~
  ** BUILD FAILED **
""",
    ),
    LogPattern(
        name="swift.xcodebuild",
        keywords=("error: ",),
        start=r"(?:xcodebuild|Command line|swift-driver|xcrun|ibtool|actool|codesign|SwiftCompile"
        r"|PhaseScriptExecution): error: ",
        body=r"\s{4,20}\S|\t",
        max_lines=10,
        example="""
! xcodebuild: error: Unable to find a destination matching the provided destination specifier:
> \t\t{ platform:iOS Simulator, OS:12.1, name:iPhone 7 }
  done
""",
    ),
    LogPattern(
        name="swift.xcodebuild_says",
        keywords=("error: ",),
        start=r"error: (?:no such module|Signing for |No profiles for|Provisioning profile|unable to spawn"
        r"|Build input file|Multiple commands produce"
        r"|The sandbox is not in sync|the (?:package|product|target)|terminated\(\d|fatalError|exit\(\d|emit-module"
        r"|unable to load standard library|no such file or directory: ')",
        max_lines=2,
        confidence=Confidence.LIKELY,
        example="""
! error: No profiles for 'com.example.press' were found
""",
    ),
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
        name="swift.command",
        keywords=("failed with a nonzero exit code",),
        start=r"Command \w{1,60} failed with a nonzero exit code",
        confidence=Confidence.SYMPTOM,
        example="""
! Command CompileSwift failed with a nonzero exit code
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

_XCTEST_SYMBOL = r"(?:\S{1,3} {1,3})?"

_XCTEST = (
    LogPattern(
        name="xctest.error",
        keywords=(" error: ",),
        priority=-2,  # after gcc.error
        start=r"\S.{0,400}:(?:\d{1,6}|<unknown>): error: (?:-\[[^\]]{1,300}\]|\w[\w.]{0,200}\.\w{1,200}) : ",
        body=r"Test Case '.{1,400}' failed",
        max_lines=2,
        example="""
! /srv/shop/CartTests.swift:12: error: -[ShopTests.CartTests testTotal] : XCTAssertEqual failed: ("7") is not ("8")
> Test Case '-[ShopTests.CartTests testTotal]' failed (0.012 seconds).
  Test Case '-[ShopTests.CartTests testPrices]' started.
""",
    ),
    LogPattern(
        name="xctest.case",
        keywords=("' failed (",),
        start=r"Test Case '.{1,400}' failed \(",
        confidence=Confidence.RECAP,
        example="""
! Test Case '-[ShopTests.CartTests testTotal]' failed (0.012 seconds).
""",
    ),
    LogPattern(
        name="xctest.suite",
        keywords=("' failed",),
        start=r"Test [Ss]uite '.{1,400}' failed",
        confidence=Confidence.SYMPTOM,
        example="""
! Test Suite 'CartTests' failed at 2024-01-02 10:00:00.000.
""",
    ),
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
        name="xctest.testing_failed",
        keywords=("testing failed:",),
        start=r"Testing failed:$",
        body=r"\t\S|\s{2,8}\S",
        confidence=Confidence.LIKELY,
        headline=r"^\s{1,8}\S",
        example="""
> Testing failed:
! 	Cannot find 'Cart' in scope
> 	Testing cancelled because the build failed.

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
        name="xctest.none",
        keywords=("0 failures (0 unexpected)",),
        start=r"\s{0,8}Executed \d{1,7} tests?, with .{0,40}\b0 failures \(0 unexpected\)",
        confidence=Confidence.NOISE,
        example="""
! Executed 3 tests, with 0 failures (0 unexpected) in 0.012 (0.013) seconds
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
    LogPattern(
        name="swift-testing.issue",
        keywords=("expectation failed", "caught error"),
        start=_XCTEST_SYMBOL + r"Test .{1,400} recorded an issue (?:with .{1,200} )?at ",
        body=r"\S{1,3} {1,3}(?!Test |Suite )\S|\s{1,8}\S",
        max_lines=12,
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
    LogPattern(
        name="swift-testing.test",
        keywords=(" failed after ",),
        start=_XCTEST_SYMBOL + r"(?:Test|Suite) .{1,400} failed after \d",
        confidence=Confidence.RECAP,
        example="""
! ✘ Test total() failed after 0.001 seconds with 1 issue.
""",
    ),
)

PATTERNS = (
    *_SWIFT,
    *_XCTEST,
)
