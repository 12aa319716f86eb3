"""The history of each identity: what the runs looked at say of it together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ci_failure_tracker.model import (
    FailedLeg,
    History,
    Identity,
    Observation,
    Occurrence,
    Outcome,
    Point,
)
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.verdict import RunVerdicts, Verdict

_Trigger = tuple[int, str]


def read_histories(observations: Iterable[Observation], settings: Settings) -> tuple[History, ...]:
    """The history of every identity that failed at least once, in the order of their names."""
    of_workflows: dict[str, list[RunVerdicts]] = defaultdict(list)
    for verdicts in _in_order(observations, settings):
        of_workflows[verdicts.run.workflow.name].append(verdicts)
    histories = [
        _history(identity, [run.on(identity) for run in runs])
        for runs in of_workflows.values()
        for identity in {named for run in runs for named, verdict in run.named.items() if verdict.red}
    ]
    return tuple(sorted(histories, key=_by_name))


def _in_order(observations: Iterable[Observation], settings: Settings) -> Iterator[RunVerdicts]:
    """What each run says, in the order in which the runs were created."""
    by_run: dict[int, list[Observation]] = defaultdict(list)
    for observation in observations:
        by_run[observation.run.id].append(observation)
    for of_run in sorted(by_run.values(), key=lambda of_run: of_run[0].run.order):
        yield RunVerdicts(of_run, settings)


def _by_name(history: History) -> tuple[str, str, str]:
    return history.identity.workflow.casefold(), history.identity.job.casefold(), history.identity.job


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
    gone = any(said.gone for said in after) and not any(said.green for said in after)
    streak = stream if green_before is None else stream[green_before + 1 :]
    return History(
        identity=identity,
        occurrences=tuple(sorted((_occurrence(said) for said in told if said.red), key=lambda one: one.order)),
        failing_legs=_failing_legs(told, known),
        first_red=_point(next(said for said in streak if said.red)),
        last_green=None if green_before is None else _point(stream[green_before]),
        green_again=None if gone else next((_point(said) for said in after if said.is_green), None),
        gone=gone,
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
        legs=tuple(FailedLeg(leg, seen.job_id, seen.step) for leg, seen in legs),
        source=run.subject or run.workflow.file_name,
    )


_GRAVEST_FIRST = (
    Outcome.FAILURE,
    Outcome.TIMED_OUT,
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
    """The red legs of which a run says that they are green, or that they are no more."""
    same_event = {leg for leg, event in red.items() if event == said.run.event}
    if said.gone:
        return same_event
    if said.all_green:
        return red.keys() & (known | said.green)
    if said.red or said.green:
        # A leg that the same event no longer lists was taken out of the matrix.
        return set(said.green) | (same_event - said.listed)
    return set()
