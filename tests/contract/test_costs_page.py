"""The page docs/costs.md has the counts that sweeps of the local GitHub come to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.requests_made.repository import NAME, TOKEN, make_watched
from builders import HURRIED
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.github.retry import RetryPolicy
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.report.report import Report
from sandbox import Fault, Sandbox, Server
from sweeping import sweep_server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "costs.md").read_text("utf-8")
NOW = datetime(2026, 5, 2, tzinfo=UTC)
BENCHMARK = {"max-runs": "1000", "logs": "false"}
"""What `make bench-requests` gives to its sweeps."""

ONE_FAILURE = f"""
now: 2026-03-10T09:00:00Z
repository: {{full_name: {NAME}}}
tokens: {{{TOKEN}: {{login: "github-actions[bot]"}}}}
workflows: [{{name: CI, jobs: [{{name: test}}]}}]
runs:
  - {{workflow: CI, at: 2026-03-09T08:00:00Z}}
  - {{workflow: CI, at: 2026-03-09T10:00:00Z, jobs: [{{name: test, conclusion: failure, log: "it broke\\n"}}]}}
"""
LABELS = ("ci-failure", "github-actions", "automated")
QUERIES = {
    "refs/tags/": "tags and known issues",
    "checkRuns": "jobs",
    "{ viewer": "login",
    "history(": "commits",
    "associatedPullRequests": "authors and pull requests",
    "isTruncated": "CODEOWNERS",
    "Blob { text }": "workflow file",
}
"""What a GraphQL query asks for, by a part of its text."""


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(ONE_FAILURE)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What the GraphQL queries asked for."""
    found: Counter[str] = Counter()
    send = MeteredRequester.requestJsonAndCheck

    def noted(self: MeteredRequester, verb: str, url: str, **more: Any) -> Any:
        if url.endswith("/graphql"):
            found[next(what for part, what in QUERIES.items() if part in more["input"]["query"])] += 1
        return send(self, verb, url, **more)

    monkeypatch.setattr(MeteredRequester, "requestJsonAndCheck", noted)
    return found


def look(box: Sandbox, server: Server, **given: str) -> Report:
    server.clear_requests()
    return sweep_server(server, {"token": TOKEN, "repository": NAME, **given}, box.now)


def sent(server: Server, methods: str, path: str) -> int:
    """How many requests were sent to an address of the repository."""
    return sum(one.method in methods.split() and bool(re.search(path, one.path)) for one in server.requests)


def counts(server: Server) -> tuple[int, int]:
    """How many requests read and how many wrote."""
    wrote = sent(server, "POST PATCH PUT DELETE", "/repos/")
    return len(server.requests) - wrote, wrote


def run(box: Sandbox, at: str, conclusion: str = "failure", day: int = 9) -> None:
    job = {"name": "test", "conclusion": conclusion, "log": "it broke\n"}
    box.add_run(workflow="CI", at=f"2026-03-{day:02}T{at}:00Z", jobs=[job])


def test_the_page_has_the_counts_of_whole_sweeps() -> None:
    command = re.search(r'make bench-requests ARGS="--parts watched --workflows ([\d ]+) --weekly (\d+)"', PAGE)
    assert command
    rows, firsts, agains = [], set(), []
    for workflows in command[1].split():
        box = make_watched(int(workflows), int(command[2]), NOW, NOW - timedelta(minutes=30))
        with box.serve() as server:
            failing = len(look(box, server, **BENCHMARK).failing)
            first = counts(server)
            box.now += timedelta(minutes=2)
            look(box, server, **BENCHMARK)
            again, written = counts(server)
        assert written == 0
        what = f"{workflows} workflows, {command[2]} runs a week, {failing} jobs fail"
        rows.append(f"| {what} | {first[0]} | {first[1]} | {again} |")
        firsts.add(round(sum(first), -1))
        agains.append(again)
    assert rows == re.findall(r"^\| \d+ workflows, .*\|$", PAGE, re.MULTILINE)
    beginning = " ".join(PAGE.split())
    assert f"The first sweep takes about {firsts.pop()} requests." in beginning
    assert not firsts
    assert "If nothing is new, a sweep takes five or six." in beginning
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert "If nothing is new, it sends five or six [requests]" in readme
    assert agains == [5, 6]


