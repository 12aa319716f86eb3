"""What an issue remembers of why its jobs failed: the causes, how often each, and the excerpt of a log."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ci_failure_tracker.model import (
    Cause,
    Evidence,
    ExcerptLine,
    FailedLeg,
    FailureKind,
    JobDiagnosis,
    Observation,
    Occurrence,
    Outcome,
    State,
)
from ci_failure_tracker.text.markdown import cut_in_middle, plain
from ci_failure_tracker.text.short_names import leg_of_cause
from ci_failure_tracker.tracking.grouping import names_cause
from ci_failure_tracker.tracking.observations import with_diagnoses
from ci_failure_tracker.tracking.same_cause import is_of_older_version, short_failures, with_known_names

CAUSES = 10
"""Causes that an issue names, those seen last; the failed jobs of the others are only counted."""

LONGEST_LINE = 300
"""Characters of a line of an excerpt."""

# Enough of a message to tell causes apart; the excerpt shows the whole line.
_HEADLINE = 200
_SUBJECT, _TOOL, _LOCATION = 200, 40, 200

_JobOnBranch = tuple[str | None, tuple[int, str, str]]

_FailedJob = tuple[Occurrence, FailedLeg]


def remembered(states: Iterable[State]) -> tuple[JobDiagnosis, ...]:
    """What issues remember of failed jobs; of two diagnoses of one job the one with a cause comes last."""
    job_diagnoses = (
        _remembered(state, leg) for state in states for occurrence in state.occurrences for leg in occurrence.legs
    )
    # A later diagnosis of a job replaces an earlier one, so the one with a cause has to come last.
    return tuple(sorted(filter(None, job_diagnoses), key=lambda job_diagnosis: bool(job_diagnosis.signature)))


def of_whole_jobs(states: Iterable[State]) -> tuple[JobDiagnosis, ...]:
    """The same, of whole jobs: the issue of a test says of a job how it ended, but not why."""
    states = tuple(states)
    # The signature of a test is no cause of the job, in which other tests may have failed as well.
    ended = (replace(each, signature="", headline="") for each in remembered(s for s in states if s.identity.test))
    return (
        *(each for each in ended if each.outcome or each.log_unavailable),
        *remembered(state for state in states if not state.identity.test),
    )


def _remembered(state: State, leg: FailedLeg) -> JobDiagnosis | None:
    if leg.job_id is None or not (leg.signature or leg.log_unavailable or leg.outcome):
        return None
    cause = next((cause for cause in state.causes if cause.signature == leg.signature), None)
    return JobDiagnosis(
        leg.job_id,
        leg.signature,
        cause.headline if cause else "",
        leg.outcome,
        leg.log_unavailable,
        weak=leg.signature in state.weak,
        kind=cause.kind if cause else FailureKind.UNKNOWN,
        tests=() if state.identity.test else state.tests,
    )


def with_known_causes(
    observations: Iterable[Observation], states: Iterable[State], job_diagnoses: Iterable[JobDiagnosis] = ()
) -> tuple[Observation, ...]:
    """The observations with the causes that issues remember, and with the diagnoses of this sweep."""
    states = tuple(states)
    observations = tuple(observations)
    named = with_known_names(tuple(job_diagnoses), observations, [state for state in states if not state.identity.test])
    diagnosed = with_diagnoses(observations, [*of_whole_jobs(states), *named])
    of_causes = [state for state in states if state.identity.cause]
    # Only the newest failure of a job is looked up: older ones are counted and change nothing.
    newest = _newest_failures(diagnosed) if of_causes else {}
    return tuple(
        _with_counted_cause(observation, of_causes)
        if newest.get(_job_on_branch(observation)) is observation
        else observation
        for observation in diagnosed
    )


def _newest_failures(observations: Iterable[Observation]) -> Mapping[_JobOnBranch, Observation]:
    """The newest failure of each job on each branch, which says what it fails of now."""
    failed = (
        observation
        for observation in observations
        if observation.job_id is not None and observation.outcome not in {None, Outcome.SUCCESS}
    )
    return {_job_on_branch(failure): failure for failure in sorted(failed, key=lambda failure: failure.run.order)}


def _job_on_branch(observation: Observation) -> _JobOnBranch:
    return observation.job, observation.run.branch_key


def _with_counted_cause(observation: Observation, of_causes: Iterable[State]) -> Observation:
    """A failed job with its cause, if the issue of the cause counted it but has no room for more than its name."""
    if observation.job_id is None or (observation.job_diagnosis is not None and observation.job_diagnosis.signature):
        return observation
    name = leg_of_cause(observation.run.workflow.name, observation.job)
    counted = (state for state in of_causes if _has_counted_unnamed(state, name, observation))
    state = min(counted, key=lambda state: state.last_seen, default=None)
    if state is None:
        return observation
    headline = state.causes[0].headline if state.causes else ""
    return replace(observation, job_diagnosis=JobDiagnosis(observation.job_id, state.identity.cause, headline))


def _has_counted_unnamed(state: State, name: str, failure: Observation) -> bool:
    """Whether an issue counted this failure in a run that it dropped, or of which it does not keep all jobs."""
    run, ended_at = failure.run, failure.ended_at
    leg = next((leg for leg in state.legs if leg.leg == name), None)
    hidden = any(occurrence.run_id == run.id and occurrence.hidden_legs for occurrence in state.occurrences)
    if hidden or leg is None or state.counted_to is None or ended_at is None:
        return hidden and (leg is not None or state.legs_cut)
    # `counted_to` is the newest failure that the issue dropped; what ended before it was counted.
    is_counted = (ended_at, run.id, failure.attempt) <= state.counted_to
    return is_counted and state.first_seen <= run.started_at and ended_at <= leg.last_seen


def newly_diagnosed(before: Iterable[Occurrence], after: Iterable[Occurrence]) -> Iterator[_FailedJob]:
    """The failed jobs whose cause is known now and was not before."""
    for old, new in zip(before, after, strict=True):
        known = {(leg.leg, leg.job_id) for leg in old.legs if leg.signature}
        yield from ((new, leg) for leg in new.legs if leg.signature and (leg.leg, leg.job_id) not in known)


class CauseUpdate:
    """What one sweep learnt of an issue's causes."""

    def __init__(self, job_diagnoses: Iterable[JobDiagnosis], failed: Iterable[_FailedJob]) -> None:
        """`failed` are the jobs that have not been counted by their cause yet."""
        self._job_diagnoses = {job_diagnosis.job_id: job_diagnosis for job_diagnosis in job_diagnoses}
        with_cause = ((occurrence, leg) for occurrence, leg in failed if leg.signature)
        self._failed = sorted(with_cause, key=lambda pair: (pair[0].order, pair[1].leg))

    def count(self, state: State | None) -> tuple[tuple[Cause, ...], int]:
        """The causes of an issue, the one seen last first, and how many failed jobs have none of these."""
        causes = {cause.signature: cause for cause in (state.causes if state else ())}
        for occurrence, leg in self._failed:
            # An issue of an older version may hold one cause for all failures. Its count goes on under the first real
            # one.
            before = causes.get(leg.signature) or (_replaced(causes, state.weak) if state else None)
            causes[leg.signature] = self._counted(before, occurrence, leg)
        ordered = sorted(
            causes.values(), key=lambda cause: (cause.last_seen, cause.count, cause.signature), reverse=True
        )
        dropped = sum(cause.count for cause in ordered[CAUSES:])
        return tuple(ordered[:CAUSES]), (state.other_causes if state else 0) + dropped

    def weak(self, state: State | None, causes: Iterable[Cause]) -> tuple[str, ...]:
        """The signatures among these causes that tell no cause apart."""
        weak = set(state.weak if state else ())
        weak |= {diagnosis.signature for diagnosis in self._job_diagnoses.values() if diagnosis.weak}
        return tuple(cause.signature for cause in causes if cause.signature in weak)

    def _counted(self, cause: Cause | None, occurrence: Occurrence, leg: FailedLeg) -> Cause:
        job_diagnosis = self._job_diagnoses.get(leg.job_id or 0)
        headline = _one_line(job_diagnosis.headline) if job_diagnosis else ""
        at, failures = occurrence.ended_at, _failures(job_diagnosis, leg.signature)
        kind = job_diagnosis.kind if job_diagnosis else FailureKind.UNKNOWN
        if cause is None:
            return Cause(leg.signature, headline, 1, occurrence.started_at, at, failures, kind)
        newer = bool(headline) and at >= cause.last_seen
        return Cause(
            leg.signature,
            # A late log of an older run must not replace the words of the newest failure.
            headline if newer else cause.headline,
            cause.count + 1,
            min(cause.first_seen, occurrence.started_at),
            max(cause.last_seen, at),
            failures if newer else cause.failures,
            cause.kind if kind is FailureKind.UNKNOWN else kind,
        )

    def newest(self, state: State | None) -> Evidence | None:
        """The excerpt of the newest failure whose cause is known."""
        before = state.evidence if state else None
        candidates = filter(None, (self._evidence(occurrence, leg) for occurrence, leg in self._failed))
        # Of the jobs of one run the first counts, but a log says more than annotations alone.
        after = max(candidates, key=lambda evidence: (evidence.order, evidence.log_unavailable is None), default=None)
        return before if after is None or (before is not None and before.order >= after.order) else after

    def _evidence(self, occurrence: Occurrence, leg: FailedLeg) -> Evidence | None:
        job_diagnosis = self._job_diagnoses.get(leg.job_id or 0)
        if job_diagnosis is None or job_diagnosis.diagnosis is None:
            return None
        diagnosis = job_diagnosis.diagnosis
        facts = diagnosis.failures[0] if diagnosis.failures else None
        return Evidence(
            run_id=occurrence.run_id,
            attempt=occurrence.attempt,
            number=occurrence.number,
            job_id=job_diagnosis.job_id,
            ended_at=occurrence.ended_at,
            signature=leg.signature,
            headline=_one_line(job_diagnosis.headline),
            lines=tuple(_shorter(line, LONGEST_LINE) for line in diagnosis.lines),
            step=job_diagnosis.step,
            log_unavailable=job_diagnosis.log_unavailable,
            tool=facts.tool[:_TOOL] if facts else "",
            kind=facts.kind if facts else FailureKind.UNKNOWN,
            # An issue lives on in its marker, which has a limit, so every text of the evidence is cut here once.
            subject=cut_in_middle(facts.subject, _SUBJECT) if facts else "",
            location=cut_in_middle(facts.location, _LOCATION) if facts else "",
            context=tuple(_shorter(line, LONGEST_LINE) for line in diagnosis.context),
            # The usual time says something only if the job took too long.
            usual_seconds=diagnosis.usual_seconds if _ran_out_of_time(job_diagnosis) else None,
            repository=occurrence.repository,
        )


