"""The seeded generator of a world: what the project is, what goes wrong in it, and every run of the year."""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from benchmarks.simulation.world import START, Attempt, Kind, Story, Trouble, World
from ci_failure_tracker.model import Commit, Job, Step, Workflow

WORKFLOWS = tuple(
    Workflow(number, name, f".github/workflows/{name.lower()}.yml")
    for number, name in enumerate(("CI", "Docs", "Lint", "Build", "Wheels", "Site", "Nightly", "Fuzz"), start=1)
)
JOBS = 40
_NIGHTLY = frozenset({"Nightly", "Fuzz"})
_CANCELS_OLDER = frozenset({"CI", "Docs", "Lint"})
_YEAR = 365
_PER_YEAR = {"breaks": 150, "storms": 12, "flakes": 9, "legs": 12, "gone": 8}


@dataclass(frozen=True)
class Leg:
    """A leg of a matrix and the time in which it is there; its name is empty where there is no matrix."""

    name: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Spec:
    """A job of the project: the time in which it is there, and how it behaves.

    `skips` is how often its condition leaves it out, `needs_first` says that it waits for the first job of its
    workflow, `fails_fast` that a red leg cancels the others.
    """

    workflow: Workflow
    name: str
    since: datetime
    until: datetime
    legs: tuple[Leg, ...]
    skips: float = 0.0
    needs_first: bool = False
    fails_fast: bool = False

    @property
    def key(self) -> str:
        """What an issue of it is known by."""
        return f"{self.workflow.name} / {self.name}"

    def legs_at(self, moment: datetime) -> list[str]:
        """The legs that a run of this moment has."""
        if not self.since <= moment < self.until:
            return []
        return [leg.name for leg in self.legs if leg.since <= moment < leg.until]


@dataclass(frozen=True)
class Push:
    """A commit on main."""

    at: datetime
    commit: Commit


@dataclass
class _Books:
    """What is numbered, and why each red job is red."""

    runs: Iterator[int] = field(default_factory=lambda: count(10_000))
    jobs: Iterator[int] = field(default_factory=lambda: count(500_000))
    causes: dict[int, Trouble] = field(default_factory=dict)


def make_world(seed: int, days: int = _YEAR) -> World:
    """The world of a seed: always the same."""
    random = Random(seed)  # noqa: S311 - a game, no secret
    end = START + timedelta(days=days)
    specs = _project(random, days, end)
    troubles = _troubles(random, specs, days, end)
    books = _Books()
    stories = list(_Runner(random, specs, troubles, books).stories(_pushes(random, end), end))
    stories.sort(key=lambda one: (one.created_at, one.id))
    return World(troubles, tuple(_numbered(stories)), books.causes, end)


def _numbered(stories: Iterable[Story]) -> Iterator[Story]:
    numbers: dict[int, Iterator[int]] = defaultdict(lambda: count(1))
    for run_id, story in enumerate(stories, start=10_000):
        yield dataclasses.replace(story, id=run_id, number=next(numbers[story.workflow.id]))


def _share(what: str, days: int) -> int:
    return max(1, round(_PER_YEAR[what] * days / _YEAR))


def _moment(random: Random, end: datetime) -> datetime:
    """Some moment, after a first week in which all is well."""
    first = START + timedelta(days=3)
    return first + timedelta(seconds=int(random.uniform(0, max(3600.0, (end - first).total_seconds()))))


# --- the project ---------------------------------------------------------------------------------


def _project(random: Random, days: int, end: datetime) -> tuple[Spec, ...]:
    forever = end + timedelta(days=1)
    specs: list[Spec] = []
    for number in range(JOBS):
        names = [f"3.{10 + minor}" for minor in range(random.choice([2, 3, 4]))] if number % 3 == 0 else [""]
        legs = tuple(Leg(name, START, forever) for name in names)
        later = number // len(WORKFLOWS) > 0
        spec = Spec(
            workflow=WORKFLOWS[number % len(WORKFLOWS)],
            name=f"job-{number:02}",
            since=START,
            until=forever,
            legs=legs,
            skips=random.choice([0.1, 0.3]) if number % 9 == 4 else 0.0,
            needs_first=later and number % 7 == 5,
            fails_fast=number % 2 == 0,
        )
        specs.append(spec)
    _change_legs(random, specs, _share("legs", days), end)
    _let_go(random, specs, _share("gone", days), end)
    return tuple(specs)


