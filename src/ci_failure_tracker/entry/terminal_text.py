"""Makes foreign text safe for a terminal and for the log of a runner."""

from __future__ import annotations

from ci_failure_tracker.text.markdown import ZERO_WIDTH_SPACE, plain
from ci_failure_tracker.text.redaction import redacted_lines


def one_line(text: str, limit: int = 1_000) -> str:
    """One line for a log or a terminal; a runner finds no workflow command in it, whatever text it holds."""
    return plain(text, limit).replace("::", f":{ZERO_WIDTH_SPACE}:").replace("##[", f"##{ZERO_WIDTH_SPACE}[")


def lines(text: str) -> str:
    """The same for a text of several lines, such as the YAML of an advice; the indentation stays."""
    shown = redacted_lines(text.splitlines())
    return "\n".join(line[: len(line) - len(line.lstrip(" "))] + one_line(line, 2_000) for line in shown)
