"""The plan: from observations and tracked issues to what is to be done, each action with its reason; pure."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import (
    ALL_JOBS,
    Action,
    Close,
    Create,
    Failing,
    Gravity,
    History,
    Identity,
    Observation,
    Plan,
    Problem,
    Reading,
    Scan,
    Skip,
    State,
    Why,
)
from ci_failure_tracker.rendering.issue import IssueWriter
from ci_failure_tracker.rendering.markdown import plain
from ci_failure_tracker.settings import GroupBy, Matrix, Settings
from ci_failure_tracker.tracking.causes import recall, remembered
from ci_failure_tracker.tracking.history import Ground, read_histories
from ci_failure_tracker.tracking.identity import identify
from ci_failure_tracker.tracking.marker import Tracked, find_tracked
from ci_failure_tracker.tracking.memory import bounds, has_counted, reopened_by_person
from ci_failure_tracker.tracking.reach import with_reach
from ci_failure_tracker.tracking.rules import RuleBook, skip
from ci_failure_tracker.tracking.storms import Storms, find_storms


def make_plan(observed: Sequence[Observation], seen: Scan, settings: Settings, now: datetime) -> Plan:
    """Decide what is to be done for every identity that failed or has an open issue; a dry run is the same plan."""
    tracked = tracked_issues(seen, now)
    known = read_known(observed, seen, tracked, settings)
    book = _rule_book(seen, known, tracked, settings, now)
    decided = list(_decide_each(book, _all_of(known), known, tracked))
    if seen.closed_unread:
        decided = [(history, _not_opened(action)) for history, action in decided]
    duplicates = _close_duplicates(book, tracked)
    default = seen.repository.default_branch
    # Duplicates first: were the one that stays closed before them, they would be all that there is.
    actions = (*duplicates, *_within_cap(decided, settings, default))
    return Plan(
        actions=with_reach(actions, _all_of(known), observed, find_tracked(seen.issues, seen.viewer), seen, settings),
        failing=tuple(
            _failing(history, issue_of(history.identity.id, tracked)) for history in known.histories if history.failing
        ),
        problems=(
            *(_unreadable(one) for one in tracked if one.state is None),
            *_left_undone(action for _, action in decided),
        ),
    )


def would_open(observed: Sequence[Observation], seen: Scan, settings: Settings, now: datetime) -> bool:
    """Whether a plan would open an issue, or only the cap keeps it from that; what has an issue is not decided."""
    tracked = tracked_issues(seen, now)
    known = read_known(observed, seen, tracked, settings)
    book = _rule_book(seen, known, tracked, settings, now)
    without = [one for one in _all_of(known) if issue_of(one.identity.id, tracked) is None]
    return any(isinstance(action, Create) for _, action in _decide_each(book, without, known, tracked))


def _rule_book(seen: Scan, known: Known, tracked: Sequence[Tracked], settings: Settings, now: datetime) -> RuleBook:
    return RuleBook(
        settings,
        IssueWriter(seen.repository.url, settings.issue_template, settings.close_after),
        seen.repository.url,
        now,
        partial=seen.window.partial or bool(seen.logs.unread),
        storms=known.storms,
        umbrellas=_numbers_of_umbrellas(known, tracked),
        commits=seen.commits,
    )


def _all_of(known: Known) -> tuple[History, ...]:
    """Storms first: what they speak for is not told by itself."""
    return (*known.storms.umbrellas, *known.histories)


def tracked_issues(seen: Scan, now: datetime) -> tuple[Tracked, ...]:
    """The issues that are ours, each with the state that counts now."""
    return tuple(_standing(one, now) for one in find_tracked(seen.issues, seen.viewer))


def _standing(one: Tracked, now: datetime) -> Tracked:
    if one.state is None or one.state.closed is None or not one.issue.open:
        return one
    return dataclasses.replace(one, state=reopened_by_person(one.state, now))


# --- what is known -------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """The histories that have an issue of their own or would get one, and the storms that speak for several."""

    histories: tuple[History, ...]
    storms: Storms


def read_known(observed: Sequence[Observation], seen: Scan, tracked: Sequence[Tracked], settings: Settings) -> Known:
    """What the runs and the open issues say together."""
    told = recall(observed, (one.state for one in tracked if one.state), seen.readings)
    ground = Ground(
        states=open_states(tracked),
        start=seen.window.start,
        names={one.id: one.name for one in seen.workflows if one.state != "deleted"} if seen.workflows else None,
    )
    kinds = _by_kind(ground.states, told, settings)
    histories: list[History] = []
    for kind, states in kinds.items():
        found = read_histories(told, kind.applied(settings), dataclasses.replace(ground, states=states))
        ids = {state.identity.id for state in states}
        histories += [one for one in found if kind.is_of(settings) or one.identity.id in ids]
    if settings.group_by is GroupBy.CAUSE:
        return Known(tuple(histories), Storms())
    own = tuple(history for history in histories if not history.identity.cause)
    return Known(own, find_storms(told, own, settings, ground))


def open_states(tracked: Sequence[Tracked]) -> tuple[State, ...]:
    """What each identity's open issue remembers."""
    kept = {one.id: one for one in (issue_of(found.id, tracked) for found in tracked) if one is not None}
    return tuple(one.state for one in kept.values() if one.issue.open and one.state is not None)


