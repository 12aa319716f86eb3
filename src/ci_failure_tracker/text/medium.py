"""How a sentence is written for one place: Markdown, plain text, HTML, a chat. The words are the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.text import markdown


@dataclass(frozen=True, slots=True)
class Medium:
    """What a place does with the parts of a sentence that are not words of the tracker.

    `code` makes foreign text of at most so many characters safe. `link` links a text that is safe already. `time`
    writes a moment.
    """

    code: Callable[[str, int], str]
    link: Callable[[str, str], str]
    time: Callable[[datetime], str] = markdown.utc


MARKDOWN = Medium(markdown.code, markdown.link)
PLAIN = Medium(markdown.plain, lambda text, _: text)
