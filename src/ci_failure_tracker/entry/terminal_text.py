"""Foreign text on its way to a terminal or to a runner's log."""

from __future__ import annotations

from ci_failure_tracker.text.markdown import ZERO_WIDTH_SPACE, plain
from ci_failure_tracker.text.redaction import redacted_lines


def one_line(text: str, limit: int = 1_000) -> str:
    """A line for a log or a terminal that no runner takes for a command, whatever foreign text it holds."""
    return plain(text, limit).replace("::", f":{ZERO_WIDTH_SPACE}:").replace("##[", f"##{ZERO_WIDTH_SPACE}[")


def lines(text: str) -> str:
    """The same for a text of our own that has several lines, such as the YAML of an advice."""
    shown = redacted_lines(text.splitlines())
    return "\n".join(line[: len(line) - len(line.lstrip(" "))] + one_line(line, 2_000) for line in shown)
