"""The status of one branch, read from what an issue remembers of it and from the results of its runs.

What is remembered and what is read are facts of the same kind. So it does not matter how often a run is read, in how
many sweeps, or in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ci_failure_tracker.model import OTHER_LEGS, SCHEDULE, TAGS, BranchStatus, Identity, RedLeg, Run, RunRef
from ci_failure_tracker.tracking.attempt_result import AttemptResult

Trigger = tuple[int, str]
"""A workflow id and an event, which decide which jobs a run has."""

RECENT = 20
"""Newest trials of a branch that an issue remembers one by one."""

STARTED_BY_COMMIT = frozenset({"push", "pull_request", "pull_request_target", "merge_group", "release", "create"})
"""Events of runs that test a commit because it is new."""

_APART = timedelta(hours=1)
"""How far apart two passing runs are, which no commit starts, before the second one says anything new."""

MOST_RED = 40
"""Failing legs that a state names; the others share one entry."""


@dataclass(frozen=True, slots=True)
class BranchStatusReader:
    """Reads the branches of one identity.

    `always_run` are the legs that every passing run of a trigger is known to have run, `ran` the triggers under which
    the job ever ran, `skipping` the workflows that skip it at times. `counted` says whether the issue has counted an
    attempt of a run as a failure before. `failed` gives the ids of the failed runs of a run's branch that the issue
    remembers. Every run of a repository since its `start` is listed. Only passing runs after `proof_from` count; `most`
    is the limit.
    """

    identity: Identity
    always_run: Mapping[Trigger, Set[str]]
    ran: Set[Trigger]
    skipping: Set[int]
    counted: Callable[[tuple[int, int]], bool]
    failed: Callable[[Run], Set[int]]
    start: Callable[[str], datetime | None]
    proof_from: datetime | None
    most: int

    def read(
        self, before: BranchStatus | None, results: Sequence[AttemptResult], closed: BranchStatus | None = None
    ) -> BranchStatus | None:
        """The status after these results, which are of one branch and in order; `None` if nothing failed on it.

        `closed` is what the closed issue of the identity remembers of the branch: only its trials count.
        """
        last_red = self._last_red(before, results)
        # A branch without a failure needs no status. Most jobs of a repository are of this kind.
        if last_red is None:
            return None
        workflow_id, branch, subject = (
            results[0].run.branch_key if results else before.branch_key if before else (0, "", "")
        )
        red = tuple(self._red(before, results))
        gone = not red and self._is_gone(before, last_red, results)
        skips = workflow_id in self.skipping
        # Whether it is still retired is judged anew later. Until then it stays what it was.
        retired = before.retired if before and before.gone and gone else None
        status = BranchStatus(workflow_id, branch, subject, red, last_red, gone=gone, skips=skips, retired=retired)
        if self.identity.waits_for_approval and red:
            return status  # runs that did not wait are no trials of it
        return self._with_proof(self._with_trials(status, before or closed, results), before, results)

    def misses_runs(self, before: BranchStatus | None, results: Sequence[AttemptResult]) -> bool:
        """Whether there may be runs between the remembered ones and the listed ones that no sweep read."""
        start = self.start(before.repository) if before is not None else None
        if before is None or start is None or not results or before.newest_known[0] >= start:
            return False
        if before.branch.startswith(TAGS):
            return False  # of the tags, only those that say something new are listed
        if results[0].known:
            return False  # an earlier sweep read the first listed run, and what came before it
        if before.passes >= self.most:
            return False  # later passing runs were not written down
        # Ids and times differ in their order if a run waited. A run that is older by either was seen before.
        newest_id = before.recent[-1][0] if before.recent else 0
        if any(result.run.order <= before.newest_known or result.run.id <= newest_id for result in results):
            return False
        # Run numbers of a workflow have no gaps, so the next number says that no run lies between.
        newest = max((before.last_red, *before.greens), key=_ref_order)
        return results[0].run.number != newest.number + 1

    def _last_red(self, before: BranchStatus | None, results: Sequence[AttemptResult]) -> RunRef | None:
        newest = next((run_ref_of(result) for result in reversed(results) if result.red), None)
        if before is None or newest is None:
            return newest or (before.last_red if before else None)
        remembered = before.last_red
        # A re-run of the remembered run is the same failure. It keeps the time at which the run was created.
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
        # Another event may start other jobs, so a run says only of its own event that a job is gone.
        if result.gone:
            return same_event
        if result.all_green:
            return older.keys() & (self.always_run.get(result.trigger, frozenset()) | result.started)
        if result.red or result.green or result.replaced:
            unnamed = {OTHER_LEGS} if result.names_all_green() else set()
            # A leg that the same event no longer lists was taken out of the matrix.
            taken_out = same_event - result.listed - {OTHER_LEGS}
            over = result.green | result.replaced | result.started | result.allowed | result.taken
            return older.keys() & (over | taken_out | unnamed)
        return older.keys() & (result.started | result.allowed | result.taken)

    def _is_gone(self, before: BranchStatus | None, last_red: RunRef, results: Sequence[AttemptResult]) -> bool:
        """Whether the newest run that says anything of the job no longer has it, under an event that started it."""
        after = (result for result in results if result.run.order > _ref_order(last_red))
        # A run under an event that never started the job lacks it always, which says nothing.
        telling = [result for result in after if result.green or (result.gone and result.trigger in self.ran)]
        if telling:
            return telling[-1].gone
        return before is not None and before.gone and before.last_red.run_id == last_red.run_id

    # --- the trials ------------------------------------------------------------------------------

    def _with_trials(
        self, status: BranchStatus, before: BranchStatus | None, results: Sequence[AttemptResult]
    ) -> BranchStatus:
        """The status with the trials that are remembered and those that are read, each run once."""
        last_red = status.last_red
        known = before or status
        # Now it is known that runs skip the job, so passes that were counted without a look at the jobs may be none.
        if status.skips and not known.skips:
            known = _without_unverified(known)
        earlier = known.earlier
        is_new = last_red.run_id != known.last_red.run_id
        if last_red.run_id <= _counted_to(known) and (is_new or not earlier.failed):
            # This run ended late, and it is not known which of the earlier passes came after it. Or an older version
            # forgot it among its trials.
            earlier = earlier.then(passed=False)
        void = self._void(known, results) if self._is_before_reopening(last_red.at) else 0
        trials, counted = earlier, list[tuple[int, bool]]()
        # By run id and not by time: the ids are what the issue remembers of older trials.
        for run_id, passed in sorted(self._outcomes(known, results, last_red).items()):
            if passed and trials.passes - void >= self.most:
                continue  # more passes prove nothing more
            trials = trials.then(passed=passed)
            counted.append((run_id, passed))
        # The newest trials stay single, because a late result may still change one of them.
        older, recent = counted[:-RECENT], counted[-RECENT:]
        for _, passed in older:
            earlier = earlier.then(passed=passed)
        earlier_to = older[-1][0] if older else known.earlier_to
        return replace(status, recent=tuple(recent), earlier=earlier, earlier_to=earlier_to, void=void)

    def _void(self, known: BranchStatus, results: Iterable[AttemptResult]) -> int:
        """How many passes a person did not trust. An older version did not count them, so the runs say it, too."""
        passed = {run_id for run_id, has_passed in known.recent[_newest_failure(known.recent) + 1 :] if has_passed}
        listed = {result.run.id for result in results if self._is_before_reopening(result.run.created_at)}
        return max(known.void, len(passed & listed))

    def _is_before_reopening(self, at: datetime) -> bool:
        return self.proof_from is not None and at <= self.proof_from

    def _outcomes(self, known: BranchStatus, results: Sequence[AttemptResult], last_red: RunRef) -> Mapping[int, bool]:
        """Whether each trial that is not among the earlier ones passed, by run id; one failed attempt is a failure."""
        failed = {last_red.run_id, *(run_id for run_id, passed in known.recent if not passed)}
        failed |= {result.run.id for result in results if result.red}
        failed |= self.failed(results[0].run) if results else set()
        passed = {run_id for run_id, has_passed in known.recent if has_passed}
        passed |= {run_ref.run_id for run_ref in known.greens}
        passed |= {result.run.id for result in results if self._is_pass(result)}
        # If no attempt that passed is listed, a test report told of a remembered pass in a run that failed.
        shown = {result.run.id for result in results if self._is_pass(result)}
        told = {run_id for run_id, has_passed in known.recent if has_passed} - shown
        passed -= {result.run.id for result in results if result.other_red} - told
        outcomes = {**dict.fromkeys(passed, True), **dict.fromkeys(failed, False)}
        # What is below was counted before. To count it again would make a flaky job look worse with each sweep.
        counted_to = _counted_to(known)
        return {run_id: outcome for run_id, outcome in outcomes.items() if run_id > counted_to}

    def _is_pass(self, result: AttemptResult) -> bool:
        """Whether it passed in a run, after a person opened its issue again."""
        if self._is_before_reopening(result.run.created_at):
            return False
        return result.is_proof or (result.all_green and bool(self.always_run.get(result.trigger)))

    # --- the passing runs whose jobs were read ----------------------------------------------------

    def _with_proof(
        self, status: BranchStatus, before: BranchStatus | None, results: Sequence[AttemptResult]
    ) -> BranchStatus:
        """The status with the first and the newest passing run whose jobs are known to have passed."""
        counted = {run_id for run_id, passed in status.recent if passed}
        read = [
            result
            for result in results
            if result.is_proof
            and self._is_pass(result)
            and (result.run.id in counted or result.run.id <= status.earlier_to)
        ]
        failed = {run_id for run_id, passed in status.recent if not passed}
        by_run = {run_ref.run_id: run_ref for run_ref in (*(before.greens if before else ()), *map(run_ref_of, read))}
        after = (run_ref for run_ref in by_run.values() if _ref_order(run_ref) > _ref_order(status.last_red))
        # A run that failed in another attempt is no pass, although one of its attempts passed.
        greens = tuple(sorted((run_ref for run_ref in after if run_ref.run_id not in failed), key=_ref_order))
        if before is not None and greens == before.greens:
            return replace(status, greens=greens, spread=before.spread)
        was_spread = before is not None and before.is_spread and before.last_red.run_id == status.last_red.run_id
        # The first and the newest pass are kept, so whether some between them were spread has to be remembered.
        spread = bool(greens) and (was_spread or _are_spread(greens, read))
        return replace(status, greens=tuple(dict.fromkeys((*greens[:1], *greens[-1:]))), spread=spread)


def _are_spread(greens: Sequence[RunRef], read: Iterable[AttemptResult]) -> bool:
    """Whether passing runs are on two commits, or an hour apart if no commit starts them."""
    first = greens[0]
    without_commit = (result.run for result in read if result.run.event not in STARTED_BY_COMMIT)
    later = any(run.created_at - first.at >= _APART for run in without_commit)
    return later or any(run_ref.sha != first.sha for run_ref in greens)


def _without_unverified(status: BranchStatus) -> BranchStatus:
    """The status without the passes since the newest failure whose jobs were not read: some may not have run it."""
    verified = {run_ref.run_id for run_ref in status.greens}
    newest = _newest_failure(status.recent)
    kept = [trial for place, trial in enumerate(status.recent) if place <= newest or trial[0] in verified]
    earlier = status.earlier
    if newest < 0:
        passes = sum(run_id <= status.earlier_to for run_id in verified)
        earlier = replace(earlier, total=earlier.until_failure + passes, passes=passes)
    return replace(status, recent=tuple(kept), earlier=earlier, void=0)


def _counted_to(status: BranchStatus) -> int:
    """The highest id of a run that was counted before the recent trials. An older version forgot these trials."""
    return status.recent[0][0] - 1 if len(status.recent) >= RECENT else status.earlier_to


def _newest_failure(recent: Sequence[tuple[int, bool]]) -> int:
    """The place of the newest failed trial; -1 if there is none."""
    return max((place for place, (_, passed) in enumerate(recent) if not passed), default=-1)


def few_red(red: Iterable[RedLeg], most: int) -> tuple[RedLeg, ...]:
    """The failing legs by name; one entry stands for all past the limit."""
    red = tuple(red)
    named = sorted((red_leg for red_leg in red if red_leg.leg != OTHER_LEGS), key=lambda red_leg: red_leg.leg)
    others = [red_leg for red_leg in red if red_leg.leg == OTHER_LEGS] + named[most:]
    if not others:
        return tuple(named)
    newest = max(others, key=lambda red_leg: red_leg.order)
    return (*named[:most], RedLeg(OTHER_LEGS, newest.event, newest.run_id, newest.attempt, newest.at))


def run_ref_of(result: AttemptResult) -> RunRef:
    """The reference to the run of a result."""
    run = result.run
    return RunRef(run.id, run.number, run.commit.sha, run.created_at, run.repository)


def _ref_order(run_ref: RunRef) -> tuple[datetime, int]:
    """The same as `Run.order`."""
    return run_ref.at, run_ref.run_id
