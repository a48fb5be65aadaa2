"""One process for everything: the page and its API, the TCP way in, and the watch behind them."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from limes.errors import UsageError
from limes.watch.ingest import IngestServer
from limes.watch.pipeline import Changes
from limes.watch.service import Watch
from limes.web.app import create_app

_TURN_S = 0.0005
"""Seconds until a thread that wants to go on is let: the pipeline waits often, and the default of 5 ms each time adds up."""


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

    The watch is stopped when this returns or raises. UsageError when the way in would be open to other machines without a
    token, or when an address cannot be had.
    """
    sys.setswitchinterval(_TURN_S)
    gc.collect()
    gc.freeze()  # the place and its sensors stay: going through all of them again and again stops every thread for long
    asyncio.run(_serve(watch, Address(*page), Address(*ingest), token, ready))


async def _serve(watch: Watch, page: Address, ingest: Address, token: str | None, ready: Callable[[Open], None]) -> None:
    try:
        _checked(ingest, token)
        door = _bound(page)
        way_in = IngestServer(watch, token)
        watch.start()
        with closing(door):
            port = await _opened(way_in, ingest)
            opened = Open(Address(page.host, door.getsockname()[1]), Address(ingest.host, port))
            loop = asyncio.get_running_loop()
            try:
                with watch.listening(lambda changes: _send_tasks(loop, way_in, changes)):
                    await _run(create_app(watch, token), door, lambda: ready(opened))
            finally:
                await way_in.stop()
    finally:
        await asyncio.to_thread(watch.stop)


def _checked(ingest: Address, token: str | None) -> None:
    if not ingest.local and token is None:
        raise UsageError(f"{ingest.host} can be reached from other machines; give an ingest token or listen on 127.0.0.1")


def _bound(page: Address) -> socket.socket:
    try:
        return socket.create_server((page.host, page.port))
    except OSError as fault:
        raise _taken(page, fault) from None


async def _opened(way_in: IngestServer, ingest: Address) -> int:
    try:
        return await way_in.start(ingest.host, ingest.port)
    except OSError as fault:
        raise _taken(ingest, fault) from None


def _taken(address: Address, fault: OSError) -> UsageError:
    return UsageError(f"cannot listen on {address.host}:{address.port} ({os.strerror(fault.errno or 0)}); choose another port")


async def _run(app: FastAPI, door: socket.socket, ready: Callable[[], None]) -> None:
    """Serve the page until somebody asks the process to end, by Ctrl+C or SIGTERM."""
    config = uvicorn.Config(app, log_level="warning", ws_ping_interval=20.0, server_header=False, timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    with _ends(server):
        running = asyncio.create_task(server.serve(sockets=[door]))
        while not (server.started or running.done()):
            await asyncio.sleep(0.01)
        if server.started:
            ready()
        await running


@contextmanager
def _ends(server: uvicorn.Server) -> Iterator[None]:
    """Let a signal end the server and nothing else, so that the watch behind it can close in order.

    While it serves the server has handlers of its own, and raises the signal once more when it is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _send_tasks(loop: asyncio.AbstractEventLoop, way_in: IngestServer, changes: Changes) -> None:
    for unit, case in changes.sent:
        loop.call_soon_threadsafe(way_in.send_task, way_in.watch.task(unit, case))
