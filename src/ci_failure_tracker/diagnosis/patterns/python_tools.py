"""Python's tools: pip, uv, tox, mypy, flake8, ruff, formatters, Sphinx."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# pip: packages that it cannot find, resolve or build.

_PIP_BOX = r"$|\s{0,40}[×│╰]|\s{2,40}\S|\s{0,8}(?:note|hint): "

_PIP = (
    LogPattern(
        name="pip.no_version",
        keywords=("could not find a version that satisfies",),
        start=r"(?:ERROR: |\s{1,4})?Could not find a version that satisfies the requirement ",
        body=r"(?:ERROR: |\s{1,4})?No matching distribution found for ",
        example="""
! ERROR: Could not find a version that satisfies the requirement basket==9.0 (from versions: 1.0, 2.0)
> ERROR: No matching distribution found for basket==9.0
  done
""",
    ),
    LogPattern(
        name="pip.conflict",
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
        name="pip.command",
        keywords=("command errored out with exit status",),
        start=r"\s{0,4}ERROR: Command errored out with exit status \d{1,4}:$",
        end=r"\s{0,8}-{40}$",
        body=r"\s{1,40}\S|$",
        max_lines=250,
        headline=r"^\s{2,40}(?:error: |fatal error: |[\w./-]{1,200}:\d{1,6}:(?:\d{1,5}:)? (?:fatal )?error: "
        r"|[A-Za-z_][\w.]{0,100}(?:Error|Exception|NotFound|Failure)(?:: |$))",
        example="""
>     ERROR: Command errored out with exit status 1:
>      command: /usr/bin/python3 -c 'setup' egg_info
>          cwd: /srv/pip-install-1/basket/
>     Complete output (2 lines):
!     ModuleNotFoundError: No module named 'willow'
>     ----------------------------------------
  ERROR: done
""",
    ),
    LogPattern(
        name="pip.old_command",
        keywords=("failed with error code",),
        start=r'(?:Command ".{1,1000}"|\S{1,200}python.{1,600}|Cleaning up\.\.\..{0,600}) failed with error code \d',
        confidence=Confidence.LIKELY,
        example="""
! Command "python setup.py egg_info" failed with error code 1 in /srv/pip-build-4/basket/
""",
    ),
    LogPattern(
        name="pip.error",
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
    LogPattern(
        name="pip.wheels",
        keywords=("error: ",),
        start=r"\s{0,4}ERROR: (?:Failed building wheel for|Could not build wheels for|Failed to build)",
        confidence=Confidence.SYMPTOM,
        example="""
!   ERROR: Failed building wheel for basket
""",
    ),
    LogPattern(
        name="pip.retrying",
        keywords=("error",),
        start=r"\s{0,8}(?:WARNING: )?Retrying \(Retry\(",
        confidence=Confidence.NOISE,
        example="""
! WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError': /simple/basket/
""",
    ),
    LogPattern(
        name="pip.resolver_note",
        keywords=("error: pip's dependency resolver",),
        start=r"ERROR: pip's dependency resolver does not currently take into account",
        body=r"\S{1,100} \S{1,60} requires .{1,200}, (?:but you have|which is not installed)",
        confidence=Confidence.NOISE,
        example="""
! ERROR: pip's dependency resolver does not currently take into account all the packages that are installed.
> orchard 1.0 requires basket<2, but you have basket 2.1 which is incompatible.
  done
""",
    ),
    LogPattern(
        name="setuptools.error",
        keywords=("error: ",),
        priority=2,  # before rustc.error
        start=r"error: (?:command '.{1,300}' (?:failed|terminated)|Microsoft Visual C\+\+ |can't copy '"
        r"|package directory '"
        r"|Setup script exited|Could not find suitable distribution|invalid command '|option \S{1,60} not recognized)",
        confidence=Confidence.LIKELY,
        example="""
! error: command 'weave' failed with exit status 1
""",
    ),
)

# uv, Poetry, Pipenv and conda: versions that conflict.

_UV_REASON = r"\s{0,8}(?:Because|And because|Thus|So,? because|and |\(\d)|\s{2,16}\S"

_UV = (
    LogPattern(
        name="uv.no_solution",
        keywords=("error: no solution found",),
        start=r"error: No solution found when resolving",
        body=r"\s{2,12}\S|$",
        max_lines=20,
        headline=r"^\s{2}(?:cause|Caused by): ",
        example="""