def _change_legs(random: Random, specs: list[Spec], times: int, end: datetime) -> None:
    """A leg comes, or the oldest one goes."""
    places = [place for place, spec in enumerate(specs) if spec.legs[0].name]
    for place in random.sample(places, min(times, len(places))):
        spec, at = specs[place], _moment(random, end)
        if random.random() < 0.5:
            legs = (*spec.legs, Leg(f"3.{10 + len(spec.legs)}", at, spec.until))
        else:
            legs = (dataclasses.replace(spec.legs[0], until=at), *spec.legs[1:])
        specs[place] = dataclasses.replace(spec, legs=legs)


def _let_go(random: Random, specs: list[Spec], times: int, end: datetime) -> None:
    """A job is taken out, or gets another name."""
    for turn, place in enumerate(random.sample(range(len(WORKFLOWS), JOBS), times)):
        spec, at = specs[place], _moment(random, end)
        specs[place] = dataclasses.replace(spec, until=at)
        if turn % 2:
            specs.append(dataclasses.replace(spec, name=f"{spec.name}-new", since=at))


# --- what goes wrong -----------------------------------------------------------------------------


def _troubles(random: Random, specs: tuple[Spec, ...], days: int, end: datetime) -> tuple[Trouble, ...]:
    numbers = count(1)
    made = [
        *_breaks(random, specs, _share("breaks", days), end, numbers),
        *_while_gone(random, specs, end, numbers),
        *_storms(random, specs, _share("storms", days), end, numbers),
        *_flakes(random, specs, _share("flakes", days), end, numbers),
    ]
    by_key = {spec.key: spec for spec in specs}
    lasting = (_within(one, by_key[one.job]) for one in made)
    gone = [Trouble(Kind.GONE, spec.key, frozenset(), spec.until, spec.until, "") for spec in specs if spec.until < end]
    found = [*(one for one in lasting if one.start < one.end), *gone]
    return tuple(sorted(found, key=lambda one: (one.start, one.job, one.cause)))


def _within(one: Trouble, spec: Spec) -> Trouble:
    """A trouble is over when the job is gone, or all the legs that it hits."""
    until = max((leg.until for leg in spec.legs if one.hits(leg.name)), default=spec.until)
    return dataclasses.replace(one, start=max(one.start, spec.since), end=min(one.end, spec.until, until))


def _some_legs(random: Random, spec: Spec, at: datetime) -> frozenset[str]:
    legs = spec.legs_at(at)
    if len(legs) < 2 or random.random() < 0.5:
        return frozenset()
    return frozenset(random.sample(legs, random.randint(1, len(legs) - 1)))


def _breaks(
    random: Random, specs: tuple[Spec, ...], times: int, end: datetime, ids: Iterator[int]
) -> Iterator[Trouble]:
    for _ in range(times):
        spec, at = random.choice(specs), _moment(random, end)
        lasts = timedelta(hours=min(24.0 * 28, max(0.2, random.lognormvariate(2.3, 1.6))))
        yield Trouble(Kind.BREAK, spec.key, _some_legs(random, spec, at), at, at + lasts, f"Break {next(ids)}")


def _while_gone(random: Random, specs: tuple[Spec, ...], end: datetime, ids: Iterator[int]) -> Iterator[Trouble]:
    """Every other job that goes is red when it does; under its new name it still is."""
    for spec in [spec for spec in specs if spec.until < end][::2]:
        start, cause = spec.until - timedelta(days=random.uniform(0.5, 9)), f"Break {next(ids)}"
        lasts = timedelta(days=random.uniform(10, 16))
        same = (one for one in specs if one.key in {spec.key, f"{spec.key}-new"})
        yield from (Trouble(Kind.BREAK, one.key, frozenset(), start, start + lasts, cause) for one in same)


