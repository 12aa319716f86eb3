"""Automake's test harness, and what it shows of test-suite.log."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="automake-test.log",
        keywords=("fail ",),
        opens=r"FAIL \S{1,300} \(exit status: \d{1,3}\)$",
        lead=r"(?!={3,300}$|(?:X?FAIL|X?PASS|ERROR|SKIP)[: ])",
        lead_most=20,
        example="""
  FAIL: tests/total
  =================
>
> total is 7 and not 8
! FAIL tests/total (exit status: 1)
""",
    ),
    Rule(
        name="automake-test.fail",
        keywords=("fail: ",),
        opens=r"FAIL: \S{1,300}(?: \d{1,6}(?: - .{0,300})?)?$",
        rank=Rank.RECAP,
        example="""
  PASS: tests/opens
! FAIL: tests/total
  PASS: tests/prices
""",
    ),
    Rule(
        name="automake-test.error",
        keywords=("error: tests",),
        opens=r"ERROR: \S{1,300}(?: - .{0,300})?$",
        rank=Rank.RECAP,
        example="""
! ERROR: tests/total - missing test plan
""",
    ),
    Rule(
        name="automake-test.none",
        keywords=("fail: ", "error: "),
        opens=r"# X?(?:FAIL|ERROR): {1,4}0$",
        rank=Rank.NOISE,
        example="""
! # FAIL:  0
! # ERROR:  0
""",
    ),
    Rule(
        name="automake-test.count",
        keywords=("# fail: ",),
        opens=r"# FAIL: {1,4}[1-9]",
        rank=Rank.SYMPTOM,
        example="""
! # FAIL:  1
""",
    ),
    Rule(
        name="automake-test.tests_failed",
        keywords=("tests failed",),
        opens=r"\d{1,6} of \d{1,6} tests failed$",
        rank=Rank.SYMPTOM,
        example="""
! 1 of 3 tests failed
""",
    ),
)