def _ran_out_of_time(job_diagnosis: JobDiagnosis) -> bool:
    return job_diagnosis.outcome is Outcome.TIMED_OUT or job_diagnosis.kind is FailureKind.TIME_LIMIT


def _failures(job_diagnosis: JobDiagnosis | None, name: str) -> tuple[str, ...]:
    """The failures of a job whose log was read, if they are not its name alone."""
    if job_diagnosis is None or job_diagnosis.diagnosis is None or job_diagnosis.signatures == (name,):
        return ()
    return short_failures(job_diagnosis.signatures)


def _replaced(causes: dict[str, Cause], weak: Collection[str]) -> Cause | None:
    """What an older version knew, if it told no cause apart: the first cause that is known now takes its place."""
    if not tells_nothing(causes.values(), weak):
        return None
    old = [causes.pop(signature) for signature in [*causes]]
    first = old[0]
    return replace(
        first,
        count=sum(cause.count for cause in old),
        first_seen=min(cause.first_seen for cause in old),
        last_seen=max(cause.last_seen for cause in old),
        failures=(),
    )


def tells_nothing(causes: Collection[Cause], weak: Collection[str]) -> bool:
    """Whether an older version of the program found these causes, and none of them tells causes apart."""
    return bool(causes) and not any(
        not is_of_older_version(cause.signature)
        or names_cause(JobDiagnosis(0, cause.signature, cause.headline, weak=cause.signature in weak))
        for cause in causes
    )


