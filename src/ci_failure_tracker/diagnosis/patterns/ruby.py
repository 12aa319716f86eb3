"""Ruby: Bundler, RSpec, Minitest, Cucumber, linters."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Bundler and RubyGems.

_BUNDLER = (
    LogPattern(
        name="bundler.no_gem",
        keywords=("could not find ",),
        start=r"(?:Could not find gem '|Could not find \S{1,200}(?:, \S{1,200}){0,60} in (?:any of the|locally"
        r"|rubygems)"
        r"|Could not find \S{1,200} in )",
        body=r"Run `bundle install`|The source contains|\s{2}\*|\s{2}\S|Did you mean",
        max_lines=12,
        example="""
! Could not find gem 'basket (~> 9.0)' in rubygems repository https://rubygems.org/ or installed locally.
> The source contains the following versions of 'basket': 1.0, 2.0
  done
""",
    ),
    LogPattern(
        name="bundler.versions",
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
        name="bundler.installing",
        keywords=("error occurred while installing",),
        priority=1,  # before network.refused
        start=r"An error occurred while installing ",
        body=r"$|Make sure that|In (?:Gemfile|\S{1,80}\.gemfile):|\s{2,8}\S",
        max_lines=10,
        confidence=Confidence.LIKELY,
        example="""
! An error occurred while installing basket (9.0), and Bundler cannot continue.
> Make sure that `gem install basket -v '9.0'` succeeds before bundling.
  done
""",
    ),
    LogPattern(
        name="bundler.extension",
        keywords=("failed to build gem native extension",),
        priority=-1,  # after bundler.gem
        start=r"(?:Gem::Ext::BuildError: |\s{0,4}ERROR: {1,2})?(?:ERROR: )?(?:Error installing .{1,80}:\s)?"
        r"(?:ERROR: )?Failed to build gem native",
        body=r"$|\s{1,8}\S|[\w.*/]",
        end_before=r"Gem files will remain installed|Results logged to|Installing |Using |Fetching |An error occurred",
        max_lines=60,
        headline=r"^(?:\*{3} .{1,200} failed|.{0,300}: (?:fatal )?error: |.{0,200} is missing|.{0,200}not found"
        r"|make: \*{3}|An error)",
        example="""
> Gem::Ext::BuildError: ERROR: Failed to build gem native extension.
>
>     current directory: /srv/gems/basket-9.0/ext/basket
> /usr/bin/ruby -r ./siteconf.rb extconf.rb
> checking for willow.h... no
! willow.h is missing. Please install libwillow.

  Gem files will remain installed in /srv/gems/basket-9.0 for inspection.
""",
    ),
    LogPattern(
        name="bundler.gem",
        keywords=("error: ",),
        start=r"ERROR: {1,2}(?:Could not find a valid gem|Error installing |Possible alternatives|While executing gem)",
        body=r"\t|\s{2,8}\S",
        max_lines=10,
        example="""
! ERROR:  Error installing basket:
>   basket requires Ruby version >= 3.0.
  done
""",
    ),
    LogPattern(
        name="bundler.command",
        keywords=("bundler: command not found",),
        start=r"bundler: command not found: ",
        body=r"Install missing gem executables",
        example="""
! bundler: command not found: harvest
> Install missing gem executables with `bundle install`
  done
""",
    ),
    LogPattern(
        name="bundler.gemfile",
        keywords=("there was an error parsing",),
        start=r"(?:\[!\] )?There was an error parsing `",
        body=r"$|\s{0,4}#|\s{2,8}\S|Bundler cannot continue",
        max_lines=14,
        example="""
