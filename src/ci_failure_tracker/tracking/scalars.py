"""Moments and points as JSON, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ci_failure_tracker.model import Point

_LENGTH = len("2026-03-01T14:05:00Z")


def time(moment: datetime) -> str:
    """`2026-03-01T14:05:00Z`."""
    # `strftime` would write the year 1 as one digit.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def moment(text: str) -> datetime:
    """The moment that such a text names.

    Raises:
        ValueError: where it is none.
    """
    if len(text) != _LENGTH or not text.endswith("Z"):
        raise ValueError(f"{text!r} is no moment")
    return datetime.fromisoformat(text)  # five times as fast as reading by the form


def point_as_json(point: Point | None) -> list[Any] | None:
    """A point as a list, which is short."""
    return [point.run_id, point.number, point.sha, time(point.at)] if point else None


def read_point(data: list[Any] | None) -> Point | None:
    """A point from such a list; nothing from nothing."""
    return Point(int(data[0]), int(data[1]), str(data[2]), moment(data[3])) if data else None
