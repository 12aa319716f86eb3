"""Vitest."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="vitest.failure",
        keywords=("fail ",),
        opens=r" ?FAIL {1,2}(?:\|?[\w@/ -]{1,60}\|? )?\S{1,300}\.\w{1,5}(?: > | \[ )",
        until=r"⎯{3,200}",
        most=80,
        headline=r"^[\w.$]{0,100}(?:Error|Exception|Violation|Rejection)\b[^|]{0,60}: |^[^\s\u276f⎯-]\S{0,100}: ",
        names=r"^ ?FAIL |^[\w.$]{0,100}(?:Error|Exception)\b",
        example="""
  ⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

>  FAIL  src/cart.test.js > Cart > adds the prices
! AssertionError: expected 7 to be 8 // Object.is equality
>
> - Expected
> + Received
>
> - 8
> + 7
>
>  \u276f src/cart.test.js:3:82
>       2| describe('Cart', () => {
>       3|   it('adds the prices', () => { expect(total(prices)).toBe(8); });
>        |                                                       ^

  ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯
""",
    ),
    Rule(
        name="vitest.unhandled",
        keywords=("unhandled error",),
        opens=r"Vitest caught \d{1,6} unhandled errors? during the test run",
        until=r"⎯{20,200}$",
        most=50,
        headline=r"^(?:Unhandled )?[\w.$]{0,100}(?:Error|Exception)\b",
        example="""
  ⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯

> Vitest caught 1 unhandled error during the test run.
> This might cause false positive tests. Resolve unhandled errors to make sure your tests are not affected.
>
> ⎯⎯⎯⎯⎯ Uncaught Exception ⎯⎯⎯⎯⎯
! TypeError: prices is undefined
>  \u276f Timeout._onTimeout src/cart.test.js:10:46
  ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯
""",
    ),
    Rule(
        name="vitest.tally",
        keywords=(" failed ",),
        opens=r" {1,12}(?:Test Files|Tests) {1,4}\d{1,6} failed ",
        rank=Rank.RECAP,
        through=r" {1,12}(?:Tests|Errors) {1,4}\d",
        example="""
!  Test Files  1 failed (4)
>       Tests  5 failed | 2 passed (7)
     Start at  02:41:21
""",
    ),
)
