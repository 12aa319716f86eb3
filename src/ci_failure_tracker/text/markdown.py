"""Makes foreign text safe for the place in which it stands. No other module does that for GitHub's Markdown.

Anybody may have written a job name, a branch, a step, a commit title or a log. Secrets and invisible characters are
removed from them everywhere. Each place then needs an escape of its own, and gets no more than that, so that people can
copy what they see. `docs/security.md` lists the places.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count

from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.redaction import redacted, redacted_lines

ZERO_WIDTH_SPACE = "\u200b"

BODY_LIMIT = 65_536
"""The most characters of a body or a comment; GitHub answers 422 to more."""

OWN_COMMENT = "<!-- ci-failure-tracker"
"""How each hidden comment of the tracker begins: the two around the region of a body, and the marker."""

_ACTIVE = lazy(
    # No `\b` here: it takes an underscore for a letter of a word, and GitHub does not. GitHub takes whatever follows
    # `://` and `www.` for a host.
    r"@(?=[\w-])|#(?=\d)|(?<=(?<![a-z0-9])GH-)(?=\d)|(?<=:)(?=//)|(?<=(?<![a-z0-9])www)(?=\.)",
    re.IGNORECASE,
)
_COLOURS = lazy(r"\x1b\[[0-9;:?]{0,40}[ -/]?[@-~]")
_BACKTICKS = lazy(r"`+")
_LONGEST_FENCE = 80
"""GitHub takes a run of more backticks for text, not for the fence of a code span."""

_CODE_SPAN = lazy(rf"(?<!`)(`{{1,{_LONGEST_FENCE}}})(?!`)(.*?[^`])\1(?!`)|`+")
"""A code span, or a run of backticks that begins none."""

_ENDLESS_FENCE = lazy(r" {0,3}`{200,}\s*")
"""A line that would close any block of code: GitHub's parser counts no more than 255 backticks of a fence."""

_SPECIAL = lazy(r"[\\<\[*|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w{1,32};)")
_SPACE = lazy(r"\s")
_SPACE_BUT_TAB = lazy(r"[^\S\t]")
_SPACES = lazy(r"\s+")
# Characters of a line of a log: longer lines would use up the limit of a body.
_LINE_LIMIT = 300
# Control, format, surrogate, private and unassigned: none of them has a shape of its own.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain(text: str, limit: int = 200) -> str:
    """One line of visible characters without secrets, with an ellipsis if it was longer than the limit.

    Control and format characters (terminal escapes, right-to-left marks) and lone surrogates are removed. Nothing else
    is needed where nobody reads Markdown: in a title, on a terminal, in a header.
    """
    # Spaces are merged only after invisible characters, which may stand between two of them, are removed.
    visible = _visible(_SPACE.sub(" ", _COLOURS.sub("", text)))
    # Redacted before it is cut, because half a secret is not recognised.
    shown = redacted(_SPACES.sub(" ", visible).strip())
    if len(shown) > limit:  # the cut text may look like a secret, and a second call must not change it
        shown = _cut(redacted(_cut(shown, limit)), limit)
    return shown


def unlinked(text: str, limit: int = 200) -> str:
    """Plain text for a place that is not code. No program sees a mention, a reference or an address in it.

    These are looked for in the text that is left when the Markdown is gone, so an escape of Markdown does not help.
    Only a zero-width space does.
    """
    return _without_links(plain(text, limit))


def prose(text: str, limit: int = 200) -> str:
    """A sentence of the tracker that contains foreign text: its code spans stay, and all other Markdown is escaped.

    Entities are escaped too, because they could become the sign of a mention.
    """
    return "".join(_prose_parts(plain(text, limit)))


def _prose_parts(text: str) -> Iterator[str]:
    end = 0
    for span in _CODE_SPAN.finditer(text):
        yield _no_markdown(text[end : span.start()])
        yield span[0] if span[1] else span[0].replace("`", "\\`")
        end = span.end()
    yield _no_markdown(text[end:])


def _no_markdown(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", _without_links(text))


def code(text: str, limit: int = 200) -> str:
    """Foreign text as a code span, in which GitHub sees nothing but text."""
    shown = plain(text, limit) or " "
    fence = _span_fence(shown)
    # A backtick at the edge would join the fence.
    pad = " " if "`" in shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _span_fence(text: str) -> str:
    """A run of backticks that the text does not hold, which no other run ends; if possible, it is the longest run."""
    runs = {len(run) for run in _BACKTICKS.findall(text)}
    longer = max(runs, default=0) + 1
    return "`" * (longer if longer <= _LONGEST_FENCE else next(length for length in count(1) if length not in runs))


def log_block(lines: Iterable[str]) -> str:
    """The lines of a log as a block of code; empty for no lines."""
    shown = log_lines(lines)
    return code_block(shown) if shown else ""


def code_block(lines: Sequence[str]) -> str:
    """Visible text as a block of code, in which GitHub sees nothing but text.

    What a reader copies from it is exactly these lines. Only a line of nothing but 200 backticks is cut.
    """
    shown = [_cut(line, 200) if _ENDLESS_FENCE.fullmatch(line) else line for line in lines]
    longest = max((len(run) for line in shown for run in _BACKTICKS.findall(line)), default=0)
    # A fence of three backticks is the shortest that Markdown knows.
    fence = "`" * max(3, longest + 1)
    # If the fence is indented, Markdown takes as many spaces from each line. So no line of a log can be taken for a
    # comment of the tracker, which begins its line.
    indent = " " if any(OWN_COMMENT in line for line in shown) else ""
    return "\n".join(f"{indent}{line}" for line in (f"{fence}text", *shown, fence))


def log_lines(lines: Iterable[str], limit: int = _LINE_LIMIT) -> list[str]:
    """The lines of a log as visible text without secrets. Each keeps its spaces and tabs, up to 300 characters."""
    return [_cut(line, limit) for line in redacted_lines(map(_visible_with_spaces, lines))]


def cell(markdown: str) -> str:
    """Markdown for a cell of a table. A bar ends a cell even within a code span, so it is escaped."""
    return markdown.replace("|", "\\|")


def link(text: str, url: str) -> str:
    """A link whose text is already Markdown; only the text if the address could break out of the link."""
    return f"[{text}]({url})" if is_address(url) else text


def is_address(url: str) -> bool:
    """Whether an address can end no link that it stands in."""
    return re.fullmatch(r"https?://[^\s()<>\\\"']+", url) is not None


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
    # `isprintable` is fast, and most texts have nothing to remove.
    return text if text.isprintable() else "".join(char for char in text if unicodedata.category(char) not in _HIDDEN)


def _visible_with_spaces(line: str) -> str:
    """A line of a log as a terminal shows it. Tabs stay tabs, and other white space becomes a space."""
    uncoloured = _SPACE_BUT_TAB.sub(" ", _COLOURS.sub("", line).rstrip())
    return "\t".join(map(_visible, uncoloured.split("\t"))).rstrip()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _without_links(text: str) -> str:
    return _ACTIVE.sub(lambda match: match[0] + ZERO_WIDTH_SPACE, text)


def cut_in_middle(text: str, limit: int) -> str:
    """The text, without its middle if it is longer than the limit."""
    if len(text) <= limit:
        return text
    # The beginning says more than the end, so it gets three fifths.
    tail = limit * 2 // 5
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"
