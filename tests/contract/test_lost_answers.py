"""The answer to a new issue is lost: it is looked for, and the request is never sent twice."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from builders import HURRIED, Quiet, a_state
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.retry import RetryPolicy
from ci_failure_tracker.issues.marker import compose
from ci_failure_tracker.model import Create, Identity, Result, WriteStatus
from ci_failure_tracker.model.secret import Secret
from sandbox import Fault, Sandbox, Server
from sweeping import writer_of

SCENARIO = """
repository: {full_name: octo-org/example}
workflows: [{name: CI}]
"""
LOST = Fault("lost-reply", method="POST", path="/issues$", times=None)


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(SCENARIO)


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


def creates(*jobs: str) -> list[Create]:
    identities = [Identity(f"{place:032x}", "CI", job) for place, job in enumerate(jobs)]
    return [
        Create(one, "failing", f"[CI Failure] CI - {one.job}", compose("It fails.", a_state(one)), ("ci-failure",), (),
               a_state(one))
        for one in identities
    ]  # fmt: skip


def apply(server: Server, actions: list[Create], policy: RetryPolicy = HURRIED) -> tuple[Result, ...]:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(Secret("sandbox-token"), endpoints, policy)
    return writer_of(requester, GitHubReader(requester, endpoints, "octo-org/example", Quiet())).apply(actions)


def posted(server: Server) -> int:
    return sum((request.method, request.path[-7:]) == ("POST", "/issues") for request in server.requests)


def test_an_issue_that_the_list_shows_later_is_found(server: Server, box: Sandbox) -> None:
    box.inject(LOST)
    box.inject(Fault("lag", seconds=0.1, times=None))
    (result,) = apply(server, creates("test"), replace(HURRIED, backoff=0.01, looking=5))
    assert (result.status, result.number, posted(server)) == (WriteStatus.DONE, 1, 1)


def test_an_issue_that_the_list_does_not_show_is_left_to_the_next_sweep(server: Server, box: Sandbox) -> None:
    box.inject(LOST)
    box.inject(Fault("lag", seconds=60, times=None))
    (result,) = apply(server, creates("test"), replace(HURRIED, backoff=0.01, looking=0.2))
    assert (result.status, posted(server), len(box.issues)) == (WriteStatus.FAILED, 1, 1)
    assert "If it was opened, the next sweep finds it." in str(result.problems[0])


def test_a_list_that_lacks_what_was_just_opened_is_read_again(server: Server, box: Sandbox) -> None:
    """Else a sweep right after this one would open the same again, and neither would see the other's."""
    box.inject(Fault("lag", seconds=0.2, times=None))
    apply(server, creates("a", "b"), replace(HURRIED, backoff=0.02, looking=5))
    ends = requests.get(f"{server.api_url}/repos/octo-org/example/issues", timeout=5).json()
    assert [issue["number"] for issue in ends] == [2, 1]


def test_several_lost_answers_share_the_time_and_the_first_that_is_not_found_is_the_last_one_sent(
    server: Server, box: Sandbox
) -> None:
    box.inject(LOST)
    box.inject(Fault("lag", seconds=60, times=None))
    start = time.monotonic()
    results = apply(server, creates("a", "b", "c"), replace(HURRIED, backoff=0.01, looking=0.3))
    assert time.monotonic() - start < 3
    assert ([result.status for result in results], posted(server)) == ([WriteStatus.FAILED] * 3, 1)
    assert str(results[2].problems[0]) == (
        "GitHub's answer to another new issue was lost. The next sweep opens this one."
    )


def test_all_looks_of_a_sweep_wait_no_longer_than_the_policy_says(
    server: Server, box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    box.inject(LOST)
    box.inject(Fault("lag", seconds=60, times=None))
    apply(server, creates("test"), replace(RetryPolicy(), between_writes=0.0))
    assert waited == [0.5, 1, 2, 4, 8, 14.5]
    assert sum(waited) == RetryPolicy().looking == 30


def test_a_request_that_met_no_server_is_sent_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    endpoints = Endpoints(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port}/graphql")
    requester = connect(Secret("t"), endpoints, HURRIED)
    github = GitHubReader(requester, endpoints, "octo-org/example", Quiet())
    writer = writer_of(requester, github)
    writer._labels = {"ci-failure"}
    (result,) = writer.apply(creates("test"))
    assert requester.budget.made == HURRIED.tries
    assert "It may have been opened" not in str(result.problems[0])


def test_only_a_missing_connection_counts_as_not_sent(server: Server, box: Sandbox) -> None:
    box.inject(Fault("reset", method="POST", path="/issues$", times=None))
    (result,) = apply(server, creates("test"))
    assert posted(server) == 1
    assert "If it was opened, the next sweep finds it" in str(result.problems[0])
