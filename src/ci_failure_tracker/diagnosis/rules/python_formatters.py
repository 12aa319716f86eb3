"""Formatters of Python: black, isort, docformatter, pydocstyle."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ISORT = (
    r"ERROR: (?:/|[A-Za-z]:\\|\.)?[^\s:]{0,300}(?: |: )(?:Imports are incorrectly sorted|[Ii]mports? .{0,40}sorted)"
)

RULES = (
    Rule(
        name="python-format.black",
        keywords=("error: cannot ",),
        opens=r"error: cannot (?:format|parse)[: ]",
        through=r"error: cannot (?:format|parse)[: ]|\s{4}\S|\w{1,60}Error: |would reformat |\s{0,80}\^",
        most=20,
        example="""
! error: cannot format orchard/press.py: Cannot parse: 3:6:     def turn(:
> would reformat orchard/basket.py
  Oh no!
""",
    ),
    Rule(
        name="python-format.black_count",
        keywords=("fail to reformat",),
        opens=r"(?:\d{1,6} files? .{1,80}, )?\d{1,6} files? (?:would fail|failed) to reformat",
        rank=Rank.RECAP,
        example="""
! 1 file would be reformatted, 1 file would fail to reformat.
""",
    ),
    Rule(
        name="python-format.isort",
        keywords=("error: ",),
        opens=_ISORT,
        through=_ISORT,
        most=30,
        example="""
! ERROR: /srv/orchard/press.py Imports are incorrectly sorted and/or formatted.
> ERROR: /srv/orchard/basket.py Imports are incorrectly sorted and/or formatted.
  make: *** [lint] Error 1
""",
    ),
    Rule(
        name="python-format.pydocstyle",
        keywords=("missing docstring",),
        opens=r"\s{4,8}D\d{3}: ",
        lead=r"[^\s:]{1,300}\.py:\d{1,6} (?:at|in) .{1,200}:$",
        lead_most=1,
        through=r"[^\s:]{1,300}\.py:\d{1,6} (?:at|in) .{1,200}:$|\s{4,8}D\d{3}: ",
        most=40,
        example="""
> orchard/press.py:3 in public function `turn`:
!         D103: Missing docstring in public function
  done
""",
    ),
)
