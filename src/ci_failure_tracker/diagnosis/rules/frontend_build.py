"""Bundlers and compilers of the front end: webpack, Babel, Rollup, Vite, esbuild, Sass, Less, Next, Angular."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="frontend.webpack",
        keywords=("error in ",),
        opens=r"\s{0,2}ERROR in \S",
        through=r"\s{0,20}\S",
        until=r"\s{0,2}ERROR in |\s{0,2}WARNING in |webpack .{0,20}compiled|npm ERR|error Command| @ |\s{4,8}at "
        r"|\d{1,5} errors? ha(?:s|ve) detailed",
        most=14,
        headline=r"(?i:error: |error:|not found|can't resolve|failed|unexpected|cannot |undefined|TS\d{4})",
        example="""
> ERROR in ./src/index.js 1:0-16
! Module not found: Error: Can't resolve './basket' in '/srv/orchard/src'
   @ ./src/press.js 3:0-20

  webpack 5.90.0 compiled with 1 error in 1168 ms
""",
    ),
    Rule(
        name="frontend.webpack_compiled",
        keywords=(" error",),
        opens=r"(?:.{0,60} )?\(?webpack [\d.]{1,12}\)? compiled with [1-9]\d{0,5} errors?|webpack: Failed to compile",
        rank=Rank.RECAP,
        example="""
! webpack 5.90.0 compiled with 1 error in 1168 ms
""",
    ),
    Rule(
        name="frontend.failed_to_compile",
        keywords=("failed to compile",),
        opens=r"(?:> Build error occurred|.{0,10}Failed to compile\.?)$",
        through=r".{0,1000}",
        until=r"\s{4}at |error Command|npm ERR|(?:info|event)  -|> Build failed|\s{0,2}ERROR|Error: Command",
        most=20,
        headline=r"(?i:error: |error:|not found|can't resolve|failed to compile\. |unexpected|cannot |undefined"
        r"|Line \d)",
        example="""
> Failed to compile.
>
> ./src/press.js
! Module not found: Can't resolve './basket' in '/srv/orchard/src'

  error Command failed with exit code 1.
""",
    ),
    Rule(
        name="frontend.esbuild",
        keywords=("✘ [error] ",),
        opens=r"✘ \[ERROR\] \S",
        through=r"\s{2,200}\S|$",
        until=r"✘|\d{1,5} errors?$",
        most=14,
        example="""
! ✘ [ERROR] Could not resolve "./basket"
>
>     src/press.js:3:15:
>       3 │ import basket from "./basket";
>         ╵                    ~~~~~~~~~~

  1 error
""",
    ),
    Rule(
        name="frontend.esbuild_old",
        keywords=(": error: ",),
        opens=r" {0,2}> ?[^\s:]{1,300}:\d{1,6}:\d{1,5}: error: ",
        through=r"\s{2,12}\d{0,6} ?[│╵]",
        most=6,
        example="""
!  > src/press.js:3:15: error: Could not resolve "./basket"
>     3 │ import basket from "./basket";
>       ╵                    ~~~~~~~~~~
""",
    ),
    Rule(
        name="frontend.rollup",
        keywords=("error: ",),
        opens=r"\[!\] (?:\([\w .@/-]{1,80}\) )?(?:\w{1,30})?Error: ",
        through=r"\S.{0,300}:?\(?\d{1,6}:\d{1,6}\)?$|\d{1,6}: |\s{1,80}\^|https?://|\S{1,300}$",
        most=12,
        example="""
! [!] RollupError: Could not resolve "./basket" from "src/press.js"
> src/press.js
      at getRollupError (/srv/orchard/node_modules/rollup/dist/shared/parseAst.js:326:41)
""",
    ),
    Rule(
        name="frontend.vite",
        keywords=("error during build",),
        opens=r"error during build:$",
        through=r"(?!\s{2,6}at )\s{0,60}\S|$",
        most=24,
        headline=r"^(?!error during build|Build failed with).{0,40}(?:[Ee]rror|\[[A-Z_]{4,40}\]|Could not|not )",
        example="""
