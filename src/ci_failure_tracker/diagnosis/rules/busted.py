"""Lua's busted, and plenary's for Neovim."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_NEXT = r"(?:Failure|Error|Pending) (?:→|->) |\d{1,6} success"

RULES = (
    Rule(
        name="busted.failure",
        keywords=("failure ",),
        opens=r"Failure (?:→|->) \S",
        until=_NEXT,
        most=25,
        headline=r"^\S{1,300}\.(?:lua|moon|tl):\d{1,6}: \S",
        names=r"^(?:Failure|Error) |^\S{1,300}\.(?:lua|moon|tl):\d{1,6}: \S",
        example="""
  2 successes / 1 failure / 0 errors / 0 pending : 0.0017 seconds

> Failure → spec/cart_spec.lua @ 2
> cart has a total
! spec/cart_spec.lua:3: Expected objects to be equal.
> Passed in:
> (number) 7
> Expected:
> (number) 8
""",
    ),
    Rule(
        name="busted.error",
        keywords=("error ",),
        opens=r"Error (?:→|->) \S",
        until=_NEXT,
        most=25,
        headline=r"^\S{1,300}\.(?:lua|moon|tl):\d{1,6}: \S",
        names=r"^(?:Failure|Error) |^\S{1,300}\.(?:lua|moon|tl):\d{1,6}: \S",
        example="""
  2 successes / 1 failure / 0 errors / 0 pending : 0.0017 seconds

> Error → spec/cart_spec.lua @ 2
> cart has a total
! spec/cart_spec.lua:3: Expected objects to be equal.
> Passed in:
> (number) 7
> Expected:
> (number) 8
""",
    ),
    Rule(
        name="plenary.fail",
        keywords=("fail",),
        opens=r"\s{0,4}Fail\s{0,4}\|\|\s",
        through=r"\s{4,20}\S|$",
        most=20,
        headline=r"^\s{12}\S{0,300}\.lua:\d{1,6}: \S",
        names=r"Fail\s{0,4}\|\|",
        example="""
  Success	||	cart opens
> Fail	||	cart has a total
!             ./tests/cart_spec.lua:5: Expected objects to be equal.
>             Passed in:
>             (number) 7

  Failed : 	1
""",
    ),
    Rule(
        name="plenary.count",
        keywords=("failed :",),
        opens=r"\s{0,4}Failed : \s{0,4}0$",
        rank=Rank.NOISE,
        example="""
! Failed : 	0
""",
    ),
    Rule(
        name="busted.success",
        keywords=("0 failures",),
        opens=r"\d{1,6} success(?:es)? / 0 failures / 0 errors",
        rank=Rank.NOISE,
        example="""
! 12 successes / 0 failures / 0 errors / 0 pending : 0.0017 seconds
""",
    ),
    Rule(
        name="busted.total",
        keywords=(" failure",),
        opens=r"\d{1,6} success(?:es)? / \d{1,6} failures? / \d{1,6} errors?",
        rank=Rank.SYMPTOM,
        example="""
! 2 successes / 1 failure / 0 errors / 0 pending : 0.0017 seconds
""",
    ),
)
