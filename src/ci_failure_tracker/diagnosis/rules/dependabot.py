"""What Dependabot says of an update that it could not make."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_UPDATER = r"(?:\s{0,4}updater \| {0,2})?"

RULES = (
    Rule(
        name="dependabot.errors",
        keywords=("' error(s) during execution",),
        opens=_UPDATER + r"Dependabot encountered '\d{1,5}' error",
        through=_UPDATER + r"[+|]",
        most=30,
        headline=r"^" + _UPDATER + r"\| (?!\s{0,80}(?:Errors|Type|Dependenc))\s{0,4}\w",
        example="""
> Dependabot encountered '1' error(s) during execution, please check the logs for more details.
> +-----------------------------------------------------+
> |               Dependencies failed to update         |
> +-------+-------------------------------+-------------+
! | pears | dependency_file_not_resolvable | {          |
> +-------+-------------------------------+-------------+
  Failure running container
""",
    ),
    Rule(
        name="dependabot.table",
        keywords=("errors ",),
        opens=_UPDATER + r"\|\s{1,80}Errors\s{1,80}\|$",
        lead=_UPDATER + r"\+-",
        through=_UPDATER + r"[+|]",
        most=30,
        headline=r"^" + _UPDATER + r"\| (?!\s{0,80}(?:Errors|Type|Dependenc))\s{0,4}\w",
        example="""
> |              Errors                        |
> +-------------------------+------------------+
> | Type                    | Details          |
> +-------------------------+------------------+
! | tool_version_not_supported | {             |
> |                         |   "tool": "pears"|
> +-------------------------+------------------+
  Failure running container
""",
    ),
    Rule(
        name="dependabot.processing",
        keywords=("error processing ",),
        opens=_UPDATER + r".{0,80}\bERROR (?:<job_\w{1,20}> )?Error processing ",
        rank=Rank.LIKELY,
        example="""
! updater | 2031/03/01 10:00:00 ERROR <job_4711> Error processing pears (Dependabot::SharedHelpers::Failed)
""",
    ),
    Rule(
        name="dependabot.encountered",
        keywords=("encountered an error performing",),
        opens="(?:Error: )?Dependabot encountered an error performing the update",
        rank=Rank.RECAP,
        example="""
! ##[error]Dependabot encountered an error performing the update
""",
    ),
)
