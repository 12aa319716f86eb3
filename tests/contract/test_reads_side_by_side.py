"""What the first requests of a sweep do to one another: they wait together, and a signal ends all of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import HURRIED, Quiet
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.model.secret import Secret
from sandbox import Fault, Sandbox, Server

SOURCE = Path(__file__).parents[2] / "src"
REPOSITORY = "octo-org/example"
HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens: {sandbox-token: {login: "github-actions[bot]"}}
workflows: [{name: CI, jobs: [{name: test}]}]
"""


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(HISTORY)


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as running:
        yield running


def test_if_one_request_is_told_to_wait_none_is_sent_before(box: Sandbox, server: Server) -> None:
    box.inject(Fault("secondary-rate-limit", path="/workflows$", retry_after=1))
    box.inject(Fault("timeout", path="/issues$", seconds=0.3, work=False))  # is tried again after no wait of its own
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(Secret("sandbox-token"), endpoints, HURRIED)
    snapshot = GitHubReader(requester, endpoints, REPOSITORY, Quiet()).begin("ci-failure")
    assert len(snapshot.workflows) == 1
    assert [one.status for one in server.requests].count(504) == 1
    refused = next(one.at for one in server.requests if one.status == 403)
    repeated = [one.at - refused for one in server.requests if one.at > refused + 0.2]
    assert len(repeated) == 2
    assert min(repeated) >= 1


def test_a_signal_ends_a_sweep_that_waits_for_several_answers(box: Sandbox, server: Server) -> None:
    box.inject(Fault("timeout", seconds=60, times=None))
    given = {
        "INPUT_TOKEN": "sandbox-token",
        "INPUT_REPOSITORY": REPOSITORY,
        "GITHUB_API_URL": server.api_url,
        "GITHUB_GRAPHQL_URL": server.graphql_url,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "ci_failure_tracker", "action"]
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the first group of the log: the requests are about to be sent
        time.sleep(0.3)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        log, _ = process.communicate(timeout=30)
    assert "The sweep was stopped (SIGTERM)" in log
    assert process.returncode == 1
    assert time.monotonic() - begin < 10
