"""The limits of a token in the sandbox: shared over all repositories, enforced, and counted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from contract.description import describe
from contract.test_sandbox_openapi import Conversation
from sandbox import Sandbox, Server, Site
from sandbox.secondary_limits import Usage

SCENARIO = """
tokens:
  app: {login: "keeper[bot]", repositories: [octo-org/*]}
  other: {login: "keeper[bot]", repositories: [octo-org/*]}
  poor: {login: "keeper[bot]", rate_limit: 3, graphql_limit: 4}
repositories:
  - repository: {full_name: octo-org/lamp}
  - repository: {full_name: octo-org/bell}
"""
APP = "app"


@dataclass
class Talk:
    """Asks the server by a clock that the test moves."""

    site: Site
    server: Server
    session: requests.Session
    now: float = 0.0

    def send(self, method: str, address: str, token: str = APP, body: Any = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.session.request(method, self.server.api_url + address, headers=headers, json=body, timeout=30)

    def read(self, token: str = APP, name: str = "lamp") -> requests.Response:
        return self.send("GET", f"/repos/octo-org/{name}", token)

    def write(self, token: str = APP, name: str = "lamp") -> requests.Response:
        return self.send("POST", f"/repos/octo-org/{name}/issues", token, {"title": "Dark"})

    def query(self, text: str, token: str = APP) -> requests.Response:
        return self.send("POST", "/graphql", token, {"query": text})


@pytest.fixture
def talk() -> Iterator[Talk]:
    site = Site.from_yaml(SCENARIO)
    with site.serve() as server, requests.Session() as session:
        talk = Talk(site, server, session)
        site.secondary_limits.clock = lambda: talk.now
        yield talk


def test_the_hourly_limit_is_shared_over_all_repositories(talk: Talk) -> None:
    answers = [talk.read("poor", name) for name in ("lamp", "bell", "lamp", "bell")]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 403]
    assert answers[-1].headers["X-RateLimit-Remaining"] == "0"
    assert talk.read().headers["X-RateLimit-Limit"] == "5000"


def test_the_points_of_graphql_are_a_limit_of_their_own(talk: Talk) -> None:
    listed = 'a%d: repositoryOwner(login: "octo-org") { repositories(first: 2) { totalCount } }'
    dear = f"{{ rateLimit {{ cost used }} {' '.join(listed % number for number in range(250))} }}"
    answers = [talk.query(dear, "poor").json() for _ in range(3)]
    assert [answer["data"]["rateLimit"]["cost"] for answer in answers[:2]] == [2, 2]
    assert (answers[2]["errors"][0]["type"], "data" in answers[2]) == ("RATE_LIMITED", False)
    assert talk.read("poor").status_code == 200


def test_900_points_of_rest_a_minute_are_allowed(talk: Talk) -> None:
    for place in range(900):
        assert talk.read(name=("lamp", "bell")[place % 2]).status_code == 200
        talk.now += 0.0625
    refused = talk.read()
    assert (refused.status_code, refused.headers["Retry-After"]) == (403, "4")
    assert "secondary rate limit" in refused.json()["message"]
    assert talk.read("other").status_code == 200
    assert talk.query("{ viewer { login } }").status_code == 200
    talk.now += 4
    assert talk.read().status_code == 200


def test_a_write_costs_five_points(talk: Talk) -> None:
    for _ in range(860):
        talk.site.secondary_limits.admit(APP, "GET", graphql=False)
    assert [talk.write().status_code for _ in range(9)] == [201] * 8 + [403]
    assert talk.server.usage(APP).rest_points_a_minute == 900


def test_80_writes_a_minute_and_500_an_hour_are_allowed(talk: Talk) -> None:
    written = []
    for _ in range(7):
        written.append([talk.write(name=("lamp", "bell")[place % 2]).status_code for place in range(81)].count(201))
        talk.now += 60
    assert written == [80] * 6 + [20]
    assert talk.write().headers["Retry-After"] == str(3600 - 7 * 60)
    usage = talk.server.usage(APP)
    assert (usage.writes_a_minute, usage.writes_an_hour) == (80, 500)


def test_2000_queries_of_graphql_a_minute_are_allowed(talk: Talk) -> None:
    asked = "{ viewer { login } }"
    for _ in range(1999):
        talk.site.secondary_limits.admit(APP, "POST", graphql=True)
    assert talk.query(asked).status_code == 200
    refused = talk.query(asked)
    assert (refused.status_code, refused.headers["Retry-After"]) == (403, "60")
    assert talk.read().status_code == 200


def test_more_than_100_requests_at_once_are_refused(talk: Talk) -> None:
    for _ in range(100):
        talk.site.secondary_limits.begin(APP)
    assert [talk.read().status_code, talk.query("{ viewer { login } }").status_code] == [403, 403]
    assert talk.read("other").status_code == 200
    talk.site.secondary_limits.end(APP)
    assert talk.read().status_code == 200
    usage = talk.server.usage(APP)
    assert (usage.at_once, usage.refused) == (101, 2)


def test_requests_that_wait_are_there_at_once(talk: Talk) -> None:
    talk.site.delay = 0.5
    url, headers = f"{talk.server.api_url}/repos/octo-org/lamp", {"Authorization": f"Bearer {APP}"}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: requests.get(url, headers=headers, timeout=30), range(4)))
    assert 2 <= talk.server.usage(APP).at_once <= 4
    assert talk.read().status_code == 200


def test_what_a_token_asked_for_can_be_read(talk: Talk) -> None:
    for _ in range(3):
        talk.read()
    talk.write()
    talk.query("{ viewer { login } }")
    assert talk.server.usage(APP) == Usage(
        rest_points_a_minute=8,
        graphql_points_a_minute=1,
        writes_a_minute=1,
        writes_an_hour=1,
        at_once=1,
        refused=0,
    )
    assert talk.server.usage("other").rest_points_a_minute == 0


def test_one_repository_alone_counts_and_does_not_refuse() -> None:
    box = Sandbox.from_yaml("repository: {full_name: octo-org/lamp}")
    with box.serve() as server, requests.Session() as session:
        site = Talk(Site.from_mapping({}), server, session)
        token = "sandbox-token"
        assert {site.write(token).status_code for _ in range(90)} == {201}
        assert server.usage(token).writes_a_minute == 90


def test_a_refusal_has_the_described_shape(document: dict[str, Any], talk: Talk) -> None:
    described = Conversation(
        describe(document, talk.server.api_url), talk.site["octo-org/lamp"], talk.server, talk.session
    )
    described.repository = "/repos/octo-org/lamp"
    for _ in range(80):
        talk.write()
    assert described.ask("POST", "/issues", {"title": "x"}, token=APP).status_code == 403
