"""Formatters of many languages: Prettier and Biome."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="prettier.check",
        keywords=("code style issues",),
        opens=r"\[warn\] Code style issues ",
        lead=r"\[warn\] \S|\[error\] .{1,1000}",
        lead_most=40,
        headline=r"^\[warn\] (?!Code style)\S",
        names=r"^\[warn\] (?!Code style)\S",
        example="""
  Checking formatting...
! [warn] src/press.js
> [warn] src/basket.js
> [warn] Code style issues found in 2 files. Run Prettier with --write to fix.
""",
    ),
    Rule(
        name="prettier.old_check",
        keywords=("code style issues",),
        opens=r"Code style issues found in the above file\(s\)\.",
        lead=r"(?:\.{0,2}/)?[\w.@/-]{1,300}\.\w{1,10}$",
        lead_most=40,
        headline=r"^[\w.@/-]{1,300}\.\w{1,10}$",
        example="""
  Checking formatting...
! src/press.js
> Code style issues found in the above file(s). Forgot to run Prettier?
""",
    ),
    Rule(
        name="prettier.error",
        keywords=("[error] ",),
        opens=r"\[error\] \S{1,300}: \w{0,30}Error: ",
        through=r"\[error\] (?:>| )",
        most=12,
        example="""
  Checking formatting...
! [error] src/press.js: SyntaxError: Unexpected token (3:16)
> [error]   2 | const apple = 1
> [error] > 3 | const basket = fill(;
> [error]     |                     ^
  Error occurred when checking code style in the above file.
""",
    ),
    Rule(
        name="prettier.stopped",
        keywords=("error occurred when checking code style",),
        opens=r"(?:\[error\] )?Error occurred when checking code style in",
        rank=Rank.RECAP,
        example="""
! Error occurred when checking code style in the above file.
""",
    ),
    Rule(
        name="prettier.biome",
        keywords=("errors were emitted while running",),
        opens=r"\s{0,4}[×✖] Some errors were emitted while ",
        rank=Rank.RECAP,
        example="""
!   × Some errors were emitted while running checks.
""",
    ),
    Rule(
        name="prettier.biome_unexpected",
        keywords=("expected",),
        opens=r"\s{1,4}[×✖] (?:This is an unexpected|[Ee]xpected )",
        lead=r"\S{1,300}(?::\d{1,6}:\d{1,5})? (?:lint/|parse|suppressions|assist/|format"
        r"|organizeImports).{0,40} {0,3}━|$",
        lead_most=2,
        through=r"\s{2,12}\S|$",
        until=r"\s{1,4}(?:i|\u2139) ",
        most=12,
        example="""
> src/press.js:3:15 lint/suspicious/noDebugger  FIXABLE  ━━━━━━━━━━━━━━━
>
!   × This is an unexpected use of the debugger statement.
>
>     2 │ const apple = 1;
>   > 3 │ debugger;
>       │ ^^^^^^^^^
>
    i A debugger statement pauses the program when a debugger is open.
""",
    ),
)
