"""The way in for sensors: JSON lines over TCP (the web room adds HTTP), acknowledged when they are on the disk."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import orjson

from limes.links import MAX_LINE, LineSplitter, Parsed, parse_lines
from limes.links.fields import Event
from limes.watch.quarantine import Refused, refused
from limes.watch.records import RecordKind
from limes.watch.service import Watch
from limes.watch.writer import Entry

_CHUNK = 1 << 18
_AHEAD = 16
_TOLD_PER_S = 20
_HELLO_S = 10.0


@dataclass(frozen=True)
class Taken:
    """What became of some lines: how many detections they held, which clients said hello, what was refused (line, reason).

    `done` is done when all of it is on the disk.
    """

    detections: int
    hellos: list[Event]
    refusals: list[tuple[int, str]]
    done: Future[None]


def take(watch: Watch, lines: Sequence[bytes], source: str, first_line: int = 1) -> Taken:
    """Parse lines and hand them to the journal.

    Each clock line ends a piece that is kept on its own, so that it does not matter how the stream was cut into calls.
    """
    stream_clock, now, wall = watch.settings.mode != "live", watch.now(), time.time()
    entries: list[Entry] = []
    refusals: list[Refused] = []
    detections, hellos = 0, []
    for start, piece in _pieces(lines):
        parsed = parse_lines(piece, watch.directory, now, stream_clock=stream_clock)
        entries += _entries(parsed)
        for item in parsed.refusals:
            refusals.append(refused(wall, source, first_line + start + item.line_no - 1, item.field, item.reason, item.raw))
        detections += len(parsed.detections)
        hellos += [event for event in parsed.events if event["type"] == "hello"]
        now = next((event["time"] for event in parsed.events if event["type"] == "clock"), now)
    done = watch.submit(entries, refusals, detections)
    return Taken(detections, hellos, [(item.line, item.reason) for item in refusals], done)


def _pieces(lines: Sequence[bytes]) -> Iterator[tuple[int, Sequence[bytes]]]:
    """Lines up to and with each clock line, each piece with the index of its first line."""
    start = 0
    for index, line in enumerate(lines):
        if b'"clock"' in line:
            yield start, lines[start : index + 1]
            start = index + 1
    if start < len(lines):
        yield start, lines[start:]


def fits(token: str, said: object) -> bool:
    """Whether what a sender said is the token, without telling by the time it takes how much of it was right."""
    return isinstance(said, str) and hmac.compare_digest(said.encode("utf-8", "replace"), token.encode())


def _entries(parsed: Parsed) -> list[Entry]:
    """Rows, then what else was said, then the clock."""
    said = [event for event in parsed.events if event["type"] != "clock"]
    clocks = [event["time"] for event in parsed.events if event["type"] == "clock"]
    entries: list[Entry] = []
    if len(parsed.detections):
        entries.append((RecordKind.DETECTIONS, parsed.detections))
    if said:
        entries.append((RecordKind.EVENTS, said))
    return entries + [(RecordKind.CLOCK, {"time": time}) for time in clocks]


class IngestServer:
    """JSON lines over TCP. With a token, a client must say it in its hello before anything of it counts."""

    def __init__(self, watch: Watch, token: str | None = None) -> None:
        self.watch = watch
        self.token = token
        self._server: asyncio.Server | None = None
        self._talks: dict[_Talk, asyncio.Task[None] | None] = {}

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port (its choice when 0 was asked for)."""
        self._server = await asyncio.start_server(self._welcome, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening, hang up on everybody and wait until they are gone."""
        if self._server is not None:
            self._server.close()
        tasks = [task for task in self._talks.values() if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def send_task(self, task: dict[str, Any]) -> None:
        """Tell every client that asked for tasks about a unit's new task."""
        for talk in self._talks:
            if talk.wants_tasks:
                talk.say({"task": task})

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(self.watch, self.token, reader, writer)
        self._talks[talk] = asyncio.current_task()
        try:
            await talk.run()
        except* (OSError, asyncio.CancelledError):
            pass
        finally:
            self._talks.pop(talk)
            talk.hang_up()


class _Talk:
    """One connection: lines in, acknowledgements out."""

    def __init__(self, watch: Watch, token: str | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.watch = watch
        self.reader, self.writer = reader, writer
        self.source = "tcp {}:{}".format(*(writer.get_extra_info("peername") or ("gone", 0))[:2])
        self.token = token
        self.known = token is None
        self.wants_tasks = False
        self.read = 0
        self._ahead: asyncio.Queue[tuple[int, Future[None]] | None] = asyncio.Queue(_AHEAD)
        self._told = (0, 0)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._acknowledge())
            splitter = LineSplitter(MAX_LINE)
            while chunk := await self._chunk():
                await self._lines(splitter.feed(chunk))
            await self._lines(splitter.end())
            await self._ahead.put(None)

    def say(self, message: dict[str, Any]) -> None:
        if not self.writer.is_closing():
            self.writer.write(orjson.dumps(message) + b"\n")

    def hang_up(self) -> None:
        with contextlib.suppress(RuntimeError):
            self.writer.close()

    async def _chunk(self) -> bytes:
        """What came next; strangers have ten seconds to say who they are."""
        async with asyncio.timeout(None if self.known else _HELLO_S):
            return await self.reader.read(_CHUNK)

    async def _lines(self, lines: list[bytes]) -> None:
        if not lines:
            return
        if not self.known and not self._knows_token(lines[0]):
            self.say({"error": "say hello with the right token first"})
            raise ConnectionResetError
        self.known = True
        taken = take(self.watch, lines, self.source, self.read + 1)
        self._tell(taken.refusals)
        self.read += len(lines)
        asked = not self.wants_tasks and any(hello["tasks"] for hello in taken.hellos)
        self.wants_tasks |= asked
        await self._ahead.put((self.read, taken.done))
        if asked:  # those of units that are on their way too: the client may have missed them
            for task in await asyncio.to_thread(self.watch.standing_tasks):
                self.say({"task": task})

    async def _acknowledge(self) -> None:
        while (item := await self._ahead.get()) is not None:
            count, done = item
            await asyncio.wrap_future(done)
            self.say({"ack": count})
            await self.writer.drain()

    def _tell(self, refusals: list[tuple[int, str]]) -> None:
        """Name refused lines to the sender, at most twenty a second."""
        for line, reason in refusals:
            second, told = self._told
            now = int(time.time())
            self._told = (now, told + 1) if now == second else (now, 1)
            if self._told[1] > _TOLD_PER_S:
                return
            self.say({"refused": {"line": line, "reason": reason}})

    def _knows_token(self, line: bytes) -> bool:
        try:
            said = orjson.loads(line).get("token")
        except (orjson.JSONDecodeError, AttributeError):
            return False
        return fits(self.token or "", said)
