"""Erlang, Elixir, Haskell and OCaml: builds and tests."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Builds for the BEAM: Elixir, Erlang under rebar3, Credo, Dialyzer, mix format.

_BEAM_BUILD = (
    LogPattern(
        name="beam-build.elixir",
        keywords=("compilation error in file",),
        start=r"== Compilation error in file .{1,300} ==$",
        body=r"\*\* \(|\s{2,8}\S|$|\s{0,8}│",
        max_lines=24,
        headline=r"^\*\* \(",
        example="""
  Compiling 12 files (.ex)
> == Compilation error in file lib/press.ex ==
! ** (CompileError) lib/press.ex:31: undefined function squeeze/1
>     (elixir 1.14.0) lib/kernel/parallel_compiler.ex:346: anonymous fn/5 in Kernel.ParallelCompiler.spawn_workers/7
  done
""",
    ),
    LogPattern(
        name="beam-build.elixir_error",
        keywords=("error: ",),
        start=r"\s{4}error: (?:undefined |module |cannot |function |.{1,300} (?:is undefined|expected))",
        body=r"\s{0,8}\d{0,6} ?[│|]|\s{2,4}└─|\s{2,8}(?:\(|lib/|test/|deps/)\S",
        max_lines=10,
        example="""
!     error: undefined variable "squeeze"
>     │
>  31 │   squeeze
>     │   ^^^^^^^
>     │
>     └─ lib/press.ex:31:3: Press.turn/1
""",
    ),
    LogPattern(
        name="beam-build.warnings",
        keywords=("compilation failed due to warnings",),
        start=r"Compilation failed due to warnings while using the --warnings-as-errors option",
        context_before=r"\s{0,4}warning: .{1,400}|\s{2,8}\S|$|\s{0,8}│",
        max_context=20,
        headline=r"warning: ",
        example="""
  Compiling 12 files (.ex)
! warning: variable "apple" is not used
>   lib/press.ex:2: Press.turn/1
>
> Compilation failed due to warnings while using the --warnings-as-errors option
""",
    ),
    LogPattern(
        name="beam-build.mix_format",
        keywords=("mix format failed",),
        priority=1,  # before mix.fail
        start=r"\*\* \(Mix\) mix format failed due to --check-formatted",
        body=r"The following files (?:are|were) not formatted|\s{2,4}\* |$|\s{2,4}\S{1,300}\.exs?$"
        r"|\s{0,6}\d{0,6} {0,4}\d{0,6} {0,2}[|│]",
        max_lines=30,
        example="""
! ** (Mix) mix format failed due to --check-formatted.
> The following files are not formatted:
>
>   * lib/press.ex
  done
""",
    ),
    LogPattern(
        name="beam-build.erlang",
        keywords=(".erl:",),
        start=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.erl(?::\d{1,6}){1,2}: (?!Warning)\S",
        body=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:erl|hrl)(?::\d{1,6}){1,2}: (?!Warning)",
        max_lines=20,
        example="""
! src/press.erl:31: function squeeze/1 undefined
> src/press.erl:33: variable 'Apple' is unbound
  ===> Compiling failed
""",
    ),
    LogPattern(
        name="beam-build.erlang_syntax",
        keywords=("error",),
        priority=1,  # before beam-build.erlang, gcc.error
        start=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:erl|hrl|yrl|xrl)(?::\d{1,6}){1,2}: (?!Warning)(?:syntax error"
        r"|.{0,300}error)",
        body=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:erl|hrl)(?::\d{1,6}){1,2}: (?!Warning)",
        max_lines=20,
        example="""
! src/press.erl:31: syntax error before: 'end'
""",
    ),
    LogPattern(
        name="beam-build.rebar_compiling",
        keywords=("failed",),
        start=r"===> Compiling (?:\S{1,300} )?failed",
        body=r"\s{2,8}(?:┌─|│|└──|\d)|\s{0,4}\d{1,6} │|$|\s{2,40}[╰│]",
        max_lines=12,
        confidence=Confidence.LIKELY,
        example="""
! ===> Compiling src/press.erl failed
>    ┌─ src/press.erl:
>    │
>  31 │  squeeze(Apple).
>    │  ╰── function squeeze/1 undefined
""",
    ),
    LogPattern(
        name="beam-build.rebar",
        keywords=("error",),
        priority=1,  # before beam-build.rebar_compiling
        start=r"===> (?:Errors? |.{1,300}(?:[Ee]rror|failed))",
        confidence=Confidence.LIKELY,
        example="""
