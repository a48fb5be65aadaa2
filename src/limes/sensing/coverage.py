"""P(detect) over the map: what a deployment makes of a mover anywhere in the sector, by class, hour and weather.

The figure of a cell is the chance that a mover which stays about it for one `interval` (a minute by default), heading for
home at the usual speed of its class, is detected at least once. Sensors are taken as independent of each other, and looks
of one sensor as in `limes.sensing.looks`. What each sensor gives is kept apart, cell by cell, so that one that fails or
changes costs no recomputing of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter

from limes.grid import Grid
from limes.sector.sector import Sector
from limes.sector.weather import Weather
from limes.sensing.camera import CameraModel
from limes.sensing.fence import FenceModel, masking, p_through
from limes.sensing.looks import log_miss, looks_in
from limes.sensing.model import available, can_see, off_line, p_in_sight, reach
from limes.sensing.radar import RadarModel
from limes.sensing.sensor import Sensor

_BLOCK = 16  # cells that share one heading towards home
_PIECE = 1 << 15  # cells worked on at a time: what is computed of them stays in the cache
_BULK = 1 << 17  # cells from which the share of one sensor is worth two threads
_SMOOTH = 2000.0  # m of border line whose normal is the way home
_FIELD = 2000.0  # m over which neighbouring ways home are evened out: far from a bend they would jump

Heading = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Coverage:
    """P(detect) on a grid, float32 (ny, nx): `target_class` at `time` in `weather`, within `interval` seconds."""

    grid: Grid
    p: np.ndarray
    target_class: str
    time: float
    weather: Weather
    interval: float


@dataclass(frozen=True)
class CoverageParts:
    """Each sensor's share of a coverage: flat cells it reaches (int32) and the logarithm of its chance to miss (float32)."""

    grid: Grid
    ids: tuple[str, ...]
    target_class: str
    time: float
    weather: Weather
    interval: float
    cells: tuple[np.ndarray, ...]
    log_miss: tuple[np.ndarray, ...]
    home: np.ndarray

    def combined(self, up: np.ndarray | None = None) -> Coverage:
        """The coverage by the sensors that are `up` (bool, default all)."""
        total = np.zeros(self.grid.nx * self.grid.ny, np.float32)
        for index, (cells, miss) in enumerate(zip(self.cells, self.log_miss, strict=True)):
            if up is None or up[index]:
                total[cells] += miss
        p = np.float32(0.0) - np.expm1(total).reshape(self.grid.shape)  # not -expm1, which has a -0
        return Coverage(self.grid, p, self.target_class, self.time, self.weather, self.interval)

    def replaced(self, index: int, sensor: Sensor) -> CoverageParts:
        """The same with one sensor changed (moved, turned, another kind): only its own share is computed again."""
        what = self.target_class, self.grid, self.home, self.time, self.weather, self.interval
        cells, miss = _share(sensor, *what, threads=2)
        return replace(
            self,
            ids=(*self.ids[:index], sensor.id, *self.ids[index + 1 :]),
            cells=(*self.cells[:index], cells, *self.cells[index + 1 :]),
            log_miss=(*self.log_miss[:index], miss, *self.log_miss[index + 1 :]),
        )


def coverage(
    sensors: tuple[Sensor, ...],
    sector: Sector,
    target_class: str,
    time: float,
    weather: Weather,
    grid: Grid | None = None,
    up: np.ndarray | None = None,
) -> Coverage:
    """P(detect) of a class of mover within a minute by the sensors that are `up`, on a grid (default: the terrain's)."""
    if up is not None:
        sensors = tuple(sensor for sensor, works in zip(sensors, up, strict=True) if works)
    return coverage_parts(sensors, sector, target_class, time, weather, grid).combined()


def coverage_parts(
    sensors: tuple[Sensor, ...],
    sector: Sector,
    target_class: str,
    time: float,
    weather: Weather,
    grid: Grid | None = None,
    interval: float = 60.0,
) -> CoverageParts:
    """Compute every sensor's share (two threads, same bytes whatever their number)."""
    grid = sector.terrain.grid if grid is None else grid
    home = headings_home(sector, grid)

    def share(sensor: Sensor) -> tuple[np.ndarray, np.ndarray]:
        return _share(sensor, target_class, grid, home, time, weather, interval)

    with ThreadPoolExecutor(max_workers=2) as pool:
        shares = list(pool.map(share, sensors))
    ids, cells, miss = tuple(s.id for s in sensors), tuple(c for c, _ in shares), tuple(m for _, m in shares)
    return CoverageParts(grid, ids, target_class, time, weather, interval, cells, miss, home)


