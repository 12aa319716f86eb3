"""Composer."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="composer.requirements",
        keywords=("could not be resolved to an installable set",),
        opens=r"\s{0,2}Your requirements could not be resolved to an installable set",
        through=r"$|\s{2,8}\S",
        most=30,
        headline=r"^\s{4,8}- ",
        names=r"^\s{4,8}- ",
        example="""
> Your requirements could not be resolved to an installable set of packages.
>
>   Problem 1
!     - Root composer.json requires orchard/basket ^9.0 but it does not match the found versions.

  Potential causes:
""",
    ),
    Rule(
        name="composer.script",
        keywords=("returned with error code",),
        opens=r"Script .{1,400} handling the .{1,100} event returned with error code",
        rank=Rank.SYMPTOM,
        example="""
! Script @php artisan harvest handling the post-autoload-dump event returned with error code 1
""",
    ),
    Rule(
        name="composer.exception",
        keywords=("exception]",),
        opens=r"\s{2}\[[\w\\]{1,200}Exception\]$",
        through=r"\s{2}\S",
        most=10,
        headline=r"^\s{2}(?!\[[\w\\]{1,200}Exception\]$)\S",
        rank=Rank.LIKELY,
        example="""
>   [InvalidArgumentException]
!   The basket.json is empty.

  require [--dev]
""",
    ),
    Rule(
        name="composer.place",
        keywords=("could not ",),
        opens=r"\s{2}(?:Could not (?:find (?:a version of )?package|authenticate against|fetch|scan for classes)"
        r'|The "https?://\S{1,300}" file could not)',
        lead=r"In \w{1,80}\.php line \d{1,6}:|$",
        lead_most=2,
        through=r"\s{2}\S",
        most=8,
        example="""
> In PackageDiscoveryTrait.php line 368:
>
!   Could not find package orchard/basket.
>   Did you mean this?

  require [--dev]
""",
    ),
)
