"""Python's tools: pip, uv, tox, mypy, flake8, ruff, formatters, Sphinx."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# pip: packages that it cannot find, resolve or build.

_PIP_BOX = r"$|\s{0,40}[×│╰]|\s{2,40}\S|\s{0,8}(?:note|hint): "

_PIP = (
    LogPattern(
        name="pip.conflict",
        kind=FailureKind.DEPENDENCY,
        keywords=("error: cannot install",),
        start=r"ERROR: Cannot install ",
        end_before=r"To fix this you could try to|Additionally, some packages",
        body=r"$|\s{2,8}\S|The conflict is caused by|ERROR: ",
        max_lines=25,
        example="""
! ERROR: Cannot install orchard==3.0 and basket==1.0 because these package versions have conflicting dependencies.
>
> The conflict is caused by:
>     The user requested basket==1.0
>     orchard 3.0 depends on basket>=3.0

  To fix this you could try to:
""",
    ),
    LogPattern(
        name="pip.subprocess",
        kind=FailureKind.DEPENDENCY,
        wrapper_lines=2,
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
        wrapper_lines=60,
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
        confidence=Confidence.SYMPTOM,
        example="! Found 2 errors in 1 file (checked 9 source files)",
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
        confidence=Confidence.SYMPTOM,
        example="! 2 errors, 0 warnings, 0 informations",
    ),
)

# flake8, and linters that print in its style: pycodestyle, pyflakes, ruff, pylint.

_FLAKE8_LINE = (
    r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:pyi?|pyx|ipynb)(?::cell \d{1,4})?(?::\d{1,6}){1,2}:? {1,2}"
    r"(?![CRW]\d{4}: )\[?[A-Z]{1,4}\d{3,4}(?:\([\w-]{1,60}\)[^\]]{0,200})?\]?:? \S"
)
_FLAKE8_OLD_PYLINT = r"[CRWEF]: ?\s{0,4}\d{1,6}, ?\s{0,2}\d{1,4}: \S.{0,600} \([\w-]{3,60}\)$"
_FLAKE8_BARE_PYFLAKES = (
    r"[^\s:]{1,300}\.py:\d{1,6}(?::\d{1,5})?:? (?:undefined name|invalid syntax"
    r"|'.{1,200}' imported but unused|unexpected indent|local variable)"
)
_FLAKE8_MODULE = r"\*{13} Module \S"
_FLAKE8_ANY = _FLAKE8_LINE + r"|" + _FLAKE8_OLD_PYLINT + r"|" + _FLAKE8_BARE_PYFLAKES + r"|" + _FLAKE8_MODULE
_FLAKE8_SOURCE = r"\s{4,200}\S|\s{0,300}\^{1,200}$|(?:import |from |def |class |async def |@\w|#).{0,400}"


# Names of standards look like codes of rules: SHA256, UTF16, RFC2119.
_FLAKE8_RUFF = r"(?!SHA|MD|UTF|HTTP|RFC|CVE|ISO|RSA|AES)[A-Z]{1,5}\d{3,4} (?:\[\*\] )?[A-Z`\[]"

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
! orchard/press.py:1:0: E0602: Undefined variable 'basket' (undefined-variable)

  -----------------------------------
! C: 12, 4: Invalid constant name "force" (invalid-name)
  .
! orchard/press.py:9:8: E999 SyntaxError: invalid syntax
  .
! orchard/press.py:3:1: D103 Missing docstring in public function
""",
    ),
    LogPattern(
        name="pylint.message",
        kind=FailureKind.LINT,
        keywords=(": c0", ": r0", ": w0", ": r1", ": w1", ": c2", ": c3", ": c1"),
        start=r"\S{1,300}\.py:\d{1,6}:\d{1,5}: [CRW]\d{4}: ",
        context_before=_FLAKE8_MODULE,
        body=r"\S{1,300}\.py:\d{1,6}:\d{1,5}: [CRW]\d{4}: |" + _FLAKE8_MODULE,
        headline=r": [CRW]\d{4}: ",
        max_lines=40,
        confidence=Confidence.LIKELY,
        example="""
> ************* Module orchard.press
! orchard/press.py:1:0: C0114: Missing module docstring (missing-module-docstring)
> orchard/press.py:3:0: W0611: Unused import os (unused-import)

! orchard/press.py:3:0: R0903: Too few public methods (too-few-public-methods)
  .
! orchard/press.py:3:0: W1203: Use lazy formatting (logging-fstring-interpolation)
  .
! orchard/press.py:3:0: R1705: Unnecessary "else" (no-else-return)
  .
! orchard/press.py:3:0: W0611: Unused import os (unused-import)
  .
! orchard/press.py:3:0: C1802: Do not use `len()` (use-implicit-booleaness-not-len)
  .
! orchard/press.py:3:0: C2801: Unnecessarily calls dunder method (unnecessary-dunder-call)
  .
! orchard/press.py:3:0: C3001: Lambda assigned to a variable (unnecessary-lambda-assignment)
""",
    ),
    LogPattern(
        name="ruff.full",
        kind=FailureKind.LINT,
        keywords=("unused", "undefined", "missing"),
        start=_FLAKE8_RUFF,
        body=r"\s{0,8}\d{0,6} {0,3}[|+-]|\s{1,12}--> \S|(?:help|note|info|warning): |\s{1,12}= help: |-{20}",
        max_lines=24,
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
    LogPattern(
        name="ruff.failed",
        kind=FailureKind.LINT,
        keywords=("ruff failed",),
        start=r"(?:error: )?[Rr]uff failed$|ruff failed$",
        body=r"\s{1,4}Cause: ",
        headline=r"^\s{1,4}Cause: ",
        example="""
> ruff failed
!   Cause: Unknown rule selector `PEAR` in `select`
  done
""",
    ),
)

