"""pip: what it cannot find, resolve or build."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_BOX = r"$|\s{0,40}[×│╰]|\s{2,40}\S|\s{0,8}(?:note|hint): "

RULES = (
    Rule(
        name="pip.no_version",
        keywords=("could not find a version that satisfies",),
        opens=r"(?:ERROR: |\s{1,4})?Could not find a version that satisfies the requirement ",
        through=r"(?:ERROR: |\s{1,4})?No matching distribution found for ",
        example="""
! ERROR: Could not find a version that satisfies the requirement basket==9.0 (from versions: 1.0, 2.0)
> ERROR: No matching distribution found for basket==9.0
  done
""",
    ),
    Rule(
        name="pip.conflict",
        keywords=("error: cannot install",),
        opens=r"ERROR: Cannot install ",
        until=r"To fix this you could try to|Additionally, some packages",
        through=r"$|\s{2,8}\S|The conflict is caused by|ERROR: ",
        most=25,
        example="""
! ERROR: Cannot install orchard==3.0 and basket==1.0 because these package versions have conflicting dependencies.
>
> The conflict is caused by:
>     The user requested basket==1.0
>     orchard 3.0 depends on basket>=3.0

  To fix this you could try to:
""",
    ),
    Rule(
        name="pip.subprocess",
        keywords=("error: subprocess-exited-with-error",),
        opens=r"\s{1,20}error: subprocess-exited-with-error",
        closes=r"\s{0,20}note: This error originates",
        through=_BOX,
        most=250,
        headline=r"^\s{2,40}(?:error: (?!subprocess)|fatal error: "
        r"|[\w./-]{1,200}:\d{1,6}:(?:\d{1,5}:)? (?:fatal )?error: "
        r"|[A-Za-z_][\w.]{0,100}(?:Error|Exception|NotFound|Failure)(?:: |$))",
        example="""
>   error: subprocess-exited-with-error
>
>   × Building wheel for basket (pyproject.toml) did not run successfully.
>   │ exit code: 1
>   ╰─> [3 lines of output]
>       running build
!       error: command 'weave' failed: No such file or directory
>       [end of output]
>
>   note: This error originates from a subprocess, and is likely not a problem with pip.
    ERROR: Failed building wheel for basket
""",
    ),
    Rule(
        name="pip.box",
        keywords=("error: ",),
        opens=r"error: (?:subprocess-exited-with-error|metadata-generation-failed|legacy-install-failure"
        r"|externally-managed-environment|uninstall-\S{1,60}|failed-wheel-build-for-install|invalid-\S{1,60})$",
        closes=r"(?:note|hint): ",
        through=_BOX,
        most=60,
        rank=Rank.LIKELY,
        headline=r"^[×╰]",
        example="""
> error: metadata-generation-failed
>
! × Encountered error while generating package metadata.
> ╰─> See above for output.
>
> note: This is an issue with the package mentioned above, not pip.
  hint: See above for details.
""",
    ),
    Rule(
        name="pip.command",
        keywords=("command errored out with exit status",),
        opens=r"\s{0,4}ERROR: Command errored out with exit status \d{1,4}:$",
        closes=r"\s{0,8}-{40}$",
        through=r"\s{1,40}\S|$",
        most=250,
        headline=r"^\s{2,40}(?:error: |fatal error: |[\w./-]{1,200}:\d{1,6}:(?:\d{1,5}:)? (?:fatal )?error: "
        r"|[A-Za-z_][\w.]{0,100}(?:Error|Exception|NotFound|Failure)(?:: |$))",
        example="""
>     ERROR: Command errored out with exit status 1:
>      command: /usr/bin/python3 -c 'setup' egg_info
>          cwd: /srv/pip-install-1/basket/
>     Complete output (2 lines):
!     ModuleNotFoundError: No module named 'willow'
>     ----------------------------------------
  ERROR: done
""",
    ),
    Rule(
        name="pip.old_command",
        keywords=("failed with error code",),
        opens=r'(?:Command ".{1,1000}"|\S{1,200}python.{1,600}|Cleaning up\.\.\..{0,600}) failed with error code \d',
        rank=Rank.LIKELY,
        example="""
! Command "python setup.py egg_info" failed with error code 1 in /srv/pip-build-4/basket/
""",
    ),
    Rule(
        name="pip.error",
        keywords=("error: ",),
        opens=r"ERROR: (?:Could not (?:install packages|open requirements file|detect requirement)|Invalid requirement"
        r"|Package '.{1,200}' requires a different Python|THESE PACKAGES DO NOT MATCH|Ignored the following"
        r"|.{1,300} (?:does not appear to be a Python project|is not a supported wheel|is not a valid editable)"
        r"|Directory '|HTTP error|Requested |Exception:|Double requirement|In --require-hashes mode)",
        through=r"\s{4,12}\S|Hint: ",
        most=12,
        example="""
! ERROR: Package 'basket' requires a different Python: 3.7.17 not in '>=3.9'
  done
""",
    ),
    Rule(
        name="pip.wheels",
        keywords=("error: ",),
        opens=r"\s{0,4}ERROR: (?:Failed building wheel for|Could not build wheels for|Failed to build)",
        rank=Rank.SYMPTOM,
        example="""
!   ERROR: Failed building wheel for basket
""",
    ),
    Rule(
        name="pip.retrying",
        keywords=("error",),
        opens=r"\s{0,8}(?:WARNING: )?Retrying \(Retry\(",
        rank=Rank.NOISE,
        example="""
! WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError': /simple/basket/
""",
    ),
    Rule(
        name="pip.resolver_note",
        keywords=("error: pip's dependency resolver",),
        opens=r"ERROR: pip's dependency resolver does not currently take into account",
        through=r"\S{1,100} \S{1,60} requires .{1,200}, (?:but you have|which is not installed)",
        rank=Rank.NOISE,
        example="""
! ERROR: pip's dependency resolver does not currently take into account all the packages that are installed.
> orchard 1.0 requires basket<2, but you have basket 2.1 which is incompatible.
  done
""",
    ),
    Rule(
        name="setuptools.error",
        keywords=("error: ",),
        opens=r"error: (?:command '.{1,300}' (?:failed|terminated)|Microsoft Visual C\+\+ |can't copy '"
        r"|package directory '"
        r"|Setup script exited|Could not find suitable distribution|invalid command '|option \S{1,60} not recognized)",
        rank=Rank.LIKELY,
        example="""
! error: command 'weave' failed with exit status 1
""",
    ),
)
