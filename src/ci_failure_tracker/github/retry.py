"""When a request is repeated, how long it waits, and how many requests the token and a sweep may send."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import RLock
from typing import Any

from ci_failure_tracker.errors import RequestsSpentError, WritesSpentError

_FORBIDDEN, _TOO_MANY = 403, 429
_FAULTS = range(500, 600)
# Answers of one hour may name a reset that differs by a few seconds.
_CLOCKS_DIFFER = 60
_DONE = range(200, 300)
# GitHub counts five points for a write ("Rate limits for the REST API").
_POINTS_OF_WRITE = 5
# Room for twenty writes in a minute.
_POINTS_FOR_WRITES = 100

Answer = tuple[int, Mapping[str, Any], str]
"""Status, headers with lower-case names, and body."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a sweep tries; all times are in seconds.

    timeout         how long a request may wait for the next byte
    tries           how often a request is sent at most
    backoff         the wait before the second try; it doubles with each further try
    longest_wait    the longest wait of one request for a rate limit
    longest_in_all  the longest sum of all waits of a sweep, because the minutes of a job cost money
    looking         the longest sum of all waits of a sweep for new issues whose answers were lost
    between_writes  the least time between two writes
    whole_log       the longest download of one log, from the first byte that is sent to the last one that comes
    """

    # GitHub ends a REST request after ten seconds, so that thirty without a byte mean a dead connection. Four tries end
    # within four seconds of waiting. Secondary limits ask for a minute, which `longest_wait` has room for.
    timeout: float = 30
    tries: int = 4
    backoff: float = 0.5
    longest_wait: float = 90
    longest_in_all: float = 300
    looking: float = 30
    between_writes: float = 1.0
    whole_log: float = 120

    def wait(self, answer: Answer | None, tried: int, *, broken: bool, may_repeat: bool) -> float | None:
        """How long to wait before the next try; `None` if there is no next try.

        `answer` is `None` if it was lost, and `broken` says whether it is cut short. If GitHub asks to wait, it did not
        carry out the request, so a write may be repeated as well.
        """
        if tried >= self.tries:
            return None
        backoff = float(self.backoff * 2 ** (tried - 1))
        if answer is None:
            # A write whose answer was lost may have been carried out.
            return backoff if may_repeat else None
        status, headers = answer[:2]
        if is_held_back(status, headers) or _asks_to_wait(answer):
            wait = _requested_wait(headers, backoff)
            return wait if wait <= self.longest_wait else None
        # Other errors, such as a 404 or a 422, would only come again.
        return backoff if may_repeat and (status in _FAULTS or broken) else None


def reset_of(headers: Mapping[str, Any]) -> int | None:
    """When GitHub sets the limit back, in seconds since 1970; `None` if the headers do not say it."""
    text = str({name.lower(): value for name, value in headers.items()}.get("x-ratelimit-reset", ""))
    return int(text) if text.isdigit() else None


def is_held_back(status: int, headers: Mapping[str, Any]) -> bool:
    """Whether the headers ask to wait; GitHub did not carry out such a request."""
    named = {name.lower(): value for name, value in headers.items()}
    return status == _TOO_MANY or (
        status == _FORBIDDEN and (named.get("x-ratelimit-remaining") == "0" or "retry-after" in named)
    )


def _asks_to_wait(answer: Answer) -> bool:
    """Whether the message names a secondary rate limit, which the headers may leave out."""
    status, _, text = answer
    return status == _FORBIDDEN and "secondary rate limit" in text


def _requested_wait(headers: Mapping[str, Any], backoff: float) -> float:
    after, reset = str(headers.get("retry-after", "")), str(headers.get("x-ratelimit-reset", ""))
    if after.isdigit():
        return float(after)
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        # One second more, because GitHub's clock and this one may differ.
        return max(0.0, float(reset) - time.time()) + 1
    # If GitHub names no time, its documentation asks for a minute, doubled with each further try.
    # The first backoff is half a second, which makes a minute; the second minute is doubled and beyond `longest_wait`.
    return 120 * backoff


def is_broken(answer: Answer) -> bool:
    """Whether an answer with a status of success is the page of a proxy, or JSON that was cut short."""
    status, headers, text = answer
    kind = str(headers.get("content-type", ""))
    # An answer without a body, such as a 204, has nothing that could be cut short.
    if status not in _DONE or not text:
        return False
    if "json" not in kind:
        return "html" in kind
    try:
        json.loads(text)
    except ValueError:
        return True
    return False


@dataclass(slots=True)
class _Window:
    """What was spent in the last minute or hour."""

    seconds: float
    limit: int
    total: int = 0
    _spent: deque[tuple[float, int]] = field(default_factory=deque)

    def wait(self, now: float, points: int, limit: int) -> float:
        """How many seconds it takes until there is room for so many points.

        Points beyond the limit wait until nothing else is in the window.
        """
        while self._spent and self._spent[0][0] <= now - self.seconds:
            self.total -= self._spent.popleft()[1]
        over, free = self.total + points - limit, now
        for at, spent in self._spent:
            if over <= 0:
                break
            over, free = over - spent, at + self.seconds
        return free - now

    def spend(self, now: float, points: int) -> None:
        """Count points that are spent now."""
        self._spent.append((now, points))
        self.total += points


@dataclass(slots=True)
class TokenLimits:
    """What GitHub allows the token. All sweeps of the process share it, and several threads may use it.

    anonymous   whether there is no token; then `left` is for all who share the address of this machine
    parallel    how many processes use the token at the same time; each takes its part of everything
    kept        requests of an hour that are left to other programs
    made        requests that all sweeps have sent
    left        requests that GitHub leaves to the token in this hour
    reset       when GitHub sets its limit back, in seconds since 1970
    held_until  the time before which no request is sent, by `time.monotonic`

    The secondary limits are 900 points a minute, of which a write takes five, 80 writes a minute, and 500 an hour
    ("Rate limits for the REST API"). With a second between writes there are never 80 in a minute. GraphQL has a limit
    of its own, 2,000 points a minute. A query takes one, and the tracker writes nothing by GraphQL.
    """

    anonymous: bool = False
    parallel: int = 1
    kept: int = 0
    made: int = 0
    left: int | None = None
    reset: int | None = None
    held_until: float = float("-inf")
    # It can be taken twice by one thread: `Budget.may_repeat` holds it when it calls `may_wait`.
    lock: RLock = field(default_factory=RLock, repr=False, compare=False)
    _points: _Window = field(default_factory=partial(_Window, 60, 900), repr=False)
    _graphql: _Window = field(default_factory=partial(_Window, 60, 2000), repr=False)
    _writes: _Window = field(default_factory=partial(_Window, 3600, 500), repr=False)
    _last_write: float = float("-inf")

    @property
    def free(self) -> int | None:
        """How many requests this process may still send in this hour; `None` if it is not known."""
        return None if self.left is None else max(0, self.left - self.kept) // self.parallel

    def read_headers(self, headers: Mapping[str, Any]) -> None:
        """Take over what the headers of an answer say about the rate limit; answers may overtake one another."""
        left, reset = str(headers.get("x-ratelimit-remaining", "")), reset_of(headers)
        # GraphQL and search have limits of their own, with the same headers.
        if not left.isdigit() or headers.get("x-ratelimit-resource", "core") != "core":
            return
        with self.lock:
            same_hour = self.left is not None and abs((reset or 0) - (self.reset or 0)) < _CLOCKS_DIFFER
            # Answers of several threads overtake one another, and the smallest number is the latest.
            self.left = min(self.left or 0, int(left)) if same_hour else int(left)
            self.reset = reset

    def wait_for_turn(self, retry_policy: RetryPolicy, *, writes: bool, graphql: bool = False) -> None:
        """Wait until a request may be sent, and count it. If GitHub tells one request to wait, all wait.

        Raises:
            WritesSpentError: the writes of this hour are used up.
        """
        # It sleeps without the lock, so another thread may take the turn meanwhile; therefore it asks again.
        while (seconds := self._take_turn(retry_policy, writes, graphql)) > 0:
            time.sleep(seconds)

    def _take_turn(self, retry_policy: RetryPolicy, writes: bool, graphql: bool) -> float:
        """Count a request that may be sent now, or say how long it has to wait."""
        with self.lock:
            now, window = time.monotonic(), self._graphql if graphql else self._points
            points = _POINTS_OF_WRITE if writes else 1
            # Reads leave room for writes, or a write would wait until all others have nothing to read any more.
            most = window.limit - (0 if writes or graphql else _POINTS_FOR_WRITES)
            wait = max(self.held_until - now, window.wait(now, points, most // self.parallel))
            if writes:
                wait = max(wait, self._wait_of_write(now, retry_policy))
            if wait <= 0:
                window.spend(now, points)
                if writes:
                    self._writes.spend(now, 1)
                    self._last_write = now
            return wait

    def _wait_of_write(self, now: float, retry_policy: RetryPolicy) -> float:
        """GitHub asks for a second between writes ("Best practices for using the REST API")."""
        in_hour = self._writes.wait(now, 1, self._writes_an_hour)
        if in_hour > retry_policy.longest_wait:
            raise WritesSpentError(self._writes.limit, self.parallel)
        return max(in_hour, self._last_write + retry_policy.between_writes * self.parallel - now)

    @property
    def _writes_an_hour(self) -> int:
        # A share of less than one write would never let a process write.
        return max(1, self._writes.limit // self.parallel)

    @property
    def may_write(self) -> bool:
        """Whether the writes of this hour are not used up."""
        with self.lock:
            return self._writes.wait(time.monotonic(), 1, self._writes_an_hour) <= 0


@dataclass(slots=True)
class Budget:
    """How many requests one sweep may send, and how many it has sent; several threads may use it.

    made        requests sent; a GraphQL request counts as one, although GitHub takes it from another budget
    most        requests that the sweep may send
    limits      what GitHub allows the token; it bounds the sweep as well
    waited      seconds of waiting so far
    reserved    requests that other threads are about to send
    """

    most: int
    made: int = 0
    limits: TokenLimits = field(default_factory=TokenLimits)
    waited: float = 0.0
    reserved: int = 0

    def count(self) -> None:
        """Count a request that is about to be sent."""
        with self.limits.lock:
            self.made += 1
            self.limits.made += 1
            self.reserved = max(0, self.reserved - 1)

    @property
    def allowed(self) -> int:
        """How many requests the sweep may send in all, as far as is known."""
        free = self.limits.free
        return self.most if free is None else min(self.most, self.made + free)

    def check(self, requests: int, kept: float = 0.0) -> None:
        """Check that so many requests may be sent; the part `kept` of the budget is for later requests.

        Raises:
            RequestsSpentError: they may not be sent.
        """
        with self.limits.lock:
            if requests > self._room(kept):
                raise self.spent_error()

    def spent_error(self) -> RequestsSpentError:
        """The error that says that no more may be sent."""
        return RequestsSpentError(self.made, self.most, self.limits.free, without_token=self.limits.anonymous)

    def reserve(self, requests: int, kept: float = 0.0) -> int:
        """How many of these requests may be sent; they are counted as sent by `check` in other threads.

        What was reserved before and not sent is free again.
        """
        with self.limits.lock:
            self.reserved = 0
            self.reserved = max(0, min(requests, self._room(kept)))
            return self.reserved

    def _room(self, kept: float) -> int:
        return self.allowed - int(self.allowed * kept) - self.made - self.reserved

    @property
    def spent(self) -> bool:
        """Whether the sweep has sent all its requests, whatever GitHub leaves to the token."""
        return self.made + self.reserved >= self.most

    def may_repeat(self, wait: float, retry_policy: RetryPolicy) -> bool:
        """Whether a request may be sent once more after a wait; if so, no request is sent before that is over.

        Waits of several threads at the same time count once.
        """
        limits = self.limits
        with limits.lock:
            now = time.monotonic()
            held_until = max(limits.held_until, now + wait)
            if self.spent or not self.may_wait(held_until - max(limits.held_until, now), retry_policy):
                return False
            limits.held_until = held_until
            # No other thread may spend the request of the repeat while this one waits.
            self.reserved += 1
            return True

    def may_wait(self, seconds: float, retry_policy: RetryPolicy) -> bool:
        """Whether the sweep has so much time left; if so, the time is counted as waited."""
        with self.limits.lock:
            if self.waited + seconds > retry_policy.longest_in_all:
                return False
            self.waited += seconds
            return True
