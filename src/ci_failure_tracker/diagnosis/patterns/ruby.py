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
    LogPattern(
        name="bundler.frozen",
        kind=FailureKind.DEPENDENCY,
        keywords=("missing", "in deployment mode after changing", "in your gemfile changed", "is frozen"),
        start=r"(?:The (?:gemspecs|dependencies) .{1,200}|Your Gemfile lists) .{0,300}missing"
        r"|Your bundle .{1,100}missing"
        r"|The following gems are missing|You are trying to install in deployment mode after changing"
        r"|The (?:dependencies in your gemfile|list of sources|gemspecs for path gems) changed"
        r"|Some dependencies were deleted .{0,80}lockfile|The lockfile .{0,80} is frozen",
        body=r" ?\* |$|You have (?:added to|deleted from|changed in) the Gemfile:"
        r"|your Gemfile\. Run|updated Gemfile\.lock",
        confidence=Confidence.LIKELY,
        example="""
! The following gems are missing
>  * basket (9.0)
  Install missing gems with `bundle install`
! You are trying to install in deployment mode after changing
> your Gemfile. Run `bundle install` elsewhere and add the
> updated Gemfile.lock to version control.
  .
! The dependencies in your gemfile changed
>
> You have added to the Gemfile:
> * basket
  .
! The lockfile /srv/orchard/Gemfile.lock is frozen
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
        example="! 3 runs, 3 assertions, 2 failures, 0 errors, 0 skips",
    ),
)

_RSPEC_TITLE = r"\s{1,12}\d{1,5}(?:\.\d{1,3})?\) "

_RSPEC = (
    LogPattern(
        name="rspec.failure",
        kind=FailureKind.TEST,
        keywords=("failure/error:",),
        start=r"\s{2,12}(?:\d{1,5}\.\d{1,3}\) )?Failure/Error:",
        context_before=_RSPEC_TITLE,
        max_context=1,
        body=r"\s{3,40}\S|$",
        end_before=_RSPEC_TITLE + r"(?!Failure)",
        max_lines=40,
        headline=r"^" + _RSPEC_TITLE + r"(?!Failure)",
        fingerprint=r"^" + _RSPEC_TITLE + r"(?!Failure)|Failure/Error: |^\s{5,9}(?!Diff:)[A-Z][\w:]{2,100}:$",
        example="""
  Failures:

!   1) Cart has a total
>      Failure/Error: expect(cart.total).to eq 8
>
>        expected: 8
>             got: 7
>
>        (compared using ==)
>      # ./spec/cart_spec.rb:12:in `block (2 levels) in <top (required)>'

!   2) Cart has prices
>      Failure/Error: raise "no price list"
>
>      RuntimeError:
>        no price list
>      # ./spec/cart_spec.rb:19:in `block (2 levels) in <top (required)>'

  Finished in 0.01 seconds
""",
    ),
    LogPattern(
        name="rspec.loading",
        kind=FailureKind.TEST,
        keywords=("an error occurred ",),
        start=r"An error occurred (?:while loading \S|in an? `)",
        body=r"Failure/Error:|[A-Z][\w:]{2,100}(?:Error|Exception)?:|\s{2,40}\S|# |$|(?:Unable|Could) |\^",
        max_lines=30,
        headline=r"^(?:Failure/Error: (?!__send__)"
        r"|  (?=\S).{0,400}(?:cannot load|uninitialized|undefined|syntax error|unexpected))",
        fingerprint=r"^An error|^[A-Z][\w:]{2,100}:",
        example="""
> An error occurred while loading ./spec/cart_spec.rb.
! Failure/Error: require "price"
>
> LoadError:
>   cannot load such file -- price
> # ./spec/cart_spec.rb:1:in `require'

  Finished in 0.00002 seconds
""",
    ),
    LogPattern(
        name="rspec.recap",
        kind=FailureKind.TEST,
        keywords=("failed examples:",),
        start=r"Failed examples:$",
        body=r"rspec '?\.?\S|$",
        confidence=Confidence.SYMPTOM,
        headline=r"^rspec ",
        fingerprint=r"^rspec ",
        example="""
> Failed examples:

! rspec ./spec/cart_spec.rb:10 # Cart has a total
> rspec ./spec/cart_spec.rb:17 # Cart has prices

  Randomized with seed 7
""",
    ),
    LogPattern(
        name="rspec.progress",
        kind=FailureKind.TEST,
        keywords=("(failed - ",),
        start=r"\s{0,60}\S.{0,500} \(FAILED - \d{1,5}\)$",
        confidence=Confidence.SYMPTOM,
        example="""
  Cart
!   has a total (FAILED - 1)
""",
    ),
    LogPattern(
        name="rspec.total",
        kind=FailureKind.TEST,
        keywords=("failure",),
        start=r"\d{1,7} examples?, [1-9]\d{0,6} failure",
        confidence=Confidence.SYMPTOM,
        example="! 3 examples, 2 failures",
    ),
    LogPattern(
        name="rspec.outside",
        kind=FailureKind.TEST,
        keywords=("error",),
        priority=1,  # before rspec.total
        start=r"\d{1,7} examples?, \d{1,6} failures?, [1-9]\d{0,6} error",
        confidence=Confidence.SYMPTOM,
        example="! 0 examples, 0 failures, 1 error occurred outside of examples",
    ),
)

PATTERNS = (
    *_RSPEC,
    *_BUNDLER,
    *_MINITEST,
)
