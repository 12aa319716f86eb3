"""What people corrected: which issues stand for the same, and which causes an issue is not about; pure.

A line `same as #12` in issue #15 counts what #15 stands for in #12, as long as the line stands there. A line `not this`
splits the newest cause off its issue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
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
    states  what the issues remember whose jobs are counted in another one, so that a new name of a job is known
    """

    merges: tuple[Merge, ...] = ()
    split: Mapping[str, Sequence[SplitCause]] = field(default_factory=dict)
    wrong: Mapping[int, str] = field(default_factory=dict)
    news: Mapping[str, Sequence[str]] = field(default_factory=dict)
    states: tuple[State, ...] = ()

    @property
    def on(self) -> Iterable[Merge]:
        """The merges that count, of issues that then stand for nothing themselves."""
        return (merge for merge in self.merges if merge.entry.on and not merge.entry.causes)

    @cached_property
    def _by_id(self) -> Mapping[str, Sequence[Merge]]:
        by_id: dict[str, list[Merge]] = {}
        # A line that counts is found first, for a job may have had another line before.
        for merge in sorted(self.merges, key=lambda merge: (not merge.entry.on, merge.entry.number)):
            if not merge.entry.causes:
                by_id.setdefault(merge.entry.identity.id, []).append(merge)
        return by_id

    def of(self, identity: Identity) -> Sequence[Merge]:
        """Where a job or a workflow is counted, or was before; the line that counts comes first."""
        # Causes and tests are merged by their signatures and ids; only jobs are known by what runs list.
        return self._by_id.get(identity.id, ()) if identity.kind in OF_JOBS else ()

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
        """Whether a cause is split off the issue of a job or a workflow."""
        # Only jobs and workflows hold several causes. An issue of a cause is named after one.
        is_asked = bool(self.split and signature) and identity.kind in OF_JOBS
        split = self.split.get(identity.id, ()) if is_asked else ()
        return any(each.signature == short_cause(signature) for each in split)

    @cached_property
    def split_causes(self) -> Set[str]:
        """All causes that are split off, in the short form."""
        return {each.signature for of_issue in self.split.values() for each in of_issue}

    def entries(self, failure_id: str) -> tuple[Merged, ...]:
        """What the issue of a failure id has to remember."""
        return tuple(merge.entry for merge in self.merges if merge.into.id == failure_id)


NOTHING = Corrections()


def without_ended(state: State, entries: Sequence[Merged]) -> State:
    """The state with these entries, but for those that do not count any more and of which no leg fails in it.

    What only they brought goes with them.
    """
    red = {leg.leg for status in state.branch_statuses for leg in status.red}

    def fails(entry: Merged) -> bool:
        is_named_by_legs = entry.identity.kind in OF_JOBS and not entry.causes
        return is_named_by_legs and any(is_leg_of(entry.identity, leg) for leg in red)

    kept = tuple(entry for entry in entries if entry.on or fails(entry))
    needed = {workflow_id for entry in kept for workflow_id in entry.workflows}
    foreign = {workflow_id for entry in (*entries, *state.merged) for workflow_id in entry.workflows} - needed
    # A branch of a workflow that only the merged issue brought goes with it, or the issue would wait for it forever.
    statuses = tuple(status for status in state.branch_statuses if status.workflow_id not in foreign)
    # An issue without any branch could never recover, so the last ones stay.
    return replace(state, merged=kept, branch_statuses=statuses or state.branch_statuses)


def own_workflow_ids(state: State) -> Set[int]:
    """The ids of the workflows of an issue, without those that only a merged issue brought."""
    foreign = {workflow_id for entry in state.merged for workflow_id in entry.workflows}
    return {status.workflow_id for status in state.branch_statuses} - foreign
