"""Swift, xcodebuild and what makes its output readable; SwiftLint, SwiftPM, CocoaPods' lint."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PLACE = r"(?:/|\.{0,2}/)?[^\s:][^:]{0,300}\.swift(?::\d{1,7}){1,2}: "
_FRAME = (
    r"\s{0,300}[~^][\s~^]{0,300}$|\s{1,200}\S|.{0,300}[{};,)(]$|\d{1,7} \||\s{0,8}\d{0,7} {0,2}[|│`]|import |@"
    r"|func |let |var "
)
_NEXT = (
    r"(?:/|\.{0,2}/)?[^\s:]{1,300}\.swift(?::\d{1,7}){1,2}: (?:error|warning)|\*\* |(?:CompileSwift"
    r"|Compile\w{0,20}|Ld|Swift\w{1,20}|ProcessInfo\w{0,20}) |\[\d"
)

RULES = (
    Rule(
        name="swift.error",
        keywords=(": error: ",),
        opens=_PLACE + r"(?:fatal )?error: (?!-\[)",
        until=_NEXT,
        through=_FRAME + r"|" + _PLACE + r"note: ",
        most=16,
        example="""
  CompileSwift normal x86_64 /srv/press/Sources/Press.swift
! /srv/press/Sources/Press.swift:31:9: error: cannot find 'squeeze' in scope
>         squeeze(apple)
>         ^~~~~~~
  ** BUILD FAILED **
""",
    ),
    Rule(
        name="swift.xcodebuild",
        keywords=("error: ",),
        opens=r"(?:xcodebuild|Command line|swift-driver|xcrun|ibtool|actool|codesign|SwiftCompile"
        r"|PhaseScriptExecution): error: ",
        through=r"\s{4,20}\S|\t",
        most=10,
        example="""
! xcodebuild: error: Unable to find a destination matching the provided destination specifier:
> \t\t{ platform:iOS Simulator, OS:12.1, name:iPhone 7 }
  done
""",
    ),
    Rule(
        name="swift.xcodebuild_says",
        keywords=("error: ",),
        priority=-2,  # after rustc.error
        opens=r"error: (?:no such module|Signing for |No profiles for|Provisioning profile|unable to spawn"
        r"|Build input file|Multiple commands produce"
        r"|The sandbox is not in sync|the (?:package|product|target)|terminated\(\d|fatalError|exit\(\d|emit-module"
        r"|unable to load standard library|no such file or directory: ')",
        most=2,
        rank=Rank.LIKELY,
        example="""
! error: No profiles for 'com.example.press' were found
""",
    ),
    Rule(
        name="swift.commands_failed",
        keywords=("build commands failed",),
        opens=r"The following build commands failed:$",
        through=r"\t\S|\s{4}\S|\(\d{1,4} failures?\)",
        most=12,
        rank=Rank.RECAP,
        headline=r"^\s{1,4}\S",
        example="""
> The following build commands failed:
! \tCompileSwift normal x86_64 /srv/press/Sources/Press.swift (in target 'press' from project 'press')
> (1 failure)
""",
    ),
    Rule(
        name="swift.build_failed",
        keywords=(" failed **",),
        opens=r"\*\* (?:BUILD|ARCHIVE|CLEAN|INSTALL|EXPORT|TEST BUILD|ANALYZE) FAILED \*\*",
        rank=Rank.SYMPTOM,
        example="""
! ** BUILD FAILED **
""",
    ),
    Rule(
        name="swift.command",
        keywords=("failed with a nonzero exit code",),
        opens=r"Command \w{1,60} failed with a nonzero exit code",
        rank=Rank.SYMPTOM,
        example="""
! Command CompileSwift failed with a nonzero exit code
""",
    ),
    Rule(
        name="swift.swiftlint",
        keywords=(" violation: ",),
        opens=_PLACE + r"(?:error|warning): .{1,200} Violation: ",
        through=_PLACE + r"(?:error|warning): .{1,200} Violation: ",
        rank=Rank.LIKELY,
        most=30,
        example="""
! /srv/press/Sources/Press.swift:31:9: warning: Colon Violation: Colons belong beside the name. (colon)
> /srv/press/Sources/Press.swift:44:1: warning: Force Cast Violation: Force casts should be avoided. (force_cast)
  Done linting!
""",
    ),
    Rule(
        name="swift.pod",
        keywords=("error |",),
        opens=r"\s{1,8}- ERROR \| ",
        through=r"\s{1,8}- ERROR \| ",
        most=20,
        example="""
!     - ERROR | [iOS] xcodebuild: Returned an unsuccessful exit code.
>     - ERROR | [iOS] The `source` pattern did not match any file.
""",
    ),
)
