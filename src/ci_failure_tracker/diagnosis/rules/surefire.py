"""Tests under Maven's surefire and failsafe: JUnit 3 to 5, TestNG, Spock."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LEVEL = r"(?:\[ERROR\] {1,2})?"
_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_NEXT = (
    r"\[(?:ERROR|INFO|WARN|WARNING|DEBUG)\] |Running \S{1,300}$|Results ?:|Tests run: |\S.{0,1000} <<< [FE]"
    r"|\[?\d\d:\d\d|\d{4}-\d\d-\d\d|-{20}|Failed tests:|Tests in error:"
)
_SAYS = (
    r"^(?!\S{1,100}(?:AssertionError|ComparisonFailure|AssertionFailedError): expected ?(?::|<|\[))" + _TYPE + r": \S"
)
_NAMES = r"<<< (?:FAILURE|ERROR)!|^" + _TYPE + r"(?:: |:?$)"
_TITLE = (
    _LEVEL
    + r"(?!(?:\[ERROR\] {1,2})?Tests run: )"
    + r"(?:\S.{0,1000} {1,2}(?:-- )?Time elapsed: .{1,30}|[^\s(]{1,400}\(\S{1,400}\)) {1,2}<<< "
)
_SUMMARY = r"\[ERROR\] {3,5}\S|\s{2,6}\S|[^\s\[]"
_SUMMARY_ENDS = (
    r"(?:\[ERROR\] )?(?:Failed tests: |Tests in error: |Failures:|Errors:|Tests run: )|\[(?:INFO|WARNING)\]|-{20}"
)
_SUMMARY_HEAD = r"^\[ERROR\] {3,5}\S|^\s{2,6}\S|^(?:Failed tests|Tests in error): {1,4}\S"

RULES = (
    Rule(
        name="surefire.failure",
        keywords=("<<< failure!",),
        opens=_TITLE + "FAILURE!",
        through=r"\s{0,80}\S|$",
        until=_NEXT,
        most=40,
        headline=_SAYS,
        names=_NAMES,
        example="""
  [ERROR] Tests run: 9, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.133 s <<< FAILURE! -- in com.shop.CartTest
! [ERROR] com.shop.CartTest.total -- Time elapsed: 0.099 s <<< FAILURE!
> org.opentest4j.AssertionFailedError: expected: <8> but was: <7>
> 	at com.shop.CartTest.total(CartTest.java:7)

> bulk(com.shop.CartTest)  Time elapsed: 0.011 sec  <<< FAILURE!
! java.lang.AssertionError: the cart should be empty
> 	at com.shop.CartTest.bulk(CartTest.java:9)

  Running com.shop.TillTest
""",
    ),
    Rule(
        name="surefire.error",
        keywords=("<<< error!",),
        opens=_TITLE + "ERROR!",
        through=r"\s{0,80}\S|$",
        until=_NEXT,
        most=40,
        headline=_SAYS,
        names=_NAMES,
        example="""
> [ERROR] prices(com.shop.CartTest)  Time elapsed: 0.066 s  <<< ERROR!
! java.lang.IllegalStateException: no price list
> 	at com.shop.CartTest.prices(CartTest.java:8)
> Caused by: java.io.IOException: disk
> 	... 4 more

  [INFO] Running com.shop.TillTest
""",
    ),
    Rule(
        name="surefire.class",
        keywords=("<<< failure!",),
        opens=r"(?:\[ERROR\] {1,2})?Tests run: \d.{0,300} <<< FAILURE!",
        rank=Rank.RECAP,
        example="""
! Tests run: 9, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.13 sec <<< FAILURE! - in com.shop.CartTest
""",
    ),
    Rule(
        name="surefire.class_error",
        keywords=("<<< error!",),
        opens=r"(?:\[ERROR\] {1,2})?Tests run: \d.{0,300} <<< ERROR!",
        rank=Rank.RECAP,
        example="""
! Tests run: 9, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.13 sec <<< ERROR! - in com.shop.CartTest
""",
    ),
    Rule(
        name="surefire.failed_tests",
        keywords=("failed tests:",),
        opens=r"(?:\[ERROR\] )?Failed tests:(?:\s|$)",
        through=_SUMMARY,
        until=_SUMMARY_ENDS,
        most=30,
        rank=Rank.LIKELY,
        headline=_SUMMARY_HEAD,
        names=_SUMMARY_HEAD,
        example="""
  Results :

> Failed tests:
!   CartTest.total:12 expected:<8> but was:<7>
>   CartTest.bulk:19 the cart should be empty

  Tests run: 10, Failures: 2, Errors: 0, Skipped: 0
