"""What has to be known of the people whose blocks may count; pure.

Nothing is asked if there is no block: neither in a known issue nor in one of the tracker.
"""

from __future__ import annotations

from collections.abc import Iterator

from ci_failure_tracker.issues.rule_block import block_of_tracked
from ci_failure_tracker.model import Authorship, Needs, Snapshot
from ci_failure_tracker.tracking.known_issues import MOST_RULES, with_block
from ci_failure_tracker.tracking.taught import taught_blocks
from ci_failure_tracker.tracking.track import TrackedIssues


def needs_of_teaching(snapshot: Snapshot, tracked_issues: TrackedIssues) -> Needs:
    """Who wrote the issues of the tracker that hold a block, whether those who wrote blocks may write, and more issues.

    An issue that was merged into an open one is read in each sweep, because a person may have taken the line away.
    """
    if snapshot.permissions_hidden or snapshot.without_token:
        return Needs()
    listed = {issue.number for issue in snapshot.issues}
    issues = Needs(missing_issues=tuple(sorted({*_merged(tracked_issues)} - listed))).without(snapshot.asked)
    if issues:
        return issues
    holding = (each.issue.number for each in tracked_issues.current if block_of_tracked(each.issue.body))
    authorships = Needs(authorships=tuple(holding)).without(snapshot.asked)
    people = dict.fromkeys(login for each in _authorships(snapshot) for login in each.people)
    if needs := authorships or Needs(permissions=tuple(people)).without(snapshot.asked):
        return needs
    taught = taught_blocks(tracked_issues.current, snapshot).values()
    named = {each.same_as for each in taught if each.counts and each.same_as is not None}
    return Needs(missing_issues=tuple(sorted(named - listed))).without(snapshot.asked)


def _merged(tracked_issues: TrackedIssues) -> Iterator[int]:
    """The numbers of the issues that were merged into an open one."""
    for state in tracked_issues.open_states:
        yield from (entry.number for entry in state.merged if entry.on)


def _authorships(snapshot: Snapshot) -> Iterator[Authorship]:
    yield from (known.authorship for known, _ in with_block(snapshot)[:MOST_RULES])
    yield from snapshot.authorships.values()
