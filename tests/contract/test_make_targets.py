"""The commands `make ci-failures-check`, `-track` and `-help`, as a person runs them, against a local GitHub."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox import Sandbox, Server

pty = pytest.importorskip("pty", reason="a terminal needs a Unix system")
ROOT = Path(__file__).parents[2]
# The program has the clock of the machine, so the runs are of the days before today.
DAYS_AGO = tuple(datetime.now(UTC).date() - timedelta(days=days) for days in range(2))
SCENARIO = f"""
now: {DAYS_AGO[0]}T00:00:00Z
repository: {{full_name: octo-org/example}}
workflows:
  - {{name: CI, file: ci.yml, jobs: [{{name: test}}]}}
  - {{name: Nightly, file: nightly.yml, jobs: [{{name: soak}}]}}
runs:
  - {{workflow: CI, at: {DAYS_AGO[1]}T10:00:00Z, conclusion: failure}}
  - {{workflow: Nightly, at: {DAYS_AGO[1]}T11:00:00Z, conclusion: failure}}
"""
# The recipes run with the Python of the tests; the file stands for an environment that is ready, so make builds none.
ENVIRONMENT = (f"RUN_PYTHON={sys.executable}", "RUN_READY=pyproject.toml")


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(SCENARIO)


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as running:
        yield running


def command(target: str, *arguments: str) -> list[str]:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    return [make, "--no-print-directory", target, *ENVIRONMENT, *arguments]


def variables(server: Server) -> dict[str, str]:
    """The environment of the command, without what an outer make, or the machine of the tests, sets."""
    outer = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "GITHUB_"))}
    addresses = {"GITHUB_API_URL": server.api_url, "GITHUB_GRAPHQL_URL": server.graphql_url}
    return {**outer, **addresses, "GITHUB_TOKEN": "sandbox-token", "COLUMNS": "200"}


def make(server: Server, target: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(target, *arguments), cwd=ROOT, env=variables(server), capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def make_on_a_terminal(server: Server, answer: str, target: str, *arguments: str) -> tuple[int, str]:
    """The exit code and the output of a target that asks a question on a terminal and gets an answer."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(target, *arguments), cwd=ROOT, env=variables(server), stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        output = bytearray()
        try:
            while piece := os.read(ours, 4096):
                output += piece
        except OSError:  # Linux raises an error at the end of a terminal
            pass
        code = process.wait(timeout=120)
    os.close(ours)
    return code, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output.decode(errors="replace"))


def test_check_shows_the_plan_and_writes_nothing(box: Sandbox, server: Server) -> None:
    result = make(server, "ci-failures-check", "REPO=octo-org/example")
    assert result.returncode == 0, result.stderr
    assert "Nightly › soak" in result.stdout.partition("New failures (2)")[2]
    assert "2 failing, 2 to be opened" in result.stderr
    assert box.issues == []


def test_check_passes_the_workflows_and_the_number_of_runs_on(server: Server) -> None:
    result = make(server, "ci-failures-check", "REPO=octo-org/example", "WORKFLOW=CI", "MAX_RUNS=7")
    assert "1 failing, 1 to be opened" in result.stderr
    wrong = make(server, "ci-failures-check", "REPO=octo-org/example", "MAX_RUNS=0")
    assert "`max-runs` is 0" in wrong.stderr


def test_track_writes_the_issues_if_the_answer_is_yes(box: Sandbox, server: Server) -> None:
    code, output = make_on_a_terminal(server, "y\n", "ci-failures-track", "REPO=octo-org/example")
    assert code == 0, output
    assert "Write this to GitHub?" in output
    assert "2 failing, 2 opened" in output
    assert sorted(issue.title for issue in box.issues) == ["[CI Failure] CI - test", "[CI Failure] Nightly - soak"]


@pytest.mark.parametrize("answer", ["n\n", "\n"], ids=["no", "enter"])
def test_track_writes_nothing_if_the_answer_is_not_yes(box: Sandbox, server: Server, answer: str) -> None:
    code, output = make_on_a_terminal(server, answer, "ci-failures-track", "REPO=octo-org/example")
    assert code == 0, output
    assert "Write this to GitHub?" in output
    assert "Nothing was written." in output
    assert box.issues == []


def test_track_refuses_to_write_if_it_cannot_ask(box: Sandbox, server: Server) -> None:
    result = make(server, "ci-failures-track", "REPO=octo-org/example")
    assert result.returncode != 0
    assert "there is no terminal to ask on" in " ".join(result.stderr.split())
    assert server.requests == []
    assert box.issues == []


@pytest.mark.parametrize("target", ["ci-failures-check", "ci-failures-track"])
def test_a_target_without_a_repository_says_what_is_missing(server: Server, target: str) -> None:
    result = make(server, target)
    assert result.returncode != 0
    assert "Which repository?" in result.stderr
    assert server.requests == []


def test_help_explains_both_targets_and_every_option(server: Server) -> None:
    result = make(server, "ci-failures-help")
    assert result.returncode == 0
    assert "make ci-failures-check REPO=owner/name" in result.stdout
    assert "make ci-failures-track REPO=owner/name" in result.stdout
    assert "--close-after" in result.stdout
    assert server.requests == []


@pytest.mark.parametrize("text", ["o/r'; touch {}; '", 'o/r"; touch {}; "', "$(shell touch {})", "$$(touch {})"])
def test_what_a_user_gives_is_never_run_as_a_command(server: Server, tmp_path: Path, text: str) -> None:
    file = tmp_path / "made"
    make(server, "ci-failures-check", f"REPO={text.format(file)}")
    assert not file.exists()
