"""Foreign text made safe for GitHub's Markdown; the one place that does it.

Job names, branches, steps and commit titles are data that anybody may have written. They are shown as code,
and even there a mention or a reference is broken, because not every reader of an issue is a browser.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

ZERO_WIDTH_SPACE = "\u200b"

_ACTIVE = re.compile(r"@(?=[\w-])|#(?=\d)|(?<=\bGH-)(?=\d)|(?<=://)|(?<=\bwww\.)|<(?=!)|--(?=>)", re.IGNORECASE)
_BACKTICKS = re.compile(r"`+")
_SPACES = re.compile(r"\s+")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain(text: str, limit: int = 200) -> str:
    """One line of visible characters, cut at a whole character, with an ellipsis where it was longer.

    Control and format characters (terminal escapes, right-to-left marks) and lone surrogates go.
    """
    spaced = _SPACES.sub(" ", text)
    visible = "".join(char for char in spaced if unicodedata.category(char) not in _HIDDEN).strip()
    return visible if len(visible) <= limit else visible[: limit - 1].rstrip() + "…"


def defused(text: str, limit: int = 200) -> str:
    """Plain text in which nothing is a mention, a reference, an address or a comment."""
    return _ACTIVE.sub(lambda match: match[0] + ZERO_WIDTH_SPACE, plain(text, limit))


def prose(text: str, limit: int = 200) -> str:
    """A sentence of ours with foreign text in it: code spans stay, what could be a link, HTML or a cell's end goes."""
    return re.sub(r"([\\<\[*|~])", r"\\\1", defused(text, limit))


def code(text: str, limit: int = 200) -> str:
    """Foreign text as a code span."""
    shown = defused(text, limit) or " "
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or shown == " " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(markdown: str) -> str:
    """Markdown for a cell of a table, where a bar ends the cell even within a code span."""
    return markdown.replace("|", "\\|")


def link(text: str, url: str) -> str:
    """A link whose text is already Markdown; an address that could break out of it gives the text alone."""
    return f"[{text}]({url})" if re.fullmatch(r"https?://[^\s()<>\\\"']+", url) else text


def utc(moment: datetime) -> str:
    """`2026-03-01 14:05 UTC`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def short(sha: str) -> str:
    """A commit as people write it."""
    return sha[:7]


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