! [!] There was an error parsing `Gemfile`: undefined local variable or method `basket'. Bundler cannot continue.
>
>  #  from /srv/orchard/Gemfile:3
>  #  -------------------------------------------
  done
""",
    ),
    LogPattern(
        name="bundler.network",
        keywords=("could not ",),
        start=r"Could not (?:reach host|fetch specs from|verify the SSL certificate)",
        body=r"again\.|\S.{0,80}$",
        max_lines=2,
        confidence=Confidence.LIKELY,
        example="""
! Could not reach host index.rubygems.org. Check your network connection and try
> again.
""",
    ),
    LogPattern(
        name="bundler.frozen",
        keywords=("missing",),
        start=r"(?:The (?:gemspecs|dependencies) .{1,200}|Your Gemfile lists) .{0,300}missing"
        r"|Your bundle .{1,100}missing"
        r"|The following gems are missing",
        body=r" \* ",
        confidence=Confidence.LIKELY,
        example="""
! The following gems are missing
>  * basket (9.0)
  Install missing gems with `bundle install`
""",
    ),
)

# RSpec, and EUnit under rebar3, which prints in its style.

_RSPEC_TITLE = r"\s{1,12}\d{1,5}(?:\.\d{1,3})?\) "

_RSPEC = (
    LogPattern(
        name="rspec.failure",
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
        name="rspec.aggregate",
        keywords=("failures",),
        start=r"\s{4,8}Got \d{1,4} failures.{0,100}:$",
        context_before=_RSPEC_TITLE,
        max_context=1,
        body=r"\s{3,40}\S|$",
        end_before=r"\s{1,4}\d{1,5}\) ",
        max_lines=40,
        headline=r"^" + _RSPEC_TITLE,
        example="""
!   5) Cart has totals
>      Got 2 failures:
>
>      5.1) Failure/Error: expect(1).to eq 2
>
>             expected: 2
>                  got: 1
>           # ./spec/cart_spec.rb:7:in `block (2 levels) in <top (required)>'

    6) Cart has prices
""",
    ),
    LogPattern(
        name="rspec.loading",
        keywords=("an error occurred ",),
        start=r"An error occurred (?:while loading \S|in an? `)",
        body=r"Failure/Error:|[A-Z][\w:]{2,100}(?:Error|Exception)?:|\s{2,40}\S|# |$|(?:Unable|Could) |\^",
        max_lines=30,
        headline=r"^(?:Failure/Error: |  \S.{0,400}(?:cannot load|uninitialized|undefined|syntax error|unexpected))",
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
        keywords=("failed examples:",),
        start=r"Failed examples:$",
        body=r"rspec '?\.?\S|$",
        confidence=Confidence.RECAP,
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
        keywords=("(failed - ",),
        start=r"\s{0,60}\S.{0,500} \(FAILED - \d{1,5}\)$",
        confidence=Confidence.RECAP,
        example="""
  Cart
!   has a total (FAILED - 1)
""",
    ),
    LogPattern(
        name="rspec.total",
        keywords=("failure",),
        start=r"\d{1,7} examples?, [1-9]\d{0,6} failure",
        confidence=Confidence.SYMPTOM,
        example="""
! 3 examples, 2 failures
""",
    ),
    LogPattern(
        name="rspec.none",
        keywords=("0 failures",),
        start=r"\d{1,7} examples?, 0 failures(?:, \d{1,6} pending)?$",
        confidence=Confidence.NOISE,
        example="""
! 3 examples, 0 failures
""",
    ),
    LogPattern(
        name="rspec.outside",
        keywords=("error",),
        priority=1,  # before rspec.total
        start=r"\d{1,7} examples?, \d{1,6} failures?, [1-9]\d{0,6} error",
        confidence=Confidence.SYMPTOM,
        example="""
