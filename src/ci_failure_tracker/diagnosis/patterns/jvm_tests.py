"""Tests on the JVM: Surefire, Gradle, JUnit, TestNG, Scala, Clojure."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

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
        keywords=("<<< failure!",),
        start=r"(?:\[ERROR\] {1,2})?Tests run: \d.{0,300} <<< FAILURE!",
        confidence=Confidence.RECAP,
        example="""
! Tests run: 9, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.13 sec <<< FAILURE! - in com.shop.CartTest
""",
    ),
    LogPattern(
        name="surefire.class_error",
        keywords=("<<< error!",),
        start=r"(?:\[ERROR\] {1,2})?Tests run: \d.{0,300} <<< ERROR!",
        confidence=Confidence.RECAP,
        example="""
! Tests run: 9, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.13 sec <<< ERROR! - in com.shop.CartTest
""",
    ),
    LogPattern(
        name="surefire.failed_tests",
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
        name="surefire.failures",
        keywords=("[error] failures:",),
        start=r"\[ERROR\] Failures:$",
        body=_SUREFIRE_SUMMARY,
        end_before=_SUREFIRE_SUMMARY_ENDS,
        max_lines=30,
        confidence=Confidence.LIKELY,
        headline=_SUREFIRE_SUMMARY_HEAD,
        fingerprint=_SUREFIRE_SUMMARY_HEAD,
        example="""
  [INFO] Results:
  [INFO]
> [ERROR] Failures:
! [ERROR]   CartTest.total:12 expected: <8> but was: <7>
  [ERROR] Tests run: 10, Failures: 1, Errors: 0, Skipped: 0
""",
    ),
    LogPattern(
        name="surefire.errors",
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
        name="surefire.crashed",
        keywords=("crashed tests:",),
        start=r"\[ERROR\] Crashed tests:$",
        body=r"\[ERROR\] [\w$.]{3,300}$",
        max_lines=10,
        headline=r"^\[ERROR\] [\w$.]{3,300}$",
        example="""
> [ERROR] Crashed tests:
! [ERROR] com.shop.CartTest
  [ERROR] org.apache.maven.surefire.booter.SurefireBooterForkException: The forked VM ended
""",
    ),
    LogPattern(
        name="surefire.total",
        keywords=("failures: ",),
        start=r"(?:\[(?:ERROR|WARNING)\] )?Tests run: \d{1,7}, Failures: \d{1,7}, Errors: \d{1,7}, Skipped: \d{1,7}$",
        confidence=Confidence.SYMPTOM,
        example="""
! [ERROR] Tests run: 10, Failures: 1, Errors: 0, Skipped: 0
""",
    ),
    LogPattern(
        name="surefire.none",
        keywords=("failures: 0, errors: 0",),
        start=r"(?:\[\w{4,7}\] )?Tests run: \d{1,7}, Failures: 0, Errors: 0",
        confidence=Confidence.NOISE,
        example="""
! [INFO] Tests run: 10, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in com.shop.FailureTest
""",
    ),
    LogPattern(
        name="surefire.running",
        keywords=("error", "fail", "exception"),
        start=r"(?:\[INFO\] )?Running [\w.$]{3,300}$",
        confidence=Confidence.NOISE,
        example="""
! Running com.shop.ErrorTest
! Running com.shop.FailTest
! Running com.shop.ExceptionTest
""",
    ),
    LogPattern(
        name="surefire.are_failures",
        keywords=("there are test failures",),
        start=r"(?:\[\w{4,7}\] )?There are test failures",
        confidence=Confidence.SYMPTOM,
        example="""
! [ERROR] There are test failures.
""",
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
_GRADLE_TEST_EVENT = (
    r"[^>]{1,300} > .{0,1000} (?:PASSED|SKIPPED|STARTED|STANDARD_OUT|STANDARD_ERROR|SUCCESSFUL)(?: \(.{1,20}\))?$"
)

_GRADLE_TEST = (
    LogPattern(
        name="gradle-test.failed",
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
        name="gradle-test.of_class",
        keywords=(" failed",),
        start=r"(?:[\w$-]{1,80}\.){1,12}[\w$-]{1,80}(?:\[[\w, ]{1,40}\])? FAILED$",
        body=r"\s{4,80}\S|$",
        max_lines=30,
        confidence=Confidence.LIKELY,
        headline=r"^\s{4,8}\S{1,200}(?:Error|Exception): \S",
        fingerprint=_GRADLE_TEST_NAMES,
        example="""
