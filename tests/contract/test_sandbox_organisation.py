"""The invented organisation: the same for the same values, made when it is asked for, and as a sweep finds it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import requests

from sandbox import Server, Site
from sandbox.organisation import APP_TOKEN, CLASSIC_TOKEN, FINE_GRAINED_TOKEN, JOB_TOKEN, SHARED_CAUSE, Organisation
from sandbox.play import sweep_over_http

SMALL = Organisation(
    repositories=12, failing=0.5, one_cause=4, without_permissions=1, archived=1, forks=1, private=1, seed=3
)


@pytest.fixture
def site() -> Site:
    return SMALL.site()


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    with site.serve() as server:
        yield server


def ask(server: Server, address: str, token: str = APP_TOKEN, body: Any = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    method = "GET" if body is None else "POST"
    return requests.request(method, server.api_url + address, headers=headers, json=body, timeout=30)


def listed(server: Server, token: str = APP_TOKEN) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(server, "/orgs/northwind-labs/repos?per_page=100", token).json()
    return found


def logs_of(site: Site, full_name: str) -> str:
    return "".join(
        job.log.read().decode() for run in site[full_name].runs for job in run.last.jobs if job.conclusion == "failure"
    )


def test_the_same_values_make_the_same_repositories() -> None:
    again = replace(SMALL)
    assert again.members == SMALL.members != replace(SMALL, seed=4).members
    first, second = SMALL.site(), again.site()
    for member in SMALL.members:
        assert first[member.full_name].runs == second[member.full_name].runs


@pytest.mark.parametrize("repositories", [12, 500])
def test_there_are_as_many_of_each_kind_as_asked_for(repositories: int) -> None:
    organisation = replace(SMALL, repositories=repositories, forks=2)
    members = organisation.members
    assert len({member.full_name for member in members}) == repositories
    kinds = Counter(member.kind for member in members)
    assert (kinds["without permissions"], kinds["archived"], kinds["fork"]) == (1, 1, 2)
    ordinary = [member for member in members if member.kind == "ordinary"]
    assert sum(member.cause != "none" for member in ordinary) == repositories // 2
    assert sum(member.cause == "shared" for member in members) == 4
    assert [member.cause for member in members if member.private] == ["own"]


def test_more_than_there_are_is_refused() -> None:
    for organisation in (replace(SMALL, one_cause=7), replace(SMALL, failing=0.9), replace(SMALL, private=6)):
        with pytest.raises(ValueError, match="9 ordinary repositories are too few"):
            assert organisation.members


def test_a_list_makes_no_repository_and_says_the_same_when_they_are_made(site: Site, server: Server) -> None:
    before = listed(server)
    assert site.made == 0
    for name in site.repositories:
        assert site[name].runs or name == SMALL.issues_repository
    assert site.made == 13
    assert listed(server) == before


def test_the_lists_show_what_is_to_be_left_out(server: Server) -> None:
    shown = {one["full_name"]: one for one in listed(server)}
    for member in SMALL.members:
        one = shown[member.full_name]
        assert (one["archived"], one["fork"], one["private"]) == (
            member.kind == "archived",
            member.kind == "fork",
            member.private,
        )
        assert one["permissions"]["push"] is (member.kind != "without permissions")
    assert shown[SMALL.issues_repository]["private"] is True


def test_one_cause_is_in_as_many_logs_as_asked_for_and_each_other_in_one(site: Site) -> None:
    logs = {member.full_name: logs_of(site, member.full_name) for member in SMALL.members}
    assert sum(SHARED_CAUSE in log for log in logs.values()) == 4
    for member in SMALL.members:
        saying = [name for name, log in logs.items() if f"FAILED {member.failing_test} " in log]
        assert saying == ([member.full_name] if member.cause == "own" else [])
        assert bool(logs[member.full_name]) == (member.cause != "none")


def test_the_tokens_were_given_what_they_need(server: Server) -> None:
    [closed] = [member for member in SMALL.members if member.kind == "without permissions"]
    [private] = [member for member in SMALL.members if member.private]
    title = {"title": "Dark"}
    for token in (APP_TOKEN, FINE_GRAINED_TOKEN):
        assert ask(server, f"/repos/{closed.full_name}/actions/runs", token).status_code == 200
        assert ask(server, f"/repos/{closed.full_name}/issues", token, title).status_code == 403
        assert ask(server, f"/repos/{private.full_name}/issues", token, title).status_code == 201
    assert ask(server, f"/repos/{closed.full_name}/issues", CLASSIC_TOKEN, title).status_code == 201
    assert ask(server, f"/repos/{private.full_name}", JOB_TOKEN).status_code == 404
    assert ask(server, f"/repos/{SMALL.issues_repository}/issues", JOB_TOKEN, title).status_code == 201


@pytest.mark.parametrize(("repositories", "limit"), [(12, "5000"), (40, "6050"), (500, "12500")])
def test_an_apps_limit_grows_with_its_repositories(repositories: int, limit: str) -> None:
    with Organisation(repositories=repositories).site().serve() as server:
        assert ask(server, "/rate_limit").headers["X-RateLimit-Limit"] == limit


SEEN = """fragment seen on Repository {
  nameWithOwner
  defaultBranchRef { target { oid ... on Commit { checkSuites(last: 5) { nodes { updatedAt } } } } }
  refs(refPrefix: "refs/tags/", first: 5) { nodes { name } }
  issues(labels: ["ci-failure"], states: [OPEN], first: 20) { nodes { number updatedAt } }
}"""


def screen(server: Server, names: Sequence[str]) -> dict[str, Any]:
    """What one query shows of many repositories."""
    pairs = [name.split("/") for name in names]
    aliases = " ".join(
        f'r{place}: repository(owner: "{owner}", name: "{name}") {{ ...seen }}'
        for place, (owner, name) in enumerate(pairs)
    )
    answer = ask(server, "/graphql", body={"query": f"{SEEN} query {{ rateLimit {{ cost }} {aliases} }}"}).json()
    assert "errors" not in answer
    data: dict[str, Any] = answer["data"]
    return data


def test_500_repositories_are_screened_in_ten_queries() -> None:
    organisation = replace(SMALL, repositories=500, failing=0.1)
    names = [member.full_name for member in organisation.members]
    heads = set()
    with organisation.site().serve() as server:
        for start in range(0, 500, 50):
            data = screen(server, names[start : start + 50])
            assert data.pop("rateLimit") == {"cost": 2}  # 150 connections
            assert [one["nameWithOwner"] for one in data.values()] == names[start : start + 50]
            heads |= {one["defaultBranchRef"]["target"]["oid"] for one in data.values()}
        assert server.usage(APP_TOKEN).graphql_points_a_minute == 10
    assert len(heads) == 500


def test_what_happens_in_a_repository_shows_in_the_screening_of_it_alone(site: Site, server: Server) -> None:
    names = [member.full_name for member in SMALL.members[:3]]
    before = screen(server, names)
    site[names[1]].add_run(workflow="CI", at="2026-03-02T08:59:00Z")
    after = screen(server, names)
    assert [before[f"r{place}"] == after[f"r{place}"] for place in range(3)] == [True, False, True]


@pytest.mark.parametrize("cause", ["none", "own", "shared"])
def test_a_sweep_finds_what_fails(site: Site, server: Server, cause: str) -> None:
    member = next(one for one in SMALL.members if one.cause == cause and one.kind == "ordinary")
    inputs = {"token": APP_TOKEN, "repository": member.full_name}
    report = sweep_over_http(server, inputs, SMALL.now)
    assert not report.problems
    titles = [issue.title for issue in site[member.full_name].issues]
    assert len(titles) == (cause != "none")
    bodies = "".join(issue.body or "" for issue in site[member.full_name].issues)
    said = {"own": member.failing_test, "shared": SHARED_CAUSE}
    assert [kind for kind, text in said.items() if re.search(re.escape(text), bodies)] == [cause] * (cause != "none")
