"""Writes that happen once, even if GitHub carries one out and its answer is lost.

To set the same value twice changes nothing, so such a write is sent again. A comment is looked for before it is sent
again. A new issue is sent once: if the answer is lost, it is only looked for, because GitHub's list may lag behind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from github.GithubException import GithubException
from github.GithubObject import NotSet
from github.Issue import Issue as GithubIssue
from github.Repository import Repository as GithubRepository

from ci_failure_tracker.errors import RefusedError, TrackerError, UnansweredError, UnreachedError
from ci_failure_tracker.github.client import MeteredRequester, translated
from ci_failure_tracker.github.queries import Queries, as_issue, is_pull_request
from ci_failure_tracker.model import Create, Issue

RIGHT = "issues: write"

_UNPROCESSABLE = 422
_MOST_LOOKS = 10
_WRITERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})

_T = TypeVar("_T")

IdentityOf = Callable[[Issue, str | None], str | None]
"""Returns the failure id of an issue of the tracker; the argument is the login of the token, if it is known."""


class IdempotentWrites:
    """Sends writes; if an answer is lost, it checks whether GitHub carried out the write before it sends it again."""

    def __init__(
        self, requester: MeteredRequester, repository: GithubRepository, queries: Queries, identity_of: IdentityOf
    ) -> None:
        """Send no request yet."""
        self._identity_of = identity_of
        self._requester = requester
        self._repository = repository
        self._queries = queries
        self._looking_left = requester.retry_policy.looking

    def _surely(self, doing: str, send: Callable[[], _T], find: Callable[[], _T | None] = lambda: None) -> _T:
        """Send until there is an answer; `find` returns the result of a write whose answer was lost.

        Without `find`, the write must change nothing if it is carried out twice.

        Raises:
            UnansweredError: no try was answered.
        """
        retry_policy, budget = self._requester.retry_policy, self._requester.budget
        for tried in range(1, retry_policy.tries + 1):
            try:
                with translated(doing, RIGHT):
                    return send()
            except UnansweredError:
                wait = retry_policy.backoff * 2 ** (tried - 1)
                if tried == retry_policy.tries or budget.spent or not budget.may_wait(wait, retry_policy):
                    raise
                time.sleep(wait)
            if (result := find()) is not None:
                return result
        raise AssertionError

    def write_body(self, doing: str, issue: GithubIssue, body: str, state: str = "", reason: str = "") -> None:
        """Replace the body of an issue, and close or open it if `state` is given."""
        self._surely(doing, lambda: issue.edit(body=body, state=state or NotSet, state_reason=reason or NotSet))

    def close_as_duplicate(self, doing: str, issue: GithubIssue, body: str, kept: int) -> GithubIssue:
        """Close an issue with a new body, linked to the one that stays; `kept` is the database id of that one.

        PyGithub does not know the link. A server that refuses it gets the closing without it.
        """
        given = {"body": body, "state": "closed", "state_reason": "duplicate", "duplicate_issue_id": kept}
        try:
            headers, data = self._surely(
                doing, lambda: self._requester.requestJsonAndCheck("PATCH", issue.url, input=given)
            )
        except RefusedError:
            self.write_body(doing, issue, body, "closed", "duplicate")
            return issue
        return GithubIssue(self._requester, headers, data, completed=True)

    def assign(self, doing: str, issue: GithubIssue, logins: Iterable[str]) -> None:
        """Assign an issue; GitHub leaves out logins that it does not accept."""
        self._surely(doing, lambda: issue.add_to_assignees(*logins))

    def open_issue(self, doing: str, action: Create, assignees: tuple[str, ...]) -> GithubIssue:
        """Open an issue; if the answer is lost and an issue of its identity is open after some time, return that.

        Raises:
            UnreachedError: the request was not sent.
            UnansweredError: the answer was lost, and the issue was not found. It may be open all the same.
            GithubException: GitHub refuses it.
        """
        try:
            return self._send_once(
                doing,
                lambda: self._repository.create_issue(
                    title=action.title,
                    body=action.body,
                    labels=list(action.labels),
                    assignees=list(assignees) or NotSet,
                ),
            )
        except UnreachedError:
            raise
        except UnansweredError:
            if (found := self._look_for(doing, action.identity.id)) is None:
                raise
            return found

    def _send_once(self, doing: str, send: Callable[[], _T]) -> _T:
        """Send again only if no connection was made, because then GitHub did not get the request."""
        retry_policy, budget = self._requester.retry_policy, self._requester.budget
        for tried in range(1, retry_policy.tries + 1):
            try:
                with translated(doing, RIGHT):
                    return send()
            except UnreachedError:
                wait = retry_policy.backoff * 2 ** (tried - 1)
                if tried == retry_policy.tries or budget.spent or not budget.may_wait(wait, retry_policy):
                    raise
                time.sleep(wait)
        raise AssertionError

    def _look_for(self, doing: str, identity: str) -> GithubIssue | None:
        """The open issue of an identity, if the list shows it in time."""
        for _ in self.looks():
            try:
                if (found := self._open_issue_of(doing, identity)) is not None:
                    return found
            except UnansweredError:
                pass  # GitHub may answer the next look
            except TrackerError:
                break  # the report names the lost answer
        return None

    def looks(self) -> Iterator[None]:
        """Wait before each look at a list that may lag; the waits grow, and all looks of a sweep share their time."""
        retry_policy, budget = self._requester.retry_policy, self._requester.budget
        wait = retry_policy.backoff
        for _ in range(_MOST_LOOKS):
            wait = min(wait, self._looking_left)
            if budget.spent or not budget.may_wait(wait, retry_policy):
                return
            time.sleep(wait)
            self._looking_left -= wait
            yield
            if self._looking_left <= 0:
                return
            wait *= 2

    def _open_issue_of(self, doing: str, identity: str) -> GithubIssue | None:
        """The oldest of the newest open issues that is of an identity, whatever its labels."""
        with translated(doing, RIGHT):
            newest = self._repository.get_issues(state="open", sort="created", direction="desc").get_page(0)
            ours = [issue for issue in newest if not is_pull_request(issue) and self._is_of(as_issue(issue), identity)]
            return min(ours, key=lambda issue: issue.number, default=None)

    def _is_of(self, issue: Issue, identity: str) -> bool:
        # The login costs a request, so it is read only if everything else fits.
        if self._identity_of(issue, None) == identity:
            return True
        return self._identity_of(issue, issue.author) == identity and issue.author == self._queries.viewer()

    def comment(self, doing: str, issue: GithubIssue, text: str) -> None:
        """Comment on an issue, unless an earlier sweep, which was stopped after that, wrote the comment."""
        if not self._has_comment(doing, issue, text):
            self._surely(
                doing,
                lambda: bool(issue.create_comment(text)),
                lambda: self._has_comment(doing, issue, text) or None,
            )

    def _has_comment(self, doing: str, issue: GithubIssue, text: str) -> bool:
        mark = text.rpartition("\n")[2]  # the last line identifies what the comment says
        with translated(doing, RIGHT):
            same = [comment for comment in issue.get_comments() if (comment.body or "").rstrip().endswith(mark)]
            by_users = [comment for comment in same if comment.user is not None]
            if any(comment.user.type == "Bot" or comment.author_association in _WRITERS for comment in by_users):
                return True
            return bool(same) and self._queries.viewer() in [comment.user.login for comment in by_users]

    def labels(self, doing: str, issue: GithubIssue, names: Iterable[str]) -> None:
        """Add labels to an issue."""
        # GitHub's description asks for an object; PyGithub sends the bare list.
        given = {"labels": list(names)}
        self._surely(doing, lambda: self._requester.requestJsonAndCheck("POST", f"{issue.url}/labels", input=given))

    def make_label(self, doing: str, name: str, colour: str, description: str) -> None:
        """Create a label, unless it exists."""

        def make() -> None:
            try:
                self._repository.create_label(name, colour, description)
            except GithubException as refusal:
                errors = refusal.data.get("errors") if isinstance(refusal.data, dict) else None
                if refusal.status != _UNPROCESSABLE or "already_exists" not in str(errors):
                    raise

        self._surely(doing, make)
