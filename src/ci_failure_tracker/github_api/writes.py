"""The one door through which anything is written to GitHub, and the same door shut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import requests
from github.GithubException import GithubException
from github.GithubObject import NotSet
from github.Issue import Issue as GithubIssue

from ci_failure_tracker.errors import GitHubError, MissingRightError, RateLimitedError, TrackerError
from ci_failure_tracker.github_api.client import MeteredRequester, translated, unread_repository
from ci_failure_tracker.github_api.reads import as_issue, is_pull_request
from ci_failure_tracker.model import (
    Action,
    Change,
    Close,
    Create,
    Fate,
    Gravity,
    Issue,
    Plan,
    Problem,
    Reopen,
    Result,
    Skip,
    Update,
)
from ci_failure_tracker.progress import Progress
from ci_failure_tracker.rendering.comments import duplicate_comment
from ci_failure_tracker.tracking.marker import marked_as_duplicate, older_twins

_RIGHT = "issues: write"
_UNPROCESSABLE = 422

_LABELS = {
    "ci-failure": ("b60205", "A CI job is failing; kept current by ci-failure-tracker"),
    "github-actions": ("2088ff", "About the workflows of this repository"),
    "automated": ("ededed", "Written by a program"),
    "flaky": ("fbca04", "Fails and passes without a change"),
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
        self._created: dict[int, Issue] = {}

    def apply(self, plan: Plan) -> tuple[Result, ...]:
        """Carry out the plan."""
        self._progress.phase("Write the issues", sum(not isinstance(action, Skip) for action in plan.actions))
        self._created.clear()
        results = [self._carry_out(action) for action in plan.actions]
        if not self._created:
            return tuple(results)
        twins = self._older_twins(results)
        return tuple(self._give_way(one, twins[one.number]) if one.number in twins else one for one in results)

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

    def _write(self, action: Create | Change) -> Result:
        if isinstance(action, Create):
            return self._create(action)
        issue = self._issue(action.number)
        match action:
            case Update():
                issue.edit(body=action.body)
            case Reopen():
                issue.edit(body=action.body, state="open", state_reason="reopened")
            case Close():
                # In one request with the body, whose marker says that it was us.
                issue.edit(body=action.body, state="closed", state_reason=action.state_reason)
        return Result(action, Fate.DONE, action.number, issue.html_url, tuple(self._say(issue, action)))

    def _say(self, issue: GithubIssue, action: Change) -> Iterator[Problem]:
        """The labels and the comment that go with a change; the change is done, whatever becomes of them."""
        try:
            if action.labels:
                with translated(f"label issue #{action.number}", _RIGHT):
                    yield from self._make_labels(action.labels, needed=())
                    # In the form that GitHub's description asks for; PyGithub sends the bare list.
                    self._requester.requestJsonAndCheck(
                        "POST", f"{issue.url}/labels", input={"labels": list(action.labels)}
                    )
            if action.comment:
                with translated(f"comment on issue #{action.number}", _RIGHT):
                    issue.create_comment(action.comment)
        except TrackerError as error:
            yield Problem(Gravity.ERROR, error.what, error.advice)

    def _issue(self, number: int) -> GithubIssue:
        """The issue as something to write to, without a request to read it first."""
        url = f"{self._repository.url}/issues/{number}"
        return GithubIssue(self._requester, {}, {"url": url, "number": number}, completed=True)

    # --- creating --------------------------------------------------------------------------------

    def _create(self, action: Create) -> Result:
        problems = self._make_labels(action.labels, needed=action.labels[:1])
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
        self._created[issue.number] = as_issue(issue)
        return Result(action, Fate.DONE, issue.number, issue.html_url, (*problems, *_what_was_dropped(issue, action)))

    # --- another sweep at the same time ----------------------------------------------------------

    def _older_twins(self, results: Sequence[Result]) -> dict[int | None, int]:
        """For each issue just created the older open one of the same identity that another sweep opened meanwhile.

        Both sweeps look after they have created, so at least the second one sees the first one's issue.
        """
        label = next(iter(one.action.labels[0] for one in results if isinstance(one.action, Create)))
        try:
            with translated("look whether another sweep opened the same issue", _RIGHT):
                found = self._repository.get_issues(
                    state="open", labels=[label], sort="created", direction="desc"
                ).get_page(0)
                others = [as_issue(one) for one in found if not is_pull_request(one)]
        except TrackerError:
            return {}  # the next sweep finds it (rule 2)
        return dict(older_twins(self._created.values(), others))

    def _give_way(self, result: Result, kept: int) -> Result:
        """Close an issue that this sweep created for the one that another created before."""
        ours = self._created[result.number or 0]
        what = f"Another sweep opened #{kept} for the same at the same time"
        try:
            with translated(f"close issue #{ours.number}", _RIGHT):
                issue = self._issue(ours.number)
                issue.edit(body=marked_as_duplicate(ours), state="closed", state_reason="duplicate")
                issue.create_comment(duplicate_comment(kept))
        except TrackerError as error:
            problem = Problem(Gravity.ERROR, f"{what}. {error.what}", error.advice)
            return replace(result, problems=(*result.problems, problem))
        notice = Problem(Gravity.NOTICE, f"{what}, so #{ours.number} was closed as its duplicate.")
        return Result(result.action, Fate.LEFT, kept, problems=(*result.problems, notice))

    def _post(self, action: Create, assignees: tuple[str, ...]) -> GithubIssue:
        return self._repository.create_issue(
            title=action.title, body=action.body, labels=list(action.labels), assignees=list(assignees) or NotSet
        )

    def _make_labels(self, wanted: tuple[str, ...], needed: tuple[str, ...]) -> list[Problem]:
        """Make the labels that are missing; without the first of an issue, by which it is found, none is opened."""
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
                    self._make_label(name, colour, description)
            except TrackerError as error:
                if name in needed:
                    self._labels.discard(name.casefold())
                    raise
                problems.append(Problem(Gravity.WARNING, error.what, error.advice))
        return problems

    def _make_label(self, name: str, colour: str, description: str) -> None:
        try:
            self._repository.create_label(name, colour, description)
        except GithubException as refusal:
            errors = refusal.data.get("errors") if isinstance(refusal.data, dict) else None
            # Another sweep, or a person, may have made it meanwhile.
            if refusal.status != _UNPROCESSABLE or "already_exists" not in str(errors):
                raise

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


def _advice(action: Create | Change, error: TrackerError) -> str:
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


def _words(action: Create | Change) -> str:
    match action:
        case Create():
            return f"open the issue of {action.identity.workflow} - {action.identity.job}"
        case Update():
            return f"update issue #{action.number}"
        case Reopen():
            return f"reopen issue #{action.number}"
        case Close():
            return f"close issue #{action.number}"