def _one_line(headline: str) -> str:
    return cut_in_middle(plain(headline, len(headline) + 1), _HEADLINE)


def shortened(evidence: Evidence, most: int, longest: int, context: int) -> Evidence:
    """The excerpt with at most so many lines, those around the headline, of at most so many characters each.

    `context` is how many characters of the lines around it stay.
    """
    lines = evidence.lines
    if len(lines) > most:
        first = _first_kept(lines, evidence.headline, most)
        lines = lines[first : first + most]
    kept = tuple(_nearest(evidence.context, lines, context))
    return replace(evidence, lines=tuple(_shorter(line, longest) for line in lines), context=kept)


def _nearest(context: Sequence[ExcerptLine], lines: Sequence[ExcerptLine], room: int) -> Iterator[ExcerptLine]:
    """The lines of the context that are nearest to the excerpt, in the log's order, in so many characters."""
    shown = [line.number for line in lines]
    kept = set()
    # What is next to the failing lines says most, so it is kept first.
    for line in sorted(context, key=lambda line: min((abs(line.number - number) for number in shown), default=0)):
        room -= len(line.text) + 1
        if room < 0:
            break
        kept.add(line.number)
    return (line for line in context if line.number in kept)


def _first_kept(lines: Sequence[ExcerptLine], headline: str, most: int) -> int:
    """Where to begin, so that the headline is among the lines kept, with a third of them before it."""
    # A headline that was cut in the middle is known by its beginning.
    start = headline.partition("…")[0]
    place = next((place for place, line in enumerate(lines) if start and start in plain(line.text, 2_000)), 0)
    return max(0, min(place - most // 3, len(lines) - most))


def _shorter(line: ExcerptLine, limit: int) -> ExcerptLine:
    return line if len(line.text) <= limit else replace(line, text=cut_in_middle(line.text, limit))
