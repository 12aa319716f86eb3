"""Compilers, package managers and TeX of languages without a module of their own."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern

# Compilers of Groovy, Clojure, Dart, Crystal, Nim, Zig, Julia, Elm, OCaml, D, Haxe, Solidity.

_OTHER_COMPILERS_DART = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.dart:\d{1,6}:\d{1,5}: Error: "
_OTHER_COMPILERS_ANALYZER = r"\s{0,4}error (?:•|-) .{0,600}\.dart:\d"
_OTHER_COMPILERS_ELM = r"-- [A-Z][A-Z ]{2,60} -{3,200}"


_OTHER_COMPILERS = (
    LogPattern(
        name="groovyc.failed",
        keywords=("startup failed:",),
        start=r"(?:.{0,120}MultipleCompilationErrorsException: |.{0,60})startup failed:$",
        end=r"\d{1,5} errors?$",
        body=r".{0,1000}",
        max_lines=40,
        headline=r": \d{1,6}: ",
        fingerprint=r": \d{1,6}: ",
        example="""
> org.codehaus.groovy.control.MultipleCompilationErrorsException: startup failed:
! /srv/press/src/test/groovy/PressSpec.groovy: 31: unable to resolve class Basket
>  @ line 31, column 9.
>            Basket basket
>            ^
>
> 1 error
      at org.codehaus.groovy.control.ErrorCollector.failIfErrors(ErrorCollector.java:310)
""",
    ),
    LogPattern(
        name="clojure.compiling",
        keywords=("exception",),
        start=r"(?:Exception in thread \"main\" |Caused by: )?(?:clojure\.lang\."
        r"|Syntax error \()?(?:Compiler\$)?CompilerException\b.{0,1000}compiling",
        body=r"\S.{0,300}in this context",
        max_lines=3,
        example="""
! clojure.lang.Compiler$CompilerException: java.lang.Error: No such var: turn, compiling:(press/core.clj:31:9)
      at clojure.lang.Compiler.analyze (Compiler.java:6792)
""",
    ),
    LogPattern(
        name="dart.error",
        keywords=(": error: ",),
        start=_OTHER_COMPILERS_DART,
        body=r"\s{0,300}\^{1,200}$|\s{1,200}\S|.{0,300}[;{},)(]$",
        end_before=r"[^\s:]{1,300}\.dart:\d{1,6}:\d{1,5}: ",
        max_lines=6,
        example="""
! lib/press.dart:31:9: Error: Method not found: 'squeeze'.
>         squeeze(apple);
>         ^^^^^^^
  FAILURE: Build failed
""",
    ),
    LogPattern(
        name="dart.analyze",
        keywords=("error ",),
        start=_OTHER_COMPILERS_ANALYZER,
        body=_OTHER_COMPILERS_ANALYZER,
        max_lines=30,
        example="""
  Analyzing press...
!   error • The function 'squeeze' isn't defined • lib/press.dart:31:9 • undefined_function
>   error • The function 'turn' isn't defined • lib/press.dart:33:9 • undefined_function
  2 issues found. (ran in 3.1s)
""",
    ),
    LogPattern(
        name="crystal.error",
        keywords=("error: ",),
        start=r"Error: (?:undefined |can't find |no overload |expected |wrong number |unexpected |unterminated "
        r"|private method |can't |instantiating |type must|method )",
        context_before=r"(?:In|Showing last frame|There was a problem expanding).{0,300}|\s{0,8}\d{0,6} {1,2}\|"
        r"|\s{1,300}\^-{0,200}$|\s{1,300}\S|$|.{0,40}\d{1,6} \| ",
        max_context=8,
        body=r"\s{1,8}- |Did you mean|Overloads are:",
        max_lines=6,
        example="""
> In src/press.cr:31:3
>
>  31 | squeeze(apple)
>       ^------
! Error: undefined method 'squeeze' for top-level
  make: *** [build] Error 1
""",
    ),
    LogPattern(
        name="crystal.old_error",
        keywords=("error in ",),
        start=r"(?:Error|Syntax error) in (?:line \d|\S{1,300}\.cr:\d)",
        body=r"$|\s{1,200}\S|.{1,300}",
        max_lines=5,
        example="""
