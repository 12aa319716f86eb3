"""Makes foreign text safe for a terminal and for the log of a runner.

A terminal needs no more than `plain`. A runner takes some lines for commands, so two more lines stop them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.text.redaction import redacted_lines

_COMMAND = lazy(r"\s*::|.*##\[", re.DOTALL)
"""A line that may be a command to a runner: its first word begins with `::`, or it holds `##[` anywhere."""


def lines(text: str) -> str:
    """A text of several lines, such as the YAML of an advice, for a terminal or an annotation; the indentation stays.

    An annotation needs no more: actions-toolkit escapes what could end it.
    """
    shown = redacted_lines(text.splitlines())
    return "\n".join(line[: len(line) - len(line.lstrip(" "))] + plain(line, 2_000) for line in shown)


def inert_lines(shown: Sequence[str]) -> list[str]:
    """The lines for the log of a runner, which obeys none of them; they stay as they are.

    Only if one of them may be a command, two more lines stop the commands and start them again. The word that starts
    them is random, so no line can hold it.
    """
    if not any(map(_COMMAND.match, shown)):
        return list(shown)
    import secrets  # noqa: PLC0415 - few texts need it

    word = secrets.token_hex(16)
    return [f"::stop-commands::{word}", *shown, f"::{word}::"]


def inert_json(text: str) -> str:
    """JSON for a terminal or a runner; every reader of JSON gets the same from it."""
    # The runner looks for `##[` in every line, and JSON reads the escape as the same character.
    return text.replace("##[", "#\\u0023[")
