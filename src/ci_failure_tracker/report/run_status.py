"""The status of each run for its workflow and for its jobs: passed, failed, cancelled or unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum

from ci_failure_tracker.model import SCHEDULE, Observation, Outcome, Run
from ci_failure_tracker.report.known_failures import (
    NO_FAILURES,
    Failure,
    JobFailures,
    JobKey,
    KnownFailures,
    known_failures,
)
from ci_failure_tracker.settings import Matrix, Settings
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.known_issues import with_outcomes
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.observations import with_diagnoses
from ci_failure_tracker.tracking.outcome import judge_run

_Trigger = tuple[int, str]
"""A workflow by its id, and an event."""


class StatusKind(StrEnum):
    """How a run ended for a workflow or a job.

    UNKNOWN means that it was not read. A CANCELLED or superseded run is shown and counts nowhere.
    """

    GREEN = "green"
    RED = "red"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """The status of one run for a workflow or a job.

    `flaky` is `None` if the attempts before the last one were not read. `outcome` says how a failed job ended.
    """

    run: Run
    kind: StatusKind
    flaky: bool | None = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class RunStatuses:
    """The statuses of the runs, in the order of their creation, by workflow and by job.

    `outcomes` are the outcomes of the whole runs by run id.
    """

    workflows: Mapping[str, tuple[RunStatus, ...]]
    jobs: Mapping[JobKey, tuple[RunStatus, ...]]
    outcomes: Mapping[int, Outcome | None]


def run_statuses(findings: Findings, settings: Settings) -> RunStatuses:
    """The status of every run. Runs that were skipped or are not finished are left out."""
    snapshot, history = findings.snapshot, findings.history
    states = [tracked.state for tracked in history.tracked_issues.written if tracked.state is not None]
    observations: dict[int, list[Observation]] = defaultdict(list)
    for observation in with_diagnoses(with_outcomes(history.observations), snapshot.job_diagnoses):
        # A missed schedule names the last run that it had, and that run has observations of its own.
        if observation.run.subject != SCHEDULE:
            observations[observation.run.id].append(observation)

    def job_of(name: str) -> str:
        return name if settings.matrix is Matrix.SEPARATE else split_leg(name)[0]

    runs = sorted(snapshot.runs, key=lambda run: run.order)
    outcomes = {run.id: judge_run(run, runs) for run in runs}
    judge = _Judge(
        settings,
        {run.id: _observed_run(outcomes[run.id], observations[run.id], job_of) for run in runs},
        known_failures(snapshot.runs, states, job_of),
    )
    workflows: dict[str, list[RunStatus]] = defaultdict(list)
    for run in runs:
        status = judge.of_run(run)
        if status is not None:
            workflows[run.workflow.name].append(status)
    return RunStatuses(
        {name: _with_flaky_commits(statuses) for name, statuses in workflows.items()},
        {key: _with_flaky_commits(statuses) for key, statuses in judge.of_jobs(runs).items()},
        outcomes,
    )


def _with_flaky_commits(statuses: Sequence[RunStatus]) -> tuple[RunStatus, ...]:
    """Mark a failure as flaky if a later run of the same branch, event and commit passed."""
    marked: list[RunStatus] = []
    passed: set[tuple[object, ...]] = set()
    # From the newest run back: a pass proves a failure flaky only if it came later.
    for status in reversed(statuses):
        # The commit alone is not enough: another event may run other jobs.
        key = (status.run.branch_key, status.run.event, status.run.commit.sha)
        if status.kind is StatusKind.GREEN:
            passed.add(key)
        marked.append(replace(status, flaky=True) if status.kind is StatusKind.RED and key in passed else status)
    return tuple(reversed(marked))


@dataclass(frozen=True, slots=True)
class _ObservedRun:
    """The outcome of a run and its observations, in all and by job.

    `is_read` says that its jobs are known, or that it is known to have none.
    """

    outcome: Outcome | None
    observations: tuple[Observation, ...]
    jobs: Mapping[str, tuple[Observation, ...]]
    is_read: bool

    def had(self, job: str) -> bool:
        """Whether the job ran in it, and was not only skipped."""
        # A job that was skipped has an observation without an outcome.
        return any(observation.outcome for observation in self.jobs.get(job, ()))


def _observed_run(
    outcome: Outcome | None, observations: Sequence[Observation], job_of: Callable[[str], str]
) -> _ObservedRun:
    jobs: dict[str, list[Observation]] = defaultdict(list)
    for observation in observations:
        if observation.job_id is not None:
            jobs[job_of(observation.job or "")].append(observation)
    is_read = any(observation.job is not None for observation in observations)
    return _ObservedRun(outcome, tuple(observations), {name: tuple(group) for name, group in jobs.items()}, is_read)


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges runs by what was observed in them, and by the known failures if they were not read."""

    settings: Settings
    observed: Mapping[int, _ObservedRun]
    known: KnownFailures

    # --- runs ------------------------------------------------------------------------------------

    def of_run(self, run: Run) -> RunStatus | None:
        observed = self.observed[run.id]
        kind = self._kind(run)
        return None if kind is None else RunStatus(run, kind, self._was_flaky(run, kind, observed))

    def _kind(self, run: Run) -> StatusKind | None:
        observed = self.observed[run.id]
        if observed.outcome is Outcome.SUCCESS:
            return StatusKind.GREEN
        if observed.outcome is None:
            return None
        if observed.is_read:
            failed = any(map(self._failed, _newest_of_each_job(observed.observations)))
            return StatusKind.RED if failed else _cancelled(observed.outcome)
        if observed.outcome is Outcome.SUPERSEDED:
            return StatusKind.CANCELLED
        # Only the jobs show whether a cancelled run also failed.
        certain = observed.outcome is not Outcome.CANCELLED and self.settings.counts(observed.outcome)
        return StatusKind.RED if certain or self._failed_now(self.known.runs.get(run.id), run) else StatusKind.UNKNOWN

    def _was_flaky(self, run: Run, kind: StatusKind, observed: _ObservedRun) -> bool | None:
        # Only an earlier attempt counts here; `_with_flaky_commits` compares runs.
        if kind is not StatusKind.GREEN or run.attempt == 1:
            return False
        if not observed.is_read:
            # An issue may remember that an attempt failed. It never remembers that none did.
            failure = self.known.runs.get(run.id)
            return True if failure and failure.is_before(run) else None
        return any(
            observation.attempt < run.attempt and self._failed(observation) for observation in observed.observations
        )

    def _failed(self, observation: Observation) -> bool:
        return self.settings.counts(observation.outcome)

    def _failed_now(self, failure: Failure | None, run: Run) -> bool:
        """Whether the newest attempt is known to have failed."""
        return failure is not None and failure.attempt == run.attempt and self.settings.counts(failure.outcome)

    # --- jobs ------------------------------------------------------------------------------------

    def of_jobs(self, runs: Sequence[Run]) -> dict[JobKey, list[RunStatus]]:
        runs_of: dict[str, list[Run]] = defaultdict(list)
        jobs_of: dict[str, set[str]] = defaultdict(set)
        for run in runs:
            observed = self.observed[run.id]
            runs_of[run.workflow.name].append(run)
            jobs_of[run.workflow.name] |= {job for job in observed.jobs if observed.had(job)}
        for (workflow, job), failures in self.known.jobs.items():
            if failures.failed:
                jobs_of[workflow].add(job)
        return {
            (workflow, job): list(self._of_job(job, runs, self.known.jobs.get((workflow, job), NO_FAILURES)))
            for workflow, runs in runs_of.items()
            for job in sorted(jobs_of[workflow])
        }

    def _of_job(self, job: str, runs: Sequence[Run], failures: JobFailures) -> Iterator[RunStatus]:
        had = {run.id for run in runs if self.observed[run.id].had(job)} | failures.failed.keys()
        triggers = {_trigger(run) for run in runs if run.id in had}
        doubtful = self._doubtful(job, runs, had, failures)
        unread = [run for run in runs if not self.observed[run.id].is_read and self._kind(run) is StatusKind.RED]
        # A run says nothing about the job if its event is not known to start it.
        unlisted = failures.unlisted_in([run for run in unread if _trigger(run) in triggers])
        for run in runs:
            observed = self.observed[run.id]
            if observed.is_read:
                status = self._of_read(run, observed.jobs.get(job, ()))
            elif _trigger(run) not in triggers:
                continue
            elif run.id in unlisted:
                status = RunStatus(run, StatusKind.RED, outcome=observed.outcome)
            else:
                status = self._of_unread(run, failures.failed.get(run.id), is_doubtful=run.id in doubtful)
            if status is not None:
                yield status

    def _doubtful(self, job: str, runs: Sequence[Run], had: Set[int], failures: JobFailures) -> frozenset[int]:
        """The ids of the runs that may not have had the job.

        Either the workflow skips it now and then, or the next known run before or after has no such job: the workflow
        file changes, and its jobs with it.
        """
        skipped_by = set(failures.skipped_by)
        doubtful: set[int] = set()
        for ordered in (runs, tuple(reversed(runs))):
            without: set[_Trigger] = set()
            for run in ordered:
                observed, trigger = self.observed[run.id], _trigger(run)
                if run.id in had:
                    without.discard(trigger)
                elif observed.is_read and job in observed.jobs:
                    skipped_by.add(run.workflow.id)
                elif observed.is_read and any(observed.jobs):
                    without.add(trigger)
                if trigger in without:
                    doubtful.add(run.id)
        return frozenset(doubtful | {run.id for run in runs if run.workflow.id in skipped_by})

    def _of_read(self, run: Run, observations: Sequence[Observation]) -> RunStatus | None:
        newest = _newest_of_each_job(observations)
        failure = next((observation.outcome for observation in newest if self._failed(observation)), None)
        if failure is not None:
            return RunStatus(run, StatusKind.RED, outcome=failure)
        passed = {observation.job for observation in newest if observation.outcome is Outcome.SUCCESS}
        if passed:
            flaky = any(self._failed(observation) for observation in observations if observation.job in passed)
            return RunStatus(run, StatusKind.GREEN, flaky)
        cancelled = any(_cancelled(observation.outcome) for observation in newest)
        return RunStatus(run, StatusKind.CANCELLED) if cancelled else None

    def _of_unread(self, run: Run, failure: Failure | None, *, is_doubtful: bool) -> RunStatus | None:
        if self.observed[run.id].outcome is Outcome.SUCCESS:
            if failure and failure.is_before(run):
                return RunStatus(run, StatusKind.GREEN, flaky=True)
            flaky = False if run.attempt == 1 else None
            return RunStatus(run, StatusKind.UNKNOWN if is_doubtful else StatusKind.GREEN, flaky)
        if failure and self._failed_now(failure, run):
            return RunStatus(run, StatusKind.RED, outcome=failure.outcome)
        kind = self._kind(run)
        if kind is None:
            return None
        return RunStatus(run, kind if kind is StatusKind.CANCELLED else StatusKind.UNKNOWN)


def _cancelled(outcome: Outcome | None) -> StatusKind | None:
    return StatusKind.CANCELLED if outcome in {Outcome.CANCELLED, Outcome.SUPERSEDED} else None


def _trigger(run: Run) -> _Trigger:
    return run.workflow.id, run.event


def _newest_of_each_job(observations: Iterable[Observation]) -> list[Observation]:
    """The newest attempt of each job: a re-run of the failed jobs does not run the others again."""
    newest = {
        observation.job: observation
        for observation in sorted(observations, key=lambda observation: observation.attempt)
    }
    return list(newest.values())
