"""GNU make, and the makes that print as it does."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_MAKE = r"(?:\S{0,200}[/\\])?(?:g|b|mingw32-|n)?make(?:\.exe)?(?:\[\d{1,3}\])?: "

RULES = (
    Rule(
        name="make.recipe",
        keywords=("recipe for target",),
        opens=r"\S{1,300}:\d{1,6}: recipe for target '.{1,400}' failed",
        rank=Rank.SYMPTOM,
        example="""
! rules/press.mk:31: recipe for target 'press' failed
""",
    ),
    Rule(
        name="make.error",
        keywords=("] error ",),
        opens=_MAKE + r"\*{3} \[.{1,1000}\] Error -?\d",
        rank=Rank.SYMPTOM,
        example="""
! make[1]: *** [Makefile:12: press] Error 2
""",
    ),
    Rule(
        name="make.ignored",
        keywords=("] error ",),
        opens=_MAKE + r"\[.{1,1000}\] Error -?\d{1,10} \(ignored\)",
        rank=Rank.NOISE,
        example="""
! make: [Makefile:3: clean] Error 1 (ignored)
""",
    ),
    Rule(
        name="make.segfault",
        keywords=("segmentation fault",),
        opens=_MAKE + r"\*{3} \[.{1,1000}\] Segmentation fault",
        rank=Rank.SYMPTOM,
        example="""
! make: *** [Makefile:12: press] Segmentation fault (core dumped)
""",
    ),
    Rule(
        name="make.killed",
        keywords=("killed",),
        opens=_MAKE + r"\*{3} \[.{1,1000}\] Killed",
        rank=Rank.SYMPTOM,
        example="""
! make: *** [Makefile:12: press] Killed
""",
    ),
    Rule(
        name="make.abort",
        keywords=("aborted",),
        opens=_MAKE + r"\*{3} \[.{1,1000}\] Aborted",
        rank=Rank.SYMPTOM,
        example="""
! make: *** [Makefile:12: press] Aborted (core dumped)
""",
    ),
    Rule(
        name="make.not_remade",
        keywords=("not remade because of errors",),
        opens=_MAKE + r"Target .{1,400} not remade because of errors",
        rank=Rank.SYMPTOM,
        example="""
! make: Target 'all' not remade because of errors.
""",
    ),
    Rule(
        name="make.no_rule",
        keywords=("no rule to make target",),
        opens=_MAKE + r"\*{3} No rule to make target ",
        example="""
! make: *** No rule to make target 'press.c', needed by 'press.o'.  Stop.
""",
    ),
    Rule(
        name="make.missing_separator",
        keywords=("missing separator",),
        opens=r"[^\s:]{1,300}:\d{1,6}: \*{3} missing separator",
        example="""
! Makefile:2: *** missing separator.  Stop.
""",
    ),
    Rule(
        name="make.variable",
        keywords=("undefined",),
        opens=r"[^\s:]{1,300}:\d{1,6}: \*{3} .{1,1000}\.  Stop\.",
        example="""
! rules/Makefile.inc:8: *** The variable ORCHARD is undefined.  Stop.
""",
    ),
    Rule(
        name="make.missing_file",
        keywords=("no such file or directory",),
        opens=_MAKE + r".{1,400}: No such file or directory$|[^\s:]{0,100}[Mm]ake\w{0,40}(?:\.\w{1,20})?:\d{1,6}: "
        r".{1,400}: No such file or directory$",
        example="""
! make: pick-pears: No such file or directory
""",
    ),
)
