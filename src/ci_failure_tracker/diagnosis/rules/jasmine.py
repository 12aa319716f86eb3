"""Jasmine, and what prints as it does: Protractor, Angular's builders on Node."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LEAD = r"\d{1,5}\) \S|Suite error: |  Message:$|    (?:Expected|\S{0,100}Error: )"
_PLAYWRIGHT = r" {2}\d{1,5}\) \S| {4}Retry #\d|\s{0,80}$"
"""Playwright sets what was thrown under its titles in the same way."""
_BODY = r"  (?:Stack|Message):$| {4}"
_NAMES = r"^(?:\d{1,5}\) |Suite error: )|^ {4}(?:Expected|Failed: |[\w.]{0,100}(?:Error|Exception)\b)"

RULES = (
    Rule(
        name="jasmine.expected",
        keywords=("expected ",),
        opens=r" {4}Expected .{0,1500} to (?:be|equal|have|contain|match|throw|reject|resolve|not|exist)",
        lead=_LEAD,
        through=_BODY,
        most=40,
        names=_NAMES,
        example="""
  Failures:
> 1) Cart adds the prices
>   Message:
!     Expected 7 to be 8.
>   Stack:
>     Error: Expected 7 to be 8.
>         at UserContext.<anonymous> (spec/cart.spec.js:2:32)

  2) Cart adds the taxes
""",
    ),
    Rule(
        name="jasmine.failed",
        keywords=("failed: ",),
        opens=r" {4}Failed: \S",
        lead=_LEAD,
        through=_BODY,
        most=40,
        names=_NAMES,
        example="""
> 1) Cart waits for the prices
>   Message:
!     Failed: element not interactable
>   Stack:
>     Error: Failed: element not interactable
>         at UserContext.<anonymous> (spec/cart.spec.js:2:32)

  1 spec, 1 failure
""",
    ),
    Rule(
        name="jasmine.error",
        keywords=("error: ",),
        opens=r" {4}(?:Uncaught )?(?:[A-Z]\w{0,100})?Error: \S",
        rank=Rank.LIKELY,
        lead=rf"{_LEAD}|{_PLAYWRIGHT}",
        lead_most=3,
        through=rf"{_BODY}|\s{{0,80}}$",
        until=r" {4}(?:Error Context: |Retry #|attachment #|─)| {0,2}\d{1,5}\) ",
        most=40,
        names=rf"{_NAMES}|^ {{2}}\d{{1,5}}\) ",
        example="""
> 2) Cart adds the taxes
>   Message:
!     TypeError: taxes is not a function
>   Stack:
>         at UserContext.<anonymous> (spec/cart.spec.js:3:30)

  3 specs, 2 failures
""",
    ),
    Rule(
        name="jasmine.tally",
        keywords=(" failure",),
        opens=r"\d{1,7} (?:specs?|tests?), [1-9]\d{0,6} failures?(?:, \d{1,7} pending(?: specs?)?)?$",
        rank=Rank.RECAP,
        example="""
! 6 specs, 5 failures
""",
    ),
)
