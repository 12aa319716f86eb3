"""Reads the issues by which people teach the tracker, who wrote them, and whether these people may write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from github.GithubException import GithubException

from ci_failure_tracker.github.client import MeteredRequester, translated
from ci_failure_tracker.github.fields import (
    Fields,
    as_object,
    items,
    moment,
    nullable,
    optional_moment,
    required,
)
from ci_failure_tracker.model import KNOWN_ISSUE, Account, Authorship, Issue, KnownIssue, Permission

MOST_LISTED = 100
"""Issues with the label that are listed. Many projects have the label, and most of these issues hold no rule."""

AUTHORSHIP = "author { __typename login } editor { __typename login } lastEditedAt"
_ISSUE = (
    "number title url body createdAt fullDatabaseId authorAssociation labels(first: 20) { nodes { name } } "
    + AUTHORSHIP
)
KNOWN_ISSUES = (
    f'issues(labels: ["{KNOWN_ISSUE}"], states: [OPEN], first: {MOST_LISTED}, '
    f"orderBy: {{field: CREATED_AT, direction: ASC}}) {{ nodes {{ {_ISSUE} }} }}"
)
"""What a query adds to a repository to get the known issues, too."""

_MAY_WRITE = frozenset({"admin", "write"})
_NOBODY = 404


def known_issues(repository: Fields | None) -> tuple[KnownIssue, ...] | None:
    """The known issues in an answer; `None` if GitHub does not show them."""
    listed = None if repository is None else nullable(repository, "issues", dict)
    return None if listed is None else tuple(map(_known_issue, items(listed, "nodes")))


def _known_issue(node: Fields) -> KnownIssue:
    authorship = authorship_of(node)
    issue = Issue(
        number=required(node, "number", int),
        url=required(node, "url", str),
        body=required(node, "body", str),
        open=True,
        state_reason=None,
        closed_at=None,
        author=authorship.author.login,
        author_is_bot=authorship.author.is_bot,
        author_association=required(node, "authorAssociation", str),
        labels=tuple(required(label, "name", str) for label in items(required(node, "labels", dict), "nodes")),
        created_at=moment(node, "createdAt"),
        title=required(node, "title", str),
        database_id=_number(nullable(node, "fullDatabaseId", str)),
    )
    return KnownIssue(issue, authorship)


def _number(text: str | None) -> int | None:
    """The id of an issue, which has more than 32 bits, so that GraphQL gives it as a text."""
    if text is None or not text.isdecimal():
        return None
    return int(text)


def authorship_of(node: Fields) -> Authorship:
    """Who wrote the body of an issue. GitHub gives null for an account that is gone."""
    nullable(node, "lastEditedAt", str)
    edited_at, editor = optional_moment(node, "lastEditedAt"), nullable(node, "editor", dict)
    was_edited = edited_at is not None or editor is not None
    return Authorship(_account(nullable(node, "author", dict)), _account(editor) if was_edited else None, edited_at)


def _account(actor: Fields | None) -> Account:
    if actor is None:
        return Account("")
    login, is_bot = required(actor, "login", str), required(actor, "__typename", str) == "Bot"
    # REST adds this to the login of a bot.
    return Account(f"{login.removesuffix('[bot]')}[bot]", is_bot=True) if is_bot else Account(login)


def authorships(answer: Mapping[int, Fields | None]) -> Mapping[int, Authorship]:
    """Who wrote the bodies of issues, by number; an issue that GitHub does not show is left out."""
    return {number: authorship_of(node) for number, node in answer.items() if node is not None}


def permission(requester: MeteredRequester, address: str, login: str) -> Permission:
    """Whether an account may write to the repository; `address` is that of the repository.

    Raises:
        MissingRightError: the token may not ask that.
    """
    with translated("ask who may write to the repository", "metadata: read"):
        try:
            path = f"{address}/collaborators/{quote(login, safe='')}/permission"
            _, data = requester.requestJsonAndCheck("GET", path)
        except GithubException as error:
            if error.status == _NOBODY:  # no such person, or none of this repository
                return Permission.LESS
            raise
        known = required(as_object(data, "it"), "permission", str)
        return Permission.WRITE if known in _MAY_WRITE else Permission.LESS


def authorship_queries(numbers: Sequence[int]) -> str:
    """The part of a query that asks who wrote the bodies of issues."""
    return " ".join(f"i{number}: issue(number: {number}) {{ {AUTHORSHIP} }}" for number in numbers)
