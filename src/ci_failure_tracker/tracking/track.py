"""The histories of a repository, from its runs and its tracked issues; pure."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from itertools import chain

from ci_failure_tracker.issues.marker import Tracked, read_tracked, trusted
from ci_failure_tracker.model import History, Identity, IdentityKind, Issue, Observation, Refs, Snapshot, State
from ci_failure_tracker.settings import AllowedFailures, GroupBy, Matrix, Settings
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.allowed import ignore_allowed
from ci_failure_tracker.tracking.causes import with_known_causes
from ci_failure_tracker.tracking.corrections import Corrections, own_workflow_ids, short_cause
from ci_failure_tracker.tracking.history import HistoryContext, grouping_of, read_histories
from ci_failure_tracker.tracking.homes import at_home
from ci_failure_tracker.tracking.job_names import JobNames, job_names
from ci_failure_tracker.tracking.known_issues import KnownIssues
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.merged_state import merge_states
from ci_failure_tracker.tracking.observations import observe
from ci_failure_tracker.tracking.present_refs import is_on_old_tag, new_tags_from, with_present_refs
from ci_failure_tracker.tracking.retirement import Activity, times_by_status
from ci_failure_tracker.tracking.state_update import reopened_by_person
from ci_failure_tracker.tracking.storms import Storms, find_storms, with_causes_of_jobs
from ci_failure_tracker.tracking.taught import taught_blocks
from ci_failure_tracker.tracking.taught_causes import read_corrections

# --- the issues ----------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class TrackedIssues:
    """The issues that the tracker wrote, each marker read once.

    `written` are the issues as their markers have them. `current` are the same with the state that counts now: if a
    person reopened an issue, its proof of recovery no longer counts, and branches are under the refs that go on now.
    `foreign` are the numbers of issues that a tracker wrote which looks at other repositories.
    """

    written: tuple[Tracked, ...] = ()
    current: tuple[Tracked, ...] = ()
    _by_id: Mapping[str, Tracked] = dataclasses.field(default_factory=dict)
    _closed: Mapping[tuple[str, IdentityKind], Sequence[Tracked]] = dataclasses.field(default_factory=dict)
    _declined: Mapping[str, Sequence[Tracked]] = dataclasses.field(default_factory=dict)
    foreign: Set[int] = frozenset()
    _read: Mapping[int, tuple[Issue, Tracked | None]] = dataclasses.field(default_factory=dict)

    def under(self, refs: Refs) -> TrackedIssues:
        """The same with the branch statuses of `current` under the refs that go on now."""
        states = (
            (tracked, with_present_refs(tracked.state, refs) if tracked.state else None) for tracked in self.current
        )
        current = tuple(
            tracked if state is tracked.state else dataclasses.replace(tracked, state=state)
            for tracked, state in states
        )
        return dataclasses.replace(self, current=current, _by_id=_by_id(current), _closed=_closed_by_job(current))

    @property
    def main(self) -> Mapping[str, Tracked]:
        """The issue that stands for each failure id."""
        return self._by_id

    def by_repository(self) -> Mapping[str, TrackedIssues]:
        """The open issues about each repository, as if they were about no other."""
        read: dict[str, dict[int, tuple[Issue, Tracked | None]]] = defaultdict(dict)
        for tracked in self.written:
            state = tracked.state if tracked.issue.open else None
            if state is None:
                continue  # a closed issue, or one that cannot be read, says nothing of what is broken
            for name in {status.repository for status in state.branch_statuses}:
                about = dataclasses.replace(tracked, state=_about(state, name))
                read[name][tracked.issue.number] = (tracked.issue, about)
        return {name: TrackedIssues(_read=of_name) for name, of_name in read.items()}

    def at_home(self, repositories: Mapping[int, str]) -> TrackedIssues:
        """The same with the present names of repositories that were renamed; they are given by workflow id."""
        read = {
            number: (issue, _at_home(tracked, repositories) if tracked else None)
            for number, (issue, tracked) in self._read.items()
        }
        return dataclasses.replace(self, _read=read)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The issues that were read."""
        return tuple(issue for issue, _ in self._read.values())

    def corrected(self, corrections: Corrections) -> TrackedIssues:
        """The same after what people corrected: an issue that was merged into another one stands for nothing itself."""
        if not (corrections.merges or corrections.split):
            return self
        states = self._states_after(corrections)
        current = tuple(dataclasses.replace(each, state=states[each.issue.number]) for each in self.current)
        # Without its issue, an identity that was merged would count as new and get a second one.
        gone = {merge.entry.identity.id for merge in corrections.on}
        by_id = {failure_id: tracked for failure_id, tracked in _by_id(current).items() if failure_id not in gone}
        return dataclasses.replace(self, current=current, _by_id=by_id, _closed=_closed_by_job(current))

    def _states_after(self, corrections: Corrections) -> Mapping[int, State | None]:
        """The states of the issues by number: with what was merged into them, and without what was split off."""
        states = {tracked.issue.number: tracked.state for tracked in self.current}
        for merge in corrections.merges:
            holder, merged = states[merge.holder], states.get(merge.entry.number)
            # Later failures reach the holder through its history. Only what came before has to be taken over, once.
            if holder is not None and merge.is_new and merged is not None:
                states[merge.holder] = merge_states(holder, merged)
        for failure_id, tracked in self._by_id.items():
            state = states[tracked.issue.number]
            entries, split = corrections.entries(failure_id), tuple(corrections.split.get(failure_id, ()))
            if state is not None and (entries, split) != (state.merged, state.split):
                states[tracked.issue.number] = dataclasses.replace(state, merged=entries, split=split)
        return states

    def of(self, failure_id: str) -> Tracked | None:
        """The issue that stands for a failure id: the oldest open one, else the one closed last.

        An issue that the tracker closed as a duplicate of another one of the same identity does not count.
        """
        return self._by_id.get(failure_id)

    def of_history(self, history: History) -> Tracked | None:
        """The issue of a history; if the workflow was renamed, the one that was closed last for its file and job."""
        if (tracked := self.of(history.identity.id)) is not None:
            return tracked
        workflow_ids = {status.workflow_id for status in history.branch_statuses}
        identity = history.identity
        # The job is compared in the form in which an issue remembers it: cleaned, and cut to 100 characters.
        candidates = self._closed.get((plain(identity.job, 100), identity.kind), ())
        closed = (tracked for tracked in candidates if tracked.state and workflow_ids & own_workflow_ids(tracked.state))
        return max(closed, key=lambda tracked: _closing_order(tracked.issue), default=None)

    def declined(self, failure_id: str) -> frozenset[str]:
        """The signatures and headlines of the causes for which people closed issues of a failure id as not planned."""
        return frozenset(
            text
            for tracked in self._declined.get(failure_id, ())
            for cause in (tracked.state.causes if tracked.state else ())
            for text in (cause.signature, cause.headline)
        )

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


