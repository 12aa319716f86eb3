"""The web application: from a request to a call, from a reply to an answer, and what can go wrong between."""

import asyncio
import base64
import binascii
import hashlib
import itertools
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Message, Receive, Scope, Send

from sandbox import access, actions, artifacts, graphql, rest
from sandbox.call import Call, Refusal, Reply, not_found
from sandbox.faults import Fault, FaultKind, Faults
from sandbox.host import Host
from sandbox.payloads import Urls
from sandbox.ratelimit import Budget, RateLimits, exhausted
from sandbox.secondary_limits import MESSAGE, SecondaryLimits
from sandbox.state import State, Token

_ENTERPRISE = "/api/v3"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_LOG_PREFIX = "/_logs/"
_PAGE = b"<!DOCTYPE html>\n<html><body><h1>No server is available to handle your request.</h1></body></html>\n"


@dataclass(frozen=True)
class RequestRecord:
    """A request as the server saw it. `status` is 0 where the client got no answer."""

    method: str
    path: str
    query: str
    status: int
    at: float
    authorized: bool
    api_version: str = ""


@dataclass
class Door:
    """The ASGI application. One lock guards the state: tests change it from their own thread."""

    host: Host
    lock: threading.RLock = field(default_factory=threading.RLock)
    faults: Faults = field(default_factory=Faults)
    limits: RateLimits = field(default_factory=RateLimits)
    secondary: SecondaryLimits = field(default_factory=SecondaryLimits)
    delay: float = 0.0
    records: list[RequestRecord] = field(default_factory=list)
    drop: Callable[[tuple[str, int]], None] = lambda _client: None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._serial = itertools.count(1)
        table = [*rest.routes(self._endpoint), Route("/rate_limit", self._rate_limit)]
        unknown = Route("/{rest:path}", self._endpoint(_nothing_here), methods=_METHODS)
        everything: list[BaseRoute] = [
            Route("/graphql", self._graphql, methods=["POST"]),
            Route("/api/graphql", self._graphql, methods=["POST"]),
            Route(f"{_LOG_PREFIX}{{job_id}}", self._blob),
            Route(f"{artifacts.PREFIX}{{artifact_id}}", self._artifact),
            Mount(_ENTERPRISE, routes=[*table, unknown]),
            *table,
            unknown,
        ]
        self._app = Starlette(routes=everything)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let a fault happen to it."""
        if scope["type"] != "http":
            raise NotImplementedError(f"only HTTP is served here, not {scope['type']}")
        visit = _Visit(scope, receive, send)
        with self.lock:
            fault = self.faults.strike(visit.method, visit.path, visit.query)
        with self._at_once(visit):
            await self._wait(self.delay)
            messages = await self._messages(visit, fault)
        self._record(visit, messages)
        if messages is None:
            await self._hang_up(visit)
            return
        for message in _dripping(messages) if fault and fault.kind == "drip" else messages:
            await send(message)
            if fault and fault.kind == "drip":
                await self._wait(fault.seconds)

    @contextmanager
    def _at_once(self, visit: "_Visit") -> Iterator[None]:
        """Count the request among those that are there at the same time; the stores are not the API."""
        token = _credentials(visit.headers.get("authorization", "")) or ""
        counted = not visit.path.startswith("/_")
        try:
            with self.lock:
                if counted:
                    self.secondary.begin(token)
            yield
        finally:
            with self.lock:
                if counted:
                    self.secondary.end(token)

    async def _messages(self, visit: "_Visit", fault: Fault | None) -> list[Message] | None:
        """What to send, or None to close the connection without an answer."""
        if fault is None:
            return await visit.run(self._app)
        if fault.kind == "reset":
            return None
        visit.scope["fault"] = fault
        instead = _instead(fault, visit.urls)
        messages = await visit.run(self._app if instead is None else _response(instead))
        if fault.kind == "timeout":
            await self._wait(fault.seconds)
        if fault.kind == "lost-reply" or (fault.kind == "timeout" and self.stopping.is_set()):
            return None
        if fault.change is not None:
            return _changed(messages, fault.change)
        return _cut(messages) if fault.kind == "truncated" else messages

    async def _wait(self, seconds: float) -> None:
        """Wait, but never longer than the server lives."""
        if seconds <= 0:
            return
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _hang_up(self, visit: "_Visit") -> None:
        self.drop(visit.client)
        while (await visit.receive())["type"] != "http.disconnect":
            continue

    def _record(self, visit: "_Visit", messages: list[Message] | None) -> None:
        status = messages[0]["status"] if messages else 0
        authorized = "authorization" in visit.headers
        version = visit.headers.get("x-github-api-version", "")
        record = RequestRecord(visit.method, visit.path, visit.query, status, visit.at, authorized, version)
        with self.lock:
            self.records.append(record)

    def _endpoint(self, handler: rest.Handler) -> Callable[[Request], Awaitable[Response]]:
        resource = "search" if handler.__name__.startswith("search") else "core"

        async def endpoint(request: Request) -> Response:
            return await self._serve(request, handler, resource)

        return endpoint

    async def _rate_limit(self, request: Request) -> Response:
        return await self._serve(request, lambda call: Reply(self.limits.payload(call.token)), None)

    async def _graphql(self, request: Request) -> Response:
        def answer(call: Call) -> Reply:
            return graphql.query(call, self.limits.budget(call.token, "graphql"))

        return await self._serve(request, answer, "graphql")

    async def _serve(self, request: Request, handler: rest.Handler, resource: str | None) -> Response:
        """Answer with what the handler says. `resource` is the limit it counts against, if any."""
        body = await request.body()
        with self.lock:
            budget = None
            try:
                token = self._token(request)
                self.secondary.admit(token.value if token else "", request.method, graphql=resource == "graphql")
                budget = self.limits.budget(token, resource or "core")
                if resource == "graphql" and budget.remaining == 0:
                    return self._finish(graphql.rate_limited(), budget)
                if resource and budget.remaining == 0:
                    raise exhausted(budget, anonymous=token is None)
                reply = _conditional(request, handler(self._call(request, token, body)))
            except Refusal as refusal:
                reply = refusal.reply()
            # An unchanged answer costs nothing of the limit, if a token asks.
            if budget and resource and not (reply.status == 304 and request.headers.get("authorization")):
                budget.used += 1
            return self._finish(reply, budget)

    def _token(self, request: Request) -> Token | None:
        value = _credentials(request.headers.get("authorization", ""))
        if value is None:
            return None
        if value not in self.host.tokens:
            raise Refusal(401, "Bad credentials")
        return self.host.tokens[value]

    def _call(self, request: Request, token: Token | None, body: bytes) -> Call:
        call = Call(
            host=self.host,
            urls=_urls(request.scope),
            token=token,
            method=request.method,
            url=str(request.url.replace(query="")),
            params=request.path_params,
            query=dict(request.query_params),
            body=_parsed(body),
        )
        if "owner" in call.params:
            call = access.see_repository(call)
        elif "repository_id" in call.params:
            call = access.see_repository_by_number(call)
        fault = request.scope.get("fault")
        return replace(call, hidden=_hidden(fault, call.state)) if fault and call.repository else call

    def _finish(self, reply: Reply, budget: Budget | None) -> Response:
        headers = {
            "Server": "github.com",
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Request-Id": f"5A9D:{next(self._serial):06X}:1F00D:2BEEF:6543210F",
            **(budget.headers() if budget else {}),
            **reply.headers,
        }
        return _rendered(reply, headers)

    async def _blob(self, request: Request) -> Response:
        """The store that signed log addresses lead to. Like the real one it is not GitHub's API."""
        name = request.path_params["job_id"]
        if "authorization" in request.headers:
            return _blob_error(400, "InvalidAuthenticationInfo")
        if request.query_params.get("sig") != actions.log_signature(name):
            return _blob_error(403, "AuthenticationFailed")
        with self.lock:
            job_id = int(name) if name.isdecimal() else 0
            placed = next((state.jobs[job_id] for state in self.host.made() if job_id in state.jobs), None)
        if placed is None or placed.job.log.kind != "text":
            return _blob_error(404, "BlobNotFound")
        return Response(placed.job.log.read(), media_type="text/plain")

    async def _artifact(self, request: Request) -> Response:
        """The store that signed addresses of artifacts lead to."""
        artifact_id = request.path_params["artifact_id"]
        if "authorization" in request.headers:
            return _blob_error(400, "InvalidAuthenticationInfo")
        if request.query_params.get("sig") != artifacts.signature(artifact_id):
            return _blob_error(403, "AuthenticationFailed")
        with self.lock:
            found = (artifacts.find(state, artifact_id) for state in self.host.made())
            artifact = next((one for one in found if one is not None), None)
        if artifact is None or artifact.store == "gone":
            return _blob_error(404, "BlobNotFound")
        return artifacts.sent(artifact, request.headers.get("range", ""))


