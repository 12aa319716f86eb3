"""Lists repositories: those of owners, those of given names, and those that an App gave to the token."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ci_failure_tracker.errors import BadTokenError, GitHubError, RateLimitedError, TokenNeededError, TrackerError
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, translated
from ci_failure_tracker.github.fields import (
    Fields,
    FormError,
    LeftOut,
    as_object,
    each,
    items,
    left_out_problems,
    nullable,
    required,
)
from ci_failure_tracker.github.pages import read_pages
from ci_failure_tracker.github.queries import ask_graphql
from ci_failure_tracker.github.side_by_side import each_of
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.model.repositories import MOST_REPOSITORIES, ListedRepository, RepositoryLists
from ci_failure_tracker.model.words import counted, some_of

_ON_A_PAGE = 100
_NAMES_AT_ONCE = 50
_PAGES = MOST_REPOSITORIES // _ON_A_PAGE
_RIGHT = "metadata: read"
_INSTALLATION = "/installation/repositories"
_FULL_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
_TRY_AGAIN = "The next sweep tries again."

_FIELDS = """nameWithOwner isArchived isFork isPrivate hasIssuesEnabled
  repositoryTopics(first: 20) { nodes { topic { name } } }"""
"""GitHub allows 20 topics."""

_OF_OWNER = f"""query($owner: String!, $after: String) {{
  viewer {{ login }}
  repositoryOwner(login: $owner) {{
    repositories(
      first: {_ON_A_PAGE}, after: $after, ownerAffiliations: [OWNER], orderBy: {{field: NAME, direction: ASC}}
    ) {{
      totalCount
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ {_FIELDS} }}
    }}
  }}
}}"""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of an owner's list. `hidden` counts what GitHub does not show, `why` is what it says of that."""

    repositories: tuple[ListedRepository, ...]
    left_out: tuple[LeftOut, ...]
    hidden: int
    why: str
    total: int
    following: str | None
    is_app: bool


@dataclass(frozen=True, slots=True)
class _Owned:
    """What an owner has, as far as it was read; `repositories` is `None` if there is no such owner."""

    repositories: tuple[ListedRepository, ...] | None
    problems: tuple[Problem, ...] = ()
    is_app: bool = False


