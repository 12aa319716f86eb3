"""The server in a thread of its own, on a real socket."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.door import Door, RequestRecord
from sandbox.secondary_limits import Usage

_TURNS = 8
_START_WITHIN = 10.0
_KEEP_ALIVE = 75


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and what it was asked."""

    server_url: str
    _door: Door

    @property
    def api_url(self) -> str:
        """The address of the REST API."""
        return self.server_url

    @property
    def graphql_url(self) -> str:
        """The address of the GraphQL API."""
        return f"{self.server_url}/graphql"

    @property
    def enterprise_api_url(self) -> str:
        """The address of the REST API, the way Enterprise Server has it."""
        return f"{self.server_url}/api/v3"

    @property
    def enterprise_graphql_url(self) -> str:
        """The address of the GraphQL API, the way Enterprise Server has it."""
        return f"{self.server_url}/api/graphql"

    @property
    def requests(self) -> list[RequestRecord]:
        """Every request since the start or the last `clear_requests()`, oldest first."""
        with self._door.lock:
            return list(self._door.records)

    def usage(self, token: str) -> Usage:
        """The most that a token asked for in any minute or hour and at once."""
        with self._door.lock:
            return self._door.secondary.usage(token)

    def points(self, token: str) -> int:
        """How many points of GraphQL a token has used in this hour."""
        with self._door.lock:
            known = self._door.host.tokens[token]
            return self._door.limits.budget(known, "graphql").used

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        with self._door.lock:
            self._door.records.clear()


@contextmanager
def running(door: Door, host: str, port: int) -> Iterator[Server]:
    """Run the application until the block ends."""
    connections: dict[tuple[str, int], asyncio.Transport] = {}
    door.stopping = asyncio.Event()
    door.drop = lambda client: _cut(connections.get(client))
    with socket.create_server((host, port), backlog=512) as listener:
        threaded = _Threaded(door, listener, connections)
        threaded.start()
        try:
            yield Server(f"http://{host}:{listener.getsockname()[1]}", door)
        finally:
            threaded.stop()


class _Uvicorn(uvicorn.Server):
    """Uvicorn, telling when it listens and when it is about to end."""

    def __init__(
        self,
        config: uvicorn.Config,
        stopping: asyncio.Event,
        connections: dict[tuple[str, int], asyncio.Transport],
    ) -> None:
        super().__init__(config)
        self.listening = threading.Event()
        self._stopping = stopping
        self._connections = connections

    async def main_loop(self) -> None:
        """Wait for the end without looking for it ten times a second, which would be how long each end takes."""
        await self.on_tick(0)
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self.listening.set()
        await self._ended.wait()

    def end(self) -> None:
        """End, from any thread."""
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._ended.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Answers that are being delayed would keep the server alive, and so would clients that keep their connection.
        self._stopping.set()
        await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for one in sockets or ():
            one.close()
        # A connection that was just accepted is a task first, and known a few turns later.
        for _ in range(_TURNS):
            for connection in list(self._connections.values()):
                connection.abort()
            await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others and self._connections:
            await asyncio.wait(others, timeout=1)
        for connection in list(self._connections.values()):
            connection.abort()
        await asyncio.sleep(0)


class _Threaded:
    def __init__(
        self, door: Door, listener: socket.socket, connections: dict[tuple[str, int], asyncio.Transport]
    ) -> None:
        config = uvicorn.Config(
            door,
            http=_remembering(connections),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
        )
        self._server = _Uvicorn(config, door.stopping, connections)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="sandbox", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._server.listening.wait(_START_WITHIN):
            raise RuntimeError("the server did not start")

    def stop(self) -> None:
        self._server.end()
        self._thread.join()


def _cut(connection: asyncio.Transport | None) -> None:
    # A client that lost its patience has closed the connection already.
    if connection is not None:
        connection.abort()


def _remembering(connections: dict[tuple[str, int], asyncio.Transport]) -> type[H11Protocol]:
    """Uvicorn's protocol with a list of the connections, so that one can be cut off."""

    class Remembering(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            self._peer = cast("tuple[str, int]", tuple(transport.get_extra_info("peername")[:2]))
            connections[self._peer] = transport
            # An answer goes out in two pieces; without this the second waits 40 ms for the first to be heard.
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self._peer, None)
            super().connection_lost(exc)

    return Remembering
