"""flake8 and the linters that print as it does: pycodestyle, pyflakes, ruff's short form, pylint."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LINE = (
    r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:pyi?|pyx|ipynb)(?::cell \d{1,4})?(?::\d{1,6}){1,2}:? {1,2}\[?[A-Z]{1,4}\d{3,4}"
    r"(?:\([\w-]{1,60}\)[^\]]{0,200})?\]?:? \S"
)
_OLD_PYLINT = r"[CRWEF]: ?\s{0,4}\d{1,6}, ?\s{0,2}\d{1,4}: \S.{0,600} \([\w-]{3,60}\)$"
_BARE_PYFLAKES = (
    r"[^\s:]{1,300}\.py:\d{1,6}(?::\d{1,5})?:? (?:undefined name|invalid syntax"
    r"|'.{1,200}' imported but unused|unexpected indent|local variable)"
)
_MODULE = r"\*{13} Module \S"
_ANY = _LINE + r"|" + _OLD_PYLINT + r"|" + _BARE_PYFLAKES + r"|" + _MODULE
_SOURCE = r"\s{4,200}\S|\s{0,300}\^{1,200}$|(?:import |from |def |class |async def |@\w|#).{0,400}"
_RUFF = r"(?!SHA|MD|UTF|HTTP|RFC|CVE|ISO|RSA|AES)[A-Z]{1,5}\d{3,4} (?:\[\*\] )?[A-Z`\[]"


RULES = (
    Rule(
        name="flake8.error",
        keywords=("unused", "undefined", "expected ", "missing", "invalid", "error"),
        opens=_LINE + r"|" + _OLD_PYLINT + r"|" + _BARE_PYFLAKES,
        lead=_ANY,
        lead_most=30,
        through=_ANY + r"|" + _SOURCE,
        most=40,
        headline=r"^(?:" + _LINE + r"|" + _OLD_PYLINT + r"|" + _BARE_PYFLAKES + r")",
        names=r"^(?:" + _LINE + r"|" + _OLD_PYLINT + r"|" + _BARE_PYFLAKES + r")",
        example="""
  $ flake8 orchard
! orchard/press.py:1:1: F401 'os' imported but unused
> orchard/press.py:7:80: E501 line too long (91 > 79 characters)
  1     E501 line too long (91 > 79 characters)
! ./orchard/press.py:31:12: F821 undefined name 'basket'
>     return basket
>            ^
  make: *** [lint] Error 1
! orchard/press.py:3:1: E302 expected 2 blank lines, found 1
  1
> ************* Module orchard.press
! orchard/press.py:1:0: C0114: Missing module docstring (missing-module-docstring)

  -----------------------------------
! C: 12, 4: Invalid constant name "force" (invalid-name)
  .
! orchard/press.py:9:8: E999 SyntaxError: invalid syntax
""",
    ),
    Rule(
        name="ruff.full",
        keywords=("unused", "undefined", "missing"),
        opens=_RUFF,
        through=r"\s{0,8}\d{0,6} {0,3}[|+-]|\s{1,12}--> \S|(?:help|note|info|warning): |\s{1,12}= help: |-{20}",
        most=24,
        example="""
! F401 [*] `os` imported but unused
>  --> orchard/press.py:1:8
>   |
> 1 | import os
>   |        ^^
>   |
> help: Remove unused import: `os`

  I001 [*] Import block is un-sorted
! F821 Undefined name `basket`
>   --> orchard/press.py:31:12
>    |
> 31 |     return basket
>    |            ^^^^^^
! D103 Missing docstring in public function
>  --> orchard/press.py:3:5
""",
    ),
    Rule(
        name="flake8.ruff",
        keywords=(" error",),
        opens=r"Found [1-9]\d{0,5} errors?(?: \(\d{1,6} fixed, \d{1,6} remaining\))?\.$",
        lead=r"(?:[A-Z]{1,5}\d{3,4}|invalid-syntax|SyntaxError|unformatted):? |\s{1,12}--> \S|\s{0,8}\d{0,6} {1,3}["
        r"|+-]|-{20}"
        r"|(?:help|note|info|warning): |\s{1,12}= help: |$|" + _LINE,
        lead_most=60,
        rank=Rank.LIKELY,
        headline=r"^(?:[A-Z]{1,5}\d{3,4}|invalid-syntax|SyntaxError):? |^" + _LINE,
        names=r"^(?:[A-Z]{1,5}\d{3,4}|invalid-syntax|SyntaxError):? |^" + _LINE,
        example="""
  ruff check .
! I001 [*] Import block is un-sorted or un-formatted
>  --> orchard/press.py:1:1
>   |
> 1 | import os
>   | ^^^^^^^^^
>   |
> help: Organize imports
>
> Found 1 error.
  [*] 1 fixable with the `--fix` option.
""",
    ),
)
