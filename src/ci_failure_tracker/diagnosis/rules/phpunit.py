"""PHPUnit and what stands on it (Codeception, Pest), phpspec; JUnit 4's own runner, which prints as PHPUnit does."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ENDS = r"--$|FAILURES!|ERRORS!|There (?:was|were) \d|OK|Tests: \d|Tests run: \d|Time: |WARNINGS!|Generating code"
_TITLE = r"^\d{1,5}\) \S"
_SAID = r"^(?!There w|\d{1,5}\) |/|-|\s|Test |Step |[A-Z]:\\)\S"

RULES = (
    Rule(
        name="phpunit.failures",
        keywords=("failure",),
        opens=r"There (?:was|were) \d{1,6} failures?:$",
        until=_ENDS,
        most=40,
        headline=_TITLE,
        names=_TITLE,
        example="""
> There was 1 failure:
>
! 1) Shop\\\\CartTest::testTotal
> Failed asserting that 7 matches expected 8.
>
> /srv/shop/tests/CartTest.php:12
>
  FAILURES!
  Tests: 3, Assertions: 3, Failures: 1.
""",
    ),
    Rule(
        name="phpunit.errors",
        keywords=("error",),
        opens=r"There (?:was|were) \d{1,6} errors?:$",
        until=_ENDS,
        most=40,
        headline=_SAID,
        names=_TITLE + "|" + _SAID,
        example="""
> There was 1 error:
>
> 1) Shop\\\\CartTest::testPrices
! RuntimeException: no price list
>
> /srv/shop/tests/CartTest.php:19
>
  --
""",
    ),
    Rule(
        name="phpunit.asserting",
        keywords=("failed asserting that",),
        opens=r"Failed asserting that ",
        lead=r"\d{1,5}\) \S|(?!\d{1,5}\) |/|--)\S",
        lead_most=3,
        until=r"\d{1,5}\) \S|" + _ENDS,
        closes=r"(?:/|[A-Z]:\\)\S{1,400}:\d{1,6}$",
        most=20,
        names=r"^\d{1,5}\) \S",
        example="""
> 3) Shop\\\\CartTest::testBulk
! Failed asserting that false is true.
>
> /srv/shop/tests/CartTest.php:31
  OK
""",
    ),
    Rule(
        name="phpunit.testdox",
        keywords=("failed asserting that",),
        opens=r"\s{1,6}[│├┐┊] Failed asserting that ",
        lead=r"\s{1,6}[│├┐┊]|\s{1,4}[✘x✗] \S",
        lead_most=6,
        through=r"\s{1,6}[│├┐┊]",
        most=20,
        headline=r"^\s{1,4}[✘x✗] \S",
        names=r"^\s{1,4}[✘x✗] \S",
        example="""
   ✔ Opens
!  ✘ Total
>    │
>    │ Failed asserting that 7 matches expected 8.
>    │
>    │ /srv/shop/tests/CartTest.php:12
>    │

   ✔ Prices
""",
    ),
    Rule(
        name="phpunit.testdox_error",
        keywords=("error", "exception"),
        opens=r"\s{1,6}[│├┐┊] [\w\\]{0,200}(?:Error|Exception): ",
        lead=r"\s{1,6}[│├┐┊]|\s{1,4}[✘x✗] \S",
        lead_most=6,
        through=r"\s{1,6}[│├┐┊]",
        most=20,
        names=r"^\s{1,4}[✘x✗] \S|(?:Error|Exception): ",
        example="""
>  ✘ Prices
>    │
!    │ RuntimeError: no price list
>    │
>    │ /srv/shop/tests/CartTest.php:19

   ✔ Total
>  ✘ Prices
>    │
!    │ RuntimeException: no price list
>    │
>    │ /srv/shop/tests/CartTest.php:19

   ✔ Total
""",
    ),
    Rule(
        name="phpunit.total",
        keywords=("failures!",),
        opens=r"FAILURES!+$",
        through=r"Tests(?: run)?: {1,2}\d",
        rank=Rank.SYMPTOM,
        example="""
! FAILURES!
> Tests: 3, Assertions: 3, Failures: 1.
""",
    ),
    Rule(
        name="phpunit.total_errors",
        keywords=("errors!",),
        opens=r"ERRORS!$",
        through=r"Tests: \d",
        rank=Rank.SYMPTOM,
        example="""
! ERRORS!
> Tests: 3, Assertions: 3, Errors: 1.
""",
    ),
    Rule(
        name="pest.failed",
        keywords=("failed  ",),
        opens=r"\s{1,4}FAILED {2}\S.{0,400} > ",
        until=r"\s{1,4}[─-]{20}|\s{1,4}FAILED {2}\S|\s{1,4}Tests: ",
        most=30,
        example="""
    ──────────────────────────────────────────────────────────────
!    FAILED  Tests\\\\Unit\\\\CartTest > it has a total
>   Failed asserting that 7 is identical to 8.
>
>   at tests/Unit/CartTest.php:12
>       8▕ it('has a total', function () {
>   ➜  12▕     expect(total())->toBe(8);

    Tests:    1 failed, 2 passed (3 assertions)
""",
    ),
    Rule(
        name="phpspec.examples",
        keywords=("failed examples",),
        opens=r"-{2,4} {2}failed examples$",
        until=r"\d{1,6} specs?$|-{2,4} {2}\S",
        most=40,
        headline=r"^\s{6,12}(?:exception|expected|method|error) \S|^\s{6,12}\[",
        example="""
> ----  failed examples

>         Shop/Cart
>   12  ✘ has a total
!       expected [integer:8], but got [integer:7].

  1 specs
""",
    ),
)
