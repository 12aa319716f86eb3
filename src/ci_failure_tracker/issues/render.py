"""From decisions to writes: titles, bodies that fit, comments. A body is rendered once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.issues.body import IssueTemplate, render_title
from ci_failure_tracker.issues.comments import (
    closing_comment,
    duplicate_comment,
    news_comment,
    reopening_comment,
)
from ci_failure_tracker.issues.evidence import headline_text
from ci_failure_tracker.issues.marker import compose, has_room_for_checkpoint, marked
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
    CloseReason.DUPLICATE: "duplicate",
}


def render(
    decisions: Iterable[Decision | Skip], template: IssueTemplate, repository: Repository, settings: Settings
) -> tuple[Action, ...]:
    """The writes that decisions come to; one whose issue would not change, or cannot be written, is left with a reason.

    Where an issue cannot be written, no other says how far the sweep has read: what it does not hold has to be read
    again.
    """
    renderer = _Renderer(template, repository.url, settings)
    drafts = [one if isinstance(one, Skip) else renderer.draft(one) for one in decisions]
    all_written = not any(
        isinstance(one, Skip) and one.skip_reason in {SkipReason.NO_ROOM, SkipReason.BAD_TEMPLATE} for one in drafts
    )
    return tuple(one if isinstance(one, Skip) else renderer.write(one, with_reach=all_written) for one in drafts)


def unwritten(actions: Iterable[Action]) -> Iterator[Problem]:
    """What could not be rendered although somebody should know of it."""
    severities = {SkipReason.NO_ROOM: Severity.WARNING, SkipReason.BAD_TEMPLATE: Severity.ERROR}
    for one in actions:
        if isinstance(one, Skip) and one.skip_reason in severities:
            yield one.problem(severities[one.skip_reason])


def closed_as_duplicate(write: Create, kept: int, at: datetime) -> tuple[str, str]:
    """The body and the comment with which a new issue is closed, because #`kept` was opened for the same before."""
    state = replace(write.state, closed=Closing(CloseReason.DUPLICATE, at))
    return marked(write.body, state), duplicate_comment(kept)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A decision with its region of the body, and the body as it is without what this sweep says of its reach."""

    decision: Decision
    state: State
    region: str
    body: str

    @property
    def old(self) -> str:
        return self.decision.issue.body if self.decision.issue else ""


@dataclass(frozen=True, slots=True)
class _Renderer:
    template: IssueTemplate
    url: str
    settings: Settings

    def draft(self, decision: Decision) -> _Draft | Skip:
        """The body, or why there is none."""
        number = decision.issue.number if decision.issue else None
        try:
            draft = self._fitting(decision)
        except SettingsError as mistake:
            return Skip(decision.identity, str(mistake), SkipReason.BAD_TEMPLATE, number)
        if draft is None:
            return Skip(decision.identity, _NO_ROOM[decision.kind is DecisionKind.CREATE], SkipReason.NO_ROOM, number)
        if decision.kind is DecisionKind.UPDATE and draft.body == draft.old.replace("\r\n", "\n"):
            waits = f"; {decision.waits}" if decision.waits else ""
            return Skip(
                decision.identity, f"nothing new since the issue was written{waits}", SkipReason.UNCHANGED, number
            )
        return draft

    def _fitting(self, decision: Decision) -> _Draft | None:
        """The longest body that GitHub takes; it counts UTF-16 units at the strictest."""
        state = replace(decision.after, checkpoint=decision.before.checkpoint if decision.before else None)
        old = decision.issue.body if decision.issue else ""
        for region in self.template.regions(state, self.url, self.settings.close_after):
            body = compose(region, state, old)
            if length(body) <= BODY_LIMIT:
                return _Draft(decision, state, region, body)
        return None

    def write(self, draft: _Draft, *, with_reach: bool) -> Action:
        """The write of a draft; only now it is known whether the issues hold all that was read."""
        decision, state, body = draft.decision, draft.state, draft.body
        if with_reach and decision.after.checkpoint != state.checkpoint:
            sealed = (
                decision.after
                if has_room_for_checkpoint(decision.after, body)
                else replace(decision.after, checkpoint=None)
            )
            state, body = sealed, compose(draft.region, sealed, draft.old)
        if decision.issue is None:
            title = render_title(self.settings.title, decision.identity, headline_text(state))
            return Create(decision.identity, decision.reason, title, body, decision.labels, decision.assignees, state)
        reason = decision.reason or decision.waits or "the text of the issue changed"
        comment, number = self._comment(decision), decision.issue.number
        match decision.kind:
            case DecisionKind.REOPEN:
                return Reopen(decision.identity, reason, number, body, state, comment, decision.labels)
            case DecisionKind.CLOSE:
                why = _STATE_REASONS[state.closed.close_reason] if state.closed else ""
                return Close(decision.identity, reason, number, body, state, comment, decision.labels, state_reason=why)
            case _:
                return Update(decision.identity, reason, number, body, state, comment, decision.labels)

    def _comment(self, decision: Decision) -> str:
        state = decision.after
        match decision.comment:
            case News() as news:
                return news_comment(state, self.url, news)
            case Reopened(closed_at):
                return reopening_comment(state, closed_at, self.url)
            case Closed(ending, at):
                return closing_comment(state, ending, self.url, at)
            case DuplicateOf(number):
                return duplicate_comment(number)
            case None:
                return ""


_NO_ROOM = {
    True: "the template's text is longer than GitHub allows",
    False: "the text that people wrote leaves no room for the tracker's",
}
