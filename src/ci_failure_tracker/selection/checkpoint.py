"""How far the sweeps have read: which runs the open issues hold already, so that they are not read again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.issues.state_codec import state_as_json
from ci_failure_tracker.model import (
    Checkpoint,
    Decision,
    DecisionKind,
    Outcome,
    Run,
    Skip,
    SkipReason,
    Snapshot,
    State,
)
from ci_failure_tracker.settings import Settings, fingerprint_parts
from ci_failure_tracker.tracking.decide import Findings
from ci_failure_tracker.tracking.observations import needs_jobs
from ci_failure_tracker.tracking.track import RepositoryHistory, TrackedIssues

MOST_WITHOUT = 12
"""Runs of which an issue says that they have to be read again; of more it says nothing, and all are read."""

_NOT_TAKEN_IN = frozenset({SkipReason.UNREADABLE, SkipReason.SAME_ID, SkipReason.CAUSE_UNKNOWN})


# --- what need not be read again -----------------------------------------------------------------


def runs_before_checkpoint(runs: Sequence[Run], tracked: TrackedIssues, settings: Settings) -> frozenset[int]:
    """The runs of which the open issues hold all that they said of what these issues stand for."""
    checkpoint = _valid(tracked.written, settings)
    if checkpoint is None:
        return frozenset()
    told = {run.id for run in runs if _is_within(run, checkpoint)}
    return frozenset(told - set(_to_read_again(runs, told, checkpoint)))


def _valid(tracked: Sequence[Tracked], settings: Settings) -> Checkpoint | None:
    """The farthest reach that is true of the issues as they stand."""
    states = _open_states(tracked)
    if states is None:
        return None
    fingerprint = _seal(states, settings)
    found = [
        state.checkpoint
        for state in states
        if state.checkpoint is not None and state.checkpoint.fingerprint == fingerprint
    ]
    return max(found, key=lambda checkpoint: (checkpoint.until, checkpoint.run_id), default=None)


def _is_within(run: Run, checkpoint: Checkpoint) -> bool:
    if not run.finished or (checkpoint.start is not None and run.created_at < checkpoint.start):
        return False
    return run.updated_at < checkpoint.until or (run.updated_at == checkpoint.until and run.id == checkpoint.run_id)


def _to_read_again(runs: Sequence[Run], told: Set[int], checkpoint: Checkpoint) -> Iterator[int]:
    """Of each line what came since a run that is new or that no issue holds: only together they say how it went on.

    Also the newest run before that which was red somewhere: it may be the last green one of what fails now.
    """
    ordered = sorted(runs, key=lambda run: run.order)
    for stream in {run.branch_key for run in runs}:
        line = [run for run in ordered if run.branch_key == stream]
        news = (place for place, run in enumerate(line) if run.id not in told or run.id in checkpoint.without)
        if (first := next(news, len(line))) < len(line):
            yield from (run.id for run in line[first:])
            yield from [run.id for run in line[:first] if needs_jobs(run, runs)][-1:]


# --- what is written down ------------------------------------------------------------------------


def with_checkpoint(found: Findings, settings: Settings) -> Findings:
    """The findings, whose decisions say what the issues are to remember of how far this sweep has read.

    Nothing is written down where the issues do not hold all of it.
    """
    seen, known, decisions = found.seen, found.known, found.decisions
    if seen.window.partial or any(isinstance(one, Skip) and one.skip_reason in _NOT_TAKEN_IN for one in decisions.all):
        return found
    after = _after(decisions.made, known.tracked.written)
    checkpoint = _reach(after, known, seen, settings) if after is not None else None
    decisions = dataclasses.replace(
        decisions,
        all=tuple(
            one
            if isinstance(one, Skip) or one.kind is DecisionKind.CLOSE
            else dataclasses.replace(one, after=dataclasses.replace(one.after, checkpoint=checkpoint))
            for one in decisions.all
        ),
    )
    return dataclasses.replace(found, decisions=decisions)


def _after(decisions: Iterable[Decision], tracked: Sequence[Tracked]) -> tuple[State, ...] | None:
    """What the open issues will hold when every decision is carried out."""
    changed = {one.issue.number: one for one in decisions if one.issue}
    stay = [one for one in tracked if one.issue.open and one.issue.number not in changed]
    if any(one.state is None for one in stay):
        return None
    written = [one.after for one in decisions if one.kind is not DecisionKind.CLOSE]
    return (*written, *(one.state for one in stay if one.state is not None))


def _reach(after: Sequence[State], known: RepositoryHistory, seen: Snapshot, settings: Settings) -> Checkpoint | None:
    held = {state.identity.id for state in after}
    # What is closed in this sweep remembers runs that were not read again.
    unheld = [history for history in known.all_histories if history.identity.id not in held]
    listed = {run.id for run in seen.runs}
    lacking = {one.run_id for history in unheld for one in (*history.occurrences, *history.remembered)} & listed
    # What waits for an approval is over, as GitHub has it, and goes on all the same.
    lacking |= {
        run.id for run in seen.runs if not run.finished or Outcome.of(run.conclusion) is Outcome.ACTION_REQUIRED
    }
    lacking |= {one.run.id for one in known.observed if one.job_id in seen.undiagnosed}
    finished = [run for run in seen.runs if run.finished]
    if not finished or len(lacking) > MOST_WITHOUT:
        return None
    newest = max(finished, key=lambda run: (run.updated_at, run.id))
    return Checkpoint(newest.updated_at, newest.id, seen.window.start, tuple(sorted(lacking)), _seal(after, settings))


# --- the seal ------------------------------------------------------------------------------------


def _open_states(tracked: Sequence[Tracked]) -> tuple[State, ...] | None:
    """What the open issues hold as they stand; `None` where one cannot be read."""
    states = [one.state for one in tracked if one.issue.open]
    return None if None in states else tuple(state for state in states if state is not None)


def _seal(states: Iterable[State], settings: Settings) -> str:
    """A short hash of all that a reach depends on."""
    held = sorted(json.dumps(_without_reach(state), sort_keys=True) for state in states)
    asked = sorted(fingerprint_parts(settings).items())
    return hashlib.sha256(json.dumps([asked, held]).encode()).hexdigest()[:16]


def _without_reach(state: State) -> Mapping[str, object]:
    return state_as_json(dataclasses.replace(state, checkpoint=None))
