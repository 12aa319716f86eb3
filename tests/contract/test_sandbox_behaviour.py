"""What the sandbox does beyond the shape of its answers: pages, filters, rights, limits, logs, the clock."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from sandbox import Sandbox, Server

SCENARIO = """
now: 2026-03-02T09:00:00Z
repository: {full_name: octo-org/lighthouse}
accounts: [{login: ada, association: MEMBER}, {login: visitor}]
tokens:
  bot: {login: "github-actions[bot]"}
  weak: {login: "github-actions[bot]", labels: false}
  reader: {login: "github-actions[bot]", issues: read}
  blind: {login: "github-actions[bot]", actions: none, checks: none}
  person: {login: ada}
  poor: {login: "github-actions[bot]", rate_limit: 2}
workflows:
  - {name: CI, jobs: [{name: build}, {name: test}]}
  - {name: Docs, jobs: [{name: links}]}
runs:
  - {workflow: CI, at: 2026-02-27T08:00:00Z}
  - {workflow: Docs, at: 2026-02-27T12:00:00Z, event: schedule, actor: ada}
  - {workflow: CI, at: 2026-02-28T08:00:00Z, branch: topic, event: pull_request, pull_request: 7, actor: ada}
  - {workflow: CI, at: 2026-03-01T08:00:00Z, jobs: [{name: test, conclusion: failure, log: "no such lamp\\n"}]}
  - workflow: CI
    at: 2026-03-01T10:00:00Z
    attempts:
      - jobs: [{name: build, conclusion: failure, log: missing}, {name: test, conclusion: failure, log: expired}]
      - jobs: [{name: build, conclusion: cancelled, steps: []}]
"""


@pytest.fixture(scope="module")
def box() -> Sandbox:
    return Sandbox.from_yaml(SCENARIO)


@pytest.fixture(scope="module")
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as server:
        yield server


BOT = "bot"


class Client:
    """A plain HTTP client with the repository's address in front."""

    def __init__(self, server: Server, session: requests.Session) -> None:
        self.base = f"{server.api_url}/repos/octo-org/lighthouse"
        self.server = server
        self._session = session

    def __call__(
        self, method: str, address: str, token: str | None = BOT, json: Any = None, **headers: str
    ) -> requests.Response:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = address if address.startswith("http") else self.base + address
        return self._session.request(method, url, json=json, headers=headers, allow_redirects=False)


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Client]:
    with requests.Session() as session:
        yield Client(server, session)


def shown(answer: requests.Response) -> list[str]:
    """The runs of a listing, as `day.hour`."""
    return [f"{run['created_at'][8:10]}.{run['created_at'][11:13]}" for run in answer.json()["workflow_runs"]]


def test_runs_come_newest_first(client: Client) -> None:
    assert shown(client("GET", "/actions/runs")) == ["01.10", "01.08", "28.08", "27.12", "27.08"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("branch=topic", ["28.08"]),
        ("event=schedule", ["27.12"]),
        ("actor=ada", ["28.08", "27.12"]),
        ("status=failure", ["01.08"]),
        ("status=cancelled", ["01.10"]),
        ("status=success&branch=main", ["27.12", "27.08"]),
        ("status=queued", []),
        ("created=2026-02-27", ["27.12", "27.08"]),
        ("created=>=2026-03-01", ["01.10", "01.08"]),
        ("created=>2026-02-28", ["01.10", "01.08"]),
        ("created=<2026-02-28", ["27.12", "27.08"]),
        ("created=<=2026-02-27T08:00:00Z", ["27.08"]),
        ("created=2026-02-27T09:00:00Z..2026-02-28", ["28.08", "27.12"]),
        ("created=*..2026-02-27T08:00:00%2B00:00", ["27.08"]),
        ("created=2026-03-01T09:00:00+00:00..*", ["01.10"]),
    ],
)
def test_runs_are_filtered(client: Client, query: str, expected: list[str]) -> None:
    answer = client("GET", f"/actions/runs?{query}")
    assert shown(answer) == expected
    assert answer.json()["total_count"] == len(expected)


