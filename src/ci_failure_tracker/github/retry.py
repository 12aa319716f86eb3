"""When a request is tried again, how long is waited for it, and how many a sweep may send."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ci_failure_tracker.errors import RequestsSpentError

_FORBIDDEN, _TOO_MANY = 403, 429
_FAULTS = range(500, 600)
_DONE = range(200, 300)

Answer = tuple[int, Mapping[str, Any], str]
"""Status, headers with their names in small letters, and body."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long a sweep tries; all times in seconds.

    `timeout` is how long a request may leave us without a byte, `tries` how often each is sent at most, `backoff` the
    wait before the second try, which doubles. `longest_wait` is the most that a rate limit may hold one request up and
    `longest_in_all` the most that all waits of a sweep may take: a job's minutes cost money. `whole_log` bounds the
    download of one log.
    """

    timeout: float = 30
    tries: int = 4
    backoff: float = 0.5
    longest_wait: float = 90
    longest_in_all: float = 300
    between_writes: float = 1.0
    whole_log: float = 120

    def wait(self, answer: Answer | None, tried: int, *, may_repeat: bool) -> float | None:
        """How long to wait before the next try; `None` where there shall be none.

        No answer is one that was lost. What GitHub asks to wait for it did not do, so that a write may be sent again
        as well.
        """
        if tried >= self.tries:
            return None
        backoff = float(self.backoff * 2 ** (tried - 1))
        if answer is None:
            return backoff if may_repeat else None
        status, headers = answer[:2]
        if is_held_back(status, headers) or _asks_to_wait(answer):
            wait = _asked_for(headers, backoff)
            return wait if wait <= self.longest_wait else None
        return backoff if may_repeat and (status in _FAULTS or is_broken(answer)) else None


def is_held_back(status: int, headers: Mapping[str, Any]) -> bool:
    """Whether GitHub asks to wait, as its headers say it; no request that it refuses so was done."""
    named = {name.lower(): value for name, value in headers.items()}
    return status == _TOO_MANY or (
        status == _FORBIDDEN and (named.get("x-ratelimit-remaining") == "0" or "retry-after" in named)
    )


def _asks_to_wait(answer: Answer) -> bool:
    """A secondary limit may be told by the message alone."""
    status, _, text = answer
    return status == _FORBIDDEN and "secondary rate limit" in text


def _asked_for(headers: Mapping[str, Any], backoff: float) -> float:
    after, reset = str(headers.get("retry-after", "")), str(headers.get("x-ratelimit-reset", ""))
    if after.isdigit():
        return float(after)
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        # A second more: GitHub's clock and this one need not agree.
        return max(0.0, float(reset) - time.time()) + 1
    # GitHub's documentation asks for a minute, doubled with each further try, where it names no time.
    return 120 * backoff


def is_broken(answer: Answer) -> bool:
    """Whether an answer says that all is well and is a proxy's page, or JSON that was cut short."""
    status, headers, text = answer
    kind = str(headers.get("content-type", ""))
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
class Budget:
    """How many requests the sweep may send, and has.

    `left` is what GitHub leaves to the token; where that is less than `most` allows, it is what counts. A request for
    GraphQL counts as one, though GitHub takes it from another budget.
    """

    most: int
    made: int = 0
    left: int | None = None
    waited: float = 0.0
    last_write: float = field(default=float("-inf"))

    def hear(self, headers: Mapping[str, Any]) -> None:
        """What an answer says of the limit."""
        left = str(headers.get("x-ratelimit-remaining", ""))
        if left.isdigit() and headers.get("x-ratelimit-resource", "core") == "core":
            self.left = int(left)

    def allows(self, requests: int, kept: float = 0.0) -> bool:
        """Whether something of so many requests may begin; `kept` is the part that is for what follows."""
        most = self.most if self.left is None else min(self.most, self.made + self.left)
        return self.made + requests <= most - int(most * kept)

    def check(self, requests: int, kept: float = 0.0) -> None:
        """Stop before something that may not begin.

        Raises:
            RequestsSpentError: where it may not.
        """
        if not self.allows(requests, kept):
            raise RequestsSpentError(self.made, self.most, self.left)

    @property
    def spent(self) -> bool:
        """Whether the sweep has sent all that it may, whatever GitHub leaves."""
        return self.made >= self.most

    def may_wait(self, seconds: float, retry_policy: RetryPolicy) -> bool:
        """Whether the sweep has that much time; if so, it is taken."""
        if self.waited + seconds > retry_policy.longest_in_all:
            return False
        self.waited += seconds
        return True
