"""Writes that happen exactly once, although GitHub may do one and the answer gets lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from github.GithubException import GithubException
from github.GithubObject import NotSet
from github.Issue import Issue as GithubIssue
from github.Repository import Repository as GithubRepository

from ci_failure_tracker.errors import UnansweredError
from ci_failure_tracker.github.client import MeteredRequester, translated
from ci_failure_tracker.github.queries import Queries, as_issue, is_pull_request
from ci_failure_tracker.model import Create, Issue

RIGHT = "issues: write"

_UNPROCESSABLE = 422
_WRITERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})

_T = TypeVar("_T")

IdentityOf = Callable[[Issue, str | None], str | None]
"""Gives the failure id of an issue that is ours; the login, where it is known, is the token's own."""


class IdempotentWrites:
    """Sends a write; where its answer is lost, it looks whether it was done before it sends it again."""

    def __init__(
        self, requester: MeteredRequester, repository: GithubRepository, queries: Queries, identity_of: IdentityOf
    ) -> None:
        """Nothing is asked yet."""
        self._identity_of = identity_of
        self._requester = requester
        self._repository = repository
        self._reads = queries

    def _surely(self, doing: str, send: Callable[[], _T], find: Callable[[], _T | None] = lambda: None) -> _T:
        """Send until it is answered; `find` looks for what an unanswered one may have done.

        Without `find` it must be a write that changes nothing when it is done twice.

        Raises:
            UnansweredError: where no try was answered.
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
            if (found := find()) is not None:
                return found
        raise AssertionError

    def write_body(self, doing: str, issue: GithubIssue, body: str, state: str = "", reason: str = "") -> None:
        """Write the body of an issue anew, and close or open it."""
        self._surely(doing, lambda: issue.edit(body=body, state=state or NotSet, state_reason=reason or NotSet))

    def assign(self, doing: str, issue: GithubIssue, logins: Iterable[str]) -> None:
        """Assign an issue; logins that GitHub does not take it leaves out."""
        self._surely(doing, lambda: issue.add_to_assignees(*logins))

    def open_issue(self, doing: str, action: Create, assignees: tuple[str, ...]) -> GithubIssue:
        """Open an issue, unless one of its identity is there by now.

        Raises:
            GithubException: where GitHub refuses it.
        """
        return self._surely(
            doing,
            lambda: self._repository.create_issue(
                title=action.title, body=action.body, labels=list(action.labels), assignees=list(assignees) or NotSet
            ),
            lambda: self._open_issue_of(doing, action.identity.id),
        )

    def _open_issue_of(self, doing: str, identity: str) -> GithubIssue | None:
        """An open issue of an identity; it is new, so it is among the newest, whatever its labels."""
        with translated(doing, RIGHT):
            newest = self._repository.get_issues(state="open", sort="created", direction="desc").get_page(0)
            ours = [one for one in newest if not is_pull_request(one) and self._is_of(one, identity)]
            return min(ours, key=lambda one: one.number, default=None)

    def _is_of(self, found: GithubIssue, identity: str) -> bool:
        issue = as_issue(found)
        # The login costs a request, so it is asked for only where all else fits.
        if self._identity_of(issue, None) == identity:
            return True
        return self._identity_of(issue, issue.author) == identity and issue.author == self._reads.viewer()

    def comment(self, doing: str, issue: GithubIssue, text: str) -> None:
        """Say something in an issue, unless that was said: a sweep before this one may have been stopped over it."""
        if not self._was_said(doing, issue, text):
            self._surely(
                doing,
                lambda: bool(issue.create_comment(text)),
                lambda: self._was_said(doing, issue, text) or None,
            )

    def _was_said(self, doing: str, issue: GithubIssue, text: str) -> bool:
        mark = text.rpartition("\n")[2]  # the last line is the same whenever the same is said
        with translated(doing, RIGHT):
            said = [one for one in issue.get_comments() if (one.body or "").rstrip().endswith(mark)]
            trusted = any(
                one.user is not None and (one.user.type == "Bot" or one.author_association in _WRITERS) for one in said
            )
            return trusted or (bool(said) and self._reads.viewer() in [one.user.login for one in said if one.user])

    def labels(self, doing: str, issue: GithubIssue, names: Iterable[str]) -> None:
        """Put labels on an issue; those it has stay."""
        # In the form that GitHub's description asks for; PyGithub sends the bare list.
        given = {"labels": list(names)}
        self._surely(doing, lambda: self._requester.requestJsonAndCheck("POST", f"{issue.url}/labels", input=given))

    def make_label(self, doing: str, name: str, colour: str, description: str) -> None:
        """Make a label, unless another sweep or a person made it meanwhile."""

        def make() -> None:
            try:
                self._repository.create_label(name, colour, description)
            except GithubException as refusal:
                errors = refusal.data.get("errors") if isinstance(refusal.data, dict) else None
                if refusal.status != _UNPROCESSABLE or "already_exists" not in str(errors):
                    raise

        self._surely(doing, make)
