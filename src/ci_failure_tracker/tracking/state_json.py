"""The state of an issue as JSON, and back; what a marker holds.

What is not said is left out, so that older markers, which say less, are read as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ci_failure_tracker.model import (
    ALL_JOBS,
    Absence,
    Cause,
    Closing,
    Commit,
    CommitsBetween,
    Ending,
    Evidence,
    ExcerptLine,
    FailedLeg,
    Flaky,
    Identity,
    IdentityKind,
    LegCount,
    Occurrence,
    Outcome,
    Reach,
    State,
    Suspect,
)
from ci_failure_tracker.tracking.line_json import line_as_json, read_line
from ci_failure_tracker.tracking.scalars import moment as _moment
from ci_failure_tracker.tracking.scalars import point_as_json as _point_as_json
from ci_failure_tracker.tracking.scalars import read_point as _read_point
from ci_failure_tracker.tracking.scalars import time as _time

VERSION = 1


def state_as_json(state: State) -> dict[str, Any]:
    """Everything that an issue remembers."""
    told_by_names = _told_by_names(state.identity, state.occurrences)
    full: dict[str, Any] = {
        "v": VERSION,
        "id": state.identity.id,
        "workflow": state.identity.workflow,
        "job": state.identity.job,
        "cause": state.identity.cause or None,
        "kind": None if state.identity.kind is told_by_names else state.identity.kind,
        "count": state.count,
        "first_seen": _time(state.first_seen),
        "last_seen": _time(state.last_seen),
        "legs": [[one.leg, one.count, _time(one.last_seen)] for one in state.legs],
        "legs_cut": state.legs_cut or None,
        "occurrences": [_occurrence_as_json(one) for one in state.occurrences],
        "counted_to": [_time(state.counted_to[0]), *state.counted_to[1:]] if state.counted_to else None,
        "last_green": _point_as_json(state.last_green),
        "first_red": _point_as_json(state.first_red),
        "green_again": _point_as_json(state.green_again),
        "gone": state.gone or None,
        "replaced": state.replaced or None,
        "previous": state.previous,
        "causes": [_cause_as_json(one) for one in state.causes] or None,
        "other_causes": state.other_causes or None,
        "evidence": _evidence_as_json(state.evidence) if state.evidence else None,
        "lines": [line_as_json(line) for line in state.lines] or None,
        "lines_cut": state.lines_cut or None,
        "flaky": _flaky_as_json(state.flaky) if state.flaky else None,
        "missed": state.missed or None,
        "closed": [state.closed.ending, _time(state.closed.at)] if state.closed else None,
        "reopened_at": _time(state.reopened_at) if state.reopened_at else None,
        "week_told": state.week_told or None,
        "cause_told": _time(state.cause_told) if state.cause_told else None,
        "suspects": _suspects_as_json(state.suspects) if state.suspects else None,
        "related": list(state.related) or None,
        "relapses": state.relapses or None,
        "reach": _reach_as_json(state.reach) if state.reach else None,
    }
    return {key: value for key, value in full.items() if value is not None}


def _occurrence_as_json(one: Occurrence) -> dict[str, Any]:
    full = {
        "run": one.run_id,
        "attempt": one.attempt,
        "number": one.number,
        "event": one.event,
        "branch": one.branch,
        "sha": one.commit.sha,
        "title": one.commit.title,
        "started": _time(one.started_at),
        "ended": _time(one.ended_at),
        "outcome": one.outcome.value,
        "legs": [_leg_as_json(leg) for leg in one.legs],
        "source": one.source or None,
        "hidden_legs": one.hidden_legs or None,
    }
    return {key: value for key, value in full.items() if value is not None}


def _leg_as_json(leg: FailedLeg) -> list[Any]:
    return _trimmed(
        [leg.leg, leg.job_id, leg.step, leg.signature or None, leg.absence, leg.outcome],
        least=3,
    )


def _cause_as_json(one: Cause) -> list[Any]:
    return [one.signature, one.headline, one.count, _time(one.first_seen), _time(one.last_seen)]


def _evidence_as_json(one: Evidence) -> dict[str, Any]:
    full = {
        "run": one.run_id,
        "attempt": one.attempt,
        "number": one.number,
        "job": one.job_id,
        "ended": _time(one.ended_at),
        "cause": one.signature,
        "headline": one.headline,
        "step": one.step,
        "absence": one.absence,
        "lines": [
            _trimmed([line.number, line.text, line.left_out or None, line.repeats or None], least=2)
            for line in one.lines
        ],
    }
    return {key: value for key, value in full.items() if value is not None}


def _trimmed(values: list[Any], least: int) -> list[Any]:
    """A list without what is not said at its end; older markers hold no more than the `least`."""
    while len(values) > least and values[-1] is None:
        values.pop()
    return values


def _reach_as_json(one: Reach) -> list[Any]:
    return [_time(one.until), one.run_id, _time(one.start) if one.start else None, list(one.without), one.seal]


def _flaky_as_json(one: Flaky) -> list[Any]:
    return [list(one.commits), one.more, one.failed, one.seen, one.changes]


def _suspects_as_json(one: CommitsBetween) -> dict[str, Any]:
    full = {
        "green": one.green,
        "red": one.red,
        "commits": [[commit.sha, commit.title, commit.author] for commit in one.commits],
        "more": one.more or None,
        "unknown": not one.known or None,
    }
    return {key: value for key, value in full.items() if value is not None}


def read_state(text: str) -> State:
    """The state behind a marker's JSON.

    Raises:
        ValueError, KeyError, TypeError: where it is broken or of a version this program does not know.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("v") != VERSION:
        version = data.get("v") if isinstance(data, dict) else None
        raise ValueError(f"its version is {version!r}, and this program knows {VERSION}")
    if not re.fullmatch(r"[0-9a-f]{32}", str(data["id"])):
        raise ValueError("its failure id is malformed")
    occurrences = tuple(_read_occurrence(one) for one in data["occurrences"])
    if not occurrences:
        raise ValueError("it holds no occurrence")
    counted_to = data.get("counted_to")
    identity = Identity(data["id"], str(data["workflow"]), str(data["job"]), str(data.get("cause", "")))
    kind = IdentityKind(data["kind"]) if "kind" in data else _told_by_names(identity, occurrences)
    identity = replace(identity, kind=kind)
    return State(
        identity=identity,
        count=int(data["count"]),
        first_seen=_moment(data["first_seen"]),
        last_seen=_moment(data["last_seen"]),
        legs=tuple(LegCount(str(leg), int(count), _moment(at)) for leg, count, at in data["legs"]),
        occurrences=occurrences,
        legs_cut=bool(data.get("legs_cut")),
        counted_to=(_moment(counted_to[0]), int(counted_to[1]), int(counted_to[2])) if counted_to else None,
        last_green=_read_point(data.get("last_green")),
        first_red=_read_point(data.get("first_red")),
        green_again=_read_point(data.get("green_again")),
        gone=bool(data.get("gone")),
        replaced=bool(data.get("replaced")),
        previous=int(data["previous"]) if "previous" in data else None,
        causes=tuple(_read_cause(*one) for one in data.get("causes", ())),
        other_causes=int(data.get("other_causes", 0)),
        evidence=_read_evidence(data["evidence"]) if "evidence" in data else None,
        lines=tuple(read_line(one) for one in data.get("lines", ())),
        lines_cut=bool(data.get("lines_cut")),
        flaky=_read_flaky(*data["flaky"]) if "flaky" in data else None,
        missed=bool(data.get("missed")),
        closed=Closing(Ending(data["closed"][0]), _moment(data["closed"][1])) if "closed" in data else None,
        reopened_at=_moment(data["reopened_at"]) if "reopened_at" in data else None,
        week_told=bool(data.get("week_told")),
        cause_told=_moment(data["cause_told"]) if "cause_told" in data else None,
        suspects=_read_suspects(data["suspects"]) if "suspects" in data else None,
        related=tuple(int(one) for one in data.get("related", ())),
        relapses=max(0, int(data.get("relapses", 0))),
        reach=_read_reach(*data["reach"]) if "reach" in data else None,
    )


