"""A simulated year of a project with 40 jobs: the runs and the troubles behind them. A seed always gives one year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from ci_failure_tracker.model import Commit, Job, Run, Step, Workflow

START = datetime(2025, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
FLAKY_RATES = (0.01, 0.02, 0.05, 0.1, 0.3)
"""How often a flaky job fails."""

_PUSHES_A_DAY = 6
_LASTS = timedelta(minutes=10)


@dataclass
class JobSpec:
    """A job of the project: its name, its legs at the moment, and how often it is skipped."""

    workflow: int
    name: str
    legs: list[str] = field(default_factory=list)
    skipped: float = 0.0
    gone: bool = False

    @property
    def key(self) -> str:
        """The workflow and the job, as issues name them."""
        return f"{WORKFLOWS[self.workflow].name}:{self.name}"


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a job for a time. `rate` is the share of its runs that fail, 1 unless `kind` is flaky."""

    kind: str
    job: str
    legs: frozenset[str]
    start: datetime
    end: datetime
    cause: str
    rate: float = 1.0


WORKFLOWS = [Workflow(number, f"Workflow {number}", f".github/workflows/w{number}.yml") for number in range(8)]
NIGHTLY = {6, 7}


@dataclass(frozen=True)
class Seen:
    """A run as GitHub shows it from a moment on, with the jobs of all attempts and the cause of each failed job."""

    since: datetime
    run: Run
    jobs: tuple[Job, ...]
    causes: tuple[tuple[int, str], ...]


@dataclass
class World:
    """The year. `views` are in order of time; a later view of a run replaces an earlier one."""

    troubles: list[Trouble]
    views: list[Seen]
    end: datetime

    def of(self, job: str) -> list[Trouble]:
        """The troubles of a job."""
        return [one for one in self.troubles if one.job == job]


def make_world(seed: int, days: int) -> World:
    """The year of a seed, or only its first days."""
    return _Maker(Random(seed), days).world()  # noqa: S311 - a simulation, no secret


