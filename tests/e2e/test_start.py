"""The action finds Python and its packages, and leaves the workspace and the environment of the caller unchanged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from e2e.machine import ROOT, Ending, Machine, copy_action
from sandbox import Server

INSTALLERS = ["pip", "uv"] if os.environ.get("EVERY_CASE") else ["pip"]
"""Other tests here install with uv; `EVERY_CASE=1` tries both in all."""

USES = """
on: workflow_dispatch
jobs:
  sweep:
    runs-on: ubuntu-latest
    steps:
      - uses: org/ci-failure-tracker@v1
        with:
          dry-run: true
"""

SHOWS = f"""{USES.replace("- uses", "- id: sweep" + chr(10) + "        uses")}
      - if: always()
        env:
          OUTPUTS: ${{{{ toJSON(steps.sweep.outputs) }}}}
        run: echo It sets $OUTPUTS
"""

# Saves the environment and the tree of the caller, before and after the sweep.
LOOKS = """
on: workflow_dispatch
jobs:
  sweep:
    runs-on: ubuntu-latest
    env:
      PYTHONPATH: .:${{{{ github.workspace }}}}
      PYTHONSTARTUP: sitecustomize.py
    steps:
      - uses: actions/checkout@v7
      - run: mkdir "$HOME/before" "$HOME/after" && cp -R . "$HOME/before/tree" && env >"$HOME/before/env"
      - id: sweep
        uses: {tracker}
        with:
          dry-run: true
      - run: cp -R . "$HOME/after/tree" && env >"$HOME/after/env"
      - run: echo "python is $(command -v python3)"
"""

TRAPS = {
    **{
        f"{name}.py": "raise SystemExit('the workspace ran')\n" for name in ("github", "requests", "venv", "pip", "jwt")
    },
    "sitecustomize.py": "raise SystemExit('the workspace ran')\n",
    "usercustomize.py": "raise SystemExit('the workspace ran')\n",
    "ci_failure_tracker/__init__.py": "raise SystemExit('the workspace ran')\n",
    "uv.toml": 'required-version = ">=99"\n',
    "pyproject.toml": '[tool.uv]\nrequired-version = ">=99"\n[tool.pip]\nno-index = true\n',
    "pip.conf": "[global]\nindex-url = http://127.0.0.1:9/\n",
    "setup.cfg": "[install]\nprefix = /nowhere\n",
    "pyvenv.cfg": "home = /nowhere\n",
    ".python-version": "2.0.0\n",
    "requirements.txt": "no-such-package==1\n",
    "with space/file.txt": "kept\n",
}


def lay_traps(machine: Machine) -> None:
    for name, text in TRAPS.items():
        path = machine.checkout / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def environment(path: Path) -> dict[str, str]:
    """The environment of a caller's step, without the variables that the runner itself changes from step to step."""
    pairs = (line.partition("=") for line in path.read_text("utf-8").splitlines() if "=" in line)
    return {name: value for name, _, value in pairs if not name.startswith("GITHUB_") and name not in {"_", "SHLVL"}}


def assert_swept(ending: Ending) -> None:
    assert ending.succeeded, ending.whole
    assert "to be opened" in ending.summary, ending.whole


@pytest.mark.parametrize("installer", [*INSTALLERS, "none"])
def test_a_hostile_workspace_is_neither_run_nor_changed(machine: Machine, bundle: Path, installer: str) -> None:
    if installer == "uv":
        machine.has_uv()
    if installer == "none":
        machine.has_bundle(bundle)
    lay_traps(machine)
    ending = machine.run(LOOKS.format(tracker="org/ci-failure-tracker@v1"))
    assert_swept(ending)
    assert machine.uv_ran is (installer == "uv")
    assert not machine.setup_python_ran
    assert "the workspace ran" not in ending.whole
    assert tree(machine.home / "after" / "tree") == tree(machine.home / "before" / "tree")
    assert environment(machine.home / "after" / "env") == environment(machine.home / "before" / "env")
    assert f"python is {machine.home.parent / 'bin' / 'python3'}" in ending.log


def test_a_repository_that_uses_itself_is_left_clean(machine: Machine) -> None:
    copy_action(machine.checkout)
    ending = machine.run(LOOKS.format(tracker="./"))
    assert_swept(ending)
    assert tree(machine.home / "after" / "tree") == tree(machine.home / "before" / "tree")