def headings_home(sector: Sector, grid: Grid) -> np.ndarray:
    """Grid bearing of the way home square to the border, one for each block of 16 x 16 cells, radians."""
    half = _BLOCK * grid.cell / 2.0
    x = grid.west + half + np.arange(-(-grid.nx // _BLOCK)) * 2.0 * half
    y = grid.north - half - np.arange(-(-grid.ny // _BLOCK)) * 2.0 * half
    chainage, _ = sector.border.locate(x[None, :], y[:, None])
    east, north = (gaussian_filter(part, _FIELD / (2.0 * half)) for part in sector.border.normal_home(chainage, _SMOOTH))
    return np.arctan2(east, north).astype(np.float32)


def _share(
    sensor: Sensor,
    target_class: str,
    grid: Grid,
    home: np.ndarray,
    time: float,
    weather: Weather,
    interval: float,
    threads: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Flat cells a sensor reaches and the logarithm of its chance to miss a mover there within the interval."""
    target = sensor.targets[target_class]
    if not available(sensor, weather):
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    far = isinstance(sensor.model, RadarModel | CameraModel)
    row, col = _seen(sensor, grid, target.height) if far else _near(sensor, grid)

    def part(row: np.ndarray, col: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return _misses(sensor, target_class, grid, home, time, weather, interval, row, col)

    pieces = row.size // _PIECE + 1
    rows, cols = np.array_split(row, pieces), np.array_split(col, pieces)
    if threads == 1 or row.size < _BULK:
        found = list(map(part, rows, cols))
    else:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(part, rows, cols))
    cells, misses = zip(*found, strict=True)
    return np.concatenate(cells), np.concatenate(misses)


def _misses(
    sensor: Sensor,
    target_class: str,
    grid: Grid,
    home: np.ndarray,
    time: float,
    weather: Weather,
    interval: float,
    row: np.ndarray,
    col: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Those of some cells where a sensor matters, flat, with the logarithm of its chance to miss there."""
    target = sensor.targets[target_class]
    x = grid.west + (col + 0.5) * grid.cell
    y = grid.north - (row + 0.5) * grid.cell
    if isinstance(sensor.model, FenceModel):
        touched = off_line(sensor, x, y)[0] <= 0.71 * grid.cell
        row, col = row[touched], col[touched]
        p = p_through(sensor.model, target) * masking(weather.wind, sensor.model.wind_limit)
        miss = np.full(row.size, log_miss(np.array(p), 1.0))
    else:
        heading = home[row // _BLOCK, col // _BLOCK]
        p_look = p_in_sight(sensor, target_class, x, y, target.speed, heading, time, weather)
        miss = log_miss(p_look, looks_in(sensor, interval))
    some = miss < -1e-4
    return (row * np.int32(grid.nx) + col)[some], miss[some].astype(np.float32)


def _window(grid: Grid, west: float, south: float, east: float, north: float) -> tuple[int, int, int, int]:
    """First and last + 1 row and column of the cells that a rectangle touches, inside the grid."""
    top, left = (int(v) for v in grid.index(west, north))
    bottom, right = (int(v) for v in grid.index(east, south))
    return max(top, 0), min(bottom + 1, grid.ny), max(left, 0), min(right + 1, grid.nx)


def _seen(sensor: Sensor, grid: Grid, height: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the cells where a radar or camera sees something of a height."""
    far = reach(sensor)
    top, bottom, left, right = _window(grid, sensor.x - far, sensor.y - far, sensor.x + far, sensor.y + far)
    sight = sensor.sight
    if sight is not None and _aligned(sight.grid, grid):
        row0, col0 = (int(v) for v in grid.index(sight.grid.west + grid.cell / 2, sight.grid.north - grid.cell / 2))
        top, left = max(top, row0), max(left, col0)
        bottom, right = min(bottom, row0 + sight.grid.ny), min(right, col0 + sight.grid.nx)
        seen = sight.mvh[top - row0 : bottom - row0, left - col0 : right - col0] <= height
    else:
        x = grid.west + (np.arange(left, right) + 0.5) * grid.cell
        y = grid.north - (np.arange(top, bottom) + 0.5) * grid.cell
        seen = can_see(sensor, x[None, :], y[:, None], height)
    return _places(seen, top, left)


def _places(mask: np.ndarray, top: int, left: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (int32) of a window's true cells in the grid that the window is cut from."""
    flat = np.flatnonzero(mask).astype(np.int32)
    row = flat // np.int32(max(mask.shape[1], 1))
    return row + np.int32(top), flat - row * np.int32(mask.shape[1]) + np.int32(left)


def _aligned(one: Grid, other: Grid) -> bool:
    """Whether the cells of two grids coincide."""
    steps = (one.west - other.west) / other.cell, (one.north - other.north) / other.cell
    return one.cell == other.cell and all(abs(step - round(step)) < 1e-6 for step in steps)


def _near(sensor: Sensor, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the cells within reach of a sensor's line or place, by squares about the cells it lies in."""
    places = np.array([[sensor.x, sensor.y]]) if sensor.line is None else sensor.line
    margin = int(np.ceil(reach(sensor) / grid.cell))
    step = np.hypot(*np.diff(places, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(step)])
    dense = np.arange(0.0, along[-1] + grid.cell / 2.0, grid.cell / 2.0)
    x, y = np.interp(dense, along, places[:, 0]), np.interp(dense, along, places[:, 1])
    pad = margin * grid.cell
    top, bottom, left, right = _window(grid, x.min() - pad, y.min() - pad, x.max() + pad, y.max() + pad)
    row, col = grid.index(x, y)
    inside = (row >= top) & (row < bottom) & (col >= left) & (col < right)
    mask = np.zeros((max(bottom - top, 0), max(right - left, 0)), bool)
    mask[row[inside] - top, col[inside] - left] = True
    return _places(maximum_filter(mask, 2 * margin + 1, mode="constant") if mask.any() else mask, top, left)
