"""Foreign text made safe for GitHub's Markdown; the one place that does it.

Job names, branches, steps, commit titles and logs are data that anybody may have written. Secrets are taken out of
them. They are shown as code, and even there a mention or a reference is broken, because not every reader of an issue is
a browser.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from ci_failure_tracker.text.redaction import redacted, redacted_lines

ZERO_WIDTH_SPACE = "\u200b"

BODY_LIMIT = 65_536
"""Characters of an issue's body or a comment (GitHub answers 422 past it)."""

_ACTIVE = re.compile(
    # An underscore is a letter of a word to `\b`, and not to GitHub; what stands behind `://` and `www.` it takes for a
    # host, whatever that is.
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
    """One line of visible characters without secrets, cut at a whole character, with an ellipsis where it was longer.

    Control and format characters (terminal escapes, right-to-left marks) and lone surrogates go.
    """
    # A letter that is not seen may stand between two spaces, and a line's end is one that is not.
    seen = _visible(_SPACE.sub(" ", _COLOURS.sub("", text)))
    shown = redacted(_SPACES.sub(" ", seen).strip())
    if len(shown) > limit:  # what was cut may read otherwise, and has to be the same when it is read again
        shown = _cut(redacted(_cut(shown, limit)), limit)
    return shown


def defused(text: str, limit: int = 200) -> str:
    """Plain text in which nothing is a mention, a reference, an address, a comment, or a runner's command in a line."""
    return _harmless(plain(text, limit))


def prose(text: str, limit: int = 200) -> str:
    """A sentence of ours with foreign text in it: code spans stay, what could be a link, HTML or a cell's end goes.

    An entity stays what was written, or it could become the sign of a mention.
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
    """The lines of a log as a block of code, in which none is a mention, a reference or a command to a runner.

    Nothing for no lines.
    """
    shown = [_COMMAND.sub(lambda match: match[0] + ZERO_WIDTH_SPACE, _harmless(line)) for line in log_lines(lines)]
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in shown)) if shown else ""
    return "\n".join((f"{fence}text", *shown, fence)) if shown else ""


def log_lines(lines: Iterable[str]) -> list[str]:
    """The lines of a log as plain text, without secrets; a line keeps its spaces, and is cut at 300 characters."""
    return [_cut(line, _LINE_LIMIT) for line in redacted_lines(map(_visible_with_spaces, lines))]


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


def length(text: str) -> int:
    """The characters of a text as GitHub counts them at the strictest, which is in UTF-16."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _visible(text: str) -> str:
    return text if text.isprintable() else "".join(char for char in text if unicodedata.category(char) not in _HIDDEN)


def _visible_with_spaces(line: str) -> str:
    """A line of a log as a terminal with narrow tabs shows it."""
    uncoloured = _COLOURS.sub("", line).rstrip()
    return _visible(_SPACE.sub(" ", uncoloured.expandtabs(_TAB))).rstrip()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _harmless(text: str) -> str:
    return _ACTIVE.sub(lambda match: match[0] + ZERO_WIDTH_SPACE, text)


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def cut_in_middle(text: str, limit: int) -> str:
    """A text of at most so many characters, without its middle where it is longer."""
    if len(text) <= limit:
        return text
    tail = limit * 2 // 5
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"