@dataclasses.dataclass(frozen=True, slots=True)
class _Kind:
    """What an issue stands for; one that was opened under other settings goes on as it was."""

    group_by: GroupBy
    matrix: Matrix

    def applied(self, settings: Settings) -> Settings:
        return dataclasses.replace(settings, group_by=self.group_by, matrix=self.matrix)

    def is_of(self, settings: Settings) -> bool:
        return (self.group_by, self.matrix) == (settings.group_by, settings.matrix)


def _by_kind(
    states: Iterable[State], told: Sequence[Observation], settings: Settings
) -> Mapping[_Kind, tuple[State, ...]]:
    ours = _Kind(settings.group_by, settings.matrix)
    named = {
        identify(seen.run.workflow.name, seen.job, settings.group_by, settings.matrix)[0].id
        for seen in told
        if seen.job is not None and settings.group_by is not GroupBy.CAUSE
    }
    kinds: dict[_Kind, list[State]] = defaultdict(list, {ours: []})
    for state in states:
        kinds[ours if state.identity.id in named else _kind_of(state.identity, ours)].append(state)
    return {kind: tuple(found) for kind, found in kinds.items()}


def _kind_of(identity: Identity, ours: _Kind) -> _Kind:
    if identity.cause:
        return _Kind(GroupBy.CAUSE, ours.matrix)
    if identity.job == ALL_JOBS:
        return _Kind(GroupBy.WORKFLOW, ours.matrix)
    if ours.group_by is GroupBy.CAUSE:
        return ours  # a job of which no cause is known
    return _Kind(GroupBy.JOB, Matrix.SEPARATE if split_leg(identity.job)[1] else Matrix.TOGETHER)


def issue_of(identity: str, tracked: Sequence[Tracked]) -> Tracked | None:
    """The issue that stands for an identity: the oldest open one, else the one closed last.

    One that the tracker closed as the duplicate of another says nothing.
    """
    ours = [one for one in tracked if one.id == identity]
    still_open = [one for one in ours if one.issue.open]
    if still_open:
        return min(still_open, key=lambda one: one.issue.number)
    closed = [one for one in ours if not (one.state and one.state.is_duplicate)]
    return max(
        closed, key=lambda one: (one.issue.closed_at is not None, one.issue.closed_at, one.issue.number), default=None
    )


# --- what is decided -----------------------------------------------------------------------------

_Decided = tuple[History, Action]


def _decide_each(
    book: RuleBook, histories: Iterable[History], known: Known, tracked: Sequence[Tracked]
) -> Iterator[_Decided]:
    taken: dict[str, Identity] = {}
    for history in histories:
        identity = history.identity
        if taken.setdefault(identity.id, identity) != identity:
            # `a` with the job `b:c` and `a:b` with the job `c` are one text, hence one id.
            yield history, skip(history, Why.SAME_ID, "another workflow and job have the same failure id")
            continue
        try:
            yield history, book.decide(history, issue_of(identity.id, tracked), _related(history, known, tracked))
        except SettingsError as mistake:
            yield history, skip(history, Why.BAD_TEMPLATE, str(mistake))


