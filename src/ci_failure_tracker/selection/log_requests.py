"""Which logs a sweep reads: of failures that an issue will tell of, where no issue remembers their cause yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ci_failure_tracker.model import (
    DecisionKind,
    Decisions,
    FailedLeg,
    History,
    LogRequest,
    LogRequests,
    Observation,
    Occurrence,
    Outcome,
    State,
)
from ci_failure_tracker.settings import GroupBy, Matrix, Settings
from ci_failure_tracker.text.short_names import short_leg
from ci_failure_tracker.tracking.causes import remembered, with_known_causes
from ci_failure_tracker.tracking.decide import Findings, find
from ci_failure_tracker.tracking.grouping import names_cause
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.state_update import LEGS_OF_A_RUN, REMEMBERED, has_counted
from ci_failure_tracker.tracking.track import RepositoryHistory, TrackedIssues

MOST_LOGS = 50
"""Logs that one sweep reads; the newest failure of each leg comes first, and the next sweep goes on."""

MOST_BREAKS = 20
"""Breaks whose commits one sweep asks for, in one request."""

ASKED_AGAIN = timedelta(days=1)
"""How long after a failure a log that was not there is asked for again: it may come late, or GitHub was at fault."""


def choose_log_requests(found: Findings, settings: Settings, now: datetime) -> LogRequests:
    """The logs to read in this sweep, the most telling first; none where an issue already holds the cause."""
    if not settings.logs:
        return LogRequests(())
    wide = replace(settings, conclusions=_may_count(settings.conclusions))
    known = found.known
    if settings.group_by is GroupBy.CAUSE:
        candidates = _of_causes(known, wide)
    else:
        if wide != settings:
            found = find(found.seen, known.tracked, wide, now)
        # What is left as it is has no issue that a log would say anything in.
        ids = {one.identity.id for one in found.decisions.made}
        candidates = _of_issues([one for one in found.known.histories if one.identity.id in ids], known.tracked)
    by_job = {one.job_id: one for one in known.told if one.job_id is not None}
    ordered = _in_order(one for one in candidates if one.may_be_there(now))
    ordered.sort(key=lambda one: not settings.counts(by_job[one.job_id].outcome))
    logs = tuple(_wanted(by_job[one.job_id], settings) for one in ordered[:MOST_LOGS])
    later = [one.job_id for one in ordered[MOST_LOGS:] if not one.now_or_never]
    return LogRequests(logs, frozenset(later), MOST_LOGS)


def _may_count(conclusions: frozenset[Outcome]) -> frozenset[Outcome]:
    """What may turn out to count: GitHub shows a job past its time limit, or without its runner, as cancelled."""
    if conclusions & {Outcome.TIMED_OUT, Outcome.FAILURE}:
        return conclusions | {Outcome.CANCELLED}
    return conclusions


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A failed job whose cause is not known; `place` is 0 for the newest failure of its leg, 1 for the one before.

    `now_or_never` is one that no later sweep will ask for.
    """

    place: int
    occurrence: Occurrence
    leg: FailedLeg
    job_id: int
    now_or_never: bool = False

    def may_be_there(self, now: datetime) -> bool:
        return self.leg.log_unavailable is None or now - self.occurrence.ended_at <= ASKED_AGAIN


def _in_order(found: Iterable[_Candidate]) -> list[_Candidate]:
    """The newest failure of each leg first, of these the newest, and of one run the first job."""
    ordered = sorted(found, key=lambda one: one.job_id)
    ordered.sort(key=lambda one: one.occurrence.order, reverse=True)
    return sorted(ordered, key=lambda one: one.place)


def _wanted(seen: Observation, settings: Settings) -> LogRequest:
    return LogRequest(
        job_id=seen.job_id or 0,
        name=f"{seen.job} of run {seen.run.number} of {seen.run.workflow.name}",
        step=seen.step,
        outcome=seen.outcome or Outcome.FAILURE,
        counts=settings.counts(seen.outcome),
    )


