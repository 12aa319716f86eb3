"""The history of each identity: what the runs looked at say of it together."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ci_failure_tracker.diagnosis.outcome import shown_as_another
from ci_failure_tracker.model import (
    FailedLeg,
    History,
    Identity,
    Observation,
    Occurrence,
    Outcome,
    Point,
    Reading,
)
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.grouping import Grouping, grouping
from ci_failure_tracker.tracking.verdict import RunVerdicts, Verdict

_Trigger = tuple[int, str]


def read_histories(observations: Iterable[Observation], settings: Settings) -> tuple[History, ...]:
    """The history of every identity that failed at least once, in the order of their names."""
    observed = tuple(observations)
    groups = grouping(observed, settings)
    of_workflows: dict[str, list[RunVerdicts]] = defaultdict(list)
    found: set[Identity] = set()
    for said in _in_order(observed, settings, groups):
        of_workflows[said.run.workflow.name].append(said)
        found.update(identity for identity, verdict in said.named.items() if verdict.red)
    histories = [_history(one, [said.on(one) for said in _runs_on(one, groups, of_workflows)]) for one in found]
    return tuple(sorted(histories, key=_by_name))


def _in_order(observations: Iterable[Observation], settings: Settings, groups: Grouping) -> Iterator[RunVerdicts]:
    """What each run says, in the order in which the runs were created."""
    by_run: dict[int, list[Observation]] = defaultdict(list)
    for observation in observations:
        by_run[observation.run.id].append(observation)
    for of_run in sorted(by_run.values(), key=lambda of_run: of_run[0].run.order):
        yield RunVerdicts(of_run, settings, groups)


def _runs_on(
    identity: Identity, groups: Grouping, of_workflows: Mapping[str, Sequence[RunVerdicts]]
) -> Iterable[RunVerdicts]:
    """The runs that speak of an identity, in order; those of one workflow, but for a cause that several share."""
    names = groups.workflows(identity)
    return heapq.merge(*(of_workflows[name] for name in names), key=lambda said: said.run.order)


def _by_name(history: History) -> tuple[str, str, str, str]:
    identity = history.identity
    return identity.workflow.casefold(), identity.job.casefold(), identity.job, identity.id


def _history(identity: Identity, told: Sequence[Verdict]) -> History:
    known = _legs_of_triggers(told)
    for trigger in {said.trigger for said in told if said.skipped}:
        known.pop(trigger, None)  # where the job is sometimes skipped, a run that is green as a whole proves nothing
    newest = next(said for said in reversed(told) if said.red)
    stream = [
        said
        for said in told
        if said.run.stream == newest.run.stream and not (said.all_green and said.trigger not in known)
    ]
    here = stream.index(newest)
    green_before = next((place for place in range(here, -1, -1) if stream[place].is_green), None)
    after = stream[here + 1 :]
    green_after = next((said for said in after if said.is_green), None)
    gone = any(said.gone for said in after) and not any(said.green for said in after)
    streak = stream if green_before is None else stream[green_before + 1 :]
    return History(
        identity=identity,
        occurrences=tuple(sorted((_occurrence(said) for said in told if said.red), key=lambda one: one.order)),
        failing_legs=_failing_legs(told, known),
        first_red=_point(next(said for said in streak if said.red)),
        last_green=None if green_before is None else _point(stream[green_before]),
        green_again=None if gone or green_after is None else _point(green_after),
        gone=gone,
        replaced=green_after is None and any(said.replaced for said in after),
        readings=tuple(seen.reading for said in told for seen in said.red.values() if seen.reading is not None),
    )


def _occurrence(said: Verdict) -> Occurrence:
    run, legs = said.run, sorted(said.red.items())
    return Occurrence(
        run_id=run.id,
        # A re-run carries the jobs along that were not run again; they keep the attempt in which they failed.
        attempt=max(seen.attempt for _, seen in legs),
        number=run.number,
        event=run.event,
        branch=run.branch,
        commit=run.commit,
        started_at=run.started_at,
        # When the jobs ended; `updated_at` of the run also moves when somebody only touches it.
        ended_at=max((seen.ended_at for _, seen in legs if seen.ended_at), default=run.started_at),
        outcome=_gravest(seen.outcome for _, seen in legs),
        legs=tuple(_failed_leg(leg, seen) for leg, seen in legs),
        source=run.subject or run.workflow.file_name,
    )


def _failed_leg(leg: str, seen: Observation) -> FailedLeg:
    reading = seen.reading or Reading(0)
    return FailedLeg(
        leg,
        seen.job_id,
        seen.step.name if seen.step else None,
        reading.signature,
        reading.absence,
        # GitHub goes on showing its own conclusion, so that it ended otherwise has to be remembered.
        seen.outcome if shown_as_another(seen.outcome) and seen.outcome is reading.outcome else None,
    )


_GRAVEST_FIRST = (
    Outcome.FAILURE,
    Outcome.TIMED_OUT,
    Outcome.RUNNER_LOST,
    Outcome.STARTUP_FAILURE,
    Outcome.ACTION_REQUIRED,
    Outcome.CANCELLED,
)


def _gravest(outcomes: Iterable[Outcome | None]) -> Outcome:
    found = set(outcomes)
    return next(outcome for outcome in _GRAVEST_FIRST if outcome in found)


def _point(said: Verdict) -> Point:
    return Point(said.run.id, said.run.number, said.run.commit.sha, said.run.started_at)


# --- who is failing ------------------------------------------------------------------------------


def _legs_of_triggers(told: Sequence[Verdict]) -> dict[_Trigger, set[str]]:
    """Which legs each event is known to run: a green run proves nothing for a job its event never starts."""
    known: dict[_Trigger, set[str]] = defaultdict(set)
    for said in told:
        if said.red or said.green:
            known[said.trigger] |= said.red.keys() | said.green
    return known


def _failing_legs(told: Sequence[Verdict], known: Mapping[_Trigger, set[str]]) -> tuple[str, ...]:
    red: dict[tuple[int, str, str], dict[str, str]] = defaultdict(dict)  # stream -> leg -> the event it failed under
    for said in told:
        before = red[said.run.stream]
        mended = _mended(before, said, known.get(said.trigger, set()))
        after = {leg: event for leg, event in before.items() if leg not in mended}
        red[said.run.stream] = after | dict.fromkeys(said.red, said.run.event)
    return tuple(sorted({leg for legs in red.values() for leg in legs}))


def _mended(red: Mapping[str, str], said: Verdict, known: set[str]) -> set[str]:
    """The red legs of which a run says that they are green, that they are no more, or that they fail otherwise."""
    same_event = {leg for leg, event in red.items() if event == said.run.event}
    if said.gone:
        return same_event
    if said.all_green:
        return red.keys() & (known | said.green)
    if said.red or said.green or said.replaced:
        # A leg that the same event no longer lists was taken out of the matrix.
        return set(said.green) | said.replaced | (same_event - said.listed)
    return set()
