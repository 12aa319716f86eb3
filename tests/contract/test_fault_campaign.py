"""Every request of a sweep that does everything, under every fault: nothing is lost and nothing happens twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from contract.faults_scenario import (
    NOW,
    PATIENT,
    REPORTS,
    REPOSITORY,
    TOKEN,
    Said,
    a_busy_box,
    issues_of,
    killed_at,
    look,
    look_or_fail,
    without_faults,
)
from sandbox import Fault, Sandbox, Server
from sandbox.box import Kept

EVERY = bool(os.environ.get("EVERY_CASE"))
SOURCE = Path(__file__).parents[2] / "src"

FAULTS = {
    "500": Fault("status", status=500),
    "page": Fault("html"),
    "page with 200": Fault("html", status=200),
    "lost reply": Fault("lost-reply"),
    "reset": Fault("reset"),
    "late": Fault("timeout", seconds=0.5),
    "504": Fault("timeout", seconds=0.0, work=False),
    "truncated": Fault("truncated", path="^(?!/_logs/)"),  # of a text nobody can tell that it was longer
    "primary limit": Fault("primary-rate-limit", retry_after=3000),
    "secondary limit": Fault("secondary-rate-limit", retry_after=0),
    "secondary limit, 429": Fault("secondary-rate-limit", retry_after=900, status=429),
    "missing log": Fault("missing-log"),
}
SHARED = 25
"""Of so many requests each fault strikes one in the usual tests, and each fault another; `make faults` tries all."""
BURST = 6
"""Requests in a row that meet the fault: more than the tries of one."""


@dataclass
class Stage:
    """The same busy repository for every case, as it was, and what it has to come to."""

    box: Sandbox
    server: Server
    kept: Kept
    expected: tuple[Said, ...]
    requests: int

    def clean(self) -> None:
        self.box.clear_faults()
        self.box.come_back_to(self.kept)
        self.box.renew_limits()  # all cases together send more than GraphQL allows in an hour


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    box = a_busy_box()
    with box.serve() as server:
        kept = box.keep()
        expected, requests = without_faults(box, server, kept)
        yield Stage(box, server, kept, expected, requests)


def test_the_sweep_of_the_campaign_does_everything(stage: Stage) -> None:
    stage.clean()
    report = look(stage.server, **REPORTS)
    assert report.line.endswith("1 opened, 1 updated, 1 reopened, 2 closed")
    assert not report.failed
    asked = {(request.method, request.path.rpartition("/")[2]) for request in stage.server.requests}
    assert {("POST", "graphql"), ("POST", "labels"), ("POST", "comments"), ("GET", "logs"), ("POST", "issues")} <= asked
    assert {("GET", "artifacts"), ("GET", "zip")} <= asked
    assert stage.requests >= 30


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        *((name, 1) for name in FAULTS),
        *((name, BURST) for name in ("500", "lost reply", "page with 200", "missing log")),
    ],
)
def test_one_clean_sweep_after_a_fault_gives_the_expected_issues(stage: Stage, fault: str, times: int) -> None:
    silent = []
    # A burst strikes its neighbours as well, and what is late costs time. Of the others, eight share the requests.
    every = 3 if times > 1 or fault == "late" else 1
    start = list(FAULTS).index(fault) % SHARED
    cases = range(0, stage.requests, every) if EVERY else range(start, stage.requests, SHARED)
    for after in cases:
        stage.clean()
        stage.box.inject(replace(FAULTS[fault], after=after, times=times))
        report = look_or_fail(stage.server, PATIENT, **REPORTS)
        stage.box.clear_faults()
        if report is not None and report.window.partial and not report.problems:
            silent.append(after)
        if issues_of(stage.box, stage.server) != stage.expected:  # else it was made up for at once
            look(stage.server, **REPORTS)
        assert issues_of(stage.box, stage.server) == stage.expected, f"{fault} at request {after + 1}"
    assert silent == []
    print(f"\n{fault}, {times} in a row: {len(cases)} cases, 0 lost, 0 doubled", end="")


# --- killed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
def test_the_next_sweep_completes_one_killed_around_any_request(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    cases = range(1, stage.requests + 1) if EVERY else range(1 + 4 * answered, stage.requests + 1, 8)
    for last in cases:
        stage.clean()
        with killed_at(last, monkeypatch, answered=answered):
            look(stage.server, **REPORTS)
        look(stage.server, **REPORTS)
        assert issues_of(stage.box, stage.server) == stage.expected, f"killed at request {last}"
    print(f"\nkilled {'after' if answered else 'before'} a request: {len(cases)} cases, 0 lost, 0 doubled", end="")


# The program's own time is long after that of the repository.
_AT_ITS_TIME = f"""
import datetime, sys
from ci_failure_tracker.entry import action
action.now = lambda: datetime.datetime.fromisoformat({NOW.isoformat()!r})
sys.exit(action.main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
@pytest.mark.parametrize("writes", [1, 3])
def test_the_next_sweep_completes_one_whose_process_was_ended(
    stage: Stage, number: signal.Signals, writes: int
) -> None:
    stage.clean()
    stage.server.clear_requests()
    stage.box.delay = 0.02
    given = {
        "INPUT_TOKEN": TOKEN,
        "INPUT_REPOSITORY": REPOSITORY,
        "INPUT_TEST_REPORTS": REPORTS["test-reports"],
        "GITHUB_API_URL": stage.server.api_url,
        "GITHUB_GRAPHQL_URL": stage.server.graphql_url,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
    }
    with subprocess.Popen([sys.executable, "-c", _AT_ITS_TIME], env=given, stdout=subprocess.PIPE) as process:
        while process.poll() is None and _written(stage.server) < writes:
            time.sleep(0.005)
        process.send_signal(number)
        log = process.communicate(timeout=30)[0].decode()
    stage.box.delay = 0
    assert process.returncode not in {0, None}
    assert ("The sweep was stopped (SIGTERM)" in log) is (number is signal.SIGTERM)
    look(stage.server, **REPORTS)
    assert issues_of(stage.box, stage.server) == stage.expected


def _written(server: Server) -> int:
    return sum(request.method != "GET" and request.path != "/graphql" for request in server.requests)
