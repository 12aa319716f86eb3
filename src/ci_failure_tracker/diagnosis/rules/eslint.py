"""ESLint and what prints as it does: standard, xo, yamllint, stylelint, tslint."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_ENTRY = r"\s{1,6}\d{1,6}:\d{1,5}\s{1,8}(?:error|warning|✖|✘|×|⚠)\s{1,8}\S"
_ERROR = r"\s{1,6}\d{1,6}:\d{1,5}\s{1,8}error\s{1,8}\S"
_FILE = r"(?:ERROR in )?(?:\.{0,2}[/\\])?(?:[A-Za-z]:)?[\w.@()[\]/\\+-]{1,300}\.\w{1,8}$"
_LINE = r"(?:[A-Za-z]:)?[^\s:]{1,300}\.(?:[cm]?[jt]sx?|vue|svelte|json|s?css|less):"
_STANDARD = r"\s{2}(?:/|[A-Za-z]:\\)[^:]{1,300}:\d{1,6}:\d{1,5}: \S"

RULES = (
    Rule(
        name="eslint.stylish",
        keywords=(" error ",),
        opens=_ERROR,
        lead=_ENTRY + r"|" + _FILE,
        lead_most=12,
        through=_ENTRY,
        most=50,
        headline=r"^(?:" + _ERROR + r")",
        names=r"^(?:" + _ERROR + r")",
        example="""
  > eslint .

> /srv/orchard/press.js
>   1:10  warning  Strings must use singlequote  quotes
!   2:13  error    'basket' is not defined       no-undef
>   2:15  error    Needless semicolon            semi

  ✖ 3 problems (2 errors, 1 warning)
""",
    ),
    Rule(
        name="eslint.count",
        keywords=(" error",),
        opens=r"(?:.{0,40}✖|.{0,40}×) \d{1,6} problems? \([1-9]\d{0,5} errors?",
        rank=Rank.RECAP,
        example="""
! ✖ 3 problems (2 errors, 1 warning)
    1 error and 0 warnings potentially fixable with the `--fix` option.
""",
    ),
    Rule(
        name="eslint.warnings",
        keywords=("(0 errors, ",),
        opens=r".{0,40}(?:✖|×) \d{1,6} problems? \(0 errors, \d{1,6} warnings?\)",
        lead=_ENTRY + r"|" + _FILE + r"|$",
        lead_most=20,
        through=r"$|\s{1,4}0 errors and |ESLint found too many warnings",
        most=5,
        headline=r"\swarning\s",
        rank=Rank.RECAP,
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
    Rule(
        name="eslint.fixable",
        keywords=(" error",),
        opens=r"\s{1,4}\d{1,6} errors? and \d{1,6} warnings? (?:are )?potentially fixable with",
        rank=Rank.NOISE,
        example="""
!   3 errors and 0 warnings potentially fixable with the `--fix` option.
""",
    ),
    Rule(
        name="eslint.unix",
        keywords=("[error/",),
        opens=_LINE + r"\d{1,6}:\d{1,5}: .{1,1000} \[Error/\S{1,80}\]$",
        through=_LINE + r"\d{1,6}:\d{1,5}: .{1,1000} \[(?:Error|Warning)/\S{1,80}\]$",
        most=40,
        example="""
! /srv/orchard/press.js:2:13: 'basket' is not defined. [Error/no-undef]
> /srv/orchard/press.js:2:15: Needless semicolon. [Error/semi]

  2 problems
""",
    ),
    Rule(
        name="eslint.compact",
        keywords=("error - ",),
        opens=_LINE + r" line \d{1,6}, col \d{1,5}, Error - \S",
        through=_LINE + r" line \d{1,6}, col \d{1,5}, (?:Error|Warning) - \S",
        most=40,
        example="""
! /srv/orchard/press.js: line 2, col 13, Error - 'basket' is not defined. (no-undef)
> /srv/orchard/press.js: line 2, col 15, Error - Needless semicolon. (semi)

  2 problems
""",
    ),
    Rule(
        name="eslint.codeframe",
        keywords=("error: ",),
        opens=r"error: .{1,600} \((?:@?[\w-]{1,60}/)?[\w/-]{2,80}\) at \S.{0,300}:\d{1,6}:\d{1,5}:?$",
        through=r"> {0,8}\d{1,6} \||\s{1,8}\d{0,6} {1,2}\||$",
        most=10,
        example="""
