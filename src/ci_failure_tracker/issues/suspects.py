"""The commits that may have caused a failure, as an issue shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ci_failure_tracker.issues.links import commit
from ci_failure_tracker.model import CommitsBetween, State, Suspect
from ci_failure_tracker.text.medium import MARKDOWN, Medium

KEPT = 10
"""The most commits that an issue names. The comparison on GitHub has all of them."""

_TITLE, _AUTHOR = 72, 39
_MERGE = re.compile(r"Merge pull request #(\d{1,10})\b")
_SQUASHED = re.compile(r"\s*\(#(\d{1,10})\)$")


def only_suspect(state: State) -> Suspect | None:
    """The commit that broke it, if there is only one between the last passing run and the first failing one."""
    between = state.suspects if state.commit_can_cause else None
    if between is None or not between.known or between.more or len(between.commits) != 1:
        return None
    return between.commits[0]


def suspect_words(suspect: Suspect, url: str, medium: Medium = MARKDOWN) -> str:
    """A commit with its title, its pull request and its author, for a sentence."""
    return " ".join(_parts(suspect, url, medium))


def suspects_text(state: State, url: str, medium: Medium) -> str:
    """The newest commits that may have caused it; empty if none is known, or if the first sentence names the only one.

    A failure that no commit can cause has no suspects.
    """
    between = state.suspects if state.commit_can_cause and not only_suspect(state) else None
    named = [suspect_words(suspect, url, medium) for suspect in between.commits[:IN_ROW]] if between else []
    if between is not None and (between.more or len(between.commits) > len(named)) and named:
        named.append("and more")
    return "; ".join(named)


IN_ROW = 3
"""Commits that the table names; the others are folded."""


def suspects_row(state: State, compare: str, url: str) -> str:
    """The suspects in one line: the comparison, and the newest commits unless the first sentence names the only one."""
    between = state.suspects if state.commit_can_cause else None
    if between is None or not compare:
        return compare
    if not between.known:
        return f"{compare}; GitHub no longer has the commits between them"
    named = [] if only_suspect(state) else [suspect_words(suspect, url) for suspect in between.commits[:IN_ROW]]
    if named and len(between.commits) == len(named) and between.more:
        named.append("and more")
    return f"{compare}: {'; '.join(named)}" if named else compare


def suspect_lines(between: CommitsBetween, url: str) -> list[str]:
    """A list item for each commit, the newest first, and one for the commits that are not named."""
    if not between.known:
        return ["GitHub no longer has the commits between them; the branch was probably force-pushed."]
    lines = [f"- {suspect_words(suspect, url)}" for suspect in between.commits]
    return [*lines, "- and more: the comparison above lists all of them."] if between.more and lines else lines


def _parts(suspect: Suspect, url: str, medium: Medium) -> Iterator[str]:
    yield commit(suspect.sha, url, medium)
    title, number = _without_number(suspect.title)
    if title:
        yield medium.code(title, _TITLE)
    if number:
        # As code it is no reference, which would write a note into the pull request for every break.
        yield f"(pull request {medium.code(f'#{number}', 11)})"
    if suspect.author:
        yield f"by {medium.code(suspect.author, _AUTHOR)}"


def _without_number(title: str) -> tuple[str, str]:
    """The title and the number of its pull request, if the commit is its merge or its squashed commit."""
    if match := _MERGE.match(title):
        return title[match.end() :].strip(), match[1]
    if match := _SQUASHED.search(title):
        return title[: match.start()], match[1]
    return title, ""
