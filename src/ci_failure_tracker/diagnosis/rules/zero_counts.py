"""Counts of failures that are all zero."""

from __future__ import annotations

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


RULES = (
    Rule(
        name="zero-counts.none",
        keywords=(" 0 errors", " 0 failures", " 0 failed", "errors:", "failed: ", "failures: 0", "failed=0"),
        priority=-1,  # after each tool's own count
        opens=_ALL_ZERO,
        rank=Rank.NOISE,
        example="""
! 31 pears, 0 errors, 3 unripe
! 12 pears, 0 failures, 2 unripe
! orchard: 12 ripe, 0 failed
! Ran 12 checks: errors: 0, warnings: 3
! Suites: 3, passed: 12, failed:   0
! Pears: 31, Plums: 40, Failures: 0.
! orchard summary: picked=12 failed=0
""",
    ),
)
