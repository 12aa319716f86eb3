"""From runs and their jobs to observations: what each job of each run attempt says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ci_failure_tracker.diagnosis.outcome import failing_step, judge_job, judge_run, revised
from ci_failure_tracker.model import Job, Observation, Outcome, Reading, Run, Scan

WITHOUT_JOBS = frozenset({Outcome.STARTUP_FAILURE, Outcome.ACTION_REQUIRED})
_NOTHING_FAILED = frozenset({None, Outcome.SUCCESS, Outcome.SUPERSEDED})
_SAYS_ALL = frozenset({Outcome.SUCCESS, Outcome.SUPERSEDED}) | WITHOUT_JOBS


def needs_jobs(run: Run, runs: Iterable[Run]) -> bool:
    """Whether the run's own conclusion leaves open which of its jobs failed."""
    outcome = judge_run(run, runs)
    return outcome is not None and outcome not in _SAYS_ALL


def proofs(runs: Sequence[Run]) -> Iterator[Run]:
    """The green runs whose jobs have to be read, because a job that failed before may only have been skipped in them.

    For each line of runs with a failed one, the first green after it, which is often the fix, and the newest.
    """
    lines: dict[tuple[int, str, str], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.order):
        lines[run.stream].append(run)
    for line in lines.values():
        outcomes = [judge_run(run, runs) for run in line]
        failed = [place for place, outcome in enumerate(outcomes) if outcome not in _NOTHING_FAILED]
        green = [place for place, outcome in enumerate(outcomes) if outcome is Outcome.SUCCESS]
        after = [place for place in green if failed and place > failed[-1]]
        yield from (line[place] for place in sorted({*after[:1], *after[-1:]}))


def observe(scan: Scan) -> tuple[Observation, ...]:
    """Every observation of a scan, in the order of its runs.

    A run whose jobs could not be read gives none: what is unknown is neither green nor red.
    """
    jobs = {entry.run_id: entry.jobs for entry in scan.jobs}
    return tuple(
        observation
        for run in scan.runs
        for observation in _observe_run(run, judge_run(run, scan.runs), jobs.get(run.id))
    )


def tell(observations: Iterable[Observation], readings: Iterable[Reading]) -> tuple[Observation, ...]:
    """The observations with what is known of their causes; of two readings of a job the later one counts."""
    known = {reading.job_id: reading for reading in readings}
    return tuple(_told(one, known.get(one.job_id or 0)) for one in observations)


def _told(one: Observation, reading: Reading | None) -> Observation:
    if reading is None or one.outcome in {None, Outcome.SUCCESS}:
        return one
    return replace(one, outcome=revised(one.outcome, reading.outcome), reading=reading)


def _observe_run(run: Run, outcome: Outcome | None, jobs: tuple[Job, ...] | None) -> Iterator[Observation]:
    if outcome is Outcome.SUCCESS and not jobs:
        yield Observation(run, Outcome.SUCCESS)
    elif outcome in WITHOUT_JOBS:
        yield _observe_whole(run, outcome)
    elif jobs:
        yield from (_observe_job(run, job, jobs) for job in jobs)
    elif jobs is not None and outcome is Outcome.FAILURE:
        # A workflow file that GitHub cannot read ends as `failure` without a single job.
        yield _observe_whole(run, Outcome.STARTUP_FAILURE)
    elif jobs is not None and outcome is Outcome.TIMED_OUT:
        yield _observe_whole(run, Outcome.TIMED_OUT)


def _observe_whole(run: Run, outcome: Outcome) -> Observation:
    """A run without jobs stands for itself, under a job named after what happened."""
    return Observation(run, outcome, job=outcome.words, attempt=run.attempt)


def _observe_job(run: Run, job: Job, jobs: tuple[Job, ...]) -> Observation:
    return Observation(
        run,
        judge_job(job, jobs),
        job=job.name,
        job_id=job.id,
        step=failing_step(job),
        attempt=job.attempt,
        ended_at=job.completed_at,
    )