def _numbers_of_umbrellas(known: Known, tracked: Sequence[Tracked]) -> Mapping[str, int]:
    """The open issue of each cause that many share."""
    found = ((one.identity.cause, issue_of(one.identity.id, tracked)) for one in known.storms.umbrellas)
    return {cause: one.issue.number for cause, one in found if one is not None and one.issue.open}


def _related(history: History, known: Known, tracked: Sequence[Tracked]) -> list[int]:
    """The open issues of those that fail of the cause that an umbrella issue stands for."""
    cause = history.identity.cause
    if not cause or history not in known.storms.umbrellas:
        return []
    found = (issue_of(one.identity.id, tracked) for one in known.storms.members.get(cause, ()))
    return [one.issue.number for one in found if one is not None and one.issue.open]


def _close_duplicates(book: RuleBook, tracked: Sequence[Tracked]) -> Iterator[Close]:
    """Rule 2: of several open issues of one identity the lowest number stays."""
    open_issues: dict[str, list[Tracked]] = defaultdict(list)
    for one in sorted(tracked, key=lambda one: one.issue.number):
        if one.issue.open:
            open_issues[one.id].append(one)
    for first, *others in open_issues.values():
        if first.state is not None:
            closed = (book.close_duplicate(one, first.issue.number) for one in others)
            yield from (one for one in closed if one is not None)


def _left_undone(decided: Iterable[Action]) -> Iterator[Problem]:
    """What is skipped although somebody should know of it."""
    gravities = {Why.NO_ROOM: Gravity.WARNING, Why.SAME_ID: Gravity.WARNING, Why.BAD_TEMPLATE: Gravity.ERROR}
    for action in decided:
        if isinstance(action, Skip) and action.why in gravities:
            what = f"{action.identity.workflow} - {action.identity.job}"
            lead = f"Issue #{action.number} of {what} is not kept current" if action.number else f"{what} gets no issue"
            yield Problem(gravities[action.why], f"{lead}: {action.reason.rstrip('.')}.")


def _not_opened(action: Action) -> Action:
    """What is done instead of opening an issue while nobody knows which ones were closed."""
    if not isinstance(action, Create):
        return action
    return Skip(action.identity, f"the closed issues could not be read; {action.reason}", Why.CLOSED_UNKNOWN)


def _within_cap(decided: Sequence[_Decided], settings: Settings, default_branch: str) -> Iterable[Action]:
    """Rule 3's cap: the worst issues are opened, what is over is skipped by name."""
    creates = [(history, action) for history, action in decided if isinstance(action, Create)]
    creates.sort(key=lambda pair: _badness(pair[0], default_branch))
    allowed = [action for _, action in creates[: settings.max_new_issues]]
    over = {action.identity for _, action in creates[settings.max_new_issues :]}
    yield from allowed
    for _, action in decided:
        if not isinstance(action, Create):
            yield action
        elif action.identity in over:
            why = f"over `max-new-issues` ({settings.max_new_issues}); {action.reason}"
            yield Skip(action.identity, why, Why.OVER_CAP)


def _badness(history: History, default_branch: str) -> tuple[bool, bool, int, datetime, str, str]:
    """Worst first: a cause that many share, the default branch, how often, how long; the names make it certain."""
    return (
        not history.identity.cause,
        all(line.branch != default_branch for line in history.lines if line.red),
        -len(history.occurrences),
        _since(history, None),
        history.identity.workflow,
        history.identity.job,
    )


def _since(history: History, state: State | None) -> datetime:
    """When the latest break began, as far as that was read or the open issue remembers it."""
    first_red, _ = bounds(state, history)
    return first_red.at if first_red else history.latest.started_at


def _failing(history: History, tracked: Tracked | None) -> Failing:
    latest = history.latest
    state = tracked.state if tracked and tracked.issue.open else None
    jobs = {leg.job_id for leg in latest.legs}
    readings = (*history.readings, *(remembered([state]) if state else ()))
    known = (reading for reading in readings if reading.job_id in jobs and reading.signature)
    reading = min(known, key=lambda one: one.absence is not None, default=Reading(0))
    return Failing(
        identity=history.identity,
        outcome=latest.outcome,
        count=(state.count if state else 0)
        + sum(not (state and has_counted(state, one)) for one in history.occurrences),
        since=_since(history, state),
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
