"""Bun's test runner."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="bun-test.expectation",
        keywords=("error: expect(",),
        opens=r"error: expect\(",
        lead=r" {0,5}\d{1,6} \| | {2,200}\^$",
        lead_most=8,
        through=r"\s{0,80}$|\s{2,40}\S|Expected|Received|Number of |[-+ ] |\S.{0,60}: ",
        closes=r"(?:\(fail\)|✗) \S",
        most=50,
        names=r"^error: expect|^(?:\(fail\)|✗) ",
        example="""
> 2 | describe("Cart", () => {
> 3 |   test("adds the prices", () => { expect(total(prices)).toBe(8); });
>                                                             ^
! error: expect(received).toBe(expected)
>
> Expected: 8
> Received: 7
>
>       at <anonymous> (/home/runner/work/shop/shop/cart.test.ts:3:34)
> (fail) Cart > adds the prices [0.39ms]
  (pass) Cart > is empty [0.08ms]
""",
    ),
    Rule(
        name="bun-test.failure",
        keywords=("(fail) ",),
        opens=r"\(fail\) \S",
        lead=r"(?!\((?:pass|fail|skip|todo)\) |\S{1,300}\.\w{1,4}:$)\s{0,40}(?:\d{1,6} \| |\^|at |[\w.]{0,100}Error: )",
        lead_most=12,
        through=r"  \^ ",
        headline=r"^(?:error|[\w.]{1,100}Error|Error): |^ {2}\^ ",
        names=r"^(?:[\w.]{0,100}[eE]rror: |\(fail\) )",
        example="""
> (fail) Cart > waits for the prices [125.74ms]
!   ^ this test timed out after 100ms.
  (pass) Cart > is empty [0.08ms]
""",
    ),
    Rule(
        name="bun-test.tally",
        keywords=(" fail",),
        opens=r" {1,4}[1-9]\d{0,6} fail$",
        rank=Rank.RECAP,
        example="""
!  3 fail
""",
    ),
)
