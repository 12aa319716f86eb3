"""PyGithub against the sandbox: what the program will do, done by hand."""

from collections.abc import Iterator

import github
import pytest
import requests
from github import Auth, Github
from github.Repository import Repository

from sandbox import Fault, Sandbox, Server

SCENARIO = """
now: 2026-03-02T09:00:00Z
repository: {full_name: octo-org/lighthouse}
accounts: [{login: ada, association: MEMBER}]
workflows:
  - {name: CI, jobs: [{name: build}, {name: test}]}
  - {name: Updates, path: dynamic/dependabot/dependabot-updates}
runs:
  - {workflow: CI, at: 5h ago}
  - {workflow: CI, at: 3h ago, jobs: [{name: test, conclusion: failure, log: "it broke\\n"}]}
  - {workflow: Updates, at: 2h ago, name: npm in /web, event: dynamic}
"""


@pytest.fixture(scope="module")
def box() -> Sandbox:
    return Sandbox.from_yaml(SCENARIO)


@pytest.fixture(scope="module")
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


TOKEN = "sandbox-token"


def connect(url: str, token: str = TOKEN) -> Github:
    auth = Auth.Token(token)
    return Github(auth=auth, base_url=url, seconds_between_requests=0, seconds_between_writes=0, per_page=2, retry=None)


@pytest.fixture(scope="module", params=["github.com", "Enterprise Server"])
def hub(request: pytest.FixtureRequest, server: Server) -> Iterator[Github]:
    with connect(server.api_url if request.param == "github.com" else server.enterprise_api_url) as hub:
        yield hub


@pytest.fixture(scope="module")
def repository(hub: Github) -> Repository:
    return hub.get_repo("octo-org/lighthouse")


def test_workflows_and_runs_are_listed_over_all_pages(repository: Repository) -> None:
    workflows = {workflow.id: workflow.name for workflow in repository.get_workflows()}
    runs = list(repository.get_workflow_runs(exclude_pull_requests=True))
    assert [workflows[run.workflow_id] for run in runs] == ["Updates", "CI", "CI"]
    assert [run.name for run in runs] == ["npm in /web", "CI", "CI"]


def test_jobs_steps_and_logs_are_read(repository: Repository) -> None:
    run = repository.get_workflow_runs(status="failure")[0]
    job = next(job for job in run.jobs() if job.conclusion == "failure")
    assert [step.conclusion for step in job.steps if step.name == "Build and test"] == ["failure"]
    assert requests.get(job.logs_url(), timeout=10).text == "it broke\n"
    address = f"{repository.url}/check-runs/{job.id}/annotations"
    _, annotations = repository.requester.requestJsonAndCheck("GET", address)
    assert [note["message"] for note in annotations] == ["Process completed with exit code 1."]


def test_an_issue_lives_its_life(repository: Repository, box: Sandbox) -> None:
    label = repository.create_label(f"red-{len(box.labels)}", "b60205", "Something is red")
    issue = repository.create_issue("Lamp", body="Dark", labels=[label.name], assignees=["ada"])
    issue.edit(body="Darker", state="closed", state_reason="not_planned")
    issue.create_comment("Never mind.").edit("Nothing to see.")
    issue.add_to_labels("flaky")
    issue.set_labels(label.name)
    issue.edit(state="open")
    found = box.issue(issue.number)
    assert (found.title, found.body, found.state, found.state_reason) == ("Lamp", "Darker", "open", "reopened")
    assert (found.labels, found.assignees, found.login) == ([label.name], ["ada"], "github-actions[bot]")
    assert [comment.body for comment in found.comments] == ["Nothing to see."]
    listed = repository.get_issues(state="all", labels=[label])
    assert [item.number for item in listed] == [issue.number]


def test_who_asks_is_known_to_graphql_and_not_to_rest(hub: Github) -> None:
    _, answer = hub.requester.graphql_query("{ viewer { login } rateLimit { cost remaining } }", {})
    assert answer["data"]["viewer"]["login"] == "github-actions[bot]"
    assert answer["data"]["rateLimit"]["cost"] == 1
    with pytest.raises(github.GithubException) as refused:
        hub.get_user().login  # noqa: B018 - reading the login is what asks
    assert refused.value.status == 403


def test_the_limit_is_read(hub: Github) -> None:
    assert hub.get_rate_limit().resources.core.limit == 1000


def test_a_bad_token_is_a_bad_credential(server: Server) -> None:
    with connect(server.api_url, "wrong") as hub, pytest.raises(github.BadCredentialsException):
        hub.get_repo("octo-org/lighthouse")


def test_a_repository_that_is_not_there_is_an_unknown_object(hub: Github) -> None:
    with pytest.raises(github.UnknownObjectException):
        hub.get_repo("octo-org/darkhouse")
    with pytest.raises(github.UnknownObjectException):
        hub.requester.graphql_query('{ repository(owner: "octo-org", name: "no") { nameWithOwner } }', {})


def test_a_lost_reply_is_an_error_though_the_issue_exists(repository: Repository, box: Sandbox) -> None:
    issues = len(box.issues)
    box.inject(Fault("lost-reply", method="POST"))
    with pytest.raises(requests.ConnectionError):
        repository.create_issue("Twice?")
    assert len(box.issues) == issues + 1
