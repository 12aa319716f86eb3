"""Does what `discover` is asked for: reads the lists, chooses, divides, and prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ci_failure_tracker.entry.choice import check_not_empty, choose_listed, selection_of
from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.setup import endpoints_of
from ci_failure_tracker.entry.sources import host_of, repository_here, token_of
from ci_failure_tracker.entry.terminal_text import lines
from ci_failure_tracker.errors import DONE, FAILED, BadValueError, SettingsError, TokenNeededError
from ci_failure_tracker.github.client import MeteredRequester, connect
from ci_failure_tracker.github.repositories import RepositoryQueries
from ci_failure_tracker.model import Severity
from ci_failure_tracker.model.repositories import ListedRepository
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.organisation.choose import Choice
from ci_failure_tracker.organisation.shards import matrix_of, shards_of
from ci_failure_tracker.settings import parsers

_UNSEEN = "GitHub lists no private repository that the token was not given."

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "yellow"}


@dataclass(frozen=True)
class Asked:
    """What the options ask for.

    `repositories` and `excluded` are lists as a person typed them. A token that is `None` is looked for.
    """

    repositories: str
    excluded: str
    shards: int
    token: str | None


def run(asked: Asked, form: str, err: Console) -> int:
    """Do it, print what came of it, and return the exit code.

    Raises:
        TrackerError: nothing is chosen.
    """
    wanted, excluded = parsers.listed(asked.repositories), parsers.listed(asked.excluded)
    selection = selection_of(wanted, excluded, lambda: repository_here(os.environ, Path.cwd()))
    requester, queries = _connection(asked)
    show(err, Text("Looking at the lists of repositories"))  # of a large organisation they take a while
    choice, lists = choose_listed(selection, queries)
    check_not_empty(choice, lists)
    for problem in choice.problems:
        show(err, Text(f"{problem.severity.value}: ", style=_STYLES[problem.severity]) + Text(lines(str(problem))))
    shards = shards_of([one.full_name for one in choice.chosen], asked.shards)
    # stdout is one line of JSON, which a step puts into an output as it is.
    if form == "json":
        sys.stdout.write(f"{matrix_of(shards)}\n")
    else:
        _print(Console(highlight=False, soft_wrap=True), choice, shards)
    show(err, Text(_summary(choice, shards), style="bold"))
    # Only a list leaves out what the token may not see; a name that is given is looked up.
    if lists.by_owner:
        show(err, Text(_UNSEEN, style="dim"))
    show(err, Text(counted(requester.budget.made, "request"), style="dim"))
    return FAILED if any(problem.severity is Severity.ERROR for problem in choice.problems) else DONE


def _connection(asked: Asked) -> tuple[MeteredRequester, RepositoryQueries]:
    """The connection to the server whose API the environment names.

    Raises:
        TokenNeededError: there is no token, and GraphQL answers nobody without one.
    """
    endpoints = endpoints_of(os.environ, "https://github.com")
    given = token_of(os.environ, host_of(os.environ)) if asked.token is None else asked.token.strip()
    if not given:
        raise TokenNeededError
    try:
        token = parsers.token(given)
    except BadValueError as error:
        raise SettingsError([f"`token` {error}."]) from None
    requester = connect(token, endpoints)
    return requester, RepositoryQueries(requester, endpoints)


def _print(out: Console, choice: Choice, shards: Sequence[Sequence[str]]) -> None:
    """What is chosen, by shard if there are several, and what is left out."""
    about = {one.full_name: _about(one) for one in choice.chosen}
    filled = [(number, names) for number, names in enumerate(shards, start=1) if names]
    for number, names in filled:
        if len(shards) > 1:
            show(out, Text(f"Shard {number} ({len(names)})", style="bold"))
        for name in names:
            show(out, Text(f"  {name}") + Text(about[name], style="dim"))
    if choice.left_out:
        show(out, Text("Left out", style="bold"))
    for repository, reason in choice.left_out:
        show(out, Text(f"  {repository.full_name}  {reason}", style="dim"))


def _about(repository: ListedRepository) -> str:
    """What is special about a repository that is chosen."""
    words = {
        "private": repository.private,
        "archived": repository.archived,
        "fork": repository.fork,
        "no issues": not repository.has_issues,
    }
    special = ", ".join(word for word, is_so in words.items() if is_so)
    return f"  ({special})" if special else ""


def _summary(choice: Choice, shards: Sequence[Sequence[str]]) -> str:
    parts = [f"{counted(len(choice.chosen), 'repository', 'repositories')} chosen"]
    if len(shards) > 1:
        parts.append(f"in {counted(sum(map(bool, shards)), 'shard')}")
    others = [f"{len(choice.left_out):,} left out"] if choice.left_out else []
    others += [f"{choice.unmatched:,} others not asked for"] if choice.unmatched else []
    return ", ".join([" ".join(parts), *others]) + "."
