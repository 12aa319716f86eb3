"""What an issue remembers: its state after a history, in the form in which it fits into the marker.

The body is rendered from this state and from nothing else, so a sweep that learns nothing writes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ci_failure_tracker.issues.marker import LIMIT, write_marker
from ci_failure_tracker.model import (
    BranchStatus,
    CloseReason,
    Commit,
    CommitsBetween,
    History,
    Identity,
    LegCount,
    Occurrence,
    RunRef,
    State,
)
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.branch_status import few_red
from ci_failure_tracker.tracking.causes import CAUSES, LONGEST_LINE, CauseUpdate, newly_told, shortened
from ci_failure_tracker.tracking.flaky import judge_flaky

REMEMBERED = 10
"""How many occurrences an issue keeps in full; older ones stay in the count."""

LEGS = 40
"""How many legs an issue counts each; of a larger matrix the first by name."""

STREAMS = 8
"""Lines of runs in which an issue remembers what is red; more than one only where several branches are looked at."""

LEGS_OF_A_RUN = 10
_NAME, _TITLE, _BRANCH, _STEP = 100, 72, 100, 60


def updated_state(state: State | None, history: History, since: datetime | None = None) -> State:
    """The state of an issue after this history; occurrences it has counted before are not counted again.

    `since` leaves out what started before it: a new issue that follows a closed one starts afresh.
    """
    before = [one for one in history.occurrences if since is not None and one.started_at <= since]
    new = [one for one in history.occurrences if one not in before and not (state and has_counted(state, one))]
    known = state.occurrences if state else ()
    told = _updated(known, history)
    kept = sorted((*told, *map(_shortened, new)), key=lambda one: one.order)
    first_red, last_green = bounds(state, history)
    legs, legs_cut = _count_legs(state, new)
    learnt = CauseUpdate(
        history.job_diagnoses, [*newly_told(known, told), *((one, leg) for one in new for leg in one.legs)]
    )
    causes, other_causes = learnt.count(state)
    failing = history.failing
    fresh = State(
        identity=_identity(state, history.identity),
        count=(state.count if state else 0) + len(new),
        first_seen=min([*([state.first_seen] if state else ()), *(one.started_at for one in kept)]),
        last_seen=max(one.ended_at for one in kept),
        legs=legs,
        legs_cut=legs_cut,
        occurrences=tuple(kept),
        counted_to=_latest(state.counted_to if state else None, *(one.order for one in before)),
        last_green=last_green,
        first_red=first_red,
        green_again=None if failing or history.gone else _green_again(state, history, bool(new)),
        gone=history.gone and not failing,
        cause_replaced=history.cause_replaced and not failing,
        causes=causes,
        other_causes=other_causes,
        evidence=learnt.newest(state),
        branch_statuses=history.branch_statuses,
        flaky=judge_flaky(state.flaky if state else None, history),
        runs_missed=history.runs_missed or (state is not None and state.runs_missed),
    )
    return fit(_with_what_was_said(fresh, state))


def _with_what_was_said(fresh: State, state: State | None) -> State:
    """What a history says nothing of: what became of the issue, and what was said in it."""
    if state is None:
        return fresh
    same_break = fresh.first_red == state.first_red and fresh.last_green == state.last_green
    return dataclasses.replace(
        fresh,
        previous=state.previous,
        branch_statuses_cut=state.branch_statuses_cut,
        reopened_at=state.reopened_at,
        week_commented=state.week_commented and same_break,
        cause_commented_at=state.cause_commented_at,
        relapses=state.relapses,
        suspects=state.suspects if same_break else None,
        related=state.related,
        checkpoint=state.checkpoint,
    )


def _green_again(state: State | None, history: History, failed: bool) -> RunRef | None:
    """The first green run after the break; the one that an issue knew of may no longer be listed."""
    known = state.green_again if state and not failed else None
    found = history.green_again
    if known is None or found is None:
        return known or found
    return min(known, found, key=lambda point: (point.at, point.run_id))


def follow(number: int, history: History, closed_at: datetime) -> State:
    """The state of a new issue that follows one closed long ago."""
    return fit(dataclasses.replace(updated_state(None, history, since=closed_at), previous=number))


def reopen(state: State, history: History) -> State:
    """The state of an issue that is opened again: what bounded and proved the earlier break is forgotten.

    That it was flaky is not, nor that the proof it was closed with was not enough.
    """
    closed_by_us = state.closed is not None and state.closed.close_reason is CloseReason.RECOVERED
    forgotten = dataclasses.replace(
        state,
        last_green=None,
        first_red=None,
        green_again=None,
        closed=None,
        reopened_at=None,
        week_commented=False,
        suspects=None,
        branch_statuses=(),
        branch_statuses_cut=False,
        relapses=state.relapses + closed_by_us,
    )
    return updated_state(forgotten, history)


def reopened_by_person(state: State, now: datetime) -> State:
    """The state of an issue that the tracker closed and a person opened again: what proved it mended counts no more."""
    lines = tuple(dataclasses.replace(line, greens=()) for line in state.branch_statuses)
    return dataclasses.replace(state, closed=None, reopened_at=now, branch_statuses=lines)


def has_counted(state: State, occurrence: Occurrence) -> bool:
    """Whether an issue with this state has counted an occurrence before."""
    if any(one.key == occurrence.key for one in state.occurrences):
        return True
    return state.counted_to is not None and occurrence.order <= state.counted_to


def _updated(known: Sequence[Occurrence], history: History) -> tuple[Occurrence, ...]:
    """What an issue remembers, with what was learnt since of failures whose cause it did not know."""
    found = {one.key: one for one in history.occurrences}
    return tuple(_merged(one, found[one.key]) if one.key in found else one for one in known)


def _merged(known: Occurrence, found: Occurrence) -> Occurrence:
    fresh = {leg.job_id: leg for leg in found.legs if leg.signature or leg.log_unavailable}
    legs = tuple(
        dataclasses.replace(leg, signature=now.signature, log_unavailable=now.log_unavailable, outcome=now.outcome)
        if not leg.signature and (now := fresh.get(leg.job_id))
        else leg
        for leg in known.legs
    )
    return dataclasses.replace(known, legs=legs, outcome=found.outcome) if legs != known.legs else known


def _latest(*orders: tuple[datetime, int, int] | None) -> tuple[datetime, int, int] | None:
    return max((order for order in orders if order is not None), default=None)


def bounds(state: State | None, history: History) -> tuple[RunRef | None, RunRef | None]:
    """The first red and the last green; what an issue knew stays where the runs looked at start too late."""
    if state is None or state.first_red is None:
        return history.first_red, history.last_green
    known, found = state.first_red, history.first_red
    if found is None:
        return known, state.last_green
    if history.last_green is not None:
        # Of a cause the failures that an issue dropped are no longer known to be its own.
        same_break = history.last_green == state.last_green
        return (known if same_break and known.at < found.at else found), history.last_green
    # A run that started earlier may end, and be seen, later.
    is_earlier = found.at < known.at and (state.last_green is None or state.last_green.at < found.at)
    return (found if is_earlier else known), state.last_green


def _count_legs(state: State | None, new: Sequence[Occurrence]) -> tuple[tuple[LegCount, ...], bool]:
    """Count each leg. Once some had to be left out none is added, for a count that starts late would be wrong."""
    counted = {one.leg: one for one in (state.legs if state else ())}
    closed = state.legs_cut if state else False
    for occurrence in new:
        for leg in (failed.leg for failed in occurrence.legs):
            old = counted.get(leg)
            if old:
                counted[leg] = LegCount(leg, old.count + 1, max(old.last_seen, occurrence.ended_at))
            elif not closed:
                counted[leg] = LegCount(leg, 1, occurrence.ended_at)
    return tuple(counted[leg] for leg in sorted(counted)), closed


# --- the form that fits --------------------------------------------------------------------------


def _identity(state: State | None, identity: Identity) -> Identity:
    if state and identity.cause:
        return state.identity  # named after the jobs in which the cause was first seen; the legs name them all
    return dataclasses.replace(identity, workflow=plain(identity.workflow, _NAME), job=plain(identity.job, _NAME))


def _shortened(one: Occurrence) -> Occurrence:
    return dataclasses.replace(
        one,
        commit=Commit(one.commit.sha, plain(one.commit.title, _TITLE)),
        branch=plain(one.branch, _BRANCH),
        source=plain(one.source, _STEP),
        legs=tuple(
            dataclasses.replace(leg, step=plain(leg.step, _STEP) if leg.step else None)
            for leg in one.legs[:LEGS_OF_A_RUN]
        ),
        hidden_legs=one.hidden_legs + len(one.legs[LEGS_OF_A_RUN:]),
    )


def fit(state: State) -> State:
    """The fullest form of a state whose marker keeps within its limit; a state that fits stays as it is."""
    return next(shorter for shorter in _ladder(state) if len(write_marker(shorter).encode("utf-8", "replace")) <= LIMIT)


@dataclasses.dataclass(frozen=True, slots=True)
class _Size:
    """A rung of the ladder by which a state is shortened: `text` in characters, `streams` in lines of runs."""

    occurrences: int
    legs: int
    legs_of_a_run: int
    causes: int
    lines: int
    text: int = LONGEST_LINE
    suspects: int = 10
    streams: int = STREAMS
    red: int = LEGS


_LADDER = (
    _Size(REMEMBERED, LEGS, 10, CAUSES, 100),
    _Size(REMEMBERED, LEGS, 4, CAUSES, 100),
    # The runs before the last five say less than the lines that say why; of these the first thirty matter most.
    _Size(5, LEGS, 4, 5, 100),
    _Size(5, 20, 2, 5, 30),
    _Size(5, 20, 2, 5, 20, suspects=5),
    _Size(5, 10, 1, 3, 12, 200, suspects=5),
    _Size(3, 10, 1, 3, 8, 160, suspects=3, streams=4, red=20),
    _Size(1, 3, 1, 1, 5, 160, suspects=0, streams=2, red=10),
    _Size(1, 0, 0, 1, 5, 80, suspects=0, streams=2, red=3),
    _Size(1, 0, 0, 1, 0, 80, suspects=0, streams=1, red=1),
)


def _ladder(state: State) -> Iterator[State]:
    return (_cut(state, size) for size in _LADDER)


def _cut(state: State, size: _Size) -> State:
    dropped, kept = state.occurrences[: -size.occurrences], state.occurrences[-size.occurrences :]
    red_first = sorted(state.branch_statuses, key=lambda line: not line.red)
    return dataclasses.replace(
        state,
        legs=state.legs[: size.legs],
        legs_cut=state.legs_cut or len(state.legs) > size.legs,
        occurrences=tuple(_with_legs(one, size.legs_of_a_run) for one in kept),
        counted_to=_latest(state.counted_to, *_orders(dropped)),
        causes=state.causes[: size.causes],
        other_causes=state.other_causes + sum(one.count for one in state.causes[size.causes :]),
        evidence=shortened(state.evidence, size.lines, size.text) if state.evidence else None,
        branch_statuses=tuple(
            _with_red(line, size.red) for line in state.branch_statuses if line in red_first[: size.streams]
        ),
        # What is green may be forgotten; with what is red goes the proof that it was mended.
        branch_statuses_cut=state.branch_statuses_cut or any(line.red for line in red_first[size.streams :]),
        suspects=_fewer(state.suspects, size.suspects),
    )


def _with_red(line: BranchStatus, most: int) -> BranchStatus:
    return dataclasses.replace(line, red=few_red(line.red, most))


def _fewer(between: CommitsBetween | None, most: int) -> CommitsBetween | None:
    if between is None or len(between.commits) <= most:
        return between
    return dataclasses.replace(between, commits=between.commits[:most], more=True)


def _with_legs(one: Occurrence, most: int) -> Occurrence:
    return dataclasses.replace(one, legs=one.legs[:most], hidden_legs=one.hidden_legs + len(one.legs[most:]))


def _orders(occurrences: Iterable[Occurrence]) -> Iterator[tuple[datetime, int, int]]:
    return (one.order for one in occurrences)
