"""The one door through which anything is written to GitHub, and the same door shut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from github.Issue import Issue as GithubIssue

from ci_failure_tracker.errors import (
    GitHubError,
    MissingRightError,
    RateLimitedError,
    RefusedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
)
from ci_failure_tracker.github.client import MeteredRequester, translated, unread_repository
from ci_failure_tracker.github.idempotent_writes import RIGHT, IdempotentWrites, IdentityOf
from ci_failure_tracker.github.queries import Queries, as_issue, is_pull_request
from ci_failure_tracker.model import (
    Action,
    Change,
    Close,
    Create,
    Issue,
    Problem,
    Reopen,
    Result,
    Severity,
    Skip,
    Update,
    WriteStatus,
)
from ci_failure_tracker.model.progress import Progress

_LABELS = {
    "ci-failure": ("b60205", "A CI job is failing; kept current by ci-failure-tracker"),
    "github-actions": ("2088ff", "About the workflows of this repository"),
    "automated": ("ededed", "Written by a program"),
    "flaky": ("fbca04", "Fails and passes without a change"),
}
_OTHER_LABEL = ("ededed", "Set by ci-failure-tracker")


class DryRunWriter:
    """A dry run: every action stays a plan."""

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        """Write nothing."""
        return tuple(_stays(action) for action in actions)


def _stays(action: Action) -> Result:
    if isinstance(action, Skip):
        return Result(action, WriteStatus.LEFT, action.number)
    return Result(action, WriteStatus.PLANNED, None if isinstance(action, Create) else action.number)


class LabelsDroppedError(TrackerError):
    """GitHub made the issue but left out the label by which the tracker would find it again."""


@dataclass(frozen=True, slots=True)
class IssueTexts:
    """What only the text of an issue tells, and what is written where another sweep was quicker.

    `identity_of` gives the failure id of an issue that is ours. `as_duplicate` gives the body and the comment with
    which a new issue is closed, because the one with this number was opened for the same, at the time of its opening.
    """

    identity_of: IdentityOf
    as_duplicate: Callable[[Create, int, datetime], tuple[str, str]]


class GitHubIssueWriter:
    """Writes one action after another; one that fails does not stop the others."""

    def __init__(self, requester: MeteredRequester, queries: Queries, texts: IssueTexts, progress: Progress) -> None:
        """Writes to the repository that was read; nothing is asked yet."""
        self._texts = texts
        self._reads = queries
        self._repository = unread_repository(requester, queries.name)
        self._budget = requester.budget
        self._once = IdempotentWrites(requester, self._repository, queries, texts.identity_of)
        self._requester = requester
        self._progress = progress
        self._labels: set[str] | None = None
        self._stopped: TrackerError | None = None
        self._created: dict[int, Issue] = {}
        self._with_twin: set[str] = set()

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        """Carry out the actions."""
        self._progress.phase("Write the issues", sum(not isinstance(action, Skip) for action in actions))
        self._created.clear()
        # It may have turned out to be called otherwise now.
        self._repository = unread_repository(self._requester, self._reads.name)
        self._once = IdempotentWrites(self._requester, self._repository, self._reads, self._texts.identity_of)
        results = [self._carry_out(action) for action in actions]
        if not self._created:
            return tuple(results)
        twins = self._older_twins(results)
        return tuple(self._give_way(one, twins[one.number]) if one.number in twins else one for one in results)

    def _carry_out(self, action: Action) -> Result:
        if isinstance(action, Skip):
            return _stays(action)
        try:
            self._may_begin(action)
            with translated(_words(action), RIGHT):
                return self._create(action) if isinstance(action, Create) else self._change(action)
        except TrackerError as error:
            if isinstance(error, _SAME_FOR_ALL):
                self._stopped = error
            number = None if isinstance(action, Create) else action.number
            self._with_twin.add(action.identity.id)
            problem = Problem(error.severity, error.what, _advice(action, error))
            return Result(action, WriteStatus.FAILED, number, problems=(problem,))
        finally:
            self._progress.advance()

    def _may_begin(self, action: Create | Change) -> None:
        if self._stopped is not None:
            raise self._stopped
        if isinstance(action, Close) and action.identity.id in self._with_twin:
            raise GitHubError("It stays open until its duplicate is closed.", "The next sweep tries again.")
        self._budget.check(_price(action, self._labels))

    # --- changing --------------------------------------------------------------------------------

    def _change(self, action: Change) -> Result:
        """The labels and the comment first: once the body says it, no later sweep would say it again."""
        issue = self._issue(action.number)
        problems = tuple(self._say(issue, action))
        self._edit(issue, action)
        return Result(action, WriteStatus.DONE, action.number, issue.html_url, problems)

    def _edit(self, issue: GithubIssue, action: Change) -> None:
        """One request, so that an issue is never closed without the marker that says that it was us."""
        match action:
            case Update():
                self._once.write_body(_words(action), issue, action.body)
            case Reopen():
                self._once.write_body(_words(action), issue, action.body, "open", "reopened")
            case Close():
                self._once.write_body(_words(action), issue, action.body, "closed", action.state_reason)

    def _say(self, issue: GithubIssue, action: Change) -> Iterator[Problem]:
        """What GitHub refuses is a problem, and the change is made all the same; what may go well later stops it."""
        for doing, say in self._to_say(issue, action):
            try:
                yield from say(doing)
            except TrackerError as error:
                if isinstance(error, _MAY_GO_WELL_LATER):
                    raise
                yield Problem(Severity.ERROR, error.what, error.advice)

    def _to_say(self, issue: GithubIssue, action: Change) -> Iterator[tuple[str, Callable[[str], Sequence[Problem]]]]:
        if action.labels:
            yield f"label issue #{action.number}", lambda doing: self._label(doing, issue, action.labels)
        if action.comment:
            yield f"comment on issue #{action.number}", lambda doing: self._comment(doing, issue, action.comment)

    def _label(self, doing: str, issue: GithubIssue, names: tuple[str, ...]) -> Sequence[Problem]:
        problems = self._make_labels(names, needed=())
        self._once.labels(doing, issue, names)
        return problems

    def _comment(self, doing: str, issue: GithubIssue, text: str) -> Sequence[Problem]:
        self._once.comment(doing, issue, text)
        return ()

    def _issue(self, number: int) -> GithubIssue:
        """The issue as something to write to, without a request to read it first."""
        url = f"{self._repository.url}/issues/{number}"
        return GithubIssue(self._requester, {}, {"url": url, "number": number}, completed=True)

    # --- creating --------------------------------------------------------------------------------

    def _create(self, action: Create) -> Result:
        problems = self._make_labels(action.labels, needed=action.labels[:1])
        try:
            issue = self._once.open_issue(_words(action), action, action.assignees)
        except RefusedError:
            if not action.assignees:
                raise
            # A refused issue was not made. One misspelt login must not keep every issue from being opened, and
            # asked for alone, the assignees that do not exist are left out instead of refused.
            issue = self._once.open_issue(_words(action), action, ())
            self._once.assign(_words(action), issue, action.assignees)
        self._check_found_again(issue, action)
        self._created[issue.number] = as_issue(issue)
        return Result(
            action, WriteStatus.DONE, issue.number, issue.html_url, (*problems, *_what_was_dropped(issue, action))
        )

    # --- another sweep at the same time ----------------------------------------------------------

    def _older_twins(self, results: Sequence[Result]) -> dict[int | None, int]:
        """For each issue just created the older open one of the same identity that another sweep opened meanwhile.

        Both sweeps look after they have created, so at least the second one sees the first one's issue.
        """
        label = next(iter(one.action.labels[0] for one in results if isinstance(one.action, Create)))
        try:
            with translated("look whether another sweep opened the same issue", RIGHT):
                found = self._repository.get_issues(
                    state="open", labels=[label], sort="created", direction="desc"
                ).get_page(0)
                others = [as_issue(one) for one in found if not is_pull_request(one)]
        except TrackerError:
            return {}  # the next sweep finds it (rule 2)
        return {
            one.number: kept
            for one in results
            if isinstance(one.action, Create) and (kept := self._older_twin(one, others)) is not None
        }

    def _older_twin(self, result: Result, others: Sequence[Issue]) -> int | None:
        """The oldest open issue of the same identity that is older than the one just created."""
        ours = self._created.get(result.number or 0)
        if ours is None:
            return None
        older = (one for one in others if one.open and one.number < ours.number)
        # An issue of our own account is trusted as well as one of somebody who may write.
        twins = (one for one in older if self._texts.identity_of(one, ours.author) == result.action.identity.id)
        return min((one.number for one in twins), default=None)

    def _give_way(self, result: Result, kept: int) -> Result:
        """Close an issue that this sweep created for the one that another created before."""
        ours = self._created[result.number or 0]
        assert isinstance(result.action, Create)  # noqa: S101 - what was created is
        at = ours.created_at or result.action.state.last_seen
        body, comment = self._texts.as_duplicate(result.action, kept, at)
        what = f"Another sweep opened #{kept} for the same at the same time"
        doing, issue = f"close issue #{ours.number}", self._issue(ours.number)
        try:
            self._once.comment(doing, issue, comment)
            self._once.write_body(doing, issue, body, "closed", "duplicate")
        except TrackerError as error:
            problem = Problem(Severity.ERROR, f"{what}. {error.what}", error.advice)
            return replace(result, problems=(*result.problems, problem))
        notice = Problem(Severity.NOTICE, f"{what}, so #{ours.number} was closed as its duplicate.")
        return Result(result.action, WriteStatus.LEFT, kept, problems=(*result.problems, notice))

    # --- labels ----------------------------------------------------------------------------------

    def _make_labels(self, wanted: tuple[str, ...], needed: tuple[str, ...]) -> list[Problem]:
        """Make the labels that are missing; without the first of an issue, by which it is found, none is opened."""
        problems: list[Problem] = []
        if self._labels is None:
            self._labels = {label.name.casefold() for label in self._repository.get_labels()}
        for name in wanted:
            if name.casefold() in self._labels:
                continue
            colour, description = _LABELS.get(name, _OTHER_LABEL)
            try:
                self._once.make_label(f"make the label {name!r}", name, colour, description)
            except TrackerError as error:
                if name in needed:
                    raise
                problems.append(Problem(Severity.WARNING, error.what, error.advice))
            self._labels.add(name.casefold())
        return problems

    def _check_found_again(self, issue: GithubIssue, action: Create) -> None:
        """GitHub drops labels without a word where the token may not label.

        An issue without the tracker's label would be opened again by every sweep, so it is closed at once and
        no other is opened.
        """
        if action.labels[0].casefold() in _names(issue):
            return
        try:
            self._once.write_body(_words(action), issue, action.body, "closed", "not_planned")
            fate = "so it was closed and no other was opened"
        except TrackerError:
            fate = "and it could not be closed again: close it by hand. No other was opened"
        raise LabelsDroppedError(
            f"GitHub dropped the label {action.labels[0]!r} of issue #{issue.number}, because this token may not "
            f"label issues. Without it no later sweep would find the issue, {fate}.",
            MissingRightError("label issues", RIGHT).advice,
        )


_SAME_FOR_ALL = (MissingRightError, LabelsDroppedError, RateLimitedError, RequestsSpentError)
"""Errors after which no other write is tried."""

_MAY_GO_WELL_LATER = (UnansweredError, RateLimitedError)


def _price(action: Create | Change, labels: set[str] | None) -> int:
    """How many requests an action takes at most, if all goes well."""
    missing = len(action.labels) if labels is None else sum(one.casefold() not in labels for one in action.labels)
    listing = int(labels is None and bool(action.labels))
    if isinstance(action, Create):
        return 2 + listing + missing  # one to look at the end for what another sweep opened
    return 1 + listing + missing + bool(action.labels) + 2 * bool(action.comment)


def _advice(action: Create | Change, error: TrackerError) -> str:
    if not isinstance(action, Create) or not isinstance(error, UnansweredError):
        return error.advice
    return f"It may have been opened all the same; the next sweep finds it then. {error.advice}".strip()


def _what_was_dropped(issue: GithubIssue, action: Create) -> list[Problem]:
    labels = [name for name in action.labels if name.casefold() not in _names(issue)]
    have = {user.login.casefold() for user in issue.assignees}
    people = [login for login in action.assignees if login.casefold() not in have]
    return [
        Problem(
            Severity.WARNING,
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
