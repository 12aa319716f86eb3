"""Compilers under MSBuild: C#, F#, VB, C++ by Microsoft, NuGet and the SDK."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_NODE = r"\s{0,12}(?:\d{1,4}(?::\d{1,4})?> ?)?"
_ORIGIN = r"(?:[A-Za-z]:)?[^\s:(][^:(]{0,300}(?:\(\d[\d,-]{0,30}\))? ?: (?:[\w ]{0,30}? )?"
_CODE = r"(?:fatal )?error (?!MSB(?:3073|3721|4181|6006|8066)|VSTEST|TS\d|NU\d)[A-Z]{1,12}-?\d{1,6} ?: "
_LINE = _NODE + _ORIGIN + _CODE

RULES = (
    Rule(
        name="dotnet-build.error",
        keywords=("error ",),
        opens=_LINE,
        through=_LINE
        + r"|"
        + _NODE
        + r"(?:[A-Za-z]:)?[^\s:(][^:(]{0,300}\(\d[\d,]{0,20}\): note: |\s{10,40}(?:with|and|\[|\]|[\w'])",
        most=30,
        names=r"^(?:" + _LINE + r")",
        example="""
    Orchard -> /srv/orchard/bin/Debug/Orchard.dll
! /srv/orchard/Press.cs(31,9): error CS0103: 'Squeeze' does not exist here [/srv/orchard/Press.csproj]
> /srv/orchard/Press.cs(33,20): error CS1002: ; expected [/srv/orchard/Press.csproj]
> press.obj : error LNK2019: unresolved external symbol "int __cdecl squeeze(void)" referenced in function main
>   7>C:\\srv\\press\\press.cpp(31): fatal error C1083: Cannot open include file: 'basket.h'

  Build FAILED.
""",
    ),
    Rule(
        name="dotnet-build.command",
        keywords=("error msb",),
        opens=_NODE + r"(?:[A-Za-z]:)?[^:]{1,300}: error MSB(?:3073|3721|4181|6006|8066): ",
        rank=Rank.SYMPTOM,
        example="""
! C:\\srv\\press\\press.targets(42,5): error MSB6006: "cmd.exe" exited with code 1. [C:\\srv\\press\\press.vcxproj]
""",
    ),
    Rule(
        name="dotnet-build.failed",
        keywords=("build failed.",),
        opens=r"Build FAILED\.$",
        rank=Rank.SYMPTOM,
        example="""
! Build FAILED.
""",
    ),
    Rule(
        name="dotnet-build.count",
        keywords=(" error(s)",),
        opens=r"\s{1,8}[1-9]\d{0,5} Error\(s\)",
        rank=Rank.RECAP,
        example="""
!     2 Error(s)
""",
    ),
    Rule(
        name="dotnet-build.none",
        keywords=("0 error(s)",),
        opens=r"\s{1,8}0 Error\(s\)",
        rank=Rank.NOISE,
        example="""
!     0 Error(s)
""",
    ),
    Rule(
        name="dotnet-build.sdk",
        keywords=("could not be loaded",),
        opens=r"The command could not be loaded, possibly because",
        through=r"\s{0,8}\S",
        most=6,
        example="""
! The command could not be loaded, possibly because:
>   * You intended to execute a .NET SDK command
""",
    ),
    Rule(
        name="dotnet-build.format",
        keywords=("error whitespace",),
        opens=_NODE + _ORIGIN + r"error WHITESPACE: ",
        through=_NODE + _ORIGIN + r"error [A-Z]{2,12}\d{0,6}: ",
        most=20,
        example="""
! /srv/orchard/Press.cs(31,9): error WHITESPACE: Fix whitespace formatting. Insert '\\s'. [/srv/orchard/Press.csproj]
""",
    ),
)
