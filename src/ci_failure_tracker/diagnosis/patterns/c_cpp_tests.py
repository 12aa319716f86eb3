"""Tests of C and C++: GoogleTest, CTest, Catch2, Boost, Automake, Valgrind."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# GoogleTest, and cmocka and busted, which can print in its style.

_GOOGLETEST_FINE = r"\[(?: RUN      | {7}OK |----------|==========|  PASSED  |  SKIPPED )\]"

_GOOGLETEST = (
    LogPattern(
        name="googletest.failure",
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
        name="googletest.windows",
        keywords=("): error: ",),
        start=r"\S.{0,300}\(\d{1,6}\): error: (?:Expected|Value of: |The difference between|Failed$|Death test: )",
        context_before=r"\[ RUN      \] ",
        max_context=1,
        end=r"\[  FAILED  \] ",
        end_before=r"\[[-=]{10}\]|\[ (?! FAILED )[ A-Z]{8} \]",
        max_lines=20,
        headline=r"^\[  FAILED  \] ",
        fingerprint=r"^\[  FAILED  \] ",
        example="""
> [ RUN      ] Cart.Total
> D:\\\\shop\\\\cart_test.cc(12): error: Expected equality of these values:
>   7
>   8
! [  FAILED  ] Cart.Total (0 ms)
""",
    ),
    LogPattern(
        name="googletest.failed",
        keywords=("[  failed  ] ",),
        start=r"\[  FAILED  \] ",
        body=r"\[  FAILED  \] ",
        max_lines=30,
        confidence=Confidence.RECAP,
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
        keywords=("failed test",),
        start=r"\s{1,4}\d{1,6} FAILED TESTS?$",
        confidence=Confidence.SYMPTOM,
        example="""
!  2 FAILED TESTS
""",
    ),
    LogPattern(
        name="googletest.fine",
        keywords=("error", "fail", "invalid", "exception"),
        start=_GOOGLETEST_FINE,
        confidence=Confidence.NOISE,
        example="""
! [       OK ] Cart.Errors (0 ms)
! [       OK ] Cart.Fails (0 ms)
! [       OK ] Cart.Invalids (0 ms)
! [       OK ] Cart.Exceptions (0 ms)
""",
    ),
    LogPattern(
        name="cmocka.error",
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

# CTest.

_CTEST_TEST = r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}"
_CTEST_NEXT = r"\s{0,8}(?:Start {1,4}\d|\d{1,6}/\d{1,6} Test {1,4}#|\d{1,3}% tests passed)"
_CTEST_ITEM = r"\s{1,8}\d{1,6} - \S"

_CTEST = (
    LogPattern(
        name="ctest.failed",
        keywords=("***failed",),
        start=r"(?:\s{0,8}\d{1,6}: )?\s{0,8}\d{1,6}/\d{1,6} Test {1,4}#\d{1,6}: \S.{0,300}\*{3}Failed",
        end_before=_CTEST_NEXT,
        max_lines=25,
        confidence=Confidence.LIKELY,
        example="""
  1/2 Test #1: opens ............................   Passed    0.01 sec
      Start 2: total
! 2/2 Test #2: total ............................***Failed  0.01 sec
> total is 7

  50% tests passed, 1 tests failed out of 2
""",
    ),
    LogPattern(
        name="ctest.exception",
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
        keywords=("the following tests failed:",),
        start=r"The following tests FAILED:$",
        body=_CTEST_ITEM,
        confidence=Confidence.RECAP,
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
        keywords=("errors while running ctest",),
        start=r"Errors while running CTest",
        confidence=Confidence.SYMPTOM,
        example="""
! Errors while running CTest
""",
    ),
    LogPattern(
        name="ctest.count",
        keywords=("tests failed out of",),
        start=r"\d{1,3}% tests passed, [1-9]\d{0,6} tests failed out of",
        confidence=Confidence.SYMPTOM,
        example="""
! 50% tests passed, 1 tests failed out of 2
""",
    ),
    LogPattern(
        name="ctest.none_failed",
        keywords=("0 tests failed out of",),
        start=r"100% tests passed, 0 tests failed out of",
        confidence=Confidence.NOISE,
        example="""