_NAMES_OF_RUNS = frozenset({Outcome.STARTUP_FAILURE.words, Outcome.ACTION_REQUIRED.words, Outcome.TIMED_OUT.words})


def _told_by_names(identity: Identity, occurrences: Iterable[Occurrence]) -> IdentityKind:
    """What an identity is, where a marker does not say it: older ones told it by the name of the job alone.

    What has the name of a job, and jobs with a number, is one.
    """
    if identity.cause:
        return IdentityKind.CAUSE
    if identity.job == ALL_JOBS:
        return IdentityKind.WORKFLOW
    if all(leg.job_id is None for one in occurrences for leg in one.legs):
        if identity.job == Outcome.SILENT.words:
            return IdentityKind.SCHEDULE
        if identity.job in _NAMES_OF_RUNS:
            return IdentityKind.RUN
    return IdentityKind.JOB


def _read_reach(until: str, run_id: Any, start: str | None, without: list[Any], seal: object) -> Reach:  # noqa: ANN401
    runs = tuple(int(one) for one in without)
    return Reach(_moment(until), int(run_id), _moment(start) if start else None, runs, str(seal))


def _read_occurrence(data: Mapping[str, Any]) -> Occurrence:
    return Occurrence(
        run_id=int(data["run"]),
        attempt=int(data["attempt"]),
        number=int(data["number"]),
        event=str(data["event"]),
        branch=str(data["branch"]),
        commit=Commit(str(data["sha"]), str(data["title"])),
        started_at=_moment(data["started"]),
        ended_at=_moment(data["ended"]),
        outcome=Outcome(data["outcome"]),
        legs=tuple(_read_leg(*one) for one in data["legs"]),
        source=str(data.get("source", "")),
        hidden_legs=int(data.get("hidden_legs", 0)),
    )


