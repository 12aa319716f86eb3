"""When a workflow should have run by itself: the cron expressions of its file, and the times that they name.

The packages that this needs are loaded where they are needed: a sweep that does not look at schedules goes without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from typing import TYPE_CHECKING

from ci_failure_tracker.errors import UnreadableScheduleError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from yaml import Event, Node

PERIODS = 3
"""So many times that the cron expressions name may pass without a run; GitHub drops some when it is busy."""

GRACE = timedelta(hours=12)
"""How late GitHub may be before a run counts as missing. Its documentation gives no bound; it was seen to start the
scheduled runs of a repository half a day late, and hourly ones six hours apart (open-multi-agent/open-multi-agent#557,
onkartalekar/fpl-intelligence#288)."""

MOST_CHARACTERS = 200_000
"""Of a workflow file: far more than people write, and read in a moment."""

_DEEPEST = 50
_MOST_CRONS = 50
_LONGEST_CRON = 200
_FORM = re.compile(r"(?P<cron>[^\s()]+(?: [^\s()]+){4})(?: \((?P<zone>[^()]+)\))?")


# --- what the file says --------------------------------------------------------------------------


def read_crons(text: str) -> tuple[str, ...]:
    """The cron expressions of a workflow file, as they are written there, each once.

    One with a time zone of its own has that behind it in brackets, as in `0 5 * * 1-5 (Europe/Berlin)`; without it is
    UTC that counts. Whether an expression means anything is not looked at. Of more than 50 only the first are given.

    Raises:
        UnreadableScheduleError: where the file is no YAML, or too long to be read.
    """
    if "schedule" not in text:
        return ()
    if len(text) > MOST_CHARACTERS:
        raise UnreadableScheduleError(f"longer than {MOST_CHARACTERS:,} characters")
    schedule = _at(_at(_root(text), "on"), "schedule")
    crons = (_cron(entry) for entry in _entries(schedule))
    return tuple(islice(dict.fromkeys(cron for cron in crons if cron), _MOST_CRONS))


def _root(text: str) -> Node | None:
    """The document as it is written. Nothing is made of it: `on` stays a word, and nobody's merge keys multiply."""
    import yaml  # noqa: PLC0415 - see above

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # not every installation has the fast one
    try:
        # The fast one does not survive a text that is nested some thousand times over.
        if _depth(yaml.parse(text, loader)) > _DEEPEST:
            raise UnreadableScheduleError("nested too deeply")
        found: Node | None = yaml.compose(text, loader)
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableScheduleError(f"no YAML: {type(error).__name__}") from error
    return found


def _depth(events: Iterable[Event]) -> int:
    """How many lists and mappings stand in each other at most, counted no further than is allowed."""
    from yaml import CollectionEndEvent, CollectionStartEvent  # noqa: PLC0415 - see above

    depth = deepest = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            break
    return deepest


def _at(node: Node | None, key: str) -> Node | None:
    """What a mapping holds under a key; the last counts, as everywhere in YAML's libraries."""
    found = None
    if node is not None and _kind(node) == "mapping":
        for name, value in node.value:
            if name.value == key:
                found = value
    return found


def _entries(node: Node | None) -> Sequence[Node]:
    """A list, or the single thing that stands in its place."""
    if node is None:
        return ()
    return node.value if _kind(node) == "sequence" else (node,)


def _cron(entry: Node) -> str:
    cron, zone = _words(_at(entry, "cron")), _words(_at(entry, "timezone"))
    whole = f"{cron} ({zone})" if zone else cron
    return whole if cron and len(whole) <= _LONGEST_CRON else ""


def _words(node: Node | None) -> str:
    return " ".join(node.value.split()) if node is not None and _kind(node) == "scalar" else ""


def _kind(node: Node) -> str:
    return str(node.id)  # type: ignore[attr-defined] # PyYAML's own; its stubs leave it out


# --- when that is --------------------------------------------------------------------------------


def due_after(crons: Sequence[str], last: datetime, periods: int = PERIODS) -> datetime | None:
    """The moment, in UTC, by which a workflow that ran at `last` must have run again: GitHub's delay is allowed for.

    That is the time that the expressions, taken together, name as the third after `last`, and the grace. An expression
    that cannot be read is passed over, which makes it later rather than sooner. None is given where none can be read,
    or where they do not name that many times within fifty years.
    """
    times = [found for found in (_times(cron, last) for cron in crons) if found is not None]
    moments = (moment for moment, _ in groupby(merge(*times)))
    third = next(islice(moments, periods - 1, None), None)
    return None if third is None else third + GRACE


def _times(cron: str, after: datetime) -> Iterator[datetime] | None:
    """The times that one expression names, the earliest first, in UTC."""
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - see above

    match = _FORM.fullmatch(cron)
    zone = _zone(match["zone"] or "UTC") if match else None
    if match is None or zone is None:
        return None
    try:
        moments = CronSim(match["cron"], after.astimezone(zone))
    except (CronSimError, ValueError):  # a number of thousands of digits is a ValueError
        return None
    return (moment.astimezone(UTC) for moment in moments)


def _zone(name: str) -> ZoneInfo | None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - see above

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not known, no name at all, or the name of a folder
        return None
