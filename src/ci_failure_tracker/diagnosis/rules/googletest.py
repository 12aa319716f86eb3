"""GoogleTest, cmocka, and busted's output for it."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_FINE = r"\[(?: RUN      | {7}OK |----------|==========|  PASSED  |  SKIPPED )\]"

RULES = (
    Rule(
        name="googletest.failure",
        keywords=(": failure",),
        opens=r"(?:\S.{0,300}(?::\d{1,6}|\(\d{1,6}\))|unknown file): Failure$",
        lead=r"\[ RUN      \] ",
        lead_most=1,
        closes=r"\[  FAILED  \] ",
        until=r"\[[-=]{10}\]|\[ (?! FAILED )[ A-Z]{8} \]",
        most=30,
        headline=r"^\[  FAILED  \] |^C\+\+ exception with description ",
        names=r"^\[  FAILED  \] |^C\+\+ exception|^Value of: |^Expected",
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
    Rule(
        name="googletest.windows",
        keywords=("): error: ",),
        opens=r"\S.{0,300}\(\d{1,6}\): error: (?:Expected|Value of: |The difference between|Failed$|Death test: )",
        lead=r"\[ RUN      \] ",
        lead_most=1,
        closes=r"\[  FAILED  \] ",
        until=r"\[[-=]{10}\]|\[ (?! FAILED )[ A-Z]{8} \]",
        most=20,
        headline=r"^\[  FAILED  \] ",
        names=r"^\[  FAILED  \] ",
        example="""
> [ RUN      ] Cart.Total
> D:\\\\shop\\\\cart_test.cc(12): error: Expected equality of these values:
>   7
>   8
! [  FAILED  ] Cart.Total (0 ms)
""",
    ),
    Rule(
        name="googletest.failed",
        keywords=("[  failed  ] ",),
        opens=r"\[  FAILED  \] ",
        through=r"\[  FAILED  \] ",
        most=30,
        rank=Rank.RECAP,
        headline=r"^\[  FAILED  \] [^\s\d]",
        names=r"^\[  FAILED  \] [^\s\d]",
        example="""
> [  FAILED  ] 2 tests, listed below:
! [  FAILED  ] Cart.Total
> [  FAILED  ] Cart.Prices

   2 FAILED TESTS
""",
    ),
    Rule(
        name="googletest.count",
        keywords=("failed test",),
        opens=r"\s{1,4}\d{1,6} FAILED TESTS?$",
        rank=Rank.SYMPTOM,
        example="""
!  2 FAILED TESTS
""",
    ),
    Rule(
        name="googletest.fine",
        keywords=("error", "fail", "invalid", "exception"),
        opens=_FINE,
        rank=Rank.NOISE,
        example="""
! [       OK ] Cart.Errors (0 ms)
! [       OK ] Cart.Fails (0 ms)
! [       OK ] Cart.Invalids (0 ms)
! [       OK ] Cart.Exceptions (0 ms)
""",
    ),
    Rule(
        name="cmocka.error",
        keywords=("[  error   ] --- ",),
        opens=r"\[  ERROR   \] --- \S",
        through=r"\[  ERROR   \] |\[   LINE   \] ",
        closes=r"\[  FAILED  \] ",
        most=12,
        example="""
  [ RUN      ] test_total
! [  ERROR   ] --- 0x7 != 0x8
> [   LINE   ] --- cart_test.c:12: error: Failure!
> [  FAILED  ] test_total
  [==========] 1 test(s) run.
""",
    ),
)
