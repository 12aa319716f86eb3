"""States of issues with a status of a branch."""

from __future__ import annotations

import dataclasses

from builders import CI, a_state
from ci_failure_tracker.model import BranchStatus, RedLeg, RunRef, State


def a_status(branch: str) -> BranchStatus:
    """A status on which the one failed run of `a_state` is the last word."""
    last = a_state().latest
    ref = RunRef(last.run_id, last.number, last.commit.sha, last.started_at)
    return BranchStatus(CI.id, branch, "", (RedLeg("", "push", ref.run_id, 1, ref.at),), ref)


def state_with(*statuses: BranchStatus) -> State:
    return dataclasses.replace(a_state(), branch_statuses=statuses)
