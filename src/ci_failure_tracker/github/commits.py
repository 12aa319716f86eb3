"""Reads what the suspects of a break changed, where they come from, and who owns which file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ci_failure_tracker.errors import (
    MalformedError,
    MissingRightError,
    RateLimitedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
)
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.client import MeteredRequester, translated
from ci_failure_tracker.github.fields import as_object
from ci_failure_tracker.github.listing import KEPT
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.retry import Budget
from ci_failure_tracker.github.side_by_side import each_of
from ci_failure_tracker.model import CommitOrigin, Problem, Severity

_CONTENTS, _PULLS = "contents: read", "pull-requests: read"
_ORIGIN = """... on Commit {
  author { user { login } }
  associatedPullRequests(first: 1) { nodes { number author { __typename login } } }
}"""
_OWNERS_FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""The places of CODEOWNERS, in the order in which GitHub looks for it."""

_OWNERS_TEXT = "__typename ... on Blob { text isTruncated byteSize }"
_MOST_BYTES = 3_000_000
"""GitHub ignores a CODEOWNERS file that is larger than 3 MB."""

_ASKED_AGAIN = (UnansweredError, RateLimitedError, RequestsSpentError, MalformedError)
"""Errors after which the next sweep asks again."""


class CommitQueries:
    """Sends the queries about the suspects of a break, and about owners."""

    def __init__(self, requester: MeteredRequester, queries: Queries) -> None:
        """Send no request yet; `queries` reads the same repository, and knows its present name."""
        self._requester = requester
        self._queries = queries

    @property
    def budget(self) -> Budget:
        """The budget of the sweep."""
        return self._queries.budget

    def files(self, sha: str) -> tuple[str, ...]:
        """The files that a commit changed, the first 300 of them; of a renamed file both names.

        Raises:
            MissingRightError: the token may not see them.
        """
        with translated("read what a commit changed", _CONTENTS):
            _, data = self._requester.requestJsonAndCheck("GET", f"{self._queries.address}/commits/{sha}")
            return answers.changed_files(as_object(data, "the commit"))

    def origins(self, shas: Sequence[str]) -> tuple[dict[str, CommitOrigin], bool]:
        """Where commits come from, in one request, and whether the token may see their pull requests."""
        doing = "read the pull requests of commits"
        commits = self._queries.git_objects(shas, _ORIGIN, doing)
        with translated(doing, _PULLS):
            read = {sha: answers.commit_origin(commit) for sha, commit in zip(shas, commits, strict=True) if commit}
        seen = any(visible for _, visible in read.values())
        known = {sha: read[sha][0] if sha in read else CommitOrigin() for sha in shas}
        return known, seen or not read

    def codeowners(self, paths: Sequence[str]) -> tuple[str, frozenset[str]]:
        """The text of CODEOWNERS on the default branch, and which of these paths are there, in one request.

        The text is empty if there is no such file, or if it is too large.

        Raises:
            MissingRightError: the token may not see the files.
        """
        doing = "read CODEOWNERS"
        expressions = ["HEAD", *(f"HEAD:{path}" for path in (*_OWNERS_FILES, *paths))]
        head, *objects = self._queries.git_objects(expressions, _OWNERS_TEXT, doing)
        if head is None:  # a token that may not see the contents gets nothing
            raise MissingRightError(doing, _CONTENTS)
        with translated(doing, _CONTENTS):
            found = next((blob for blob in objects[: len(_OWNERS_FILES)] if blob and answers.is_file(blob)), None)
            there = frozenset(
                path for path, blob in zip(paths, objects[len(_OWNERS_FILES) :], strict=True) if blob is not None
            )
            return answers.whole_text(found, _MOST_BYTES) if found else "", there


@dataclass(slots=True)
class CommitDetails:
    """What could be read of commits; what is missing is asked for again by the next sweep."""

    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    origins: dict[str, CommitOrigin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_files(queries: CommitQueries, shas: Sequence[str], details: CommitDetails) -> None:
    """Read what commits changed, one request for each, as far as the budget goes."""
    for sha, result in each_of(shas, queries.files, queries.budget, KEPT):
        # What was not answered now may be answered in the next sweep, so nothing is stored that would end the asking.
        if isinstance(result, _ASKED_AGAIN):
            details.problems += _malformed(result)
            return
        if isinstance(result, TrackerError):
            # A commit that is gone stays gone. An empty answer is kept, so that no sweep asks again.
            details.files[sha] = ()
            details.problems += _hidden(result)
        else:
            details.files[sha] = result


def read_origins(queries: CommitQueries, shas: Sequence[str], details: CommitDetails) -> None:
    """Read where commits come from."""
    try:
        queries.budget.check(1, KEPT)
        origins, seen = queries.origins(shas)
    except _ASKED_AGAIN as error:
        details.problems += _malformed(error)
        return
    except TrackerError as error:
        details.origins |= dict.fromkeys(shas, CommitOrigin())
        details.problems += _hidden(error)
        return
    details.origins |= origins
    if not seen:
        details.problems.append(_pull_requests_hidden())


def read_codeowners(queries: CommitQueries, paths: Sequence[str]) -> tuple[str | None, frozenset[str], list[Problem]]:
    """The text of CODEOWNERS, or `None` if the next sweep asks again; which paths there are; and problems."""
    try:
        queries.budget.check(1, KEPT)
        return *queries.codeowners(paths), []
    except _ASKED_AGAIN as error:
        return None, frozenset(), _malformed(error)
    except TrackerError as error:
        return "", frozenset(), _hidden(error)


def contents_hidden() -> Problem:
    """The notice that the contents of the repository are not shown to the token."""
    what = "Suspects and owners are shown in part, because this token may not read the contents of the repository."
    return Problem(Severity.NOTICE, what, f"`{_CONTENTS}` shows them.")


def _pull_requests_hidden() -> Problem:
    what = "Suspects are shown without their pull requests, because this token may not read these."
    return Problem(Severity.NOTICE, what, f"`{_PULLS}` shows them.")


def _hidden(error: TrackerError) -> list[Problem]:
    """The notice of a missing right. A commit that is gone, or a server without such a query, is nobody's mistake."""
    return [contents_hidden()] if isinstance(error, MissingRightError) else []


def _malformed(error: TrackerError) -> list[Problem]:
    """A warning if the answer was malformed; that the others got none is no news to a reader."""
    return [Problem(Severity.WARNING, error.what, error.advice)] if isinstance(error, MalformedError) else []
