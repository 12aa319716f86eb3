"""Yarn, the classic one and the later ones."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LINE = r"➤ YN\d{4}: .{0,4}"


RULES = (
    Rule(
        name="yarn.command",
        keywords=("error command failed",),
        opens=r"error Command failed with (?:exit code|signal) ",
        rank=Rank.SYMPTOM,
        example="""
! error Command failed with exit code 1.
  info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.
""",
    ),
    Rule(
        name="yarn.error",
        keywords=("error ",),
        opens=r"error (?:Couldn't |An unexpected error|Your lockfile needs|Found incompatible|Command \""
        r"|No lockfile|Failed to "
        r"|Integrity check|Missing list|Received |Package \"|Outdated lockfile|Incorrect integrity|Extracting tar"
        r"|Invalid )",
        example="""
! error Couldn't find package "basket@^9.0.0" required by "orchard@1.0.0" on the "npm" registry.
  info Visit https://yarnpkg.com/en/docs/cli/install for documentation about this command.
""",
    ),
    Rule(
        name="yarn.engine",
        keywords=("expected version",),
        opens=r'error \S{1,200}: The engine "',
        through=r"error Found incompatible module",
        example="""
! error basket@9.0.0: The engine "node" is incompatible with this module. Expected version ">=20". Got "18.2.0"
> error Found incompatible module.
  info Visit https://yarnpkg.com/en/docs/cli/install for documentation about this command.
""",
    ),
    Rule(
        name="yarn.build",
        keywords=(": command failed.",),
        opens=r"error (?:/|[A-Z]:\\).{1,400}: Command failed\.",
        until=r"info Visit|error Command",
        through=r"\s|\S|$",
        most=50,
        headline=r"^(?:gyp ERR! stack |.{0,300}[Ee]rror: )|^error /",
        example="""
! error /srv/orchard/node_modules/basket: Command failed.
> Exit code: 1
> Command: node-gyp rebuild
> Output:
> make: the weaver went home
  info Visit https://yarnpkg.com/en/docs/cli/install for documentation about this command.
""",
    ),
    Rule(
        name="yarn.immutable",
        keywords=("explicitly forbidden",),
        opens=_LINE + r"The lockfile would have been ",
        lead=r"➤ YN0028: │ [+-]|➤ YN0000: │",
        lead_most=8,
        example="""
  ➤ YN0000: ┌ Post-resolution validation
> ➤ YN0028: │ +"basket@npm:9.0.0":
! ➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.
  ➤ YN0000: └ Completed
""",
    ),
    Rule(
        name="yarn.failed",
        keywords=("failed with errors",),
        opens=_LINE + r"Failed with errors in",
        rank=Rank.SYMPTOM,
        example="""
! ➤ YN0000: · Failed with errors in 0s 721ms
""",
    ),
    Rule(
        name="yarn.berry",
        keywords=("not found", "couldn't"),
        opens=r"➤ YN(?!0000|0002|0013|0019|0060|0085|0086|0028)\d{4}: ",
        through=r"➤ YN(?!0000|0002|0013|0019|0060|0085|0086)\d{4}: [│·] {2}",
        most=20,
        example="""
! ➤ YN0035: │ basket@npm:9: Package not found
> ➤ YN0035: │   Response Code: 404 (Not Found)
  ➤ YN0000: └ Completed in 0s 277ms
! ➤ YN0009: │ basket@npm:9.0.0 couldn't be built successfully (exit code 1, logs can be found here: /srv/x.log)
""",
    ),
    Rule(
        name="yarn.berry_error",
        keywords=("error",),
        opens=r"➤ YN(?!0000|0002|0013|0019|0060|0085|0086|0028)\d{4}: ",
        through=r"➤ YN(?!0000|0002|0013|0019|0060|0085|0086)\d{4}: [│·] {2}",
        most=20,
        rank=Rank.LIKELY,
        example="""
! ➤ YN0001: │ Error: basket@npm:9.0.0: the archive ends too early
""",
    ),
    Rule(
        name="yarn.usage",
        keywords=(" error: ",),
        opens=r"(?:Usage|Internal) Error: \S",
        through=r"\s{4}at ",
        rank=Rank.LIKELY,
        example="""
! Usage Error: Couldn't find a script named "harvest".

  $ yarn run [--inspect] <scriptName> ...
""",
    ),
)
