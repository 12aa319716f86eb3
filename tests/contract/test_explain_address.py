"""`explain` with the address of a run or a job: the logs come from GitHub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ci_failure_tracker.entry.explain import explain_command
from ci_failure_tracker.errors import GitHubError
from ci_failure_tracker.github.client import Endpoints
from sandbox import Fault, Sandbox, Server

SCENARIO = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens:
  all-rights: {login: "github-actions[bot]"}
  no-actions: {login: "github-actions[bot]", actions: none}
workflows:
  - {name: CI, jobs: [{name: lint}, {name: test}, {name: docs}]}
runs:
  - workflow: CI
    at: 2026-03-09T10:00:00Z
    jobs:
      - {name: lint, conclusion: failure, log: "a.py:1:1: F401 `os` imported but unused\\n##[error]exit code 1\\n"}
      - {name: test, conclusion: failure, log: "E   ValueError: no year\\n##[error]exit code 1\\n"}
      - {name: docs}
  - {workflow: CI, at: 2026-03-09T11:00:00Z}
"""


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(SCENARIO)


@pytest.fixture
def server(box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_TOKEN", "all-rights")
        monkeypatch.chdir(tmp_path)
        yield running


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(explain_command, [*arguments, "--format", "json"])


def page(box: Sandbox, number: int, job: str = "") -> str:
    run = next(run for run in box.runs if run.number == number)
    jobs = {one.name: one.id for one in run.last.jobs}
    return f"https://github.example/octo-org/example/actions/runs/{run.id}{f'/job/{jobs[job]}' if job else ''}"


def explained(result: Result) -> dict[str, str]:
    found = map(json.loads, result.stdout.splitlines())
    return {one["job"]: one["headline"] for one in found}


@pytest.mark.usefixtures("server")
def test_each_failed_job_of_a_run_is_explained(box: Sandbox) -> None:
    result = explain(page(box, 1))
    assert result.exit_code == 0
    assert explained(result) == {"lint": "a.py:1:1: F401 `os` imported but unused", "test": "ValueError: no year"}


@pytest.mark.usefixtures("server")
def test_one_job_is_explained(box: Sandbox) -> None:
    assert explained(explain(f"{page(box, 1, 'test')}?pr=7#step:3:1")) == {"test": "ValueError: no year"}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://github.example/octo-org/example", "is not the page of a run. Give the address of a run or of a job"),
        ("https://github.example/octo-org/example/actions/runs/1", "does not exist, or the token may not see it"),
    ],
)
@pytest.mark.usefixtures("server")
def test_an_address_without_logs_is_an_error(address: str, why: str) -> None:
    result = explain(address)
    assert result.exit_code == 2
    assert why in " ".join(result.stderr.split())


@pytest.mark.usefixtures("server")
def test_a_run_that_passed_has_nothing_to_explain(box: Sandbox) -> None:
    result = explain(page(box, 2))
    assert result.exit_code == 2
    assert "has no failed job" in result.stderr


@pytest.mark.usefixtures("server")
def test_a_log_that_is_gone_is_named_and_the_others_are_explained(box: Sandbox) -> None:
    gone = page(box, 1, "lint").rpartition("/")[2]
    box.inject(Fault("status", path=f"/jobs/{gone}/logs", status=410, times=None))
    result = explain(page(box, 1))
    assert explained(result) == {"test": "ValueError: no year"}
    assert result.exit_code == 2
    assert "has no log of lint" in result.stderr


@pytest.mark.usefixtures("server")
def test_a_token_without_the_right_is_told_so(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "no-actions")
    result = explain(page(box, 1))
    assert result.exit_code == 2
    assert "it lacks `actions: read`" in " ".join(result.stderr.split())


def test_without_a_token_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = explain("https://github.com/octo-org/example/actions/runs/1")
    assert result.exit_code == 2
    assert "Log in with `gh auth login`" in " ".join(result.stderr.split())


@pytest.mark.parametrize("address", ["https://ghe.example/o/r/actions/runs/1", "http://ghe.example/o/r/actions/runs/1"])
def test_the_token_of_the_environment_goes_to_no_server_that_an_address_names(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", "all-rights")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("ci_failure_tracker.entry.run_address.connect", pytest.fail)
    result = explain(address)
    assert result.exit_code == 2
    assert "needs a token" in " ".join(result.stderr.split())


def test_a_token_is_never_sent_without_encryption_because_of_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def connect(_token: object, endpoints: Endpoints) -> None:
        asked.append(endpoints.api_url)
        raise GitHubError("No network in this test.")

    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", "all-rights")
    monkeypatch.setattr("ci_failure_tracker.entry.run_address.connect", connect)
    explain("http://GitHub.com/o/r/actions/runs/1")
    assert asked == ["https://api.github.com"]
