"""How well a policy did, compared with the truth."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.year.policies import Entry, Ledger
from benchmarks.year.world import Trouble, World
from ci_failure_tracker.backtest.figures import SOON
from ci_failure_tracker.tracking.matrix import split_leg


@dataclass(frozen=True)
class Score:
    """The figures of one policy.

    opened           issues created or reopened
    most_of_one      the most open issues of one job at one time; more than one are duplicates
    precision        the share of the openings in which the job had been in trouble
    recall           the share of the breaks and outages that had an open issue of the job, or one that names it, right
                     after the first sweep that could see them: a failed run had ended, and the trouble was not over
    closings         issues closed
    wrong            closings during the break or outage that the last failure of the issue belongs to, if no other
                     issue stands for it
    soon             closings after which the same issue was reopened within a week
    comments         comments for each event; an event is the start or the end of a trouble that a sweep could see, and
                     an outage is one trouble
    left_open        issues open at the end whose jobs had no trouble in the last four weeks
    """

    name: str
    opened: int
    most_of_one: int
    precision: float
    recall: float
    closings: int
    wrong: int
    soon: int
    comments: float
    left_open: int


def score(world: World, ledger: Ledger) -> Score:
    """The figures of what a policy did in a year."""
    reds = dict(_reds(world))
    seen = [one for one in world.troubles if _first_sweep(one, reds, ledger) is not None]
    hard = [one for one in seen if one.kind != "flaky"]
    openings = [(entry, at) for entry in ledger.entries for at in entry.opened]
    closings = [(entry, place, at) for entry in ledger.entries for place, at in enumerate(entry.closed)]
    events = 2 * len({(one.cause, one.start) for one in seen})
    return Score(
        name=ledger.name,
        opened=len(openings),
        most_of_one=ledger.most_open_of_one,
        precision=_share(sum(_was_in_trouble(world, entry, at) for entry, at in openings), len(openings)),
        recall=_share(sum(_is_covered(one, reds, ledger) for one in hard), len(hard)),
        closings=len(closings),
        wrong=sum(_is_wrong(world, entry, place, at) for entry, place, at in closings),
        soon=sum(any(at < again <= at + SOON for again in entry.opened) for entry, _, at in closings),
        comments=sum(entry.comments for entry in ledger.entries) / max(1, events),
        left_open=sum(_is_left_open(world, entry) for entry in ledger.entries),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _reds(world: World) -> Iterator[tuple[str, list[tuple[datetime, datetime, str]]]]:
    """The failed runs of each job: when they ended, when they were created, and their cause."""
    found: dict[str, list[tuple[datetime, datetime, str]]] = {}
    for view in world.views:
        causes = dict(view.causes)
        for job in view.jobs:
            if job.id in causes and job.attempt == view.run.attempt:
                key = f"{view.run.workflow.name}:{split_leg(job.name)[0]}"
                found.setdefault(key, []).append((view.since, view.run.created_at, causes[job.id]))
    yield from found.items()


def _first_sweep(
    one: Trouble, reds: dict[str, list[tuple[datetime, datetime, str]]], ledger: Ledger
) -> datetime | None:
    """The first sweep that could see the trouble: after a failed run of it ended, and before the trouble was over."""
    ended = next((end for end, _, cause in reds.get(one.job, ()) if cause == one.cause), None)
    place = bisect_left(ledger.sweeps, ended) if ended else len(ledger.sweeps)
    if place == len(ledger.sweeps) or ledger.sweeps[place] > one.end:
        return None
    return ledger.sweeps[place]


def _is_covered(one: Trouble, reds: dict[str, list[tuple[datetime, datetime, str]]], ledger: Ledger) -> bool:
    at = _first_sweep(one, reds, ledger)
    assert at is not None
    return any(one.job in entry.jobs and entry.is_open_at(at) for entry in ledger.entries)


def _was_in_trouble(world: World, entry: Entry, at: datetime) -> bool:
    return any(one.start <= at for job in entry.jobs for one in world.of(job))


def _is_wrong(world: World, entry: Entry, place: int, at: datetime) -> bool:
    last = entry.last_failure[min(place, len(entry.last_failure) - 1)]
    slack = timedelta(minutes=30)
    return at not in entry.duplicates and any(
        one.start <= last <= one.end + slack and at < one.end
        for job in entry.jobs
        for one in world.of(job)
        if one.kind != "flaky"
    )


def _is_left_open(world: World, entry: Entry) -> bool:
    quiet = world.end - timedelta(days=28)
    is_open = len(entry.closed) < len(entry.opened)
    return is_open and not any(one.end > quiet for job in entry.jobs for one in world.of(job))
