"""The history of each identity: what the runs say of it, together with what its open issue remembers."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from ci_failure_tracker.model import (
    BranchStatus,
    FailedLeg,
    Flaky,
    History,
    Identity,
    IdentityKind,
    JobDiagnosis,
    Observation,
    Occurrence,
    Outcome,
    RedLeg,
    Run,
    RunRef,
    State,
    Workflow,
)
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.attempt_result import AttemptResult, AttemptResults, RunListing
from ci_failure_tracker.tracking.branch_status import BranchStatusReader, Trigger, run_ref_of
from ci_failure_tracker.tracking.grouping import Grouping, grouping
from ci_failure_tracker.tracking.retirement import Activity

_BranchKey = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class HistoryContext:
    """What a history needs besides the observations.

    `states` are what the open issues remember. Every run since `start` is listed; `None` means that all runs are.
    `workflows` are the workflows that exist, by id; `None` means that they are not known. `activity` says what still
    runs.
    """

    states: tuple[State, ...] = ()
    start: datetime | None = None
    workflows: Mapping[int, Workflow] | None = None
    activity: Activity = field(default_factory=Activity)


_NO_CONTEXT = HistoryContext()


def read_histories(
    observations: Iterable[Observation], settings: Settings, context: HistoryContext = _NO_CONTEXT
) -> tuple[History, ...]:
    """The history of every identity that failed at least once or has an open issue, in the order of their names."""
    observations = tuple(observations)
    groups = grouping(observations, settings, context.states, (context.workflows or {}).values())
    states = {state.identity.id: state for state in context.states}
    by_workflow: dict[str, list[AttemptResults]] = defaultdict(list)
    with_issue: dict[str, Identity] = {failure_id: state.identity for failure_id, state in states.items()}
    without_issue: set[Identity] = set()
    for attempt in _attempts(observations, settings, groups):
        by_workflow[attempt.run.workflow.name].append(attempt)
        for identity, result in attempt.named.items():
            if identity.id in states:
                with_issue[identity.id] = identity
            elif result.red:
                without_issue.add(identity)
    histories = []
    for identity in (*with_issue.values(), *without_issue):
        state = states.get(identity.id)
        attempts = _attempts_of(identity, groups, by_workflow)
        results = [attempt.on(identity, remembered=state is not None) for attempt in attempts]
        renamed = groups.present_names(identity).keys()
        builder = _HistoryBuilder(identity, results, _by_stream(results), state, context, settings, renamed)
        histories.append(builder.history())
    return tuple(sorted(histories, key=_by_name))


def _attempts(observations: Iterable[Observation], settings: Settings, groups: Grouping) -> Iterator[AttemptResults]:
    """The results of each attempt of each run, in the order in which the runs were created."""
    by_run: dict[tuple[int, str], list[Observation]] = defaultdict(list)
    for observation in observations:
        # A missed schedule names the last run that the workflow had: the subject tells the two apart.
        by_run[observation.run.id, observation.run.subject].append(observation)
    for of_run in sorted(by_run.values(), key=lambda of_run: of_run[0].run.order):
        listing = RunListing(of_run, settings, groups)
        for number in sorted({observation.attempt for observation in of_run}):
            of_attempt = [observation for observation in of_run if observation.attempt == number]
            yield AttemptResults(of_attempt, listing, settings, groups)


def _attempts_of(
    identity: Identity, groups: Grouping, by_workflow: Mapping[str, Sequence[AttemptResults]]
) -> Iterable[AttemptResults]:
    """The attempts of the workflows of an identity, in order; only a cause has more than one workflow."""
    names = groups.workflows(identity)
    return heapq.merge(*(by_workflow[name] for name in names), key=lambda attempt: (attempt.run.order, attempt.attempt))


def _by_stream(results: Iterable[AttemptResult]) -> Mapping[_BranchKey, Sequence[AttemptResult]]:
    streams: dict[_BranchKey, list[AttemptResult]] = defaultdict(list)
    for result in results:
        streams[result.run.branch_key].append(result)
    return streams


def _by_name(history: History) -> tuple[str, str, str, str]:
    identity = history.identity
    return identity.workflow.casefold(), identity.job.casefold(), identity.job, identity.id


@dataclass(frozen=True, slots=True)
class _HistoryBuilder:
    """Builds the history of one identity from its results, which are in order; `streams` has them by branch.

    `renamed` are the ids of workflows that belong to it under another name.
    """

    identity: Identity
    results: Sequence[AttemptResult]
    streams: Mapping[_BranchKey, Sequence[AttemptResult]]
    state: State | None
    context: HistoryContext
    settings: Settings
    renamed: Set[int]

    def history(self) -> History:
        occurrences = sorted(
            (_occurrence(result) for result in self.results if result.red), key=lambda occurrence: occurrence.order
        )
        ran = self._legs_that_ran()
        always_run = self._legs_that_always_run(ran)
        before = {status.branch_key: status for status in self._remembered_branches()}
        reader = self._reader(always_run, ran.keys(), occurrences)
        branches = [
            self._unless_gone(status, always_run)
            for stream in dict.fromkeys([*self.streams, *before])
            if (status := reader.read(before.get(stream), self.streams.get(stream, ())))
        ]
        branches.sort(key=lambda status: (status.last_red.at, status.last_red.run_id), reverse=True)
        first_red, last_green, green_again = self._bounds(branches, always_run)
        newest = _after(branches[0].last_red, self.streams.get(branches[0].branch_key, ())) if branches else []
        diagnoses = (failed.job_diagnosis for result in self.results for failed in result.red.values())
        return History(
            identity=self.identity,
            occurrences=tuple(occurrences),
            remembered=self._remembered,
            branch_statuses=tuple(branches),
            first_red=first_red,
            last_green=last_green,
            green_again=green_again,
            cause_replaced=green_again is None and self._is_replaced(branches, before, newest),
            flakes=self._flakes(always_run),
            runs_missed=any(
                reader.misses_runs(before.get(stream), results) for stream, results in self.streams.items()
            ),
            moved_on=self._moved_on(branches),
            job_diagnoses=tuple(job_diagnosis for job_diagnosis in diagnoses if job_diagnosis is not None),
        )

    def _is_replaced(
        self,
        branches: Sequence[BranchStatus],
        before: Mapping[_BranchKey, BranchStatus],
        newest: Sequence[AttemptResult],
    ) -> bool:
        """Whether another cause came after the newest failure. The issue says it of runs that are not read again."""
        if not branches:
            return False
        known = before.get(branches[0].branch_key)
        same_break = known is not None and known.last_red.run_id == branches[0].last_red.run_id
        state = self.state if same_break else None
        if state is not None and state.green_again is not None:
            return False
        return any(result.replaced for result in newest) or (state is not None and state.cause_replaced)

    @property
    def _remembered(self) -> tuple[Occurrence, ...]:
        return self.state.occurrences if self.state else ()

    def _reader(
        self, always_run: Mapping[Trigger, Set[str]], ran: Set[Trigger], occurrences: Iterable[Occurrence]
    ) -> BranchStatusReader:
        counted_to = self.state.counted_to if self.state else None
        ended = {occurrence.key: occurrence.order for occurrence in occurrences}
        keys = {occurrence.key for occurrence in self._remembered}
        return BranchStatusReader(
            identity=self.identity,
            always_run=always_run,
            ran=ran,
            skipping=self._skipping(),
            counted=lambda key: key in keys or (counted_to is not None and ended[key] <= counted_to),
            failed=lambda run: {past.commit.sha for past in self._remembered if self._is_of(past, run)},
            start=self.context.start,
            proof_from=self.state.reopened_at if self.state else None,
            most=max(1, self._most_greens()),
        )

    def _most_greens(self) -> int:
        """As many as it takes if the identity turns out to be flaky."""
        twice = 2 * self.settings.close_after
        return replace(self.state, flaky=Flaky()).greens_needed(self.settings.close_after) if self.state else twice

    def _legs_that_ran(self) -> Mapping[Trigger, Set[str]]:
        """The legs that each event is known to run: a passing run proves nothing for a job its event never starts."""
        ran: dict[Trigger, set[str]] = defaultdict(set)
        for status in self.state.branch_statuses if self.state else ():
            for red_leg in status.red:
                ran[status.workflow_id, red_leg.event].add(red_leg.leg)
        for result in self.results:
            if result.red or result.green:
                ran[result.trigger] |= result.red.keys() | result.green
        return ran

    def _legs_that_always_run(self, ran: Mapping[Trigger, Set[str]]) -> Mapping[Trigger, Set[str]]:
        """The same without the workflows that skip the job at times: their passing runs prove nothing as a whole."""
        skipping = self._skipping()
        return {trigger: legs for trigger, legs in ran.items() if trigger[0] not in skipping}

    def _skipping(self) -> set[int]:
        """The workflows that passed in some run without the job."""
        remembered = {
            status.workflow_id for status in (self.state.branch_statuses if self.state else ()) if status.skips
        }
        return remembered | {result.run.workflow.id for result in self.results if result.skipped}

    def _remembered_branches(self) -> Iterator[BranchStatus]:
        if self.state is None:
            return
        yield from self.state.branch_statuses
        if not self.state.branch_statuses and not self.state.branch_statuses_cut:
            yield from self._branch_of_latest(self.state.latest)

    def _branch_of_latest(self, latest: Occurrence) -> Iterator[BranchStatus]:
        """The branch of the newest failure, if an older version of the program did not write it down."""
        for stream, results in self.streams.items():
            if self._is_of(latest, results[0].run):
                at = latest.started_at
                red = tuple(RedLeg(leg.leg, latest.event, latest.run_id, latest.attempt, at) for leg in latest.legs)
                yield BranchStatus(*stream, red, RunRef(latest.run_id, latest.number, latest.commit.sha, at))
                return

    def _unless_gone(self, status: BranchStatus, always_run: Mapping[Trigger, Set[str]]) -> BranchStatus:
        """A deleted workflow and a retired status have no more runs to come, whatever the last run said."""
        workflow = (self.context.workflows or {}).get(status.workflow_id)
        if self.context.workflows is not None and not (workflow and self._belongs(workflow)):
            return replace(status, red=(), gone=True)
        if status.gone:
            return status
        ran = () if self.identity.kind is IdentityKind.SCHEDULE else self._times_ran(status, always_run)
        retired = self.context.activity.why_retired(status.workflow_id, status.branch, workflow, ran)
        return replace(status, red=(), gone=True, retired=retired) if retired else status

    def _times_ran(self, status: BranchStatus, always_run: Mapping[Trigger, Set[str]]) -> Iterator[datetime]:
        """When the identity is known to have run on a branch."""
        yield from (run_ref.at for run_ref in (status.last_red, *status.greens))
        recent = dict(status.recent)
        for result in self.streams.get(status.branch_key, ()):
            passed = result.all_green and always_run.get(result.trigger)
            if result.red or result.green or passed or result.run.id in recent:
                yield result.run.created_at
        for past in self._remembered:
            if past.attempt == 1 and self.context.activity.refs.status_ref(past.branch, past.event) == status.branch:
                yield past.started_at

    def _belongs(self, workflow: Workflow) -> bool:
        """Whether a workflow that the issue remembers has the jobs of the identity."""
        if self.identity.cause or workflow.id in self.renamed:
            return True
        return plain(workflow.name, 100) == plain(self.identity.workflow, 100)

    def _bounds(
        self, branches: Sequence[BranchStatus], always_run: Mapping[Trigger, Set[str]]
    ) -> tuple[RunRef | None, RunRef | None, RunRef | None]:
        """The first failing run of the latest break, the last passing one before it, the first passing one after it."""
        if not branches:
            return None, None, None
        results = [
            result
            for result in self.streams.get(branches[0].branch_key, ())
            if not (result.all_green and not always_run.get(result.trigger))
        ]
        after = _after(branches[0].last_red, results)
        green_again = next((run_ref_of(result) for result in after if result.is_green), None)
        later = {result.key for result in after}
        until = [result for result in results if result.key not in later]
        if not any(result.red for result in until):
            return None, None, green_again
        newest_red = max(place for place, result in enumerate(until) if result.red)
        green = next((place for place in range(newest_red, -1, -1) if until[place].is_green), None)
        first_red = next(result for result in until[0 if green is None else green + 1 :] if result.red)
        return run_ref_of(first_red), None if green is None else run_ref_of(until[green]), green_again

    def _flakes(self, always_run: Mapping[Trigger, Set[str]]) -> tuple[str, ...]:
        """The commits on which a leg failed and then passed, the newest first."""
        flakes: dict[str, tuple[datetime, int, int]] = {}
        for results in self.streams.values():
            failed: dict[tuple[str, str], tuple[int, int]] = dict(self._failed_before(results[0].run))
            for result in results:
                sha = result.run.commit.sha
                green = result.green | (always_run.get(result.trigger, set()) if result.all_green else set())
                if any(failed.get((sha, leg), result.key) < result.key for leg in green - result.red.keys()):
                    flakes[sha] = result.order
                failed.update(((sha, leg), result.key) for leg in result.red if (sha, leg) not in failed)
        return tuple(sorted(flakes, key=lambda sha: flakes[sha], reverse=True))

    def _failed_before(self, run: Run) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
        """The failures on a run's branch that the issue remembers: commit and leg, with the attempt."""
        for occurrence in self._remembered:
            if self._is_of(occurrence, run):
                yield from (((occurrence.commit.sha, leg.leg), occurrence.key) for leg in occurrence.legs)

    def _is_of(self, occurrence: Occurrence, run: Run) -> bool:
        """Whether an occurrence, in the form in which an issue remembers it, has the branch status of a run."""
        source = run.subject or run.workflow.file_name
        if occurrence.source != _remembered_form(source, 60):
            return False
        status_ref = self.context.activity.refs.status_ref(occurrence.branch, occurrence.event)
        return status_ref == _remembered_form(run.branch_key[1], 100)

    def _moved_on(self, branches: Sequence[BranchStatus]) -> bool:
        """Whether runs that waited for an approval went on."""
        if not (self.identity.waits_for_approval and branches):
            return False
        listed = {result.run.id for result in self.results}
        return all(not status.red and status.last_red.run_id in listed for status in branches)


