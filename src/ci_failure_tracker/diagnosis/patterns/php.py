"""PHP: Composer, PHPUnit, linters."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Composer.

_COMPOSER = (
    LogPattern(
        name="composer.requirements",
        kind=FailureKind.DEPENDENCY,
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
        example="! Script @php artisan harvest handling the post-autoload-dump event returned with error code 1",
    ),
    LogPattern(
        name="composer.lock",
        kind=FailureKind.DEPENDENCY,
        keywords=("lock file is not up to date",),
        start=r"(?:- |Warning: )?The lock file is not up to date",
        example="""
  # Lock file errors
! - The lock file is not up to date with the latest changes in composer.json
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
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
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
        name="phpunit.risky",
        kind=FailureKind.TEST,
        keywords=(" risky test",),
        start=r"There (?:was|were) \d{1,6} risky tests?:$",
        end_before=_PHPUNIT_ENDS + r"|OK, but",
        max_lines=30,
        headline=r"^This test ",
        confidence=Confidence.LIKELY,
        example="""
> There was 1 risky test:
>
> 1) CartTest::testRisky
! This test did not perform any assertions
>
> /srv/shop/tests/CartTest.php:9
  OK, but incomplete, skipped, or risky tests!
""",
    ),
    LogPattern(
        name="phpunit.asserting",
        kind=FailureKind.TEST,
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
        name="phpunit.total",
        kind=FailureKind.TEST,
        keywords=("failures!",),
        start=r"FAILURES!+$",
        body=r"Tests(?: run)?: {1,2}\d",
        confidence=Confidence.SYMPTOM,
        example="""
! FAILURES!
> Tests: 3, Assertions: 3, Failures: 1.
""",
    ),
)

# Linters of PHP: PHPStan, Psalm, PHP_CodeSniffer, and consoles that print boxes in the style of Symfony.


_PHP_LINTERS_ROW = r"\s{1,4}\d{1,6} {1,4}\| (?:ERROR|WARNING) {1,4}\|"

_PHP_LINTERS = (
    LogPattern(
        name="phpstan.found",
        kind=FailureKind.TYPE,
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
        name="phpcs.found",
        kind=FailureKind.LINT,
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
)

PATTERNS = (
    *_COMPOSER,
    *_PHPUNIT,
    *_PHP_LINTERS,
)
