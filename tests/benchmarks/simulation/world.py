"""What ran in a project, what GitHub shows of it at each moment, and the truth behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.model import Commit, Job, Run, Workflow

START = datetime(2025, 1, 6, tzinfo=UTC)
"""A Monday, at midnight."""


class Kind(StrEnum):
    """What may be wrong with a job."""

    BREAK = "break"
    STORM = "storm"
    FLAKY = "flaky"
    GONE = "gone"


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a job from one moment to another.

    `legs` are those that it hits, none for all of them. A break is in the commits from `start` on, a storm and a flake
    are in the air. A flaky job fails at `rate`. `gone` is a job that was taken out or renamed; it takes no time.
    """

    kind: Kind
    job: str
    legs: frozenset[str]
    start: datetime
    end: datetime
    cause: str
    rate: float = 1.0

    def hits(self, leg: str) -> bool:
        """Whether a leg is among those in trouble."""
        return not self.legs or leg in self.legs

    def is_on(self, moment: datetime) -> bool:
        """Whether the trouble lasts at a moment."""
        return self.start <= moment < self.end


@dataclass(frozen=True)
class Attempt:
    """One attempt of a run: its jobs as GitHub lists them once it is over."""

    started_at: datetime
    ended_at: datetime
    jobs: tuple[Job, ...]
    conclusion: str


@dataclass(frozen=True)
class Story:
    """A run as it really went; its first attempt begins when it is created."""

    id: int
    number: int
    workflow: Workflow
    event: str
    commit: Commit
    attempts: tuple[Attempt, ...]

    @property
    def created_at(self) -> datetime:
        """When the run was created."""
        return self.attempts[0].started_at

    def shown(self, attempt: int, *, ended: bool) -> Run:
        """The run as GitHub shows it while an attempt runs, or once it is over."""
        newest = self.attempts[attempt - 1]
        return Run(
            id=self.id,
            number=self.number,
            attempt=attempt,
            workflow=self.workflow,
            event=self.event,
            branch="main",
            commit=self.commit,
            status="completed" if ended else "in_progress",
            conclusion=newest.conclusion if ended else None,
            created_at=self.created_at,
            started_at=newest.started_at,
            updated_at=newest.ended_at if ended else newest.started_at,
            from_fork=False,
        )

    def jobs(self, attempts: int) -> tuple[Job, ...]:
        """The jobs of the first attempts, as the API lists them all."""
        return tuple(job for attempt in self.attempts[:attempts] for job in attempt.jobs)


@dataclass(frozen=True)
class Event:
    """A moment at which GitHub began to show something else of a run."""

    at: datetime
    story: Story
    run: Run


@dataclass(frozen=True)
class World:
    """All that happened. `causes` says of each red job, by its number, which trouble made it so."""

    troubles: tuple[Trouble, ...]
    stories: tuple[Story, ...]
    causes: Mapping[int, Trouble]
    end: datetime

    def events(self) -> list[Event]:
        """Everything that GitHub showed, in the order of time; a run that ends the moment it begins is seen ended."""
        return sorted(self._events(), key=lambda one: (one.at, one.story.id, one.run.attempt, one.run.finished))

    def _events(self) -> Iterator[Event]:
        for story in self.stories:
            for number, attempt in enumerate(story.attempts, start=1):
                yield Event(attempt.started_at, story, story.shown(number, ended=False))
                yield Event(attempt.ended_at, story, story.shown(number, ended=True))


def key_of(workflow: str, job: str) -> str:
    """What the issues of a job are known by: the workflow, and the job without its leg."""
    return f"{workflow} / {split_leg(job)[0]}"


class Feed:
    """What GitHub shows at a moment that only moves on."""

    def __init__(self, world: World) -> None:
        self._events = world.events()
        self._place = 0
        self._ids: list[int] = []
        self._runs: dict[int, Run] = {}
        self._stories: dict[int, Story] = {}

    def advance(self, now: datetime) -> list[Event]:
        """Go on to a moment; what happened on the way."""
        first = self._place
        while self._place < len(self._events) and self._events[self._place].at <= now:
            one = self._events[self._place]
            if one.story.id not in self._runs:
                self._ids.append(one.story.id)
            self._runs[one.story.id], self._stories[one.story.id] = one.run, one.story
            self._place += 1
        return self._events[first : self._place]

    def newest(self, most: int) -> Sequence[Run]:
        """The newest runs first, as many as asked for; they were created in the order in which they were seen."""
        return [self._runs[one] for one in reversed(self._ids[-most:])]

    def has_more(self, most: int) -> bool:
        """Whether there are more runs than that."""
        return len(self._ids) > most

    def jobs(self, run: Run) -> tuple[Job, ...]:
        """The jobs of all attempts of a run."""
        return self._stories[run.id].jobs(run.attempt)
