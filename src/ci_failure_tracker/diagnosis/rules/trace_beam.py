"""Exceptions of Elixir and Erlang."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="elixir.error",
        keywords=("error) ",),
        opens=r"\*\* \((?:[A-Z][\w.]{0,150})?Error\) ",
        through=r"\s{4,8}\S|$",
        most=60,
        rank=Rank.LIKELY,
        example="""
! ** (RuntimeError) the basket is empty
>     (orchard 0.1.0) lib/orchard.ex:7: Orchard.pick/1
>     (elixir 1.15.0) lib/code.ex:543: Code.require_file/2
  bye
""",
    ),
    Rule(
        name="elixir.exit",
        keywords=("error",),
        opens=r"\*\* \((?:exit|EXIT from #PID<[\d.]{1,20}>|throw)\) .{0,400}(?:error|fail|exception)",
        through=r"\s{4,8}\S|$",
        most=60,
        rank=Rank.LIKELY,
        example="""
! ** (exit) exited in: Orchard.error(:empty)
>     (orchard 0.1.0) lib/orchard.ex:7: Orchard.pick/1
  bye
""",
    ),
    Rule(
        name="erlang.report",
        keywords=("error report",),
        opens=r"=(?:ERROR|CRASH) REPORT====",
        through=r"\s|\S.{0,200}$",
        most=20,
        headline=r"^(?!=)\S",
        rank=Rank.LIKELY,
        example="""
> =ERROR REPORT==== 3-May-2021::10:11:12.000000 ===
! Error in process <0.92.0> with exit value:
> {badarg,[{orchard,pick,1,[{file,"src/orchard.erl"},{line,7}]}]}

  bye
""",
    ),
    Rule(
        name="erlang.escript",
        keywords=("exception error",),
        opens=r"(?:escript: |\*{2} )?exception error: ",
        through=r"\s{2,8}in |\s{2,8}\S",
        most=20,
        rank=Rank.LIKELY,
        example="""
! escript: exception error: undefined function basket:fill/1
>   in function  orchard:main/1 (/srv/orchard/orchard.erl, line 7)
>   in call from escript:run/2 (escript.erl, line 750)
  bye
""",
    ),
)
