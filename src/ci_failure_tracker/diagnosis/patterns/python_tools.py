"""Python's tools: pip, uv, tox, mypy, flake8, ruff, formatters, Sphinx."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# pip: packages that it cannot find, resolve or build.

_PIP_BOX = r"$|\s{0,40}[×│╰]|\s{2,40}\S|\s{0,8}(?:note|hint): "

_PIP = (
    LogPattern(
        name="pip.subprocess",
        kind=FailureKind.DEPENDENCY,
        keywords=("error: subprocess-exited-with-error",),
        start=r"\s{1,20}error: subprocess-exited-with-error",
        end=r"\s{0,20}note: This error originates",
        body=_PIP_BOX,
        max_lines=250,
        headline=r"^\s{2,40}(?:error: (?!subprocess)|fatal error: "
        r"|[\w./-]{1,200}:\d{1,6}:(?:\d{1,5}:)? (?:fatal )?error: "
        r"|[A-Za-z_][\w.]{0,100}(?:Error|Exception|NotFound|Failure)(?:: |$))",
        example="""
>   error: subprocess-exited-with-error
>
>   × Building wheel for basket (pyproject.toml) did not run successfully.
>   │ exit code: 1
>   ╰─> [3 lines of output]
>       running build
!       error: command 'weave' failed: No such file or directory
>       [end of output]
>
>   note: This error originates from a subprocess, and is likely not a problem with pip.
    ERROR: Failed building wheel for basket
""",
    ),
    LogPattern(
        name="pip.box",
        kind=FailureKind.DEPENDENCY,
        keywords=("error: ",),
        priority=2,  # before rustc.error
        start=r"error: (?:subprocess-exited-with-error|metadata-generation-failed|legacy-install-failure"
        r"|externally-managed-environment|uninstall-\S{1,60}|failed-wheel-build-for-install|invalid-\S{1,60})$",
        end=r"(?:note|hint): ",
        body=_PIP_BOX,
        max_lines=60,
        confidence=Confidence.LIKELY,
        headline=r"^[×╰]",
        example="""
> error: metadata-generation-failed
>
! × Encountered error while generating package metadata.
> ╰─> See above for output.
>
> note: This is an issue with the package mentioned above, not pip.
  hint: See above for details.
""",
    ),
    LogPattern(
        name="pip.error",
        kind=FailureKind.DEPENDENCY,
        keywords=("error: ",),
        start=r"ERROR: (?:Could not (?:install packages|open requirements file|detect requirement)|Invalid requirement"
        r"|Package '.{1,200}' requires a different Python|THESE PACKAGES DO NOT MATCH|Ignored the following"
        r"|.{1,300} (?:does not appear to be a Python project|is not a supported wheel|is not a valid editable)"
        r"|Directory '|HTTP error|Requested |Exception:|Double requirement|In --require-hashes mode)",
        body=r"\s{4,12}\S|Hint: ",
        max_lines=12,
        example="""
! ERROR: Package 'basket' requires a different Python: 3.7.17 not in '>=3.9'
  done
""",
    ),
)

# uv, Poetry, Pipenv and conda: versions that conflict.

_UV_REASON = r"\s{0,8}(?:Because|And because|Thus|So,? because|and |\(\d)|\s{2,16}\S"

_UV = (
    LogPattern(
        name="poetry.solving",
        kind=FailureKind.DEPENDENCY,
        keywords=("version solving failed",),
        start=r".{0,1500}version solving failed",
        context_before=_UV_REASON,
        max_context=16,
        example="""
  Resolving dependencies...
>
> Because no versions of basket match >9.0
>  and orchard (1.0) depends on basket (>9.0), orchard is forbidden.
! So, because press depends on orchard (1.0), version solving failed.
""",
    ),
    LogPattern(
        name="conda.not_found",
        kind=FailureKind.DEPENDENCY,
        keywords=("packagesnotfounderror",),
        start=r"PackagesNotFoundError: ",
        body=r"$|\s{2}- ",
        max_lines=20,
        example="""
! PackagesNotFoundError: The following packages are not available from current channels:
>
>   - basket=9.0

  Current channels:
""",
    ),
)

# Type checkers of Python: mypy, pyright, pytype, pyre.

_MYPY_FILE = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.pyi?"
_MYPY = _MYPY_FILE + r"(?::\d{1,6}){0,4}: error: "
_MYPY_PYRIGHT = r"\s{2,6}(?:[A-Za-z]:)?\S{0,300}\.pyi?:\d{1,6}:\d{1,5} - error: |\s{2,4}\d{1,6}:\d{1,5} - error: "

_MYPY_PATTERNS = (
    LogPattern(
        name="mypy.error",
        kind=FailureKind.TYPE,
        keywords=(": error: ",),
        start=_MYPY,
        context_before=_MYPY_FILE
        + r"(?::\d{1,6}){0,4}: note: In (?:function|member|class)|"
        + _MYPY_FILE
        + r": note: In ",
        body=_MYPY + r"|" + _MYPY_FILE + r"(?::\d{1,6}){0,4}: note: |\s{4,200}\S|\[[\w-]{3,40}\]$",
        max_lines=60,
        fingerprint=r"^(?:" + _MYPY + r")",
        example="""
  $ mypy orchard
