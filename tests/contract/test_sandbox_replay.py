"""A recorded history, loaded and served: does it come out as api.github.com gave it?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import requests

from sandbox import Sandbox, Server

REPLAY = Path(__file__).parents[3] / "shared" / "replay"
# What a state does not keep: avatars and the old form of account ids, trees, committers, runners.
FORGOTTEN = {
    "avatar_url",
    "committer",
    "runner_group_name",
    "runner_id",
    "runner_name",
    "tree_id",
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, Server]]:
    if not REPLAY.is_dir():
        pytest.skip(f"there is no recorded history at {REPLAY}")
    box = Sandbox.from_replay(REPLAY)
    with box.serve() as server:
        yield box, server


def get(served: tuple[Sandbox, Server], address: str) -> dict[str, Any]:
    box, server = served
    url = f"{server.api_url}/repos/{box.state.repository.full_name}{address}"
    answer = requests.get(url, headers={"Authorization": "Bearer sandbox-token"}, timeout=10).json()
    return cast("dict[str, Any]", comparable(answer, server))


def comparable(value: object, server: Server) -> object:
    """The value with every server's address made one, and without what is not kept."""
    if isinstance(value, dict):
        account = "login" in value
        kept = {key: inner for key, inner in value.items() if key not in FORGOTTEN}
        return {key: comparable(inner, server) for key, inner in kept.items() if not (account and key == "node_id")}
    if isinstance(value, list):
        return [comparable(inner, server) for inner in value]
    if isinstance(value, str):
        for address in ("https://api.github.com", "https://github.com"):
            value = value.replace(address, server.server_url)
    return value


def recorded(served: tuple[Sandbox, Server], name: str) -> dict[str, Any]:
    answer = json.loads((REPLAY / name).read_text("utf-8"))
    return cast("dict[str, Any]", comparable(answer, served[1]))


def test_the_runs_come_out_as_they_were_recorded(served: tuple[Sandbox, Server]) -> None:
    ours = get(served, "/actions/runs?per_page=100")["workflow_runs"]
    theirs = recorded(served, "runs.json")["workflow_runs"]
    by_id = {run["id"]: run for run in theirs}
    assert [run["created_at"] for run in ours] == [run["created_at"] for run in theirs]
    for run in ours:
        assert run == by_id[run["id"]]


def test_the_jobs_come_out_as_they_were_recorded(served: tuple[Sandbox, Server]) -> None:
    for run in served[0].runs:
        assert get(served, f"/actions/runs/{run.id}/jobs") == recorded(served, f"jobs/{run.id}.json")


def test_the_logs_come_out_byte_by_byte(served: tuple[Sandbox, Server]) -> None:
    box, server = served
    job = next(job for run in box.runs for job in run.last.jobs if job.log.path)
    url = f"{server.api_url}/repos/{box.state.repository.full_name}/actions/jobs/{job.id}/logs"
    headers = {"Authorization": "Bearer sandbox-token"}
    redirect = requests.get(url, headers=headers, allow_redirects=False, timeout=10)
    log = requests.get(redirect.headers["Location"], timeout=10)
    assert log.content == (REPLAY / "logs" / f"{job.id}.txt").read_bytes()
