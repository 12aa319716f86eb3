"""Compilers, package managers and TeX of languages without a module of their own."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Compilers of Groovy, Clojure, Dart, Crystal, Nim, Zig, Julia, Elm, OCaml, D, Haxe, Solidity.


_OTHER_COMPILERS = (
    # Melos' own tests (packages/melos/test/commands/), https://github.com/invertase/melos/issues/626 and /479
    LogPattern(
        name="melos.failed",
        keywords=("└> failed",),
        start=r"\s{1,8}└> FAILED(?: \(in \d{1,6} packages\))?$",
        context_before=r"\s{1,6}└> |\$ melos |melos run ",
        max_context=2,
        body=r"\s{2,12}└> \S",
        confidence=Confidence.SYMPTOM,
        headline=r"\(with exit code|└> FAILED",
        example="""
> $ melos exec
>   └> flutter test
!      └> FAILED (in 1 packages)
>         └> basket (with exit code 1)
""",
    ),
    LogPattern(
        name="melos.script",
        keywords=("scriptexception: ",),
        start=r"ScriptException: The script ",
        confidence=Confidence.SYMPTOM,
        example="! ScriptException: The script test failed to execute.",
    ),
    LogPattern(
        name="melos.bootstrap",
        kind=FailureKind.DEPENDENCY,
        keywords=("bootstrapexception: ",),
        start=r"BootstrapException: ",
        context_before=r"(?!\[|-{10})\S",
        max_context=3,
        headline=r"BootstrapException: ",
        example="""
> Rename failed, path = '/srv/.pub-cache/_temp/dir' (OS Error: File exists, errno = 17)
! BootstrapException: Failed to install.: basket at /srv/orchard/packages/basket.
""",
    ),
    LogPattern(
        name="ocaml.error",
        kind=FailureKind.COMPILE,
        keywords=("error",),
        priority=2,  # before javascript.error
        start=r"Error(?: \(alert \w{1,40}\)| \(warning \d{1,4}(?: \[[\w-]{1,60}\])?\))?: (?:This |Unbound "
        r"|The (?:value|implementation|type|constructor|module|record|field|variant|files|function|external)"
        r"|Syntax error|Signature mismatch|Some |Unused|Multiple definition|No implementation|Library |Multiply "
        r"|In this |Illegal |Cannot (?:find file|safely)|Broken |Program |Module |Constraints |unused |deprecated)",
        context_before=r'File "[^"]{1,300}", lines? \d|\s{0,6}\d{1,6} \||\s{1,300}[\^~]|\s{1,6}\.\.\.',
        max_context=8,
        body=r"\s{7,12}\S",
        max_lines=8,
        confidence=Confidence.LIKELY,
        example="""
> File "src/press.ml", line 31, characters 14-17:
> 31 | let force = squeeze + "apple"
>                            ^^^^^^^
! Error: This expression has type string but an expression was expected of type
>          int
  make: *** [build] Error 2
""",
    ),
    LogPattern(
        name="d.unittest",
        kind=FailureKind.TEST,
        keywords=(": [unittest] ",),
        start=r"\S{1,300}\.d\(\d{1,6}\): \[unittest\] ",
        example="""
  1/1 modules FAILED unittests
! source/pick.d(3): [unittest] the total
""",
    ),
)

# Package managers of Haskell, OCaml, Elixir, Erlang, Clojure, Swift, Objective-C, Lua, Perl, C++.

_LANGUAGE_PACKAGES = (
    LogPattern(
        name="cabal.resolve",
        kind=FailureKind.DEPENDENCY,
        keywords=("could not resolve dependencies",),
        start=r"(?:cabal(?:\.exe)?: |Error: (?:cabal: |\[Cabal-\d{1,6}\]\s?)?)?Could not resolve dependencies:",
        body=r"\[|\s{2,8}\S|\(fail|After searching|goals I've had",
        max_lines=16,
        headline=r"^\[__\d",
        example="""
> cabal: Could not resolve dependencies:
! [__0] next goal: basket (user goal)
> [__0] rejecting: basket-9.0 (conflict: willow => >=9)
  done
""",
    ),
    LogPattern(
        name="cabal.suite",
        kind=FailureKind.TEST,
        keywords=(": fail",),
        start=r"Test suite \S{1,200}: FAIL$",
        context_before=r"(?!Test suite |Running )\S|$",
        max_context=30,
        body=r"Test suite logged to|\S{1,400}\.log$",
        confidence=Confidence.LIKELY,
        example="""
  Test suite cart: RUNNING...
