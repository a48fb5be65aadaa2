"""The client: acknowledged means safe, and a broken connection loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import orjson
import pytest

from limes.links import Client, LineSplitter, LinkLost, send_lines

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Watch:
    """A small server with the answers of a watch; `keep` lines are taken of each connection before it breaks."""

    def __init__(self, breaks: list[int] | None = None, refuse: bytes = b"") -> None:
        self.breaks = breaks or []
        self.refuse = refuse
        self.hellos: list[dict] = []
        self.lines: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        room = self.breaks.pop(0) if self.breaks else 10**9
        splitter, count = LineSplitter(), 0
        while room and (chunk := await reader.read(4096)):
            for line in splitter.feed(chunk)[:room]:
                count, room = count + 1, room - 1
                if count == 1:
                    self.hellos.append(orjson.loads(line))
                    continue
                self.lines.append(line)
                if self.refuse and self.refuse in line:
                    writer.write(orjson.dumps({"refused": {"line": count, "reason": "no"}}) + b"\n")
            writer.write(b'{"ack":%d}\n' % count)
        writer.close()


async def serve(handler: Handler, run: Callable[[int], Awaitable[None]]) -> None:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    try:
        await asyncio.wait_for(run(server.sockets[0].getsockname()[1]), 20)
    finally:
        server.close()


LINES = [b'{"n":%d}' % n for n in range(200)]


def test_send_waits_for_every_acknowledgement() -> None:
    watch = Watch(refuse=b'"n":7}')

    async def run(port: int) -> None:
        async with Client("127.0.0.1", port, token="t", name="me", tasks=True) as client:
            await client.send(LINES)
            assert client.acknowledged == 200
            assert client.refusals[0] == {"line": 9, "reason": "no"}

    asyncio.run(serve(watch, run))
    assert watch.lines == LINES
    assert watch.hellos == [{"type": "hello", "client": "me", "tasks": True, "token": "t"}]


def test_a_broken_connection_resends_what_was_not_acknowledged() -> None:
    watch = Watch(breaks=[3, 1, 50])

    async def run(port: int) -> None:
        async with Client("127.0.0.1", port) as client:
            for start in range(0, 200, 10):
                await client.write(LINES[start : start + 10])
                await asyncio.sleep(0.005)
            await client.drain()
            assert client.acknowledged == 200

    asyncio.run(serve(watch, run))
    assert set(watch.lines) == set(LINES)
    assert len(watch.hellos) == 4


def test_write_waits_when_too_much_is_open() -> None:
    release = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        splitter, count = LineSplitter(), 0
        while chunk := await reader.read(4096):
            count += len(splitter.feed(chunk))
            await release.wait()
            writer.write(b'{"ack":%d}\n' % count)
        writer.close()

    async def run(port: int) -> None:
        async with Client("127.0.0.1", port, window=10) as client:
            await client.write(LINES[:10])
            held = asyncio.create_task(client.write(LINES[10:20]))
            await asyncio.sleep(0.05)
            assert not held.done()
            release.set()
            await held
            await client.drain()

    asyncio.run(serve(slow, run))


def test_tasks_arrive() -> None:
    async def tasker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"ack":1}\n{"task":{"unit":"patrol-3"}}\n')
        await reader.read()
        writer.close()

    async def run(port: int) -> None:
        async with Client("127.0.0.1", port, tasks=True) as client:
            assert await client.tasks.get() == {"unit": "patrol-3"}

    asyncio.run(serve(tasker, run))


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n", b"[1]\n", b'{"ack":"x"}\n', b""])
def test_a_server_that_is_no_watch(answer: bytes) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async def run(port: int) -> None:
        async with Client("127.0.0.1", port, patience=0.2) as client:
            with pytest.raises(LinkLost, match="does not answer"):
                await client.send(LINES)

    asyncio.run(serve(other, run))


def test_a_watch_that_does_not_want_us_says_why() -> None:
    async def strict(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"error":"say hello with the right token first"}\n')
        writer.close()

    async def run(port: int) -> None:
        async with Client("127.0.0.1", port, patience=0.2) as client:
            with pytest.raises(LinkLost, match="right token"):
                await client.send(LINES)

    asyncio.run(serve(strict, run))


def test_nobody_there() -> None:
    async def run(port: int) -> None:
        pass

    async def closed_port() -> int:
        server = await asyncio.start_server(Watch(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        return port

    with pytest.raises(LinkLost, match="does not answer"):
        send_lines("127.0.0.1", asyncio.run(closed_port()), LINES, patience=0.1)


def test_the_plain_call() -> None:
    watch = Watch(refuse=b'"n":7}')

    async def run(port: int) -> None:
        sent = await asyncio.to_thread(send_lines, "127.0.0.1", port, LINES * 10)
        assert sent.acknowledged == 2000
        assert len(sent.refusals) == 10

    asyncio.run(serve(watch, run))
    assert len(watch.lines) == 2000
