"""A workflow that cannot start: its file is read once, if the token may read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox import Fault, Sandbox
from sweeping import sweep_server

NOW = datetime.fromisoformat("2026-03-10T12:00:00Z")
_TEXT = """
on: push
jobs:
  build:
    needs: [biuld, "@octocat <b>`"]
    runs-on: ubuntu-latest
"""


def a_box(*, contents: str = "read", private: bool = False) -> Sandbox:
    history: dict[str, Any] = {
        "now": "2026-03-10T12:00:00Z",
        "repository": {"full_name": "octo-org/example", "private": private},
        "tokens": {"sandbox-token": {"login": "github-actions[bot]", "contents": contents}},
        "workflows": [{"name": "Ship", "file": "ship.yml", "text": _TEXT}],
        "runs": [{"workflow": "Ship", "at": "2026-03-09T10:00:00Z", "conclusion": "startup_failure"}],
    }
    return Sandbox.from_mapping(history)


def look(box: Sandbox, *faults: Fault) -> tuple[int, list[str]]:
    """The number of requests of a sweep, and its problems."""
    with box.serve() as server:
        server.clear_requests()
        for fault in faults:
            box.inject(fault)
        report = sweep_server(server, {"token": "sandbox-token", "repository": "octo-org/example"}, NOW)
        box.clear_faults()
        return len(server.requests), [str(problem) for problem in report.problems]


def first_sentence(box: Sandbox) -> str:
    return (box.issue(1).body or "").split("\n")[1]


def test_the_mistakes_are_named_and_their_names_are_only_text() -> None:
    box = a_box()
    assert look(box)[1] == []
    assert "`ship.yml`, line 5: job `build` needs `biuld`, but the workflow has no such job" in first_sentence(box)
    assert "needs `` @octocat <b>` ``" in first_sentence(box)


def test_a_sweep_without_news_reads_no_file() -> None:
    box = a_box()
    first, _ = look(box)
    second, _ = look(box)
    assert second < first
    said = first_sentence(box)
    third, _ = look(box)
    assert (third, first_sentence(box)) == (second, said)


def test_without_the_right_to_read_files_the_summary_says_so_once() -> None:
    box = a_box(contents="none", private=True)
    _, problems = look(box)
    assert len([problem for problem in problems if "may not read its file" in problem]) == 1
    assert "cannot start" in first_sentence(box)
    assert "ship.yml`," not in first_sentence(box)
    assert "What to do: Open the page of the run" in (box.issue(1).body or "")
    assert not [problem for problem in look(box)[1] if "may not read its file" in problem]


def test_a_file_that_gets_no_answer_delays_nothing() -> None:
    unread = []
    for after in range(6):
        box = a_box()
        _, problems = look(box, Fault("status", method="POST", path="/graphql", status=502, times=6, after=after))
        if any("its file was not read" in problem for problem in problems):
            unread.append(after)
            assert "cannot start" in first_sentence(box)
    assert unread