def test_an_issue_takes_as_many_requests_as_the_page_says(box: Sandbox, asked: Counter[str]) -> None:
    with box.serve() as server:
        look(box, server)
        assert sent(server, "POST", "/issues$") == 1
        assert sent(server, "POST", "/labels$") == len(LABELS)
        assert sent(server, "GET", "/labels$") == 1
        assert sent(server, "GET", "/issues$") == 4  # the tracker's, those of its account, closed ones, the newest
        once = ["tags and known issues", "jobs", "login", "commits", "authors and pull requests", "CODEOWNERS"]
        assert asked == dict.fromkeys(once, 1)
        run(box, "11:00")
        look(box, server)
        assert sent(server, "POST PATCH GET", r"/issues/1|/labels$") == 1
        run(box, "12:00")
        look(box, server, comment="always")
        assert sent(server, "POST PATCH GET", r"/issues/1|/labels$") == 3
        run(box, "13:00", "success")
        run(box, "14:00", "success")
        assert look(box, server).line.endswith("1 closed")
        assert sent(server, "POST PATCH GET", r"/issues/1|/labels$") == 3
        run(box, "10:00", day=10)
        box.now += timedelta(hours=2)
        assert look(box, server, comment="never").line.endswith("1 reopened")
        assert sent(server, "POST PATCH GET", r"/issues/1|/labels$") == 1


def test_a_log_takes_one_request_and_is_read_once(box: Sandbox, asked: Counter[str]) -> None:
    with box.serve() as server:
        report = look(box, server)
        assert sent(server, "GET", "/jobs/[0-9]+/logs$") == 2  # of the failed job, and of the one that passed
        assert sent(server, "GET", "/_logs/") == 2  # this host gets no token, and GitHub does not count it
        assert report.requests.made == sum(one.authorized for one in server.requests) == len(server.requests) - 2
        look(box, server)
        assert (sent(server, "GET", "logs"), asked["jobs"]) == (0, 1)
        look(box, server, conclusions="failure")
        assert (sent(server, "GET", "logs"), asked["jobs"]) == (0, 2)


def test_the_file_of_a_workflow_that_cannot_start_takes_one_request(asked: Counter[str]) -> None:
    box = Sandbox.from_mapping(
        {
            "now": "2026-03-10T12:00:00Z",
            "repository": {"full_name": NAME},
            "tokens": {TOKEN: {"login": "github-actions[bot]"}},
            "workflows": [{"name": "Ship", "file": "ship.yml", "text": "on: push\njobs: {build: {needs: biuld}}\n"}],
            "runs": [{"workflow": "Ship", "at": "2026-03-09T10:00:00Z", "conclusion": "startup_failure"}],
        }
    )
    with box.serve() as server:
        look(box, server)
    assert asked["workflow file"] == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", path="/actions/workflows", status=502, times=HURRIED.tries - 1),
        Fault("reset", path="/actions/workflows", times=HURRIED.tries - 1),
        Fault("timeout", path="/actions/workflows", times=HURRIED.tries - 1, seconds=60),
        Fault("truncated", path="/actions/workflows", times=HURRIED.tries - 1),
        Fault("html", path="/actions/workflows", times=HURRIED.tries - 1),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_request_is_sent_again_after_a_fault_that_may_pass(box: Sandbox, fault: Fault) -> None:
    with box.serve() as server:
        endpoints = Endpoints(server.api_url, server.graphql_url)
        policy = replace(HURRIED, timeout=1) if fault.kind == "timeout" else HURRIED
        queries = Queries(connect(Secret(TOKEN), endpoints, policy), endpoints, NAME)
        box.inject(fault)
        assert [workflow.name for workflow in queries.workflows()] == ["CI"]
        assert queries.budget.made == HURRIED.tries == RetryPolicy().tries
