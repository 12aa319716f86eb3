"""The history of each identity: what the runs looked at say of it together, and what its open issue remembers."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from ci_failure_tracker.model import (
    BranchStatus,
    FailedLeg,
    Flaky,
    History,
    Identity,
    JobDiagnosis,
    Observation,
    Occurrence,
    Outcome,
    RedLeg,
    Run,
    RunRef,
    State,
)
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.attempt_result import AttemptResult, AttemptResults, RunListing
from ci_failure_tracker.tracking.branch_status import BranchStatusReader, Trigger, run_ref_of
from ci_failure_tracker.tracking.grouping import Grouping, grouping

_Stream = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class HistoryContext:
    """What a history stands on besides the runs looked at.

    `states` are what the open issues remember. Of the time since `start` every run was listed, or all were. `names`
    are the workflows that exist, by number, or `None` where that was not asked.
    """

    states: tuple[State, ...] = ()
    start: datetime | None = None
    names: Mapping[int, str] | None = None

    def remembered(self) -> Mapping[str, State]:
        """The states by failure id."""
        return {state.identity.id: state for state in self.states}


_NOWHERE = HistoryContext()


def read_histories(
    observations: Iterable[Observation], settings: Settings, ground: HistoryContext = _NOWHERE
) -> tuple[History, ...]:
    """The history of every identity that failed at least once or has an open issue, in the order of their names."""
    observed = tuple(observations)
    groups = grouping(observed, settings, ground.states)
    states = ground.remembered()
    of_workflows: dict[str, list[AttemptResults]] = defaultdict(list)
    found: dict[str, Identity] = {one: state.identity for one, state in states.items()}
    others: set[Identity] = set()
    for said in _in_order(observed, settings, groups):
        of_workflows[said.run.workflow.name].append(said)
        for identity, verdict in said.named.items():
            if identity.id in states:
                found[identity.id] = identity
            elif verdict.red:
                others.add(identity)
    histories = []
    for one in (*found.values(), *others):
        told = [said.on(one, remembered=one.id in states) for said in _runs_on(one, groups, of_workflows)]
        histories.append(_HistoryBuilder(one, told, states.get(one.id), ground, settings).history())
    return tuple(sorted(histories, key=_by_name))


def _in_order(observations: Iterable[Observation], settings: Settings, groups: Grouping) -> Iterator[AttemptResults]:
    """What each attempt of each run says, in the order in which the runs were created."""
    by_run: dict[tuple[int, str], list[Observation]] = defaultdict(list)
    for observation in observations:
        # What a schedule's silence names as its run is the last one it had.
        by_run[observation.run.id, observation.run.subject].append(observation)
    for of_run in sorted(by_run.values(), key=lambda of_run: of_run[0].run.order):
        listing = RunListing(of_run, settings, groups)
        for attempt in sorted({one.attempt for one in of_run}):
            yield AttemptResults([one for one in of_run if one.attempt == attempt], listing, settings, groups)


def _runs_on(
    identity: Identity, groups: Grouping, of_workflows: Mapping[str, Sequence[AttemptResults]]
) -> Iterable[AttemptResults]:
    """The attempts that speak of an identity, in order; of one workflow, but for a cause that several share."""
    names = groups.workflows(identity)
    return heapq.merge(*(of_workflows[name] for name in names), key=lambda said: (said.run.order, said.attempt))


def _by_name(history: History) -> tuple[str, str, str, str]:
    identity = history.identity
    return identity.workflow.casefold(), identity.job.casefold(), identity.job, identity.id


@dataclass(frozen=True)
class _HistoryBuilder:
    """Tells the history of one identity from its verdicts, which are in order."""

    identity: Identity
    told: Sequence[AttemptResult]
    state: State | None
    ground: HistoryContext
    settings: Settings
    streams: dict[_Stream, list[AttemptResult]] = field(default_factory=lambda: defaultdict(list))

    def history(self) -> History:
        for said in self.told:
            self.streams[said.run.branch_key].append(said)
        ran = self._legs_that_ran()
        known = self._where_it_always_runs(ran)
        before = {line.branch_key: line for line in self._remembered_lines()}
        reader = self._reader(known, ran.keys())
        lines = [
            self._unless_gone(line)
            for stream in dict.fromkeys([*self.streams, *before])
            if (line := reader.read(before.get(stream), self.streams.get(stream, [])))
        ]
        lines.sort(key=lambda line: (line.last_red.at, line.last_red.run_id), reverse=True)
        first_red, last_green, green_again = self._bounds(lines, known)
        newest = _after(lines[0].last_red, self.streams.get(lines[0].branch_key, [])) if lines else []
        return History(
            identity=self.identity,
            occurrences=tuple(sorted((_occurrence(said) for said in self.told if said.red), key=lambda one: one.order)),
            remembered=self.state.occurrences if self.state else (),
            branch_statuses=tuple(lines),
            first_red=first_red,
            last_green=last_green,
            green_again=green_again,
            cause_replaced=green_again is None and self._is_replaced(lines, before, newest),
            flakes=tuple(self._flakes(known)),
            runs_missed=any(reader.misses_runs(before.get(stream), told) for stream, told in self.streams.items()),
            moved_on=self._moved_on(lines),
            job_diagnoses=tuple(
                seen.job_diagnosis for said in self.told for seen in said.red.values() if seen.job_diagnosis is not None
            ),
        )

    def _is_replaced(
        self, lines: Sequence[BranchStatus], before: Mapping[_Stream, BranchStatus], newest: Sequence[AttemptResult]
    ) -> bool:
        """Whether another cause came after the newest failure; of runs that are not read again the issue says it."""
        if not lines:
            return False
        known = before.get(lines[0].branch_key)
        same_break = known is not None and known.last_red.run_id == lines[0].last_red.run_id
        state = self.state if same_break else None
        if state is not None and state.green_again is not None:
            return False
        return any(said.replaced for said in newest) or (state is not None and state.cause_replaced)

    def _reader(self, known: Mapping[Trigger, set[str]], ran: Set[Trigger]) -> BranchStatusReader:
        occurrences = self.state.occurrences if self.state else ()
        counted_to = self.state.counted_to if self.state else None
        ended = {said.key: _occurrence(said).order for said in self.told if said.red}
        keys = {one.key for one in occurrences}
        return BranchStatusReader(
            identity=self.identity,
            known=known,
            ran=ran,
            skipping=self._skipping(),
            counted=lambda key: key in keys or (counted_to is not None and ended[key] <= counted_to),
            failed=lambda run: {one.commit.sha for one in occurrences if _is_of(one, run)},
            start=self.ground.start,
            proof_from=self.state.reopened_at if self.state else None,
            most=max(1, self._most_greens()),
        )

    def _most_greens(self) -> int:
        """As many as it could take if it turns out to be flaky."""
        twice = 2 * self.settings.close_after
        return replace(self.state, flaky=Flaky()).greens_needed(self.settings.close_after) if self.state else twice

    def _legs_that_ran(self) -> dict[Trigger, set[str]]:
        """Which legs each event is known to run: a green run proves nothing for a job its event never starts."""
        known: dict[Trigger, set[str]] = defaultdict(set)
        for line in self.state.branch_statuses if self.state else ():
            for red in line.red:
                known[line.workflow_id, red.event].add(red.leg)
        for said in self.told:
            if said.red or said.green:
                known[said.trigger] |= said.red.keys() | said.green
        return known

    def _where_it_always_runs(self, ran: Mapping[Trigger, set[str]]) -> dict[Trigger, set[str]]:
        """The same without what is skipped now and then: there a run that is green as a whole proves nothing."""
        skipping = self._skipping()
        return {trigger: legs for trigger, legs in ran.items() if trigger[0] not in skipping}

    def _skipping(self) -> set[int]:
        """The workflows of which a run was green without it."""
        remembered = {line.workflow_id for line in (self.state.branch_statuses if self.state else ()) if line.skips}
        return remembered | {said.run.workflow.id for said in self.told if said.skipped}

    def _remembered_lines(self) -> Iterator[BranchStatus]:
        if self.state is None:
            return
        yield from self.state.branch_statuses
        if not self.state.branch_statuses and not self.state.branch_statuses_cut:
            yield from self._lines_of_old()

    def _lines_of_old(self) -> Iterator[BranchStatus]:
        """The line of the newest failure, where an older version of the program did not write it down."""
        latest = self.state.latest if self.state else None
        stream = next((stream for stream, told in self.streams.items() if latest and _is_of(latest, told[0].run)), None)
        if latest is None or stream is None:
            return
        at = latest.started_at
        red = [RedLeg(leg.leg, latest.event, latest.run_id, latest.attempt, at) for leg in latest.legs]
        yield BranchStatus(*stream, tuple(red), RunRef(latest.run_id, latest.number, latest.commit.sha, at))

    def _unless_gone(self, line: BranchStatus) -> BranchStatus:
        """A line of a workflow that is no more has no more runs to come, whatever its last one said."""
        names = self.ground.names
        if names is None:
            return line
        name = names.get(line.workflow_id)
        here = name is not None and (self.identity.cause or plain(name, 100) == plain(self.identity.workflow, 100))
        return line if here else replace(line, red=(), gone=True)

    def _bounds(
        self, lines: Sequence[BranchStatus], known: Mapping[Trigger, set[str]]
    ) -> tuple[RunRef | None, RunRef | None, RunRef | None]:
        """The first red run of the latest break, the last green one before it, and the first green one after it."""
        if not lines:
            return None, None, None
        told = [
            said
            for said in self.streams.get(lines[0].branch_key, [])
            if not (said.all_green and not known.get(said.trigger))
        ]
        after = _after(lines[0].last_red, told)
        green_after = next((run_ref_of(said) for said in after if said.is_green), None)
        later = {said.key for said in after}
        until = [said for said in told if said.key not in later]
        if not any(said.red for said in until):
            return None, None, green_after
        here = max(place for place, said in enumerate(until) if said.red)
        green = next((place for place in range(here, -1, -1) if until[place].is_green), None)
        first = next(said for said in until[0 if green is None else green + 1 :] if said.red)
        return run_ref_of(first), None if green is None else run_ref_of(until[green]), green_after

    def _flakes(self, known: Mapping[Trigger, set[str]]) -> Iterator[str]:
        """The commits on which a leg failed and was green afterwards, the newest first."""
        found: dict[str, tuple[datetime, int, int]] = {}
        for told in self.streams.values():
            failed: dict[tuple[str, str], tuple[int, int]] = dict(self._failed_before(told[0].run))
            for said in told:
                sha = said.run.commit.sha
                green = said.green | (known.get(said.trigger, set()) if said.all_green else set())
                if any(failed.get((sha, leg), said.key) < said.key for leg in green - said.red.keys()):
                    found[sha] = said.order
                failed.update(((sha, leg), said.key) for leg in said.red if (sha, leg) not in failed)
        return iter(sorted(found, key=lambda sha: found[sha], reverse=True))

    def _failed_before(self, run: Run) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
        """What the issue remembers of failures in a line of runs: on which commit, which leg, in which attempt."""
        for one in self.state.occurrences if self.state else ():
            if _is_of(one, run):
                yield from (((one.commit.sha, leg.leg), one.key) for leg in one.legs)

    def _moved_on(self, lines: Sequence[BranchStatus]) -> bool:
        """Whether what waited for somebody waits no more: its runs were seen to have gone on."""
        if not (self.identity.waits_for_approval and lines):
            return False
        seen = {said.run.id for said in self.told}
        return all(not line.red and line.last_red.run_id in seen for line in lines)


def _after(point: RunRef, told: Sequence[AttemptResult]) -> list[AttemptResult]:
    """What was said after the newest failure, a green re-run of it included."""
    here = max((place for place, said in enumerate(told) if said.red), default=-1)
    return [said for said in told[here + 1 :] if said.run.order >= (point.at, point.run_id)]


def _is_of(occurrence: Occurrence, run: Run) -> bool:
    """Whether an occurrence, in the form in which an issue remembers it, is of a run's line."""
    source = run.subject or run.workflow.file_name
    return occurrence.branch == plain(run.branch, 100) and occurrence.source == plain(source, 60)


