"""Compilers of the BEAM: Elixir's, Erlang's under rebar3; Credo, Dialyzer, mix format."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="beam-build.elixir",
        keywords=("compilation error in file",),
        opens=r"== Compilation error in file .{1,300} ==$",
        through=r"\*\* \(|\s{2,8}\S|$|\s{0,8}│",
        most=24,
        headline=r"^\*\* \(",
        example="""
  Compiling 12 files (.ex)
> == Compilation error in file lib/press.ex ==
! ** (CompileError) lib/press.ex:31: undefined function squeeze/1
>     (elixir 1.14.0) lib/kernel/parallel_compiler.ex:346: anonymous fn/5 in Kernel.ParallelCompiler.spawn_workers/7
  done
""",
    ),
    Rule(
        name="beam-build.elixir_error",
        keywords=("error: ",),
        opens=r"\s{4}error: (?:undefined |module |cannot |function |.{1,300} (?:is undefined|expected))",
        through=r"\s{0,8}\d{0,6} ?[│|]|\s{2,4}└─|\s{2,8}(?:\(|lib/|test/|deps/)\S",
        most=10,
        example="""
!     error: undefined variable "squeeze"
>     │
>  31 │   squeeze
>     │   ^^^^^^^
>     │
>     └─ lib/press.ex:31:3: Press.turn/1
""",
    ),
    Rule(
        name="beam-build.warnings",
        keywords=("compilation failed due to warnings",),
        opens=r"Compilation failed due to warnings while using the --warnings-as-errors option",
        lead=r"\s{0,4}warning: .{1,400}|\s{2,8}\S|$|\s{0,8}│",
        lead_most=20,
        headline=r"warning: ",
        example="""
  Compiling 12 files (.ex)
! warning: variable "apple" is not used
>   lib/press.ex:2: Press.turn/1
>
> Compilation failed due to warnings while using the --warnings-as-errors option
""",
    ),
    Rule(
        name="beam-build.mix_format",
        keywords=("mix format failed",),
        priority=1,  # before mix.fail
        opens=r"\*\* \(Mix\) mix format failed due to --check-formatted",
        through=r"The following files (?:are|were) not formatted|\s{2,4}\* |$|\s{2,4}\S{1,300}\.exs?$"
        r"|\s{0,6}\d{0,6} {0,4}\d{0,6} {0,2}[|│]",
        most=30,
        example="""
! ** (Mix) mix format failed due to --check-formatted.
> The following files are not formatted:
>
>   * lib/press.ex
  done
""",
    ),
    Rule(
        name="beam-build.erlang",
        keywords=(".erl:",),
        opens=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.erl(?::\d{1,6}){1,2}: (?!Warning)\S",
        through=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:erl|hrl)(?::\d{1,6}){1,2}: (?!Warning)",
        most=20,
        example="""
! src/press.erl:31: function squeeze/1 undefined
> src/press.erl:33: variable 'Apple' is unbound
  ===> Compiling failed
""",
    ),
    Rule(
        name="beam-build.erlang_syntax",
        keywords=("error",),
        priority=1,  # before beam-build.erlang, gcc.error
        opens=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:erl|hrl|yrl|xrl)(?::\d{1,6}){1,2}: (?!Warning)(?:syntax error"
        r"|.{0,300}error)",
        through=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:erl|hrl)(?::\d{1,6}){1,2}: (?!Warning)",
        most=20,
        example="""
! src/press.erl:31: syntax error before: 'end'
""",
    ),
    Rule(
        name="beam-build.rebar_compiling",
        keywords=("failed",),
        opens=r"===> Compiling (?:\S{1,300} )?failed",
        through=r"\s{2,8}(?:┌─|│|└──|\d)|\s{0,4}\d{1,6} │|$|\s{2,40}[╰│]",
        most=12,
        rank=Rank.LIKELY,
        example="""
! ===> Compiling src/press.erl failed
>    ┌─ src/press.erl:
>    │
>  31 │  squeeze(Apple).
>    │  ╰── function squeeze/1 undefined
""",
    ),
    Rule(
        name="beam-build.rebar",
        keywords=("error",),
        priority=1,  # before beam-build.rebar_compiling
        opens=r"===> (?:Errors? |.{1,300}(?:[Ee]rror|failed))",
        rank=Rank.LIKELY,
        example="""
! ===> Error in rebar.config: bad term
""",
    ),
)
