"""The command `combine`: its options. What it does is in `combine_run`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial

import click
from rich.console import Console

from ci_failure_tracker.entry.guarded import guarded
from ci_failure_tracker.entry.help_text import HeadedOption, HelpfulCommand, input_option
from ci_failure_tracker.settings import inputs
from ci_failure_tracker.settings.declaration import InputGroup

_option = partial(click.option, cls=HeadedOption, heading="Combine")


def _with_inputs(command: Callable[..., None]) -> Callable[..., None]:
    """Add the inputs for reports and messages as options."""
    for declared in reversed([one for one in inputs() if one.group is InputGroup.REPORT]):
        command = input_option(declared)(command)
    return command


@click.command(
    "combine",
    cls=HelpfulCommand,
    examples=(
        ("The reports of all jobs of a matrix", "ci-failure-tracker combine 'reports/*/report.json' --report-dir out"),
        ("Name the jobs without a report", "ci-failure-tracker combine reports --expected '{\"include\": […]}'"),
    ),
)
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...")
@_option(
    "--expected",
    metavar="JSON",
    help="What `discover --format json` printed. A repository in it that no report names is left for the next sweep, "
    "and its shard is named.",
)
@_option(
    "--last-report",
    metavar="FILE",
    help="The `report.json` of the last time. It says what was known of a repository that was not swept, and which "
    "news was sent already.",
)
@_option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print the report as text or as JSON.",
)
@_with_inputs
def combine_command(
    reports: Sequence[str], expected: str | None, last_report: str | None, form: str, **given: str | None
) -> None:
    """Put the reports of several sweeps together.

    REPORT is a `report.json`, a folder that holds such files, or a glob. GitHub is not asked, so no token is needed.
    It makes one page, one job summary, one message to each channel and one file of metrics. It ends with 1 if a report
    cannot be read or a shard brought none, and shows the rest.
    """
    from ci_failure_tracker.entry.combine_run import Asked, run  # noqa: PLC0415 - other commands start without it

    err = Console(stderr=True, highlight=False)
    # An option that is not given keeps the default of its input.
    texts = {name.replace("_", "-"): value for name, value in given.items() if value is not None}
    sys.exit(guarded(partial(run, Asked(tuple(reports), expected, last_report, texts), form, err), err))
