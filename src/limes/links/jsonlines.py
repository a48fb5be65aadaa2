"""JSON lines in: anybody's sensor, one object per line, each taken whole or refused with one reason.

The format is described in docs/reference/json-lines.md. Nothing a sender writes raises here: what is wrong becomes a `Refusal`.
Fields that the format does not name are dropped, so nothing that could identify a person gets past this point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from limes.columns import DETECTION, Kind, empty
from limes.geo import to_plane
from limes.links import fields
from limes.links.directory import SensorDirectory
from limes.links.fields import Event, Refused
from limes.links.splitter import MAX_LINE

DAY = 86_400.0


@dataclass(frozen=True)
class Refusal:
    """A line that was not taken: its place in the call (from 1), its bytes, why not with the cure, and the field at fault."""

    line_no: int
    raw: bytes
    reason: str
    field: str


@dataclass(frozen=True)
class Parsed:
    """What lines became: `DETECTION` rows, events (status, weather, position, clock, hello) in their order, and refusals."""

    detections: np.ndarray
    events: list[Event]
    refusals: list[Refusal]


def parse_lines(
    lines: Sequence[bytes],
    directory: SensorDirectory,
    now: float | None,
    window: float = 5.0,
    age: float = DAY,
    stream_clock: bool = False,
) -> Parsed:
    """Turn lines into detections and events; a line is taken whole or refused with a reason.

    `now` is the watch's clock (epoch s), None before it is known: then no time is refused for its distance to it. Times
    later than `now` + `window` or earlier than `now` - `age` (s) are refused. With `stream_clock` clock lines are accepted
    and move `now` on within the call. `arrival` of a row is `now`, or its own time where that is unknown or where the
    stream's clock is not yet there. Blank lines are skipped.

    >>> from limes.links.directory import sensor_directory
    >>> known = sensor_directory(["tower-6/radar"], np.array([5e5]), np.array([4e6]), [None], "EPSG:32637")
    >>> good = b'{"type":"detection","sensor":"tower-6/radar","time":1768918200,"range_m":4200,"bearing_deg":181}'
    >>> bad = b'{"type":"detection","sensor":"tower-7/radar","time":1768918200}'
    >>> parsed = parse_lines([good, bad], known, now=1768918201.0)
    >>> float(parsed.detections["range"][0]), parsed.refusals[0].reason
    (4200.0, "sensor: 'tower-7/radar' is not in the deployment; add it or correct the name")
    """
    intake = _Intake(directory, now, window, age, stream_clock)
    for line_no, raw in enumerate(lines, start=1):
        mark = len(intake.rows)
        try:
            intake.take(line_no, raw)
        except Refused as fault:
            intake.back_to(mark)
            intake.refusals.append(Refusal(line_no, raw, fault.reason, fault.field))
    return intake.result(lines)


class _Intake:
    """What one call has gathered so far: one list per detection in `rows`, with its line and sensor beside it."""

    def __init__(self, directory: SensorDirectory, now: float | None, window: float, age: float, stream_clock: bool) -> None:
        self.directory = directory
        self.lengths = directory.length.tolist()
        self.stream_clock = stream_clock
        self.window, self.age = window, age
        self.rows: list[list[float]] = []
        self.row_lines: list[int] = []
        self.events: list[Event] = []
        self.refusals: list[Refusal] = []
        self.set_clock(now)

    def set_clock(self, now: float | None) -> None:
        self.now = now
        self.earliest, self.latest = (0.0, fields.LAST_TIME) if now is None else (now - self.age, now + self.window)

    def back_to(self, mark: int) -> None:
        del self.rows[mark:]
        del self.row_lines[mark:]

    def take(self, line_no: int, raw: bytes) -> None:
        body = _decode(raw)
        if body is None:
            return
        kind = body.get("type")
        if kind == "detection":
            self.detection(line_no, body)
        elif kind == "scan":
            self.scan(line_no, body)
        else:
            self.events.append(self.event(kind, body))

    def event(self, kind: object, body: dict[str, Any]) -> Event:
        if kind == "clock":
            event = self.clock(body)
            self.set_clock(event["time"])
            return event
        read = _EVENTS.get(kind) if isinstance(kind, str) else None
        if read is None:
            known = "detection, scan, status, weather, position, clock or hello"
            raise Refused("type", f"{fields.shown(kind)} is not a line type", f"use {known}")
        event = read(body, self.directory)
        if "time" in event:
            self.check_time(event["time"])
        return event

    def clock(self, body: dict[str, Any]) -> Event:
        if not self.stream_clock:
            raise Refused("type", "clock lines are for simulated or replayed streams", "send none to a live watch")
        time = fields.read_time(body)
        if self.now is not None and time < self.now:
            raise Refused("time", f"the clock would go back by {self.now - time:.3f} s", "send clock lines in order")
        return {"type": "clock", "time": time}

    def check_time(self, time: float) -> None:
        if time > self.latest:
            ahead = time - (self.now or 0.0)
            raise Refused("time", f"is {ahead:.1f} s in the future", "set the sender's clock (UTC, epoch seconds)")
        if time < self.earliest:
            behind = (self.now or 0.0) - time
            raise Refused("time", f"is {behind:.0f} s old", "send within a day; import older data as a recording")

    def sensor(self, body: dict[str, Any]) -> int:
        name = body.get("sensor")
        row = self.directory.index.get(name) if isinstance(name, str) else None
        if row is None:
            raise Refused("sensor", f"{fields.shown(name)} is not in the deployment", "add it or correct the name")
        return row

    def detection(self, line_no: int, body: dict[str, Any]) -> None:
        time = self.time(body)
        self.add(line_no, self.sensor(body), time, body.get("scan", -1), body)

    def scan(self, line_no: int, body: dict[str, Any]) -> None:
        time, sensor, scan = self.time(body), self.sensor(body), body.get("scan", -1)
        detections = body.get("detections")
        if not isinstance(detections, list):
            raise Refused("detections", "is not a list", "send a list, empty when the sensor saw nothing")
        for one in detections:
            if not isinstance(one, dict):
                raise Refused("detections", f"holds {fields.shown(one)}", "each detection is an object")
            self.add(line_no, sensor, self.time(one) if "time" in one else time, scan, one)
        if not detections:
            self.append(line_no, sensor, time, fields.read_scan(scan), Kind.EMPTY, fields.BLANK.copy())

    def time(self, body: dict[str, Any]) -> float:
        time = body.get("time")
        if type(time) is float and self.earliest <= time <= self.latest:
            return time
        read = fields.read_time(body)
        self.check_time(read)
        return read

    def add(self, line_no: int, sensor: int, time: float, scan: object, body: dict[str, Any]) -> None:
        values, kind = fields.read_measurement(body)
        if kind == Kind.ALONG:
            self.check_along(sensor, values[fields.ALONG])
        self.append(line_no, sensor, time, scan if scan == -1 else fields.read_scan(scan), kind, values)

    def check_along(self, sensor: int, along: float) -> None:
        length = self.lengths[sensor]
        if math.isnan(length):
            raise Refused("along_m", "this sensor has no line of its own", "send lon and lat, range_m or bearing_deg")
        if along > length + 1.0:
            raise Refused("along_m", f"{along:.1f} is past the end of the line at {length:.1f}", "measure from its first point")

    def append(self, line_no: int, sensor: int, time: float, scan: object, kind: int, values: list[float]) -> None:
        arrival = time if self.now is None or (self.stream_clock and time > self.now) else self.now
        values[: fields.HEAD] = (time, arrival, sensor, scan, kind)  # type: ignore[assignment]
        self.rows.append(values)
        self.row_lines.append(line_no)

    def result(self, lines: Sequence[bytes]) -> Parsed:
        values = np.array(self.rows, float).reshape(len(self.rows), fields.WIDTH)
        rows = _fill(values, self.directory)
        lost = (rows["kind"] == Kind.POSITION) & ~self.directory.near(rows["x"], rows["y"])
        if lost.any():
            line_of = np.array(self.row_lines)
            bad = np.unique(line_of[lost])
            rows = rows[~np.isin(line_of, bad)]
            self.refusals += [Refusal(int(n), lines[n - 1], fields.misplaced().reason, "lon") for n in bad]
            self.refusals.sort(key=lambda refusal: refusal.line_no)
        return Parsed(rows, self.events, self.refusals)


def _decode(raw: bytes) -> dict[str, Any] | None:
    """The object of a line, None for a blank one."""
    if len(raw) > MAX_LINE:
        raise Refused("", f"the line is longer than {MAX_LINE} bytes", "send fewer detections in a line")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        if not raw.strip():
            return None
        raise Refused("", f"is not JSON: {fault}", "send one UTF-8 JSON object in a line") from None
    if not isinstance(body, dict):
        raise Refused("", "is not a JSON object", 'send {"type": ...}')
    return body


_EVENTS: dict[str, Callable[[dict[str, Any], SensorDirectory], Event]] = {
    "status": fields.read_status,
    "weather": fields.read_weather,
    "position": fields.read_position,
    "hello": fields.read_hello,
}


def _fill(values: np.ndarray, directory: SensorDirectory) -> np.ndarray:
    """Rows from the gathered values: degrees turned to the plane and to grid bearings."""
    rows = empty(DETECTION, len(values))
    for column, name in enumerate(fields.COLUMNS):
        if name:
            rows[name] = values[:, column]
    placed = rows["kind"] == Kind.POSITION
    if placed.any():
        x, y = to_plane(values[placed, fields.LON], values[placed, fields.LAT], directory.crs)
        rows["x"][placed], rows["y"][placed] = x, y
    turned = np.radians(values[:, fields.BEARING]) - directory.convergence[rows["sensor"]]
    rows["bearing"] = np.mod(turned, 2.0 * math.pi)
    return rows
