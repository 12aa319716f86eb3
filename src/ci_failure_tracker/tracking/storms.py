"""Rule 3's storms: one cause in many jobs is one issue, and not one for each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ci_failure_tracker.model import History, Observation
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.tracking.grouping import names_cause
from ci_failure_tracker.tracking.history import HistoryContext, read_histories

LEAST = 3
"""Things that fail of one cause in one sweep before it is a storm."""


@dataclass(frozen=True, slots=True)
class Storms:
    """The causes that have an issue for all their jobs, each with the history of that issue, and who shares them."""

    umbrellas: tuple[History, ...] = ()
    members: Mapping[str, tuple[History, ...]] = field(default_factory=dict)

    def over(self, history: History) -> str:
        """The signature whose issue speaks for a history; empty where it needs one of its own."""
        if history.identity.cause:
            return ""
        causes = current_causes(history)
        covered = {umbrella.identity.cause for umbrella in self.umbrellas}
        return min(causes) if causes and causes <= covered else ""


def find_storms(
    told: Sequence[Observation], histories: Iterable[History], settings: Settings, ground: HistoryContext
) -> Storms:
    """The storms of a sweep: new ones, and those that an open issue stands for."""
    members: dict[str, list[History]] = defaultdict(list)
    for history in histories:
        for cause in current_causes(history):
            members[cause].append(history)
    new = {cause for cause, found in members.items() if len(found) >= LEAST}
    of_causes = tuple(state for state in ground.states if state.identity.cause)
    known = {state.identity.cause for state in of_causes}
    if not (new or known):
        return Storms()
    by_cause = replace(settings, group_by=GroupBy.CAUSE)
    found = read_histories(told, by_cause, replace(ground, states=of_causes))
    umbrellas = tuple(_never_flaky(one) for one in found if one.identity.cause in new | known)
    return Storms(umbrellas, {cause: tuple(found) for cause, found in members.items()})


def _never_flaky(umbrella: History) -> History:
    """An outage that ends is red and then green on one commit, and that does not make it flaky."""
    return replace(
        umbrella, flakes=(), branch_statuses=tuple(replace(line, recent=()) for line in umbrella.branch_statuses)
    )


def current_causes(history: History) -> frozenset[str]:
    """What a failing thing fails of now, as far as that tells causes apart; nothing where one of them is not known."""
    if not history.failing:
        return frozenset()
    known = {
        job_diagnosis.job_id: job_diagnosis for job_diagnosis in history.job_diagnoses if names_cause(job_diagnosis)
    }
    jobs = [leg.job_id for leg in history.latest.legs]
    if not all(job in known for job in jobs):
        return frozenset()
    return frozenset(known[job].signature for job in jobs if job is not None)
