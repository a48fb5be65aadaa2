"""One line of sight in full: the terrain under it, the clearance, what stands in its way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from limes.errors import InputError
from limes.grid import Grid
from limes.sensing.sight.frame import HOLE
from limes.sensing.sight.view import OPTICAL
from limes.units import EARTH_RADIUS

_LIGHT = 299_792_458.0


@dataclass(frozen=True)
class Profile:
    """The straight line from an observer's post to another, at every row and column of posts it crosses, both ends included.

    Arrays (n,): `distance` along the ground, m; `x`, `y`; `ground`, the terrain's height (NaN where void); `surface`, the same
    as the observer sees it, lowered by the curve of the earth less refraction; `line`, the height of the line of sight over the
    same datum; `fresnel`, the radius of the first Fresnel zone (0 without a frequency).
    `mvh` is the least height above ground that is seen at the far end, `height` the one asked about.
    """

    distance: np.ndarray
    x: np.ndarray
    y: np.ndarray
    ground: np.ndarray
    surface: np.ndarray
    line: np.ndarray
    fresnel: np.ndarray
    height: float
    mvh: float

    @property
    def seen(self) -> bool:
        """Whether the far end is seen at the height asked about."""
        return self.mvh <= self.height

    @property
    def clearance(self) -> np.ndarray:
        """Height of the line above the terrain, m; negative where terrain hides it, NaN over voids."""
        return self.line - self.surface

    @property
    def obstacle(self) -> int | None:
        """Index of the place between the ends that stands highest as the observer sees it; None with nothing between."""
        rise = (self.surface[1:-1] - self.line[0]) / self.distance[1:-1]
        return None if np.isnan(rise).all() else 1 + int(np.nanargmax(rise))

    @property
    def blocked(self) -> int | None:
        """Index of the first place from the start that stands above the line; None where the far end is seen."""
        above = np.flatnonzero(self.clearance[1:-1] < 0.0)
        return None if self.seen or not above.size else 1 + int(above[0])

    def outline(self, steps: int = 60) -> np.ndarray:
        """Indices (at most 3 steps + 4) that still draw the line: of each step the highest and lowest ground, and a void.

        High and low are meant against the line. Both ends, `obstacle` and `blocked` are always among them.

        >>> grid = Grid(0.0, 30.0, 10.0, 901, 3)
        >>> wall = np.zeros((3, 901), np.float32)
        >>> wall[:, 444] = 10.0
        >>> line = profile(grid, wall, (5.0, 15.0), 5.0, (9005.0, 15.0), 2.0)
        >>> line.distance.size, line.outline(20).size < 45, line.blocked in line.outline(20)
        (901, True, True)
        """
        n = self.distance.size
        step = np.minimum((self.distance / max(self.distance[-1], 1e-9) * steps).astype(np.int64), steps - 1)
        void = np.isnan(self.clearance)
        kept = {0, n - 1} | {i for i in (self.obstacle, self.blocked) if i is not None}
        for part in np.split(np.arange(n), np.flatnonzero(np.diff(step)) + 1):
            ground, holes = part[~void[part]], part[void[part]]
            if ground.size:
                kept |= {int(ground[self.clearance[ground].argmin()]), int(ground[self.clearance[ground].argmax()])}
            kept |= set(holes[:1].tolist())
        return np.array(sorted(kept), np.int64)

    @property
    def fresnel_clear(self) -> float:
        """Least clearance as a share of the first Fresnel zone; radio links ask for 0.6 (ITU-R P.530). Infinite without one."""
        inside = self.fresnel > 0
        return float(np.nanmin(self.clearance[inside] / self.fresnel[inside])) if inside.any() else math.inf


def profile(
    grid: Grid,
    height: np.ndarray,
    start: tuple[float, float],
    start_height: float,
    end: tuple[float, float],
    end_height: float,
    *,
    k: float = OPTICAL,
    frequency: float | None = None,
) -> Profile:
    """The line of sight between two places (x, y), heights above ground in metres, `frequency` in Hz for the Fresnel zone.

    Both ends are taken to the posts of their cells, so that `mvh` is what the engines give for that cell. The first zone's
    radius at d1 and d2 from the ends is sqrt(wavelength d1 d2 / (d1 + d2)) (ITU-R P.526). InputError for an end outside the
    raster or on a void.

    >>> grid = Grid(0.0, 30.0, 10.0, 9, 3)
    >>> wall = np.zeros((3, 9), np.float32)
    >>> wall[:, 4] = 10.0
    >>> line = profile(grid, wall, (5.0, 15.0), 5.0, (85.0, 15.0), 2.0)
    >>> line.seen, round(line.mvh, 2), float(line.x[line.obstacle])
    (False, 15.0, 45.0)
    """
    first, last = _post(grid, height, "start", start), _post(grid, height, "end", end)
    part, row, col = _crossings(first, last)
    distance = part * math.hypot(last[0] - first[0], last[1] - first[1]) * grid.cell
    drop = (1.0 - k) * grid.cell * grid.cell / (2.0 * EARTH_RADIUS)
    ground, surface = (_on_edges(height, row, col, first, fall, np.nan) for fall in (0.0, drop))
    eye, mvh = surface[0] + start_height, 0.0
    if max(abs(last[0] - first[0]), abs(last[1] - first[1])) > 1:
        filled = _on_edges(height, row, col, first, drop, HOLE)
        mvh = max(0.0, float(eye + np.max((filled[1:-1] - eye) / part[1:-1]) - surface[-1]))
    line = eye + (surface[-1] + end_height - eye) * part
    fresnel = np.sqrt((_LIGHT / frequency if frequency else 0.0) * distance * (1.0 - part))
    x, y = grid.west + (col + 0.5) * grid.cell, grid.north - (row + 0.5) * grid.cell
    return Profile(distance, x, y, ground, surface, line, fresnel, end_height, mvh)


def _post(grid: Grid, height: np.ndarray, field: str, place: tuple[float, float]) -> tuple[int, int]:
    row, col = (int(v) for v in grid.index(*place))
    if not grid.inside(*place):
        raise InputError("terrain", field, f"({place[0]:.0f}, {place[1]:.0f}) lies outside the raster", "move it inside")
    if not math.isfinite(height[row, col]):
        raise InputError("terrain", field, f"({place[0]:.0f}, {place[1]:.0f}) lies on a void", "move it or fill the voids")
    return row, col


def _crossings(first: tuple[int, int], last: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares of the way, rows and columns at which a line crosses rows or columns of posts, both ends included."""
    down, aside = last[0] - first[0], last[1] - first[1]
    i, j = np.arange(abs(down) + 1), np.arange(abs(aside) + 1)
    rows, cols = max(abs(down), 1), max(abs(aside), 1)
    part = np.concatenate([i / rows, j / cols])
    row = np.concatenate([first[0] + i * np.sign(down), first[0] + down * j / cols])
    col = np.concatenate([first[1] + aside * i / rows, first[1] + j * np.sign(aside)])
    part, once = np.unique(part, return_index=True)
    return part, row[once], col[once]


def _on_edges(
    height: np.ndarray, row: np.ndarray, col: np.ndarray, origin: tuple[int, int], drop: float, void: float
) -> np.ndarray:
    """Heights at points on grid edges, linear between posts, each lowered by `drop` times its squared distance in cells."""

    def post(r: np.ndarray, c: np.ndarray) -> np.ndarray:
        squared = (r - origin[0]) ** 2 + (c - origin[1]) ** 2
        raw = height[r, c].astype(float)
        return np.where(np.isfinite(raw), raw, void) - drop * squared

    top, left = np.floor(row).astype(int), np.floor(col).astype(int)
    beyond = (row - top) + (col - left)
    near = post(top, left)
    return near + beyond * (post(top + (row > top), left + (col > left)) - near)
