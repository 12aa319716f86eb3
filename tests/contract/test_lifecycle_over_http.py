"""What only a real server shows of an issue's life: races, writes that fail halfway, commits that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from graphql import GraphQLSchema, parse, validate

from builders import HURRIED
from ci_failure_tracker.errors import UnansweredError
from ci_failure_tracker.github.client import Endpoints, connect
from ci_failure_tracker.github.queries import Queries
from ci_failure_tracker.model import Closer, CommitsBetween, Severity, WriteStatus
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.report.report import Report
from sandbox import Fault, Sandbox, Server
from sandbox.state import Account
from sweeping import sweep_server

REPOSITORY = "octo-org/example"
TOKEN = "sandbox-token"
HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example, private: true}
tokens:
  sandbox-token: {login: "github-actions[bot]"}
  no-contents: {login: "github-actions[bot]", contents: none}
  a-person: {login: ada}
workflows: [{name: CI, jobs: [{name: lint}, {name: test}]}]
pushed:
  - {title: "Rework the parser (#41)", author: ada, at: 2026-03-09T09:00:00Z}
runs:
  - {workflow: CI, at: 2026-03-08T10:00:00Z, commit: {title: "Add a cache"}}
  - {workflow: CI, at: 2026-03-09T10:00:00Z, commit: {title: "Parse dates strictly", author: grace},
     jobs: [{name: lint, conclusion: failure}, {name: test, conclusion: failure}]}
"""
MENDED = [
    {"workflow": "CI", "at": f"2026-03-10T1{hour}:00:00Z", "commit": {"title": f"Mend {hour}"}} for hour in (0, 1)
]


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(HISTORY)


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


def look(box: Sandbox, server: Server, token: str = TOKEN, **given: str) -> Report:
    return sweep_server(server, {"token": token, "repository": REPOSITORY, **given}, box.now)


@pytest.mark.parametrize("sweeps", [2, 4, 8])
def test_sweeps_at_once_end_with_one_issue_of_each_identity(box: Sandbox, server: Server, sweeps: int) -> None:
    box.delay = 0.02
    with ThreadPoolExecutor(sweeps) as pool:
        reports = list(pool.map(lambda _: look(box, server), range(sweeps)))
    still_open = [issue for issue in box.issues if issue.state == "open"]
    assert sorted(issue.title for issue in still_open) == ["[CI Failure] CI - lint", "[CI Failure] CI - test"]
    assert {issue.number for issue in still_open} == {
        min(same.number for same in box.issues if same.title == issue.title) for issue in still_open
    }
    for issue in box.issues:
        if issue.state == "closed":
            kept = next(same.number for same in still_open if same.title == issue.title)
            assert issue.state_reason == "duplicate"
            assert f"#{kept}" in issue.comments[0].body
            assert issue.duplicate_of == kept
    assert not any(report.failed for report in reports)
    box.delay = 0
    assert not any(result.status is WriteStatus.DONE for result in look(box, server).results)


def test_a_copy_is_closed_with_a_link_to_the_issue_that_stays(box: Sandbox, server: Server) -> None:
    look(box, server)
    first = box.issue(1)
    copy = box.add_issue(first.title, first.body, first.labels, login="github-actions[bot]")
    report = look(box, server)
    closed = box.issue(copy.number)
    assert (closed.state_reason, closed.duplicate_of) == ("duplicate", 1)
    assert [result.url for result in report.results if result.number == copy.number] == [
        f"{server.server_url}/{REPOSITORY}/issues/{copy.number}"
    ]


def test_an_issue_stays_open_until_its_copy_is_closed(box: Sandbox, server: Server) -> None:
    """Else the copy alone would be open, and count as the issue."""
    look(box, server)
    first = box.issue(1)
    copy = box.add_issue(first.title, first.body, first.labels, login="github-actions[bot]")
    for run in MENDED:
        box.add_run(run)
    box.inject(Fault("status", method="PATCH", path=f"/issues/{copy.number}$", times=None, status=422, body="{}"))
    look(box, server)
    assert (box.issue(1).state, box.issue(copy.number).state) == ("open", "open")
    box.clear_faults()
    look(box, server)
    assert (box.issue(1).state_reason, box.issue(copy.number).state_reason) == ("completed", "duplicate")


def test_a_server_without_the_link_gets_the_closing_alone(box: Sandbox, server: Server) -> None:
    look(box, server)
    first = box.issue(1)
    copy = box.add_issue(first.title, first.body, first.labels, login="github-actions[bot]")
    body = json.dumps({"message": "Validation Failed"})
    box.inject(Fault("status", method="PATCH", path=f"/issues/{copy.number}$", times=1, status=422, body=body))
    report = look(box, server)
    assert (box.issue(copy.number).state_reason, box.issue(copy.number).duplicate_of) == ("duplicate", None)
    assert not report.failed


