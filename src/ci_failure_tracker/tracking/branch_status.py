"""The status of one branch, read from what an issue remembers of it and from the results of its runs.

What is remembered and what is read are facts of the same kind. So it does not matter how often a run is read, in how
many sweeps, or in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.model import OTHER_LEGS, SCHEDULE, TAGS, BranchStatus, Identity, RedLeg, Run, RunRef
from ci_failure_tracker.tracking.attempt_result import AttemptResult

Trigger = tuple[int, str]
"""A workflow id and an event, which decide which jobs a run has."""

RECENT = 20
"""Newest runs of a branch in which changes between failing and passing are counted."""

MOST_RED = 40
"""Failing legs that a state names; the others share one entry."""


@dataclass(frozen=True, slots=True)
class BranchStatusReader:
    """Reads the branches of one identity.

    `always_run` are the legs that every passing run of a trigger is known to have run, `ran` the triggers under which
    the job ever ran, `skipping` the workflows that skip it at times. `counted` says whether the issue has counted an
    attempt of a run as a failure before. `failed` gives the commits of a run's branch on which the issue remembers
    failures. Every run since `start` is listed. Only passing runs after `proof_from` count; `most` is the limit.
    """

    identity: Identity
    always_run: Mapping[Trigger, Set[str]]
    ran: Set[Trigger]
    skipping: Set[int]
    counted: Callable[[tuple[int, int]], bool]
    failed: Callable[[Run], Set[str]]
    start: datetime | None
    proof_from: datetime | None
    most: int

    def read(self, before: BranchStatus | None, results: Sequence[AttemptResult]) -> BranchStatus | None:
        """The status after these results, which are of one branch and in order; `None` if nothing failed on it."""
        last_red = self._last_red(before, results)
        if last_red is None:
            return None
        workflow_id, branch, subject = (
            results[0].run.branch_key if results else before.branch_key if before else (0, "", "")
        )
        red = tuple(self._red(before, results))
        gone = not red and self._is_gone(before, last_red, results)
        waits = red and self.identity.waits_for_approval
        greens = () if waits else self._greens(before, results, last_red)
        recent = _recent(before, self._first_attempts(results))
        if not red and len(greens) == self.most:
            # The proof is complete: later runs add nothing.
            recent = tuple(entry for entry in recent if entry[0] <= greens[-1].run_id)
        skips = workflow_id in self.skipping
        retired = before.retired if before and before.gone and gone else None
        return BranchStatus(workflow_id, branch, subject, red, last_red, greens, recent[-RECENT:], gone, skips, retired)

    def misses_runs(self, before: BranchStatus | None, results: Sequence[AttemptResult]) -> bool:
        """Whether there may be runs between the remembered ones and the listed ones that no sweep read."""
        if before is None or self.start is None or not results or before.newest_known[0] >= self.start:
            return False
        if before.branch.startswith(TAGS):
            return False  # of the tags, only those that say something new are listed
        if results[0].known:
            return False  # an earlier sweep read the first listed run, and what came before it
        if len(before.greens) >= self.most:
            return False  # the proof was complete, and later runs were not written down
        if any(result.run.order <= before.newest_known for result in results):
            return False
        newest = max((before.last_red, *before.greens), key=_ref_order)
        return results[0].run.number != newest.number + 1

    def _last_red(self, before: BranchStatus | None, results: Sequence[AttemptResult]) -> RunRef | None:
        newest = next((run_ref_of(result) for result in reversed(results) if result.red), None)
        if before is None or newest is None:
            return newest or (before.last_red if before else None)
        remembered = before.last_red
        is_newer = newest.run_id != remembered.run_id and _ref_order(newest) > _ref_order(remembered)
        return newest if is_newer else remembered

    # --- which legs fail -------------------------------------------------------------------------

    def _red(self, before: BranchStatus | None, results: Sequence[AttemptResult]) -> Iterator[RedLeg]:
        red = {red_leg.leg: red_leg for red_leg in (before.red if before else ())}
        listed = {result.run.id for result in results}
        # These were read before, leg by leg; that they passed as a whole says less.
        read_before = {run_ref.run_id for run_ref in before.greens} if before else set()
        for result in results:
            is_known = result.all_green and result.run.id in read_before
            fixed = set() if is_known else self._fixed(red, result, listed)
            red = {leg: red_leg for leg, red_leg in red.items() if leg not in fixed}
            for leg in result.red:
                if self._is_news(before, red.get(leg), result):
                    red[leg] = RedLeg(leg, result.run.event, result.run.id, result.attempt, result.run.created_at)
        return iter(few_red(red.values(), MOST_RED))

    def _is_news(self, before: BranchStatus | None, remembered: RedLeg | None, result: AttemptResult) -> bool:
        """Whether a failed leg is newer than what is known; an issue that counted it may have seen it pass since."""
        if remembered is not None:
            return (remembered.run_id, remembered.attempt) != result.key and remembered.order < result.order
        return before is None or result.run.order > before.newest_known or not self.counted(result.key)

    def _fixed(self, red: Mapping[str, RedLeg], result: AttemptResult, listed: Set[int]) -> Set[str]:
        """The failing legs that pass in a run, that it no longer has, or that fail in it of another cause."""
        older = {
            leg: red_leg for leg, red_leg in red.items() if red_leg.order <= result.order and leg not in result.red
        }
        if self.identity.waits_for_approval:
            # It is over when the run that waited moves on; another run counts only if that one is not listed.
            others = listed - {result.run.id}
            older = {leg: red_leg for leg, red_leg in older.items() if red_leg.run_id not in others}
        if result.run.subject == SCHEDULE:
            # The run before the missed schedule proves nothing; it takes a newer one.
            older = {leg: red_leg for leg, red_leg in older.items() if red_leg.run_id != result.run.id}
        same_event = {leg for leg, red_leg in older.items() if red_leg.event == result.run.event}
        if result.gone:
            return same_event
        if result.all_green:
            return older.keys() & (self.always_run.get(result.trigger, frozenset()) | result.started)
        if result.red or result.green or result.replaced:
            unnamed = {OTHER_LEGS} if result.names_all_green() else set()
            # A leg that the same event no longer lists was taken out of the matrix.
            taken_out = same_event - result.listed - {OTHER_LEGS}
            return older.keys() & (result.green | result.replaced | result.started | taken_out | unnamed)
        return older.keys() & result.started

    def _is_gone(self, before: BranchStatus | None, last_red: RunRef, results: Sequence[AttemptResult]) -> bool:
        """Whether the newest run that says anything of the job no longer has it, under an event that started it."""
        after = (result for result in results if result.run.order > _ref_order(last_red))
        telling = [result for result in after if result.green or (result.gone and result.trigger in self.ran)]
        if telling:
            return telling[-1].gone
        return before is not None and before.gone and before.last_red.run_id == last_red.run_id

    # --- the proof of recovery -------------------------------------------------------------------

    def _greens(
        self, before: BranchStatus | None, results: Sequence[AttemptResult], last_red: RunRef
    ) -> tuple[RunRef, ...]:
        remembered = () if before is None or self.misses_runs(before, results) else before.greens
        by_run = {run_ref.run_id: run_ref for run_ref in remembered}
        by_run |= {result.run.id: run_ref_of(result) for result in results if result.is_proof}
        failed = {last_red.sha, *(result.run.commit.sha for result in results if result.red)}
        if results:
            failed |= self.failed(results[0].run)
        by_commit: dict[str, RunRef] = {}
        for run_ref in sorted(by_run.values(), key=_ref_order):
            counts = self.proof_from is None or run_ref.at > self.proof_from
            if counts and _ref_order(run_ref) > _ref_order(last_red) and run_ref.sha not in failed:
                by_commit.setdefault(run_ref.sha, run_ref)
        return tuple(by_commit.values())[: self.most]

    def _first_attempts(self, results: Iterable[AttemptResult]) -> Mapping[int, bool]:
        """Whether the first attempt passed, by run id, of each run that says anything of the identity."""
        passed: dict[int, bool] = {}
        if self.identity.waits_for_approval:
            return passed  # that other runs did not wait is no change
        for result in results:
            green = result.is_proof or (result.all_green and bool(self.always_run.get(result.trigger)))
            if result.red or green:
                passed.setdefault(result.run.id, not result.red)
        return passed


def few_red(red: Iterable[RedLeg], most: int) -> tuple[RedLeg, ...]:
    """The failing legs by name; one entry stands for all past the limit."""
    red = tuple(red)
    named = sorted((red_leg for red_leg in red if red_leg.leg != OTHER_LEGS), key=lambda red_leg: red_leg.leg)
    others = [red_leg for red_leg in red if red_leg.leg == OTHER_LEGS] + named[most:]
    if not others:
        return tuple(named)
    newest = max(others, key=lambda red_leg: red_leg.order)
    return (*named[:most], RedLeg(OTHER_LEGS, newest.event, newest.run_id, newest.attempt, newest.at))


def _recent(before: BranchStatus | None, first_attempts: Mapping[int, bool]) -> tuple[tuple[int, bool], ...]:
    """Both what is remembered and what is read; a first attempt that is no longer listed is remembered."""
    return tuple(sorted({**first_attempts, **dict(before.recent if before else ())}.items()))


def run_ref_of(result: AttemptResult) -> RunRef:
    """The reference to the run of a result."""
    return RunRef(result.run.id, result.run.number, result.run.commit.sha, result.run.created_at)


def _ref_order(run_ref: RunRef) -> tuple[datetime, int]:
    """The same as `Run.order`."""
    return run_ref.at, run_ref.run_id