def _at_home(tracked: Tracked, repositories: Mapping[int, str]) -> Tracked:
    state = at_home(tracked.state, repositories) if tracked.state else None
    return tracked if state is tracked.state else dataclasses.replace(tracked, state=state)


def _about(state: State, repository: str) -> State:
    """What an issue remembers of one repository."""
    statuses = tuple(status for status in state.branch_statuses if status.repository == repository)
    return dataclasses.replace(state, branch_statuses=statuses)


@dataclasses.dataclass(frozen=True, slots=True)
class Scope:
    """Which issues of the tracker are those of a sweep.

    An issue without the label (`unlabelled`) counts only if its marker can be read and it is about one of `workflows`:
    another sweep with other labels may look at other workflows of the repository. If the issues of several repositories
    are here (`central`), those about this repository are left to its own tracker. Else those of the others are.
    """

    unlabelled: Set[int] = frozenset()
    workflows: Set[int] = frozenset()
    central: bool = False

    def is_foreign(self, state: State | None) -> bool:
        """Whether another tracker keeps an issue."""
        return state is not None and bool(state.latest.repository) is not self.central

    def is_about(self, state: State | None) -> bool:
        """Whether an issue is about one of the workflows."""
        return state is not None and any(status.workflow_id in self.workflows for status in state.branch_statuses)


