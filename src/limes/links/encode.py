"""JSON lines out: the inverse of the parser, for clients, the simulator and replay.

Values are rounded to what no sensor can beat: times to 1 ms, degrees to 1e-7 (1 cm), lengths to 1 cm. What was rounded
once stays the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from limes.columns import LABELS, Kind
from limes.geo import to_lonlat
from limes.links.directory import SensorDirectory

_PLAIN = (("snr_db", "snr_db", 2), ("label_p", "label_p", 3), ("sigma_m", "sigma", 2), ("height_m", "height", 2))
_MEASURED = {
    Kind.EMPTY: (),
    Kind.POSITION: ("lon", "lat"),
    Kind.RANGE_BEARING: ("range_m", "bearing_deg", "range_rate_mps"),
    Kind.BEARING: ("bearing_deg",),
    Kind.ALONG: ("along_m",),
    Kind.PING: (),
}


def encode_rows(rows: np.ndarray, directory: SensorDirectory) -> list[bytes]:
    r"""Write `DETECTION` rows as scan lines: consecutive rows of one sensor and look share one.

    A look is a scan number, or a time where that is -1.

    >>> from limes.columns import DETECTION, empty
    >>> from limes.links.directory import sensor_directory
    >>> known = sensor_directory(["tower-6/radar"], np.array([5e5]), np.array([4e6]), [None], "EPSG:32637")
    >>> row = empty(DETECTION, 1)
    >>> row["time"], row["kind"], row["scan"] = 1768918200.0, Kind.EMPTY, 7
    >>> encode_rows(row, known)
    [b'{"type":"scan","sensor":"tower-6/radar","time":1768918200.0,"scan":7,"detections":[]}']
    """
    if not len(rows):
        return []
    look = np.where(rows["scan"] >= 0, 0.0, rows["time"])
    new = (np.diff(rows["sensor"]) != 0) | (np.diff(rows["scan"]) != 0) | (np.diff(look) != 0)
    starts = [0, *(np.flatnonzero(new) + 1).tolist()]
    bodies = _bodies(rows, directory)
    times = np.round(rows["time"], 3).tolist()
    sensors, scans = rows["sensor"].tolist(), rows["scan"].tolist()
    return [
        _scan_line(directory.ids[sensors[start]], scans[start], times[start:end], bodies[start:end])
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)
    ]


def _scan_line(sensor: str, scan: int, times: list[float], bodies: list[dict[str, Any] | None]) -> bytes:
    detections = [body for body in bodies if body is not None]
    for body, time in zip(bodies, times, strict=True):
        if body is not None and time != times[0]:
            body["time"] = time
    line: dict[str, Any] = {"type": "scan", "sensor": sensor, "time": times[0]}
    if scan >= 0:
        line["scan"] = scan
    line["detections"] = detections
    return orjson.dumps(line)


def _bodies(rows: np.ndarray, directory: SensorDirectory) -> list[dict[str, Any] | None]:
    """One object per row, None for the row of an empty look."""
    values = _columns(rows, directory)
    kinds, members, labels = rows["kind"].tolist(), rows["members"].tolist(), rows["label"].tolist()
    return [
        None if kind == Kind.EMPTY else _body(values, index, _MEASURED[Kind(kind)], members[index], labels[index])
        for index, kind in enumerate(kinds)
    ]


def _columns(rows: np.ndarray, directory: SensorDirectory) -> dict[str, list[float]]:
    """The wire's numbers by field, NaN where a row has none."""
    lon, lat = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    placed = rows["kind"] == Kind.POSITION
    if placed.any():
        lon[placed], lat[placed] = to_lonlat(rows["x"][placed], rows["y"][placed], directory.crs)
    bearing = np.degrees(rows["bearing"] + directory.convergence[rows["sensor"]])
    values = {
        "lon": np.round(lon, 7),
        "lat": np.round(lat, 7),
        "range_m": np.round(rows["range"], 2),
        "bearing_deg": np.mod(np.round(bearing, 7), 360.0),
        "range_rate_mps": np.round(rows["range_rate"].astype(float), 3),
        "along_m": np.round(rows["along"], 2),
    }
    values |= {field: np.round(rows[column].astype(float), digits) for field, column, digits in _PLAIN}
    return {field: column.tolist() for field, column in values.items()}


def _body(values: dict[str, list[float]], index: int, measured: tuple[str, ...], members: int, label: int) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field in (*measured, "snr_db", "label_p", "sigma_m", "height_m"):
        value = values[field][index]
        if value == value:
            body[field] = value
    if members:
        body["members"] = members
    if label:
        body["label"] = LABELS[label]
    return body


def encode_clock(time: float) -> bytes:
    """Write a clock line; everything up to `time` has been sent.

    >>> encode_clock(1768918200.0)
    b'{"type":"clock","time":1768918200.0}'
    """
    return orjson.dumps({"type": "clock", "time": round(time, 3)})


def encode_event(event: dict[str, Any], directory: SensorDirectory) -> bytes:
    """Write a status, weather, position or hello event; plane x and y become lon and lat."""
    body = {key: value for key, value in event.items() if key not in ("x", "y")}
    if "x" in event:
        lon, lat = to_lonlat(event["x"], event["y"], directory.crs)
        body |= {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}
    if "time" in body:
        body["time"] = round(body["time"], 3)
    return orjson.dumps(body)