""",
    ),
    Rule(
        name="surefire.in_error",
        keywords=("tests in error:",),
        opens=r"(?:\[ERROR\] )?Tests in error:(?:\s|$)",
        through=_SUMMARY,
        until=_SUMMARY_ENDS,
        most=30,
        rank=Rank.LIKELY,
        headline=_SUMMARY_HEAD,
        names=_SUMMARY_HEAD,
        example="""
> Tests in error:
!   prices(com.shop.CartTest): no price list
>   CartTest.taxes:9 » NullPointer

  Tests run: 10, Failures: 0, Errors: 2, Skipped: 0
""",
    ),
    Rule(
        name="surefire.failures",
        keywords=("[error] failures:",),
        opens=r"\[ERROR\] Failures:$",
        through=_SUMMARY,
        until=_SUMMARY_ENDS,
        most=30,
        rank=Rank.LIKELY,
        headline=_SUMMARY_HEAD,
        names=_SUMMARY_HEAD,
        example="""
  [INFO] Results:
  [INFO]
> [ERROR] Failures:
! [ERROR]   CartTest.total:12 expected: <8> but was: <7>
  [ERROR] Tests run: 10, Failures: 1, Errors: 0, Skipped: 0
""",
    ),
    Rule(
        name="surefire.errors",
        keywords=("[error] errors:",),
        opens=r"\[ERROR\] Errors:$",
        through=_SUMMARY,
        until=_SUMMARY_ENDS,
        most=30,
        rank=Rank.LIKELY,
        headline=_SUMMARY_HEAD,
        names=_SUMMARY_HEAD,
        example="""
> [ERROR] Errors:
! [ERROR]   CartTest.prices:8 IllegalState no price list
> second line of it
> [ERROR]   CartTest.taxes:9 » NullPointer
  [INFO]
  [ERROR] Tests run: 10, Failures: 0, Errors: 2, Skipped: 0
""",
    ),
    Rule(
        name="surefire.summary_line",
        keywords=("[error] ",),
        opens=r"\[ERROR\] {3}(?:Run \d{1,3}: )?[A-Z][\w$]{2,200}(?:>|\.)[\w$.>]{1,300}:\d{1,6}(?: |->)",
        rank=Rank.LIKELY,
        through=r"\[ERROR\] {3}(?:Run \d{1,3}: )?[A-Z][\w$]{2,200}(?:>|\.)[\w$.>]{1,300}:\d{1,6}(?: |->)",
        names=r"^\[ERROR\] ",
        example="""
! [ERROR]   Run 1: CartTest.total:12 expected: <8> but was: <7>
> [ERROR]   Run 2: CartTest.total:12 expected: <8> but was: <7>
  [INFO]
""",
    ),
    Rule(
        name="surefire.crashed",
        keywords=("crashed tests:",),
        opens=r"\[ERROR\] Crashed tests:$",
        through=r"\[ERROR\] [\w$.]{3,300}$",
        most=10,
        headline=r"^\[ERROR\] [\w$.]{3,300}$",
        example="""
> [ERROR] Crashed tests:
! [ERROR] com.shop.CartTest
  [ERROR] org.apache.maven.surefire.booter.SurefireBooterForkException: The forked VM ended
""",
    ),
    Rule(
        name="surefire.total",
        keywords=("failures: ",),
        opens=r"(?:\[(?:ERROR|WARNING)\] )?Tests run: \d{1,7}, Failures: \d{1,7}, Errors: \d{1,7}, Skipped: \d{1,7}$",
        rank=Rank.SYMPTOM,
        example="""
! [ERROR] Tests run: 10, Failures: 1, Errors: 0, Skipped: 0
""",
    ),
    Rule(
        name="surefire.none",
        keywords=("failures: 0, errors: 0",),
        opens=r"(?:\[\w{4,7}\] )?Tests run: \d{1,7}, Failures: 0, Errors: 0",
        rank=Rank.NOISE,
        example="""
! [INFO] Tests run: 10, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in com.shop.FailureTest
""",
    ),
    Rule(
        name="surefire.running",
        keywords=("error", "fail", "exception"),
        opens=r"(?:\[INFO\] )?Running [\w.$]{3,300}$",
        rank=Rank.NOISE,
        example="""
! Running com.shop.ErrorTest
! Running com.shop.FailTest
! Running com.shop.ExceptionTest
""",
    ),
    Rule(
        name="surefire.are_failures",
        keywords=("there are test failures",),
        opens=r"(?:\[\w{4,7}\] )?There are test failures",
        rank=Rank.SYMPTOM,
        example="""
! [ERROR] There are test failures.
""",
    ),
)
