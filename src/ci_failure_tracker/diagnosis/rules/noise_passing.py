"""Tests that passed, whose names read like failures."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PASSED = (
    r"\s{0,80}(?:[✓✔√] (?!.{0,400}\b[1-9]\d{0,6} fail)"
    r"|ok \d{1,7}\b(?!.{0,400}# TODO)|PASS(?:ED)?[ :]|\(pass\) )"
    r"|(?!.{0,600}FAIL)(?:\[gw\d{1,4}\] \[ {0,2}\d{1,3}%\] PASSED |\S{1,400}::.{1,600} PASSED\b|.{1,600} PASSED$)"
    r"|.{1,600}(?: \.\.\. (?:ok|skipped)\b| \[OK\]$| ✔$|Passed {1,8}[\d.]{1,12} sec$)"
    r"|\d\d:\d\d \+\d{1,6}(?: ~\d{1,6})?: (?!.{0,600}\[E\]$)"
)
"""Marks, TAP, pytest, unittest, Rust, Dart, ctest, JUnit's tree, Bun."""


RULES = (
    Rule(
        name="noise-passing.line",
        keywords=(
            "error",
            "fail",
            "exception",
            "invalid",
            "missing",
            "unexpected",
            "expected",
            "not found",
            "cannot",
            "timeout",
            "timed out",
            "abort",
            "crash",
            "unknown",
            "does not exist",
            "undefined",
            "fatal",
            "panic",
            "illegal",
            "mismatch",
            "assert",
            "refused",
            "denied",
            "expired",
        ),
        priority=-1,  # after cargo-test.passed, gradle-test.event
        opens=_PASSED,
        rank=Rank.NOISE,
        example="""
!   ✓ throws an error when the pears are unripe (3 ms)
! ok 12 - fails on bad pears
! tests/test_pears.py::test_exception PASSED                         [ 10%]
!   ✓ invalid trees
! test pears::missing_tree ... ok
!   ✔ unexpected trees
! test_expected (orchard.Pears.test_expected) ... ok
! ✔ tree not found (0.8ms)
! PASS: cannot eat unripe pears
!   √ honours the timeout
! 00:01 +12: tells that it timed out
! [gw0] [ 10%] PASSED tests/test_pears.py::test_abort
! │  ├─ crashing_tree() ✔
! ok 3 unknown tree
!   ✓ says that the tree does not exist
!   ✔ returns undefined
!   ✓ fatal pears
! (pass) panics on plums
!  3/9 Test  #3: illegal_pears ....................   Passed    0.01 sec
!   ✓ mismatch
! PASS test/asserts.test.js
!   ✓ refused pears
!   ✓ denied pears
!   ✓ expired pears
""",
    ),
)
