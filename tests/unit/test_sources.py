"""Where the command finds the repository and the token if nobody gives them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ci_failure_tracker.entry.sources import host_of, repository_of, token_of


def clone_of(folder: Path, remote: str) -> Path:
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", remote], check=True)
    return folder


@pytest.mark.parametrize(
    "remote",
    [
        "https://github.com/octo-org/example.git",
        "https://github.com/octo-org/example",
        "https://x-access-token:secret@github.com/octo-org/example/",
        "git@github.com:octo-org/example.git",
        "ssh://git@github.com:22/octo-org/example.git",
        "github.com:octo-org/example",
    ],
)
def test_a_clone_tells_its_repository(tmp_path: Path, remote: str) -> None:
    assert repository_of(clone_of(tmp_path, remote), "github.com") == "octo-org/example"


@pytest.mark.parametrize(
    "remote", ["https://gitlab.example/octo-org/example.git", "../example", "https://github.com.evil.example/a/b"]
)
def test_a_clone_from_elsewhere_tells_none(tmp_path: Path, remote: str) -> None:
    assert repository_of(clone_of(tmp_path, remote), "github.com") == ""


def test_no_clone_tells_none(tmp_path: Path) -> None:
    assert repository_of(tmp_path / "nowhere", "github.com") == ""


def test_a_server_of_ones_own_is_asked_for_by_its_name(tmp_path: Path) -> None:
    assert (
        repository_of(clone_of(tmp_path, "git@ghe.example:octo-org/example.git"), "ghe.example") == "octo-org/example"
    )


def a_gh(folder: Path, script: str) -> None:
    program = folder / "gh"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("environment", "token"),
    [
        ({"GITHUB_TOKEN": "one", "GH_TOKEN": "two"}, "one"),
        ({"GITHUB_TOKEN": " ", "GH_TOKEN": "two"}, "two"),
        ({}, "of ghe.example"),
    ],
)
def test_the_token_is_that_of_the_environment_or_of_gh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], token: str
) -> None:
    a_gh(tmp_path, 'echo "of $4"')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert token_of(environment, "ghe.example") == token


@pytest.mark.parametrize("script", ["exit 1", "echo not logged in >&2; exit 4"])
def test_a_gh_that_fails_gives_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    a_gh(tmp_path, script)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert token_of({}, "github.com") == ""


def test_without_gh_there_is_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert token_of({}, "github.com") == ""


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ({}, "github.com"),
        ({"GITHUB_API_URL": "https://api.github.com", "GITHUB_SERVER_URL": "https://github.com"}, "github.com"),
        ({"GITHUB_API_URL": "https://ghe.example/api/v3"}, "ghe.example"),
        ({"GITHUB_API_URL": "https://api.octo.ghe.com"}, "octo.ghe.com"),
        ({"GITHUB_API_URL": "https://ghe.example/api/v3", "GITHUB_SERVER_URL": "https://github.com"}, "ghe.example"),
        ({"GITHUB_SERVER_URL": "https://ghe.example"}, "github.com"),
        ({"GITHUB_API_URL": "https://["}, ""),
    ],
)
def test_the_token_of_gh_is_that_of_the_server_that_gets_it(environment: dict[str, str], host: str) -> None:
    assert host_of(environment) == host


@pytest.mark.parametrize("path", [".", "", "tools"])
def test_a_program_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    (tmp_path / path).mkdir(exist_ok=True)
    a_gh(tmp_path / path, f"touch {tmp_path}/was-run; echo a-token")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{path}:/usr/bin:/bin")
    assert token_of({}, "github.com") == ""
    assert not (tmp_path / "was-run").exists()
