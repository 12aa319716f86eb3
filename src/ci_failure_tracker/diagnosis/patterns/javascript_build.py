"""JavaScript's packages and builds: npm, Yarn, pnpm, monorepos, TypeScript, ESLint, Prettier, bundlers."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# npm. Until version 9 each line starts with `npm ERR!`, since version 10 with `npm error`.

_NPM_SAYS = r"npm (?:ERR!|error)"
_NPM_TAIL = _NPM_SAYS + (
    r" (?:A complete log|For a full report|Note that you can also|See /|Please include the following|If you need help"
    r"|\s{1,4}/\S{1,300}(?:\.log|\.txt)$|(?:\d{3}|enoent|notarget)\s{0,4}$)|" + _NPM_SAYS + r"$"
)
# Lines of npm that give details of an error, or of the machine, and no reason.
_NPM_AGAIN = (
    r"(?!code |syscall |path |errno |command |dest |typecode |file |cwd |Linux|Darwin|Windows|argv|node v|npm {1,2}v)"
)
_NPM_BEST = r"^" + _NPM_SAYS + r" {1,2}" + _NPM_AGAIN + r"\S"


_NPM = (
    LogPattern(
        name="npm.code",
        kind=FailureKind.DEPENDENCY,
        keywords=("npm err!", "npm error code "),
        # ELIFECYCLE and a number only say that a script failed.
        start=_NPM_SAYS + r" code (?!ELIFECYCLE|\d)\S",
        body=_NPM_SAYS,
        end_before=_NPM_SAYS
        + r" (?:A complete log|For a full report|Note that you can also|If you need help|Please include)",
        max_lines=40,
        headline=_NPM_BEST,
        fingerprint=_NPM_SAYS + r" code |" + _NPM_BEST,
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
    LogPattern(
        name="npm.lifecycle",
        keywords=("npm err!", "npm error "),
        start=_NPM_SAYS + r" (?:code (?:ELIFECYCLE|\d)|Lifecycle script |Test failed\.|Exit status \d)",
        body=_NPM_SAYS,
        max_lines=30,
        confidence=Confidence.SYMPTOM,
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
    LogPattern(
        name="npm.other",
        keywords=("npm err!", "npm error "),
        start=_NPM_SAYS
        + r" {1,2}"
        + _NPM_AGAIN
        + r"(?!Lifecycle script|Test failed\.|Exit status|Failed at the|A complete log|This is probably not"
        r"|There is likely additional|Tell the author|You can get information|Or if that|Make sure you have|If you do"
        r"|To see a list|Run \"npm help|\s|\S{1,200}@\S{1,100} \S{1,60}: `|\S{1,200}@\S{1,100}$"
        r"|(?:workspace|location) \S|(?:in workspace"
        r"|at location): )\S",
        body=_NPM_SAYS,
        end_before=_NPM_TAIL,
        max_lines=60,
        headline=r"[Ee]rror: |(?:ERR!|error) fatal: |ERR! stack|[Mm]issing script|not found",
        confidence=Confidence.LIKELY,
        example="""
! npm ERR! missing script: harvest
  .
! npm error Missing script: "harvest"
  npm error
  npm error To see a list of scripts, run:
""",
    ),
)

# Yarn, classic and modern.


_YARN = (
    LogPattern(
        name="yarn.command",
        keywords=("error command failed",),
        start=r"error Command failed with (?:exit code|signal) ",
        body=r"info Visit ",
        confidence=Confidence.SYMPTOM,
        example="""
! error Command failed with exit code 1.
> info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.
""",
    ),
)

# pnpm and Bun.


_PNPM = r"\s{0,2}(?:\[ERROR\] )?\[?ERR_PNPM_"

_PNPM_RECURSIVE = r"RECURSIVE_(?:RUN|EXEC)_(?:FIRST_)?FAIL"

_PNPM_PATTERNS = (
    LogPattern(
        name="pnpm.error",
        kind=FailureKind.DEPENDENCY,
        keywords=("err_pnpm_",),
        # These only say that a script of a package failed.
        start=_PNPM + r"(?!" + _PNPM_RECURSIVE + r")\w",
        body=r"$|\s{2,8}\S|\s{0,2}[│├└┬─×╰]|This error happened|Note that|Failure reason|specifiers in|If you "
        r"|The latest release|Other releases|Expected|Got|Your (?:pnpm|Node) version|\.$"
        r"|No authorization|\S{1,200} is not in the npm",
        max_lines=20,
        example="""
! ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because it is not up to date
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_FETCH_404  GET https://registry.example.com/basket: Not Found - 404
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_NO_MATCHING_VERSION  No matching version found for basket@^9
>
> Note that in CI environments this setting is true by default.
  done
""",
    ),
    LogPattern(
        name="pnpm.boxed",
        kind=FailureKind.DEPENDENCY,
        keywords=("error: err_pnpm_", "error:   ×"),
        start=r"Error: (?:ERR_PNPM_(?!" + _PNPM_RECURSIVE + r")\w| {2}× )",
        body=r"$|\s{2,8}\S|\s{0,2}[│├└┬─×╰]",
        max_lines=20,
        headline=r"^\s{2}(?:╰─▶|×(?! installing| adding| removing| updating)) ",
        example="""
> Error: ERR_PNPM_NO_MATCHING_VERSION
>
>   × installing dependencies
>   ├─▶ Failed to resolve dependency tree
!   ╰─▶ No matching version found for basket@9 while fetching it
  done
> Error:   × installing dependencies
!   ╰─▶ No matching version found for basket@9 while fetching it
  done
""",
    ),
    LogPattern(
        name="pnpm.recursive",
        keywords=("first_fail",),
        start=r"(?:Error:)?" + _PNPM + _PNPM_RECURSIVE,
        context_before=r"/\S{1,300}:$",
        max_context=1,
        headline=r"ERR_PNPM_",
        body=r"Exit status|$|\s{2}× \"",
        confidence=Confidence.SYMPTOM,
        example="""
! ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL  orchard@1.0.0 test: `vitest`
> Exit status 1
  .
! Error: ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL
>
>   × "pnpm recursive run" failed in /srv/orchard/packages/basket
""",
    ),
    LogPattern(
        name="pnpm.script_failed",
        keywords=(": failed",),
        start=r"[\w@./-]{1,200} [\w:-]{1,60}: Failed$",
        confidence=Confidence.SYMPTOM,
        example="! packages/basket test: Failed",
    ),
    LogPattern(
        name="pnpm.lifecycle",
        keywords=(" failed",),
        start=r"\s{0,2}\[?ELIFECYCLE\]?\s{1,3}(?:Command|Test) failed",
        confidence=Confidence.SYMPTOM,
        example="!  ELIFECYCLE  Command failed with exit code 1.",
    ),
    LogPattern(
        name="pnpm.node_modules",
        kind=FailureKind.DEPENDENCY,
        keywords=("node_modules missing",),
        start=r"\s{0,2}WARN\s{1,4}Local package\.json exists, but node_modules missing",
        confidence=Confidence.SYMPTOM,
        example="!  WARN   Local package.json exists, but node_modules missing, did you mean to install?",
    ),
)

# Nx and Turborepo: the names of failed tasks. The tasks themselves print the reason.

_MONOREPO = (
    LogPattern(
        name="nx.failed",
        keywords=("failed ",),
        start=r"(?:Failed|Tasks not run because their dependencies failed) ?(?:tasks|projects)?:$",
        body=r"\s{0,8}- \S|\s{0,80}$",
        max_lines=20,
        confidence=Confidence.SYMPTOM,
        fingerprint=r"^\s{0,8}- ",
        example="""
! Failed tasks:
>
> - cart:test
""",
    ),
    LogPattern(
        name="nx.target",
        keywords=("failed",),
        start=r"\s{0,4}(?:NX|>? ?NX +ERROR|ERROR:|Lerna \(powered by Nx\)|×|✖)\s.{0,60}Running target .{1,300} failed",
        confidence=Confidence.SYMPTOM,
        example="!  NX   Running target test for 2 projects failed",
    ),
)

# The TypeScript compiler, also in ts-node, Angular and webpack loaders.

_TYPESCRIPT_PLAIN = (
    r"(?:ERROR in |ERROR: |\[tsl\] ERROR in |Error: )?[^\s(]{1,300}\(\d{1,7},\d{1,5}\): error (?:TS\d{1,6}"
    r"|NG-?\d{1,8}): "
)
_TYPESCRIPT_PRETTY = r"(?:ERROR in |Error: )?[^\s:]{1,300}:\d{1,7}:\d{1,5} - error (?:TS|NG)-?\d{1,8}: "

_TYPESCRIPT = (
    LogPattern(
        name="typescript.plain",
        kind=FailureKind.TYPE,
        keywords=("error ",),
        start=_TYPESCRIPT_PLAIN,
        body=_TYPESCRIPT_PLAIN + r"|\s{2,12}\S",
        max_lines=40,
        example="""
  > tsc -p .
