"""The news as a mail: a digest in text and in HTML.

A mail program turns addresses and names of hosts into links. In both forms, foreign text is changed to prevent this.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from markupsafe import Markup

from ci_failure_tracker.notify.news import Item, News, NewsKind
from ci_failure_tracker.text.markdown import plain, unlinked, utc
from ci_failure_tracker.text.medium import Medium, html_medium
from ci_failure_tracker.text.templates import template_environment

# A choice: a longer mail is not read, and the issues are one link away.
_SHOWN = 200
"""Issues that a mail names."""

_SUBJECT, _SENTENCE = 150, 3_000
_WORD_JOINER = "\u2060"
"""Breaks the name of a host; unlike a zero-width space, it does not allow a line break."""

_POLICY = SMTP.clone(cte_type="7bit")
"""Only ASCII: a server need not take anything else, and smtplib does not ask whether it does."""

# A dot inside a word, as in a host's name; a number such as 3.12 stays as it is.
_HOST = re.compile(r"(?<=[\w-])\.(?=[^\W\d])")
_COLOURS = {
    NewsKind.NEW: "#d1242f",
    NewsKind.REOPENED: "#bc4c00",
    NewsKind.RECOVERED: "#1a7f37",
    NewsKind.GONE: "#59636e",
}


def make_mail(news: News, sender: str, recipients: Sequence[str]) -> EmailMessage:
    """The digest as a mail. The settings have checked the addresses."""
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = f"CI: {_header(news.headline)}"
    mail["From"] = formataddr(("CI failure tracker", sender))
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(news.at)
    mail["Message-ID"] = _message_id(news, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: so no absence notice answers it
    # The text comes first: of several forms, a mail program shows the last that it knows (RFC 2046).
    mail.set_content(_render("mail.txt.j2", news))
    mail.add_alternative(_render("mail.html.j2", news), subtype="html")
    return mail


def inert(text: str, limit: int = 300) -> str:
    """Foreign text in which a mail program sees no address."""
    return _HOST.sub(f".{_WORD_JOINER}", unlinked(text, limit))


_TEXT = Medium(inert, lambda text, _: text, inert)


_HTML = html_medium(inert)


def _header(text: str) -> str:
    """Foreign text for a header: without line ends, and without encoded words, which could decode to line ends."""
    # `=?` begins an encoded word (RFC 2047).
    return plain(text, _SUBJECT).replace("=?", f"={_WORD_JOINER}?")


def _message_id(news: News, sender: str) -> str:
    """The same id for the same sweep, so that mail programs show a mail that arrives twice as one mail."""
    of_sweep = hashlib.sha256(f"{news.repository} {news.at.isoformat()} {news.line}".encode()).hexdigest()[:32]
    # `make_msgid` would show the name of the runner.
    return f"<{of_sweep}@{sender.rpartition('@')[2]}>"


def _text_sentence(item: Item) -> str:
    return item.sentence(_TEXT, _SENTENCE)


def _html_sentence(item: Item) -> Markup:
    return Markup(item.sentence(_HTML, _SENTENCE))  # noqa: S704 - the medium has escaped all foreign text


def _render(name: str, news: News) -> str:
    # Cut before they are grouped, so that the most urgent kinds lose nothing.
    shown = news.items[:_SHOWN]
    groups = [(kind, news.of(kind), [item for item in shown if item.kind is kind]) for kind in NewsKind]
    is_html = name.endswith(".html.j2")
    environment = template_environment("ci_failure_tracker.notify", autoescape=is_html)
    environment.filters.update(inert=inert, utc=utc, sentence=_html_sentence if is_html else _text_sentence)
    return environment.get_template(name).render(
        news=news,
        groups=[(kind.heading, _COLOURS[kind], len(all_of), some) for kind, all_of, some in groups if some],
        left=len(news.items) - len(shown),
    )
