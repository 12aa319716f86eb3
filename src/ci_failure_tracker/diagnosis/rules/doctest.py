"""doctest, by itself and under Sphinx."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="doctest.failure",
        keywords=("failed example:",),
        opens=r"Failed example:$",
        lead=r'File "[^"]{1,300}", line \d',
        through=r"\s{0,80}\S",
        until=r"\*{20,80}$|-{20,80}$|={20,80}$|\d{1,6} items? (?:had|passed)",
        most=40,
        headline=r"^\s{2,8}[A-Za-z_][\w.]{0,200}(?:Error|Exception)\b|^Expected:|^Failed example:",
        names=r'^File "|^    \S',
        example="""
  **********************************************************************
> File "/home/runner/work/shop/shop/cart.py", line 25, in cart.total
! Failed example:
>     total([3, 4])
> Expected:
>     8
> Got:
>     7
  **********************************************************************
""",
    ),
    Rule(
        name="doctest.tally",
        keywords=("***test failed***",),
        opens=r"\*\*\*Test Failed\*\*\* \d",
        rank=Rank.RECAP,
        example="""
! ***Test Failed*** 2 failures.
""",
    ),
)
