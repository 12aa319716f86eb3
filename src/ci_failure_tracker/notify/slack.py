"""The news as a message of Slack: Block Kit, made with slack_sdk's models, within Slack's limits.

slack_sdk is loaded only if it is needed: a sweep that sends Slack nothing does without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ci_failure_tracker.model.words import counted
from ci_failure_tracker.notify.news import Item, News, NewsKind, that_fit
from ci_failure_tracker.text.markdown import ZERO_WIDTH_SPACE, length, plain, unlinked
from ci_failure_tracker.text.medium import Medium

if TYPE_CHECKING:
    from slack_sdk.models.blocks import Block

# docs.slack.dev/reference/block-kit/blocks and docs.slack.dev/reference/methods/chat.postMessage.
BLOCKS, SECTION, HEADER, TEXT = 50, 3_000, 150, 40_000
"""Slack's limits: blocks of a message, characters of a section, of a header and of the text beside the blocks."""

_SHOWN = 30
"""Issues that a message names. Nobody reads more, and the message stays far from 50 blocks."""

_ALL_ITEMS, _AROUND_AN_ITEM = 8_000, 80
"""Characters of all issues, and of the JSON around each. Slack refuses blocks of some 12,000 characters in all,
and documents neither this limit nor how it counts (github.com/slackapi/bolt-js/issues/2867)."""

_EMOJI = {NewsKind.NEW: "🔴", NewsKind.REOPENED: "🟠", NewsKind.RECOVERED: "🟢", NewsKind.GONE: "⚪"}
_TITLE, _SENTENCE, _HEADLINE = 150, 1_000, 120
"""Characters of the parts of a section: together they fit even if each becomes an entity of five characters. Those of
the sentence are counted as they are sent."""


def slack_message(news: News) -> dict[str, Any]:
    """The message for a webhook of Slack: the blocks, and the text that replaces them if they are not shown.

    slack_sdk checks each block when it is made, and raises an error if it is over a limit.
    """
    return {
        "text": escaped(f"{news.headline}. {news.line}", TEXT // 10),
        "blocks": [block.to_dict() for block in _blocks(news)],
        # Previews of links would show an issue twice.
        "unfurl_links": False,
        "unfurl_media": False,
    }


def slack_payload(news: News) -> str:
    """The same message as JSON for a step of the workflow; empty if there is no news."""
    return json.dumps(slack_message(news)) if news else ""


def escaped(text: str, limit: int) -> str:
    """Foreign text in which Slack sees no mention, link or format; `limit` counts characters before escaping."""
    unformatted = _FORMATS.sub(lambda match: _ALIKE[match[0]], unlinked(text, limit))
    return _entities(_EMOJI_NAME.sub(f":{ZERO_WIDTH_SPACE}", unformatted))


_ALIKE = {"`": "\u02cb", "*": "\u2217", "_": "\u02cd", "~": "\u223c"}
"""Slack has no escape for a character that formats text, so a letter that looks the same replaces it."""

# Slack sees `_` as format only at the edge of a word, so names such as `test_one` stay.
_FORMATS = re.compile(r"[`*~]|(?<![^\W_])_|_(?![^\W_])")
_EMOJI_NAME = re.compile(r":(?=[\w+'-]+:)")
"""The beginning of the name of an emoji, which Slack would draw."""


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _code(text: str, limit: int) -> str:
    return f"`{_entities((plain(text, limit) or ' ').replace('`', _ALIKE['`']))}`"


def _link(text: str, url: str) -> str:
    """A link; `text` is already escaped."""
    return f"<{url}|{text}>" if url else text


_MEDIUM = Medium(_code, _link, escaped)


def _blocks(news: News) -> Iterator[Block]:
    from slack_sdk.models.blocks import ContextBlock, HeaderBlock, PlainTextObject  # noqa: PLC0415 - see above

    # A header is plain text, in which Slack sees no format.
    yield HeaderBlock(text=PlainTextObject(text=plain(news.headline, HEADER), emoji=False))
    yield ContextBlock(elements=[_text(escaped(news.line, 300))])
    shown = tuple(that_fit(news.items[:_SHOWN], lambda item: length(_item(item)) + _AROUND_AN_ITEM, _ALL_ITEMS))
    for kind in NewsKind:
        items = [item for item in shown if item.kind is kind]
        if items:
            yield _section(f"{_EMOJI[kind]} *{kind.heading}* ({len(news.of(kind))})")
        yield from (_section(_item(item)) for item in items)
    if left := len(news.items) - len(shown):
        rest = f"and {counted(left, 'more change')}"
        issues = f": {_link('all issues', news.issues_url)}" if news.issues_url else ""
        yield ContextBlock(elements=[_text(f"{rest}{issues}")])


def _section(text: str) -> Block:
    from slack_sdk.models.blocks import SectionBlock  # noqa: PLC0415 - see above

    return SectionBlock(text=_text(text))


def _text(text: str) -> Any:  # noqa: ANN401 - a class of slack_sdk, which is not loaded yet
    from slack_sdk.models.blocks import MarkdownTextObject  # noqa: PLC0415 - see above

    # Verbatim: Slack turns nothing in the text into a link or a mention.
    return MarkdownTextObject(text=text, verbatim=True)


def _item(item: Item) -> str:
    first = [f"{_link(item.issue, item.issue_url)} *{escaped(item.title, _TITLE)}*"]
    first += [_link(item.run, item.run_url)] if item.run else []
    return "\n".join(filter(None, (", ".join(first), *item.texts(_MEDIUM, _SENTENCE, _HEADLINE))))