! orchard/press.py:13: error: Incompatible return value type (got "int", expected "str")  [return-value]
> orchard/press.py:13: note: Perhaps you need "str(...)"
> orchard/press.py:14:5: error: Name "basket" is not defined  [name-defined]
  Found 2 errors in 1 file (checked 9 source files)
""",
    ),
    LogPattern(
        name="mypy.count",
        kind=FailureKind.TYPE,
        keywords=(" error",),
        priority=1,  # before typescript.count
        start=r"Found [1-9]\d{0,5} errors? in \d{1,6} files? \(",
        confidence=Confidence.RECAP,
        example="""
! Found 2 errors in 1 file (checked 9 source files)
""",
    ),
    LogPattern(
        name="mypy.pyright",
        kind=FailureKind.TYPE,
        keywords=(" - error: ",),
        start=_MYPY_PYRIGHT,
        context_before=r"(?:/|[A-Za-z]:\\)\S{1,300}\.pyi?$|\s{2,6}\S{1,300} - warning: ",
        max_context=1,
        body=_MYPY_PYRIGHT + r"|\s{4,12}\S|(?:/|[A-Za-z]:\\)\S{1,300}\.pyi?$",
        max_lines=60,
        fingerprint=r"^(?:" + _MYPY_PYRIGHT + r")",
        example="""
> /srv/orchard/press.py
!   /srv/orchard/press.py:13:12 - error: Type "int" is not assignable to return type "str"
>     "int" is not assignable to "str" (reportReturnType)
>   /srv/orchard/press.py:14:1 - error: "basket" is not defined (reportUndefinedVariable)
  2 errors, 0 warnings, 0 informations
""",
    ),
    LogPattern(
        name="mypy.pyright_count",
        kind=FailureKind.TYPE,
        keywords=(" errors, ",),
        start=r"[1-9]\d{0,5} errors?, \d{1,6} warnings?, \d{1,6} (?:informations?|notes?)",
        confidence=Confidence.RECAP,
        example="""
! 2 errors, 0 warnings, 0 informations
""",
    ),
)

# flake8, and linters that print in its style: pycodestyle, pyflakes, ruff, pylint.

_FLAKE8_LINE = (
    r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:pyi?|pyx|ipynb)(?::cell \d{1,4})?(?::\d{1,6}){1,2}:? {1,2}\[?[A-Z]{1,4}\d{3,4}"
    r"(?:\([\w-]{1,60}\)[^\]]{0,200})?\]?:? \S"
)
_FLAKE8_OLD_PYLINT = r"[CRWEF]: ?\s{0,4}\d{1,6}, ?\s{0,2}\d{1,4}: \S.{0,600} \([\w-]{3,60}\)$"
_FLAKE8_BARE_PYFLAKES = (
    r"[^\s:]{1,300}\.py:\d{1,6}(?::\d{1,5})?:? (?:undefined name|invalid syntax"
    r"|'.{1,200}' imported but unused|unexpected indent|local variable)"
)
_FLAKE8_MODULE = r"\*{13} Module \S"
_FLAKE8_ANY = _FLAKE8_LINE + r"|" + _FLAKE8_OLD_PYLINT + r"|" + _FLAKE8_BARE_PYFLAKES + r"|" + _FLAKE8_MODULE
_FLAKE8_SOURCE = r"\s{4,200}\S|\s{0,300}\^{1,200}$|(?:import |from |def |class |async def |@\w|#).{0,400}"


_FLAKE8 = (
    LogPattern(
        name="flake8.error",
        kind=FailureKind.LINT,
        keywords=("unused", "undefined", "expected ", "missing", "invalid", "error"),
        start=_FLAKE8_LINE + r"|" + _FLAKE8_OLD_PYLINT + r"|" + _FLAKE8_BARE_PYFLAKES,
        context_before=_FLAKE8_ANY,
        max_context=30,
        body=_FLAKE8_ANY + r"|" + _FLAKE8_SOURCE,
        max_lines=40,
        headline=r"^(?:" + _FLAKE8_LINE + r"|" + _FLAKE8_OLD_PYLINT + r"|" + _FLAKE8_BARE_PYFLAKES + r")",
        fingerprint=r"^(?:" + _FLAKE8_LINE + r"|" + _FLAKE8_OLD_PYLINT + r"|" + _FLAKE8_BARE_PYFLAKES + r")",
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
    LogPattern(
        name="flake8.ruff",
        kind=FailureKind.LINT,
        keywords=(" error",),
        start=r"Found [1-9]\d{0,5} errors?(?: \(\d{1,6} fixed, \d{1,6} remaining\))?\.$",
        context_before=r"(?:[A-Z]{1,5}\d{3,4}|invalid-syntax|SyntaxError|unformatted):? "
        r"|\s{1,12}--> \S|\s{0,8}\d{0,6} {1,3}[|+-]|-{20}"
        r"|(?:help|note|info|warning): |\s{1,12}= help: |$|" + _FLAKE8_LINE,
        max_context=60,
        confidence=Confidence.LIKELY,
        headline=r"^(?:[A-Z]{1,5}\d{3,4}|invalid-syntax|SyntaxError):? |^" + _FLAKE8_LINE,
        fingerprint=r"^(?:[A-Z]{1,5}\d{3,4}|invalid-syntax|SyntaxError):? |^" + _FLAKE8_LINE,
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

PATTERNS = (
    *_PIP,
    *_UV,
    *_MYPY_PATTERNS,
    *_FLAKE8,
)
