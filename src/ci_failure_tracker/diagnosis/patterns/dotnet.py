""".NET and PowerShell: MSBuild, NuGet, tests, Pester."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Compilers under MSBuild: C#, F#, VB, Microsoft C++, NuGet and the SDK.

_DOTNET_BUILD_NODE = r"\s{0,12}(?:\d{1,4}(?::\d{1,4})?> ?)?"
_DOTNET_BUILD_ORIGIN = r"(?:[A-Za-z]:)?[^\s:(][^:(]{0,300}(?:\(\d[\d,-]{0,30}\))? ?: (?:[\w ]{0,30}? )?"
_DOTNET_BUILD_CODE = r"(?:fatal )?error (?!MSB(?:3073|3721|4181|6006|8066)|VSTEST|TS\d|NU\d)[A-Z]{1,12}-?\d{1,6} ?: "
_DOTNET_BUILD_LINE = _DOTNET_BUILD_NODE + _DOTNET_BUILD_ORIGIN + _DOTNET_BUILD_CODE

_DOTNET_BUILD = (
    LogPattern(
        name="dotnet-build.error",
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
    LogPattern(
        name="dotnet-build.command",
        keywords=("error msb",),
        start=_DOTNET_BUILD_NODE + r"(?:[A-Za-z]:)?[^:]{1,300}: error MSB(?:3073|3721|4181|6006|8066): ",
        confidence=Confidence.SYMPTOM,
        example="""
! C:\\srv\\press\\press.targets(42,5): error MSB6006: "cmd.exe" exited with code 1. [C:\\srv\\press\\press.vcxproj]
""",
    ),
    LogPattern(
        name="dotnet-build.failed",
        keywords=("build failed.",),
        start=r"Build FAILED\.$",
        confidence=Confidence.SYMPTOM,
        example="""
! Build FAILED.
""",
    ),
    LogPattern(
        name="dotnet-build.count",
        keywords=(" error(s)",),
        start=r"\s{1,8}[1-9]\d{0,5} Error\(s\)",
        confidence=Confidence.RECAP,
        example="""
!     2 Error(s)
""",
    ),
    LogPattern(
        name="dotnet-build.none",
        keywords=("0 error(s)",),
        start=r"\s{1,8}0 Error\(s\)",
        confidence=Confidence.NOISE,
        example="""
!     0 Error(s)
""",
    ),
    LogPattern(
        name="dotnet-build.sdk",
        keywords=("could not be loaded",),
        start=r"The command could not be loaded, possibly because",
        body=r"\s{0,8}\S",
        max_lines=6,
        example="""
! The command could not be loaded, possibly because:
>   * You intended to execute a .NET SDK command
""",
    ),
    LogPattern(
        name="dotnet-build.format",
        keywords=("error whitespace",),
        start=_DOTNET_BUILD_NODE + _DOTNET_BUILD_ORIGIN + r"error WHITESPACE: ",
        body=_DOTNET_BUILD_NODE + _DOTNET_BUILD_ORIGIN + r"error [A-Z]{2,12}\d{0,6}: ",
        max_lines=20,
        example="""
! /srv/orchard/Press.cs(31,9): error WHITESPACE: Fix whitespace formatting. Insert '\\s'. [/srv/orchard/Press.csproj]
""",
    ),
)

# dotnet test and vstest, xUnit, NUnit, MSTest, TUnit.

_DOTNET_TEST_ENDS = (
    r"\s{0,4}(?:Passed|Failed|Skipped|Not Run|[X\u00d7\u2717\u221a\u2713!]) {1,4}\S"
    r"|\s{0,4}(?:Standard (?:Output|Error) Messages|Debug Traces Messages|TestContext Messages|Additional information"
    r"|Attachments|Results File|Total tests|Test Run|Total time|Test run|Failed!|Passed!)"
    r"|\[xUnit|##\[|\s{0,4}\d{1,6} tests? "
)
_DOTNET_TEST_SAYS = r"^\s{0,8}(?:[A-Za-z_]\w{0,80}\.){1,10}\w{0,100}Exception ?: \S"
_DOTNET_TEST_XUNIT = r"\[xUnit\.net \d\d:\d\d:\d\d\.\d{1,7}\]"

_DOTNET_TEST = (
    LogPattern(
        name="dotnet-test.failed",
        keywords=("failed ",),
        start=r"\s{0,4}Failed {1,4}\S.{0,1000} \[<? ?\d[\d.,hms <]{0,30}\]$",
        end_before=_DOTNET_TEST_ENDS,
        max_lines=35,
        headline=_DOTNET_TEST_SAYS,
        fingerprint=r"^\s{0,4}Failed |" + _DOTNET_TEST_SAYS,
        example="""
    Passed Shop.CartTests.Opens [2 ms]
