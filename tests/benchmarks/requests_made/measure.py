"""One sweep of a contender: a whole process, with the requests that the local GitHub saw of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.requests_made.repository import NAME, TOKEN
from sandbox import Server

ROOT = Path(__file__).parents[3]
DELAY = 0.08
"""Seconds before each answer, about as many as GitHub takes."""

_HERE = Path(__file__).parent
_READING = ("GET", "HEAD")
# A process starts with the peak memory of its parent, and this process holds the local GitHub. So a small process
# starts the contender. It also takes the time, and it stops a contender that takes too long.
_BETWEEN = """
import json, os, signal, subprocess, sys, threading, time
patience, *command = sys.argv[1:]
started = time.perf_counter()
process = subprocess.Popen(command, stdout=sys.stderr)
late = threading.Event()
def end():
    late.set()
    process.kill()
timer = threading.Timer(float(patience), end)
timer.start()
_, status, used = os.wait4(process.pid, 0)
seconds = time.perf_counter() - started
timer.cancel()
json.dump([seconds, used.ru_maxrss, late.is_set(), os.waitstatus_to_exitcode(status)], sys.stdout)
"""


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
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GITHUB_", "INPUT_"))},
        "PYTHONPATH": str(ROOT / "src"),
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": server.api_url,
        "GITHUB_GRAPHQL_URL": server.graphql_url,
        "NO_PROXY": "127.0.0.1",
    }
    server.clear_requests()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _BETWEEN, str(patience), *contender.arguments(runs, write=write)],
        capture_output=True, text=True, env=environment, cwd=ROOT, check=True,
    )  # fmt: skip
    seconds, kilobytes, late, code = json.loads(done.stdout)
    if code and not late:
        raise SystemExit(f"{contender.name} failed with exit code {code}:\n{done.stderr[-4000:]}")
    return _counted(server, seconds, kilobytes / 1024, late=late)


def _counted(server: Server, seconds: float, megabytes: float, *, late: bool) -> Sweep:
    records = server.requests
    graphql = sum(one.path.endswith("/graphql") for one in records)
    rest = sum(one.method in _READING for one in records)
    return Sweep(rest, graphql, len(records) - rest - graphql, seconds, megabytes, late)