> com.shop.CartTest.total[jvm] FAILED
!     kotlin.IllegalStateException: no price list
>         at com.shop.CartTest.total(CartTest.kt:12)

  2 tests completed, 1 failed
""",
    ),
    LogPattern(
        name="gradle-test.event",
        keywords=("error", "fail", "exception", "invalid", "missing"),
        start=_GRADLE_TEST_EVENT,
        confidence=Confidence.NOISE,
        example="""
! com.shop.CartTest > reportsError PASSED
! com.shop.CartTest > reportsFail PASSED
! com.shop.CartTest > reportsException PASSED
! com.shop.CartTest > reportsInvalid PASSED
! com.shop.CartTest > reportsMissing PASSED
""",
    ),
    LogPattern(
        name="gradle-test.completed",
        keywords=(" failed",),
        start=r"\d{1,7} tests? completed, \d{1,7} failed",
        confidence=Confidence.SYMPTOM,
        example="""
! 2 tests completed, 1 failed
""",
    ),
)

# The runners of JUnit, TestNG and Ant.

_JVM_TEST_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_JVM_TEST_FRAME = r"\s{1,20}at |\s{0,20}\.{3} ?(?:\d+ )?(?:more|removed)|\s{0,20}Caused by: "
_JVM_TEST_ANT_ENDS = r"\s{0,12}\[junit\d?\] (?:Testcase: |Test |Running |Testsuite: |-{5})"

_JVM_TEST = (
    LogPattern(
        name="testng.failed",
        keywords=("failed",),
        confidence=Confidence.LIKELY,
        start=r"FAILED(?: CONFIGURATION)?: (?:@\w{1,40} )?[\w.$]{1,300}(?:\(.{0,300}\))?$",
        body=_JVM_TEST_TYPE + r"(?:: |$)|" + _JVM_TEST_FRAME + r"|\s{2,20}\S",
        max_lines=30,
        headline=r"^" + _JVM_TEST_TYPE + r": \S",
        fingerprint=r"^FAILED|^" + _JVM_TEST_TYPE + r"(?:: |$)",
        example="""
  PASSED: opens
> FAILED: total
! java.lang.AssertionError: expected [8] but found [7]
> 	at com.shop.CartTest.total(CartTest.java:12)

  ===============================================
""",
    ),
    LogPattern(
        name="junit-console.failures",
        keywords=("failures (",),
        start=r"(?:Test )?[Ff]ailures \(\d{1,6}\):$",
        body=r"\s{2}\S|\s{4,40}\S|\t",
        end_before=r"Test run finished",
        headline=r"^\s{4}=> ",
        fingerprint=r"^\s{4}=> |^\s{2}\w",
        example="""
> Failures (1):
>   JUnit Jupiter:CartTest:total()
>     MethodSource [className = 'com.shop.CartTest', methodName = 'total', methodParameterTypes = '']
!     => org.opentest4j.AssertionFailedError: expected: <8> but was: <7>
>        com.shop.CartTest.total(CartTest.java:12)

  Test run finished after 112 ms
""",
    ),
    LogPattern(
        name="ant-junit.failed",
        keywords=("failed",),
        start=r"\s{0,12}\[junit\d?\] \s{0,8}FAILED$",
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
>     [junit] 	FAILED
>     [junit] no price list
!     [junit] java.lang.IllegalStateException: no price list
>     [junit] 	at com.shop.CartTest.total(CartTest.java:12)
      [junit] Test com.shop.CartTest FAILED
""",
    ),
    LogPattern(
        name="ant-junit.error",
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
    LogPattern(
        name="ant-junit.class",
        keywords=(" failed",),
        start=r"\s{0,12}\[junit\d?\] Test \S{1,300} FAILED$",
        confidence=Confidence.RECAP,
        example="""
! [junit] Test com.shop.CartTest FAILED
""",
    ),
)

# ScalaTest, specs2, munit, JUnit under sbt, and the recap of sbt.

_SCALA_TEST_LEVEL = r"(?:\[(?:info|error)\] )?"
_SCALA_TEST_INDENTED = _SCALA_TEST_LEVEL + r"\s{2,60}(?![-+x!] )\S"

