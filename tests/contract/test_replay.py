"""A whole sweep over the recorded history of a real repository, where it lies beside the project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ci_failure_tracker.entry.cli import program
from sandbox import Sandbox, Server

REPLAY = Path(__file__).parents[3] / "shared" / "replay"


@pytest.fixture
def box() -> Sandbox:
    if not REPLAY.is_dir():
        pytest.skip(f"there is no recorded history at {REPLAY}")
    return Sandbox.from_replay(REPLAY)


@pytest.fixture
def server(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_TOKEN", "sandbox-token")
        monkeypatch.setenv("GITHUB_REPOSITORY", box.state.repository.full_name)
        yield running


def test_each_broken_job_gets_one_issue_and_sweeps_come_to_rest(server: Server, box: Sandbox) -> None:
    assert CliRunner().invoke(program, ["sweep", "--execute", "--yes"]).exit_code == 0
    titles = [issue.title for issue in box.issues]
    assert len(titles) == len(set(titles)) == 9
    assert any(title.startswith("[CI Failure] Dependabot Updates - Dependabot") for title in titles)
    reads = [_logs_read_by_one_more_sweep(server) for _ in range(3)]
    assert sorted(reads, reverse=True) == reads  # a sweep reads fifty logs at most, the next one goes on
    assert reads[-1] == 0
    assert {record.method for record in server.requests if record.path != "/graphql"} == {"GET"}
    assert [issue.title for issue in box.issues] == titles
    assert all("of the log](" in (issue.body or "") for issue in box.issues)


def _logs_read_by_one_more_sweep(server: Server) -> int:
    server.clear_requests()
    assert CliRunner().invoke(program, ["sweep", "--execute", "--yes"]).exit_code == 0
    return sum("/_logs/" in record.path for record in server.requests)
