"""What is measured: sweeps of histories that differ in one thing at a time."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.requests_made.measure import DELAY, PLAIN, TWO_REQUESTS, Contender, Sweep, sweep
from benchmarks.requests_made.repository import Shape, add_closed, add_failed, add_green, make
from sandbox import Sandbox, Server
from sandbox.state import Issue

_CLOCK_BEHIND = timedelta(hours=2)
"""So far the local GitHub's clock is behind: what it stamps has to be past for a program with the real time."""

_SEARCHABLE = timedelta(minutes=2)
"""After so long search finds a new issue."""

_MOST_RUNS = 1_000
_KNOWN_RUNS = Shape(100, 20)


@dataclass(frozen=True)
class Compared:
    """A contender on one history: a dry run, then with writes, then once more with nothing new."""

    shape: Shape
    contender: str
    planned: Sweep
    written: Sweep | None
    again: Sweep | None
    issues: int


@dataclass(frozen=True)
class Scaled:
    """One sweep of the tracker where something there is more and more of."""

    what: str
    number: int
    sweep: Sweep


def compare(shape: Shape, contender: Contender, patience: float) -> Compared:
    """Let a contender sweep a repository of its own. What would only be ended early once more is not started."""
    box = make(shape, _now(), _now() - timedelta(minutes=30))
    with _served(box) as server:
        planned = sweep(server, contender, shape.runs, write=False, patience=patience)
        written = again = None
        if not planned.ended_early:
            written = sweep(server, contender, shape.runs, write=True, patience=patience)
        issues = len(box.issues)
        if written and not written.ended_early:
            box.now += _SEARCHABLE
            again = sweep(server, contender, shape.runs, write=True, patience=patience)
    return Compared(shape, contender.name, planned, written, again, issues)


def warm_up(ours: Contender) -> None:
    """Sweep once unmeasured, so that everybody's bytecode is there."""
    with make(Shape(10, 2), _now(), _now()).serve() as server:
        for contender in (ours, TWO_REQUESTS, PLAIN):
            sweep(server, contender, 1, write=False, patience=60)


def compare_all(ours: Contender, sizes: Sequence[int], patience: float) -> Iterator[Compared]:
    """Every contender on every size of history, of which a fifth failed."""
    for runs in sizes:
        for contender in (ours, TWO_REQUESTS, PLAIN):
            yield compare(Shape(runs, runs // 5), contender, patience)


def scale(ours: Contender, known: Sequence[int], new: Sequence[int], patience: float) -> Iterator[Scaled]:
    """The tracker where nothing is new and more and more issues are closed, then where more and more runs failed."""
    now = _now()
    newest = now - timedelta(days=4)  # leaves room for new runs in less than the week that an issue tells of
    box, mended = make(_KNOWN_RUNS, now, newest), make(_KNOWN_RUNS, now, newest)
    # In one server all the while: issues hold its address, and would be written anew for another.
    with _served(box) as server:
        sweep(server, ours, _KNOWN_RUNS.runs, write=True, patience=patience)
        swept = dict(box.state.issues)
        models = _closed(ours, mended, box, newest)
        for number in known:
            add_closed(box, models, number - (len(box.state.issues) - len(swept)))
            taken = sweep(server, ours, _KNOWN_RUNS.runs, write=True, patience=patience)
            yield Scaled("closed issues beside twelve open ones, nothing new", number, taken)
        box.state.issues.clear()
        box.state.issues.update(swept)
        before, last = 0, newest
        for number in new:
            last = add_failed(box, number - before, last)
            before = number
            taken = sweep(server, ours, _MOST_RUNS, write=False, patience=patience)
            yield Scaled("new failed runs, planned", number, taken)


def _closed(ours: Contender, mended: Sandbox, swept: Sandbox, newest: datetime) -> list[Issue]:
    """The issues of a swept repository as a sweep leaves them once all is green again."""
    mended.state.issues.update(copy.deepcopy(swept.state.issues))
    mended.state.labels.update(copy.deepcopy(swept.state.labels))
    add_green(mended, rounds=6, since=newest)
    with mended.serve() as server:
        sweep(server, ours, _MOST_RUNS, write=True, patience=300)
    closed = [issue for issue in mended.issues if issue.state == "closed"]
    if len(closed) < len(mended.issues):
        raise SystemExit(f"Of {len(mended.issues)} issues only {len(closed)} were closed when all was green again.")
    return closed


@contextmanager
def _served(box: Sandbox) -> Iterator[Server]:
    """Serve as slowly as GitHub does."""
    box.delay = DELAY
    with box.serve() as server:
        yield server


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - _CLOCK_BEHIND
