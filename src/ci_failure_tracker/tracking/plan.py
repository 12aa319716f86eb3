"""The rule book: from histories and tracked issues to a plan. Every decision carries its reason.

The numbers are those of the rules in docs/architecture.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import (
    Action,
    Create,
    Failing,
    Gravity,
    History,
    Identity,
    Observation,
    Plan,
    Problem,
    Reading,
    Reopen,
    Scan,
    Skip,
    State,
    Update,
    Why,
)
from ci_failure_tracker.rendering.issue import BODY_LIMIT, IssueWriter, render_title
from ci_failure_tracker.rendering.markdown import counted, plain
from ci_failure_tracker.rendering.reasons import cut_in_middle, headline_text
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.tracking.causes import recall
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.marker import Tracked, compose, find_tracked
from ci_failure_tracker.tracking.memory import follow, remember, reopen

_NO_ROOM = "the text that people wrote leaves no room for the tracker's"
_LOGS_ARE_THERE_AFTER = timedelta(hours=1)
_REPLACED = "its jobs fail of something else now"
_CLOSED_FOR_GOOD = frozenset({"not_planned", "duplicate"})


def make_plan(observed: Sequence[Observation], seen: Scan, settings: Settings, now: datetime) -> Plan:
    """Decide what is to be done for every identity that failed; pure, so that a dry run is the same plan."""
    tracked = find_tracked(seen.issues, seen.viewer)
    told = recall(observed, (one.state for one in tracked if one.state), seen.readings)
    histories = read_histories(told, settings)
    book = _RuleBook(settings, IssueWriter(seen.repository.url, settings.issue_template), now)
    decided = list(_decide_each(book, histories, tracked))
    return Plan(
        actions=tuple(_within_cap(decided, histories, settings)),
        failing=tuple(_failing(history) for history in histories if history.failing),
        problems=(*(_unreadable(one) for one in tracked if one.state is None), *_left_undone(decided)),
    )


def _decide_each(book: _RuleBook, histories: Sequence[History], tracked: Sequence[Tracked]) -> Iterator[Action]:
    taken: dict[str, Identity] = {}
    for history in histories:
        identity = history.identity
        if taken.setdefault(identity.id, identity) != identity:
            # `a` with the job `b:c` and `a:b` with the job `c` are one text, hence one id.
            yield _skip(history, Why.SAME_ID, "another workflow and job have the same failure id")
            continue
        try:
            yield book.decide(history, issue_of(identity.id, tracked))
        except SettingsError as mistake:
            yield _skip(history, Why.BAD_TEMPLATE, str(mistake))


def _left_undone(decided: Iterable[Action]) -> Iterator[Problem]:
    """What is skipped although somebody should know of it."""
    gravities = {Why.NO_ROOM: Gravity.WARNING, Why.SAME_ID: Gravity.WARNING, Why.BAD_TEMPLATE: Gravity.ERROR}
    for action in decided:
        if isinstance(action, Skip) and action.why in gravities:
            what = f"{action.identity.workflow} - {action.identity.job}"
            lead = f"Issue #{action.number} of {what} is not kept current" if action.number else f"{what} gets no issue"
            yield Problem(gravities[action.why], f"{lead}: {action.reason.rstrip('.')}.")


def issue_of(identity: str, tracked: Sequence[Tracked]) -> Tracked | None:
    """The issue that stands for an identity: the oldest open one, else the one closed last."""
    ours = [one for one in tracked if one.id == identity]
    still_open = [one for one in ours if one.issue.open]
    if still_open:
        return min(still_open, key=lambda one: one.issue.number)
    return max(
        ours, key=lambda one: (one.issue.closed_at is not None, one.issue.closed_at, one.issue.number), default=None
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _RuleBook:
    settings: Settings
    writer: IssueWriter
    now: datetime

    def decide(self, history: History, tracked: Tracked | None) -> Action:
        if tracked is None:
            return self._without_issue(history)
        if tracked.state is None:
            return _skip(history, Why.UNREADABLE, f"issue #{tracked.issue.number}: {tracked.defect}", tracked)
        if tracked.issue.open:
            return self._open(history, tracked, tracked.state)
        return self._closed(history, tracked, tracked.state)

    def _without_issue(self, history: History) -> Action:
        """Rule 3: failing, no issue."""
        if not history.failing:
            return _skip(history, Why.GREEN, _green_words(history))
        least = self.settings.min_failures
        if len(history.occurrences) < least:
            seen = counted(len(history.occurrences), "failed run")
            return _skip(history, Why.TOO_FEW, f"{seen}, and `min-failures` asks for {least}")
        if self._waits(history):
            return _skip(history, Why.CAUSE_UNKNOWN, "its cause is not known yet; the next sweep reads its log")
        return self._create(history, remember(None, history), f"failing, no issue yet: {_failing_words(history)}")

    def _waits(self, history: History) -> bool:
        """Whether a log may still say which cause a failure belongs to; an issue for its job would be the wrong one."""
        if self.settings.group_by is not GroupBy.CAUSE or history.identity.cause:
            return False
        late = self.now - history.latest.ended_at > _LOGS_ARE_THERE_AFTER
        return any(
            leg.job_id is not None and not leg.signature and not (leg.absence and late) for leg in history.latest.legs
        )

    def _open(self, history: History, tracked: Tracked, state: State) -> Action:
        """Rule 4: the body of an open issue is written anew where it would change."""
        fresh = remember(state, history)
        body = self._body(fresh, tracked.issue.body)
        if body is None:
            return _skip(history, Why.NO_ROOM, _NO_ROOM, tracked)
        if body == tracked.issue.body.replace("\r\n", "\n"):
            return _skip(history, Why.UNCHANGED, "nothing new since the issue was written", tracked)
        reason = ", ".join(_news(state, fresh)) or "the text of the issue changed"
        return Update(history.identity, reason, tracked.issue.number, body)

    def _closed(self, history: History, tracked: Tracked, state: State) -> Action:
        """Rule 5: failing, closed."""
        issue = tracked.issue
        if not history.failing:
            return _skip(history, Why.GREEN, _green_words(history), tracked)
        if issue.state_reason in _CLOSED_FOR_GOOD:
            words = (issue.state_reason or "").replace("_", " ")
            return _skip(
                history, Why.CLOSED_BY_PERSON, f"closed as {words}, which stands until it is reopened", tracked
            )
        closed_at = issue.closed_at or self.now
        if max(one.started_at for one in history.occurrences) <= closed_at:
            return _skip(history, Why.OLDER_THAN_CLOSING, "no failed run has started since it was closed", tracked)
        if self.now - closed_at > self.settings.reopen_within:
            follower = follow(issue.number, history, closed_at)
            return self._create(history, follower, f"failing again, long after #{issue.number} was closed")
        body = self._body(reopen(state, history), issue.body)
        if body is None:
            return _skip(history, Why.NO_ROOM, _NO_ROOM, tracked)
        return Reopen(
            history.identity, f"failing again since it was closed: {_failing_words(history)}", issue.number, body
        )

    def _create(self, history: History, state: State, reason: str) -> Action:
        body = self._body(state, "")
        if body is None:
            return _skip(history, Why.NO_ROOM, "the template's text is longer than GitHub allows")
        return Create(
            identity=history.identity,
            reason=reason,
            title=render_title(self.settings.title, history.identity, headline_text(state)),
            body=body,
            labels=self.settings.labels,
            assignees=self.settings.assignees,
        )

    def _body(self, state: State, old: str) -> str | None:
        """The longest body that GitHub takes; it counts UTF-16 units at the strictest."""
        for region in self.writer.regions(state):
            body = compose(region, state, old)
            if len(body.encode("utf-16-le", "replace")) // 2 <= BODY_LIMIT:
                return body
        return None


def _within_cap(decided: Iterable[Action], histories: Sequence[History], settings: Settings) -> Iterable[Action]:
    """Rule 3's cap: the worst issues are opened, what is over is skipped by name."""
    decided = list(decided)
    creates = [
        (history, action) for history, action in zip(histories, decided, strict=True) if isinstance(action, Create)
    ]
    creates.sort(key=lambda pair: _badness(pair[0]))
    allowed = [action for _, action in creates[: settings.max_new_issues]]
    over = {action.identity for _, action in creates[settings.max_new_issues :]}
    yield from allowed
    for action in decided:
        if not isinstance(action, Create):
            yield action
        elif action.identity in over:
            why = f"over `max-new-issues` ({settings.max_new_issues}); {action.reason}"
            yield Skip(action.identity, why, Why.OVER_CAP)


