"""Compilers met less often: Groovy, Clojure, Dart, Crystal, Nim, Zig, Julia, Elm, OCaml, D, Haxe, Solidity."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_DART = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.dart:\d{1,6}:\d{1,5}: Error: "
_ANALYZER = r"\s{0,4}error (?:•|-) .{0,600}\.dart:\d"
_ELM = r"-- [A-Z][A-Z ]{2,60} -{3,200}"


RULES = (
    Rule(
        name="groovyc.failed",
        keywords=("startup failed:",),
        opens=r"(?:.{0,120}MultipleCompilationErrorsException: |.{0,60})startup failed:$",
        closes=r"\d{1,5} errors?$",
        through=r".{0,1000}",
        most=40,
        headline=r": \d{1,6}: ",
        names=r": \d{1,6}: ",
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
    Rule(
        name="clojure.compiling",
        keywords=("exception",),
        opens=r"(?:Exception in thread \"main\" |Caused by: )?(?:clojure\.lang\."
        r"|Syntax error \()?(?:Compiler\$)?CompilerException\b.{0,1000}compiling",
        through=r"\S.{0,300}in this context",
        most=3,
        example="""
! clojure.lang.Compiler$CompilerException: java.lang.Error: No such var: turn, compiling:(press/core.clj:31:9)
      at clojure.lang.Compiler.analyze (Compiler.java:6792)
""",
    ),
    Rule(
        name="dart.error",
        keywords=(": error: ",),
        opens=_DART,
        through=r"\s{0,300}\^{1,200}$|\s{1,200}\S|.{0,300}[;{},)(]$",
        until=r"[^\s:]{1,300}\.dart:\d{1,6}:\d{1,5}: ",
        most=6,
        example="""
! lib/press.dart:31:9: Error: Method not found: 'squeeze'.
>         squeeze(apple);
>         ^^^^^^^
  FAILURE: Build failed
""",
    ),
    Rule(
        name="dart.analyze",
        keywords=("error ",),
        opens=_ANALYZER,
        through=_ANALYZER,
        most=30,
        example="""
  Analyzing press...
!   error • The function 'squeeze' isn't defined • lib/press.dart:31:9 • undefined_function
>   error • The function 'turn' isn't defined • lib/press.dart:33:9 • undefined_function
  2 issues found. (ran in 3.1s)
""",
    ),
    Rule(
        name="crystal.error",
        keywords=("error: ",),
        opens=r"Error: (?:undefined |can't find |no overload |expected |wrong number |unexpected |unterminated "
        r"|private method |can't |instantiating |type must|method )",
        lead=r"(?:In|Showing last frame|There was a problem expanding).{0,300}|\s{0,8}\d{0,6} {1,2}\|"
        r"|\s{1,300}\^-{0,200}$|\s{1,300}\S|$|.{0,40}\d{1,6} \| ",
        lead_most=8,
        through=r"\s{1,8}- |Did you mean|Overloads are:",
        most=6,
        example="""
> In src/press.cr:31:3
>
>  31 | squeeze(apple)
>       ^------
! Error: undefined method 'squeeze' for top-level
  make: *** [build] Error 1
""",
    ),
    Rule(
        name="crystal.old_error",
        keywords=("error in ",),
        opens=r"(?:Error|Syntax error) in (?:line \d|\S{1,300}\.cr:\d)",
        through=r"$|\s{1,200}\S|.{1,300}",
        most=5,
        example="""
! Syntax error in src/press.cr:31: unexpected token: end
>
> end
> ^
""",
    ),
    Rule(
        name="nim.error",
        keywords=(" error: ",),
        opens=r"(?:[A-Za-z]:)?[^\s(]{1,300}\.nims?\(\d{1,6}, \d{1,5}\) Error: ",
        through=r"but expected one of|first type mismatch|\s{2,8}\S|(?:expression|candidates|got|required type)",
        most=10,
        example="""
! /srv/press/src/press.nim(31, 9) Error: undeclared identifier: 'squeeze'
> candidates (edit distance, scope distance); see '--spellSuggest':
  done
