"""Tests of C and C++: GoogleTest, CTest, Catch2, Boost, Automake, Valgrind."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# GoogleTest, and cmocka and busted, which can print in its style.


_GOOGLETEST = (
    LogPattern(
        name="googletest.failed",
        kind=FailureKind.TEST,
        keywords=("[  failed  ] ",),
        start=r"\[  FAILED  \] ",
        body=r"\[  FAILED  \] ",
        max_lines=30,
        confidence=Confidence.RECAP,
        headline=r"^\[  FAILED  \] [^\s\d]",
        fingerprint=r"^\[  FAILED  \] [^\s\d]",
        example="""
> [  FAILED  ] 2 tests, listed below:
! [  FAILED  ] Cart.Total
> [  FAILED  ] Cart.Prices

   2 FAILED TESTS
""",
    ),
    LogPattern(
        name="googletest.count",
        kind=FailureKind.TEST,
        keywords=("failed test",),
        start=r"\s{1,4}\d{1,6} FAILED TESTS?$",
        confidence=Confidence.SYMPTOM,
        example="""
!  2 FAILED TESTS
""",
    ),
)

PATTERNS = (*_GOOGLETEST,)
