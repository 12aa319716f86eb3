"""The command `backtest`: its options, and how it ends. What it does is in `backtest_run`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ci_failure_tracker.entry.guarded import guarded
from ci_failure_tracker.entry.help_text import HeadedOption, HelpfulCommand, input_option
from ci_failure_tracker.errors import STOPPED, BadValueError
from ci_failure_tracker.model import MAX_REQUESTS
from ci_failure_tracker.settings import inputs
from ci_failure_tracker.settings.declaration import Input, InputGroup
from ci_failure_tracker.settings.parsers import duration

_GROUPS = (InputGroup.WATCHED, InputGroup.ISSUES)
_ALSO = ("max-runs", "logs")
_NOT = (
    # They would only let both columns of a comparison look alike.
    *("assign", "assignees", "issue-template", "issue-type", "labels", "notify", "owners"),  # these change texts only
    "schedules",
)
_PAGE = "backtest.html"

_option = partial(click.option, cls=HeadedOption, heading="Backtest")


def _decides(declared: Input) -> bool:
    """Whether an input changes what a backtest counts."""
    return declared.name in _ALSO or (declared.group in _GROUPS and declared.name not in _NOT)


def _with_inputs(command: Callable[..., None]) -> Callable[..., None]:
    """Add the inputs that change what is counted as options."""
    # A decorator that is applied later stands higher in the help, hence `reversed`.
    for declared in reversed([one for one in inputs() if _decides(one)]):
        command = input_option(declared)(command)
    return command


class _Span(click.ParamType[timedelta]):
    """A time span such as `1d`."""

    name = "SPAN"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        # click asks each type to take a value that is converted already.
        if isinstance(value, timedelta):
            return value
        try:
            span = duration(str(value))
        except BadValueError as error:
            self.fail(str(error), param, ctx)
        return span or self.fail(f"is {value!r}; give `1h` or more", param, ctx)


@click.command(
    "backtest",
    cls=HelpfulCommand,
    examples=(
        ("The last twelve weeks of the repository of this clone", "ci-failure-tracker backtest"),
        ("Compare two settings", "ci-failure-tracker backtest OWNER/NAME --set close-after=3"),
        ("A history for a bug report", "ci-failure-tracker backtest --record DIR --anonymise"),
        ("A recorded history, without GitHub", "ci-failure-tracker backtest --replay DIR"),
    ),
)
@click.argument("repository", required=False, metavar="[OWNER/NAME]")
@_option("--weeks", type=click.IntRange(1, 52), default=12, show_default=True, metavar="N", help="How far to go back.")
@_option("--every", type=_Span(), default="1d", show_default=True, metavar="SPAN", help="The time between two sweeps.")
@_option(
    "--set",
    "changes",
    multiple=True,
    metavar="INPUT=VALUE",
    help="Sweep a second time with this input, and show both side by side. May be given several times.",
)
@_option("--replay", type=click.Path(path_type=Path), metavar="DIR", help="Read a recorded history, without GitHub.")
@_option(
    "--record",
    "record_to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the history into this new folder, without the secrets in its logs, for `--replay`.",
)
@_option(
    "--anonymise",
    is_flag=True,
    help="Mask names in what --record writes: owner, repository, branches, people, titles of commits, home folders and "
    "hosts. The names of workflows, jobs and steps stay.",
)
@_option(
    "--page",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"The page to write, with a time line of the issues.  [default: {_PAGE}; none with --format json]",
)
@_option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What to print."
)
@_option(
    "--token",
    metavar="TOKEN",
    help="Token for GitHub's API. It needs `actions: read`.  [default: $GITHUB_TOKEN, $GH_TOKEN or that of `gh`]",
)
@_option(
    "--max-requests",
    metavar="N",
    help="The greatest number of requests, 25 or more. If they end, what was fetched is kept, and the next call goes "
    f"on.  [default: {MAX_REQUESTS}]",
)
@_with_inputs
def backtest_command(changes: Sequence[str], form: str, page: Path | None, **given: Any) -> None:
    """Show what the tracker would have done in the last weeks. Nothing is written to GitHub.

    The history is fetched once, kept in a cache folder, and swept in memory with the code of a real sweep. Without
    OWNER/NAME it is the repository from which the current folder was cloned.
    """
    from ci_failure_tracker.entry.backtest_run import Asked, run  # noqa: PLC0415 - other commands start without it

    err = Console(stderr=True, highlight=False)
    asked = Asked(
        texts={one.name: given[one.field] for one in inputs() if given.get(one.field) is not None},
        known=tuple(one.name for one in inputs() if _decides(one)),
        changes=tuple(changes),
        # JSON is for programs, which ask for a page if they want one.
        page=page or (Path(_PAGE) if form == "text" else None),
        **{name: given[name] for name in ("repository", "weeks", "every", "replay", "record_to", "anonymise")},
    )
    try:
        guarded(partial(run, asked, form, err), err)
    # `run` says only that it was stopped; the person wants to know that the fetch was not in vain.
    except KeyboardInterrupt:
        err.print("Stopped." if asked.replay else "Stopped. What was fetched is kept.")
        sys.exit(STOPPED)
