"""Rust: rustc, Cargo, its tests."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# rustc, clippy, rustdoc and rustfmt.

_RUSTC_CARGO = (
    r"(?!aborting due to |could not compile|build failed|test failed|failed to |linking with|process didn't exit"
    r"|toolchain"
    r"|component|\d{1,5} targets? failed|doctest failed|bench failed|Recipe |the following (?:build |test )?command"
    r"|script |the following |\[)"
)
_RUSTC_GOES_ON = (
    r"\s{1,12}--> |\s{0,7}\d{0,6} {0,2}\||\s{1,12}(?:=|:::) |\s{2,12}\S|(?:help|note|warning): |\d{1,6} [+~-] |\.\.\.$"
)
_RUSTC_LINTS = (
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

_RUSTC = (
    LogPattern(
        name="rustc.error_code",
        kind=FailureKind.COMPILE,
        keywords=("error[e",),
        start=r"error\[E\d{4}\]: ",
        body=r"\s{0,200}\S",
        max_lines=40,
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
    LogPattern(
        name="rustc.lint",
        kind=FailureKind.LINT,
        keywords=("error: ",),
        start=r"error: (?:" + _RUSTC_LINTS + r")",
        body=_RUSTC_GOES_ON,
        max_lines=40,
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
    LogPattern(
        name="rustc.error",
        keywords=("error: ",),
        priority=1,  # before the patterns of the network, which match anywhere in a line
        start=r"error: " + _RUSTC_CARGO + r"[a-z`].{0,1000}[^.]$",
        body=_RUSTC_GOES_ON,
        max_lines=40,
        confidence=Confidence.LIKELY,
        example="""
! error: apples and pears need two presses
>   --> src/press.rs:12:20
>    |
> 12 |     squeeze!(apple;);
>    |                   ^ in this call

  error: could not compile `orchard` (bin "orchard") due to 1 previous error
""",
    ),
    LogPattern(
        name="rustc.linking",
        kind=FailureKind.COMPILE,
        keywords=("error: linking with",),
        start=r"error: linking with `",
        body=r"\s{0,200}\S",
        headline=r"undefined (?:reference|symbol)|cannot find -l|ld: (?:library|symbol)|LNK\d{4}|fatal error|not found",
        max_lines=40,
        example="""
> error: linking with `cc` failed: exit status: 1
>   |
>   = note: "cc" "-m64" "-lbasket"
!   = note: /usr/bin/ld: cannot find -lbasket: No such file or directory
>           collect2: error: ld returned 1 exit status

  error: could not compile `orchard` (bin "orchard") due to 1 previous error
""",
    ),
    LogPattern(
        name="rustc.stopped",
        kind=FailureKind.COMPILE,
        keywords=("error: ",),
        start=r"error: (?:aborting due to |could not compile `|could not document `|\d{1,5} targets? failed)",
        confidence=Confidence.SYMPTOM,
        example='! error: could not compile `orchard` (bin "orchard") due to 1 previous error',
    ),
    LogPattern(
        name="rustc.not_formatted",
        kind=FailureKind.FORMAT,
        keywords=("diff in ",),
        start=r"Diff in \S.{0,400}:\d{1,7}:$|Diff in \S.{0,400} at line \d{1,7}:$",
        body=r"[ +-]|Diff in \S|$",
        max_lines=60,
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

# Cargo and rustup: packages, manifests, toolchains.

_CARGO_GOES_ON = (
    r"$|Caused by:|\s{2,12}\S|location searched|required by |\.\.\. (?:which|required)|versions that meet|all possible"
    r"|previously selected|package `|the package `|failed to select|perhaps |help: |\s{0,8}-->|\s{0,8}\d{0,6} \|"
    r"|candidate"
)

_CARGO = (
    LogPattern(
        name="cargo.failed_to",
        kind=FailureKind.DEPENDENCY,
        keywords=("error: failed to ",),
        start=r"error: failed to (?:select|get|parse|load|download|fetch|resolve|read|sync"
        r"|verify"
        r"|authenticate|update|open|publish|write|clone|query)",
        body=_CARGO_GOES_ON,
        end_before=r"\s{2,12}(?:Updating|Download|Compiling|Checking|Finished|Blocking|Locking) ?",
        max_lines=80,
        example="""