> error: No solution found when resolving dependencies
!   cause: Because basket was not found in the package registry and you require basket, we can conclude nothing.
  done
""",
    ),
    LogPattern(
        name="uv.boxed",
        keywords=("not found",),
        start=r"\s{2}╰─▶ Because ",
        context_before=r"\s{2}× ",
        max_context=1,
        body=r"\s{4,12}\S|$",
        max_lines=20,
        example="""
>   × No solution found when resolving dependencies:
!   ╰─▶ Because basket was not found in the package registry and you require basket, we can conclude that your
>       requirements are unsatisfiable.
  done
""",
    ),
    LogPattern(
        name="uv.box",
        keywords=("failed to ",),
        start=r"\s{2}× Failed to ",
        body=r"\s{2}[├╰│]|\s{4,16}\S|$",
        max_lines=60,
        headline=r"^\s{2}(?:╰─▶|├─▶) ",
        example="""
>   × Failed to build `basket==9.0`
!   ├─▶ The build backend returned an error
>   ╰─▶ Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)
  done
""",
    ),
    LogPattern(
        name="uv.error",
        keywords=("error: ",),
        start=r"error: (?:The lockfile at `|Failed to (?:fetch|download|build|parse|spawn|install|read|resolve|find"
        r"|discover)"
        r"|Distribution not found|Unable to find lockfile|No interpreter found|The build backend returned"
        r"|Request failed after)",
        body=r"\s{2}(?:Caused by|cause): |\s{4,20}\S|$|\s{2}\[std",
        max_lines=60,
        confidence=Confidence.LIKELY,
        example="""
! error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.
  done
""",
    ),
    LogPattern(
        name="poetry.solving",
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
        name="poetry.lock",
        keywords=("error",),
        start=r"Error: (?:poetry\.lock is not up to date|The lock file is not up to date"
        r"|Could not parse version constraint)",
        example="""
! Error: poetry.lock is not up to date with pyproject.toml. Run `poetry lock` to fix it.
""",
    ),
    LogPattern(
        name="poetry.invalid",
        keywords=("is invalid",),
        start=r"The Poetry configuration is invalid",
        body=r"\s{2}- ",
        example="""
! The Poetry configuration is invalid:
>   - Additional properties are not allowed ('basket' was unexpected)
  done
""",
    ),
    LogPattern(
        name="poetry.exception",
        keywords=("error",),
        start=r"\s{2}[A-Z]\w{1,60}Error$",
        body=r"$|\s{2}\S",
        end_before=r"\s{2}at ",
        max_lines=8,
        headline=r"^\s{2}(?![A-Z]\w{1,60}Error$)\S",
        confidence=Confidence.LIKELY,
        example="""
>   ConnectionError
>
!   The orchard did not answer.

    at /usr/lib/python3/site-packages/basket.py:7 in fetch
""",
    ),
    LogPattern(
        name="pipenv.lock",
        keywords=("expected",),
        start=r"Your Pipfile\.lock \(\w{1,80}\) is out of date",
        example="""
! Your Pipfile.lock (61aa4f) is out of date. Expected: (7a6b81).
""",
    ),
    LogPattern(
        name="pipenv.locking",
        keywords=("locking failed",),
        start=r"(?:✘ )?Locking Failed!",
        confidence=Confidence.LIKELY,
        example="""
! ✘ Locking Failed!
""",
    ),
    LogPattern(
        name="conda.not_found",
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
    LogPattern(
        name="conda.unsatisfiable",
        keywords=("unsatisfiableerror",),
        start=r"(?:LibMamba)?UnsatisfiableError: ",
        body=r"$|\s{0,8}[├└│-]|\s{1,8}\S",
        max_lines=30,
        example="""
! LibMambaUnsatisfiableError: Encountered problems while solving:
>   - package orchard-1.0 requires basket >9, but none of the providers can be installed
  done