""",
    ),
    Rule(
        name="zig.error",
        keywords=(": error: ",),
        opens=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.zig(?::\d{1,6}){1,2}: error: ",
        through=r"\s{1,300}\S|[^\s:]{1,300}\.zig(?::\d{1,6}){1,2}: note: |\s{0,300}[~^]",
        most=14,
        example="""
! src/press.zig:31:9: error: use of undeclared identifier 'squeeze'
>         squeeze(apple);
>         ^~~~~~~
  error: the following command failed with 1 compilation errors:
""",
    ),
    Rule(
        name="julia.error",
        keywords=("error: ",),
        opens=r"ERROR: (?!(?:LoadError: )?Some tests did not pass)(?:LoadError: |InitError: |TaskFailedException"
        r"|Unsatisfiable requirements|Package \S{1,80} (?:errored|did not)|(?:UndefVar|Method|Argument|Bounds"
        r"|System|Key|Type|Assertion|Domain|Inexact|Stack|Load|Parse|Divide|Undef|Eof|EOF|Initialization|Request"
        r"|DNS|IO|MPI|Resolver)\w{0,20}Error\b|ProcessFailedException|ErrorException|CompositeException"
        r"|TestSetException|HTTP\.)",
        through=r"Stacktrace:| {0,3}\[\d{1,3}\] |\s{1,12}\S|in expression starting at|caused by: |$|nested task error",
        most=30,
        rank=Rank.LIKELY,
        example="""
! ERROR: LoadError: UndefVarError: squeeze not defined
> Stacktrace:
>  [1] turn(apple::Int64)
>    @ Press /srv/press/src/Press.jl:31
> in expression starting at /srv/press/test/runtests.jl:3
  done
""",
    ),
    Rule(
        name="elm.error",
        keywords=("mismatch", "naming error", "missing", "unexpected"),
        opens=_ELM,
        until=r"-- [A-Z ]{3,60} -{3}|\s{20,80}↑|Detected|={20}|npm |error Command",
        most=24,
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
    Rule(
        name="ocaml.error",
        keywords=("error",),
        opens=r"Error(?: \(alert \w{1,40}\)| \(warning \d{1,4}(?: \[[\w-]{1,60}\])?\))?: (?:This |Unbound "
        r"|The (?:value|implementation|type|constructor|module|record|field|variant|files|function|external)"
        r"|Syntax error|Signature mismatch|Some |Unused|Multiple definition|No implementation|Library |Multiply "
        r"|In this |Illegal |Cannot (?:find file|safely)|Broken |Program |Module |Constraints |unused |deprecated)",
        lead=r'File "[^"]{1,300}", lines? \d|\s{0,6}\d{1,6} \||\s{1,300}[\^~]|\s{1,6}\.\.\.',
        lead_most=8,
        through=r"\s{7,12}\S",
        most=8,
        rank=Rank.LIKELY,
        example="""
> File "src/press.ml", line 31, characters 14-17:
> 31 | let force = squeeze + "apple"
>                            ^^^^^^^
! Error: This expression has type string but an expression was expected of type
>          int
  make: *** [build] Error 2
""",
    ),
    Rule(
        name="d.error",
        keywords=(": error: ",),
        opens=r"(?:[A-Za-z]:)?[^\s(:]{1,300}\.di?\(\d{1,6}(?:,\d{1,5})?\): Error: ",
        through=r"[^\s(:]{1,300}\.di?\(\d{1,6}(?:,\d{1,5})?\): (?:Error: |   )",
        most=20,
        example="""
! source/press.d(31,9): Error: undefined identifier `squeeze`
> source/press.d(33,9): Error: undefined identifier `turn`
  dmd failed with exit code 1.
""",
    ),
    Rule(
        name="solidity.error",
        keywords=("error",),
        opens=r"(?:(?:Declaration|Docstring|Compiler)Error|Error \(\d{4}\)): \S",
        through=r"\s{1,4}--> \S|\s{0,6}\d{0,6} {0,2}\|",
        most=10,
        rank=Rank.LIKELY,
        example="""
! DeclarationError: Undeclared identifier.
>   --> contracts/Press.sol:31:9:
>    |
> 31 |         squeeze(apple);
>    |         ^^^^^^^
""",
    ),
)
