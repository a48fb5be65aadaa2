"""The feeder: paced by the wall clock, or as fast as it is taken; it hands tasks to the units."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
import orjson

from limes.columns import DETECTION, TRUTH
from limes.links import Client, LineSplitter
from limes.simulation import Batch, Stage, Units, feed, play
from limes.simulation.actors import place

Staged = Callable[..., Stage]


class Sink:
    """Takes every line; answers acks, and one task when it has heard the hello."""

    def __init__(self, task: dict | None = None) -> None:
        self.task = task
        self.lines: list[bytes] = []
        self.ended = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        splitter = LineSplitter()
        while chunk := await reader.read(65536):
            if self.task is not None:
                writer.write(orjson.dumps({"task": self.task}) + b"\n")
                self.task = None
            self.lines += splitter.feed(chunk)
            writer.write(b'{"ack":%d}\n' % len(self.lines))
        writer.close()
        self.ended.set()


def fed(sink: Sink, batches: Callable[[], object], speed: float, units: Units | None = None) -> tuple[int, float]:
    async def run() -> tuple[int, float]:
        server = await asyncio.start_server(sink, "127.0.0.1", 0)
        clock = asyncio.get_running_loop().time
        async with Client("127.0.0.1", server.sockets[0].getsockname()[1], tasks=True) as client:
            begin = clock()
            count = await feed(client, batches(), speed, units)
            took = clock() - begin
        await asyncio.wait_for(sink.ended.wait(), 10)
        server.close()
        return count, took

    return asyncio.run(run())


def test_everything_arrives_in_order(staged: Staged) -> None:
    stage = staged("movers = 40\n")
    begin = stage.scenario.begin
    sink = Sink()
    count, _ = fed(sink, lambda: play(stage, start=begin, end=begin + 120.0), speed=0.0)
    assert count == 120
    expected = [line for batch in play(stage, start=begin, end=begin + 120.0) for line in batch.lines]
    assert sink.lines[1:] == expected  # after the hello


def test_the_pace_is_kept() -> None:
    batches = [
        Batch(float(second), np.zeros(0, DETECTION), [], [b'{"type":"clock","time":%d}' % second], np.zeros(0, TRUTH))
        for second in range(1, 41)
    ]
    sink = Sink()
    count, took = fed(sink, lambda: batches, speed=100.0)
    assert count == 40
    assert took >= 0.39  # the last batch is due 39 s after the first, at 100 times


def test_tasks_reach_the_units(staged: Staged) -> None:
    stage = staged("")
    begin, units = stage.scenario.begin, Units(stage)
    x, y = place(stage.sector, 5.0, 300.0)
    next(iter(play(stage, Units(stage), begin, begin + 60.0)))  # compiles, so that the feeder keeps pace
    sink = Sink({"unit": "patrol-1", "x": float(x), "y": float(y)})
    fed(sink, lambda: play(stage, units, begin, begin + 240.0), speed=80.0, units=units)
    states = {
        body["state"] for line in sink.lines if (body := orjson.loads(line)).get("unit") == "patrol-1" and "state" in body
    }
    assert "tasked" in states
