"""THE sensor model: probability of detection, visibility, availability and nuisance of any sensor, behind one interface.

The plan integrates it, the simulator draws from it, the tracker learns from it what a miss means, the watch shows with it
where it is blind.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from limes.sector.nearest import BoxTree, box_tree, nearest
from limes.sector.weather import Weather
from limes.sensing.aerostat import sway_speed, within_limit
from limes.sensing.camera import CameraModel, Level, found_in_dwell, p_resolve, swept_share
from limes.sensing.fence import FenceModel, p_fence
from limes.sensing.fibre import FibreModel, fibre_reach, p_fibre
from limes.sensing.ground import GroundModel, ground_reach, p_ground
from limes.sensing.radar import RadarModel, p_radar
from limes.sensing.sensor import FULL_CIRCLE, Sensor

_BLOCK = 1 << 14
_FENCE_REACH = 30.0  # m: nobody crosses farther than this in one look


def p_detect(
    sensor: Sensor,
    target_class: str,
    x: np.ndarray | float,
    y: np.ndarray | float,
    height: np.ndarray | float,
    speed: np.ndarray | float,
    heading: np.ndarray | float,
    time: float,
    weather: Weather,
) -> np.ndarray:
    """Probability that one look of a sensor reports a mover, as an array of the broadcast shape.

    `x`, `y` plane metres, `height` of its top above ground (m), `speed` (m/s) and `heading` (grid, radians clockwise), at
    one `time` (UTC epoch s) and its `weather`. A look lasts `sensor.period` seconds: a scan of a radar, a sweep of a camera
    that searches, a moment of a ground, fence or fibre sensor (whose chances add up to that of one passage). Looks are
    independent given all this. 0 where it cannot see or cannot work; a class that the catalogue does not describe
    ("clutter") is never detected.
    """
    return _p(sensor, target_class, (x, y, height, speed, heading), time, weather, None)


def p_cued(
    sensor: Sensor,
    target_class: str,
    x: np.ndarray | float,
    y: np.ndarray | float,
    height: np.ndarray | float,
    time: float,
    weather: Weather,
    level: Level = "detect",
) -> np.ndarray:
    """Probability that a camera sent to look at a place shows the mover well enough for a task.

    A camera looks at one place at a time. `p_detect` speaks of one that searches its sector at the wide field of view;
    cued, it looks there alone at the narrow one. Other families: 0.
    """
    return _p(sensor, target_class, (x, y, height, 0.0, 0.0), time, weather, level)


def can_see(sensor: Sensor, x: np.ndarray | float, y: np.ndarray | float, height: np.ndarray | float) -> np.ndarray:
    """Whether range, sector and line of sight let a sensor notice something `height` m above ground."""
    x, y, height = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, y, height)))
    if sensor.line is not None:
        return off_line(sensor, x, y)[0] <= reach(sensor)
    seen = _in_sector(sensor, x, y)
    if sensor.sight is not None and sensor.family in ("radar", "camera"):
        seen &= sensor.sight.sees(x, y, height)
    return seen


def available(sensor: Sensor, weather: Weather) -> bool:
    """Whether weather lets a sensor work: wind at its place, and an aerostat's limit at its height.

    It judges one moment. An aerostat comes down earlier and goes up later than its limit says:
    `limes.sensing.aerostat.flights`.
    """
    wind = max(weather.wind, weather.gust)
    if sensor.platform is not None:
        return within_limit(sensor.platform, weather)
    return wind <= sensor.wind_limit or sensor.family == "fence_sensor"


def reach(sensor: Sensor) -> float:
    """Distance in metres beyond which the sensor notices nothing of any class."""
    model = sensor.model
    if isinstance(model, RadarModel | CameraModel):
        return model.max_range
    if isinstance(model, GroundModel):
        return max(ground_reach(model, target) for target in sensor.targets.values())
    if isinstance(model, FibreModel):
        return max(fibre_reach(model, target) for target in sensor.targets.values())
    return _FENCE_REACH


def p_in_sight(
    sensor: Sensor,
    target_class: str,
    x: np.ndarray,
    y: np.ndarray,
    speed: np.ndarray | float,
    heading: np.ndarray | float,
    time: float,
    weather: Weather,
) -> np.ndarray:
    """`p_detect` at flat arrays of points (n,) that are known to be in sight (`can_see`) of a sensor that can work."""
    arrays = np.broadcast_arrays(x, y, np.asarray(speed, float), np.asarray(heading, float))
    return _in_blocks(sensor, target_class, tuple(arrays), time, weather, None)


def _p(
    sensor: Sensor,
    target_class: str,
    where: tuple[np.ndarray | float, ...],
    time: float,
    weather: Weather,
    level: Level | None,
) -> np.ndarray:
    """Geometry for all points, then physics for those that can be seen."""
    x, y, height, speed, heading = np.broadcast_arrays(*(np.asarray(v, float) for v in where))
    out = np.zeros(x.shape)
    if target_class not in sensor.targets or not available(sensor, weather):
        return out
    seen = np.flatnonzero(can_see(sensor, x, y, height))
    chosen = tuple(array.ravel()[seen] for array in (x, y, speed, heading))
    out.ravel()[seen] = _in_blocks(sensor, target_class, chosen, time, weather, level)
    return out


def _in_blocks(
    sensor: Sensor,
    target_class: str,
    arrays: tuple[np.ndarray, ...],
    time: float,
    weather: Weather,
    level: Level | None,
) -> np.ndarray:
    """Physics of flat points (n,): x, y, speed and heading, in blocks that stay in the cache."""
    out = np.empty(arrays[0].size)
    for start in range(0, out.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        x, y, speed, heading = (array[part] for array in arrays)
        out[part] = _physics(sensor, target_class, x, y, speed, heading, time, weather, level)
    return out


def _physics(
    sensor: Sensor,
    target_class: str,
    x: np.ndarray,
    y: np.ndarray,
    speed: np.ndarray,
    heading: np.ndarray,
    time: float,
    weather: Weather,
    level: Level | None,
) -> np.ndarray:
    model, target = sensor.model, sensor.targets[target_class]
    if isinstance(model, CameraModel):
        return _camera(sensor, model, target_class, np.hypot(x - sensor.x, y - sensor.y), time, weather, level)
    if level is not None:
        return np.zeros(x.shape)
    if isinstance(model, RadarModel):
        dx, dy = x - sensor.x, y - sensor.y
        sway = 0.0 if sensor.platform is None else sway_speed(sensor.platform, weather)
        slant = np.maximum(np.sqrt(dx * dx + dy * dy + sensor.height**2), 1.0)
        radial = speed * (np.sin(heading) * dx + np.cos(heading) * dy) / slant
        return p_radar(model, target, slant, radial, weather, sensor.height, sway)
    if isinstance(model, GroundModel):
        return p_ground(model, target, off_line(sensor, x, y)[0], speed, weather)
    off, bearing = off_line(sensor, x, y)
    if isinstance(model, FenceModel):
        return p_fence(model, target, off, speed * np.sin(heading - bearing), weather)
    return p_fibre(model, target, off, speed, weather)


def _camera(
    sensor: Sensor,
    model: CameraModel,
    target_class: str,
    distance: np.ndarray,
    time: float,
    weather: Weather,
    level: Level | None,
) -> np.ndarray:
    target = sensor.targets[target_class]
    slant = np.hypot(distance, sensor.height)
    place = (weather, sensor.lon, sensor.lat, time)
    if level is not None:
        return p_resolve(model, target, slant, *place, level=level, cued=True)
    resolved = p_resolve(model, target, slant, *place, cued=False)
    return swept_share(model, sensor.width) * model.attention * found_in_dwell(resolved, model.dwell)


def _in_sector(sensor: Sensor, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    dx, dy = x - sensor.x, y - sensor.y
    near = dx * dx + dy * dy <= reach(sensor) ** 2
    if sensor.width >= FULL_CIRCLE - 1e-9:
        return near
    off = np.abs((np.arctan2(dx, dy) - sensor.azimuth + np.pi) % (2.0 * np.pi) - np.pi)
    return near & (off <= sensor.width / 2.0)


def off_line(sensor: Sensor, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance from the sensor's line (or place) and the grid bearing of the line there."""
    if sensor.line is None:
        return np.hypot(x - sensor.x, y - sensor.y), np.zeros(np.shape(x))
    tree, bearing = _tree(sensor.line.tobytes())
    segment, _, left = nearest(tree, np.ravel(x).astype(float), np.ravel(y).astype(float))
    return np.abs(left).reshape(np.shape(x)), bearing[segment].reshape(np.shape(x))


@lru_cache(maxsize=512)
def _tree(points: bytes) -> tuple[BoxTree, np.ndarray]:
    line = np.frombuffer(points).reshape(-1, 2)
    x, y = np.ascontiguousarray(line[:, 0]), np.ascontiguousarray(line[:, 1])
    return box_tree(x, y), np.arctan2(np.diff(x), np.diff(y))
