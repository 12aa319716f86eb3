"""Tools that tests take from outside the project, such as a browser.

A test looks for a tool in several ways and takes the first that runs. If none runs, the test is skipped and says why.
With `CI=true` it fails, because a machine that checks changes has every tool.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

Tool = TypeVar("Tool")


class MissingError(Exception):
    """A tool cannot be had. The message says why, in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(" ".join(reason.split()))


class OtherSystemError(MissingError):
    """A tool does not exist for this operating system, so its tests are skipped with `CI=true` as well."""


@contextmanager
def needed(tool: str) -> Iterator[None]:
    """Skip the test if the block finds a tool missing; with `CI=true`, fail it."""
    try:
        yield
    except MissingError as missing:
        reason = f"no {tool}: {missing}"
        if os.environ.get("CI") == "true" and not isinstance(missing, OtherSystemError):
            raise pytest.fail.Exception(reason, pytrace=False) from None
        raise pytest.skip.Exception(reason) from None


def first_of(ways: Mapping[str, Callable[[], Tool]]) -> Tool:
    """Try the ways to a tool in order; return what the first one gives that does not raise `MissingError`.

    Raises:
        MissingError: with the reason of each way.
    """
    reasons = []
    for name, way in ways.items():
        try:
            return way()
        except MissingError as missing:
            reasons.append(f"{name}: {missing}")
    raise MissingError("; ".join(reasons))


def run(
    command: Sequence[str | Path],
    folder: Path | None = None,
    seconds: float = 60,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a program to its end; also the probe that shows whether a program runs here.

    `environment` is added to the variables of this process.

    Raises:
        MissingError: it does not start, fails, or takes longer than `seconds`.
    """
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except OSError as error:
        raise MissingError(f"{name} does not start ({error.strerror})") from None
    except subprocess.TimeoutExpired:
        raise MissingError(f"{name} takes more than {seconds:.0f} seconds") from None
    if done.returncode:
        raise MissingError(f"{name} fails with {done.returncode}: {done.stderr.strip()[-200:]}")
