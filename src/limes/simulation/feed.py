"""The feeder: sends a simulated stream to a watch at a chosen speed, and lets units go where the watch's people send them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from limes.links import Client
from limes.simulation.stream import Batch
from limes.simulation.units import Units

GATHER = 0.1
"""Seconds of wall clock whose batches are sent together when they pass faster."""


async def feed(client: Client, batches: Iterable[Batch], speed: float = 10.0, units: Units | None = None) -> int:
    """Send batches so that `speed` seconds of theirs pass in one; 0 sends as fast as the watch acknowledges. Returns how many.

    A feeder that falls behind sends without waiting until it has caught up; it never skips. Tasks that the watch sends go
    to `units`, which must be those that the batches were played with.
    """
    clock = asyncio.get_running_loop().time
    begin, first, count = clock(), None, 0
    waiting: list[bytes] = []
    for batch in batches:
        first = batch.time if first is None else first
        due = begin + (batch.time - first) / speed if speed > 0.0 else 0.0
        if waiting and (due - clock() > 0.0 or len(waiting) > client.window // 2):
            await client.write(waiting)
            waiting = []
        if due > clock():
            await asyncio.sleep(due - clock() if speed <= 1.0 / GATHER else max(due - clock(), GATHER))
        waiting += batch.lines
        count += 1
        while units is not None and not client.tasks.empty():
            units.assign(client.tasks.get_nowait(), batch.time)
    await client.write(waiting)
    await client.drain()
    return count