SHARED_CAUSE = "ERROR: No matching distribution found for lampkit==9.1\n##[error]Process completed with exit code 1.\n"
STORM = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens: {sandbox-token: {login: "github-actions[bot]"}}
workflows: [{name: CI, jobs: [{name: docs}, {name: lint}, {name: test}]}]
runs: [{workflow: CI, at: 2026-03-08T10:00:00Z}]
"""


def _fail(box: Sandbox, at: str, *names: str) -> None:
    jobs = [{"name": name, "conclusion": "failure", "log": SHARED_CAUSE} for name in names]
    box.add_run({"workflow": "CI", "at": at, "commit": {"title": f"Change at {at}"}, "jobs": jobs})


def test_issues_stay_open_until_the_one_that_takes_them_in_is_opened() -> None:
    box = Sandbox.from_yaml(STORM)
    with box.serve() as server:
        _fail(box, "2026-03-10T07:00:00Z", "docs", "lint")
        look(box, server)
        _fail(box, "2026-03-10T08:00:00Z", "docs", "lint", "test")
        box.inject(Fault("status", method="POST", path="/issues$", times=1, status=422, body='{"message": "No"}'))
        report = look(box, server)
        assert [issue.state for issue in box.issues] == ["open", "open"]
        assert report.failed
        report = look(box, server)
        assert [(issue.state, issue.duplicate_of) for issue in box.issues] == [
            ("closed", 3),
            ("closed", 3),
            ("open", None),
        ]
        assert all("#3" in issue.comments[0].body for issue in box.issues[:2])
        assert not report.failed
        assert not any(result.status is WriteStatus.DONE for result in look(box, server).results)


def test_an_issue_that_a_person_keeps_open_is_not_taken_in() -> None:
    box = Sandbox.from_yaml(STORM)
    with box.serve() as server:
        _fail(box, "2026-03-10T07:00:00Z", "docs", "lint")
        look(box, server)
        box.edit_issue(1, labels=[*box.issue(1).labels, "keep-open"])
        _fail(box, "2026-03-10T08:00:00Z", "docs", "lint", "test")
        look(box, server)
        assert [issue.state for issue in box.issues] == ["open", "closed", "open"]


def test_a_new_cause_is_no_comment_if_the_job_is_flaky_on_a_commit() -> None:
    box = Sandbox.from_yaml(STORM)
    with box.serve() as server:
        _fail(box, "2026-03-10T07:00:00Z", "docs")
        look(box, server)
        box.rerun("CI", 2, {"at": "2026-03-10T07:30:00Z"})
        look(box, server)
        job = {"name": "docs", "conclusion": "failure", "log": "fatal: the lamp is out\n"}
        box.add_run({"workflow": "CI", "at": "2026-03-10T08:00:00Z", "jobs": [job]})
        look(box, server)
        (issue,) = box.issues
        assert "the lamp is out" in (issue.body or "")
        assert ["flaky" in comment.body for comment in issue.comments] == [True]


def test_what_is_gone_stays_open_if_a_person_reopened_it() -> None:
    box = Sandbox.from_yaml(STORM)
    with box.serve() as server:
        jobs = [{"name": "docs", "conclusion": "failure"}]
        box.add_run({"workflow": "CI", "at": "2026-03-10T07:00:00Z", "branch": "next", "jobs": jobs})
        look(box, server, branch="*")
        box.delete_refs(["next"])
        look(box, server, branch="*")
        assert {issue.state_reason for issue in box.issues} == {"not_planned"}
        box.reopen_issue(1)
        look(box, server, branch="*")
        assert box.issue(1).state == "open"


def test_an_issue_that_a_person_reopened_is_not_taken_in() -> None:
    box = Sandbox.from_yaml(STORM)
    with box.serve() as server:
        _fail(box, "2026-03-10T07:00:00Z", "docs")
        look(box, server)
        box.add_run({"workflow": "CI", "at": "2026-03-10T07:20:00Z"})
        look(box, server, close_after="1")
        assert box.issue(1).state == "closed"
        box.reopen_issue(1)
        look(box, server)
        _fail(box, "2026-03-10T08:00:00Z", "docs", "lint", "test")
        look(box, server)
        assert [issue.state for issue in box.issues] == ["open", "open"]


def test_a_repository_that_was_moved_is_swept_under_its_new_name(box: Sandbox, server: Server) -> None:
    box.change_repository(full_name="octo-org/renamed", former_names=(REPOSITORY,))
    report = look(box, server)
    assert [result.status for result in report.results] == [WriteStatus.DONE, WriteStatus.DONE]
    (notice,) = report.problems
    assert notice.severity is Severity.NOTICE
    assert "octo-org/example was renamed to octo-org/renamed." in notice.what
    old = [request for request in server.requests if f"/repos/{REPOSITORY}" in request.path]
    assert len(old) <= 3  # the repository, its issues and its workflows are asked for at the same time


def test_a_host_that_cannot_be_reached_is_reported() -> None:
    endpoints = Endpoints("http://no-such-host.invalid", "http://no-such-host.invalid/graphql")
    queries = Queries(connect(Secret(TOKEN), endpoints, HURRIED), endpoints, REPOSITORY)
    with pytest.raises(UnansweredError, match="could not be reached") as caught:
        queries.repository()
    assert "GITHUB_API_URL" in caught.value.advice
    assert queries.budget.made == HURRIED.tries


def test_a_label_that_another_sweep_created_is_no_error(box: Sandbox, server: Server) -> None:
    taken = {
        "message": "Validation Failed",
        "errors": [{"resource": "Label", "field": "name", "code": "already_exists"}],
    }
    box.inject(Fault("status", method="POST", path="/labels$", times=1, status=422, body=json.dumps(taken)))
    report = look(box, server)
    assert [result.status for result in report.results] == [WriteStatus.DONE, WriteStatus.DONE]
    assert not report.failed


def test_the_next_sweep_writes_a_comment_that_failed(box: Sandbox, server: Server) -> None:
    look(box, server)
    for run in MENDED:
        box.add_run(run)
    box.inject(Fault("status", method="POST", path="/comments$", times=None, status=500))
    report = look(box, server)
    assert {issue.state for issue in box.issues} == {"open"}
    assert [problem.severity for problem in report.problems] == [Severity.ERROR, Severity.ERROR]
    assert "comment on issue #" in report.problems[0].what
    assert report.failed
    box.clear_faults()
    assert not look(box, server).failed
    assert [(issue.state, len(issue.comments)) for issue in box.issues] == [("closed", 1), ("closed", 1)]


@pytest.mark.parametrize(("association", "comments"), [("MEMBER", 1), ("NONE", 2)])
def test_a_comment_exists_only_if_its_author_may_write(
    box: Sandbox, server: Server, association: str, comments: int
) -> None:
    look(box, server, token="a-person")
    for run in MENDED:
        box.add_run(run)
    kept = box.keep()
    look(box, server, token="a-person")
    texts = [issue.comments[0].body for issue in box.issues]
    box.come_back_to(kept)
    box.state.know(Account("somebody", association=association))
    for issue, text in zip(box.issues, texts, strict=True):
        box.comment(issue.number, text, login="somebody")
    assert not look(box, server, token="a-person").failed
    assert [len(issue.comments) for issue in box.issues] == [comments, comments]


def test_an_issue_is_closed_although_github_refuses_the_comment(box: Sandbox, server: Server) -> None:
    look(box, server)
    for run in MENDED:
        box.add_run(run)
    box.inject(Fault("status", method="POST", path="/comments$", times=None, status=403))
    report = look(box, server)
    assert {issue.state for issue in box.issues} == {"closed"}
    assert report.failed


def test_jobs_that_cannot_be_read_close_no_issue(box: Sandbox, server: Server) -> None:
    look(box, server)
    for run in MENDED:
        box.add_run(run)
    box.inject(Fault("status", path="/graphql$", status=404, times=None))
    newest = max(run.id for run in box.runs)
    box.inject(Fault("status", path=f"/runs/{newest}/jobs", times=4))
    report = look(box, server)
    assert report.window.partial
    assert {issue.state for issue in box.issues} == {"open"}
    box.clear_faults()
    assert look(box, server).line.endswith("2 closed")
    assert {issue.state_reason for issue in box.issues} == {"completed"}


# --- the commits of a break ----------------------------------------------------------------------


def test_suspects_have_titles_and_authors(box: Sandbox, server: Server) -> None:
    look(box, server)
    body = box.issue(1).body or ""
    assert "`Parse dates strictly` (`grace`)" in body
    assert "`Rework the parser` (`ada`, `#41`)" in body
    assert "Add a cache" not in body.partition("### Suspects")[2].partition("###")[0]


def test_without_the_right_to_contents_the_commits_of_runs_are_suspects(box: Sandbox, server: Server) -> None:
    report = look(box, server, token="no-contents")
    body = box.issue(1).body or ""
    assert "`Parse dates strictly`" in body
    assert "and more" in body
    assert [problem.severity for problem in report.problems] == [Severity.NOTICE]  # tags are not seen either


@pytest.fixture
def queries(server: Server) -> Queries:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    return Queries(connect(Secret("sandbox-token"), endpoints, HURRIED), endpoints, REPOSITORY)


def test_a_commit_that_no_longer_exists_does_not_stop_the_others(box: Sandbox, queries: Queries) -> None:
    new, old = (run.commit.sha for run in box.runs)
    histories = queries.commits_between([(old, "0" * 40), (old, new), ("0" * 40, new)])
    assert histories[0] == CommitsBetween(old, "0" * 40, known=False)
    assert [len(history.commits) for history in histories[1:]] == [2, 3]
    assert [history.more for history in histories[1:]] == [False, True]


def test_a_long_list_of_suspects_says_that_there_are_more(box: Sandbox, server: Server) -> None:
    for number in range(15):
        box.add_run(workflow="CI", at=f"2026-03-09T{number + 5:02}:30:00Z", status="in_progress",
                    commit={"title": f"Step {number}", "at": f"2026-03-08T{number + 5:02}:30:00Z"})  # fmt: skip
    look(box, server)
    suspects = (box.issue(1).body or "").partition("<summary>More suspects")[2].partition("</details>")[0]
    assert suspects.count("\n- [") == 7
    assert "- and more" in suspects


def test_the_query_for_commits_is_valid_by_the_official_schema(
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
    Queries(requester, endpoints, REPOSITORY).commits_between([(run.commit.sha, run.commit.sha) for run in box.runs])
    assert validate(official_schema, parse(sent[0])) == []


@pytest.mark.parametrize("asked", ["closers", "contain"])
def test_the_queries_about_closings_are_valid_by_the_official_schema(
    box: Sandbox, server: Server, monkeypatch: pytest.MonkeyPatch, asked: str, official_schema: GraphQLSchema
) -> None:
    look(box, server)
    endpoints = Endpoints(server.api_url, server.graphql_url)
    queries = Queries(connect(Secret(TOKEN), endpoints, HURRIED), endpoints, REPOSITORY)
    sent: list[str] = []
    graphql = queries.graphql

    def keep(query: str, given: Mapping[str, object]) -> Any:
        sent.append(query)
        return graphql(query, given)

    monkeypatch.setattr(queries, "graphql", keep)
    run = box.runs[-1]
    if asked == "closers":
        assert queries.closers([1, 2], "main") == {1: None, 2: None}
    else:
        pair = (Closer(run.commit.sha, run.commit.at, "main"), run.commit.sha)
        assert queries.contain([pair]) == {(run.commit.sha, run.commit.sha): True}
    assert validate(official_schema, parse(sent[0])) == []


def test_a_commit_that_the_token_may_not_see_decides_nothing(box: Sandbox, server: Server) -> None:
    endpoints = Endpoints(server.api_url, server.graphql_url)
    queries = Queries(connect(Secret("no-contents"), endpoints, HURRIED), endpoints, REPOSITORY)
    run = box.runs[-1]
    assert queries.contain([(Closer(run.commit.sha, run.commit.at, "main"), run.commit.sha)]) == {}


def test_issues_of_another_grouping_are_closed_when_they_are_fixed(box: Sandbox, server: Server) -> None:
    look(box, server)
    look(box, server, group_by="workflow")
    titles = ["[CI Failure] CI - lint", "[CI Failure] CI - test", "[CI Failure] CI - all jobs"]
    assert sorted(issue.title for issue in box.issues if issue.state == "open") == sorted(titles)
    failed = [{"name": name, "conclusion": "failure"} for name in ("lint", "test")]
    box.add_run(workflow="CI", at="2026-03-10T08:00:00Z", only_jobs=failed)
    look(box, server, group_by="workflow")
    assert all("2 failed runs" in (issue.body or "") for issue in box.issues)
    for run in MENDED:
        box.add_run(run)
    look(box, server, group_by="workflow")
    assert {issue.state for issue in box.issues} == {"closed"}


def test_whom_a_person_assigns_stays_assigned(box: Sandbox, server: Server) -> None:
    look(box, server, assignees="ada")
    issue = box.issue(1)
    issue.assignees = ["grace"]
    box.add_run(workflow="CI", at="2026-03-10T08:00:00Z", only_jobs=[{"name": "lint", "conclusion": "failure"}])
    look(box, server, assignees="ada")
    assert "2 failed runs" in (issue.body or "")
    assert issue.assignees == ["grace"]


def test_without_new_issues_the_open_ones_are_kept_current(box: Sandbox, server: Server) -> None:
    look(box, server)
    failed = [{"name": name, "conclusion": "failure"} for name in ("lint", "test", "docs")]
    box.add_run(workflow="CI", at="2026-03-10T08:00:00Z", only_jobs=failed)
    report = look(box, server, max_new_issues="0")
    assert len(report.failing) == 3
    assert len(box.issues) == 2
    assert all("2 failed runs" in (issue.body or "") for issue in box.issues)
