"""The ground that is crossed: a strip of terrain on both sides of the border, cut to cells of one size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from limes.closure.dijkstra import DC, DR, REACH, Terrainlike
from limes.closure.movement import Mode, pace_of
from limes.errors import Fault, InputError, UsageError
from limes.geo import to_plane
from limes.grid import Grid
from limes.sector import Sector
from limes.sector.geojson import coordinates, read_features

OUTSIDE, HOME, OTHER = 0, 1, 2
"""Regions of cells: not part of the ground, the home side, the other side."""

PATROL_ROAD = 250.0
"""Metres behind the line at which patrols are taken to have a road along it (assumed, as in the simulation)."""

ROAD_SPEED = 14.0
"""Metres a second of a vehicle that crosses, along a road (assumed; 8 to 25)."""

_RIM = 1500.0  # m from the line at which the terrain's rim may be where a crossing starts or ends
_BINS = 25.0  # m of border that share their barriers and fence sensors


@dataclass(frozen=True)
class Ground:
    """Flat cells of a grid: heights (m), place along (`chainage`) and behind (`offset`) the border (m), regions, water, roads.

    `edge` marks cells at the far rims: where a crossing starts or ends. `crossings` are all moves over the line.
    """

    grid: Grid
    height: np.ndarray
    chainage: np.ndarray
    offset: np.ndarray
    region: np.ndarray
    water: np.ndarray
    road: np.ndarray
    edge: np.ndarray
    length: float
    crossings: Crossings

    @property
    def cells(self) -> np.ndarray:
        """Indices of the cells that belong to the ground."""
        return np.flatnonzero(self.region)

    def place(self, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Plane x and y of the centres of cells."""
        return (
            self.grid.west + (cells % self.grid.nx + 0.5) * self.grid.cell,
            self.grid.north - (cells // self.grid.nx + 0.5) * self.grid.cell,
        )

    def at(self, x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
        """Flat index of the cell that holds each point, -1 outside the grid."""
        row, col = self.grid.index(x, y)
        return np.where(self.grid.inside(x, y), row * self.grid.nx + col, -1)


@dataclass(frozen=True)
class Crossings:
    """Moves over the line between a cell of the other side and one of home, sorted by chainage.

    `other`, `home` cells (k,), `metres` between them, `chainage` (k,) where the line is passed, `bin` (k,) of 25 m and
    `km` (k,) whole kilometre of it.
    """

    other: np.ndarray
    home: np.ndarray
    metres: np.ndarray
    chainage: np.ndarray
    bin: np.ndarray
    km: np.ndarray

    def by_km(self, length: float) -> np.ndarray:
        """First move of each km of a border of so many metres, and one past the last: (km + 1,)."""
        return np.searchsorted(self.km, np.arange(max(int(np.ceil(length / 1000.0 - 1e-9)), 1) + 1))


def bins_of(length: float) -> int:
    """Number of 25 m bins of a border."""
    return max(int(np.ceil(length / _BINS)), 1)


def bin_range(start: float, end: float, length: float) -> slice:
    """The bins whose middle lies between two chainages, at least the nearest one."""
    first = int(np.ceil(start / _BINS - 0.5))
    last = int(np.floor(end / _BINS - 0.5)) + 1
    if last <= first:
        first = int(0.5 * (start + end) / _BINS)
        last = first + 1
    return slice(max(first, 0), min(last, bins_of(length)))


def usual_cell(sector: Sector, approach: float = 3000.0, depth: float = 3000.0, most: float = 150_000.0) -> float:
    """The finest multiple of the terrain's cell, in metres, with at most so many cells in the strip."""
    own = sector.terrain.grid.cell
    area = sector.border.length * (min(approach, 1e5) + min(depth, 1e5))
    return own * max(int(np.ceil(np.sqrt(area / most) / own - 1e-9)), 1)


def ground(sector: Sector, cell: float = 90.0, approach: float = 3000.0, depth: float = 3000.0) -> Ground:
    """Cut the ground from `approach` metres before the line to `depth` metres behind it.

    `cell` must be a whole multiple of the terrain's; heights are means. Where the terrain ends
    sooner, beyond half of that, its rim is the edge.
    Points nearest to an end of the border line are left out, so that nobody walks round it.
    """
    factor = round(cell / sector.terrain.grid.cell)
    if factor < 1 or abs(factor * sector.terrain.grid.cell - cell) > 1e-6:
        own = sector.terrain.grid.cell
        raise UsageError(f"a cell of {cell:g} m is no multiple of the terrain's {own:g} m; use {own:g}, {2 * own:g} or so")
    grid, height = _cut(sector, factor, max(approach, depth))
    x, y = grid.centres()
    chainage, offset = sector.border.locate(x[None, :], y[:, None])
    return _assemble(sector, grid, height, chainage, offset, approach, depth)


def _cut(sector: Sector, factor: int, reach: float) -> tuple[Grid, np.ndarray]:
    """The coarser grid around the border and mean heights on it."""
    fine, line = sector.terrain.grid, sector.border
    whole, pad = fine.coarser(factor), min(reach, 1e7) + 3.0 * factor * fine.cell
    top, left = (int(v) for v in whole.index(line.x.min() - pad, line.y.max() + pad))
    bottom, right = (int(v) for v in whole.index(line.x.max() + pad, line.y.min() - pad))
    top, left, bottom, right = max(top, 0), max(left, 0), min(bottom + 1, whole.ny), min(right + 1, whole.nx)
    grid = Grid(whole.west + left * whole.cell, whole.north - top * whole.cell, whole.cell, right - left, bottom - top)
    block = sector.terrain.height[top * factor : bottom * factor, left * factor : right * factor]
    parts = block.reshape(grid.ny, factor, grid.nx, factor).astype(np.float32)
    known = np.isfinite(parts)
    count = known.sum(axis=(1, 3))
    total = np.where(known, parts, 0.0).sum(axis=(1, 3), dtype=np.float64)
    return grid, np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _assemble(
    sector: Sector, grid: Grid, height: np.ndarray, chainage: np.ndarray, offset: np.ndarray, approach: float, depth: float
) -> Ground:
    slack = 2.0 * grid.cell
    beside = (chainage > 0.0) & (chainage < sector.border.length - 1e-6) & np.isfinite(height)
    home, other = beside & (offset >= 0.0) & (offset <= depth + slack), beside & (offset < 0.0) & (offset >= -approach - slack)
    region = np.where(home, HOME, np.where(other, OTHER, OUTSIDE)).astype(np.uint8)
    rim = np.zeros(grid.shape, bool)
    rim[[0, -1], :], rim[:, [0, -1]] = True, True
    far = (offset >= min(0.5 * depth, _RIM)) | (offset <= -min(0.5 * approach, _RIM))
    edge = (region > 0) & ((rim & far) | (offset >= depth) | (offset <= -approach))
    blank = Crossings(*(np.zeros(0) for _ in range(6)))
    made = Ground(
        grid=grid,
        height=height.ravel(),
        chainage=chainage.astype(np.float32).ravel(),
        offset=offset.astype(np.float32).ravel(),
        region=region.ravel(),
        water=_along([water.line for water in sector.water], grid).ravel(),
        road=_along(roads(sector), grid).ravel(),
        edge=edge.ravel(),
        length=sector.border.length,
        crossings=blank,
    )
    return replace(made, crossings=_crossings(made))


def _crossings(ground: Ground) -> Crossings:
    """Every king's or knight's move from the other side to home."""
    grid, region = ground.grid, ground.region
    near = np.flatnonzero((region == HOME) & (np.abs(ground.offset) <= 3.0 * grid.cell))
    row, col = near // grid.nx, near % grid.nx
    found = []
    for dr, dc, reach in zip(DR, DC, REACH, strict=True):
        r, c = row + dr, col + dc
        inside = (r >= 0) & (c >= 0) & (r < grid.ny) & (c < grid.nx)
        other = np.where(inside, r * grid.nx + c, 0)
        chosen = np.flatnonzero(inside & (region[other] == OTHER))
        found.append((other[chosen], near[chosen], np.full(chosen.size, reach * grid.cell)))
    other, home, metres = (np.concatenate(parts) for parts in zip(*found, strict=True))
    share = np.abs(ground.offset[other]) / np.maximum(np.abs(ground.offset[other]) + np.abs(ground.offset[home]), 1e-9)
    chainage = ground.chainage[other] + share * (ground.chainage[home] - ground.chainage[other])
    order = np.lexsort((home, other, chainage))
    bins = np.minimum((chainage / _BINS).astype(np.int64), bins_of(ground.length) - 1)
    km = (chainage / 1000.0).astype(np.int64)
    return Crossings(*(a[order] for a in (other, home, metres, chainage, bins, km)))


def roads(sector: Sector) -> list[np.ndarray]:
    """Roads of the sector's optional roads.geojson as plane points (n, 2); InputError with its first fault."""
    path = sector.folder / "roads.geojson"
    if not path.exists():
        return []
    faults: list[Fault] = []
    lines = [_line(feature, path.name, i, sector.crs, faults) for i, feature in enumerate(read_features(path, faults))]
    if faults:
        raise InputError(faults[0].file, faults[0].field, faults[0].problem, faults[0].cure)
    return [line for line in lines if line is not None]


def _line(feature: dict[str, Any], file: str, i: int, crs: str, faults: list[Fault]) -> np.ndarray | None:
    lonlat = coordinates(feature, 2)
    if lonlat is None or len(lonlat) < 2:
        faults.append(Fault(file, f"features[{i}].geometry", "is not a line of degrees", "give a LineString in WGS84"))
        return None
    return np.stack(to_plane(lonlat[:, 0], lonlat[:, 1], crs), axis=-1)


def _along(lines: list[np.ndarray], grid: Grid) -> np.ndarray:
    """Cells that lines (n, 2) pass, without diagonal gaps."""
    passed = np.zeros(grid.shape, bool)
    for line in lines:
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        dense = np.append(np.arange(0.0, along[-1], grid.cell / 8.0), along[-1])
        x, y = np.interp(dense, along, line[:, 0]), np.interp(dense, along, line[:, 1])
        row, col = grid.index(x, y)
        inside = grid.inside(x, y)
        passed[row[inside], col[inside]] = True
        corner = inside[1:] & inside[:-1] & (np.diff(row) != 0) & (np.diff(col) != 0)
        passed[row[1:][corner], col[:-1][corner]] = True
    return passed


def search_ground(ground: Ground, mode: Mode) -> Terrainlike:
    """The ground as a way of crossing meets it; vehicles go at road speed along roads that are known."""
    none = np.zeros(ground.region.size, bool)
    road = ground.road if mode.target_class == "vehicle" else none
    wet = none if mode.flies else ground.water
    height = np.zeros_like(ground.height) if mode.flies else ground.height
    return Terrainlike(
        ground.grid.nx,
        ground.grid.cell,
        height,
        ground.region,
        ground.chainage,
        wet,
        road,
        pace_of(mode),
        1.0 / ROAD_SPEED,
        mode.water_delay,
    )