! ===> Error in rebar.config: bad term
""",
    ),
)

# ExUnit, EUnit and Common Test.

_BEAM_TEST_TITLE = r"\s{2}\d{1,5}\) (?:test|property|doctest|feature) \S|\s{5}\S{1,300}\.exs?:\d{1,6}$"

_BEAM_TEST = (
    LogPattern(
        name="exunit.assertion",
        keywords=("assertion ",),
        start=r"\s{5}Assertion (?:with|failed)",
        context_before=_BEAM_TEST_TITLE,
        max_context=2,
        body=r"\s{5,80}\S",
        max_lines=30,
        headline=r"^\s{2}\d{1,5}\) ",
        example="""
!   1) test total (Shop.CartTest)
>      test/cart_test.exs:5
>      Assertion with == failed
>      code:  assert total() == 8
>      left:  7
>      right: 8
>      stacktrace:
>        test/cart_test.exs:6: (test)

  Finished in 0.09 seconds
""",
    ),
    LogPattern(
        name="exunit.match",
        keywords=(") failed",),
        start=r"\s{5}match \(",
        context_before=_BEAM_TEST_TITLE,
        max_context=2,
        body=r"\s{5,80}\S",
        max_lines=30,
        headline=r"^\s{2}\d{1,5}\) ",
        example="""
!   1) test total (Shop.CartTest)
>      test/cart_test.exs:5
>      match (=) failed
>      code:  assert total() == 8
>      left:  7
>      right: 8
>      stacktrace:
>        test/cart_test.exs:6: (test)

  Finished in 0.09 seconds
""",
    ),
    LogPattern(
        name="exunit.expected",
        keywords=("expected ",),
        start=r"\s{5}Expected ",
        context_before=_BEAM_TEST_TITLE,
        max_context=2,
        body=r"\s{5,80}\S",
        max_lines=30,
        headline=r"^\s{2}\d{1,5}\) ",
        example="""
!   1) test total (Shop.CartTest)
>      test/cart_test.exs:5
>      Expected truthy, got nil
>      code:  assert total() == 8
>      left:  7
>      right: 8
>      stacktrace:
>        test/cart_test.exs:6: (test)

  Finished in 0.09 seconds
""",
    ),
    LogPattern(
        name="exunit.error",
        keywords=("error) ",),
        start=r"\s{5}\*\* \([\w.]{1,200}Error\) ",
        context_before=_BEAM_TEST_TITLE,
        max_context=2,
        body=r"\s{5,80}\S|$",
        max_lines=30,
        fingerprint=r"^\s{2}\d{1,5}\) |^\s{5}\*\* \(",
        example="""
>   2) test prices (Shop.CartTest)
>      test/cart_test.exs:9
!      ** (RuntimeError) no price list
>      stacktrace:
>        test/cart_test.exs:10: (test)

  Finished in 0.09 seconds
""",
    ),
    LogPattern(
        name="exunit.setup",
        keywords=("failure on setup_all",),
        start=r"\s{2}\d{1,5}\) \S{1,300}: failure on setup_all callback",
        body=r"\s{5,80}\S",
        max_lines=30,
        headline=r"^\s{5}\*\* \(",
        fingerprint=r"^\s{2}\d{1,5}\) |^\s{5}\*\* \(",
        example="""
>   1) Shop.CartTest: failure on setup_all callback, all tests have been invalidated
!      ** (RuntimeError) no database
>      stacktrace:
>        test/cart_test.exs:32: Shop.CartTest.__ex_unit_setup_all_0/1

  Finished in 0.09 seconds
""",
    ),
    LogPattern(
        name="exunit.exit",
        keywords=("exception",),
        start=r"\s{5}\*\* \((?:EXIT from |exit\))",
        context_before=_BEAM_TEST_TITLE,
        max_context=2,
        body=r"\s{5,80}\S",
        max_lines=30,
        example="""