_TOX_ENV = r"[\w.{},-]{1,100}"

_TOX = (
    LogPattern(
        name="tox.failed_with",
        keywords=("failed with ",),
        start=rf"(?:\[tox\] )?{_TOX_ENV}: failed with \S",
        example="! lint: failed with make is not allowed, use allowlist_externals to allow it",
    ),
    LogPattern(
        name="tox.recap",
        keywords=(": fail ",),
        start=rf" {{0,4}}{_TOX_ENV}: FAIL (?:code \d|✖)",
        confidence=Confidence.SYMPTOM,
        example="!   py311: FAIL code 1 (3.73=setup[1.13]+cmd[2.60] seconds)",
    ),
    LogPattern(
        name="tox.evaluation",
        keywords=("evaluation failed :(",),
        start=r" {0,4}evaluation failed :\(",
        confidence=Confidence.SYMPTOM,
        example="!   evaluation failed :( (5.55 seconds)",
    ),
)

_PYTHON_FORMATTERS = (
    LogPattern(
        name="python-format.black",
        kind=FailureKind.FORMAT,
        keywords=("error: cannot ",),
        start=r"error: cannot (?:format|parse)[: ]",
        body=r"error: cannot (?:format|parse)[: ]|\s{4}\S|\w{1,60}Error: |would reformat |\s{0,80}\^",
        max_lines=20,
        example="""
! error: cannot format orchard/press.py: Cannot parse: 3:6:     def turn(:
> would reformat orchard/basket.py
  Oh no!
""",
    ),
    LogPattern(
        name="python-format.would",
        kind=FailureKind.FORMAT,
        keywords=("would reformat",),
        start=r"would reformat \S|Would reformat: \S",
        context_before=r"--- |\+\+\+ |@@ |[-+ ]\S|[-+]$",
        max_context=40,
        body=r"would reformat \S|Would reformat: \S",
        headline=r"^[wW]ould reformat",
        fingerprint=r"^[wW]ould reformat",
        example="""
  All done
! would reformat orchard/press.py
> would reformat orchard/basket.py

  Oh no!
> --- orchard/press.py
> +++ orchard/press.py
> @@ -1 +1 @@
> -x = {  "a":1 }
> +x = {"a": 1}
! Would reformat: orchard/press.py
  1 file would be reformatted
""",
    ),
    LogPattern(
        name="python-format.unformatted",
        kind=FailureKind.FORMAT,
        keywords=("file would be reformatted",),
        start=r"unformatted: File would be reformatted",
        body=r"\s{1,12}--> \S|\s{0,8}\d{0,6} {1,3}[|+-]",
        headline=r"^\s{1,12}--> ",
        max_lines=20,
        example="""
> unformatted: File would be reformatted
!  --> tax.py:1:6
>   |
>   - x = {  "a":1 }
> 1 + x = {"a": 1}
>   |

  1 file would be reformatted, 1 file already formatted
""",
    ),
    LogPattern(
        name="python-format.diff",
        kind=FailureKind.FORMAT,
        keywords=(" would be reformatted",),
        start=r"\d{1,6} files? would be reformatted"
        r"(?:$|, \d{1,6} files? (?:already formatted|would be left unchanged))",
        context_before=r"--- |\+\+\+ |@@ |[-+ ]\S|[-+]?$",
        max_context=40,
        confidence=Confidence.SYMPTOM,
        headline=r"^\+\+\+ |^--- ",
        example="""
  $ ruff format --diff
! --- orchard/press.py
> +++ orchard/press.py
> @@ -1 +1 @@
> -x = {  "a":1 }
> +x = {"a": 1}
>
> 1 file would be reformatted
""",
    ),
    LogPattern(
        name="python-format.black_count",
        kind=FailureKind.FORMAT,
        keywords=("fail to reformat",),
        start=r"(?:\d{1,6} files? .{1,80}, )?\d{1,6} files? (?:would fail|failed) to reformat",
        confidence=Confidence.SYMPTOM,
        example="! 1 file would be reformatted, 1 file would fail to reformat.",
    ),
)

