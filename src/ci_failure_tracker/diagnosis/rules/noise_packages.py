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

_EXAMPLES = {
    "error": "  Downloading exceptiongroup_errors-1.2.0-py3-none-any.whl (16 kB)",
    "fail": "Requirement already satisfied: failfast in ./venv/lib (from pears==1.0) (2.1)",
    "exception": "Collecting exceptiongroup>=1.0.0rc8 (from pears)",
    "fatal": "Setting up libtest-fatal-perl (0.016-1) ...",
    "assert": "  - Installing webmozart/assert (1.11.0): Extracting archive",
    "expected": "   Compiling expected-pears v0.3.1",
    "panic": "  Downloaded panic-control v0.1.4",
    "unknown": "npm WARN config unknown pears",
    "not found": "npm warn tarball pears@1.0.0 not found in cache",
    "missing": "warning pears@1.0.0: missing license",
    "timeout": "Fetching timeout 0.4.1",
    "abort": "Unpacking abort-controller (3.0) ...",
    "invalid": "npm WARN pears@1.0.0 has invalid peer plums",
    "does not exist": "npm WARN the tree does not exist",
    "undefined": "Using undefined-pears 1.0.0",
    "differ": "   Compiling differ v0.3.1",
}

RULES = (
    *(
        Rule(
            name=f"noise-packages.{word.replace(' ', '_')}",
            word=word,
            opens=_FETCHED,
            rank=Rank.NOISE,
            example=f"! {line}",
        )
        for word, line in _EXAMPLES.items()
    ),
    Rule(
        name="noise-packages.debconf",
        word="unable to initialize frontend",
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
        word="unable to re-open stdin",
        opens=r"dpkg-preconfigure: unable to re-open stdin",
        rank=Rank.NOISE,
        example="""
! dpkg-preconfigure: unable to re-open stdin: No such file or directory
""",
    ),
    Rule(
        name="noise-packages.policy",
        word="denied execution",
        opens=r"invoke-rc\.d: policy-rc\.d denied execution",
        rank=Rank.NOISE,
        example="""
! invoke-rc.d: policy-rc.d denied execution of start.
""",
    ),
    Rule(
        name="noise-packages.invoke",
        word="unknown",
        opens=r"invoke-rc\.d: (?:unknown initscript|could not determine current runlevel)",
        rank=Rank.NOISE,
        example="""
! invoke-rc.d: unknown initscript, /etc/init.d/pears not found.
""",
    ),
    Rule(
        name="noise-packages.runlevel",
        word="could not determine current runlevel",
        opens=r"invoke-rc\.d: could not determine current runlevel",
        rank=Rank.NOISE,
        example="""
! invoke-rc.d: could not determine current runlevel
""",
    ),
    Rule(
        name="noise-packages.locale",
        word="setting locale failed",
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
        word="libgpg-error",
        opens=r"\s{1,8}(?:[a-z0-9+.:-]{1,60} ){0,40}libgpg-error",
        rank=Rank.NOISE,
        example="""
!   gnupg libassuan0 libgpg-error0 libksba8
""",
    ),
    Rule(
        name="noise-packages.list_liberror",
        word="liberror-perl",
        opens=r"\s{1,8}(?:[a-z0-9+.:-]{1,60} ){0,40}liberror-perl",
        rank=Rank.NOISE,
        example="""
!   git git-man less liberror-perl patch
""",
    ),
)