def read_issues(
    issues: Sequence[Issue],
    viewer: str | None,
    now: datetime,
    before: TrackedIssues | None = None,
    scope: Scope = Scope(),
) -> TrackedIssues:
    """The issues that the tracker wrote; an issue that is in `before` and did not change is not parsed again."""
    read_before = before._read if before else {}
    read = []
    for issue in issues:
        # A sweep reads the issues in several rounds, and a repository may have thousands of them.
        earlier, tracked = read_before.get(issue.number, (None, None))
        read.append((issue, tracked if earlier is issue else read_tracked(issue)))
    foreign = {issue.number for issue, tracked in read if tracked and scope.is_foreign(tracked.state)}
    candidates = (trusted(tracked, viewer) for issue, tracked in read if tracked and issue.number not in foreign)
    written = tuple(
        tracked
        for tracked in candidates
        if tracked and (tracked.issue.number not in scope.unlabelled or scope.is_about(tracked.state))
    )
    current = tuple(_current(tracked, now) for tracked in written)
    return TrackedIssues(
        written,
        current,
        _by_id(current),
        _closed_by_job(current),
        _declined_by_id(current),
        foreign,
        {pair[0].number: pair for pair in read},
    )


def _current(tracked: Tracked, now: datetime) -> Tracked:
    if tracked.state is None or tracked.state.closed is None or not tracked.issue.open:
        return tracked
    # It is open, and its marker says that the tracker closed it: only a person can have opened it again.
    return dataclasses.replace(tracked, state=reopened_by_person(tracked.state, now))


def _by_id(issues: Iterable[Tracked]) -> Mapping[str, Tracked]:
    by_id: dict[str, list[Tracked]] = defaultdict(list)
    for tracked in issues:
        by_id[tracked.id].append(tracked)
    chosen = ((failure_id, _main_issue(of_id)) for failure_id, of_id in by_id.items())
    return {failure_id: tracked for failure_id, tracked in chosen if tracked is not None}


def _declined_by_id(issues: Iterable[Tracked]) -> Mapping[str, Sequence[Tracked]]:
    declined: dict[str, list[Tracked]] = defaultdict(list)
    for tracked in issues:
        if not tracked.issue.open and tracked.closed_for_good and tracked.issue.state_reason == "not_planned":
            declined[tracked.id].append(tracked)
    return declined


def _closed_by_job(issues: Iterable[Tracked]) -> Mapping[tuple[str, IdentityKind], Sequence[Tracked]]:
    closed: dict[tuple[str, IdentityKind], list[Tracked]] = defaultdict(list)
    for tracked in issues:
        state = tracked.state
        # A cause or a test does not hang on the name of a workflow, so a renamed workflow finds it anyway.
        if not tracked.issue.open and state and not state.is_duplicate and not state.identity.spans_jobs:
            closed[state.identity.job, state.identity.kind].append(tracked)
    return closed


def _main_issue(of_id: Sequence[Tracked]) -> Tracked | None:
    still_open = [tracked for tracked in of_id if tracked.issue.open]
    if still_open:
        return min(still_open, key=lambda tracked: tracked.issue.number)
    closed = [tracked for tracked in of_id if not (tracked.state and tracked.state.is_duplicate)]
    return max(closed, key=lambda tracked: _closing_order(tracked.issue), default=None)


def _closing_order(issue: Issue) -> tuple[bool, datetime | None, int]:
    return issue.closed_at is not None, issue.closed_at, issue.number


_BY_LOG = frozenset({GroupBy.CAUSE, GroupBy.TEST})
"""Groupings in which only the log of a failed job says what its issue stands for."""


# --- the histories -------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class RepositoryHistory:
    """All that one round of a sweep knows.

    `observations` are what the runs show, `diagnosed` the same with the causes that are known. `histories` are those
    that have an issue of their own or may get one. `storms` are the causes that several of them share.
    Runs on tags count if they are newer than `new_tags_from`. `known` are the rules of known issues; a failure that one
    of them takes is no failure in the observations. `activity` says what still runs. `corrections` are those of people.
    """

    observations: tuple[Observation, ...]
    diagnosed: tuple[Observation, ...]
    tracked_issues: TrackedIssues
    histories: tuple[History, ...]
    storms: Storms
    new_tags_from: datetime | None = None
    known: KnownIssues = dataclasses.field(default_factory=KnownIssues)
    activity: Activity = dataclasses.field(default_factory=Activity)
    corrections: Corrections = dataclasses.field(default_factory=Corrections)

    @property
    def all_histories(self) -> tuple[History, ...]:
        """The storms first: the histories that a storm covers are decided after it."""
        return (*self.storms.umbrellas, *self.histories)


