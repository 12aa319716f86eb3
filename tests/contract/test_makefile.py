"""The Makefile: what it lists, and what it refuses to empty."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = ROOT / "Makefile"

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("make"), reason="needs make on Linux or macOS"
)


def make(folder: Path, target: str) -> subprocess.CompletedProcess[str]:
    """Run one target of our Makefile in another folder."""
    command = ["make", "--silent", f"--file={MAKEFILE}", target]
    # What a `make test` around this test was called with is not for this make.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("venv", "lock"), [(".venv", "requirements.txt"), (".venv-run", "requirements-run.txt")])
def test_a_venv_behind_a_symbolic_link_is_not_emptied(tmp_path: Path, venv: str, lock: str) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / lock).touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (tmp_path / venv).symlink_to(elsewhere)
    done = make(tmp_path, f"{venv}/.ready")
    assert done.returncode
    assert f"{venv} is a symbolic link" in done.stderr
    assert [path.name for path in elsewhere.iterdir()] == ["kept"]


def test_help_lists_every_target_for_people() -> None:
    rules = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", MAKEFILE.read_text("utf-8"), re.MULTILINE)
    assert rules
    phony = set(rules[1].replace("\\\n", " ").split()) - {"need-repo"}
    listed = {line.split()[0] for line in make(ROOT, "help").stdout.splitlines()}
    assert listed == phony


@pytest.mark.parametrize(("target", "lock"), [("setup", "requirements.txt"), ("demo", "requirements-run.txt")])
def test_help_says_how_many_packages_are_installed(target: str, lock: str) -> None:
    locked = re.findall(r"^[\w.-]+==\S+(.*)", (ROOT / "tests" / lock).read_text("utf-8"), re.MULTILINE)
    here = [line for line in locked if "sys_platform == 'win32'" not in line]
    (listed,) = re.findall(rf"^  {target} .*", make(ROOT, "help").stdout, re.MULTILINE)
    assert f"{len(here)} packages" in listed


def test_setup_makes_the_command_of_the_checkout(tmp_path: Path) -> None:
    """CONTRIBUTING.md explains a log with it. A module of the folder in which it is called is not run."""
    for name in ("src", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    (tmp_path / ".venv" / ".ready").touch()  # the environment is there
    (tmp_path / "ci_failure_tracker.py").write_text("raise SystemExit('the folder ran')\n", "utf-8")
    assert make(tmp_path, "setup").returncode == 0
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (block,) = (block for block in blocks if ".venv/bin/ci-failure-tracker explain" in block)
    script = ["sh", "-ec", block.replace("/tmp/", f"{tmp_path}/")]  # noqa: S108 - the text of the page
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "lamp.c:3: error: it is dark" in done.stdout, done.stderr
