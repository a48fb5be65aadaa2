"""Who sees a place: each sensor that reaches it, with what probability, along which line of sight, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from limes.geo import to_lonlat
from limes.sector import Deployment, Sector, Weather
from limes.sensing import Sensor, available, can_see, p_cued, p_detect, reach, sight_line
from limes.sensing.camera import Level
from limes.sensing.drone import on_station
from limes.sensing.radar import RadarModel
from limes.sensing.sight import Profile
from limes.watch.units import Arrival

REASONS = {
    "off": "not working",
    "grounded": "grounded by wind",
    "wind": "too much wind",
    "near": "too near to it",
    "sector": "outside its sector",
    "beam": "outside its beam",
    "hidden": "terrain hides what is lower than {low} m",
    "sees": "sees it",
    "poorly": "sees it poorly in this light and weather",
    "far": "in view, but too far or too dark",
}
"""Why a sensor sees a place or not: what the page translates, and the same in words."""

_LEVELS: tuple[tuple[str, Level], ...] = (("p_detect", "detect"), ("p_recognise", "recognise"))

_HEIGHT_SLACK = 0.05  # m by which heights of lines of sight are rounded when they are kept


def who_sees(
    sector: Sector, sensors: tuple[Sensor, ...], up: np.ndarray, x: float, y: float, target: str, time: float, weather: Weather
) -> list[dict[str, Any]]:
    """One row for every sensor that reaches a place, the surest first; `up` (sensors,) says which of them work."""
    rows = [
        _row(sector, sensor, bool(works), x, y, target, time, weather)
        for sensor, works in zip(sensors, up, strict=True)
        if _reaches(sensor, x, y)
    ]
    return sorted(rows, key=lambda row: (-row["p"], row["sensor"]))


def drones_over(
    sector: Sector,
    deployment: Deployment,
    arrivals: Sequence[Arrival],
    x: float,
    y: float,
    target: str,
    time: float,
    weather: Weather,
) -> list[dict[str, Any]]:
    """How soon each drone could be over a place, and how surely its best camera would then show and tell what is there."""
    rows = []
    for arrival in arrivals:
        row: dict[str, Any] = {"unit": arrival.unit, "name": arrival.name, "eta_s": None, "why_not": arrival.why_not}
        if arrival.eta is not None:
            cameras = on_station(deployment.asset(arrival.unit), sector, x, y)
            row["eta_s"] = [round(seconds) for seconds in arrival.eta]
            for name, level in _LEVELS:
                tall = sector.catalogue.targets[target]["height_m"].value
                row[name] = max((float(p_cued(c, target, x, y, tall, time, weather, level)) for c in cameras), default=0.0)
                row[name] = round(row[name], 3)
        rows.append(row)
    return rows


def _reaches(sensor: Sensor, x: float, y: float) -> bool:
    if sensor.line is not None:
        return bool(can_see(sensor, x, y, 2.0))
    return bool(np.hypot(x - sensor.x, y - sensor.y) <= reach(sensor))


def _row(
    sector: Sector, sensor: Sensor, works: bool, x: float, y: float, target: str, time: float, weather: Weather
) -> dict[str, Any]:
    mover = sensor.targets[target]
    sees = bool(can_see(sensor, x, y, mover.height))
    towards = float(np.arctan2(sensor.x - x, sensor.y - y))  # the motion that a radar sees best
    p = float(p_detect(sensor, target, x, y, mover.height, mover.speed, towards, time, weather)) if works else 0.0
    low = None if sensor.sight is None else float(sensor.sight.at(x, y))
    low = None if low is None or np.isnan(low) else low
    line = sight_line(sensor, sector.terrain, x, y, mover.height)
    why = _why(sensor, sees, works, p, weather, line, float(np.hypot(x - sensor.x, y - sensor.y)))
    return {
        "sensor": sensor.id,
        "asset": sensor.asset,
        "family": sensor.family,
        "distance_m": round(float(np.hypot(x - sensor.x, y - sensor.y))),
        "can_see": sees,
        "p": round(p, 3),
        "min_visible_height_m": None if low is None else round(low, 1),
        "why": why,
        "reason": REASONS[why].format(low="" if low is None else round(low)),
        "line": None if line is None else _drawing(line, sector.crs),
    }


def _why(sensor: Sensor, sees: bool, works: bool, p: float, weather: Weather, line: Profile | None, distance: float) -> str:
    if not works:
        return "off"
    if not available(sensor, weather):
        return "wind" if sensor.platform is None else "grounded"
    if sees:
        return "sees" if p >= 0.5 else "poorly" if p > 0.01 else "far"
    if isinstance(sensor.model, RadarModel) and distance < sensor.model.min_range:
        return "near"
    if not _in_sector(sensor, line):
        return "sector"
    return "hidden" if line is None or line.mvh > line.height - _HEIGHT_SLACK else "beam"


def _in_sector(sensor: Sensor, line: Profile | None) -> bool:
    """Whether the far end of a line of sight lies within the sector that a sensor looks at."""
    if line is None:
        return True
    bearing = np.arctan2(line.x[-1] - line.x[0], line.y[-1] - line.y[0])
    return bool(abs(np.angle(np.exp(1j * (bearing - sensor.azimuth)))) <= sensor.width / 2.0)


def _drawing(line: Profile, crs: str) -> dict[str, Any]:
    """A line of sight as the page draws it.

    Heights are metres above the datum as the sensor sees them, lowered by the curve of the earth less refraction, so that
    the line from the sensor (`eye_m`) to the top of what is looked for (`end_m`) is straight; null over voids.
    """
    kept = line.outline()
    ground = [None if np.isnan(h) else round(float(h), 1) for h in line.surface[kept]]
    return {
        "distance_m": line.distance[kept].round(1).tolist(),
        "ground_m": ground,
        "eye_m": round(float(line.line[0]), 1),
        "end_m": round(float(line.line[-1]), 1),
        "blocked": None if line.blocked is None else _obstruction(line, line.blocked, crs),
    }


def _obstruction(line: Profile, at: int, crs: str) -> dict[str, float]:
    """Where a line of sight first meets the ground, and how far the highest ground in its way stands above it there."""
    lon, lat = to_lonlat(line.x[at], line.y[at], crs)
    return {
        "distance_m": round(float(line.distance[at])),
        "lon": round(float(lon), 6),
        "lat": round(float(lat), 6),
        "over_m": round(-float(np.nanmin(line.clearance[1:-1])), 1),
    }
