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
        name="pester.total",
        keywords=("failed: ",),
        start=r"Tests Passed: \d{1,6},? Failed: [1-9]",
        confidence=Confidence.SYMPTOM,
        example="""
! Tests Passed: 2, Failed: 1, Skipped: 0 NotRun: 0
""",
    ),
)

PATTERNS = (
    *_DOTNET_BUILD,
    *_NUGET,
    *_PESTER,
)
