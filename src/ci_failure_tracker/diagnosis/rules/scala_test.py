"""ScalaTest, specs2, munit, JUnit under sbt, and sbt's recap."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LEVEL = r"(?:\[(?:info|error)\] )?"
_INDENTED = _LEVEL + r"\s{2,60}(?![-+x!] )\S"

RULES = (
    Rule(
        name="scalatest.failed",
        keywords=("*** failed ***",),
        opens=_LEVEL + r"\s{0,60}\S.{0,800} \*{3} FAILED \*{3}(?: \(.{1,40}\))?$",
        closes=_LEVEL + r"\s{2,60}(?!at |\.\.\.)\S.{0,1500}\([\w$-]{1,100}\.scala:\d{1,6}\)$",
        through=_INDENTED,
        most=30,
        names=r"\*{3} FAILED|^\S{0,8}\s{2,60}(?!at |\.\.\.)\S",
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
    Rule(
        name="scalatest.aborted",
        keywords=("*** aborted ***",),
        opens=_LEVEL + r"\s{0,60}\S.{0,800} \*{3} ABORTED \*{3}",
        through=_INDENTED,
        most=30,
        headline=r"^\S{0,8}\s{2,60}[\w.]{1,200}(?:Exception|Error): \S",
        example="""
> [info] shop.CartSpec *** ABORTED ***
! [info]   java.lang.IllegalStateException: no database
> [info]   at shop.CartSpec.start(CartSpec.scala:8)
  [info] Run completed in 12 milliseconds.
""",
    ),
    Rule(
        name="scalatest.count",
        keywords=("failed ***",),
        opens=_LEVEL + r"\*{3} \d{1,6} (?:TESTS?|SUITES?) (?:FAILED|ABORTED) \*{3}$",
        rank=Rank.SYMPTOM,
        example="""
! [info] *** 2 TESTS FAILED ***
""",
    ),
    Rule(
        name="specs2.failed",
        keywords=("[error] ",),
        opens=r"\[error\] {1,40}[x!] \S",
        through=r"\[error\] {2,60}(?![x!+] )\S|\[error\] [\w.]{1,200}(?:Exception|Error): ",
        most=20,
        names=r"^\[error\] {1,40}\S",
        example="""
  [info]   + be empty
! [error]   x have a total
> [error]    7 != 8 (CartSpec.scala:12)
! [error]   ! have prices
> [error]    IllegalStateException: no price list (CartSpec.scala:19)
  [info] Total for specification CartSpec
""",
    ),
    Rule(
        name="munit.fail",
        keywords=("fail", "exception", "error"),
        opens=_LEVEL + r"==> X \S",
        through=r".{0,1999}$",
        until=r"\[(?:info|warn)\]|" + _LEVEL + r"(?:==> |\s{2}\+ |\S{1,200}:$|Passed: |Failed: )|Execution took",
        most=25,
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
    Rule(
        name="sbt-test.junit",
        keywords=("failed: ",),
        opens=r"\[error\] Test \S{1,400} (?:failed|FAILED): ",
        through=r"\[error\] {2,20}(?:at |\.\.\.)|\[error\] Caused by: ",
        most=20,
        example="""
! [error] Test shop.CartTest.total failed: java.lang.AssertionError: expected:<8> but was:<7>, took 0.012 sec
> [error]     at shop.CartTest.total(CartTest.scala:12)
> [error]     ...
  [info] Test run finished: 1 failed, 0 ignored, 2 total, 0.05s
""",
    ),
    Rule(
        name="sbt-test.recap",
        keywords=("[error] failed tests:",),
        opens=r"\[error\] Failed tests:$",
        through=r"\[error\] \s{1,8}\S",
        rank=Rank.RECAP,
        headline=r"^\[error\] \s",
        names=r"^\[error\] \s",
        example="""
> [error] Failed tests:
! [error] 	shop.CartSpec
  [error] (Test / test) unsuccessful
""",
    ),
    Rule(
        name="sbt-test.recap_errors",
        keywords=("[error] error during tests:",),
        opens=r"\[error\] Error during tests:$",
        through=r"\[error\] \s{1,8}\S",
        rank=Rank.RECAP,
        headline=r"^\[error\] \s",
        names=r"^\[error\] \s",
        example="""
> [error] Error during tests:
! [error] 	shop.CartSpec
  [error] (Test / test) unsuccessful
""",
    ),
    Rule(
        name="sbt-test.total",
        keywords=("failed: total",),
        opens=r"\[error\] (?:Failed|Error): Total \d",
        rank=Rank.SYMPTOM,
        example="""
! [error] Failed: Total 5, Failed 1, Errors 0, Passed 4
""",
    ),
    Rule(
        name="sbt-test.passed",
        keywords=("failed 0, errors 0",),
        opens=r"\[info\] Passed: Total \d",
        rank=Rank.NOISE,
        example="""
! [info] Passed: Total 5, Failed 0, Errors 0, Passed 5
""",
    ),
)