!   Failed Shop.CartTests.Total [12 ms]
>   Error Message:
>    Assert.Equal() Failure: Values differ
> Expected: 8
> Actual:   7
>   Stack Trace:
>      at Shop.CartTests.Total() in /srv/shop/CartTests.cs:line 12

>   Failed Shop.CartTests.Prices [< 1 ms]
>   Error Message:
!    System.InvalidOperationException : no price list
>   Stack Trace:
>      at Shop.CartTests.Prices() in /srv/shop/CartTests.cs:line 19

  Total tests: 3
""",
    ),
    LogPattern(
        name="dotnet-test.error_message",
        keywords=("error message:",),
        start=r"\s{0,4}Error Message:$",
        context_before=r"\s{0,4}(?:Failed|[X\u00d7\u2717]) {1,4}\S",
        max_context=1,
        end_before=_DOTNET_TEST_ENDS,
        max_lines=35,
        headline=r"^\s{0,4}(?:Failed|[X\u00d7\u2717]) {1,4}\S",
        fingerprint=r"^\s{0,4}(?:Failed|[X\u00d7\u2717]) {1,4}\S|" + _DOTNET_TEST_SAYS,
        example="""
! Failed   Shop.CartTests.Total
> Error Message:
>  Assert.AreEqual failed. Expected:<8>. Actual:<7>.
> Stack Trace:
>    at Shop.CartTests.Total() in D:\\shop\\CartTests.cs:line 12

  Total tests: 3. Passed: 2. Failed: 1. Skipped: 0.
""",
    ),
    LogPattern(
        name="dotnet-test.platform",
        keywords=("failed ",),
        start=r"\s{0,2}failed \S.{0,500} \(<?[\d.,hms ]{1,30}\)$",
        body=r" {2,12}\S|$",
        max_lines=35,
        headline=r"^ {2,8}(?:[A-Za-z_]\w{0,80}\.){1,10}\w{0,100}Exception ?: \S",
        example="""
! failed Total (12ms)
>   Assert.AreEqual failed. Expected:<8>. Actual:<7>.
>     at Shop.CartTests.Total() in /srv/shop/CartTests.cs:12

  Test run summary: Failed! - Shop.Tests.dll
""",
    ),
    LogPattern(
        name="dotnet-test.summary",
        keywords=("failed!",),
        start=r"(?:Failed! {1,4}- |Test run summary: Failed!|\s{0,4}Test Run Failed)",
        confidence=Confidence.SYMPTOM,
        example="""
! Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 12 ms - Shop.Tests.dll (net8.0)
""",
    ),
    LogPattern(
        name="dotnet-test.run_failed",
        keywords=("test run failed",),
        start=r"Test Run Failed\.?$",
        confidence=Confidence.SYMPTOM,
        example="""
! Test Run Failed.
""",
    ),
    LogPattern(
        name="dotnet-test.aborted",
        keywords=("test run was aborted",),
        start=r"(?:The active test run was aborted|Test Run Aborted)",
        body=r"(?:Reason: |Test host process crashed)",
        example="""
! The active test run was aborted. Reason: Test host process crashed : Process terminated. Stack overflow.
""",
    ),
    LogPattern(
        name="dotnet-test.counts",
        keywords=("failed: ",),
        start=r"(?:\s{0,8}Failed: \d|Total tests: \d.{0,60} Failed: [1-9])",
        confidence=Confidence.SYMPTOM,
        example="""
! Total tests: 3. Passed: 2. Failed: 1. Skipped: 0.
""",
    ),
    LogPattern(
        name="dotnet-test.none_failed",
        keywords=("failed: ",),
        start=r"(?:Passed! {1,4}- Failed: {1,8}0,|Total tests: \d.{0,60} Failed: 0\b|\s{0,8}[Ff]ailed: 0$)",
        confidence=Confidence.NOISE,
        example="""
! Passed!  - Failed:     0, Passed:     2, Skipped:     0, Total:     2, Duration: 12 ms - Shop.Tests.dll (net8.0)
""",
    ),
    LogPattern(
        name="dotnet-test.passed",
        keywords=("error", "fail", "exception", "invalid"),
        start=r"\s{1,4}Passed \S.{0,1000} \[<? ?\d[\d.,hms <]{0,30}\]$",
        confidence=Confidence.NOISE,
        example="""
!   Passed Shop.CartTests.ReportsError [2 ms]
!   Passed Shop.CartTests.ReportsFail [2 ms]
!   Passed Shop.CartTests.ReportsException [2 ms]
!   Passed Shop.CartTests.ReportsInvalid [2 ms]
""",
    ),
    LogPattern(
        name="xunit.vstest",
        keywords=("[fail]",),
        start=_DOTNET_TEST_XUNIT + r" {4,6}\S.{0,1000} \[FAIL\]$",
        body=_DOTNET_TEST_XUNIT + r" {6,12}\S",
        confidence=Confidence.LIKELY,
        max_lines=30,
        example="""