! Syntax error in src/press.cr:31: unexpected token: end
>
> end
> ^
""",
    ),
    LogPattern(
        name="nim.error",
        keywords=(" error: ",),
        start=r"(?:[A-Za-z]:)?[^\s(]{1,300}\.nims?\(\d{1,6}, \d{1,5}\) Error: ",
        body=r"but expected one of|first type mismatch|\s{2,8}\S|(?:expression|candidates|got|required type)",
        max_lines=10,
        example="""
! /srv/press/src/press.nim(31, 9) Error: undeclared identifier: 'squeeze'
> candidates (edit distance, scope distance); see '--spellSuggest':
  done
""",
    ),
    LogPattern(
        name="zig.error",
        keywords=(": error: ",),
        start=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.zig(?::\d{1,6}){1,2}: error: ",
        body=r"\s{1,300}\S|[^\s:]{1,300}\.zig(?::\d{1,6}){1,2}: note: |\s{0,300}[~^]",
        max_lines=14,
        example="""
! src/press.zig:31:9: error: use of undeclared identifier 'squeeze'
>         squeeze(apple);
>         ^~~~~~~
  error: the following command failed with 1 compilation errors:
""",
    ),
    LogPattern(
        name="julia.error",
        keywords=("error: ",),
        start=r"ERROR: (?!(?:LoadError: )?Some tests did not pass)(?:LoadError: |InitError: |TaskFailedException"
        r"|Unsatisfiable requirements|Package \S{1,80} (?:errored|did not)|(?:UndefVar|Method|Argument|Bounds"
        r"|System|Key|Type|Assertion|Domain|Inexact|Stack|Load|Parse|Divide|Undef|Eof|EOF|Initialization|Request"
        r"|DNS|IO|MPI|Resolver)\w{0,20}Error\b|ProcessFailedException|ErrorException|CompositeException"
        r"|TestSetException|HTTP\.)",
        body=r"Stacktrace:| {0,3}\[\d{1,3}\] |\s{1,12}\S|in expression starting at|caused by: |$|nested task error",
        max_lines=30,
        confidence=Confidence.LIKELY,
        example="""
! ERROR: LoadError: UndefVarError: squeeze not defined
> Stacktrace:
>  [1] turn(apple::Int64)
>    @ Press /srv/press/src/Press.jl:31
> in expression starting at /srv/press/test/runtests.jl:3
  done
""",
    ),
    LogPattern(
        name="elm.error",
        keywords=("mismatch", "naming error", "missing", "unexpected"),
        start=_OTHER_COMPILERS_ELM,
        end_before=r"-- [A-Z ]{3,60} -{3}|\s{20,80}↑|Detected|={20}|npm |error Command",
        max_lines=24,
        headline=r"^\S(?!-)",
        example="""
> -- TYPE MISMATCH ------------------------------------------------ src/Press.elm
>
! The 1st argument to `squeeze` is not what I need:
>
> 31|     squeeze "apple"
> -- NAMING ERROR ------------------------------------------------ src/Press.elm
>
! I cannot find a `squeeze` variable:
  Detected errors in 1 module.
> -- MISSING PATTERNS ------------------------------------------------ src/Press.elm
>
! This `case` does not have branches for all possibilities:
  Detected errors in 1 module.
> -- UNEXPECTED SYMBOL ------------------------------------------------ src/Press.elm
>
! I ran into a symbol here:
""",
    ),
    LogPattern(
        name="ocaml.error",
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
        name="d.error",
        keywords=(": error: ",),
        start=r"(?:[A-Za-z]:)?[^\s(:]{1,300}\.di?\(\d{1,6}(?:,\d{1,5})?\): Error: ",
        body=r"[^\s(:]{1,300}\.di?\(\d{1,6}(?:,\d{1,5})?\): (?:Error: |   )",
        max_lines=20,
        example="""
! source/press.d(31,9): Error: undefined identifier `squeeze`
> source/press.d(33,9): Error: undefined identifier `turn`
  dmd failed with exit code 1.