def test_a_date_that_is_none_is_refused(client: Client) -> None:
    assert client("GET", "/actions/runs?created=yesterday").status_code == 422


def test_runs_of_one_workflow_are_found_by_file_name(client: Client) -> None:
    assert shown(client("GET", "/actions/workflows/docs.yml/runs")) == ["27.12"]
    assert client("GET", "/actions/workflows/none.yml/runs").status_code == 404


def test_pull_requests_are_left_out_when_asked(client: Client) -> None:
    [with_them] = client("GET", "/actions/runs?branch=topic").json()["workflow_runs"]
    [without] = client("GET", "/actions/runs?branch=topic&exclude_pull_requests=True").json()["workflow_runs"]
    assert ([pull["number"] for pull in with_them["pull_requests"]], without["pull_requests"]) == ([7], [])


def test_pages_are_linked_and_lead_to_every_run_once(client: Client) -> None:
    seen, answer = [], client("GET", "/actions/runs?per_page=2&event=push")
    seen += shown(answer)
    assert set(answer.links) == {"next", "last"}
    while "next" in answer.links:
        answer = client("GET", answer.links["next"]["url"])
        seen += shown(answer)
    assert set(answer.links) == {"prev", "first"}
    assert seen == ["01.10", "01.08", "27.08"]


def test_a_page_past_the_end_is_empty(client: Client) -> None:
    assert shown(client("GET", "/actions/runs?page=40")) == []


def test_a_filtered_listing_ends_at_a_thousand_runs() -> None:
    box = Sandbox.from_yaml("workflows: [{name: CI}]")
    for _ in range(1005):
        box.add_run(workflow="CI", at=box.now)
    with box.serve() as server, requests.Session() as session:
        url = f"{server.api_url}/repos/octo-org/example/actions/runs?per_page=100&page=11"
        headers = {"Authorization": "Bearer sandbox-token"}
        capped = session.get(f"{url}&branch=main", headers=headers).json()
        free = session.get(url, headers=headers).json()
    assert (len(capped["workflow_runs"]), len(free["workflow_runs"])) == (0, 5)
    assert capped["total_count"] == 1005


def test_an_unchanged_answer_is_304_and_costs_nothing(client: Client) -> None:
    first = client("GET", "/actions/workflows")
    again = client("GET", "/actions/workflows", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]