! 0 examples, 0 failures, 1 error occurred outside of examples
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
        name="minitest.error",
        keywords=(") error:",),
        start=r"\s{1,4}\d{1,5}\) Error:$",
        end_before=_MINITEST_NEXT,
        max_lines=25,
        headline=r"^[A-Z][\w:]{1,150}: \S",
        fingerprint=r"^[A-Z][\w:]{0,200}#\S|^test_\S|^[A-Z][\w:]{1,150}: \S",
        example="""
>   2) Error:
> CartTest#test_prices:
! RuntimeError: no price list
>     test/cart_test.rb:9:in `test_prices'

  3 runs, 3 assertions, 0 failures, 1 errors, 0 skips
""",
    ),
    LogPattern(
        name="test-unit.failure",
        keywords=("failure: ",),
        start=r"Failure: {1,2}test\w{0,200}[^(]{0,200}\([\w:]{1,200}\)",
        end_before=r"={60,200}$",
        max_lines=30,
        example="""
  ===============================================================================
! Failure: test_total(CartTest)
> cart_test.rb:5:in `test_total'
>   => 5:   assert_equal(8, cart.total)
> <8> expected but was
> <7>
  ===============================================================================
  .
""",
    ),
    LogPattern(
        name="test-unit.error",
        keywords=("error: ",),
        start=r"Error: {1,2}test\w{0,200}[^(]{0,200}\([\w:]{1,200}\)",
        end_before=r"={60,200}$",
        max_lines=30,
        example="""
! Error: test_prices(CartTest): RuntimeError: no price list
> cart_test.rb:9:in `test_prices'
  ===============================================================================
  .
""",
    ),
    LogPattern(
        name="minitest.reporter",
        keywords=("fail",),
        start=r"\s{1,4}(?:FAIL\[\"|test_\w{1,200} {1,100}FAIL \(\d)",
        body=r"\s{4,20}\S",
        max_lines=20,
        example="""
!   test_total                                                      FAIL (0.01s)
>         Expected: 8
>           Actual: 7
>         test/cart_test.rb:5:in `test_total'

    test_prices                                                     PASS (0.00s)
""",
    ),
    LogPattern(
        name="minitest.reporter_error",
        keywords=("error",),
        start=r"\s{1,4}(?:ERROR\[\"|test_\w{1,200} {1,100}ERROR \(\d)",
        body=r"\s{4,20}\S",
        max_lines=20,
        headline=r"^\s{4,12}[A-Z][\w:]{2,100}(?:Error|Exception): ",
        example="""
>  ERROR["test_prices", #<Minitest::Reporters::Suite:0x0000 @name="CartTest">, 0.01]
!         RuntimeError: no price list
>             test/cart_test.rb:9:in `test_prices'
  .
""",
    ),
    LogPattern(
        name="minitest.none",
        keywords=("failure",),
        start=r"\d{1,7} (?:runs|tests), \d{1,7} assertions, 0 failures, 0 errors",
        confidence=Confidence.NOISE,
        example="""
! 3 runs, 3 assertions, 0 failures, 0 errors, 0 skips
""",
    ),
    LogPattern(
        name="minitest.total",
        keywords=("failure",),
        start=r"\d{1,7} (?:runs|tests), \d{1,7} assertions, \d{1,7} failures, \d{1,7} errors",
        confidence=Confidence.SYMPTOM,
        example="""
! 3 runs, 3 assertions, 2 failures, 0 errors, 0 skips
""",
    ),
)

# Cucumber for Ruby and for the JVM, and Behat.

_CUCUMBER = (
    LogPattern(
        name="cucumber.failed_steps",
        keywords=("(::) failed steps (::)",),
        start=r"\(::\) failed steps \(::\)$",
        end_before=r"Failing Scenarios:|\d{1,6} scenarios? \(",
        max_lines=40,
        headline=r"\([\w:.]{1,200}(?:Error|Exception|Failed)\)$",
        fingerprint=r"\([\w:.]{1,200}(?:Error|Exception|Failed)\)$|^features/\S",
        example="""
> (::) failed steps (::)

! no price list (RuntimeError)
> ./features/step_definitions/cart_steps.rb:5:in `"the total is {int}"'
> features/cart.feature:4:in `Then the total is 8'

  Failing Scenarios:
""",
    ),
    LogPattern(
        name="cucumber.scenarios",
        keywords=("failing scenarios:",),
        start=r"\s{0,4}(?:--- )?Failing Scenarios:$",
        body=r"\s{0,8}(?:cucumber |\S{1,300}\.feature:\d)|$",
        confidence=Confidence.RECAP,
        headline=r"\.feature:\d",
        fingerprint=r"\.feature:\d",
        example="""
> Failing Scenarios:
! cucumber features/cart.feature:2 # Scenario: Total

  3 scenarios (1 failed, 2 passed)
""",
    ),
    LogPattern(
        name="behat.scenarios",
        keywords=("failed scenarios:",),
        start=r"\s{0,4}(?:--- )?Failed scenarios:$",
        body=r"\s{0,8}(?:cucumber |\S{1,300}\.feature:\d)|$",
        confidence=Confidence.RECAP,
        headline=r"\.feature:\d",
        fingerprint=r"\.feature:\d",
        example="""
> Failed scenarios:
!     features/cart.feature:2

  3 scenarios (1 failed, 2 passed)
""",
    ),
)

# RuboCop and similar linters, and the parser of Ruby.