def _after(last_red: RunRef, results: Sequence[AttemptResult]) -> Sequence[AttemptResult]:
    """The results after the newest failure, a passing re-run of it included."""
    newest_red = max((place for place, result in enumerate(results) if result.red), default=-1)
    return [result for result in results[newest_red + 1 :] if result.run.order >= (last_red.at, last_red.run_id)]


@lru_cache(maxsize=1024)
def _remembered_form(text: str, limit: int) -> str:
    # Each issue compares the same few branches and workflows.
    return plain(text, limit)


def _occurrence(result: AttemptResult) -> Occurrence:
    run, failed = result.run, result.red.values()
    started_at = _started(result)
    return Occurrence(
        run_id=run.id,
        attempt=result.attempt,
        number=run.number,
        event=run.event,
        branch=run.branch,
        commit=run.commit,
        started_at=started_at,
        # When the jobs ended; `updated_at` of the run also moves when somebody only touches it.
        ended_at=max((observation.ended_at for observation in failed if observation.ended_at), default=started_at),
        outcome=_worst({observation.outcome for observation in failed}),
        legs=tuple(_failed_leg(leg, observation) for leg, observation in sorted(result.red.items())),
        source=run.subject or run.workflow.file_name,
    )


def _started(result: AttemptResult) -> datetime:
    """When the attempt began; GitHub says it of the newest attempt only, so the jobs say it of the others."""
    if result.attempt == 1:
        return result.run.created_at
    jobs = [observation.started_at for observation in result.red.values() if observation.started_at]
    return min(jobs, default=result.run.started_at)


def _failed_leg(leg: str, observation: Observation) -> FailedLeg:
    job_diagnosis = observation.job_diagnosis or JobDiagnosis(0)
    outcome = job_diagnosis.outcome
    # GitHub keeps its own conclusion, so an outcome that differs from it has to be remembered.
    differs = outcome is observation.outcome and outcome is not None and outcome.shown_as_another
    return FailedLeg(
        leg,
        observation.job_id,
        observation.step.name if observation.step else None,
        job_diagnosis.signature,
        job_diagnosis.log_unavailable,
        outcome if differs else None,
    )


_WORST_FIRST = (
    Outcome.FAILURE,
    Outcome.TIMED_OUT,
    Outcome.RUNNER_LOST,
    Outcome.STARTUP_FAILURE,
    Outcome.ACTION_REQUIRED,
    Outcome.MISSED_SCHEDULE,
    Outcome.CANCELLED,
)


def _worst(outcomes: Set[Outcome | None]) -> Outcome:
    return next(outcome for outcome in _WORST_FIRST if outcome in outcomes)