def test_an_unchanged_answer_counts_without_a_token(client: Client) -> None:
    first = client("GET", "/actions/workflows", token=None)
    again = client("GET", "/actions/workflows", token=None, If_None_Match=first.headers["ETag"])
    assert again.status_code == 304
    assert first.headers["X-RateLimit-Limit"] == "60"
    assert int(again.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1


def test_without_a_token_there_are_annotations_but_no_logs_and_no_graphql(client: Client) -> None:
    job = jobs_of(client, "2026-03-01T08:00:00Z", 1)["test"]
    assert client("GET", f"/check-runs/{job['id']}/annotations", token=None).status_code == 200
    assert client("GET", f"/actions/jobs/{job['id']}/logs", token=None).status_code == 403
    assert (
        client("POST", client.server.graphql_url, token=None, json={"query": "{ viewer { login } }"}).status_code == 401
    )


def test_a_changed_answer_has_another_etag(client: Client, box: Sandbox) -> None:
    before = client("GET", "/labels").headers["ETag"]
    client("POST", "/labels", json={"name": f"etag-{len(box.labels)}"})
    after = client("GET", "/labels", If_None_Match=before)
    assert after.status_code == 200
    assert after.headers["ETag"] != before


def test_every_request_is_counted_until_nothing_remains(client: Client) -> None:
    left = [client("GET", "/labels", token="poor").headers["X-RateLimit-Remaining"] for _ in range(2)]
    refused = client("GET", "/labels", token="poor")
    assert left == ["1", "0"]
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert client("GET", "/labels").status_code == 200


def test_asking_for_the_limit_costs_nothing(client: Client) -> None:
    asked = [client("GET", f"{client.server.api_url}/rate_limit").json()["rate"]["used"] for _ in range(2)]
    assert asked[0] == asked[1]


def test_the_labels_of_a_weak_token_are_dropped_without_a_word(client: Client, box: Sandbox) -> None:
    sent = {"title": "Dark", "labels": ["bug"], "assignees": ["ada"]}
    answer = client("POST", "/issues", token="weak", json=sent)
    issue = box.issues[-1]
    assert (answer.status_code, answer.json()["labels"]) == (201, [])
    assert (issue.title, issue.labels, issue.assignees) == ("Dark", [], [])
    number = issue.number
    assert client("POST", f"/issues/{number}/labels", token="weak", json={"labels": ["x"]}).status_code == 403
    assert client("POST", "/labels", token="weak", json={"name": "x"}).status_code == 403
    assert client("PATCH", f"/issues/{number}", token="weak", json={"labels": ["x"]}).json()["labels"] == []


def test_a_full_token_sets_labels_and_makes_the_missing_ones(client: Client, box: Sandbox) -> None:
    sent = {"title": "Dark", "labels": ["made-on-the-way"], "assignees": ["ada"]}
    answer = client("POST", "/issues", json=sent).json()
    assert [label["name"] for label in answer["labels"]] == ["made-on-the-way"]
    assert "made-on-the-way" in [label.name for label in box.labels]
    assert [user["login"] for user in answer["assignees"]] == ["ada"]


@pytest.mark.parametrize(
    ("token", "method", "address", "status"),
    [
        ("wrong", "GET", "/actions/runs", 401),
        ("blind", "GET", "/actions/runs", 403),
        ("blind", "GET", "/issues", 200),
        ("reader", "GET", "/issues", 200),
        ("reader", "POST", "/issues", 403),
        (None, "GET", "/actions/runs", 200),
        (None, "POST", "/issues", 401),
    ],
)
def test_rights_are_kept(client: Client, token: str | None, method: str, address: str, status: int) -> None:
    body = {"title": "Not allowed"} if method == "POST" else None
    assert client(method, address, token=token, json=body).status_code == status


def test_the_repository_shows_what_the_token_may_do(client: Client) -> None:
    push = {token: client("GET", "", token=token).json()["permissions"]["push"] for token in ("bot", "weak")}
    assert push == {"bot": True, "weak": False}


def test_issues_are_listed_by_all_labels_asked_for(client: Client, box: Sandbox) -> None:
    both = box.add_issue("Both", labels=["one", "two"]).number
    box.add_issue("One", labels=["one"])
    closed = box.add_issue("Closed", labels=["one", "two"]).number
    box.close_issue(closed, "not_planned")

    def numbers(query: str) -> list[int]:
        return [issue["number"] for issue in client("GET", f"/issues?{query}").json()]

    assert numbers("labels=one,TWO") == [both]
    assert numbers("labels=one,two&state=all") == [closed, both]
    assert numbers("labels=one,two&state=all&direction=asc") == [both, closed]
    assert numbers("labels=one,two&state=closed&creator=octo-org") == [closed]
    assert numbers("labels=one,two,three&state=all") == []


def test_an_issue_can_be_closed_and_opened_again(client: Client, box: Sandbox) -> None:
    number = box.add_issue("Lamp").number
    closed = client("PATCH", f"/issues/{number}", json={"state": "closed"}).json()
    assert (closed["state_reason"], closed["closed_by"]["login"]) == ("completed", "github-actions[bot]")
    opened = client("PATCH", f"/issues/{number}", json={"state": "open"}).json()
    assert (opened["state_reason"], opened["closed_at"]) == ("reopened", None)


def test_since_leaves_out_what_was_not_touched(client: Client, box: Sandbox) -> None:
    old = box.add_issue("Old", labels=["since"]).number
    box.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    new = box.add_issue("New", labels=["since"]).number
    listed = client("GET", "/issues?labels=since&since=2026-03-02T12:00:00Z").json()
    assert [issue["number"] for issue in listed] == [new]
    box.comment(old, "Touched")
    listed = client("GET", "/issues?labels=since&since=2026-03-02T12:00:00Z&sort=updated").json()
    assert [issue["number"] for issue in listed] == [old, new]


def test_search_does_not_see_a_new_issue_at_once(client: Client, box: Sandbox) -> None:
    client("POST", "/issues", json={"title": "Nightingale"})
    address = f"{client.server.api_url}/search/issues?q=repo:octo-org/lighthouse+nightingale"
    assert client("GET", address).json()["total_count"] == 0
    box.now = datetime(2026, 3, 3, tzinfo=UTC)
    assert client("GET", address).json()["total_count"] == 1


def test_each_write_is_one_second_after_the_one_before(client: Client, box: Sandbox) -> None:
    box.now = datetime(2026, 3, 4, tzinfo=UTC)
    stamps = [client("POST", "/issues", json={"title": "x"}).json()["created_at"] for _ in range(2)]
    assert stamps == ["2026-03-04T00:00:01Z", "2026-03-04T00:00:02Z"]


def jobs_of(client: Client, created: str, attempt: int) -> dict[str, Any]:
    [run] = client("GET", f"/actions/runs?created={created}").json()["workflow_runs"]
    jobs = client("GET", f"/actions/runs/{run['id']}/attempts/{attempt}/jobs").json()["jobs"]
    return {job["name"]: job for job in jobs}


def test_a_log_lies_behind_a_redirect_that_is_asked_without_the_token(client: Client) -> None:
    job = jobs_of(client, "2026-03-01T08:00:00Z", 1)["test"]
    redirect = client("GET", f"/actions/jobs/{job['id']}/logs")
    address = redirect.headers["Location"]
    assert redirect.status_code == 302
    assert client("GET", address, token=None).text == "no such lamp\n"
    assert client("GET", address, token="bot").status_code == 400
    assert client("GET", address.replace("sig=", "sig=0"), token=None).status_code == 403


def test_a_log_may_be_gone_in_three_ways(client: Client) -> None:
    first, second = (jobs_of(client, "2026-03-01T10:00:00Z", attempt) for attempt in (1, 2))
    redirect = client("GET", f"/actions/jobs/{first['build']['id']}/logs")
    blob = client("GET", redirect.headers["Location"], token=None)
    assert (blob.status_code, "BlobNotFound" in blob.text) == (404, True)
    assert client("GET", f"/actions/jobs/{first['test']['id']}/logs").status_code == 410
    assert client("GET", f"/actions/jobs/{second['build']['id']}/logs").status_code == 404


def test_a_run_shows_its_last_attempt_and_keeps_the_others(client: Client) -> None:
    [run] = client("GET", "/actions/runs?created=2026-03-01T10:00:00Z").json()["workflow_runs"]
    address = f"/actions/runs/{run['id']}"
    assert (run["run_attempt"], run["conclusion"]) == (2, "cancelled")
    assert client("GET", f"{address}/attempts/1").json()["conclusion"] == "failure"
    counts = [client("GET", f"{address}/jobs{query}").json()["total_count"] for query in ("", "?filter=all")]
    assert counts == [2, 4]


def test_a_job_is_its_check_run(client: Client) -> None:
    [run] = client("GET", "/actions/runs?created=2026-03-01T08:00:00Z").json()["workflow_runs"]
    jobs = client("GET", f"/actions/runs/{run['id']}/jobs").json()["jobs"]
    checks = client("GET", f"/check-suites/{run['check_suite_id']}/check-runs").json()["check_runs"]
    assert [check["id"] for check in checks] == [job["id"] for job in jobs]
    [noted] = client("GET", f"/check-runs/{jobs[1]['id']}/annotations").json()
    assert (noted["annotation_level"], noted["message"]) == ("failure", "Process completed with exit code 1.")


def test_enterprise_addresses_lead_to_enterprise_addresses(client: Client) -> None:
    server = client.server
    repository = client("GET", f"{server.enterprise_api_url}/repos/octo-org/lighthouse").json()
    assert repository["url"] == f"{server.enterprise_api_url}/repos/octo-org/lighthouse"
    assert repository["html_url"] == f"{server.server_url}/octo-org/lighthouse"
    page = client("GET", f"{server.enterprise_api_url}/repos/octo-org/lighthouse/actions/runs?per_page=1")
    assert page.links["next"]["url"].startswith(f"{server.enterprise_api_url}/repos/")


@pytest.mark.parametrize("address", ["/nothing", "/actions/runs/none", "/actions/runs/7", "/issues/x"])
def test_what_is_not_there_is_404_in_json(client: Client, address: str) -> None:
    answer = client("GET", address)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_a_body_that_is_no_json_is_refused(client: Client) -> None:
    answer = requests.post(f"{client.base}/issues", data="{", headers={"Authorization": "Bearer bot"}, timeout=10)
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


def test_requests_are_recorded(client: Client, server: Server) -> None:
    server.clear_requests()
    client("GET", "/issues?state=all")
    client("GET", "/nothing", token=None)
    recorded = [(r.method, r.path, r.query, r.status, r.authorized) for r in server.requests]
    assert recorded == [
        ("GET", "/repos/octo-org/lighthouse/issues", "state=all", 200, True),
        ("GET", "/repos/octo-org/lighthouse/nothing", "", 404, False),
    ]


def test_a_run_added_later_is_listed_first(client: Client, box: Sandbox) -> None:
    run = box.add_run(workflow="Docs", conclusion="failure", branch="later", at="2026-03-09T08:00:00Z")
    [listed] = client("GET", "/actions/runs?per_page=1").json()["workflow_runs"]
    assert (listed["id"], listed["run_number"], listed["conclusion"]) == (run.id, 2, "failure")


def test_issues_opened_at_once_have_numbers_of_their_own(client: Client, box: Sandbox) -> None:
    def open_one(_: int) -> int:
        headers = {"Authorization": "Bearer bot"}
        answer = requests.post(f"{client.base}/issues", json={"title": "x"}, headers=headers, timeout=10)
        return int(answer.json()["number"])

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(open_one, range(16)))
    assert len(set(numbers)) == 16
    assert {issue.number for issue in box.issues} >= set(numbers)


