"""P(detect) of whoever crosses the border on foot or wheels, km by km, recombined at once when sensors fail or come back.

A crossing is a straight way square to the line, from the other side to home at the usual speed of its class. What each
sensor makes of each crossing is kept apart, as the logarithm of its chance to miss, so the chance that all sensors which
are up miss is a sum.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from limes.sector.sector import Sector
from limes.sector.weather import Weather
from limes.sensing.camera import CameraModel
from limes.sensing.fibre import FibreModel
from limes.sensing.ground import GroundModel
from limes.sensing.looks import log_miss, looks_in
from limes.sensing.model import can_see, off_line, p_detect, reach
from limes.sensing.radar import RadarModel
from limes.sensing.sensor import Sensor

_SMOOTH = 2000.0  # m of border line whose chord a crossing is square to
_COARSE = 20.0  # m between the points that look for a sensor with a short reach
_FAR = 40.0  # m between the points that a radar or camera is asked about


@dataclass(frozen=True)
class Ways:
    """Straight crossings: feet (n,) on the line, headings (n,) towards home, and the km bin of each.

    Each runs from `approach` metres before the line to `beyond` metres behind it.
    """

    x: np.ndarray
    y: np.ndarray
    heading: np.ndarray
    km: np.ndarray
    approach: float
    beyond: float

    def points(self, along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Plane coordinates (n, m) at metres past the line (m,), negative before it."""
        east, north = np.sin(self.heading)[:, None], np.cos(self.heading)[:, None]
        return self.x[:, None] + east * along, self.y[:, None] + north * along


def ways(
    sector: Sector, step_km: float = 1.0, spacing: float = 250.0, approach: float = 3000.0, beyond: float = 1000.0
) -> Ways:
    """Lay crossings over the whole border line; the last km bin may be shorter than `step_km`."""
    line = sector.border
    chainage = np.arange(spacing / 2.0, line.length, spacing)
    x, y = line.point(chainage)
    east, north = line.normal_home(chainage, _SMOOTH)
    km = (chainage / (1000.0 * step_km)).astype(np.int64)
    return Ways(x, y, np.arctan2(east, north), km, approach, beyond)


@dataclass(frozen=True)
class CrossingTable:
    """What each sensor makes of each crossing of a class at a time in a weather.

    `log_miss` (2, sensors, crossings) float32: logarithm of the chance to miss it before the line, and over its whole way.
    Independence is assumed between sensors, and between looks of one sensor more than `looks.SHARED_FATE` seconds apart.
    """

    ids: tuple[str, ...]
    target_class: str
    time: float
    weather: Weather
    ways: Ways
    log_miss: np.ndarray

    def each(self, up: np.ndarray | None = None, before_line: bool = False) -> np.ndarray:
        """P(detect at least once) of each crossing (n,), anywhere on its way or before the line.

        `up` (sensors,) says which sensors work (bool), or with which probability each does (float).
        """
        part = self.log_miss[0 if before_line else 1]
        if up is None:
            return 0.0 - np.expm1(part.sum(axis=0, dtype=np.float64))  # not -expm1, which has a -0
        if np.asarray(up).dtype == bool:
            return 0.0 - np.expm1(part[up].sum(axis=0, dtype=np.float64))
        found = -np.expm1(part.astype(np.float64)) * np.asarray(up, float)[:, None]
        return 1.0 - np.prod(1.0 - found, axis=0)

    def detection(self, up: np.ndarray | None = None, before_line: bool = False) -> np.ndarray:
        """Mean P(detect) of the crossings of each km (k,)."""
        return np.bincount(self.ways.km, self.each(up, before_line)) / np.bincount(self.ways.km)

    def worst(self, up: np.ndarray | None = None, before_line: bool = False) -> np.ndarray:
        """Least P(detect) among the crossings of each km (k,)."""
        out = np.ones(int(self.ways.km[-1]) + 1)
        np.minimum.at(out, self.ways.km, self.each(up, before_line))
        return out

    def replaced(self, index: int, sensor: Sensor) -> CrossingTable:
        """The table with one sensor changed (moved, turned, another kind): only its own row is computed again."""
        rows = self.log_miss.copy()
        rows[:, index] = crossing_log_miss(sensor, self.target_class, self.ways, self.time, self.weather)
        return replace(self, ids=(*self.ids[:index], sensor.id, *self.ids[index + 1 :]), log_miss=rows)


