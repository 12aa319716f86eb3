"""The commit that a release is made of."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".github" / "release" / "commit_bundle.sh"

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("git") or not shutil.which("sha256sum"),
    reason="the release workflow runs on Linux, with git and sha256sum",
)


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Someone", "-c", "user.email=someone@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of `main`, with an origin."""
    folder = tmp_path / "checkout"
    git(tmp_path, "init", "--quiet", "--bare", "origin")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "checkout")
    for name in (".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, folder)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=The sources")
    git(folder, "remote", "add", "origin", str(tmp_path / "origin"))
    git(folder, "push", "--quiet", "origin", "main")
    return folder


def with_bundle(checkout: Path, content: bytes = b"a module\r\n") -> None:
    bundle = checkout / "bundle"
    bundle.mkdir(exist_ok=True)
    (bundle / "cp313.zip").write_bytes(content)
    (bundle / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  cp313.zip\n", "utf-8")


def commit(checkout: Path) -> subprocess.CompletedProcess[str]:
    home = {"HOME": str(checkout.parent), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    return subprocess.run(
        ["bash", SCRIPT, "1.2.3"], cwd=checkout, env=home, capture_output=True, text=True, check=False
    )


def test_the_tag_holds_the_sources_and_the_bundle_and_main_does_not(checkout: Path, tmp_path: Path) -> None:
    with_bundle(checkout)
    done = commit(checkout)
    assert done.returncode == 0, done.stderr
    origin = tmp_path / "origin"
    assert done.stdout == f"commit={git(origin, 'rev-parse', 'v1.2.3')}\n"
    assert git(origin, "rev-parse", "v1.2.3^") == git(origin, "rev-parse", "main")
    assert git(origin, "diff", "--name-only", "main", "v1.2.3").split() == ["bundle/SHA256SUMS", "bundle/cp313.zip"]
    user = tmp_path / "user"
    git(tmp_path, "clone", "--quiet", "--branch", "v1.2.3", str(origin), "user")
    assert (user / "bundle" / "cp313.zip").read_bytes() == b"a module\r\n"


def test_a_second_run_changes_nothing(checkout: Path) -> None:
    with_bundle(checkout)
    first = commit(checkout)
    git(checkout, "reset", "--quiet")
    second = commit(checkout)
    assert (second.returncode, second.stdout) == (0, first.stdout)


def test_a_tag_never_moves(checkout: Path, tmp_path: Path) -> None:
    with_bundle(checkout)
    commit(checkout)
    before = git(tmp_path / "origin", "rev-parse", "v1.2.3")
    with_bundle(checkout, b"another module")
    assert commit(checkout).returncode
    assert git(tmp_path / "origin", "rev-parse", "v1.2.3") == before


@pytest.mark.parametrize("spoiled", ["bundle/cp313.zip", "more.py"])
def test_nothing_is_tagged_that_the_sums_or_the_sources_do_not_hold(
    checkout: Path, tmp_path: Path, spoiled: str
) -> None:
    with_bundle(checkout)
    (checkout / spoiled).write_bytes(b"changed on the way")
    git(checkout, "add", "--intent-to-add", "--force", spoiled)
    if not spoiled.startswith("bundle"):
        git(checkout, "add", spoiled)
    assert commit(checkout).returncode
    assert git(tmp_path / "origin", "tag") == ""
