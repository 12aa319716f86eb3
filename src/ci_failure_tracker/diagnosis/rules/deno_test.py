"""Deno's test runner and its type checks."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="deno-test.failure",
        keywords=("error: ",),
        opens=r"error: (?:\(in promise\) )?(?:[A-Z]\w{0,100})?Error: ",
        lead=r"\S.{0,300} => \S{1,300}:\d{1,6}:\d{1,5}$",
        lead_most=1,
        until=r" ?(?:FAILURES|ERRORS) ?$|\S.{0,300} => \S{1,300}:\d|running \d|FAILED \|",
        most=30,
        names=r" => \S{1,300}:\d|^error: ",
        example="""
> adds the prices => ./cart_test.ts:1:6
! error: AssertionError: Values are not equal.
>
>     [Diff] Actual / Expected
>
> -   7
> +   8
>
>     at file:///home/runner/work/shop/shop/cart_test.ts:1:56

   FAILURES
""",
    ),
    Rule(
        name="deno-test.type",
        keywords=(" [error]: ",),
        opens=r"(?:error: )?TS\d{4,5} \[ERROR\]: ",
        through=r"\s{0,200}\S",
        most=8,
        example="""
! TS2322 [ERROR]: Type 'string' is not assignable to type 'number'.
> const total: number = "a";
>       ~~~~~
>     at file:///home/runner/work/shop/shop/cart_test.ts:1:7

  error: Type checking failed.
""",
    ),
    Rule(
        name="deno-test.progress",
        keywords=("... failed",),
        opens=r"\s{0,20}\S.{0,300} \.\.\. FAILED \((?:due to )?\d",
        rank=Rank.RECAP,
        example="""
! adds the prices ... FAILED (4ms)
""",
    ),
    Rule(
        name="deno-test.tally",
        keywords=("failed",),
        opens=r"(?:FAILED \| \d{1,6} passed|error: Test failed$|error: Type checking failed)",
        rank=Rank.SYMPTOM,
        example="""
! FAILED | 3 passed | 2 failed (532ms)

! error: Test failed
""",
    ),
)
