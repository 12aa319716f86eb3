"""Whether something is flaky: it fails and passes on one commit, or fails of one cause and recovers again and again."""

from __future__ import annotations

from itertools import pairwise

from ci_failure_tracker.model import BranchStatus, Flaky, History

RECOVERIES = 3
"""How often it recovers from one cause before it is flaky (rule 8); a break and its fix are once."""

# The issue remembers how many other commits there are.
_MOST_COMMITS = 5


def judge_flaky(before: Flaky | None, history: History) -> Flaky | None:
    """Why the identity is flaky after a history; once flaky, it stays so until its issue is closed."""
    # A label that comes and goes would be noise, so flaky stays until the issue closes.
    commits = tuple(dict.fromkeys((*history.flakes, *(before.commits if before else ()))))
    if before is None and not commits and history.recoveries < RECOVERIES:
        return None
    # The branch with the most changes shows best what flaky means.
    status = max(history.branch_statuses, key=lambda status: (_changes(status), len(status.recent)), default=None)
    recent = status.recent if status else ()
    return Flaky(
        commits=commits[:_MOST_COMMITS],
        more=max(len(commits) - _MOST_COMMITS, before.more if before else 0),
        failed=sum(not passed for _, passed in recent),
        runs=len(recent),
        changes=_changes(status) if status else 0,
    )


def _changes(status: BranchStatus) -> int:
    """How often a branch changed between failing and passing of late."""
    return sum(before != after for (_, before), (_, after) in pairwise(status.recent))
