"""Type checkers of Python: mypy, pyright, pytype, pyre."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_FILE = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.pyi?"
_MYPY = _FILE + r"(?::\d{1,6}){0,4}: error: "
_PYRIGHT = r"\s{2,6}(?:[A-Za-z]:)?\S{0,300}\.pyi?:\d{1,6}:\d{1,5} - error: |\s{2,4}\d{1,6}:\d{1,5} - error: "

RULES = (
    Rule(
        name="mypy.error",
        keywords=(": error: ",),
        opens=_MYPY,
        lead=_FILE + r"(?::\d{1,6}){0,4}: note: In (?:function|member|class)|" + _FILE + r": note: In ",
        through=_MYPY + r"|" + _FILE + r"(?::\d{1,6}){0,4}: note: |\s{4,200}\S|\[[\w-]{3,40}\]$",
        most=60,
        names=r"^(?:" + _MYPY + r")",
        example="""
  $ mypy orchard
! orchard/press.py:13: error: Incompatible return value type (got "int", expected "str")  [return-value]
> orchard/press.py:13: note: Perhaps you need "str(...)"
> orchard/press.py:14:5: error: Name "basket" is not defined  [name-defined]
  Found 2 errors in 1 file (checked 9 source files)
""",
    ),
    Rule(
        name="mypy.count",
        keywords=(" error",),
        priority=1,  # before typescript.count
        opens=r"Found [1-9]\d{0,5} errors? in \d{1,6} files? \(",
        rank=Rank.RECAP,
        example="""
! Found 2 errors in 1 file (checked 9 source files)
""",
    ),
    Rule(
        name="mypy.pyright",
        keywords=(" - error: ",),
        opens=_PYRIGHT,
        lead=r"(?:/|[A-Za-z]:\\)\S{1,300}\.pyi?$|\s{2,6}\S{1,300} - warning: ",
        lead_most=1,
        through=_PYRIGHT + r"|\s{4,12}\S|(?:/|[A-Za-z]:\\)\S{1,300}\.pyi?$",
        most=60,
        names=r"^(?:" + _PYRIGHT + r")",
        example="""
> /srv/orchard/press.py
!   /srv/orchard/press.py:13:12 - error: Type "int" is not assignable to return type "str"
>     "int" is not assignable to "str" (reportReturnType)
>   /srv/orchard/press.py:14:1 - error: "basket" is not defined (reportUndefinedVariable)
  2 errors, 0 warnings, 0 informations
""",
    ),
    Rule(
        name="mypy.pyright_count",
        keywords=(" errors, ",),
        opens=r"[1-9]\d{0,5} errors?, \d{1,6} warnings?, \d{1,6} (?:informations?|notes?)",
        rank=Rank.RECAP,
        example="""
! 2 errors, 0 warnings, 0 informations
""",
    ),
    Rule(
        name="mypy.pyright_none",
        keywords=("0 errors, ",),
        opens=r"0 errors, \d{1,6} warnings?, \d{1,6} (?:informations?|notes?)",
        rank=Rank.NOISE,
        example="""
! 0 errors, 3 warnings, 0 informations
""",
    ),
    Rule(
        name="mypy.pytype",
        keywords=("error",),
        priority=1,  # before mypy.error
        opens=r'(?:File ")?'
        + _FILE
        + r'(?:", line \d{1,6}, in .{1,200}: .{1,1000}\[[\w-]{3,40}\]$|:\d{1,6}:\d{1,5}: error: in .{1,200}: )',
        through=r"\s{2,200}\S",
        most=20,
        example="""
! File "/srv/orchard/press.py", line 13, in turn: No attribute 'force' on Press [attribute-error]
  For more details, see the documentation.
""",
    ),
)
