"""The way in for sensors: JSON lines over TCP (the web room adds HTTP), acknowledged when they are on the disk."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import time
from collections.abc import Sequence
from typing import Any

import orjson

from limes.links import MAX_LINE, LineSplitter, Parsed, parse_lines
from limes.watch.quarantine import Refused, refused
from limes.watch.records import RecordKind
from limes.watch.service import Watch
from limes.watch.writer import Entry

_CHUNK = 1 << 18
_AHEAD = 16
_TOLD_PER_S = 20


def take(watch: Watch, lines: Sequence[bytes], source: str, first_line: int = 1) -> tuple[Parsed, asyncio.Future[None]]:
    """Parse lines and hand them to the journal; returns what they became and a future that is done when it is durable."""
    parsed = parse_lines(lines, watch.directory, watch.now(), stream_clock=watch.settings.mode != "live")
    wall = time.time()
    refusals = [_refused(wall, source, first_line, item.line_no, item.field, item.reason, item.raw) for item in parsed.refusals]
    done = watch.submit(_entries(parsed), refusals, len(parsed.detections))
    return parsed, asyncio.wrap_future(done)


def _refused(wall: float, source: str, first: int, line: int, field: str, reason: str, raw: bytes) -> Refused:
    return refused(wall, source, first + line - 1, field, reason, raw)


def _entries(parsed: Parsed) -> list[Entry]:
    """Rows first, then the events in their order with each clock on its own, so that results do not depend on the cutting."""
    entries: list[Entry] = []
    if len(parsed.detections):
        entries.append((RecordKind.DETECTIONS, parsed.detections))
    waiting: list[dict[str, Any]] = []
    for event in parsed.events:
        if event["type"] != "clock":
            waiting.append(event)
            continue
        if waiting:
            entries.append((RecordKind.EVENTS, waiting))
            waiting = []
        entries.append((RecordKind.CLOCK, {"time": event["time"]}))
    if waiting:
        entries.append((RecordKind.EVENTS, waiting))
    return entries


class IngestServer:
    """JSON lines over TCP. With a token, a client must say it in its hello before anything of it counts."""

    def __init__(self, watch: Watch, token: str | None = None) -> None:
        self.watch = watch
        self.token = token
        self._server: asyncio.Server | None = None
        self._talks: set[_Talk] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port (its choice when 0 was asked for)."""
        self._server = await asyncio.start_server(self._welcome, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and hang up on everybody."""
        if self._server is not None:
            self._server.close()
        for talk in list(self._talks):
            talk.hang_up()

    def send_task(self, task: dict[str, Any]) -> None:
        """Tell every client that asked for tasks about a unit's new task."""
        for talk in self._talks:
            if talk.wants_tasks:
                talk.say({"task": task})

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(self.watch, self.token, reader, writer)
        self._talks.add(talk)
        try:
            await talk.run()
        except* OSError:
            pass
        finally:
            self._talks.discard(talk)
            talk.hang_up()


class _Talk:
    """One connection: lines in, acknowledgements out."""

    def __init__(self, watch: Watch, token: str | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.watch = watch
        self.reader, self.writer = reader, writer
        self.source = "tcp {}:{}".format(*writer.get_extra_info("peername")[:2])
        self.token = token
        self.known = token is None
        self.wants_tasks = False
        self.read = 0
        self._ahead: asyncio.Queue[tuple[int, asyncio.Future[None]] | None] = asyncio.Queue(_AHEAD)
        self._told = (0, 0)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._acknowledge())
            splitter = LineSplitter(MAX_LINE)
            while chunk := await self.reader.read(_CHUNK):
                await self._lines(splitter.feed(chunk))
            await self._lines(splitter.end())
            await self._ahead.put(None)

    def say(self, message: dict[str, Any]) -> None:
        if not self.writer.is_closing():
            self.writer.write(orjson.dumps(message) + b"\n")

    def hang_up(self) -> None:
        with contextlib.suppress(RuntimeError):
            self.writer.close()

    async def _lines(self, lines: list[bytes]) -> None:
        if not lines:
            return
        if not self.known and not self._knows_token(lines[0]):
            self.say({"error": "say hello with the right token first"})
            raise ConnectionResetError
        self.known = True
        parsed, done = take(self.watch, lines, self.source, self.read + 1)
        for event in parsed.events:
            self.wants_tasks |= event["type"] == "hello" and bool(event.get("tasks"))
        self._tell(parsed)
        self.read += len(lines)
        await self._ahead.put((self.read, done))

    async def _acknowledge(self) -> None:
        while (item := await self._ahead.get()) is not None:
            count, done = item
            await done
            self.say({"ack": count})
            await self.writer.drain()

    def _tell(self, parsed: Parsed) -> None:
        """Name refused lines to the sender, at most twenty a second."""
        for item in parsed.refusals:
            second, told = self._told
            now = int(time.time())
            self._told = (now, told + 1) if now == second else (now, 1)
            if self._told[1] > _TOLD_PER_S:
                return
            self.say({"refused": {"line": self.read + item.line_no, "reason": item.reason}})

    def _knows_token(self, line: bytes) -> bool:
        try:
            said = orjson.loads(line).get("token", "")
        except (orjson.JSONDecodeError, AttributeError):
            return False
        return isinstance(said, str) and hmac.compare_digest(said, self.token or "")
