"""Compilers, package managers and TeX of languages without a module of their own."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Compilers of Groovy, Clojure, Dart, Crystal, Nim, Zig, Julia, Elm, OCaml, D, Haxe, Solidity.


_OTHER_COMPILERS = (
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
)

# Package managers of Haskell, OCaml, Elixir, Erlang, Clojure, Swift, Objective-C, Lua, Perl, C++.

_LANGUAGE_PACKAGES = (
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
)

PATTERNS = (
    *_OTHER_COMPILERS,
    *_LANGUAGE_PACKAGES,
    *_DART,
)
