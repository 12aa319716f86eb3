"""The history of each identity: what the runs say of it, together with what its open issue remembers."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from ci_failure_tracker.diagnosis.signature import is_known
from ci_failure_tracker.model import (
    MOST_PASSES,
    BranchStatus,
    FailedLeg,
    History,
    Identity,
    IdentityKind,
    JobDiagnosis,
    NeverRan,
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
from ci_failure_tracker.tracking.branch_status import STARTED_BY_COMMIT, BranchStatusReader, Trigger, run_ref_of
from ci_failure_tracker.tracking.corrected import CorrectedGrouping
from ci_failure_tracker.tracking.corrections import NOTHING, Corrections
from ci_failure_tracker.tracking.grouping import Grouping, Remembered, grouping
from ci_failure_tracker.tracking.retirement import Activity

_BranchKey = tuple[int, str, str]

_LegOfCommit = tuple[str, int, str]
"""A commit, the id of the run if no commit starts it, and a leg."""

_NO_FLAKES = frozenset({Outcome.TIMED_OUT, Outcome.CANCELLED, Outcome.NEVER_RAN})
"""A time limit, a person who cancels, or a missing runner says neither that a job is broken nor that it is flaky."""


@dataclass(frozen=True, slots=True)
class HistoryContext:
    """What a history needs besides the observations.

    `states` are what the open issues remember, `closed` what the closed ones do. Every run since `start` is listed;
    `None` means that all runs are. `workflows` are the workflows that exist, by id; `None` means that they are not
    known. `activity` says what still runs. `open_states` are what the open issues of all kinds remember, if `states`
    are those of one kind. `corrections` are those of people.

    If the issues of several repositories are in one, `starts` are the starts of their lists by name, and `known` are
    the repositories whose workflows are all known; of the others nothing changes.
    """

    states: tuple[State, ...] = ()
    closed: tuple[State, ...] = ()
    start: datetime | None = None
    workflows: Mapping[int, Workflow] | None = None
    activity: Activity = field(default_factory=Activity)
    open_states: tuple[State, ...] = ()
    corrections: Corrections = NOTHING
    starts: Mapping[str, datetime | None] = field(default_factory=dict)
    known: Set[str] | None = None

    def start_of(self, repository: str) -> datetime | None:
        """The start of the list of runs of a repository."""
        return self.starts.get(repository, self.start)


_NO_CONTEXT = HistoryContext()


def read_histories(
    observations: Iterable[Observation], settings: Settings, context: HistoryContext = _NO_CONTEXT
) -> tuple[History, ...]:
    """The history of every identity that failed at least once or has an open issue, in the order of their names."""
    observations = tuple(observations)
    workflows = (context.workflows or {}).values()
    # Names are compared first, because a renamed job or workflow has to meet the state of its issue below.
    groups = grouping_of(observations, settings, context, workflows)
    states = {state.identity.id: state for state in context.states}
    by_workflow: dict[str, list[AttemptResults]] = defaultdict(list)
    with_issue: dict[str, Identity] = {failure_id: state.identity for failure_id, state in states.items()}
    without_issue: set[Identity] = set()
    for attempt in _attempts(observations, settings, groups):
        by_workflow[attempt.run.workflow.name].append(attempt)
        for identity, result in attempt.named.items():
            if identity.id in states:
                # The issue may have shortened the names. Those of the runs are whole.
                with_issue[identity.id] = identity
            elif result.red:
                # What never failed and has no issue is of no interest, and a large repository has much of it.
                without_issue.add(identity)
    closed = {state.identity.id: state for state in context.closed}
    histories = []
    for identity in (*with_issue.values(), *without_issue):
        state = states.get(identity.id)
        attempts = _attempts_of(identity, groups, by_workflow)
        results = [attempt.on(identity, remembered=state is not None) for attempt in attempts]
        renamed = groups.present_names(identity).keys()
        streams, before = _by_stream(results), closed.get(identity.id)
        builder = _HistoryBuilder(identity, results, streams, state, before, context, settings, renamed)
        histories.append(builder.history())
    return tuple(sorted(histories, key=_by_name))


def grouping_of(
    observations: Sequence[Observation], settings: Settings, context: HistoryContext, workflows: Iterable[Workflow]
) -> Grouping:
    """How observations make up identities, after what people corrected."""
    corrections = context.corrections
    remembered = Remembered(context.states, context.open_states, context.closed, corrections)
    groups = grouping(observations, settings, remembered, workflows)
    if not (corrections.merges or corrections.split):
        return groups
    return CorrectedGrouping(groups, observations, corrections)


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

    `state` is what its open issue remembers. If it has a closed one, `closed` is what that remembers. `renamed` are the
    ids of workflows that belong to it under another name.
    """

    identity: Identity
    results: Sequence[AttemptResult]
    streams: Mapping[_BranchKey, Sequence[AttemptResult]]
    state: State | None
    closed: State | None
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
        # A closed issue says how often the job failed before. Its failures themselves are over.
        trials = {status.branch_key: status for status in (self.closed.branch_statuses if self.closed else ())}
        reader = self._reader(always_run, ran.keys(), occurrences)
        branches = [
            self._unless_gone(status, always_run)
            for stream in dict.fromkeys([*self.streams, *before])
            if (status := reader.read(before.get(stream), self.streams.get(stream, ()), trials.get(stream)))
        ]
        # The latest break is the one that an issue tells of, so its branch comes first.
        branches.sort(key=lambda status: (status.last_red.at, status.last_red.run_id), reverse=True)
        first_red, last_green, green_again = self._bounds(branches, always_run)
        # Results after the newest failure of that branch: they say whether it passes, or fails for another cause.
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
            recoveries=max((self._recoveries(status, occurrences) for status in branches), default=0),
            runs_missed=any(
                reader.misses_runs(before.get(stream), results) for stream, results in self.streams.items()
            ),
            moved_on=self._moved_on(branches),
            allowed=self._is_allowed(branches),
            job_diagnoses=tuple(job_diagnosis for job_diagnosis in diagnoses if job_diagnosis is not None),
            matrix_jobs=self._matrix_jobs(),
            unread=self._is_unread(branches),
        )

    def _is_unread(self, branches: Sequence[BranchStatus]) -> bool:
        """Whether a failing leg failed later of what no log was read to tell."""
        return any(
            red.leg in result.unread and red.order < result.order
            for status in branches
            for red in status.red
            for result in self.streams.get(status.branch_key, ())
        )

    def _matrix_jobs(self) -> int:
        newest = next((result for result in reversed(self.results) if result.red), None)
        # A cause or a test has jobs of several matrices, so it has no size.
        return 0 if newest is None or self.identity.spans_jobs else len(newest.red.keys() | newest.green)

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
        # What the issue remembers is about its own newest failure. After another one it says nothing.
        same_break = known is not None and known.last_red.run_id == branches[0].last_red.run_id
        state = self.state if same_break else None
        if state is not None and state.green_again is not None:
            return False
        return any(result.replaced for result in newest) or (state is not None and state.cause_replaced)

    @property
    def _remembered(self) -> tuple[Occurrence, ...]:
        return self.state.occurrences if self.state else ()

    @property
    def _known_failures(self) -> tuple[Occurrence, ...]:
        """The failures that its issue remembers, open or closed."""
        return (*self._remembered, *(self.closed.occurrences if self.closed else ()))

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
            failed=lambda run: {past.run_id for past in self._known_failures if self._is_of(past, run)},
            start=self.context.start_of,
            proof_from=self.state.reopened_at if self.state else None,
            # With `close-after: 0` no number of passes closes an issue.
            most=MOST_PASSES if self.settings.close_after else 1,
        )

    def _legs_that_ran(self) -> Mapping[Trigger, Set[str]]:
        """The legs that each event is known to run: a passing run proves nothing for a job its event never starts."""
        ran: dict[Trigger, set[str]] = defaultdict(set)
        # The run that failed may no longer be listed, so what the issue remembers counts as well.
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
        """The workflows that passed in some run without the job, or although it failed."""
        remembered = {
            status.workflow_id for status in (self.state.branch_statuses if self.state else ()) if status.skips
        }
        return remembered | {
            result.run.workflow.id for result in self.results if result.skipped or _failed_in_passing_run(result)
        }

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
                yield BranchStatus(
                    *stream, red, RunRef(latest.run_id, latest.number, latest.commit.sha, at, latest.repository)
                )
                return

    def _unless_gone(self, status: BranchStatus, always_run: Mapping[Trigger, Set[str]]) -> BranchStatus:
        """A deleted workflow and a retired status have no more runs to come, whatever the last run said."""
        if self.context.known is not None and status.repository not in self.context.known:
            return status
        workflow = (self.context.workflows or {}).get(status.workflow_id)
        # An empty list of workflows is an answer; no list is none, and then nothing is gone.
        if self.context.workflows is not None and not (workflow and self._belongs(workflow)):
            return replace(status, red=(), gone=True)
        if status.gone:
            return status
        # Not running is the failure that a missed schedule is about, so it does not retire it.
        ran = () if self.identity.kind is IdentityKind.SCHEDULE else self._times_ran(status, always_run)
        place = (status.workflow_id, status.branch)
        retired = self.context.activity.why_retired(*place, workflow, ran, status.repository)
        return replace(status, red=(), gone=True, retired=retired) if retired else status

    def _times_ran(self, status: BranchStatus, always_run: Mapping[Trigger, Set[str]]) -> Iterator[datetime]:
        """When the identity is known to have run on a branch."""
        yield from (run_ref.at for run_ref in (status.last_red, *status.greens))
        recent = dict(status.recent)
        for result in self.streams.get(status.branch_key, ()):
            passed = result.all_green and always_run.get(result.trigger)
            if result.red or result.green or passed or result.run.id in recent:
                yield result.run.created_at
        # The first attempt starts with the run. A later one may be a person who tries an old run again.
        for past in self._remembered:
            refs = self.context.activity.refs.of(past.repository)
            if past.attempt == 1 and refs.status_ref(past.branch, past.event) == status.branch:
                yield past.started_at

    def _belongs(self, workflow: Workflow) -> bool:
        """Whether a workflow that the issue remembers has the jobs of the identity."""
        if self.identity.spans_jobs or workflow.id in self.renamed:
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
        # Back from the newest failure to the last pass before it: the failure right after that pass began the break.
        newest_red = max(place for place, result in enumerate(until) if result.red)
        green = next((place for place in range(newest_red, -1, -1) if until[place].is_green), None)
        first_red = next(result for result in until[0 if green is None else green + 1 :] if result.red)
        return run_ref_of(first_red), None if green is None else run_ref_of(until[green]), green_again

    def _flakes(self, always_run: Mapping[Trigger, Set[str]]) -> tuple[str, ...]:
        """The commits on which a leg failed and then passed, the newest first.

        If no commit starts the runs, only an attempt of one run says so: from one night to the next, more than the
        commit may change.
        """
        flakes: dict[str, tuple[datetime, int, int]] = {}
        for results in self.streams.values():
            failed: dict[_LegOfCommit, tuple[int, int]] = dict(self._failed_before(results[0].run))
            for result in results:
                green = result.green | (always_run.get(result.trigger, set()) if result.all_green else set())
                place = _tested(result.run.event, result.run.commit.sha, result.run.id)
                # A leg that failed and passed in one attempt has two jobs of one name, which proves nothing.
                if any(failed.get((*place, leg), result.key) < result.key for leg in green - result.red.keys()):
                    flakes[result.run.commit.sha] = result.order
                for leg, observation in result.red.items():
                    if observation.outcome not in _NO_FLAKES:
                        failed.setdefault((*place, leg), result.key)
        return tuple(sorted(flakes, key=lambda sha: flakes[sha], reverse=True))

    def _failed_before(self, run: Run) -> Iterator[tuple[_LegOfCommit, tuple[int, int]]]:
        """The failures on a run's branch that the issue remembers: commit and leg, with the attempt."""
        for occurrence in self._remembered:
            if self._is_of(occurrence, run) and occurrence.never_ran is None and occurrence.outcome not in _NO_FLAKES:
                place = _tested(occurrence.event, occurrence.commit.sha, occurrence.run_id)
                yield from (((*place, leg.leg), occurrence.key) for leg in occurrence.legs)

    def _recoveries(self, status: BranchStatus, occurrences: Iterable[Occurrence]) -> int:
        """How often a branch went from failing to passing among its newest trials, each time of the same cause.

        Runs that did not wait for an approval are no recovery of one that did.
        """
        if self.identity.waits_for_approval:
            return 0
        causes: dict[int, set[str]] = defaultdict(set)
        for occurrence in (*self._known_failures, *occurrences):
            # Different causes, one after another, are several breaks. Only one that comes back is flaky.
            if occurrence.never_ran is None and occurrence.outcome not in _NO_FLAKES:
                causes[occurrence.run_id] |= {leg.signature for leg in occurrence.legs if is_known(leg.signature)}
        ends = [run_id for (run_id, passed), (_, passes_then) in pairwise(status.recent) if passes_then and not passed]
        counts = Counter(cause for run_id in ends for cause in causes[run_id])
        return max(counts.values(), default=0)

    def _is_allowed(self, branches: Sequence[BranchStatus]) -> bool:
        """Whether everything that the issue counted is allowed to fail; a leg that it does not name may not be."""
        if self.state is None or self.state.legs_cut or any(status.red for status in branches):
            return False
        allowed = {leg for result in self.results for leg in result.allowed}
        return bool(self.state.legs) and all(count.leg in allowed for count in self.state.legs)

    def _is_of(self, occurrence: Occurrence, run: Run) -> bool:
        """Whether an occurrence, in the form in which an issue remembers it, has the branch status of a run."""
        # An issue remembers names that are cut and cleaned, so they are compared in this form.
        source = run.subject or run.workflow.file_name
        if occurrence.repository != run.repository or occurrence.source != _remembered_form(source, 60):
            return False
        status_ref = self.context.activity.refs.of(run.repository).status_ref(occurrence.branch, occurrence.event)
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


