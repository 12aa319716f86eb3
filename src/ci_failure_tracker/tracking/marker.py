"""The marker: what an issue remembers, hidden at the end of its body, and the region the tracker writes.

The body is the region between two comments, then the marker; whatever people write outside of both stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ci_failure_tracker.model import (
    Commit,
    FailedLeg,
    Identity,
    Issue,
    LegCount,
    Occurrence,
    Outcome,
    Point,
    State,
)

VERSION = 1
LIMIT = 8192
"""Bytes a marker may have."""

BEGIN = "<!-- ci-failure-tracker:begin -->"
END = "<!-- ci-failure-tracker:end -->"

_MARKER = re.compile(r"<!-- ci-failure-tracker (\{[^<>]*\}) -->")
_REGION = re.compile(re.escape(BEGIN) + r"(?s:.*?)" + re.escape(END))
_SHOWN_ID = re.compile(r"Failure id `([0-9a-f]{32})`")
_ID = re.compile(r'"id": ?"([0-9a-f]{32})"')
_UNSAFE = re.compile(r"(?<=-)-|[<>@#]")
"""What would end the comment, and what a careless reader of it would take for a mention; JSON may escape both."""
_WRITERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


_RESTORE = (
    "Restore the last line of its body from the edit history, or close it as not planned and take its first label "
    "off; the next sweep then opens a new one."
)


@dataclass(frozen=True, slots=True)
class Tracked:
    """An issue with a marker we trust, and the state in it; `None` where it cannot be read."""

    issue: Issue
    id: str
    state: State | None
    defect: str = ""
    advice: str = _RESTORE


def find_tracked(issues: tuple[Issue, ...], viewer: str | None) -> tuple[Tracked, ...]:
    """The issues that are ours: a marker in the body, from an author who may write here."""
    found = ((issue, read_tracked(issue)) for issue in issues)
    ours = [(issue, tracked) for issue, tracked in found if tracked is not None]
    return tuple(
        tracked
        if is_trusted(issue, viewer)
        else Tracked(issue, tracked.id, None, "it cannot be told whether it is ours", "The next sweep asks again.")
        for issue, tracked in ours
        # Without our own login an unknown author may be us: better to leave it alone than to open a second issue.
        if is_trusted(issue, viewer) or viewer is None
    )


def needs_viewer(issue: Issue) -> bool:
    """Whether only our own login can tell if the marker in this issue is ours."""
    return (BEGIN in issue.body or "<!-- ci-failure-tracker {" in issue.body) and not is_trusted(issue, None)


def is_trusted(issue: Issue, viewer: str | None) -> bool:
    """Whether the author is us, a bot, or a person with write access; anyone else could forge a marker."""
    return (
        issue.author_is_bot or issue.author_association in _WRITERS or (viewer is not None and issue.author == viewer)
    )


def read_tracked(issue: Issue) -> Tracked | None:
    """The marker in an issue's body; `None` where the issue is not ours."""
    markers = _MARKER.findall(issue.body)
    defect = "it holds two markers"
    if len(markers) == 1:
        try:
            state = read_state(markers[0])
            return Tracked(issue, state.identity.id, state)
        except KeyError as lacking:
            defect = f"its marker lacks {lacking}"
        except (ValueError, TypeError, IndexError, ArithmeticError, RecursionError) as broken:
            defect = f"its marker cannot be read: {broken}"
    elif not markers:
        defect = "its marker is gone"
    # The id may still be read where the rest is spoilt, and so the issue is not opened a second time.
    ids = _ID.findall(" ".join(markers)) or (_SHOWN_ID.findall(issue.body) if BEGIN in issue.body else [])
    return Tracked(issue, ids[0], None, defect) if ids else None


# --- the text ------------------------------------------------------------------------------------


def compose(region: str, state: State, old_body: str = "") -> str:
    """The whole body: the region and the marker put in place of the old ones, all else left alone."""
    block = f"{BEGIN}\n{region.strip()}\n{END}"
    marker = write_marker(state)
    body = old_body.replace("\r\n", "\n")
    if not body.strip():
        return f"{block}\n\n{marker}\n"
    body = _REGION.sub(lambda _: block, body, count=1) if _REGION.search(body) else f"{block}\n\n{body}"
    if _MARKER.search(body):
        return _MARKER.sub(lambda _: marker, body, count=1)
    return f"{body.rstrip()}\n\n{marker}\n"


def write_marker(state: State) -> str:
    """The marker's line. It is as long as the state makes it; `memory.fit` keeps states short enough."""
    text = json.dumps(_as_json(state), separators=(",", ":"), ensure_ascii=False)
    text = _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return f"<!-- ci-failure-tracker {text} -->"


# --- the state as JSON ---------------------------------------------------------------------------


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _as_json(state: State) -> dict[str, Any]:
    full: dict[str, Any] = {
        "v": VERSION,
        "id": state.identity.id,
        "workflow": state.identity.workflow,
        "job": state.identity.job,
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
        "previous": state.previous,
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
        "legs": [[leg.leg, leg.job_id, leg.step] for leg in one.legs],
        "source": one.source or None,
        "hidden_legs": one.hidden_legs or None,
    }
    return {key: value for key, value in full.items() if value is not None}


def _point_as_json(point: Point | None) -> list[Any] | None:
    return [point.run_id, point.number, point.sha, _time(point.at)] if point else None


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
    return State(
        identity=Identity(data["id"], str(data["workflow"]), str(data["job"])),
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
        previous=int(data["previous"]) if "previous" in data else None,
    )


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
        legs=tuple(
            FailedLeg(str(leg), None if job_id is None else int(job_id), None if step is None else str(step))
            for leg, job_id, step in data["legs"]
        ),
        source=str(data.get("source", "")),
        hidden_legs=int(data.get("hidden_legs", 0)),
    )


def _read_point(data: list[Any] | None) -> Point | None:
    return Point(int(data[0]), int(data[1]), str(data[2]), _moment(data[3])) if data else None
