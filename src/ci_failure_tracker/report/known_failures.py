"""The failures that the issues remember, of runs that were not read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ci_failure_tracker.model import FailedLeg, Identity, IdentityKind, Outcome, Run, State

JobKey = tuple[str, str]
"""The names of a workflow and of a job."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed attempt of a run, and how it ended."""

    attempt: int
    outcome: Outcome

    def is_before(self, run: Run) -> bool:
        """Whether a newer attempt of the run followed."""
        return self.attempt < run.attempt


@dataclass(frozen=True, slots=True)
class JobFailures:
    """The known failures of one job.

    `failed` holds the newest failed attempt of each run, by run id. `skipped_by` are the ids of the workflows that are
    known to skip the job. `unlisted` is the number of failures since `since` that the issue has counted but no longer
    lists; `None` if that is not known.
    """

    failed: Mapping[int, Failure] = field(default_factory=dict)
    skipped_by: frozenset[int] = frozenset()
    unlisted: int | None = None
    since: datetime | None = None

    def unlisted_in(self, runs: Sequence[Run]) -> frozenset[int]:
        """Those of these failed runs, by id, in which the job surely failed although the issue does not list them.

        They are known only if there are exactly as many candidates as the issue has counted.
        """
        since = self.since
        candidates = {run.id for run in runs if run.id not in self.failed and since and run.updated_at >= since}
        # With more candidates it is not known which of them the issue has counted.
        return frozenset(candidates if self.unlisted == len(candidates) else ())


NO_FAILURES = JobFailures()


@dataclass(frozen=True, slots=True)
class KnownFailures:
    """The known failures of each job, and of each run as a whole by its id."""

    jobs: Mapping[JobKey, JobFailures]
    runs: Mapping[int, Failure]


def known_failures(listed: Sequence[Run], states: Sequence[State], job_of: Callable[[str], str]) -> KnownFailures:
    """The failures that the issues remember; `job_of` gives the job to which a full job name belongs.

    An issue keeps only the newest occurrences, so a run that is not among them may have failed as well.
    """
    runs = {run.id: run for run in listed}
    jobs: dict[JobKey, dict[int, Failure]] = defaultdict(dict)
    whole: dict[int, Failure] = {}
    occurrences = [(state.identity, occurrence) for state in states for occurrence in state.occurrences]
    # The newest attempt comes last and stays.
    for identity, occurrence in sorted(occurrences, key=lambda pair: pair[1].attempt):
        run = runs.get(occurrence.run_id)
        if run is None or not occurrence.attempt:  # a missed schedule is no attempt of the run that it names
            continue
        whole[run.id] = Failure(occurrence.attempt, occurrence.outcome)
        for leg in occurrence.legs:
            name = job_name(identity, leg, run)
            if name is not None:
                # The outcome of an occurrence is that of the whole run; a matrix job may have ended in another way.
                failure = Failure(occurrence.attempt, leg.outcome or occurrence.outcome)
                jobs[run.workflow.name, job_of(name)][run.id] = failure
    of_jobs: dict[JobKey, list[State]] = defaultdict(list)
    for state in states:
        # Issues of these kinds count other things than the failures of one job.
        if state.identity.kind not in {IdentityKind.CAUSE, IdentityKind.TEST, IdentityKind.WORKFLOW}:
            of_jobs[state.identity.workflow, state.identity.job].append(state)
    keys = jobs.keys() | of_jobs.keys()
    return KnownFailures({key: _job_failures(jobs.get(key, {}), of_jobs.get(key, [])) for key in keys}, whole)


def job_name(identity: Identity, leg: FailedLeg, run: Run) -> str | None:
    """The name of the job of `leg`; `None` for a run without jobs, and if the issue does not hold the whole name."""
    if leg.job_id is None:
        return None
    if identity.spans_jobs:
        # The name of a cause's matrix job begins with its workflow. A name with "…" is cut.
        workflow, _, job = leg.leg.partition(f"{run.workflow.name} / ")
        return None if workflow or "…" in job else job or None
    return leg.leg if identity.is_whole_workflow else identity.job


def _job_failures(failed: Mapping[int, Failure], states: Sequence[State]) -> JobFailures:
    skipped_by = frozenset(status.workflow_id for state in states for status in state.branch_statuses if status.skips)
    # Several issues of one job count some failures twice.
    if len(states) != 1:
        return JobFailures(failed, skipped_by)
    (state,) = states
    return JobFailures(failed, skipped_by, state.count - len(state.occurrences), state.first_seen)
