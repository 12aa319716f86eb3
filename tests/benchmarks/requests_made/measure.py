"""One sweep of a contender: a whole process, with the requests that the local GitHub saw of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.one_process import Measured, measured
from benchmarks.requests_made.repository import NAME, TOKEN
from sandbox import Server

DELAY = 0.08
"""Seconds before each answer, about as many as GitHub takes."""

_HERE = Path(__file__).parent
_READING = ("GET", "HEAD")


@dataclass(frozen=True)
class Sweep:
    """What one sweep took. If it was stopped (`ended_early`), the figures are lower bounds."""

    rest: int
    graphql: int
    writes: int
    seconds: float
    megabytes: float
    ended_early: bool

    @property
    def reads(self) -> int:
        return self.rest + self.graphql

    @property
    def requests(self) -> int:
        return self.reads + self.writes


@dataclass(frozen=True)
class Contender:
    """A program that sweeps."""

    name: str
    command: tuple[str, ...]
    runs_option: tuple[str, ...] = ("{runs}",)
    writing: tuple[str, ...] = ("--write",)

    def arguments(self, runs: int, *, write: bool) -> list[str]:
        given = [part.format(runs=runs) for part in self.runs_option]
        return [sys.executable, *self.command, *given, *(self.writing if write else ())]


def tracker(cap: int) -> Contender:
    """This program, called by its command. It reads no logs, because the scripts read none."""
    return Contender(
        "ci-failure-tracker",
        ("-m", "ci_failure_tracker", "sweep", "--repo", NAME, "--logs", "false", "--max-new-issues", str(cap)),
        ("--max-runs", "{runs}"),
        ("--execute", "--yes"),
    )


PLAIN = Contender("plain script", (str(_HERE / "plain_way.py"), NAME))
TWO_REQUESTS = Contender("two requests a run", (str(_HERE / "two_requests.py"), NAME))


def sweep(server: Server, contender: Contender, runs: int, *, write: bool, patience: float) -> Sweep:
    """Let a contender sweep once.

    Raises:
        SystemExit: the contender failed; the message holds the end of its output.
    """
    given = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": server.api_url, "GITHUB_GRAPHQL_URL": server.graphql_url}
    server.clear_requests()
    return _counted(server, measured(contender.arguments(runs, write=write), given, patience))


def _counted(server: Server, took: Measured) -> Sweep:
    records = server.requests
    graphql = sum(one.path.endswith("/graphql") for one in records)
    rest = sum(one.method in _READING for one in records)
    writes = len(records) - rest - graphql
    return Sweep(rest, graphql, writes, took.seconds, took.megabytes, took.ended_early)
