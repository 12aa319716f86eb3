"""A local GitHub in a process of its own, so that its CPU time is not that of what is measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from time import process_time

from sandbox import Sandbox
from sandbox.organisation import APP_TOKEN, Organisation
from sandbox.secondary_limits import Usage

DELAY = 0.08
"""Seconds before each answer, about as many as GitHub takes."""

_CLOCK_BEHIND = timedelta(hours=2)
"""How far its clock is behind. Its times must be in the past for a program that uses the real time."""

_READING = ("GET", "HEAD")


@dataclass(frozen=True)
class Taken:
    """What a sweep asked for.

    rest       requests of REST that read
    graphql    requests of GraphQL, which took so many `points`
    writes     requests that wrote
    downloads  logs that came from the store, which counts for no limit
    usage      the most in any minute and hour, and what was refused
    seconds    CPU time of the local GitHub, a part of the seconds of the sweep
    """

    rest: int
    graphql: int
    points: int
    writes: int
    downloads: int
    usage: Usage
    seconds: float

    @property
    def reads(self) -> int:
        """Requests to the API that read."""
        return self.rest + self.graphql


class Hosted:
    """An organisation of which a tenth fails, served until its process ends."""

    def __init__(self, repositories: int) -> None:
        now = datetime.now(UTC).replace(microsecond=0) - _CLOCK_BEHIND
        self._organisation = Organisation(repositories, now=now)
        self._site = self._organisation.site()
        for name in self._site.repositories:
            self._site[name]  # it is made now, and not while a sweep waits for it
        self._site.delay = DELAY
        self._serving = self._site.serve()
        self._server = self._serving.__enter__()
        self._later = now
        self._before = process_time()
        self._passing = iter([member.full_name for member in self._organisation.members if member.cause == "none"])

    def variables(self) -> dict[str, str]:
        """What tells a program where it is."""
        server = self._server
        return {"GITHUB_API_URL": server.api_url, "GITHUB_GRAPHQL_URL": server.graphql_url}

    def names(self) -> list[str]:
        """The names of its repositories."""
        return [member.full_name for member in self._organisation.members]

    def failing(self) -> int:
        """How many of them fail at first."""
        return sum(member.cause != "none" for member in self._organisation.members)

    def taken(self) -> Taken:
        """What was asked for since the last call. Then an hour is over, and the limits are new."""
        records = self._server.requests
        asked = [one for one in records if not one.path.startswith("/_")]
        graphql = sum(one.path.endswith("/graphql") for one in asked)
        rest = sum(one.method in _READING for one in asked)
        points, writes = self._server.points(APP_TOKEN), len(asked) - rest - graphql
        usage = self._server.usage(APP_TOKEN)
        self._server.clear_requests()
        self._site.renew_limits()
        seconds, self._before = process_time() - self._before, process_time()
        return Taken(rest, graphql, points, writes, len(records) - len(asked), usage, seconds)

    def fail(self, repositories: int) -> None:
        """Let one more run fail in so many repositories, which passed before."""
        self._later += timedelta(minutes=10)
        for name in islice(self._passing, repositories):
            box = self._site[name]
            box.now = self._later
            at = (self._later - timedelta(minutes=5)).isoformat()
            box.add_run(workflow="CI", at=at, jobs=[{"name": "test", "conclusion": "failure", "log": _log(box)}])


def _log(box: Sandbox) -> str:
    """The log of a test that no other repository has."""
    name = box.state.repository.name.replace("-", "_")
    return f"FAILED tests/test_{name}.py::test_leaves - AssertionError: assert 3 == 4\n"


class _Processes(BaseManager):
    """Holds a `Hosted` in another process, and calls it."""


_Processes.register("hosted", Hosted)


@contextmanager
def hosted(repositories: int) -> Iterator[Hosted]:
    """An organisation in a process of its own, until the block ends."""
    with _Processes(ctx=get_context("spawn")) as processes:
        yield processes.hosted(repositories)  # type: ignore[attr-defined]