class RepositoryQueries:
    """Sends the queries that list repositories. What fails for one owner is a problem, and the others are read."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints) -> None:
        """Send no request yet."""
        self._requester = requester
        self._endpoints = endpoints

    def of_owners(self, owners: Sequence[str]) -> RepositoryLists:
        """The repositories of each owner; and those that an App gave to the token, if it is an App's.

        Raises:
            BadTokenError: GitHub refuses the token.
        """
        by_owner: dict[str, tuple[ListedRepository, ...] | None] = {}
        problems: list[Problem] = []
        is_app = False
        for owner, read in each_of(owners, self._owned, self._requester.budget, kept=0.0):
            if isinstance(read, TrackerError):
                problems.append(_problem(read))
                continue
            by_owner[owner.lower()] = read.repositories
            problems += read.problems
            is_app |= read.is_app
        if is_app and any(by_owner.values()):
            given, more = self._given()
            return RepositoryLists(by_owner, given=given, problems=(*problems, *more))
        return RepositoryLists(by_owner, problems=tuple(problems))

    def named(self, names: Sequence[str]) -> RepositoryLists:
        """The repository under each full name, also under one that it had before.

        Raises:
            BadTokenError: GitHub refuses the token.
        """
        parts = [tuple(names[start : start + _NAMES_AT_ONCE]) for start in range(0, len(names), _NAMES_AT_ONCE)]
        by_name: dict[str, ListedRepository | None] = {}
        problems: list[Problem] = []
        for _, read in each_of(parts, self._named, self._requester.budget, kept=0.0):
            if isinstance(read, TrackerError):
                problems.append(_problem(read))
                continue
            by_name |= read.by_name
            problems += read.problems
        return RepositoryLists(by_name=by_name, problems=tuple(problems))

    def _owned(self, owner: str) -> _Owned:
        pages: list[_Page] = []
        problems: list[Problem] = []
        try:
            for page in self._pages(owner):
                if page is None:
                    return _Owned(None)
                pages.append(page)
        except TrackerError as error:
            # With some pages read, the owner's list is of use, and a problem says that it is not complete.
            if not pages:
                raise
            problems.append(_problem(error))
            problems.append(Problem(Severity.ERROR, f"The list of the repositories of {owner} is not complete."))
        # A repository that is created while the pages are read moves others to the next page.
        unique = {one.key: one for page in pages for one in page.repositories}
        problems += [] if problems else _problems_of(owner, pages)
        problems += left_out_problems(lack for page in pages for lack in page.left_out)
        return _Owned(tuple(unique.values()), tuple(problems), any(page.is_app for page in pages))

    def _pages(self, owner: str) -> Iterator[_Page | None]:
        after = None
        for number in range(_PAGES):
            if number:
                self._requester.budget.check(1)
            page = self._page(owner, after)
            yield page
            if page is None or page.following is None:
                return
            after = page.following

    def _page(self, owner: str, after: str | None) -> _Page | None:
        doing = f"list the repositories of {owner}"
        with translated(doing, _RIGHT):
            answer = ask_graphql(self._requester, self._endpoints, _OF_OWNER, {"owner": owner, "after": after})
            data = answers.data_of(answer)
            found = None if data is None else nullable(data, "repositoryOwner", dict)
            if data is None or found is None:
                _raise_refusal(answer, doing)
                return None
            return _read_page(required(found, "repositories", dict), answer, required(data, "viewer", dict))

    def _named(self, names: Sequence[str]) -> RepositoryLists:
        doing = "look for the repositories that are named"
        keys = [f"r{place}" for place in range(len(names))]
        declared = ", ".join(f"${key}o: String!, ${key}n: String!" for key in keys)
        asked = " ".join(f"{key}: repository(owner: ${key}o, name: ${key}n) {{ {_FIELDS} }}" for key in keys)
        variables: dict[str, object] = {}
        for key, name in zip(keys, names, strict=True):
            variables[f"{key}o"], _, variables[f"{key}n"] = name.partition("/")
        with translated(doing, _RIGHT):
            answer = ask_graphql(self._requester, self._endpoints, f"query({declared}) {{ {asked} }}", variables)
            data = answers.data_of(answer)
            if data is None:
                _raise_refusal(answer, doing)
                data = dict.fromkeys(keys)
            refused = dict(_refused(answer))
            read = {name: _read_named(data, key, refused) for key, name in zip(keys, names, strict=True)}
        return RepositoryLists(
            by_name={name.lower(): found for name, found in read.items() if not isinstance(found, str)},
            problems=tuple(
                Problem(Severity.ERROR, f"{name} could not be looked at. {why}")
                for name, why in read.items()
                if isinstance(why, str)
            ),
        )

    def _given(self) -> tuple[frozenset[str] | None, tuple[Problem, ...]]:
        """The repositories that an App gave to the token, in lower case."""
        given: set[str] = set()
        try:
            with translated("list the repositories that the App may use", _RIGHT):
                for number, page in enumerate(read_pages(self._requester, _INSTALLATION, "repositories"), start=1):
                    given.update(required(as_object(one, "it"), "full_name", str).lower() for one in page.items)
                    if number == _PAGES and page.total is not None and page.total > len(given):
                        return None, ()  # it is not known of all
                    self._requester.budget.check(1)
        except TrackerError as error:
            what = f"It is not known which repositories the App gave to the token. {error.what}"
            return None, (Problem(Severity.WARNING, what, error.advice),)
        return frozenset(given), ()


def _read_named(data: Fields, key: str, refused: Mapping[str, str]) -> ListedRepository | str | None:
    """A repository, why it could not be read, or `None` if there is none."""
    try:
        node = nullable(data, key, dict)
        return refused.get(key) if node is None else _listed(node)
    except FormError as error:
        return f"GitHub's answer has an unexpected form: {error}."


def _read_page(data: Fields, answer: Fields, viewer: Fields) -> _Page:
    nodes = required(data, "nodes", list)
    about = required(data, "pageInfo", dict)
    left_out: list[LeftOut] = []
    shown = [node for node in nodes if node is not None]
    more = required(about, "hasNextPage", bool)
    return _Page(
        repositories=tuple(each(shown, "repository", _listed, left_out)),
        left_out=tuple(left_out),
        hidden=len(nodes) - len(shown),
        why=next((message for _, message in answers.errors(answer)), ""),
        total=required(data, "totalCount", int),
        following=required(about, "endCursor", str) if more else None,
        is_app=required(viewer, "login", str).endswith("[bot]"),
    )


def _listed(node: Fields) -> ListedRepository:
    full_name = required(node, "nameWithOwner", str)
    # The names become a matrix and an output of a workflow, where a comma or a line end would be two names.
    if not _FULL_NAME.fullmatch(full_name):
        raise FormError("`nameWithOwner` is not the name of a repository")
    topics = items(required(node, "repositoryTopics", dict), "nodes")
    return ListedRepository(
        full_name=full_name,
        archived=required(node, "isArchived", bool),
        fork=required(node, "isFork", bool),
        private=required(node, "isPrivate", bool),
        has_issues=required(node, "hasIssuesEnabled", bool),
        topics=tuple(required(required(one, "topic", dict), "name", str).lower() for one in topics),
    )


def _problems_of(owner: str, pages: Sequence[_Page]) -> Iterator[Problem]:
    """What is missing in a list that was read to its end."""
    hidden, total = sum(page.hidden for page in pages), max(page.total for page in pages)
    read = sum(len(page.repositories) + len(page.left_out) for page in pages)
    if hidden:
        why = next((f" It says: {page.why}" for page in pages if page.why), "")
        many = counted(hidden, "repository", "repositories")
        advice = "Check that the owner allows this token, and that single sign-on is authorised for it."
        yield Problem(Severity.ERROR, f"GitHub does not show this token {many} of {owner}.{why[:500]}", advice)
    if pages[-1].following is not None:
        what = f"{owner} has {total:,} repositories, and only the first {read:,} by name were listed."
        yield Problem(Severity.WARNING, what, "Name the others that you want, or a part of them in a call of its own.")
    elif read + hidden < total:
        what = f"GitHub counts {total:,} repositories of {owner} and lists {read + hidden:,}."
        yield Problem(Severity.WARNING, what, _TRY_AGAIN)


def _refused(answer: Fields) -> Iterator[tuple[str, str]]:
    """Which parts of an answer GitHub refuses, and why; that there is no such repository is no refusal."""
    for error, (kind, message) in zip(answer.get("errors") or (), answers.errors(answer), strict=True):
        path = error.get("path")
        if kind != "NOT_FOUND" and isinstance(path, list) and path:
            yield str(path[0]), f"GitHub says: {message[:500]}"


def _raise_refusal(answer: Fields, doing: str) -> None:
    """Raise the error with which GraphQL answers; return if it says that there is no such thing."""
    errors = tuple(answers.errors(answer))
    if any(kind == "RATE_LIMITED" for kind, _ in errors):
        raise RateLimitedError(f"GitHub's rate limit is used up, so the tracker could not {doing}.")
    if refusals := [message for kind, message in errors if kind != "NOT_FOUND"]:
        raise GitHubError(f"GitHub answered the request to {doing} with an error: {some_of(refusals)[:500]}")


def _problem(error: TrackerError) -> Problem:
    """An error as a problem, unless nothing can be read at all."""
    if isinstance(error, BadTokenError | TokenNeededError):
        raise error
    # Who asks for a list has to know that it is not complete.
    return Problem(Severity.ERROR, error.what, error.advice)
