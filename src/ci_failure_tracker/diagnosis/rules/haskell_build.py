"""GHC, alone and under cabal and stack."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rule

_PREFIX = r"(?:[\w-]{1,60} {0,40}> )?"
_FILE = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:l?hs|hsc|chs|x|y|hs-boot|cabal)"
_SPAN = r":(?:\d{1,6}:\d{1,5}(?:-\d{1,5})?|\(\d{1,6},\d{1,5}\)-\(\d{1,6},\d{1,5}\))"

RULES = (
    Rule(
        name="ghc.error",
        keywords=(": error:",),
        priority=-2,  # after gcc.error
        opens=_PREFIX + _FILE + _SPAN + r": error:",
        through=_PREFIX + r"(?:\s{2,200}\S|\s{0,8}\d{0,6} {0,2}\|)",
        most=30,
        headline=r"^(?:[\w-]{1,60} {0,40}> )?\s{4}[•·*]? ?\S|: error: (?:\[.{1,60}\] ?)*[^\s\[]",
        names=r"^(?:[\w-]{1,60} {0,40}> )?\s{4}[•·*]? ?\S|: error: (?:\[.{1,60}\] ?)*[^\s\[]",
        example="""
  [2 of 3] Compiling Press            ( src/Press.hs, dist/Press.o )
> src/Press.hs:12:7: error: [GHC-88464]
!     Variable not in scope: squeeze :: Apple -> Cider
>    |
> 12 | turn = squeeze
>    |        ^^^^^^^
  make: *** [build] Error 1
""",
    ),
    Rule(
        name="ghc.parse",
        keywords=("error",),
        opens=_PREFIX
        + _FILE
        + _SPAN
        + r": (?:parse error|lexical error|Not in scope|Couldn't match|Could not |No instance)",
        through=_PREFIX + r"\s{4,200}\S",
        most=12,
        example="""
! src/Press.hs:12:7: parse error on input ‘=’
""",
    ),
)
