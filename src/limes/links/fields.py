"""The fields of JSON lines: their types, their bounds, and what is said when one is wrong."""

from __future__ import annotations

import math
from typing import Any

from limes.columns import LABELS, Kind
from limes.geo import to_plane
from limes.links.directory import SensorDirectory
from limes.units import parse_time

Event = dict[str, Any]
"""A checked status, weather, position, clock or hello line: as on the wire, `time` as epoch seconds, places as plane x, y."""

LAST_TIME = 4_102_444_800.0
"""2100-01-01 UTC; later times are milliseconds taken for seconds."""

LAST_INTEGER = 2**53 - 1
STATES = ("up", "degraded", "down", "recovering", "grounded")
UNIT_STATES = ("ready", "tasked", "on_scene", "away")
COLUMNS = (
    *("time", "arrival", "sensor", "scan", "kind", "label", "members", "label_p", "snr_db", "sigma", "height"),
    *("range_rate", "range", "along", "", "", ""),
)
"""The detection column that each gathered value goes to; lon, lat and the true bearing, at the end, are turned first."""

HEAD, LABEL = 5, 5
ALONG, LON, LAT, BEARING = 13, 14, 15, 16
WIDTH = len(COLUMNS)
BLANK = [0.0] * 7 + [math.nan] * (WIDTH - 7)

_NUMBERS = {
    # field: (slot, lowest, highest, bit of the measurement's shape)
    "lon": (LON, -180.0, 180.0, 1),
    "lat": (LAT, -90.0, 90.0, 2),
    "range_m": (12, 0.0, 1e6, 4),
    "bearing_deg": (BEARING, -180.0, 360.0, 8),
    "along_m": (ALONG, 0.0, 1e6, 16),
    "range_rate_mps": (11, -1000.0, 1000.0, 32),
    "members": (6, 0, 32_767, 0),
    "label_p": (7, 0.0, 1.0, 0),
    "snr_db": (8, -100.0, 200.0, 0),
    "sigma_m": (9, 1e-3, 1e5, 0),
    "height_m": (10, -500.0, 20_000.0, 0),
}
_SHAPES = {
    1 | 2: Kind.POSITION,
    4 | 8: Kind.RANGE_BEARING,
    4 | 8 | 32: Kind.RANGE_BEARING,
    8: Kind.BEARING,
    16: Kind.ALONG,
    0: Kind.PING,
}
_LABELS = {label: index for index, label in enumerate(LABELS)}
_WEATHER = {
    "wind_mps": (0.0, 150.0),
    "wind_from_deg": (0.0, 360.0),
    "gust_mps": (0.0, 200.0),
    "wind_aloft_mps": (0.0, 200.0),
    "visibility_m": (0.0, 1e6),
    "cloud": (0.0, 1.0),
    "rain_mm_h": (0.0, 1000.0),
    "temperature_c": (-90.0, 60.0),
    "humidity": (0.0, 1.0),
}


class Refused(Exception):
    """Why a line is not taken; caught by the parser, never seen outside."""

    def __init__(self, field: str, problem: str, cure: str) -> None:
        self.field = field
        self.reason = f"{field}: {problem}; {cure}" if field else f"{problem}; {cure}"
        super().__init__(self.reason)


def misplaced() -> Refused:
    """The refusal of a position that cannot be meant."""
    return Refused("lon", "the position is far from every sensor", "send lon and lat in degrees, WGS84, not swapped")


def shown(value: object) -> str:
    """A sender's value for a message, cut short."""
    if value is None:
        return "nothing"
    if isinstance(value, (list, dict)):
        return "a list or object"
    return repr(value[:60]) if isinstance(value, str) else repr(value)


def read_number(body: dict[str, Any], field: str, low: float, high: float) -> float:
    """The number in a field, which must lie between two bounds."""
    value = body.get(field)
    if type(value) is not float and type(value) is not int:
        raise Refused(field, f"is {shown(value)}", f"send a number from {low:g} to {high:g}")
    if not low <= value <= high:
        raise Refused(field, f"{value:g} is out of bounds", f"send a number from {low:g} to {high:g}")
    return float(value)


def read_time(body: dict[str, Any]) -> float:
    """The `time` of a line as epoch seconds, from ISO 8601 with a zone or a number."""
    value = body.get("time")
    if isinstance(value, str):
        try:
            value = parse_time(value[:40])
        except (ValueError, OverflowError):
            raise Refused("time", f"{shown(value)} is not a time", "send epoch seconds or ISO 8601 with a zone") from None
    if type(value) is not float and type(value) is not int:
        raise Refused("time", f"is {shown(value)}", "send epoch seconds or ISO 8601 with a zone")
    if not 0.0 <= value <= LAST_TIME:
        raise Refused("time", f"{value:g} is not in 1970 to 2100", "send seconds, not milliseconds")
    return float(value)


def read_scan(value: object) -> int:
    """A look's number."""
    if type(value) is not int or not -1 <= value <= LAST_INTEGER:
        raise Refused("scan", f"is {shown(value)}", "send a whole number that counts the sensor's looks")
    return value


