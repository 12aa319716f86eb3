"""A sandbox with many repositories: who sees which of them, and how they are listed, over REST and GraphQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from contract.description import describe
from contract.test_sandbox_openapi import Conversation
from sandbox import Fault, ScenarioError, Site

SCENARIO = """
now: 2026-03-02T09:00:00Z
accounts:
  - {login: octo-org, type: Organization, association: OWNER}
  - {login: ada, name: Ada Holm, association: MEMBER}
tokens:
  job: {repositories: [octo-org/lamp]}
  app: {login: "keeper[bot]", repositories: [octo-org/lamp, octo-org/vault]}
  fine: {login: ada, repositories: [octo-org/*], issues: read}
  classic: {login: ada}
repositories:
  - repository: {full_name: octo-org/lamp, topics: [light, glass]}
    workflows: [{name: CI, jobs: [{name: build}]}]
    runs:
      - {workflow: CI, at: 3h ago, jobs: [{name: build, conclusion: failure, log: "it is dark\\n"}]}
      - {workflow: CI, at: 5h ago, branch: v1.0.0}
    issues: [{title: Lamp is dim, body: Very., labels: [ci-failure], created: 1d ago}]
  - repository: {full_name: octo-org/vault, private: true, topics: [light]}
    workflows: [{name: CI, jobs: [{name: build}]}]
    runs: [{workflow: CI, at: 3h ago, jobs: [{name: build, conclusion: failure, log: "it is locked\\n"}]}]
    issues: [{title: Vault is shut, created: 1d ago}]
  - repository: {full_name: octo-org/safe, private: true}
  - repository: {full_name: octo-org/bell, archived: true, topics: [sound]}
    workflows: [{name: CI}]
    runs: [{workflow: CI, at: 1h ago}]
  - repository: {full_name: octo-org/horn, fork: true, topics: [light]}
  - repository: {full_name: ada/notes, default_branch: trunk}
    issues: [{title: Lamp again, created: 1d ago}]
"""


APP = "app"


@dataclass
class Talk:
    """Asks the server, with one token after another."""

    site: Site
    url: str

    def rest(self, address: str, token: str | None = APP, body: Any = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        method = "GET" if body is None else "POST"
        return requests.request(
            method, self.url + address, headers=headers, json=body, timeout=10, allow_redirects=False
        )

    def names(self, address: str, token: str | None = APP) -> list[str]:
        answer = self.rest(address, token).json()
        listed = answer["repositories"] if isinstance(answer, dict) else answer
        return [one["full_name"] for one in listed]

    def graphql(self, query: str, token: str = APP, **variables: object) -> Any:
        body = {"query": query, "variables": variables}
        return self.rest("/graphql", token, body).json()


@pytest.fixture(scope="module")
def talk() -> Iterator[Talk]:
    site = Site.from_yaml(SCENARIO)
    with site.serve() as server:
        yield Talk(site, server.api_url)


# --- what a token may see ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "seen"),
    [
        (None, {"lamp", "bell", "horn"}),
        ("job", {"lamp", "bell", "horn"}),
        (APP, {"lamp", "bell", "horn", "vault"}),
        ("fine", {"lamp", "bell", "horn", "vault", "safe"}),
        ("classic", {"lamp", "bell", "horn", "vault", "safe"}),
    ],
)
def test_a_private_repository_is_there_only_for_a_token_that_was_given_it(
    talk: Talk, token: str | None, seen: set[str]
) -> None:
    names = ("lamp", "vault", "safe", "bell", "horn")
    assert {name for name in names if talk.rest(f"/repos/octo-org/{name}", token).status_code == 200} == seen
    assert {name for name in names if talk.rest(f"/repos/octo-org/{name}", token).status_code != 404} == seen
    assert set(talk.names("/orgs/octo-org/repos", token)) == {f"octo-org/{name}" for name in seen}


def test_a_token_is_a_guest_in_a_public_repository_that_it_was_not_given(talk: Talk) -> None:
    assert talk.rest("/repos/ada/notes/issues").json()[0]["title"] == "Lamp again"
    assert talk.rest("/repos/ada/notes").json()["permissions"]["push"] is False
    refused = talk.rest("/repos/ada/notes/issues", body={"title": "x"})
    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")
    job = talk.site["octo-org/lamp"].runs[0].last.jobs[0].id
    assert talk.rest(f"/repos/octo-org/lamp/actions/jobs/{job}/logs", APP).status_code == 302


def test_logs_are_not_for_guests(talk: Talk) -> None:
    job = talk.site["octo-org/bell"].runs[0].last.jobs[0].id
    assert talk.rest(f"/repos/octo-org/bell/actions/jobs/{job}/logs", APP).status_code == 403
    assert talk.rest(f"/repos/octo-org/bell/actions/jobs/{job}/logs", "classic").status_code == 302


def test_a_token_has_the_same_rights_in_all_that_it_was_given(talk: Talk) -> None:
    for name in ("lamp", "vault"):
        assert talk.rest(f"/repos/octo-org/{name}/issues", "fine", {"title": "x"}).status_code == 403


def test_a_repository_has_runs_issues_and_logs_of_its_own(talk: Talk) -> None:
    numbers = {}
    for name, text in (("lamp", "it is dark\n"), ("vault", "it is locked\n")):
        run = talk.rest(f"/repos/octo-org/{name}/actions/runs?branch=main").json()["workflow_runs"][0]
        job = talk.rest(f"/repos/octo-org/{name}/actions/runs/{run['id']}/jobs").json()["jobs"][0]
        log = talk.rest(f"/repos/octo-org/{name}/actions/jobs/{job['id']}/logs")
        assert requests.get(log.headers["Location"], timeout=10).text == text
        issue = talk.rest(f"/repos/octo-org/{name}/issues/1").json()
        numbers[name] = {run["id"], run["check_suite_id"], job["id"], issue["id"]}
    assert not numbers["lamp"] & numbers["vault"]
    assert talk.site["octo-org/lamp"].issues[0].title == "Lamp is dim"


def test_a_repository_that_moved_is_found_under_both_names() -> None:
    site = Site.from_yaml(SCENARIO)
    site["octo-org/lamp"].rename_repository("octo-org/lantern")
    with site.serve() as server:
        talk = Talk(site, server.api_url)
        moved = talk.rest("/repos/octo-org/lamp/issues")
        assert moved.status_code == 301
        address = moved.headers["Location"].removeprefix(server.api_url)
        assert talk.rest(address, "classic").json()[0]["title"] == "Lamp is dim"
        assert talk.rest("/repos/octo-org/lantern", "classic").status_code == 200
        asked = '{ repository(owner: "octo-org", name: "lamp") { nameWithOwner } }'
        assert talk.graphql(asked, "classic")["data"]["repository"] == {"nameWithOwner": "octo-org/lantern"}


def test_a_fault_in_one_repository_leaves_the_others_alone(talk: Talk) -> None:
    try:
        talk.site.inject(Fault("status", path="^/repos/octo-org/lamp/", status=502, times=None))
        talk.site.inject(Fault("incomplete", path="^/repos/octo-org/vault/issues", missing=(1,), times=None))
        assert talk.rest("/repos/octo-org/lamp/issues").status_code == 502
        assert talk.rest("/repos/octo-org/vault/issues").json() == []
        assert len(talk.rest("/repos/ada/notes/issues").json()) == 1
    finally:
        talk.site.clear_faults()
    assert talk.rest("/repos/octo-org/lamp/issues").status_code == 200


# --- lists ---------------------------------------------------------------------------------------


def test_the_repositories_of_an_organisation_come_in_the_order_and_kind_that_is_asked_for(talk: Talk) -> None:
    by_name = talk.names("/orgs/octo-org/repos?sort=full_name")
    assert by_name == sorted(by_name) == talk.names("/orgs/Octo-Org/repos?sort=full_name")
    assert talk.names("/orgs/octo-org/repos?sort=pushed&direction=desc")[:2] == ["octo-org/bell", "octo-org/lamp"]
    assert talk.names("/orgs/octo-org/repos?type=private") == ["octo-org/vault"]
    assert talk.names("/orgs/octo-org/repos?type=forks") == ["octo-org/horn"]
    pages = [talk.names(f"/orgs/octo-org/repos?sort=full_name&per_page=3&page={page}") for page in (1, 2)]
    assert pages[0] + pages[1] == by_name


def test_a_list_says_what_has_to_be_known_of_a_repository(talk: Talk) -> None:
    listed = {one["name"]: one for one in talk.rest("/orgs/octo-org/repos").json()}
    assert listed["lamp"]["topics"] == ["light", "glass"]
    assert listed["lamp"]["pushed_at"] == "2026-03-02T06:00:00Z"
    assert [name for name, one in listed.items() if one["archived"]] == ["bell"]
    assert [name for name, one in listed.items() if one["fork"]] == ["horn"]
    assert [name for name, one in listed.items() if one["private"]] == ["vault"]


def test_an_apps_token_lists_what_it_was_given(talk: Talk) -> None:
    answer = talk.rest("/installation/repositories").json()
    assert (answer["total_count"], answer["repository_selection"]) == (2, "selected")
    assert talk.names("/installation/repositories", "job") == ["octo-org/lamp"]
    assert talk.rest("/installation/repositories", "fine").status_code == 403
    assert talk.rest("/installation/repositories", None).status_code == 401


def test_a_persons_token_lists_what_it_was_given(talk: Talk) -> None:
    assert len(talk.names("/user/repos", "fine")) == 5
    assert "ada/notes" in talk.names("/user/repos", "classic")
    assert talk.rest("/user/repos", APP).status_code == 403


def test_the_public_repositories_of_a_user_are_for_everybody(talk: Talk) -> None:
    assert talk.names("/users/ada/repos") == ["ada/notes"]
    assert "octo-org/vault" not in talk.names("/users/octo-org/repos")
    assert talk.rest("/users/none/repos").status_code == 404
    assert talk.rest("/orgs/ada/repos").status_code == 404


@pytest.mark.parametrize("token", ["job", APP, "fine", "classic", None])
def test_every_list_answers_as_described(document: dict[str, Any], token: str | None) -> None:
    site = Site.from_yaml(SCENARIO)
    with site.serve() as server, requests.Session() as session:
        box = site["octo-org/lamp"]
        described = Conversation(describe(document, server.api_url), box, server, session)
        described.repository = "/repos/octo-org/vault"
        for address in (
            "/orgs/octo-org/repos?sort=pushed&type=public",
            "/users/octo-org/repos",
            "/user/repos",
            "/installation/repositories?per_page=1",
            "/search/issues?q=org:octo-org+lamp",
            "",
        ):
            described.ask("GET", address, token=token)


# --- search --------------------------------------------------------------------------------------


def test_issues_are_searched_in_every_repository_that_the_token_may_see(talk: Talk) -> None:
    def found(query: str, token: str = APP) -> list[str]:
        items = talk.rest(f"/search/issues?q={query}", token).json()["items"]
        return sorted(item["title"] for item in items)

    assert found("is:open") == ["Lamp again", "Lamp is dim", "Vault is shut"]
    assert found("is:open", "job") == ["Lamp again", "Lamp is dim"]
    assert found("lamp+org:octo-org") == ["Lamp is dim"]
    assert found("lamp+repo:ada/notes") == ["Lamp again"]
    assert talk.rest("/search/issues?q=repo:octo-org/vault+x", "job").status_code == 422


SEARCH = """query($text: String!) {
  search(type: REPOSITORY, query: $text, first: 10) { repositoryCount nodes { ... on Repository { nameWithOwner } } }
}"""


@pytest.mark.parametrize(
    ("text", "token", "names"),
    [
        ("topic:light org:octo-org", APP, {"octo-org/lamp", "octo-org/vault"}),
        ("topic:light org:octo-org", "job", {"octo-org/lamp"}),
        ("topic:light topic:glass org:octo-org", APP, {"octo-org/lamp"}),
        ("topic:light org:octo-org fork:true", "job", {"octo-org/lamp", "octo-org/horn"}),
        ("org:octo-org fork:only", "job", {"octo-org/horn"}),
        ("org:octo-org archived:true", APP, {"octo-org/bell"}),
        ("org:octo-org archived:false is:private", "classic", {"octo-org/vault", "octo-org/safe"}),
        ("user:ada", APP, {"ada/notes"}),
        ("lam in:name", APP, {"octo-org/lamp"}),
        ("topic:dark org:octo-org", APP, set()),
    ],
)
def test_repositories_are_searched_by_topic_and_owner(talk: Talk, text: str, token: str, names: set[str]) -> None:
    found = talk.graphql(SEARCH, token, text=text)["data"]["search"]
    assert {one["nameWithOwner"] for one in found["nodes"]} == names
    assert found["repositoryCount"] == len(names)


# --- GraphQL -------------------------------------------------------------------------------------


OWNED = """query($login: String!, $after: String, $order: RepositoryOrder, $archived: Boolean, $fork: Boolean) {
  repositoryOwner(login: $login) {
    __typename login
    repositories(first: 2, after: $after, orderBy: $order, isArchived: $archived, isFork: $fork) {
      totalCount
      nodes {
        nameWithOwner isArchived isFork isPrivate pushedAt
        owner { login }
        repositoryTopics(first: 5) { nodes { topic { name } } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""


def test_an_owner_shows_its_repositories_page_by_page(talk: Talk) -> None:
    order, after, names = {"field": "PUSHED_AT", "direction": "DESC"}, None, []
    for _ in range(2):
        owner = talk.graphql(OWNED, login="Octo-Org", after=after, order=order)["data"]["repositoryOwner"]
        page = owner["repositories"]
        names += [one["nameWithOwner"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert (owner["__typename"], owner["login"], page["totalCount"]) == ("Organization", "octo-org", 4)
    assert names[0] == "octo-org/bell"
    assert sorted(names) == ["octo-org/bell", "octo-org/horn", "octo-org/lamp", "octo-org/vault"]
    assert page["pageInfo"]["hasNextPage"] is False


def test_an_owner_leaves_out_archived_repositories_and_forks_if_asked_to(talk: Talk) -> None:
    owner = talk.graphql(OWNED, login="octo-org", archived=False, fork=False)["data"]["repositoryOwner"]
    shown = {one["nameWithOwner"]: one for one in owner["repositories"]["nodes"]}
    assert shown.keys() == {"octo-org/lamp", "octo-org/vault"}
    topics = shown["octo-org/lamp"]["repositoryTopics"]["nodes"]
    assert [one["topic"]["name"] for one in topics] == ["light", "glass"]
    assert shown["octo-org/vault"]["isPrivate"] is True


def test_an_owner_that_is_not_there_is_null(talk: Talk) -> None:
    assert talk.graphql(OWNED, login="none") == {"data": {"repositoryOwner": None}}
    user = talk.graphql(OWNED, login="ada")["data"]["repositoryOwner"]
    assert (user["__typename"], user["repositories"]["totalCount"]) == ("User", 1)


SCREEN = """fragment seen on Repository {
  nameWithOwner
  defaultBranchRef { name target { oid ... on Commit { checkSuites(last: 1) { nodes { updatedAt } } } } }
  refs(refPrefix: "refs/tags/", orderBy: {field: TAG_COMMIT_DATE, direction: DESC}, first: 5) { nodes { name } }
  issues(labels: ["ci-failure"], states: [OPEN], first: 100) { totalCount nodes { number updatedAt } }
}
query {
  rateLimit { cost used }
  lamp: repository(owner: "octo-org", name: "lamp") { ...seen }
  safe: repository(owner: "octo-org", name: "safe") { ...seen }
  none: repository(owner: "octo-org", name: "none") { ...seen }
  vault: repository(owner: "octo-org", name: "vault") { ...seen }
}"""


def test_many_repositories_are_seen_in_one_query(talk: Talk) -> None:
    answer = talk.graphql(SCREEN)
    lamp, vault = answer["data"]["lamp"], answer["data"]["vault"]
    assert lamp["defaultBranchRef"]["target"]["checkSuites"]["nodes"] == [{"updatedAt": "2026-03-02T06:03:00Z"}]
    assert lamp["refs"]["nodes"] == [{"name": "v1.0.0"}]
    assert [one["number"] for one in lamp["issues"]["nodes"]] == [1]
    assert (vault["nameWithOwner"], vault["issues"]["totalCount"]) == ("octo-org/vault", 0)


def test_what_may_not_be_seen_is_null_with_an_error_and_the_others_are_answered(talk: Talk) -> None:
    answer = talk.graphql(SCREEN)
    assert (answer["data"]["safe"], answer["data"]["none"]) == (None, None)
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [
        ("NOT_FOUND", ["safe"]),
        ("NOT_FOUND", ["none"]),
    ]
    assert {error["message"] for error in answer["errors"]} == {
        "Could not resolve to a Repository with the name 'octo-org/safe'.",
        "Could not resolve to a Repository with the name 'octo-org/none'.",
    }


def test_a_node_is_seen_only_with_a_token_for_its_repository(talk: Talk) -> None:
    ids = [
        talk.rest(f"/repos/octo-org/{name}/actions/runs", "classic").json()["workflow_runs"][0]["check_suite_node_id"]
        for name in ("lamp", "vault")
    ]
    asked = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on CheckSuite { workflowRun { url } } } }"
    both = talk.graphql(asked, APP, ids=ids)["data"]["nodes"]
    assert ["lamp" in both[0]["workflowRun"]["url"], "vault" in both[1]["workflowRun"]["url"]] == [True, True]
    answer = talk.graphql(asked, "job", ids=[*ids, "CS_x"])
    assert [one is None for one in answer["data"]["nodes"]] == [False, True, True]
    assert [error["type"] for error in answer["errors"]] == ["NOT_FOUND", "NOT_FOUND"]


def test_a_page_of_more_than_a_hundred_is_refused(talk: Talk) -> None:
    asked = '{ repositoryOwner(login: "octo-org") { repositories(first: 101) { totalCount } } }'
    assert talk.graphql(asked)["errors"][0]["type"] == "EXCESSIVE_PAGINATION"


def test_a_name_can_be_given_once() -> None:
    twice = {"repositories": [{"repository": {"full_name": "a/b"}}, {"repository": {"full_name": "A/b"}}]}
    with pytest.raises(ScenarioError, match=r"repositories\[1\].repository: there are two repositories A/b"):
        Site.from_mapping(twice)


def test_a_mistake_in_one_of_many_says_where() -> None:
    with pytest.raises(ScenarioError, match=r"repositories\[0\].runs\[0\].workflow: there is no workflow 'CI'"):
        Site.from_mapping({"repositories": [{"repository": {"full_name": "a/b"}, "runs": [{"workflow": "CI"}]}]})
