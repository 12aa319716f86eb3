"""Which lines of people merge or split causes in this sweep; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    Cause,
    Identity,
    IdentityKind,
    JobDiagnosis,
    Merged,
    Snapshot,
    SplitCause,
    State,
    Trust,
)
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.text.markdown import cut_in_middle
from ci_failure_tracker.tracking.corrections import OF_JOBS, Corrections, Merge, own_workflow_ids, short_cause
from ci_failure_tracker.tracking.grouping import names_cause
from ci_failure_tracker.tracking.recovery import KEEP_OPEN
from ci_failure_tracker.tracking.taught import TaughtBlock

ROOM = 2_500
"""Bytes of a marker for what is merged into its issue: it names each, whatever else has to be left out."""

MOST_SPLIT = 3
"""Causes that are split off one issue."""

_HEADLINE = 80

_BY_JOB = frozenset({GroupBy.JOB, GroupBy.WORKFLOW})


def read_corrections(
    issues: Mapping[int, Tracked],
    main: Mapping[str, Tracked],
    blocks: Mapping[int, TaughtBlock],
    snapshot: Snapshot,
    settings: Settings,
) -> Corrections:
    """What people corrected.

    `issues` are those of the tracker by number, and `main` those that stand for each failure id.
    """
    states = (tracked.state for tracked in issues.values() if tracked.state is not None)
    if not blocks and not any(state.merged or state.split for state in states):
        return Corrections()
    return _Reader(issues, main, blocks, snapshot, settings).read()


class _WrongLineError(Exception):
    """A line that cannot count; the text says why, and what to write."""


@dataclass(frozen=True)
class _Reader:
    issues: Mapping[int, Tracked]
    main: Mapping[str, Tracked]
    blocks: Mapping[int, TaughtBlock]
    snapshot: Snapshot
    settings: Settings

    def read(self) -> Corrections:
        """What counts now, and what is wrong."""
        wrong: dict[int, str] = {}
        merges, split = self._merges(wrong), self._splits(wrong)
        # What was counted in another issue until now is kept there as long as it fails.
        moved = (each for number, each in self._remembered.items() if each.holder != merges[number].holder)
        ended = (replace(each, entry=replace(each.entry, on=False)) for each in moved)
        of_merged = (self.issues[number].state for number in merges if number in self.issues)
        states = tuple(state for state in of_merged if state is not None)
        return Corrections((*merges.values(), *ended), split, wrong, self._news(merges, split), states)

    @cached_property
    def _remembered(self) -> Mapping[int, Merge]:
        """What issues remember of lines, by the number of the issue in which a line stood."""
        return {
            entry.number: Merge(entry, state.identity, tracked.issue.number, tracked.issue.number)
            for tracked in self.main.values()
            if (state := tracked.state) is not None
            for entry in state.merged
        }

    def _was_on(self, number: int) -> bool:
        return number in self._remembered and self._remembered[number].entry.on

    @property
    def _nobody_is_asked(self) -> bool:
        return self.snapshot.without_token or self.snapshot.permissions_hidden

    def _was_read(self, number: int) -> bool:
        return ("missing_issues", number) in self.snapshot.asked and not self.snapshot.issues_unread

    # --- same as -------------------------------------------------------------------------------------

    def _merges(self, wrong: dict[int, str]) -> Mapping[int, Merge]:
        """What is counted in another issue, by the number of the issue whose line says so."""
        merges: dict[int, Merge] = {}
        for number in sorted(self.blocks):
            try:
                merge = self._merge(number)
            except _WrongLineError as error:
                wrong[number] = str(error)
                continue
            if merge is not None:
                merges[number] = merge
        for number, merge in self._remembered.items():
            if number not in merges:
                # What could not be read or asked again goes on as it was.
                is_known = number in self.issues or self._was_read(number)
                is_on = merge.entry.on and (self._nobody_is_asked or not is_known)
                merges[number] = replace(merge, entry=replace(merge.entry, on=is_on))
        return merges

    def _named(self, number: int) -> int | None:
        """The number in the line of an issue, if it counts. If nobody knows who wrote it, it goes on as it was."""
        taught = self.blocks.get(number)
        if taught is None or not (taught.counts or (taught.trust is Trust.UNKNOWN and self._was_on(number))):
            return None
        return taught.same_as

    def _merge(self, number: int) -> Merge | None:
        tracked, named, before = self.issues[number], self._named(number), self._remembered.get(number)
        state = tracked.state
        if state is None or named is None or self.main.get(tracked.id) is not tracked:
            return None  # without a line, or another issue stands for the same
        if why := self._why_it_stays(tracked):
            raise _WrongLineError(why)
        holder = self._end_of(number, named)
        if holder is None or holder.state is None:
            return before  # the issue that it names is not known yet
        causes = self._causes_of_job(state, holder.state.identity)
        if not causes:
            _check_kinds(state.identity, holder.state.identity, number, named)
        kept, into = holder.issue.number, holder.state.identity
        if tracked.issue.open and not holder.issue.open:
            raise _WrongLineError(f"#{kept} is closed, so the line waits until it is opened again.")
        if before is not None and before.entry.on and before.holder == kept:
            return replace(before, into=into, named=named)
        is_of_jobs = state.identity.kind in OF_JOBS and not causes
        foreign = own_workflow_ids(state) - own_workflow_ids(holder.state) if is_of_jobs else ()
        entry = Merged(number, state.identity, workflows=tuple(sorted(foreign)), causes=causes)
        if sum(map(_bytes, (*holder.state.merged, entry))) > ROOM:
            raise _WrongLineError(f"#{kept} has no room for more issues that are merged into it.")
        return Merge(entry, into, kept, named, is_new=tracked.issue.open and not causes)

    def _causes_of_job(self, state: State, into: Identity) -> tuple[str, ...]:
        """The causes of a job or a workflow that the issue of a cause is to count, in a short form."""
        if state.identity.kind not in OF_JOBS or not into.cause or self.settings.group_by not in _BY_JOB:
            return ()
        return tuple(filter(None, (_key(cause, state.identity, state.weak) for cause in state.causes)))

    def _why_it_stays(self, tracked: Tracked) -> str:
        """Why an issue stays open, although its line says that another one is the same; empty if it does not."""
        if not tracked.issue.open:
            return ""
        if tracked.issue.has_label(KEEP_OPEN):
            return f"The label `{KEEP_OPEN}` keeps the issue open. Take it off, or the line away."
        state, block = tracked.state, self.blocks[tracked.issue.number].block
        if state and state.reopened_at is not None and state.block == block.digest:
            return "A person opened the issue again after the line counted. Edit the block to merge it again."
        return ""

    def _end_of(self, number: int, named: int) -> Tracked | None:
        """The issue to which a line, and the lines of the issues that it names, lead."""
        seen = [number]
        while True:
            if named in seen:
                circle = f"The lines of {', '.join(f'#{each}' for each in seen)} lead in a circle"
                what = circle if len(seen) > 1 else "An issue cannot be the same as itself"
                raise _WrongLineError(f"{what}. Take the line away, or name another issue.")
            target = self._target(named)
            if target is None:
                return None
            seen.append(named)
            following = self._named(named)
            if following is None or self._why_it_stays(target):
                return self.main.get(target.id, target)
            named = following

    def _target(self, named: int) -> Tracked | None:
        if any(known.issue.number == named for known in self.snapshot.known_issues or ()):
            raise _WrongLineError(
                f"#{named} is a known issue, whose own rule says which failures it takes. Widen the rule there."
            )
        target = self.issues.get(named)
        if target is None and not self._was_read(named):
            return None  # it is read next
        if target is None or target.state is None:
            what = "is no issue of the tracker in this repository" if target is None else "cannot be read"
            raise _WrongLineError(f"#{named} {what}. Name one that is: `same as #12`.")
        return target

    # --- not this ------------------------------------------------------------------------------------

    def _splits(self, wrong: dict[int, str]) -> Mapping[str, Sequence[SplitCause]]:
        """The causes that are split off, by the failure id of the issue."""
        split: dict[str, tuple[SplitCause, ...]] = {}
        for failure_id, tracked in self.main.items():
            taught = self.blocks.get(tracked.issue.number)
            if self._nobody_is_asked and tracked.state and tracked.state.split:
                split[failure_id] = tracked.state.split
            elif taught is not None and taught.trust is not Trust.NO:
                causes, mistake = self._split(tracked, taught)
                mistake = _TOO_MANY if taught.splits > MOST_SPLIT else mistake
                split |= {failure_id: causes} if causes else {}
                wrong |= {tracked.issue.number: mistake} if mistake else {}
        return split

    def _split(self, tracked: Tracked, taught: TaughtBlock) -> tuple[tuple[SplitCause, ...], str]:
        """The causes that are split off an issue: one for each line, the newest one when the line was read first."""
        state = tracked.state
        if state is None:
            return (), ""
        before = state.split
        if taught.trust is Trust.UNKNOWN:
            return before, ""
        identity, kept = state.identity, before[: min(taught.splits, MOST_SPLIT)]
        missing = min(taught.splits, MOST_SPLIT) - len(kept)
        if missing <= 0:
            return kept, ""
        if identity.kind not in {*OF_JOBS, IdentityKind.CAUSE}:
            return kept, "`not this` has no meaning here: the issue stands for one thing, whatever its message is."
        if identity.kind in OF_JOBS and self.settings.group_by not in _BY_JOB:
            return kept, f"`not this` splits no cause off an issue of a job with `group-by: {self.settings.group_by}`."
        # What came with another issue leaves with the line in that one.
        merged = {short_cause(entry.identity.cause) for entry in state.merged if entry.identity.cause}
        merged |= {signature for entry in state.merged for signature in entry.causes}
        known = {each.signature for each in kept}
        shown = [
            SplitCause(_key(cause, identity, state.weak), cut_in_middle(cause.headline, _HEADLINE))
            for cause in state.causes
            if short_cause(cause.signature) not in merged
        ]
        newest = [each for each in shown if each.signature not in known][:missing]
        # A line means the cause that was the newest one when it was written.
        is_new = state.block != taught.block.digest
        new = [each for each in newest if each.signature] if is_new else []
        return (*kept, *new), "" if len(new) == missing else _NOTHING_OF_CAUSE if identity.cause else _NOTHING_TO_SPLIT

    def _news(
        self, merges: Mapping[int, Merge], split: Mapping[str, Sequence[SplitCause]]
    ) -> Mapping[str, Sequence[str]]:
        news: dict[str, list[str]] = {}
        for number, merge in merges.items():
            before = self._remembered.get(number)
            was_on = before is not None and before.entry.on and before.holder == merge.holder
            if merge.entry.on and not was_on:
                news.setdefault(merge.into.id, []).append(merge.words)
            elif was_on and not merge.entry.on:
                news.setdefault(merge.into.id, []).append(f"#{number} does not say `same as #{merge.named}` any more")
        for failure_id, causes in split.items():
            state = self.main[failure_id].state if failure_id in self.main else None
            if state is not None and len(causes) > len(state.split):
                news.setdefault(failure_id, []).append("it says `not this` of its newest cause")
        return news


_NOTHING_TO_SPLIT = (
    "`not this` finds no cause that it could split off: the newest failure names none by which it can be told apart."
)

_TOO_MANY = f"`not this` stands in more than {MOST_SPLIT} lines. Leave {MOST_SPLIT}: the others do nothing."

_NOTHING_OF_CAUSE = "`not this` finds nothing to split off: the newest failure is the one that the issue is about."


def _bytes(entry: Merged) -> int:
    """About how much room an entry takes in a marker."""
    identity = entry.identity
    names = (identity.id, identity.workflow, identity.job, identity.cause, identity.test, *entry.causes)
    return 100 + sum(len(name.encode("utf-8", "replace")) + 3 for name in names) + 12 * len(entry.workflows)


def _key(cause: Cause, identity: Identity, weak: Sequence[str]) -> str:
    """How a cause is known when it was split off; empty if nothing tells it apart.

    The issue of a cause holds failures that are alike. What differs in them is the first failure of a job.
    """
    if identity.cause:
        first = cause.failures[0] if cause.failures else short_cause(cause.signature)
        return first if first != short_cause(identity.cause) else ""
    is_named = names_cause(JobDiagnosis(0, cause.signature, cause.headline, weak=cause.signature in weak))
    return short_cause(cause.signature) if is_named else ""


def _check_kinds(one: Identity, other: Identity, number: int, named: int) -> None:
    if one.id == other.id:
        raise _WrongLineError(f"#{named} stands for the same already.")
    if one.kind in OF_JOBS and other.kind in OF_JOBS:
        return
    if one.cause and other.kind in OF_JOBS:
        raise _WrongLineError(
            f"#{number} stands for a cause in any job, and #{named} for one job. Write the line into #{named}: "
            f"`same as #{number}`."
        )
    if one.kind in OF_JOBS and other.cause:
        raise _WrongLineError(f"#{number} names no cause by which its failures could be told apart from others.")
    if one.kind is not other.kind or one.kind not in {IdentityKind.CAUSE, IdentityKind.TEST}:
        raise _WrongLineError(
            f"#{number} and #{named} do not stand for the same kind of thing. A line can merge jobs and workflows, "
            "causes, or tests."
        )
