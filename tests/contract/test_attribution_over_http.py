"""What a new break asks of GitHub about suspects and owners, and what is shown where a right is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLSchema, parse, validate

from builders import HURRIED
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.commits import CommitQueries
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Severity
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.report.report import Report
from sandbox import Sandbox, Server
from sweeping import sweep_server

REPOSITORY, TOKEN = "octo-org/example", "sandbox-token"
HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example, private: true}
tokens:
  sandbox-token: {login: "github-actions[bot]"}
  no-pulls: {login: "github-actions[bot]", pull_requests: none}
  no-contents: {login: "github-actions[bot]", contents: none, pull_requests: none}
files: {docs/CODEOWNERS: "*.py @ada\\n"}
workflows: [{name: CI, jobs: [{name: test}, {name: lint}]}]
pushed:
  - {title: "Dim by the sun", author: ada, at: 2026-03-09T08:00:00Z, files: [lamp.py],
     pull_request: {number: 41, author: grace}}
runs:
  - {workflow: CI, at: 2026-03-08T10:00:00Z, commit: {title: "Add a cache"}}
  - {workflow: CI, at: 2026-03-09T10:00:00Z, commit: {title: "Write the docs", author: bo, files: [README.md]},
     jobs: [{name: lint, conclusion: failure, log: "lamp.py:1:1: F401 unused import\\n"}]}
"""
FAILED = {"name": "lint", "conclusion": "failure", "log": "lamp.py:1:1: F401 unused import\n"}
FAILS_AGAIN = {
    "workflow": "CI",
    "at": "2026-03-10T10:00:00Z",
    "commit": {"title": "Fix a typo"},
    "jobs": [FAILED],
}
NAMED = re.compile(r"probably because of \[`\w{7}`\]\([^)]*\) `Dim by the sun`")


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(HISTORY)


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


def look(box: Sandbox, server: Server, token: str = TOKEN, **given: str) -> Report:
    server.clear_requests()
    return sweep_server(server, {"token": token, "repository": REPOSITORY, "branch": "default", **given}, box.now)


def asked_about_commits(server: Server) -> int:
    return sum(bool(re.search(r"/commits/\w+$", request.path)) for request in server.requests)


def body_of(box: Sandbox) -> str:
    return box.issue(1).body or ""


def notices(report: Report) -> list[str]:
    assert {problem.severity for problem in report.problems} <= {Severity.NOTICE}
    return [problem.what for problem in report.problems]


def test_a_new_break_asks_once_for_each_commit_and_no_other_sweep_does(box: Sandbox, server: Server) -> None:
    report = look(box, server)
    assert (asked_about_commits(server), notices(report)) == (2, [])
    assert NAMED.search(body_of(box))
    assert "(`grace`, `#41`)" in body_of(box)
    assert "| Owner | `@ada` |" in body_of(box)
    look(box, server)
    quiet = len(server.requests)
    assert quiet <= 5
    box.add_run(FAILS_AGAIN)
    look(box, server)
    assert asked_about_commits(server) == 0
    assert "2 failed runs" in body_of(box)


def test_a_marker_of_an_older_version_asks_for_nothing(box: Sandbox, server: Server) -> None:
    look(box, server)
    before, start, marker = body_of(box).rpartition("<!-- ci-failure-tracker {")
    data = json.loads("{" + marker.removesuffix(" -->\n"))
    for key in ("details", "single"):
        del data["suspects"][key]
    del data["owners"]
    box.issue(1).body = f"{before}{start}{json.dumps(data)[1:]} -->\n"
    box.add_run(FAILS_AGAIN)
    report = look(box, server)
    assert report.line.endswith("1 updated")
    assert asked_about_commits(server) == 0
    assert "| Owner |" not in body_of(box)


def test_without_the_right_to_pull_requests_the_files_still_tell(box: Sandbox, server: Server) -> None:
    report = look(box, server, token="no-pulls")
    assert NAMED.search(body_of(box))
    assert "(`ada`)" in body_of(box)
    assert notices(report) == ["Suspects are shown without their pull requests, because this token may not read these."]
    assert notices(look(box, server, token="no-pulls")) == []


def test_without_the_right_to_contents_the_summary_says_so_once(box: Sandbox, server: Server) -> None:
    report = look(box, server, token="no-contents", notify="owners", assign="owners, suspects")
    assert "Write the docs" in body_of(box)
    assert "| Owner |" not in body_of(box)
    assert notices(report) == [
        "Suspects and owners are shown in part, because this token may not read the contents of the repository."
    ]
    assert asked_about_commits(server) == 0
    assert notices(look(box, server, token="no-contents")) == []


def test_a_line_of_owners_needs_no_right(box: Sandbox, server: Server) -> None:
    look(box, server, token="no-contents", owners="CI/lint: @ada, label:lamps")
    assert "| Owner | `@ada` |" in body_of(box)
    assert "lamps" in box.issue(1).labels


def test_a_spent_budget_leaves_the_order_for_the_next_sweep(box: Sandbox, server: Server) -> None:
    report = look(box, server)
    needed = len(server.requests)
    other = Sandbox.from_yaml(HISTORY)
    with other.serve() as spare:
        report = look(other, spare, **{"max-requests": str(max(25, needed - 2))})
        assert not report.failed
        assert "Dim by the sun" in body_of(other)
        look(other, spare)
        assert NAMED.search(body_of(other))


def test_the_queries_are_valid_by_the_official_schema(
    box: Sandbox, server: Server, monkeypatch: pytest.MonkeyPatch, official_schema: GraphQLSchema
) -> None:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(Secret(TOKEN), endpoints, HURRIED)
    sent: list[str] = []
    send = requester.requestJsonAndCheck

    def keep(method: str, url: str, **more: Any) -> Any:
        sent.append(more["input"]["query"])
        return send(method, url, **more)

    monkeypatch.setattr(requester, "requestJsonAndCheck", keep)
    queries = CommitQueries(requester, Queries(requester, endpoints, REPOSITORY))
    queries.origins([run.commit.sha for run in box.runs])
    queries.codeowners(["lamp.py"])
    assert [validate(official_schema, parse(query)) for query in sent] == [[], []]