""",
    ),
    LogPattern(
        name="solidity.error",
        keywords=("error",),
        priority=2,  # before javascript.error
        start=r"(?:(?:Declaration|Docstring|Compiler)Error|Error \(\d{4}\)): \S",
        body=r"\s{1,4}--> \S|\s{0,6}\d{0,6} {0,2}\|",
        max_lines=10,
        confidence=Confidence.LIKELY,
        example="""
! DeclarationError: Undeclared identifier.
>   --> contracts/Press.sol:31:9:
>    |
> 31 |         squeeze(apple);
>    |         ^^^^^^^
""",
    ),
)

# Package managers of Haskell, OCaml, Elixir, Erlang, Clojure, Swift, Objective-C, Lua, Perl, C++.

_LANGUAGE_PACKAGES = (
    LogPattern(
        name="cabal.resolve",
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
        name="cabal.build",
        keywords=("failed to build ",),
        start=r"(?:cabal(?:\.exe)?: |Error: (?:cabal: |\[Cabal-\d{1,6}\]\s?)?)Failed to build ",
        confidence=Confidence.SYMPTOM,
        example="""
! cabal: Failed to build basket-9.0 (which is required by orchard-1.0).
""",
    ),
    LogPattern(
        name="stack.plan",
        keywords=("error: ",),
        start=r"Error: (?:While constructing the build plan|\[S-\d{1,6}\])",
        body=r"$|\s{1,8}\S|In the dependencies|Some different approaches|While constructing|needed ",
        max_lines=20,
        confidence=Confidence.LIKELY,
        example="""
! Error: While constructing the build plan, the following exceptions were encountered:
>
> In the dependencies for orchard-1.0:
>     basket needed, but the stack configuration has no specified version
  done
""",
    ),
    LogPattern(
        name="opam.error",
        keywords=("[error] ",),
        start=r"\[ERROR\] (?:The compilation of|Package conflict|No package named|Sorry, no solution"
        r"|\S{1,100} unmet|Could not )",
        body=r"\s{2}[*-] |\s{4,8}\S",
        max_lines=10,
        confidence=Confidence.LIKELY,
        example="""
! [ERROR] Package conflict!
>   * No agreement on the version of basket
  done
""",
    ),
    LogPattern(
        name="mix.fail",
        keywords=("could not ", "fail"),
        start=r"\*\* \(Mix\) ",
        example="""
! ** (Mix) Could not start application basket: no pears
! ** (Mix) Hex dependency resolution failed
""",
    ),
    LogPattern(
        name="rebar3.fail",
        keywords=("fail",),
        start=r"===> (?:Failed |Verification failed)",
        body=r"\s{2,8}\S",
        max_lines=10,
        confidence=Confidence.LIKELY,
        example="""
! ===> Failed to fetch and copy dep: basket
""",
    ),
    LogPattern(
        name="lein.artifact",
        keywords=("could not ",),
        start=r"Could not (?:find artifact|transfer artifact) ",
        body=r"This could be due to",
        example="""