def _badness(history: History) -> tuple[int, datetime, str, str]:
    """Worst first: how often, then how long; the names make it certain."""
    return -len(history.occurrences), history.first_red.at, history.identity.workflow, history.identity.job


def _failing(history: History) -> Failing:
    latest = history.latest
    jobs = {leg.job_id for leg in latest.legs}
    known = (reading for reading in history.readings if reading.job_id in jobs and reading.signature)
    reading = min(known, key=lambda one: one.absence is not None, default=Reading(0))
    return Failing(
        identity=history.identity,
        outcome=latest.outcome,
        count=len(history.occurrences),
        since=history.first_red.at,
        run_id=latest.run_id,
        run_number=latest.number,
        branch=latest.branch,
        legs=tuple(leg for leg in history.failing_legs if leg),
        headline=reading.headline,
        signature=reading.signature,
    )


def _unreadable(one: Tracked) -> Problem:
    return Problem(
        Gravity.WARNING,
        f"Issue #{one.issue.number} is left alone: {plain(one.defect)}.",
        one.advice,
    )


def _skip(history: History, why: Why, reason: str, tracked: Tracked | None = None) -> Skip:
    return Skip(history.identity, reason, why, tracked.issue.number if tracked else None)


def _failing_words(history: History) -> str:
    return f"{counted(len(history.occurrences), 'failed run')}, the latest is run {history.latest.number}"


def _news(before: State, after: State) -> Iterator[str]:
    if new := after.count - before.count:
        yield counted(new, "new failed run")
    yield from _new_causes(before, after)
    if after.gone and not before.gone:
        yield "the workflow no longer has the job"
    if after.replaced and not before.replaced:
        yield _REPLACED
    if after.green_again is not None and before.green_again is None:
        yield f"green again since run {after.green_again.number}"


def _new_causes(before: State, after: State) -> Iterator[str]:
    known = {cause.headline for cause in before.causes}  # what a reader can tell apart
    new = dict.fromkeys(cause.headline for cause in after.causes if cause.headline not in known)
    if len(new) > 1:
        yield counted(len(new), "new cause")
    elif new:
        yield f"{'new cause' if known else 'its cause'}: {cut_in_middle(next(iter(new)), 120)}"
    elif after.count == before.count and (told := _told(after) - _told(before)):
        yield f"the cause of {counted(told, 'more failed job')} is known"


def _told(state: State) -> int:
    """Of how many failed jobs the cause is known."""
    return state.other_causes + sum(cause.count for cause in state.causes)


def _green_words(history: History) -> str:
    if history.gone:
        return "the workflow no longer has the job"
    if history.replaced:
        return _REPLACED
    if history.green_again is None:
        return "not failing when it was last seen"
    return f"green again since run {history.green_again.number}"