def test_failed_jobs_run_again_once_at_a_time_and_the_others_are_listed_as_they_were() -> None:
    box = Sandbox.from_yaml(SCENARIO)
    failed = next(run for run in box.runs if run.conclusion == "failure" and len(run.attempts) == 1)
    with box.serve() as server, requests.Session() as session:
        client = Client(server, session)
        address = f"/actions/runs/{failed.id}/rerun-failed-jobs"
        assert client("POST", address, token="blind").status_code == 403
        assert (client("POST", address).status_code, client("POST", address).status_code) == (201, 403)
        run = client("GET", f"/actions/runs/{failed.id}").json()
        jobs = client("GET", f"/actions/runs/{failed.id}/jobs").json()["jobs"]
        assert client("POST", "/actions/runs/1/rerun-failed-jobs").status_code == 404
    assert (run["run_attempt"], run["status"], run["triggering_actor"]["login"]) == (2, "queued", "github-actions[bot]")
    assert {job["name"]: job["status"] for job in jobs} == {"build": "completed", "test": "queued"}
    box.rerun("CI", failed.number, {"carried": True, "jobs": [{"name": "test"}]})
    ended = next(run for run in box.runs if run.id == failed.id)
    assert [attempt.conclusion for attempt in ended.attempts] == ["failure", "success"]
