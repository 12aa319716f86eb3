"""Shells, and what any program prints in their style; Bats and TAP."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Shells that cannot run a command.

_SHELL_PLACE = r"\S{1,300}: (?:line )?\d{1,6}: "

_SHELL = (
    LogPattern(
        name="shell.not_found",
        kind=FailureKind.CONFIGURATION,
        keywords=("command not found",),
        start=r"(?:"
        + _SHELL_PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|k|da|a)?sh: (?:line )?(?:\d{1,6}: )?).{1,300}: command not found",
        confidence=Confidence.LIKELY,
        example="! ./run.sh: line 3: pick-pears: command not found",
    ),
    LogPattern(
        name="shell.dash_not_found",
        kind=FailureKind.CONFIGURATION,
        keywords=(": not found",),
        start=r"(?:\S{0,60}/)?(?:sh|\S{1,200}): (?:line )?\d{1,6}: (?:\S{1,200}: )?\S{1,200}: not found$",
        confidence=Confidence.LIKELY,
        example="! /bin/sh: 1: pick-pears: not found",
    ),
    LogPattern(
        name="shell.missing_file",
        keywords=("no such file or directory",),
        start=r"(?:"
        + _SHELL_PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|da)?sh: |(?:\S{0,40}/)?env: ).{1,300}: No such file or directory",
        confidence=Confidence.LIKELY,
        example="! ./run.sh: line 7: /srv/orchard/basket.txt: No such file or directory",
    ),
    LogPattern(
        name="shell.denied",
        kind=FailureKind.CONFIGURATION,
        keywords=("permission denied",),
        start=r"(?:"
        + _SHELL_PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|da)?sh: (?:line )?(?:\d{1,6}: )?)(?:\d{1,6}: )?.{1,300}: Permission denied",
        confidence=Confidence.LIKELY,
        example="! /srv/_temp/3e1f.sh: line 1: ./pick-pears.sh: Permission denied",
    ),
    LogPattern(
        name="shell.no_directory",
        keywords=("no such file or directory",),
        start=r"(?:cat|cp|mv|rm|ls|cd|mkdir|touch|chmod|stat|ln|tar|find|grep|sed|diff|head|tail|source): "
        r".{1,400}: (?:Cannot \w{1,20}: )?No such file or directory",
        confidence=Confidence.LIKELY,
        example="! cp: cannot stat 'dist/orchard.tar.gz': No such file or directory",
    ),
    LogPattern(
        name="shell.windows",
        kind=FailureKind.CONFIGURATION,
        keywords=("is not recognized as an internal or external command",),
        start=r"'.{1,200}' is not recognized as an internal or external command",
        body=r"operable program or batch file",
        example="""
! 'pick-pears' is not recognized as an internal or external command,
> operable program or batch file.
""",
    ),
    # Seen at https://github.com/cargo-bins/cargo-binstall/issues/1750
    # and https://github.com/abinoda/label-when-approved-action/issues/7
    LogPattern(
        name="shell.unbound",
        kind=FailureKind.CONFIGURATION,
        keywords=(": unbound variable",),
        start=r"\S{1,300}: (?:line \d{1,6}: )?\S{1,200}: unbound variable$",
        example="""
! /entrypoint.sh: line 47: PEARS: unbound variable
! bash: line 39: PEARS: unbound variable
""",
    ),
)

# Syntax errors of Python and Node: the place, the line of code, a caret, the error.

_SYNTAX_ERROR = (
    LogPattern(
        name="syntax.error",
        keywords=("error: ",),
        start=r"(?:Uncaught )?(?:SyntaxError|IndentationError|TabError): ",
        context_before=r'  File "|    |$|\s{0,300}\^{1,300}$|(?:file:|/|[A-Z]:\\|\[eval)\S{0,400}:\d{1,7}$',
        body=r"\s{4}at |Node\.js v",
        max_lines=40,
        confidence=Confidence.LIKELY,
        example="""
  Compiling 'orchard.py'...
>   File "orchard.py", line 3
>     pick(
>         ^
! SyntaxError: '(' was never closed
  done
""",
    ),
)

# A line `Error:` with the message below it, as dnf, minitest and Rails print it.

_ERROR_ALONE_OF_DNF = r" Problem|\s{1,4}\S"
_ERROR_ALONE_OF_MINITEST = r"[A-Z][\w:]{0,200}#\S.{0,300}:$|[A-Z][\w:]{1,150}(?:: \S|$)|$"

_ERROR_ALONE = (
    LogPattern(
        name="error-alone.block",
        keywords=("error:",),
        start=r"Error:\s{0,2}$",
        body=_ERROR_ALONE_OF_DNF + "|" + _ERROR_ALONE_OF_MINITEST,
        end=r"(?:bin/)?rails test \S",
        max_lines=20,
        headline=r"^ Problem|^[A-Z][\w:]{2,150}: \S",
        fingerprint=r"^ Problem|^[A-Z][\w:]{0,200}#\S|^[A-Z][\w:]{2,150}: \S",
        example="""
> Error:
!  Problem: conflicting requests
>   - nothing provides willow >= 9 needed by basket-9.0-1.x86_64
  (try to add '--skip-broken' to skip uninstallable packages)
> Error:
> CartTest#test_prices:
! RuntimeError: no price list
>     test/cart_test.rb:9:in `test_prices'

> bin/rails test test/cart_test.rb:8
  .
""",
    ),
)

_TAP_GOES_ON = r"\s{1,40}(?!(?:not )?ok\b|# |\d{1,6}\.\.\d)\S|\s{0,80}$|#(?: {2,40}\S| \()"

_TAP = (
    LogPattern(
        name="tap.failure",
        kind=FailureKind.TEST,
        keywords=("not ok",),
        start=r" {0,40}not ok \d{1,7}\b(?!.{0,1500}# (?:TODO|SKIP|todo|skip|time=))",
        body=_TAP_GOES_ON,
        end=r"\s{0,40}\.\.\.$",
        max_lines=60,
        fingerprint=r"^ {0,40}not ok |^ {2,40}(?:error|message|name|code): ",
        example="""
  ok 1 - Cart: is empty
! not ok 2 - Cart: adds the prices
>   ---
>   duration_ms: 18.79
>   error: |-
>     Expected values to be strictly equal:
>     7 !== 8
>   code: 'ERR_ASSERTION'
>   stack: |-
>     TestContext.<anonymous> (test/cart.js:2:52)
>   ...
  1..2
""",
    ),
    LogPattern(
        name="tap.tally",
        kind=FailureKind.TEST,
        keywords=("# fail",),
        start=r" {0,40}# (?:failed [1-9]\d{0,6} (?:of \d{1,7} )?tests?|fail {1,3}[1-9]\d{0,6}$)",
        confidence=Confidence.SYMPTOM,
        example="""
  # pass  1
! # fail  2
""",
    ),
)

PATTERNS = (
    *_TAP,
    *_SHELL,
    *_SYNTAX_ERROR,
    *_ERROR_ALONE,
)
