"""Ginkgo, before and since version 2."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_NODES = (
    r"\[(?:It|BeforeEach|JustBeforeEach|AfterEach|JustAfterEach|BeforeSuite|AfterSuite|SynchronizedBeforeSuite"
    r"|SynchronizedAfterSuite|BeforeAll|AfterAll|Top Level|Measurement|DeferCleanup \(\w{1,40}\))\]"
)
_WORD = r"(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)"

RULES = (
    Rule(
        name="ginkgo.failed",
        keywords=("failed] [",),
        opens=r"(?:\S{1,2} )?\[" + _WORD + r"\] \[\d",
        until=r"-{20}|Summarizing \d|Ran \d|JUnit report",
        most=60,
        headline=_NODES,
        names=_NODES + r"|^\s{2}\[" + _WORD + r"\] ",
        example="""
  ------------------------------
> • [FAILED] [0.001 seconds]
! Basket when full [It] takes no more
> /srv/orchard/basket_test.go:12
>
>   [FAILED] Expected
>       <int>: 7
>   to equal
>       <int>: 8
>   In [It] at: /srv/orchard/basket_test.go:13 @ 01/02/24 10:00:00
  ------------------------------
""",
    ),
    Rule(
        name="ginkgo.panicked",
        keywords=("panicked] [",),
        opens=r"(?:\S{1,2} )?\[PANICKED\] \[\d",
        until=r"-{20}|Summarizing \d|Ran \d|JUnit report",
        most=60,
        headline=_NODES,
        example="""
> •! [PANICKED] [0.001 seconds]
! Basket when full [It] takes no more
> /srv/orchard/basket_test.go:12
>
>   [PANICKED] Test Panicked
>   In [It] at: /srv/orchard/basket_test.go:13 @ 01/02/24 10:00:00
  ------------------------------
""",
    ),
    Rule(
        name="ginkgo.failure",
        keywords=("failure",),
        opens=r"\S{1,2} Failure (?:in \S.{0,100})?\[\d",
        until=r"-{20}|Summarizing \d|Ran \d",
        most=60,
        headline=_NODES,
        example="""
> • Failure [0.001 seconds]
> Basket
> /srv/orchard/basket_test.go:10
!   takes no more [It]
>   /srv/orchard/basket_test.go:12
>
>   Expected
>       <int>: 7
>   to equal
>       <int>: 8
>
>   /srv/orchard/basket_test.go:13
  ------------------------------
""",
    ),
    Rule(
        name="ginkgo.panic",
        keywords=("panic",),
        opens=r"\S{1,2}! Panic (?:in \S.{0,100})?\[\d",
        until=r"-{20}|Summarizing \d|Ran \d",
        most=60,
        headline=_NODES,
        example="""
> •! Panic [0.001 seconds]
! takes no more [It]
> /srv/orchard/basket_test.go:12
>
>   Test Panicked
  ------------------------------
""",
    ),
    Rule(
        name="ginkgo.summary",
        keywords=("[fail] ",),
        opens=r"\s{0,4}\[(?:Fail|FAIL)\] \S",
        through=r"\s{0,4}\[(?:Fail|FAIL|Panic!|PANICKED!)\] \S|\s{0,4}(?:/|[A-Z]:\\)\S{1,300}:\d{1,6}$|$",
        rank=Rank.RECAP,
        example="""
  Summarizing 2 Failures:

! [Fail] Basket [It] takes no more
> /srv/orchard/basket_test.go:13

> [Fail] Basket [It] is empty
> /srv/orchard/basket_test.go:19

  Ran 1 of 1 Specs in 0.001 seconds
""",
    ),
    Rule(
        name="ginkgo.end",
        keywords=("fail! -- ",),
        opens=r"FAIL! -- \d",
        rank=Rank.SYMPTOM,
        example="""
! FAIL! -- 0 Passed | 1 Failed | 0 Pending | 0 Skipped
""",
    ),
    Rule(
        name="ginkgo.suite",
        keywords=("test suite failed",),
        opens=r"Test Suite Failed$",
        rank=Rank.SYMPTOM,
        example="""
! Test Suite Failed
""",
    ),
)
