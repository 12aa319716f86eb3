"""NuGet's restore."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rule

RULES = (
    Rule(
        name="nuget.error",
        keywords=("error nu",),
        opens=r"(?:.{1,300} : )?error NU\d{4}: ",
        through=r".{0,300} : error NU\d{4}: {1,3}-|\s{2,8}-? ?\S",
        example="""
! /srv/orchard/Orchard.csproj : error NU1101: Unable to find package Basket. No packages exist with this id.
  done
""",
    ),
    Rule(
        name="nuget.source",
        keywords=("unable to ",),
        opens=r"\s{0,8}(?:error: )?Unable to (?:load the service index for source|find version '|resolve dependency)",
        through=r"\s{2,8}\S",
        most=6,
        example="""
! Unable to load the service index for source https://nuget.example.com/v3/index.json.
>   The response never came.
  done
""",
    ),
)