! error: failed to get `basket` as a dependency of package `orchard v0.1.0 (/srv/orchard)`
>
> Caused by:
>   failed to load source for dependency `basket`
>
> Caused by:
>   the archive ends too early
  done
""",
    ),
    LogPattern(
        name="cargo.build_script",
        kind=FailureKind.COMPILE,
        keywords=("error: failed to run custom build command",),
        start=r"error: failed to run custom build command",
        body=_CARGO_GOES_ON,
        end_before=r"\s{2,12}(?:Updating|Download|Compiling|Checking|Finished|Blocking|Locking) ?",
        max_lines=80,
        facts=r"build command for `(?P<subject>[\w-]{1,100})",
        example="""
! error: failed to run custom build command for `press-sys v0.2.0`
>
> Caused by:
>   process didn't exit successfully: `/srv/target/debug/build/press-sys-1f/build-script-build` (exit status: 101)
>   --- stderr
>   no compiler for pears
  done
""",
    ),
)

_CARGO_TEST_SAID = (
    r"^\s{0,4}(?:thread '.{1,300} panicked at '|assertion |called `|Error: |note: test did not panic"
    r"|note: panic did not contain|attempt to |index out of bounds|not (?:yet )?implemented|explicit panic"
    r"|internal error: entered unreachable)"
)

_CARGO_TEST = (
    LogPattern(
        name="cargo-test.failure",
        kind=FailureKind.TEST,
        keywords=(" stdout ----",),
        start=r"---- \S.{0,400} stdout ----$",
        end_before=r"failures:$|---- \S.{0,400} std(?:out|err) ----$|test result: ",
        max_lines=60,
        headline=_CARGO_TEST_SAID,
        fingerprint=r"^---- |" + _CARGO_TEST_SAID,
        example="""
  failures:

> ---- tests::totals stdout ----
> thread 'tests::totals' panicked at src/lib.rs:6:46:
! assertion `left == right` failed: wrong total
>   left: 3
>  right: 4
> note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


> ---- tests::picks stdout ----
! thread 'tests::picks' panicked at 'called `Option::unwrap()` on a `None` value', src/lib.rs:7:52


  failures:
      tests::totals
      tests::picks
""",
    ),
    LogPattern(
        name="cargo-test.recap",
        kind=FailureKind.TEST,
        keywords=("failures:",),
        start=r"failures:$",
        body=r" {4}\S|$",
        confidence=Confidence.SYMPTOM,
        headline=r"^ {4}\S",
        fingerprint=r"^ {4}\S",
        example="""
> failures:
!     tests::totals
>     tests::picks

  test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out
""",
    ),
    LogPattern(
        name="cargo-test.progress",
        kind=FailureKind.TEST,
        keywords=(" ... failed",),
        start=r"test \S.{0,400} \.\.\. FAILED$",
        confidence=Confidence.SYMPTOM,
        example="""
  test tests::fine ... ok
! test tests::totals ... FAILED
""",
    ),
    LogPattern(
        name="cargo-test.result",
        kind=FailureKind.TEST,
        keywords=("test result: failed",),
        start=r"test result: FAILED\. ",
        confidence=Confidence.SYMPTOM,
        example="! test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
    ),
    LogPattern(
        name="cargo-test.rerun",
        kind=FailureKind.TEST,
        keywords=("failed, to rerun pass",),
        start=r"error: (?:doc)?test failed, to rerun pass ",
        confidence=Confidence.SYMPTOM,
        example="! error: test failed, to rerun pass `--lib`",
    ),
    LogPattern(
        name="cargo-test.signal",
        kind=FailureKind.TEST,
        keywords=("invalid memory reference", "process abort signal"),
        start=r"\s{0,4}process didn't exit successfully: .{1,1000}\(signal: ",
        context_before=r"Caused by:$",
        max_context=1,
        example="""
  error: test failed, to rerun pass `--lib`

> Caused by:
!   process didn't exit successfully: `/srv/press/debug/deps/press-5c1` (signal: 11, SIGSEGV: invalid memory reference)
  error: test failed, to rerun pass `--lib`

> Caused by:
!   process didn't exit successfully: `/srv/press/debug/deps/press-5c1` (signal: 6, SIGABRT: process abort signal)
""",
    ),
)

PATTERNS = (
    *_CARGO_TEST,
    *_RUSTC,
    *_CARGO,
)
