"""Writes issues to GitHub and runs failed jobs again; no other module writes anything.

A dry run has a writer of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from ci_failure_tracker.errors import (
    GitHubError,
    MalformedError,
    MissingRightError,
    RateLimitedError,
    RefusedError,
    RequestsSpentError,
    TrackerError,
    UnansweredError,
    UnreachedError,
)
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.client import MeteredRequester, translated
from ci_failure_tracker.github.fields import LeftOut, each, left_out_problems
from ci_failure_tracker.github.idempotent_writes import RIGHT, IdempotentWrites, IdentityOf
from ci_failure_tracker.github.pages import read_list
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import (
    KNOWN_ISSUE,
    Action,
    Change,
    Close,
    Create,
    Issue,
    IssueRef,
    KnownResult,
    KnownWrite,
    Problem,
    Reopen,
    Rerun,
    Result,
    Severity,
    Skip,
    Update,
    WriteStatus,
    verb,
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
    """The writer of a dry run."""

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        """Write nothing; every action stays planned."""
        return tuple(map(_unwritten, actions))

    def write_known(self, writes: Sequence[KnownWrite]) -> tuple[KnownResult, ...]:
        """Write nothing."""
        return tuple(KnownResult(write, WriteStatus.PLANNED) for write in writes)

    def run_again(self, reruns: Sequence[Rerun]) -> tuple[Result, ...]:
        """Run nothing again."""
        return tuple(Result(rerun, WriteStatus.PLANNED) for rerun in reruns)


def _unwritten(action: Action) -> Result:
    if isinstance(action, Skip):
        return Result(action, WriteStatus.LEFT, action.number)
    return Result(action, WriteStatus.PLANNED, None if isinstance(action, Create) else action.number)


_RERUNS_FORBIDDEN = Problem(
    Severity.NOTICE,
    "No failed job was run again, because this token may not do that.",
    "Add `actions: write` to the permissions of the job, or set `rerun: none`.",
)


class LabelsDroppedError(TrackerError):
    """GitHub created the issue without the label by which the tracker finds it."""


@dataclass(frozen=True, slots=True)
class IssueTexts:
    """The functions that read and write texts of issues.

    `identity_of` returns the failure id of an issue of the tracker. `as_duplicate` returns the body and the comment of
    an issue that is closed as a duplicate. It takes how the issue was created, the number of the older issue, and the
    time. `with_known_table` returns the body of a known issue with another text of the tracker, if its block has a
    digest still.
    """

    identity_of: IdentityOf
    as_duplicate: Callable[[Create, int, datetime], tuple[str, str]]
    with_known_table: Callable[[str, str, str], str | None]


class GitHubIssueWriter:
    """Carries out one action after another; an action that fails does not stop the others."""

    def __init__(self, requester: MeteredRequester, queries: Queries, texts: IssueTexts, progress: Progress) -> None:
        """Send no request yet; `queries` reads the repository that is written to."""
        self._texts = texts
        self._queries = queries
        self._budget = requester.budget
        self._once = IdempotentWrites(requester, queries, texts.identity_of)
        self._requester = requester
        self._progress = progress
        self._labels: set[str] | None = None
        self._stopped: TrackerError | None = None
        self._no_reruns: MissingRightError | None = None
        self._create_lost = False
        self._created: dict[int, tuple[Create, Issue]] = {}
        self._not_written: set[str] = set()

    def apply(self, actions: Sequence[Action]) -> tuple[Result, ...]:
        """Carry out the actions."""
        # One writer serves several rounds, and duplicates are looked for among the issues of this one.
        self._progress.phase("Write the issues", sum(not isinstance(action, Skip) for action in actions))
        self._created.clear()
        results = [self._carry_out(action) for action in actions]
        try:
            # Once for all new issues, at the end: another sweep may open its own while this one writes.
            older = self._older_duplicates() if self._created else {}
        except MalformedError as error:
            results[-1] = replace(results[-1], problems=(*results[-1].problems, _warning(error)))
            older = {}
        return tuple(
            self._close_as_duplicate(result, older[result.number]) if result.number in older else result
            for result in results
        )

    def write_known(self, writes: Sequence[KnownWrite]) -> tuple[KnownResult, ...]:
        """Write the tracker's own text into known issues; what is not written is counted in the next sweep."""
        if writes:
            self._progress.phase("Write the known issues", len(writes))
        return tuple(map(self._write_known, writes))

    def _write_known(self, write: KnownWrite) -> KnownResult:
        def change(issue: Issue) -> str | None:
            # A person took the label off since the sweep read the issue. It is theirs again.
            if not issue.has_label(KNOWN_ISSUE):
                return None
            return self._texts.with_known_table(issue.body, write.table, write.block)

        doing = f"write the known issue #{write.number}"
        try:
            self._budget.check(2)
            is_done = self._once.write_part(doing, write.number, change)
            return KnownResult(write, WriteStatus.DONE if is_done else WriteStatus.LEFT)
        except TrackerError as error:
            problem = Problem(error.severity, error.what, error.advice or "The next sweep tries again.")
            return KnownResult(write, WriteStatus.FAILED, (problem,))
        finally:
            self._progress.advance()

    def run_again(self, reruns: Sequence[Rerun]) -> tuple[Result, ...]:
        """Run the failed jobs of runs again. A token without the right, or a refusal by GitHub, is no error."""
        if reruns:
            self._progress.phase("Run failed jobs again", len(reruns))
        return tuple(map(self._run_again, reruns))

    def _run_again(self, rerun: Rerun) -> Result:
        try:
            if self._no_reruns is not None:
                raise self._no_reruns
            self._budget.check(2)
            self._once.run_failed_jobs_again(f"run the failed jobs of run {rerun.run_number} again", rerun.run_id)
            return Result(rerun, WriteStatus.DONE)
        except MissingRightError as error:
            self._no_reruns = error
            return Result(rerun, WriteStatus.LEFT, problems=(_RERUNS_FORBIDDEN,))
        except TrackerError as error:
            what = f"Run {rerun.run_number} of {rerun.identity.workflow} was not run again. {error.what}"
            return Result(rerun, WriteStatus.LEFT, problems=(Problem(Severity.NOTICE, what, error.advice),))
        finally:
            self._progress.advance()

    def _carry_out(self, action: Action) -> Result:
        if isinstance(action, Skip):
            return _unwritten(action)
        try:
            self._may_begin(action)
            with translated(_words(action), RIGHT):
                return self._create(action) if isinstance(action, Create) else self._change(action)
        except TrackerError as error:
            if isinstance(error, _SAME_FOR_ALL):
                self._stopped = error
            # If new issues do not show in GitHub's list, the next one might be opened twice.
            self._create_lost |= isinstance(action, Create) and _may_be_done(error)
            number = None if isinstance(action, Create) else action.number
            self._not_written.add(action.identity.id)
            problem = Problem(error.severity, error.what, _advice(action, error))
            return Result(action, WriteStatus.FAILED, number, problems=(problem,))
        finally:
            self._progress.advance()

    def _may_begin(self, action: Create | Change) -> None:
        if self._stopped is not None:
            raise self._stopped
        if isinstance(action, Create) and self._create_lost:
            raise GitHubError("GitHub's answer to another new issue was lost.", "The next sweep opens this one.")
        if isinstance(action, Close) and action.identity.id in self._not_written:
            raise GitHubError("It stays open until its duplicate is closed.", "The next sweep tries again.")
        if isinstance(action, Close) and action.held_by in self._not_written:
            raise GitHubError("It stays open until the issue is written that counts it.", "The next sweep tries again.")
        # What is begun is finished: no comment stands there without the body that it speaks of.
        self._budget.check(_price(action, self._labels))

    # --- changes ---------------------------------------------------------------------------------

    def _change(self, action: Change) -> Result:
        """Labels and comment come first: after the new body is written, no later sweep would add them."""
        action = self._with_new_issue(action)
        problems = tuple(self._label_and_comment(action))
        url = self._edit(action)
        return Result(action, WriteStatus.DONE, action.number, url, problems)

    def _with_new_issue(self, action: Change) -> Change:
        """The action with the number of the issue that this sweep opened, if it refers to one.

        Raises:
            GitHubError: that issue was not opened.
        """
        if not isinstance(action, Close) or not isinstance(action.duplicate_of, IssueRef):
            return action
        ref = action.duplicate_of
        created = (issue for create, issue in self._created.values() if create.identity.id == ref.identity_id)
        if (kept := next(created, None)) is None:
            raise GitHubError("The issue that replaces it was not opened.", "The next sweep tries again.")
        comment = action.comment.replace(ref.placeholder, str(kept.number))
        return replace(action, comment=comment, duplicate_of=kept.database_id)

    def _edit(self, action: Change) -> str:
        """Write body and state in one request, so that the marker of a closed issue always says who closed it."""
        number = action.number
        match action:
            case Update():
                return self._once.write_body(_words(action), number, action.body)
            case Reopen():
                return self._once.write_body(_words(action), number, action.body, "open", "reopened", action.title)
            case Close(duplicate_of=int(kept)):
                return self._once.close_as_duplicate(_words(action), number, action.body, kept)
            case Close():
                return self._once.write_body(_words(action), number, action.body, "closed", action.state_reason)

    def _label_and_comment(self, action: Change) -> Iterator[Problem]:
        """A refusal by GitHub is a problem and does not stop the change; an error that may not recur does."""
        try:
            if action.labels:
                problems = self._make_labels(action.labels, needed=())
                self._once.labels(f"label issue #{action.number}", action.number, action.labels)
                yield from problems
        except TrackerError as error:
            yield _refusal(error)
        try:
            if action.comment:
                self._once.comment(f"comment on issue #{action.number}", action.number, action.comment)
        except TrackerError as error:
            yield _refusal(error)

    # --- new issues ------------------------------------------------------------------------------

    def _create(self, action: Create) -> Result:
        problems = self._make_labels(action.labels, needed=action.labels[:1])
        try:
            issue = self._once.open_issue(_words(action), action, action.assignees, action.issue_type)
        except RefusedError:
            if not (action.assignees or action.issue_type):
                raise
            issue = self._create_plainly(action)
        self._check_label(issue, action)
        self._created[issue.number] = (action, issue)
        return Result(action, WriteStatus.DONE, issue.number, issue.url, (*problems, *_what_was_dropped(issue, action)))

    def _create_plainly(self, action: Create) -> Issue:
        """Open an issue that GitHub refuses with a type or an assignee that does not exist.

        A request to assign only leaves out who does not exist.
        """
        issue = self._once.open_issue(_words(action), action, (), "")
        if not action.assignees:
            return issue
        return self._once.assign(_words(action), issue.number, action.assignees)

    # --- another sweep at the same time ----------------------------------------------------------

    def _older_duplicates(self) -> dict[int | None, Issue]:
        """By the number of each issue just created, an older one that another sweep opened at the same time.

        Both sweeps look after they have created their issues, so at least the later one sees the other's. A list that
        lacks the newest issue of this sweep lags behind, and is read again.
        """
        # The first label is the tracker's own. Every issue of this sweep has it.
        label = next(iter(self._created.values()))[0].labels[0]
        try:
            others = self._newest_open(label)
        except MalformedError:
            raise
        except TrackerError:
            return {}  # the next sweep finds it (rule 2)
        older = {number: self._older_duplicate(*created, others) for number, created in self._created.items()}
        return {number: kept for number, kept in older.items() if kept is not None}

    def _newest_open(self, label: str) -> Sequence[Issue]:
        """The newest open issues; the list is read until it holds the newest issue of this sweep, or time is over."""
        listed: Sequence[Issue] = ()
        for _ in chain([None], self._once.looks()):
            listed = self._queries.newest_open_issues(label)
            if max(self._created) in {issue.number for issue in listed}:
                break
        return listed

    def _older_duplicate(self, action: Create, created: Issue, others: Sequence[Issue]) -> Issue | None:
        """The oldest open issue of the same identity, if it is older than the one just created."""
        older = (issue for issue in others if issue.open and issue.number < created.number)
        # An issue of the same account is trusted like one of a person who may write.
        same = (issue for issue in older if self._texts.identity_of(issue, created.author) == action.identity.id)
        return min(same, key=lambda issue: issue.number, default=None)

    def _close_as_duplicate(self, result: Result, kept: Issue) -> Result:
        """Close an issue that this sweep created, because another sweep created one for the same before."""
        action, created = self._created[result.number or 0]
        body, comment = self._texts.as_duplicate(action, kept.number, created.created_at or action.state.last_seen)
        what = f"Another sweep opened #{kept.number} for the same failure at the same time"
        doing = f"close issue #{created.number}"
        try:
            self._once.comment(doing, created.number, comment)
            self._once.close_as_duplicate(doing, created.number, body, kept.database_id or 0)
        except TrackerError as error:
            problem = Problem(Severity.ERROR, f"{what}. {error.what}", error.advice)
            return replace(result, problems=(*result.problems, problem))
        notice = Problem(Severity.NOTICE, f"{what}, so #{created.number} was closed as its duplicate.")
        return Result(action, WriteStatus.LEFT, kept.number, problems=(*result.problems, notice))

    # --- labels ----------------------------------------------------------------------------------

    def _make_labels(self, names: tuple[str, ...], needed: tuple[str, ...]) -> list[Problem]:
        """Create the missing labels; an error is raised only if a needed one cannot be created."""
        problems: list[Problem] = []
        if self._labels is None:
            self._labels = self._read_labels(problems)
        for name in names:
            if name.casefold() in self._labels:
                continue
            colour, description = _LABELS.get(name, _OTHER_LABEL)
            try:
                self._once.make_label(f"make the label {name!r}", name, colour, description)
            except TrackerError as error:
                if name in needed:
                    raise
                problems.append(_warning(error))
            # Also if it could not be made, so that each label is tried once in a sweep.
            self._labels.add(name.casefold())
        return problems

    def _read_labels(self, problems: list[Problem]) -> set[str]:
        """The names of the repository's labels; GitHub refuses to create one that is missing here and exists."""
        left_out: list[LeftOut] = []
        listed = read_list(self._requester, f"{self._queries.address}/labels").items
        names = {name.casefold() for name in each(listed, "label", answers.label, left_out)}
        problems += left_out_problems(left_out)
        return names

    def _check_label(self, issue: Issue, action: Create) -> None:
        """Close an issue that lacks the label of the tracker: GitHub silently drops labels that the token may not add.

        Otherwise every sweep would open the issue again. No other issue is opened after that.
        """
        if issue.has_label(action.labels[0]):
            return
        try:
            self._once.write_body(_words(action), issue.number, action.body, "closed", "not_planned")
            ending = "so it was closed and no other was opened"
        except TrackerError:
            ending = "and it could not be closed again: close it by hand. No other was opened"
        raise LabelsDroppedError(
            f"GitHub dropped the label {action.labels[0]!r} of issue #{issue.number}, because this token may not "
            f"label issues. Without it no later sweep would find the issue, {ending}.",
            MissingRightError("label issues", RIGHT).advice,
        )


