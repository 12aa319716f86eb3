"""Observations: what each job of each run attempt says, from the runs and their jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ci_failure_tracker.model import (
    SCHEDULE,
    Commit,
    IdentityKind,
    Job,
    JobDiagnosis,
    NeverRan,
    Observation,
    Outcome,
    Run,
    Schedule,
    Snapshot,
    Step,
)
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.never_ran import (
    Wait,
    long_skipped,
    may_never_have_run,
    wait_of_job,
    wait_of_run,
)
from ci_failure_tracker.tracking.outcome import failing_step, judge_job, judge_run, revised

WITHOUT_JOBS = frozenset({Outcome.STARTUP_FAILURE, Outcome.ACTION_REQUIRED})
"""How a run ends that has no jobs."""

_NEEDS_NO_JOBS = frozenset({None, Outcome.SUPERSEDED}) | WITHOUT_JOBS


def needs_jobs(run: Run, runs: Iterable[Run], at: datetime | None = None) -> bool:
    """Whether the run's own conclusion leaves open which of its jobs failed.

    A run that passed in a later attempt had a failure in an earlier one. A run that goes on at the time `at`, or was
    superseded, may hold a job that no runner took for hours.
    """
    outcome = judge_run(run, runs)
    if outcome is Outcome.SUCCESS:
        return run.attempt > 1
    return outcome not in _NEEDS_NO_JOBS or may_never_have_run(run, at)


def observe(snapshot: Snapshot) -> tuple[Observation, ...]:
    """Every observation of a snapshot, in the order of its runs.

    A run whose jobs could not be read gives none: what is unknown has neither failed nor passed.
    """
    observer = _RunObserver(snapshot, {run_jobs.run_id: run_jobs.jobs for run_jobs in snapshot.jobs})
    of_runs = (observation for run in snapshot.runs for observation in observer.observe(run))
    branch = snapshot.repository.default_branch
    return (*of_runs, *(_observe_schedule(schedule, branch) for schedule in snapshot.schedules))


def with_diagnoses(
    observations: Iterable[Observation], job_diagnoses: Iterable[JobDiagnosis]
) -> tuple[Observation, ...]:
    """The observations with the diagnoses of their jobs; of two diagnoses of a job the later one counts."""
    by_job = {job_diagnosis.job_id: job_diagnosis for job_diagnosis in job_diagnoses}
    return tuple(_diagnosed(observation, by_job.get(observation.job_id or 0)) for observation in observations)


def _diagnosed(observation: Observation, job_diagnosis: JobDiagnosis | None) -> Observation:
    if job_diagnosis is None or observation.outcome in {None, Outcome.SUCCESS}:
        return observation
    outcome = revised(observation.outcome, job_diagnosis.outcome)
    return replace(observation, outcome=outcome, job_diagnosis=job_diagnosis)


@dataclass(frozen=True, slots=True)
class _RunObserver:
    """Makes the observations of each run of a snapshot; `jobs` are those that were read, by run id."""

    snapshot: Snapshot
    jobs: Mapping[int, Sequence[Job]]
    skipped: Mapping[int, Mapping[str, tuple[str, NeverRan]]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "skipped", long_skipped(self.snapshot))

    def observe(self, run: Run) -> Iterator[Observation]:
        outcome, jobs = judge_run(run, self.snapshot.runs), self.jobs.get(run.id)
        if run.id in self.snapshot.runs_before_checkpoint:
            # The run was not read again, so the list says only whether it passed as a whole.
            passed = outcome if outcome is Outcome.SUCCESS else None
            yield Observation(run, passed, attempt=run.attempt, before_checkpoint=True)
        elif outcome is Outcome.SUCCESS and not jobs:
            yield Observation(run, Outcome.SUCCESS, attempt=run.attempt)
        elif outcome in WITHOUT_JOBS:
            yield _observe_whole(run, outcome)
        elif jobs and outcome is Outcome.SUPERSEDED:
            yield from (job for job in self._observe_jobs(run, jobs) if job.outcome is Outcome.NEVER_RAN)
        elif jobs:
            yield from self._observe_jobs(run, jobs)
        elif jobs is not None:
            yield from self._observe_without_jobs(run, outcome)

    def _observe_without_jobs(self, run: Run, outcome: Outcome | None) -> Iterator[Observation]:
        if outcome is Outcome.FAILURE:
            # If GitHub cannot read a workflow file, the run ends as `failure` without a job.
            yield _observe_whole(run, Outcome.STARTUP_FAILURE)
        elif outcome is Outcome.TIMED_OUT:
            yield _observe_whole(run, Outcome.TIMED_OUT)
        elif outcome is not Outcome.SUPERSEDED and (wait := wait_of_run(run, self.snapshot.runs, self._at)):
            whole = _observe_whole(run, Outcome.NEVER_RAN)
            yield replace(whole, ended_at=wait.since, never_ran=wait.never_ran)

    @property
    def _at(self) -> datetime | None:
        return self.snapshot.read_at

    def _observe_jobs(self, run: Run, jobs: Sequence[Job]) -> Iterator[Observation]:
        by_attempt: dict[int, list[Job]] = defaultdict(list)
        for job in _executions(jobs):
            by_attempt[job.attempt].append(job)
        for attempt in sorted(by_attempt):
            for job in by_attempt[attempt]:
                yield self._observe_job(run, job, by_attempt[attempt])

    def _observe_job(self, run: Run, job: Job, siblings: Sequence[Job]) -> Observation:
        observation = Observation(
            run,
            judge_job(job, siblings),
            job=job.name,
            job_id=job.id,
            step=failing_step(job),
            attempt=job.attempt,
            ended_at=job.completed_at,
            started_at=job.started_at,
        )
        if wait := wait_of_job(run, job, siblings, self._at):
            return _never_ran(observation, wait)
        name, never_ran = self.skipped.get(run.id, {}).get(split_leg(job.name)[0], ("", None))
        if never_ran is None or job.conclusion != "skipped":
            return observation
        return replace(observation, outcome=Outcome.NEVER_RAN, never_ran=never_ran, job=name)


def _never_ran(observation: Observation, wait: Wait) -> Observation:
    # It failed when the wait was too long. So it is the same failure while it waits and after it was cancelled.
    return replace(observation, outcome=Outcome.NEVER_RAN, never_ran=wait.never_ran, ended_at=wait.since)


def _observe_whole(run: Run, outcome: Outcome) -> Observation:
    """A run without jobs stands for itself, under a job named after what happened."""
    return Observation(run, outcome, job=outcome.words, attempt=run.attempt, kind=IdentityKind.RUN)


def _executions(jobs: Sequence[Job]) -> Iterator[Job]:
    """Each job once for each time that it ran.

    A re-run of the failed jobs lists the other jobs again, with a new id but with the times at which they ran.
    """
    ran: set[tuple[str, datetime, datetime]] = set()
    for job in sorted(jobs, key=lambda job: job.attempt):
        if job.started_at is not None and job.completed_at is not None:
            times = (job.name, job.started_at, job.completed_at)
            if times in ran and job.attempt > 1:
                continue
            ran.add(times)
        yield job


def _observe_schedule(schedule: Schedule, branch: str) -> Observation:
    """A missed schedule, or a schedule that runs again, as an event at the time when the workflow should have run."""
    last, missed = schedule.last_run, schedule.missed_schedule
    at = last.created_at if last and not missed else schedule.due
    run = Run(
        id=last.id if last else schedule.workflow.id,
        number=last.number if last else 0,
        attempt=1,
        workflow=schedule.workflow,
        event="schedule",
        branch=branch,
        commit=last.commit if last else Commit("", ""),
        status="completed",
        conclusion=None,
        created_at=at,
        started_at=at,
        updated_at=schedule.due,
        from_fork=False,
        subject=SCHEDULE,
    )
    return Observation(
        run,
        Outcome.MISSED_SCHEDULE if missed else Outcome.SUCCESS,
        job=Outcome.MISSED_SCHEDULE.words,
        step=Step(1, missed.value, None) if missed else None,
        attempt=0,  # it is no attempt of the run that it names
        kind=IdentityKind.SCHEDULE,
    )
