"""Packages that are fetched or installed and have a name that reads like a failure, and the warnings around that."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_FETCHED = (
    r"(?:Get|Hit|Ign):\d{1,6} |Selecting previously unselected |Preparing to unpack |Unpacking \S{1,200} (?:over )?\("
    r"|Setting up \S{1,200} \(|Processing triggers for |Removing \S{1,200} \("
    r"|\s{0,8}Collecting [\w.\[\],=<>!~;@/:+-]{1,300}(?: \(|$)"
    r"|\s{0,8}(?:Downloading|Using cached|Obtaining|Processing|Pulling) (?=\S{0,300}[\d/])\S{1,400}(?: \(|$)"
    r"|\s{0,8}(?:Fetching|Installing|Using) [\w./-]{1,200} \(?v?\d"
    r"|\s{0,8}(?:Requirement already satisfied: |Requirement already up-to-date: |Installing collected packages: "
    r"|Successfully (?:installed|uninstalled|built) |Attempting uninstall: |Found existing installation: "
    r"|Building wheels for collected packages: |Created wheel for |Stored in directory: )"
    r"|\s{2,12}(?:Compiling|Downloaded|Downloading|Checking|Adding|Fresh|Documenting|Unpacking|Locking|Updating) "
    r"[\w-]{1,100} v?\d"
    r"|\s{2,4}- (?:Installing|Downloading|Locking|Upgrading|Removing) [\w./-]{1,200} \("
    r"|(?:\[INFO\] )?(?:Downloading|Downloaded)(?: from [\w.-]{1,100})?: https?://"
    r"|==> (?:Downloading|Pouring|Fetching|Installing) |Inst(?:all)? \S{1,100} [\[(]"
    r"|\s?\+ [\w@./-]{1,200}(?:@|==)\d|(?:npm (?:WARN|warn|http|info|notice|timing)|warning) \S"
)
"""apt, pip, cargo, composer, Maven, Homebrew, bundler, npm, uv."""


RULES = (
    Rule(
        name="noise-packages.line",
        keywords=(
            "error",
            "fail",
            "exception",
            "fatal",
            "assert",
            "expected",
            "panic",
            "unknown",
            "not found",
            "missing",
            "timeout",
            "abort",
            "invalid",
            "does not exist",
            "undefined",
            "differ",
        ),
        opens=_FETCHED,
        rank=Rank.NOISE,
        example="""
!   Downloading exceptiongroup_errors-1.2.0-py3-none-any.whl (16 kB)
! Requirement already satisfied: failfast in ./venv/lib (from pears==1.0) (2.1)
! Collecting exceptiongroup>=1.0.0rc8 (from pears)
! Setting up libtest-fatal-perl (0.016-1) ...
!   - Installing webmozart/assert (1.11.0): Extracting archive
!    Compiling expected-pears v0.3.1
!   Downloaded panic-control v0.1.4
! npm WARN config unknown pears
! npm warn tarball pears@1.0.0 not found in cache
! warning pears@1.0.0: missing license
! Fetching timeout 0.4.1
! Unpacking abort-controller (3.0) ...
! npm WARN pears@1.0.0 has invalid peer plums
! npm WARN the tree does not exist
! Using undefined-pears 1.0.0
!    Compiling differ v0.3.1
""",
    ),
    Rule(
        name="noise-packages.debconf",
        keywords=("unable to initialize frontend",),
        opens=r"debconf: unable to initialize frontend",
        through=r"debconf: ",
        rank=Rank.NOISE,
        example="""
! debconf: unable to initialize frontend: Dialog
> debconf: (TERM is not set, so the dialog frontend is not usable.)
> debconf: falling back to frontend: Readline
  done
""",
    ),
    Rule(
        name="noise-packages.preconfigure",
        keywords=("unable to re-open stdin",),
        opens=r"dpkg-preconfigure: unable to re-open stdin",
        rank=Rank.NOISE,
        example="""
! dpkg-preconfigure: unable to re-open stdin: No such file or directory
""",
    ),
    Rule(
        name="noise-packages.policy",
        keywords=("denied execution",),
        opens=r"invoke-rc\.d: policy-rc\.d denied execution",
        rank=Rank.NOISE,
        example="""
! invoke-rc.d: policy-rc.d denied execution of start.
""",
    ),
    Rule(
        name="noise-packages.invoke",
        keywords=("unknown",),
        opens=r"invoke-rc\.d: (?:unknown initscript|could not determine current runlevel)",
        rank=Rank.NOISE,
        example="""
! invoke-rc.d: unknown initscript, /etc/init.d/pears not found.
""",
    ),
    Rule(
        name="noise-packages.runlevel",
        keywords=("could not determine current runlevel",),
        opens=r"invoke-rc\.d: could not determine current runlevel",
        rank=Rank.NOISE,
        example="""
! invoke-rc.d: could not determine current runlevel
""",
    ),
    Rule(
        name="noise-packages.locale",
        keywords=("setting locale failed",),
        opens=r"perl: warning: Setting locale failed",
        through=r"perl: warning: |\s|\t",
        most=10,
        rank=Rank.NOISE,
        example="""
! perl: warning: Setting locale failed.
> perl: warning: Please check that your locale settings:
> 	LANG = "pear.UTF-8"
>     are supported and installed on your system.
> perl: warning: Falling back to the standard locale ("C").
  done
""",
    ),
    Rule(
        name="noise-packages.list_error",
        keywords=("libgpg-error",),
        opens=r"\s{1,8}(?:[a-z0-9+.:-]{1,60} ){0,40}libgpg-error",
        rank=Rank.NOISE,
        example="""
!   gnupg libassuan0 libgpg-error0 libksba8
""",
    ),
    Rule(
        name="noise-packages.list_liberror",
        keywords=("liberror-perl",),
        opens=r"\s{1,8}(?:[a-z0-9+.:-]{1,60} ){0,40}liberror-perl",
        rank=Rank.NOISE,
        example="""
!   git git-man less liberror-perl patch
""",
    ),
)