! 100% tests passed, 0 tests failed out of 2
""",
    ),
)

# Test frameworks of C and C++: Catch2, doctest, Boost.Test, Qt Test, Check, Unity, CppUnit.

_CPP_TEST_PLACE = r"\S.{0,300}(?::\d{1,6}|\(\d{1,6}\)): "

_CPP_TEST = (
    LogPattern(
        name="catch2.failed",
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
        keywords=(" failed",),
        start=r"(?:test cases|assertions): {1,8}\d{1,7} \| .{0,60}[1-9]\d{0,6} failed",
        confidence=Confidence.SYMPTOM,
        example="""
! test cases: 3 | 1 passed | 2 failed
""",
    ),
    LogPattern(
        name="doctest-cpp.error",
        keywords=("error: ",),
        start=_CPP_TEST_PLACE + r"(?:FATAL )?ERROR: (?:\w{1,40}\(|test case )",
        context_before=r"TEST (?:CASE|SUITE): |\s{2,8}\S|$",
        max_context=5,
        body=r"  \S",
        max_lines=15,
        fingerprint=r"^TEST CASE: |ERROR: ",
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
    LogPattern(
        name="doctest-cpp.count",
        keywords=(" failed",),
        start=r"\[doctest\] (?:test cases|assertions): .{0,60}[1-9]\d{0,6} failed",
        confidence=Confidence.SYMPTOM,
        example="""
! [doctest] test cases: 2 | 0 passed | 2 failed | 0 skipped
""",
    ),
    LogPattern(
        name="doctest-cpp.status",
        keywords=("status: failure!",),
        start=r"\[doctest\] Status: FAILURE!",
        confidence=Confidence.SYMPTOM,
        example="""
! [doctest] Status: FAILURE!
""",
    ),
    LogPattern(
        name="boost-test.error",
        keywords=("error: ",),
        start=_CPP_TEST_PLACE + r'(?:fatal )?error: in "[^"]{1,400}": ',
        body=r"\S.{0,300}(?::\d{1,6}|\(\d{1,6}\)): last checkpoint|Failure occurred in a following context|    \S",
        max_lines=10,
        example="""
! /srv/shop/cart_test.cpp(12): error: in "cart/total": check total() == 8 has failed [7 != 8]
> Failure occurred in a following context:
>     round 3
  /srv/shop/cart_test.cpp(13): info: check passed
""",
    ),
    LogPattern(
        name="boost-test.count",
        keywords=("failure",),
        start=r"\*{3} \d{1,6} failures? (?:is|are) detected ",
        confidence=Confidence.SYMPTOM,
        example="""
! *** 2 failures are detected in the test module "Cart"
""",
    ),
    LogPattern(
        name="boost-test.none",
        keywords=("no errors detected",),
        start=r"\*{3} No errors detected",
        confidence=Confidence.NOISE,
        example="""
! *** No errors detected
""",
    ),
    LogPattern(
        name="qt-test.fail",
        keywords=("fail!  :",),
        start=r"FAIL!  : ",
        body=r"   (?:Actual|Expected|Loc:|\S)",
        max_lines=12,
        example="""
  PASS   : CartTest::initTestCase()
! FAIL!  : CartTest::total() Compared values are not the same
>    Actual   (total()): 7
>    Expected (8)      : 8
>    Loc: [cart_test.cpp(12)]
  PASS   : CartTest::cleanupTestCase()
""",
    ),
    LogPattern(
        name="qt-test.fatal",
        keywords=("fatal",),
        start=r"QFATAL : ",
        body=r"   Loc: |FAIL!  : ",
        max_lines=6,
        example="""
! QFATAL : CartTest::total() ASSERT: "total > 0" in file cart.cpp, line 12
> FAIL!  : CartTest::total() Received a fatal error.
>    Loc: [Unknown file(0)]
  Totals: 1 passed, 1 failed, 0 skipped
""",
    ),
    LogPattern(
        name="qt-test.count",
        keywords=(" failed, ",),
        start=r"Totals: \d{1,7} passed, [1-9]\d{0,6} failed, ",
        confidence=Confidence.SYMPTOM,
        example="""
! Totals: 1 passed, 1 failed, 0 skipped, 0 blacklisted, 10ms
""",
    ),
    LogPattern(
        name="check.failure",
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
        keywords=("failures: ",),
        start=r"\d{1,3}%: Checks: \d{1,7}, Failures: ",
        confidence=Confidence.RECAP,
        example="""
