"""Errors of JavaScript as Node prints them, caught or not."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_GOES_ON = r"\s{2,40}(?:at |\[?\w{1,40}\]?: |\]|\w{0,60}Error: |\.{3} \d+ lines)|Require stack:$|- \S|[}\]],?$|\s{4}'"
_LEAD = r"$|\s{0,300}\^{1,300}$|(?:node:|file:|/|[A-Z]:\\|\[eval|internal/)\S{0,400}:\d{1,7}$|.{0,300}\bthrow\b"

RULES = (
    Rule(
        name="javascript.error",
        keywords=("error",),
        priority=-1,  # after disk.quota, ocaml.error, solidity.error
        opens=r"(?!SyntaxError|IndentationError|TabError"
        r"|.{0,400}\.ps1:\d{1,6}$|Error: (?:While constructing|The updater encountered|\[S-))"
        r"(?:Uncaught )?(?:\[?[A-Z]\w{0,80})?Error(?: \[\w{1,80}\])?: \S",
        lead=_LEAD,
        through=_GOES_ON,
        most=100,
        rank=Rank.LIKELY,
        example="""
  > node orchard.js
> node:internal/modules/cjs/loader:1210
>   throw err;
>   ^

! Error: Cannot find module './baskets'
> Require stack:
> - /srv/orchard/orchard.js
>     at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
>     at node:internal/main/run_main_module:28:49 {
>   code: 'MODULE_NOT_FOUND',
>   requireStack: [ '/srv/orchard/orchard.js' ]
> }

  Node.js v20.11.0
""",
    ),
    Rule(
        name="javascript.rejection",
        keywords=("error",),
        opens=r"(?:\[|\(node:\d{1,9}\) )?UnhandledPromiseRejection(?:Warning)?: (?!Unhandled promise rejection)",
        lead=_LEAD,
        through=_GOES_ON,
        most=100,
        rank=Rank.LIKELY,
        example="""
! (node:731) UnhandledPromiseRejectionWarning: TypeError: no basket
>     at pick (/srv/orchard/orchard.js:4:25)
  done
""",
    ),
    Rule(
        name="javascript.rejection_note",
        keywords=("error",),
        opens=r"\(node:\d{1,9}\) UnhandledPromiseRejectionWarning: Unhandled promise rejection",
        rank=Rank.SYMPTOM,
        example="""
! (node:731) UnhandledPromiseRejectionWarning: Unhandled promise rejection. This error originated (rejection id: 1)
""",
    ),
    Rule(
        name="javascript.deno",
        keywords=("error: ",),
        opens=r"error: (?:\(in promise\) )?Uncaught ",
        through=r"\s{2,40}\S|$",
        most=30,
        rank=Rank.LIKELY,
        example="""
! error: Uncaught (in promise) Error: no basket
>   throw new Error("no basket");
>         ^
>     at file:///srv/orchard/orchard.ts:2:9
  done
""",
    ),
)
