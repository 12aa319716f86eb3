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


def _line(word: str, example: str) -> Rule:
    """A rule for the lines that hold a word; a line before and after need not hold it."""
    return Rule(
        name="flake8." + word.replace(" ", "_"),
        word=word,
        opens=_LINE + r"|" + _OLD_PYLINT + r"|" + _BARE_PYFLAKES,
        lead=_ANY,
        lead_most=30,
        through=_ANY + r"|" + _SOURCE,
        most=40,
        headline=r"^(?:" + _LINE + r"|" + _OLD_PYLINT + r"|" + _BARE_PYFLAKES + r")",
        names=r"^(?:" + _LINE + r"|" + _OLD_PYLINT + r"|" + _BARE_PYFLAKES + r")",
        example=example,
    )


def _frame(word: str, example: str) -> Rule:
    """A rule for what ruff says in full of an error that holds a word."""
    return Rule(
        name="ruff." + word.strip(),
        word=word,
        opens=_RUFF,
        through=r"\s{0,8}\d{0,6} {0,3}[|+-]|\s{1,12}--> \S|(?:help|note|info|warning): |\s{1,12}= help: |-{20}",
        most=24,
        example=example,
    )


RULES = (
    _line(
        "unused",
        """
  $ flake8 orchard
! orchard/press.py:1:1: F401 'os' imported but unused
> orchard/press.py:7:80: E501 line too long (91 > 79 characters)
  1     E501 line too long (91 > 79 characters)
""",
    ),
    _line(
        "undefined",
        """
! ./orchard/press.py:31:12: F821 undefined name 'basket'
>     return basket
>            ^
  make: *** [lint] Error 1
""",
    ),
    _line(
        "expected ",
        """
! orchard/press.py:3:1: E302 expected 2 blank lines, found 1
  1
""",
    ),
    _line(
        "missing",
        """
> ************* Module orchard.press
! orchard/press.py:1:0: C0114: Missing module docstring (missing-module-docstring)

  -----------------------------------
""",
    ),
    _line(
        "invalid",
        """
! C: 12, 4: Invalid constant name "force" (invalid-name)
""",
    ),
    _line(
        "error",
        """
! orchard/press.py:9:8: E999 SyntaxError: invalid syntax
""",
    ),
    _frame(
        "unused",
        """
! F401 [*] `os` imported but unused
>  --> orchard/press.py:1:8
>   |
> 1 | import os
>   |        ^^
>   |
> help: Remove unused import: `os`

  I001 [*] Import block is un-sorted
""",
    ),
    _frame(
        "undefined",
        """
! F821 Undefined name `basket`
>   --> orchard/press.py:31:12
>    |
> 31 |     return basket
>    |            ^^^^^^
""",
    ),
    _frame(
        "missing",
        """
! D103 Missing docstring in public function
>  --> orchard/press.py:3:5
""",
    ),
    Rule(
        name="flake8.ruff",
        word=" error",
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
