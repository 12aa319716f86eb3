"""ExUnit, EUnit and Common Test."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TITLE = r"\s{2}\d{1,5}\) (?:test|property|doctest|feature) \S|\s{5}\S{1,300}\.exs?:\d{1,6}$"

RULES = (
    Rule(
        name="exunit.assertion",
        keywords=("assertion ",),
        opens=r"\s{5}Assertion (?:with|failed)",
        lead=_TITLE,
        lead_most=2,
        through=r"\s{5,80}\S",
        most=30,
        headline=r"^\s{2}\d{1,5}\) ",
        example="""
!   1) test total (Shop.CartTest)
>      test/cart_test.exs:5
>      Assertion with == failed
>      code:  assert total() == 8
>      left:  7
>      right: 8
>      stacktrace:
>        test/cart_test.exs:6: (test)

  Finished in 0.09 seconds
""",
    ),
    Rule(
        name="exunit.match",
        keywords=(") failed",),
        opens=r"\s{5}match \(",
        lead=_TITLE,
        lead_most=2,
        through=r"\s{5,80}\S",
        most=30,
        headline=r"^\s{2}\d{1,5}\) ",
        example="""
!   1) test total (Shop.CartTest)
>      test/cart_test.exs:5
>      match (=) failed
>      code:  assert total() == 8
>      left:  7
>      right: 8
>      stacktrace:
>        test/cart_test.exs:6: (test)

  Finished in 0.09 seconds
""",
    ),
    Rule(
        name="exunit.expected",
        keywords=("expected ",),
        opens=r"\s{5}Expected ",
        lead=_TITLE,
        lead_most=2,
        through=r"\s{5,80}\S",
        most=30,
        headline=r"^\s{2}\d{1,5}\) ",
        example="""
!   1) test total (Shop.CartTest)
>      test/cart_test.exs:5
>      Expected truthy, got nil
>      code:  assert total() == 8
>      left:  7
>      right: 8
>      stacktrace:
>        test/cart_test.exs:6: (test)

  Finished in 0.09 seconds
""",
    ),
    Rule(
        name="exunit.error",
        keywords=("error) ",),
        opens=r"\s{5}\*\* \([\w.]{1,200}Error\) ",
        lead=_TITLE,
        lead_most=2,
        through=r"\s{5,80}\S|$",
        most=30,
        names=r"^\s{2}\d{1,5}\) |^\s{5}\*\* \(",
        example="""
>   2) test prices (Shop.CartTest)
>      test/cart_test.exs:9
!      ** (RuntimeError) no price list
>      stacktrace:
>        test/cart_test.exs:10: (test)

  Finished in 0.09 seconds
""",
    ),
    Rule(
        name="exunit.setup",
        keywords=("failure on setup_all",),
        opens=r"\s{2}\d{1,5}\) \S{1,300}: failure on setup_all callback",
        through=r"\s{5,80}\S",
        most=30,
        headline=r"^\s{5}\*\* \(",
        names=r"^\s{2}\d{1,5}\) |^\s{5}\*\* \(",
        example="""
>   1) Shop.CartTest: failure on setup_all callback, all tests have been invalidated
!      ** (RuntimeError) no database
>      stacktrace:
>        test/cart_test.exs:32: Shop.CartTest.__ex_unit_setup_all_0/1

  Finished in 0.09 seconds
""",
    ),
    Rule(
        name="exunit.exit",
        keywords=("exception",),
        opens=r"\s{5}\*\* \((?:EXIT from |exit\))",
        lead=_TITLE,
        lead_most=2,
        through=r"\s{5,80}\S",
        most=30,
        example="""
>   5) test exits (Shop.CartTest)
>      test/cart_test.exs:22
!      ** (EXIT from #PID<0.174.0>) an exception was raised:
>          ** (RuntimeError) no price list

  Finished in 0.09 seconds
""",
    ),
    Rule(
        name="eunit.failed",
        keywords=("*failed*",),
        opens=r".{1,500}\*failed\*$",
        through=r"in (?:function|call)|\*\*|\s{2}\S|in$",
        closes=r"\s{2}output:",
        most=20,
        names=r"\*failed\*$|^\*\*(?:error|exit|throw):",
        example="""
! cart_tests: total_test...*failed*
> in function cart_tests:'-total_test/0-fun-0-'/0 (cart_tests.erl, line 5)
> **error:{assertEqual,[{module,cart_tests},
>   {line,5}]}
>   output:<<"">>
  cart_tests: prices_test...ok
""",
    ),
    Rule(
        name="eunit.count",
        keywords=("  failed: ",),
        priority=1,  # before dotnet-test.counts
        opens=r"\s{2}Failed: [1-9]\d{0,6}\.",
        rank=Rank.SYMPTOM,
        example="""
!   Failed: 1.  Skipped: 0.  Passed: 2.
""",
    ),
    Rule(
        name="common-test.rebar",
        keywords=(": failed",),
        opens=r"%{3} \S{1,200} ==> .{1,300}: FAILED$",
        through=r"%{3} \S{1,200} ==> (?!.{1,300}: (?:OK|FAILED|SKIPPED)$)|\s{1,60}\S",
        most=20,
        example="""
  %%% cart_SUITE ==> opens: OK
! %%% cart_SUITE ==> total: FAILED
> %%% cart_SUITE ==> {{badmatch,7},
>                     [{cart_SUITE,total,1,[{line,5}]}]}
  %%% cart_SUITE ==> prices: OK
""",
    ),
    Rule(
        name="common-test.failed",
        keywords=(" failed on line ",),
        opens=r"\w{1,200}:\w{1,200} failed on line \d",
        through=r"Reason: |\s{1,60}\S",
        most=10,
        example="""
  - - - - - - - - - - - - - - - - - - - - - - - - - -
! cart_SUITE:total failed on line 5
> Reason: {badmatch,7}
  - - - - - - - - - - - - - - - - - - - - - - - - - -
""",
    ),
    Rule(
        name="common-test.case",
        keywords=("*** failed ",),
        opens=r"Testing \S{1,300}: \*{3} FAILED .{0,20}test case",
        rank=Rank.RECAP,
        example="""
! Testing shop.cart_SUITE: *** FAILED test case 1 of 3 ***
""",
    ),
)
