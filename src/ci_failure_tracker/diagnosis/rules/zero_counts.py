"""Counts of failures that are all zero."""

from __future__ import annotations

import re

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_SHORT = r"(?=.{1,240}$)"
_NONE = (
    r"(?=.{0,240}?(?:(?<![\d.,])0 (?:\w{1,20} )?(?:[Ee]rror|fail|Fail)"
    r"|\b(?:[Ee]rrors|[Ff]ailures|[Ff]ailed|[Ff]ail|failing)[\"']?\s{0,10}[:=]\s{0,10}[\"']?0\b))"
)
_SOME = (
    r"(?!.{0,240}\b[1-9]\d{0,9} (?:\w{1,20} )?(?:error|fail|problem|unhandled|crash|broken|timed out|suite)"
    r"\w{0,8}\b(?![\"']?\s{0,3}[:=]))"
    r"(?!.{0,240}\b(?:[Ee]rrors?|[Ff]ail\w{0,6}|Unsuccessful|Crashed|Aborted|unreachable|FAIL|ERROR)[\"']?\s{0,10}"
    r"[:=]\s{0,10}[1-9])"
)
"""What must not stand anywhere in the line: a count that is not zero."""

_OF_ANOTHER_KIND = (
    r"(?!\s{0,8}(?:[✖✗×E>]|##\[error\]|.{0,40}\bFAILED[ .]|[\w.]{0,80}(?:Error|Exception|assert)\b)"
    r"|.{0,240}\bexpected\b)"
)
_ALL_ZERO = _SHORT + _NONE + _SOME + _OF_ANOTHER_KIND + r"\s{0,100}\S"

_EXAMPLES = {
    " 0 errors": "31 pears, 0 errors, 3 unripe",
    " 0 failures": "12 pears, 0 failures, 2 unripe",
    " 0 failed": "orchard: 12 ripe, 0 failed",
    "errors:": "Ran 12 checks: errors: 0, warnings: 3",
    "failed: ": "Suites: 3, passed: 12, failed:   0",
    "failures: 0": "Pears: 31, Plums: 40, Failures: 0.",
    "failed=0": "orchard summary: picked=12 failed=0",
}
"""By a word that no other rule has: where a tool's own rule says the same, that one comes first."""

RULES = tuple(
    Rule(
        name=f"zero-counts.{re.sub(r'[^a-z0-9]+', '_', word).strip('_')}",
        word=word,
        opens=_ALL_ZERO,
        rank=Rank.NOISE,
        example=f"! {line}",
    )
    for word, line in _EXAMPLES.items()
)
