"""Each fault, met by a real client."""

import time
from collections.abc import Iterator

import pytest
import requests

from sandbox import Fault, Sandbox, Server

SCENARIO = """
repository: {full_name: octo-org/lighthouse}
workflows: [{name: CI}]
runs: [{workflow: CI, conclusion: failure}]
"""


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, Server]]:
    box = Sandbox.from_yaml(SCENARIO)
    with box.serve() as server:
        yield box, server


@pytest.fixture
def box(served: tuple[Sandbox, Server]) -> Iterator[Sandbox]:
    box = served[0]
    yield box
    box.clear_faults()
    box.delay = 0


@pytest.fixture
def base(served: tuple[Sandbox, Server]) -> str:
    return f"{served[1].api_url}/repos/octo-org/lighthouse"


def get(url: str, timeout: float = 10) -> requests.Response:
    return requests.get(url, headers={"Authorization": "Bearer sandbox-token"}, timeout=timeout)


def post(url: str, timeout: float = 10) -> requests.Response:
    headers = {"Authorization": "Bearer sandbox-token"}
    return requests.post(url, json={"title": "Lamp"}, headers=headers, timeout=timeout)


def test_a_status_is_answered_once_and_no_work_is_done(box: Sandbox, base: str) -> None:
    issues = len(box.issues)
    box.inject(Fault("status", status=503))
    first = post(f"{base}/issues")
    assert (first.status_code, first.json()["message"], len(box.issues)) == (503, "Server Error", issues)
    assert post(f"{base}/issues").status_code == 201


def test_a_status_may_bring_a_body_of_its_own(box: Sandbox, base: str) -> None:
    box.inject(Fault("status", status=500, body="<h1>Unicorn</h1>"))
    answer = get(base)
    assert (answer.status_code, answer.text) == (500, "<h1>Unicorn</h1>")
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_lost_reply_leaves_the_work_done(box: Sandbox, base: str, served: tuple[Sandbox, Server]) -> None:
    issues = len(box.issues)
    served[1].clear_requests()
    box.inject(Fault("lost-reply", method="POST"))
    with pytest.raises(requests.ConnectionError):
        post(f"{base}/issues")
    assert len(box.issues) == issues + 1
    assert [request.status for request in served[1].requests] == [0]


def test_a_reset_leaves_the_work_undone(box: Sandbox, base: str) -> None:
    issues = len(box.issues)
    box.inject(Fault("reset"))
    with pytest.raises(requests.ConnectionError):
        post(f"{base}/issues")
    assert len(box.issues) == issues


@pytest.mark.parametrize(("work", "made"), [(True, 1), (False, 0)])
def test_a_timeout_comes_with_or_without_the_work(box: Sandbox, base: str, work: bool, made: int) -> None:
    issues = len(box.issues)
    box.inject(Fault("timeout", seconds=30, work=work))
    with pytest.raises(requests.ReadTimeout):
        post(f"{base}/issues", timeout=0.2)
    assert len(box.issues) == issues + made


def test_a_late_answer_arrives_in_the_end(box: Sandbox, base: str) -> None:
    box.inject(Fault("timeout", seconds=0.1))
    started = time.monotonic()
    assert get(base).json()["name"] == "lighthouse"
    assert time.monotonic() - started >= 0.1


def test_a_truncated_answer_is_200_with_half_its_json(box: Sandbox, base: str) -> None:
    box.inject(Fault("truncated"))
    answer = get(base)
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["Content-Length"])
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_malformed_answer_is_the_right_one_with_other_json(box: Sandbox, base: str) -> None:
    right = get(base).json()
    box.inject(Fault("malformed", change=lambda answer: {**answer, "archived": 7}))
    answer = get(base)
    assert (answer.status_code, answer.json()) == (200, {**right, "archived": 7})


def test_html_comes_from_a_proxy_in_between(box: Sandbox, base: str) -> None:
    box.inject(Fault("html"))
    answer = get(base)
    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_primary_limit_says_when_it_ends(box: Sandbox, base: str) -> None:
    box.inject(Fault("primary-rate-limit", retry_after=7))
    answer = get(base)
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 7


@pytest.mark.parametrize("status", [403, 429])
def test_the_secondary_limit_says_how_long_to_wait(box: Sandbox, base: str, status: int) -> None:
    box.inject(Fault("secondary-rate-limit", status=status, retry_after=3))
    answer = get(base)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")
    assert "secondary rate limit" in answer.json()["message"]


def test_a_missing_log_is_missing_at_the_end_of_the_redirect(box: Sandbox, base: str) -> None:
    box.inject(Fault("missing-log"))
    job = box.runs[0].last.jobs[0]
    assert get(base).status_code == 200
    redirect = requests.get(
        f"{base}/actions/jobs/{job.id}/logs",
        headers={"Authorization": "Bearer sandbox-token"},
        allow_redirects=False,
        timeout=10,
    )
    assert redirect.status_code == 302
    assert requests.get(redirect.headers["Location"], timeout=10).status_code == 404


def test_a_fault_strikes_only_where_it_matches(box: Sandbox, base: str) -> None:
    box.inject(Fault("status", status=500, method="GET", path=r"/labels$", times=None))
    codes = [get(f"{base}{path}").status_code for path in ("", "/labels", "/labels/x", "/labels")]
    assert codes == [200, 500, 404, 500]


def test_a_fault_waits_for_its_turn_and_ends_after_it(box: Sandbox, base: str) -> None:
    box.inject(Fault("status", status=500, after=1, times=2))
    assert [get(base).status_code for _ in range(4)] == [200, 500, 500, 200]


def test_cleared_faults_do_not_strike(box: Sandbox, base: str) -> None:
    box.inject(Fault("status", times=None))
    box.clear_faults()
    assert get(base).status_code == 200


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault 'earthquake'; there are status, "):
        Fault("earthquake")  # type: ignore[arg-type]


def test_each_answer_waits_when_told_to(box: Sandbox, base: str) -> None:
    box.delay = 0.05
    started = time.monotonic()
    assert get(base).status_code == 200
    assert time.monotonic() - started >= 0.05


def test_the_server_ends_at_once_even_while_an_answer_waits() -> None:
    box = Sandbox.from_yaml(SCENARIO)
    with box.serve() as server:
        box.inject(Fault("timeout", seconds=60))
        with pytest.raises(requests.ReadTimeout):
            get(f"{server.api_url}/repos/octo-org/lighthouse", timeout=0.1)
        started = time.monotonic()
    assert time.monotonic() - started < 5
