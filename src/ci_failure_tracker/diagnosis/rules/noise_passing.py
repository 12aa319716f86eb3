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

_EXAMPLES = {
    "error": "  ✓ throws an error when the pears are unripe (3 ms)",
    "fail": "ok 12 - fails on bad pears",
    "exception": "tests/test_pears.py::test_exception PASSED                         [ 10%]",
    "invalid": "  ✓ invalid trees",
    "missing": "test pears::missing_tree ... ok",
    "unexpected": "  ✔ unexpected trees",
    "expected": "test_expected (orchard.Pears.test_expected) ... ok",
    "not found": "✔ tree not found (0.8ms)",
    "cannot": "PASS: cannot eat unripe pears",
    "timeout": "  √ honours the timeout",
    "timed out": "00:01 +12: tells that it timed out",
    "abort": "[gw0] [ 10%] PASSED tests/test_pears.py::test_abort",
    "crash": "│  ├─ crashing_tree() ✔",
    "unknown": "ok 3 unknown tree",
    "does not exist": "  ✓ says that the tree does not exist",
    "undefined": "  ✔ returns undefined",
    "fatal": "  ✓ fatal pears",
    "panic": "(pass) panics on plums",
    "illegal": " 3/9 Test  #3: illegal_pears ....................   Passed    0.01 sec",
    "mismatch": "  ✓ mismatch",
    "assert": "PASS test/asserts.test.js",
    "refused": "  ✓ refused pears",
    "denied": "  ✓ denied pears",
    "expired": "  ✓ expired pears",
}

RULES = tuple(
    Rule(
        name=f"noise-passing.{word.replace(' ', '_')}",
        word=word,
        opens=_PASSED,
        rank=Rank.NOISE,
        example=f"! {line}",
    )
    for word, line in _EXAMPLES.items()
)
