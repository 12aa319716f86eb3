"""Node's own test runner, in its `spec` reporter; its TAP is read as TAP."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LEAD = r"test at \S|✖ \S"
_BODY = r" {2}|\s{0,80}$"
_NAMES = r"^✖ (?!failing tests)|^ {2}(?:\w{0,100}Error\b|')"

RULES = (
    Rule(
        name="node-test.first",
        keywords=("failing tests:",),
        opens=r"✖ failing tests:$",
        through=rf"{_BODY}|{_LEAD}",
        closes=r" {2}\}$",
        most=40,
        headline=r"^ {2}(?:\w{0,100}Error\b|')",
        names=_NAMES,
        example="""
  \u2139 fail 5
> ✖ failing tests:
>
> test at test/cart.js:2:26
> ✖ adds the prices (2.238088ms)
!   AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
>
>   7 !== 8
>
>       at TestContext.<anonymous> (test/cart.js:2:52) {
>     code: 'ERR_ASSERTION',
>     operator: 'strictEqual'
>   }

  test at test/cart.js:2:95
""",
    ),
    Rule(
        name="node-test.assertion",
        keywords=("[err_assertion]",),
        opens=r" {2,12}AssertionError \[ERR_ASSERTION\]: ",
        lead=r"test at \S| {0,10}✖ \S",
        lead_most=2,
        through=_BODY,
        until=r" {0,10}(?:test at |[✖✔▶\u2139﹣] )",
        closes=r" {2}\}$",
        most=40,
        names=r"^ {0,10}✖ | AssertionError \[",
        example="""
> test at test/cart.js:2:95
> ✖ adds the taxes (76.56ms)
!   AssertionError [ERR_ASSERTION]: Expected values to be strictly deep-equal:
>   + actual - expected
>
>     {
>   +   tax: 1
>   -   tax: 2
>     }
>       at TestContext.<anonymous> (test/cart.js:2:119) {
>     operator: 'deepStrictEqual'
>   }

  test at test/cart.js:3:1
""",
    ),
    Rule(
        name="node-test.error",
        keywords=("error",),
        opens=r" {2}\w{0,100}Error(?: \[\w{1,60}\])?: \S",
        rank=Rank.LIKELY,
        lead=_LEAD,
        lead_most=2,
        through=r" {4,12}at \S",
        names=_NAMES,
        example="""
> test at test/cart.js:3:1
> ✖ reads the prices (0.171891ms)
!   TypeError [Error]: prices is not iterable
>       at TestContext.<anonymous> (test/cart.js:3:30)

""",
    ),
    Rule(
        name="node-test.timeout",
        keywords=("test timed out after",),
        opens=r" {2,12}'test timed out after \d",
        lead=_LEAD,
        lead_most=2,
        names=_NAMES,
        example="""
> test at test/cart.js:4:1
> ✖ waits for the prices (51.897679ms)
!   'test timed out after 50ms'
""",
    ),
)
