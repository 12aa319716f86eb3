"""A webhook of Slack and one of Discord: real HTTP on this machine, and the official limits.

The limits are copied from the references of the services, not from the program, so that a test finds a wrong limit.

- https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/changelog/2018-truncating-really-long-messages
- https://discord.com/developers/docs/resources/webhook#execute-webhook and
  https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    """An answer of a webhook."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


Judge = Callable[[dict[str, Any], Mapping[str, list[str]]], Reply]


@dataclass
class Chat:
    """A webhook, the messages that it took, and its answers to the others."""

    url: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Reply] = field(default_factory=list)
    headers: list[Mapping[str, str | None]] = field(default_factory=list)
    next: list[Reply] = field(default_factory=list)
    """The answers to the next requests, whatever these hold."""

    @property
    def asked(self) -> int:
        """How many requests it got."""
        return len(self.messages) + len(self.refused)


@contextmanager
def slack() -> Iterator[Chat]:
    """An incoming webhook of Slack."""
    with _serving("/services/T0AAAAAAA/B0AAAAAAA/hunter2hook", _slack, Reply(404, "no_service")) as chat:
        yield chat


@contextmanager
def discord(*, forum: bool = False) -> Iterator[Chat]:
    """A webhook of a channel of Discord, or of a forum."""
    lost = Reply(404, json.dumps({"message": "Unknown Webhook", "code": 10015}))
    with _serving("/api/webhooks/123456789/hunter2hook", lambda *given: _discord(*given, forum=forum), lost) as chat:
        yield chat


def units(text: str) -> int:
    """The length of a text in UTF-16 units, the largest of the ways to count."""
    return len(text.encode("utf-16-le")) // 2


# --- HTTP ----------------------------------------------------------------------------------------


@contextmanager
def _serving(path: str, judge: Judge, lost: Reply) -> Iterator[Chat]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(path, judge, lost)) as server:
        chat = Chat(f"http://127.0.0.1:{server.server_port}{path}")
        server.chat = chat  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield chat
        finally:
            server.shutdown()
            thread.join()


def _handler(path: str, judge: Judge, lost: Reply) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            chat: Chat = self.server.chat  # type: ignore[attr-defined]
            parts = urlsplit(self.path)
            chat.headers.append({"Authorization": self.headers["Authorization"]})
            body = self.rfile.read(int(self.headers["Content-Length"]))
            message, query = _read(self.headers.get("Content-Type", ""), body), parse_qs(parts.query)
            usual = judge(message, query) if parts.path == path else lost
            reply = chat.next.pop(0) if chat.next else usual
            if reply.status < 300:
                chat.messages.append(message)
            else:
                chat.refused.append(reply)
            self._answer(reply)

        def _answer(self, reply: Reply) -> None:
            body = reply.text.encode()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    return Handler


def _read(kind: str, body: bytes) -> dict[str, Any]:
    content = json.loads(body) if kind.partition(";")[0] == "application/json" else {}
    return content if isinstance(content, dict) else {}


# --- Slack ---------------------------------------------------------------------------------------

_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def _slack(message: dict[str, Any], _query: Mapping[str, list[str]]) -> Reply:
    blocks = message.get("blocks", [])
    if not message.get("text") and not blocks:
        return Reply(400, "no_text", _PLAIN)
    if units(message.get("text", "")) > 40_000:
        return Reply(400, "msg_too_long", _PLAIN)
    # All blocks together: not documented; 11,341 characters were refused (github.com/slackapi/bolt-js/issues/2867).
    well = len(blocks) <= 50 and all(map(_is_block, blocks)) and units(json.dumps(blocks, ensure_ascii=False)) <= 11_000
    return Reply(200, "ok", _PLAIN) if well else Reply(400, "invalid_blocks", _PLAIN)


def _is_block(block: dict[str, Any]) -> bool:
    match block:
        case {"type": "header", "text": {"type": "plain_text", "text": str(text)}}:
            return 1 <= units(text) <= 150
        case {"type": "section", "text": {"type": "mrkdwn" | "plain_text"} as text}:
            return _is_text(text)
        case {"type": "context", "elements": [*texts]}:
            return 1 <= len(texts) <= 10 and all(map(_is_text, texts))
        case _:
            return block == {"type": "divider"}


def _is_text(text: dict[str, Any]) -> bool:
    known = set(text) <= {"type", "text", "emoji" if text["type"] == "plain_text" else "verbatim"}
    return known and 1 <= units(text["text"]) <= 3_000


# --- Discord -------------------------------------------------------------------------------------


def _discord(message: dict[str, Any], query: Mapping[str, list[str]], *, forum: bool) -> Reply:
    wrong = [*_of_message(message), *(fault for embed in message.get("embeds", []) for fault in _of_embed(embed))]
    if wrong:
        return _invalid(50035, "Invalid Form Body", wrong)
    if forum and "thread_name" not in message and "thread_id" not in query:
        return _invalid(220001, "Webhooks posted to forum channels must have a thread_name or thread_id", [])
    if not forum and "thread_name" in message:
        return _invalid(220003, "Webhooks can only create threads in forum channels", [])
    if query.get("wait") == ["true"]:
        return Reply(200, json.dumps({"id": "1", "type": 0}), {"Content-Type": "application/json"})
    return Reply(204, "")


def _invalid(code: int, message: str, wrong: list[str]) -> Reply:
    content = {"message": message, "code": code, "errors": wrong}
    return Reply(400, json.dumps(content), {"Content-Type": "application/json"})


def _of_message(message: dict[str, Any]) -> Iterator[str]:
    embeds = message.get("embeds", [])
    if units(message.get("content", "")) > 2_000:
        yield "content"
    if not message.get("content") and not embeds:
        yield "empty"
    if len(embeds) > 10 or sum(units(text) for embed in embeds for text in _texts(embed)) > 6_000:
        yield "embeds"
    if not 1 <= units(message.get("thread_name", "x")) <= 100:
        yield "thread_name"
    if message.get("allowed_mentions") != {"parse": []}:  # Discord would take it, and mention people
        yield "allowed_mentions"


def _texts(embed: dict[str, Any]) -> Iterator[str]:
    yield from (embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", ""))
    for part in embed.get("fields", []):
        yield from (part["name"], part["value"])


def _of_embed(embed: dict[str, Any]) -> Iterator[str]:
    fields = embed.get("fields", [])
    if units(embed.get("title", "")) > 256:
        yield "title"
    if units(embed.get("description", "")) > 4_096:
        yield "description"
    if len(fields) > 25:
        yield "fields"
    if not all(1 <= units(part["name"]) <= 256 and 1 <= units(part["value"]) <= 1_024 for part in fields):
        yield "field"
    if urlsplit(embed.get("url", "https://x")).scheme not in {"http", "https"}:
        yield "url"
