"""Which green runs a sweep looks into: a job that failed before may only have been skipped in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ci_failure_tracker.model import BranchStatus, Outcome, Run, RunJobs, State
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.outcome import judge_run
from ci_failure_tracker.tracking.recovery import is_proven, needed_greens

_NOTHING_FAILED = frozenset({None, Outcome.SUCCESS, Outcome.SUPERSEDED})
_MOST = 20
"""Green runs of one line that are looked into where the job is skipped now and then."""

_Stream = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A line that an open issue waits for: on how many commits it has to be green, and what is known of it."""

    line: BranchStatus
    needed: int


def runs_to_verify(runs: Sequence[Run], states: Iterable[State], settings: Settings) -> tuple[Run, ...]:
    """The green runs to look into, for each line of runs in which something failed or an open issue waits.

    The first green one after the failure is often the fix. An issue waits for as many commits as close it, of which
    the newest count; what it knows is not asked again.
    """
    waiting = _waiting(states, settings)
    # As many as if an issue waited already and the job were flaky: the next sweep must not know more for looking again.
    least = max(1, 2 * settings.close_after)
    return tuple(
        run for stream, line in _lines(runs).items() for run in _of_line(line, runs, waiting.get(stream, ()), least)
    )


def more_runs_to_verify(
    runs: Sequence[Run], jobs: Sequence[RunJobs], states: Iterable[State], settings: Settings
) -> tuple[Run, ...]:
    """More of them where a job was skipped in one: another may have run it."""
    waiting = _waiting(states, settings)
    read = {one.run_id for one in jobs}
    skipping = {one.run_id for one in jobs if any(job.conclusion == "skipped" for job in one.jobs)}
    return tuple(
        run
        for stream, line in _lines(runs).items()
        if any(run.id in skipping and run.conclusion == "success" for run in line)
        for run in _of_line(line, runs, waiting.get(stream, ()), _MOST)
        if run.id not in read
    )


def _lines(runs: Iterable[Run]) -> Mapping[_Stream, list[Run]]:
    lines: dict[_Stream, list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.order):
        lines[run.branch_key].append(run)
    return lines


def _waiting(states: Iterable[State], settings: Settings) -> Mapping[_Stream, list[_Waiting]]:
    found: dict[_Stream, list[_Waiting]] = defaultdict(list)
    for state in states:
        needed = max(1, needed_greens(settings, state))
        for line in state.branch_statuses:
            if not is_proven(line, needed):
                found[line.branch_key].append(_Waiting(line, needed))
    return found


def _of_line(line: Sequence[Run], runs: Sequence[Run], waiting: Sequence[_Waiting], least: int) -> Iterator[Run]:
    outcomes = [judge_run(run, runs) for run in line]
    failed = [place for place, outcome in enumerate(outcomes) if outcome not in _NOTHING_FAILED]
    after = failed[-1] + 1 if failed else 0
    if not failed:
        if not waiting:
            return
        since = min((one.line.last_red.at, one.line.last_red.run_id) for one in waiting)
        after = next((place for place, run in enumerate(line) if run.order > since), len(line))
    ended = list(zip(line, outcomes, strict=True))[after:]
    # What was run again is looked into in any case.
    green = [run for run, outcome in ended if outcome is Outcome.SUCCESS and run.attempt == 1]
    needed = max([least, *(one.needed for one in waiting)])
    chosen = {*(run.id for run in green[:1]), *(run.id for run in _on_distinct_commits(green, needed))}
    known = _known_to_all(waiting)
    yield from (run for run in green if run.id in chosen and run.id not in known)


def _on_distinct_commits(green: Sequence[Run], needed: int) -> Iterator[Run]:
    """The newest ones, one a commit."""
    newest = {run.commit.sha: run for run in green}
    return iter(sorted(newest.values(), key=lambda run: run.order)[-needed:])


def _known_to_all(waiting: Sequence[_Waiting]) -> Container[int]:
    """The runs that every issue that waits for this line knows to be green."""
    known = [{point.run_id for point in one.line.greens} for one in waiting]
    return set.intersection(*known) if known else ()
