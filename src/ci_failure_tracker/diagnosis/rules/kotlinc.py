"""The Kotlin compiler, and ktlint and detekt."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_KOTLIN = r"e: (?:file://)?(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:(?: \(\d{1,6}, \d{1,5}\): |\d{1,6}:\d{1,5}:? )\S"
_KTLINT = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:\d{1,6}:\d{1,5}: (?!error: )(?:Lint error > )?\S"
_DETEKT = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:\d{1,6}:\d{1,5}: \S.{1,600} \[\w{3,60}\]$"


RULES = (
    Rule(
        name="kotlinc.error",
        keywords=("unresolved reference", "mismatch", "cannot", "expected", "missing"),
        opens=_KOTLIN,
        lead=_KOTLIN,
        lead_most=20,
        through=_KOTLIN + r"|(?:public|internal|private|fun|val|constructor)\b.{0,300} defined in ",
        most=40,
        headline=r"^(?:" + _KOTLIN + r")",
        names=r"^(?:" + _KOTLIN + r")",
        example="""
  > Task :press:compileKotlin FAILED
! e: /srv/press/src/main/kotlin/Press.kt: (31, 9): Unresolved reference: squeeze
> e: /srv/press/src/main/kotlin/Press.kt: (32, 9): No value passed for parameter 'apple'
  FAILURE
! e: file:///srv/press/src/main/kotlin/Press.kt:31:9 Type mismatch: inferred type is Int but Apple was required
  .
! e: file:///srv/press/src/main/kotlin/Press.kt:31:9 Cannot access 'squeeze': it is private in 'Press'
  .
! e: file:///srv/press/src/main/kotlin/Press.kt:31:9 Return type is 'Int', but 'Apple' was expected.
  .
! e: file:///srv/press/src/main/kotlin/Press.kt:31:9 'when' branch is missing
""",
    ),
    Rule(
        name="kotlinc.werror",
        keywords=("error: ",),
        opens=r"e: (?:error: )?(?:warnings found and -Werror|java\.lang\.|org\.jetbrains)"
        r"|e: (?:\S{1,300}: )?.{0,300}(?:error|exception)",
        rank=Rank.LIKELY,
        example="""
! e: error: warnings found and -Werror specified
""",
    ),
    Rule(
        name="kotlinc.plain",
        keywords=(": error: ",),
        opens=r"(?:[A-Za-z]:)?[^\s:]{1,300}\.kts?:\d{1,6}:\d{1,5}: error: ",
        until=r"[^\s:]{1,300}\.kts?:\d{1,6}:\d{1,5}: ",
        through=r"\s{0,200}\^|.{1,300}",
        most=3,
        example="""
! src/Press.kt:31:9: error: unresolved reference: squeeze
>         squeeze(apple)
>         ^
""",
    ),
    Rule(
        name="kotlinc.script",
        keywords=("script compilation error",),
        opens=r"(?:\* What went wrong:\s*)?Script compilation errors?:$",
        through=r"\s{2,80}\S|$",
        most=16,
        headline=r"Line \d",
        example="""
> Script compilation error:
>
!   Line 12: squeeze("apple")
>            ^ Unresolved reference: squeeze
>
  1 error
""",
    ),
    Rule(
        name="kotlinc.ktlint",
        keywords=("unexpected", "missing"),
        opens=_KTLINT,
        lead=_KTLINT,
        lead_most=20,
        through=_KTLINT,
        most=30,
        headline=r"^(?:" + _KTLINT + r")",
        example="""
! /srv/press/src/main/kotlin/Press.kt:31:9: Unexpected indentation (8) (should be 4) (standard:indent)
> /srv/press/src/main/kotlin/Press.kt:40:1: Needless blank line(s) (no-consecutive-blank-lines)
  done
! /srv/press/src/main/kotlin/Press.kt:31:9: Missing newline before ")" (standard:argument-list-wrapping)
""",
    ),
    Rule(
        name="kotlinc.ktlint_gradle",
        keywords=("lint error > ",),
        opens=r"Lint error > ",
        through=r"Lint error > ",
        most=30,
        example="""
! Lint error > /srv/press/src/main/kotlin/Press.kt:31:9: Needless blank line(s)
> Lint error > /srv/press/src/main/kotlin/Press.kt:42:9: Unused import
""",
    ),
    Rule(
        name="kotlinc.detekt",
        keywords=("analysis failed with ",),
        opens=r"(?:> )?Analysis failed with \d{1,6} (?:weighted )?issues?",
        lead=_DETEKT,
        lead_most=40,
        headline=r"^(?:" + _DETEKT + r")",
        names=r"^(?:" + _DETEKT + r")",
        example="""
! /srv/press/src/main/kotlin/Press.kt:31:9: The function turn is too complex. [ComplexMethod]
> Analysis failed with 1 weighted issues.
""",
    ),
)
