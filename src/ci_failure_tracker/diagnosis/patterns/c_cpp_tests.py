"""Tests of C and C++: GoogleTest, CTest, Catch2, Boost, Automake, Valgrind."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# GoogleTest, and cmocka and busted, which can print in its style.


_GOOGLETEST = (
    LogPattern(
        name="googletest.failure",
        kind=FailureKind.TEST,
        keywords=(": failure",),
        start=r"(?:\S.{0,300}(?::\d{1,6}|\(\d{1,6}\))|unknown file): Failure$",
        context_before=r"\[ RUN      \] ",
        max_context=1,
        end=r"\[  FAILED  \] ",
        end_before=r"\[[-=]{10}\]|\[ (?! FAILED )[ A-Z]{8} \]",
        max_lines=30,
        headline=r"^\[  FAILED  \] |^C\+\+ exception with description ",
        fingerprint=r"^\[  FAILED  \] |^C\+\+ exception|^Value of: |^Expected",
        example="""
> [ RUN      ] Cart.Total
> /srv/shop/cart_test.cc:12: Failure
> Expected equality of these values:
>   total()
>     Which is: 7
>   8
! [  FAILED  ] Cart.Total (0 ms)
  [----------] 1 test from Cart (0 ms total)
""",
    ),
    LogPattern(
        name="googletest.failed",
        kind=FailureKind.TEST,
        keywords=("[  failed  ] ",),
        start=r"\[  FAILED  \] ",
        body=r"\[  FAILED  \] ",
        max_lines=30,
        confidence=Confidence.SYMPTOM,
        headline=r"^\[  FAILED  \] [^\s\d]",
        fingerprint=r"^\[  FAILED  \] [^\s\d]",
        example="""
> [  FAILED  ] 2 tests, listed below:
! [  FAILED  ] Cart.Total
> [  FAILED  ] Cart.Prices

   2 FAILED TESTS
""",
    ),
    LogPattern(
        name="googletest.count",
        kind=FailureKind.TEST,
        keywords=("failed test",),
        start=r"\s{1,4}\d{1,6} FAILED TESTS?$",
        confidence=Confidence.SYMPTOM,
        example="!  2 FAILED TESTS",
    ),
    LogPattern(
        name="cmocka.error",
        kind=FailureKind.TEST,
        keywords=("[  error   ] --- ",),
        start=r"\[  ERROR   \] --- \S",
        body=r"\[  ERROR   \] |\[   LINE   \] ",
        end=r"\[  FAILED  \] ",
        max_lines=12,
        example="""
  [ RUN      ] test_total
! [  ERROR   ] --- 0x7 != 0x8
> [   LINE   ] --- cart_test.c:12: error: Failure!
> [  FAILED  ] test_total
  [==========] 1 test(s) run.
""",
    ),
)

_CTEST_TEST = r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}"

_CTEST_ITEM = r"\s{1,8}\d{1,6} - \S"

_CTEST_NEXT = r"\s{0,8}(?:Start {1,4}\d|\d{1,6}/\d{1,6} Test {1,4}#|\d{1,3}% tests passed)"

_CTEST = (
    LogPattern(
        name="ctest.exception",
        kind=FailureKind.TEST,
        keywords=("***exception",),
        start=r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}Exception",
        end_before=_CTEST_NEXT,
        max_lines=25,
        confidence=Confidence.LIKELY,
        example="""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***Exception  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
    ),
    LogPattern(
        name="ctest.timeout",
        kind=FailureKind.TEST,
        keywords=("***timeout",),
        start=r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}Timeout",
        end_before=_CTEST_NEXT,
        max_lines=25,
        confidence=Confidence.LIKELY,
        example="""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***Timeout  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
    ),
    LogPattern(
        name="ctest.not_run",
        kind=FailureKind.TEST,
        keywords=("unable to find executable: ",),
        start=r"Unable to find executable: \S",
        body=_CTEST_TEST,
        max_lines=2,
        example="""
! Unable to find executable: cart_test
> 2/2 Test #2: total ............................***Not Run   0.00 sec
      Start 3: prices
""",
    ),
    LogPattern(
        name="ctest.looked",
        kind=FailureKind.TEST,
        keywords=("could not find executable ",),
        start=r"Could not find executable \S",
        body=r"Looked in the following places:|\S{1,400}$",
        max_lines=40,
        confidence=Confidence.SYMPTOM,
        example="""
! Could not find executable cart_test
> Looked in the following places:
> cart_test
> Release/cart_test
  Unable to find executable: cart_test
""",
    ),
    LogPattern(
        name="ctest.recap",
        kind=FailureKind.TEST,
        keywords=("the following tests failed:",),
        start=r"The following tests FAILED:$",
        body=_CTEST_ITEM,
        confidence=Confidence.SYMPTOM,
        headline=r"^" + _CTEST_ITEM,
        fingerprint=r"^" + _CTEST_ITEM,
        example="""
