"""uv, Poetry, Pipenv and conda: how they tell that versions do not fit."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_REASON = r"\s{0,8}(?:Because|And because|Thus|So,? because|and |\(\d)|\s{2,16}\S"

RULES = (
    Rule(
        name="uv.no_solution",
        keywords=("error: no solution found",),
        opens=r"error: No solution found when resolving",
        through=r"\s{2,12}\S|$",
        most=20,
        headline=r"^\s{2}(?:cause|Caused by): ",
        example="""
> error: No solution found when resolving dependencies
!   cause: Because basket was not found in the package registry and you require basket, we can conclude nothing.
  done
""",
    ),
    Rule(
        name="uv.boxed",
        keywords=("not found",),
        opens=r"\s{2}╰─▶ Because ",
        lead=r"\s{2}× ",
        lead_most=1,
        through=r"\s{4,12}\S|$",
        most=20,
        example="""
>   × No solution found when resolving dependencies:
!   ╰─▶ Because basket was not found in the package registry and you require basket, we can conclude that your
>       requirements are unsatisfiable.
  done
""",
    ),
    Rule(
        name="uv.box",
        keywords=("failed to ",),
        opens=r"\s{2}× Failed to ",
        through=r"\s{2}[├╰│]|\s{4,16}\S|$",
        most=60,
        headline=r"^\s{2}(?:╰─▶|├─▶) ",
        example="""
>   × Failed to build `basket==9.0`
!   ├─▶ The build backend returned an error
>   ╰─▶ Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)
  done
""",
    ),
    Rule(
        name="uv.error",
        keywords=("error: ",),
        opens=r"error: (?:The lockfile at `|Failed to (?:fetch|download|build|parse|spawn|install|read|resolve|find"
        r"|discover)"
        r"|Distribution not found|Unable to find lockfile|No interpreter found|The build backend returned"
        r"|Request failed after)",
        through=r"\s{2}(?:Caused by|cause): |\s{4,20}\S|$|\s{2}\[std",
        most=60,
        rank=Rank.LIKELY,
        example="""
! error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.
  done
""",
    ),
    Rule(
        name="poetry.solving",
        keywords=("version solving failed",),
        opens=r".{0,1500}version solving failed",
        lead=_REASON,
        lead_most=16,
        example="""
  Resolving dependencies...
>
> Because no versions of basket match >9.0
>  and orchard (1.0) depends on basket (>9.0), orchard is forbidden.
! So, because press depends on orchard (1.0), version solving failed.
""",
    ),
    Rule(
        name="poetry.lock",
        keywords=("error",),
        opens=r"Error: (?:poetry\.lock is not up to date|The lock file is not up to date"
        r"|Could not parse version constraint)",
        example="""
! Error: poetry.lock is not up to date with pyproject.toml. Run `poetry lock` to fix it.
""",
    ),
    Rule(
        name="poetry.invalid",
        keywords=("is invalid",),
        opens=r"The Poetry configuration is invalid",
        through=r"\s{2}- ",
        example="""
! The Poetry configuration is invalid:
>   - Additional properties are not allowed ('basket' was unexpected)
  done
""",
    ),
    Rule(
        name="poetry.exception",
        keywords=("error",),
        opens=r"\s{2}[A-Z]\w{1,60}Error$",
        through=r"$|\s{2}\S",
        until=r"\s{2}at ",
        most=8,
        headline=r"^\s{2}(?![A-Z]\w{1,60}Error$)\S",
        rank=Rank.LIKELY,
        example="""
>   ConnectionError
>
!   The orchard did not answer.

    at /usr/lib/python3/site-packages/basket.py:7 in fetch
""",
    ),
    Rule(
        name="pipenv.lock",
        keywords=("expected",),
        opens=r"Your Pipfile\.lock \(\w{1,80}\) is out of date",
        example="""
! Your Pipfile.lock (61aa4f) is out of date. Expected: (7a6b81).
""",
    ),
    Rule(
        name="pipenv.locking",
        keywords=("locking failed",),
        opens=r"(?:✘ )?Locking Failed!",
        rank=Rank.LIKELY,
        example="""
! ✘ Locking Failed!
""",
    ),
    Rule(
        name="conda.not_found",
        keywords=("packagesnotfounderror",),
        opens=r"PackagesNotFoundError: ",
        through=r"$|\s{2}- ",
        most=20,
        example="""
! PackagesNotFoundError: The following packages are not available from current channels:
>
>   - basket=9.0

  Current channels:
""",
    ),
    Rule(
        name="conda.unsatisfiable",
        keywords=("unsatisfiableerror",),
        opens=r"(?:LibMamba)?UnsatisfiableError: ",
        through=r"$|\s{0,8}[├└│-]|\s{1,8}\S",
        most=30,
        example="""
! LibMambaUnsatisfiableError: Encountered problems while solving:
>   - package orchard-1.0 requires basket >9, but none of the providers can be installed
  done
""",
    ),
    Rule(
        name="conda.error",
        keywords=("error: ",),
        opens=r"Conda\w{0,40}Error: ",
        through=r"Elapsed: |An HTTP error occurred|[\w'\"(]",
        most=4,
        example="""
! CondaHTTPError: HTTP 000 CONNECTION FAILED for url <https://conda.example.com/noarch/repodata.json>
> Elapsed: -
""",
    ),
    Rule(
        name="conda.mamba",
        keywords=("could not solve",),
        opens=r"(?:error\s{1,6}libmamba )?Could not solve for environment specs",
        through=r"$|\s{0,8}[├└│-]|\s{1,8}\S|The following packages? ",
        most=30,
        example="""
! error    libmamba Could not solve for environment specs
>     The following package could not be installed
>     └─ basket 9.** does not exist (perhaps a typo or a missing channel).
  critical libmamba Could not solve for environment specs
""",
    ),
)
