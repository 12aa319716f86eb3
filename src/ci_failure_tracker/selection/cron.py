"""When a workflow should have run by itself: the cron expressions of its file, and the times that they name.

The packages are imported in the functions that need them: a sweep without `schedules` does not need them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from typing import TYPE_CHECKING

from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.yaml_nodes import entries_of, root_of, value_at, words_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from yaml import Node

PERIODS = 3
"""Times in a row that may pass without a run; GitHub drops some when it is busy."""

GRACE = timedelta(hours=12)
"""How late GitHub may be before a run counts as missing. Its documentation gives no bound; it was seen to start the
scheduled runs of a repository half a day late, and hourly ones six hours apart (open-multi-agent/open-multi-agent#557,
onkartalekar/fpl-intelligence#288)."""

# Bounds for a file that somebody made long on purpose.
_MOST_CRONS = 50
_LONGEST_CRON = 200
_FORM = lazy(r"(?P<cron>[^\s()]+(?: [^\s()]+){4})(?: \((?P<zone>[^()]+)\))?")


# --- what the file says --------------------------------------------------------------------------


def read_crons(text: str) -> tuple[str, ...]:
    """The cron expressions of a workflow file, as they are written there, each once, at most 50.

    A time zone follows its expression in brackets, as in `0 5 * * 1-5 (Europe/Berlin)`; without one it is UTC. An
    expression may be one that nobody can read.

    Raises:
        BadYamlError: if the file is not YAML, is nested too deeply or is too long.
    """
    if "schedule" not in text:
        return ()
    schedule = value_at(value_at(root_of(text), "on"), "schedule")
    crons = (_cron(entry) for entry in entries_of(schedule))
    return tuple(islice(dict.fromkeys(cron for cron in crons if cron), _MOST_CRONS))


def _cron(entry: Node) -> str:
    cron, zone = words_of(value_at(entry, "cron")), words_of(value_at(entry, "timezone"))
    whole = f"{cron} ({zone})" if zone else cron
    return whole if cron and len(whole) <= _LONGEST_CRON else ""


# --- when that is --------------------------------------------------------------------------------


def due_after(crons: Sequence[str], last: datetime, periods: int = PERIODS) -> datetime | None:
    """The time, in UTC, by which a workflow that ran at `last` must have run again.

    It is the third time after `last` that the expressions name together, and the grace. An expression that cannot be
    read is ignored, which makes the time later rather than sooner. It is `None` if none can be read, or if they do not
    name that many times within fifty years.
    """
    times = filter(None, (_times(cron, last) for cron in crons))
    # Two expressions may name the same minute, which counts once.
    distinct = (time for time, _ in groupby(merge(*times)))
    third = next(islice(distinct, periods - 1, None), None)
    return None if third is None else third + GRACE


def _times(cron: str, after: datetime) -> Iterator[datetime] | None:
    """The times that one expression names, the earliest first, in UTC."""
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - see above

    match = _FORM.fullmatch(cron)
    zone = _zone(match["zone"] or "UTC") if match else None
    if match is None or zone is None:
        return None
    try:
        times = CronSim(match["cron"], after.astimezone(zone))
    except (CronSimError, ValueError):  # a number of thousands of digits is a ValueError
        return None
    return (time.astimezone(UTC) for time in times)


def _zone(name: str) -> ZoneInfo | None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - see above

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name, or the name of a folder
        return None
