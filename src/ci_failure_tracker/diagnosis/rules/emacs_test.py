"""ERT and Buttercup."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="ert.failed",
        keywords=("failed ",),
        opens=r"\s{3}FAILED {1,6}\d{1,5}/\d{1,5} {1,6}\S",
        lead=r"\s{4,60}\S|Test \S{1,300} condition:$",
        lead_most=20,
        names=r"^\s{3}FAILED |^\s{4}\(",
        example="""
    (cart-total)
> Test cart-total condition:
>     (ert-test-failed
>      ((should
>        (= 7 8))
>       :value nil))
!    FAILED  3/3  cart-total (0.000101 sec) at cart-test.el:5

  Ran 3 tests, 2 results as wanted, 1 not
""",
    ),
    Rule(
        name="ert.recap",
        keywords=("failed ",),
        opens=r"\s{3}FAILED {1,6}[a-z][\w/:+*-]{1,200}(?:$|  )",
        rank=Rank.RECAP,
        through=r"\s{3}FAILED {1,6}[a-z]",
        names=r"FAILED",
        example="""
!    FAILED  cart-prices
>    FAILED  cart-total
""",
    ),
    Rule(
        name="buttercup.failed",
        keywords=("failed: expected",),
        opens=r"FAILED: Expected ",
        example="""
  Traceback (most recent call last):
    buttercup-fail("%s" "said")
! FAILED: Expected `(total)' to be `equal' to `8', but instead it was `7'.

  Ran 3 specs, 1 not well, in 13.94ms.
""",
    ),
)
