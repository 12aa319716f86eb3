"""Where the command finds the repository and the token if nobody gives them: the clone, the environment, `gh`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ci_failure_tracker.github.client import PUBLIC_API

# On these hosts the API has its own name, such as api.octo.ghe.com.
_WITH_A_HOST_FOR_THE_API = (".github.com", ".ghe.com")
# git and gh answer at once unless they ask for something, such as a password.
_SECONDS = 5
"""How long git and gh may take."""

_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/\s]{1,100}@)?(?P<host>[\w.-]{1,253})(?::\d{1,5})?/"
    r"|(?:[^@/\s]{1,100}@)?(?P<scp>[\w.-]{1,253}):)"
    r"(?P<name>[\w.-]{1,100}/[\w.-]{1,100}?)(?:\.git)?/?"
)


def repository_of(folder: Path, host: str) -> str:
    """The repository, as owner/name, from which a folder was cloned; empty if it is no clone from that host."""
    match = _REMOTE.fullmatch(_output(["git", "-C", str(folder), "remote", "get-url", "origin"]))
    # A clone from another host is not on the server that would get the token.
    if match is None or (match["host"] or match["scp"]).lower() != host.lower():
        return ""
    return match["name"]


def host_of(environment: Mapping[str, str]) -> str:
    """The server whose API the environment names, because that API gets the token."""
    return host_of_api(environment.get("GITHUB_API_URL") or PUBLIC_API)


def host_of_api(address: str) -> str:
    """The server of an API; empty if this is no address. An Enterprise Server has both on one host."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("api.") if host.endswith(_WITH_A_HOST_FOR_THE_API) else host


def repository_here(environment: Mapping[str, str], folder: Path) -> str:
    """The repository that the environment names, or that of the clone; empty without any."""
    return environment.get("GITHUB_REPOSITORY") or repository_of(folder, host_of(environment))


def token_of(environment: Mapping[str, str], host: str) -> str:
    """The token in GITHUB_TOKEN or GH_TOKEN, or else that of a person who logged in with `gh`; empty without one."""
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        if token := environment.get(name, "").strip():
            return token
    return _output(["gh", "auth", "token", "--hostname", host])


def _program(name: str) -> str | None:
    """A program of the machine. The current folder may be a clone that holds a `git`, and Windows looks there, too."""
    suffix = ".exe" if sys.platform == "win32" else ""
    folders = (Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep))
    found = (shutil.which(str(folder / f"{name}{suffix}")) for folder in folders if folder.is_absolute())
    return next(filter(None, found), None)


def _output(command: Sequence[str]) -> str:
    """What a program prints; empty if there is no such program, or if it fails or hangs."""
    program = _program(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are the tracker's, and a host without spaces or signs
            [program, *command[1:]],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
