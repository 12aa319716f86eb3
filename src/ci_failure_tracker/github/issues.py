"""Reads the issues that must be known before an issue is opened: closed ones, and open ones that the list may lack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from github.GithubException import GithubException
from github.Issue import Issue as GithubIssue

from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, translated, unread_repository
from ci_failure_tracker.github.queries import as_issue, is_pull_request
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


class IssueQueries:
    """Sends the queries about issues of one repository; `name` returns its present name."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints, name: Callable[[], str]) -> None:
        """Send no request yet."""
        self._requester = requester
        self._endpoints = endpoints
        self._name = name

    def open_by(self, login: str) -> tuple[Issue, ...]:
        """The newest open issues that an account opened, whatever their labels."""
        with translated("list the open issues of the token's account", _RIGHT):
            listing = unread_repository(self._requester, self._name()).get_issues(
                state="open",
                creator=login,  # type: ignore[arg-type]  # it takes a login, too
                sort="created",
                direction="desc",
            )
            return tuple(as_issue(issue) for issue in islice(listing, MOST_OWN) if not is_pull_request(issue))

    def closed(self, label: str, since: datetime | None) -> tuple[tuple[Issue, ...], bool]:
        """The closed issues with a label that changed since a time, and whether there are no others.

        An issue changes when it is closed, so every issue that was closed since then is among them.
        """
        found: list[Issue] = []
        with translated("list the closed issues", _RIGHT):
            # With `updated`, an issue that changes while pages are read moves to the front, and none is left out.
            for issue in unread_repository(self._requester, self._name()).get_issues(
                state="closed", labels=[label], sort="updated", direction="desc"
            ):
                if since is not None and issue.updated_at.astimezone(UTC) < since:
                    return tuple(found), False
                if not is_pull_request(issue):
                    found.append(as_issue(issue))
        return tuple(found), True

    def issue(self, number: int) -> Issue | None:
        """One issue; `None` if it was deleted or moved to another repository."""
        url = f"{unread_repository(self._requester, self._name()).url}/issues/{number}"
        with translated(f"read issue #{number}", _RIGHT):
            try:
                headers, data = self._requester.requestJsonAndCheck("GET", url)
            except GithubException as error:
                if error.status in _GONE:
                    return None
                raise
            # GitHub leads from an issue that was moved to its new place.
            if str(data["url"]).casefold() != url.casefold():
                return None
            return as_issue(GithubIssue(self._requester, headers, data, completed=True))

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
        if '"' in label:
            raise SearchIncompleteError(f"It is not possible to {doing}: their label holds a quotation mark.")
        owner, _, name = self._name().partition("/")
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
            given = {"query": query, "variables": variables}
            _, answer = self._requester.requestJsonAndCheck("POST", self._endpoints.graphql_url, input=given)
            data = answer.get("data") or {}
            if answer.get("errors") or data["all"]["issueCount"] != data["repository"]["issues"]["totalCount"]:
                raise SearchIncompleteError(f"GitHub's answer to the request to {doing} is incomplete.")
            if any(data[key]["issueCount"] > _FOUND for key in keys):
                raise SearchIncompleteError(f"GitHub found too much in the request to {doing}.")
            return [_searched(node) for key in keys for node in data[key]["nodes"]]


def _searched(node: Mapping[str, Any]) -> Issue:
    """A closed issue as GraphQL shows it."""
    author = node["author"] or {"__typename": "", "login": ""}
    is_bot = author["__typename"] == "Bot"
    reason = node["stateReason"]
    return Issue(
        number=int(node["number"]),
        url=str(node["url"]),
        body=str(node["body"] or ""),
        open=False,
        state_reason=str(reason).lower() if reason else None,
        closed_at=_time(node["closedAt"]),
        # REST adds this to the login of a bot.
        author=f"{str(author['login']).removesuffix('[bot]')}[bot]" if is_bot else str(author["login"]),
        author_is_bot=is_bot,
        author_association=str(node["authorAssociation"]),
        labels=tuple(str(label["name"]) for label in node["labels"]["nodes"]),
        created_at=_time(node["createdAt"]),
        title=str(node["title"]),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
