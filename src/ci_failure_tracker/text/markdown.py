"""Makes foreign text safe for GitHub's Markdown. No other module does that.

Anybody may have written a job name, a branch, a step, a commit title or a log. Secrets are removed from them. They are
shown as code, and mentions and references are broken even there, because mails and other programs show issues too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from ci_failure_tracker.text.redaction import redacted, redacted_lines

ZERO_WIDTH_SPACE = "\u200b"

BODY_LIMIT = 65_536
"""The most characters of a body or a comment; GitHub answers 422 to more."""

_ACTIVE = re.compile(
    # No `\b` here: it takes an underscore for a letter of a word, and GitHub does not. GitHub takes whatever follows
    # `://` and `www.` for a host.
    r"@(?=[\w-])|#(?=\d)|(?<=(?<![a-z0-9])GH-)(?=\d)|(?<=:)(?=//)|(?<=(?<![a-z0-9])www)(?=\.)|<(?=!)|--(?=!?>)|##(?=\[)",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"^ *:(?=:)")
_COLOURS = re.compile(r"\x1b\[[0-9;:?]{0,40}[ -/]?[@-~]")
_BACKTICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"[\\<\[*|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w{1,32};)")
_SPACE = re.compile(r"\s")
_SPACES = re.compile(r"\s+")
_LINE_LIMIT = 300
_TAB = 4
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain(text: str, limit: int = 200) -> str:
    """One line of visible characters without secrets, with an ellipsis if it was longer than the limit.

    Control and format characters (terminal escapes, right-to-left marks) and lone surrogates are removed.
    """
    # Spaces are merged only after invisible characters, which may stand between two of them, are removed.
    visible = _visible(_SPACE.sub(" ", _COLOURS.sub("", text)))
    shown = redacted(_SPACES.sub(" ", visible).strip())
    if len(shown) > limit:  # the cut text may look like a secret, and a second call must not change it
        shown = _cut(redacted(_cut(shown, limit)), limit)
    return shown


def defused(text: str, limit: int = 200) -> str:
    """Plain text without an active mention, reference, address, comment or runner command."""
    return _harmless(plain(text, limit))


def prose(text: str, limit: int = 200) -> str:
    """A sentence of the tracker that contains foreign text: code spans stay, and other formats are escaped.

    Entities are escaped too, because they could become the sign of a mention.
    """
    return _SPECIAL.sub(r"\\\g<0>", defused(text, limit))


def code(text: str, limit: int = 200) -> str:
    """Foreign text as a code span."""
    shown = defused(text, limit) or " "
    longest = _longest_run(shown)
    fence = "`" * (longest + 1)
    pad = " " if longest or shown == " " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def log_block(lines: Iterable[str]) -> str:
    """The lines of a log as a block of code without active mentions and runner commands; empty for no lines."""
    shown = [_COMMAND.sub(lambda match: match[0] + ZERO_WIDTH_SPACE, _harmless(line)) for line in log_lines(lines)]
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in shown)) if shown else ""
    return "\n".join((f"{fence}text", *shown, fence)) if shown else ""


def log_lines(lines: Iterable[str]) -> list[str]:
    """The lines of a log as plain text without secrets. Each keeps its spaces and is cut at 300 characters."""
    return [_cut(line, _LINE_LIMIT) for line in redacted_lines(map(_visible_with_spaces, lines))]


def cell(markdown: str) -> str:
    """Markdown for a cell of a table. A bar ends a cell even within a code span, so it is escaped."""
    return markdown.replace("|", "\\|")


def link(text: str, url: str) -> str:
    """A link whose text is already Markdown; only the text if the address could break out of the link."""
    return f"[{text}]({url})" if re.fullmatch(r"https?://[^\s()<>\\\"']+", url) else text


def utc(moment: datetime) -> str:
    """`2026-03-01 14:05 UTC`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def short(sha: str) -> str:
    """The first seven characters of a commit hash."""
    return sha[:7]


def length(text: str) -> int:
    """The length of a text in UTF-16 units, which is the strictest count that GitHub may use."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _visible(text: str) -> str:
    return text if text.isprintable() else "".join(char for char in text if unicodedata.category(char) not in _HIDDEN)


def _visible_with_spaces(line: str) -> str:
    """A line of a log as a terminal shows it, with tabs of four columns."""
    uncoloured = _COLOURS.sub("", line).rstrip()
    return _visible(_SPACE.sub(" ", uncoloured.expandtabs(_TAB))).rstrip()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _harmless(text: str) -> str:
    return _ACTIVE.sub(lambda match: match[0] + ZERO_WIDTH_SPACE, text)


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def cut_in_middle(text: str, limit: int) -> str:
    """The text, without its middle if it is longer than the limit."""
    if len(text) <= limit:
        return text
    tail = limit * 2 // 5
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"
