"""What a central issue remembers of a repository that has another name now; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from ci_failure_tracker.model import BranchStatus, Evidence, Occurrence, RunRef, State

_OfRun = TypeVar("_OfRun", Occurrence, RunRef, Evidence)


def at_home(state: State, repositories: Mapping[int, str]) -> State:
    """The state with the present names of repositories, which are given by the ids of their workflows."""
    # GitHub keeps the id of a workflow when its repository is renamed.
    present = {
        status.repository: repositories[status.workflow_id]
        for status in state.branch_statuses
        if status.repository and repositories.get(status.workflow_id, status.repository) != status.repository
    }
    if not present:
        return state

    def moved(of_run: _OfRun) -> _OfRun:
        return replace(of_run, repository=present.get(of_run.repository, of_run.repository))

    def moved_or_none(run_ref: RunRef | None) -> RunRef | None:
        return moved(run_ref) if run_ref else None

    def moved_status(status: BranchStatus) -> BranchStatus:
        return replace(status, last_red=moved(status.last_red), greens=tuple(map(moved, status.greens)))

    return replace(
        state,
        occurrences=tuple(map(moved, state.occurrences)),
        branch_statuses=tuple(map(moved_status, state.branch_statuses)),
        last_green=moved_or_none(state.last_green),
        first_red=moved_or_none(state.first_red),
        green_again=moved_or_none(state.green_again),
        evidence=moved(state.evidence) if state.evidence else None,
    )
