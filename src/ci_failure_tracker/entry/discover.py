"""The command `discover`: its options. What it does is in `discover_run`."""

from __future__ import annotations

import sys
from functools import partial

import click
from rich.console import Console

from ci_failure_tracker.entry.guarded import guarded
from ci_failure_tracker.entry.help_text import HeadedOption, HelpfulCommand
from ci_failure_tracker.model.repositories import MOST_SHARDS

_option = partial(click.option, cls=HeadedOption, heading="Discover")


@click.command(
    "discover",
    cls=HelpfulCommand,
    examples=(
        ("All repositories of an organisation", "ci-failure-tracker discover --repositories org:OWNER"),
        ("Those with a topic", "ci-failure-tracker discover --repositories 'org:OWNER, topic:NAME'"),
        ("For a matrix", "ci-failure-tracker discover --repositories org:OWNER --shards 9 --format json"),
    ),
)
@_option(
    "--repositories",
    required=True,
    metavar="LIST",
    help="Which repositories: names (owner/name), globs (owner/lamp-*), org:OWNER, and topic:NAME, with commas between "
    "them. Beside topics, org:OWNER says whose repositories are meant; without any owner, it is the owner of "
    "$GITHUB_REPOSITORY or of this clone. Archived repositories and forks count only if they are named.",
)
@_option("--exclude-repositories", "excluded", default="", metavar="LIST", help="Which not, in the same forms.")
@_option(
    "--shards",
    type=click.IntRange(1, MOST_SHARDS),
    default=1,
    show_default=True,
    metavar="N",
    help=f"In how many shards of about the same size; {MOST_SHARDS} at most, as a matrix has.",
)
@_option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print a list for people, or the matrix of a workflow as JSON in one line.",
)
@_option(
    "--token",
    metavar="TOKEN",
    help="Token for GitHub's API: of an App, or a fine-grained one. It needs `metadata: read`.  [default: "
    "$GITHUB_TOKEN, $GH_TOKEN or that of `gh`]",
)
def discover_command(repositories: str, excluded: str, shards: int, form: str, token: str | None) -> None:
    """Show which repositories of an organisation are meant.

    They can be divided for the jobs of a matrix. Nothing is written to GitHub. It ends with 1 if a part could not be
    read, and prints the rest.
    """
    from ci_failure_tracker.entry.discover_run import Asked, run  # noqa: PLC0415 - other commands start without it

    err = Console(stderr=True, highlight=False)
    asked = Asked(repositories, excluded, shards, token)
    sys.exit(guarded(partial(run, asked, form, err), err))
