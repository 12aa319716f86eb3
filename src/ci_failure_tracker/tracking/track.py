"""What a sweep knows of each identity: the history that the runs and the open issues give together; pure."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked, read_tracked, trusted
from ci_failure_tracker.model import History, Identity, Issue, Observation, Snapshot, State
from ci_failure_tracker.settings import GroupBy, Matrix, Settings
from ci_failure_tracker.tracking.causes import with_known_causes
from ci_failure_tracker.tracking.history import HistoryContext, read_histories
from ci_failure_tracker.tracking.identity import identify
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.observations import observe
from ci_failure_tracker.tracking.state_update import reopened_by_person
from ci_failure_tracker.tracking.storms import Storms, find_storms

# --- the issues ----------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class TrackedIssues:
    """The issues that are ours, each marker read once.

    `written` are the issues as their markers have them, `standing` the same with the state that counts now: of an issue
    that a person opened again, what proved it mended counts no more.
    """

    written: tuple[Tracked, ...] = ()
    standing: tuple[Tracked, ...] = ()
    _by_id: Mapping[str, Tracked] = dataclasses.field(default_factory=dict)
    _read: Mapping[int, tuple[Issue, Tracked | None]] = dataclasses.field(default_factory=dict)

    def of(self, identity: str) -> Tracked | None:
        """The issue that stands for a failure id: the oldest open one, else the one closed last.

        One that the tracker closed as the duplicate of another says nothing.
        """
        return self._by_id.get(identity)

    @property
    def open_states(self) -> tuple[State, ...]:
        """What each identity's open issue remembers."""
        kept = dict.fromkeys(one.id for one in self.standing)
        found = (self.of(one) for one in kept)
        return tuple(one.state for one in found if one is not None and one.issue.open and one.state is not None)


def read_issues(
    issues: Sequence[Issue], viewer: str | None, now: datetime, before: TrackedIssues | None = None
) -> TrackedIssues:
    """The issues that are ours; what was read `before` of an issue that is the same is not read again."""
    known = before._read if before else {}
    read: dict[int, tuple[Issue, Tracked | None]] = {}
    written = []
    for issue in issues:
        same = known.get(issue.number)
        parsed = same[1] if same and same[0] is issue else read_tracked(issue)
        read[issue.number] = issue, parsed
        one = trusted(parsed, viewer) if parsed else None
        if one is not None:
            written.append(one)
    standing = tuple(_standing(one, now) for one in written)
    return TrackedIssues(tuple(written), standing, _by_id(standing), read)


def _standing(one: Tracked, now: datetime) -> Tracked:
    if one.state is None or one.state.closed is None or not one.issue.open:
        return one
    return dataclasses.replace(one, state=reopened_by_person(one.state, now))


def _by_id(tracked: Iterable[Tracked]) -> Mapping[str, Tracked]:
    found: dict[str, list[Tracked]] = defaultdict(list)
    for one in tracked:
        found[one.id].append(one)
    chosen = ((identity, _speaking(ours)) for identity, ours in found.items())
    return {identity: one for identity, one in chosen if one is not None}


def _speaking(ours: Sequence[Tracked]) -> Tracked | None:
    still_open = [one for one in ours if one.issue.open]
    if still_open:
        return min(still_open, key=lambda one: one.issue.number)
    closed = [one for one in ours if not (one.state and one.state.is_duplicate)]
    return max(
        closed, key=lambda one: (one.issue.closed_at is not None, one.issue.closed_at, one.issue.number), default=None
    )


# --- the histories -------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class RepositoryHistory:
    """What one sweep knows so far.

    `observed` is what the runs say, `told` the same with the causes that are known. `histories` are those that have an
    issue of their own or would get one, `storms` speak for several.
    """

    observed: tuple[Observation, ...]
    told: tuple[Observation, ...]
    tracked: TrackedIssues
    histories: tuple[History, ...]
    storms: Storms

    @property
    def all_histories(self) -> tuple[History, ...]:
        """Storms first: what they speak for is not told by itself."""
        return (*self.storms.umbrellas, *self.histories)


def track(seen: Snapshot, tracked: TrackedIssues, settings: Settings) -> RepositoryHistory:
    """What the runs and the open issues say together."""
    return known_from(observe(seen), seen, tracked, settings)


def known_from(
    observed: tuple[Observation, ...], seen: Snapshot, tracked: TrackedIssues, settings: Settings
) -> RepositoryHistory:
    """The same, of observations that were made."""
    told = with_known_causes(observed, (one.state for one in tracked.standing if one.state), seen.job_diagnoses)
    ground = HistoryContext(
        states=tracked.open_states,
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
        return RepositoryHistory(observed, told, tracked, tuple(histories), Storms())
    own = tuple(history for history in histories if not history.identity.cause)
    return RepositoryHistory(observed, told, tracked, own, find_storms(told, own, settings, ground))


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
        identify(seen.run.workflow.name, seen.job, settings.group_by, settings.matrix, seen.kind)[0].id
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
    if identity.is_whole_workflow:
        return _Kind(GroupBy.WORKFLOW, ours.matrix)
    if ours.group_by is GroupBy.CAUSE:
        return ours  # a job of which no cause is known
    return _Kind(GroupBy.JOB, Matrix.SEPARATE if split_leg(identity.job)[1] else Matrix.TOGETHER)
