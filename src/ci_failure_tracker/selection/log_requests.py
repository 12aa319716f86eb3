"""Which logs a sweep reads: those of failures that an issue will show and whose cause no issue remembers yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ci_failure_tracker.model import (
    Decision,
    DecisionKind,
    Decisions,
    FailedLeg,
    FailureKind,
    History,
    LogRequest,
    LogRequests,
    Observation,
    Occurrence,
    Outcome,
    Skip,
    SkipReason,
    State,
    in_repository,
)
from ci_failure_tracker.selection.passing_jobs import PassingJobs
from ci_failure_tracker.settings import GroupBy, Matrix, Settings
from ci_failure_tracker.text.short_names import leg_of_cause
from ci_failure_tracker.tracking.causes import remembered, with_known_causes
from ci_failure_tracker.tracking.decide import Findings, find
from ci_failure_tracker.tracking.grouping import names_cause
from ci_failure_tracker.tracking.history import read_histories
from ci_failure_tracker.tracking.lifecycle import is_flaky_enough
from ci_failure_tracker.tracking.reruns import may_run_again
from ci_failure_tracker.tracking.state_update import LEGS_OF_A_RUN, REMEMBERED, has_counted
from ci_failure_tracker.tracking.storms import failing_now
from ci_failure_tracker.tracking.tests_of_jobs import lacking
from ci_failure_tracker.tracking.track import RepositoryHistory, TrackedIssues

MOST_LOGS = 50
"""Logs that one sweep reads for each repository; the newest failure of each leg comes first, and the next sweep goes
on."""

MOST_BREAKS = 20
"""Breaks whose commits one sweep asks for, in one request for each repository."""

ASKED_AGAIN = timedelta(days=1)
"""How long after a failure a missing log is asked for again: it may come late, or GitHub was at fault."""


def choose_log_requests(findings: Findings, settings: Settings, now: datetime) -> LogRequests:
    """The logs to read in this sweep, the most useful first; none of failures whose cause an issue remembers."""
    if not settings.logs:
        return LogRequests(())
    wide = replace(settings, conclusions=_may_count(settings.conclusions))
    repository_history = findings.history
    tries = {run.id for run in may_run_again(repository_history, findings.snapshot, settings, now)}
    candidates: Iterable[_Candidate]
    if settings.group_by in {GroupBy.CAUSE, GroupBy.TEST}:
        candidates = _of_failing_jobs(repository_history, wide)
    else:
        if wide != settings:
            findings = find(findings.snapshot, repository_history.tracked_issues, wide, now)
        # An identity without a decision has no issue that could show a log. Of several repositories, one that has none
        # only for the cap may fail of a cause that many share, which is one issue.
        decided = {decision.identity.id for decision in findings.decisions.made}
        if findings.snapshot.central:
            decided |= {each.identity.id for each in findings.decisions.all if _is_over_cap(each)}
        histories = [history for history in findings.history.histories if history.identity.id in decided]
        candidates = (
            *_of_issues(histories, repository_history.tracked_issues),
            *_of_issues_elsewhere(findings.history, decided),
            *_of_runs(findings.history, tries),
        )
    by_job = {job.job_id: job for job in repository_history.diagnosed if job.job_id is not None}
    # A job that never ran has no log.
    # Several issues may ask for the log of one job; it is read once.
    with_log = (job for job in _each_once(candidates) if by_job[job.job_id].outcome is not Outcome.NEVER_RAN)
    ordered = _in_order(candidate for candidate in with_log if candidate.may_be_there(now))
    # Python's sort is stable, so what counts comes first and keeps its order.
    ordered.sort(key=lambda candidate: not settings.counts(by_job[candidate.job_id].outcome))
    passing = PassingJobs(findings.snapshot)
    most = MOST_LOGS * max(1, len(findings.snapshot.parts))
    logs = tuple(
        _request(by_job[candidate.job_id], settings, passing if candidate.newly_failing else None)
        for candidate in ordered[:most]
    )
    # A log that no later sweep asks for must not keep a run from the checkpoint.
    later = (candidate.job_id for candidate in ordered[most:] if not candidate.now_or_never)
    return LogRequests(logs, frozenset(later), most)


def _may_count(conclusions: frozenset[Outcome]) -> frozenset[Outcome]:
    """What may turn out to count: GitHub shows a job past its time limit, or without its runner, as cancelled."""
    if conclusions & {Outcome.TIMED_OUT, Outcome.FAILURE}:
        return conclusions | {Outcome.CANCELLED}
    return conclusions


def _is_over_cap(decision: Decision | Skip) -> bool:
    return isinstance(decision, Skip) and decision.skip_reason is SkipReason.OVER_CAP


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A failed job whose cause is not known; `place` is 0 for the newest failure of its leg, 1 for the one before.

    `now_or_never` means that no later sweep will ask for it. `newly_failing` means that no open issue shows that the
    job fails.
    """

    place: int
    occurrence: Occurrence
    leg: FailedLeg
    job_id: int
    now_or_never: bool = False
    newly_failing: bool = False

    def may_be_there(self, now: datetime) -> bool:
        return self.leg.log_unavailable is None or now - self.occurrence.ended_at <= ASKED_AGAIN


