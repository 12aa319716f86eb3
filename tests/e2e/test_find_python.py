"""Which of the Pythons on a machine `start.sh find` takes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.machine import ROOT, Machine, base_python

PRETENCES = {
    "too old": "sys.version_info = (3, 10, 12, 'final', 0)",
    "newer than the locked wheels": "sys.version_info = (3, 15, 0, 'final', 0)",
    "not CPython": "import types; sys.implementation = types.SimpleNamespace(name='pypy')",
    "free-threaded": "import sysconfig; sysconfig.get_config_var = lambda name: 1",
    "without venv": "import importlib.util as u; u.find_spec = lambda name: None if name == 'venv' else name",
    "without zlib": "import importlib.util as u; u.find_spec = lambda name: None if name == 'zlib' else name",
    "without TLS": "import importlib.util as u; u.find_spec = lambda name: None if name == '_ssl' else name",
    "without pip": "import importlib.util as u; u.find_spec = lambda name: None if name == 'pip' else name",
}


def pretend(machine: Machine, name: str, pretence: str) -> None:
    """Put the Python of this test run on PATH, claiming to be another one."""
    code = f"import sys; {pretence}; exec(sys.argv.pop(1))"
    machine.has_command(name, f'exec "{base_python()}" -I -c "{code}" "$3" "$4" "$5"')


def find(machine: Machine, tool_cache: Path | None = None, script: Path = ROOT / "src" / "start.sh") -> str:
    output = machine.home / "output"
    output.touch()
    subprocess.run(
        ["bash", script, "find"],
        env={
            "PATH": str(machine.path),
            "HOME": str(machine.home),
            "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(machine.home),
            "RUNNER_TOOL_CACHE": str(tool_cache or machine.home / "no tools"),
        },
        check=True,
    )
    return output.read_text("utf-8").removeprefix("python=").strip()


def test_a_suitable_python_is_named_by_its_own_file(machine: Machine) -> None:
    assert find(machine) == str(base_python())


def test_no_suitable_python_is_no_error(bare_machine: Machine) -> None:
    assert find(bare_machine) == ""


@pytest.mark.parametrize("pretence", PRETENCES.values(), ids=PRETENCES)
def test_a_python_that_is_not_suitable_is_skipped(bare_machine: Machine, pretence: str) -> None:
    pretend(bare_machine, "python3", pretence)
    assert find(bare_machine) == ""


def test_a_python_without_pip_is_suitable_beside_uv(bare_machine: Machine) -> None:
    pretend(bare_machine, "python3", PRETENCES["without pip"])
    bare_machine.has_uv()
    assert find(bare_machine) == str(base_python())


@pytest.mark.parametrize(
    ("pretence", "is_found"),
    [
        ("without venv", True),
        ("without pip", True),
        ("not CPython", False),
        ("free-threaded", False),
        ("a preview", False),
        ("without a zip", False),
    ],
)
def test_a_python_that_the_bundle_is_for_needs_no_installer(
    bare_machine: Machine, tmp_path: Path, pretence: str, is_found: bool
) -> None:
    version = "399" if pretence == "without a zip" else f"{sys.version_info.major}{sys.version_info.minor}"
    for folder in ("src", "bundle"):
        (tmp_path / "release" / folder).mkdir(parents=True)
    (tmp_path / "release" / "bundle" / f"cp{version}.zip").touch()
    script = shutil.copy(ROOT / "src" / "start.sh", tmp_path / "release" / "src")
    preview = "sys.version_info = (*sys.version_info[:3], 'candidate', 1); "
    no_installer = PRETENCES["without pip"]
    pretend(
        bare_machine,
        "python3",
        {"a preview": preview + no_installer}.get(pretence, PRETENCES.get(pretence, no_installer)),
    )
    assert find(bare_machine, script=Path(script)) == (str(base_python()) if is_found else "")


def test_a_suitable_python_is_found_behind_others(bare_machine: Machine) -> None:
    pretend(bare_machine, "python3", PRETENCES["too old"])
    bare_machine.has_command("python", "echo 'install me from the store' >&2; exit 49")
    bare_machine.has_python("python3.12")
    assert find(bare_machine) == str(base_python())


def test_the_newest_python_of_the_tool_cache_is_taken(bare_machine: Machine, tmp_path: Path) -> None:
    cache = tmp_path / "hosted tools"
    for version in ("3.11.9", "3.13.2", "3.9.1"):
        folder = cache / "Python" / version / "x64" / "bin"
        folder.mkdir(parents=True)
        command = folder / "python3"
        command.write_text(f'#!/bin/sh\necho {version} >>"$HOME/asked"; exec "{base_python()}" "$@"\n', "utf-8")
        command.chmod(0o755)
    assert find(bare_machine, cache) == str(base_python())
    assert (bare_machine.home / "asked").read_text("utf-8").split() == ["3.13.2"]
