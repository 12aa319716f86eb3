"""Shells, and what any program prints in their style; Bats and TAP."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Shells that cannot run a command.

_SHELL_PLACE = r"\S{1,300}: (?:line )?\d{1,6}: "

_SHELL = (
    LogPattern(
        name="shell.not_found",
        keywords=("command not found",),
        start=r"(?:"
        + _SHELL_PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|k|da|a)?sh: (?:line )?(?:\d{1,6}: )?).{1,300}: command not found",
        confidence=Confidence.LIKELY,
        example="""
! ./run.sh: line 3: pick-pears: command not found
""",
    ),
    LogPattern(
        name="shell.zsh_not_found",
        keywords=("command not found",),
        start=r"(?:zsh:\d{0,6}:?|fish:) (?:command not found: |Unknown command)",
        confidence=Confidence.LIKELY,
        example="""
! zsh:1: command not found: pick-pears
""",
    ),
    LogPattern(
        name="shell.dash_not_found",
        keywords=(": not found",),
        start=r"(?:\S{0,60}/)?(?:sh|\S{1,200}): (?:line )?\d{1,6}: (?:\S{1,200}: )?\S{1,200}: not found$",
        confidence=Confidence.LIKELY,
        example="""
! /bin/sh: 1: pick-pears: not found
""",
    ),
    LogPattern(
        name="shell.sh_not_found",
        keywords=(": not found",),
        start=r"(?:\S{0,60}/)?(?:sh|env): \S{1,200}: not found$",
        confidence=Confidence.LIKELY,
        example="""
! sh: pick-pears: not found
""",
    ),
    LogPattern(
        name="shell.missing_file",
        keywords=("no such file or directory",),
        start=r"(?:"
        + _SHELL_PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|da)?sh: |(?:\S{0,40}/)?env: ).{1,300}: No such file or directory",
        confidence=Confidence.LIKELY,
        example="""
! ./run.sh: line 7: /srv/orchard/basket.txt: No such file or directory
""",
    ),
    LogPattern(
        name="shell.denied",
        keywords=("permission denied",),
        start=r"(?:"
        + _SHELL_PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|da)?sh: (?:line )?(?:\d{1,6}: )?)(?:\d{1,6}: )?.{1,300}: Permission denied",
        confidence=Confidence.LIKELY,
        example="""
! /srv/_temp/3e1f.sh: line 1: ./pick-pears.sh: Permission denied
""",
    ),
    LogPattern(
        name="shell.syntax",
        keywords=("syntax error",),
        start=_SHELL_PLACE + r"(?:Syntax error: |syntax error(?!: unexpected end))",
        body=_SHELL_PLACE + r"`",
        example="""
! ./run.sh: line 3: syntax error near unexpected token `fi'
> ./run.sh: line 3: `fi'
  bye
""",
    ),
    LogPattern(
        name="shell.unfinished",
        keywords=("unexpected e",),
        start=_SHELL_PLACE + r"(?:unexpected EOF|syntax error: unexpected end|unexpected end of file)",
        body=_SHELL_PLACE,
        max_lines=2,
        example="""
