"""How the action finds Python and its packages, and that the caller's workspace and environment stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.machine import Ending, Machine, copy_action
from sandbox import Server

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

# The environment and the tree as a caller sees them, before and after.
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
    """What a caller's step sees; the runner itself changes what tells one step from the next."""
    pairs = (line.partition("=") for line in path.read_text("utf-8").splitlines() if "=" in line)
    return {name: value for name, _, value in pairs if not name.startswith("GITHUB_") and name not in {"_", "SHLVL"}}


def assert_swept(ending: Ending) -> None:
    assert ending.succeeded, ending.whole
    assert "to be opened" in ending.summary, ending.whole


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_a_hostile_workspace_is_neither_run_nor_changed(machine: Machine, installer: str) -> None:
    if installer == "uv":
        machine.has_uv()
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


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_paths_may_hold_spaces(machine: Machine, installer: str) -> None:
    if installer == "uv":
        machine.has_uv()
    copy_action(machine.checkout / "the action")
    temp = machine.home / "temp of the runner"
    temp.mkdir()
    ending = machine.run(LOOKS.format(tracker="./the action"), env={"RUNNER_TEMP": str(temp)})
    assert_swept(ending)
    assert tree(machine.home / "after" / "tree") == tree(machine.home / "before" / "tree")
    assert list(temp.iterdir()) == []


def test_nothing_is_left_behind_on_the_machine(machine: Machine) -> None:
    ending = machine.run(
        USES
        + """
      - run: ls -A "$RUNNER_TEMP" >"$HOME/left"
"""
    )
    assert_swept(ending)
    assert (machine.home / "left").read_text("utf-8") == ""


def test_setup_python_runs_where_no_python_is_fit(bare_machine: Machine) -> None:
    bare_machine.has_command("python3", "echo 'install me from the store' >&2; exit 49")
    ending = bare_machine.run(USES)
    assert_swept(ending)
    assert bare_machine.setup_python_ran


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_packages_that_cannot_be_had_fail_the_step_and_say_how_to_mend_it(
    machine: Machine, tmp_path: Path, server: Server, installer: str
) -> None:
    if installer == "uv":
        machine.has_uv()
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    machine.takes_packages_from(nothing)
    ending = machine.run(USES)
    assert not ending.succeeded
    (error,) = ending.errors
    assert "could not be installed" in error
    assert "HTTPS_PROXY" in error
    assert "PIP_INDEX_URL" in error
    assert server.requests == []


def test_a_package_that_is_not_what_was_locked_is_refused(machine: Machine, tmp_path: Path, wheels: Path) -> None:
    forged = tmp_path / "forged"
    forged.mkdir()
    for wheel in wheels.iterdir():
        (forged / wheel.name).write_bytes(wheel.read_bytes())
    next(forged.glob("requests-*.whl")).write_bytes(b"something else")
    machine.takes_packages_from(forged)
    ending = machine.run(USES)
    assert not ending.succeeded, ending.whole
    assert "could not be installed" in ending.errors[0]


WITH = USES.replace("dry-run: true", "dry-run: true\n          {given}")


def all_but(wheels: Path, folder: Path, *names: str) -> Path:
    """A folder of the packages that lacks some."""
    folder.mkdir()
    for wheel in wheels.iterdir():
        if not wheel.name.lower().startswith(names):
            (folder / wheel.name).symlink_to(wheel)
    return folder


@pytest.mark.parametrize(
    ("installer", "given", "installed"), [("pip", "'TRUE'", True), ("uv", "true", True), ("uv", "false", False)]
)
def test_what_schedules_need_is_installed_only_where_they_are_looked_at(
    machine: Machine, tmp_path: Path, wheels: Path, installer: str, given: str, installed: bool
) -> None:
    if installer == "uv":
        machine.has_uv()
    machine.takes_packages_from(all_but(wheels, tmp_path / "without", "cronsim-", "pyyaml-"))
    ending = machine.run(WITH.format(given=f"schedules: {given}"))
    assert ending.succeeded != installed, ending.whole
    assert any("could not be installed" in error for error in ending.errors) is installed
    machine.takes_packages_from(wheels)
    assert_swept(machine.run(WITH.format(given=f"schedules: {given}")))


@pytest.mark.parametrize(
    ("installer", "given", "installed"),
    [
        ("uv", "slack-webhook-url: https://hooks.slack.example/hunter2", True),
        ("pip", "slack-payload: 'TRUE'", True),
        ("uv", "discord-webhook-url: https://discord.example/hunter2", False),
    ],
    ids=["webhook", "payload", "neither"],
)
def test_what_slack_needs_is_installed_only_where_slack_is_told(
    machine: Machine, tmp_path: Path, wheels: Path, installer: str, given: str, installed: bool
) -> None:
    if installer == "uv":
        machine.has_uv()
    machine.takes_packages_from(all_but(wheels, tmp_path / "without", "slack_sdk-"))
    ending = machine.run(WITH.format(given=given))
    assert ending.succeeded != installed, ending.whole
    assert any("could not be installed" in error for error in ending.errors) is installed
    machine.takes_packages_from(wheels)
    assert_swept(machine.run(WITH.format(given=given)))
