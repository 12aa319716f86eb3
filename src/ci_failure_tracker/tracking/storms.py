"""Rule 3's storms: if one cause shows in many jobs, it gets one umbrella issue instead of one issue for each job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import FailedLeg, History, Identity, JobDiagnosis, Observation, State
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.text.short_names import leg_of_cause
from ci_failure_tracker.tracking.causes import of_whole_jobs
from ci_failure_tracker.tracking.corrections import Corrections, short_cause
from ci_failure_tracker.tracking.grouping import cause_of, names_cause
from ci_failure_tracker.tracking.history import HistoryContext, read_histories
from ci_failure_tracker.tracking.state_update import LEGS_OF_A_RUN
from ci_failure_tracker.tracking.tests_of_jobs import short

LEAST = 3
"""Identities that fail now of one cause before it is a storm."""


@dataclass(frozen=True, slots=True)
class Storms:
    """The causes that have one issue for all their jobs.

    `umbrellas` are the histories of these issues, `members` the histories that fail of each cause, by signature.
    `covering` has the signature of the storm that covers a history, by failure id. Several tests of one job have the
    issue of the job for an umbrella; its failure id takes the place of a signature.
    """

    umbrellas: tuple[History, ...] = ()
    members: Mapping[str, tuple[History, ...]] = field(default_factory=dict)
    covering: Mapping[str, str] = field(default_factory=dict)

    def over(self, history: History) -> str:
        """The signature of the storm that covers a history; empty if it needs an issue of its own."""
        return self.covering.get(history.identity.id, "") if not history.identity.cause else ""

    def with_tests(self, histories: Iterable[History], open_states: Iterable[State]) -> Storms:
        """The same with the tests that have one issue with others of their job, or with the storm over it."""
        covering, members, held = dict(self.covering), dict(self.members), _held_together(open_states)
        for history in histories:
            if history.failing and history.identity.test and (job := _job_over(history, held)):
                storm = self.covering.get(job) or job
                covering[history.identity.id] = storm
                members[storm] = (*members.get(storm, ()), history)
        return replace(self, members=members, covering=covering)


def key_of_umbrella(identity: Identity) -> str:
    """By what the issues that it covers know an umbrella issue: a signature, or the failure id of a job."""
    return identity.cause or identity.id


def _held_together(open_states: Iterable[State]) -> Mapping[tuple[int, str], str]:
    """The keys of the issues that stand for several tests, by the failed jobs that they hold and the tests."""
    return {
        (leg.job_id, test): key_of_umbrella(state.identity)
        for state in open_states
        if not state.identity.test
        for past in state.occurrences
        for leg in past.legs
        for test in state.tests
        if leg.job_id is not None and leg.signature
    }


def _job_over(history: History, held: Mapping[tuple[int, str], str]) -> str:
    """The key of the issue that stands for a test; empty if the test fails in some job by itself."""
    read = {diagnosis.job_id: diagnosis.covered_by for diagnosis in history.job_diagnoses}
    jobs = {
        (past.run_id, past.attempt, leg.leg): read.get(leg.job_id or 0)
        or held.get((leg.job_id or 0, short(leg.signature)), "")
        for past in (*history.remembered, *history.occurrences)
        for leg in past.legs
    }
    red = (red for status in history.branch_statuses for red in status.red)
    over = {jobs.get((leg.run_id, leg.attempt, leg.leg), "") for leg in red}
    return min(over) if over and "" not in over else ""


def with_causes_of_jobs(observations: Iterable[Observation], histories: Iterable[History]) -> tuple[Observation, ...]:
    """The observations in which only a job that fails by itself has a cause, and none that fails by single tests."""
    whole: dict[int, JobDiagnosis] = {}
    of_tests: dict[int, JobDiagnosis] = {}
    for history in histories:
        known = of_tests if history.identity.test else whole
        known |= {diagnosis.job_id: diagnosis for diagnosis in history.job_diagnoses}

    def seen(observation: Observation) -> JobDiagnosis | None:
        job_id = observation.job_id or 0
        otherwise = of_tests.get(job_id) or observation.job_diagnosis
        return whole.get(job_id) or (replace(otherwise, weak=True) if otherwise else None)

    return tuple(replace(observation, job_diagnosis=seen(observation)) for observation in observations)


def find_storms(
    observations: Sequence[Observation],
    histories: Sequence[History],
    settings: Settings,
    context: HistoryContext,
    closed: Iterable[Tracked],
) -> Storms:
    """The storms of a sweep: new ones, those that have an open issue, and those that come back.

    A storm comes back if a job fails again of the cause for which its issue, one of `closed`, has counted it. Which
    storms there are depends on the newest failures alone, and not on the sweep that read their logs.
    """
    # What people merged is one thing, whatever each of its jobs fails of.
    targets = context.corrections.targets
    failing = [history for history in histories if history.failing and history.identity.id not in targets]
    still_open = {state.identity.cause: state for state in context.states if state.identity.cause}
    corrections = context.corrections
    jobs = _Jobs(observations, context.states, corrections)
    members: dict[str, list[History]] = defaultdict(list)
    for history in failing:
        for cause in jobs.causes(history):
            members[cause].append(history)
    storms = {cause for cause, of_cause in members.items() if len(of_cause) >= LEAST} | still_open.keys()
    storms |= set(_that_come_back(closed, members, jobs, settings))
    storms |= set(_split_off(observations, settings, corrections))
    if not storms:
        return Storms()
    of_causes = tuple(still_open.values())
    by_cause = replace(settings, group_by=GroupBy.CAUSE)
    of_all_causes = read_histories(observations, by_cause, replace(context, states=of_causes))
    umbrellas = tuple(_never_flaky(history) for history in of_all_causes if history.identity.cause in storms)
    covering = {history.identity.id: jobs.storm_over(history, umbrellas) for history in failing}
    return Storms(umbrellas, {cause: tuple(of_cause) for cause, of_cause in members.items()}, covering)


def _that_come_back(
    closed: Iterable[Tracked], members: Mapping[str, Sequence[History]], jobs: _Jobs, settings: Settings
) -> Iterator[str]:
    for tracked in closed:
        state, closed_at = tracked.state, tracked.issue.closed_at
        for history in members.get(state.identity.cause, ()) if state else ():
            late = closed_at is not None and history.latest.started_at - closed_at > settings.reopen_within
            if state and jobs.names(history) & _legs(state) and (tracked.closed_for_good or not late):
                yield state.identity.cause


def _split_off(observations: Iterable[Observation], settings: Settings, corrections: Corrections) -> Iterator[str]:
    """The causes that people split off the issue of a job: each has an issue of its own, however few jobs fail."""
    split = corrections.split_causes
    for observation in observations if split else ():
        cause = cause_of(observation) if settings.counts(observation.outcome) else ""
        if cause and short_cause(cause) in split:
            yield corrections.cause(cause)


def _never_flaky(umbrella: History) -> History:
    """An outage that ends fails and then passes on one commit, and that does not make it flaky."""
    return replace(umbrella, flakes=(), recoveries=0)


def failing_now(history: History) -> Sequence[FailedLeg]:
    """The legs of the newest failure whose logs are read."""
    return history.latest.legs[:LEGS_OF_A_RUN]


def _legs(umbrella: State) -> Set[str]:
    """The jobs that an umbrella issue counted, by the names that they have in it."""
    return {count.leg for count in umbrella.legs}


class _Jobs:
    """The failed jobs of a sweep by id: their names within a cause, and whether their causes are weak."""

    def __init__(self, observations: Iterable[Observation], states: Iterable[State], corrections: Corrections) -> None:
        self._corrections = corrections
        self._names: dict[int | None, str] = {}
        diagnoses = [*of_whole_jobs(states)]
        for observation in observations:
            if observation.job_id is not None:
                self._names[observation.job_id] = leg_of_cause(observation.run.workflow.name, observation.job)
            if observation.job_diagnosis is not None:
                diagnoses.append(observation.job_diagnosis)
        self._weak = {diagnosis.signature for diagnosis in diagnoses if not names_cause(diagnosis)}

    def names(self, history: History) -> Set[str]:
        """The names of the jobs that fail now."""
        return {self._name(history, leg) for leg in failing_now(history)}

    def causes(self, history: History) -> Set[str]:
        """The causes of a failing history; empty if one of its jobs has a weak cause or one that is not known."""
        signatures = {leg.signature for leg in failing_now(history)}
        return {*map(self._corrections.cause, signatures)} if not signatures & {"", *self._weak} else frozenset()

    def storm_over(self, history: History, umbrellas: Sequence[History]) -> str:
        """The storm that covers a failing history; empty if one of its jobs fails of something else.

        As long as the cause of a job's newest failure is not known, the job fails of what it failed of before.
        """
        by_cause = {umbrella.identity.cause: umbrella.failing_legs for umbrella in umbrellas}
        causes = set()
        for leg in failing_now(history):
            name = self._name(history, leg)
            keepers = (cause for cause, legs in by_cause.items() if name in legs)
            causes.add(self._corrections.cause(leg.signature) or min(keepers, default=""))
        return min(causes, default="") if causes <= by_cause.keys() else ""

    def _name(self, history: History, leg: FailedLeg) -> str:
        """The name of a job within a cause. A job whose run is not read again is named after its identity."""
        identity = history.identity
        job = leg.leg if identity.is_whole_workflow else identity.job + (f" ({leg.leg})" if leg.leg else "")
        return self._names.get(leg.job_id) or leg_of_cause(identity.workflow, job)
