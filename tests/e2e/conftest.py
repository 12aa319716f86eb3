"""The real action.yml, run by act against a local GitHub."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from e2e.machine import ACT, RELEASE, ROOT, Machine, base_python, build_bundle, made_once
from outside_tools import OtherSystemError, needed, run
from sandbox import Sandbox, Server
from sandbox.scenario import read_scenario

SCENARIO = ROOT / "tests" / "sandbox" / "scenarios" / "parcel-tracker" / "scenario.yaml"
LOCKS = (ROOT / "requirements.txt", *sorted((ROOT / "src").glob("requirements-*.txt")))
_DATE = re.compile(r"\b20\d\d-\d\d-\d\d(?=T)")


@pytest.fixture(scope="session", autouse=True)
def _tools() -> None:
    """What every test here takes from outside."""
    with needed("act"):
        if sys.platform == "win32":
            raise OtherSystemError("its host mode needs a POSIX system")
        run([ACT, "--version"])
    with needed("Python with pip"):
        base_python()


@pytest.fixture(scope="session")
def wheels() -> Path:
    """The locked packages as files, fetched once for each lock, so that the tests need no network after that."""
    whole = b"".join(lock.read_bytes() for lock in LOCKS)
    name = f"{hashlib.sha256(whole).hexdigest()[:16]}-{sys.implementation.cache_tag}"
    command = [str(base_python()), "-I", "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
    lists = [part for lock in LOCKS for part in ("-r", str(lock))]

    def fetch(folder: Path) -> None:
        run([*command, "--only-binary", ":all:", "--dest", folder, *lists], seconds=600)

    with needed("packages of the action"):
        return made_once(ROOT / ".cache" / "wheels" / name, fetch)


@pytest.fixture(scope="session")
def wheels_of_bundle() -> Path:
    """The packages that a bundle is made of, fetched once for each lock."""
    whole = b"".join(path.read_bytes() for path in (*LOCKS, RELEASE / "build_bundle.py"))
    script = "import pathlib, sys; sys.path.insert(0, sys.argv[1]); import build_bundle; "
    script += "build_bundle.download(pathlib.Path(sys.argv[2]), [])"

    def fetch(folder: Path) -> None:
        folder.mkdir(parents=True)
        run([base_python(), "-I", "-c", script, RELEASE, folder], seconds=600)

    with needed("packages of the bundle"):
        return made_once(ROOT / ".cache" / "wheels" / f"{hashlib.sha256(whole).hexdigest()[:16]}-bundle", fetch)


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory, wheels_of_bundle: Path) -> Path:
    folder = tmp_path_factory.mktemp("release") / "bundle"
    build_bundle(folder, wheels_of_bundle)
    return folder


@pytest.fixture
def box() -> Sandbox:
    """The scenario, told as if it ended today: the program has the clock of the machine."""
    text = SCENARIO.read_text("utf-8")
    days = datetime.now(UTC).date() - date.fromisoformat(yaml.safe_load(text)["now"].date().isoformat())
    moved = _DATE.sub(lambda match: f"{date.fromisoformat(match[0]) + days}", text)
    return Sandbox(*read_scenario(moved, SCENARIO.parent))


@pytest.fixture
def server(box: Sandbox) -> Iterator[Server]:
    with box.serve() as running:
        yield running


@pytest.fixture
def bare_machine(tmp_path: Path, server: Server, wheels: Path) -> Machine:
    """A machine without Python or uv."""
    machine = Machine(tmp_path / "machine", server)
    machine.takes_packages_from(wheels)
    return machine


@pytest.fixture
def machine(bare_machine: Machine) -> Machine:
    """A machine with Python and pip."""
    bare_machine.has_python()
    return bare_machine
