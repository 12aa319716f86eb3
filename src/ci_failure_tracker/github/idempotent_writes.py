"""Writes that happen once, even if GitHub carries one out and its answer is lost.

To set the same value twice changes nothing, so such a write is sent again. A comment is looked for before it is sent
again. A new issue is sent once: if the answer is lost, it is only looked for, because GitHub's list may lag behind. A
request to run failed jobs again is sent once, too: the run itself tells whether it has a second attempt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from github.GithubException import GithubException

from ci_failure_tracker.errors import (
    GitHubError,
    MissingRightError,
    RateLimitedError,
    RefusedError,
    TrackerError,
    UnansweredError,
    UnreachedError,
)
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.client import MeteredRequester, translated
from ci_failure_tracker.github.fields import Fields, as_object, checked, required
from ci_failure_tracker.github.issues import IssueQueries
from ci_failure_tracker.github.pages import read_pages
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Create, Issue

RIGHT = "issues: write"
RIGHT_TO_RERUN = "actions: write"

_UNPROCESSABLE = 422
_MOST_LOOKS = 10
_WRITERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})

_T = TypeVar("_T")

IdentityOf = Callable[[Issue, str | None], str | None]
"""Returns the failure id of an issue of the tracker; the argument is the login of the token, if it is known."""


class IdempotentWrites:
    """Sends writes; if an answer is lost, it checks whether GitHub carried out the write before it sends it again."""

    def __init__(self, requester: MeteredRequester, queries: Queries, identity_of: IdentityOf) -> None:
        """Send no request yet; `queries` reads the repository that is written to."""
        self._identity_of = identity_of
        self._requester = requester
        self._queries = queries
        self._issues = IssueQueries(requester, queries)
        self._looking_left = requester.retry_policy.looking

    def _send(self, verb: str, address: str, given: Mapping[str, object]) -> Fields:
        """Send a write to an address in the repository, one time; an answer without an id does not show that it was
        done.
        """
        _, data = self._requester.requestJsonAndCheck(verb, f"{self._queries.address}/{address}", input=dict(given))
        answer = as_object(data, "it")
        required(answer, "id", int)
        return answer

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
            # After the wait: GitHub may carry out a write some time after it broke off the answer.
            if (result := find()) is not None:
                return result
        raise AssertionError

    def write_body(self, doing: str, number: int, body: str, state: str = "", reason: str = "", title: str = "") -> str:
        """Replace the body of an issue, and its title if one is given, and close or open it if `state` is given.

        The result is the address of its page.
        """
        # An empty body is a value of its own. An empty state or title would be a change that nobody wants.
        given = {"body": body, "state": state, "state_reason": reason, "title": title}
        return self._edit(doing, number, {name: value for name, value in given.items() if value or name == "body"})

    def write_part(self, doing: str, number: int, change: Callable[[Issue], str | None]) -> bool:
        """Replace a part of a body that a person may edit at any time, and return whether it was done.

        The issue is read just before it is written, in each try, so what the person wrote stays. `change` returns the
        new body, or `None` if it is not to be written any more.
        """

        def send() -> bool:
            issue = self._issues.issue(number)
            body = change(issue) if issue is not None and issue.open else None
            if issue is None or body is None:
                return False
            # A write that was carried out although its answer was lost is found here, and not sent again.
            if body != issue.body:
                self._send("PATCH", f"issues/{number}", {"body": body})
            return True

        return self._surely(doing, send)

    def close_as_duplicate(self, doing: str, number: int, body: str, kept: int) -> str:
        """Close an issue with a new body, linked to the one that stays; `kept` is the database id of that one.

        A server that refuses the link gets the closing without it.
        """
        given = {"body": body, "state": "closed", "state_reason": "duplicate", "duplicate_issue_id": kept}
        try:
            return self._edit(doing, number, given)
        except RefusedError:
            return self.write_body(doing, number, body, "closed", "duplicate")

    def _edit(self, doing: str, number: int, given: Mapping[str, object]) -> str:
        answer = self._surely(doing, lambda: self._send("PATCH", f"issues/{number}", given))
        return str(answer.get("html_url") or "")

    def assign(self, doing: str, number: int, logins: Iterable[str]) -> Issue:
        """Assign an issue; GitHub leaves out logins that it does not accept."""
        given = {"assignees": list(logins)}
        return self._surely(doing, lambda: answers.issue(self._send("POST", f"issues/{number}/assignees", given)))

    def open_issue(self, doing: str, action: Create, assignees: tuple[str, ...], issue_type: str) -> Issue:
        """Open an issue; if the answer is lost and an issue of its identity is open after some time, return that.

        Raises:
            UnreachedError: the request was not sent.
            UnansweredError: the answer was lost, and the issue was not found. It may be open all the same.
            RefusedError: GitHub refuses it.
        """
        given = {
            "title": action.title,
            "body": action.body,
            "labels": list(action.labels),
            **({"assignees": list(assignees)} if assignees else {}),
            **({"type": issue_type} if issue_type else {}),
        }
        try:
            return self._send_once(doing, lambda: answers.issue(self._send("POST", "issues", given)))
        except UnreachedError:
            raise  # GitHub did not get the request, so there is nothing to look for
        except UnansweredError:
            if (found := self._look_for(action.identity.id)) is None:
                raise
            return found

    def run_failed_jobs_again(self, doing: str, run_id: int) -> None:
        """Run the failed jobs of a run again, unless it has a second attempt.

        A list of runs may lag, so the run itself is read first. The request is sent once. If its answer is lost, or if
        GitHub refuses it because another sweep was faster, the run is read again and tells.

        Raises:
            GitHubError: it is not known that the run has a second attempt.
        """
        # Another sweep, or a person, may have been faster. A second re-run would cost minutes for nothing.
        if self._has_second_attempt(run_id):
            return
        address = f"{self._queries.address}/actions/runs/{run_id}/rerun-failed-jobs"
        try:
            self._send_once(doing, lambda: self._requester.requestJsonAndCheck("POST", address), RIGHT_TO_RERUN)
        except (MissingRightError, RateLimitedError, UnreachedError):
            raise
        except UnansweredError:
            if not any(self._has_second_attempt(run_id) for _ in self.looks()):
                raise
        except GitHubError:
            if not self._has_second_attempt(run_id):
                raise

    def _has_second_attempt(self, run_id: int) -> bool:
        run = self._queries.run(run_id)
        return run is not None and run.attempt > 1

    def _send_once(self, doing: str, send: Callable[[], _T], right: str = RIGHT) -> _T:
        """Send again only if no connection was made, because then GitHub did not get the request."""
        retry_policy, budget = self._requester.retry_policy, self._requester.budget
        for tried in range(1, retry_policy.tries + 1):
            try:
                with translated(doing, right):
                    return send()
            except UnreachedError:
                wait = retry_policy.backoff * 2 ** (tried - 1)
                if tried == retry_policy.tries or budget.spent or not budget.may_wait(wait, retry_policy):
                    raise
                time.sleep(wait)
        raise AssertionError

    def _look_for(self, identity: str) -> Issue | None:
        """The open issue of an identity, if the list shows it in time."""
        for _ in self.looks():
            try:
                if (found := self._open_issue_of(identity)) is not None:
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
            # The last look is cut to what is left, so that many lost answers do not hold up a sweep.
            wait = min(wait, self._looking_left)
            if budget.spent or not budget.may_wait(wait, retry_policy):
                return
            time.sleep(wait)
            self._looking_left -= wait
            yield
            if self._looking_left <= 0:
                return
            wait *= 2

    def _open_issue_of(self, identity: str) -> Issue | None:
        """The oldest of the newest open issues that is of an identity, whatever its labels.

        Raises:
            GitHubError: it is not known, so nothing may be sent again.
        """
        # By the marker and not by the label: GitHub may have dropped the label of this very issue.
        ours = [issue for issue in self._queries.newest_open_issues() if self._is_of(issue, identity)]
        return min(ours, key=lambda issue: issue.number, default=None)

    def _is_of(self, issue: Issue, identity: str) -> bool:
        # The login costs a request, so it is read only if everything else fits.
        if self._identity_of(issue, None) == identity:
            return True
        return self._identity_of(issue, issue.author) == identity and issue.author == self._queries.viewer()

    def comment(self, doing: str, number: int, text: str) -> None:
        """Comment on an issue, unless an earlier sweep, which was stopped after that, wrote the comment."""
        if not self._has_comment(doing, number, text):
            self._surely(
                doing,
                lambda: bool(self._send("POST", f"issues/{number}/comments", {"body": text})),
                lambda: self._has_comment(doing, number, text) or None,
            )

    def _has_comment(self, doing: str, number: int, text: str) -> bool:
        mark = text.rpartition("\n")[2]  # the last line identifies what the comment says
        with translated(doing, RIGHT):
            pages = read_pages(self._requester, f"{self._queries.address}/issues/{number}/comments")
            comments = [answers.comment(as_object(item, "a comment")) for page in pages for item in page.items]
            same = [comment for comment in comments if comment.body.rstrip().endswith(mark)]
            # Anybody can copy the last line of a comment, and one of a stranger must not suppress ours.
            if any(comment.author_is_bot or comment.author_association in _WRITERS for comment in same):
                return True
            return bool(same) and self._queries.viewer() in [comment.author for comment in same]

    def labels(self, doing: str, number: int, names: Iterable[str]) -> None:
        """Add labels to an issue."""
        # GitHub's description asks for an object.
        given, address = {"labels": list(names)}, f"{self._queries.address}/issues/{number}/labels"

        def send() -> None:
            _, data = self._requester.requestJsonAndCheck("POST", address, input=given)
            checked(data, list, "the list of labels")

        self._surely(doing, send)

    def make_label(self, doing: str, name: str, colour: str, description: str) -> None:
        """Create a label, unless it exists."""

        def make() -> None:
            try:
                self._send("POST", "labels", {"name": name, "color": colour, "description": description})
            except GithubException as refusal:
                # Another sweep may have made the label between our list and this request.
                errors = refusal.data.get("errors") if isinstance(refusal.data, dict) else None
                if refusal.status != _UNPROCESSABLE or "already_exists" not in str(errors):
                    raise

        self._surely(doing, make)
