"""How a sentence is written for one place: Markdown, plain text, HTML, a chat. The words are the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from ci_failure_tracker.text import markdown


@dataclass(frozen=True, slots=True)
class Medium:
    """What a place does with the parts of a sentence that are not words of the tracker.

    `code` makes foreign text of at most so many characters safe. `link` links a text that is safe already. `text` makes
    a sentence safe that holds foreign text. `time` writes a moment.
    """

    code: Callable[[str, int], str]
    link: Callable[[str, str], str]
    text: Callable[[str, int], str]
    time: Callable[[datetime], str] = markdown.utc


MARKDOWN = Medium(markdown.code, markdown.link, markdown.prose)
PLAIN = Medium(markdown.plain, lambda text, _: text, markdown.plain)


def html_medium(shown: Callable[[str, int], str]) -> Medium:
    """A medium whose sentences are HTML: the tracker's own words hold no sign of it. `shown` cleans foreign text."""

    def code(text: str, limit: int) -> str:
        return Markup("<code>{}</code>").format(shown(text, limit))

    def link(text: str, url: str) -> str:
        # A text is escaped only if it is not from `code`.
        return Markup('<a href="{}">{}</a>').format(url, text) if markdown.is_address(url) else text

    def text(sentence: str, limit: int) -> str:
        return Markup("{}").format(shown(sentence, limit))

    def time(moment: datetime) -> str:
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), markdown.utc(moment))

    return Medium(code, link, text, time)
