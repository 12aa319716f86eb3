"""Tests on the JVM: Surefire, Gradle, JUnit, TestNG, Scala, Clojure."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Tests under Maven (Surefire, Failsafe): JUnit 3 to 5, TestNG, Spock.

_SUREFIRE_LEVEL = r"(?:\[ERROR\] {1,2})?"
_SUREFIRE_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_SUREFIRE_NEXT = (
    r"\[(?:ERROR|INFO|WARN|WARNING|DEBUG)\] |Running \S{1,300}$|Results ?:|Tests run: |\S.{0,1000} <<< [FE]"
    r"|\[?\d\d:\d\d|\d{4}-\d\d-\d\d|-{20}|Failed tests:|Tests in error:"
)
_SUREFIRE_SAYS = (
    r"^(?!\S{1,100}(?:AssertionError|ComparisonFailure|AssertionFailedError): expected ?(?::|<|\[))"
    + _SUREFIRE_TYPE
    + r": \S"
)
_SUREFIRE_NAMES = r"<<< (?:FAILURE|ERROR)!|^" + _SUREFIRE_TYPE + r"(?:: |:?$)"
_SUREFIRE_TITLE = (
    _SUREFIRE_LEVEL
    + r"(?!(?:\[ERROR\] {1,2})?Tests run: )"
    + r"(?:\S.{0,1000} {1,2}(?:-- )?Time elapsed: .{1,30}|[^\s(]{1,400}\(\S{1,400}\)) {1,2}<<< "
)
_SUREFIRE_SUMMARY = r"\[ERROR\] {3,5}\S|\s{2,6}\S|[^\s\[]"
_SUREFIRE_SUMMARY_ENDS = (
    r"(?:\[ERROR\] )?(?:Failed tests: |Tests in error: |Failures:|Errors:|Tests run: )|\[(?:INFO|WARNING)\]|-{20}"
)
_SUREFIRE_SUMMARY_HEAD = r"^\[ERROR\] {3,5}\S|^\s{2,6}\S|^(?:Failed tests|Tests in error): {1,4}\S"

_SUREFIRE = (
    LogPattern(
        name="surefire.failure",
        kind=FailureKind.TEST,
        keywords=("<<< failure!",),
        start=_SUREFIRE_TITLE + "FAILURE!",
        body=r"\s{0,80}\S|$",
        end_before=_SUREFIRE_NEXT,
        max_lines=40,
        headline=_SUREFIRE_SAYS,
        fingerprint=_SUREFIRE_NAMES,
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
    LogPattern(
        name="surefire.error",
        kind=FailureKind.TEST,
        keywords=("<<< error!",),
        start=_SUREFIRE_TITLE + "ERROR!",
        body=r"\s{0,80}\S|$",
        end_before=_SUREFIRE_NEXT,
        max_lines=40,
        headline=_SUREFIRE_SAYS,
        fingerprint=_SUREFIRE_NAMES,
        example="""
> [ERROR] prices(com.shop.CartTest)  Time elapsed: 0.066 s  <<< ERROR!
! java.lang.IllegalStateException: no price list
> 	at com.shop.CartTest.prices(CartTest.java:8)
> Caused by: java.io.IOException: disk
> 	... 4 more

  [INFO] Running com.shop.TillTest
""",
    ),
    LogPattern(
        name="surefire.class",
        kind=FailureKind.TEST,
        keywords=("<<< failure!",),
        start=r"(?:\[ERROR\] {1,2})?Tests run: \d.{0,300} <<< FAILURE!",
        confidence=Confidence.SYMPTOM,
        example="""
! Tests run: 9, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.13 sec <<< FAILURE! - in com.shop.CartTest
""",
    ),
    LogPattern(
        name="surefire.failed_tests",
        kind=FailureKind.TEST,
        keywords=("failed tests:",),
        start=r"(?:\[ERROR\] )?Failed tests:(?:\s|$)",
        body=_SUREFIRE_SUMMARY,
        end_before=_SUREFIRE_SUMMARY_ENDS,
        max_lines=30,
        confidence=Confidence.LIKELY,
        headline=_SUREFIRE_SUMMARY_HEAD,
        fingerprint=_SUREFIRE_SUMMARY_HEAD,
        example="""
  Results :

> Failed tests:
!   CartTest.total:12 expected:<8> but was:<7>
>   CartTest.bulk:19 the cart should be empty

  Tests run: 10, Failures: 2, Errors: 0, Skipped: 0
