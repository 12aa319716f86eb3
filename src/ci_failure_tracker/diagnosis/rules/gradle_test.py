"""Tests under Gradle: JUnit, TestNG, Spock, Kotlin, Android."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_SAYS = (
    r"^\s{1,8}(?!\S{1,100}(?:AssertionError|ComparisonFailure|AssertionFailedError): expected ?(?::|<|\[))"
    + _TYPE
    + r": \S"
)
_NAMES = r" FAILED$|^\s{1,8}(?:Caused by: )?" + _TYPE + r"(?:: | at |$)"
_EVENT = r"[^>]{1,300} > .{0,1000} (?:PASSED|SKIPPED|STARTED|STANDARD_OUT|STANDARD_ERROR|SUCCESSFUL)(?: \(.{1,20}\))?$"

RULES = (
    Rule(
        name="gradle-test.failed",
        keywords=(" failed",),
        opens=r"(?!> Task)[^>\s][^>]{0,300} > .{0,1000} FAILED(?: \([\d.]{1,8}m?s\))?$",
        through=r"\s{4,80}\S|\t{1,8}\S|$",
        most=40,
        headline=_SAYS,
        names=_NAMES,
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
    Rule(
        name="gradle-test.of_class",
        keywords=(" failed",),
        opens=r"(?:[\w$-]{1,80}\.){1,12}[\w$-]{1,80}(?:\[[\w, ]{1,40}\])? FAILED$",
        through=r"\s{4,80}\S|$",
        most=30,
        rank=Rank.LIKELY,
        headline=r"^\s{4,8}\S{1,200}(?:Error|Exception): \S",
        names=_NAMES,
        example="""
> com.shop.CartTest.total[jvm] FAILED
!     kotlin.IllegalStateException: no price list
>         at com.shop.CartTest.total(CartTest.kt:12)

  2 tests completed, 1 failed
""",
    ),
    Rule(
        name="gradle-test.event",
        keywords=("error", "fail", "exception", "invalid", "missing"),
        opens=_EVENT,
        rank=Rank.NOISE,
        example="""
! com.shop.CartTest > reportsError PASSED
! com.shop.CartTest > reportsFail PASSED
! com.shop.CartTest > reportsException PASSED
! com.shop.CartTest > reportsInvalid PASSED
! com.shop.CartTest > reportsMissing PASSED
""",
    ),
    Rule(
        name="gradle-test.completed",
        keywords=(" failed",),
        opens=r"\d{1,7} tests? completed, \d{1,7} failed",
        rank=Rank.SYMPTOM,
        example="""
! 2 tests completed, 1 failed
""",
    ),
)
