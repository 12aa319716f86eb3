"""`check` without a token: what everybody may see, within the few requests that GitHub answers."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ci_failure_tracker.entry import cli
from ci_failure_tracker.entry.answer_files import MOST_BYTES, AnswerFiles, cache_folder
from ci_failure_tracker.entry.cli import program
from sandbox import Fault, Sandbox, Server

HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
tokens: {all-rights: {login: ada}}
workflows:
  - {name: Build, file: build.yml, jobs: [{name: lint, steps: [Look closely]}, {name: test}]}
  - {name: Docs, file: docs.yml, jobs: [{name: links}]}
runs:
  - {workflow: Build, at: 2026-03-08T10:00:00Z}
  - workflow: Build
    at: 2026-03-09T10:00:00Z
    jobs:
      - {name: lint, conclusion: failure, step: Look closely, annotations: []}
      - name: test
        conclusion: failure
        log: "a line of the log that nobody sees\\n"
        annotations: [{message: "the lamp stays dark", path: lamp.py, line: 3, level: failure}]
  - {workflow: Docs, at: 2026-03-09T11:00:00Z}
"""


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(HISTORY)


@pytest.fixture(autouse=True)
def server(box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", running.graphql_url)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        monkeypatch.setenv("COLUMNS", "200")
        # Not even that of the person who runs the tests.
        monkeypatch.setattr(cli, "token_of", lambda *_: "")
        yield running


def check(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["check", "octo-org/example", *arguments])


def words(result: Result) -> str:
    return " ".join(result.output.split())


def paths(server: Server) -> list[str]:
    return [record.path.partition("octo-org/example")[2] for record in server.requests]


def spend(box: Sandbox, left: int) -> None:
    """Another program at this address has sent requests."""
    budget = box._door.limits.budget(None, "core")
    budget.used = budget.limit - left


# --- what is seen ----------------------------------------------------------------------------------


def test_it_says_what_fails_and_why_as_far_as_everybody_may_see_it(server: Server) -> None:
    result = check()
    assert result.exit_code == 0
    assert "Failing (2)" in result.output
    assert "the lamp stays dark" in result.output
    assert "The step Look closely failed." in result.output
    assert "octo-org/example: 2 failing" in result.output
    assert not any(record.authorized for record in server.requests)
    assert {record.status for record in server.requests} == {200}


def test_it_asks_for_nothing_that_takes_a_token(server: Server) -> None:
    check()
    assert not [path for path in paths(server) if path.endswith("/logs") or "graphql" in path]
    assert {record.method for record in server.requests} == {"GET"}


def test_a_password_that_the_machine_keeps_for_the_server_is_not_sent(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password all-rights\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    check()
    assert server.requests
    assert not any(record.authorized for record in server.requests)


def test_what_a_token_would_add_is_said_once() -> None:
    result = check()
    assert words(result).count("Without a token") == 1
    assert "no logs, tags, schedules or commits" in words(result)
    assert "Set GITHUB_TOKEN, or log in with `gh auth login`" in words(result)
    assert "warning" not in result.output
    assert "error" not in result.output


@pytest.mark.parametrize(("branch", "said", "code"), [("default, tags", "seen failing", 1), ("default", "failing", 0)])
def test_it_gives_no_all_clear_for_tags_that_it_cannot_see(branch: str, said: str, code: int) -> None:
    result = check("--workflow", "Docs", "--branch", branch, "--exit-code")
    assert f"octo-org/example: nothing {said}" in result.output
    assert result.exit_code == code


def test_of_tags_it_sees_those_of_releases(box: Sandbox) -> None:
    for minute, (event, tag) in enumerate({"release": "v1.0", "push": "v1.1"}.items()):
        box.add_run(workflow="Docs", event=event, branch=tag, at=f"2026-03-09T11:3{minute}:00Z", conclusion="failure")
    result = check("--workflow", "Docs")
    assert "v1.0" in result.output
    assert "v1.1" not in result.output


def test_it_gives_no_all_clear_for_runs_that_a_list_counts_and_does_not_show(box: Sandbox) -> None:
    box.inject(Fault("malformed", path="/actions/runs", times=None, change=without_runs))
    result = check("--branch", "default", "--exit-code")
    assert "octo-org/example: nothing seen failing" in result.output
    assert "the list holds 0 of 3" in words(result)
    assert result.exit_code == 1


def without_runs(answer: dict[str, object]) -> dict[str, object]:
    return {**answer, "workflow_runs": []}


def test_only_check_does_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    result = CliRunner().invoke(program, ["sweep", "--repo", "octo-org/example"])
    assert result.exit_code == 2
    assert "`token` is missing" in words(result)


def test_the_issues_of_the_tracker_tell_what_it_cannot_see(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "token_of", lambda *_: "all-rights")
    CliRunner().invoke(program, ["sweep", "--repo", "octo-org/example", "--execute", "--yes"])
    for issue in box.issues:
        issue.author_association = "MEMBER"
    monkeypatch.setattr(cli, "token_of", lambda *_: "")
    result = check()
    assert "Failing (2)" in result.output
    assert "#1" in result.output


# --- few requests ----------------------------------------------------------------------------------


def many(workflows: int, runs: int) -> Sandbox:
    """A repository with workflows that fail in each of their runs."""
    names = [f"W{number}" for number in range(workflows)]
    failed = {"at": "2026-03-08T10:00:00Z", "every": "1h", "times": runs}
    jobs = [{"name": "job", "conclusion": "failure"}]
    return Sandbox.from_mapping(
        {
            "now": "2026-03-10T09:00:00Z",
            "repository": {"full_name": "octo-org/example"},
            "workflows": [{"name": name, "jobs": [{"name": "job"}]} for name in names],
            "runs": [{"workflow": name, **failed, "jobs": jobs} for name in names],
        }
    )


def test_of_each_workflow_the_newest_failed_run_is_read_first(monkeypatch: pytest.MonkeyPatch) -> None:
    box = many(workflows=10, runs=8)
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        result = check()
    assert len(running.requests) <= 40
    assert "10 failing" in result.output
    assert "The jobs of " in words(result)
    assert "may have begun earlier" in words(result)
    assert "of at most 40" in result.output


def test_what_no_request_is_left_for_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    box = many(workflows=40, runs=3)
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        result = check()
    assert len(running.requests) <= 40
    assert result.exit_code == 0
    assert "of at most 40. The jobs of" in words(result)
    assert "with a token it may send more" in words(result)
    assert "`max-requests`" not in result.output


def test_requests_that_other_programs_sent_count_as_well(server: Server, box: Sandbox) -> None:
    spend(box, left=12)
    check()
    assert len(server.requests) <= 12
    assert {record.status for record in server.requests} == {200}


@pytest.mark.parametrize("left", [0, 3])
def test_too_few_requests_are_an_error_that_says_when_there_are_more(server: Server, box: Sandbox, left: int) -> None:
    spend(box, left)
    result = check()
    assert result.exit_code == 1
    assert len(server.requests) == 3  # they are sent at the same time
    assert re.search(r"The limit is set back at \d\d:\d\d UTC\.", words(result))
    assert "Set GITHUB_TOKEN, or log in with `gh auth login`: a token has a limit of its own." in words(result)


# --- what never changes is not asked for again -------------------------------------------------------


def test_jobs_and_annotations_are_asked_for_once(server: Server) -> None:
    first = check()
    before = len(server.requests)
    again = check()
    assert again.stdout == first.stdout
    asked_again = paths(server)[before:]
    assert not [path for path in asked_again if "/jobs" in path or "annotations" in path]
    assert [path for path in paths(server)[:before] if "/jobs" in path]


def test_a_run_that_was_run_again_is_asked_for_again(server: Server, box: Sandbox) -> None:
    check()
    before = len(server.requests)
    box.rerun("Build", 2, {"at": "2026-03-09T12:00:00Z", "jobs": [{"name": "lint", "conclusion": "failure"}]})
    assert "1 failing" in check().output
    assert [path for path in paths(server)[before:] if path.endswith("/jobs")]


def test_a_run_that_goes_on_is_not_kept(box: Sandbox, tmp_path: Path) -> None:
    box.add_run(workflow="Docs", at="2026-03-09T12:00:00Z", status="in_progress")
    check()
    [running] = [run for run in box.state.runs if run.last.status != "completed"]
    kept = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.json"))
    assert str(running.id) not in kept


@pytest.mark.parametrize("spoilt", ["", "{", "[1]", "[{}]", "null", "\0", "[" * 100_000])
def test_a_broken_file_is_asked_for_again(server: Server, tmp_path: Path, spoilt: str) -> None:
    first = check()
    server.clear_requests()
    for path in tmp_path.rglob("*.json"):
        path.write_text(spoilt, encoding="utf-8")
    again = check()
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert [path for path in paths(server) if path.endswith("/jobs")]


@pytest.mark.parametrize("blocked", ["", "ci-failure-tracker", "ci-failure-tracker/answers"])
def test_a_folder_that_cannot_be_written_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, blocked: str
) -> None:
    folder = tmp_path / "cache"
    (folder / blocked).parent.mkdir(parents=True, exist_ok=True)
    (folder / blocked).write_text("a file", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    assert "2 failing" in check().output


def test_nothing_is_kept_with_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "token_of", lambda *_: "all-rights")
    check()
    assert list(tmp_path.iterdir()) == []


def test_what_is_old_or_too_much_is_removed(tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    files = AnswerFiles.of_environment(environment)
    for number in range(4):
        files.put(f"{number}", "x" * (MOST_BYTES // 16))
    folder = tmp_path / "ci-failure-tracker" / "answers"
    long_ago, now = time.time() - 40 * 86_400, time.time()
    os.utime(next(folder.iterdir()), (long_ago, long_ago))
    AnswerFiles.of_environment(environment)
    assert len(list(folder.iterdir())) == 3
    for number in range(20):
        files.put(f"new {number}", "x" * (MOST_BYTES // 16))
    for path in folder.iterdir():
        if path.stat().st_mtime < now:
            os.utime(path, (now - 60, now - 60))
    AnswerFiles.of_environment(environment)
    assert len(list(folder.iterdir())) <= 16
    assert files.get("new 19") is not None
    assert files.get("0") is None


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({"XDG_CACHE_HOME": "/cache", "HOME": "/home"}, "linux", "cache/ci-failure-tracker"),
        ({"HOME": "/home"}, "darwin", "home/.cache/ci-failure-tracker"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home"}, "linux", "home/.cache/ci-failure-tracker"),
        ({"LOCALAPPDATA": "/local", "USERPROFILE": "/user"}, "win32", "local/ci-failure-tracker"),
        ({}, "linux", None),
    ],
)
def test_the_folder_is_where_the_system_keeps_such_files(
    tmp_path: Path, environment: dict[str, str], platform: str, folder: str | None
) -> None:
    absolute = {name: text.replace("/", f"{tmp_path}/", 1) for name, text in environment.items()}
    assert cache_folder(absolute, platform) == (tmp_path / folder if folder else None)


# --- errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("private", [True, False])
def test_a_repository_that_is_not_public_needs_a_token(box: Sandbox, private: bool) -> None:
    box.change_repository(private=private)
    name = "octo-org/example" if private else "octo-org/nowhere"
    result = CliRunner().invoke(program, ["check", name])
    assert result.exit_code == 2
    assert f"There is no public repository '{name}' (404)." in words(result)
    assert "A private repository needs a token: set GITHUB_TOKEN" in words(result)


def test_a_file_of_certificates_that_is_not_there_is_no_bug_of_the_tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    monkeypatch.setenv("GITHUB_API_URL", "https://127.0.0.1:9")
    result = check()
    assert result.exit_code == 1
    assert "/nowhere/ca.pem" in words(result)
    assert "Check that REQUESTS_CA_BUNDLE" in words(result)


def test_a_server_that_answers_nobody_needs_a_token(box: Sandbox) -> None:
    box.inject(Fault("status", path="/repos/", status=401, times=None))
    result = check()
    assert result.exit_code == 2
    assert "GitHub answers nothing without a token (401)." in words(result)


@pytest.mark.parametrize("path", ["/annotations", "/jobs$", "/issues", "status=failure", "/actions/runs\\?event"])
def test_a_fault_on_the_way_leaves_the_rest(box: Sandbox, path: str) -> None:
    box.inject(Fault("status", path=path, status=500, times=None))
    result = check()
    assert "Traceback" not in result.output
    assert "This is a bug" not in result.output


def test_without_a_token_no_test_report_is_read(box: Sandbox, server: Server) -> None:
    box.add_run(
        workflow="Build",
        at="2026-03-09T12:00:00Z",
        jobs=[{"name": "test", "conclusion": "failure"}],
        artifacts=[{"name": "reports", "files": {"junit.xml": "<testsuite/>"}}],
    )
    assert check("--test-reports", "**/junit*.xml").exit_code == 0
    assert [path for path in paths(server) if "artifacts" in path] == []
