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
SCRIPTS = ROOT / ".github" / "release"

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
    return script(checkout, "commit_bundle.sh", "1.2.3")


def script(checkout: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    home = {"HOME": str(checkout.parent), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    return subprocess.run(
        ["bash", SCRIPTS / name, *arguments], cwd=checkout, env=home, capture_output=True, text=True, check=False
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


@pytest.mark.parametrize(
    ("tags", "version", "moves"),
    [
        (["v1.2.3"], "1.2.3", True),
        (["v1.2.3", "v1.2.2", "v0.9.0", "v2.0.0", "v10.0.0"], "1.2.3", True),
        (["v1.2.9", "v1.2.10"], "1.2.10", True),
        (["v1.2.3", "v1.2.4"], "1.2.3", False),
        (["v1.9.0", "v1.10.0"], "1.9.0", False),
        (["v1.2.3", "v1.2.4-rc.1", "v1.old"], "1.2.3", True),
    ],
)
def test_the_major_tag_moves_to_the_newest_release_and_never_back(
    checkout: Path, tmp_path: Path, tags: list[str], version: str, moves: bool
) -> None:
    before, after = git(checkout, "rev-parse", "main"), git(checkout, "commit-tree", "main^{tree}", "-m", "A release")
    for tag in (*tags, "v1"):
        git(checkout, "push", "--quiet", "origin", f"{before}:refs/tags/{tag}")
    done = script(checkout, "move_major_tag.sh", version, after)
    assert done.returncode == 0, done.stderr
    assert git(tmp_path / "origin", "rev-parse", "v1") == (after if moves else before)
    assert bool(done.stdout) is not moves
