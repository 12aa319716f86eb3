"""What people wrote for the tracker into its own issues, and whether it counts; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.issues.rule_block import Block, block_of_tracked, read_until
from ci_failure_tracker.model import Problem, Severity, Snapshot, Trust
from ci_failure_tracker.tracking.trust import trust_in


@dataclass(frozen=True, slots=True)
class TaughtBlock:
    """The block in an open issue of the tracker. If it does not count, `why` says why."""

    number: int
    block: Block
    trust: Trust
    why: str = ""

    @property
    def counts(self) -> bool:
        """Whether people who may write have written it."""
        return self.trust is Trust.YES

    def is_over(self, now: datetime) -> bool:
        """Whether it counts and its last day is over, in UTC."""
        until, _ = read_until(self.block)
        return self.counts and until is not None and now.date() > until


def taught_blocks(tracked_issues: Iterable[Tracked], snapshot: Snapshot) -> Mapping[int, TaughtBlock]:
    """The blocks in the open issues of the tracker, by the number of the issue; without a token nobody can be asked."""
    if snapshot.without_token or snapshot.permissions_hidden:
        return {}
    return {taught.number: taught for taught in _blocks(tracked_issues, snapshot)}


def _blocks(tracked_issues: Iterable[Tracked], snapshot: Snapshot) -> Iterator[TaughtBlock]:
    for tracked in tracked_issues:
        block = block_of_tracked(tracked.issue.body) if tracked.issue.open else None
        if block is None:
            continue
        number, authorship = tracked.issue.number, snapshot.authorships.get(tracked.issue.number)
        if authorship is None:
            yield TaughtBlock(number, block, Trust.UNKNOWN, "it could not be asked who wrote it")
            continue
        accepted = tracked.state is not None and tracked.state.block == block.digest
        trust, why = trust_in(authorship, snapshot.permissions, is_accepted=accepted, is_ours=True)
        yield TaughtBlock(number, block, trust, why)


def problems_of_blocks(blocks: Iterable[TaughtBlock]) -> Iterator[Problem]:
    """What is wrong with each block in an issue of the tracker."""
    for taught in sorted(blocks, key=lambda taught: taught.number):
        mistakes = [*taught.block.mistakes, *filter(None, [read_until(taught.block)[1]])]
        if not taught.counts:
            what = f"The block in issue #{taught.number} does not count: {taught.why}."
            yield Problem(Severity.NOTICE, what, "It counts if somebody edits it who may write to the repository.")
        elif mistakes:
            what = f"The block in issue #{taught.number} holds a mistake."
            yield Problem(Severity.NOTICE, what, " ".join(mistakes))
