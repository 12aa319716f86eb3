"""The one door through which anything is written to GitHub, and the same door shut."""

from __future__ import annotations

from typing import Protocol

import requests
from github.GithubException import GithubException
from github.GithubObject import NotSet
from github.Issue import Issue as GithubIssue

from ci_failure_tracker.errors import GitHubError, MissingRightError, RateLimitedError, TrackerError
from ci_failure_tracker.github_api.client import MeteredRequester, translated, unread_repository
from ci_failure_tracker.model import (
    Action,
    Create,
    Fate,
    Gravity,
    Plan,
    Problem,
    Reopen,
    Result,
    Skip,
    Update,
)
from ci_failure_tracker.progress import Progress

_RIGHT = "issues: write"
_UNPROCESSABLE = 422

_LABELS = {
    "ci-failure": ("b60205", "A CI job is failing; kept current by ci-failure-tracker"),
    "github-actions": ("2088ff", "About the workflows of this repository"),
    "automated": ("ededed", "Written by a program"),
}
_OTHER_LABEL = ("ededed", "Set by ci-failure-tracker")


class Door(Protocol):
    """Where a plan is carried out, or not."""

    def apply(self, plan: Plan) -> tuple[Result, ...]:
        """What became of each action, in the plan's order."""


class ShutDoor:
    """A dry run: every action stays a plan."""

    def apply(self, plan: Plan) -> tuple[Result, ...]:
        """Write nothing."""
        return tuple(_stays(action) for action in plan.actions)


def _stays(action: Action) -> Result:
    if isinstance(action, Skip):
        return Result(action, Fate.LEFT, action.number)
    return Result(action, Fate.PLANNED, None if isinstance(action, Create) else action.number)


class LabelsDroppedError(TrackerError):
    """GitHub made the issue but left out the label by which the tracker would find it again."""


class OpenDoor:
    """Writes a plan's actions one after another; one that fails does not stop the others."""

    def __init__(self, requester: MeteredRequester, repository: str, progress: Progress) -> None:
        """Nothing is asked yet."""
        self._repository = unread_repository(requester, repository)
        self._requester = requester
        self._progress = progress
        self._labels: set[str] | None = None
        self._stopped: TrackerError | None = None

    def apply(self, plan: Plan) -> tuple[Result, ...]:
        """Carry out the plan."""
        self._progress.phase("Write the issues", sum(not isinstance(action, Skip) for action in plan.actions))
        return tuple(self._carry_out(action) for action in plan.actions)

    def _carry_out(self, action: Action) -> Result:
        if isinstance(action, Skip):
            return _stays(action)
        try:
            if self._stopped is not None:
                raise self._stopped
            with translated(_words(action), _RIGHT):
                return self._write(action)
        except TrackerError as error:
            if isinstance(error, MissingRightError | LabelsDroppedError | RateLimitedError):
                self._stopped = error  # it would be the same for each of the others
            number = None if isinstance(action, Create) else action.number
            problem = Problem(Gravity.ERROR, error.what, _advice(action, error))
            return Result(action, Fate.FAILED, number, problems=(problem,))
        finally:
            self._progress.advance()

    def _write(self, action: Create | Update | Reopen) -> Result:
        if isinstance(action, Create):
            return self._create(action)
        issue = self._issue(action.number)
        if isinstance(action, Update):
            issue.edit(body=action.body)
        else:
            issue.edit(body=action.body, state="open", state_reason="reopened")
        return Result(action, Fate.DONE, action.number, issue.html_url)

    def _issue(self, number: int) -> GithubIssue:
        """The issue as something to write to, without a request to read it first."""
        url = f"{self._repository.url}/issues/{number}"
        return GithubIssue(self._requester, {}, {"url": url, "number": number}, completed=True)

    # --- creating --------------------------------------------------------------------------------

    def _create(self, action: Create) -> Result:
        problems = self._make_labels(action.labels)
        try:
            issue = self._post(action, action.assignees)
        except GithubException as refusal:
            if refusal.status != _UNPROCESSABLE or not action.assignees:
                raise
            # A refused issue was not made. One misspelt login must not keep every issue from being opened, and
            # asked for alone, the assignees that do not exist are left out instead of refused.
            issue = self._post(action, ())
            issue.add_to_assignees(*action.assignees)
        self._check_found_again(issue, action)
        return Result(action, Fate.DONE, issue.number, issue.html_url, (*problems, *_what_was_dropped(issue, action)))

    def _post(self, action: Create, assignees: tuple[str, ...]) -> GithubIssue:
        return self._repository.create_issue(
            title=action.title, body=action.body, labels=list(action.labels), assignees=list(assignees) or NotSet
        )

    def _make_labels(self, wanted: tuple[str, ...]) -> list[Problem]:
        """Make the labels that are missing; without the first, by which issues are found, none is opened."""
        problems: list[Problem] = []
        if self._labels is None:
            self._labels = {label.name.casefold() for label in self._repository.get_labels()}
        for name in wanted:
            if name.casefold() in self._labels:
                continue
            self._labels.add(name.casefold())
            colour, description = _LABELS.get(name, _OTHER_LABEL)
            try:
                with translated(f"make the label {name!r}", _RIGHT):
                    self._repository.create_label(name, colour, description)
            except TrackerError as error:
                if name == wanted[0]:
                    self._labels.discard(name.casefold())
                    raise
                problems.append(Problem(Gravity.WARNING, error.what, error.advice))
        return problems

    def _check_found_again(self, issue: GithubIssue, action: Create) -> None:
        """GitHub drops labels without a word where the token may not label.

        An issue without the tracker's label would be opened again by every sweep, so it is closed at once and
        no other is opened.
        """
        if action.labels[0].casefold() in _names(issue):
            return
        try:
            issue.edit(state="closed", state_reason="not_planned")
            fate = "so it was closed and no other was opened"
        except (GithubException, requests.RequestException):
            fate = "and it could not be closed again: close it by hand. No other was opened"
        raise LabelsDroppedError(
            f"GitHub dropped the label {action.labels[0]!r} of issue #{issue.number}, because this token may not "
            f"label issues. Without it no later sweep would find the issue, {fate}.",
            MissingRightError("label issues", _RIGHT).advice,
        )


def _advice(action: Create | Update | Reopen, error: TrackerError) -> str:
    if not isinstance(action, Create) or isinstance(error, RateLimitedError) or not isinstance(error, GitHubError):
        return error.advice
    return f"It may have been opened all the same; the next sweep finds it then. {error.advice}".strip()


def _what_was_dropped(issue: GithubIssue, action: Create) -> list[Problem]:
    labels = [name for name in action.labels if name.casefold() not in _names(issue)]
    have = {user.login.casefold() for user in issue.assignees}
    people = [login for login in action.assignees if login.casefold() not in have]
    return [
        Problem(
            Gravity.WARNING,
            f"Issue #{issue.number} was made without the {kind} {', '.join(map(repr, missing))}.",
            advice,
        )
        for kind, missing, advice in (
            ("label", labels, "Check that the token has `issues: write`."),
            ("assignee", people, "Check the spelling, and that they have access to the repository."),
        )
        if missing
    ]


def _names(issue: GithubIssue) -> set[str]:
    return {label.name.casefold() for label in issue.labels}


def _words(action: Create | Update | Reopen) -> str:
    match action:
        case Create():
            return f"open the issue of {action.identity.workflow} - {action.identity.job}"
        case Update():
            return f"update issue #{action.number}"
        case Reopen():
            return f"reopen issue #{action.number}"
