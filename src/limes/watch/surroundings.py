"""What stands around a place and what hour it is: villages, crossing points, night, hardship.

Rules ask this of places and hours, never of people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from limes.sector import CrossingPoint, Sector, Weather
from limes.sensing import sun_elevation
from limes.watch.exposure import hardship

NIGHT_DEG = -6.0
"""Sun elevation below which it is night: the end of civil twilight."""


@dataclass(frozen=True)
class HardshipSettings:
    """Felt temperatures (C) from which standing still outdoors is dangerous: cold by night, by day, heat (assumed)."""

    cold_night: float = 5.0
    cold_day: float = -5.0
    heat: float = 40.0


@dataclass(frozen=True)
class Moment:
    """One second as the rules see it.

    Weather, whether it is night, why standing still is dangerous (or None), and how much nuisance raises the bar at a km.
    """

    time: float
    weather: Weather
    night: bool
    hardship: str | None
    bar: Callable[[float], float]


@dataclass(frozen=True)
class Surroundings:
    """Places (n, 2) and crossing points of a sector on the plane."""

    zone: ZoneInfo
    lon: float
    lat: float
    places: np.ndarray
    crossings: tuple[CrossingPoint, ...]
    near_crossing_m: float = 400.0

    def moment(self, time: float, weather: Weather, bar: Callable[[float], float], limits: HardshipSettings) -> Moment:
        """Describe one second."""
        night = bool(np.degrees(sun_elevation(self.lon, self.lat, time)) < NIGHT_DEG)
        why = hardship(weather, night, limits.cold_night, limits.cold_day, limits.heat)
        return Moment(time, weather, night, why, bar)

    def village(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Distance (n,) of points to the nearest settlement; inf where the sector names none."""
        if not len(self.places):
            return np.full(np.shape(x), np.inf)
        return np.hypot(x[:, None] - self.places[:, 0], y[:, None] - self.places[:, 1]).min(axis=1)

    def at_open_crossing(self, x: np.ndarray, y: np.ndarray, time: float) -> np.ndarray:
        """Whether points (n,) lie at a crossing point that is open now (bool)."""
        found = np.zeros(np.shape(x), bool)
        local = datetime.fromtimestamp(time, self.zone)
        for point in self.crossings:
            if is_open(point.open_hours, local.hour + local.minute / 60.0):
                found |= np.hypot(x - point.x, y - point.y) <= self.near_crossing_m
        return found


def surroundings(sector: Sector) -> Surroundings:
    """Read what the rules need of a sector."""
    line = sector.border
    middle = len(line.lon) // 2
    return Surroundings(
        zone=ZoneInfo(sector.time_zone),
        lon=float(line.lon[middle]),
        lat=float(line.lat[middle]),
        places=np.array([[place.x, place.y] for place in sector.places]).reshape(-1, 2),
        crossings=sector.crossings,
    )


def is_open(hours: str, hour: float) -> bool:
    """Whether a crossing point is open at a local hour by its opening hours; one whose hours nobody states counts as open.

    >>> is_open("08:00-17:30", 17.4), is_open("08:00-17:30", 18.0), is_open("22:00-04:00", 1.0), is_open("", 3.0)
    (True, False, True, True)
    """
    try:
        start, end = (int(part[:2]) + int(part[3:5]) / 60.0 for part in hours.replace(" ", "").split("-"))
    except ValueError:
        return True
    return start <= hour < end if start <= end else hour >= start or hour < end
