"""Reading `weather.csv`, one row an hour or so, with every fault explained."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from limes.errors import Fault
from limes.sector.weather import WeatherSeries
from limes.units import parse_time

COLUMNS = {
    "wind_mps": ("wind", 0.0, 120.0),
    "wind_from_deg": ("wind_from", 0.0, 360.0),
    "gust_mps": ("gust", 0.0, 150.0),
    "wind_aloft_mps": ("wind_aloft", 0.0, 150.0),
    "visibility_m": ("visibility", 0.0, 1e6),
    "cloud": ("cloud", 0.0, 1.0),
    "rain_mm_h": ("rain", 0.0, 500.0),
    "temperature_c": ("temperature", -90.0, 60.0),
    "humidity": ("humidity", 0.0, 1.0),
}
"""Columns of the file beside `time`: the field of `Weather` each fills, its lowest and highest value."""


def read_weather(path: Path, source: str, modelled: bool, faults: list[Fault]) -> WeatherSeries | None:
    """Read a weather series: a header of `time` (ISO 8601 with zone) and `COLUMNS`, times growing.

    None, with the faults appended (at most one a column), when it cannot be used.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(path.name, "", f"is not readable CSV ({error})", "save it as CSV in UTF-8"))
        return None
    found = len(faults)
    if not rows:
        faults.append(Fault(path.name, "", "has no rows", f"give a header time,{','.join(COLUMNS)} and rows"))
        return None
    time = _column(path, rows, "time", -math.inf, math.inf, faults)
    values = {field: _column(path, rows, name, low, high, faults) for name, (field, low, high) in COLUMNS.items()}
    back = np.flatnonzero(np.diff(time) <= 0)
    if back.size:
        cure = "sort the rows and remove repeated times"
        faults.append(Fault(path.name, f"line {back[0] + 3}.time", "is not later than the row before it", cure))
    if len(faults) > found:
        return None
    values["wind_from"] = np.radians(values["wind_from"])
    return WeatherSeries(time=time, **values, modelled=modelled, source=source)


def _column(path: Path, rows: list[dict[str, str]], name: str, low: float, high: float, faults: list[Fault]) -> np.ndarray:
    out = np.full(len(rows), np.nan)
    for i, row in enumerate(rows):
        try:
            out[i] = parse_time(row[name]) if name == "time" else float(row[name])
        except (KeyError, TypeError):
            faults.append(Fault(path.name, name, "is missing", "add the column"))
            break
        except ValueError:
            out[i] = math.nan
        if not low <= out[i] <= high:
            cure = "give an ISO 8601 time with its zone" if name == "time" else f"give a number from {low:g} to {high:g}"
            faults.append(Fault(path.name, f"line {i + 2}.{name}", f"is {row[name]!r}", cure))
            break
    return out
