"""What is read of other issues before one is opened, over a real server: no second issue, and few requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from graphql import GraphQLSchema, parse, validate

from builders import HURRIED
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.issues import IssueQueries
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.issues.marker import read_tracked
from ci_failure_tracker.model import Skip, SkipReason
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.report.report import Report
from sandbox import Fault, Sandbox, Server, graphql, issue_search
from sandbox.call import Call, Reply
from sandbox.ratelimit import Budget
from sandbox.state import Closing
from sweeping import sweep_server

HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens:
  sandbox-token: {login: "github-actions[bot]"}
  a-person: {login: ada}
accounts: [{login: ada, association: MEMBER}]
workflows: [{name: CI, jobs: [{name: lint}, {name: test}, {name: docs}]}, {name: Nightly, jobs: [{name: fuzz}]}]
runs:
  - {workflow: CI, at: 2026-03-08T10:00:00Z, commit: {title: "Add a cache"}}
  - {workflow: CI, at: 2026-03-09T10:00:00Z, commit: {title: "Parse dates strictly"},
     jobs: [{name: lint, conclusion: failure}, {name: test, conclusion: failure}]}
"""
REPOSITORY = "octo-org/example"
TOKEN = "sandbox-token"


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(HISTORY)


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


def look(box: Sandbox, server: Server, token: str = TOKEN, **given: str) -> Report:
    server.clear_requests()
    return sweep_server(server, {"token": token, "repository": REPOSITORY, "logs": "false", **given}, box.now)


def queries_of(server: Server) -> IssueQueries:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    requester = connect(Secret(TOKEN), endpoints, HURRIED)
    return IssueQueries(requester, Queries(requester, endpoints, REPOSITORY))


def fail(box: Sandbox, *jobs: str, hours: int = 1) -> None:
    """One more run, in which these jobs fail."""
    box.now += timedelta(hours=hours)
    box.add_run(workflow="CI", at=box.now, jobs=[{"name": job, "conclusion": "failure"} for job in jobs])
    box.now += timedelta(minutes=30)


def still_open(box: Sandbox) -> list[tuple[int, str]]:
    return [(issue.number, issue.title) for issue in box.issues if issue.state == "open"]


def paths(server: Server) -> list[str]:
    return [f"{request.method} {request.path.removeprefix('/repos/octo-org/example')}" for request in server.requests]


