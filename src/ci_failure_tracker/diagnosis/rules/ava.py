"""AVA."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LEAD = r"(?! {2}(?:›|─|[✔✖✘]))(?: {2,4}\S| {1,5}\d{1,5}: |\s{0,80}$)"

RULES = (
    Rule(
        name="ava.difference",
        keywords=("difference",),
        opens=r" {2}Difference(?: \(- actual, \+ expected\))?:$",
        lead=_LEAD,
        lead_most=8,
        through=r" {2}|\s{0,80}$",
        closes=r" {2}› \S",
        most=40,
        headline=r"^ {2}\S",
        names=r"^ {2}[^\s+-]\S{0,30} .{0,200}$",
        example="""
!   adds the prices
>
>   test/cart.js:2
>
>    1: import test from 'ava';
>    2: test('adds the prices', t => t.is(total(prices), 8));
>    3:
>
>   Difference (- actual, + expected):
>
>   - 7
>   + 8
>
>   › test/cart.js:2:33
""",
    ),
    Rule(
        name="ava.thrown",
        keywords=("error thrown in test",),
        opens=r" {2}Error thrown in test:$",
        lead=_LEAD,
        lead_most=8,
        through=r" {2}|\s{0,80}$",
        closes=r" {2}› \S",
        most=20,
        headline=r"^ {2}\S",
        names=r"^ {2}\S",
        example="""
!   adds the taxes
>
>   Error thrown in test:
>
>   TypeError {
>     message: 'taxes is not a function',
>   }
>
>   › test/cart.js:4:29
""",
    ),
    Rule(
        name="ava.progress",
        keywords=("[fail]: ",),
        opens=r" {2}[✖✘×] \[fail\]: ",
        rank=Rank.RECAP,
        example="""
!   ✘ [fail]: adds the prices
""",
    ),
    Rule(
        name="ava.tally",
        keywords=(" failed",),
        opens=r" {2}\d{1,6} (?:tests?|hooks?) failed$",
        rank=Rank.RECAP,
        example="""
!   6 tests failed
""",
    ),
)
