"""RSpec, and rebar3's eunit, which prints as it does."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TITLE = r"\s{1,12}\d{1,5}(?:\.\d{1,3})?\) "

RULES = (
    Rule(
        name="rspec.failure",
        keywords=("failure/error:",),
        opens=r"\s{2,12}(?:\d{1,5}\.\d{1,3}\) )?Failure/Error:",
        lead=_TITLE,
        lead_most=1,
        through=r"\s{3,40}\S|$",
        until=_TITLE + r"(?!Failure)",
        most=40,
        headline=r"^" + _TITLE + r"(?!Failure)",
        names=r"^" + _TITLE + r"(?!Failure)|Failure/Error: |^\s{5,9}(?!Diff:)[A-Z][\w:]{2,100}:$",
        example="""
  Failures:

!   1) Cart has a total
>      Failure/Error: expect(cart.total).to eq 8
>
>        expected: 8
>             got: 7
>
>        (compared using ==)
>      # ./spec/cart_spec.rb:12:in `block (2 levels) in <top (required)>'

!   2) Cart has prices
>      Failure/Error: raise "no price list"
>
>      RuntimeError:
>        no price list
>      # ./spec/cart_spec.rb:19:in `block (2 levels) in <top (required)>'

  Finished in 0.01 seconds
""",
    ),
    Rule(
        name="rspec.aggregate",
        keywords=("failures",),
        opens=r"\s{4,8}Got \d{1,4} failures.{0,100}:$",
        lead=_TITLE,
        lead_most=1,
        through=r"\s{3,40}\S|$",
        until=r"\s{1,4}\d{1,5}\) ",
        most=40,
        headline=r"^" + _TITLE,
        example="""
!   5) Cart has totals
>      Got 2 failures:
>
>      5.1) Failure/Error: expect(1).to eq 2
>
>             expected: 2
>                  got: 1
>           # ./spec/cart_spec.rb:7:in `block (2 levels) in <top (required)>'

    6) Cart has prices
""",
    ),
    Rule(
        name="rspec.loading",
        keywords=("an error occurred ",),
        opens=r"An error occurred (?:while loading \S|in an? `)",
        through=r"Failure/Error:|[A-Z][\w:]{2,100}(?:Error|Exception)?:|\s{2,40}\S|# |$|(?:Unable|Could) |\^",
        most=30,
        headline=r"^(?:Failure/Error: |  \S.{0,400}(?:cannot load|uninitialized|undefined|syntax error|unexpected))",
        names=r"^An error|^[A-Z][\w:]{2,100}:",
        example="""
> An error occurred while loading ./spec/cart_spec.rb.
! Failure/Error: require "price"
>
> LoadError:
>   cannot load such file -- price
> # ./spec/cart_spec.rb:1:in `require'

  Finished in 0.00002 seconds
""",
    ),
    Rule(
        name="rspec.recap",
        keywords=("failed examples:",),
        opens=r"Failed examples:$",
        through=r"rspec '?\.?\S|$",
        rank=Rank.RECAP,
        headline=r"^rspec ",
        names=r"^rspec ",
        example="""
> Failed examples:

! rspec ./spec/cart_spec.rb:10 # Cart has a total
> rspec ./spec/cart_spec.rb:17 # Cart has prices

  Randomized with seed 7
""",
    ),
    Rule(
        name="rspec.progress",
        keywords=("(failed - ",),
        opens=r"\s{0,60}\S.{0,500} \(FAILED - \d{1,5}\)$",
        rank=Rank.RECAP,
        example="""
  Cart
!   has a total (FAILED - 1)
""",
    ),
    Rule(
        name="rspec.total",
        keywords=("failure",),
        opens=r"\d{1,7} examples?, [1-9]\d{0,6} failure",
        rank=Rank.SYMPTOM,
        example="""
! 3 examples, 2 failures
""",
    ),
    Rule(
        name="rspec.none",
        keywords=("0 failures",),
        opens=r"\d{1,7} examples?, 0 failures(?:, \d{1,6} pending)?$",
        rank=Rank.NOISE,
        example="""
! 3 examples, 0 failures
""",
    ),
    Rule(
        name="rspec.outside",
        keywords=("error",),
        priority=1,  # before rspec.total
        opens=r"\d{1,7} examples?, \d{1,6} failures?, [1-9]\d{0,6} error",
        rank=Rank.SYMPTOM,
        example="""
! 0 examples, 0 failures, 1 error occurred outside of examples
""",
    ),
)