def track(
    snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings, now: datetime | None = None
) -> RepositoryHistory:
    """The history of the repository after a snapshot."""
    observations = tuple(chain.from_iterable(_observed(part, settings) for part in snapshot.each_part))
    return track_observations(observations, snapshot, tracked_issues, settings, now)


def _observed(snapshot: Snapshot, settings: Settings) -> tuple[Observation, ...]:
    """What the runs of one repository show."""
    observations = observe(snapshot)
    if settings.allowed_failures is AllowedFailures.IGNORE:
        return ignore_allowed(observations, snapshot)
    return observations


def track_observations(
    observations: tuple[Observation, ...],
    snapshot: Snapshot,
    tracked_issues: TrackedIssues,
    settings: Settings,
    now: datetime | None = None,
) -> RepositoryHistory:
    """The history of the repository, from observations that were made before.

    Without a time, nothing is retired for not having run for long.
    """
    since = new_tags_from(tracked_issues.written) if snapshot.refs.tags_by_word else None
    observations = tuple(observation for observation in observations if not is_on_old_tag(observation.run, since))
    # What people corrected comes first, so that everything after it sees the issues as people want them.
    corrections = corrections_of(snapshot, tracked_issues, settings)
    tracked_issues = tracked_issues.corrected(corrections)
    states = [tracked.state for tracked in tracked_issues.current if tracked.state]
    diagnosed = with_known_causes(observations, states, snapshot.job_diagnoses)
    known = KnownIssues.of(snapshot, tracked_issues.current, now)
    # A failure that a known issue takes is gone before histories are made, so that no rule counts it.
    diagnosed = known.apply(diagnosed, settings)
    observations = tuple(_taken_as(each, read) for each, read in zip(observations, diagnosed, strict=True))
    open_states = (*tracked_issues.open_states, *corrections.states)
    names = job_names(diagnosed, open_states, tracked_issues.closed_states)
    observations, diagnosed = names.apply(observations), names.apply(diagnosed)
    workflows = snapshot.workflows
    context = HistoryContext(
        states=tracked_issues.open_states,
        open_states=tracked_issues.open_states,
        closed=tracked_issues.closed_states,
        start=snapshot.window.start,
        workflows={workflow.id: workflow for workflow in workflows if workflow.state != "deleted"}
        if workflows and not snapshot.unclear.names
        else None,
        activity=_activity(snapshot, now),
        corrections=corrections,
        starts={name: part.window.start for name, part in snapshot.parts.items()},
        known=_with_known_workflows(snapshot) if snapshot.central else None,
    )
    histories: list[History] = []
    kinds = _by_kind(context, diagnosed, settings)
    # An issue that was opened under other settings keeps its kind. Its identity must not get a second issue.
    of_others = {state.identity.id for kind, of_kind in kinds.items() if kind != settings for state in of_kind}
    for kind, states_of_kind in kinds.items():
        of_kind = read_histories(diagnosed, kind, dataclasses.replace(context, states=tuple(states_of_kind)))
        ids = {state.identity.id for state in states_of_kind}
        histories += [
            history
            for history in of_kind
            if history.identity.id in (ids if kind != settings else ids | {history.identity.id} - of_others)
        ]
    histories = [_under_present_name(history, names) for history in histories]
    storms = Storms()
    # With `group-by: cause`, every cause has its issue anyway, so there is no storm.
    if settings.group_by is not GroupBy.CAUSE:
        histories = [history for history in histories if not history.identity.cause]
        storms = _storms(diagnosed, histories, settings, context, tracked_issues)
    return RepositoryHistory(
        observations,
        diagnosed,
        tracked_issues,
        tuple(histories),
        storms,
        since,
        known,
        context.activity,
        corrections,
    )


def corrections_of(snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings) -> Corrections:
    """What people corrected in the issues of the tracker."""
    by_number = {tracked.issue.number: tracked for tracked in tracked_issues.current}
    blocks = taught_blocks(tracked_issues.current, snapshot)
    return read_corrections(by_number, tracked_issues.main, blocks, snapshot, settings)


