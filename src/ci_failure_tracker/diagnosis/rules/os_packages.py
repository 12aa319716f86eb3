"""Package managers of other systems: dnf, apk, Homebrew, Chocolatey, Nix."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="dnf.no_match",
        keywords=("unable to find a match",),
        opens=r"Error: Unable to find a match: ",
        example="""
! Error: Unable to find a match: basket-devel
""",
    ),
    Rule(
        name="dnf.download",
        keywords=("error",),
        opens=r"(?:Error: (?:Failed to download metadata|Error downloading packages|Package: )"
        r"|Errors during downloading metadata)",
        through=r"\s{2}-? ?\S",
        most=8,
        example="""
! Errors during downloading metadata for repository 'orchard':
>   - Status code: 404 for http://rpm.example.com/repodata/repomd.xml
  done
""",
    ),
    Rule(
        name="apk.select",
        keywords=("error: unable to select packages",),
        opens=r"ERROR: unable to select packages:",
        through=r"\s{2,8}\S",
        most=12,
        headline=r"^\s{2}\S",
        example="""
> ERROR: unable to select packages:
!   basket-dev (no such package):
>     required by: world[basket-dev]
  done
""",
    ),
    Rule(
        name="brew.error",
        keywords=("error: ",),
        opens=r"Error: (?:No available formula|No formulae|Cask '|\S{1,100}: (?:Failed to download|no bottle)"
        r"|The `brew link`"
        r"|Your (?:Command Line Tools|Xcode)|Cannot install|An exception occurred within a child)",
        through=r"Could not symlink|Target \S|already exists|\s{2}\S",
        most=8,
        example="""
! Error: No available formula with the name "basket".
""",
    ),
    Rule(
        name="choco.failed",
        keywords=("packages failed",),
        opens=r"Chocolatey installed \d{1,4}/\d{1,4} packages?\. \d{1,4} packages? failed",
        through=r"\s{0,2}See the log|$|Failures|\s{0,4}- ",
        most=8,
        headline=r"^\s{0,4}- ",
        rank=Rank.LIKELY,
        example="""
> Chocolatey installed 0/1 packages. 1 packages failed.
>  See the log for details (C:\\ProgramData\\chocolatey\\logs\\chocolatey.log).
>
> Failures
!  - basket (exited 404) - Error while running 'C:\\basket.ps1'.
  done
""",
    ),
    Rule(
        name="nix.builder",
        keywords=("error: builder for ",),
        opens=r"error: builder for '.{1,300}' failed",
        through=r"\s{2,12}\S|$",
        most=60,
        headline=r"^\s{2,12}> .{0,300}[Ee]rror|^error: builder",
        example="""
! error: builder for '/nix/store/1-basket-9.drv' failed with exit code 1;
>        last 2 log lines:
>        > weaving
>        > no willow left
>        For full logs, run 'nix log /nix/store/1-basket-9.drv'.
  done
""",
    ),
    Rule(
        name="nix.dependency",
        keywords=("error: ",),
        opens=r"error: (?:\d{1,5} dependencies of derivation|build of '.{1,300}' failed|some outputs of)",
        rank=Rank.SYMPTOM,
        example="""
! error: 1 dependencies of derivation '/nix/store/2-orchard.drv' failed to build
""",
    ),
)
