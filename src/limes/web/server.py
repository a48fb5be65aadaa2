"""One process for everything: the page and its API, the TCP way in, and the watch behind them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from limes.errors import UsageError
from limes.watch.ingest import IngestServer
from limes.watch.pipeline import Changes
from limes.watch.service import Watch
from limes.web.app import create_app


@dataclass(frozen=True)
class Address:
    """Where a server listens; port 0 lets it choose."""

    host: str
    port: int

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Open:
    """Where a service was reached once it is open."""

    page: Address
    ingest: Address


def serve(
    watch: Watch, page: tuple[str, int], ingest: tuple[str, int], token: str | None, ready: Callable[[Open], None]
) -> None:
    """Run a watch with its page and its way in (host and port each) until interrupted; `ready` is told where they listen.

    UsageError when the way in would be open to other machines without a token.
    """
    asyncio.run(_serve(watch, Address(*page), Address(*ingest), token, ready))


def _checked(ingest: Address, token: str | None) -> None:
    if not ingest.local and token is None:
        raise UsageError(f"{ingest.host} can be reached from other machines; give an ingest token or listen on 127.0.0.1")


def _bound(page: Address) -> socket.socket:
    try:
        return socket.create_server((page.host, page.port))
    except OSError as fault:
        raise UsageError(f"cannot listen on {page.host}:{page.port} ({fault.strerror}); choose another port") from None


async def _serve(watch: Watch, page: Address, ingest: Address, token: str | None, ready: Callable[[Open], None]) -> None:
    _checked(ingest, token)
    door = _bound(page)
    app = create_app(watch, token)
    config = uvicorn.Config(app, log_level="warning", ws_ping_interval=20.0, server_header=False, timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    way_in = IngestServer(watch, token)
    watch.start()
    loop = asyncio.get_running_loop()
    try:
        ingest_port = await way_in.start(ingest.host, ingest.port)
        running = asyncio.create_task(server.serve(sockets=[door]))
        while not server.started:
            await asyncio.sleep(0.01)
        ready(Open(Address(page.host, door.getsockname()[1]), Address(ingest.host, ingest_port)))
        with watch.listening(lambda changes: _send_tasks(loop, way_in, changes)):
            await running
    finally:
        await way_in.stop()
        await asyncio.to_thread(watch.stop)


def _send_tasks(loop: asyncio.AbstractEventLoop, way_in: IngestServer, changes: Changes) -> None:
    for unit, case in changes.sent:
        loop.call_soon_threadsafe(way_in.send_task, way_in.watch.task(unit, case))