> the total is 750, not 800
>
! Test suite cart: FAIL
> Test suite logged to:
> /srv/shop/dist-newstyle/test/shop-0.1-cart.log
  0 of 1 test suites (0 of 1 test cases) passed.
""",
    ),
    LogPattern(
        name="cabal.tests_failed",
        kind=FailureKind.TEST,
        keywords=("tests failed for ",),
        start=r"(?:Error: )?(?:\[Cabal-\d{1,6}\] ?)?(?:cabal: )?Tests failed for test:",
        confidence=Confidence.SYMPTOM,
        example="! cabal: Tests failed for test:cart from shop-0.1.",
    ),
    LogPattern(
        name="gulp.no_task",
        kind=FailureKind.CONFIGURATION,
        keywords=("task never defined: ",),
        start=r"Task never defined: ",
        body=r"To list available tasks",
        example="""
  [04:28:11] Using gulpfile /srv/orchard/gulpfile.js
! [04:28:11] Task never defined: deploy
> To list available tasks, try running: gulp --tasks
""",
    ),
    LogPattern(
        name="grunt.warning",
        keywords=("use --force to continue",),
        start=r"Warning: .{1,600} Use --force to continue\.",
        example="""
! Warning: Task "deploy" not found. Use --force to continue.

  Aborted due to warnings.
""",
    ),
    LogPattern(
        name="lein.artifact",
        kind=FailureKind.DEPENDENCY,
        keywords=("could not ",),
        start=r"Could not (?:find artifact|transfer artifact) ",
        body=r"This could be due to",
        example="""
! Could not find artifact basket:basket:jar:9.0 in clojars (https://repo.example.com/)
> This could be due to a typo in :dependencies, file system permissions, or network issues.
  done
""",
    ),
    # Seen at https://github.com/openfoodfacts/smooth-app/issues/2507
    # and https://github.com/git-ecosystem/git-credential-manager/pull/23
    LogPattern(
        name="cocoapods.versions",
        kind=FailureKind.DEPENDENCY,
        keywords=("cocoapods could not find compatible",),
        start=r"\s{0,4}\[!\] CocoaPods could not find compatible versions for pod ",
        body=r"$|\s{2,12}\S|None of your spec sources contain",
        max_lines=16,
        example="""
  Analyzing dependencies
! [!] CocoaPods could not find compatible versions for pod "Basket":
>   In snapshot (Podfile.lock):
>     Basket (= 4.0.0, ~> 4.0.0)
>
>   In Podfile:
>     Basket (~> 4.0.0)
>
> None of your spec sources contain a spec satisfying the dependencies: `Basket (~> 4.0.0)`.

  You have either:
""",
    ),
)

# The Dart analyzer.

_DART = (
    # Seen at https://github.com/flutter/flutter/issues/103895
    LogPattern(
        name="dart.analyze",
        kind=FailureKind.LINT,
        keywords=(" error • ",),
        start=r"\s{2,4}error • \S",
        body=r"\s{2,4}error • \S|\s{7,12}\S",
        max_lines=30,
        example="""
  Analyzing orchard...
!   error • Target of URI doesn't exist: 'package:orchard/basket.dart' •
>          lib/main.dart:1:8 • uri_does_not_exist
>   error • The function 'squeeze' isn't defined • lib/main.dart:4:3 •
>          undefined_function
     info • The method doesn't override an inherited method • lib/main.dart:12:10
""",
    ),
    LogPattern(
        name="nim.exception",
        keywords=("unhandled exception: ",),
        priority=2,  # before javascript.error
        start=r"Error: unhandled exception: ",
        context_before=r"\S{1,300}\.nim\(\d{1,6}\) \S|Traceback \(most",
        headline=r"^Error: ",
        example="""
> Traceback (most recent call last)
> /srv/shop/main.nim(2) main
! Error: unhandled exception: index out of bounds, the container is empty [IndexDefect]
""",
    ),
    LogPattern(
        name="nim.external",
        keywords=("execution of an external program failed",),
        priority=2,  # before javascript.error
        start=r"Error: execution of an external program failed: ",
        confidence=Confidence.SYMPTOM,
        example="! Error: execution of an external program failed: '/srv/shop/main '",
    ),
)

PATTERNS = (
    *_OTHER_COMPILERS,
    *_LANGUAGE_PACKAGES,
    *_DART,
)
