"""The sandbox against GitHub's official description: every route, what is asked and what is answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

from contract.description import describe
from sandbox import Fault, Sandbox, Server, rest
from sandbox.faults import FaultKind

SCENARIO = """
now: 2026-03-02T09:00:00Z
repository: {full_name: octo-org/lighthouse}
accounts:
  - {login: ada, name: Ada Holm, association: MEMBER}
  - {login: visitor}
tokens:
  bot: {login: "github-actions[bot]"}
  person: {login: ada}
  reader: {login: "github-actions[bot]", issues: read}
  nobody: {login: "github-actions[bot]", actions: none, issues: none, checks: none}
workflows:
  - {name: CI, jobs: [{name: build}, {name: test, matrix: {python: ["3.12", "3.13"]}}]}
  - {name: Updates, path: dynamic/dependabot/dependabot-updates, state: disabled_inactivity}
  - {name: Release}
runs:
  - {workflow: CI, at: 2d ago}
  - {workflow: CI, at: 26h ago, event: pull_request, branch: topic, pull_request: 3, actor: ada}
  - workflow: CI
    at: 1d ago
    attempts:
      - jobs:
          - name: test
            conclusion: failure
            annotations: [{message: "no", path: tests/test_a.py, line: 7, title: assert}]
      - {actor: ada}
    artifacts:
      - {name: reports, files: {junit.xml: "<testsuite/>"}}
      - {name: old-reports, files: {junit.xml: "<testsuite/>"}, expired: true}
  - {workflow: CI, at: 22h ago, conclusion: cancelled, fork: visitor, event: pull_request, actor: visitor}
  - {workflow: CI, at: 20h ago, jobs: [{name: build, conclusion: timed_out}]}
  - {workflow: Updates, at: 5h ago, event: dynamic, name: npm in / for vite, actor: "dependabot[bot]"}
  - {workflow: Release, at: 4h ago, conclusion: startup_failure}
  - {workflow: Release, at: 3h ago, branch: v1.0.0}
  - {workflow: CI, at: 2m ago, status: in_progress}
  - {workflow: CI, at: 1m ago, status: queued}
labels:
  - {name: bug, color: d73a4a, description: Something is broken}
issues:
  - title: Lamp is dim
    body: It was brighter last week.
    labels: [bug]
    login: visitor
    created: 3d ago
    comments: [{login: ada, body: Looking into it.}]
  - {title: Old one, created: 9d ago, state: closed, closed: 8d ago, state_reason: not_planned, closed_by: ada}
  - {title: Mend the lamp, login: ada, created: 2d ago, pull_request: true, assignees: [ada]}
