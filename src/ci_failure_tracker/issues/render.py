"""Renders decisions into writes: titles, bodies that fit, comments. Each body is rendered once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.issues.body import IssueTemplate
from ci_failure_tracker.issues.comments import (
    closing_comment,
    duplicate_comment,
    news_comment,
    reopening_comment,
)
from ci_failure_tracker.issues.marker import compose, has_room_for_checkpoint, marked
from ci_failure_tracker.issues.title import digest_of, title_of
from ci_failure_tracker.model import (
    Action,
    Close,
    Closed,
    CloseReason,
    Closing,
    Create,
    Decision,
    DecisionKind,
    DuplicateOf,
    Issue,
    News,
    Problem,
    Reopen,
    Reopened,
    Repository,
    Severity,
    Skip,
    SkipReason,
    State,
    Update,
)
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.text.markdown import BODY_LIMIT, length

_STATE_REASONS = {
    CloseReason.RECOVERED: "completed",
    CloseReason.MOVED_ON: "completed",
    CloseReason.GONE: "not_planned",
    CloseReason.ALLOWED: "not_planned",
    CloseReason.DUPLICATE: "duplicate",
}


def render(
    decisions: Iterable[Decision | Skip], template: IssueTemplate, repository: Repository, settings: Settings
) -> tuple[Action, ...]:
    """The writes of the decisions. A decision that changes nothing or cannot be written becomes a skip with a reason.

    If an issue cannot be written, no issue gets the checkpoint of this sweep: what that issue does not hold has to be
    read again.
    """
    renderer = _Renderer(template, repository.url, settings)
    drafts = [decision if isinstance(decision, Skip) else renderer.draft(decision) for decision in decisions]
    # First all drafts, then all writes: an issue that counts in place of others must not be lost after they are closed.
    no_text = {draft.identity.id for draft in drafts if isinstance(draft, Skip) and draft.skip_reason in _UNWRITTEN}
    drafts = [draft if isinstance(draft, Skip) else _unless_lost(draft, no_text) for draft in drafts]
    all_fit = not no_text
    return tuple(
        draft if isinstance(draft, Skip) else renderer.write(draft, with_checkpoint=all_fit) for draft in drafts
    )


def _unless_lost(draft: _Draft, no_text: Set[str]) -> _Draft | Skip:
    """The draft, or a skip if the issue that counts instead of a closed one has no text that fits."""
    decision = draft.decision
    if decision.held_by not in no_text:
        return draft
    number = decision.issue.number if decision.issue else None
    return Skip(decision.identity, "the issue that counts it instead has no room", SkipReason.NO_ROOM, number)


_UNWRITTEN = {SkipReason.NO_ROOM: Severity.WARNING, SkipReason.BAD_TEMPLATE: Severity.ERROR}


def unwritten(actions: Iterable[Action]) -> Iterator[Problem]:
    """A problem for each action that could not be rendered."""
    for action in actions:
        if isinstance(action, Skip) and action.skip_reason in _UNWRITTEN:
            yield action.problem(_UNWRITTEN[action.skip_reason])


def closed_as_duplicate(write: Create, kept: int, at: datetime) -> tuple[str, str]:
    """The body and the comment that close a new issue, because #`kept` was opened for the same failure before."""
    state = replace(write.state, closed=Closing(CloseReason.DUPLICATE, at))
    return marked(write.body, state), duplicate_comment(DuplicateOf(kept))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A decision with the region of the body, and the whole body with the checkpoint from before this sweep.

    `title` is empty if the issue keeps its title.
    """

    decision: Decision
    title: str
    state: State
    region: str
    body: str

    @property
    def old(self) -> str:
        return _old_body(self.decision)


@dataclass(frozen=True, slots=True)
class _Renderer:
    template: IssueTemplate
    url: str
    settings: Settings

    def draft(self, decision: Decision) -> _Draft | Skip:
        """The body, or a skip that says why there is none."""
        number = decision.issue.number if decision.issue else None
        try:
            draft = self._fitting(decision)
        except SettingsError as mistake:
            return Skip(decision.identity, str(mistake), SkipReason.BAD_TEMPLATE, number)
        if draft is None:
            return Skip(decision.identity, _NO_ROOM[decision.kind is DecisionKind.CREATE], SkipReason.NO_ROOM, number)
        if (
            decision.kind is DecisionKind.UPDATE
            and not decision.labels
            # The editor on GitHub's pages stores CRLF, which is no change of the text.
            and draft.body == draft.old.replace("\r\n", "\n")
        ):
            waits = f"; {decision.waits}" if decision.waits else ""
            return Skip(
                decision.identity, f"nothing new since the issue was written{waits}", SkipReason.UNCHANGED, number
            )
        return draft

    def _title(self, decision: Decision) -> str:
        """The title to write: of a new issue, or of a reopened one whose title nobody changed; else empty."""
        issue, before = decision.issue, decision.before
        title = title_of(self.settings.title, decision.after)
        if issue is None:
            return title
        # A title that a person wrote says more to the project than ours.
        is_ours = before is not None and before.title_digest == digest_of(issue.title)
        return title if is_ours and decision.kind is DecisionKind.REOPEN and title != issue.title else ""

    def _fitting(self, decision: Decision) -> _Draft | None:
        """The longest body that GitHub accepts; `None` if none is short enough."""
        before, title = decision.before, self._title(decision)
        if title:
            decision = replace(decision, after=replace(decision.after, title_digest=digest_of(title)))
        # What only says how a sweep read is no reason to write.
        state = replace(
            decision.after,
            checkpoint=before.checkpoint if before else None,
            watched=before.watched if before else None,
        )
        old = _old_body(decision)
        # Full length first, because most issues have room for it.
        for region in self.template.regions(state, self.url, self.settings.close_after):
            body = compose(region, state, old)
            if length(body) <= BODY_LIMIT:
                return _Draft(decision, title, state, region, body)
        return None

    def write(self, draft: _Draft, *, with_checkpoint: bool) -> Action:
        """The write of a draft, with the checkpoint of this sweep if it may have it and has room for it."""
        decision, state, body = draft.decision, draft.state, draft.body
        read = decision.after if with_checkpoint else replace(decision.after, checkpoint=state.checkpoint)
        if read != state:
            state = _with_room(read, body)
            body = compose(draft.region, state, draft.old)
        if decision.issue is None:
            texts = (draft.title, body)
            people = (decision.labels, decision.assignees)
            return Create(decision.identity, decision.reason, *texts, *people, state, self.settings.issue_type)
        reason = decision.reason or decision.waits or "the text of the issue changed"
        comment, number = self._comment(decision), decision.issue.number
        match decision.kind:
            case DecisionKind.REOPEN:
                fields = (decision.identity, reason, number, body, state, comment, decision.labels)
                return Reopen(*fields, title=draft.title)
            case DecisionKind.CLOSE:
                why = _STATE_REASONS[state.closed.close_reason] if state.closed else ""
                kept = decision.duplicate_of
                # GitHub takes the database id of the kept issue, not its number (REST API, "Update an issue").
                kept_id = kept.database_id if isinstance(kept, Issue) else kept
                fields = (decision.identity, reason, number, body, state, comment, decision.labels)
                return Close(*fields, state_reason=why, duplicate_of=kept_id, held_by=decision.held_by)
            case _:
                return Update(decision.identity, reason, number, body, state, comment, decision.labels)

    def _comment(self, decision: Decision) -> str:
        state = decision.after
        match decision.comment:
            case News() as news:
                return news_comment(state, self.url, news)
            case Reopened() as reopened:
                return reopening_comment(state, self.url, reopened)
            case Closed(ending, at, without_proof):
                return closing_comment(state, ending, self.url, at, without_proof=without_proof)
            case DuplicateOf() as duplicate:
                return duplicate_comment(duplicate, of_test=bool(state.identity.test))
            case None:
                return ""


def _old_body(decision: Decision) -> str:
    """The body to which the region and the marker are added: for a new issue it is the line with its mentions.

    So the mentions stand outside of the region, as if a person had written them: no later sweep writes them again, and
    GitHub notifies only of mentions that are new.
    """
    if decision.issue is not None:
        return decision.issue.body
    return f"For {' '.join(decision.mentions)}\n" if decision.mentions else ""


def _with_room(state: State, body: str) -> State:
    """The state with as much of its checkpoint as there is room for: all, all but the numbers of issues, or none.

    What the sweep watched comes before the checkpoint, because no other place holds it.
    """
    shorter = replace(state.checkpoint, open_issues=()) if state.checkpoint else None
    candidates = (state, replace(state, checkpoint=shorter), replace(state, checkpoint=None))
    fitting = (candidate for candidate in candidates if has_room_for_checkpoint(candidate, body))
    return next(fitting, replace(state, checkpoint=None, watched=None))


_NO_ROOM = {
    True: "the template's text is longer than GitHub allows",
    False: "the text that people wrote leaves no room for the tracker's",
}
