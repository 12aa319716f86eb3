"""Django's checks, which run before its tests do."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rule

RULES = (
    Rule(
        name="django.check",
        keywords=("systemcheckerror: ",),
        opens=r"(?:django\.core\.management\.base\.)?SystemCheckError: ",
        until=r"System check identified \d",
        most=40,
        headline=r"^\S.{0,300}: \(\w{1,60}\.[EC]\d{3}\)",
        example="""
> SystemCheckError: System check identified some issues:
>
> ERRORS:
! shop.Cart.owner: (fields.E304) Reverse accessor for 'Cart.owner' clashes with that of 'Cart.buyer'.
> 	HINT: Add or change a related_name argument.

  System check identified 1 issue (0 silenced).
""",
    ),
    Rule(
        name="django.command",
        keywords=("commanderror: ",),
        opens=r"(?:django\.core\.management\.base\.)?CommandError: \S",
        example="""
! CommandError: Conflicting migrations detected; multiple leaf nodes in the migration graph: (0002_a, 0002_b in shop).
""",
    ),
)
