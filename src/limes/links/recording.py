"""Recordings: sensors, detections, truth where it is known and events in a folder that can be tracked and replayed.

`sensors.parquet`, `detections.parquet` and `truth.parquet` hold the columns of `limes.columns`; `events.jsonl` the status,
weather, position and clock events in their order; `recording.json` says what it is, and is written last: without it a
recording that Limes wrote is not whole. Others' tables may be CSV or JSON lines, and need none (see `limes.links.tables`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
import orjson
import pyarrow.parquet as pq

from limes.columns import DETECTION, SENSOR, TRUTH, to_arrow
from limes.errors import InputError
from limes.links.tables import find_table, read_table

FORMAT = "limes-recording-1"


@dataclass(frozen=True)
class Recording:
    """What a recording folder holds; `truth` is None where it is not known, `meta` says what it is."""

    sensors: np.ndarray
    detections: np.ndarray
    truth: np.ndarray | None
    events: list[dict[str, Any]] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)


class RecordingWriter:
    """Writes a recording batch by batch, so that its length does not matter; a context manager.

    Leaving it after an error leaves no `recording.json`, so nobody takes half a recording for a whole one.
    """

    def __init__(self, folder: Path, sensors: np.ndarray, meta: dict[str, Any] | None = None) -> None:
        self.folder = Path(folder)
        self.meta = dict(meta or {})
        self._sensors = sensors
        self._tables: dict[str, pq.ParquetWriter] = {}
        self._rows = {"detections": 0, "truth": 0, "events": 0}
        self._events: BinaryIO | None = None

    def __enter__(self) -> RecordingWriter:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "recording.json").unlink(missing_ok=True)
        pq.write_table(to_arrow(self._sensors), self.folder / "sensors.parquet")
        self._write("detections", np.zeros(0, DETECTION))
        self._events = (self.folder / "events.jsonl").open("wb")
        return self

    def append(self, detections: np.ndarray, events: Iterable[dict[str, Any]] = (), truth: np.ndarray | None = None) -> None:
        """Add `DETECTION` rows, events and, where it is known, `TRUTH` rows."""
        self._write("detections", detections)
        if truth is not None:
            self._write("truth", truth)
        for event in events:
            self._rows["events"] += 1
            assert self._events is not None
            self._events.write(orjson.dumps(event) + b"\n")

    def _write(self, name: str, rows: np.ndarray) -> None:
        table = to_arrow(rows)
        if name not in self._tables:
            self._tables[name] = pq.ParquetWriter(self.folder / f"{name}.parquet", table.schema, compression="zstd")
        if len(rows):
            self._rows[name] += len(rows)
            self._tables[name].write_table(table)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for table in self._tables.values():
            table.close()
        if self._events is not None:
            self._events.close()
        if "truth" not in self._tables:
            (self.folder / "truth.parquet").unlink(missing_ok=True)
        if kind is None:
            body = {"format": FORMAT, "rows": self._rows} | self.meta
            (self.folder / "recording.json").write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n")


def write_recording(
    folder: Path,
    sensors: np.ndarray,
    detections: np.ndarray,
    truth: np.ndarray | None = None,
    meta: dict[str, Any] | None = None,
    events: Iterable[dict[str, Any]] = (),
) -> None:
    """Write `SENSOR`, `DETECTION` and, where known, `TRUTH` rows as a recording folder.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_recording(Path(folder), np.zeros(2, SENSOR), np.zeros(5, DETECTION), meta={"simulated": True})
    ...     recording = read_recording(Path(folder))
    >>> len(recording.sensors), len(recording.detections), recording.truth, recording.meta["simulated"]
    (2, 5, None, True)
    """
    with RecordingWriter(folder, sensors, meta) as writer:
        writer.append(detections, events, truth)


def read_recording(folder: Path) -> Recording:
    """Read a recording folder; InputError when it is none, is not whole, or a file of it cannot be read."""
    folder = Path(folder)
    foreign = not (folder / "sensors.parquet").exists() and find_table(folder, "sensors") is not None
    meta = _read_meta(folder, needed=not foreign)
    sensors = _read_rows(folder, "sensors", SENSOR)
    names = sensors["id"].tolist()
    detections = _read_rows(folder, "detections", DETECTION, names)
    if len(detections) and not 0 <= detections["sensor"].min() <= detections["sensor"].max() < len(sensors):
        cure = "write it again with the sensors that go with it"
        raise InputError(folder / "detections.parquet", "sensor", "names a row that sensors.parquet lacks", cure)
    truth = None if find_table(folder, "truth") is None else _read_rows(folder, "truth", TRUTH)
    return Recording(sensors, detections, truth, _read_events(folder), meta)


def _read_meta(folder: Path, needed: bool) -> dict[str, Any]:
    path = folder / "recording.json"
    if not needed and not path.exists():
        return {}
    try:
        meta = orjson.loads(path.read_bytes())
    except OSError:
        raise InputError(folder, "", "is not a whole recording: it has no recording.json", "choose another folder") from None
    except orjson.JSONDecodeError as fault:
        raise InputError(path, "", f"is not JSON: {fault}", "restore it from a copy") from None
    if not isinstance(meta, dict) or ((needed or "format" in meta) and meta.get("format") != FORMAT):
        raise InputError(path, "format", f"is not {FORMAT!r}", "choose a recording that Limes wrote")
    return meta


def _read_rows(folder: Path, name: str, dtype: np.dtype[Any], sensors: list[str] | None = None) -> np.ndarray:
    return read_table(find_table(folder, name) or folder / f"{name}.parquet", dtype, sensors)


def _read_events(folder: Path) -> list[dict[str, Any]]:
    path = folder / "events.jsonl"
    if not path.exists():
        return []
    events = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            events.append(orjson.loads(line))
        except orjson.JSONDecodeError as fault:
            raise InputError(path, f"line {number}", f"is not JSON: {fault}", "restore it from a copy") from None
    return events
