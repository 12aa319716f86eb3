"""npm, which wrote ERR! before each line until version 9 and error since version 10."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_SAYS = r"npm (?:ERR!|error)"
_TAIL = _SAYS + (
    r" (?:A complete log|For a full report|Note that you can also|See /|Please include the following|If you need help"
    r"|\s{1,4}/\S{1,300}(?:\.log|\.txt)$|(?:\d{3}|enoent|notarget)\s{0,4}$)|" + _SAYS + r"$"
)
_AGAIN = (
    r"(?!code |syscall |path |errno |command |dest |typecode |file |cwd |Linux|Darwin|Windows|argv|node v|npm {1,2}v)"
)
_BEST = r"^" + _SAYS + r" {1,2}" + _AGAIN + r"\S"


RULES = (
    Rule(
        name="npm.code",
        keywords=("npm err!", "npm error code "),
        opens=_SAYS + r" code (?!ELIFECYCLE|\d)\S",
        through=_SAYS,
        until=_SAYS + r" (?:A complete log|For a full report|Note that you can also|If you need help|Please include)",
        most=40,
        headline=_BEST,
        names=_SAYS + r" code |" + _BEST,
        example="""
> npm ERR! code ETARGET
! npm ERR! notarget No matching version found for basket@^9.0.0.
> npm ERR! notarget In most cases you or one of your dependencies are requesting it.

  npm ERR! A complete log of this run can be found in:
> npm error code EUSAGE
> npm error
! npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.
> npm error
> npm error Missing: basket@9.0.0 from lock file
  npm error A complete log of this run can be found in: /srv/.npm/_logs/1-debug-0.log
""",
    ),
    Rule(
        name="npm.lifecycle",
        keywords=("npm err!", "npm error "),
        opens=_SAYS + r" (?:code (?:ELIFECYCLE|\d)|Lifecycle script |Test failed\.|Exit status \d)",
        through=_SAYS,
        most=30,
        rank=Rank.SYMPTOM,
        example="""
! npm ERR! code ELIFECYCLE
> npm ERR! errno 1
> npm ERR! orchard@1.0.0 test: `mocha`
> npm ERR! Exit status 1
  .
! npm error Lifecycle script `test` failed with error:
> npm error code 1
> npm error path /srv/orchard/basket
""",
    ),
    Rule(
        name="npm.other",
        keywords=("npm err!", "npm error "),
        opens=_SAYS
        + r" {1,2}"
        + _AGAIN
        + r"(?!Lifecycle script|Test failed\.|Exit status|Failed at the|A complete log|This is probably not"
        r"|There is likely additional|Tell the author|You can get information|Or if that|Make sure you have|If you do"
        r"|To see a list|Run \"npm help|\s|\S{1,200}@\S{1,100} \S{1,60}: `|\S{1,200}@\S{1,100}$|(?:in workspace"
        r"|at location): )\S",
        through=_SAYS,
        until=_TAIL,
        most=60,
        headline=r"[Ee]rror: |ERR! stack|[Mm]issing script|not found",
        rank=Rank.LIKELY,
        example="""
! npm ERR! missing script: harvest
  .
! npm error Missing script: "harvest"
  npm error
  npm error To see a list of scripts, run:
""",
    ),
    Rule(
        name="npm.gyp",
        keywords=("error: ",),
        opens=r"gyp ERR! stack ",
        through=r"gyp ERR! ",
        most=30,
        rank=Rank.LIKELY,
        example="""
  gyp ERR! find Python
! gyp ERR! stack Error: Could not find any Python installation to use
> gyp ERR! not ok
""",
    ),
)
