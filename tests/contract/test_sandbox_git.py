"""Branches, tags, commits and closings of the sandbox, as a client sees them over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox import Sandbox, Server
from sandbox.fields import Fields
from sandbox.steps import take_step

HISTORY = """
now: 2026-03-10T09:00:00Z
workflows: [{name: CI, file: ci.yml}, {name: Release}]
pushed: [{title: Paint the door, at: 2026-03-02T10:00:00Z}]
runs:
  - {workflow: CI, at: 2026-03-01T10:00:00Z, commit: {title: Hang the lamp}}
  - {workflow: CI, at: 2026-03-03T10:00:00Z, commit: {title: Oil the hinge}}
  - {workflow: CI, at: 2026-03-03T12:00:00Z, branch: topic, commit: {title: Try a bell}}
  - {workflow: Release, at: 2026-03-04T10:00:00Z, branch: v1.9.0, commit: {title: Release 1.9}}
  - {workflow: Release, at: 2026-03-05T10:00:00Z, branch: v1.10.0, commit: {title: Release 1.10}}
  - {workflow: CI, at: 2026-03-06T10:00:00Z, event: merge_group, branch: gh-readonly-queue/main/pr-7-aaaa}
issues: [{title: The lamp is dark}]
"""


class Client:
    """A sandbox, its server, and what it answers."""

    def __init__(self, box: Sandbox, server: Server) -> None:
        self.box, self.server = box, server

    def step(self, **happens: object) -> None:
        step = Fields(happens, "then[0]")
        take_step(self.box, step)
        step.done()

    def get(self, path: str, repository: str = "octo-org/example") -> Any:
        headers = {"Authorization": "Bearer sandbox-token"}
        answer = requests.get(f"{self.server.api_url}/repos/{repository}{path}", headers=headers, timeout=10)
        return answer.json()

    def matching(self, prefix: str) -> list[str]:
        return [ref["ref"].removeprefix("refs/") for ref in self.get(f"/git/matching-refs/{prefix}")]

    def titles_between(self, base: str, head: str) -> list[str]:
        return [one["commit"]["message"] for one in self.get(f"/compare/{base}...{head}")["commits"]]

    def ask(self, selection: str, owner: str = "octo-org", name: str = "example") -> Any:
        headers = {"Authorization": "Bearer sandbox-token"}
        query = f'{{ repository(owner: "{owner}", name: "{name}") {{ {selection} }} }}'
        answer = requests.post(self.server.graphql_url, json={"query": query}, headers=headers, timeout=10).json()
        return answer["data"]["repository"] if "errors" not in answer else answer["errors"]


@pytest.fixture
def client() -> Iterator[Client]:
    box = Sandbox.from_yaml(HISTORY)
    with box.serve() as server:
        yield Client(box, server)


# --- refs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "event", "kind"),
    [
        ("v1.2.3", "push", "tags"),
        ("1.8.1", "push", "tags"),
        ("v0.10", "push", "tags"),
        ("cli-v0.4.0", "push", "tags"),
        ("nightly", "release", "tags"),
        ("releases/1.2", "release", "tags"),
        ("v2", "push", "heads"),
        ("release/1.2", "push", "heads"),
        ("fix-1.2-again", "push", "heads"),
    ],
)
def test_a_version_or_the_ref_of_a_release_is_a_tag(client: Client, ref: str, event: str, kind: str) -> None:
    client.box.add_run(workflow="Release", branch=ref, event=event)
    assert client.matching(f"{kind}/{ref}") == [f"{kind}/{ref}"]
    assert client.ask(f'ref(qualifiedName: "refs/{kind}/{ref}") {{ name prefix }}') == {
        "ref": {"name": ref, "prefix": f"refs/{kind}/"}
    }


def test_matching_refs_are_those_that_begin_as_asked(client: Client) -> None:
    assert client.matching("tags/v1.1") == ["tags/v1.10.0"]
    assert client.matching("tags/") == ["tags/v1.10.0", "tags/v1.9.0"]
    assert client.matching("heads/t") == ["heads/topic"]
    assert client.matching("tags/none") == []


def test_a_fork_adds_no_ref(client: Client) -> None:
    client.box.add_run(workflow="CI", branch="from-a-fork", event="pull_request", fork="visitor")
    assert client.matching("heads/from-a-fork") == []


def test_the_newest_tags_come_with_their_newest_check_suite(client: Client) -> None:
    client.box.add_run(workflow="Release", branch="v1.9.1", at="2026-03-09T10:00:00Z", conclusion="failure")
    suites = "checkSuites(last: 1) { nodes { conclusion workflowRun { event workflow { name } } } }"
    refs = client.ask(
        'refs(refPrefix: "refs/tags/", orderBy: {field: TAG_COMMIT_DATE, direction: DESC}, first: 2) '
        f"{{ totalCount pageInfo {{ hasNextPage }} nodes {{ name target {{ ... on Commit {{ {suites} }} }} }} }}"
    )["refs"]
    assert (refs["totalCount"], refs["pageInfo"]) == (3, {"hasNextPage": True})
    assert [node["name"] for node in refs["nodes"]] == ["v1.9.1", "v1.10.0"]
    assert refs["nodes"][0]["target"]["checkSuites"]["nodes"] == [
        {"conclusion": "FAILURE", "workflowRun": {"event": "push", "workflow": {"name": "Release"}}}
    ]


def test_the_refs_are_read_page_by_page(client: Client) -> None:
    names, after = [], "null"
    while after:
        asked = f'refs(refPrefix: "refs/", first: 2, after: {after})'
        page = client.ask(f"{asked} {{ nodes {{ name }} pageInfo {{ hasNextPage endCursor }} }}")["refs"]
        names += [node["name"] for node in page["nodes"]]
        after = f'"{page["pageInfo"]["endCursor"]}"' if page["pageInfo"]["hasNextPage"] else ""
    assert names == ["gh-readonly-queue/main/pr-7-aaaa", "main", "topic", "v1.10.0", "v1.9.0"]


def test_a_connection_without_first_or_last_is_an_error(client: Client) -> None:
    [error] = client.ask('refs(refPrefix: "refs/") { totalCount }')
    assert error["type"] == "MISSING_PAGINATION_BOUNDARIES"


def test_a_deleted_ref_is_gone_and_its_runs_stay(client: Client) -> None:
    client.step(delete_refs=["topic", "v1.9.0"])
    assert client.matching("heads/topic") == client.matching("tags/v1.9") == []
    assert client.ask('ref(qualifiedName: "refs/heads/topic") { name }') == {"ref": None}
    assert client.get("/actions/runs?branch=topic")["total_count"] == 1


def test_a_deleted_ref_is_there_again_when_it_runs_again(client: Client) -> None:
    client.step(delete_refs=["topic"])
    client.step(runs=[{"workflow": "CI", "branch": "topic"}])
    assert client.matching("heads/topic") == ["heads/topic"]


def test_the_refs_and_commits_of_deleted_runs_stay(client: Client) -> None:
    before = client.get("/git/matching-refs/"), client.get("/compare/v1.9.0...v1.10.0")
    client.step(delete_runs="2026-03-10T00:00:00Z")
    assert client.get("/actions/runs")["total_count"] == 0
    assert (client.get("/git/matching-refs/"), client.get("/compare/v1.9.0...v1.10.0")) == before


# --- commits -------------------------------------------------------------------------------------


def test_a_commit_contains_all_older_commits_of_its_branch(client: Client) -> None:
    first = client.box.runs[-1].commit.sha
    assert client.titles_between(first, "main") == ["Paint the door", "Oil the hinge"]


def test_a_tag_contains_the_older_tags_and_the_default_branch(client: Client) -> None:
    assert client.titles_between("v1.9.0", "v1.10.0") == ["Release 1.10"]
    answer = client.get("/compare/main...v1.10.0")
    assert (answer["status"], answer["ahead_by"], answer["behind_by"]) == ("ahead", 2, 0)


def test_an_entry_of_a_merge_queue_contains_its_target(client: Client) -> None:
    answer = client.get("/compare/main...gh-readonly-queue/main/pr-7-aaaa")
    assert (answer["status"], answer["ahead_by"]) == ("ahead", 1)


@pytest.mark.parametrize(
    ("base", "head", "status"),
    [("main", "main", "identical"), ("v1.9.0", "main", "behind"), ("main", "v1.9.0", "ahead")],
)
def test_a_comparison_is_the_same_in_rest_and_graphql(client: Client, base: str, head: str, status: str) -> None:
    rest = client.get(f"/compare/{base}...{head}")
    prefix = "tags" if base.startswith("v") else "heads"
    asked = f'ref(qualifiedName: "refs/{prefix}/{base}") {{ compare(headRef: "{head}") {{ status aheadBy behindBy }} }}'
    found = client.ask(asked)["ref"]["compare"]
    assert rest["status"] == status
    assert found == {"status": status.upper(), "aheadBy": rest["ahead_by"], "behindBy": rest["behind_by"]}


def test_commits_that_share_none_cannot_be_compared(client: Client) -> None:
    assert client.get("/compare/topic...main")["status"] == "404"


def test_contents_of_a_private_repository_need_the_right_to_read_them() -> None:
    box = Sandbox.from_yaml(
        'repository: {private: true}\ntokens: {sandbox-token: {login: "github-actions[bot]", contents: none}}'
    )
    with box.serve() as server:
        client = Client(box, server)
        assert client.get("/git/matching-refs/tags/")["status"] == "403"
        assert client.get("/compare/main...main")["status"] == "403"
        [error] = client.ask('ref(qualifiedName: "refs/heads/main") { name }')
        assert error["type"] == "FORBIDDEN"


# --- the default branch and the name of the repository -------------------------------------------


def test_a_renamed_default_branch_keeps_its_commits(client: Client) -> None:
    first = client.box.runs[-1].commit.sha
    client.step(repository={"default_branch": "trunk"})
    assert client.get("")["default_branch"] == "trunk"
    assert (client.matching("heads/main"), client.matching("heads/trunk")) == ([], ["heads/trunk"])
    client.step(runs=[{"workflow": "CI", "commit": {"title": "Sweep the stairs"}}])
    assert client.box.runs[0].branch == "trunk"
    assert client.titles_between(first, "trunk") == ["Paint the door", "Oil the hinge", "Sweep the stairs"]


def test_a_branch_that_is_there_becomes_the_default_as_it_is(client: Client) -> None:
    client.step(repository={"default_branch": "topic"})
    assert client.get("")["default_branch"] == "topic"
    assert client.matching("heads/") == ["heads/gh-readonly-queue/main/pr-7-aaaa", "heads/main", "heads/topic"]


def test_who_asks_for_the_old_name_of_a_repository_is_sent_on(client: Client) -> None:
    client.step(repository={"name": "octo-org/lighthouse"})
    moved = f"{client.server.api_url}/repositories/{client.box.state.repository.id}"
    headers = {"Authorization": "Bearer sandbox-token"}
    for method, path, status in (("GET", "/issues?state=all", 301), ("POST", "/issues", 307)):
        url = f"{client.server.api_url}/repos/octo-org/example{path}"
        answer = requests.request(method, url, headers=headers, timeout=10, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (status, f"{moved}{path}")
    assert client.get("")["full_name"] == "octo-org/lighthouse"
    assert [issue["title"] for issue in client.get("/issues?state=all")] == ["The lamp is dark"]
    assert client.ask("nameWithOwner") == {"nameWithOwner": "octo-org/lighthouse"}


def test_graphql_follows_no_rename_if_asked_not_to(client: Client) -> None:
    client.step(repository={"name": "octo-org/lighthouse"})
    query = '{ repository(owner: "octo-org", name: "example", followRenames: false) { nameWithOwner } }'
    headers = {"Authorization": "Bearer sandbox-token"}
    answer = requests.post(client.server.graphql_url, json={"query": query}, headers=headers, timeout=10).json()
    assert answer["errors"][0]["type"] == "NOT_FOUND"


def test_a_number_that_is_not_the_repositorys_leads_nowhere(client: Client) -> None:
    assert requests.get(f"{client.server.api_url}/repositories/1/issues", timeout=10).status_code == 404


# --- closings ------------------------------------------------------------------------------------

CLOSINGS = (
    "issue(number: 1) { state timelineItems(itemTypes: [CLOSED_EVENT], last: 1) "
    "{ nodes { ... on ClosedEvent { stateReason actor { login } closer { ... on Commit { messageHeadline } } } } } }"
)
FIX = {"workflow": "CI", "at": "2026-03-11T10:00:00Z", "commit": {"title": "Change the bulb (fixes #1)"}}


def closing(client: Client) -> dict[str, Any]:
    [event] = client.ask(CLOSINGS)["issue"]["timelineItems"]["nodes"]
    found: dict[str, Any] = event
    return found


def test_a_commit_of_the_default_branch_closes_the_issue_it_fixes(client: Client) -> None:
    client.step(now="2026-03-11T12:00:00Z", runs=[FIX], close=[{"issue": 1}])
    assert closing(client) == {
        "stateReason": "COMPLETED",
        "actor": {"login": "octo-org"},
        "closer": {"messageHeadline": "Change the bulb (fixes #1)"},
    }


def test_a_title_alone_closes_nothing(client: Client) -> None:
    client.step(now="2026-03-11T12:00:00Z", runs=[FIX])
    assert client.ask(CLOSINGS)["issue"] == {"state": "OPEN", "timelineItems": {"nodes": []}}


@pytest.mark.parametrize(
    ("change", "close"),
    [
        ({"branch": "topic"}, {}),
        ({"commit": {"title": "Change the bulb (fixes #11)"}}, {}),
        ({}, {"at": "2026-03-11T09:00:00Z"}),
        ({}, {"reason": "not_planned"}),
    ],
    ids=["another branch", "another issue", "a later commit", "not planned"],
)
def test_a_person_closes_what_no_commit_fixes(client: Client, change: dict[str, Any], close: dict[str, Any]) -> None:
    client.step(now="2026-03-11T12:00:00Z", runs=[{**FIX, **change}], close=[{"issue": 1, **close}])
    assert closing(client)["closer"] is None


def test_a_commit_closes_an_issue_once(client: Client) -> None:
    client.step(now="2026-03-11T12:00:00Z", runs=[FIX], close=[{"issue": 1}], reopen=[{"issue": 1}])
    client.step(close=[{"issue": 1}])
    assert closing(client)["closer"] is None


def test_what_a_client_closes_has_no_closer_but_an_actor(client: Client) -> None:
    headers = {"Authorization": "Bearer sandbox-token"}
    url = f"{client.server.api_url}/repos/octo-org/example/issues/1"
    requests.patch(url, json={"state": "closed", "state_reason": "not_planned"}, headers=headers, timeout=10)
    assert closing(client) == {
        "stateReason": "NOT_PLANNED",
        "actor": {"login": "github-actions[bot]"},
        "closer": None,
    }


# --- filters -------------------------------------------------------------------------------------


def test_the_newest_run_of_a_workflow_on_a_branch_is_found(client: Client) -> None:
    found = client.get("/actions/workflows/ci.yml/runs?branch=main&per_page=1")
    assert [run["head_commit"]["message"] for run in found["workflow_runs"]] == ["Oil the hinge"]
    assert found["total_count"] == 2


@pytest.mark.parametrize("conclusion", ["failure", "timed_out", "cancelled", "action_required"])
def test_runs_are_found_by_how_they_ended(client: Client, conclusion: str) -> None:
    client.box.add_run(workflow="CI", at="2026-03-02T10:00:00Z", conclusion=conclusion)
    found = client.get(f"/actions/runs?branch=main&status={conclusion}")
    assert [run["conclusion"] for run in found["workflow_runs"]] == [conclusion]


def test_the_status_filter_does_not_know_startup_failures(client: Client) -> None:
    client.box.add_run(workflow="CI", conclusion="startup_failure")
    assert client.get("/actions/runs?status=startup_failure")["total_count"] == 0
    assert client.get("/actions/runs")["workflow_runs"][0]["conclusion"] == "startup_failure"
