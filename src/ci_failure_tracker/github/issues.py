"""Reads the issues that must be known before an issue is opened: closed ones, and open ones that the list may lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from github.GithubException import GithubException

from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.client import MeteredRequester, translated
from ci_failure_tracker.github.fields import (
    Fields,
    as_object,
    items,
    moment,
    nullable,
    optional,
    optional_moment,
    required,
)
from ci_failure_tracker.github.pages import first_page, read_pages
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Issue

MOST_OWN = 300
"""Open issues of one account that are listed: three pages."""

SEARCHES = 25
"""Failure ids that one request searches for."""

_FOUND = 10
"""Results of one search that are read; more than a failure id can have."""

_RIGHT = "issues: read"
_GONE = frozenset({404, 410})
_FIELDS = """issueCount nodes { ... on Issue {
  number title url body stateReason(enableDuplicate: true) closedAt createdAt
  author { __typename login } authorAssociation labels(first: 100) { nodes { name } } } }"""


class SearchIncompleteError(GitHubError):
    """GitHub's search does not hold all closed issues, so nothing follows from what it does not find."""


class MovedError(GitHubError):
    """An issue was moved to another repository."""

    def __init__(self, number: int, url: str) -> None:
        super().__init__(f"Issue #{number} was moved to {url}, where the tracker does not keep it current.")