! src/press.ts(2,7): error TS2322: Type 'string' is not assignable to type 'number'.
> src/press.ts(6,3): error TS2345: Argument of type 'Apples' is not assignable to parameter of type 'Basket'.
>   Property 'pears' is missing in type 'Apples' but required in type 'Basket'.
  error Command failed with exit code 2.
""",
    ),
    LogPattern(
        name="typescript.pretty",
        kind=FailureKind.TYPE,
        keywords=(" - error ",),
        priority=-1,  # after frontend.angular, frontend.webpack
        start=_TYPESCRIPT_PRETTY,
        body=r"\s|$|\d{1,7} ",
        end_before=r"\s{0,4}at ",
        max_lines=24,
        example="""
! src/press.ts:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.
>
> 2 const force: number = "much";
>         ~~~~~

  Found 1 error in src/press.ts:2
""",
    ),
    LogPattern(
        name="typescript.count",
        kind=FailureKind.TYPE,
        keywords=(" error",),
        start=r"(?:\[\d\d?:\d\d:\d\d(?: [AP]M)?\] "
        r"|\d\d?:\d\d:\d\d(?: [AP]M)? - )?Found [1-9]\d{0,5} errors?(?: in .{1,300}|\. Watching.{0,40}|\.)?$",
        confidence=Confidence.SYMPTOM,
        example="! Found 6 errors in the same file, starting at: src/press.ts:1",
    ),
)

# ESLint and linters that print in its style: standard, xo, yamllint, stylelint, tslint.

_ESLINT_ENTRY = r"\s{1,6}\d{1,6}:\d{1,5}\s{1,8}(?:error|warning|✖|✘|×|⚠)\s{1,8}\S"
_ESLINT_ERROR = r"\s{1,6}\d{1,6}:\d{1,5}\s{1,8}error\s{1,8}\S"
_ESLINT_FILE = r"(?:ERROR in )?(?:\.{0,2}[/\\])?(?:[A-Za-z]:)?[\w.@()[\]/\\+-]{1,300}\.\w{1,8}$"
_ESLINT_STANDARD = r"\s{2}(?:/|[A-Za-z]:\\)[^:]{1,300}:\d{1,6}:\d{1,5}: \S"

_ESLINT = (
    LogPattern(
        name="eslint.stylish",
        kind=FailureKind.LINT,
        keywords=(" error ",),
        start=_ESLINT_ERROR,
        context_before=_ESLINT_ENTRY + r"|" + _ESLINT_FILE,
        max_context=12,
        body=_ESLINT_ENTRY,
        max_lines=50,
        headline=r"^(?:" + _ESLINT_ERROR + r")",
        fingerprint=r"^(?:" + _ESLINT_ERROR + r")",
        example="""
  > eslint .

> /srv/orchard/press.js
>   1:10  warning  Strings must use singlequote  quotes
!   2:13  error    'basket' is not defined       no-undef
>   2:15  error    Needless semicolon            semi

  ✖ 3 problems (2 errors, 1 warning)
""",
    ),
    LogPattern(
        name="eslint.count",
        kind=FailureKind.LINT,
        keywords=(" error",),
        start=r"(?:.{0,40}✖|.{0,40}×) \d{1,6} problems? \([1-9]\d{0,5} errors?",
        confidence=Confidence.SYMPTOM,
        example="""
! ✖ 3 problems (2 errors, 1 warning)
    1 error and 0 warnings potentially fixable with the `--fix` option.
""",
    ),
    LogPattern(
        name="eslint.warnings",
        kind=FailureKind.LINT,
        keywords=("(0 errors, ",),
        # Warnings alone fail a job through `--max-warnings`.
        start=r".{0,40}(?:✖|×) \d{1,6} problems? \(0 errors, \d{1,6} warnings?\)",
        context_before=_ESLINT_ENTRY + r"|" + _ESLINT_FILE + r"|$",
        max_context=20,
        body=r"$|\s{1,4}0 errors and |ESLint found too many warnings",
        max_lines=5,
        headline=r"\swarning\s",
        confidence=Confidence.SYMPTOM,
        example="""
  > eslint --max-warnings 0 .
>
> /srv/orchard/press.js
!   1:10  warning  Strings must use singlequote  quotes
>
> ✖ 1 problem (0 errors, 1 warning)
>
> ESLint found too many warnings (maximum: 0).
""",
    ),
    LogPattern(
        name="eslint.configuration",
        kind=FailureKind.CONFIGURATION,
        keywords=("eslint couldn't find",),
        start=r"ESLint couldn't find ",
        context_before=r"Oops! Something went wrong!|ESLint: \d|$",
        max_context=4,
        example="""
