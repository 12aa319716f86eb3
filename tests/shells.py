"""The shells whose completion is tested: the machine's own, or else Debian's in a folder of the cache."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import debian
from outside_tools import MissingError, OtherSystemError, first_of


@dataclass(frozen=True)
class Shell:
    """A program, what it needs in its environment, and what its script has to begin with."""

    program: str
    environment: dict[str, str] = field(default_factory=dict)
    first: str = ""


def shell(name: str) -> Shell:
    """The shell `bash`, `zsh` or `fish`.

    Raises:
        MissingError: there is none, and Debian's cannot be had.
    """
    if sys.platform == "win32":
        raise OtherSystemError(f"{name} is no shell of Windows")
    debians = {"zsh": _zsh_of_debian, "fish": _fish_of_debian}
    ways = {"on PATH": lambda: _on_path(name)}
    return first_of({**ways, "Debian's": debians[name]} if name in debians else ways)


def _on_path(name: str) -> Shell:
    program = shutil.which(name)
    if program is None:
        raise MissingError("none")
    return Shell(program)


def _zsh_of_debian() -> Shell:
    root = debian.unpacked("zsh", "zsh-common")
    folders = [folder for folder in (root / "usr/share/zsh/functions").rglob("*") if folder.is_dir()]
    modules = next((root / "usr/lib").rglob("zutil.so")).parents[1]
    environment = {"FPATH": os.pathsep.join(map(str, folders))}
    return Shell(str(root / "bin/zsh"), environment, f"module_path=({modules})\n")


def _fish_of_debian() -> Shell:
    root = debian.unpacked("fish", "fish-common", with_needed=True)
    # It looks for its functions beside itself, if its settings are there, too.
    settings = root / "usr" / "etc"
    if not settings.exists():
        settings.symlink_to(Path("..") / "etc")
    return Shell(str(root / "usr/bin/fish"), {"LD_LIBRARY_PATH": debian.library_path(root)})
