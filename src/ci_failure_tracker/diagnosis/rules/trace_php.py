"""PHP's fatal errors and uncaught exceptions."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="php.uncaught",
        keywords=("fatal error: ",),
        opens=r"(?:PHP )?(?:Fatal|Recoverable fatal) error: {1,2}Uncaught ",
        closes=r"\s{1,4}thrown in ",
        through=r"Stack trace:|#\d|\s{1,4}\S|$|Next ",
        most=100,
        rank=Rank.LIKELY,
        example="""
! PHP Fatal error:  Uncaught RuntimeException: no pears in /srv/orchard/pick.php:2
> Stack trace:
> #0 /srv/orchard/pick.php(3): pick('pear')
> #1 {main}
>   thrown in /srv/orchard/pick.php on line 2
  bye
""",
    ),
    Rule(
        name="php.fatal",
        keywords=(" error: ",),
        opens=r"(?:PHP )?(?:Fatal|Parse|Recoverable fatal|Core|Compile) error: {1,2}(?!Uncaught )\S",
        example="""
! PHP Parse error:  syntax error, unexpected token "}" in /srv/orchard/pick.php on line 7
""",
    ),
)
