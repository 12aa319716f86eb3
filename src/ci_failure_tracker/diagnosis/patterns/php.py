"""PHP: Composer, PHPUnit, linters."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Composer.

_COMPOSER = (
    LogPattern(
        name="composer.requirements",
        keywords=("could not be resolved to an installable set",),
        start=r"\s{0,2}Your requirements could not be resolved to an installable set",
        body=r"$|\s{2,8}\S",
        max_lines=30,
        headline=r"^\s{4,8}- ",
        fingerprint=r"^\s{4,8}- ",
        example="""
> Your requirements could not be resolved to an installable set of packages.
>
>   Problem 1
!     - Root composer.json requires orchard/basket ^9.0 but it does not match the found versions.

  Potential causes:
""",
    ),
    LogPattern(
        name="composer.script",
        keywords=("returned with error code",),
        start=r"Script .{1,400} handling the .{1,100} event returned with error code",
        confidence=Confidence.SYMPTOM,
        example="""
! Script @php artisan harvest handling the post-autoload-dump event returned with error code 1
""",
    ),
    LogPattern(
        name="composer.exception",
        keywords=("exception]",),
        start=r"\s{2}\[[\w\\]{1,200}Exception\]$",
        body=r"\s{2}\S",
        max_lines=10,
        headline=r"^\s{2}(?!\[[\w\\]{1,200}Exception\]$)\S",
        confidence=Confidence.LIKELY,
        example="""
>   [InvalidArgumentException]
!   The basket.json is empty.

  require [--dev]
""",
    ),
    LogPattern(
        name="composer.place",
        keywords=("could not ",),
        start=r"\s{2}(?:Could not (?:find (?:a version of )?package|authenticate against|fetch|scan for classes)"
        r'|The "https?://\S{1,300}" file could not)',
        context_before=r"In \w{1,80}\.php line \d{1,6}:|$",
        max_context=2,
        body=r"\s{2}\S",
        max_lines=8,
        example="""
> In PackageDiscoveryTrait.php line 368:
>
!   Could not find package orchard/basket.
>   Did you mean this?

  require [--dev]
""",
    ),
)

# PHPUnit, Codeception, Pest, phpspec, and the runner of JUnit 4, which prints in the style of PHPUnit.

_PHPUNIT_ENDS = (
    r"--$|FAILURES!|ERRORS!|There (?:was|were) \d|OK|Tests: \d|Tests run: \d|Time: |WARNINGS!|Generating code"
)
_PHPUNIT_TITLE = r"^\d{1,5}\) \S"
_PHPUNIT_SAID = r"^(?!There w|\d{1,5}\) |/|-|\s|Test |Step |[A-Z]:\\)\S"

_PHPUNIT = (
    LogPattern(
        name="phpunit.failures",
        keywords=("failure",),
        start=r"There (?:was|were) \d{1,6} failures?:$",
        end_before=_PHPUNIT_ENDS,
        max_lines=40,
        headline=_PHPUNIT_TITLE,
        fingerprint=_PHPUNIT_TITLE,
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
    LogPattern(
        name="phpunit.errors",
        keywords=("error",),
        start=r"There (?:was|were) \d{1,6} errors?:$",
        end_before=_PHPUNIT_ENDS,
        max_lines=40,
        headline=_PHPUNIT_SAID,
        fingerprint=_PHPUNIT_TITLE + "|" + _PHPUNIT_SAID,
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
    LogPattern(
        name="phpunit.asserting",
        keywords=("failed asserting that",),
        start=r"Failed asserting that ",
        context_before=r"\d{1,5}\) \S|(?!\d{1,5}\) |/|--)\S",
        max_context=3,
        end_before=r"\d{1,5}\) \S|" + _PHPUNIT_ENDS,
        end=r"(?:/|[A-Z]:\\)\S{1,400}:\d{1,6}$",
        max_lines=20,
        fingerprint=r"^\d{1,5}\) \S",
        example="""
> 3) Shop\\\\CartTest::testBulk
! Failed asserting that false is true.
>
> /srv/shop/tests/CartTest.php:31
  OK
""",
    ),
    LogPattern(
        name="phpunit.testdox",
        keywords=("failed asserting that",),
        start=r"\s{1,6}[│├┐┊] Failed asserting that ",
        context_before=r"\s{1,6}[│├┐┊]|\s{1,4}[✘x✗] \S",
        max_context=6,
        body=r"\s{1,6}[│├┐┊]",
        max_lines=20,
        headline=r"^\s{1,4}[✘x✗] \S",
        fingerprint=r"^\s{1,4}[✘x✗] \S",
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
    LogPattern(
        name="phpunit.testdox_error",
        keywords=("error", "exception"),
        start=r"\s{1,6}[│├┐┊] [\w\\]{0,200}(?:Error|Exception): ",
        context_before=r"\s{1,6}[│├┐┊]|\s{1,4}[✘x✗] \S",
        max_context=6,
        body=r"\s{1,6}[│├┐┊]",
        max_lines=20,
        fingerprint=r"^\s{1,4}[✘x✗] \S|(?:Error|Exception): ",
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
    LogPattern(
        name="phpunit.total",
        keywords=("failures!",),
        start=r"FAILURES!+$",
        body=r"Tests(?: run)?: {1,2}\d",
        confidence=Confidence.SYMPTOM,
        example="""
