"""Things that go wrong between a client and GitHub, to be had on demand."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

FaultKind = Literal[
    "status",
    "html",
    "lost-reply",
    "reset",
    "timeout",
    "truncated",
    "drip",
    "lag",
    "incomplete",
    "malformed",
    "primary-rate-limit",
    "secondary-rate-limit",
    "missing-log",
]

_LOG_PATH = re.compile(r"/actions/jobs/\d+/logs$")
_LIST_PATH = re.compile(r"/issues$")
_OF_LISTS = ("lag", "incomplete")


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, for the requests it matches.

    `status`: the server answers `status` (with `body`, or an error of GitHub's shape) and does no work.
    `html`: the same, with a page instead of JSON, as a proxy in between would.
    `lost-reply`: the work is done, then the connection is closed without an answer.
    `reset`: the connection is closed before any work.
    `timeout`: the answer comes `seconds` late; with `work=False` nothing is done before a 504.
    `malformed`: the work is done, and the JSON of the answer is what `change` makes of it.
    `truncated`: the answer's status and headers are right, its JSON ends in the middle.
    `drip`: the answer is right, with its length, but its body comes a byte every `seconds`.
    `lag`: a list of issues is `seconds` old: it lacks the issues that were opened since, by the clock on the wall.
    `incomplete`: a list of issues lacks those in `missing`; no other sign of it is given.
    `primary-rate-limit`: 403, nothing remains, the limit is reset in `retry_after` seconds.
    `secondary-rate-limit`: 403 (or `status`) with `Retry-After`.
    `missing-log`: the log's redirect leads to a blob that is gone; matches log requests only.
    """

    kind: FaultKind
    method: str | None = None
    path: str | None = None
    times: int | None = 1
    after: int = 0
    status: int | None = None
    body: str | None = None
    seconds: float = 5.0
    retry_after: int = 1
    work: bool = True
    missing: tuple[int, ...] = ()
    change: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"no fault {self.kind!r}; there are {', '.join(get_args(FaultKind))}")

    def matches(self, method: str, path: str, query: str) -> bool:
        """Is this request one it happens to?"""
        if self.method is not None and self.method.upper() != method:
            return False
        if self.kind == "missing-log" and not _LOG_PATH.search(path):
            return False
        if self.kind in _OF_LISTS and not (method == "GET" and _LIST_PATH.search(path)):
            return False
        whole = f"{path}?{query}" if query else path
        return self.path is None or any(re.search(self.path, text) for text in (path, whole))


@dataclass
class _Armed:
    fault: Fault
    matched: int = 0

    def strikes(self) -> bool:
        """Count a matching request; is it one of those that go wrong?"""
        self.matched += 1
        nth = self.matched - self.fault.after
        return nth > 0 and (self.fault.times is None or nth <= self.fault.times)


@dataclass
class Faults:
    """The faults that wait for their requests."""

    _armed: list[_Armed] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Let a fault wait."""
        self._armed.append(_Armed(fault))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._armed.clear()

    def strike(self, method: str, path: str, query: str) -> Fault | None:
        """The fault this request meets: the first that strikes; the others did not see the request."""
        for armed in self._armed:
            if armed.fault.matches(method, path, query) and armed.strikes():
                return armed.fault
        return None
