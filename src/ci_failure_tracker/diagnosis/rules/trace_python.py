"""Python's tracebacks: chained ones, groups, and those that another tool set in."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_RAISED = r"[A-Za-z_][\w.<>]{0,200}(?:: |:?$)"
_RAISED_INSIDE = r"\s{1,40}[A-Za-z_][\w.]{0,200}(?:Error|Exception|Warning|Interrupt|Exit|Found|Expired)(?:: |:?$)"

RULES = (
    Rule(
        name="python.traceback",
        keywords=("traceback",),
        opens=r"Traceback \(most recent call last\):",
        closes=_RAISED,
        through=r"\s|$",
        most=400,
        headline=r"^" + _RAISED,
        rank=Rank.LIKELY,
        example="""
  loading orchard.toml
> Traceback (most recent call last):
>   File "/srv/orchard/cli.py", line 12, in <module>
>     main()
>   File "/srv/orchard/cli.py", line 8, in main
>     trees["pear"]
>     ~~~~~^^^^^^^^
! KeyError: 'pear'
  done
""",
    ),
    Rule(
        name="python.chained",
        keywords=("above exception",),
        opens=r"(?:During handling of the above exception, another|The above exception was the direct cause of)",
        closes=_RAISED,
        through=r"\s|$|Traceback ",
        most=400,
        headline=r"^" + _RAISED,
        rank=Rank.LIKELY,
        example="""
  Traceback (most recent call last):
    File "orchard.py", line 3, in pick
      trees["pear"]
  KeyError: 'pear'

> During handling of the above exception, another exception occurred:
>
> Traceback (most recent call last):
>   File "orchard.py", line 5, in <module>
>     raise RuntimeError("nothing to pick")
! RuntimeError: nothing to pick
  pear
""",
    ),
    Rule(
        name="python.inside",
        keywords=("traceback",),
        opens=r"\s{1,40}Traceback \(most recent call last\):",
        closes=_RAISED_INSIDE,
        through=r"\s{1,80}\S",
        most=400,
        headline=r"^" + _RAISED_INSIDE,
        rank=Rank.LIKELY,
        example="""
    output of the worker
>     Traceback (most recent call last):
>       File "/srv/orchard/worker.py", line 4, in <module>
>         import barrels
!     ModuleNotFoundError: No module named 'barrels'
    end of output
""",
    ),
    Rule(
        name="python.group",
        keywords=("traceback",),
        opens=r"\s{0,20}\+ Exception Group Traceback \(most recent call last\):",
        through=r"\s{0,80}[|+]",
        most=400,
        headline=r"^\s{2,80}\| (?!ExceptionGroup|BaseExceptionGroup|Traceback)[A-Za-z_][\w.]{0,200}(?:: |$)",
        names=r"^\s{2,80}\| (?!Traceback)[A-Za-z_][\w.]{0,200}(?:: |$)",
        rank=Rank.LIKELY,
        example="""
>   + Exception Group Traceback (most recent call last):
>   |   File "orchard.py", line 9, in <module>
>   |     pick()
>   | ExceptionGroup: harvest (2 sub-exceptions)
>   +-+---------------- 1 ----------------
>     | Traceback (most recent call last):
>     |   File "orchard.py", line 4, in pear
>     |     raise ValueError("unripe")
!     | ValueError: unripe
>     +---------------- 2 ----------------
>     | Traceback (most recent call last):
>     |   File "orchard.py", line 6, in plum
>     |     raise OSError("ladder")
>     | OSError: ladder
>     +------------------------------------
  bye
""",
    ),
    Rule(
        name="python.no_module",
        keywords=("no module named",),
        opens=r"(?:/\S{0,200}/)?(?:python|pypy)[\d.]{0,6}(?:\.exe)?: (?:No module named|Error while finding module)",
        example="""
! /opt/hostedtoolcache/Python/3.11.4/x64/bin/python: No module named orchard_tests
""",
    ),
    Rule(
        name="python.no_file",
        keywords=("can't open file",),
        opens=r"(?:\S{0,200}[/\\])?(?:python|pypy)[\d.]{0,6}(?:\.exe)?: can't open file ",
        example="""
! python: can't open file '/srv/orchard/run_all.py': [Errno 2] No such file or directory
""",
    ),
)
