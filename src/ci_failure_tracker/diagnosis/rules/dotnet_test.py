"""dotnet test and vstest, xUnit, NUnit, MSTest, TUnit."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ENDS = (
    r"\s{0,4}(?:Passed|Failed|Skipped|Not Run|[X\u00d7\u2717\u221a\u2713!]) {1,4}\S"
    r"|\s{0,4}(?:Standard (?:Output|Error) Messages|Debug Traces Messages|TestContext Messages|Additional information"
    r"|Attachments|Results File|Total tests|Test Run|Total time|Test run|Failed!|Passed!)"
    r"|\[xUnit|##\[|\s{0,4}\d{1,6} tests? "
)
_SAYS = r"^\s{0,8}(?:[A-Za-z_]\w{0,80}\.){1,10}\w{0,100}Exception ?: \S"
_XUNIT = r"\[xUnit\.net \d\d:\d\d:\d\d\.\d{1,7}\]"

RULES = (
    Rule(
        name="dotnet-test.failed",
        keywords=("failed ",),
        opens=r"\s{0,4}Failed {1,4}\S.{0,1000} \[<? ?\d[\d.,hms <]{0,30}\]$",
        until=_ENDS,
        most=35,
        headline=_SAYS,
        names=r"^\s{0,4}Failed |" + _SAYS,
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
    Rule(
        name="dotnet-test.error_message",
        keywords=("error message:",),
        opens=r"\s{0,4}Error Message:$",
        lead=r"\s{0,4}(?:Failed|[X\u00d7\u2717]) {1,4}\S",
        lead_most=1,
        until=_ENDS,
        most=35,
        headline=r"^\s{0,4}(?:Failed|[X\u00d7\u2717]) {1,4}\S",
        names=r"^\s{0,4}(?:Failed|[X\u00d7\u2717]) {1,4}\S|" + _SAYS,
        example="""
! Failed   Shop.CartTests.Total
> Error Message:
>  Assert.AreEqual failed. Expected:<8>. Actual:<7>.
> Stack Trace:
>    at Shop.CartTests.Total() in D:\\shop\\CartTests.cs:line 12

  Total tests: 3. Passed: 2. Failed: 1. Skipped: 0.
""",
    ),
    Rule(
        name="dotnet-test.platform",
        keywords=("failed ",),
        opens=r"\s{0,2}failed \S.{0,500} \(<?[\d.,hms ]{1,30}\)$",
        through=r" {2,12}\S|$",
        most=35,
        headline=r"^ {2,8}(?:[A-Za-z_]\w{0,80}\.){1,10}\w{0,100}Exception ?: \S",
        example="""
! failed Total (12ms)
>   Assert.AreEqual failed. Expected:<8>. Actual:<7>.
>     at Shop.CartTests.Total() in /srv/shop/CartTests.cs:12

  Test run summary: Failed! - Shop.Tests.dll
""",
    ),
    Rule(
        name="dotnet-test.summary",
        keywords=("failed!",),
        opens=r"(?:Failed! {1,4}- |Test run summary: Failed!|\s{0,4}Test Run Failed)",
        rank=Rank.SYMPTOM,
        example="""
! Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 12 ms - Shop.Tests.dll (net8.0)
""",
    ),
    Rule(
        name="dotnet-test.run_failed",
        keywords=("test run failed",),
        opens=r"Test Run Failed\.?$",
        rank=Rank.SYMPTOM,
        example="""
! Test Run Failed.
""",
    ),
    Rule(
        name="dotnet-test.aborted",
        keywords=("test run was aborted",),
        opens=r"(?:The active test run was aborted|Test Run Aborted)",
        through=r"(?:Reason: |Test host process crashed)",
        example="""
! The active test run was aborted. Reason: Test host process crashed : Process terminated. Stack overflow.
""",
    ),
    Rule(
        name="dotnet-test.counts",
        keywords=("failed: ",),
        opens=r"(?:\s{0,8}Failed: \d|Total tests: \d.{0,60} Failed: [1-9])",
        rank=Rank.SYMPTOM,
        example="""
! Total tests: 3. Passed: 2. Failed: 1. Skipped: 0.
""",
    ),
    Rule(
        name="dotnet-test.none_failed",
        keywords=("failed: ",),
        opens=r"(?:Passed! {1,4}- Failed: {1,8}0,|Total tests: \d.{0,60} Failed: 0\b|\s{0,8}[Ff]ailed: 0$)",
        rank=Rank.NOISE,
        example="""
! Passed!  - Failed:     0, Passed:     2, Skipped:     0, Total:     2, Duration: 12 ms - Shop.Tests.dll (net8.0)
""",
    ),
    Rule(
        name="dotnet-test.passed",
        keywords=("error", "fail", "exception", "invalid"),
        opens=r"\s{1,4}Passed \S.{0,1000} \[<? ?\d[\d.,hms <]{0,30}\]$",
        rank=Rank.NOISE,
        example="""
!   Passed Shop.CartTests.ReportsError [2 ms]
!   Passed Shop.CartTests.ReportsFail [2 ms]
!   Passed Shop.CartTests.ReportsException [2 ms]
!   Passed Shop.CartTests.ReportsInvalid [2 ms]
""",
    ),
    Rule(
        name="xunit.vstest",
        keywords=("[fail]",),
        opens=_XUNIT + r" {4,6}\S.{0,1000} \[FAIL\]$",
        through=_XUNIT + r" {6,12}\S",
        rank=Rank.LIKELY,
        most=30,
        example="""
! [xUnit.net 00:00:01.23]     Shop.CartTests.Total [FAIL]
> [xUnit.net 00:00:01.25]       Assert.Equal() Failure
> [xUnit.net 00:00:01.25]       Expected: 8
> [xUnit.net 00:00:01.25]       Actual:   7
  [xUnit.net 00:00:01.30]   Finished:    Shop.Tests
""",
    ),
    Rule(
        name="xunit.failed",
        keywords=("[fail]",),
        opens=r"\s{2,8}\S.{0,1000} \[FAIL\]$",
        through=r"\s{6,20}\S|$",
        until=r"\s{2,8}\S.{0,1000} \[(?:FAIL|SKIP)\]$",
        most=35,
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
    Rule(
        name="nunit.failure",
        keywords=("failed : ", "test failure : ", "error : "),
        opens=r"\d{1,5}\) (?:Test |SetUp |TearDown )?(?:Failed|Failure|Error|Invalid) : \S",
        until=r"\d{1,5}\) |Run Settings|Test Run Summary|Tests Not Run|Warnings$",
        most=30,
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
