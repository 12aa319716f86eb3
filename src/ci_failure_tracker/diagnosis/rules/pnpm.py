"""pnpm and Bun."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PNPM = r"\s{0,2}(?:\[ERROR\] )?\[?ERR_PNPM_"
_RECURSIVE = r"RECURSIVE_(?:RUN|EXEC)_FIRST_FAIL"


RULES = (
    Rule(
        name="pnpm.error",
        keywords=("cannot ", "not found", "fail", "error", "missing", "mismatch", "unexpected", "invalid"),
        opens=_PNPM + r"(?!" + _RECURSIVE + r")\w",
        through=r"$|\s{2,8}\S|\s{0,2}[│├└┬─×╰]|This error happened|Note that|Failure reason|specifiers in|If you "
        r"|The latest release|Other releases|Expected|Got|Your pnpm|No authorization|\S{1,200} is not in the npm",
        most=20,
        example="""
! ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because it is not up to date
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_FETCH_404  GET https://registry.example.com/basket: Not Found - 404
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_META_FETCH_FAIL  GET https://registry.example.com/basket: no answer
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_UNEXPECTED_ERROR  The store is full
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_NO_SCRIPT  Missing script: harvest
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_LOCKFILE_CONFIG_MISMATCH  The overrides are not those of the lockfile
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_UNEXPECTED_STORE  Unexpected store location
>
> Note that in CI environments this setting is true by default.
  done
! ERR_PNPM_INVALID_OVERRIDE  Invalid selector of basket
>
> Note that in CI environments this setting is true by default.
  done
""",
    ),
    Rule(
        name="pnpm.boxed",
        keywords=("error: err_pnpm_",),
        opens=r"Error: ERR_PNPM_\w",
        through=r"$|\s{2,8}\S|\s{0,2}[│├└┬─×╰]",
        most=20,
        headline=r"^\s{2}(?:╰─▶|×(?! installing)) ",
        example="""
> Error: ERR_PNPM_NO_MATCHING_VERSION
>
>   × installing dependencies
>   ├─▶ Failed to resolve dependency tree
!   ╰─▶ No matching version found for basket@9 while fetching it
  done
""",
    ),
    Rule(
        name="pnpm.recursive",
        keywords=("first_fail",),
        opens=_PNPM + _RECURSIVE,
        through=r"Exit status",
        rank=Rank.SYMPTOM,
        example="""
! ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL  orchard@1.0.0 test: `vitest`
> Exit status 1
""",
    ),
    Rule(
        name="pnpm.lifecycle",
        keywords=(" failed",),
        opens=r"\s{0,2}\[?ELIFECYCLE\]?\s{1,3}(?:Command|Test) failed",
        rank=Rank.SYMPTOM,
        example="""
!  ELIFECYCLE  Command failed with exit code 1.
""",
    ),
    Rule(
        name="pnpm.node_modules",
        keywords=("node_modules missing",),
        opens=r"\s{0,2}WARN\s{1,4}Local package\.json exists, but node_modules missing",
        rank=Rank.NOISE,
        example="""
!  WARN   Local package.json exists, but node_modules missing, did you mean to install?
""",
    ),
    Rule(
        name="bun.script",
        keywords=("error: script ",),
        opens=r'error: script "[^"]{1,100}" (?:exited with code|was terminated by signal)',
        rank=Rank.SYMPTOM,
        example="""
! error: script "test" exited with code 1
""",
    ),
    Rule(
        name="bun.error",
        keywords=("error: ",),
        opens=r"error: (?:lockfile had changes, but lockfile is frozen|No version matching "
        r"|\S{1,200} failed to resolve$"
        r'|Script not found "|GET https?://\S{1,300} - \d{3}|package "\S{1,200}" not found)',
        through=r"note: ",
        example="""
! error: lockfile had changes, but lockfile is frozen
> note: try re-running without --frozen-lockfile and commit the updated lockfile
  done
""",
    ),
)