_SPHINX_LINE = (
    r"(?:(?:[A-Za-z]:)?[^\s:]{1,300}\.\w{1,6}(?::docstring of \S{1,200})?(?::\d{1,6})?: )?(?:WARNING|ERROR"
    r"|SEVERE|CRITICAL): "
)

_SPHINX = (
    LogPattern(
        name="sphinx.warning",
        kind=FailureKind.COMPILE,
        keywords=("unknown", "undefined", "not found", "unexpected", "error: "),
        start=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:rst|md|txt|py|ipynb|inc)(?::docstring of \S{1,200})?(?::\d{1,6})?: "
        r"(?:WARNING|ERROR|SEVERE|CRITICAL): ",
        body=_SPHINX_LINE + r"|\s{2,12}\S",
        max_lines=20,
        confidence=Confidence.LIKELY,
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
    LogPattern(
        name="mkdocs.aborted",
        kind=FailureKind.COMPILE,
        keywords=("aborted with ",),
        start=r"Aborted with (?:\d{1,6} warnings? in strict mode|(?:a|\d{1,6}) configuration errors?|a BuildError)",
        context_before=r"(?:WARNING|ERROR) {1,4}- |$",
        max_context=30,
        headline=r"^(?:WARNING|ERROR) {1,4}- ",
        fingerprint=r"^(?:WARNING|ERROR) {1,4}- ",
        example="""
  INFO    -  Building documentation to directory: /srv/shop/site
! WARNING -  A reference to 'gone.md' is included in the 'nav' configuration, but is not found.
> WARNING -  Doc file 'index.md' contains a link 'cart.md', but the target is not found.
>
> Aborted with 2 warnings in strict mode!
  done
""",
    ),
    LogPattern(
        name="sphinx.problems",
        kind=FailureKind.COMPILE,
        keywords=("treated as errors",),
        start=r"build finished with problems, ",
        confidence=Confidence.SYMPTOM,
        example="! build finished with problems, 3 warnings (with warnings treated as errors).",
    ),
)

PATTERNS = (
    *_SPHINX,
    *_PYTHON_FORMATTERS,
    *_TOX,
    *_PIP,
    *_UV,
    *_MYPY_PATTERNS,
    *_FLAKE8,
)