> The following tests FAILED:
! 	  2 - total (Failed)
> 	  3 - prices (SEGFAULT)
  Errors while running CTest
""",
    ),
    LogPattern(
        name="ctest.end",
        kind=FailureKind.TEST,
        keywords=("errors while running ctest",),
        start=r"Errors while running CTest",
        confidence=Confidence.SYMPTOM,
        example="! Errors while running CTest",
    ),
    LogPattern(
        name="ctest.count",
        kind=FailureKind.TEST,
        keywords=("tests failed out of",),
        start=r"\d{1,3}% tests passed, [1-9]\d{0,6} tests failed out of",
        confidence=Confidence.SYMPTOM,
        example="! 50% tests passed, 1 tests failed out of 2",
    ),
)

_CPP_TEST_PLACE = r"\S.{0,300}(?::\d{1,6}|\(\d{1,6}\)): "

_CPP_TEST = (
    LogPattern(
        name="catch2.failed",
        kind=FailureKind.TEST,
        keywords=(": failed:",),
        start=_CPP_TEST_PLACE + r"FAILED:$",
        context_before=r"\.{20,200}$|-{20,200}$|$|\S.{0,300}(?::\d{1,6}|\(\d{1,6}\))$|\s{2,8}\S|[^\s=~].{0,300}$",
        max_context=8,
        end_before=r"-{20}|={20}|\.{20}|" + _CPP_TEST_PLACE + r"(?:FAILED|PASSED|warning)",
        max_lines=20,
        headline=r"^  (?:REQUIRE|CHECK)\w{0,20}\(|^  \S.{0,300}(?: exception|SIG[A-Z]{3,4})",
        fingerprint=r"^  (?:REQUIRE|CHECK)\w{0,20}\(|^  SIG[A-Z]{3,4}",
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
    LogPattern(
        name="catch2.count",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r"(?:test cases|assertions): {1,8}\d{1,7} \| .{0,60}[1-9]\d{0,6} failed",
        confidence=Confidence.SYMPTOM,
        example="! test cases: 3 | 1 passed | 2 failed",
    ),
    LogPattern(
        name="check.failure",
        kind=FailureKind.TEST,
        keywords=("assertion '", "segmentation fault)", "failure '"),
        start=r"\S{1,300}:\d{1,6}:[FE]:[^:]{1,100}:[^:]{1,100}:-?\d{1,6}: ",
        example="""
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: Assertion 'total() == 8' failed: total() == 7, 8 == 8
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: (after this point) Received signal 11 (Segmentation fault)
  66%: Checks: 3, Failures: 1, Errors: 0
! cart_test.c:12:F:Core:test_total:0: Failure 'total() < 8' occurred
""",
    ),
    LogPattern(
        name="check.count",
        kind=FailureKind.TEST,
        keywords=("failures: ",),
        start=r"\d{1,3}%: Checks: \d{1,7}, Failures: ",
        confidence=Confidence.SYMPTOM,
        example="! 66%: Checks: 3, Failures: 1, Errors: 0",
    ),
    LogPattern(
        name="cppunit.failures",
        kind=FailureKind.TEST,
        keywords=("!!!failures!!!",),
        start=r"!!!FAILURES!!!$",
        body=r"Test Results:|Run: |\d{1,5}\) test: |- |[a-z].{0,300}$|$",
        max_lines=30,
        headline=r"^\d{1,5}\) test: ",
        fingerprint=r"^\d{1,5}\) test: ",
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

# The test harness of Automake, and its test-suite.log.

_AUTOMAKE_TEST = (
    LogPattern(
        name="automake-test.log",
        kind=FailureKind.TEST,
        keywords=("fail ",),
        start=r"FAIL \S{1,300} \(exit status: \d{1,3}\)$",
        context_before=r"(?!={3,300}$|(?:X?FAIL|X?PASS|ERROR|SKIP)[: ])",
        max_context=20,
        example="""
  FAIL: tests/total
  =================
>
> total is 7 and not 8
! FAIL tests/total (exit status: 1)
""",
    ),
    LogPattern(
        name="automake-test.fail",
        kind=FailureKind.TEST,
        keywords=("fail: ",),
        start=r"FAIL: \S{1,300}(?: \d{1,6}(?: - .{0,300})?)?$",
        confidence=Confidence.SYMPTOM,
        example="""
  PASS: tests/opens
! FAIL: tests/total
  PASS: tests/prices
""",
    ),
    LogPattern(
        name="automake-test.count",
        kind=FailureKind.TEST,
        keywords=("# fail: ",),
        start=r"# FAIL: {1,4}[1-9]",
        confidence=Confidence.SYMPTOM,
        example="! # FAIL:  1",
    ),
)

PATTERNS = (
    *_AUTOMAKE_TEST,
    *_CPP_TEST,
    *_CTEST,
    *_GOOGLETEST,
)
