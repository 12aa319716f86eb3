"""What lies below the list of runs, read over a real server: by GraphQL if it tells, by REST otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from graphql import GraphQLSchema, parse, validate

from ci_failure_tracker.github import queries
from ci_failure_tracker.model import Severity
from ci_failure_tracker.report.report import Report
from sandbox import Fault, Sandbox, Server
from sweeping import sweep_server

REPOSITORY, TOKEN = "octo-org/example", "sandbox-token"
START = datetime(2026, 3, 8, tzinfo=UTC)
NOW = START + timedelta(days=1)
HISTORY = """
now: 2026-03-09T00:00:00Z
repository: {full_name: octo-org/example}
tokens: {sandbox-token: {login: "github-actions[bot]"}}
workflows:
  - {name: CI, jobs: [{name: test}]}
  - {name: Audit, jobs: [{name: audit}]}
  - {name: Report, jobs: [{name: report}]}
runs:
  - {workflow: Report, event: schedule, at: 2026-02-20T02:00:00Z}
  - {workflow: Audit, event: schedule, at: 2026-02-21T02:00:00Z, conclusion: failure}
"""


@pytest.fixture
def box() -> Sandbox:
    box = Sandbox.from_yaml(HISTORY)
    for number in range(12):
        box.add_run(workflow="CI", at=f"{START + timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}")
    return box


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


def look(server: Server, at: datetime = NOW, **given: str) -> Report:
    server.clear_requests()
    return sweep_server(server, {"token": TOKEN, "repository": REPOSITORY, "max-runs": "10", **given}, at)


def lists_of_workflows(server: Server) -> int:
    return sum("/workflows/" in record.path for record in server.requests)


@pytest.mark.parametrize("refused", [False, True], ids=["GraphQL", "REST"])
def test_both_ways_find_the_buried_failure(server: Server, box: Sandbox, refused: bool) -> None:
    if refused:
        box.inject(Fault("status", path="/graphql$", times=None, status=403))
    report = look(server)
    assert [failing.identity.workflow for failing in report.failing] == ["Audit"]
    assert not report.not_looked_at
    # The report passes, which GraphQL tells in short. By REST its runs are listed, and the audit's once more.
    assert lists_of_workflows(server) == (3 if refused else 1)


def test_a_workflow_whose_newest_runs_are_of_pull_requests_is_listed_by_its_branch(
    server: Server, box: Sandbox
) -> None:
    for number in range(31):
        at = START + timedelta(minutes=number)
        box.add_run(workflow="Report", event="pull_request", branch="topic", at=f"{at:%Y-%m-%dT%H:%M:%SZ}")
    report = look(server)
    assert not report.not_looked_at
    assert lists_of_workflows(server) == 2


def test_the_list_goes_back_to_the_checkpoint_and_no_further(server: Server, box: Sandbox) -> None:
    for number in range(300):
        at = START + timedelta(hours=12, minutes=number)
        box.add_run(workflow="CI", at=f"{at:%Y-%m-%dT%H:%M:%SZ}")
    look(server, max_runs="1000")
    look(server, max_runs="1000", at=NOW + timedelta(minutes=5))
    # The repository, the issues, the workflows, one page of runs, whether the run of the issue was run again, and tags.
    assert sorted(record.method for record in server.requests) == ["GET", "GET", "GET", "GET", "POST", "POST"]


def test_after_a_change_of_the_patterns_the_runs_are_read_again_until_an_issue_is_written(
    server: Server, box: Sandbox
) -> None:
    for number in range(300):
        at = START + timedelta(hours=12, minutes=number)
        box.add_run(workflow="CI", at=f"{at:%Y-%m-%dT%H:%M:%SZ}")

    def pages(minute: int, patterns: str) -> int:
        look(server, NOW + timedelta(minutes=minute), max_runs="1000", patterns_file=patterns)
        return sum(record.path.endswith("/actions/runs") for record in server.requests)

    assert [pages(0, ""), pages(1, ""), pages(2, "lamp")] == [4, 1, 4]
    box.add_run(workflow="Audit", event="schedule", conclusion="failure", at="2026-03-09T00:30:00Z")
    assert [pages(60, "lamp"), pages(61, "lamp")] == [4, 1]


def test_what_could_not_be_read_is_named_and_is_no_all_clear(server: Server, box: Sandbox) -> None:
    box.inject(Fault("status", path="/graphql$", times=None, status=403))
    box.inject(Fault("status", path="/workflows/[0-9]+/runs", times=None, status=404))
    report = look(server)
    assert {missing.workflow for missing in report.not_looked_at} == {"Audit", "Report"}
    (warning,) = (problem for problem in report.problems if problem.what.startswith("Not looked at: "))
    assert warning.severity is Severity.WARNING
    assert report.knows_nothing
    assert "nothing seen failing" in report.line


def test_the_queries_are_valid_by_the_official_schema(official_schema: GraphQLSchema) -> None:
    for query in (queries.NEWEST_RUNS, queries.RUN_CHANGES):
        assert not validate(official_schema, parse(query))
