"""Programs as Debian packages them, unpacked into a folder of the cache: nothing of the machine is changed."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

CACHE = Path(__file__).parents[1] / ".cache" / "debian"


class MissingError(Exception):
    """A program cannot be had, and why."""


def unpacked(packages: Sequence[str], *, with_needed: bool = False) -> Path:
    """The root of a tree with these packages, and with what they need and this machine lacks.

    Raises:
        MissingError: where there is no apt, or it reaches no packages.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise MissingError("there is no apt-get to bring it")
    place = CACHE / "-".join(packages)
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers may want it at once
        if not (place / "done").exists():
            _bring(packages, place, with_needed=with_needed)
            (place / "done").touch()
    return place / "root"


def _bring(packages: Sequence[str], place: Path, *, with_needed: bool) -> None:
    archives, lists = place / "archives", place / "lists"
    for folder in (archives / "partial", lists / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    ours = ["-qq", "-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache::archives={archives}"]
    ours += ["-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o", "Debug::NoLocking=1"]
    ours += ["-o", "APT::Sandbox::User="]
    _run(["apt-get", *ours, "update"], place)
    if with_needed:
        _run(["apt-get", *ours, "install", "--yes", "--no-install-recommends", "--download-only", *packages], place)
    else:
        _run(["apt-get", *ours, "download", *packages], archives)
    for package in archives.glob("*.deb"):
        _run(["dpkg", "-x", str(package), str(place / "root")], place)
        package.unlink()


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        raise MissingError(f"{command[0]} took too long") from None
    if done.returncode:
        raise MissingError(f"{command[0]} failed: {done.stderr.strip()[-200:]}")
