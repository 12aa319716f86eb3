"""Pester, versions 3 to 5."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="pester.failed",
        keywords=("[-] ",),
        opens=r"\s{0,12}\[-\] (?!Discovery|Error occurred)\S.{0,1000} [\d.,:]{1,12}m?s(?: \([^()]{1,40}\))?$",
        through=r"\s{1,24}(?!\[[+!?-]\] |Context |Describing )\S",
        most=20,
        example="""
  Describing Cart
    [+] opens 11ms (9ms|2ms)
!   [-] has a total 12ms (10ms|2ms)
>    Expected 8, but got 7.
>    at $cart.Total | Should -Be 8, /srv/shop/Cart.Tests.ps1:12
    [+] has prices 3ms (2ms|1ms)
""",
    ),
    Rule(
        name="pester.container",
        keywords=("[-] ",),
        opens=r"\s{0,12}\[-\] (?:Discovery in \S|Error occurred in )",
        through=r"\s{1,24}\S|[\w.]{1,100}(?:Exception|Error): |at ",
        most=20,
        headline=r"^\s{0,4}[\w.]{1,100}(?:Exception|Error): \S",
        example="""
> [-] Discovery in /srv/shop/Cart.Tests.ps1 failed with:
! System.Management.Automation.RuntimeException: no price list
> at <ScriptBlock>, /srv/shop/Cart.Tests.ps1:3
  Tests completed in 120ms
""",
    ),
    Rule(
        name="pester.total",
        keywords=("failed: ",),
        opens=r"Tests Passed: \d{1,6},? Failed: [1-9]",
        rank=Rank.SYMPTOM,
        example="""
! Tests Passed: 2, Failed: 1, Skipped: 0 NotRun: 0
""",
    ),
    Rule(
        name="pester.none_failed",
        keywords=("failed: ",),
        opens=r"Tests Passed: \d{1,6},? Failed: 0",
        rank=Rank.NOISE,
        example="""
! Tests Passed: 2, Failed: 0, Skipped: 0 NotRun: 0
""",
    ),
)
