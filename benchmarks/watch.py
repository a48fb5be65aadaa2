"""The watch under load: detections a second through the way in, journal, tracker, store and page, and how late they are seen.

    python benchmarks/watch.py [--movers 4000] [--seconds 60] [--seed 1] [--json OUT]

A live watch over the reference sector runs as a process of its own, with its data on disk. `--movers` people and vehicles
cross the fields of the stretch; what the sensors of the bundled deployment make of them is drawn from the sensor models, with
every radar looking round once a second, which is what makes the rate. The lines go in over TCP as they come about, ten parcels
a second; one page is logged in and reads every message.

A detection is on the page when a message arrives whose clock has passed its time and the hold of the pipeline; its delay
counts from the moment it was sent. Warm-up (a tenth, at least ten seconds) is not counted. CPU seconds are the watch's own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
from websockets.asyncio.client import connect

from limes.columns import Kind
from limes.links import Client, encode_event, encode_rows
from limes.sector import find, load, load_deployment
from limes.seeds import generator
from limes.simulation import Stage, load_scenario, play, set_stage
from limes.simulation.actors import Actor, place
from limes.simulation.paths import Path as Way
from limes.simulation.world import World
from limes.watch.settings import PipelineSettings

PLACE, DEPLOYMENT, SCENARIO = "kilis-jarabulus", "bundled", "demo-night"
PARCEL_S = 0.1
FIELDS_M = 4000.0
START_S = 3600.0
"""Where in the night the load begins: the evening is dry and every aerostat flies."""


@dataclass(frozen=True)
class Load:
    """What will be sent: rows in order of time, events, both with times from 0, and how they are named on the wire."""

    rows: np.ndarray
    events: list[dict[str, Any]]
    stage: Stage


@dataclass(frozen=True)
class Result:
    """Delays in seconds from sending to the page, over all counted detections; CPU seconds and memory of the watch."""

    rate: float
    sent: int
    acknowledged: int
    refused: int
    tracks: int
    cases: int
    p50: float
    p99: float
    worst: float
    share_under_1s: float
    cpu_per_s: float
    cpu_us_per_detection: float
    memory_mb: float
    page_kb_per_s: float


def movers(stage: Stage, count: int, seconds: float, seed: int) -> World:
    """People and vehicles on straight ways over the fields on both sides of the line."""
    rng = generator(seed, "movers")
    begin = stage.scenario.begin + START_S - 60.0
    km = rng.uniform(0.5, stage.sector.border.length / 1000.0 - 0.5, count)
    offset = rng.uniform(-FIELDS_M, FIELDS_M, count)
    x, y = place(stage.sector, km, offset)
    vehicle = rng.random(count) < 0.2
    speed, course = (
        np.where(vehicle, rng.uniform(5.0, 15.0, count), rng.uniform(0.9, 1.6, count)),
        rng.uniform(0, 2 * np.pi, count),
    )
    span = seconds + 120.0
    actors = [
        Actor(
            f"mover {index}",
            "vehicle" if vehicle[index] else "person",
            1,
            Way(
                np.array([begin, begin + span]),
                x[index] + np.array([0.0, span * speed[index] * np.sin(course[index])]),
                y[index] + np.array([0.0, span * speed[index] * np.cos(course[index])]),
            ),
        )
        for index in range(count)
    ]
    return World(tuple(actors), np.full(count, begin), np.full(count, begin + span))


def load_of(seconds: float, count: int, seed: int) -> Load:
    """Draw what the sensors make of the movers."""
    sector = load(find(PLACE))
    deployment = load_deployment(sector.deployments[DEPLOYMENT], sector)
    stage = set_stage(sector, deployment, load_scenario(SCENARIO, sector), seed)
    sensors = tuple(replace(sensor, period=1.0) if sensor.family == "radar" else sensor for sensor in stage.sensors)
    stage = replace(stage, sensors=sensors, world=movers(stage, count, seconds, seed))
    begin = stage.scenario.begin + START_S
    batches = list(play(stage, start=begin, end=begin + seconds))
    rows = np.concatenate([batch.detections for batch in batches])
    rows["time"] -= begin
    events = [event | {"time": event["time"] - begin} for batch in batches for event in batch.events]
    return Load(rows, events, stage)


def parcels(load: Load, begin: float) -> list[list[bytes]]:
    """The lines of each tenth of a second when the load begins at a wall-clock time."""
    rows = load.rows.copy()
    rows["time"] += begin
    edges = np.arange(begin, rows["time"][-1] + PARCEL_S, PARCEL_S)
    cuts = np.searchsorted(rows["time"], edges)
    told: dict[int, list[bytes]] = {}
    for event in load.events:
        at = begin + event["time"]
        told.setdefault(int(event["time"] / PARCEL_S), []).append(encode_event(event | {"time": at}, load.stage.directory))
    return [encode_rows(rows[a:b], load.stage.directory) + told.get(index, []) for index, (a, b) in enumerate(pairwise(cuts))]


@contextmanager
def watching(folder: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A live watch as a process, and where it listens."""
    command = [sys.executable, "-m", "limes", "watch", PLACE, DEPLOYMENT, "--data", str(folder), "--json"]
    command += ["--page", "127.0.0.1:0", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running, json.loads(running.stdout.readline())
        finally:
            running.terminate()


def used(pid: int) -> tuple[float, float]:
    """CPU seconds (user and system) and resident memory (MB) of a process."""
    stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return (int(stat[11]) + int(stat[12])) / 100.0, pages * 4096 / 1e6


async def send(client: Client, lines: list[list[bytes]], begin: float) -> list[float]:
    """Send each parcel when its time is over; returns when each was sent."""
    sent = []
    for index, parcel in enumerate(lines):
        await asyncio.sleep(max(0.0, begin + (index + 1) * PARCEL_S - time.time()))
        sent.append(time.time())
        await client.write(parcel)
    await client.drain()
    return sent


async def read(url: str, cookie: str, seen: list[tuple[float, float, int]], counts: dict[str, int]) -> None:
    """Read the page's messages: when each came, the clock it shows, its size."""
    tracks: set[str] = set()
    async with connect(url, additional_headers={"Cookie": cookie}, max_size=None, compression=None) as socket:
        async for message in socket:
            came = time.time()
            picture = orjson.loads(message)
            seen.append((came, picture["time"] or 0.0, len(message)))
            tracks |= picture.get("tracks", {}).keys()
            tracks -= set(picture["gone"]["tracks"])
            counts["tracks"] = max(counts.get("tracks", 0), len(tracks))


def login(page: str, password: str) -> str:
    """Log in as the first user, with a password of its own as the page asks for; returns the session's cookie."""
    own = secrets.token_urlsafe(16)
    with httpx.Client(base_url=page, headers={"X-Limes": "1"}) as client:
        client.post("api/login", json={"name": "admin", "password": password}).raise_for_status()
        client.post("api/password", json={"old": password, "new": own}).raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def delays(load: Load, sent: Sequence[float], seen: list[tuple[float, float, int]], begin: float) -> np.ndarray:
    """From sending to the page, for each detection; inf where it was never seen."""
    rows = load.rows[load.rows["kind"] != Kind.EMPTY]
    parcel = np.minimum((rows["time"] / PARCEL_S).astype(int), len(sent) - 1)
    came, clock, _ = (np.array(column) for column in zip(*seen, strict=True))
    due = begin + rows["time"] + PipelineSettings().hold_s
    at = np.searchsorted(np.maximum.accumulate(clock), due)
    return np.append(came, np.inf)[at] - np.array(sent)[parcel]


async def run(load: Load, folder: Path) -> Result:
    """One run from the first line to the last picture."""
    with watching(folder) as (process, where):
        page = where["page"]
        cookie = await asyncio.to_thread(login, page, where["one_time_password"])
        seen: list[tuple[float, float, int]] = []
        counts: dict[str, int] = {}
        host, port = where["ingest"].split(":")
        begin = time.time() + 5.0 + len(load.rows) * 2e-5
        lines = parcels(load, begin)
        reader = asyncio.create_task(read(page.replace("http", "ws") + "api/live", cookie, seen, counts))
        async with Client(host, int(port), window=50_000) as client:
            await asyncio.sleep(max(0.0, begin - time.time()))
            before, started = used(process.pid)[0], time.time()
            sent = await send(client, lines, begin)
            cpu, memory = used(process.pid)
            took = time.time() - started
            await asyncio.sleep(3.0)
            answer = httpx.get(f"{page}api/state", headers={"Cookie": cookie}).json()
            reader.cancel()
            late = delays(load, sent, seen, begin)
            rows = load.rows[load.rows["kind"] != Kind.EMPTY]
            counted = late[rows["time"] > max(10.0, 0.1 * rows["time"][-1])]
            size = sum(length for came, _, length in seen if begin <= came <= begin + took)
            return Result(
                rate=len(rows) / took,
                sent=len(rows),
                acknowledged=client.acknowledged,
                refused=len(client.refusals),
                tracks=counts.get("tracks", 0),
                cases=len(answer["cases"]),
                p50=float(np.quantile(counted, 0.5)),
                p99=float(np.quantile(counted, 0.99, method="higher")),
                worst=float(counted.max()),
                share_under_1s=float(np.mean(counted < 1.0)),
                cpu_per_s=(cpu - before) / took,
                cpu_us_per_detection=1e6 * (cpu - before) / len(rows),
                memory_mb=memory,
                page_kb_per_s=size / took / 1e3,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--movers", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    load = load_of(options.seconds, options.movers, options.seed)
    with tempfile.TemporaryDirectory(prefix="limes-bench-") as folder:
        result = asyncio.run(run(load, Path(folder)))
    for name, value in asdict(result).items():
        print(f"{name:22s} {value:.3f}" if isinstance(value, float) else f"{name:22s} {value}")
    if options.json:
        options.json.write_text(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
