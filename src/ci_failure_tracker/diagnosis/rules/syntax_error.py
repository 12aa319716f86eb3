"""What parsers of scripts say, those of Python and of Node: the place, the line of code, a caret, the error."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="syntax.error",
        keywords=("error: ",),
        priority=-2,  # after javascript.error
        opens=r"(?:Uncaught )?(?:SyntaxError|IndentationError|TabError): ",
        lead=r'  File "|    |$|\s{0,300}\^{1,300}$|(?:file:|/|[A-Z]:\\|\[eval)\S{0,400}:\d{1,7}$',
        through=r"\s{4}at |Node\.js v",
        most=40,
        rank=Rank.LIKELY,
        example="""
  Compiling 'orchard.py'...
>   File "orchard.py", line 3
>     pick(
>         ^
! SyntaxError: '(' was never closed
  done
""",
    ),
)
