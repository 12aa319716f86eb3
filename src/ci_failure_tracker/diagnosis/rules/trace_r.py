"""Errors of R scripts and of R's package installer."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="r.error_in",
        keywords=("error in ",),
        opens=r"Error in .{1,1000} : ?|Error in .{1,1000}:$",
        through=r" {2,4}\S|Calls: |Execution halted|In addition: |Warning message",
        most=20,
        headline=r"^ {2}\S|^Error in .{1,1000} : \S",
        rank=Rank.LIKELY,
        example="""
! Error in library(orchard) : there is no package called 'orchard'
> Calls: pick -> library
> Execution halted
  bye
""",
    ),
    Rule(
        name="r.install",
        keywords=("error: ",),
        priority=1,  # before docker.compose_start
        opens=r"ERROR: (?:dependenc(?:y|ies) .|compilation failed for package .|lazy loading failed for package ."
        r"|loading failed|configuration failed for package .)",
        through=r"\* removing ",
        example="""
! ERROR: dependency 'basket' is not available for package 'orchard'
> * removing '/usr/lib/R/site-library/orchard'
  bye
""",
    ),
)
