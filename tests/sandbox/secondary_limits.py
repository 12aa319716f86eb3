"""The secondary rate limits: what a token may ask for in a minute and at once, and the most that it did ask for."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.call import Refusal

_MINUTE, _HOUR = 60.0, 3600.0
_AT_ONCE = 100
_READS = ("GET", "HEAD", "OPTIONS")
_WRITE = 5
"""The points of a write; a read is one. A GraphQL query without a mutation is a read, whatever it costs."""
MESSAGE = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@dataclass(frozen=True)
class Usage:
    """The most that a token asked for in any minute or hour and at once, and how many requests were refused."""

    rest_points_a_minute: int
    graphql_points_a_minute: int
    writes_a_minute: int
    writes_an_hour: int
    at_once: int
    refused: int


@dataclass
class _Window:
    """The points of the last minute or hour."""

    seconds: float
    limit: int
    most: int = 0
    total: int = 0
    _spent: deque[tuple[float, int]] = field(default_factory=deque)

    def wait(self, now: float, points: int) -> float:
        """How many seconds it takes until there is room for so many points."""
        while self._spent and self._spent[0][0] <= now - self.seconds:
            self.total -= self._spent.popleft()[1]
        over, free = self.total + points - self.limit, now
        for at, spent in self._spent:
            if over <= 0:
                break
            over, free = over - spent, at + self.seconds
        return free - now

    def spend(self, now: float, points: int) -> None:
        self._spent.append((now, points))
        self.total += points
        self.most = max(self.most, self.total)


@dataclass
class _Spent:
    """What one token asked for."""

    rest: _Window = field(default_factory=lambda: _Window(_MINUTE, 900))
    graphql: _Window = field(default_factory=lambda: _Window(_MINUTE, 2000))
    writes: _Window = field(default_factory=lambda: _Window(_MINUTE, 80))
    writes_an_hour: _Window = field(default_factory=lambda: _Window(_HOUR, 500))
    at_once: int = 0
    most_at_once: int = 0
    refused: int = 0


@dataclass
class SecondaryLimits:
    """Counts what each token asks for, over all repositories, and refuses what is too much if it is told to.

    A refused request is not among what was asked for. `clock` is in seconds.
    """

    enforced: bool = False
    clock: Callable[[], float] = time.monotonic
    _tokens: dict[str, _Spent] = field(default_factory=dict)

    def begin(self, token: str) -> None:
        """A request has come; it is there until `end`."""
        spent = self._of(token)
        spent.at_once += 1
        spent.most_at_once = max(spent.most_at_once, spent.at_once)

    def end(self, token: str) -> None:
        """The request was answered."""
        self._of(token).at_once -= 1

    def admit(self, token: str, method: str, *, graphql: bool) -> None:
        """Count a request, or refuse it. No query of GraphQL writes here."""
        spent, now = self._of(token), self.clock()
        writes = method not in _READS and not graphql
        windows = [(spent.graphql if graphql else spent.rest, _WRITE if writes else 1)]
        windows += [(spent.writes, 1), (spent.writes_an_hour, 1)] if writes else []
        wait = max(window.wait(now, points) for window, points in windows)
        if self.enforced and (wait or spent.at_once > _AT_ONCE):
            spent.refused += 1
            raise Refusal(403, MESSAGE, headers={"Retry-After": str(max(1, math.ceil(wait)))})
        for window, points in windows:
            window.spend(now, points)

    def usage(self, token: str) -> Usage:
        """The most that a token asked for so far."""
        spent = self._of(token)
        return Usage(
            rest_points_a_minute=spent.rest.most,
            graphql_points_a_minute=spent.graphql.most,
            writes_a_minute=spent.writes.most,
            writes_an_hour=spent.writes_an_hour.most,
            at_once=spent.most_at_once,
            refused=spent.refused,
        )

    def renew(self) -> None:
        """Forget what was asked for; the requests that are there stay."""
        self._tokens = {token: _Spent(at_once=spent.at_once) for token, spent in self._tokens.items()}

    def _of(self, token: str) -> _Spent:
        return self._tokens.setdefault(token, _Spent())
