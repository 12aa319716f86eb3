"""The TypeScript compiler, alone and in ts-node, Angular and webpack's loaders."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PLAIN = (
    r"(?:ERROR in |ERROR: |\[tsl\] ERROR in |Error: )?[^\s(]{1,300}\(\d{1,7},\d{1,5}\): error (?:TS\d{1,6}"
    r"|NG-?\d{1,8}): "
)
_PRETTY = r"(?:ERROR in |Error: )?[^\s:]{1,300}:\d{1,7}:\d{1,5} - error (?:TS|NG)-?\d{1,8}: "

RULES = (
    Rule(
        name="typescript.plain",
        keywords=("error ",),
        opens=_PLAIN,
        through=_PLAIN + r"|\s{2,12}\S",
        most=40,
        example="""
  > tsc -p .
! src/press.ts(2,7): error TS2322: Type 'string' is not assignable to type 'number'.
> src/press.ts(6,3): error TS2345: Argument of type 'Apples' is not assignable to parameter of type 'Basket'.
>   Property 'pears' is missing in type 'Apples' but required in type 'Basket'.
  error Command failed with exit code 2.
""",
    ),
    Rule(
        name="typescript.pretty",
        keywords=(" - error ",),
        priority=-1,  # after frontend.angular, frontend.webpack
        opens=_PRETTY,
        through=r"\s|$|\d{1,7} ",
        until=r"\s{0,4}at ",
        most=24,
        example="""
! src/press.ts:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.
>
> 2 const force: number = "much";
>         ~~~~~

  Found 1 error in src/press.ts:2
""",
    ),
    Rule(
        name="typescript.options",
        keywords=("error ts",),
        priority=-1,  # after frontend.webpack
        opens=r"(?:ERROR in )?error TS\d{1,6}: ",
        through=r"(?:ERROR in )?error TS\d{1,6}: |\s{2,12}\S",
        most=20,
        example="""
! error TS5033: Could not write file '/srv/press/dist/press.js'.
> error TS18003: No inputs were found in config file 'tsconfig.json'.
  done
""",
    ),
    Rule(
        name="typescript.ts_node",
        keywords=("tserror",),
        opens=r"(?:\s{0,12}(?:Uncaught )?)?TSError: ⨯ ",
        through=r"\s{0,20}[^\s:(]{1,300}(?::|\()\d|\s{2,12}(?!at )\S|$|\d{1,7} ",
        most=30,
        headline=r"error TS|\(\d{4}\)",
        example="""
> TSError: ⨯ Unable to compile TypeScript:
! src/press.ts(2,7): error TS2322: Type 'string' is not assignable to type 'number'.

      at createTSError (/srv/press/node_modules/ts-node/src/index.ts:859:12)
""",
    ),
    Rule(
        name="typescript.loader",
        keywords=("tserror: ",),
        priority=-2,  # after javascript.error, node-test.error
        opens=r"\s{0,8}(?:\[?tsl\]? ERROR|TS\d{4}:|ERROR in .{1,300}TS\d{4}:)|.{0,60}TSError: ",
        rank=Rank.LIKELY,
        example="""
! [1] TSError: Cannot compile namespaces when the '--isolatedModules' flag is provided.
""",
    ),
    Rule(
        name="typescript.count",
        keywords=(" error",),
        opens=r"(?:\[\d\d?:\d\d:\d\d(?: [AP]M)?\] "
        r"|\d\d?:\d\d:\d\d(?: [AP]M)? - )?Found [1-9]\d{0,5} errors?(?: in .{1,300}|\. Watching.{0,40}|\.)?$",
        rank=Rank.RECAP,
        example="""
! Found 6 errors in the same file, starting at: src/press.ts:1
""",
    ),
    Rule(
        name="typescript.none",
        keywords=("found 0 errors",),
        opens=r"(?:\[.{1,20}\] |.{1,20} - )?Found 0 errors",
        rank=Rank.NOISE,
        example="""
! [10:11:12 AM] Found 0 errors. Watching for file changes.
""",
    ),
)