_RUBY_LINTERS_OFFENCE = r"(?:\S{1,300}):\d{1,6}:\d{1,5}: [CWEFRI]: (?:\[\w{1,20}(?: \w{1,20})?\] )?\S"


_RUBY_LINTERS = (
    LogPattern(
        name="rubocop.offense",
        keywords=("expected", "missing", "unused", "error"),
        start=_RUBY_LINTERS_OFFENCE,
        context_before=r"(?!Offenses:|Inspecting |[.CWEF]{1,400}$)\s{0,300}\S",
        max_context=30,
        body=r"\s{0,300}\S",
        max_lines=50,
        headline=r"^(?:" + _RUBY_LINTERS_OFFENCE + r")",
        fingerprint=r"^(?:" + _RUBY_LINTERS_OFFENCE + r")",
        example="""
  Offenses:

! lib/press.rb:3:5: C: Layout/IndentationWidth: Use 2 (not 4) spaces for indentation.
>     squeeze
> ^^^^
> lib/press.rb:9:1: W: Lint/Syntax: unexpected token tEND
> end
> ^^^

  3 files inspected, 2 offenses detected

! lib/press.rb:1:1: C: [Correctable] Style/FrozenStringLiteralComment: Missing frozen string literal comment.
> class Press
> ^

! lib/press.rb:7:9: W: Lint/UnusedMethodArgument: Unneeded method argument - apple.
>   def turn(apple)
>            ^^^^^

! lib/press.rb:7:9: E: Lint/Syntax: a syntax error is here.
""",
    ),
    LogPattern(
        name="rubocop.failed",
        keywords=("rubocop failed!",),
        start=r"RuboCop failed!$",
        context_before=_RUBY_LINTERS_OFFENCE + r"|\s{1,300}\S|\^{1,200}|\d{1,6} files? inspected|$",
        max_context=40,
        headline=r"^(?:" + _RUBY_LINTERS_OFFENCE + r")",
        fingerprint=r"^(?:" + _RUBY_LINTERS_OFFENCE + r")",
        example="""
  Inspecting 3 files
! lib/press.rb:9:1: C: Layout/EmptyLines: Extra blank line.
>
> 3 files inspected, 1 offense detected
> RuboCop failed!
""",
    ),
    LogPattern(
        name="rubocop.syntax",
        keywords=("syntax error",),
        start=r"(?:[A-Z]:)?[^\s:]{1,300}:\d{1,6}: (?:in `.{1,80}': )?(?:--> .{1,300}|syntax errors? (?:found"
        r"|, ?unexpected)|syntax error, )",
        body=r"\s{1,200}\S|>? {0,3}\d{1,6} {1,2}\||\S{1,300}:\d{1,6}: |\.\.\.|\^",
        max_lines=14,
        example="""
! lib/press.rb:9: syntax error, unexpected end-of-input, expecting `end'
> lib/press.rb:3: warning: mismatched indentations
  done
""",
    ),
    LogPattern(
        name="rubocop.prism",
        keywords=("syntax error",),
        start=r"(?:[A-Z]:)?[^\s:]{1,300}:\d{1,6}:.{0,80}: syntax errors? found \(SyntaxError\)",
        body=r"\s{1,6}\d{0,6} {0,2}[|~>]|> {0,4}\d{1,6} \||\s{2,12}\S",
        max_lines=14,
        example="""
! lib/press.rb:9:in 'Kernel#load': syntax errors found (SyntaxError)
>   7 | def turn(
> > 8 | end
>     | ^~~ unexpected 'end'; expected a matching `)`
  done
""",
    ),
    LogPattern(
        name="rubocop.configuration",
        keywords=("error: ",),
        start=r"Error: (?:The `?\w{1,40}(?:/\w{1,60})?`? cop|RuboCop found|unrecognized cop|obsolete parameter"
        r"|The `\w{1,60}` department)",
        body=r"\(obsolete|\s{2}\S",
        max_lines=4,
        confidence=Confidence.DEFINITE,
        example="""
! Error: The `Layout/Juice` cop has been moved.
> (obsolete configuration found in .rubocop.yml, please update it)
""",
    ),
)

PATTERNS = (
    *_BUNDLER,
    *_RSPEC,
    *_MINITEST,
    *_CUCUMBER,
    *_RUBY_LINTERS,
)
