"""From runs and their jobs to observations: what each job of each run attempt says."""

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
_SAYS_ALL = frozenset({Outcome.SUCCESS, Outcome.SUPERSEDED}) | WITHOUT_JOBS


def needs_jobs(run: Run, runs: Iterable[Run]) -> bool:
    """Whether the run's own conclusion leaves open which of its jobs failed.

    A run that was green at last says nothing of the attempts before, of which at least one was not.
    """
    outcome = judge_run(run, runs)
    if outcome is Outcome.SUCCESS:
        return run.attempt > 1
    return outcome is not None and outcome not in _SAYS_ALL


def observe(scan: Snapshot) -> tuple[Observation, ...]:
    """Every observation of a scan, in the order of its runs.

    A run whose jobs could not be read gives none: what is unknown is neither green nor red.
    """
    jobs = {entry.run_id: entry.jobs for entry in scan.jobs}
    of_runs = (
        observation
        for run in scan.runs
        for observation in (
            _observe_known(run, judge_run(run, scan.runs))
            if run.id in scan.runs_before_checkpoint
            else _observe_run(run, judge_run(run, scan.runs), jobs.get(run.id))
        )
    )
    return (*of_runs, *(_observe_schedule(one, scan.repository.default_branch) for one in scan.schedules))


def with_diagnoses(
    observations: Iterable[Observation], job_diagnoses: Iterable[JobDiagnosis]
) -> tuple[Observation, ...]:
    """The observations with what is known of their causes; of two readings of a job the later one counts."""
    known = {job_diagnosis.job_id: job_diagnosis for job_diagnosis in job_diagnoses}
    return tuple(_told(one, known.get(one.job_id or 0)) for one in observations)


def _told(one: Observation, job_diagnosis: JobDiagnosis | None) -> Observation:
    if job_diagnosis is None or one.outcome in {None, Outcome.SUCCESS}:
        return one
    return replace(one, outcome=revised(one.outcome, job_diagnosis.outcome), job_diagnosis=job_diagnosis)


def _observe_run(run: Run, outcome: Outcome | None, jobs: tuple[Job, ...] | None) -> Iterator[Observation]:
    if outcome is Outcome.SUCCESS and not jobs:
        yield Observation(run, Outcome.SUCCESS, attempt=run.attempt)
    elif outcome in WITHOUT_JOBS:
        yield _observe_whole(run, outcome)
    elif jobs:
        yield from _observe_jobs(run, jobs)
    elif jobs is not None and outcome is Outcome.FAILURE:
        # A workflow file that GitHub cannot read ends as `failure` without a single job.
        yield _observe_whole(run, Outcome.STARTUP_FAILURE)
    elif jobs is not None and outcome is Outcome.TIMED_OUT:
        yield _observe_whole(run, Outcome.TIMED_OUT)


def _observe_known(run: Run, outcome: Outcome | None) -> Iterator[Observation]:
    """What the list alone says of a run: that it was green as a whole, or only that it was."""
    yield Observation(run, outcome if outcome is Outcome.SUCCESS else None, attempt=run.attempt, before_checkpoint=True)


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
    """Each job once for each time that it really ran.

    A re-run of the failed jobs lists the others again, with another number, but with the times at which they ran.
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
    """A workflow's silence, or that it was heard again, as something that happened when it should have run."""
    last = schedule.last_run
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
        created_at=schedule.due if schedule.missed_schedule or last is None else last.created_at,
        started_at=schedule.due if schedule.missed_schedule or last is None else last.created_at,
        updated_at=schedule.due,
        from_fork=False,
        subject=SCHEDULE,
    )
    if schedule.missed_schedule is None:
        return Observation(
            run, Outcome.SUCCESS, job=Outcome.MISSED_SCHEDULE.words, attempt=0, kind=IdentityKind.SCHEDULE
        )
    # Attempt 0, for it is no attempt of the run that it names.
    step = Step(1, schedule.missed_schedule.value, None)
    kind = IdentityKind.SCHEDULE
    return Observation(run, Outcome.MISSED_SCHEDULE, job=Outcome.MISSED_SCHEDULE.words, step=step, attempt=0, kind=kind)
