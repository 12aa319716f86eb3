"""A line of runs as JSON, and back: short, for an issue's marker holds several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ci_failure_tracker.model import OTHER_LEGS, Line, Point, RedLeg
from ci_failure_tracker.tracking.identity import short_branch
from ci_failure_tracker.tracking.scalars import moment, point_as_json, read_point, time


def line_as_json(line: Line) -> dict[str, Any]:
    """What is remembered of a line."""
    full: dict[str, Any] = {
        "workflow": line.workflow_id,
        "branch": line.branch,
        "subject": line.subject or None,
        "red": _red_as_json(line.red) or None,
        "last_red": point_as_json(line.last_red),
        "greens": [point_as_json(point) for point in line.greens] or None,
        "recent": " ".join(f"{run_id}{'g' if green else 'r'}" for run_id, green in line.recent) or None,
        "gone": line.gone or None,
        "skips": line.skips or None,
    }
    return {key: value for key, value in full.items() if value is not None}


def _red_as_json(red: Iterable[RedLeg]) -> list[list[Any]]:
    """The legs of one run share what is said of the run: a large matrix mostly breaks as a whole."""
    legs: dict[tuple[int, int, str, str], list[str]] = defaultdict(list)
    for one in red:
        legs[one.run_id, one.attempt, one.event, time(one.at)].append(one.leg)
    return [[*run, names] for run, names in legs.items()]


def read_line(data: Mapping[str, Any]) -> Line:
    """A line from such JSON.

    Raises:
        ValueError, KeyError, TypeError, IndexError: where it is broken.
    """
    last_red = read_point(data["last_red"])
    if last_red is None:
        raise ValueError("a line of runs in it lacks its failure")
    return Line(
        workflow_id=int(data["workflow"]),
        branch=short_branch(str(data["branch"])),
        subject=short_branch(str(data.get("subject", ""))),
        red=tuple(sorted(_read_red(data.get("red", ())), key=_by_name)),
        last_red=last_red,
        greens=tuple(_points(data.get("greens", ()))),
        recent=tuple((int(one[:-1]), one[-1] == "g") for one in str(data.get("recent", "")).split()),
        gone=bool(data.get("gone")),
        skips=bool(data.get("skips")),
    )


def _by_name(red: RedLeg) -> tuple[bool, str]:
    return red.leg == OTHER_LEGS, red.leg


def _read_red(data: Iterable[list[Any]]) -> Iterator[RedLeg]:
    for run_id, attempt, event, at, legs in data:
        for leg in legs:
            yield RedLeg(str(leg), str(event), int(run_id), int(attempt), moment(at))


def _points(data: Iterable[list[Any]]) -> Iterator[Point]:
    return (point for one in data if (point := read_point(one)))
