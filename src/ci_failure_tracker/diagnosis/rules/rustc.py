"""rustc, clippy, rustdoc and rustfmt."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_CARGO = (
    r"(?!aborting due to |could not compile|build failed|test failed|failed to |linking with|process didn't exit"
    r"|toolchain"
    r"|component|\d{1,5} targets? failed|doctest failed|bench failed|Recipe |the following (?:build |test )?command"
    r"|script |the following |\[)"
)
_GOES_ON = (
    r"\s{1,12}--> |\s{0,7}\d{0,6} {0,2}\||\s{1,12}(?:=|:::) |\s{2,12}\S|(?:help|note|warning): |\d{1,6} [+~-] |\.\.\.$"
)
_LINTS = (
    r"(?:un(?:used|necessary|needed|reachable|nested|resolved)|useless|redundant|needless|casting|manual|mismatched"
    r"|denote|doc|usage) "
    r"|(?:use|usage|implementation) of |used |called `|this (?:\w{1,20} )?(?:`|is|can|could|should|will|has|looks"
    r"|does|was|argument|creates|"
    r"expression|pattern|boolean|block|lint|loop|match|call|function|method|operation|comparison|public)"
    r"|the (?:following (?!command|build|test)|borrow|`|trait|name|type|variable|loop|function|method|item|size"
    r"|value|operation|Err|feature|macro|iterator)"
    r"|expected (?:one of |identifier|expression|item|`|type|pattern|struct)|cannot (?:find |determine resolution"
    r"|borrow|move)"
    r"|unexpected (?:`|closing|token|end of|cfg)|missing (?:documentation|lifetime|fragment|`|struct|safety|backticks)"
    r"|(?:function|methods?|fields?|associated \w{1,20}|variants?|variable|struct|enum|trait|static|constant"
    r"|type(?: alias)?|module|name|item|"
    r"macro|lifetime|value|label|operator|parameter|multiple \w{1,20})(?:s?:?) `|you (?:should|are|seem)"
    r"|it (?:looks|is) |very complex type"
    r"|length comparison|all variants|large (?:size|enum)|returning |writing |borrowed |long literal|unknown lint"
    r"|item in documentation|hidden lifetime|elided |non-|if |match |deref|explicit |question mark|single-|transmute"
    r"|unsafe |wildcard |digits |approximate |calling |comparison |consider |identical|inconsistent|integer |let "
    r"|literal |mutable |passing |temporary |unclosed |could not simplify|creating a |assigning |accessing "
    r"|allow attribute|derive|duplicated |equal |field assignment|floating|future cannot|immediately|infinite|lossy"
    r"|lint `|methods called|module has|mutex|needlessly|no rules |only a|private |proc-macro|struct update|suspicious"
    r"|taken |try not|type could|unit |variables can|zero "
)

RULES = (
    Rule(
        name="rustc.error_code",
        keywords=("error[e",),
        opens=r"error\[E\d{4}\]: ",
        through=r"\s{0,200}\S",
        most=40,
        example="""
     Compiling orchard v0.1.0 (/srv/orchard)
! error[E0308]: mismatched types
>  --> src/press.rs:2:18
>   |
> 2 |     let force: i32 = "much";
>   |                ---   ^^^^^^ expected `i32`, found `&str`

  error: could not compile `orchard` (bin "orchard") due to 1 previous error
""",
    ),
    Rule(
        name="rustc.lint",
        keywords=("error: ",),
        opens=r"error: (?:" + _LINTS + r")",
        through=_GOES_ON,
        most=40,
        example="""
! error: unused variable: `force`
>  --> src/press.rs:2:5
>   |
> 2 | let force = 1;
>   |     ^^^^^ help: if this is intentional, prefix it with an underscore: `_force`
>   |
>   = note: `-D unused-variables` implied by `-D warnings`

  error: could not compile `orchard` (bin "orchard") due to 1 previous error
""",
    ),
    Rule(
        name="rustc.error",
        keywords=("error: ",),
        priority=-1,  # after pip.box, setuptools.error
        opens=r"error: " + _CARGO + r"[a-z`].{0,1000}[^.]$",
        through=_GOES_ON,
        most=40,
        rank=Rank.LIKELY,
        example="""
! error: apples and pears need two presses
>   --> src/press.rs:12:20
>    |
> 12 |     squeeze!(apple;);
>    |                   ^ in this call

  error: could not compile `orchard` (bin "orchard") due to 1 previous error
""",
    ),
    Rule(
        name="rustc.linking",
        keywords=("error: linking with",),
        opens=r"error: linking with `",
        through=r"\s{0,200}\S",
        headline=r"undefined (?:reference|symbol)|cannot find -l|ld: (?:library|symbol)|LNK\d{4}|fatal error|not found",
        most=40,
        example="""
> error: linking with `cc` failed: exit status: 1
>   |
>   = note: "cc" "-m64" "-lbasket"
!   = note: /usr/bin/ld: cannot find -lbasket: No such file or directory
>           collect2: error: ld returned 1 exit status

  error: could not compile `orchard` (bin "orchard") due to 1 previous error
""",
    ),
    Rule(
        name="rustc.stopped",
        keywords=("error: ",),
        opens=r"error: (?:aborting due to |could not compile `|could not document `|\d{1,5} targets? failed)",
        rank=Rank.SYMPTOM,
        example="""
! error: could not compile `orchard` (bin "orchard") due to 1 previous error
""",
    ),
    Rule(
        name="rustc.not_formatted",
        keywords=("diff in ",),
        opens=r"Diff in \S.{0,400}:\d{1,7}:$|Diff in \S.{0,400} at line \d{1,7}:$",
        through=r"[ +-]|Diff in \S|$",
        most=60,
        example="""
  Run cargo fmt --all -- --check
! Diff in /srv/orchard/src/press.rs:1:
> -fn turn()   {
> -let force=1;
> +fn turn() {
> +    let force = 1;
>  }
  Error: Process completed with exit code 1.
""",
    ),
)
