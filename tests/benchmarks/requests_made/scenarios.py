"""What is measured: sweeps of repositories that differ in one thing at a time."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.requests_made.measure import DELAY, PLAIN, TWO_REQUESTS, Contender, Sweep, sweep
from benchmarks.requests_made.repository import (
    Shape,
    add_closed,
    add_failed,
    add_failure_of_another_job,
    add_passing,
    make,
    make_watched,
)
from sandbox import Sandbox, Server
from sandbox.state import Issue

_CLOCK_BEHIND = timedelta(hours=2)
"""How far the local GitHub's clock is behind. Its times must be in the past for a program that uses the real time."""

_SEARCHABLE = timedelta(minutes=2)
"""How long it takes until the search finds a new issue."""

_MOST_RUNS = 1_000
_KNOWN_RUNS = Shape(100, 20)


@dataclass(frozen=True)
class Compared:
    """A contender on one repository: a dry run, then a sweep with writes, then one more with nothing new.

    A sweep that was not measured is `None`.
    """

    shape: Shape
    contender: str
    planned: Sweep
    written: Sweep | None
    again: Sweep | None
    issues: int


@dataclass(frozen=True)
class Scaled:
    """One sweep of the tracker on a repository that has `number` of something."""

    what: str
    number: int
    sweep: Sweep


@dataclass(frozen=True)
class Watched:
    """The first sweep of a repository with so many workflows and runs a week, and a sweep with nothing new."""

    workflows: int
    runs: int
    first: Sweep
    again: Sweep


def compare(shape: Shape, contender: Contender, patience: float, *, writes: bool = True) -> Compared:
    """Let a contender sweep a repository of its own. After a sweep that was stopped, no other is started."""
    box = make(shape, _now(), _now() - timedelta(minutes=30))
    with _served(box) as server:
        planned = sweep(server, contender, shape.runs, write=False, patience=patience)
        written = again = None
        if writes and not planned.ended_early:
            written = sweep(server, contender, shape.runs, write=True, patience=patience)
        issues = len(box.issues)
        if written and not written.ended_early:
            box.now += _SEARCHABLE
            again = sweep(server, contender, shape.runs, write=True, patience=patience)
    return Compared(shape, contender.name, planned, written, again, issues)


def watch(ours: Contender, workflows: Sequence[int], runs: Sequence[int], patience: float) -> Iterator[Watched]:
    """The tracker on repositories with more and more workflows and runs: the first sweep, and one with nothing new."""
    for many in workflows:
        for number in runs:
            box = make_watched(many, number, _now(), _now() - timedelta(minutes=30))
            with _served(box) as server:
                first = sweep(server, ours, _MOST_RUNS, write=True, patience=patience)
                box.now += _SEARCHABLE
                again = sweep(server, ours, _MOST_RUNS, write=True, patience=patience)
            yield Watched(many, number, first, again)


def warm_up(ours: Contender) -> None:
    """Sweep once without measuring, so that the bytecode of each contender exists."""
    with make(Shape(10, 2), _now(), _now()).serve() as server:
        for contender in (ours, TWO_REQUESTS, PLAIN):
            sweep(server, contender, 1, write=False, patience=60)


def compare_all(ours: Contender, sizes: Sequence[int], patience: float, *, plain_writes: bool) -> Iterator[Compared]:
    """Each contender on each number of runs, of which a fifth failed; the scripts write only with `plain_writes`."""
    for runs in sizes:
        for contender in (ours, TWO_REQUESTS, PLAIN):
            writes = plain_writes or contender == ours
            yield compare(Shape(runs, runs // 5), contender, patience, writes=writes)


def scale(ours: Contender, known: Sequence[int], new: Sequence[int], patience: float) -> Iterator[Scaled]:
    """The tracker with nothing new and more and more closed issues, then with more and more failed runs.

    At last one more job fails, beside more and more closed issues.
    """
    now = _now()
    newest = now - timedelta(days=4)  # all new runs fit into the week that an issue shows
    box, fixed = make(_KNOWN_RUNS, now, newest), make(_KNOWN_RUNS, now, newest)
    # One server serves all sweeps: issues hold its address, and for another address they would be written again.
    with _served(box) as server:
        sweep(server, ours, _KNOWN_RUNS.runs, write=True, patience=patience)
        swept = dict(box.state.issues)
        models = _closed(ours, fixed, box, newest)
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
        box.state.issues.clear()
        box.state.issues.update(swept)
        add_failure_of_another_job(box, last)
        for number in known:
            add_closed(box, models, number - (len(box.state.issues) - len(swept)))
            taken = sweep(server, ours, _MOST_RUNS, write=False, patience=patience)
            yield Scaled("closed issues, and one more job fails, planned", number, taken)


def _closed(ours: Contender, fixed: Sandbox, swept: Sandbox, newest: datetime) -> list[Issue]:
    """The issues of a swept repository as a sweep leaves them after all jobs pass again."""
    fixed.state.issues.update(copy.deepcopy(swept.state.issues))
    fixed.state.labels.update(copy.deepcopy(swept.state.labels))
    add_passing(fixed, rounds=150, since=newest)
    with fixed.serve() as server:
        sweep(server, ours, _MOST_RUNS, write=True, patience=300)
    closed = [issue for issue in fixed.issues if issue.state == "closed"]
    if len(closed) < len(fixed.issues):
        raise SystemExit(f"Only {len(closed)} of {len(fixed.issues)} issues were closed after all jobs passed.")
    return closed


@contextmanager
def _served(box: Sandbox) -> Iterator[Server]:
    """Serve the repository, and answer as slowly as GitHub does."""
    box.delay = DELAY
    with box.serve() as server:
        yield server


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - _CLOCK_BEHIND
