"""Live updates: a WebSocket that gives the whole picture first, then what changed, at most four times a second."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import orjson
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from limes.watch.pipeline import Changes
from limes.watch.service import Watch
from limes.web.sessions import live_user

router = APIRouter()

PACE_S = 0.25
BEAT_S = 1.0


class Broadcaster:
    """Gathers changes and offers them to every open page.

    A page that cannot keep up never grows a backlog: it gets the whole picture again when it is ready.
    """

    def __init__(self, watch: Watch) -> None:
        """Listen to a watch; `run` must be started in the event loop."""
        self.watch = watch
        self.seq = 0
        self.pages: set[Page] = set()
        self._pending = Changes()
        self._dirty = False

    def note(self, changes: Changes) -> None:
        """Add changes, in the event loop's thread."""
        self._pending.merge(changes)
        self._dirty = True

    async def run(self) -> None:
        """Offer what changed four times a second, and a beat every second when nothing did."""
        loop = asyncio.get_running_loop()
        self.watch.listen(lambda changes: _soon(loop, self, changes))
        beat = 0.0
        while True:
            await asyncio.sleep(PACE_S)
            if self.pages and (self._dirty or time.monotonic() - beat >= BEAT_S):
                beat = time.monotonic()
                message = await asyncio.to_thread(self._delta)
                for page in self.pages:
                    page.offer(message)

    def picture(self) -> bytes:
        """The whole picture as a message."""
        with self.watch.lock:
            body = self.watch.pipeline.view()
        return self._message("snapshot", body)

    def _delta(self) -> bytes:
        with self.watch.lock:
            changes, self._pending, self._dirty = self._pending, Changes(), False
            body = self.watch.pipeline.delta(changes)
        self.seq += 1
        return self._message("delta", body)

    def _message(self, kind: str, body: dict[str, Any]) -> bytes:
        frame = {"type": kind, "seq": self.seq, "wall": time.time()} | self.watch.condition()
        return orjson.dumps(
            body | frame | {"health": body.get("health", {}) | frame["health"]}, option=orjson.OPT_SERIALIZE_NUMPY
        )


def _soon(loop: asyncio.AbstractEventLoop, broadcaster: Broadcaster, changes: Changes) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed already
        loop.call_soon_threadsafe(broadcaster.note, changes)


class Page:
    """One open page and the few messages on their way to it."""

    def __init__(self) -> None:
        """Nothing is on its way, and the whole picture is due."""
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(4)
        self._behind = True

    def offer(self, message: bytes) -> None:
        """Put a message on its way, or note that the page is behind."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._behind = True

    async def next(self, broadcaster: Broadcaster) -> bytes:
        """The next message: the whole picture when the page is behind."""
        if self._behind:
            self._behind = False
            while not self._queue.empty():
                self._queue.get_nowait()
            return await asyncio.to_thread(broadcaster.picture)
        return await self._queue.get()


@router.websocket("/api/live")
async def live(socket: WebSocket) -> None:
    """Send the whole picture, then changes, until the page closes or its session ends."""
    if await asyncio.to_thread(live_user, socket) is None:
        await socket.close(4401, "log in first")
        return
    await socket.accept()
    broadcaster: Broadcaster = socket.app.state.broadcaster
    page = Page()
    broadcaster.pages.add(page)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_listen(socket))
            group.create_task(_speak(socket, page, broadcaster))
    except* (WebSocketDisconnect, ConnectionError, RuntimeError):
        pass
    finally:
        broadcaster.pages.discard(page)


async def _listen(socket: WebSocket) -> None:
    """Notice that the page is gone; what it says is not needed."""
    while True:
        await socket.receive_text()


async def _speak(socket: WebSocket, page: Page, broadcaster: Broadcaster) -> None:
    checked = time.monotonic()
    while True:
        message = await page.next(broadcaster)
        if time.monotonic() - checked > 60.0:
            checked = time.monotonic()
            if await asyncio.to_thread(live_user, socket) is None:
                await socket.close(4401, "the session has ended")
                return
        await socket.send_text(message.decode())