"""

BOT = "bot"
REPO = "/repos/octo-org/lighthouse"
# Each route of the table with addresses that reach it; the names in braces are filled in from the state.
READS = {
    "/user": ["/user"],
    "/user/repos": ["/user/repos"],
    "/users/{username}/repos": ["/users/octo-org/repos"],
    "/orgs/{org}/repos": ["/orgs/octo-org/repos?per_page=1"],
    "/installation/repositories": ["/installation/repositories"],
    "/search/issues": ["/search/issues?q=repo:octo-org/lighthouse+is:issue+lamp"],
    "": [""],
    "/actions/workflows": ["/actions/workflows", "/actions/workflows?per_page=1&page=2"],
    "/actions/workflows/{workflow_id}": ["/actions/workflows/{workflow}", "/actions/workflows/ci.yml"],
    "/actions/workflows/{workflow_id}/runs": [
        "/actions/workflows/ci.yml/runs?branch=main&status=success",
        "/actions/workflows/ci.yml/runs?branch=main&per_page=1",
    ],
    "/actions/runs": ["/actions/runs", "/actions/runs?event=push&per_page=2&exclude_pull_requests=true"],
    "/actions/runs/{run_id}": ["/actions/runs/{run}", "/actions/runs/{fork_run}"],
    "/actions/runs/{run_id}/jobs": ["/actions/runs/{run}/jobs", "/actions/runs/{run}/jobs?filter=all"],
    "/actions/runs/{run_id}/attempts/{attempt_number}": ["/actions/runs/{run}/attempts/1"],
    "/actions/runs/{run_id}/attempts/{attempt_number}/jobs": [
        "/actions/runs/{run}/attempts/1/jobs",
        "/actions/runs/{run}/attempts/9/jobs",
    ],
    "/actions/runs/{run_id}/artifacts": [
        "/actions/runs/{run}/artifacts?per_page=100",
        "/actions/runs/{run}/artifacts?name=reports&per_page=1",
        "/actions/runs/{fork_run}/artifacts",
    ],
    "/actions/artifacts/{artifact_id}/{archive_format}": ["/actions/artifacts/{artifact}/zip"],
    "/actions/jobs/{job_id}": ["/actions/jobs/{failed_job}", "/actions/jobs/{queued_job}"],
    "/actions/jobs/{job_id}/logs": ["/actions/jobs/{failed_job}/logs"],
    "/check-runs/{check_run_id}/annotations": ["/check-runs/{failed_job}/annotations"],
    # The description finds a path only if the slash within a ref is escaped.
    "/git/matching-refs/{ref:path}": ["/git/matching-refs/tags%2Fv1", "/git/matching-refs/heads%2Fmain"],
    "/git/ref/{ref:path}": ["/git/ref/heads%2Fmain", "/git/ref/tags%2Fv1.0.0", "/git/ref/tags%2Fnone"],
    "/compare/{basehead:path}": [
        "/compare/{old_sha}...{sha}",
        "/compare/{sha}...{old_sha}",
        "/compare/main...v1.0.0",
        "/compare/main...none",
    ],
    "/commits/{ref:path}": ["/commits/{sha}", "/commits/main"],
    "/commits/{ref:path}/check-runs": ["/commits/{sha}/check-runs?filter=all"],
    "/check-suites/{check_suite_id}/check-runs": ["/check-suites/{suite}/check-runs?filter=latest"],
    "/issues": ["/issues", "/issues?state=all&labels=bug&sort=updated&direction=asc&per_page=1"],
    "/issues/{issue_number}": ["/issues/1", "/issues/2", "/issues/3", "/issues/99"],
    "/issues/{issue_number}/comments": ["/issues/1/comments", "/issues/99/comments"],
    "/collaborators/{username}/permission": [
        "/collaborators/ada/permission",
        "/collaborators/visitor/permission",
        "/collaborators/none/permission",
    ],
    "/labels": ["/labels"],
    "/labels/{name:path}": ["/labels/bug", "/labels/none"],
}
ANYWHERE = ("/user", "/users", "/orgs", "/installation", "/search", "/rate_limit")
# The description here leaves a route out; GitHub describes its answer as that of another.
DESCRIBED_AS = {"/users/octo-org/repos": "/orgs/octo-org/repos"}
# Method, address, body, and the status that has to come back.
WRITES: list[tuple[str, str, str, Any, int]] = [
    ("POST", "/actions/runs/{run_id}/rerun-failed-jobs", "/actions/runs/{late_run}/rerun-failed-jobs", None, 201),
    ("POST", "/labels", "/labels", {"name": "ci-failure", "color": "b60205", "description": "Red"}, 201),
    ("POST", "/issues", "/issues", {"title": "Lamp", "body": "Dark", "labels": ["ci-failure", "new"]}, 201),
    ("PATCH", "/issues/{issue_number}", "/issues/1", {"state": "closed", "state_reason": "completed"}, 200),
    ("PATCH", "/issues/{issue_number}", "/issues/1", {"state": "open", "state_reason": "reopened"}, 200),
    ("PATCH", "/issues/{issue_number}", "/issues/1", {"state": "closed", "state_reason": "duplicate"}, 200),
    ("PATCH", "/issues/{issue_number}", "/issues/4", {"title": "Lamps", "body": None, "labels": ["bug"]}, 200),
    ("POST", "/issues/{issue_number}/comments", "/issues/4/comments", {"body": "Still dark"}, 201),
    ("PATCH", "/issues/comments/{comment_id}", "/issues/comments/{comment}", {"body": "Light again"}, 200),
    ("POST", "/issues/{issue_number}/labels", "/issues/4/labels", {"labels": ["flaky"]}, 200),
    ("PUT", "/issues/{issue_number}/labels", "/issues/4/labels", {"labels": ["ci-failure"]}, 200),
    ("POST", "/issues/{issue_number}/assignees", "/issues/4/assignees", {"assignees": ["ada"]}, 201),
]


DEMO = Path(__file__).parents[1] / "sandbox" / "scenarios" / "parcel-tracker" / "scenario.yaml"


@dataclass
class Conversation:
    """Talks to the server and holds every sentence against the description."""

    description: OpenAPI
    box: Sandbox
    server: Server
    session: requests.Session
    names: dict[str, object] = field(default_factory=dict)
    repository: str = REPO

    def ask(self, method: str, address: str, body: Any = None, token: str | None = BOT) -> requests.Response:
        path = address if address.startswith(ANYWHERE) else f"{self.repository}{address}"
        request = requests.Request(
            method,
            self.server.api_url + path.format(**self.names),
            json=body,
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        answer = self.session.send(self.session.prepare_request(request), allow_redirects=False)
        request.url = self.server.api_url + DESCRIBED_AS.get(path, path).format(**self.names)
        asked = RequestsOpenAPIRequest(request)
        self.description.validate_request(asked)
        self.description.validate_response(asked, RequestsOpenAPIResponse(answer))
        return answer


@pytest.fixture(scope="module", params=["as the scenario says", "after writes"])
def github(request: pytest.FixtureRequest, document: dict[str, Any]) -> Iterator[Conversation]:
    box = Sandbox.from_yaml(SCENARIO)
    with box.serve() as server, requests.Session() as session:
        talk = Conversation(describe(document, server.api_url), box, server, session, _names(box))
        if request.param == "after writes":
            for method, _, address, body, _ in WRITES:
                talk.ask(method, address, body)
        yield talk


def _names(box: Sandbox) -> dict[str, object]:
    run = next(run for run in box.runs if len(run.attempts) > 1)
    queued = next(run for run in box.runs if run.status == "queued")
    return {
        "workflow": run.workflow.id,
        "run": run.id,
        "late_run": next(run.id for run in box.runs if run.conclusion == "timed_out"),
        "fork_run": next(run.id for run in box.runs if run.fork),
        "failed_job": next(job.id for job in run.attempts[0].jobs if job.conclusion == "failure"),
        "queued_job": queued.last.jobs[0].id,
        "suite": run.check_suite_id,
        "artifact": run.artifacts[0].id,
        "old_artifact": run.artifacts[1].id,
        "sha": run.commit.sha,
        "old_sha": next(one.commit.sha for one in reversed(box.runs) if one.branch == "main"),
        "comment": 3_600_000_001,
    }


def test_every_route_of_the_sandbox_is_held_against_the_description() -> None:
    tried = {("GET", path) for path in READS} | {(method, path) for method, path, *_ in WRITES}
    table = {(method, path.removeprefix("/repos/{owner}/{repo}")) for method, path, _ in rest.TABLE}
    assert tried == table


@pytest.mark.parametrize("address", [address for many in READS.values() for address in many])
def test_a_read_answers_as_described(github: Conversation, address: str) -> None:
    token = "person" if address.startswith("/user") else "bot"
    answer = github.ask("GET", address, token=token)
    missing = any(part in address for part in ("99", "/9/", "none"))
    expected = 404 if missing else 302 if address.endswith(("/logs", "/zip")) else 200
    assert answer.status_code == expected


def test_an_artifact_whose_time_is_over_answers_as_described(github: Conversation) -> None:
    assert github.ask("GET", "/actions/artifacts/{old_artifact}/zip").status_code == 410


@pytest.mark.parametrize("token", ["bot", "person", None])
def test_the_rate_limit_answers_as_described(github: Conversation, token: str | None) -> None:
    assert github.ask("GET", "/rate_limit", token=token).json()["rate"]["limit"] in (60, 1000, 5000)


@pytest.mark.parametrize("shape", ["every run", "every attempt", "every job", "every check run"])
def test_all_there_is_answers_as_described(github: Conversation, shape: str) -> None:
    for run in github.box.runs:
        if shape == "every run":
            github.ask("GET", f"/actions/runs/{run.id}")
        if shape == "every check run":
            github.ask("GET", f"/check-suites/{run.check_suite_id}/check-runs?filter=all")
        for attempt in run.attempts if shape == "every attempt" else ():
            shown = github.ask("GET", f"/actions/runs/{run.id}/attempts/{attempt.number}").json()
            assert shown["run_attempt"] == attempt.number
        if shape == "every job":
            shown = github.ask("GET", f"/actions/runs/{run.id}/jobs?filter=all&per_page=100").json()
            assert shown["total_count"] == sum(len(attempt.jobs) for attempt in run.attempts)


@pytest.mark.parametrize(("method", "address", "body", "status"), [(w[0], *w[2:]) for w in WRITES])
def test_a_write_is_asked_and_answered_as_described(
    github: Conversation, method: str, address: str, body: dict[str, Any], status: int
) -> None:
    if github.box.issues[-1].number < 4:
        github.box.add_issue("Fourth", login="ada")
    if address == "/labels":
        body = {**body, "name": f"{body['name']}-{len(github.box.labels)}"}
    if "{late_run}" in address:
        run = next(run for run in github.box.runs if run.id == github.names["late_run"])
        github.box.rerun(run.workflow.name, run.number, {"conclusion": "timed_out"})  # what goes on cannot begin
    assert github.ask(method, address, body).status_code == status


@pytest.mark.parametrize(
    ("status", "method", "address", "token", "body"),
    [
        (401, "GET", "/user", "who", None),
        (401, "GET", "/user", None, None),
        (403, "GET", "/user", "bot", None),
        (401, "GET", "/search/issues?q=lamp", "who", None),
        (403, "GET", "/search/issues?q=lamp", "nobody", None),
        (403, "POST", "/issues", "reader", {"title": "x"}),
        (403, "POST", "/issues", "nobody", {"title": "x"}),
        (404, "GET", "/labels/none", "bot", None),
        (422, "POST", "/issues", "bot", {"title": " "}),
        (422, "POST", "/issues", "bot", {"title": "x" * 257}),
        (422, "POST", "/issues", "bot", {"title": "x", "body": "y" * 65_537}),
        (422, "POST", "/issues", "bot", {"title": "x", "assignees": ["visitor"]}),
        (422, "PATCH", "/issues/1", "bot", {"body": "y" * 65_537}),
        (422, "POST", "/issues/1/comments", "bot", {"body": ""}),
        (422, "POST", "/issues/1/comments", "bot", {"body": "y" * 65_537}),
        (422, "POST", "/labels", "bot", {"name": "BUG"}),
        (422, "POST", "/labels", "bot", {"name": "x", "color": "#fff"}),
        (404, "POST", "/issues/99/labels", "bot", {"labels": ["x"]}),
        (404, "PATCH", "/issues/99", "bot", {"title": "x"}),
    ],
)
def test_a_refusal_has_the_described_shape(
    github: Conversation, status: int, method: str, address: str, token: str | None, body: object
) -> None:
    answer = github.ask(method, address, body, token=token)
    assert (answer.status_code, answer.json()["status"]) == (status, str(status))


def test_a_private_repository_does_not_exist_for_a_token_without_rights(github: Conversation) -> None:
    github.box.change_repository(private=True)
    try:
        assert github.ask("GET", "", token="nobody").status_code == 404
        assert github.ask("GET", "", token=None).status_code == 404
        assert github.ask("GET", "").json()["private"] is True
    finally:
        github.box.change_repository(private=False)


def test_an_archived_repository_takes_no_writes(github: Conversation) -> None:
    github.box.change_repository(archived=True)
    try:
        answer = github.ask("POST", "/issues", {"title": "x"})
        assert (answer.status_code, answer.json()["message"]) == (403, "Repository was archived so is read-only.")
        assert github.ask("GET", "").json()["archived"] is True
    finally:
        github.box.change_repository(archived=False)


def test_a_repository_without_issues_says_they_are_gone(github: Conversation) -> None:
    github.box.change_repository(has_issues=False)
    try:
        assert github.ask("POST", "/issues", {"title": "x"}).status_code == 410
        assert github.ask("GET", "/issues/1").status_code == 410
        assert [item["number"] for item in github.ask("GET", "/issues?state=all").json()] == [3]
    finally:
        github.box.change_repository(has_issues=True)


@pytest.mark.parametrize("kind", ["primary-rate-limit", "secondary-rate-limit"])
def test_an_injected_limit_has_the_described_shape(github: Conversation, kind: FaultKind) -> None:
    github.box.inject(Fault(kind))
    assert github.ask("POST", "/issues", {"title": "x"}).status_code == 403


def test_the_demo_answers_as_described(document: dict[str, Any]) -> None:
    box = Sandbox.from_scenario(DEMO)
    with box.serve() as server, requests.Session() as session:
        talk = Conversation(describe(document, server.api_url), box, server, session)
        talk.repository = "/repos/northwind-labs/parcel-tracker"
        runs = talk.ask("GET", "/actions/runs?per_page=100", token="demo-token").json()
        assert runs["total_count"] == len(runs["workflow_runs"]) == len(box.runs)
        issues = talk.ask("GET", "/issues?state=all", token="demo-token").json()
        assert len(issues) == len(box.issues)
        for run in box.runs:
            jobs = talk.ask("GET", f"/actions/runs/{run.id}/jobs?filter=all&per_page=100", token="demo-token").json()
            assert jobs["total_count"] == sum(len(attempt.jobs) for attempt in run.attempts)


def test_what_everybody_may_see_is_as_described(document: dict[str, Any]) -> None:
    box = Sandbox.from_scenario(DEMO)
    with box.serve() as server, requests.Session() as session:
        talk = Conversation(describe(document, server.api_url), box, server, session)
        talk.repository = "/repos/northwind-labs/parcel-tracker"
        failed = next(run for run in box.runs if run.conclusion == "failure" and run.last.jobs)
        job = next(job for job in failed.last.jobs if job.conclusion == "failure")
        for address in (
            "",
            "/actions/workflows",
            "/actions/runs?branch=main&per_page=100",
            f"/actions/runs/{failed.id}/jobs?per_page=100",
            f"/check-runs/{job.id}/annotations?per_page=100",
            "/issues?state=open&labels=ci-failure",
        ):
            answer = talk.ask("GET", address, token=None)
            assert (answer.status_code, answer.headers["X-RateLimit-Limit"]) == (200, "60")
        box._door.limits.budget(None, "core").used = 60
        refused = talk.ask("GET", "", token=None)
        assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
