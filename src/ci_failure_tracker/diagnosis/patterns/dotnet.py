""".NET and PowerShell: MSBuild, NuGet, tests, Pester."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Compilers under MSBuild: C#, F#, VB, Microsoft C++, NuGet and the SDK.

_DOTNET_BUILD_NODE = r"\s{0,12}(?:\d{1,4}(?::\d{1,4})?> ?)?"
_DOTNET_BUILD_ORIGIN = r"(?:[A-Za-z]:)?[^\s:(][^:(]{0,300}(?:\(\d[\d,-]{0,30}\))? ?: (?:[\w ]{0,30}? )?"
# These codes only report that another tool failed, or are those of TypeScript and NuGet, which have patterns.
_DOTNET_BUILD_CODE = r"(?:fatal )?error (?!MSB(?:3073|3721|4181|6006|8066)|VSTEST|TS\d|NU\d)[A-Z]{1,12}-?\d{1,6} ?: "
_DOTNET_BUILD_LINE = _DOTNET_BUILD_NODE + _DOTNET_BUILD_ORIGIN + _DOTNET_BUILD_CODE

_DOTNET_BUILD = (
    LogPattern(
        name="dotnet-build.error",
        kind=FailureKind.COMPILE,
        keywords=("error ",),
        start=_DOTNET_BUILD_LINE,
        body=_DOTNET_BUILD_LINE
        + r"|"
        + _DOTNET_BUILD_NODE
        + r"(?:[A-Za-z]:)?[^\s:(][^:(]{0,300}\(\d[\d,]{0,20}\): note: |\s{10,40}(?:with|and|\[|\]|[\w'])",
        max_lines=30,
        fingerprint=r"^(?:" + _DOTNET_BUILD_LINE + r")",
        example="""
    Orchard -> /srv/orchard/bin/Debug/Orchard.dll
! /srv/orchard/Press.cs(31,9): error CS0103: 'Squeeze' does not exist here [/srv/orchard/Press.csproj]
> /srv/orchard/Press.cs(33,20): error CS1002: ; expected [/srv/orchard/Press.csproj]
> press.obj : error LNK2019: unresolved external symbol "int __cdecl squeeze(void)" referenced in function main
>   7>C:\\srv\\press\\press.cpp(31): fatal error C1083: Cannot open include file: 'basket.h'

  Build FAILED.
""",
    ),
)

# NuGet's restore.

_NUGET = (
    LogPattern(
        name="nuget.error",
        kind=FailureKind.DEPENDENCY,
        keywords=("error nu",),
        start=r"(?:.{1,300} : )?error NU\d{4}: ",
        body=r".{0,300} : error NU\d{4}: {1,3}-|\s{2,8}-? ?\S",
        example="""
! /srv/orchard/Orchard.csproj : error NU1101: Unable to find package Basket. No packages exist with this id.
  done
""",
    ),
)

# Pester, versions 3 to 5.

_PESTER = (
    LogPattern(
        name="pester.failed",
        kind=FailureKind.TEST,
        keywords=("[-] ",),
        start=r"\s{0,12}\[-\] (?!Discovery|Error occurred)\S.{0,1000} [\d.,:]{1,12}m?s(?: \([^()]{1,40}\))?$",
        body=r"\s{1,24}(?!\[[+!?-]\] |Context |Describing )\S",
        max_lines=20,
        example="""
  Describing Cart
    [+] opens 11ms (9ms|2ms)
!   [-] has a total 12ms (10ms|2ms)
>    Expected 8, but got 7.
>    at $cart.Total | Should -Be 8, /srv/shop/Cart.Tests.ps1:12
    [+] has prices 3ms (2ms|1ms)
""",
    ),
    LogPattern(
        name="pester.total",
        kind=FailureKind.TEST,
        keywords=("failed: ",),
        start=r"Tests Passed: \d{1,6},? Failed: [1-9]",
        confidence=Confidence.SYMPTOM,
        example="! Tests Passed: 2, Failed: 1, Skipped: 0 NotRun: 0",
    ),
)

# dotnet test: vstest, xUnit, Microsoft.Testing.Platform.

_DOTNET_TEST_END = (
    r"\s{0,4}(?:Passed|Failed|Skipped|X|!) {1,4}\S|Test [Rr]un |Total tests|\s{0,4}Standard (?:Output|Error) Messages"
    r"|\[xUnit"
)
_DOTNET_TEST_EXCEPTION = r"^\s{0,8}(?:[A-Za-z_]\w{0,80}\.){1,10}\w{0,100}Exception ?: \S"

_DOTNET_TEST = (
    # Seen at https://github.com/microsoft/vstest/issues/285
    LogPattern(
        name="dotnet-test.error_message",
        kind=FailureKind.TEST,
        keywords=("error message:",),
        start=r"\s{0,4}Error Message:$",
        context_before=r"\s{0,4}(?:Failed|X) {1,4}\S",
        max_context=1,
        end_before=_DOTNET_TEST_END,
        max_lines=35,
        headline=r"^\s{0,4}(?:Failed|X) {1,4}\S",
        fingerprint=r"^\s{0,4}(?:Failed|X) {1,4}\S|" + _DOTNET_TEST_EXCEPTION,
        example="""
  Passed   Shop.CartTests.Opens