class IssueQueries:
    """Sends the queries about issues of one repository."""

    def __init__(self, requester: MeteredRequester, queries: Queries) -> None:
        """Send no request yet; `queries` reads the same repository, and knows its present name."""
        self._requester = requester
        self._queries = queries

    def open_by(self, login: str) -> tuple[Issue, ...]:
        """The newest open issues that an account opened, whatever their labels."""
        with translated("list the open issues of the token's account", _RIGHT):
            given = {"state": "open", "creator": login, "sort": "created", "direction": "desc"}
            return tuple(answers.issue(data) for data in islice(self._listed(given), MOST_OWN) if _is_issue(data))

    def _listed(self, given: Mapping[str, object]) -> Iterator[Fields]:
        """The items of the list of issues, with the pull requests that GitHub lists among them."""
        for page in read_pages(self._requester, f"{self._queries.address}/issues", "", given):
            yield from (as_object(item, "an issue") for item in page.items)

    def closed(self, label: str, since: datetime | None) -> tuple[tuple[Issue, ...], bool]:
        """The closed issues with a label that changed since a time, and whether there are no others.

        An issue changes when it is closed, so every issue that was closed since then is among them.
        """
        found: list[Issue] = []
        with translated("list the closed issues", _RIGHT):
            # With `updated`, an issue that changes while pages are read moves to the front, and none is left out.
            for data in self._listed({"state": "closed", "labels": label, "sort": "updated", "direction": "desc"}):
                if since is not None and moment(data, "updated_at") < since:
                    return tuple(found), False
                if _is_issue(data):
                    found.append(answers.issue(data))
        return tuple(found), True

    def recently_closed(self, label: str, since: datetime) -> tuple[Issue, ...]:
        """The issues with a label that were closed last and changed since a time, at most a page of them."""
        given = {"state": "closed", "labels": label, "sort": "updated", "direction": "desc"}
        with translated("list the issues that were closed last", _RIGHT):
            listed = first_page(self._requester, f"{self._queries.address}/issues", "", given).items
            data = [as_object(item, "an issue") for item in listed]
            return tuple(answers.issue(one) for one in data if _is_issue(one) and moment(one, "updated_at") >= since)

    def issue(self, number: int) -> Issue | None:
        """One issue; `None` if it was deleted.

        Raises:
            MovedError: it was moved to another repository.
        """
        address = f"{self._queries.address}/issues/{number}"
        with translated(f"read issue #{number}", _RIGHT):
            try:
                _, answer = self._requester.requestJsonAndCheck("GET", address)
            except GithubException as error:
                if error.status in _GONE:
                    return None
                raise
            data = as_object(answer, "it")
            # GitHub leads from an issue that was moved to its new place.
            if not required(data, "url", str).casefold().endswith(address.casefold()):
                raise MovedError(number, optional(data, "html_url", str) or "another repository")
            return answers.issue(data)

    # --- issues that were closed long ago --------------------------------------------------------

    def closed_long_ago(self, label: str, failure_ids: Sequence[str]) -> tuple[Issue, ...]:
        """The closed issues with these failure ids, by GitHub's search, in one request for each 25 ids.

        The search lags behind the list and may leave out issues. So its count of all closed issues with the label is
        compared with the count of the list.

        Raises:
            SearchIncompleteError: the counts differ, or a search found too much.
        """
        batches = (failure_ids[place : place + SEARCHES] for place in range(0, len(failure_ids), SEARCHES))
        return tuple(issue for batch in batches for issue in self._search(label, batch))

    def _search(self, label: str, failure_ids: Sequence[str]) -> Sequence[Issue]:
        doing = "search for the issues that were closed long ago"
        # A search has no way to write this sign.
        if '"' in label:
            raise SearchIncompleteError(f"It is not possible to {doing}: their label holds a quotation mark.")
        owner, _, name = self._queries.name.partition("/")
        of_label = f'repo:{owner}/{name} is:issue is:closed label:"{label}"'
        keys = [f"s{place}" for place in range(len(failure_ids))]
        # Without the quotation marks a failure id could be taken for the hash of a commit.
        searches = [f'{of_label} "{failure_id}" in:body sort:updated-desc' for failure_id in failure_ids]
        declared = "".join(f", ${key}: String!" for key in keys)
        asked = " ".join(f"{key}: search(type: ISSUE, query: ${key}, first: {_FOUND}) {{ {_FIELDS} }}" for key in keys)
        query = (
            f"query($owner: String!, $name: String!, $labels: [String!], $all: String!{declared}) {{ "
            "repository(owner: $owner, name: $name) { issues(labels: $labels, states: [CLOSED]) { totalCount } } "
            f"all: search(type: ISSUE, query: $all, first: 1) {{ issueCount }} {asked} }}"
        )
        variables = {"owner": owner, "name": name, "labels": [label], "all": of_label}
        variables |= dict(zip(keys, searches, strict=True))
        with translated(doing, _RIGHT):
            found = self._queries.graphql(query, variables)
            data = answers.data_of(found)
            # An issue that the search does not find would be opened a second time.
            if data is None or any(answers.errors(found)) or _counted(data) != _listed_count(data):
                raise SearchIncompleteError(f"GitHub's answer to the request to {doing} is incomplete.")
            results = [required(data, key, dict) for key in keys]
            if any(required(result, "issueCount", int) > _FOUND for result in results):
                raise SearchIncompleteError(f"GitHub found too much in the request to {doing}.")
            return [_searched(node) for result in results for node in items(result, "nodes")]


def _is_issue(data: Fields) -> bool:
    return not answers.is_pull_request(data)


def _counted(data: Fields) -> int:
    """How many closed issues with the label the search knows."""
    return required(required(data, "all", dict), "issueCount", int)


def _listed_count(data: Fields) -> int:
    """How many there are."""
    return required(required(required(data, "repository", dict), "issues", dict), "totalCount", int)


def _searched(node: Fields) -> Issue:
    """A closed issue as GraphQL shows it."""
    author: Fields = nullable(node, "author", dict) or {}
    login, is_bot = optional(author, "login", str) or "", optional(author, "__typename", str) == "Bot"
    reason = nullable(node, "stateReason", str)
    return Issue(
        number=required(node, "number", int),
        url=required(node, "url", str),
        body=required(node, "body", str),
        open=False,
        state_reason=reason.lower() if reason else None,
        closed_at=optional_moment(node, "closedAt"),
        # REST adds this to the login of a bot.
        author=f"{login.removesuffix('[bot]')}[bot]" if is_bot else login,
        author_is_bot=is_bot,
        author_association=required(node, "authorAssociation", str),
        labels=tuple(required(label, "name", str) for label in items(required(node, "labels", dict), "nodes")),
        created_at=moment(node, "createdAt"),
        title=required(node, "title", str),
    )