! 66%: Checks: 3, Failures: 1, Errors: 0
""",
    ),
    LogPattern(
        name="unity.fail",
        keywords=(":fail",),
        start=r"\S{1,300}:\d{1,6}:\w{1,200}:FAIL(?::|$)",
        example="""
  test/test_cart.c:8:test_opens:PASS
! test/test_cart.c:12:test_total:FAIL: Expected 8 Was 7
""",
    ),
    LogPattern(
        name="unity.count",
        keywords=(" failures ",),
        start=r"\d{1,6} Tests [1-9]\d{0,6} Failures \d{1,6} Ignored",
        confidence=Confidence.SYMPTOM,
        example="""
! 3 Tests 1 Failures 0 Ignored
""",
    ),
    LogPattern(
        name="cppunit.failures",
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
        keywords=("fail: ",),
        start=r"FAIL: \S{1,300}(?: \d{1,6}(?: - .{0,300})?)?$",
        confidence=Confidence.RECAP,
        example="""
  PASS: tests/opens
! FAIL: tests/total
  PASS: tests/prices
""",
    ),
    LogPattern(
        name="automake-test.error",
        keywords=("error: tests",),
        start=r"ERROR: \S{1,300}(?: - .{0,300})?$",
        confidence=Confidence.RECAP,
        example="""
! ERROR: tests/total - missing test plan
""",
    ),
    LogPattern(
        name="automake-test.none",
        keywords=("fail: ", "error: "),
        start=r"# X?(?:FAIL|ERROR): {1,4}0$",
        confidence=Confidence.NOISE,
        example="""
! # FAIL:  0
! # ERROR:  0
""",
    ),
    LogPattern(
        name="automake-test.count",
        keywords=("# fail: ",),
        start=r"# FAIL: {1,4}[1-9]",
        confidence=Confidence.SYMPTOM,
        example="""
! # FAIL:  1
""",
    ),
    LogPattern(
        name="automake-test.tests_failed",
        keywords=("tests failed",),
        start=r"\d{1,6} of \d{1,6} tests failed$",
        confidence=Confidence.SYMPTOM,
        example="""
! 1 of 3 tests failed
""",
    ),
)

# Valgrind.

_VALGRIND_LINE = r"(?:\d{1,4}: )?(?:={2}|-{2})\d{1,9}(?:={2}|-{2}) "

_VALGRIND = (
    LogPattern(
        name="valgrind.invalid",
        keywords=("invalid ",),
        start=_VALGRIND_LINE + r"Invalid (?:read|write|free)",
        body=_VALGRIND_LINE + r"\s{1,6}\S",
        max_lines=30,
        example="""
  ==4711==
! ==4711== Invalid read of size 4
> ==4711==    at 0x1091A3: turn (press.cpp:6)
> ==4711==  Address 0x4d6dc84 is 4 bytes inside a block of size 12 free'd
  ==4711==
""",
    ),
    LogPattern(
        name="valgrind.mismatched",
        keywords=("mismatched free",),
        start=_VALGRIND_LINE + r"Mismatched free",
        body=_VALGRIND_LINE + r"\s{1,6}\S",
        max_lines=30,
        example="""
! ==4711== Mismatched free() / delete / delete []
> ==4711==    at 0x484575B: operator delete(void*) (vg_replace_malloc.c:935)
""",
    ),
    LogPattern(
        name="valgrind.summary",
        keywords=("error summary",),
        start=_VALGRIND_LINE + r"ERROR SUMMARY: [1-9]",
        context_before=_VALGRIND_LINE,
        max_context=40,
        headline=r"definitely lost in|Conditional jump|Use of uninitialised|Invalid (?:read|write)|ERROR SUMMARY",
        example="""
  ok
! ==4711== 40 bytes in 1 blocks are definitely lost in loss record 1 of 1
> ==4711==    by 0x1091F3: turn (press.cpp:8)
> ==4711== ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 0 from 0)
""",
    ),
    LogPattern(
        name="valgrind.clean",
        keywords=("error summary: 0 errors",),
        start=_VALGRIND_LINE + r"ERROR SUMMARY: 0 errors",
        confidence=Confidence.NOISE,
        example="""
! ==4711== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)
""",
    ),
)

PATTERNS = (
    *_GOOGLETEST,
    *_CTEST,
    *_CPP_TEST,
    *_AUTOMAKE_TEST,
    *_VALGRIND,
)
