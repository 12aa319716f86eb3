"""The package managers of Debian: apt and dpkg."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="apt.error",
        keywords=("unable to", "failed to", "could not", "couldn't", "no such", "not found", "error", "invalid"),
        opens=r"E: (?!Sub-process|Some index files|Unable to correct)\S",
        example="""
! E: Unable to locate package basket-dev
! E: Failed to fetch http://deb.example.com/b/basket_9_amd64.deb  Hash Sum of willow
! E: Could not get lock /var/lib/dpkg/lock-frontend - open (11: Resource temporarily unavailable)
! E: Couldn't find any package by regex 'basket-dev'
! E: lock (2: No such file or directory)
! E: Version '9.0-1' for 'basket' was not found
! E: GPG error: http://deb.example.com trixie Release: the key is gone
! E: Invalid operation harvest
""",
    ),
    Rule(
        name="apt.subprocess",
        keywords=("returned an error code",),
        opens=r"E: Sub-process .{1,200} returned an error code",
        rank=Rank.SYMPTOM,
        example="""
! E: Sub-process /usr/bin/dpkg returned an error code (1)
""",
    ),
    Rule(
        name="apt.index",
        keywords=("failed to download",),
        opens=r"E: Some index files failed to download",
        rank=Rank.SYMPTOM,
        example="""
! E: Some index files failed to download. They have been ignored, or old ones used instead.
""",
    ),
    Rule(
        name="apt.broken",
        keywords=("unable to correct problems",),
        opens=r"E: Unable to correct problems, you have held",
        lead=r"\s[\w.+:-]{1,100} : |\s{4,120}\S|The following packages have unmet",
        lead_most=20,
        headline=r"^\s[\w.+:-]{1,100} : ",
        example="""
> The following packages have unmet dependencies:
!  basket-dev : Depends: willow (>= 9) but it is not going to be installed
> E: Unable to correct problems, you have held broken packages.
""",
    ),
    Rule(
        name="dpkg.error",
        keywords=("dpkg: error",),
        opens=r"dpkg: error(?: processing|: )",
        through=r"\s{1,2}\S",
        most=4,
        example="""
! dpkg: error processing package basket (--configure):
>  installed basket package post-installation script subprocess returned error exit status 1
  Errors were encountered while processing:
""",
    ),
)