""",
    ),
    LogPattern(
        name="conda.error",
        keywords=("error: ",),
        start=r"Conda\w{0,40}Error: ",
        body=r"Elapsed: |An HTTP error occurred|[\w'\"(]",
        max_lines=4,
        example="""
! CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://conda.example.com/noarch/repodata.json>
> Elapsed: -
""",
    ),
    LogPattern(
        name="conda.mamba",
        keywords=("could not solve",),
        start=r"(?:error\s{1,6}libmamba )?Could not solve for environment specs",
        body=r"$|\s{0,8}[├└│-]|\s{1,8}\S|The following packages? ",
        max_lines=30,
        example="""
! error    libmamba Could not solve for environment specs
>     The following package could not be installed
>     └─ basket 9.** does not exist (perhaps a typo or a missing channel).
  critical libmamba Could not solve for environment specs
""",
    ),
)

# tox, which runs other tools and prints which of them failed.

_TOX_ENV = r"[\w.{},-]{1,100}"

_TOX = (
    LogPattern(
        name="tox.interpreter",
        keywords=("error: ",),
        start=r"ERROR: {1,4}(?:\S{1,100}: )?(?:InterpreterNotFound: |unknown environment |Missing[DR])",
        example="""
! ERROR:  py35: InterpreterNotFound: python3.5
""",
    ),
    LogPattern(
        name="tox.failed_with",
        keywords=("failed with ",),
        start=rf"(?:\[tox\] )?{_TOX_ENV}: failed with \S",
        example="""
! lint: failed with make is not allowed, use allowlist_externals to allow it
""",
    ),
    LogPattern(
        name="tox.subprocess",
        keywords=("exception running subprocess",),
        start=rf"{_TOX_ENV}: Exception running subprocess ",
        example="""
! lint: Exception running subprocess [Errno 2] No such file or directory: 'shopcheck'
""",
    ),
    LogPattern(
        name="tox.invocation",
        keywords=("error: invocation",),
        start=r"ERROR: (?:InvocationError for command |invocation failed \()",
        confidence=Confidence.SYMPTOM,
        example="""
! ERROR: InvocationError for command /home/travis/build/shop/.tox/py36/bin/pytest tests (exited with code 1)
""",
    ),
    LogPattern(
        name="tox.recap_old",
        keywords=("commands failed",),
        start=rf"ERROR: {{1,6}}{_TOX_ENV}: (?:parallel child exit code|commands failed)",
        confidence=Confidence.SYMPTOM,
        example="""
  ___________________________________ summary ____________________________________
! ERROR:   py36: commands failed
""",
    ),
    LogPattern(
        name="tox.recap",
        keywords=(": fail ",),
        start=rf" {{0,4}}{_TOX_ENV}: FAIL (?:code \d|✖)",
        confidence=Confidence.SYMPTOM,
        example="""
!   py311: FAIL code 1 (3.73=setup[1.13]+cmd[2.60] seconds)
""",
    ),
    LogPattern(
        name="tox.evaluation",
        keywords=("evaluation failed :(",),
        start=r" {0,4}evaluation failed :\(",
        confidence=Confidence.SYMPTOM,
        example="""
