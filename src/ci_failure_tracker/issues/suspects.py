"""The commits that may have caused a failure, as an issue shows them."""

from __future__ import annotations

from collections.abc import Iterator

from ci_failure_tracker.issues.links import address, commit
from ci_failure_tracker.model import CommitsBetween, State, Suspect
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import code, short
from ci_failure_tracker.text.medium import MARKDOWN, Medium

KEPT = 10
"""The most commits that an issue names. The comparison on GitHub has all of them."""

# A login on GitHub has 39 characters at most.
_TITLE, _AUTHOR, _FILE = 72, 39, 100
# The titles that GitHub gives to the merge of a pull request and to its squashed commit.
_MERGE = lazy(r"Merge pull request #(\d{1,10})\b")
_SQUASHED = lazy(r"\s*\(#(\d{1,10})\)$")


def only_suspect(state: State) -> Suspect | None:
    """The commit that broke it: the only one between the last passing run and the first failing one, or the only one
    of them that changed a file which the failure names."""
    between = state.suspects if state.commit_can_cause else None
    if between is None or not between.known or not between.commits:
        return None
    return between.commits[0] if between.single or is_only_commit(state) else None


def is_only_commit(state: State) -> bool:
    """Whether there is only one commit between the last passing run and the first failing one."""
    between = state.suspects
    return between is not None and len(between.commits) == 1 and not between.more


def suspect_words(suspect: Suspect, url: str, repository: str, medium: Medium = MARKDOWN) -> str:
    """A commit of a repository with its title, its pull request and its author, for a sentence."""
    return " ".join(_parts(suspect, url, repository, medium))


def suspects_text(state: State, url: str, medium: Medium) -> str:
    """The newest commits that may have caused it; empty if none is known, or if the first sentence names the only one.

    A failure that no commit can cause has no suspects.
    """
    between = state.suspects if state.commit_can_cause and not only_suspect(state) else None
    repository = state.repository_of_break
    named = [_with_file(suspect, url, repository, medium) for suspect in between.commits[:IN_ROW]] if between else []
    if between is not None and (between.more or len(between.commits) > len(named)) and named:
        named.append("and more")
    return "; ".join(named)


IN_ROW = 3
"""Commits that the table names; the others are folded."""


def suspects_row(state: State, compare: str, url: str) -> str:
    """The suspects in one line: the first commits, then the comparison. The first sentence describes a single one."""
    between = state.suspects if state.commit_can_cause else None
    if between is None or not compare:
        return compare
    if not between.known:
        return f"GitHub no longer has the commits between the last passing run and the first failing one: {compare}"
    only, shown = only_suspect(state), between.commits[:IN_ROW]
    repository = state.repository_of_break
    named = [_only_file(suspect) if suspect == only else _with_file(suspect, url, repository) for suspect in shown]
    if len(between.commits) == len(shown) and between.more:
        named.append("and more")
    return "; ".join([*named, f"all changes: {compare}"])


def suspect_lines(between: CommitsBetween, url: str, repository: str = "") -> list[str]:
    """A list item for each commit of a repository in their order, and one for the commits that are not named."""
    if not between.known:
        return ["GitHub no longer has the commits between them; the branch was probably force-pushed."]
    lines = [f"- {_with_file(suspect, url, repository)}" for suspect in between.commits]
    return [*lines, "- and more: the comparison above lists all of them."] if between.more and lines else lines


def _with_file(suspect: Suspect, url: str, repository: str, medium: Medium = MARKDOWN) -> str:
    words = suspect_words(suspect, url, repository, medium)
    return f"{words} changed {medium.code(suspect.file, _FILE)}" if suspect.file else words


def _only_file(suspect: Suspect) -> str:
    """What the row says of the commit that the first sentence names: the file that it changed."""
    changed = f" changed {code(suspect.file, _FILE)}" if suspect.file else ""
    return f"`{short(suspect.sha)}`{changed}"


def _parts(suspect: Suspect, url: str, repository: str, medium: Medium) -> Iterator[str]:
    yield commit(suspect.sha, address(url, repository), medium)
    title, in_title = _without_number(suspect.title)
    if title:
        yield medium.code(title, _TITLE)
    number = str(suspect.pull_request or in_title)
    # As code it is no reference, which would write a note into the pull request for every break.
    author = medium.code(suspect.author, _AUTHOR) if suspect.author else ""
    # Room for `#` and ten digits.
    pull_request = medium.code(f"{repository}#{number}", len(repository) + 11) if number else ""
    about = ", ".join(part for part in (author, pull_request) if part)
    if about:
        yield f"({about})"


def _without_number(title: str) -> tuple[str, str]:
    """The title and the number of its pull request, if the commit is its merge or its squashed commit."""
    if match := _MERGE.match(title):
        return title[match.end() :].strip(), match[1]
    if match := _SQUASHED.search(title):
        return title[: match.start()], match[1]
    return title, ""