! Failed   Shop.CartTests.Total
> Error Message:
>  Assert.AreEqual failed. Expected:<8>. Actual:<7>.
> Stack Trace:
>    at Shop.CartTests.Total() in /srv/shop/CartTests.cs:line 29
  Skipped  Shop.CartTests.Prices
""",
    ),
    # Seen at https://github.com/microsoft/testfx/pull/6240
    LogPattern(
        name="dotnet-test.platform",
        kind=FailureKind.TEST,
        keywords=("failed ",),
        start=r"\s{0,2}failed \S.{0,500} \((?:\d{1,3}[hms] ){0,3}[\d.]{1,6}m?s\)$",
        body=r" {4,12}\S",
        max_lines=35,
        example="""
!   failed Total ("net9.0",Debug) (6s 220ms)
>     Assert.AreEqual failed. Expected:<1>. Actual:<-532462766>.
>       at Shop.CartTests.Total() in /_/shop/CartTests.cs:280
  done
""",
    ),
    # Seen at https://github.com/icerpc/icerpc-csharp/issues/4179 and https://github.com/microsoft/vstest/issues/2261
    LogPattern(
        name="dotnet-test.aborted",
        kind=FailureKind.TEST,
        keywords=("the active test run was aborted", "the test running when the crash"),
        start=r"The active test run was aborted\. Reason: |The test running when the crash occurred:",
        body=r"(?:[A-Za-z_]\w{0,80}\.){1,10}\w{1,200}(?:\(|$)",
        max_lines=4,
        example="""
! The active test run was aborted. Reason: Test host process crashed
  Results File: D:\\\\a\\\\shop\\\\TestResults\\\\shop.trx
  The active Test Run was aborted because the host process exited unexpectedly.
! The test running when the crash occurred:
> Shop.CartTests.Total_is_right

  This test may, or may not be the source of the crash.
""",
    ),
    # Seen at https://github.com/aspnet/KestrelHttpServer/pull/1607
    LogPattern(
        name="xunit.vstest",
        kind=FailureKind.TEST,
        keywords=(" [fail]",),
        start=r"\[xUnit\.net \d\d:\d\d:\d\d\.\d{1,7}\] {4,6}\S.{0,1000} \[FAIL\]$",
        body=r"\[xUnit\.net \d\d:\d\d:\d\d\.\d{1,7}\] {6,16}\S",
        confidence=Confidence.LIKELY,
        max_lines=30,
        example="""
! [xUnit.net 00:00:06.9116690]     Shop.CartTests.Total [FAIL]
> [xUnit.net 00:00:06.9119961]       Assert.Equal() Failure
> [xUnit.net 00:00:06.9120555]       Expected: 0
> [xUnit.net 00:00:06.9120945]       Actual:   1
  [xUnit.net 00:00:07.30]   Finished:    Shop.Tests
""",
    ),
    # Seen at https://learn.microsoft.com/en-us/dotnet/core/tutorials/testing-with-cli
    LogPattern(
        name="dotnet-test.failed",
        kind=FailureKind.TEST,
        keywords=("failed ",),
        start=r"  Failed \S.{0,1000} \[<? ?\d[\d.,hms <]{0,30}\]$",
        end_before=_DOTNET_TEST_END,
        max_lines=35,
        headline=_DOTNET_TEST_EXCEPTION,
        fingerprint=r"^  Failed |" + _DOTNET_TEST_EXCEPTION,
        example="""
  Passed Shop.CartTests.Opens [6 ms]
!   Failed Shop.CartTests.Total [< 1 ms]
>   Error Message:
>    Assert.Equal() Failure
>   Stack Trace:
>      at Shop.CartTests.Total() in /srv/shop/CartTests.cs:line 29
  Passed Shop.CartTests.Prices [1 ms]
""",
    ),
)

PATTERNS = (
    *_DOTNET_BUILD,
    *_NUGET,
    *_PESTER,
    *_DOTNET_TEST,
)
