"""Swift and Xcode: builds, XCTest, Swift Testing."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Swift, xcodebuild and its formatters, SwiftLint, SwiftPM, the lint of CocoaPods.

_SWIFT_PLACE = r"(?:/|\.{0,2}/)?[^\s:][^:]{0,300}\.swift(?::\d{1,7}){1,2}: "

_SWIFT = (
    LogPattern(
        name="swift.commands_failed",
        kind=FailureKind.COMPILE,
        keywords=("build commands failed",),
        start=r"The following build commands failed:$",
        body=r"\t\S|\s{4}\S|\(\d{1,4} failures?\)",
        max_lines=12,
        confidence=Confidence.SYMPTOM,
        headline=r"^\s{1,4}\S",
        example="""
> The following build commands failed:
! \tCompileSwift normal x86_64 /srv/press/Sources/Press.swift (in target 'press' from project 'press')
> (1 failure)
""",
    ),
    LogPattern(
        name="swift.build_failed",
        kind=FailureKind.COMPILE,
        keywords=(" failed **",),
        start=r"\*\* (?:BUILD|ARCHIVE|CLEAN|INSTALL|EXPORT|TEST BUILD|ANALYZE) FAILED \*\*",
        confidence=Confidence.SYMPTOM,
        example="! ** BUILD FAILED **",
    ),
    LogPattern(
        name="swift.swiftlint",
        kind=FailureKind.LINT,
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
        wrapper_lines=60,
        keywords=("error |",),
        start=r"\s{1,8}- ERROR \| ",
        body=r"\s{1,8}- ERROR \| ",
        max_lines=20,
        example="""
!     - ERROR | [iOS] xcodebuild: Returned an unsuccessful exit code.
>     - ERROR | [iOS] The `source` pattern did not match any file.
""",
    ),
    # Seen at https://github.com/0xOpenBytes/ios-base/issues/3 and https://github.com/wayfair/vsm-ios/issues/19
    LogPattern(
        name="swift.xcodebuild",
        kind=FailureKind.COMPILE,
        keywords=("xcodebuild: error: ",),
        start=r"xcodebuild: error: ",
        body=r"\s{1,8}\S|$",
        max_lines=10,
        example="""
  2022-12-27 19:07:30.742 xcodebuild[1364:8266] Writing error result bundle to /var/folders/24/T/result.xcresult
! xcodebuild: error: Unable to find a destination matching the provided destination specifier:
> 		{ platform:iOS Simulator, OS:16.1, name:iPhone 14 Pro Max }
>
> 	Available destinations for the "orchard" scheme:
> 		{ platform:iOS, id:dvtdevice-DVTiPhonePlaceholder-iphoneos:placeholder, name:Any iOS Device }
  ##[error]Process completed with exit code 70.
""",
    ),
    # Seen at https://github.com/Apple-Actions/Example-iOS/issues/3
    # and https://github.com/bitrise-io/codesigndoc/issues/159
    LogPattern(
        name="swift.signing",
        kind=FailureKind.PERMISSION,
        keywords=("found: xcode couldn't find any",),
        start=r"(?:\S{1,300}\.xcodeproj: )?error: No profiles? for .{1,200} found: Xcode couldn't find any ",
        example="""
  note: Building targets in dependency order
! error: No profiles for 'com.example.press' were found: Xcode couldn't find any iOS App Development profiles
  ** ARCHIVE FAILED **
""",
    ),
    # Seen at https://github.com/fastlane/fastlane/issues/18740
    LogPattern(
        name="fastlane.finished",
        keywords=("fastlane finished with errors",),
        start=r"\[[\d:]{8}\]: fastlane finished with errors$",
        body=r"$|\[!\] \S",
        max_lines=4,
        confidence=Confidence.SYMPTOM,
        headline=r"^\[!\] \S",
        example="""
  [18:43:59]: Exit status: 65
> [18:43:59]: fastlane finished with errors
>
! [!] Exit status: 65
""",
    ),
)

# XCTest under xcodebuild and swift test, xcpretty, Swift Testing. Quick and Nimble print in the style of XCTest.


_XCTEST = (
    LogPattern(
        name="xctest.failing_tests",
        kind=FailureKind.TEST,
        keywords=("failing tests:",),
        start=r"Failing tests:$",
        body=r"\s{1,8}\S|$",
        confidence=Confidence.SYMPTOM,
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
        kind=FailureKind.TEST,
        keywords=(" failure",),
        start=r"\s{0,8}Executed \d{1,7} tests?, with .{0,60}[1-9]\d{0,6} failures? \(",
        confidence=Confidence.SYMPTOM,
        example="! Executed 3 tests, with 1 failure (0 unexpected) in 0.012 (0.013) seconds",
    ),
    LogPattern(
        name="xcpretty.failed",
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
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
    # Seen at https://github.com/JohnSundell/Files/pull/40 and https://github.com/ole/Ampere/issues/24
    LogPattern(
        name="xctest.error",
        kind=FailureKind.TEST,
        keywords=(": error: ",),
        priority=1,  # before gcc.error
        start=r"\S.{0,400}\.\w{1,6}:(?:\d{1,6}|<unknown>): error: (?:-\[[^\]]{1,300}\]|\w[\w.]{0,200}\.\w{1,200}) : ",
        body=r"Test Case '.{1,400}' failed",
        max_lines=2,
        example="""
  Test Case 'CartTests.testTotal' started at 2017-11-16 11:38:50.496
! /srv/shop/Tests/CartTests.swift:667: error: CartTests.testTotal : XCTAssertEqual failed: ("7") is not equal to ("8") -
> Test Case 'CartTests.testTotal' failed (0.002 seconds)
  Test Case 'CartTests.testPrices' started at 2017-11-16 11:38:50.498
""",
    ),
)

PATTERNS = (
    *_SWIFT,
    *_XCTEST,
)
