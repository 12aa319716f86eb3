"""Observations: what each job of each run attempt says, from the runs and their jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ci_failure_tracker.model import (
    SCHEDULE,
    Commit,
    IdentityKind,
    Job,
    JobDiagnosis,
    Observation,
    Outcome,
    Run,
    Schedule,
    Snapshot,
    Step,
)
from ci_failure_tracker.tracking.outcome import failing_step, judge_job, judge_run, revised

WITHOUT_JOBS = frozenset({Outcome.STARTUP_FAILURE, Outcome.ACTION_REQUIRED})
"""How a run ends that has no jobs."""

_NEEDS_NO_JOBS = frozenset({None, Outcome.SUPERSEDED}) | WITHOUT_JOBS


def needs_jobs(run: Run, runs: Iterable[Run]) -> bool:
    """Whether the run's own conclusion leaves open which of its jobs failed.

    A run that passed in a later attempt had a failure in an earlier one.
    """
    outcome = judge_run(run, runs)
    return run.attempt > 1 if outcome is Outcome.SUCCESS else outcome not in _NEEDS_NO_JOBS


def observe(snapshot: Snapshot) -> tuple[Observation, ...]:
    """Every observation of a snapshot, in the order of its runs.

    A run whose jobs could not be read gives none: what is unknown has neither failed nor passed.
    """
    jobs = {run_jobs.run_id: run_jobs.jobs for run_jobs in snapshot.jobs}
    of_runs = (
        observation
        for run in snapshot.runs
        for observation in _observe_run(
            run, judge_run(run, snapshot.runs), jobs.get(run.id), run.id in snapshot.runs_before_checkpoint
        )
    )
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


def _observe_run(run: Run, outcome: Outcome | None, jobs: tuple[Job, ...] | None, known: bool) -> Iterator[Observation]:
    if known:
        # The run was not read again, so the list says only whether it passed as a whole.
        passed = outcome if outcome is Outcome.SUCCESS else None
        yield Observation(run, passed, attempt=run.attempt, before_checkpoint=True)
    elif outcome is Outcome.SUCCESS and not jobs:
        yield Observation(run, Outcome.SUCCESS, attempt=run.attempt)
    elif outcome in WITHOUT_JOBS:
        yield _observe_whole(run, outcome)
    elif jobs:
        yield from _observe_jobs(run, jobs)
    elif jobs is not None and outcome is Outcome.FAILURE:
        # If GitHub cannot read a workflow file, the run ends as `failure` without a job.
        yield _observe_whole(run, Outcome.STARTUP_FAILURE)
    elif jobs is not None and outcome is Outcome.TIMED_OUT:
        yield _observe_whole(run, Outcome.TIMED_OUT)


def _observe_whole(run: Run, outcome: Outcome) -> Observation:
    """A run without jobs stands for itself, under a job named after what happened."""
    return Observation(run, outcome, job=outcome.words, attempt=run.attempt, kind=IdentityKind.RUN)


def _observe_jobs(run: Run, jobs: Sequence[Job]) -> Iterator[Observation]:
    by_attempt: dict[int, list[Job]] = defaultdict(list)
    for job in _executions(jobs):
        by_attempt[job.attempt].append(job)
    for attempt in sorted(by_attempt):
        for job in by_attempt[attempt]:
            yield Observation(
                run,
                judge_job(job, by_attempt[attempt]),
                job=job.name,
                job_id=job.id,
                step=failing_step(job),
                attempt=attempt,
                ended_at=job.completed_at,
                started_at=job.started_at,
            )


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