_SCALA_TEST = (
    LogPattern(
        name="scalatest.failed",
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
        name="scalatest.aborted",
        keywords=("*** aborted ***",),
        start=_SCALA_TEST_LEVEL + r"\s{0,60}\S.{0,800} \*{3} ABORTED \*{3}",
        body=_SCALA_TEST_INDENTED,
        max_lines=30,
        headline=r"^\S{0,8}\s{2,60}[\w.]{1,200}(?:Exception|Error): \S",
        example="""
> [info] shop.CartSpec *** ABORTED ***
! [info]   java.lang.IllegalStateException: no database
> [info]   at shop.CartSpec.start(CartSpec.scala:8)
  [info] Run completed in 12 milliseconds.
""",
    ),
    LogPattern(
        name="scalatest.count",
        keywords=("failed ***",),
        start=_SCALA_TEST_LEVEL + r"\*{3} \d{1,6} (?:TESTS?|SUITES?) (?:FAILED|ABORTED) \*{3}$",
        confidence=Confidence.SYMPTOM,
        example="""
! [info] *** 2 TESTS FAILED ***
""",
    ),
    LogPattern(
        name="specs2.failed",
        keywords=("[error] ",),
        start=r"\[error\] {1,40}[x!] \S",
        body=r"\[error\] {2,60}(?![x!+] )\S|\[error\] [\w.]{1,200}(?:Exception|Error): ",
        max_lines=20,
        fingerprint=r"^\[error\] {1,40}\S",
        example="""
  [info]   + be empty
! [error]   x have a total
> [error]    7 != 8 (CartSpec.scala:12)
! [error]   ! have prices
> [error]    IllegalStateException: no price list (CartSpec.scala:19)
  [info] Total for specification CartSpec
""",
    ),
    LogPattern(
        name="munit.fail",
        keywords=("fail", "exception", "error"),
        start=_SCALA_TEST_LEVEL + r"==> X \S",
        body=r".{0,1999}$",
        end_before=r"\[(?:info|warn)\]|"
        + _SCALA_TEST_LEVEL
        + r"(?:==> |\s{2}\+ |\S{1,200}:$|Passed: |Failed: )|Execution took",
        max_lines=25,
        example="""
! ==> X shop.CartSuite.total  0.051s munit.FailSaid: /srv/shop/CartSuite.scala:5
> 4:  test("total") {
> 5:    assertEquals(7, 8)
> values are not the same
>     at munit.Assertions.failComparison(Assertions.scala:274)
    + prices 0.001s
! ==> X shop.CartSuite.total  0.051s munit.ExceptionSaid: /srv/shop/CartSuite.scala:5
> 4:  test("total") {
> 5:    assertEquals(7, 8)
> values are not the same
>     at munit.Assertions.failComparison(Assertions.scala:274)
    + prices 0.001s
! ==> X shop.CartSuite.total  0.051s munit.ErrorSaid: /srv/shop/CartSuite.scala:5
> 4:  test("total") {
> 5:    assertEquals(7, 8)
> values are not the same
>     at munit.Assertions.failComparison(Assertions.scala:274)
    + prices 0.001s
""",
    ),
    LogPattern(
        name="sbt-test.junit",
        keywords=("failed: ",),
        start=r"\[error\] Test \S{1,400} (?:failed|FAILED): ",
        body=r"\[error\] {2,20}(?:at |\.\.\.)|\[error\] Caused by: ",
        max_lines=20,
        example="""
! [error] Test shop.CartTest.total failed: java.lang.AssertionError: expected:<8> but was:<7>, took 0.012 sec
> [error]     at shop.CartTest.total(CartTest.scala:12)
> [error]     ...
  [info] Test run finished: 1 failed, 0 ignored, 2 total, 0.05s
""",
    ),
    LogPattern(
        name="sbt-test.recap",
        keywords=("[error] failed tests:",),
        start=r"\[error\] Failed tests:$",
        body=r"\[error\] \s{1,8}\S",
        confidence=Confidence.RECAP,
        headline=r"^\[error\] \s",
        fingerprint=r"^\[error\] \s",
        example="""
> [error] Failed tests:
! [error] 	shop.CartSpec
  [error] (Test / test) unsuccessful
""",
    ),
    LogPattern(
        name="sbt-test.recap_errors",
        keywords=("[error] error during tests:",),
        start=r"\[error\] Error during tests:$",
        body=r"\[error\] \s{1,8}\S",
        confidence=Confidence.RECAP,
        headline=r"^\[error\] \s",
        fingerprint=r"^\[error\] \s",
        example="""
> [error] Error during tests:
! [error] 	shop.CartSpec
  [error] (Test / test) unsuccessful
""",
    ),
    LogPattern(
        name="sbt-test.total",
        keywords=("failed: total",),
        start=r"\[error\] (?:Failed|Error): Total \d",
        confidence=Confidence.SYMPTOM,
        example="""
! [error] Failed: Total 5, Failed 1, Errors 0, Passed 4
""",
    ),
    LogPattern(
        name="sbt-test.passed",
        keywords=("failed 0, errors 0",),
        start=r"\[info\] Passed: Total \d",
        confidence=Confidence.NOISE,
        example="""
! [info] Passed: Total 5, Failed 0, Errors 0, Passed 5
""",
    ),
)

