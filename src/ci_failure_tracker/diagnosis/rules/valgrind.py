"""Valgrind."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LINE = r"(?:\d{1,4}: )?(?:={2}|-{2})\d{1,9}(?:={2}|-{2}) "

RULES = (
    Rule(
        name="valgrind.invalid",
        keywords=("invalid ",),
        opens=_LINE + r"Invalid (?:read|write|free)",
        through=_LINE + r"\s{1,6}\S",
        most=30,
        example="""
  ==4711==
! ==4711== Invalid read of size 4
> ==4711==    at 0x1091A3: turn (press.cpp:6)
> ==4711==  Address 0x4d6dc84 is 4 bytes inside a block of size 12 free'd
  ==4711==
""",
    ),
    Rule(
        name="valgrind.mismatched",
        keywords=("mismatched free",),
        opens=_LINE + r"Mismatched free",
        through=_LINE + r"\s{1,6}\S",
        most=30,
        example="""
! ==4711== Mismatched free() / delete / delete []
> ==4711==    at 0x484575B: operator delete(void*) (vg_replace_malloc.c:935)
""",
    ),
    Rule(
        name="valgrind.summary",
        keywords=("error summary",),
        opens=_LINE + r"ERROR SUMMARY: [1-9]",
        lead=_LINE,
        lead_most=40,
        headline=r"definitely lost in|Conditional jump|Use of uninitialised|Invalid (?:read|write)|ERROR SUMMARY",
        example="""
  ok
! ==4711== 40 bytes in 1 blocks are definitely lost in loss record 1 of 1
> ==4711==    by 0x1091F3: turn (press.cpp:8)
> ==4711== ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 0 from 0)
""",
    ),
    Rule(
        name="valgrind.clean",
        keywords=("error summary: 0 errors",),
        opens=_LINE + r"ERROR SUMMARY: 0 errors",
        rank=Rank.NOISE,
        example="""
! ==4711== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)
""",
    ),
)
