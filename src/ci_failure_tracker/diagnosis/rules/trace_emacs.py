"""Backtraces of Emacs Lisp."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="emacs.debugger",
        keywords=("debugger entered--lisp error",),
        opens=r"Debugger entered--Lisp error: ",
        through=r"\s{2}\S",
        most=100,
        rank=Rank.LIKELY,
        example="""
! Debugger entered--Lisp error: (void-variable basket)
>   (orchard-pick basket)
>   eval((orchard-pick basket) t)
>   command-line()
  bye
""",
    ),
    Rule(
        name="emacs.signal",
        keywords=("signal(error",),
        opens=r"\s{0,4}signal\(error \(",
        through=r"\s{1,4}\S",
        most=100,
        rank=Rank.LIKELY,
        example="""
  Opening the orchard...
!   signal(error ("No such orchard"))
>   error("No such orchard")
>   orchard-open()
>   command-line()
  bye
""",
    ),
    Rule(
        name="emacs.load",
        keywords=("cannot open load file",),
        opens=r"Cannot open load file: ",
        rank=Rank.LIKELY,
        example="""
! Cannot open load file: No such file or directory, orchard-mode
""",
    ),
)
