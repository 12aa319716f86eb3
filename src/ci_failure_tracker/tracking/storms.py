"""Rule 3's storms: if one cause shows in many jobs, it gets one issue instead of one for each job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ci_failure_tracker.model import History, Observation
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.tracking.grouping import names_cause
from ci_failure_tracker.tracking.history import HistoryContext, read_histories

LEAST = 3
"""Identities that fail of one cause in one sweep before it is a storm."""


@dataclass(frozen=True, slots=True)
class Storms:
    """The causes that have one issue for all their jobs.

    `umbrellas` are the histories of these issues, `members` the histories that fail of each cause, by signature.
    """

    umbrellas: tuple[History, ...] = ()
    members: Mapping[str, tuple[History, ...]] = field(default_factory=dict)

    def over(self, history: History) -> str:
        """The signature of the storm that covers a history; empty if it needs an issue of its own."""
        if history.identity.cause:
            return ""
        causes = current_causes(history)
        covered = {umbrella.identity.cause for umbrella in self.umbrellas}
        return min(causes) if causes and causes <= covered else ""


def find_storms(
    observations: Sequence[Observation], histories: Iterable[History], settings: Settings, context: HistoryContext
) -> Storms:
    """The storms of a sweep: new ones, and those that have an open issue."""
    members: dict[str, list[History]] = defaultdict(list)
    for history in histories:
        for cause in current_causes(history):
            members[cause].append(history)
    of_causes = tuple(state for state in context.states if state.identity.cause)
    storms = {cause for cause, of_cause in members.items() if len(of_cause) >= LEAST}
    storms |= {state.identity.cause for state in of_causes}
    if not storms:
        return Storms()
    by_cause = replace(settings, group_by=GroupBy.CAUSE)
    of_all_causes = read_histories(observations, by_cause, replace(context, states=of_causes))
    umbrellas = tuple(_never_flaky(history) for history in of_all_causes if history.identity.cause in storms)
    return Storms(umbrellas, {cause: tuple(of_cause) for cause, of_cause in members.items()})


def _never_flaky(umbrella: History) -> History:
    """An outage that ends fails and then passes on one commit, and that does not make it flaky."""
    return replace(
        umbrella, flakes=(), branch_statuses=tuple(replace(status, recent=()) for status in umbrella.branch_statuses)
    )


def current_causes(history: History) -> frozenset[str]:
    """The signatures that a failing identity fails of now; empty if the cause of any of its jobs is not known."""
    if not history.failing:
        return frozenset()
    signatures = {
        job_diagnosis.job_id: job_diagnosis.signature
        for job_diagnosis in history.job_diagnoses
        if names_cause(job_diagnosis)
    }
    jobs = [leg.job_id for leg in history.latest.legs]
    return (
        frozenset(signatures[job] for job in jobs if job is not None) if signatures.keys() >= {*jobs} else frozenset()
    )
