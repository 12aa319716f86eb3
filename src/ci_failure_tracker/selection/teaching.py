"""What has to be known of the people whose blocks may count; pure.

Nothing is asked if there is no block: neither in a known issue nor in one of the tracker.
"""

from __future__ import annotations

from collections.abc import Iterator

from ci_failure_tracker.issues.rule_block import block_of_known, may_hold_block
from ci_failure_tracker.model import Authorship, Needs, Snapshot


def needs_of_teaching(snapshot: Snapshot) -> Needs:
    """Who wrote the issues of the tracker that hold a block, and whether those who wrote blocks may write."""
    if snapshot.permissions_hidden:
        return Needs()
    tracked = (issue for issue in snapshot.issues if issue.open and may_hold_block(issue.body))
    authorships = Needs(authorships=tuple(issue.number for issue in tracked)).without(snapshot.asked)
    people = dict.fromkeys(login for each in _authorships(snapshot) for login in each.people)
    return authorships or Needs(permissions=tuple(people)).without(snapshot.asked)


def _authorships(snapshot: Snapshot) -> Iterator[Authorship]:
    yield from (known.authorship for known in snapshot.known_issues or () if block_of_known(known.issue.body))
    yield from snapshot.authorships.values()
