"""Ruby: Bundler, RSpec, Minitest, Cucumber, linters."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Bundler and RubyGems.

_BUNDLER = (
    LogPattern(
        name="bundler.versions",
        kind=FailureKind.DEPENDENCY,
        keywords=("could not find compatible versions",),
        start=r"(?:Bundler could not|Could not) find compatible versions",
        body=r"$|\s{2,8}\S|Because |And because |Thus|So,? because|and |\(\d|version solving",
        max_lines=40,
        headline=r"version solving has failed|^Bundler could not",
        example="""
! Bundler could not find compatible versions for gem "basket":
>   In Gemfile:
>     orchard was resolved to 1.0, which depends on
>       basket (> 9)
  done
""",
    ),
)

# minitest, test-unit, tests of Rails.

_MINITEST_NEXT = (
    r"\s{1,4}\d{1,5}\) (?:Failure|Error|Skipped):|(?:Failure|Error|Skipped):$|\d{1,7} (?:runs|tests|examples), "
    r"|Finished in |Run options:|Coverage report|You have skipped|[.EFS]{8,400}$"
)
_MINITEST_RERUN = r"(?:bin/)?rails test \S"

_MINITEST = (
    LogPattern(
        name="minitest.failure",
        kind=FailureKind.TEST,
        keywords=("failure:",),
        start=r"(?:\s{1,4}\d{1,5}\) )?Failure:$",
        end_before=_MINITEST_NEXT,
        end=_MINITEST_RERUN,
        max_lines=25,
        headline=r"^[A-Z][\w:]{0,200}#\S|^test_\S",
        fingerprint=r"^[A-Z][\w:]{0,200}#\S|^test_\S",
        example="""
>   1) Failure:
! CartTest#test_total [test/cart_test.rb:5]:
> Expected: 8
>   Actual: 7

> Failure:
! CartTest#test_bulk [/srv/shop/test/cart_test.rb:9]:
> Expected false to be truthy.


> rails test test/cart_test.rb:8

  3 runs, 3 assertions, 2 failures, 0 errors, 0 skips
""",
    ),
    LogPattern(
        name="minitest.total",
        kind=FailureKind.TEST,
        keywords=("failure",),
        start=r"\d{1,7} (?:runs|tests), \d{1,7} assertions, \d{1,7} failures, \d{1,7} errors",
        confidence=Confidence.SYMPTOM,
        example="""
! 3 runs, 3 assertions, 2 failures, 0 errors, 0 skips
""",
    ),
)

PATTERNS = (
    *_BUNDLER,
    *_MINITEST,
)