! FAILURES!
> Tests: 3, Assertions: 3, Failures: 1.
""",
    ),
    LogPattern(
        name="phpunit.total_errors",
        keywords=("errors!",),
        start=r"ERRORS!$",
        body=r"Tests: \d",
        confidence=Confidence.SYMPTOM,
        example="""
! ERRORS!
> Tests: 3, Assertions: 3, Errors: 1.
""",
    ),
    LogPattern(
        name="pest.failed",
        keywords=("failed  ",),
        start=r"\s{1,4}FAILED {2}\S.{0,400} > ",
        end_before=r"\s{1,4}[─-]{20}|\s{1,4}FAILED {2}\S|\s{1,4}Tests: ",
        max_lines=30,
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
    LogPattern(
        name="phpspec.examples",
        keywords=("failed examples",),
        start=r"-{2,4} {2}failed examples$",
        end_before=r"\d{1,6} specs?$|-{2,4} {2}\S",
        max_lines=40,
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

# Linters of PHP: PHPStan, Psalm, PHP_CodeSniffer, and consoles that print boxes in the style of Symfony.

_PHP_LINTERS_ROW = r"\s{1,4}\d{1,6} {1,4}\| (?:ERROR|WARNING) {1,4}\|"
_PHP_LINTERS_PSALM = r"(?:ERROR|##\[error\]): [A-Z]\w{3,60} - \S{1,300}:\d{1,6}:\d{1,5}"

_PHP_LINTERS = (
    LogPattern(
        name="phpstan.found",
        keywords=("[error] found ",),
        start=r"\s{1,3}\[ERROR\] Found \d{1,6} errors?",
        context_before=r"\s{1,3}-{3,}|\s{1,3}(?:Line|:?\d{1,6}) {1,8}\S|\s{5,12}\S|$",
        max_context=60,
        headline=r"^\s{1,3}:?\d{1,6} {2,8}\S",
        fingerprint=r"^\s{1,3}:?\d{1,6} {2,8}\S",
        example="""
   30/30 [============================] 100%
>  ------ ----------------------------------------------
>   Line   src/Press.php
>  ------ ----------------------------------------------
!   31     Call to an undefined method Press::squeeze().
>  ------ ----------------------------------------------
>
>  [ERROR] Found 1 error
""",
    ),
    LogPattern(
        name="phpstan.raw",
        keywords=("undefined",),
        start=r"(?:/|[A-Z]:\\)?[^\s:]{1,300}\.php:\d{1,6}:\S",
        body=r"(?:/|[A-Z]:\\)?[^\s:]{1,300}\.php:\d{1,6}:\S",
        max_lines=30,
        example="""
! /srv/press/src/Press.php:31:Call to an undefined method Press::squeeze().
> /srv/press/src/Press.php:40:Method Press::turn() has no return type.
""",
    ),
    LogPattern(
        name="psalm.error",
        keywords=("error: ",),
        start=_PHP_LINTERS_PSALM,
        body=r"\s{2,200}\S|\S{1,300}:\d{1,6}:\d{1,5}|.{0,300}[;{})(,]$",
        end_before=_PHP_LINTERS_PSALM,
        max_lines=6,
        example="""
! ERROR: UndefinedMethod - src/Press.php:31:16 - Method Press::squeeze does not exist (see https://psalm.dev/022)
>         $this->squeeze($apple);

  ------------------------------
""",
    ),
    LogPattern(
        name="psalm.count",
        keywords=(" errors found",),
        start=r"[1-9]\d{0,6} errors found$",
        confidence=Confidence.RECAP,
        example="""
! 3 errors found
""",
    ),
    LogPattern(
        name="phpcs.found",
        keywords=(" error",),
        start=r"FOUND \d{1,6} ERRORS?\b",
        context_before=r"FILE: |-{20}|$",
        max_context=4,
        body=_PHP_LINTERS_ROW + r"|\s{1,12}\| {2,14}\| |-{20}",
        max_lines=40,
        headline=r"\| ERROR",
        fingerprint=r"\| ERROR",
        example="""
> FILE: /srv/press/src/Press.php
> ----------------------------------------------------------------------
> FOUND 1 ERROR AFFECTING 1 LINE
> ----------------------------------------------------------------------
!  31 | ERROR | [x] Line indented incorrectly; needs 8 spaces

  Time: 31ms; Memory: 6MB
""",
    ),
    LogPattern(
        name="php-lint.parsing",
        keywords=("errors parsing ",),
        start=r"Errors parsing \S",
        confidence=Confidence.SYMPTOM,
        example="""
! Errors parsing src/Press.php
""",
    ),
    LogPattern(
        name="php-lint.box",
        keywords=("[error] ",),
        start=r"\s{1,3}\[ERROR\] (?!Found \d)\S",
        body=r"\s{9,11}\S",
        max_lines=6,
        confidence=Confidence.LIKELY,
        example="""
!  [ERROR] The basket is empty; it needs
>          apples.
  done
""",
    ),
)

PATTERNS = (
    *_COMPOSER,
    *_PHPUNIT,
    *_PHP_LINTERS,
)
