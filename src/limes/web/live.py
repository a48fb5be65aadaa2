"""Live updates: a WebSocket that gives the whole picture first, then what changed, at most six times a second."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any

import orjson
from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect

from limes.watch.pipeline import Changes
from limes.watch.service import Watch
from limes.web.sessions import live_user

router = APIRouter()

PACE_S = 0.15
BEAT_S = 1.0
_CHECK_S = 60.0
_LOG = logging.getLogger(__name__)


class Broadcaster:
    """Gathers changes and offers them to every open page, one round for all of them.

    A page that cannot keep up never grows a backlog: it gets the whole picture again when it is ready. Each message is made
    once, however many pages there are.
    """

    def __init__(self, watch: Watch) -> None:
        """`run` listens to the watch and must be started in the event loop."""
        self.watch = watch
        self.seq = 0
        self.pages: set[Page] = set()
        self._pending = Changes()
        self._beat = 0.0
        self._news = asyncio.Event()

    def note(self, changes: Changes) -> None:
        """Add changes, in the event loop's thread; with no page open there is nobody to tell."""
        if self.pages:
            self._pending.merge(changes)
            self._news.set()

    def welcome(self, page: Page) -> None:
        """Have a page told from now on."""
        self.pages.add(page)
        self._news.set()

    async def run(self) -> None:
        """Offer what changed soon after it did, and a beat every second when nothing did; a fault spoils one round only."""
        loop = asyncio.get_running_loop()
        with self.watch.listening(lambda changes: _soon(loop, self, changes)):
            while True:
                await asyncio.sleep(self._beat + PACE_S - time.monotonic())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), BEAT_S - PACE_S)
                self._news.clear()
                try:
                    await self.round()
                except Exception:
                    _LOG.exception("the live picture could not be made")

    async def round(self) -> None:
        """Make what is due and offer it: the whole picture to pages that are behind, what changed to the others."""
        behind = {page for page in self.pages if page.ready_for_whole}
        others = self.pages - behind
        beat = time.monotonic() - self._beat >= BEAT_S
        if not behind and not (others and (self._pending or beat)):
            return
        changes, self._pending = self._pending, Changes()
        self._beat, self.seq = time.monotonic(), self.seq + 1
        whole = await asyncio.to_thread(self.picture) if behind else b""
        part = await asyncio.to_thread(self._delta, changes) if others else b""
        for page in behind:
            page.give_whole(whole)
        for page in others:
            page.offer(part)

    def recheck(self) -> None:
        """Have every page's session looked at again before it gets another message; from any thread."""
        for page in list(self.pages):
            page.checked = -_CHECK_S

    def picture(self) -> bytes:
        """The whole picture as a message; from any thread."""
        with self.watch.lock:
            return self._message("snapshot", self.watch.pipeline.view())

    def _delta(self, changes: Changes) -> bytes:
        with self.watch.lock:
            return self._message("delta", self.watch.pipeline.delta(changes))

    def _message(self, kind: str, body: dict[str, Any]) -> bytes:
        frame = {"type": kind, "seq": self.seq, "wall": time.time()} | self.watch.condition()
        health = {"health": body.get("health", {}) | frame["health"]}
        return orjson.dumps(body | frame | health, option=orjson.OPT_SERIALIZE_NUMPY)


def _soon(loop: asyncio.AbstractEventLoop, broadcaster: Broadcaster, changes: Changes) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed already
        loop.call_soon_threadsafe(broadcaster.note, changes)


class Page:
    """One open page and the few messages on their way to it."""

    def __init__(self) -> None:
        """Nothing is on its way, and the whole picture is due."""
        self.checked = time.monotonic()
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(4)
        self._behind = True

    @property
    def ready_for_whole(self) -> bool:
        """Whether the page is behind and has sent off all that it could still use."""
        return self._behind and self._queue.empty()

    def give_whole(self, message: bytes) -> None:
        """Put the whole picture on its way: the page is not behind any more."""
        self._behind = False
        self._queue.put_nowait(message)

    def offer(self, message: bytes) -> None:
        """Put a change on its way, or note that the page is behind: then no change is of use to it."""
        try:
            if not self._behind:
                self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._behind = True

    async def next(self) -> bytes:
        """The next message, once there is one."""
        return await self._queue.get()


def recheck(request: Request) -> None:
    """Let pages whose session has just ended know at once."""
    request.app.state.broadcaster.recheck()


@router.websocket("/api/live")
async def live(socket: WebSocket) -> None:
    """Send the whole picture, then changes, until the page closes or its session ends."""
    if await asyncio.to_thread(live_user, socket) is None:
        await socket.close(4401, "log in first")
        return
    await socket.accept()
    broadcaster: Broadcaster = socket.app.state.broadcaster
    page = Page()
    broadcaster.welcome(page)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_listen(socket))
            group.create_task(_speak(socket, page))
    except* (WebSocketDisconnect, ConnectionError, RuntimeError):
        pass
    finally:
        broadcaster.pages.discard(page)


async def _listen(socket: WebSocket) -> None:
    """Notice that the page is gone; what it says is not needed."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    raise WebSocketDisconnect


async def _speak(socket: WebSocket, page: Page) -> None:
    while True:
        message = await page.next()
        if time.monotonic() - page.checked >= _CHECK_S:
            page.checked = time.monotonic()
            if await asyncio.to_thread(live_user, socket) is None:
                await socket.close(4401, "the session has ended")
                return
        await socket.send_text(message.decode())
