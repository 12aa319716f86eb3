"""One line of runs, read from what an issue remembers of it and from what the runs looked at say.

What is remembered and what is seen are facts of the same kind, so it does not matter how often a run is seen, in how
many sweeps, or in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.model import OTHER_LEGS, SCHEDULE, BranchStatus, Identity, RedLeg, Run, RunRef
from ci_failure_tracker.tracking.attempt_result import AttemptResult

Trigger = tuple[int, str]
"""A workflow and an event: what decides which jobs a run has."""

RECENT = 20
"""Runs that are looked at for changes of state."""

MOST_RED = 40
"""Legs that are remembered as red by their names; of more the first, and one that stands for the others."""


@dataclass(frozen=True, slots=True)
class BranchStatusReader:
    """Reads the lines of one identity.

    `known` are the legs that a run of each event that is green as a whole is known to have run, `ran` the events under
    which the job was ever seen to run, `skipping` the workflows in which it is skipped now and then. `counted` tells of
    a run's attempt whether the issue has counted it as a failure before, `failed` of a line's run the commits it
    remembers failures on. Of the time since `start` every run was listed. Only greens after `proof_from` count, and at
    most `most` are kept.
    """

    identity: Identity
    known: Mapping[Trigger, Set[str]]
    ran: Set[Trigger]
    skipping: Set[int]
    counted: Callable[[tuple[int, int]], bool]
    failed: Callable[[Run], Set[str]]
    start: datetime | None
    proof_from: datetime | None
    most: int

    def read(self, before: BranchStatus | None, told: Sequence[AttemptResult]) -> BranchStatus | None:
        """The line after these verdicts, which are of its runs alone and in their order; `None` if nothing failed."""
        last_red = self._last_red(before, told)
        if last_red is None:
            return None
        workflow_id, branch, subject = told[0].run.branch_key if told else before.branch_key if before else (0, "", "")
        red = tuple(self._red(before, told))
        gone = not red and self._is_gone(before, last_red, told)
        waits = red and self.identity.waits_for_approval
        greens = () if waits else self._greens(before, told, last_red)
        recent = _recent(before, self._spoken(told))
        if not red and len(greens) == self.most:
            # Enough is proven: the runs after it say nothing new.
            recent = tuple(one for one in recent if one[0] <= greens[-1].run_id)
        skips = workflow_id in self.skipping
        return BranchStatus(workflow_id, branch, subject, red, last_red, greens, recent[-RECENT:], gone, skips)

    def misses_runs(self, before: BranchStatus | None, told: Sequence[AttemptResult]) -> bool:
        """Whether runs of the line may have gone by between those that are remembered and those that are listed."""
        if before is None or self.start is None or not told or before.newest_known[0] >= self.start:
            return False
        if told[0].known:
            return False  # what is listed first was seen by a sweep that knew of what came before
        if len(before.greens) >= self.most:
            return False  # enough was proven, and what came after it was not written down
        if any(said.run.order <= before.newest_known for said in told):
            return False
        number = max((before.last_red, *before.greens), key=lambda point: (point.at, point.run_id)).number
        return told[0].run.number != number + 1

    def _last_red(self, before: BranchStatus | None, told: Sequence[AttemptResult]) -> RunRef | None:
        newest = next((run_ref_of(said) for said in reversed(told) if said.red), None)
        if before is None or newest is None:
            return newest or (before.last_red if before else None)
        known = before.last_red
        return (
            newest if newest.run_id != known.run_id and (newest.at, newest.run_id) > (known.at, known.run_id) else known
        )

    # --- which legs are red ----------------------------------------------------------------------

    def _red(self, before: BranchStatus | None, told: Sequence[AttemptResult]) -> Iterator[RedLeg]:
        red = {one.leg: one for one in (before.red if before else ())}
        present = {said.run.id for said in told}
        # What these say was read before, leg by leg; that they are green as a whole says less.
        read_before = {point.run_id for point in before.greens} if before else set()
        for said in told:
            is_known = said.all_green and said.run.id in read_before
            mended = set() if is_known else self._mended(red, said, present)
            red = {leg: one for leg, one in red.items() if leg not in mended}
            for leg in said.red:
                if self._is_news(before, red.get(leg), said):
                    red[leg] = RedLeg(leg, said.run.event, said.run.id, said.attempt, said.run.created_at)
        return iter(few_red(red.values(), MOST_RED))

    def _is_news(self, before: BranchStatus | None, known: RedLeg | None, said: AttemptResult) -> bool:
        """Whether a red leg is redder than what is known; an issue that counted it may have seen it green since."""
        if known is not None:
            return (known.run_id, known.attempt) != said.key and known.order < said.order
        return before is None or said.run.order > before.newest_known or not self.counted(said.key)

    def _mended(self, red: Mapping[str, RedLeg], said: AttemptResult, present: Set[int]) -> Set[str]:
        """The red legs of which a run says that they are green, that they are no more, or that they fail otherwise."""
        older = {leg: one for leg, one in red.items() if one.order <= said.order and leg not in said.red}
        if self.identity.waits_for_approval:
            # It is over when the run that waited moves on; another run says so only if that one cannot be seen.
            older = {leg: one for leg, one in older.items() if one.run_id == said.run.id or one.run_id not in present}
        if said.run.subject == SCHEDULE:
            # The run it was silent after proves nothing; it takes a newer one.
            older = {leg: one for leg, one in older.items() if one.run_id != said.run.id}
        same_event = {leg for leg, one in older.items() if one.event == said.run.event}
        if said.gone:
            return same_event
        if said.all_green:
            return older.keys() & (self.known.get(said.trigger, frozenset()) | said.started)
        if said.red or said.green or said.replaced:
            others = {OTHER_LEGS} if said.names_all_green() else set()
            # A leg that the same event no longer lists was taken out of the matrix.
            taken_out = same_event - said.listed - {OTHER_LEGS}
            return older.keys() & (said.green | said.replaced | said.started | taken_out | others)
        return older.keys() & said.started

    def _is_gone(self, before: BranchStatus | None, last_red: RunRef, told: Sequence[AttemptResult]) -> bool:
        """Whether the newest run that says anything of the job no longer has it; of an event that started it before."""
        after = [said for said in told if said.run.order > (last_red.at, last_red.run_id)]
        heard = [said for said in after if said.green or (said.gone and said.trigger in self.ran)]
        if heard:
            return heard[-1].gone
        return before is not None and before.gone and before.last_red.run_id == last_red.run_id

    # --- what has been proven since --------------------------------------------------------------

    def _greens(
        self, before: BranchStatus | None, told: Sequence[AttemptResult], last_red: RunRef
    ) -> tuple[RunRef, ...]:
        remembered = () if before is None or self.misses_runs(before, told) else before.greens
        found = {point.run_id: point for point in remembered}
        found |= {said.run.id: run_ref_of(said) for said in told if said.is_proof}
        remembered_red = self.failed(told[0].run) if told else frozenset()
        failed = remembered_red | {last_red.sha} | {said.run.commit.sha for said in told if said.red}
        kept: dict[str, RunRef] = {}
        for point in sorted(found.values(), key=lambda point: (point.at, point.run_id)):
            after = (point.at, point.run_id) > (last_red.at, last_red.run_id)
            late = self.proof_from is None or point.at > self.proof_from
            if after and late and point.sha not in failed:
                kept.setdefault(point.sha, point)
        return tuple(kept.values())[: self.most]

    def _spoken(self, told: Iterable[AttemptResult]) -> Iterator[tuple[int, bool]]:
        """How the first attempt of each run ended that said anything of the identity."""
        seen: set[int] = set()
        if self.identity.waits_for_approval:
            return  # that other runs did not wait is no change
        for said in told:
            green = said.is_proof or (said.all_green and bool(self.known.get(said.trigger)))
            if (said.red or green) and said.run.id not in seen:
                seen.add(said.run.id)
                yield said.run.id, not said.red


def few_red(red: Iterable[RedLeg], most: int) -> tuple[RedLeg, ...]:
    """The red legs by name, those past the limit as one that stands for them all."""
    ordered = sorted((one for one in red if one.leg != OTHER_LEGS), key=lambda one: one.leg)
    others = [one for one in red if one.leg == OTHER_LEGS] + ordered[most:]
    if not others:
        return tuple(ordered)
    newest = max(others, key=lambda one: one.order)
    return (*ordered[:most], RedLeg(OTHER_LEGS, newest.event, newest.run_id, newest.attempt, newest.at))


def _recent(before: BranchStatus | None, spoken: Iterable[tuple[int, bool]]) -> tuple[tuple[int, bool], ...]:
    """What is remembered and what is seen; a first attempt that is no longer listed is remembered."""
    found = dict(spoken) | dict(before.recent if before else ())
    return tuple(sorted(found.items()))


def run_ref_of(said: AttemptResult) -> RunRef:
    """The run of a verdict as a point in its line."""
    return RunRef(said.run.id, said.run.number, said.run.commit.sha, said.run.created_at)
