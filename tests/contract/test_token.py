"""Where the token goes, and where it never shows."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from builders import HURRIED, Quiet, some_settings
from ci_failure_tracker.entry import action
from ci_failure_tracker.errors import TrackerError
from ci_failure_tracker.github.client import API_VERSION, Endpoints, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.notify.pushgateway import push
from organisations import an_everyday_organisation
from sandbox import Fault, Sandbox

TOKEN = "a-token-of-no-known-kind-0123456789"
HISTORY = f"""
now: 2026-03-10T09:00:00Z
repository: {{full_name: octo-org/example}}
tokens: {{{TOKEN}: {{login: "github-actions[bot]"}}}}
workflows: [{{name: CI, jobs: [{{name: test}}]}}]
runs: [{{workflow: CI, at: 2026-03-09T10:00:00Z, jobs: [{{name: test, conclusion: failure, log: "error: dark\\n"}}]}}]
"""

Answer = tuple[int, dict[str, str], str]


@dataclass
class Spoken:
    """A server that answers as it is told and remembers what it was shown."""

    answer: Callable[[str], Answer]
    shown: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""


@contextmanager
def speaking(answer: Callable[[str], Answer]) -> Iterator[Spoken]:
    spoken = Spoken(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            spoken.shown.append((self.path, self.headers.get("Authorization")))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, body = spoken.answer(self.path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_PUT = do_CONNECT = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        spoken.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield spoken
        server.shutdown()


def nothing(_path: str) -> Answer:
    return 200, {"Content-Type": "application/json"}, "{}"


def github_at(url: str) -> GitHubReader:
    endpoints = Endpoints(url, f"{url}/graphql")
    return GitHubReader(connect(Secret(TOKEN), endpoints, HURRIED), endpoints, "octo-org/example", Quiet())


ISSUES = [{"number": 1, "html_url": "https://github.example/octo-org/example/pull/1"}]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(status: int) -> None:
    with speaking(nothing) as elsewhere:
        # The same machine under another name: to a client it is another host.
        away = elsewhere.url.replace("127.0.0.1", "localhost")
        with speaking(lambda path: (status, {"Location": f"{away}{path}"}, "")) as api, pytest.raises(TrackerError):
            github_at(api.url).begin("ci-failure")
        assert elsewhere.shown == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_pushgateway_is_not_followed(status: int) -> None:
    with speaking(nothing) as elsewhere:
        with speaking(lambda path: (status, {"Location": f"{elsewhere.url}{path}"}, "")) as gateway:
            (problem,) = push(an_everyday_organisation(), Secret(gateway.url))
        assert f"HTTP {status}" in problem.what
        assert gateway.shown
        assert elsewhere.shown == []


def test_a_proxy_is_asked_for_the_server_and_gets_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with speaking(lambda _: (502, {}, "")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(TrackerError):
            github_at("https://github.example/api/v3").begin("ci-failure")
    assert set(proxy.shown) == {("github.example:443", None)}


def test_a_next_page_on_another_host_is_not_read() -> None:
    with speaking(nothing) as elsewhere:
        away = elsewhere.url.replace("127.0.0.1", "localhost")

        def answer(path: str) -> Answer:
            link = {"Link": f'<{away}{path}&page=2>; rel="next"'}
            return 200, {"Content-Type": "application/json", **link}, json.dumps(ISSUES)

        with speaking(answer) as api, suppress(TrackerError):
            list(github_at(api.url).queries.issues("ci-failure", "open"))
        assert api.shown
        assert elsewhere.shown == []


def test_each_request_to_the_api_names_the_version_of_its_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox.from_yaml(HISTORY).serve() as server:
        assert run_action(monkeypatch, server.api_url, server.graphql_url) == 0
        versions = {request.api_version for request in server.requests if request.authorized}
    assert versions == {API_VERSION}


def test_the_token_goes_to_the_api_and_never_to_the_store_of_logs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    box = Sandbox.from_yaml(HISTORY)
    with box.serve() as server:
        assert run_action(monkeypatch, server.api_url, server.graphql_url) == 0
        bare = [request.path for request in server.requests if not request.authorized]
        assert bare
        assert all(path.startswith("/_logs/") for path in bare)
    assert TOKEN not in capsys.readouterr().out


def test_with_debug_logging_each_request_is_shown_with_its_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox.from_yaml(HISTORY).serve() as server:
        assert run_action(monkeypatch, server.api_url, server.graphql_url) == 0
        asked = [request for request in server.requests if request.authorized]
    shown = [line for line in capsys.readouterr().out.splitlines() if re.match(r"::debug::\S+ \S+.* -> \d+$", line)]
    assert len(shown) >= len(asked) > 0


def run_action(monkeypatch: pytest.MonkeyPatch, api: str, graphql: str) -> int:
    given = {"INPUT_TOKEN": TOKEN, "INPUT_REPOSITORY": "octo-org/example", "RUNNER_DEBUG": "1",
             "GITHUB_API_URL": api, "GITHUB_GRAPHQL_URL": graphql}  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return action.main()


@pytest.mark.parametrize("path", ["/repos/octo-org/example$", "/issues", "/logs$", "/graphql$"])
@pytest.mark.parametrize("status", [400, 403, 422])
def test_an_answer_that_repeats_the_token_shows_it_nowhere(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    path: str,
    status: int,
) -> None:
    box = Sandbox.from_yaml(HISTORY)
    places = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for name, place in places.items():
        place.touch()
        monkeypatch.setenv(name, str(place))
    echo = json.dumps({"message": f"you sent Authorization: token {TOKEN}"})
    box.inject(Fault("status", path=path, status=status, times=None, body=echo))
    with box.serve() as server:
        run_action(monkeypatch, server.api_url, server.graphql_url)
    output = capsys.readouterr()
    texts = [output.out, output.err, *(place.read_text("utf-8") for place in places.values())]
    texts += [issue.body or "" for issue in box.issues]
    assert not any(TOKEN in text for text in texts)


def test_the_token_has_no_text_form() -> None:
    requester = connect(Secret(TOKEN), Endpoints(), HURRIED)
    settings = some_settings(token=TOKEN)
    for thing in (Secret(TOKEN), settings, requester, github_at("http://127.0.0.1:9"), requester.budget):
        assert TOKEN not in repr(thing)
        assert TOKEN not in str(thing)
