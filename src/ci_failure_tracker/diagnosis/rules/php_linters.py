"""Linters of PHP: PHPStan, Psalm, PHP_CodeSniffer, and the consoles that print boxes of Symfony's kind."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ROW = r"\s{1,4}\d{1,6} {1,4}\| (?:ERROR|WARNING) {1,4}\|"
_PSALM = r"(?:ERROR|##\[error\]): [A-Z]\w{3,60} - \S{1,300}:\d{1,6}:\d{1,5}"

RULES = (
    Rule(
        name="phpstan.found",
        keywords=("[error] found ",),
        opens=r"\s{1,3}\[ERROR\] Found \d{1,6} errors?",
        lead=r"\s{1,3}-{3,}|\s{1,3}(?:Line|:?\d{1,6}) {1,8}\S|\s{5,12}\S|$",
        lead_most=60,
        headline=r"^\s{1,3}:?\d{1,6} {2,8}\S",
        names=r"^\s{1,3}:?\d{1,6} {2,8}\S",
        example="""
   30/30 [============================] 100%
>  ------ ----------------------------------------------
>   Line   src/Press.php
>  ------ ----------------------------------------------
!   31     Call to an undefined method Press::squeeze().
>  ------ ----------------------------------------------
>
>  [ERROR] Found 1 error
""",
    ),
    Rule(
        name="phpstan.raw",
        keywords=("undefined",),
        opens=r"(?:/|[A-Z]:\\)?[^\s:]{1,300}\.php:\d{1,6}:\S",
        through=r"(?:/|[A-Z]:\\)?[^\s:]{1,300}\.php:\d{1,6}:\S",
        most=30,
        example="""
! /srv/press/src/Press.php:31:Call to an undefined method Press::squeeze().
> /srv/press/src/Press.php:40:Method Press::turn() has no return type.
""",
    ),
    Rule(
        name="psalm.error",
        keywords=("error: ",),
        opens=_PSALM,
        through=r"\s{2,200}\S|\S{1,300}:\d{1,6}:\d{1,5}|.{0,300}[;{})(,]$",
        until=_PSALM,
        most=6,
        example="""
! ERROR: UndefinedMethod - src/Press.php:31:16 - Method Press::squeeze does not exist (see https://psalm.dev/022)
>         $this->squeeze($apple);

  ------------------------------
""",
    ),
    Rule(
        name="psalm.count",
        keywords=(" errors found",),
        opens=r"[1-9]\d{0,6} errors found$",
        rank=Rank.RECAP,
        example="""
! 3 errors found
""",
    ),
    Rule(
        name="phpcs.found",
        keywords=(" error",),
        opens=r"FOUND \d{1,6} ERRORS?\b",
        lead=r"FILE: |-{20}|$",
        lead_most=4,
        through=_ROW + r"|\s{1,12}\| {2,14}\| |-{20}",
        most=40,
        headline=r"\| ERROR",
        names=r"\| ERROR",
        example="""
> FILE: /srv/press/src/Press.php
> ----------------------------------------------------------------------
> FOUND 1 ERROR AFFECTING 1 LINE
> ----------------------------------------------------------------------
!  31 | ERROR | [x] Line indented incorrectly; needs 8 spaces

  Time: 31ms; Memory: 6MB
""",
    ),
    Rule(
        name="php-lint.parsing",
        keywords=("errors parsing ",),
        opens=r"Errors parsing \S",
        rank=Rank.SYMPTOM,
        example="""
! Errors parsing src/Press.php
""",
    ),
    Rule(
        name="php-lint.box",
        keywords=("[error] ",),
        opens=r"\s{1,3}\[ERROR\] (?!Found \d)\S",
        through=r"\s{9,11}\S",
        most=6,
        rank=Rank.LIKELY,
        example="""
!  [ERROR] The basket is empty; it needs
>          apples.
  done
""",
    ),
)
