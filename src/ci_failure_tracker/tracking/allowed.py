"""Rule 10: which jobs are allowed to fail. GitHub's API does not show `continue-on-error`; the runs that passed do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from ci_failure_tracker.model import Job, NeverRanReason, Observation, Outcome, Run, Snapshot

_FAILS_A_RUN = frozenset({Outcome.FAILURE, Outcome.TIMED_OUT})
_FAILED = _FAILS_A_RUN | {Outcome.CANCELLED}
"""How a job that is allowed to fail may end in a run that passes: one past its time limit is shown as cancelled."""


def ignore_allowed(observations: Iterable[Observation], snapshot: Snapshot) -> tuple[Observation, ...]:
    """The observations, in which a job that is allowed to fail has neither failed nor passed."""
    allowed = _find_allowed(snapshot)
    return tuple(
        replace(observation, outcome=None, never_ran=None, allowed=True) if allowed.covers(observation) else observation
        for observation in observations
    )


def failed_although_allowed(run: Run, jobs: Iterable[Job]) -> frozenset[str]:
    """The jobs that failed in the last attempt of a run, if it passed all the same."""
    return _ended_as(run, jobs, _FAILED) if run.conclusion == Outcome.SUCCESS else frozenset()


def _ended_as(run: Run, jobs: Iterable[Job], outcomes: Set[Outcome]) -> frozenset[str]:
    """The jobs that ended so in the last attempt; an earlier attempt may have failed because of them."""
    # Earlier attempts are left out: one list holds the jobs of all attempts.
    last = (job for job in jobs if job.attempt == run.attempt)
    return frozenset(job.name for job in last if Outcome.of(job.conclusion) in outcomes)


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What is allowed to fail: the jobs, each with the id of its workflow, and what failed in a run that passed."""

    jobs: Set[tuple[int, str]]
    in_runs: Set[tuple[int, str]]

    def covers(self, observation: Observation) -> bool:
        """Whether this failure counts nowhere. That a job is skipped night after night is no failure of it."""
        if observation.outcome in {None, Outcome.SUCCESS} or observation.job_id is None or observation.job is None:
            return False
        if observation.never_ran is not None and observation.never_ran.reason is NeverRanReason.SKIPPED:
            return False
        run, job = observation.run, observation.job
        # A later run may have taken the job off the list; in the run that passed it stays allowed.
        in_last = observation.attempt == run.attempt and (run.id, job) in self.in_runs
        return in_last or (run.workflow.id, job) in self.jobs


def _find_allowed(snapshot: Snapshot) -> _Allowed:
    """What is allowed to fail, as far as the runs were read.

    A job is if it failed in a run that passed. It no longer is if a later run failed and nothing else failed in it; of
    several such jobs it is not known which one made the run fail.
    """
    read = {run_jobs.run_id: run_jobs.jobs for run_jobs in snapshot.jobs}
    jobs: set[tuple[int, str]] = set()
    in_runs: set[tuple[int, str]] = set()
    for run in sorted(snapshot.runs, key=lambda run: run.order):
        of_run = read.get(run.id, ())
        ignored = failed_although_allowed(run, of_run)
        jobs |= {(run.workflow.id, name) for name in ignored}
        in_runs |= {(run.id, name) for name in ignored}
        if failed := _that_failed_it(run, of_run):
            named = {(run.workflow.id, name) for name in failed}
            # If the failed jobs are all allowed ones, one of them made the run fail, so none of them counts as allowed
            # now.
            jobs -= named if named <= jobs else set()
    return _Allowed(jobs, in_runs)


def _that_failed_it(run: Run, jobs: Sequence[Job]) -> frozenset[str]:
    return _ended_as(run, jobs, _FAILS_A_RUN) if Outcome.of(run.conclusion) in _FAILS_A_RUN else frozenset()