""",
    ),
    LogPattern(
        name="surefire.in_error",
        kind=FailureKind.TEST,
        keywords=("tests in error:",),
        start=r"(?:\[ERROR\] )?Tests in error:(?:\s|$)",
        body=_SUREFIRE_SUMMARY,
        end_before=_SUREFIRE_SUMMARY_ENDS,
        max_lines=30,
        confidence=Confidence.LIKELY,
        headline=_SUREFIRE_SUMMARY_HEAD,
        fingerprint=_SUREFIRE_SUMMARY_HEAD,
        example="""
> Tests in error:
!   prices(com.shop.CartTest): no price list
>   CartTest.taxes:9 » NullPointer

  Tests run: 10, Failures: 0, Errors: 2, Skipped: 0
""",
    ),
    LogPattern(
        name="surefire.errors",
        kind=FailureKind.TEST,
        keywords=("[error] errors:",),
        start=r"\[ERROR\] Errors:$",
        body=_SUREFIRE_SUMMARY,
        end_before=_SUREFIRE_SUMMARY_ENDS,
        max_lines=30,
        confidence=Confidence.LIKELY,
        headline=_SUREFIRE_SUMMARY_HEAD,
        fingerprint=_SUREFIRE_SUMMARY_HEAD,
        example="""
> [ERROR] Errors:
! [ERROR]   CartTest.prices:8 IllegalState no price list
> second line of it
> [ERROR]   CartTest.taxes:9 » NullPointer
  [INFO]
  [ERROR] Tests run: 10, Failures: 0, Errors: 2, Skipped: 0
""",
    ),
    LogPattern(
        name="surefire.summary_line",
        kind=FailureKind.TEST,
        keywords=("[error] ",),
        start=r"\[ERROR\] {3}(?:Run \d{1,3}: )?[A-Z][\w$]{2,200}(?:>|\.)[\w$.>]{1,300}:\d{1,6}(?: |->)",
        confidence=Confidence.LIKELY,
        body=r"\[ERROR\] {3}(?:Run \d{1,3}: )?[A-Z][\w$]{2,200}(?:>|\.)[\w$.>]{1,300}:\d{1,6}(?: |->)",
        fingerprint=r"^\[ERROR\] ",
        example="""
! [ERROR]   Run 1: CartTest.total:12 expected: <8> but was: <7>
> [ERROR]   Run 2: CartTest.total:12 expected: <8> but was: <7>
  [INFO]
""",
    ),
    LogPattern(
        name="surefire.total",
        kind=FailureKind.TEST,
        keywords=("failures: ",),
        start=r"(?:\[(?:ERROR|WARNING)\] )?Tests run: \d{1,7}, Failures: \d{1,7}, Errors: \d{1,7}, Skipped: \d{1,7}$",
        confidence=Confidence.SYMPTOM,
        example="! [ERROR] Tests run: 10, Failures: 1, Errors: 0, Skipped: 0",
    ),
)

# Tests under Gradle: JUnit, TestNG, Spock, Kotlin, Android.

_GRADLE_TEST_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_GRADLE_TEST_SAYS = (
    r"^\s{1,8}(?!\S{1,100}(?:AssertionError|ComparisonFailure|AssertionFailedError): expected ?(?::|<|\[))"
    + _GRADLE_TEST_TYPE
    + r": \S"
)
_GRADLE_TEST_NAMES = r" FAILED$|^\s{1,8}(?:Caused by: )?" + _GRADLE_TEST_TYPE + r"(?:: | at |$)"

_GRADLE_TEST = (
    LogPattern(
        name="gradle-test.failed",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r"(?!> Task)[^>\s][^>]{0,300} > .{0,1000} FAILED(?: \([\d.]{1,8}m?s\))?$",
        body=r"\s{4,80}\S|\t{1,8}\S|$",
        max_lines=40,
        headline=_GRADLE_TEST_SAYS,
        fingerprint=_GRADLE_TEST_NAMES,
        example="""
  com.shop.TillTest > opens PASSED

! com.shop.CartTest > total FAILED
>     org.junit.ComparisonFailure: expected:<[8]> but was:<[7]>
>         at com.shop.CartTest.total(CartTest.java:12)

> CartTest > prices() FAILED
!     java.lang.IllegalStateException: no price list
>         at com.shop.CartTest.prices(CartTest.java:19)

  2 tests completed, 2 failed
