"""Which passing job a failed one is compared with: the log of a passing job says what is routine; pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from ci_failure_tracker.model import Job, Observation, Outcome, Run, Snapshot


class PassingJobs:
    """The passing jobs of a snapshot, by workflow and name."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the jobs that were read; no request is sent to find more."""
        runs = {run.id: run for run in snapshot.runs}
        self._passing: dict[tuple[int, str], list[tuple[Run, Job]]] = defaultdict(list)
        for run_jobs in snapshot.jobs:
            run = runs.get(run_jobs.run_id)
            for job in run_jobs.jobs if run else ():
                if run and job.conclusion == Outcome.SUCCESS:
                    self._passing[run.workflow.id, job.name].append((run, job))

    def of(self, observation: Observation) -> int | None:
        """The id of the newest passing job of the same name, of the same branch and event if there is one."""
        run = observation.run
        passing = self._passing.get((run.workflow.id, observation.job or ""), ())

        def nearness(pair: tuple[Run, Job]) -> tuple[bool, bool, tuple[tuple[datetime, int], int]]:
            other, job = pair
            return other.branch_key == run.branch_key, other.event == run.event, (other.order, job.attempt)

        return max(passing, key=nearness)[1].id if passing else None
