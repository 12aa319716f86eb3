"""The state of an issue into which a person merged another one: it holds what both remember."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ci_failure_tracker.model import BranchStatus, Cause, FailedLeg, LegCount, Occurrence, State
from ci_failure_tracker.tracking.causes import CAUSES
from ci_failure_tracker.tracking.corrections import is_leg_of, merged_leg
from ci_failure_tracker.tracking.state_update import fit


def merge_states(state: State, other: State) -> State:
    """What an issue remembers after another one was merged into it. What fails in either fails in it."""
    other = _with_names_of_jobs(other)
    past = {each.key: each for each in state.occurrences}
    theirs = {each.key: each for each in other.occurrences}
    both = past.keys() & theirs.keys()
    occurrences = {**theirs, **past, **{key: _together(past[key], theirs[key]) for key in both}}
    # The break that still goes on is the one that the issue speaks of.
    is_failing = any(status.red for status in state.branch_statuses)
    break_of = state if is_failing else other
    causes = sorted(_causes(state, other), key=lambda cause: (cause.last_seen, cause.count), reverse=True)
    excerpts = [each.evidence for each in (state, other) if each.evidence]
    return fit(
        replace(
            state,
            # A run that failed for both was one failure.
            count=state.count + other.count - len(both),
            first_seen=min(state.first_seen, other.first_seen),
            last_seen=max(state.last_seen, other.last_seen),
            legs=tuple(_legs(state, other)),
            legs_cut=state.legs_cut or other.legs_cut,
            occurrences=tuple(sorted(occurrences.values(), key=lambda each: each.order)),
            counted_to=max(filter(None, (state.counted_to, other.counted_to)), default=None),
            first_red=break_of.first_red,
            last_green=break_of.last_green,
            causes=tuple(causes[:CAUSES]),
            other_causes=state.other_causes + other.other_causes + sum(cause.count for cause in causes[CAUSES:]),
            weak=tuple(dict.fromkeys((*state.weak, *other.weak))),
            evidence=max(excerpts, key=lambda evidence: evidence.order, default=None),
            branch_statuses=tuple(_statuses(state.branch_statuses, other.branch_statuses)),
            branch_statuses_cut=state.branch_statuses_cut or other.branch_statuses_cut,
            runs_missed=state.runs_missed or other.runs_missed,
            tests=tuple(dict.fromkeys((*state.tests, *other.tests))),
        )
    )


def _with_names_of_jobs(state: State) -> State:
    """The state with its legs under the names that they have in another issue."""

    def named(leg: str) -> str:
        # What was merged into this one before has such a name.
        is_merged = any(is_leg_of(entry.identity, leg) for entry in state.merged)
        return leg if is_merged else merged_leg(state.identity, leg)

    def renamed(past: Occurrence) -> Occurrence:
        return replace(past, legs=tuple(replace(leg, leg=named(leg.leg)) for leg in past.legs))

    return replace(
        state,
        legs=tuple(replace(count, leg=named(count.leg)) for count in state.legs),
        occurrences=tuple(map(renamed, state.occurrences)),
        branch_statuses=tuple(
            replace(status, red=tuple(replace(leg, leg=named(leg.leg)) for leg in status.red))
            for status in state.branch_statuses
        ),
    )


def _together(one: Occurrence, other: Occurrence) -> Occurrence:
    """One run that failed for both."""
    legs: dict[str, FailedLeg] = {leg.leg: leg for leg in (*other.legs, *one.legs)}
    hidden = one.hidden_legs + other.hidden_legs
    ended = max(one.ended_at, other.ended_at)
    return replace(one, legs=tuple(legs[name] for name in sorted(legs)), hidden_legs=hidden, ended_at=ended)


def _legs(state: State, other: State) -> Iterable[LegCount]:
    counts: dict[str, LegCount] = {count.leg: count for count in state.legs}
    for count in other.legs:
        known = counts.get(count.leg)
        both = count.count + known.count if known else count.count
        counts[count.leg] = LegCount(
            count.leg, both, max(count.last_seen, known.last_seen if known else count.last_seen)
        )
    return (counts[leg] for leg in sorted(counts))


def _causes(state: State, other: State) -> Iterable[Cause]:
    causes = {cause.signature: cause for cause in state.causes}
    for cause in other.causes:
        known = causes.get(cause.signature)
        causes[cause.signature] = _counted(known, cause) if known else cause
    return causes.values()


def _counted(one: Cause, other: Cause) -> Cause:
    newer = max(one, other, key=lambda cause: cause.last_seen)
    return replace(newer, count=one.count + other.count, first_seen=min(one.first_seen, other.first_seen))


def _statuses(own: Iterable[BranchStatus], others: Iterable[BranchStatus]) -> Iterable[BranchStatus]:
    by_key: dict[object, BranchStatus] = {status.branch_key: status for status in own}
    for status in others:
        known = by_key.get(status.branch_key)
        by_key[status.branch_key] = _one_status(known, status) if known else status
    return by_key.values()


def _one_status(one: BranchStatus, other: BranchStatus) -> BranchStatus:
    """The status of a branch on which both failed. Only a run that passed for both is a pass."""
    red = {leg.leg: leg for leg in sorted((*one.red, *other.red), key=lambda leg: leg.order)}
    last_red = max(one.last_red, other.last_red, key=lambda run_ref: (run_ref.at, run_ref.run_id))
    trials: Mapping[int, bool] = {
        # A run that only one of them knows says nothing against the other.
        run_id: dict(one.recent).get(run_id, True) and dict(other.recent).get(run_id, True)
        for run_id in sorted({*dict(one.recent), *dict(other.recent)})
    }
    known = max(one, other, key=lambda status: status.earlier_to)
    both = {run_ref.run_id for run_ref in one.greens} & {run_ref.run_id for run_ref in other.greens}
    greens = (run_ref for run_ref in one.greens if run_ref.run_id in both and run_ref.at > last_red.at)
    is_gone = one.gone and other.gone
    return replace(
        known,
        red=tuple(red.values()),
        last_red=last_red,
        greens=tuple(greens),
        recent=tuple((run_id, passed) for run_id, passed in trials.items() if run_id > known.earlier_to),
        gone=is_gone,
        retired=known.retired if is_gone else None,
        skips=one.skips or other.skips,
        void=max(one.void, other.void),
        # Whether the passes are spread is judged again from the runs that are read.
        spread=False,
    )