def problems(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


BOTH = [(1, "[CI Failure] CI - lint"), (2, "[CI Failure] CI - test")]


# --- the label -----------------------------------------------------------------------------------


@pytest.mark.parametrize("others", [[], ["build-broken"]], ids=["removed", "renamed"])
def test_issues_without_the_label_get_it_back(box: Sandbox, server: Server, others: list[str]) -> None:
    look(box, server)
    for number in (1, 2):
        box.edit_issue(number, labels=others)
    texts = [issue.body for issue in box.issues]
    report = look(box, server)
    assert still_open(box) == BOTH
    assert all(issue.labels == [*others, "ci-failure"] for issue in box.issues)
    assert [failure_id(text) for text in texts] == [failure_id(issue.body) for issue in box.issues]
    assert problems(report) == [
        "The label 'ci-failure' was missing on #1, #2; the sweep puts it back. "
        "If you renamed the label, give its new name in `labels`."
    ]
    assert not any(issue.comments for issue in box.issues)
    assert problems(look(box, server)) == []


def failure_id(body: str | None) -> str:
    return (body or "").partition('"id":"')[2][:32]


def test_a_new_issue_beside_one_without_the_label_is_opened_and_the_old_one_is_adopted(
    box: Sandbox, server: Server
) -> None:
    look(box, server)
    box.edit_issue(2, labels=[])
    fail(box, "lint", "test", "docs")
    report = look(box, server)
    assert still_open(box) == [*BOTH, (3, "[CI Failure] CI - docs")]
    assert box.issue(2).labels == ["ci-failure"]
    assert "was missing on #2" in problems(report)[0]


def test_the_issues_of_another_sweep_with_other_labels_and_workflows_stay_as_they_are(
    box: Sandbox, server: Server
) -> None:
    box.add_run(workflow="Nightly", at=box.now - timedelta(hours=3), jobs=[{"name": "fuzz", "conclusion": "failure"}])
    look(box, server, workflow="CI")
    before = [(issue.body, issue.labels) for issue in box.issues]
    report = look(box, server, workflow="Nightly", labels="nightly-failure")
    assert still_open(box) == [*BOTH, (3, "[CI Failure] Nightly - fuzz")]
    assert [(issue.body, issue.labels) for issue in box.issues[:2]] == before
    assert problems(report) == []


def test_nothing_is_listed_by_creator_if_nothing_would_be_opened(box: Sandbox, server: Server) -> None:
    look(box, server)
    fail(box, "lint", "test")
    look(box, server)
    assert sum(path == "GET /issues" for path in paths(server)) == 1


@pytest.mark.parametrize("login", ["mallory", "ada", "other-app[bot]"])
def test_an_issue_of_another_account_without_the_label_is_not_adopted(box: Sandbox, server: Server, login: str) -> None:
    look(box, server)
    body = box.issue(2).body
    box.edit_issue(2, labels=[], body="gone")
    copy = box.add_issue("A copy", body, [], login=login)
    look(box, server)
    assert still_open(box)[-1] == (4, "[CI Failure] CI - test")
    assert box.issue(copy.number).labels == []


def test_an_issue_whose_marker_cannot_be_read_is_not_adopted(box: Sandbox, server: Server) -> None:
    look(box, server)
    broken = (box.issue(2).body or "").replace('"v":1', '"v":oops')
    box.edit_issue(2, labels=[], body=broken)
    look(box, server)
    assert still_open(box)[-1] == (3, "[CI Failure] CI - test")
    assert box.issue(2).body == broken


def test_the_issues_of_a_person_s_token_are_adopted(box: Sandbox, server: Server) -> None:
    look(box, server, "a-person")
    box.edit_issue(1, labels=[])
    look(box, server, "a-person")
    assert still_open(box) == BOTH
    assert "ci-failure" in box.issue(1).labels


@pytest.mark.parametrize("path", [r"/issues\?.*creator=", r"/issues\?.*state=closed", "/graphql"])
def test_nothing_is_opened_if_other_issues_cannot_be_read(box: Sandbox, server: Server, path: str) -> None:
    fault = Fault("status", path=path, status=502, times=None, after=1 if path == "/graphql" else 0)
    box.inject(fault)
    report = look(box, server)
    assert box.issues == []
    assert any(text.startswith("No issue was opened, because ") for text in problems(report))
    skips = [result.action for result in report.results if isinstance(result.action, Skip)]
    assert [skip.skip_reason for skip in skips] == [SkipReason.ISSUES_UNKNOWN] * 2
    box.clear_faults()
    look(box, server)
    assert still_open(box) == BOTH


def test_a_server_without_graphql_gets_the_account_of_a_job(box: Sandbox, server: Server) -> None:
    look(box, server)
    box.edit_issue(1, labels=[])
    box.inject(Fault("status", path="/graphql$", status=404, times=None))
    look(box, server)
    assert still_open(box) == BOTH


# --- an incomplete list --------------------------------------------------------------------------


def test_an_issue_that_the_list_lacks_is_read_by_its_number(box: Sandbox, server: Server) -> None:
    look(box, server)
    fail(box, "lint", "test")
    look(box, server)  # now the issues name each other
    fail(box, "lint", "test", hours=2)
    box.inject(Fault("incomplete", missing=(2,), times=None))
    report = look(box, server)
    assert "GET /issues/2" in paths(server)
    assert still_open(box) == BOTH
    assert not report.failed
    box.clear_faults()
    assert '"count":3' in (box.issue(2).body or "")


def test_an_issue_that_the_list_lacks_stays_named_until_somebody_asks(box: Sandbox, server: Server) -> None:
    look(box, server)
    fail(box, "lint", "test")
    look(box, server)
    box.inject(Fault("incomplete", missing=(2,), times=None))
    fail(box, "lint")  # nothing would be opened, so #2 is not read
    look(box, server)
    assert not any(path.startswith("GET /issues/") for path in paths(server))
    fail(box, "lint", "test", hours=2)
    look(box, server)
    assert "GET /issues/2" in paths(server)
    assert still_open(box) == BOTH


@pytest.mark.parametrize("how", ["closed", "deleted"])
def test_an_issue_that_is_not_open_any_more_is_no_hindrance(box: Sandbox, server: Server, how: str) -> None:
    look(box, server)
    fail(box, "lint", "test")
    look(box, server)
    if how == "closed":
        box.close_issue(2, at=box.now - timedelta(days=400))
        box.issue(2).updated_at = box.now - timedelta(days=400)
    else:
        del box.state.issues[2]
    fail(box, "lint", "docs", hours=2)
    report = look(box, server)
    assert "GET /issues/2" in paths(server)
    assert "[CI Failure] CI - docs" in [title for _, title in still_open(box)]
    assert not report.failed


def test_an_issue_that_was_moved_is_named_and_no_hindrance(box: Sandbox, server: Server) -> None:
    look(box, server)
    fail(box, "lint", "test")
    look(box, server)
    fail(box, "lint", "test", "docs", hours=2)
    moved = f"{server.api_url}/repos/octo-org/elsewhere/issues/7"
    page = "https://github.example/octo-org/elsewhere/issues/7"
    box.inject(Fault("incomplete", missing=(2,), times=None))
    body = f'{{"url": "{moved}", "html_url": "{page}", "number": 7}}'
    box.inject(Fault("status", path="/issues/2$", status=200, body=body))
    report = look(box, server)
    assert f"Issue #2 was moved to {page}, where the tracker does not keep it current." in str(problems(report))
    assert "[CI Failure] CI - docs" in [title for _, title in still_open(box)]


def test_nothing_is_opened_if_a_named_issue_cannot_be_read(box: Sandbox, server: Server) -> None:
    look(box, server)
    fail(box, "lint", "test")
    look(box, server)
    fail(box, "lint", "test", hours=2)
    box.inject(Fault("incomplete", missing=(2,), times=None))
    box.inject(Fault("status", path="/issues/2$", status=502, times=None))
    report = look(box, server)
    assert still_open(box) == BOTH
    assert "No issue was opened, because issues that the list of open issues lacks could not be read." in str(
        problems(report)
    )


def test_a_complete_list_costs_no_request(box: Sandbox, server: Server) -> None:
    look(box, server)
    fail(box, "lint", "test")
    look(box, server)
    fail(box, "lint", "test", "docs", hours=2)
    look(box, server)
    assert not any(path.startswith("GET /issues/") for path in paths(server))


# --- closed issues -------------------------------------------------------------------------------

LONG_AGO = timedelta(days=200)


def close_long_ago(box: Sandbox, number: int, reason: str) -> None:
    at = box.now - LONG_AGO
    issue = box.issue(number)
    issue.created_at = at - timedelta(days=1)
    box.state.close(issue, Closing(at, "ada", reason))


def with_many_closed(box: Sandbox, number: int, days: int = 700) -> None:
    """So many closed issues of other failures, spread over the days before the oldest run."""
    for place in range(number):
        issue = box.add_issue(f"Old {place}", "text", ["ci-failure"], login="github-actions[bot]")
        at = box.now - timedelta(days=40) - timedelta(days=days) * place / number
        issue.created_at = at
        box.state.close(issue, Closing(at, "ada", "not_planned" if place % 7 == 0 else "completed"))


@pytest.mark.parametrize("reason", ["not_planned", "duplicate", "completed"])
def test_an_issue_closed_long_ago_counts_among_thousands_for_one_request(
    box: Sandbox, server: Server, reason: str
) -> None:
    look(box, server)
    close_long_ago(box, 2, reason)
    with_many_closed(box, 300)
    report = look(box, server)
    # The login, the open issues of the account, a page of closed ones, and the search.
    assert paths(server).count("GET /issues") == 3 + (reason == "completed")  # and a look after the opening
    opened = [title for number, title in still_open(box) if number > 2]
    assert opened == ([] if reason != "completed" else ["[CI Failure] CI - test"])
    if reason == "completed":
        assert '"previous":2' in (box.issues[-1].body or "")
    assert problems(report) == []


def test_a_search_that_leaves_out_an_issue_is_noticed_and_all_closed_issues_are_read(
    box: Sandbox, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(box, server)
    close_long_ago(box, 2, "not_planned")
    with_many_closed(box, 150)
    whole = issue_search.found
    monkeypatch.setattr(
        issue_search,
        "found",
        lambda *given, **more: [(call, one) for call, one in whole(*given, **more) if one.number != 2],
    )
    look(box, server)
    assert still_open(box) == BOTH[:1]
    assert paths(server).count("GET /issues") == 1 + 1 + 1 + 2


def test_an_issue_that_was_closed_after_the_last_failure_is_found_though_it_is_old(
    box: Sandbox, server: Server
) -> None:
    look(box, server)
    box.close_issue(2, at=box.now + timedelta(minutes=1))
    with_many_closed(box, 150)
    box.now += timedelta(days=80)
    report = look(box, server)
    assert still_open(box) == BOTH[:1]
    assert not report.failed


def test_the_search_is_valid_under_the_official_schema(
    server: Server, monkeypatch: pytest.MonkeyPatch, official_schema: GraphQLSchema
) -> None:
    sent: list[str] = []
    answer = graphql.query

    def recording(call: Call, budget: Budget) -> Reply:
        sent.append(str(call.fields["query"]))
        return answer(call, budget)

    monkeypatch.setattr(graphql, "query", recording)
    queries_of(server).closed_long_ago("ci-failure", [32 * "0", 32 * "1"])
    assert validate(official_schema, parse(sent[0])) == []
    for number in range(2):
        assert f"s{number}: search(" in sent[0]


def test_an_issue_reads_the_same_by_search_and_by_its_number(box: Sandbox, server: Server) -> None:
    look(box, server)
    close_long_ago(box, 2, "duplicate")
    box.now += timedelta(minutes=5)
    by_number = queries_of(server).issue(2)
    assert by_number is not None
    tracked = read_tracked(by_number)
    assert tracked is not None
    (found,) = queries_of(server).closed_long_ago("ci-failure", [tracked.id])
    assert found == replace(by_number, database_id=None)
