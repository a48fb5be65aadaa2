"""What every sensor makes of somebody at every cell: rates of detection, kept apart so that any of them can fail.

Radars and cameras look again and again, so they have a rate per second. Ground sensors and fibres state chances per passage, so
they have a rate per metre walked, averaged over each cell. Fence sensors act where the line is passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from limes.closure.ground import Ground, bin_range, bins_of
from limes.grid import Grid
from limes.sector import Sector
from limes.sector.weather import Weather
from limes.sensing import Sensor, available, coverage_parts, reach
from limes.sensing.fence import FenceModel, masking, p_through
from limes.sensing.looks import log_miss, looks_in
from limes.sensing.model import off_line, p_in_sight

_FINE = 10.0  # m between the points over which a ground sensor's rate is averaged
_INTERVAL = 60.0


@dataclass(frozen=True)
class Hazards:
    """Every sensor's rates for one class of mover at one hour in one weather.

    `cells` and `rate` (per second) of radars and cameras, `near_cells` and `near_rate` (per metre) of ground sensors and
    fibres, `fence` (bins,) exposure of one passage; by sensor, in the order of `ids`.
    """

    ids: tuple[str, ...]
    assets: tuple[str, ...]
    cells: tuple[np.ndarray, ...]
    rate: tuple[np.ndarray, ...]
    near_cells: tuple[np.ndarray, ...]
    near_rate: tuple[np.ndarray, ...]
    fence: tuple[np.ndarray, ...]

    def total(self, size: int, bins: int, up: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rates per second and per metre (size,) and exposure per passage of the line (bins,) of the sensors that are up."""
        second, metre, fence = np.zeros(size), np.zeros(size), np.zeros(bins)
        for i in np.flatnonzero(up):
            second[self.cells[i]] += self.rate[i]
            metre[self.near_cells[i]] += self.near_rate[i]
            fence += self.fence[i] if self.fence[i].size else 0.0
        return second, metre, fence

    def joined(self, other: Hazards) -> Hazards:
        """The sensors of both."""
        names = ("ids", "assets", "cells", "rate", "near_cells", "near_rate", "fence")
        return Hazards(*(getattr(self, name) + getattr(other, name) for name in names))


def hazards(
    sensors: tuple[Sensor, ...],
    spans: Mapping[str, tuple[float, float]],
    sector: Sector,
    ground: Ground,
    target_class: str,
    time: float,
    weather: Weather,
) -> Hazards:
    """Compute the rates of every sensor (with its line of sight); `spans` chainages of the assets that are lines."""
    far = tuple(s for s in sensors if s.family in ("radar", "camera"))
    shares = _far(far, sector, ground, target_class, time, weather)

    def one(sensor: Sensor) -> Hazards:
        none = np.zeros(0, np.int64), np.zeros(0)
        if sensor.id in shares:
            return Hazards((sensor.id,), (sensor.asset,), *((v,) for v in (*shares[sensor.id], *none, np.zeros(0))))
        if isinstance(sensor.model, FenceModel):
            fence = _fence(sensor, sensor.model, spans[sensor.asset], ground.length, target_class, weather)
            return Hazards((sensor.id,), (sensor.asset,), *((v,) for v in (*none, *none, fence)))
        near = _near(sensor, ground, target_class, time, weather)
        return Hazards((sensor.id,), (sensor.asset,), *((v,) for v in (*none, *near, np.zeros(0))))

    with ThreadPoolExecutor(max_workers=2) as pool:
        parts = list(pool.map(one, sensors))
    names = ("ids", "assets", "cells", "rate", "near_cells", "near_rate", "fence")
    return Hazards(*(tuple(value for part in parts for value in getattr(part, name)) for name in names))


def thinned(found: Hazards, share: float) -> Hazards:
    """The same where each detection is communicated with a probability: rates are multiplied by it."""
    if share == 1.0:
        return found
    changed = {name: tuple(part * share for part in getattr(found, name)) for name in ("rate", "near_rate")}
    fence = tuple(-np.log1p(share * np.expm1(-part)) for part in found.fence)
    return replace(found, rate=changed["rate"], near_rate=changed["near_rate"], fence=fence)