@dataclass
class _Visit:
    """One request at the level of ASGI."""

    scope: Scope
    receive: Receive
    send: Send
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.method: str = self.scope["method"]
        self.path: str = self.scope["path"]
        self.query: str = self.scope["query_string"].decode("latin-1")
        self.client: tuple[str, int] = tuple(self.scope["client"])
        self.headers: Mapping[str, str] = Request(self.scope).headers

    @property
    def urls(self) -> Urls:
        """Where this client found the server."""
        return _urls(self.scope)

    async def run(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> list[Message]:
        """What an application sends for this request, held back."""
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        await app(self.scope, self.receive, hold)
        return messages


def _nothing_here(_call: Call) -> Reply:
    raise not_found()


def _urls(scope: Scope) -> Urls:
    web = str(Request(scope).url.replace(path="", query="")).rstrip("/")
    return Urls(api=f"{web}{_ENTERPRISE}" if scope["path"].startswith("/api/") else web, web=web)


def _credentials(header: str) -> str | None:
    scheme, _, value = header.partition(" ")
    if not value:
        return header or None
    if scheme.lower() != "basic":
        return value.strip()
    try:
        return base64.b64decode(value).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _parsed(body: bytes) -> object:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None


def _encoded(payload: object) -> bytes:
    try:
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a letter can only be told with an escape
        return json.dumps(payload, separators=(",", ":")).encode()


def _conditional(request: Request, reply: Reply) -> Reply:
    """The reply with an ETag, or 304 where the client has it already."""
    if request.method != "GET" or reply.status != 200 or reply.text is not None:
        return reply
    text = _encoded(reply.payload)
    tag = f'W/"{hashlib.sha256(text).hexdigest()}"'
    headers = {**reply.headers, "ETag": tag, "Cache-Control": "private, max-age=60, s-maxage=60"}
    if tag in request.headers.get("if-none-match", ""):
        return Reply(status=304, headers=headers, text=b"")
    return Reply(status=200, headers=headers, text=text)


def _rendered(reply: Reply, headers: Mapping[str, str]) -> Response:
    text = _encoded(reply.payload) if reply.text is None else reply.text
    kind = reply.content_type if text else None
    return Response(text, reply.status, {**headers, **({"Content-Type": kind} if kind else {})})


def _response(reply: Reply) -> Response:
    return _rendered(reply, reply.headers)


def _json(status: int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Refusal(status, message, headers=headers).reply()


def _instead(fault: Fault, urls: Urls) -> Reply | None:
    """What is answered in place of any work, for the faults that are like that."""
    make = _INSTEAD.get(fault.kind)
    if fault.kind == "timeout" and not fault.work:
        return _json(504, "Gateway Timeout")
    return None if make is None else make(fault, urls)


def _status_instead(fault: Fault, _urls: Urls) -> Reply:
    if fault.body is None:
        return _json(fault.status or 500, "Server Error")
    return Reply(text=fault.body.encode(), status=fault.status or 500, content_type=_kind_of(fault.body))


def _page_instead(fault: Fault, _urls: Urls) -> Reply:
    page = fault.body.encode() if fault.body else _PAGE
    return Reply(text=page, status=fault.status or 502, content_type="text/html; charset=utf-8")


def _primary_instead(fault: Fault, _urls: Urls) -> Reply:
    resource = "graphql" if "graphql" in (fault.path or "") else "core"
    return exhausted(Budget(resource, 1000, int(time.time()) + fault.retry_after)).reply()


def _secondary_instead(fault: Fault, _urls: Urls) -> Reply:
    return _json(fault.status or 403, MESSAGE, {"Retry-After": str(fault.retry_after)})


def _log_instead(_fault: Fault, urls: Urls) -> Reply:
    return Reply(text=b"", status=302, headers={"Location": actions.log_address(urls, "gone")})


_INSTEAD: dict[FaultKind, Callable[[Fault, Urls], Reply]] = {
    "status": _status_instead,
    "html": _page_instead,
    "primary-rate-limit": _primary_instead,
    "secondary-rate-limit": _secondary_instead,
    "missing-log": _log_instead,
}


def _kind_of(body: str) -> str:
    return "text/html; charset=utf-8" if body.lstrip().startswith("<") else Reply.content_type


def _hidden(fault: Fault, state: State) -> frozenset[int]:
    """The issues that a list lacks because of a fault."""
    if fault.kind == "lag":
        now = time.monotonic()
        return frozenset(issue.number for issue in state.issues.values() if now - issue.opened < fault.seconds)
    return frozenset(fault.missing)


def _dripping(messages: list[Message]) -> Iterator[Message]:
    """The same answer, a byte at a time."""
    start, *rest_of = messages
    body = b"".join(message.get("body", b"") for message in rest_of)
    yield start
    for place in range(len(body)):
        yield {"type": "http.response.body", "body": body[place : place + 1], "more_body": True}
    yield {"type": "http.response.body", "body": b""}


def _changed(messages: list[Message], change: Callable[[Any], Any]) -> list[Message]:
    """The same answer with other JSON; an answer without JSON stays as it is."""
    start, *rest_of = messages
    body = b"".join(message.get("body", b"") for message in rest_of)
    if start["status"] >= 300 or not body.startswith((b"{", b"[")):
        return messages
    body = _encoded(change(json.loads(body)))
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    return [{**start, "headers": headers}, {"type": "http.response.body", "body": body}]


def _cut(messages: list[Message]) -> list[Message]:
    """The same answer with half its body; its length says half as well, so only the JSON is broken."""
    start, *rest_of = messages
    body = b"".join(message.get("body", b"") for message in rest_of)
    half = body[: len(body) // 2]
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    headers.append((b"content-length", str(len(half)).encode()))
    return [{**start, "headers": headers}, {"type": "http.response.body", "body": half}]


def _blob_error(status: int, code: str) -> Response:
    text = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
    return Response(text, status, {"x-ms-error-code": code}, media_type="application/xml")
