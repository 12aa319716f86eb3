"""Test frameworks of C and C++: Catch2, doctest, Boost.Test, Qt Test, Check, Unity, CppUnit."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PLACE = r"\S.{0,300}(?::\d{1,6}|\(\d{1,6}\)): "

RULES = (
    Rule(
        name="catch2.failed",
        keywords=(": failed:",),
        opens=_PLACE + r"FAILED:$",
        lead=r"\.{20,200}$|-{20,200}$|$|\S.{0,300}(?::\d{1,6}|\(\d{1,6}\))$|\s{2,8}\S|[^\s=~].{0,300}$",
        lead_most=8,
        until=r"-{20}|={20}|\.{20}|" + _PLACE + r"(?:FAILED|PASSED|warning)",
        most=20,
        headline=r"^  (?:REQUIRE|CHECK)\w{0,20}\(|^  \S.{0,300}(?: exception|SIG[A-Z]{3,4})",
        names=r"^  (?:REQUIRE|CHECK)\w{0,20}\(|^  SIG[A-Z]{3,4}",
        example="""
  ===============================================================================
> -------------------------------------------------------------------------------
> Cart total
>   when full
> -------------------------------------------------------------------------------
> cart_test.cpp:8
> ...............................................................................
>
> cart_test.cpp:12: FAILED:
!   REQUIRE( total() == 8 )
> with expansion:
>   7 == 8

  ===============================================================================
  test cases: 1 | 1 failed
""",
    ),
    Rule(
        name="catch2.count",
        keywords=(" failed",),
        opens=r"(?:test cases|assertions): {1,8}\d{1,7} \| .{0,60}[1-9]\d{0,6} failed",
        rank=Rank.SYMPTOM,
        example="""
! test cases: 3 | 1 passed | 2 failed
""",
    ),
    Rule(
        name="doctest-cpp.error",
        keywords=("error: ",),
        opens=_PLACE + r"(?:FATAL )?ERROR: (?:\w{1,40}\(|test case )",
        lead=r"TEST (?:CASE|SUITE): |\s{2,8}\S|$",
        lead_most=5,
        through=r"  \S",
        most=15,
        names=r"^TEST CASE: |ERROR: ",
        example="""
  ===============================================================================
  cart_test.cpp:4:
> TEST CASE:  Cart total
>   when full
>
! cart_test.cpp:7: ERROR: CHECK( total() == 8 ) is NOT correct!
>   values: CHECK( 7 == 8 )

  [doctest] test cases: 1 | 0 passed | 1 failed | 0 skipped
""",
    ),
    Rule(
        name="doctest-cpp.count",
        keywords=(" failed",),
        opens=r"\[doctest\] (?:test cases|assertions): .{0,60}[1-9]\d{0,6} failed",
        rank=Rank.SYMPTOM,
        example="""
! [doctest] test cases: 2 | 0 passed | 2 failed | 0 skipped
""",
    ),
    Rule(
        name="doctest-cpp.status",
        keywords=("status: failure!",),
        opens=r"\[doctest\] Status: FAILURE!",
        rank=Rank.SYMPTOM,
        example="""
! [doctest] Status: FAILURE!
""",
    ),
    Rule(
        name="boost-test.error",
        keywords=("error: ",),
        opens=_PLACE + r'(?:fatal )?error: in "[^"]{1,400}": ',
        through=r"\S.{0,300}(?::\d{1,6}|\(\d{1,6}\)): last checkpoint|Failure occurred in a following context|    \S",
        most=10,
        example="""
! /srv/shop/cart_test.cpp(12): error: in "cart/total": check total() == 8 has failed [7 != 8]
> Failure occurred in a following context:
>     round 3
  /srv/shop/cart_test.cpp(13): info: check passed
""",
    ),
    Rule(
        name="boost-test.count",
        keywords=("failure",),
        opens=r"\*{3} \d{1,6} failures? (?:is|are) detected ",
        rank=Rank.SYMPTOM,
        example="""
! *** 2 failures are detected in the test module "Cart"
""",
    ),
    Rule(
        name="boost-test.none",
        keywords=("no errors detected",),
        opens=r"\*{3} No errors detected",
        rank=Rank.NOISE,
        example="""
! *** No errors detected
""",
    ),
    Rule(
        name="qt-test.fail",
        keywords=("fail!  :",),
        opens=r"FAIL!  : ",
        through=r"   (?:Actual|Expected|Loc:|\S)",
        most=12,
        example="""
  PASS   : CartTest::initTestCase()
! FAIL!  : CartTest::total() Compared values are not the same
>    Actual   (total()): 7
>    Expected (8)      : 8
>    Loc: [cart_test.cpp(12)]
  PASS   : CartTest::cleanupTestCase()
""",
    ),
    Rule(
        name="qt-test.fatal",
        keywords=("fatal",),
        opens=r"QFATAL : ",
        through=r"   Loc: |FAIL!  : ",
        most=6,
        example="""
! QFATAL : CartTest::total() ASSERT: "total > 0" in file cart.cpp, line 12
> FAIL!  : CartTest::total() Received a fatal error.
>    Loc: [Unknown file(0)]
  Totals: 1 passed, 1 failed, 0 skipped
""",
    ),
    Rule(
        name="qt-test.count",
        keywords=(" failed, ",),
        opens=r"Totals: \d{1,7} passed, [1-9]\d{0,6} failed, ",
        rank=Rank.SYMPTOM,
        example="""
! Totals: 1 passed, 1 failed, 0 skipped, 0 blacklisted, 10ms
""",
    ),
    Rule(
        name="check.failure",
        keywords=("assertion '", "segmentation fault)", "failure '"),
        opens=r"\S{1,300}:\d{1,6}:[FE]:[^:]{1,100}:[^:]{1,100}:-?\d{1,6}: ",
        example="""
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: Assertion 'total() == 8' failed: total() == 7, 8 == 8
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: (after this point) Received signal 11 (Segmentation fault)
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: Failure 'total() < 8' occurred
""",
    ),
    Rule(
        name="check.count",
        keywords=("failures: ",),
        opens=r"\d{1,3}%: Checks: \d{1,7}, Failures: ",
        rank=Rank.RECAP,
        example="""
! 66%: Checks: 3, Failures: 1, Errors: 0
""",
    ),
    Rule(
        name="unity.fail",
        keywords=(":fail",),
        opens=r"\S{1,300}:\d{1,6}:\w{1,200}:FAIL(?::|$)",
        example="""
  test/test_cart.c:8:test_opens:PASS
! test/test_cart.c:12:test_total:FAIL: Expected 8 Was 7
""",
    ),
    Rule(
        name="unity.count",
        keywords=(" failures ",),
        opens=r"\d{1,6} Tests [1-9]\d{0,6} Failures \d{1,6} Ignored",
        rank=Rank.SYMPTOM,
        example="""
! 3 Tests 1 Failures 0 Ignored
""",
    ),
    Rule(
        name="cppunit.failures",
        keywords=("!!!failures!!!",),
        opens=r"!!!FAILURES!!!$",
        through=r"Test Results:|Run: |\d{1,5}\) test: |- |[a-z].{0,300}$|$",
        most=30,
        headline=r"^\d{1,5}\) test: ",
        names=r"^\d{1,5}\) test: ",
        example="""
> !!!FAILURES!!!
> Test Results:
> Run:  3   Failures: 1   Errors: 0
>
>
! 1) test: CartTest::total (F) line: 12 cart_test.cpp
> equality assertion failed
> - Expected: 8
> - Actual  : 7
""",
    ),
)