def crossing_table(
    sensors: tuple[Sensor, ...],
    sector: Sector,
    target_class: str,
    time: float,
    weather: Weather,
    over: Ways | None = None,
) -> CrossingTable:
    """Compute every sensor's row for a class, time and weather (two threads, same bytes whatever their number)."""
    over = ways(sector) if over is None else over

    def row(sensor: Sensor) -> np.ndarray:
        return crossing_log_miss(sensor, target_class, over, time, weather)

    with ThreadPoolExecutor(max_workers=2) as pool:
        rows = list(pool.map(row, sensors))
    table = np.stack(rows, axis=1) if rows else np.zeros((2, 0, len(over.km)), np.float32)
    return CrossingTable(tuple(s.id for s in sensors), target_class, time, weather, over, table)


def crossing_detection(
    sensors: tuple[Sensor, ...],
    sector: Sector,
    target_class: str,
    time: float,
    weather: Weather,
    up: np.ndarray | None = None,
    step_km: float = 1.0,
) -> np.ndarray:
    """P(detect at least once) over a straight crossing at the class's speed, mean of each km (k,).

    Who asks again and again keeps a `CrossingTable` instead and asks it with another `up`.
    """
    return crossing_table(sensors, sector, target_class, time, weather, ways(sector, step_km)).detection(up)


def crossing_log_miss(sensor: Sensor, target_class: str, over: Ways, time: float, weather: Weather) -> np.ndarray:
    """Logarithm of one sensor's chance to miss each crossing (2, n): before the line, and over the whole way; float32."""
    out = np.zeros((2, len(over.km)))
    target = sensor.targets[target_class]
    if isinstance(sensor.model, RadarModel | CameraModel):
        way, along, stretch = _far_points(sensor, over, target.height)
    else:
        way, along, stretch = _near_points(sensor, over, target.speed)
    if way.size:
        x = over.x[way] + np.sin(over.heading[way]) * along
        y = over.y[way] + np.cos(over.heading[way]) * along
        p = p_detect(sensor, target_class, x, y, target.height, target.speed, over.heading[way], time, weather)
        missed = log_miss(p, looks_in(sensor, stretch / target.speed))
        out[0] = np.bincount(way, np.where(along < 0.0, missed, 0.0), minlength=out.shape[1])
        out[1] = np.bincount(way, missed, minlength=out.shape[1])
    return np.maximum(out, -30.0).astype(np.float32)


def _far_points(sensor: Sensor, over: Ways, height: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Crossing, metres past the line, and stretch of way of every point that a radar or camera can see."""
    along = np.arange(-over.approach + _FAR / 2.0, over.beyond, _FAR)
    near = np.hypot(over.x - sensor.x, over.y - sensor.y) <= reach(sensor) + max(over.approach, over.beyond)
    chosen = np.flatnonzero(near)
    x, y = over.points(along)
    way, place = np.nonzero(can_see(sensor, x[chosen], y[chosen], height))
    return chosen[way], along[place], _FAR


def _near_points(sensor: Sensor, over: Ways, speed: float) -> tuple[np.ndarray, np.ndarray, float]:
    """The same for a sensor with a short reach: a coarse search, then points near it fine enough for its reach."""
    along = np.arange(-over.approach + _COARSE / 2.0, over.beyond, _COARSE)
    margin = reach(sensor) + _COARSE
    places = np.array([[sensor.x, sensor.y]]) if sensor.line is None else sensor.line
    west, south = places.min(axis=0) - margin
    east, north = places.max(axis=0) + margin
    x, y = over.points(along)
    way, place = np.nonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    way, place = _keep_near(sensor, x, y, way, place)
    pieces = 1 if not way.size else max(int(np.ceil(_COARSE / _fineness(sensor, speed))), 1)
    offset = (np.arange(pieces) + 0.5) / pieces * _COARSE - _COARSE / 2.0
    return np.repeat(way, pieces), (along[place][:, None] + offset).ravel(), _COARSE / pieces


def _keep_near(
    sensor: Sensor, x: np.ndarray, y: np.ndarray, way: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Drop points farther from the sensor than its reach and a coarse step."""
    near = off_line(sensor, x[way, place], y[way, place])[0] <= reach(sensor) + _COARSE
    return way[near], place[near]


def _fineness(sensor: Sensor, speed: float) -> float:
    """Metres between points: a quarter of one look of a fence sensor, a quarter of the shortest reach of the others."""
    model = sensor.model
    if isinstance(model, GroundModel | FibreModel):
        return min(model.ranges.values()) / 4.0
    return speed * sensor.period / 4.0