>   5) test exits (Shop.CartTest)
>      test/cart_test.exs:22
!      ** (EXIT from #PID<0.174.0>) an exception was raised:
>          ** (RuntimeError) no price list

  Finished in 0.09 seconds
""",
    ),
    LogPattern(
        name="eunit.failed",
        keywords=("*failed*",),
        start=r".{1,500}\*failed\*$",
        body=r"in (?:function|call)|\*\*|\s{2}\S|in$",
        end=r"\s{2}output:",
        max_lines=20,
        fingerprint=r"\*failed\*$|^\*\*(?:error|exit|throw):",
        example="""
! cart_tests: total_test...*failed*
> in function cart_tests:'-total_test/0-fun-0-'/0 (cart_tests.erl, line 5)
> **error:{assertEqual,[{module,cart_tests},
>   {line,5}]}
>   output:<<"">>
  cart_tests: prices_test...ok
""",
    ),
    LogPattern(
        name="eunit.count",
        keywords=("  failed: ",),
        priority=1,  # before dotnet-test.counts
        start=r"\s{2}Failed: [1-9]\d{0,6}\.",
        confidence=Confidence.SYMPTOM,
        example="""
!   Failed: 1.  Skipped: 0.  Passed: 2.
""",
    ),
    LogPattern(
        name="common-test.rebar",
        keywords=(": failed",),
        start=r"%{3} \S{1,200} ==> .{1,300}: FAILED$",
        body=r"%{3} \S{1,200} ==> (?!.{1,300}: (?:OK|FAILED|SKIPPED)$)|\s{1,60}\S",
        max_lines=20,
        example="""
  %%% cart_SUITE ==> opens: OK
! %%% cart_SUITE ==> total: FAILED
> %%% cart_SUITE ==> {{badmatch,7},
>                     [{cart_SUITE,total,1,[{line,5}]}]}
  %%% cart_SUITE ==> prices: OK
""",
    ),
    LogPattern(
        name="common-test.failed",
        keywords=(" failed on line ",),
        start=r"\w{1,200}:\w{1,200} failed on line \d",
        body=r"Reason: |\s{1,60}\S",
        max_lines=10,
        example="""
  - - - - - - - - - - - - - - - - - - - - - - - - - -
! cart_SUITE:total failed on line 5
> Reason: {badmatch,7}
  - - - - - - - - - - - - - - - - - - - - - - - - - -
""",
    ),
    LogPattern(
        name="common-test.case",
        keywords=("*** failed ",),
        start=r"Testing \S{1,300}: \*{3} FAILED .{0,20}test case",
        confidence=Confidence.RECAP,
        example="""
! Testing shop.cart_SUITE: *** FAILED test case 1 of 3 ***
""",
    ),
)

# GHC, alone and under cabal and stack.

_HASKELL_BUILD_PREFIX = r"(?:[\w-]{1,60} {0,40}> )?"
_HASKELL_BUILD_FILE = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:l?hs|hsc|chs|x|y|hs-boot|cabal)"
_HASKELL_BUILD_SPAN = r":(?:\d{1,6}:\d{1,5}(?:-\d{1,5})?|\(\d{1,6},\d{1,5}\)-\(\d{1,6},\d{1,5}\))"

_HASKELL_BUILD = (
    LogPattern(
        name="ghc.error",
        keywords=(": error:",),
        priority=-2,  # after gcc.error
        start=_HASKELL_BUILD_PREFIX + _HASKELL_BUILD_FILE + _HASKELL_BUILD_SPAN + r": error:",
        body=_HASKELL_BUILD_PREFIX + r"(?:\s{2,200}\S|\s{0,8}\d{0,6} {0,2}\|)",
        max_lines=30,
        headline=r"^(?:[\w-]{1,60} {0,40}> )?\s{4}[•·*]? ?\S|: error: (?:\[.{1,60}\] ?)*[^\s\[]",
        fingerprint=r"^(?:[\w-]{1,60} {0,40}> )?\s{4}[•·*]? ?\S|: error: (?:\[.{1,60}\] ?)*[^\s\[]",
        example="""
  [2 of 3] Compiling Press            ( src/Press.hs, dist/Press.o )
> src/Press.hs:12:7: error: [GHC-88464]
!     Variable not in scope: squeeze :: Apple -> Cider
>    |
> 12 | turn = squeeze
>    |        ^^^^^^^
  make: *** [build] Error 1
""",
    ),
    LogPattern(
        name="ghc.parse",
        keywords=("error",),
        start=_HASKELL_BUILD_PREFIX
        + _HASKELL_BUILD_FILE
        + _HASKELL_BUILD_SPAN
        + r": (?:parse error|lexical error|Not in scope|Couldn't match|Could not |No instance)",
        body=_HASKELL_BUILD_PREFIX + r"\s{4,200}\S",
        max_lines=12,
        example="""
! src/Press.hs:12:7: parse error on input ‘=’
""",
    ),
)

# Hspec, tasty, HUnit, test-framework and QuickCheck, and test suites under Cabal and Stack.

_HASKELL_TEST_TITLE = r"\s{2}\S{1,300}:\d{1,6}:\d{1,6}:$|\s{2}\d{1,5}\) \S"
_HASKELL_TEST_NAME = r"^\s{2}\d{1,5}\) \S"

_HASKELL_TEST = (
    LogPattern(
        name="hspec.expected",
        keywords=("expected:",),
        start=r"\s{6,14}expected:",
        context_before=_HASKELL_TEST_TITLE,
        max_context=2,
        body=r"\s{7,40}\S",
        max_lines=20,
        headline=_HASKELL_TEST_NAME,
        example="""
>   test/CartSpec.hs:12:7:
!   1) Cart has a total
>        expected: 8
>         but got: 7

    To rerun use: --match "/Cart/has a total/"
