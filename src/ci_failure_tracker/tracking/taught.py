"""What people wrote for the tracker into its own issues, and whether it counts; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.issues.rule_block import NOT_THIS, Block, block_of_tracked, read_same_as, read_until
from ci_failure_tracker.model import Problem, Severity, Snapshot, Trust
from ci_failure_tracker.tracking.trust import trust_in


@dataclass(frozen=True, slots=True)
class TaughtBlock:
    """The block in an issue of the tracker. If it does not count, `why` says why.

    `same_as` is the number of the issue that it names as the same. `mistakes` are those of its lines.
    """

    number: int
    block: Block
    trust: Trust
    why: str = ""
    same_as: int | None = None
    mistakes: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether people who may write have written it."""
        return self.trust is Trust.YES

    @property
    def splits(self) -> int:
        """How many causes it splits off."""
        return len(self.block.values.get(NOT_THIS, ()))

    def is_over(self, now: datetime) -> bool:
        """Whether it counts and its last day is over, in UTC."""
        until, _ = read_until(self.block)
        return self.counts and until is not None and now.date() > until


def taught_blocks(tracked_issues: Iterable[Tracked], snapshot: Snapshot) -> Mapping[int, TaughtBlock]:
    """The blocks in the issues of the tracker, by the number of the issue; without a token nobody can be asked."""
    if snapshot.without_token or snapshot.permissions_hidden:
        return {}
    return {taught.number: taught for taught in _blocks(tracked_issues, snapshot)}


def _blocks(tracked_issues: Iterable[Tracked], snapshot: Snapshot) -> Iterator[TaughtBlock]:
    for tracked in tracked_issues:
        block = block_of_tracked(tracked.issue.body)
        if block is None:
            continue
        number, authorship = tracked.issue.number, snapshot.authorships.get(tracked.issue.number)
        same_as, wrong = read_same_as(block, snapshot.repository.url)
        mistakes = (*block.mistakes, *filter(None, [read_until(block)[1], wrong]))
        if authorship is None:
            why = "it could not be asked who wrote it"
            yield TaughtBlock(number, block, Trust.UNKNOWN, why, same_as, mistakes)
            continue
        accepted = tracked.state is not None and tracked.state.block == block.digest
        trust, why = trust_in(authorship, snapshot.permissions, is_accepted=accepted, is_ours=True)
        yield TaughtBlock(number, block, trust, why, same_as, mistakes)


def problems_of_blocks(blocks: Iterable[TaughtBlock], wrong: Mapping[int, str]) -> Iterator[Problem]:
    """What is wrong with each block in an issue of the tracker; `wrong` is what its lines cannot do, by number."""
    for taught in sorted(blocks, key=lambda taught: taught.number):
        mistakes = [*taught.mistakes, *filter(None, [wrong.get(taught.number)])]
        if not taught.counts:
            what = f"The block in issue #{taught.number} does not count: {taught.why}."
            yield Problem(Severity.NOTICE, what, "It counts if somebody edits it who may write to the repository.")
        elif mistakes:
            what = f"The block in issue #{taught.number} holds a mistake."
            yield Problem(Severity.NOTICE, what, " ".join(mistakes))
