"""What the issues remember of runs that were not read again: in which of them a job failed, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ci_failure_tracker.model import FailedLeg, Identity, Occurrence, Outcome, Run, State

JobKey = tuple[str, str]
"""The names of a workflow and of a job."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed attempt of a run, and how it ended."""

    attempt: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class KnownFailures:
    """Of one job the newest failed attempt of each run by its id, and the workflows that were seen to skip the job.

    `forgotten` is how many failures since `since` were counted and are no longer known one by one; `None` where that
    cannot be told.
    """

    failed: Mapping[int, Failure] = field(default_factory=dict)
    skipped_by: frozenset[int] = frozenset()
    forgotten: int | None = None
    since: datetime | None = None


NOTHING = KnownFailures()


@dataclass(frozen=True, slots=True)
class KnownFailuresOfAll:
    """What is remembered of each job, and of each run as a whole by its id."""

    jobs: Mapping[JobKey, KnownFailures]
    runs: Mapping[int, Failure]


def with_known_causes(
    listed: Sequence[Run], states: Sequence[State], name_of: Callable[[str], str]
) -> KnownFailuresOfAll:
    """What the issues remember; `name_of` gives the job to which a job's full name belongs.

    An issue keeps the newest occurrences only, so a run that is not among them may have failed as well.
    """
    runs = {run.id: run for run in listed}
    jobs: dict[JobKey, dict[int, Failure]] = defaultdict(dict)
    whole: dict[int, Failure] = {}
    for state, one in _oldest_first(states):
        run = runs.get(one.run_id)
        if run is not None and one.attempt:  # a schedule's silence is no attempt of the run that it names
            whole[run.id] = Failure(one.attempt, one.outcome)
            for leg in one.legs:
                job = _job(state.identity, leg, run)
                if job is not None:
                    jobs[run.workflow.name, name_of(job)][run.id] = Failure(one.attempt, leg.outcome or one.outcome)
    of_jobs = _of_jobs(states)
    return KnownFailuresOfAll(
        {key: _recalled(jobs.get(key, {}), of_jobs.get(key, [])) for key in jobs.keys() | of_jobs.keys()}, whole
    )


def _oldest_first(states: Sequence[State]) -> list[tuple[State, Occurrence]]:
    found = ((state, one) for state in states for one in state.occurrences)
    return sorted(found, key=lambda item: item[1].attempt)


def _job(identity: Identity, leg: FailedLeg, run: Run) -> str | None:
    """The job of a leg; none of what stands for a run without jobs, and where an issue does not tell."""
    if leg.job_id is None:
        return None
    if identity.cause:
        workflow, _, job = leg.leg.partition(f"{run.workflow.name} / ")
        return None if workflow or "…" in job else job or None
    return leg.leg if identity.is_whole_workflow else identity.job


def _of_jobs(states: Sequence[State]) -> dict[JobKey, list[State]]:
    """The states of the issues that stand for one job."""
    found: dict[JobKey, list[State]] = defaultdict(list)
    for state in states:
        if not state.identity.cause and not state.identity.is_whole_workflow:
            found[state.identity.workflow, state.identity.job].append(state)
    return found


def _recalled(failed: Mapping[int, Failure], states: Sequence[State]) -> KnownFailures:
    skips = frozenset(line.workflow_id for state in states for line in state.branch_statuses if line.skips)
    if len(states) != 1:
        return KnownFailures(failed, skips)
    (state,) = states
    return KnownFailures(failed, skips, state.count - len(state.occurrences), state.first_seen)


def failed_before(failure: Failure | None, run: Run) -> bool:
    """Whether an attempt before the newest one is remembered to have failed."""
    return failure is not None and failure.attempt < run.attempt


def failures_in(recalled: KnownFailures, runs: Sequence[Run]) -> Iterator[Run]:
    """Of runs that failed and were not read, those that the job surely failed in although only their number is known.

    That is all of them, if they are just as many as the issue has counted without keeping them.
    """
    since = recalled.since
    unknown = [run for run in runs if run.id not in recalled.failed and since is not None and run.updated_at >= since]
    if recalled.forgotten and recalled.forgotten == len(unknown):
        yield from unknown