""",
    ),
    LogPattern(
        name="gradle-test.completed",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=r"\d{1,7} tests? completed, \d{1,7} failed",
        confidence=Confidence.SYMPTOM,
        example="! 2 tests completed, 1 failed",
    ),
)

# The runners of JUnit, TestNG and Ant.

_JVM_TEST_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_JVM_TEST_ANT_ENDS = r"\s{0,12}\[junit\d?\] (?:Testcase: |Test |Running |Testsuite: |-{5})"

_JVM_TEST = (
    LogPattern(
        name="ant-junit.error",
        kind=FailureKind.TEST,
        keywords=("caused an error",),
        start=r"\s{0,12}\[junit\d?\] \s{0,8}Caused an ERROR$",
        context_before=r"\s{0,12}\[junit\d?\] Testcase: ",
        max_context=1,
        body=r"\s{0,12}\[junit\d?\](?: |$)",
        end_before=_JVM_TEST_ANT_ENDS,
        max_lines=40,
        headline=r"\[junit\d?\] " + _JVM_TEST_TYPE + r": \S",
        fingerprint=r"Testcase: |\[junit\d?\] " + _JVM_TEST_TYPE + r"(?:: |$)",
        example="""
      [junit] Testcase: opens took 0.001 sec
>     [junit] Testcase: total took 0.012 sec
>     [junit] 	Caused an ERROR
>     [junit] no price list
!     [junit] java.lang.IllegalStateException: no price list
>     [junit] 	at com.shop.CartTest.total(CartTest.java:12)
      [junit] Test com.shop.CartTest Caused an ERROR
""",
    ),
)

# ScalaTest, specs2, munit, JUnit under sbt, and the recap of sbt.

_SCALA_TEST_LEVEL = r"(?:\[(?:info|error)\] )?"
_SCALA_TEST_INDENTED = _SCALA_TEST_LEVEL + r"\s{2,60}(?![-+x!] )\S"

_SCALA_TEST = (
    LogPattern(
        name="scalatest.failed",
        kind=FailureKind.TEST,
        keywords=("*** failed ***",),
        start=_SCALA_TEST_LEVEL + r"\s{0,60}\S.{0,800} \*{3} FAILED \*{3}(?: \(.{1,40}\))?$",
        end=_SCALA_TEST_LEVEL + r"\s{2,60}(?!at |\.\.\.)\S.{0,1500}\([\w$-]{1,100}\.scala:\d{1,6}\)$",
        body=_SCALA_TEST_INDENTED,
        max_lines=30,
        fingerprint=r"\*{3} FAILED|^\S{0,8}\s{2,60}(?!at |\.\.\.)\S",
        example="""
  [info] - should be empty
! [info] - should have a total *** FAILED ***
> [info]   7 was not equal to 8 (CartSpec.scala:12)
! [info] - should have prices *** FAILED *** (12 milliseconds)
> [info]   java.lang.IllegalStateException: no price list
> [info]   at shop.CartSpec.prices(CartSpec.scala:19)
> [info]   ...
  [info] - should have taxes
""",
    ),
    LogPattern(
        name="scalatest.count",
        kind=FailureKind.TEST,
        keywords=("failed ***",),
        start=_SCALA_TEST_LEVEL + r"\*{3} \d{1,6} (?:TESTS?|SUITES?) (?:FAILED|ABORTED) \*{3}$",
        confidence=Confidence.SYMPTOM,
        example="! [info] *** 2 TESTS FAILED ***",
    ),
    LogPattern(
        name="sbt-test.recap",
        kind=FailureKind.TEST,
        keywords=("[error] failed tests:",),
        start=r"\[error\] Failed tests:$",
        body=r"\[error\] \s{1,8}\S",
        confidence=Confidence.SYMPTOM,
        headline=r"^\[error\] \s",
        fingerprint=r"^\[error\] \s",
        example="""
> [error] Failed tests:
! [error] 	shop.CartSpec
  [error] (Test / test) unsuccessful
""",
    ),
    LogPattern(
        name="sbt-test.total",
        kind=FailureKind.TEST,
        keywords=("failed: total",),
        start=r"\[error\] (?:Failed|Error): Total \d",
        confidence=Confidence.SYMPTOM,
        example="! [error] Failed: Total 5, Failed 1, Errors 0, Passed 4",
    ),
)

PATTERNS = (
    *_SUREFIRE,
    *_GRADLE_TEST,
    *_JVM_TEST,
    *_SCALA_TEST,
)
