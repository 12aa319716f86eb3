"""Cargo and rustup: packages, manifests, toolchains."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_GOES_ON = (
    r"$|Caused by:|\s{2,12}\S|location searched|required by |\.\.\. (?:which|required)|versions that meet|all possible"
    r"|previously selected|package `|the package `|failed to select|perhaps |help: |\s{0,8}-->|\s{0,8}\d{0,6} \|"
    r"|candidate"
)

RULES = (
    Rule(
        name="cargo.failed_to",
        keywords=("error: failed to ",),
        opens=r"error: failed to (?:select|get|parse|load|download|fetch|run custom build command|resolve|read|sync"
        r"|verify"
        r"|authenticate|update|open|publish|write|clone|query)",
        through=_GOES_ON,
        until=r"\s{2,12}(?:Updating|Download|Compiling|Checking|Finished|Blocking|Locking) ?",
        most=80,
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
    Rule(
        name="cargo.package",
        keywords=("error: ",),
        priority=1,  # before swiftpm.error
        opens=r"error: (?:no matching package|the lock file |cannot update the lock file|package `"
        r"|could not find `Cargo\.toml`"
        r"|no such command: |package ID specification|multiple packages link|cyclic package|manifest path `"
        r"|invalid type: "
        r"|the package '|api errors|\d{1,4} files in the working directory|none of the selected packages|feature `)",
        through=_GOES_ON,
        most=30,
        example="""
! error: no matching package named `basket` found
> location searched: crates.io index
> required by package `orchard v0.1.0 (/srv/orchard)`
  done
""",
    ),
    Rule(
        name="cargo.retrying",
        keywords=("spurious network error",),
        opens=r"warning: spurious network error",
        rank=Rank.NOISE,
        example="""
! warning: spurious network error (2 tries remaining): [6] Could not resolve hostname
""",
    ),
    Rule(
        name="rustup.error",
        keywords=("error: ",),
        opens=r"error: (?:toolchain '|component '|could not download file|override toolchain|no override|target '"
        r"|'cargo(?:-\w{1,30})?(?:\.exe)?' is not installed|rustup could not|no default toolchain)",
        through=r"(?:help|note|info): |Caused by:|\s{2,8}\S|- ",
        most=10,
        example="""
! error: toolchain 'nightly-2021-05-03-x86_64-unknown-linux-gnu' is not installed
> help: run `rustup toolchain install nightly-2021-05-03` to install it
  done
""",
    ),
)
