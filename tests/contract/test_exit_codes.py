"""How each command ends: with the exit codes that docs/troubleshoot.md lists, and never with a traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ci_failure_tracker.entry.cli import program
from ci_failure_tracker.errors import EXIT_CODES, TrackerError
from sandbox import Fault, Sandbox, Server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "troubleshoot.md").read_text(encoding="utf-8")
HISTORY = """
now: 2026-03-10T09:00:00Z
repository: {full_name: octo-org/example}
workflows: [{name: CI, jobs: [{name: test}]}, {name: Docs, jobs: [{name: links}]}]
runs:
  - {workflow: CI, at: 2026-03-09T10:00:00Z, jobs: [{name: test, conclusion: failure}]}
  - {workflow: Docs, at: 2026-03-09T11:00:00Z}
"""


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_yaml(HISTORY)


@pytest.fixture
def server(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with box.serve() as running:
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", running.graphql_url)
        monkeypatch.setenv("GITHUB_TOKEN", "sandbox-token")
        yield running


def check(*arguments: str) -> int:
    return CliRunner().invoke(program, ["check", "octo-org/example", *arguments]).exit_code


def test_the_page_lists_the_codes_of_the_program() -> None:
    section = PAGE.partition("## Exit codes\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", section, re.MULTILINE)
    assert rows == [(str(code), meaning) for code, meaning in EXIT_CODES.items()]


def test_each_error_ends_with_one_of_these_codes() -> None:
    kinds = [TrackerError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert {kind.exit_code for kind in kinds} == {1, 2}


@pytest.mark.usefixtures("server")
def test_check_ends_with_0_whether_or_not_something_fails() -> None:
    assert check() == 0
    assert check("--workflow", "Docs") == 0


@pytest.mark.usefixtures("server")
def test_check_says_with_its_exit_code_whether_something_fails_if_it_is_asked_to(box: Sandbox) -> None:
    assert check("--exit-code") == 3
    assert check("--exit-code", "--workflow", "Docs") == 0
    box.inject(Fault("status", path="/graphql$", status=404, times=None))
    box.inject(Fault("status", path="/jobs$", status=500, times=None))
    assert check("--exit-code") == 1  # it is not known


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["check", "--nonsense"],
        ["check", "a", "b"],
        ["sweep", "--format", "xml"],
        ["sweep", "--yes"],
        ["explain"],
        ["explain", "--nonsense"],
        ["explain", "no-such-file.log"],
    ],
)
@pytest.mark.usefixtures("server")
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    done = subprocess.run(
        command(*arguments),
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80"}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ci_failure_tracker", *arguments]


def stoppable(*arguments: str) -> list[str]:
    """The command, which hears Ctrl-C also if the tests run in the background, where a shell turns that signal off."""
    hear = "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    return [sys.executable, "-c", f"{hear}; runpy.run_module('ci_failure_tracker', run_name='__main__')", *arguments]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("arguments", [["check", "octo-org/example"], ["sweep", "--repo", "octo-org/example"]])
def test_ctrl_c_ends_a_look_with_130_and_one_line(box: Sandbox, arguments: list[str]) -> None:
    box.delay = 30
    started = subprocess.Popen(
        stoppable(*arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert started.stderr is not None
    while "Read" not in started.stderr.readline():  # the first phase, in which it waits
        assert started.poll() is None
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=20)
    assert started.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "Stopped."
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_ends_explain_that_waits_for_a_log() -> None:
    started = subprocess.Popen(
        stoppable("explain", "-"),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert started.stdin is not None
    started.stdin.write(b"x\n" * 200_000)  # more than a pipe holds, so it is being read
    started.stdin.flush()
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=20)
    assert started.returncode == 130
    assert err.decode().split() == ["Stopped."]