def runs_of_split_causes(snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings) -> Set[int]:
    """The runs that an issue holds and that failed of a cause that is split off now: another issue has to hold them."""
    corrections = corrections_of(snapshot, tracked_issues, settings)
    of_issues = ((tracked_issues.of(failure_id), causes) for failure_id, causes in corrections.split.items())
    return {
        past.run_id
        for tracked, causes in of_issues
        if tracked is not None and tracked.state is not None
        for past in tracked.state.occurrences
        for leg in past.legs
        if leg.signature and short_cause(leg.signature) in {each.signature for each in causes} - _split_in(tracked)
    }


def _split_in(tracked: Tracked) -> Set[str]:
    return {each.signature for each in tracked.state.split} if tracked.state else frozenset()


def _taken_as(observation: Observation, diagnosed: Observation) -> Observation:
    """An observation that a known issue takes if it takes it with its diagnosis."""
    return dataclasses.replace(diagnosed, job_diagnosis=None) if diagnosed.known else observation


def _storms(
    observations: Sequence[Observation],
    histories: Sequence[History],
    settings: Settings,
    context: HistoryContext,
    tracked_issues: TrackedIssues,
) -> Storms:
    """The storms among the jobs. A job that stands for several tests is one of them, a job of single tests is not."""
    of_jobs = [history for history in histories if not history.identity.test]
    if settings.group_by is GroupBy.TEST:
        observations = with_causes_of_jobs(observations, histories)
    storms = find_storms(observations, of_jobs, settings, context, tracked_issues.closed_umbrellas)
    return storms.with_tests(histories, context.open_states) if settings.group_by is GroupBy.TEST else storms


def _with_known_workflows(snapshot: Snapshot) -> Set[str]:
    """The repositories of which it is known which workflows they have."""
    return {name for name, part in snapshot.parts.items() if part.workflows and not part.unclear.names}


def _activity(snapshot: Snapshot, now: datetime | None) -> Activity:
    refs = snapshot.refs
    parts = snapshot.parts or {"": snapshot}
    return Activity(
        refs=refs,
        now=now,
        listed=times_by_status(snapshot.runs),
        last_runs={
            key: [run.created_at for run in runs if key[1] == refs.of(run.repository).status_ref(run.branch, run.event)]
            for key, runs in snapshot.last_runs.items()
        },
        complete={name for name, part in parts.items() if part.window.start is None and not part.window.partial},
    )


def _under_present_name(history: History, names: JobNames) -> History:
    present = names.renamed.get(history.identity.id)
    return dataclasses.replace(history, present_job=present) if present else history


def _by_kind(
    context: HistoryContext, observations: Sequence[Observation], settings: Settings
) -> Mapping[Settings, Sequence[State]]:
    """The states by the settings under which their issues were opened: such an issue keeps its kind.

    The settings of the sweep are there even without a state.
    """
    named: set[str] = set()
    # A job whose issue the present settings would open as well needs no other grouping.
    if settings.group_by not in _BY_LOG:
        groups = grouping_of(observations, settings, context, (context.workflows or {}).values())
        with_job = (observation for observation in observations if observation.job is not None)
        named = {identity.id for observation in with_job for identity, _ in groups.places(observation)}
    kinds: dict[Settings, list[State]] = defaultdict(list, {settings: []})
    for state in context.states:
        kinds[settings if state.identity.id in named else _kind_of(state.identity, settings)].append(state)
    return kinds


def _kind_of(identity: Identity, settings: Settings) -> Settings:
    if identity.cause:
        return dataclasses.replace(settings, group_by=GroupBy.CAUSE)
    if identity.is_whole_workflow:
        return dataclasses.replace(settings, group_by=GroupBy.WORKFLOW)
    if identity.test:
        return dataclasses.replace(settings, group_by=GroupBy.TEST)
    if settings.group_by in _BY_LOG:
        return settings  # a job of which no cause or test is known
    matrix = Matrix.SEPARATE if split_leg(identity.job)[1] else Matrix.TOGETHER
    return dataclasses.replace(settings, group_by=GroupBy.JOB, matrix=matrix)
