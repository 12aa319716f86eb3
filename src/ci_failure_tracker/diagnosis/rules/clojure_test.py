"""clojure.test, also under Leiningen, kaocha and eftest; midje."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ENDS = r"(?:FAIL|ERROR) in \(|Ran \d|lein test |Testing \S|Tests failed|\d{1,6} (?:tests|failures), |╭|=+ "

RULES = (
    Rule(
        name="clojure-test.fail",
        keywords=("fail in ",),
        opens=r"FAIL in \(?\S{1,300}\)? ?\(\S{1,300}:\d{1,6}\)$",
        until=_ENDS,
        most=14,
        names=r"^(?:FAIL|ERROR) in |^\s{0,2}actual: [\w.$]{1,200}(?:Exception|Error)",
        example="""
! FAIL in (total-test) (cart_test.clj:7)
> total of the cart
> expected: (= 8 (total))
>   actual: (not (= 8 7))

  Ran 3 tests containing 3 assertions.
""",
    ),
    Rule(
        name="clojure-test.error",
        keywords=("error in ",),
        priority=1,  # before frontend.webpack
        opens=r"ERROR in \(?\S{1,300}\)? ?\(\S{1,300}:\d{1,6}\)$",
        until=_ENDS,
        most=14,
        headline=r"^\s{0,2}actual: [\w.$]{1,200}(?:Exception|Error): \S",
        names=r"^(?:FAIL|ERROR) in |^\s{0,2}actual: [\w.$]{1,200}(?:Exception|Error)",
        example="""
> ERROR in (prices-test) (cart_test.clj:9)
> Uncaught exception, not in assertion.
> expected: nil
!   actual: java.lang.Exception: no price list
>  at shop.cart_test$fn.invoke (cart_test.clj:9)

  Ran 3 tests containing 3 assertions.
""",
    ),
    Rule(
        name="midje.fail",
        keywords=("fail ",),
        opens=r"FAIL (?:\".{0,400}\" )?at \(\S{1,200}:\d{1,6}\)$",
        through=r"\s{2,20}\S|Expected|Actual",
        most=12,
        example="""
! FAIL "total of the cart" at (cart_test.clj:7)
>     Expected: 8
>       Actual: 7

""",
    ),
    Rule(
        name="clojure-test.count",
        keywords=("failures, ",),
        opens=r"(?:[1-9]\d{0,6} failures?, \d{1,6} errors?|\d{1,6} failures, [1-9]\d{0,6} errors?)\.?$",
        rank=Rank.SYMPTOM,
        example="""
! 1 failures, 1 errors.
""",
    ),
    Rule(
        name="clojure-test.none",
        keywords=("0 failures, 0 errors",),
        opens=r"0 failures, 0 errors\.?$",
        rank=Rank.NOISE,
        example="""
! 0 failures, 0 errors.
""",
    ),
    Rule(
        name="clojure-test.lein",
        keywords=("tests failed.",),
        opens=r"Tests failed\.$",
        rank=Rank.SYMPTOM,
        example="""
! Tests failed.
""",
    ),
)
