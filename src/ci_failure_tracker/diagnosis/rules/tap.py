"""TAP, in which node-tap, tape, QUnit, testem, Node's runner, AVA and bats report."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_GOES_ON = r"\s{1,40}(?!(?:not )?ok\b|# |\d{1,6}\.\.\d)\S|\s{0,80}$|#(?: {2,40}\S| \()"

RULES = (
    Rule(
        name="tap.failure",
        keywords=("not ok",),
        opens=r" {0,40}not ok \d{1,7}\b(?!.{0,1500}# (?:TODO|SKIP|todo|skip|time=))",
        through=_GOES_ON,
        closes=r"\s{0,40}\.\.\.$",
        most=60,
        names=r"^ {0,40}not ok |^ {2,40}(?:error|message|name|code): ",
        example="""
  ok 1 - Cart: is empty
! not ok 2 - Cart: adds the prices
>   ---
>   duration_ms: 18.79
>   error: |-
>     Expected values to be strictly equal:
>     7 !== 8
>   code: 'ERR_ASSERTION'
>   stack: |-
>     TestContext.<anonymous> (test/cart.js:2:52)
>   ...
  1..2
""",
    ),
    Rule(
        name="tap.parent",
        keywords=("not ok",),
        opens=r" {0,40}not ok \d{1,7}\b.{0,1500}# time=",
        rank=Rank.RECAP,
        through=_GOES_ON,
        closes=r"\s{0,40}\.\.\.$",
        most=30,
        example="""
! not ok 1 - test/cart.js # time=124.731ms
>   ---
>   file: test/cart.js
>   exitCode: 1
>   ...
  1..1
""",
    ),
    Rule(
        name="tap.todo",
        keywords=("not ok",),
        opens=r" {0,40}not ok \d{1,7}\b.{0,1500}# (?:TODO|SKIP|todo|skip)\b",
        rank=Rank.NOISE,
        through=_GOES_ON,
        closes=r"\s{0,40}\.\.\.$",
        most=60,
        example="""
! not ok 3 - Cart: gives a rebate # TODO
>   ---
>   operator: equal
>   ...
  1..3
""",
    ),
    Rule(
        name="tap.tally",
        keywords=("# fail",),
        opens=r" {0,40}# (?:failed [1-9]\d{0,6} (?:of \d{1,7} )?tests?|fail {1,3}[1-9]\d{0,6}$)",
        rank=Rank.RECAP,
        example="""
  # pass  1
! # fail  2
""",
    ),
)
