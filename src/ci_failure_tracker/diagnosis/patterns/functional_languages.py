"""Erlang, Elixir, Haskell and OCaml: builds and tests."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Builds for the BEAM: Elixir, Erlang under rebar3, Credo, Dialyzer, mix format.

_BEAM_BUILD = (
    LogPattern(
        name="beam-build.mix_format",
        kind=FailureKind.FORMAT,
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
        kind=FailureKind.COMPILE,
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
)

# ExUnit, EUnit and Common Test.

_BEAM_TEST_TITLE = r"\s{2}\d{1,5}\) (?:test|property|doctest|feature) \S|\s{5}\S{1,300}\.exs?:\d{1,6}$"

_BEAM_TEST = (
    LogPattern(
        name="exunit.assertion",
        kind=FailureKind.TEST,
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
        name="exunit.error",
        kind=FailureKind.TEST,
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
        name="common-test.failed",
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
        keywords=("*** failed ",),
        start=r"Testing \S{1,300}: \*{3} FAILED .{0,20}test case",
        confidence=Confidence.SYMPTOM,
        example="! Testing shop.cart_SUITE: *** FAILED test case 1 of 3 ***",
    ),
)

# GHC, alone and under cabal and stack.

_HASKELL_BUILD_PREFIX = r"(?:[\w-]{1,60} {0,40}> )?"
_HASKELL_BUILD_FILE = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:l?hs|hsc|chs|x|y|hs-boot|cabal)"
_HASKELL_BUILD_SPAN = r":(?:\d{1,6}:\d{1,5}(?:-\d{1,5})?|\(\d{1,6},\d{1,5}\)-\(\d{1,6},\d{1,5}\))"

_HASKELL_BUILD = (
    LogPattern(
        name="ghc.error",
        kind=FailureKind.COMPILE,
        keywords=(": error:",),
        priority=-2,  # after gcc.error
        start=_HASKELL_BUILD_PREFIX + _HASKELL_BUILD_FILE + _HASKELL_BUILD_SPAN + r": error:",
        body=_HASKELL_BUILD_PREFIX + r"(?:\s{2,200}\S|\s{0,8}\d{0,6} {0,2}\|)",
        max_lines=30,
        headline=r"^(?:[\w-]{1,60} {0,40}> )?\s{4}[•·*]? ?\S|: error: (?:\[[^\]]{1,60}\] ?)*[^\s\[]",
        fingerprint=r"^(?:[\w-]{1,60} {0,40}> )?\s{4}[•·*]? ?\S|: error: (?:\[[^\]]{1,60}\] ?)*[^\s\[]",
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
)

# Hspec, tasty, HUnit, test-framework and QuickCheck, and test suites under Cabal and Stack.


_HASKELL_TEST = (
    LogPattern(
        name="tasty.count",
        kind=FailureKind.TEST,
        keywords=("tests failed (",),
        start=r"\d{1,6} out of \d{1,6} tests failed \(",
        confidence=Confidence.SYMPTOM,
        example="! 1 out of 3 tests failed (0.00s)",
    ),
)

# OCaml: Alcotest and OUnit.

_OCAML_TEST = (
    LogPattern(
        name="alcotest.fail",
        kind=FailureKind.TEST,
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
        kind=FailureKind.TEST,
        keywords=("[fail] ",),
        start=r"[> ] \[FAIL\] {2,40}\S",
        confidence=Confidence.SYMPTOM,
        example="""
! > [FAIL]        cart          0   total.
    [OK]          cart          1   prices.
""",
    ),
    LogPattern(
        name="alcotest.count",
        kind=FailureKind.TEST,
        keywords=("failure",),
        start=r"\d{1,6} failures?! in [\d.]{1,10}s\.",
        confidence=Confidence.SYMPTOM,
        example="! 1 failure! in 0.001s. 3 tests run.",
    ),
)

PATTERNS = (
    *_OCAML_TEST,
    *_BEAM_BUILD,
    *_BEAM_TEST,
    *_HASKELL_BUILD,
    *_HASKELL_TEST,
)