""",
    ),
    LogPattern(
        name="hspec.predicate",
        keywords=("predicate failed on:",),
        start=r"\s{6,14}predicate failed on:",
        context_before=_HASKELL_TEST_TITLE,
        max_context=2,
        body=r"\s{7,40}\S",
        max_lines=20,
        headline=_HASKELL_TEST_NAME,
        example="""
>   test/CartSpec.hs:12:7:
!   1) Cart has a total
>        predicate failed on: 8
>         but got: 7

    To rerun use: --match "/Cart/has a total/"
""",
    ),
    LogPattern(
        name="hspec.exception",
        keywords=("uncaught exception: ",),
        start=r"\s{6,14}uncaught exception: ",
        context_before=_HASKELL_TEST_TITLE,
        max_context=2,
        body=r"\s{7,40}\S",
        max_lines=20,
        headline=_HASKELL_TEST_NAME,
        fingerprint=_HASKELL_TEST_NAME + r"|^\s{7}(?!CallStack)\S",
        example="""
>   test/CartSpec.hs:12:7:
!   3) Cart has prices
>        uncaught exception: ErrorCall
>        no price list

    To rerun use: --match "/Cart/has prices/"
""",
    ),
    LogPattern(
        name="hspec.progress",
        keywords=(" failed [",),
        start=r"\s{0,60}\S.{0,500} FAILED \[\d{1,5}\]$",
        confidence=Confidence.RECAP,
        example="""
    opens
!   has a total FAILED [1]
""",
    ),
    LogPattern(
        name="tasty.fail",
        keywords=("fail",),
        start=r"(?!Test suite |Result: )\s{0,60}\S.{0,300}: {1,80}FAIL(?: \([\d.]{1,10}s\))?$",
        end=r"\s{2,80}Use -p .{1,1000} to rerun this test only\.$|\s{2,80}Use --quickcheck-replay",
        body=r"\s{2,80}(?!.{0,300}: {1,80}(?:OK|FAIL)\b)\S|$",
        max_lines=25,
        fingerprint=r": {1,80}FAIL(?: |$)|^\s{2,80}(?:Exception: |expected: | but got: )",
        example="""
  Cart
    opens:  OK
!   total:  FAIL
>     test/Cart.hs:12:
>     expected: 8
>      but got: 7
>     Use -p '/total/' to rerun this test only.
    prices: OK
""",
    ),
    LogPattern(
        name="tasty.count",
        keywords=("tests failed (",),
        start=r"\d{1,6} out of \d{1,6} tests failed \(",
        confidence=Confidence.SYMPTOM,
        example="""
! 1 out of 3 tests failed (0.00s)
""",
    ),
    LogPattern(
        name="hunit.failure",
        keywords=("### failure in:",),
        start="### Failure in: ",
        body=r"\s{0,20}\S",
        end_before=r"Cases: \d|###",
        max_lines=8,
        example="""
! ### Failure in: 0:total
> test/Cart.hs:12
> expected: 8
>  but got: 7
  Cases: 2  Tried: 2  Errors: 1  Failures: 1