def _far(
    sensors: tuple[Sensor, ...], sector: Sector, ground: Ground, target_class: str, time: float, weather: Weather
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    fine, pieces = _finer(sector, ground.grid)
    parts = coverage_parts(sensors, sector, target_class, time, weather, fine, _INTERVAL)
    found = {}
    for key, cells, miss in zip(parts.ids, parts.cells, parts.log_miss, strict=True):
        whole = cells // fine.nx // pieces * ground.grid.nx + cells % fine.nx // pieces
        some, index = np.unique(whole[ground.region[whole] > 0], return_inverse=True)
        rate = np.bincount(index, miss[ground.region[whole] > 0], minlength=some.size) / (-_INTERVAL * pieces**2)
        found[key] = some.astype(np.int64), rate
    return found


def _finer(sector: Sector, grid: Grid) -> tuple[Grid, int]:
    """Up to 3 x 3 pieces of each cell, no smaller than the terrain's cells: rates are means over them, for sight is patchy."""
    own = sector.terrain.grid.cell
    pieces = next(n for n in (3, 2, 1) if n == 1 or abs(grid.cell / n / own - round(grid.cell / n / own)) < 1e-9)
    return Grid(grid.west, grid.north, grid.cell / pieces, grid.nx * pieces, grid.ny * pieces), pieces


def _fence(
    sensor: Sensor, model: FenceModel, span: tuple[float, float], length: float, target_class: str, weather: Weather
) -> np.ndarray:
    out = np.zeros(bins_of(length))
    if available(sensor, weather):
        p = p_through(model, sensor.targets[target_class]) * masking(weather.wind, model.wind_limit)
        out[bin_range(*span, length)] = -np.log1p(-min(p, 1.0 - 1e-9))
    return out


def _near(sensor: Sensor, ground: Ground, target_class: str, time: float, weather: Weather) -> tuple[np.ndarray, np.ndarray]:
    """Cells about a ground sensor or fibre and the mean over each of its rate per metre."""
    target = sensor.targets[target_class]
    cells = _around(sensor, ground)
    if target.flies or not available(sensor, weather) or not cells.size:
        return np.zeros(0, np.int64), np.zeros(0)
    pieces = max(int(np.ceil(ground.grid.cell / _FINE)), 1)
    inner = ((np.arange(pieces) + 0.5) / pieces - 0.5) * ground.grid.cell
    x, y = ground.place(cells)
    px = (x[:, None, None] + inner[None, None, :] + 0.0 * inner[None, :, None]).ravel()
    py = (y[:, None, None] + inner[None, :, None] + 0.0 * inner[None, None, :]).ravel()
    p = p_in_sight(sensor, target_class, px, py, target.speed, 0.0, time, weather)
    rate = log_miss(p, looks_in(sensor, _INTERVAL)).reshape(cells.size, -1).mean(axis=1) / (-_INTERVAL * target.speed)
    some = rate > 1e-9
    return cells[some], rate[some]


def _around(sensor: Sensor, ground: Ground) -> np.ndarray:
    """Cells of the ground that a short-range sensor may reach."""
    grid, far = ground.grid, reach(sensor) + 0.71 * ground.grid.cell
    places = np.array([[sensor.x, sensor.y]]) if sensor.line is None else sensor.line
    (west, south), (east, north) = places.min(axis=0) - far, places.max(axis=0) + far
    top, left = (int(v) for v in grid.index(west, north))
    bottom, right = (int(v) for v in grid.index(east, south))
    rows = np.arange(max(top, 0), min(bottom + 1, grid.ny))
    cols = np.arange(max(left, 0), min(right + 1, grid.nx))
    cells = (rows[:, None] * grid.nx + cols[None, :]).ravel()
    cells = cells[ground.region[cells] > 0]
    x, y = ground.place(cells)
    return cells[off_line(sensor, x, y)[0] <= far]
