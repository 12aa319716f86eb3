"""Ends a command that fails, with the reason on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from ci_failure_tracker.entry.explain_text import show
from ci_failure_tracker.entry.terminal_text import lines
from ci_failure_tracker.errors import FAILED, SettingsError, TrackerError

_T = TypeVar("_T")


def guarded(do: Callable[[], _T], err: Console) -> _T:
    """What `do` returns; if it fails, the reason is shown and the program ends."""
    try:
        return do()
    except SettingsError as error:
        _complain(err, error.mistakes)
        sys.exit(error.exit_code)
    except TrackerError as error:
        _complain(err, [error.what], error.advice)
        sys.exit(error.exit_code)
    # A script gets a known exit code, and a person a line instead of a traceback.
    except Exception as error:
        _complain(err, [f"{type(error).__name__}: {error}"], "This is a bug in the tracker: please report it.")
        sys.exit(FAILED)


def _complain(err: Console, mistakes: Iterable[str], advice: str = "") -> None:
    for mistake in mistakes:
        show(err, Text("error: ", style="bold red") + Text(lines(mistake)))
    if advice:
        show(err, Text(lines(advice)))