def _in_order(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The newest failure of each leg first, of these the newest, and of one run the first job."""
    ordered = sorted(candidates, key=lambda candidate: candidate.job_id)
    ordered.sort(key=lambda candidate: candidate.occurrence.order, reverse=True)
    return sorted(ordered, key=lambda candidate: candidate.place)


def _request(observation: Observation, settings: Settings, passing: PassingJobs | None) -> LogRequest:
    run = observation.run
    return LogRequest(
        job_id=observation.job_id or 0,
        name=f"{observation.job} of run {run.number} of {run.workflow.name}",
        step=observation.step,
        outcome=observation.outcome or Outcome.FAILURE,
        counts=settings.counts(observation.outcome),
        passing_job_id=passing.of(observation) if passing else None,
    )


def choose_breaks(decisions: Decisions, repositories: int = 1) -> tuple[tuple[str, str], ...]:
    """The last passing and the first failing commit of each break that an issue will show without its commits."""
    states = (decision.after for decision in decisions.made if decision.kind is not DecisionKind.CLOSE)
    pairs = (_bounds(state) for state in states if state.suspects is None)
    return tuple(dict.fromkeys(pair for pair in pairs if pair is not None))[: MOST_BREAKS * repositories]


def _bounds(state: State) -> tuple[str, str] | None:
    green, red = state.last_green, state.first_red
    if green is None or red is None or green.sha == red.sha or not (green.sha and red.sha):
        return None
    # The first of the two tells the repository.
    return (in_repository(red.repository, green.sha), red.sha) if state.commit_can_cause else None


# --- an issue for each job or workflow -----------------------------------------------------------


def _of_issues(histories: Iterable[History], tracked_issues: TrackedIssues) -> Iterator[_Candidate]:
    states = (tracked.state for tracked in tracked_issues.current)
    of_umbrellas = _with_cause(state for state in states if state and state.identity.cause)
    for history in histories:
        tracked = tracked_issues.of(history.identity.id)
        state = tracked.state if tracked else None
        # A cause that only another issue knows is read again, because this issue has to show it, too. Without an issue
        # the umbrella issue may go on covering the identity.
        known = _with_cause([state]) if state else of_umbrellas
        newly = tracked is None or not tracked.issue.open
        yield from (
            replace(candidate, newly_failing=newly) for candidate in _candidates(history, _kept_by(state), known)
        )


def _of_issues_elsewhere(repository_history: RepositoryHistory, decided: Container[str]) -> Iterator[_Candidate]:
    """The newest failures of jobs that get an issue only if they fail for another cause than is known.

    An umbrella issue covers such a job, or a person closed its issue as not planned.
    """
    for history in repository_history.histories:
        failure_id = history.identity.id
        declined = history.failing and repository_history.tracked_issues.declined(failure_id)
        if failure_id in decided or not (declined or repository_history.storms.over(history)):
            continue
        for leg in failing_now(history):
            if leg.job_id is not None and not leg.signature:
                yield _Candidate(0, history.latest, leg, leg.job_id)


def _of_runs(repository_history: RepositoryHistory, run_ids: Container[int]) -> Iterator[_Candidate]:
    """The failed jobs of runs that may get one more try; each of them has to tell why it failed."""
    for history in repository_history.histories:
        for occurrence in history.occurrences:
            for leg in occurrence.legs if occurrence.run_id in run_ids else ():
                if leg.job_id is not None and not leg.signature:
                    yield _Candidate(0, occurrence, leg, leg.job_id)


def _each_once(candidates: Iterable[_Candidate]) -> Iterator[_Candidate]:
    asked: set[int] = set()
    for candidate in candidates:
        if candidate.job_id not in asked:
            asked.add(candidate.job_id)
            yield candidate


def _with_cause(states: Iterable[State]) -> Container[int]:
    """The ids of the jobs whose cause these states remember."""
    return {job_diagnosis.job_id for job_diagnosis in remembered(states) if job_diagnosis.signature}


def _kept_by(state: State | None) -> Callable[[Occurrence], Iterable[FailedLeg]]:
    """The failed jobs of an occurrence whose cause an issue would keep if it learnt it."""

    def legs(occurrence: Occurrence) -> Iterable[FailedLeg]:
        if state is None or not has_counted(state, occurrence):
            return occurrence.legs[:LEGS_OF_A_RUN]
        kept = {leg.job_id for past in state.occurrences if past.key == occurrence.key for leg in past.legs}
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


# --- an issue for each cause or test -------------------------------------------------------------


def _of_failing_jobs(repository_history: RepositoryHistory, settings: Settings) -> Iterator[_Candidate]:
    """The failures of jobs that are failing or flaky, or that an open issue names; what they failed of is not known.

    The failures of each job are read back to the newest one whose cause is known. An older one may have had a cause
    that no issue remembers, and would be read again and again.
    """
    tracked_issues = repository_history.tracked_issues.current
    states = [tracked.state for tracked in tracked_issues if tracked.state]
    known = (
        _with_known_tests(states)
        if settings.group_by is GroupBy.TEST
        else _with_known_causes(states, repository_history.observations)
    )
    in_open_issues = {
        leg.leg for tracked in tracked_issues if tracked.issue.open and tracked.state for leg in tracked.state.legs
    }
    by_leg = replace(settings, group_by=GroupBy.JOB, matrix=Matrix.SEPARATE)
    for history in read_histories(repository_history.diagnosed, by_leg):
        name = leg_of_cause(history.identity.workflow, history.identity.job)
        if history.failing or name in in_open_issues or is_flaky_enough(history, None):
            for candidate in _back_to_known(history, known):
                yield replace(candidate, newly_failing=name not in in_open_issues)


def _with_known_causes(states: Sequence[State], observations: Iterable[Observation]) -> Container[int | None]:
    """The jobs whose cause has an issue, or whose log tells none."""
    diagnosed = with_known_causes(observations, [state for state in states if state.identity.cause])
    known = {job.job_id for job in diagnosed if job.job_diagnosis is not None and job.job_diagnosis.signature}
    of_jobs = remembered(state for state in states if not state.identity.spans_jobs)
    return known | {job.job_id for job in of_jobs if job.signature and not names_cause(job)}


def _with_known_tests(states: Sequence[State]) -> Container[int | None]:
    """The jobs whose failing tests all have an issue, or whose log names none.

    The issue of a job that was opened before does not say which test failed.
    """
    of_tests = {job.job_id for job in remembered(state for state in states if state.identity.test)}
    of_jobs = {
        job.job_id
        for state in states
        if not state.identity.test
        for job in remembered([state])
        if job.signature and (state.tests or job.weak or job.kind is not FailureKind.TEST)
    }
    return (of_jobs - of_tests) | (of_tests - lacking(states))


def _back_to_known(history: History, known: Container[int | None]) -> Iterator[_Candidate]:
    for place, occurrence in enumerate(reversed(history.occurrences[-REMEMBERED:])):
        for leg in occurrence.legs:
            if leg.job_id in known:
                return
            if leg.job_id is not None:
                yield _Candidate(place, occurrence, leg, leg.job_id, now_or_never=place > 0)
