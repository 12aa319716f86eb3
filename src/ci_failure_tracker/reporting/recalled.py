"""What the issues remember of runs that were not read again: in which of them a job failed, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ci_failure_tracker.model import Occurrence, Scan, State
from ci_failure_tracker.tracking.marker import find_tracked

JobKey = tuple[str, str]
"""The names of a workflow and of a job."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """Of one job the newest failed attempt of each run by its id, and the workflows that were seen to skip the job."""

    failed: Mapping[int, Occurrence] = field(default_factory=dict)
    skipped_by: frozenset[int] = frozenset()


NOTHING = Recalled()


def recall(scan: Scan) -> dict[JobKey, Recalled]:
    """What is remembered of each job that has an issue of its own; an issue of a cause does not tell which job it was.

    An issue keeps the newest occurrences only, so a run that is not among them may have failed as well.
    """
    states: dict[JobKey, list[State]] = defaultdict(list)
    for one in find_tracked(scan.issues, scan.viewer):
        state = one.state
        if state is not None and not state.identity.cause and not state.identity.is_whole_workflow:
            states[state.identity.workflow, state.identity.job].append(state)
    return {job: _of_all(found) for job, found in states.items()}


def _of_all(states: list[State]) -> Recalled:
    occurrences = sorted((one for state in states for one in state.occurrences), key=lambda one: one.attempt)
    skips = {line.workflow_id for state in states for line in state.lines if line.skips}
    return Recalled({one.run_id: one for one in occurrences}, frozenset(skips))