def _storms(
    random: Random, specs: tuple[Spec, ...], times: int, end: datetime, ids: Iterator[int]
) -> Iterator[Trouble]:
    for _ in range(times):
        at, lasts, cause = _moment(random, end), timedelta(hours=random.uniform(2, 48)), f"Storm {next(ids)}"
        hit = random.sample([spec for spec in specs if spec.since <= at < spec.until], random.randint(5, 20))
        yield from (Trouble(Kind.STORM, spec.key, frozenset(), at, at + lasts, cause) for spec in hit)


def _flakes(
    random: Random, specs: tuple[Spec, ...], times: int, end: datetime, ids: Iterator[int]
) -> Iterator[Trouble]:
    for spec in random.sample(specs, times):
        at, lasts = _moment(random, end), timedelta(days=random.uniform(30, 150))
        legs = spec.legs_at(at)
        one = frozenset({random.choice(legs)}) if legs and random.random() < 0.7 else frozenset[str]()
        rate = random.uniform(0.01, 0.2)
        yield Trouble(Kind.FLAKY, spec.key, one, at, at + lasts, f"Flake {next(ids)}", rate)


# --- what runs -----------------------------------------------------------------------------------


def _pushes(random: Random, end: datetime) -> list[Push]:
    """Some six commits a working day, one in six right after another."""
    pushes: list[Push] = []
    at = START + timedelta(hours=1)
    for number in count(1):
        slow = 4.0 if at.weekday() > 4 else 1.0
        gap = random.uniform(1, 8) / 60 if random.random() < 1 / 6 else random.expovariate(5 / 24 / slow)
        at += timedelta(seconds=int(gap * 3600) + 30)
        if at >= end:
            return pushes
        pushes.append(Push(at, Commit(f"{number:040x}", f"Change {number}")))
    return pushes


def _newest(pushes: list[Push], at: datetime) -> Push:
    """What a run by hand or by the clock is of: the commit that main is at."""
    return pushes[max(0, bisect_right(pushes, at, key=lambda push: push.at) - 1)]


@dataclass(frozen=True)
class _Fate:
    """How a job of an attempt ended, how long it took, and why it is red."""

    conclusion: str
    minutes: float = 0.0
    trouble: Trouble | None = None


