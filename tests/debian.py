"""Programs as Debian packages them, unpacked into a folder of the cache: nothing of the machine is changed."""

from __future__ import annotations

import os
import re
import shutil
from functools import cache
from pathlib import Path

from outside_tools import MissingError, run

CACHE = Path(__file__).parents[1] / ".cache" / "debian"

_SHARED_LIBRARY = re.compile(r"\.so(\.\d+)*$")


def unpacked(*packages: str, with_needed: bool = False) -> Path:
    """The root of a tree with these packages; `with_needed` adds the packages that they need and this machine lacks.

    Raises:
        MissingError: there is no apt, or it reaches no packages.
    """
    found = _unpacked(packages, with_needed)
    if isinstance(found, MissingError):
        raise found
    return found


def library_folders(root: Path) -> list[Path]:
    """Every folder of the tree that holds a shared library, the folders nearest to the root first.

    Packages keep libraries in folders of their own, such as `usr/lib/x86_64-linux-gnu/pulseaudio`. Variants for newer
    processors lie deeper than the library that runs everywhere, so that one comes first.
    """
    found = {path.parent for path in root.rglob("*.so*") if _SHARED_LIBRARY.search(path.name) and path.is_file()}
    return sorted(found, key=lambda folder: (len(folder.parts), folder))


def library_path(root: Path) -> str:
    """LD_LIBRARY_PATH for the programs of a tree."""
    return os.pathsep.join(map(str, library_folders(root)))


@cache  # a failure is remembered as well: without a network it takes minutes
def _unpacked(packages: tuple[str, ...], with_needed: bool) -> Path | MissingError:
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return MissingError("there is no apt-get to bring it")
    import fcntl  # noqa: PLC0415 - Windows has no such module

    place = CACHE / "-".join(packages)
    place.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers may want it at once
        if not (place / "done").exists():
            try:
                _bring(packages, place, with_needed=with_needed)
            except MissingError as missing:
                return missing
            (place / "done").touch()
    return place / "root"


def _bring(packages: tuple[str, ...], place: Path, *, with_needed: bool) -> None:
    archives, lists = place / "archives", CACHE / "lists"
    for folder in (archives / "partial", lists / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    ours = ["-qq", "-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache::archives={archives}"]
    ours += ["-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", "-o", "Debug::NoLocking=1"]
    ours += ["-o", "APT::Sandbox::User=", "-o", "Acquire::Languages=none"]
    run(["apt-get", *ours, "update"], place, 300)
    if with_needed:
        run(["apt-get", *ours, "install", "--yes", "--no-install-recommends", "--download-only", *packages], place, 600)
    else:
        run(["apt-get", *ours, "download", *packages], archives, 600)
    for package in archives.glob("*.deb"):
        run(["dpkg", "-x", package, place / "root"], place)
        package.unlink()