_SAME_FOR_ALL = (MissingRightError, LabelsDroppedError, RateLimitedError, RequestsSpentError)
"""After one of these errors no other write is tried."""

_MAY_NOT_RECUR = (UnansweredError, RateLimitedError)


def _refusal(error: TrackerError) -> Problem:
    if isinstance(error, _MAY_NOT_RECUR):
        raise error
    return Problem(Severity.ERROR, error.what, error.advice)


def _warning(error: TrackerError) -> Problem:
    return Problem(Severity.WARNING, error.what, error.advice)


def _price(action: Create | Change, labels: set[str] | None) -> int:
    """How many requests an action takes at most, if nothing fails."""
    missing = len(action.labels) if labels is None else sum(name.casefold() not in labels for name in action.labels)
    listing = int(labels is None and bool(action.labels))
    if isinstance(action, Create):
        return 2 + listing + missing  # one to look for duplicates at the end
    return 1 + listing + missing + bool(action.labels) + 2 * bool(action.comment)


def _advice(action: Create | Change, error: TrackerError) -> str:
    if not isinstance(action, Create) or not _may_be_done(error):
        return error.advice
    return f"If it was opened, the next sweep finds it. {error.advice}".strip()


def _may_be_done(error: TrackerError) -> bool:
    """Whether GitHub may have carried out the write."""
    return isinstance(error, UnansweredError) and not isinstance(error, UnreachedError)


def _what_was_dropped(issue: Issue, action: Create) -> list[Problem]:
    labels = [name for name in action.labels if not issue.has_label(name)]
    have = {login.casefold() for login in issue.assignees}
    people = [login for login in action.assignees if login.casefold() not in have]
    types = [action.issue_type] if action.issue_type.casefold() != issue.issue_type.casefold() else []
    return [
        Problem(
            Severity.WARNING,
            f"Issue #{issue.number} was opened without the {kind} {', '.join(map(repr, missing))}.",
            advice,
        )
        for kind, missing, advice in (
            ("label", labels, "Check that the token has `issues: write`."),
            ("assignee", people, "Check the spelling, and that they have access to the repository."),
            ("type", types, "Check that the organisation has this type, and that the token may push."),
        )
        if missing
    ]


def _words(action: Create | Change) -> str:
    if isinstance(action, Create):
        return f"open the issue of {action.identity.workflow} - {action.identity.job}"
    return f"{verb(action)} issue #{action.number}"
