"""The history of each identity: what its runs say together, and what an issue remembers of it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.diagnosis.observations import WITHOUT_JOBS
from ci_failure_tracker.model import (
    FailedLeg,
    History,
    Identity,
    LegCount,
    Observation,
    Occurrence,
    Outcome,
    Point,
    Run,
    State,
)
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.identity import identify

REMEMBERED = 10
"""How many occurrences an issue keeps in full; older ones stay in the count."""


_Stream = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class _Said:
    """What one run says of one identity: the observation of each leg, or that all of it was green."""

    run: Run
    red: Mapping[str, Observation]
    green: frozenset[str]
    listed: frozenset[str]
    all_green: bool

    @property
    def stream(self) -> _Stream:
        """Runs in which a newer one speaks for an older one; two workflows may share a name, but not this."""
        return self.run.workflow.id, self.run.branch, self.run.subject

    @property
    def trigger(self) -> tuple[int, str]:
        """What decides which jobs a run has."""
        return self.run.workflow.id, self.run.event

    @property
    def verdict(self) -> bool | None:
        """Red is True, green is False, and None says nothing."""
        if self.red:
            return True
        return False if self.all_green or self.green else None


def read_histories(observations: Iterable[Observation], settings: Settings) -> tuple[History, ...]:
    """The history of every identity that failed at least once, in the order of their names."""
    by_run: dict[int, list[Observation]] = defaultdict(list)
    for observation in observations:
        by_run[observation.run.id].append(observation)
    ordered = sorted(by_run.values(), key=lambda of_run: (of_run[0].run.created_at, of_run[0].run.id))
    told: dict[Identity, list[_Said]] = defaultdict(list)
    failed = {identity for of_run in ordered for identity, said in _by_identity(of_run, settings).items() if said.red}
    for of_run in ordered:
        said = _by_identity(of_run, settings)
        for identity in failed:
            if identity.workflow == of_run[0].run.workflow.name:
                told[identity].append(said.get(identity) or _without_this_job(of_run, identity))
    return tuple(
        _history(identity, told[identity])
        for identity in sorted(failed, key=lambda one: (one.workflow.casefold(), one.job.casefold(), one.id))
    )


_NEVER_STARTED = frozenset(outcome.words for outcome in WITHOUT_JOBS)


def _without_this_job(of_run: Sequence[Observation], identity: Identity) -> _Said:
    first = of_run[0]
    all_green = first.job is None and first.outcome is Outcome.SUCCESS
    # A run with jobs did start, whatever became of them.
    started = identity.job in _NEVER_STARTED and (all_green or first.job_id is not None)
    green = frozenset({""}) if started else frozenset[str]()
    return _Said(first.run, {}, green, green, all_green=all_green and not started)


def _by_identity(of_run: Sequence[Observation], settings: Settings) -> dict[Identity, _Said]:
    legs: dict[Identity, dict[str, Observation]] = defaultdict(dict)
    for observation in sorted(of_run, key=_loudness):  # two jobs of one name: the louder one speaks
        if observation.job is not None:
            name = observation.run.workflow.name
            identity, leg = identify(name, observation.job, settings.group_by, settings.matrix)
            legs[identity][leg] = observation
    return {identity: _said(found, settings) for identity, found in legs.items()}


def _loudness(observation: Observation) -> int:
    if observation.outcome is None:
        return 0
    return 1 if observation.outcome is Outcome.SUCCESS else 2


def _said(legs: Mapping[str, Observation], settings: Settings) -> _Said:
    return _Said(
        run=next(iter(legs.values())).run,
        red={leg: seen for leg, seen in legs.items() if seen.outcome in settings.conclusions},
        green=frozenset(leg for leg, seen in legs.items() if seen.outcome is Outcome.SUCCESS),
        listed=frozenset(legs),
        all_green=False,
    )


def _history(identity: Identity, told: Sequence[_Said]) -> History:
    occurrences = sorted((_occurrence(said) for said in told if said.red), key=lambda one: one.order)
    known = _legs_of_triggers(told)
    newest = max((said for said in told if said.red), key=lambda said: (said.run.created_at, said.run.id))
    branch = [
        said for said in told if said.stream == newest.stream and not (said.all_green and said.trigger not in known)
    ]
    before, after = branch[: branch.index(newest)], branch[branch.index(newest) + 1 :]
    last_green = next((said for said in reversed(before) if said.verdict is False), None)
    streak = branch[branch.index(last_green) + 1 :] if last_green else branch
    return History(
        identity=identity,
        occurrences=tuple(occurrences),
        failing_legs=_failing_legs(told, known),
        first_red=_point(next((said for said in streak if said.red), None)),
        last_green=_point(last_green),
        green_again=_point(next((said for said in after if said.verdict is False), None)),
    )


def _occurrence(said: _Said) -> Occurrence:
    run = said.run
    legs = sorted(said.red.items())
    return Occurrence(
        run_id=run.id,
        attempt=run.attempt,
        number=run.number,
        event=run.event,
        branch=run.branch,
        commit=run.commit,
        started_at=run.started_at,
        ended_at=run.updated_at,
        outcome=_worst(seen.outcome for _, seen in legs),
        legs=tuple(FailedLeg(leg, seen.job_id, seen.step) for leg, seen in legs),
    )


_GRAVEST_FIRST = (
    Outcome.FAILURE,
    Outcome.TIMED_OUT,
    Outcome.STARTUP_FAILURE,
    Outcome.ACTION_REQUIRED,
    Outcome.CANCELLED,
)


def _worst(outcomes: Iterable[Outcome | None]) -> Outcome:
    found = set(outcomes)
    return next(outcome for outcome in _GRAVEST_FIRST if outcome in found)


def _point(said: _Said | None) -> Point | None:
    if said is None:
        return None
    return Point(said.run.id, said.run.number, said.run.commit.sha, said.run.updated_at)


def _legs_of_triggers(told: Sequence[_Said]) -> dict[tuple[int, str], set[str]]:
    """Which legs each event is known to run: a green run proves nothing for a job its event never starts."""
    known: dict[tuple[int, str], set[str]] = defaultdict(set)
    for said in told:
        if said.red or said.green:
            known[said.trigger] |= said.red.keys() | said.green
    return known


def _failing_legs(told: Sequence[_Said], known: Mapping[tuple[int, str], set[str]]) -> tuple[str, ...]:
    red: dict[_Stream, dict[str, str]] = defaultdict(dict)  # stream -> leg -> the event it failed under
    for said in told:
        legs, event = red[said.stream], said.run.event
        if said.all_green:
            gone = {leg for leg in legs if legs[leg] == event or leg in known.get(said.trigger, ())}
        elif said.verdict is None:
            continue
        else:
            # A leg that the same event no longer lists was taken out of the matrix.
            gone = {leg for leg in legs if leg in said.green or (legs[leg] == event and leg not in said.listed)}
        red[said.stream] = {leg: legs[leg] for leg in legs if leg not in gone} | dict.fromkeys(said.red, event)
    return tuple(sorted({leg for legs in red.values() for leg in legs}))


# --- what an issue remembers ---------------------------------------------------------------------


def remember(state: State | None, history: History, since: datetime | None = None) -> State:
    """The state of an issue after this history; occurrences it has counted before are not counted again.

    `since` leaves out what started before it: a new issue that follows a closed one starts afresh.
    """
    before = [one for one in history.occurrences if since is not None and one.started_at <= since]
    seen = [one for one in history.occurrences if one not in before]
    new = [one for one in seen if state is None or not _counted(state, one)]
    kept = sorted(
        {one.key: one for one in (*(state.occurrences if state else ()), *new)}.values(), key=lambda o: o.order
    )
    dropped, kept = kept[:-REMEMBERED], kept[-REMEMBERED:]
    first_red, last_green = _bounds(state, history)
    return State(
        identity=history.identity,
        count=(state.count if state else 0) + len(new),
        first_seen=min([*([state.first_seen] if state else ()), *(one.ended_at for one in kept + dropped)]),
        last_seen=max(one.ended_at for one in kept),
        legs=_add_legs(state.legs if state else (), new),
        occurrences=tuple(kept),
        counted_to=max((one.order for one in (*before, *dropped)), default=state.counted_to if state else None),
        last_green=last_green,
        first_red=first_red,
        green_again=None if history.failing else history.green_again,
        previous=state.previous if state else None,
    )


def forget_bounds(state: State) -> State:
    """The state without the commits that bounded an earlier break."""
    return dataclasses.replace(state, last_green=None, first_red=None)


def _counted(state: State, occurrence: Occurrence) -> bool:
    if any(one.key == occurrence.key for one in state.occurrences):
        return True
    return state.counted_to is not None and occurrence.order <= state.counted_to


def _bounds(state: State | None, history: History) -> tuple[Point | None, Point | None]:
    """The first red and the last green; what an issue knew stays where the runs looked at start too late."""
    if history.last_green is None and state is not None and state.first_red is not None:
        return state.first_red, state.last_green
    return history.first_red, history.last_green


def _add_legs(legs: Sequence[LegCount], new: Sequence[Occurrence]) -> tuple[LegCount, ...]:
    counted = {one.leg: one for one in legs}
    for occurrence in new:
        for failed in occurrence.legs:
            old = counted.get(failed.leg)
            counted[failed.leg] = LegCount(
                failed.leg,
                (old.count if old else 0) + 1,
                max(old.last_seen, occurrence.ended_at) if old else occurrence.ended_at,
            )
    return tuple(counted[leg] for leg in sorted(counted))
