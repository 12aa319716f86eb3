"""What an issue remembers of why its jobs failed: the causes, how often each, and the lines that say it best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ci_failure_tracker.model import (
    Cause,
    Evidence,
    ExcerptLine,
    FailedLeg,
    JobDiagnosis,
    Observation,
    Occurrence,
    Outcome,
    State,
)
from ci_failure_tracker.text.markdown import cut_in_middle, plain
from ci_failure_tracker.text.short_names import short_leg
from ci_failure_tracker.tracking.observations import with_diagnoses

CAUSES = 10
"""How many causes an issue names, those seen last; the failed jobs of the others are only counted."""

LONGEST_LINE = 300
"""Characters of a line of an excerpt."""

_HEADLINE = 200

_Line = tuple[str | None, tuple[int, str, str]]
"""A job in one line of runs, in which a newer one speaks for an older one."""

_Told = tuple[Occurrence, FailedLeg]
"""A failed job of an occurrence."""


def remembered(states: Iterable[State]) -> tuple[JobDiagnosis, ...]:
    """What issues remember of failed jobs; where two do of one job, what says more comes last."""
    found = (_remembered(state, leg) for state in states for one in state.occurrences for leg in one.legs)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: bool(one.signature)))


def _remembered(state: State, leg: FailedLeg) -> JobDiagnosis | None:
    if leg.job_id is None or not (leg.signature or leg.log_unavailable or leg.outcome):
        return None
    headline = next((one.headline for one in state.causes if one.signature == leg.signature), "")
    return JobDiagnosis(leg.job_id, leg.signature, headline, leg.outcome, leg.log_unavailable)


def with_known_causes(
    observations: Iterable[Observation], states: Iterable[State], job_diagnoses: Iterable[JobDiagnosis] = ()
) -> tuple[Observation, ...]:
    """The observations with what issues remember of their causes, and with what was read in this sweep."""
    states = tuple(states)
    told = with_diagnoses(observations, [*remembered(states), *job_diagnoses])
    of_causes = [state for state in states if state.identity.cause]
    newest = _newest_failures(told) if of_causes else {}
    return tuple(_recalled(one, of_causes) if newest.get(_line(one)) is one else one for one in told)


def _newest_failures(told: Iterable[Observation]) -> Mapping[_Line, Observation]:
    """Of each job, on each line of runs, the failure that says what it fails of now."""
    failed = (one for one in told if one.job_id is not None and one.outcome not in {None, Outcome.SUCCESS})
    return {_line(one): one for one in sorted(failed, key=lambda one: one.run.order)}


def _line(seen: Observation) -> _Line:
    return seen.job, seen.run.branch_key


def _recalled(seen: Observation, of_causes: Iterable[State]) -> Observation:
    """A failed job with its cause, where the issue of the cause counted it but has no room for more than its name."""
    if seen.job_id is None or (seen.job_diagnosis is not None and seen.job_diagnosis.signature):
        return seen
    name = short_leg(f"{seen.run.workflow.name} / {seen.job}")
    counted = (state for state in of_causes if _has_counted_unnamed(state, name, seen))
    state = min(counted, key=lambda state: state.last_seen, default=None)
    if state is None:
        return seen
    headline = state.causes[0].headline if state.causes else ""
    return replace(seen, job_diagnosis=JobDiagnosis(seen.job_id, state.identity.cause, headline))


def _has_counted_unnamed(state: State, name: str, seen: Observation) -> bool:
    """Whether an issue counted this failure, in a run of which it does not keep all jobs or that it dropped."""
    leg = next((leg for leg in state.legs if leg.leg == name), None)
    hidden = any(one.run_id == seen.run.id and one.hidden_legs for one in state.occurrences)
    if hidden or leg is None or state.counted_to is None or seen.ended_at is None:
        return hidden and (leg is not None or state.legs_cut)
    place = (seen.ended_at, seen.run.id, seen.attempt)
    return place <= state.counted_to and state.first_seen <= seen.run.started_at and seen.ended_at <= leg.last_seen


def newly_told(known: Iterable[Occurrence], told: Iterable[Occurrence]) -> Iterator[_Told]:
    """The failed jobs whose cause is known now and was not before."""
    for before, after in zip(known, told, strict=True):
        for old, new in zip(before.legs, after.legs, strict=True):
            if new.signature and not old.signature:
                yield after, new


class CauseUpdate:
    """What one sweep learnt of an issue's causes."""

    def __init__(self, job_diagnoses: Iterable[JobDiagnosis], told: Iterable[_Told]) -> None:
        """`told` are the failed jobs that have not been counted by their cause yet."""
        self._readings = {job_diagnosis.job_id: job_diagnosis for job_diagnosis in job_diagnoses}
        self._told = sorted(
            ((one, leg) for one, leg in told if leg.signature), key=lambda pair: (pair[0].order, pair[1].leg)
        )

    def count(self, state: State | None) -> tuple[tuple[Cause, ...], int]:
        """The causes of an issue, the one seen last first, and how many failed jobs had none of these."""
        found = {cause.signature: cause for cause in (state.causes if state else ())}
        for occurrence, leg in self._told:
            found[leg.signature] = self._counted(found.get(leg.signature), occurrence, leg)
        ordered = sorted(found.values(), key=lambda one: (one.last_seen, one.count, one.signature), reverse=True)
        dropped = sum(cause.count for cause in ordered[CAUSES:])
        return tuple(ordered[:CAUSES]), (state.other_causes if state else 0) + dropped

    def _counted(self, cause: Cause | None, occurrence: Occurrence, leg: FailedLeg) -> Cause:
        headline = _one_line(self._headline(leg))
        at = occurrence.ended_at
        if cause is None:
            return Cause(leg.signature, headline, 1, occurrence.started_at, at)
        return Cause(
            cause.signature,
            headline if headline and at >= cause.last_seen else cause.headline,
            cause.count + 1,
            min(cause.first_seen, occurrence.started_at),
            max(cause.last_seen, at),
        )

    def _headline(self, leg: FailedLeg) -> str:
        job_diagnosis = self._readings.get(leg.job_id or 0)
        return job_diagnosis.headline if job_diagnosis else ""

    def newest(self, state: State | None) -> Evidence | None:
        """The excerpt of the newest failure whose cause is known."""
        known = state.evidence if state else None
        found = (self._evidence(one, leg) for one, leg in self._told)
        # Of the jobs of one run the first counts, but one with a log says more than one with annotations alone.
        fresh = max(
            (one for one in found if one), key=lambda one: (one.order, one.log_unavailable is None), default=None
        )
        if fresh is None or (known is not None and known.order >= fresh.order):
            return known
        return fresh

    def _evidence(self, occurrence: Occurrence, leg: FailedLeg) -> Evidence | None:
        job_diagnosis = self._readings.get(leg.job_id or 0)
        if job_diagnosis is None or job_diagnosis.diagnosis is None:
            return None
        return Evidence(
            run_id=occurrence.run_id,
            attempt=occurrence.attempt,
            number=occurrence.number,
            job_id=job_diagnosis.job_id,
            ended_at=occurrence.ended_at,
            signature=leg.signature,
            headline=_one_line(job_diagnosis.headline),
            lines=tuple(_shorter(line, LONGEST_LINE) for line in job_diagnosis.diagnosis.lines),
            step=job_diagnosis.step,
            log_unavailable=job_diagnosis.log_unavailable,
        )


def _one_line(headline: str) -> str:
    return cut_in_middle(plain(headline, len(headline) + 1), _HEADLINE)


def shortened(evidence: Evidence, lines: int, text: int) -> Evidence:
    """The excerpt with fewer and shorter lines, those around the headline."""
    given = evidence.lines
    if len(given) > lines:
        first = _first_kept(given, evidence.headline, lines)
        given = given[first : first + lines]
    return replace(evidence, lines=tuple(_shorter(line, text) for line in given))


def _first_kept(given: Sequence[ExcerptLine], headline: str, lines: int) -> int:
    """Where to begin, so that the headline is among the lines kept, with a third of them before it."""
    start = headline.partition("…")[0]
    place = next((place for place, line in enumerate(given) if start and start in plain(line.text, 2_000)), 0)
    return max(0, min(place - lines // 3, len(given) - lines))


def _shorter(line: ExcerptLine, limit: int) -> ExcerptLine:
    return line if len(line.text) <= limit else replace(line, text=cut_in_middle(line.text, limit))
