"""A model of 5,000 repositories in shards: each shard takes what a sweep of so many repositories took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.organisation.measure import FIRST, PLANNED, QUIET, Swept

REPOSITORIES = 5_000
AT_ONCE = 10
"""Jobs of the matrix that run at the same time."""

LIMITS = (5_000, 12_500)
"""Requests of REST that an App's token has in an hour, and points of GraphQL: by the number of its repositories."""

_MOST_SHARDS = 256
_POINTS_A_MINUTE, _POINTS_OF_WRITE = 900, 5
_WRITES_AN_HOUR = 500


@dataclass(frozen=True)
class Hours:
    """How many hours something takes, and how that is computed."""

    hours: float
    arithmetic: str


@dataclass(frozen=True)
class Shards:
    """One sweep of all shards. `seconds` is what one shard takes without the waits between writes."""

    shards: int
    size: int
    sweep: str
    rest: int
    points: int
    writes: int
    seconds: float

    @property
    def work(self) -> Hours:
        """The shards, if no limit holds them back."""
        rounds = -(-self.shards // AT_ONCE)
        return Hours(rounds * self.seconds / 3600, f"{rounds:,} x {self.seconds:.1f} s")

    @property
    def minutes(self) -> Hours:
        """The secondary limit of a minute."""
        points = self.rest + _POINTS_OF_WRITE * self.writes
        return Hours(points / _POINTS_A_MINUTE / 60, f"{points:,} / {_POINTS_A_MINUTE} / 60")

    @property
    def hourly_writes(self) -> Hours:
        """The secondary limit of an hour."""
        return Hours(self.writes / _WRITES_AN_HOUR, f"{self.writes:,} / {_WRITES_AN_HOUR}")

    def requests(self, limit: int) -> Hours:
        """The limit of an hour: that of REST or that of GraphQL, whichever is used up first."""
        most = max(self.rest, self.points)
        return Hours(most / limit, f"{most:,} / {limit:,}")

    def in_all(self, limit: int) -> float:
        """The hours until all shards are through: what takes longest."""
        return max(part.hours for part in (self.work, self.minutes, self.hourly_writes, self.requests(limit)))


def modelled(measured: Swept) -> Iterator[Shards]:
    """The first sweep and a sweep with nothing new, in shards as large as the organisation that was measured."""
    shards = -(-REPOSITORIES // measured.repositories)
    if shards > _MOST_SHARDS:
        return
    for name, undisturbed in ((FIRST, PLANNED), (QUIET, QUIET)):
        taken = measured[name].taken
        yield Shards(
            shards,
            measured.repositories,
            name,
            rest=shards * taken.rest,
            points=shards * taken.points,
            writes=shards * taken.writes,
            seconds=measured[undisturbed].seconds,
        )
