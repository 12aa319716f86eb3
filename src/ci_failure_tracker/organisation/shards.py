"""Divides repositories into shards, each of which one job looks at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heappush, heapreplace

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model.words import counted

_MOST_BYTES = 1_000_000
"""The largest output of a job. GitHub counts two bytes for each character."""


@dataclass(slots=True)
class _Shard:
    """A shard with so many places, and the names that have one; the lightest comes first."""

    number: int
    places: int
    held: list[tuple[bytes, str]] = field(default_factory=list)

    def take(self, name: str) -> str | None:
        """Give the name a place if there is one or a lighter name has it; returns who has none then."""
        entry = (_weight(name, self.number), name)
        if len(self.held) < self.places:
            heappush(self.held, entry)
            return None
        if not self.held or entry < self.held[0]:
            return name
        # Who is pushed out asks the next shard in its own order, and so few others move.
        return heapreplace(self.held, entry)[1]


def shards_of(names: Iterable[str], count: int) -> tuple[tuple[str, ...], ...]:
    """The names in so many shards; their sizes differ by one at most.

    This is rendezvous hashing with places: every pair of a name and a shard has a weight, names ask the shards in the
    order of these weights, and a full shard keeps the heaviest. The outcome does not depend on the order of the names.
    When a name comes or goes, a few others move: five of 5,000 names in 256 shards, where new parts would move 99.
    """
    every = tuple(names)
    least, more = divmod(len(every), count)
    shards = [_Shard(number, least + (number < more)) for number in range(count)]
    # A byte for each shard: lists would take 300 MB at the limits.
    asked = {name: iter(_order(name, count)) for name in every}
    for name in every:
        seeking: str | None = name
        while seeking is not None:
            seeking = shards[next(asked[seeking])].take(seeking)
    return tuple(tuple(sorted((name for _, name in shard.held), key=str.lower)) for shard in shards)


def _order(name: str, count: int) -> bytes:
    """The shards in the order in which a name asks them."""
    shards: list[int] = sorted(range(count), key=lambda shard: _weight(name, shard), reverse=True)
    return bytes(shards)


def _weight(name: str, shard: int) -> bytes:
    return blake2b(f"{shard}/{name.lower()}".encode(), digest_size=8).digest()


def matrix_of(shards: Sequence[Sequence[str]]) -> str:
    """What `strategy.matrix: ${{ fromJSON(...) }}` takes: a job for each shard that has repositories.

    Raises:
        SettingsError: it is too large for an output of a job.
    """
    # A matrix with an empty job would start a runner for nothing.
    filled = [(number, names) for number, names in enumerate(shards, start=1) if names]
    jobs = [{"shard": number, "shards": len(shards), "repositories": ",".join(names)} for number, names in filled]
    text = json.dumps({"include": jobs}, separators=(",", ":"))
    if 2 * len(text) > _MOST_BYTES:
        many = counted(sum(map(len, shards)), "repository", "repositories")
        raise SettingsError(
            [f"The names of {many} do not fit into the output of a job (1 MB); choose fewer in one call."]
        )
    return text
