"""What each run looked at says of its workflow and of its jobs: green, red, or that it is not known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from ci_failure_tracker.model import SCHEDULE, Observation, Outcome, Run
from ci_failure_tracker.report.known_failures import (
    NOTHING,
    Failure,
    JobKey,
    KnownFailures,
    KnownFailuresOfAll,
    failed_before,
    failures_in,
    with_known_causes,
)
from ci_failure_tracker.settings import Matrix, Settings
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.observations import with_diagnoses
from ci_failure_tracker.tracking.outcome import judge_run

_Trigger = tuple[int, str]


class StatusWord(StrEnum):
    """How a run ended for a workflow or a job; `unknown` where that was not read.

    One that was cancelled, or superseded by a newer one, says nothing; it is only shown.
    """

    GREEN = "green"
    RED = "red"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run and what it says; `flaky` is `None` where the attempts before its last one were not read.

    `outcome` is how exactly a job was red.
    """

    run: Run
    word: StatusWord
    flaky: bool | None = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class RunStatuses:
    """What the runs say, in the order in which they were created: of each workflow and job by name.

    `outcomes` are how the runs ended as wholes, by their ids.
    """

    workflows: Mapping[str, tuple[RunStatus, ...]]
    jobs: Mapping[JobKey, tuple[RunStatus, ...]]
    outcomes: Mapping[int, Outcome | None]


def read_run_statuses(found: Findings, settings: Settings) -> RunStatuses:
    """What every run says. A run that was skipped or is not finished is left out."""
    scan, known = found.snapshot, found.history
    states = [one.state for one in known.tracked_issues.written if one.state is not None]
    separate = settings.matrix is Matrix.SEPARATE
    name_of = cache(lambda name: name if separate else split_leg(name)[0])
    seen: dict[int, list[Observation]] = defaultdict(list)
    for one in with_diagnoses(known.observations, scan.job_diagnoses):
        # What a silent schedule names as its run is the last one it had, and that speaks for itself.
        if one.run.subject != SCHEDULE:
            seen[one.run.id].append(one)
    runs = sorted(scan.runs, key=lambda run: run.order)
    outcomes = {run.id: judge_run(run, runs) for run in runs}
    reader = _Reader(
        settings,
        {run.id: _seen(outcomes[run.id], seen[run.id], name_of) for run in runs},
        with_known_causes(scan.runs, states, name_of),
    )
    workflows: dict[str, list[RunStatus]] = defaultdict(list)
    for run in runs:
        told = reader.of_run(run)
        if told is not None:
            workflows[run.workflow.name].append(told)
    jobs = reader.of_jobs(runs)
    return RunStatuses(
        {name: _with_same_commit(told) for name, told in workflows.items()},
        {key: _with_same_commit(told) for key, told in jobs.items()},
        outcomes,
    )