! ./run.sh: line 6: unexpected EOF while looking for matching `)'
> ./run.sh: line 9: syntax error: unexpected end of file
""",
    ),
    LogPattern(
        name="shell.no_cd",
        keywords=("can't cd to",),
        start=_SHELL_PLACE + r"cd: can't cd to ",
        confidence=Confidence.LIKELY,
        example="""
! ./run.sh: 5: cd: can't cd to /srv/orchard
""",
    ),
    LogPattern(
        name="shell.binary",
        keywords=("cannot execute",),
        start=r"(?:" + _SHELL_PLACE + r"|(?:\S{0,60}/)?(?:ba|z|da)?sh: ).{1,300}: cannot execute",
        example="""
! ./run.sh: line 3: ./press: cannot execute binary file: Exec format error
""",
    ),
    LogPattern(
        name="shell.no_directory",
        keywords=("no such file or directory",),
        start=r"(?:cat|cp|mv|rm|ls|cd|mkdir|touch|chmod|stat|ln|tar|find|grep|sed|diff|head|tail|source): "
        r".{1,400}: (?:Cannot \w{1,20}: )?No such file or directory",
        confidence=Confidence.LIKELY,
        example="""
! cp: cannot stat 'dist/orchard.tar.gz': No such file or directory
""",
    ),
    LogPattern(
        name="shell.windows",
        keywords=("is not recognized as an internal or external command",),
        start=r"'.{1,200}' is not recognized as an internal or external command",
        body=r"operable program or batch file",
        example="""
! 'pick-pears' is not recognized as an internal or external command,
> operable program or batch file.
""",
    ),
    LogPattern(
        name="shell.execve",
        keywords=("error",),
        start=r"exec \S{1,300}: exec format error",
        example="""
! exec /usr/local/bin/press: exec format error
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

# Tests of shell scripts: bats and shunit2.

_BATS_PLACE = r"(?:#|\s)\s{0,6}(?:\((?:from function|in test file|in file)| in (?:test )?file) "
_BATS_TITLE = r"(?:.{0,300}\d/\d{1,5})? [\u2717x] \S"
"""On a terminal, the progress is before the name of the test."""

_BATS = (
    LogPattern(
        name="bats.failed",
        keywords=("' failed",),
        start=r"(?:#|\s)\s{2,8}`.{1,1500}' failed(?: with status \d{1,3})?",
        context_before=_BATS_PLACE + "|" + _BATS_TITLE,
        max_context=5,
        body=r"# |\s{3,7}(?![\u2713\u2717x-] |.{0,300}\d/\d{1,5} [\u2713\u2717x-] )\S",
        max_lines=20,
        fingerprint=r"^(?:.{0,300}\d/\d{1,5})? [\u2717x] \S|' failed",
        example="""
   ✓ opens
>  ✗ total
>    (in test file test/cart.bats, line 5)
!      `[ "$output" -eq 8 ]' failed with status 2
>    output of the cart
   ✓ prices
""",
    ),
    LogPattern(
        name="shunit2.assert",
        keywords=("assert:",),
        start=r"ASSERT:\S",
        context_before=r"test\w{1,200}$",
        max_context=1,
        body=r"ASSERT:\S|shunit2:ERROR ",
        max_lines=10,
        fingerprint=r"^test\w|^ASSERT:",
        example="""
  test_opens
> test_total
! ASSERT:expected:<8> but was:<7>
> shunit2:ERROR test_total() returned non-zero return code.
  test_prices
""",
    ),
    LogPattern(
        name="shunit2.error",
        keywords=("shunit2:error",),
        start=r"shunit2:ERROR ",
        confidence=Confidence.LIKELY,
        example="""
! shunit2:ERROR test_total() returned non-zero return code.
""",
    ),
)

# TAP, the report format of node-tap, tape, QUnit, testem, Node's runner, AVA and bats.

_TAP_GOES_ON = r"\s{1,40}(?!(?:not )?ok\b|# |\d{1,6}\.\.\d)\S|\s{0,80}$|#(?: {2,40}\S| \()"

_TAP = (
    LogPattern(
        name="tap.failure",
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
        name="tap.parent",
        keywords=("not ok",),
        start=r" {0,40}not ok \d{1,7}\b.{0,1500}# time=",
        confidence=Confidence.RECAP,
        body=_TAP_GOES_ON,
        end=r"\s{0,40}\.\.\.$",
        max_lines=30,
        example="""
! not ok 1 - test/cart.js # time=124.731ms
>   ---
>   file: test/cart.js
>   exitCode: 1
>   ...
  1..1
""",
    ),
    LogPattern(
        name="tap.todo",
        keywords=("not ok",),
        start=r" {0,40}not ok \d{1,7}\b.{0,1500}# (?:TODO|SKIP|todo|skip)\b",
        confidence=Confidence.NOISE,
        body=_TAP_GOES_ON,
        end=r"\s{0,40}\.\.\.$",
        max_lines=60,
        example="""
! not ok 3 - Cart: gives a rebate # TODO
>   ---
>   operator: equal
>   ...
  1..3
""",
    ),
    LogPattern(
        name="tap.tally",
        keywords=("# fail",),
        start=r" {0,40}# (?:failed [1-9]\d{0,6} (?:of \d{1,7} )?tests?|fail {1,3}[1-9]\d{0,6}$)",
        confidence=Confidence.RECAP,
        example="""
  # pass  1
! # fail  2
""",
    ),
)

PATTERNS = (
    *_SHELL,
    *_SYNTAX_ERROR,
    *_ERROR_ALONE,
    *_BATS,
    *_TAP,
)