class _Runner:
    def __init__(self, random: Random, specs: tuple[Spec, ...], troubles: tuple[Trouble, ...], books: _Books) -> None:
        self._random, self._specs, self._books = random, specs, books
        self._troubles: dict[str, list[Trouble]] = defaultdict(list)
        for one in troubles:
            self._troubles[one.job].append(one)

    def stories(self, pushes: list[Push], end: datetime) -> Iterator[Story]:
        """Every run of the year; the numbers are given later, in the order of time."""
        for workflow in WORKFLOWS:
            if workflow.name in _NIGHTLY:
                yield from self._nightly(workflow, pushes, end)
            else:
                yield from self._pushed(workflow, pushes, end)

    def _pushed(self, workflow: Workflow, pushes: list[Push], end: datetime) -> Iterator[Story]:
        # Filters by path leave a workflow out of some commits.
        mine = [push for push in pushes if self._random.random() < 0.6]
        for push, following in zip(mine, [*mine[1:], None], strict=True):
            cancels = workflow.name in _CANCELS_OLDER and following is not None
            yield self._story(workflow, push, push.at, "push", following.at if cancels and following else None)
            again = push.at + timedelta(minutes=self._random.randint(20, 300))
            if self._random.random() < 0.05 and again < end:
                yield self._story(workflow, _newest(pushes, again), again, "workflow_dispatch", None)

    def _nightly(self, workflow: Workflow, pushes: list[Push], end: datetime) -> Iterator[Story]:
        at = START + timedelta(days=1, hours=2, minutes=workflow.id)
        while at < end:
            yield self._story(workflow, _newest(pushes, at), at, "schedule", None)
            at += timedelta(days=1)

    def _story(self, workflow: Workflow, push: Push, at: datetime, event: str, cut: datetime | None) -> Story:
        specs = [spec for spec in self._specs if spec.workflow is workflow and spec.legs_at(push.at)]
        attempts = [self._attempt(specs, push, at, 1, {})]
        if cut is not None and cut < attempts[0].ended_at:
            attempts = [self._cancelled(attempts[0], cut + timedelta(seconds=20))]
        elif attempts[0].conclusion == "failure" and self._random.random() < self._patience(attempts[0]):
            again = attempts[0].ended_at + timedelta(minutes=int(self._random.uniform(5, 120)))
            before = {} if self._random.random() < 0.3 else {job.name: job for job in attempts[0].jobs}
            attempts.append(self._attempt(specs, push, again, 2, before))
        return Story(next(self._books.runs), 0, workflow, event, push.commit, tuple(attempts))

    def _patience(self, attempt: Attempt) -> float:
        """How likely somebody runs it again."""
        kinds = {self._books.causes[job.id].kind for job in attempt.jobs if job.conclusion == "failure"}
        return 0.1 if Kind.BREAK in kinds else 0.2 if Kind.STORM in kinds else 0.45

    def _attempt(self, specs: list[Spec], push: Push, at: datetime, number: int, before: Mapping[str, Job]) -> Attempt:
        fates: dict[str, _Fate] = {}
        for spec in specs:
            stopped = spec.needs_first and any(_is_of(name, specs[0]) and one.trouble for name, one in fates.items())
            fates |= {_name(spec, ""): _Fate("skipped")} if stopped else self._fates(spec, push, at)
        jobs = tuple(self._job(name, fate, at, number, before) for name, fate in fates.items())
        ended = [job.completed_at for job in jobs if job.completed_at and job.attempt == number]
        red = any(job.conclusion == "failure" for job in jobs)
        conclusion = "failure" if red else "success"
        return Attempt(at, max([at + timedelta(minutes=1), *ended]), jobs, conclusion)

    def _fates(self, spec: Spec, push: Push, at: datetime) -> dict[str, _Fate]:
        if self._random.random() < spec.skips:
            return {_name(spec, ""): _Fate("skipped")}
        found: dict[str, _Fate] = {}
        for leg in spec.legs_at(push.at):
            hit = self._hit(spec, leg, push, at)
            found[_name(spec, leg)] = _Fate("failure" if hit else "success", self._random.uniform(2, 12), hit)
        red = [name for name, one in found.items() if one.trouble]
        if spec.fails_fast and red:
            for name in found.keys() - {red[0]}:
                found[name] = found[name] if found[name].minutes < found[red[0]].minutes else _Fate("cancelled", 2)
        return found

    def _hit(self, spec: Spec, leg: str, push: Push, at: datetime) -> Trouble | None:
        for one in self._troubles[spec.key]:
            since = push.at if one.kind is Kind.BREAK else at
            if one.is_on(since) and one.hits(leg) and (one.rate == 1.0 or self._random.random() < one.rate):
                return one
        return None

    def _job(self, name: str, fate: _Fate, at: datetime, attempt: int, before: Mapping[str, Job]) -> Job:
        number, old = next(self._books.jobs), before.get(name)
        if old is not None and old.conclusion == "success":
            # A re-run of the failed jobs lists the others once more, with the times at which they ran.
            return dataclasses.replace(old, id=number, attempt=attempt)
        if fate.trouble:
            self._books.causes[number] = fate.trouble
        begun, ended = at + timedelta(seconds=10), at + timedelta(seconds=10 + int(fate.minutes * 60))
        steps = (
            ()
            if fate.conclusion == "skipped"
            else (Step(1, "Set up job", "success"), Step(2, "Run it", fate.conclusion))
        )
        return Job(number, name, fate.conclusion, steps, attempt, ended, begun)

    def _cancelled(self, attempt: Attempt, at: datetime) -> Attempt:
        """What a newer run made stop: jobs that were over stay as they ended."""
        jobs = tuple(
            dataclasses.replace(
                job, conclusion="cancelled", completed_at=at, steps=(Step(1, "Set up job", "cancelled"),)
            )
            if job.completed_at is not None and job.completed_at > at
            else job
            for job in attempt.jobs
        )
        for job in jobs:
            if job.conclusion != "failure":
                self._books.causes.pop(job.id, None)
        return Attempt(attempt.started_at, at, jobs, "cancelled")


def _name(spec: Spec, leg: str) -> str:
    return f"{spec.name} ({leg})" if leg else spec.name


def _is_of(name: str, spec: Spec) -> bool:
    return name.partition(" (")[0] == spec.name