def choose_breaks(decisions: Decisions) -> tuple[tuple[str, str], ...]:
    """The last green commit and the first red one of each break that an issue will tell of without its commits."""
    states = (one.after for one in decisions.made if one.kind is not DecisionKind.CLOSE)
    pairs = (_bounds(one) for one in states if one.suspects is None)
    return tuple(dict.fromkeys(pair for pair in pairs if pair is not None))[:MOST_BREAKS]


def _bounds(state: State) -> tuple[str, str] | None:
    green, red = state.last_green, state.first_red
    # What Dependabot meets is not in the commits between.
    if green is None or red is None or green.sha == red.sha or not (green.sha and red.sha):
        return None
    return None if state.latest.event == "dynamic" else (green.sha, red.sha)


# --- an issue for each job or workflow -----------------------------------------------------------


def _of_issues(histories: Iterable[History], tracked: TrackedIssues) -> Iterator[_Candidate]:
    umbrellas = [one.state for one in tracked.standing if one.state and one.state.identity.cause]
    of_umbrellas = {one.job_id for one in remembered(umbrellas) if one.signature}
    for history in histories:
        issue = tracked.of(history.identity.id)
        state = issue.state if issue else None
        # What another issue knows is read again: this one has to show it, too. Where there is none, that of all the
        # jobs that share a cause may go on speaking for it.
        known = {one.job_id for one in remembered([state]) if one.signature} if state else of_umbrellas
        yield from _candidates(history, _kept_by(state), known)


def _kept_by(state: State | None) -> Callable[[Occurrence], Iterable[FailedLeg]]:
    """The failed jobs of an occurrence whose cause an issue would keep if it learnt it."""

    def legs(occurrence: Occurrence) -> Iterable[FailedLeg]:
        if state is None or not has_counted(state, occurrence):
            return occurrence.legs[:LEGS_OF_A_RUN]
        kept = {leg.job_id for one in state.occurrences if one.key == occurrence.key for leg in one.legs}
        return [leg for leg in occurrence.legs if leg.job_id in kept]

    return legs


def _candidates(
    history: History, legs: Callable[[Occurrence], Iterable[FailedLeg]], known: Container[int]
) -> Iterator[_Candidate]:
    place: Counter[str] = Counter()
    for occurrence in reversed(history.occurrences[-REMEMBERED:]):
        for leg in legs(occurrence):
            if leg.job_id is not None and leg.job_id not in known:
                yield _Candidate(place[leg.leg], occurrence, leg, leg.job_id)
            place[leg.leg] += 1


# --- an issue for each cause ---------------------------------------------------------------------


def _of_causes(known_now: RepositoryHistory, settings: Settings) -> Iterator[_Candidate]:
    """The failures of jobs that are failing or that an open issue names; what they belong to is not known before.

    Of each job they are read back to the newest one whose cause is known. What is older may have had a cause that no
    issue remembers, and would be read again and again.
    """
    tracked = known_now.tracked.standing
    states = [one.state for one in tracked if one.state]
    of_causes = [state for state in states if state.identity.cause]
    of_jobs = [state for state in states if not state.identity.cause]
    of_these = (
        one.job_diagnosis for one in with_known_causes(known_now.observed, of_causes) if one.job_diagnosis is not None
    )
    known = {job_diagnosis.job_id for job_diagnosis in of_these if job_diagnosis.signature}
    known |= {one.job_id for one in remembered(of_jobs) if one.signature and not names_cause(one)}
    still_open = {leg.leg for one in tracked if one.issue.open and one.state for leg in one.state.legs}
    for history in read_histories(known_now.told, replace(settings, group_by=GroupBy.JOB, matrix=Matrix.SEPARATE)):
        name = short_leg(f"{history.identity.workflow} / {history.identity.job}")
        if history.failing or name in still_open:
            yield from _back_to_known(history, known)


def _back_to_known(history: History, known: Container[int]) -> Iterator[_Candidate]:
    for place, occurrence in enumerate(reversed(history.occurrences[-REMEMBERED:])):
        for leg in occurrence.legs:
            if leg.job_id in known:
                return
            if leg.job_id is not None:
                yield _Candidate(place, occurrence, leg, leg.job_id, now_or_never=place > 0)