! Could not find artifact basket:basket:jar:9.0 in clojars (https://repo.example.com/)
> This could be due to a typo in :dependencies, file system permissions, or network issues.
  done
""",
    ),
    LogPattern(
        name="swiftpm.error",
        keywords=("error: ",),
        start=r"error: (?:Dependencies could not be resolved|.{0,40}package '|the package manifest|no such module"
        r"|Failed to clone"
        r"|failed to clone|root manifest not found|could not find Package\.swift)",
        body=r"\s{4}\S",
        max_lines=8,
        example="""
! error: Dependencies could not be resolved because root depends on 'basket' 9.0.0..<10.0.0.
""",
    ),
    LogPattern(
        name="cocoapods.error",
        keywords=("could not",),
        start=r"\[!\] CocoaPods could not ",
        body=r"$|\s{2,8}\S|None of your spec|You have either",
        max_lines=16,
        example="""
! [!] CocoaPods could not find compatible versions for pod "Basket":
>   In Podfile:
>     Basket (~> 9.0)

  Specs satisfying the dependency were found, but they required a higher minimum deployment target.
""",
    ),
    LogPattern(
        name="cocoapods.unable",
        keywords=("unable to",),
        start=r"\[!\] Unable to (?:find|satisfy|add)",
        body=r"$|\s{2,8}\S|\* |- |None of your spec",
        max_lines=12,
        example="""
! [!] Unable to find a specification for `Basket`
  done
""",
    ),
    LogPattern(
        name="luarocks.error",
        keywords=("error: ",),
        start=r"Error: (?:No results matching query|Failed installing dependency|Could not satisfy|Build error)",
        example="""
! Error: No results matching query were found for Lua 5.4.
""",
    ),
    LogPattern(
        name="cpan.install",
        keywords=("fail",),
        start=r"! (?:Installing|Testing|Configure|Building) .{1,200} failed\. See ",
        example="""
! ! Installing Orchard::Basket failed. See /srv/.cpanm/build.log for details. Retry with --force.
""",
    ),
    LogPattern(
        name="cpan.missing",
        keywords=("couldn't find module",),
        start=r"! Couldn't find module or a distribution ",
        example="""
! ! Couldn't find module or a distribution Orchard::Basket
""",
    ),
    LogPattern(
        name="conan.error",
        keywords=("error: ",),
        start=r"ERROR: (?:Package '\S{1,100}' not resolved|Missing (?:prebuilt|binary)|Unable to find '"
        r"|Version conflict"
        r"|\S{1,200}@?\S{0,80}: Error in |Conflict in"
        r"|Invalid setting|Invalid ID|Recipe '|\S{1,100}/\S{1,100}: (?:Invalid|Unable))",
        body=r"\s{4,8}\S|$|Explanation",
        max_lines=10,
        example="""
! ERROR: Package 'basket/9.0' not resolved: Unable to find 'basket/9.0' in remotes.
""",
    ),
    LogPattern(
        name="vcpkg.build",
        keywords=("failed with: ",),
        start=r"(?:error|Error): (?:[Bb]uilding package |building )\S{1,200} failed with: ",
        body=r"See logs for more|\s{4}\S|Elapsed",
        max_lines=8,
        example="""
! error: building basket:x64-linux failed with: BUILD_FAILED
> See logs for more information:
>     /srv/vcpkg/buildtrees/basket/build-x64-linux-dbg-out.log
  done
""",
    ),
    LogPattern(
        name="vcpkg.error",
        keywords=("error: ",),
        start=r"(?:\S{0,200}vcpkg\S{0,200}:\d{1,6}:\d{1,5}: )?error: (?:while (?:loading|detecting|checking out)"
        r"|no version database"
        r"|failed to (?:execute|configure)|\S{1,100}\.json)",
        body=r"note: |\s{4}\S",
        max_lines=8,
        example="""
! error: while loading /srv/vcpkg.json: a comma is missing
""",
    ),
)

# TeX and LaTeX.

_LATEX = (
    LogPattern(
        name="latex.error",
        keywords=("undefined control", "error: ", "missing "),
        priority=1,  # before cpan.install, cpan.missing
        start=r"! (?!Emergency stop|Fatal error occurred|==> Fatal)[A-Z]\S|(?:\.{0,2}/)?[^\s:]{1,300}\.(?:tex|sty"
        r"|cls|ltx|bib):\d{1,6}: \S",
        end=r"l\.\d{1,7} ",
        body=r".{0,200}",
        max_lines=12,
        example="""
  (./press.aux)
! ! Undefined control sequence.
> l.31 \\squeeze
! ! LaTeX Error: File `basket.sty' not found.
>
> Type X to quit or <RETURN> to proceed,
> l.3 \\usepackage
! ./press.tex:31: Missing $ inserted.
> l.31 apple_
""",
    ),
    LogPattern(
        name="latex.emergency",
        keywords=("fatal error occurred",),
        start=r"! {1,2}==> Fatal error occurred, no output PDF file produced!",
        confidence=Confidence.SYMPTOM,
        example="""
! !  ==> Fatal error occurred, no output PDF file produced!
""",
    ),
    LogPattern(
        name="latex.latexmk",
        keywords=("latexmk: errors",),
        start=r"Latexmk: Errors, so I did not complete making targets",
        confidence=Confidence.SYMPTOM,
        example="""
! Latexmk: Errors, so I did not complete making targets
""",
    ),
)

PATTERNS = (
    *_OTHER_COMPILERS,
    *_LANGUAGE_PACKAGES,
    *_LATEX,
)
