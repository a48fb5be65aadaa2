"""`limes simulate`: a recording that can be read, a stream that a watch takes, faults as one line."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError, UsageError
from limes.links import LineSplitter, read_recording


def limes(*args: str) -> str:
    result = CliRunner().invoke(app, ["simulate", *args])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_a_recording(tmp_path: Path) -> None:
    folder = tmp_path / "night"
    said = json.loads(
        limes("mesa-verde", "demo", "--hours", "0.05", "--after", "2", "-o", str(folder), "--seed", "7", "--json")
    )
    recording = read_recording(folder)
    assert said["simulated"] is True
    assert said["seconds"] == 180
    assert said["detections"] == int((recording.detections["kind"] > 0).sum()) > 0
    assert recording.meta["simulated"] is True
    assert recording.meta["scenario"] == "quiet"
    assert recording.meta["seed"] == 7
    assert recording.truth is not None
    assert recording.sensors["id"].tolist() == sorted(recording.sensors["id"].tolist())
    assert {event["type"] for event in recording.events} >= {"clock", "status", "position"}
    assert recording.meta["notices"]


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        limes("mesa-verde", "demo", "--hours", "0.05", "-o", str(tmp_path / name), "--seed", seed)
    for file in ("detections.parquet", "truth.parquet", "events.jsonl", "sensors.parquet", "recording.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file
    assert (tmp_path / "a" / "detections.parquet").read_bytes() != (tmp_path / "c" / "detections.parquet").read_bytes()


def test_a_stream() -> None:
    lines: list[bytes] = []
    ready: list[int] = []
    started, stop = threading.Event(), threading.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        splitter = LineSplitter()
        while chunk := await reader.read(65536):
            lines.extend(splitter.feed(chunk))
            writer.write(b'{"ack":%d}\n' % len(lines))
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(take, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])
        started.set()
        while not stop.is_set():
            await asyncio.sleep(0.02)
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert started.wait(10)
        to = f"127.0.0.1:{ready[0]}"
        said = limes("mesa-verde", "demo", "--hours", "0.05", "--send", to, "--speed", "0")
    finally:
        stop.set()
        thread.join(10)
    assert said.startswith("SIMULATED quiet, seed 1: 180 s")
    assert "0 lines refused" in said
    assert json.loads(lines[0])["tasks"] is True
    assert sum(b'"clock"' in line for line in lines) == 180


@pytest.mark.parametrize("args", [(), ("-o", "x", "--send", "127.0.0.1:1")])
def test_one_way_out(args: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="either"):
        limes("mesa-verde", "demo", *args)


def test_faults(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="scenario"):
        limes("mesa-verde", "demo", "--scenario", "demo-night", "-o", str(tmp_path))
    with pytest.raises(InputError):
        limes("nowhere", "demo", "-o", str(tmp_path))
