"""minitest, test-unit and Rails' tests."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_NEXT = (
    r"\s{1,4}\d{1,5}\) (?:Failure|Error|Skipped):|(?:Failure|Error|Skipped):$|\d{1,7} (?:runs|tests|examples), "
    r"|Finished in |Run options:|Coverage report|You have skipped|[.EFS]{8,400}$"
)
_RERUN = r"(?:bin/)?rails test \S"

RULES = (
    Rule(
        name="minitest.failure",
        keywords=("failure:",),
        opens=r"(?:\s{1,4}\d{1,5}\) )?Failure:$",
        until=_NEXT,
        closes=_RERUN,
        most=25,
        headline=r"^[A-Z][\w:]{0,200}#\S|^test_\S",
        names=r"^[A-Z][\w:]{0,200}#\S|^test_\S",
        example="""
>   1) Failure:
! CartTest#test_total [test/cart_test.rb:5]:
> Expected: 8
>   Actual: 7

> Failure:
! CartTest#test_bulk [/srv/shop/test/cart_test.rb:9]:
> Expected false to be truthy.


> rails test test/cart_test.rb:8

  3 runs, 3 assertions, 2 failures, 0 errors, 0 skips
""",
    ),
    Rule(
        name="minitest.error",
        keywords=(") error:",),
        opens=r"\s{1,4}\d{1,5}\) Error:$",
        until=_NEXT,
        most=25,
        headline=r"^[A-Z][\w:]{1,150}: \S",
        names=r"^[A-Z][\w:]{0,200}#\S|^test_\S|^[A-Z][\w:]{1,150}: \S",
        example="""
>   2) Error:
> CartTest#test_prices:
! RuntimeError: no price list
>     test/cart_test.rb:9:in `test_prices'

  3 runs, 3 assertions, 0 failures, 1 errors, 0 skips
""",
    ),
    Rule(
        name="test-unit.failure",
        keywords=("failure: ",),
        opens=r"Failure: {1,2}test\w{0,200}[^(]{0,200}\([\w:]{1,200}\)",
        until=r"={60,200}$",
        most=30,
        example="""
  ===============================================================================
! Failure: test_total(CartTest)
> cart_test.rb:5:in `test_total'
>   => 5:   assert_equal(8, cart.total)
> <8> expected but was
> <7>
  ===============================================================================
  .
""",
    ),
    Rule(
        name="test-unit.error",
        keywords=("error: ",),
        opens=r"Error: {1,2}test\w{0,200}[^(]{0,200}\([\w:]{1,200}\)",
        until=r"={60,200}$",
        most=30,
        example="""
! Error: test_prices(CartTest): RuntimeError: no price list
> cart_test.rb:9:in `test_prices'
  ===============================================================================
  .
""",
    ),
    Rule(
        name="minitest.reporter",
        keywords=("fail",),
        opens=r"\s{1,4}(?:FAIL\[\"|test_\w{1,200} {1,100}FAIL \(\d)",
        through=r"\s{4,20}\S",
        most=20,
        example="""
!   test_total                                                      FAIL (0.01s)
>         Expected: 8
>           Actual: 7
>         test/cart_test.rb:5:in `test_total'

    test_prices                                                     PASS (0.00s)
""",
    ),
    Rule(
        name="minitest.reporter_error",
        keywords=("error",),
        opens=r"\s{1,4}(?:ERROR\[\"|test_\w{1,200} {1,100}ERROR \(\d)",
        through=r"\s{4,20}\S",
        most=20,
        headline=r"^\s{4,12}[A-Z][\w:]{2,100}(?:Error|Exception): ",
        example="""
>  ERROR["test_prices", #<Minitest::Reporters::Suite:0x0000 @name="CartTest">, 0.01]
!         RuntimeError: no price list
>             test/cart_test.rb:9:in `test_prices'
  .
""",
    ),
    Rule(
        name="minitest.none",
        keywords=("failure",),
        opens=r"\d{1,7} (?:runs|tests), \d{1,7} assertions, 0 failures, 0 errors",
        rank=Rank.NOISE,
        example="""
! 3 runs, 3 assertions, 0 failures, 0 errors, 0 skips
""",
    ),
    Rule(
        name="minitest.total",
        keywords=("failure",),
        opens=r"\d{1,7} (?:runs|tests), \d{1,7} assertions, \d{1,7} failures, \d{1,7} errors",
        rank=Rank.SYMPTOM,
        example="""
! 3 runs, 3 assertions, 2 failures, 0 errors, 0 skips
""",
    ),
)
