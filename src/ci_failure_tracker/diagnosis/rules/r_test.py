"""R: testthat, tinytest and R CMD check."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_BAR = r"\s{0,4}(?:──|--|══|==) ?"
_NEXT = (
    _BAR + r"(?!=)\S|\s{0,4}(?:Failure|Error|Warning|Skip) \('?\S{1,300}\): "
    r"|\s{0,4}\[ FAIL |\s{0,4}(?:Error: Test failures|OK: {1,4}\d|DONE|Execution halted)|\s{0,4}[═=─]{8}"
)

RULES = (
    Rule(
        name="testthat.failure",
        keywords=("failure (",),
        opens=r"(?:\s{0,4}(?:──|--|══|==) ?(?:\d{1,5}\. )?)?\s{0,4}Failure \('?\S{1,300}\.[Rr](?::[\d:]{1,12})?'?\): ",
        until=_NEXT,
        most=30,
        headline=r"^\s{0,4}(?:Error in .{1,300}: \S|Error: \S)",
        names=r"^\s{0,4}(?:──|--) |^\s{0,4}Error in .{1,300}: \S",
        example="""
  ══ Failed tests ════════════════════════════════════════════════════════════════
! ── Failure (test-cart.R:5:3): has a total ──────────────────────────────────────
> total() (`actual`) is not 8 (`wanted`).

>   `actual`: 7
> `wanted`: 8

  [ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]
""",
    ),
    Rule(
        name="testthat.error",
        keywords=("error (",),
        opens=r"(?:\s{0,4}(?:──|--|══|==) ?(?:\d{1,5}\. )?)?\s{0,4}Error \('?\S{1,300}\.[Rr](?::[\d:]{1,12})?'?\): ",
        until=_NEXT,
        most=30,
        headline=r"^\s{0,4}(?:Error in .{1,300}: \S|Error: \S)",
        names=r"^\s{0,4}(?:──|--) |^\s{0,4}Error in .{1,300}: \S",
        example="""
  ══ Failed tests ════════════════════════════════════════════════════════════════
! ── Error (test-cart.R:5:3): has a total ──────────────────────────────────────
> total() (`actual`) is not 8 (`wanted`).

>   `actual`: 7
> `wanted`: 8

  [ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]
""",
    ),
    Rule(
        name="testthat.failure_old",
        keywords=("failure: ",),
        opens=r"\s{0,4}(?:──|--|══|==) ?\d{1,5}\. Failure: \S.{0,400} \(@\S{1,200}\)",
        until=_NEXT,
        most=30,
        example="""
! ── 1. Failure: has a total (@test-cart.R#5)  ────────────────────────────────────
> total() is not 8.
> 1/1 differences
> [1] 7 - 8 == -1

  ══ testthat results  ═══════════════════════════════════════════════════════════
""",
    ),
    Rule(
        name="testthat.error_old",
        keywords=("error: ",),
        opens=r"\s{0,4}(?:──|--|══|==) ?\d{1,5}\. Error: \S.{0,400} \(@\S{1,200}\)",
        until=_NEXT,
        most=30,
        example="""
! ── 1. Error: has a total (@test-cart.R#5)  ────────────────────────────────────
> total() is not 8.
> 1/1 differences
> [1] 7 - 8 == -1

  ══ testthat results  ═══════════════════════════════════════════════════════════
""",
    ),
    Rule(
        name="testthat.none",
        keywords=("[ fail 0 |",),
        opens=r"\s{0,4}\[ FAIL 0 \|",
        rank=Rank.NOISE,
        example="""
! [ FAIL 0 | WARN 1 | SKIP 0 | PASS 2 ]
""",
    ),
    Rule(
        name="testthat.count",
        keywords=("[ fail ",),
        opens=r"\s{0,4}\[ FAIL [1-9]",
        rank=Rank.SYMPTOM,
        example="""
! [ FAIL 1 | WARN 0 | SKIP 0 | PASS 2 ]
""",
    ),
    Rule(
        name="testthat.failures",
        keywords=("error: test failures",),
        opens=r"\s{0,4}Error: Test failures",
        rank=Rank.NOISE,
        example="""
! Error: Test failures
""",
    ),
    Rule(
        name="r-check.error",
        keywords=(" ... error",),
        opens=r"\* checking .{1,300} \.\.\. (?:\[[\w/ .]{1,40}\] )?ERROR$",
        through=r"\s{1,8}\S|Running |The error most likely|> |$|Installation failed|See |[A-Z]\w{2,20}:? .{1,300}",
        until=r"\* |--- |Status: ",
        most=40,
        headline=r"^\s{0,4}(?:Error in |Error: |ERROR: )\S|^Installation failed",
        names=r"^\* checking |^\s{0,4}(?:Error in |Error: )",
        example="""
  * checking tests ...
> * checking examples ... ERROR
> Running examples in ‘shop-Ex.R’ failed
> The error most likely occurred in:
>
> > total()
! Error in total() : no price list
> Calls: total
  * checking PDF version of manual ... OK
""",
    ),
    Rule(
        name="r-check.tests",
        keywords=("failed.",),
        opens=r"\s{1,4}Running the tests in ‘.{1,200}’ failed\.$",
        rank=Rank.SYMPTOM,
        example="""
!  Running the tests in ‘tests/testthat.R’ failed.
""",
    ),
    Rule(
        name="r-check.status",
        keywords=(" error",),
        opens=r"Status: [1-9]\d{0,3} ERRORs?",
        rank=Rank.SYMPTOM,
        example="""
! Status: 1 ERROR, 1 NOTE
""",
    ),
)
