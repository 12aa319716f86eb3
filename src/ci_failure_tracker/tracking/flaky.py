"""Whether something is flaky: red and green on one commit, or back and forth more often than people break and mend."""

from __future__ import annotations

from itertools import pairwise

from ci_failure_tracker.model import BranchStatus, Flaky, History

CHANGES = 3
"""Changes of state in a line's recent runs that make it flaky (rule 8); a break and its fix are two."""

_COMMITS = 5


def judge_flaky(known: Flaky | None, history: History) -> Flaky | None:
    """The verdict of an issue after a history; once flaky, it stays so until the issue is closed."""
    commits = tuple(dict.fromkeys((*history.flakes, *(known.commits if known else ()))))
    line = max(history.branch_statuses, key=lambda one: (changes(one), len(one.recent)), default=None)
    turned = changes(line) if line else 0
    if known is None and not commits and turned < CHANGES:
        return None
    return Flaky(
        commits=commits[:_COMMITS],
        more=max(len(commits) - _COMMITS, known.more if known else 0),
        failed=sum(not green for _, green in line.recent) if line else 0,
        runs=len(line.recent) if line else 0,
        changes=turned,
    )


def changes(line: BranchStatus) -> int:
    """How often a line turned from red to green or back; a re-run is none, for only first attempts are looked at."""
    return sum(before != after for (_, before), (_, after) in pairwise(line.recent))
