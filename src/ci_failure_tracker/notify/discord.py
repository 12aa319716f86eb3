"""The news as messages of Discord: embeds within Discord's limits, which mention nobody.

A text channel gets one message. A forum refuses a message without the name of a thread; it gets a thread for each new
failure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ci_failure_tracker.model.words import counted
from ci_failure_tracker.notify.news import Item, News, NewsKind, that_fit
from ci_failure_tracker.text.markdown import length, plain, unlinked
from ci_failure_tracker.text.medium import Medium

# discord.com/developers/docs/resources/message#embed-object-embed-limits
CONTENT, EMBEDS, ALL_EMBEDS, TITLE, DESCRIPTION, FIELD, THREAD = 2_000, 10, 6_000, 256, 4_096, 1_024, 100
"""Discord's limits: characters of the content, how many embeds, characters of all of them, of a title, of a
description, of a field's value, and of a thread's name."""

THREADS = 10
"""New failures that get their own thread in one sweep; Discord takes thirty messages a minute."""

_COLOURS = {
    NewsKind.NEW: 0xD1242F,
    NewsKind.REOPENED: 0xBC4C00,
    NewsKind.RECOVERED: 0x1A7F37,
    NewsKind.GONE: 0x6E7781,
}
_AROUND = 300
"""Characters reserved for the title of a list and for the line that counts the items left out."""

# Characters of a name, of the first sentence, and of a headline.
_NAME, _SENTENCE, _HEADLINE = 50, 400, 80
# Within code Discord has no escape for a backtick.
_LIKE_A_BACKTICK = "\u02cb"
_SPECIAL = re.compile(r"[\\*_~`|>#<\[\]():@-]")


def discord_message(news: News) -> dict[str, Any]:
    """All news as one message for a channel."""
    kinds = [kind for kind in NewsKind if news.of(kind)]
    # The limit for all embeds of a message is shared by the lists of all kinds.
    room = min(DESCRIPTION, ALL_EMBEDS // max(1, len(kinds))) - _AROUND
    # Escaping may double the length, and so may UTF-16, in which Discord counts.
    return _message(escaped(news.line, CONTENT // 4), [_list(news, kind, room) for kind in kinds])


def forum_messages(news: News) -> list[dict[str, Any]]:
    """A thread for each of the first ten new failures, and one thread for all the rest."""
    new = news.of(NewsKind.NEW)[:THREADS]
    threads = [{**_message("", [_card(item)]), "thread_name": _thread_name(item.title)} for item in new]
    rest = News(news.repository, news.issues_url, news.at, news.line, news.items[len(new) :])
    return [*threads, {**discord_message(rest), "thread_name": _thread_name(rest.headline)}] if rest else threads


def escaped(text: str, limit: int) -> str:
    """Foreign text in which Discord sees no mention, link or format; `limit` counts characters before escaping."""
    return _SPECIAL.sub(r"\\\g<0>", unlinked(text, limit))


def _message(content: str, embeds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    # Without this, text such as @everyone would notify a whole server.
    return {"content": content, "embeds": list(embeds), "allowed_mentions": {"parse": []}}


def _code(text: str, limit: int) -> str:
    return f"`{(plain(text, limit) or ' ').replace('`', _LIKE_A_BACKTICK)}`"


def _link(text: str, url: str) -> str:
    return f"[{text}]({url})" if url else text


_MEDIUM = Medium(_code, _link, escaped)


def _list(news: News, kind: NewsKind, room: int) -> dict[str, Any]:
    items = news.of(kind)
    # One more for the line end between two lines.
    lines = list(that_fit(map(_line, items), lambda line: length(line) + 1, room))
    if left := len(items) - len(lines):
        issues = f": {_link('all issues', news.issues_url)}" if news.issues_url else ""
        lines.append(f"and {counted(left, 'more', 'more')}{issues}")
    return {"title": f"{kind.heading} ({len(items)})", "description": "\n".join(lines), "color": _COLOURS[kind]}


def _line(item: Item) -> str:
    names = f"{_code(item.workflow, _NAME)} › {_code(item.job, _NAME)}"
    names = f"{_code(item.repository, _NAME)}: {names}" if item.repository else names
    where = f"{_link(item.issue, item.issue_url)} {names}"
    run = f", {_link(item.run, item.run_url)}" if item.run else ""
    return "\n".join(filter(None, (f"{where}{run}", *item.texts(_MEDIUM, _SENTENCE, _HEADLINE))))


def _card(item: Item) -> dict[str, Any]:
    """One new failure, the first message of its thread."""
    fields = [("Newest run", _link(item.run, item.run_url))] if item.run else []
    return {
        # A cut may leave a backslash whose character is gone.
        "title": _within(escaped(item.title, TITLE // 2), TITLE).rstrip("\\"),
        **({"url": item.issue_url} if item.issue_url else {}),
        "description": "\n".join(
            filter(
                None,
                (_link(f"Issue {item.issue}", item.issue_url), *item.texts(_MEDIUM, _SENTENCE, _HEADLINE)),
            )
        ),
        "color": _COLOURS[item.kind],
        "fields": [{"name": name, "value": value, "inline": True} for name, value in fields],
    }


def _thread_name(text: str) -> str:
    """The name of a thread, which is plain text and must not be empty."""
    return _within(plain(text, THREAD), THREAD) or "CI failures"


def _within(text: str, limit: int) -> str:
    """The beginning of a text that fits the limit in characters and in UTF-16 units."""
    while length(text) > limit:
        text = text[:-1]
    return text