def _read_leg(
    leg: object,
    job_id: Any,  # noqa: ANN401 - what JSON holds
    step: object,
    signature: object = None,
    absence: str | None = None,
    outcome: str | None = None,
) -> FailedLeg:
    return FailedLeg(
        str(leg),
        None if job_id is None else int(job_id),
        None if step is None else str(step),
        str(signature or ""),
        Absence(absence) if absence else None,
        Outcome(outcome) if outcome else None,
    )


def _read_cause(signature: object, headline: object, count: Any, first_seen: str, last_seen: str) -> Cause:  # noqa: ANN401
    return Cause(str(signature), str(headline), int(count), _moment(first_seen), _moment(last_seen))


def _read_evidence(data: Mapping[str, Any]) -> Evidence:
    return Evidence(
        run_id=int(data["run"]),
        attempt=int(data["attempt"]),
        number=int(data["number"]),
        job_id=int(data["job"]),
        ended_at=_moment(data["ended"]),
        signature=str(data["cause"]),
        headline=str(data["headline"]),
        lines=tuple(_read_line(*one) for one in data["lines"]),
        step=int(data["step"]) if "step" in data else None,
        absence=Absence(data["absence"]) if "absence" in data else None,
    )


def _read_line(number: Any, text: object, left_out: Any = 0, repeats: Any = 0) -> ExcerptLine:  # noqa: ANN401
    return ExcerptLine(int(number), str(text), int(left_out or 0), int(repeats or 0))


def _read_flaky(commits: Any, more: Any, failed: Any, seen: Any, changes: Any) -> Flaky:  # noqa: ANN401
    return Flaky(tuple(str(one) for one in commits), int(more), int(failed), int(seen), int(changes))


def _read_suspects(data: Mapping[str, Any]) -> CommitsBetween:
    return CommitsBetween(
        green=str(data["green"]),
        red=str(data["red"]),
        commits=tuple(Suspect(str(sha), str(title), str(author)) for sha, title, author in data["commits"]),
        more=bool(data.get("more")),
        known=not data.get("unknown"),
    )
