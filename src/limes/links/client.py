"""A client of the watch: sends JSON lines over TCP, knows what is safe, and resends what is not after a break.

The watch answers `{"ack": n}` when the first n lines of the connection are on disk (journal or quarantine). Until then the
client keeps them, and after a lost connection it sends them again: nothing is lost, and a line may arrive twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import orjson

from limes.errors import LimesError
from limes.links.splitter import LineSplitter


class LinkLost(LimesError):
    """The watch could not be reached, or did not come back, within the patience of the client."""


@dataclass(frozen=True)
class Sent:
    """How many lines are safe with the watch, and what it refused of them."""

    acknowledged: int
    refusals: list[dict[str, Any]] = field(default_factory=list)


class Client:
    """A connection to a watch that survives breaks; an asynchronous context manager.

    `write` queues lines and waits only while more than `window` lines are not acknowledged; `send` also waits until all are.
    With `tasks` the watch sends tasks for units, which arrive in the queue `tasks`. `patience` is how long (s) a watch that
    does not answer is called again.
    """

    def __init__(
        self,
        host: str,
        port: int,
        token: str | None = None,
        name: str = "limes-client",
        tasks: bool = False,
        window: int = 5000,
        patience: float = 30.0,
    ) -> None:
        self.host, self.port = host, port
        self.window, self.patience = window, patience
        self.tasks: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.refusals: list[dict[str, Any]] = []
        self.acknowledged = 0
        self._hello = {"type": "hello", "client": name, "tasks": tasks} | ({"token": token} if token else {})
        self._pending: deque[bytes] = deque()  # lines not acknowledged, oldest first
        self._confirmed = 0  # lines acknowledged on this connection, the hello among them
        self._moved = asyncio.Condition()
        self._writer: asyncio.StreamWriter | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._failure: LinkLost | None = None
        self._heard = 0.0  # loop time of the last acknowledgement

    async def __aenter__(self) -> Client:
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up; what is not acknowledged by now is not waited for."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None

    async def write(self, lines: Iterable[bytes]) -> None:
        """Queue and send lines; waits while too many are not acknowledged. `LinkLost` when the watch stays away."""
        batch = [line.rstrip(b"\n") for line in lines]
        async with self._moved:
            await self._moved.wait_for(lambda: self._failure or len(self._pending) < self.window)
            self._raise_failure()
            self._pending.extend(batch)
        if self._writer is not None and batch:
            self._writer.write(b"\n".join(batch) + b"\n")
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()

    async def drain(self) -> None:
        """Wait until every line written is acknowledged. `LinkLost` when the watch stays away."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._failure or not self._pending)
            self._raise_failure()

    async def send(self, lines: Iterable[bytes]) -> None:
        """Send lines and wait until every one is acknowledged."""
        await self.write(lines)
        await self.drain()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    async def _keep(self) -> None:
        """Hold a connection as long as the client lives: call, read the answers, call again."""
        clock = asyncio.get_running_loop().time
        self._heard, wait = clock(), 0.05
        while self._failure is None:
            called = clock()
            fault = await self._call()
            if clock() - self._heard > self.patience:
                await self._fail(f"{self.host}:{self.port} does not answer: {fault}")
            wait = 0.05 if self._heard > called else min(wait * 2.0, 2.0)
            await asyncio.sleep(wait)

    async def _call(self) -> str:
        """One connection from its opening to its end; returns why it ended."""
        try:
            reader, writer = await asyncio.open_connection(self.host, self.port)
        except OSError as fault:
            return str(fault)
        try:
            await self._converse(reader, writer)
        except ConnectionError as fault:
            return str(fault)
        except (ValueError, TypeError, AttributeError):
            return "its answers are not those of a watch"
        finally:
            self._writer = None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        return "it hangs up"

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._confirmed = 0
        self._writer = writer
        writer.write(b"".join(line + b"\n" for line in (orjson.dumps(self._hello), *self._pending)))
        splitter = LineSplitter()
        while chunk := await reader.read(65536):
            for line in splitter.feed(chunk):
                await self._answer(line)

    async def _answer(self, line: bytes) -> None:
        body = orjson.loads(line)
        if not isinstance(body, dict):
            raise TypeError("an answer is an object")
        if "error" in body:
            raise ConnectionAbortedError(str(body["error"]))
        if "task" in body:
            self.tasks.put_nowait(body["task"])
        elif "refused" in body:
            self.refusals.append(body["refused"])
        elif "ack" in body:
            async with self._moved:
                self._confirm(int(body["ack"]))
                self._heard = asyncio.get_running_loop().time()
                self._moved.notify_all()

    def _confirm(self, count: int) -> None:
        for number in range(self._confirmed, count):
            if number > 0 and self._pending:  # number 0 is the hello
                self._pending.popleft()
                self.acknowledged += 1
        self._confirmed = max(self._confirmed, count)

    async def _fail(self, reason: str) -> None:
        async with self._moved:
            self._failure = LinkLost(reason)
            self._moved.notify_all()


def send_lines(host: str, port: int, lines: Sequence[bytes], token: str | None = None, patience: float = 30.0) -> Sent:
    """Send lines to a watch and wait until every one is on its disk; the plain call for scripts.

    `LinkLost` when the watch stays away longer than `patience` seconds.
    """

    async def run() -> Sent:
        async with Client(host, port, token, patience=patience) as client:
            for start in range(0, len(lines), 1000):
                await client.write(lines[start : start + 1000])
            await client.drain()
            return Sent(client.acknowledged, client.refusals)

    return asyncio.run(run())
