"""A machine that runs workflows: act in host mode, with a home, a PATH and a checkout of its own, and no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from outside_tools import MissingError, first_of, needed, run
from sandbox import Server

ROOT = Path(__file__).parents[2]
RELEASE = ROOT / ".github" / "release"
ACT = Path(sys.executable).with_name("act")
GOOD_TOKEN = "demo-token"
SETUP_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97"
TRACKER = "org/ci-failure-tracker@v1"
REPOSITORY = "northwind-labs/parcel-tracker"

TOOLS = (
    *("awk", "bash", "cat", "chmod", "cp", "cut", "diff", "dirname", "env", "find", "git", "grep", "head", "ls"),
    *("mkdir", "mktemp", "mv", "readlink", "rm", "sed", "sh", "sort", "tail", "touch", "tr", "uname", "xargs"),
)
"""What is on the PATH of the machine besides Python and uv, which a test puts there."""


@dataclass(frozen=True)
class Ending:
    """How a workflow ended."""

    succeeded: bool
    records: list[dict[str, Any]]

    @cached_property
    def log(self) -> str:
        """What the steps printed, commands to the runner included."""
        return "".join(str(one.get("raw", one["msg"])) for one in self.records if "raw" in one or "raw_output" in one)

    @cached_property
    def summary(self) -> str:
        """The job summaries, each once."""
        return "\n".join(dict.fromkeys(one["content"] for one in self.records if one.get("command") == "summary"))

    @cached_property
    def errors(self) -> list[str]:
        """The error annotations."""
        return [one["arg"] for one in self.records if one.get("command") == "error"]

    @property
    def whole(self) -> str:
        """All that the runner said, for the message of a test that fails."""
        return "\n".join(str(one.get("msg", one)) for one in self.records)


class Machine:
    """A runner with nothing but what a test puts on it."""

    def __init__(self, place: Path, server: Server) -> None:
        self.home = place / "home"
        self.checkout = place / "checkout"
        self._server = server
        self.path = place / "bin"
        self._action = place / "action"
        for folder in (self.home, self.checkout / ".github" / "workflows", self.path):
            folder.mkdir(parents=True)
        for tool in TOOLS:
            found = shutil.which(tool)
            if found:
                (self.path / tool).symlink_to(found)
        copy_action(self._action)
        self._stub_setup_python(place / "setup-python")
        self._local = {TRACKER: self._action, SETUP_PYTHON: place / "setup-python"}

    def has_python(self, name: str = "python3") -> None:
        """Put the Python of this test run on PATH, the real one and not its venv."""
        self._command(self.path / name, f'exec "{base_python()}" "$@"')

    def has_uv(self) -> None:
        """Put uv on PATH."""
        with needed("uv"):
            found = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
            if not found:
                raise MissingError("it is neither beside this Python nor on PATH")
        self._command(self.path / "uv", f'touch "$HOME/uv-ran"; exec "{found}" "$@"')

    def has_command(self, name: str, script: str) -> None:
        """Put a script on PATH."""
        self._command(self.path / name, script)

    def has_actions(self, folders: Mapping[str, Path]) -> None:
        """Take actions from folders instead of GitHub, by name and version."""
        self._local |= folders

    @property
    def action(self) -> Path:
        """The machine's copy of the action."""
        return self._action

    def has_bundle(self, bundle: Path) -> None:
        """Have the action as a release has it."""
        shutil.copytree(bundle, self._action / "bundle")

    def takes_packages_from(self, wheels: Path) -> None:
        """Say in the user's own settings of pip and uv where packages come from: a folder, and nowhere else."""
        pip = self.home / ".config" / "pip" / "pip.conf"
        uv = self.home / ".config" / "uv" / "uv.toml"
        for path, text in (
            (pip, f"[global]\nno-index = true\nfind-links = {wheels}\n"),
            (uv, f"no-index = true\nfind-links = [{json.dumps(str(wheels))}]\n"),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    @property
    def uv_ran(self) -> bool:
        """Whether uv was called."""
        return (self.home / "uv-ran").exists()

    @property
    def setup_python_ran(self) -> bool:
        """Whether actions/setup-python was called."""
        return (self.home / "setup-python-ran").exists()

    def run(self, workflow: str, token: str = GOOD_TOKEN, env: Mapping[str, str] | None = None) -> Ending:
        """Run a workflow of the checkout to its end."""
        (self.checkout / ".github" / "workflows" / "consumer.yml").write_text(workflow, "utf-8")
        variables = {
            "GITHUB_API_URL": self._server.api_url,
            "GITHUB_SERVER_URL": self._server.server_url,
            "GITHUB_GRAPHQL_URL": self._server.graphql_url,
            "GITHUB_REPOSITORY": REPOSITORY,
            **(env or {}),
        }
        done = subprocess.run(
            [
                *(ACT, "workflow_dispatch", "--json", "--no-cache-server"),
                *("--platform", "ubuntu-latest=-self-hosted", "--secret", f"GITHUB_TOKEN={token}"),
                *(part for name, folder in self._local.items() for part in ("--local-repository", f"{name}={folder}")),
                *(part for name, value in variables.items() for part in ("--env", f"{name}={value}")),
            ],
            cwd=self.checkout,
            env={"PATH": str(self.path), "HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ending(done.returncode == 0, list(_json_lines(done.stdout + done.stderr)))

    def _stub_setup_python(self, folder: Path) -> None:
        """What the action needs of actions/setup-python, without the network: it names a Python and says it ran."""
        folder.mkdir()
        (folder / "action.yml").write_text(
            f"""
name: Setup Python
description: Names a Python
inputs:
  python-version: {{description: which}}
  update-environment: {{description: whether to change the environment}}
outputs:
  python-path: {{description: where, value: "${{{{ steps.it.outputs.python-path }}}}"}}
runs:
  using: composite
  steps:
    - id: it
      shell: bash
      env:
        VERSION: ${{{{ inputs.python-version }}}}
        UPDATE: ${{{{ inputs.update-environment }}}}
      run: |
        test "$VERSION $UPDATE" = "3.13 false"
        touch "$HOME/setup-python-ran"
        echo "python-path={base_python()}" >>"$GITHUB_OUTPUT"
""",
            "utf-8",
        )

    @staticmethod
    def _command(path: Path, script: str) -> None:
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)


@cache
def base_python() -> Path:
    """A Python with pip and without the tests' packages: the one below the venv that the tests run in.

    Debian's has no pip unless that is installed; a venv of it in the cache takes its place.

    Raises:
        MissingError: there is no pip to be had.
    """
    python = Path(os.path.realpath(sys.executable))
    return first_of({str(python): lambda: _with_pip(python), "a venv of it": lambda: _with_pip(_venv_of(python))})


def _with_pip(python: Path) -> Path:
    run([python, "-I", "-m", "pip", "--version"])
    return python


def _venv_of(python: Path) -> Path:
    kept = ROOT / ".cache" / "python" / str(sys.implementation.cache_tag)
    return made_once(kept, lambda folder: run([python, "-I", "-m", "venv", folder])) / "bin" / "python3"


def made_once(kept: Path, make: Callable[[Path], None]) -> Path:
    """The folder `kept`, which `make` fills unless it is there; several workers may want it at once."""
    if not kept.exists():
        part = kept.with_name(f"{kept.name}-{os.getpid()}.part")
        make(part)
        try:
            part.rename(kept)
        except OSError:  # another worker was quicker
            shutil.rmtree(part)
    return kept


def build_bundle(bundle: Path, wheels: Path, **how: Any) -> None:
    """Build the bundle for the Python of the tests; `how` is for the process that does it."""
    command = [str(base_python()), "-E", "-s", "-B", str(RELEASE / "build_bundle.py"), str(bundle)]
    done = subprocess.run(
        [*command, "--python", str(base_python()), "--wheels", str(wheels)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **how,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def copy_action(folder: Path) -> None:
    """What GitHub's runner downloads of an action, as far as it is needed."""
    folder.mkdir(exist_ok=True)
    for name in ("action.yml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)
        elif line:
            yield {"msg": line}
