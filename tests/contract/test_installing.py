"""The ways to install the command, from a clean copy of the repository, each in an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ci_failure_tracker import __version__
from outside_tools import MissingError, needed, run

EVERY = bool(os.environ.get("EVERY_CASE"))
ROOT = Path(__file__).parents[2]
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
LOG = "##[group]Run make test\nmake test\n##[endgroup]\nmain.c:3:5: error: expected ';' before '}' token\n"
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}") or "uv"


@dataclass(frozen=True)
class Built:
    """A clean copy as a repository, and what was built from it."""

    copy: Path
    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    place = tmp_path_factory.mktemp("installing")
    copy = place / "copy"
    with needed("git"):
        run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, copy])
    _bring_up_to_date(copy)
    with needed("uv, or the build backend"):
        run([UV, "build", "--quiet", "--out-dir", place / "dist", copy], seconds=120)
    (wheel,) = (place / "dist").glob("*.whl")
    (sdist,) = (place / "dist").glob("*.tar.gz")
    return Built(copy, wheel, sdist)


def _bring_up_to_date(copy: Path) -> None:
    """Commit what the working tree has and its last commit has not."""
    listed = ["git", "ls-files", "-z", "--modified", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        (copy / name).unlink(missing_ok=True)
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    who = ("-c", "user.name=Someone", "-c", "user.email=someone@example.com", "-c", "commit.gpgsign=false")
    run(["git", "add", "--all"], copy)
    run(["git", *who, "commit", "--quiet", "--allow-empty", "--message=As it is"], copy)


def assert_works(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> None:
    """Ask for the version, and explain a log."""
    log = folder / "job.log"
    log.write_text(LOG, "utf-8")
    outside = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    for arguments, expected in ((["--version"], __version__), (["explain", "job.log"], "expected ';' before '}'")):
        done = subprocess.run(
            [*command, *arguments], cwd=folder, env={**outside, **(environment or {})},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout


REPOSITORY = "git+https://github.com/org/ci-failure-tracker"


def test_only_the_repository_and_packages_of_our_lock_are_advised_to_be_installed() -> None:
    """The name of the tracker on a package index is nobody's, or somebody else's."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.py")]
    text = "\n".join(page.read_text("utf-8") for page in pages if "patterns" not in page.parts)
    advised = re.findall(r"(?:uvx --from +|uv tool install +)([^ `#\n]+)", text)
    advised += [
        word for line in re.findall(r"pipx? install +([^`#\n\"\\|{]+)", text) for word in line.rstrip(".").split()
    ]
    locked = re.findall(r"^([\w-]+)==", (ROOT / "tests" / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert REPOSITORY in advised
    of_repository = {REPOSITORY, "git+…", "'.[cli]'", "."}
    assert {word.replace("_", "-") for word in advised if word not in of_repository} <= set(locked)


def test_pip_from_a_checkout(built: Built, tmp_path: Path) -> None:
    with needed("pip"):
        try:
            venv.create(tmp_path / "venv", with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise MissingError(str(error)) from None
        pip = [str(tmp_path / "venv" / SCRIPTS / "python"), "-m", "pip", "--disable-pip-version-check"]
        run([*pip, "install", "--quiet", "--no-compile", f"{built.copy}[cli]"], seconds=300)
    assert_works([tmp_path / "venv" / SCRIPTS / "ci-failure-tracker"], tmp_path)


@pytest.mark.parametrize("of", ["wheel", "sdist"] if EVERY else ["sdist"])
def test_a_built_distribution_needs_no_extra(built: Built, tmp_path: Path, of: str) -> None:
    with needed("uv"):
        run([UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv"])
        python = tmp_path / "venv" / SCRIPTS / "python"
        run([UV, "pip", "install", "--quiet", "--python", python, getattr(built, of)], seconds=300)
    assert_works([tmp_path / "venv" / SCRIPTS / "ci-failure-tracker"], tmp_path)


def test_uvx_from_a_repository(built: Built, tmp_path: Path) -> None:
    with needed("uv"):
        run([UV, "--version"])
    from_repository = ["tool", "run", "--quiet", "--from", f"git+{built.copy.as_uri()}", "ci-failure-tracker"]
    assert_works([UV, *from_repository], tmp_path)


def test_pipx_from_a_repository(built: Built, tmp_path: Path) -> None:
    with needed("pipx"):
        pipx = [UV, "tool", "run", "--quiet", "pipx"]
        run([*pipx, "--version"], seconds=120)
    folders = {"PIPX_HOME": tmp_path / "pipx", "PIPX_BIN_DIR": tmp_path / "bin", "PIPX_MAN_DIR": tmp_path / "man"}
    # It uses uv if it finds it, which is quicker.
    homes = {**{name: str(folder) for name, folder in folders.items()}, "PIPX_DEFAULT_BACKEND": "uv"}
    homes["PATH"] = f"{Path(UV).parent}{os.pathsep}{os.environ['PATH']}"
    run([*pipx, "install", "--quiet", f"git+{built.copy.as_uri()}"], seconds=300, environment=homes)
    assert_works([tmp_path / "bin" / "ci-failure-tracker"], tmp_path, homes)
