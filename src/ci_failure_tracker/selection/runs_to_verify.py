"""Which passing runs a sweep reads the jobs of: a job that failed before may only have been skipped in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from ci_failure_tracker.model import BranchStatus, Outcome, Run, RunJobs, State
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.outcome import judge_run

_NOTHING_FAILED = frozenset({None, Outcome.SUCCESS, Outcome.SUPERSEDED})
_MOST = 20
"""Passing runs of one branch that are read if a job is skipped in them at times."""

_BranchKey = tuple[int, str, str]


def runs_to_verify(
    runs: Sequence[Run], jobs: Sequence[RunJobs], states: Iterable[State], settings: Settings
) -> tuple[Run, ...]:
    """The passing runs to read, of each branch on which something failed or an open issue waits.

    The first one after the failure is often the fix, and the newest one may close the issue. A run that the issues know
    is not read again. `jobs` are those read so far: if a job was skipped in one of the runs, more of them are read, for
    another may have run it.
    """
    waiting = _waiting(states, settings)
    read = {run_jobs.run_id for run_jobs in jobs}
    skipping = {run_jobs.run_id for run_jobs in jobs if any(job.conclusion == "skipped" for job in run_jobs.jobs)}
    # Some more than close an issue of which all runs failed: the job may be skipped in one of them.
    newest = max(1, 2 * settings.close_after)
    first: list[Run] = []
    more: list[Run] = []
    for stream, branch in runs_by_branch(runs).items():
        first += _of_branch(branch, runs, waiting.get(stream, ()), newest)
        if any(run.id in skipping and run.conclusion == "success" for run in branch):
            more += (run for run in _of_branch(branch, runs, waiting.get(stream, ()), _MOST) if run.id not in read)
    return (*first, *more)


def runs_by_branch(runs: Iterable[Run]) -> Mapping[_BranchKey, Sequence[Run]]:
    """The runs of each branch in the order in which they were created."""
    branches: dict[_BranchKey, list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.order):
        branches[run.branch_key].append(run)
    return branches


def _waiting(states: Iterable[State], settings: Settings) -> Mapping[_BranchKey, Sequence[BranchStatus]]:
    """The branches that open issues wait for."""
    waiting: dict[_BranchKey, list[BranchStatus]] = defaultdict(list)
    for state in states:
        for status in state.branch_statuses:
            if status.passes_missing(settings.close_after or 1):
                waiting[status.branch_key].append(status)
    return waiting


def _of_branch(
    branch: Sequence[Run], runs: Sequence[Run], waiting: Sequence[BranchStatus], newest: int
) -> Iterator[Run]:
    outcomes = [judge_run(run, runs) for run in branch]
    failed = [place for place, outcome in enumerate(outcomes) if outcome not in _NOTHING_FAILED]
    after = failed[-1] + 1 if failed else 0
    if not failed:
        if not waiting:
            return
        since = min((status.last_red.at, status.last_red.run_id) for status in waiting)
        after = next((place for place, run in enumerate(branch) if run.order > since), len(branch))
    ended = list(zip(branch, outcomes, strict=True))[after:]
    # The jobs of a re-run are read in any case.
    green = [run for run, outcome in ended if outcome is Outcome.SUCCESS and run.attempt == 1]
    # `close-after` passes have to be on different commits, so one run of each commit is enough.
    chosen = {run.id for run in (*green[:1], *_on_distinct_commits(green, newest))}
    known = _known_to_all(waiting)
    yield from (run for run in green if run.id in chosen and run.id not in known)


def _on_distinct_commits(green: Sequence[Run], most: int) -> Sequence[Run]:
    """The newest runs, one a commit."""
    newest = {run.commit.sha: run for run in green}
    return sorted(newest.values(), key=lambda run: run.order)[-most:]


def _known_to_all(waiting: Sequence[BranchStatus]) -> Container[int]:
    """The runs that every issue that waits for this branch knows to have passed."""
    known = [{run_ref.run_id for run_ref in status.greens} for status in waiting]
    return set.intersection(*known) if known else ()