def _failed_in_passing_run(result: AttemptResult) -> bool:
    return bool(result.red) and result.run.conclusion == Outcome.SUCCESS and result.attempt == result.run.attempt


def _tested(event: str, sha: str, run_id: int) -> tuple[str, int]:
    return sha, 0 if event in STARTED_BY_COMMIT else run_id


@lru_cache(maxsize=1024)
def _remembered_form(text: str, limit: int) -> str:
    # Each issue compares the same few branches and workflows.
    return plain(text, limit)


def _occurrence(result: AttemptResult) -> Occurrence:
    run, failed = result.run, result.red.values()
    started_at = _started(result)
    outcome = _worst({observation.outcome for observation in failed})
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
        outcome=outcome,
        legs=tuple(_failed_leg(leg, observation) for leg, observation in sorted(result.red.items())),
        source=run.subject or run.workflow.file_name,
        never_ran=_longest(failed) if outcome is Outcome.NEVER_RAN else None,
        repository=run.repository,
    )


def _longest(failed: Iterable[Observation]) -> NeverRan | None:
    """How the job never ran that waited longest."""
    never_ran = (observation.never_ran for observation in failed)
    return max(filter(None, never_ran), key=lambda each: each.amount, default=None)


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
    Outcome.NEVER_RAN,
    Outcome.ACTION_REQUIRED,
    Outcome.MISSED_SCHEDULE,
    Outcome.CANCELLED,
)


def _worst(outcomes: Set[Outcome | None]) -> Outcome:
    return next(outcome for outcome in _WORST_FIRST if outcome in outcomes)