> error during build:
! RollupError: "turn" is not exported by "src/press.js", imported by "src/index.js".
> src/index.js (1:9)
      at getRollupError (file:///srv/orchard/node_modules/rollup/dist/es/shared/parseAst.js:395:41)
""",
    ),
    Rule(
        name="frontend.babel",
        keywords=("syntaxerror: ",),
        opens=r"(?:Module build failed .{0,200}: )?SyntaxError: (?:/"
        r"|[A-Za-z]:\\|unknown: ).{1,500} \(\d{1,6}:\d{1,5}\)$",
        through=r"$|>? {0,8}\d{1,7} \||\s{1,12}\|",
        most=12,
        example="""
! SyntaxError: /srv/orchard/src/press.js: Unexpected token (3:15)
>
>   2 | const apple = 1;
> > 3 | const basket = fill(;
>     |                     ^
      at constructor (/srv/orchard/node_modules/@babel/parser/lib/index.js:369:19)
""",
    ),
    Rule(
        name="frontend.sass",
        keywords=("error: ",),
        priority=1,  # before terraform.plain
        opens=r"(?:Sass)?Error: (?:Undefined |Can't find |expected |Expected |Invalid CSS|no mixin|Function "
        r"|compound )",
        through=r"\s{2}╷|\d{1,6} ?│|\s{2}│|\s{2}╵|\s{2}\S{1,300} \d{1,6}:\d{1,5} |\s{8}(?:on|from) line \d",
        most=14,
        example="""
! Error: Undefined variable.
>   ╷
> 1 │ a { color: $apple; }
>   │            ^^^^^^
>   ╵
>   press.scss 1:12  root stylesheet
  done
""",
    ),
    Rule(
        name="frontend.less",
        keywords=("error: ",),
        opens=r"\w{1,20}Error: .{1,400} in .{1,300}\.less on line \d",
        through=r"\d{1,6} ",
        most=5,
        example="""
! NameError: .mixin is undefined in /srv/orchard/press.less on line 1, column 6:
> 1 .a { .mixin(); }
  done
""",
    ),
    Rule(
        name="frontend.angular",
        keywords=("error: ",),
        opens=r"(?:Error|ERROR|✘ \[ERROR\]): (?:(?:\.{0,2}/)?[\w./@-]{1,300}\.(?:ts|html"
        r"|scss):\d{1,6}:\d{1,5} - error |\S{1,300}\.(?:ts|html|s?css)(?::\d{1,6}:\d{1,5})? )",
        through=r"$|\d{1,6} |\s{2,200}\S",
        most=10,
        example="""
! Error: src/app/press.component.ts:31:9 - error TS2339: Property 'squeeze' does not exist on type 'Press'.
>
> 31     this.squeeze();
>             ~~~~~~~
""",
    ),
    Rule(
        name="frontend.budget",
        keywords=("error",),
        priority=1,  # before frontend.esbuild, frontend.webpack
        opens=r"(?:Error: |✘ \[ERROR\] |ERROR in ).{1,200} exceeded maximum budget\.",
        example="""
! Error: bundle initial exceeded maximum budget. Budget 1.00 MB was not met by 203.09 kB with a total of 1.20 MB.
""",
    ),
    Rule(
        name="frontend.prerender",
        keywords=("error occurred prerendering page",),
        opens=r"Error occurred prerendering page \"",
        through=r"\w{0,40}Error: |\s{4}at |ReferenceError",
        most=6,
        headline=r"^(?!Error occurred)\w{0,40}Error: ",
        example="""
> Error occurred prerendering page "/press". Read more: https://nextjs.org/docs/messages/prerender-error
! ReferenceError: window is not defined
>     at Press (/srv/orchard/.next/server/pages/press.js:1:2)
""",
    ),
)
