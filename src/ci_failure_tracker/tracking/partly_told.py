"""Which failed jobs a later sweep reads again, because not everything that their logs say has an issue yet."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence, Set

from ci_failure_tracker.model import Decision, History, Occurrence, Skip, SkipReason, State
from ci_failure_tracker.tracking.state_update import fit

_FOR_NOW = frozenset({SkipReason.CAUSE_UNKNOWN, SkipReason.OVER_CAP, SkipReason.ISSUES_UNKNOWN, SkipReason.UNCLEAR})
"""Reasons that a later sweep may no longer have."""

_Decided = tuple[History, Decision | Skip]


def with_jobs_to_read_again(
    decided: Sequence[_Decided], after_cap: Iterable[Decision | Skip]
) -> Sequence[Decision | Skip]:
    """The decisions, in which the issues of tests remember the jobs of which something has no issue yet."""
    after_cap = tuple(after_cap)
    left = {
        decision.identity for decision in after_cap if isinstance(decision, Skip) and decision.skip_reason in _FOR_NOW
    }
    read = {history.identity: _read_now(history) for history, _ in decided}
    to_read_again = {job_id for identity in left for job_id in read.get(identity, ())}
    return [
        dataclasses.replace(decision, after=_marked(decision.after, read[decision.identity], to_read_again))
        if isinstance(decision, Decision) and decision.identity.test and decision.identity in read
        else decision
        for decision in after_cap
    ]


def _read_now(history: History) -> Set[int]:
    return {diagnosis.job_id for diagnosis in history.job_diagnoses if diagnosis.diagnosis is not None}


def _marked(state: State, read: Set[int], to_read_again: Set[int]) -> State:
    occurrences = tuple(_with_marks(past, read, to_read_again) for past in state.occurrences)
    return state if occurrences == state.occurrences else fit(dataclasses.replace(state, occurrences=occurrences))


def _with_marks(past: Occurrence, read: Set[int], to_read_again: Set[int]) -> Occurrence:
    legs = tuple(
        dataclasses.replace(leg, partly=leg.job_id in to_read_again) if leg.job_id in read else leg for leg in past.legs
    )
    return past if legs == past.legs else dataclasses.replace(past, legs=legs)