def _with_same_commit(told: Sequence[RunStatus]) -> tuple[RunStatus, ...]:
    """With what failed and was green in a later run of the same line, event and commit taken for flaky."""
    found: list[RunStatus] = []
    green: set[tuple[object, ...]] = set()
    for one in reversed(told):
        place = (one.run.branch_key, one.run.event, one.run.commit.sha)
        if one.word is StatusWord.GREEN:
            green.add(place)
        found.append(replace(one, flaky=True) if one.word is StatusWord.RED and place in green else one)
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a run ended, what was observed in it, and of that what each job says, by its name.

    `is_read` says that it is known job by job, or is known to have had none: a run that stands for itself is no job.
    """

    outcome: Outcome | None
    observations: tuple[Observation, ...]
    jobs: Mapping[str, tuple[Observation, ...]]
    is_read: bool

    def had(self, job: str) -> bool:
        """Whether the job ended in it with a word of its own, and was not only skipped."""
        return any(one.outcome for one in self.jobs.get(job, ()))


def _seen(outcome: Outcome | None, observed: Sequence[Observation], name_of: Callable[[str], str]) -> _Seen:
    jobs: dict[str, list[Observation]] = defaultdict(list)
    for one in observed:
        if one.job_id is not None:
            jobs[name_of(one.job or "")].append(one)
    is_read = any(one.job is not None for one in observed)
    return _Seen(outcome, tuple(observed), {name: tuple(found) for name, found in jobs.items()}, is_read)


@dataclass(frozen=True, slots=True)
class _Reader:
    settings: Settings
    seen: Mapping[int, _Seen]
    memory: KnownFailuresOfAll

    # --- runs ------------------------------------------------------------------------------------

    def of_run(self, run: Run) -> RunStatus | None:
        seen = self.seen[run.id]
        word = self._word(run, seen)
        return None if word is None else RunStatus(run, word, self._was_flaky(run, word, seen))

    def _word(self, run: Run, seen: _Seen) -> StatusWord | None:
        if seen.outcome is Outcome.SUCCESS:
            return StatusWord.GREEN
        if seen.outcome is None:
            return None
        if seen.outcome is Outcome.SUPERSEDED:
            return StatusWord.CANCELLED
        if seen.is_read:
            return StatusWord.RED if any(map(self._is_red, _last(seen.observations))) else _cancelled(seen.outcome)
        # Only its jobs tell whether a cancelled run was more than stopped.
        certain = seen.outcome is not Outcome.CANCELLED and self.settings.counts(seen.outcome)
        return (
            StatusWord.RED if certain or self._is_remembered(self.memory.runs.get(run.id), run) else StatusWord.UNKNOWN
        )

    def _was_flaky(self, run: Run, word: StatusWord, seen: _Seen) -> bool | None:
        if word is not StatusWord.GREEN or run.attempt == 1:
            return False
        if not seen.is_read:
            # That an attempt failed may be remembered; that none did, never.
            return failed_before(self.memory.runs.get(run.id), run) or None
        return any(one.attempt < run.attempt and self._is_red(one) for one in seen.observations)

    def _is_red(self, one: Observation) -> bool:
        return self.settings.counts(one.outcome)

    def _is_remembered(self, failure: Failure | None, run: Run) -> bool:
        """Whether the newest attempt is remembered to have failed."""
        return failure is not None and failure.attempt == run.attempt and self.settings.counts(failure.outcome)

    # --- jobs ------------------------------------------------------------------------------------

    def of_jobs(self, runs: Sequence[Run]) -> dict[JobKey, list[RunStatus]]:
        of_workflows: dict[str, list[Run]] = defaultdict(list)
        for run in runs:
            of_workflows[run.workflow.name].append(run)
        names: dict[str, set[str]] = defaultdict(set)
        for run in runs:
            seen = self.seen[run.id]
            names[run.workflow.name] |= {job for job in seen.jobs if seen.had(job)}
        for (workflow, job), recalled in self.memory.jobs.items():
            if recalled.failed:
                names[workflow].add(job)
        return {
            (workflow, job): list(self._of_job(job, ours, self.memory.jobs.get((workflow, job), NOTHING)))
            for workflow, ours in of_workflows.items()
            for job in sorted(names[workflow])
        }

    def _of_job(self, job: str, runs: Sequence[Run], recalled: KnownFailures) -> Iterator[RunStatus]:
        had = {run.id for run in runs if self.seen[run.id].had(job)} | recalled.failed.keys()
        starts = {_trigger(run) for run in runs if run.id in had}
        doubtful = self._doubtful(job, runs, had, recalled)
        # An event that is not known to start the job says nothing of it.
        ours = [run for run in runs if self.seen[run.id].is_read or _trigger(run) in starts]
        unread = [
            run
            for run in ours
            if not self.seen[run.id].is_read and self._word(run, self.seen[run.id]) is StatusWord.RED
        ]
        counted = {run.id for run in failures_in(recalled, unread)}
        for run in ours:
            seen = self.seen[run.id]
            if seen.is_read:
                told = self._of_read(run, seen.jobs.get(job, ()))
            elif run.id in counted:
                told = RunStatus(run, StatusWord.RED, outcome=seen.outcome)
            else:
                told = self._of_unread(run, seen, recalled, is_doubtful=run.id in doubtful)
            if told is not None:
                yield told

    def _doubtful(self, job: str, runs: Sequence[Run], had: Set[int], recalled: KnownFailures) -> frozenset[int]:
        """The runs that may have gone without the job: it is skipped now and then, or the next run known has none.

        A workflow file changes, and with it the jobs that there are.
        """
        skipped_by = set(recalled.skipped_by)
        found: set[int] = set()
        for way in (runs, tuple(reversed(runs))):
            without: set[_Trigger] = set()
            for run in way:
                seen, trigger = self.seen[run.id], _trigger(run)
                if run.id in had:
                    without.discard(trigger)
                elif seen.is_read and job in seen.jobs:
                    skipped_by.add(run.workflow.id)
                elif seen.is_read and any(seen.jobs):
                    without.add(trigger)
                if trigger in without:
                    found.add(run.id)
        return frozenset(found | {run.id for run in runs if run.workflow.id in skipped_by})

    def _of_read(self, run: Run, here: Sequence[Observation]) -> RunStatus | None:
        last = _last(here)
        red = next((one.outcome for one in last if self._is_red(one)), None)
        if red is not None:
            return RunStatus(run, StatusWord.RED, outcome=red)
        green = {one.job for one in last if one.outcome is Outcome.SUCCESS}
        if not green:
            return RunStatus(run, StatusWord.CANCELLED) if any(_cancelled(one.outcome) for one in last) else None
        return RunStatus(run, StatusWord.GREEN, any(self._is_red(one) for one in here if one.job in green))

    def _of_unread(self, run: Run, seen: _Seen, recalled: KnownFailures, *, is_doubtful: bool) -> RunStatus | None:
        remembered = recalled.failed.get(run.id)
        if seen.outcome is Outcome.SUCCESS:
            if failed_before(remembered, run):
                return RunStatus(run, StatusWord.GREEN, flaky=True)
            return RunStatus(
                run, StatusWord.UNKNOWN if is_doubtful else StatusWord.GREEN, False if run.attempt == 1 else None
            )
        if remembered is not None and self._is_remembered(remembered, run):
            return RunStatus(run, StatusWord.RED, outcome=remembered.outcome)
        word = self._word(run, seen)
        return (
            None
            if word is None
            else RunStatus(run, StatusWord.CANCELLED if word is StatusWord.CANCELLED else StatusWord.UNKNOWN)
        )


def _cancelled(outcome: Outcome | None) -> StatusWord | None:
    return StatusWord.CANCELLED if outcome in {Outcome.CANCELLED, Outcome.SUPERSEDED} else None


def _trigger(run: Run) -> _Trigger:
    return run.workflow.id, run.event


def _last(observations: Iterable[Observation]) -> list[Observation]:
    """Of each job its newest attempt: a re-run of the failed jobs does not run the others again."""
    newest: dict[str | None, Observation] = {}
    for one in sorted(observations, key=lambda one: one.attempt):
        newest[one.job] = one
    return list(newest.values())