! error: 'basket' is not defined (no-undef) at press.js:2:13:
>   1 | const apple = 1;
> > 2 | fill(basket);
>     |      ^

  1 error found.
""",
    ),
    Rule(
        name="eslint.configuration",
        keywords=("eslint couldn't find",),
        opens=r"ESLint couldn't find ",
        lead=r"Oops! Something went wrong!|ESLint: \d|$",
        lead_most=4,
        example="""
> Oops! Something went wrong! :(
>
> ESLint: 8.57.0
>
! ESLint couldn't find a configuration file. To set up a configuration file for this project, please run:
""",
    ),
    Rule(
        name="eslint.standard",
        keywords=("javascript standard style",),
        opens=r"standard: Use JavaScript Standard Style",
        through=r"\s{2}\S{1,400}:\d{1,6}:\d{1,5}: ",
        headline=r"^\s{2}\S{1,400}:\d{1,6}:\d{1,5}: ",
        names=r"^\s{2}\S{1,400}:\d{1,6}:\d{1,5}: ",
        most=40,
        example="""
> standard: Use JavaScript Standard Style (https://standardjs.com)
!   /srv/shop/cart.js:3:14: Extra semicolon.
>   /srv/shop/cart.js:9:2: Newline required at end of file but not found.
  npm ERR! code ELIFECYCLE
""",
    ),
    Rule(
        name="eslint.standard_unexpected",
        keywords=("expected ",),
        opens=_STANDARD,
        lead=_STANDARD + r"|standard: ",
        lead_most=30,
        through=_STANDARD,
        most=40,
        headline=r"^(?:" + _STANDARD + r")",
        example="""
!   /srv/orchard/press.js:3:7: Expected '===' and instead saw '=='. (eqeqeq)
""",
    ),
    Rule(
        name="eslint.tslint",
        keywords=("error: ",),
        opens=r"ERROR: (?:\([\w-]{2,60}\) )?(?:\d{1,6}:\d{1,5} {1,8}\S|[^\s\[]{1,300}\[\d{1,6}, \d{1,5}\]: "
        r"|[^\s:]{1,300}:\d{1,6}:\d{1,5} - )",
        lead=r"[^\s:]{1,300}\.[jt]sx?(?::\d{1,6}:\d{1,5})?$",
        lead_most=1,
        through=r"(?:ERROR|WARNING): (?:\([\w-]{2,60}\) )?(?:\d{1,6}:\d{1,5} |\S{1,300}\[\d|\S{1,300}:\d)",
        most=40,
        headline=r"^ERROR: ",
        example="""
> src/press.ts:1:1
! ERROR: 1:1   no-var-keyword  Forbidden 'var' keyword, use 'let' or 'const' instead
> ERROR: 1:10  semicolon       Needless semicolon

  done
""",
    ),
    Rule(
        name="eslint.stylelint",
        keywords=("expected ",),
        opens=r"\s{1,6}\d{1,6}:\d{1,5}\s{1,4}(?:✖|✘|×)\s{1,4}\S",
        lead=r"\s{1,6}\d{1,6}:\d{1,5}\s{1,4}(?:✖|✘|×|⚠)\s{1,4}\S|" + _FILE + r"|\s{2}[\w./-]{1,300}:\d{1,6}:\d{1,5}$",
        lead_most=20,
        through=r"\s{1,6}\d{1,6}:\d{1,5}\s{1,4}(?:✖|✘|×|⚠)\s{1,4}\S|\s{12}\s{0,80}\S",
        most=40,
        headline=r"^\s{1,6}\d{1,6}:\d{1,5}\s{1,4}(?:✖|✘|×)",
        example="""
> src/press.css
!  3:3   ✖  Needless spaces            declaration-block-spaces
>  4:12  ✖  Expected "#fff" to be "#ffffff"  color-hex-length

  ✖ 2 problems (2 errors, 0 warnings)
""",
    ),
    Rule(
        name="eslint.yamllint",
        keywords=("[error] ",),
        opens=r"[^\s:]{1,300}\.ya?ml:\d{1,6}:\d{1,5}: \[error\] ",
        through=r"[^\s:]{1,300}\.ya?ml:\d{1,6}:\d{1,5}: \[(?:error|warning)\] ",
        most=40,
        example="""
! press.yaml:2:7: [error] trailing spaces (trailing-spaces)
> press.yaml:3:1: [warning] comment not indented (comments-indentation)
  done
""",
    ),
)