def read_measurement(body: dict[str, Any]) -> tuple[list[float], Kind]:
    """The values of one detection in the order of `COLUMNS`, its head still blank, and what kind of measurement it is."""
    values, shape = BLANK.copy(), 0
    for field, value in body.items():
        spec = _NUMBERS.get(field)
        if spec is not None:
            slot, low, high, bit = spec
            if (type(value) is not float and type(value) is not int) or not low <= value <= high:
                read_number(body, field, low, high)
            values[slot] = value
            shape |= bit
    kind = _SHAPES.get(shape)
    if kind is None:
        cure = "send lon and lat, or range_m and bearing_deg (with range_rate_mps), or bearing_deg, or along_m, or none of them"
        raise Refused(_odd_field(shape), "is not a whole measurement of one kind", cure)
    if values[6] % 1:
        raise Refused("members", "is not a whole number", "send how many were seen as one")
    if "label" in body:
        values[LABEL] = read_label(body["label"])
    return values, kind


def _odd_field(shape: int) -> str:
    return next(field for field, spec in _NUMBERS.items() if spec[3] & shape)


def read_label(value: object) -> int:
    """Index of a label in `LABELS`."""
    index = _LABELS.get(value) if isinstance(value, str) else None
    if index is None:
        raise Refused("label", f"{shown(value)} is not a label", f"use one of {', '.join(LABELS)}")
    return index


def read_text(body: dict[str, Any], field: str, longest: int = 200) -> str:
    """An optional text field, empty when absent."""
    value = body.get(field, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Refused(field, f"is {shown(value)}", f"send a text of at most {longest} characters")
    return value


def read_status(body: dict[str, Any], directory: SensorDirectory) -> Event:
    """A heartbeat: the state of one sensor, asset or unit."""
    known = {"sensor": directory.index, "asset": directory.assets, "unit": directory.units}
    named = [key for key in known if key in body]
    if len(named) != 1:
        raise Refused("sensor", "the line must name one sender", "send one of sensor, asset or unit")
    key, name = named[0], body[named[0]]
    if not isinstance(name, str) or name not in known[key]:
        raise Refused(key, f"{shown(name)} is not in the deployment", "add it or correct the name")
    states, state = UNIT_STATES if key == "unit" else STATES, body.get("state")
    if state not in states:
        raise Refused("state", f"{shown(state)} is not a state", f"use one of {', '.join(states)}")
    return {"type": "status", key: name, "time": read_time(body), "state": state, "detail": read_text(body, "detail")}


def read_weather(body: dict[str, Any], directory: SensorDirectory) -> Event:
    """A weather report with any of its values, and with what is expected later."""
    values = _read_values(body)
    ahead = body.get("forecast", [])
    if not isinstance(ahead, list) or len(ahead) > 240 or not all(isinstance(one, dict) for one in ahead):
        raise Refused("forecast", f"is {shown(ahead)}", "send a list of at most 240 objects with a time and values")
    event = {"type": "weather", "time": read_time(body), **values}
    return event | {"forecast": [{"time": read_time(one), **_read_values(one)} for one in ahead]} if ahead else event


def _read_values(body: dict[str, Any]) -> dict[str, float]:
    values = {field: read_number(body, field, *bounds) for field, bounds in _WEATHER.items() if field in body}
    if not values:
        raise Refused("wind_mps", "the report holds no value", f"send at least one of {', '.join(_WEATHER)}")
    return values


def read_position(body: dict[str, Any], directory: SensorDirectory) -> Event:
    """Where a unit is, on the plane."""
    unit = body.get("unit")
    if not isinstance(unit, str) or unit not in directory.units:
        raise Refused("unit", f"{shown(unit)} is not in the deployment", "add it or correct the name")
    lon, lat = read_number(body, "lon", -180.0, 180.0), read_number(body, "lat", -90.0, 90.0)
    x, y = to_plane(lon, lat, directory.crs)
    if not directory.near(x, y):
        raise misplaced()
    return {"type": "position", "unit": unit, "time": read_time(body), "x": float(x), "y": float(y)}


def read_hello(body: dict[str, Any], directory: SensorDirectory) -> Event:
    """Who is speaking, whether it takes tasks, and which sensors it will report for; a token is not kept."""
    tasks, sensors = body.get("tasks", False), body.get("sensors", [])
    if not isinstance(tasks, bool):
        raise Refused("tasks", f"is {shown(tasks)}", "send true or false")
    if not isinstance(sensors, list):
        raise Refused("sensors", f"is {shown(sensors)}", "send a list of sensor names")
    unknown = [name for name in sensors if not isinstance(name, str) or name not in directory.index]
    if unknown:
        raise Refused("sensors", f"{shown(unknown[0])} is not in the deployment", "add it or correct the name")
    return {"type": "hello", "client": read_text(body, "client", 64), "tasks": tasks, "sensors": sensors}
