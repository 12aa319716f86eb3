"""OCaml's Alcotest and OUnit."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="alcotest.fail",
        keywords=("[fail] ",),
        opens=r"[│|] \[FAIL\] {2,40}\S",
        until=r"\s{0,2}[─-]{30}",
        most=30,
        names=r"\[FAIL\]|^\s{3}(?:Expected|Received): ",
        example="""
  ┌──────────────────────────────────────────────────────────────────────────────┐
! │ [FAIL]        cart          0   total.                                       │
> └──────────────────────────────────────────────────────────────────────────────┘
> ASSERT total
> FAIL total

>    Expected: `8'
>    Received: `7'

   ──────────────────────────────────────────────────────────────────────────────
""",
    ),
    Rule(
        name="alcotest.recap",
        keywords=("[fail] ",),
        opens=r"[> ] \[FAIL\] {2,40}\S",
        rank=Rank.RECAP,
        example="""
! > [FAIL]        cart          0   total.
    [OK]          cart          1   prices.
""",
    ),
    Rule(
        name="alcotest.count",
        keywords=("failure",),
        opens=r"\d{1,6} failures?! in [\d.]{1,10}s\.",
        rank=Rank.SYMPTOM,
        example="""
! 1 failure! in 0.001s. 3 tests run.
""",
    ),
    Rule(
        name="ounit.error",
        keywords=("error: ",),
        opens=r"Error: [\w ]{1,200}(?::\d{1,5}(?::[\w ]{1,200})?){1,8}\.$",
        until=r"-{20}|={20}|Ran: ",
        most=15,
        example="""
  ==============================================================================
! Error: cart:0:total.

> File "test/cart.ml", line 5, characters 1-1:
> Error: cart:0:total (in the code).

> not equal
  ------------------------------------------------------------------------------
""",
    ),
    Rule(
        name="ounit.failure",
        keywords=("failure: ",),
        opens=r"Failure: [\w ]{1,200}(?::\d{1,5}(?::[\w ]{1,200})?){1,8}\.$",
        until=r"-{20}|={20}|Ran: ",
        most=15,
        example="""
  ==============================================================================
! Failure: cart:0:total.

> File "test/cart.ml", line 5, characters 1-1:
> Failure: cart:0:total (in the code).

> not equal
  ------------------------------------------------------------------------------
""",
    ),
)
