"""How many requests a sweep may send: where it stops, what it keeps, and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from ci_failure_tracker.entry.cli import program
from sandbox import Fault, Sandbox, Server

HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens:
  sandbox-token: {login: "github-actions[bot]"}
  little-left: {login: "github-actions[bot]", rate_limit: 49}
  enough-left: {login: "github-actions[bot]", rate_limit: 51}
workflows: [{name: CI, jobs: [{name: lint}, {name: test}, {name: docs}]}]
"""


@pytest.fixture
def box() -> Sandbox:
    box = Sandbox.from_yaml(HISTORY)
    for hour in range(40):
        jobs = [{"name": name, "conclusion": "failure"} for name in ("lint", "test", "docs")]
        box.add_run(workflow="CI", at=f"2026-03-0{8 + hour // 24}T{hour % 24:02}:00:00Z", jobs=jobs)
    return box


@pytest.fixture(autouse=True)
def server(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", running.graphql_url)
        monkeypatch.setenv("GITHUB_TOKEN", "sandbox-token")
        yield running


def sweep(*options: str) -> Result:
    given = ["sweep", "--repo", "octo-org/example", "--logs", "false", "--format", "json", *options]
    return CliRunner().invoke(program, given)


def sent(server: Server) -> int:
    return len(server.requests)


def test_a_sweep_stops_between_two_items_keeps_what_is_done_and_warns(box: Sandbox, server: Server) -> None:
    box.state.ensure_labels(["ci-failure", "github-actions", "automated"])  # a sweep makes what is missing
    box.inject(Fault("status", path="/graphql$", status=404, times=None))  # one request a run
    result = sweep("--max-requests", "50", "--execute", "--yes")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert sent(server) <= 50
    assert report["partial"] is True
    assert [problem["severity"] for problem in report["problems"]] == ["warning", "notice"]  # of the jobs, of the tags
    assert "it sent 40 requests, of at most 50." in report["problems"][0]["what"]
    assert "The jobs of 8 runs were not asked for: CI." in report["problems"][0]["what"]
    assert "Raise `max-requests`" in report["problems"][0]["advice"]
    assert report["requests"]["most"] == 50
    assert len(report["failing"]) == 3


def test_writes_that_no_longer_fit_are_left_to_the_next_sweep(box: Sandbox, server: Server) -> None:
    box.inject(Fault("status", path="/graphql$", status=404, times=None))
    result = sweep("--max-requests", "25", "--execute", "--yes")
    assert result.exit_code == 0
    assert sent(server) <= 25
    statuses = [action["status"] for action in json.loads(result.stdout)["actions"]]
    assert "failed" in statuses
    assert len(box.issues) == statuses.count("done")
    box.clear_faults()
    assert sweep("--execute", "--yes").exit_code == 0
    assert sorted(issue.title for issue in box.issues) == [
        f"[CI Failure] CI - {job}" for job in ("docs", "lint", "test")
    ]


def test_the_limit_of_github_counts_if_it_is_lower(
    monkeypatch: pytest.MonkeyPatch, box: Sandbox, server: Server
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "enough-left")
    box.inject(Fault("status", path="/graphql$", status=404, times=None))
    result = sweep()
    assert result.exit_code == 0
    assert "the token 10 more" in json.loads(result.stdout)["problems"][0]["what"]
    assert sent(server) < 51


def test_a_sweep_needs_fifty_requests_to_begin(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "little-left")
    result = sweep()
    assert result.exit_code == 1
    assert "GitHub allows only 48 requests for this token" in " ".join(result.output.split())
    assert sent(server) == 3


def test_a_rate_limit_that_ends_soon_is_waited_for(box: Sandbox) -> None:
    box.inject(Fault("primary-rate-limit", path="/actions/runs", retry_after=0))
    assert sweep().exit_code == 0


def test_the_summary_of_the_command_says_what_was_sent_and_what_is_left() -> None:
    result = CliRunner().invoke(program, ["sweep", "--repo", "octo-org/example"])
    assert "requests to GitHub of at most 800, 9" in " ".join(result.output.split())