!   evaluation failed :( (5.55 seconds)
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
        keywords=(" errors, ",),
        start=r"[1-9]\d{0,5} errors?, \d{1,6} warnings?, \d{1,6} (?:informations?|notes?)",
        confidence=Confidence.RECAP,
        example="""
! 2 errors, 0 warnings, 0 informations
""",
    ),
    LogPattern(
        name="mypy.pyright_none",
        keywords=("0 errors, ",),
        start=r"0 errors, \d{1,6} warnings?, \d{1,6} (?:informations?|notes?)",
        confidence=Confidence.NOISE,
        example="""
! 0 errors, 3 warnings, 0 informations
""",
    ),
    LogPattern(
        name="mypy.pytype",
        keywords=("error",),
        priority=1,  # before mypy.error
        start=r'(?:File ")?'
        + _MYPY_FILE
        + r'(?:", line \d{1,6}, in .{1,200}: .{1,1000}\[[\w-]{3,40}\]$|:\d{1,6}:\d{1,5}: error: in .{1,200}: )',
        body=r"\s{2,200}\S",
        max_lines=20,
        example="""
! File "/srv/orchard/press.py", line 13, in turn: No attribute 'force' on Press [attribute-error]
  For more details, see the documentation.
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
_FLAKE8_RUFF = r"(?!SHA|MD|UTF|HTTP|RFC|CVE|ISO|RSA|AES)[A-Z]{1,5}\d{3,4} (?:\[\*\] )?[A-Z`\[]"


_FLAKE8 = (
    LogPattern(
        name="flake8.error",
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
        name="ruff.full",
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

# Formatters of Python: black, isort, docformatter, pydocstyle.

_PYTHON_FORMATTERS_ISORT = (
    r"ERROR: (?:/|[A-Za-z]:\\|\.)?[^\s:]{0,300}(?: |: )(?:Imports are incorrectly sorted|[Ii]mports? .{0,40}sorted)"
)

_PYTHON_FORMATTERS = (
    LogPattern(
        name="python-format.black",
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
        name="python-format.black_count",
        keywords=("fail to reformat",),
        start=r"(?:\d{1,6} files? .{1,80}, )?\d{1,6} files? (?:would fail|failed) to reformat",
        confidence=Confidence.RECAP,
        example="""
! 1 file would be reformatted, 1 file would fail to reformat.
""",
    ),
    LogPattern(
        name="python-format.isort",
        keywords=("error: ",),
        start=_PYTHON_FORMATTERS_ISORT,
        body=_PYTHON_FORMATTERS_ISORT,
        max_lines=30,
        example="""
! ERROR: /srv/orchard/press.py Imports are incorrectly sorted and/or formatted.
> ERROR: /srv/orchard/basket.py Imports are incorrectly sorted and/or formatted.
  make: *** [lint] Error 1
""",
    ),
    LogPattern(
        name="python-format.pydocstyle",
        keywords=("missing docstring",),
        start=r"\s{4,8}D\d{3}: ",
        context_before=r"[^\s:]{1,300}\.py:\d{1,6} (?:at|in) .{1,200}:$",
        max_context=1,
        body=r"[^\s:]{1,300}\.py:\d{1,6} (?:at|in) .{1,200}:$|\s{4,8}D\d{3}: ",
        max_lines=40,
        example="""
> orchard/press.py:3 in public function `turn`:
!         D103: Missing docstring in public function
  done
""",
    ),
)

# Sphinx, if its warnings are errors.

_SPHINX_LINE = (
    r"(?:(?:[A-Za-z]:)?[^\s:]{1,300}\.\w{1,6}(?::docstring of \S{1,200})?(?::\d{1,6})?: )?(?:WARNING|ERROR"
    r"|SEVERE|CRITICAL): "
)


_SPHINX = (
    LogPattern(
        name="sphinx.warning",
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
        name="sphinx.treated",
        keywords=("treated as error:",),
        start=r"Warning, treated as error:$",
        body=r"\S",
        max_lines=4,
        headline=r"^(?!Warning, treated)\S",
        example="""
> Warning, treated as error:
! /srv/orchard/docs/index.rst:6:unknown document: harvest

  make: *** [html] Error 2
""",
    ),
    LogPattern(
        name="sphinx.problems",
        keywords=("treated as errors",),
        start=r"build finished with problems, ",
        confidence=Confidence.RECAP,
        example="""
! build finished with problems, 3 warnings (with warnings treated as errors).
""",
    ),
    LogPattern(
        name="sphinx.extension",
        keywords=("error:",),
        start=r"(?:Extension|Configuration|Sphinx|Theme) error(?: \(.{1,100}\))?:",
        body=r"\S",
        max_lines=3,
        example="""
! Extension error:
> Could not import extension sphinx_press (exception: No module named 'sphinx_press')

  make: *** [html] Error 2
""",
    ),
)

PATTERNS = (
    *_PIP,
    *_UV,
    *_TOX,
    *_MYPY_PATTERNS,
    *_FLAKE8,
    *_PYTHON_FORMATTERS,
    *_SPHINX,
)
