"""What shells say of a command that they cannot run."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PLACE = r"\S{1,300}: (?:line )?\d{1,6}: "

RULES = (
    Rule(
        name="shell.not_found",
        keywords=("command not found",),
        opens=r"(?:"
        + _PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|k|da|a)?sh: (?:line )?(?:\d{1,6}: )?).{1,300}: command not found",
        rank=Rank.LIKELY,
        example="""
! ./run.sh: line 3: pick-pears: command not found
""",
    ),
    Rule(
        name="shell.zsh_not_found",
        keywords=("command not found",),
        opens=r"(?:zsh:\d{0,6}:?|fish:) (?:command not found: |Unknown command)",
        rank=Rank.LIKELY,
        example="""
! zsh:1: command not found: pick-pears
""",
    ),
    Rule(
        name="shell.dash_not_found",
        keywords=(": not found",),
        opens=r"(?:\S{0,60}/)?(?:sh|\S{1,200}): (?:line )?\d{1,6}: (?:\S{1,200}: )?\S{1,200}: not found$",
        rank=Rank.LIKELY,
        example="""
! /bin/sh: 1: pick-pears: not found
""",
    ),
    Rule(
        name="shell.sh_not_found",
        keywords=(": not found",),
        opens=r"(?:\S{0,60}/)?(?:sh|env): \S{1,200}: not found$",
        rank=Rank.LIKELY,
        example="""
! sh: pick-pears: not found
""",
    ),
    Rule(
        name="shell.missing_file",
        keywords=("no such file or directory",),
        opens=r"(?:"
        + _PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|da)?sh: |(?:\S{0,40}/)?env: ).{1,300}: No such file or directory",
        rank=Rank.LIKELY,
        example="""
! ./run.sh: line 7: /srv/orchard/basket.txt: No such file or directory
""",
    ),
    Rule(
        name="shell.denied",
        keywords=("permission denied",),
        opens=r"(?:"
        + _PLACE
        + r"|(?:\S{0,60}/)?(?:ba|z|da)?sh: (?:line )?(?:\d{1,6}: )?)(?:\d{1,6}: )?.{1,300}: Permission denied",
        rank=Rank.LIKELY,
        example="""
! /srv/_temp/3e1f.sh: line 1: ./pick-pears.sh: Permission denied
""",
    ),
    Rule(
        name="shell.syntax",
        keywords=("syntax error",),
        opens=_PLACE + r"(?:Syntax error: |syntax error(?!: unexpected end))",
        through=_PLACE + r"`",
        example="""
! ./run.sh: line 3: syntax error near unexpected token `fi'
> ./run.sh: line 3: `fi'
  bye
""",
    ),
    Rule(
        name="shell.unfinished",
        keywords=("unexpected e",),
        opens=_PLACE + r"(?:unexpected EOF|syntax error: unexpected end|unexpected end of file)",
        through=_PLACE,
        most=2,
        example="""
! ./run.sh: line 6: unexpected EOF while looking for matching `)'
> ./run.sh: line 9: syntax error: unexpected end of file
""",
    ),
    Rule(
        name="shell.no_cd",
        keywords=("can't cd to",),
        opens=_PLACE + r"cd: can't cd to ",
        rank=Rank.LIKELY,
        example="""
! ./run.sh: 5: cd: can't cd to /srv/orchard
""",
    ),
    Rule(
        name="shell.binary",
        keywords=("cannot execute",),
        opens=r"(?:" + _PLACE + r"|(?:\S{0,60}/)?(?:ba|z|da)?sh: ).{1,300}: cannot execute",
        example="""
! ./run.sh: line 3: ./press: cannot execute binary file: Exec format error
""",
    ),
    Rule(
        name="shell.no_directory",
        keywords=("no such file or directory",),
        opens=r"(?:cat|cp|mv|rm|ls|cd|mkdir|touch|chmod|stat|ln|tar|find|grep|sed|diff|head|tail|source): "
        r".{1,400}: (?:Cannot \w{1,20}: )?No such file or directory",
        rank=Rank.LIKELY,
        example="""
! cp: cannot stat 'dist/orchard.tar.gz': No such file or directory
""",
    ),
    Rule(
        name="shell.windows",
        keywords=("is not recognized as an internal or external command",),
        opens=r"'.{1,200}' is not recognized as an internal or external command",
        through=r"operable program or batch file",
        example="""
! 'pick-pears' is not recognized as an internal or external command,
> operable program or batch file.
""",
    ),
    Rule(
        name="shell.execve",
        keywords=("error",),
        opens=r"exec \S{1,300}: exec format error",
        example="""
! exec /usr/local/bin/press: exec format error
""",
    ),
)
