"""The histories of a repository, from its runs and its tracked issues; pure."""

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
    """The issues that the tracker wrote, each marker read once.

    `written` are the issues as their markers have them. `current` are the same with the state that counts now: if a
    person reopened an issue, its proof of recovery no longer counts.
    """

    written: tuple[Tracked, ...] = ()
    current: tuple[Tracked, ...] = ()
    _by_id: Mapping[str, Tracked] = dataclasses.field(default_factory=dict)
    _read: Mapping[int, tuple[Issue, Tracked | None]] = dataclasses.field(default_factory=dict)

    def of(self, failure_id: str) -> Tracked | None:
        """The issue that stands for a failure id: the oldest open one, else the one closed last.

        An issue that the tracker closed as a duplicate of another one of the same identity does not count.
        """
        return self._by_id.get(failure_id)

    @property
    def closed_umbrellas(self) -> tuple[Tracked, ...]:
        """The closed issue of each cause that has no open one."""
        of_causes = (tracked for tracked in self._by_id.values() if tracked.state and tracked.state.identity.cause)
        return tuple(tracked for tracked in of_causes if not tracked.issue.open)

    @property
    def open_states(self) -> tuple[State, ...]:
        """The state of each identity's open issue."""
        issues = (self.of(failure_id) for failure_id in dict.fromkeys(tracked.id for tracked in self.current))
        return tuple(tracked.state for tracked in issues if tracked and tracked.issue.open and tracked.state)

    @property
    def closed_states(self) -> tuple[State, ...]:
        """The state of each identity's closed issue, if it has no open one."""
        return tuple(tracked.state for tracked in self._by_id.values() if tracked.state and not tracked.issue.open)


def read_issues(
    issues: Sequence[Issue], viewer: str | None, now: datetime, before: TrackedIssues | None = None
) -> TrackedIssues:
    """The issues that the tracker wrote; an issue that is in `before` and did not change is not parsed again."""
    read_before = before._read if before else {}
    read = []
    for issue in issues:
        earlier, tracked = read_before.get(issue.number, (None, None))
        read.append((issue, tracked if earlier is issue else read_tracked(issue)))
    candidates = (trusted(tracked, viewer) for _, tracked in read if tracked)
    written = tuple(tracked for tracked in candidates if tracked)
    current = tuple(_current(tracked, now) for tracked in written)
    return TrackedIssues(written, current, _by_id(current), {pair[0].number: pair for pair in read})


def _current(tracked: Tracked, now: datetime) -> Tracked:
    if tracked.state is None or tracked.state.closed is None or not tracked.issue.open:
        return tracked
    return dataclasses.replace(tracked, state=reopened_by_person(tracked.state, now))


def _by_id(issues: Iterable[Tracked]) -> Mapping[str, Tracked]:
    by_id: dict[str, list[Tracked]] = defaultdict(list)
    for tracked in issues:
        by_id[tracked.id].append(tracked)
    chosen = ((failure_id, _main_issue(of_id)) for failure_id, of_id in by_id.items())
    return {failure_id: tracked for failure_id, tracked in chosen if tracked is not None}


def _main_issue(of_id: Sequence[Tracked]) -> Tracked | None:
    still_open = [tracked for tracked in of_id if tracked.issue.open]
    if still_open:
        return min(still_open, key=lambda tracked: tracked.issue.number)
    closed = [tracked for tracked in of_id if not (tracked.state and tracked.state.is_duplicate)]
    return max(closed, key=lambda tracked: _closing_order(tracked.issue), default=None)


def _closing_order(issue: Issue) -> tuple[bool, datetime | None, int]:
    return issue.closed_at is not None, issue.closed_at, issue.number


# --- the histories -------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class RepositoryHistory:
    """All that one round of a sweep knows.

    `observations` are what the runs show, `diagnosed` the same with the causes that are known. `histories` are those
    that have an issue of their own or may get one. `storms` are the causes that several of them share.
    """

    observations: tuple[Observation, ...]
    diagnosed: tuple[Observation, ...]
    tracked_issues: TrackedIssues
    histories: tuple[History, ...]
    storms: Storms

    @property
    def all_histories(self) -> tuple[History, ...]:
        """The storms first: the histories that a storm covers are decided after it."""
        return (*self.storms.umbrellas, *self.histories)


def track(snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings) -> RepositoryHistory:
    """The history of the repository after a snapshot."""
    return track_observations(observe(snapshot), snapshot, tracked_issues, settings)


def track_observations(
    observations: tuple[Observation, ...], snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings
) -> RepositoryHistory:
    """The history of the repository, from observations that were made before."""
    states = [tracked.state for tracked in tracked_issues.current if tracked.state]
    diagnosed = with_known_causes(observations, states, snapshot.job_diagnoses)
    workflows = snapshot.workflows
    context = HistoryContext(
        states=tracked_issues.open_states,
        closed=tracked_issues.closed_states,
        start=snapshot.window.start,
        names={workflow.id: workflow.name for workflow in workflows if workflow.state != "deleted"}
        if workflows
        else None,
    )
    histories: list[History] = []
    for kind, states_of_kind in _by_kind(context.states, diagnosed, settings).items():
        of_kind = read_histories(diagnosed, kind, dataclasses.replace(context, states=tuple(states_of_kind)))
        ids = {state.identity.id for state in states_of_kind}
        histories += [history for history in of_kind if kind == settings or history.identity.id in ids]
    storms = Storms()
    if settings.group_by is not GroupBy.CAUSE:
        histories = [history for history in histories if not history.identity.cause]
        storms = find_storms(diagnosed, histories, settings, context, tracked_issues.closed_umbrellas)
    return RepositoryHistory(observations, diagnosed, tracked_issues, tuple(histories), storms)


def _by_kind(
    states: Iterable[State], observations: Iterable[Observation], settings: Settings
) -> Mapping[Settings, Sequence[State]]:
    """The states by the settings under which their issues were opened: such an issue keeps its kind.

    The settings of the sweep are there even without a state.
    """
    group_by, matrix = settings.group_by, settings.matrix
    named = {
        identify(observation.run.workflow.name, observation.job, group_by, matrix, observation.kind)[0].id
        for observation in observations
        if observation.job is not None and group_by is not GroupBy.CAUSE
    }
    kinds: dict[Settings, list[State]] = defaultdict(list, {settings: []})
    for state in states:
        kinds[settings if state.identity.id in named else _kind_of(state.identity, settings)].append(state)
    return kinds


def _kind_of(identity: Identity, settings: Settings) -> Settings:
    if identity.cause:
        return dataclasses.replace(settings, group_by=GroupBy.CAUSE)
    if identity.is_whole_workflow:
        return dataclasses.replace(settings, group_by=GroupBy.WORKFLOW)
    if settings.group_by is GroupBy.CAUSE:
        return settings  # a job of which no cause is known
    matrix = Matrix.SEPARATE if split_leg(identity.job)[1] else Matrix.TOGETHER
    return dataclasses.replace(settings, group_by=GroupBy.JOB, matrix=matrix)