! [xUnit.net 00:00:01.23]     Shop.CartTests.Total [FAIL]
> [xUnit.net 00:00:01.25]       Assert.Equal() Failure
> [xUnit.net 00:00:01.25]       Expected: 8
> [xUnit.net 00:00:01.25]       Actual:   7
  [xUnit.net 00:00:01.30]   Finished:    Shop.Tests
""",
    ),
    LogPattern(
        name="xunit.failed",
        keywords=("[fail]",),
        start=r"\s{2,8}\S.{0,1000} \[FAIL\]$",
        body=r"\s{6,20}\S|$",
        end_before=r"\s{2,8}\S.{0,1000} \[(?:FAIL|SKIP)\]$",
        max_lines=35,
        headline=r"^\s{6}(?:[A-Za-z_]\w{0,80}\.){1,10}\w{0,100}Exception : \S",
        example="""
!     Shop.CartTests.Total [FAIL]
>       Assert.Equal() Failure
>       Expected: 8
>       Actual:   7
>       Stack Trace:
>         CartTests.cs(12,0): at Shop.CartTests.Total()
    Finished:    Shop.Tests
""",
    ),
    LogPattern(
        name="nunit.failure",
        keywords=("failed : ", "test failure : ", "error : "),
        start=r"\d{1,5}\) (?:Test |SetUp |TearDown )?(?:Failed|Failure|Error|Invalid) : \S",
        end_before=r"\d{1,5}\) |Run Settings|Test Run Summary|Tests Not Run|Warnings$",
        max_lines=30,
        headline=r"^(?:[A-Za-z_]\w{0,80}\.){1,10}\w{0,100}Exception : \S",
        example="""
  Errors, Failures and Warnings

! 1) Failed : Shop.CartTests.Total
>   Expected: 8
>   But was:  7
>    at Shop.CartTests.Total() in /srv/shop/CartTests.cs:line 12

  Run Settings
  Errors, Failures and Warnings

! 1) Test Failure : Shop.CartTests.Total
>   Expected: 8
>   But was:  7
>    at Shop.CartTests.Total() in /srv/shop/CartTests.cs:line 12

  Run Settings
  Errors, Failures and Warnings

! 1) Error : Shop.CartTests.Total
>   Expected: 8
>   But was:  7
>    at Shop.CartTests.Total() in /srv/shop/CartTests.cs:line 12

  Run Settings
""",
    ),
)

# NuGet's restore.

_NUGET = (
    LogPattern(
        name="nuget.error",
        keywords=("error nu",),
        start=r"(?:.{1,300} : )?error NU\d{4}: ",
        body=r".{0,300} : error NU\d{4}: {1,3}-|\s{2,8}-? ?\S",
        example="""
! /srv/orchard/Orchard.csproj : error NU1101: Unable to find package Basket. No packages exist with this id.
  done
""",
    ),
    LogPattern(
        name="nuget.source",
        keywords=("unable to ",),
        start=r"\s{0,8}(?:error: )?Unable to (?:load the service index for source|find version '|resolve dependency)",
        body=r"\s{2,8}\S",
        max_lines=6,
        example="""
! Unable to load the service index for source https://nuget.example.com/v3/index.json.
>   The response never came.
  done
""",
    ),
)

# Pester, versions 3 to 5.

_PESTER = (
    LogPattern(
        name="pester.failed",
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
        name="pester.container",
        keywords=("[-] ",),
        start=r"\s{0,12}\[-\] (?:Discovery in \S|Error occurred in )",
        body=r"\s{1,24}\S|[\w.]{1,100}(?:Exception|Error): |at ",
        max_lines=20,
        headline=r"^\s{0,4}[\w.]{1,100}(?:Exception|Error): \S",
        example="""
> [-] Discovery in /srv/shop/Cart.Tests.ps1 failed with:
! System.Management.Automation.RuntimeException: no price list
> at <ScriptBlock>, /srv/shop/Cart.Tests.ps1:3
  Tests completed in 120ms
""",
    ),
    LogPattern(
        name="pester.total",
        keywords=("failed: ",),
        start=r"Tests Passed: \d{1,6},? Failed: [1-9]",
        confidence=Confidence.SYMPTOM,
        example="""
! Tests Passed: 2, Failed: 1, Skipped: 0 NotRun: 0
""",
    ),
    LogPattern(
        name="pester.none_failed",
        keywords=("failed: ",),
        start=r"Tests Passed: \d{1,6},? Failed: 0",
        confidence=Confidence.NOISE,
        example="""
! Tests Passed: 2, Failed: 0, Skipped: 0 NotRun: 0
""",
    ),
)

PATTERNS = (
    *_DOTNET_BUILD,
    *_DOTNET_TEST,
    *_NUGET,
    *_PESTER,
)
