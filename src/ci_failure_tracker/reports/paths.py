"""Which files of an archive are reports: globs of paths, as people write them in workflows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

# The folder of workspaces: `work` on GitHub's runners, `a` on those with Windows, `_work` on runners of one's own.
_WORKSPACE = re.compile(r"/(?:work|_work|a)/([^/]{1,100})/\1/")

MOST_PATH = 1_000
"""Characters of a path that is looked at."""


def parts_of(path: str) -> tuple[str, ...]:
    """The folders and the name of a path in an archive; nothing if it leads out of the archive or is too long.

    It is only compared, and never a path of this machine.
    """
    if len(path) > MOST_PATH or "\0" in path:
        return ()
    # Windows writes backslashes into archives.
    path = path.replace("\\", "/")
    if path.startswith("/") or path[1:3] == ":/":
        # A drive or a root leads out of the archive.
        return ()
    parts = tuple(part for part in path.split("/") if part not in {"", "."})
    return () if ".." in parts else parts


def relative(path: str) -> str:
    """The path of a file in the repository, as a report has it; empty if it lies elsewhere.

    The workspace of a job is `.../work/<repository>/<repository>`.
    """
    path = path.replace("\\", "/").removeprefix("./")
    if not path.startswith("/") and path[1:3] != ":/":
        return path
    in_workspace = _WORKSPACE.search(path)
    return path[in_workspace.end() :] if in_workspace else ""


def fits(path: str, globs: Sequence[str]) -> bool:
    """Whether a path fits one of the globs.

    `**` stands for any folders, or none, and `*` for anything but a slash. A glob without a slash fits files in any
    folder. Upper and lower case are the same, because Windows keeps what was written first.
    """
    parts = parts_of(path.casefold())
    return bool(parts) and any(_fits(parts, _steps(glob.casefold())) for glob in globs)


def _steps(glob: str) -> tuple[str, ...]:
    glob = glob.replace("\\", "/")
    steps = [step for step in glob.split("/") if step not in {"", "."}]
    return tuple(steps if "/" in glob else ["**", *steps])


def _fits(parts: Sequence[str], steps: Sequence[str]) -> bool:
    """Whether the parts fit the steps: after each step it is known how many of the parts may be used up."""
    used = {0}
    for step in steps:
        if step == "**":
            used = set(range(min(used, default=0), len(parts) + 1)) if used else set()
        else:
            used = {place + 1 for place in used if place < len(parts) and fnmatchcase(parts[place], step)}
    return len(parts) in used