def _occurrence(said: AttemptResult) -> Occurrence:
    run, legs = said.run, sorted(said.red.items())
    started = _started(said)
    return Occurrence(
        run_id=run.id,
        attempt=said.attempt,
        number=run.number,
        event=run.event,
        branch=run.branch,
        commit=run.commit,
        started_at=started,
        # When the jobs ended; `updated_at` of the run also moves when somebody only touches it.
        ended_at=max((seen.ended_at for _, seen in legs if seen.ended_at), default=started),
        outcome=_gravest(seen.outcome for _, seen in legs),
        legs=tuple(_failed_leg(leg, seen) for leg, seen in legs),
        source=run.subject or run.workflow.file_name,
    )


def _started(said: AttemptResult) -> datetime:
    """When the attempt began; GitHub says it of the newest one, and of the others their jobs do."""
    run = said.run
    if said.attempt == 1:
        return run.created_at
    jobs = [seen.started_at for seen in said.red.values() if seen.started_at]
    return min(jobs, default=run.started_at)


def _failed_leg(leg: str, seen: Observation) -> FailedLeg:
    job_diagnosis = seen.job_diagnosis or JobDiagnosis(0)
    return FailedLeg(
        leg,
        seen.job_id,
        seen.step.name if seen.step else None,
        job_diagnosis.signature,
        job_diagnosis.log_unavailable,
        # GitHub goes on showing its own conclusion, so that it ended otherwise has to be remembered.
        job_diagnosis.outcome
        if job_diagnosis.outcome is seen.outcome and _is_told_otherwise(job_diagnosis.outcome)
        else None,
    )


def _is_told_otherwise(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.shown_as_another


_GRAVEST_FIRST = (
    Outcome.FAILURE,
    Outcome.TIMED_OUT,
    Outcome.RUNNER_LOST,
    Outcome.STARTUP_FAILURE,
    Outcome.ACTION_REQUIRED,
    Outcome.MISSED_SCHEDULE,
    Outcome.CANCELLED,
)


def _gravest(outcomes: Iterable[Outcome | None]) -> Outcome:
    found = set(outcomes)
    return next(outcome for outcome in _GRAVEST_FIRST if outcome in found)
