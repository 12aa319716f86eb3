"""Cucumber of Ruby and of the JVM, and Behat."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="cucumber.failed_steps",
        keywords=("(::) failed steps (::)",),
        opens=r"\(::\) failed steps \(::\)$",
        until=r"Failing Scenarios:|\d{1,6} scenarios? \(",
        most=40,
        headline=r"\([\w:.]{1,200}(?:Error|Exception|Failed)\)$",
        names=r"\([\w:.]{1,200}(?:Error|Exception|Failed)\)$|^features/\S",
        example="""
> (::) failed steps (::)

! no price list (RuntimeError)
> ./features/step_definitions/cart_steps.rb:5:in `"the total is {int}"'
> features/cart.feature:4:in `Then the total is 8'

  Failing Scenarios:
""",
    ),
    Rule(
        name="cucumber.scenarios",
        keywords=("failing scenarios:",),
        opens=r"\s{0,4}(?:--- )?Failing Scenarios:$",
        through=r"\s{0,8}(?:cucumber |\S{1,300}\.feature:\d)|$",
        rank=Rank.RECAP,
        headline=r"\.feature:\d",
        names=r"\.feature:\d",
        example="""
> Failing Scenarios:
! cucumber features/cart.feature:2 # Scenario: Total

  3 scenarios (1 failed, 2 passed)
""",
    ),
    Rule(
        name="behat.scenarios",
        keywords=("failed scenarios:",),
        opens=r"\s{0,4}(?:--- )?Failed scenarios:$",
        through=r"\s{0,8}(?:cucumber |\S{1,300}\.feature:\d)|$",
        rank=Rank.RECAP,
        headline=r"\.feature:\d",
        names=r"\.feature:\d",
        example="""
> Failed scenarios:
!     features/cart.feature:2

  3 scenarios (1 failed, 2 passed)
""",
    ),
)