# clojure.test, also under Leiningen, kaocha and eftest, and midje.

_CLOJURE_TEST_ENDS = (
    r"(?:FAIL|ERROR) in \(|Ran \d|lein test |Testing \S|Tests failed|\d{1,6} (?:tests|failures), |╭|=+ "
)

_CLOJURE_TEST = (
    LogPattern(
        name="clojure-test.fail",
        keywords=("fail in ",),
        start=r"FAIL in \(?\S{1,300}\)? ?\(\S{1,300}:\d{1,6}\)$",
        end_before=_CLOJURE_TEST_ENDS,
        max_lines=14,
        fingerprint=r"^(?:FAIL|ERROR) in |^\s{0,2}actual: [\w.$]{1,200}(?:Exception|Error)",
        example="""
! FAIL in (total-test) (cart_test.clj:7)
> total of the cart
> expected: (= 8 (total))
>   actual: (not (= 8 7))

  Ran 3 tests containing 3 assertions.
""",
    ),
    LogPattern(
        name="clojure-test.error",
        keywords=("error in ",),
        priority=1,  # before frontend.webpack
        start=r"ERROR in \(?\S{1,300}\)? ?\(\S{1,300}:\d{1,6}\)$",
        end_before=_CLOJURE_TEST_ENDS,
        max_lines=14,
        headline=r"^\s{0,2}actual: [\w.$]{1,200}(?:Exception|Error): \S",
        fingerprint=r"^(?:FAIL|ERROR) in |^\s{0,2}actual: [\w.$]{1,200}(?:Exception|Error)",
        example="""
> ERROR in (prices-test) (cart_test.clj:9)
> Uncaught exception, not in assertion.
> expected: nil
!   actual: java.lang.Exception: no price list
>  at shop.cart_test$fn.invoke (cart_test.clj:9)

  Ran 3 tests containing 3 assertions.
""",
    ),
    LogPattern(
        name="midje.fail",
        keywords=("fail ",),
        start=r"FAIL (?:\".{0,400}\" )?at \(\S{1,200}:\d{1,6}\)$",
        body=r"\s{2,20}\S|Expected|Actual",
        max_lines=12,
        example="""
! FAIL "total of the cart" at (cart_test.clj:7)
>     Expected: 8
>       Actual: 7

""",
    ),
    LogPattern(
        name="clojure-test.count",
        keywords=("failures, ",),
        start=r"(?:[1-9]\d{0,6} failures?, \d{1,6} errors?|\d{1,6} failures, [1-9]\d{0,6} errors?)\.?$",
        confidence=Confidence.SYMPTOM,
        example="""
! 1 failures, 1 errors.
""",
    ),
    LogPattern(
        name="clojure-test.none",
        keywords=("0 failures, 0 errors",),
        start=r"0 failures, 0 errors\.?$",
        confidence=Confidence.NOISE,
        example="""
! 0 failures, 0 errors.
""",
    ),
    LogPattern(
        name="clojure-test.lein",
        keywords=("tests failed.",),
        start=r"Tests failed\.$",
        confidence=Confidence.SYMPTOM,
        example="""
! Tests failed.
""",
    ),
)

PATTERNS = (
    *_SUREFIRE,
    *_GRADLE_TEST,
    *_JVM_TEST,
    *_SCALA_TEST,
    *_CLOJURE_TEST,
)
