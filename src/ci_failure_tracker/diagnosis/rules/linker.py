"""Linkers: ld, gold, lld, mold and Apple's."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LD = r"(?:(?:\S{0,300}[/-])?(?:ld|ld\.gold|ld\.lld|ld64\.lld|mold|lld|rust-lld|wasm-ld|link)(?:\.exe|\.bfd)?: )"
_OBJECT = r"[^\s:][^:]{0,300}"
_IN = _LD + r"?" + _OBJECT + r":? [Ii]n function [`'‘]"
_UNDEFINED = _LD + r"?" + _OBJECT + r".{0,300}undefined reference to |" + _LD + r".{1,600}undefined reference to "
_SAME = (
    _IN + r"|" + _LD + r"warning: |.{1,600}(?:undefined reference to |more undefined references|first defined here"
    r"|multiple definition of )"
)
_STOPS = r"(?:\S{1,200}: )?(?:collect2|clang|clang\+\+)(?:-\d+)?: error: "

RULES = (
    Rule(
        name="linker.undefined",
        keywords=("undefined reference to",),
        opens=_UNDEFINED,
        lead=_IN,
        through=_SAME,
        closes=_STOPS + r"(?:ld|linker)",
        most=30,
        names=r"undefined reference to",
        example="""
  /usr/bin/ld: warning: creating DT_TEXTREL in a PIE
> /usr/bin/ld: build/press.o: in function `turn':
! press.c:(.text+0x5): undefined reference to `squeeze'
> /usr/bin/ld: press.c:(.text+0xb): undefined reference to `force'
> collect2: error: ld returned 1 exit status
  make: *** [Makefile:4: press] Error 1
""",
    ),
    Rule(
        name="linker.cannot_find",
        keywords=("cannot find ",),
        opens=_LD + r"cannot find \S",
        through=_LD + r"(?:cannot find|note: to link)|" + _LD + r"(?:skipping incompatible)",
        closes=_STOPS + r"(?:ld|linker)",
        most=12,
        example="""
! /usr/bin/ld: cannot find -lbasket: No such file or directory
> collect2: error: ld returned 1 exit status
  bye
""",
    ),
    Rule(
        name="linker.apple",
        keywords=("undefined symbols for architecture",),
        opens=r"Undefined symbols for architecture \S{1,20}:$",
        through=r"\s{1,8}\S|ld: symbol",
        closes=_STOPS + r"linker",
        most=30,
        headline=r'^\s{1,6}"',
        names=r'^\s{1,6}"',
        example="""
> Undefined symbols for architecture arm64:
!   "_squeeze", referenced from:
>       _main in press-3b1c.o
> ld: symbol(s) not found for architecture arm64
> clang: error: linker command failed with exit code 1 (use -v to see invocation)
  bye
""",
    ),
    Rule(
        name="linker.error",
        keywords=("error: ",),
        opens=_LD + r"(?:fatal )?error: ",
        through=_LD + r"(?:fatal )?error: |>>> |\s{10,20}>>> ",
        closes=_STOPS + r"(?:ld|linker)",
        most=30,
        example="""
! ld.lld: error: undefined symbol: squeeze
> >>> referenced by press.c:7
> >>>               press.o:(turn)
> clang: error: linker command failed with exit code 1 (use -v to see invocation)
  bye
""",
    ),
    Rule(
        name="linker.library",
        keywords=("not found",),
        opens=r"ld: (?:library|framework|file|library or framework) '?.{0,300}not found|ld: symbol\(s\) not found for ",
        closes=_STOPS + r"linker",
        most=2,
        example="""
! ld: library not found for -lbasket
> clang: error: linker command failed with exit code 1 (use -v to see invocation)
  bye
""",
    ),
    Rule(
        name="linker.not_recognized",
        keywords=("file not recognized",),
        opens=r"\S{1,300}: file not recognized: ",
        closes=_STOPS + r"(?:ld|linker)",
        most=2,
        example="""
! press.o: file not recognized: file format not recognized
> collect2: error: ld returned 1 exit status
""",
    ),
    Rule(
        name="linker.stopped",
        keywords=("error: ",),
        opens=_STOPS + r"(?:ld returned|linker command failed)",
        lead=r"duplicate symbol |\s{4}\S|ld: \d{1,6} duplicate symbol|" + _SAME,
        lead_most=30,
        names=r"multiple definition of |duplicate symbol ",
        headline=r"multiple definition of |duplicate symbol |ld: (?!\d|warning)",
        rank=Rank.LIKELY,
        example="""
  building
! /usr/bin/ld: apple.o:(.bss+0x0): multiple definition of `basket'; pear.o:(.bss+0x0): first defined here
> collect2: error: ld returned 1 exit status
  bye
""",
    ),
)