class _Maker:
    def __init__(self, random: Random, days: int) -> None:
        self._random = random
        self._days = days
        self._end = START + timedelta(days=days)
        self._numbers = [count(1) for _ in WORKFLOWS]
        self._ids, self._jobs = count(1_000), count(500_000)
        self._commits = count(1)
        self._sha = ""
        self.specs = list(self._project())
        self.troubles = list(self._troubles())
        self._changes = sorted(self._matrix_changes(), key=lambda one: one[0])

    def _project(self) -> Iterator[JobSpec]:
        for number in range(40):
            legs = [f"3.{minor}" for minor in range(11, 11 + self._random.choice([0, 0, 0, 2, 3, 4]))]
            yield JobSpec(number % 8, f"job-{number}", legs, skipped=0.1 if number % 9 == 4 else 0.0)

    # --- the truth -------------------------------------------------------------------------------

    def _troubles(self) -> Iterator[Trouble]:
        causes = count(1)
        for _ in range(round(150 * self._days / 365)):
            spec = self._random.choice(self.specs)
            lasts = timedelta(hours=min(600.0, max(0.5, self._random.lognormvariate(2.5, 1.5))))
            legs = self._random.sample(spec.legs, self._random.randint(1, len(spec.legs))) if spec.legs else [""]
            yield self._trouble("break", spec, legs, lasts, f"AssertionError: cause {next(causes)}")
        for _ in range(max(1, round(12 * self._days / 365))):
            start, lasts = self._moment(), timedelta(hours=self._random.uniform(2, 48))
            cause = f"npm error network request failed: storm {next(causes)}"
            for spec in self._random.sample(self.specs, self._random.randint(5, 20)):
                yield Trouble("storm", spec.key, frozenset(spec.legs or [""]), start, start + lasts, cause)
        for spec in self._random.sample(self.specs, 8):
            lasts = timedelta(days=self._random.uniform(30, 120))
            legs = [self._random.choice(spec.legs or [""])]
            rate = self._random.choice(FLAKY_RATES)
            yield self._trouble("flaky", spec, legs, lasts, f"TimeoutError: flake {next(causes)}", rate)

    def _trouble(
        self, kind: str, spec: JobSpec, legs: list[str], lasts: timedelta, cause: str, rate: float = 1.0
    ) -> Trouble:
        start = self._moment()
        return Trouble(kind, spec.key, frozenset(legs), start, start + lasts, cause, rate)

    def _moment(self) -> datetime:
        return START + timedelta(hours=self._random.uniform(24, max(25, self._days * 24 - 24)))

    def _matrix_changes(self) -> Iterator[tuple[datetime, str, int]]:
        """Legs that are added or removed, and jobs that are removed."""
        with_legs = [place for place, spec in enumerate(self.specs) if spec.legs]
        for _ in range(6):
            yield self._moment(), self._random.choice(["add", "remove"]), self._random.choice(with_legs)
        for place in self._random.sample(range(40), 4):
            yield self._moment(), "gone", place

    # --- what runs -------------------------------------------------------------------------------

    def world(self) -> World:
        views: list[Seen] = []
        now = START
        while now < self._end:
            now += timedelta(hours=self._random.expovariate(_PUSHES_A_DAY / 24))
            self._let_change(now)
            if self._random.random() < 0.9:
                self._sha = f"{next(self._commits):040x}"
            for number in range(len(WORKFLOWS)):
                if number not in NIGHTLY and self._random.random() < 0.6:
                    views += self._run(number, now, "push")
            if now.hour < 4 and not any(self._ran_today(views, number, now) for number in NIGHTLY):
                for number in NIGHTLY:
                    views += self._run(number, now, "schedule")
        views.sort(key=lambda one: one.since)
        ended = [self._cut(one) for one in self.troubles]
        return World([one for one in ended if one.end > one.start], views, self._end)

    def _ran_today(self, views: list[Seen], number: int, now: datetime) -> bool:
        recent = views[-60:]
        return any(one.run.workflow.id == number and one.run.created_at.date() == now.date() for one in recent)

    def _cut(self, one: Trouble) -> Trouble:
        """The trouble, which ends when its job is removed."""
        gone = [at for at, what, place in self._changes if what == "gone" and self.specs[place].key == one.job]
        end = min([one.end, *gone])
        return Trouble(one.kind, one.job, one.legs, one.start, end, one.cause, one.rate)

    def _let_change(self, now: datetime) -> None:
        while self._changes_due(now):
            _, what, place = self._due.pop(0)
            spec = self.specs[place]
            if what == "gone":
                spec.gone = True
            elif what == "add":
                spec.legs.append(f"3.{20 + len(spec.legs)}")
            elif len(spec.legs) > 1:
                spec.legs.pop()

    def _changes_due(self, now: datetime) -> bool:
        if not hasattr(self, "_due"):
            self._due = list(self._changes)
        return bool(self._due) and self._due[0][0] <= now

    def _run(self, number: int, now: datetime, event: str) -> list[Seen]:
        specs = [spec for spec in self.specs if spec.workflow == number and not spec.gone]
        number_of_run, run_id = next(self._numbers[number]), next(self._ids)
        if event == "push" and self._random.random() < 0.03:
            return self._superseded(number, number_of_run, run_id, now) + self._run(
                number, now + timedelta(minutes=2), event
            )
        fates = {name: fate for spec in specs for name, fate in self._fates(spec, now)}
        first, causes = self._jobs_of(fates, 1, now)
        seen = [self._seen(number, number_of_run, run_id, event, 1, now, now + _LASTS, first, causes)]
        flaked = {name for name, (fate, cause) in fates.items() if fate == "failure" and "flake" in cause}
        if flaked and self._random.random() < 0.4:
            again = now + timedelta(minutes=self._random.uniform(20, 90))
            second, more = self._jobs_of(dict.fromkeys(flaked, ("success", "")), 2, again)
            jobs, all_causes = (*first, *second), (*causes, *more)
            rest = {name: fate for name, fate in fates.items() if name not in flaked}
            red = any(fate == "failure" for fate, _ in rest.values())
            seen.append(
                self._seen(
                    number, number_of_run, run_id, event, 2, now, again + _LASTS, jobs, all_causes, green=not red
                )
            )
        return seen

    def _superseded(self, number: int, number_of_run: int, run_id: int, now: datetime) -> list[Seen]:
        jobs = (Job(next(self._jobs), "job", "cancelled", (Step(1, "Run", "cancelled"),)),)
        seen = self._seen(number, number_of_run, run_id, "push", 1, now, now + timedelta(minutes=3), jobs, ())
        # Only completed runs are shown here; GitHub also lists the run that replaced this one.
        return [replace(seen, since=seen.since + _LASTS)]

    def _fates(self, spec: JobSpec, now: datetime) -> Iterator[tuple[str, tuple[str, str]]]:
        if self._random.random() < spec.skipped and not self._active(spec, now):
            yield spec.name, ("skipped", "")
            return
        for leg in spec.legs or [""]:
            name = f"{spec.name} ({leg})" if leg else spec.name
            hit = next((one for one in self._active(spec, now) if leg in one.legs and self._strikes(one)), None)
            yield name, ("failure", hit.cause) if hit else ("success", "")

    def _active(self, spec: JobSpec, now: datetime) -> list[Trouble]:
        return [one for one in self.troubles if one.job == spec.key and one.start <= now < one.end]

    def _strikes(self, one: Trouble) -> bool:
        return one.rate == 1.0 or self._random.random() < one.rate

    def _jobs_of(
        self, fates: dict[str, tuple[str, str]], attempt: int, now: datetime
    ) -> tuple[tuple[Job, ...], tuple[tuple[int, str], ...]]:
        jobs: list[Job] = []
        causes: list[tuple[int, str]] = []
        for name, (fate, cause) in fates.items():
            job_id = next(self._jobs)
            steps = () if fate == "skipped" else (Step(1, "Run", fate),)
            jobs.append(Job(job_id, name, fate, steps, attempt, now + _LASTS, now + timedelta(seconds=5 + len(jobs))))
            if fate == "failure":
                causes.append((job_id, cause))
        return tuple(jobs), tuple(causes)

    def _seen(  # noqa: PLR0917 - the fields of a run
        self,
        workflow: int,
        number: int,
        run_id: int,
        event: str,
        attempt: int,
        created: datetime,
        ended: datetime,
        jobs: tuple[Job, ...],
        causes: tuple[tuple[int, str], ...],
        *,
        green: bool = False,
    ) -> Seen:
        fates = {job.conclusion for job in jobs}
        worst = next((one for one in ("failure", "cancelled") if one in fates), "success")
        run = Run(
            id=run_id,
            number=number,
            attempt=attempt,
            workflow=WORKFLOWS[workflow],
            event=event,
            branch="main",
            commit=Commit(self._sha, "A change"),
            status="completed",
            conclusion="success" if green else worst,
            created_at=created,
            started_at=created if attempt == 1 else ended - _LASTS,
            updated_at=ended,
            from_fork=False,
        )
        return Seen(ended, run, jobs, causes)