> Oops! Something went wrong! :(
>
> ESLint: 8.57.0
>
! ESLint couldn't find a configuration file. To set up a configuration file for this project, please run:
""",
    ),
    LogPattern(
        name="eslint.standard",
        kind=FailureKind.LINT,
        keywords=("javascript standard style",),
        start=r"standard: Use JavaScript Standard Style",
        body=r"\s{2}\S{1,400}:\d{1,6}:\d{1,5}: ",
        headline=r"^\s{2}\S{1,400}:\d{1,6}:\d{1,5}: ",
        fingerprint=r"^\s{2}\S{1,400}:\d{1,6}:\d{1,5}: ",
        max_lines=40,
        example="""
> standard: Use JavaScript Standard Style (https://standardjs.com)
!   /srv/shop/cart.js:3:14: Extra semicolon.
>   /srv/shop/cart.js:9:2: Newline required at end of file but not found.
  npm ERR! code ELIFECYCLE
""",
    ),
    LogPattern(
        name="eslint.standard_unexpected",
        kind=FailureKind.LINT,
        keywords=("expected ",),
        start=_ESLINT_STANDARD,
        context_before=_ESLINT_STANDARD + r"|standard: ",
        max_context=30,
        body=_ESLINT_STANDARD,
        max_lines=40,
        headline=r"^(?:" + _ESLINT_STANDARD + r")",
        example="!   /srv/orchard/press.js:3:7: Expected '===' and instead saw '=='. (eqeqeq)",
    ),
    LogPattern(
        name="eslint.stylelint",
        kind=FailureKind.LINT,
        keywords=("expected ",),
        start=r"\s{1,6}\d{1,6}:\d{1,5}\s{1,4}(?:✖|✘|×)\s{1,4}\S",
        context_before=r"\s{1,6}\d{1,6}:\d{1,5}\s{1,4}(?:✖|✘|×|⚠)\s{1,4}\S|"
        + _ESLINT_FILE
        + r"|\s{2}[\w./-]{1,300}:\d{1,6}:\d{1,5}$",
        max_context=20,
        body=r"\s{1,6}\d{1,6}:\d{1,5}\s{1,4}(?:✖|✘|×|⚠)\s{1,4}\S|\s{12}\s{0,80}\S",
        max_lines=40,
        headline=r"^\s{1,6}\d{1,6}:\d{1,5}\s{1,4}(?:✖|✘|×)",
        example="""
> src/press.css
!  3:3   ✖  Needless spaces            declaration-block-spaces
>  4:12  ✖  Expected "#fff" to be "#ffffff"  color-hex-length

  ✖ 2 problems (2 errors, 0 warnings)
""",
    ),
)

# Formatters: Prettier and Biome.

_PRETTIER = (
    LogPattern(
        name="prettier.check",
        kind=FailureKind.FORMAT,
        keywords=("code style issues",),
        start=r"\[warn\] Code style issues ",
        context_before=r"\[warn\] \S|\[error\] .{1,1000}",
        max_context=40,
        headline=r"^\[warn\] (?!Code style)\S",
        fingerprint=r"^\[warn\] (?!Code style)\S",
        example="""
  Checking formatting...
! [warn] src/press.js
> [warn] src/basket.js
> [warn] Code style issues found in 2 files. Run Prettier with --write to fix.
""",
    ),
    LogPattern(
        name="prettier.biome",
        kind=FailureKind.FORMAT,
        keywords=("errors were emitted while running",),
        start=r"\s{0,4}[×✖] Some errors were emitted while ",
        confidence=Confidence.SYMPTOM,
        example="!   × Some errors were emitted while running checks.",
    ),
    LogPattern(
        name="biome.unexpected",
        kind=FailureKind.LINT,
        keywords=("expected",),
        start=r"\s{1,4}[×✖] (?:This is an unexpected|[Ee]xpected )",
        context_before=r"\S{1,300}(?::\d{1,6}:\d{1,5})? (?:lint/|parse|suppressions|assist/|format"
        r"|organizeImports).{0,40} {0,3}━|$",
        max_context=2,
        body=r"\s{2,12}\S|$",
        end_before=r"\s{1,4}(?:i|\u2139) ",
        max_lines=12,
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
    LogPattern(
        name="biome.diagnostic",
        kind=FailureKind.LINT,
        keywords=("━━━",),
        start=r"\S{1,300} format {1,3}━{3}|\S{1,300}:\d{1,6}:\d{1,6} deserialize {1,3}━{3}",
        end_before=r".{0,200} ━{3}",
        body=r"\s|$",
        headline=r"^\s{1,4}[×✖] ",
        max_lines=20,
        example="""
> cart.js format ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
>
!   × Formatter would have printed the following content:
>
>     1 │ - const·a·=·1
>
  Checked 1 file in 2ms. No fixes applied.
""",
    ),
)

# Bundlers and compilers: webpack, Babel, Rollup, Vite, esbuild, Sass, Less, Next, Angular.

_FRONTEND_BUILD = (
    LogPattern(
        name="frontend.failed_to_compile",
        kind=FailureKind.COMPILE,
        keywords=("failed to compile",),
        start=r"(?:> Build error occurred|.{0,10}Failed to compile\.?)$",
        body=r".{0,1000}",
        end_before=r"\s{4}at |error Command|npm ERR|(?:info|event)  -|> Build failed|\s{0,2}ERROR|Error: Command",
        max_lines=20,
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
    LogPattern(
        name="frontend.esbuild",
        kind=FailureKind.COMPILE,
        keywords=("✘ [error] ",),
        start=r"✘ \[ERROR\] \S",
        body=r"\s{2,200}\S|$",
        end_before=r"✘|\d{1,5} errors?$",
        max_lines=14,
        example="""
! ✘ [ERROR] Could not resolve "./basket"
>
>     src/press.js:3:15:
>       3 │ import basket from "./basket";
>         ╵                    ~~~~~~~~~~

  1 error
""",
    ),
    LogPattern(
        name="frontend.vite",
        kind=FailureKind.COMPILE,
        keywords=("error during build",),
        start=r"error during build:$",
        body=r"(?!\s{2,6}at )\s{0,60}\S|$",
        max_lines=24,
        headline=r"^(?!error during build|Build failed with).{0,40}(?:[Ee]rror|\[[A-Z_]{4,40}\]|Could not|not )",
        example="""
> error during build:
! RollupError: "turn" is not exported by "src/press.js", imported by "src/index.js".
> src/index.js (1:9)
      at getRollupError (file:///srv/orchard/node_modules/rollup/dist/es/shared/parseAst.js:395:41)
""",
    ),
    LogPattern(
        name="frontend.babel",
        kind=FailureKind.COMPILE,
        keywords=("syntaxerror: ",),
        start=r"(?:Module build failed .{0,200}: )?SyntaxError: (?:/"
        r"|[A-Za-z]:\\|unknown: ).{1,500} \(\d{1,6}:\d{1,5}\)$",
        body=r"$|>? {0,8}\d{1,7} \||\s{1,12}\|",
        max_lines=12,
        example="""
! SyntaxError: /srv/orchard/src/press.js: Unexpected token (3:15)
>
>   2 | const apple = 1;
> > 3 | const basket = fill(;
>     |                     ^
      at constructor (/srv/orchard/node_modules/@babel/parser/lib/index.js:369:19)
""",
    ),
    LogPattern(
        name="frontend.sass",
        kind=FailureKind.COMPILE,
        keywords=("error: ",),
        priority=1,  # before terraform.plain
        start=r"(?:Sass)?Error: (?:Undefined |Can't find |expected |Expected |Invalid CSS|no mixin|Function "
        r"|compound )",
        body=r"\s{2}╷|\d{1,6} ?│|\s{2}│|\s{2}╵|\s{2}\S{1,300} \d{1,6}:\d{1,5} |\s{8}(?:on|from) line \d",
        max_lines=14,
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
    LogPattern(
        name="frontend.angular",
        kind=FailureKind.TYPE,
        keywords=("error: ",),
        start=r"(?:Error|ERROR|✘ \[ERROR\]): (?:(?:\.{0,2}/)?[\w./@-]{1,300}\.(?:ts|html"
        r"|scss):\d{1,6}:\d{1,5} - error |\S{1,300}\.(?:ts|html|s?css)(?::\d{1,6}:\d{1,5})? )",
        body=r"$|\d{1,6} |\s{2,200}\S",
        max_lines=10,
        example="""
! Error: src/app/press.component.ts:31:9 - error TS2339: Property 'squeeze' does not exist on type 'Press'.
>
> 31     this.squeeze();
>             ~~~~~~~
""",
    ),
)

PATTERNS = (
    *_NPM,
    *_YARN,
    *_PNPM_PATTERNS,
    *_MONOREPO,
    *_TYPESCRIPT,
    *_ESLINT,
    *_PRETTIER,
    *_FRONTEND_BUILD,
)
