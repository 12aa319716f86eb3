"""Sphinx, where its warnings are errors."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LINE = (
    r"(?:(?:[A-Za-z]:)?[^\s:]{1,300}\.\w{1,6}(?::docstring of \S{1,200})?(?::\d{1,6})?: )?(?:WARNING|ERROR"
    r"|SEVERE|CRITICAL): "
)


RULES = (
    Rule(
        name="sphinx.warning",
        keywords=("unknown", "undefined", "not found", "unexpected", "error: "),
        opens=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:rst|md|txt|py|ipynb|inc)(?::docstring of \S{1,200})?(?::\d{1,6})?: "
        r"(?:WARNING|ERROR|SEVERE|CRITICAL): ",
        through=_LINE + r"|\s{2,12}\S",
        most=20,
        rank=Rank.LIKELY,
        example="""
  writing output... [100%] index
! /srv/orchard/docs/index.rst:6: WARNING: unknown document: 'harvest' [ref.doc]
> /srv/orchard/docs/index.rst:9: WARNING: Title underline too short.
  build finished
! /srv/orchard/docs/index.rst:6: WARNING: undefined label: 'harvest' [ref.ref]
  .
! /srv/orchard/press.py:docstring of orchard.press.turn:1: WARNING: py:class target not found: Basket
  .
! /srv/orchard/docs/index.rst:6: WARNING: Unexpected indentation. [docutils]
  .
! /srv/orchard/docs/index.rst:4: ERROR: Duplicate target name. [docutils]
""",
    ),
    Rule(
        name="sphinx.treated",
        keywords=("treated as error:",),
        opens=r"Warning, treated as error:$",
        through=r"\S",
        most=4,
        headline=r"^(?!Warning, treated)\S",
        example="""
> Warning, treated as error:
! /srv/orchard/docs/index.rst:6:unknown document: harvest

  make: *** [html] Error 2
""",
    ),
    Rule(
        name="sphinx.problems",
        keywords=("treated as errors",),
        opens=r"build finished with problems, ",
        rank=Rank.RECAP,
        example="""
! build finished with problems, 3 warnings (with warnings treated as errors).
""",
    ),
    Rule(
        name="sphinx.extension",
        keywords=("error:",),
        opens=r"(?:Extension|Configuration|Sphinx|Theme) error(?: \(.{1,100}\))?:",
        through=r"\S",
        most=3,
        example="""
! Extension error:
> Could not import extension sphinx_press (exception: No module named 'sphinx_press')

  make: *** [html] Error 2
""",
    ),
)