@pytest.mark.parametrize("installer", [*INSTALLERS, "none"])
def test_paths_may_hold_spaces(machine: Machine, bundle: Path, installer: str) -> None:
    if installer == "uv":
        machine.has_uv()
    copy_action(machine.checkout / "the action")
    if installer == "none":
        shutil.copytree(bundle, machine.checkout / "the action" / "bundle")
    temp = machine.home / "temp of the runner"
    temp.mkdir()
    ending = machine.run(LOOKS.format(tracker="./the action"), env={"RUNNER_TEMP": str(temp)})
    assert_swept(ending)
    assert tree(machine.home / "after" / "tree") == tree(machine.home / "before" / "tree")
    assert list(temp.iterdir()) == []


def test_setup_python_runs_if_no_python_is_suitable(bare_machine: Machine) -> None:
    bare_machine.has_command("python3", "echo 'install me from the store' >&2; exit 49")
    ending = bare_machine.run(USES)
    assert_swept(ending)
    assert bare_machine.setup_python_ran


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_packages_that_cannot_be_installed_fail_with_advice(
    machine: Machine, tmp_path: Path, server: Server, installer: str
) -> None:
    if installer == "uv":
        machine.has_uv()
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    machine.takes_packages_from(nothing)
    ending = machine.run(SHOWS)
    assert not ending.succeeded
    assert set(json.loads(ending.log.partition("It sets ")[2]).values()) == {""}, ending.log
    (error,) = ending.errors
    assert "could not be installed" in error
    assert "HTTPS_PROXY" in error
    assert "PIP_INDEX_URL" in error
    assert server.requests == []


def test_a_package_that_differs_from_the_lock_is_refused(machine: Machine, tmp_path: Path, wheels: Path) -> None:
    forged = tmp_path / "forged"
    forged.mkdir()
    for wheel in wheels.iterdir():
        (forged / wheel.name).write_bytes(wheel.read_bytes())
    next(forged.glob("requests-*.whl")).write_bytes(b"something else")
    machine.takes_packages_from(forged)
    ending = machine.run(USES)
    assert not ending.succeeded, ending.whole
    assert "could not be installed" in ending.errors[0]


WITH_ALL = USES.replace(
    "dry-run: true",
    "dry-run: true\n          schedules: 'TRUE'\n          slack-payload: true\n          report-dir: reports",
)


@pytest.mark.parametrize("installer", INSTALLERS)
def test_optional_packages_are_installed_if_an_input_needs_them(machine: Machine, installer: str) -> None:
    if installer == "uv":
        machine.has_uv()
    run = (
        WITH_ALL
        + """
      - run: cp -R reports "$HOME/reports" && ls -A "$RUNNER_TEMP" >"$HOME/left"
"""
    )
    assert_swept(machine.run(run))
    written = {path.name for path in (machine.home / "reports").iterdir()}
    assert written == {"report.html", "report.json", "metrics.prom"}
    assert (machine.home / "left").read_text("utf-8") == ""


@pytest.mark.parametrize(
    ("given", "extra"),
    [
        (
            {
                "INPUT_SCHEDULES": "false",
                "INPUT_REPORT_DIR": " ",
                "INPUT_SLACK_WEBHOOK_URL": " \n",
                "INPUT_SLACK_PAYLOAD": "false",
            },
            [],
        ),
        ({"INPUT_DISCORD_WEBHOOK_URL": "https://discord.example/x", "INPUT_SMTP_URL": "smtp://mail.example"}, []),
        ({"INPUT_SCHEDULES": " True "}, ["schedules"]),
        ({"INPUT_REPORT_DIR": "reports"}, ["metrics"]),
        ({"INPUT_PUSHGATEWAY_URL": "https://push.example"}, ["metrics"]),
        ({"INPUT_SLACK_WEBHOOK_URL": "https://hooks.example/x"}, ["slack"]),
        ({"INPUT_SLACK_PAYLOAD": "TRUE", "INPUT_SCHEDULES": "true"}, ["schedules", "slack"]),
    ],
)
def test_optional_packages_are_not_installed_otherwise(tmp_path: Path, given: dict[str, str], extra: list[str]) -> None:
    """Without a runner: an installer that only says what it is given."""
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >>"$RUNNER_TEMP/asked"\nexit 1\n', "utf-8")
    uv.chmod(0o755)
    more = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path), "TRACKER_PYTHON": sys.executable}
    command = ["bash", str(ROOT / "src" / "start.sh"), "run"]
    ended = subprocess.run(command, env={**more, **given}, capture_output=True, text=True, check=False)
    assert "could not be installed" in ended.stdout
    asked = (tmp_path / "asked").read_text("utf-8").splitlines()
    lists = [Path(path) for option, path in pairwise(asked) if option == "-r"]
    assert all(path.is_file() for path in lists)
    has_musl = any(Path("/lib").glob("ld-musl-*"))
    names = [*([] if has_musl else ["speed"]), *extra]
    assert [path.name for path in lists] == ["requirements.txt", *(f"requirements-{name}.txt" for name in names)]
