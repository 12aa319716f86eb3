"""What people corrected: which issues stand for the same, and which causes an issue is not about; pure.

A line `same as #12` in issue #15 counts what #15 stands for in #12, as long as the line stands there. A line `not this`
splits the newest cause off its issue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from ci_failure_tracker.model import SHORT_FAILURE, Identity, IdentityKind, Merged, SplitCause, State
from ci_failure_tracker.text.short_names import digest, leg_of_cause

OF_JOBS = frozenset({IdentityKind.JOB, IdentityKind.WORKFLOW})
"""Kinds whose legs get the names of their jobs if they are counted in another issue."""


def short_cause(signature: str) -> str:
    """A signature in the form in which an issue remembers that it was split off."""
    return digest(signature)[:SHORT_FAILURE]


def merged_leg(identity: Identity, leg: str) -> str:
    """The name of a leg in the issue into which its own issue was merged."""
    if identity.kind not in OF_JOBS:
        return leg
    job = leg if identity.is_whole_workflow else identity.job + (f" ({leg})" if leg else "")
    return leg_of_cause(identity.workflow, job)


def is_leg_of(identity: Identity, leg: str) -> bool:
    """Whether a leg of an issue may be one that was merged into it. A long name is known by its beginning."""
    job = "" if identity.is_whole_workflow else identity.job
    return leg.startswith(f"{identity.workflow} / {job}"[:40].rstrip())


@dataclass(frozen=True, slots=True)
class Merge:
    """What is counted in another issue: the line stands in issue `entry.number` and names `named`.

    `into` is what the issue stands for that counts it, and `holder` the number of that issue. If `is_new`, that issue
    does not hold yet what the other one remembers.
    """

    entry: Merged
    into: Identity
    holder: int
    named: int
    is_new: bool = False

    @property
    def words(self) -> str:
        """The line, as a reason names it."""
        return f"#{self.entry.number} says `same as #{self.named}`"


@dataclass(frozen=True)
class Corrections:
    """What people corrected.

    merges  what is counted in another issue
    split   the causes that are split off, by the failure id of the issue
    wrong   what is wrong with a line, by the number of its issue
    news    what changed since the last sweep, by the failure id of the issue that counts
    """

    merges: tuple[Merge, ...] = ()
    split: Mapping[str, Sequence[SplitCause]] = field(default_factory=dict)
    wrong: Mapping[int, str] = field(default_factory=dict)
    news: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def on(self) -> Iterable[Merge]:
        """The merges that count, of issues that then stand for nothing themselves."""
        return (merge for merge in self.merges if merge.entry.on and not merge.entry.causes)

    @cached_property
    def by_id(self) -> Mapping[str, Merge]:
        """What is counted elsewhere, by its failure id. A line that counts comes before one that did."""
        ordered = sorted(self.merges, key=lambda merge: (merge.entry.on, merge.entry.number))
        return {merge.entry.identity.id: merge for merge in ordered if not merge.entry.causes}

    @cached_property
    def _causes(self) -> Mapping[str, str]:
        """The signatures under which causes are counted, by the short form of their own."""
        causes: dict[str, str] = {}
        for merge in self.merges:
            identity = merge.entry.identity
            if merge.entry.on and merge.into.cause:
                own = (short_cause(identity.cause),) if identity.cause else merge.entry.causes
                causes |= dict.fromkeys(own, merge.into.cause)
        return causes

    def cause(self, signature: str) -> str:
        """The signature under which a cause is counted."""
        return self._causes.get(short_cause(signature), signature) if self._causes and signature else signature

    def of_cause(self, failure_id: str) -> Merge | None:
        """The line that counts the causes of a job in the issue of a cause."""
        ids = (merge for merge in self.merges if merge.entry.on and merge.entry.causes)
        return next((merge for merge in ids if merge.entry.identity.id == failure_id), None)

    @cached_property
    def targets(self) -> Mapping[str, Identity]:
        """What counts something else, too, by its failure id."""
        return {merge.into.id: merge.into for merge in self.merges}

    def is_split(self, identity: Identity, signature: str) -> bool:
        """Whether a cause is split off the issue of an identity."""
        split = self.split.get(identity.id, ()) if self.split and signature else ()
        return any(each.signature == short_cause(signature) for each in split)

    @cached_property
    def split_causes(self) -> Set[str]:
        """All causes that are split off, in the short form."""
        return {each.signature for of_issue in self.split.values() for each in of_issue}

    def entries(self, failure_id: str) -> tuple[Merged, ...]:
        """What the issue of a failure id has to remember."""
        return tuple(merge.entry for merge in self.merges if merge.into.id == failure_id)


NOTHING = Corrections()


def still_needed(state: State) -> tuple[Merged, ...]:
    """The entries of an issue without those that do not count any more and of which no leg fails in it."""
    red = {leg.leg for status in state.branch_statuses for leg in status.red}

    def fails(entry: Merged) -> bool:
        return (
            entry.identity.kind in OF_JOBS and not entry.causes and any(is_leg_of(entry.identity, leg) for leg in red)
        )

    return tuple(entry for entry in state.merged if entry.on or fails(entry))


def own_workflow_ids(state: State) -> Set[int]:
    """The ids of the workflows of an issue, without those that only a merged issue brought."""
    foreign = {workflow_id for entry in state.merged for workflow_id in entry.workflows}
    return {status.workflow_id for status in state.branch_statuses} - foreign
