"""Which repositories the values of `repositories` and `exclude-repositories` mean, as GitHub lists them now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ci_failure_tracker.errors import GitHubError, PrivateError, SettingsError
from ci_failure_tracker.github.repositories import RepositoryQueries
from ci_failure_tracker.model import Severity
from ci_failure_tracker.model.repositories import RepositoryLists
from ci_failure_tracker.organisation.choose import Choice, Selection, choose, read_patterns


def selection_of(wanted: Sequence[str], excluded: Sequence[str], home: Callable[[], str]) -> Selection:
    """What the values mean. `home` gives the repository in which the tracker runs; it is asked only if that matters.

    Raises:
        SettingsError: it holds what is wrong with them.
    """
    mistakes: list[str] = []
    read = []
    for option, texts in (("repositories", wanted), ("exclude-repositories", excluded)):
        try:
            read.append(read_patterns(texts, option))
        except SettingsError as error:
            # Both inputs are read before the error, so that one attempt shows every mistake.
            mistakes += error.mistakes
    if not mistakes and not read[0]:
        mistakes = ["`repositories` is empty; give names, globs, `org:owner` or `topic:name`."]
    if mistakes:
        raise SettingsError(mistakes)
    selection = Selection(read[0], read[1])
    if selection.has_topics:
        # Only topics need an owner to search in, and to find that owner may start git.
        selection = replace(selection, home=home().partition("/")[0])
    selection.owners  # noqa: B018 - it says what is missing before the first request
    return selection


def choose_listed(selection: Selection, queries: RepositoryQueries) -> tuple[Choice, RepositoryLists]:
    """Read the lists of the owners, and then the names that are in none of them, and choose."""
    listed = queries.of_owners(selection.owners)
    # Most names are in a list already; GitHub is asked only for the rest.
    named = queries.named(selection.names(listed))
    lists = replace(listed, by_name=named.by_name, problems=(*listed.problems, *named.problems))
    return choose(selection, lists), lists


def check_not_empty(choice: Choice, lists: RepositoryLists) -> None:
    """Raise an error that says why if nothing is chosen: who goes on with nothing would take it for an all-clear."""
    if choice.chosen:
        return
    reasons = [str(problem) for problem in choice.problems]
    # Lists that could not be read are GitHub's fault, so the exit code is not that of a mistake in the settings.
    if any(problem.severity is Severity.ERROR for problem in lists.problems):
        raise GitHubError(" ".join([*reasons, "No repository is chosen, because the lists could not be read."]))
    raise SettingsError([*reasons, "No repository is chosen. Give `org:owner` alone to see which there are."])


def check_log_is_private(choice: Choice, queries: RepositoryQueries, environment: Mapping[str, str]) -> None:
    """Check that no private repository is named where anybody reads it: in the log of a public repository's workflow.

    The summary, the artifacts and the outputs are as public as the log. A workflow's repository that GitHub does not
    show to the token is private; one that could not be asked for may be public.

    Raises:
        PrivateError: a private repository is chosen, and the workflow's repository is public.
    """
    # A person's own terminal is private, so only a workflow is checked.
    home = environment.get("GITHUB_REPOSITORY", "") if environment.get("GITHUB_ACTIONS") == "true" else ""
    hidden = sum(one.private for one in choice.chosen)
    if not (home and hidden):
        return
    listed = {one.key: one for one in choice.chosen}
    # The list shows the repository already where it is one of those swept.
    known = listed if home.lower() in listed else queries.named([home]).by_name
    own = known.get(home.lower())
    if home.lower() not in known or (own is not None and not own.private):
        raise PrivateError(home, hidden, "the logs of its workflows", "Run the workflow in a private repository")