""",
    ),
    LogPattern(
        name="hunit.error",
        keywords=("### error in:",),
        start="### Error in: ",
        body=r"\s{0,20}\S",
        end_before=r"Cases: \d|###",
        max_lines=8,
        example="""
! ### Error in: 0:total
> test/Cart.hs:12
> expected: 8
>  but got: 7
  Cases: 2  Tried: 2  Errors: 1  Failures: 1
""",
    ),
    LogPattern(
        name="test-framework.failed",
        keywords=(": [failed]",),
        start=r"\s{0,40}\S.{0,300}: \[Failed\]$",
        body=r"\s{0,40}\S",
        end_before=r"\s{0,40}\S.{0,300}: \[(?:OK|Failed)\]$|\s{1,40}(?:Properties|Test Cases|Passed) {2}",
        max_lines=12,
        example="""
    opens: [OK]
!   total: [Failed]
> expected: 8
>  but got: 7
    prices: [OK]
""",
    ),
    LogPattern(
        name="quickcheck.failed",
        keywords=("*** failed! ",),
        start=r"\s{0,20}\*{3} Failed! ",
        body=r"\s{0,20}\S",
        end_before=r"\+{3} OK|={3} |\s{0,20}\*{3} |\s{0,20}Use -",
        max_lines=8,
        example="""
! *** Failed! Falsified (after 15 tests and 1 shrink):
> 5

  === prop_total from Cart.hs:3 ===
""",
    ),
    LogPattern(
        name="cabal.suite",
        keywords=(": fail",),
        start=r"Test suite \S{1,200}: FAIL$",
        confidence=Confidence.RECAP,
        example="""
! Test suite spec: FAIL
""",
    ),
)

# OCaml: Alcotest and OUnit.

_OCAML_TEST = (
    LogPattern(
        name="alcotest.fail",
        keywords=("[fail] ",),
        start=r"[│|] \[FAIL\] {2,40}\S",
        end_before=r"\s{0,2}[─-]{30}",
        max_lines=30,
        fingerprint=r"\[FAIL\]|^\s{3}(?:Expected|Received): ",
        example="""
  ┌──────────────────────────────────────────────────────────────────────────────┐
! │ [FAIL]        cart          0   total.                                       │
> └──────────────────────────────────────────────────────────────────────────────┘
> ASSERT total
> FAIL total

>    Expected: `8'
>    Received: `7'

   ──────────────────────────────────────────────────────────────────────────────
""",
    ),
    LogPattern(
        name="alcotest.recap",
        keywords=("[fail] ",),
        start=r"[> ] \[FAIL\] {2,40}\S",
        confidence=Confidence.RECAP,
        example="""
! > [FAIL]        cart          0   total.
    [OK]          cart          1   prices.
""",
    ),
    LogPattern(
        name="alcotest.count",
        keywords=("failure",),
        start=r"\d{1,6} failures?! in [\d.]{1,10}s\.",
        confidence=Confidence.SYMPTOM,
        example="""
! 1 failure! in 0.001s. 3 tests run.
""",
    ),
    LogPattern(
        name="ounit.error",
        keywords=("error: ",),
        start=r"Error: [\w ]{1,200}(?::\d{1,5}(?::[\w ]{1,200})?){1,8}\.$",
        end_before=r"-{20}|={20}|Ran: ",
        max_lines=15,
        example="""
  ==============================================================================
! Error: cart:0:total.

> File "test/cart.ml", line 5, characters 1-1:
> Error: cart:0:total (in the code).

> not equal
  ------------------------------------------------------------------------------
""",
    ),
    LogPattern(
        name="ounit.failure",
        keywords=("failure: ",),
        start=r"Failure: [\w ]{1,200}(?::\d{1,5}(?::[\w ]{1,200})?){1,8}\.$",
        end_before=r"-{20}|={20}|Ran: ",
        max_lines=15,
        example="""
  ==============================================================================
! Failure: cart:0:total.

> File "test/cart.ml", line 5, characters 1-1:
> Failure: cart:0:total (in the code).

> not equal
  ------------------------------------------------------------------------------
""",
    ),
)

PATTERNS = (
    *_BEAM_BUILD,
    *_BEAM_TEST,
    *_HASKELL_BUILD,
    *_HASKELL_TEST,
    *_OCAML_TEST,
)
