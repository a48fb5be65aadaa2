"""What one observer sees: the minimum visible height above ground over a window of the raster."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from limes.errors import InputError, UsageError
from limes.grid import Grid
from limes.sensing.sight import exact, screen
from limes.sensing.sight.frame import Limits, quadrants
from limes.sensing.sight.memory import require_memory
from limes.units import EARTH_RADIUS

OPTICAL = 0.13
"""Refraction coefficient k of light near the ground (the surveyors' value)."""

RADAR = 0.25
"""Refraction coefficient k of radar in the 4/3 earth model."""

ENGINES = ("exact", "screen")
"""The engines `minimum_visible_height` knows."""


@dataclass(frozen=True)
class View:
    """Minimum visible heights over a window of a raster; `row` and `col` place its first cell in the raster.

    NaN: out of radius, sector or vertical field of view, or void terrain. Otherwise the least height above ground, metres, at
    which something at the cell's centre is seen; 0 where the ground itself is.
    """

    row: int
    col: int
    mvh: np.ndarray


@dataclass(frozen=True)
class Sight:
    """Minimum visible heights of one sensor on its own small grid.

    >>> sight = Sight(Grid(0.0, 60.0, 30.0, 2, 2), np.array([[0.0, 5.0], [np.nan, 1.0]], np.float32))
    >>> sight.at(np.array([45.0, 500.0]), np.array([45.0, 0.0])).tolist()
    [5.0, nan]
    >>> bool(sight.sees(45.0, 45.0, 1.7))
    False
    """

    grid: Grid
    mvh: np.ndarray

    def at(self, x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
        """Minimum visible height at the cell that holds each point, metres; NaN out of range."""
        row, col = self.grid.index(x, y)
        inside = (row >= 0) & (row < self.grid.ny) & (col >= 0) & (col < self.grid.nx)
        nearest = self.mvh[np.where(inside, row, 0), np.where(inside, col, 0)]
        return np.where(inside, nearest, np.float32(np.nan))

    def sees(self, x: np.ndarray | float, y: np.ndarray | float, height: np.ndarray | float) -> np.ndarray:
        """Whether something `height` metres above the ground is seen at each point."""
        return self.at(x, y) <= height


def minimum_visible_height(
    height: np.ndarray,
    cell: float,
    row: int,
    col: int,
    observer_height: float,
    radius: float,
    *,
    k: float = OPTICAL,
    engine: str = "exact",
    azimuth: float | None = None,
    width: float | None = None,
    inner: float = 0.0,
    elevation: tuple[float | None, float | None] = (None, None),
) -> View:
    """Least height above ground that the observer sees at every cell within `radius`, float32 metres.

    `height` is a float32 raster (ny, nx) of square cells of `cell` metres, NaN where void (voids hide nothing); the observer
    stands on the post (row, col), `observer_height` metres above it. The earth drops by (1 - k) d^2 / 2R. `azimuth` is the
    middle of a sector `width` wide (radians clockwise from grid north), `inner` the radius below which nothing is seen,
    `elevation` the lowest and highest angle seen, radians. Only the window the radius reaches is touched, in place where the
    raster is C-contiguous, writeable float32. InputError where the observer cannot stand or memory does not suffice.

    >>> flat = np.zeros((9, 9), np.float32)
    >>> view = minimum_visible_height(flat, 30.0, 4, 4, 10.0, 90.0)
    >>> view.row, view.col, view.mvh.shape, float(view.mvh[3, 3])
    (1, 1, (7, 7), 0.0)
    """
    _check(height, row, col, observer_height, radius, engine)
    (ny, nx), reach = height.shape, int(min(radius / cell, sum(height.shape)))
    top, left = max(row - reach, 0), max(col - reach, 0)
    shape = min(row + reach + 1, ny) - top, min(col + reach + 1, nx) - left
    require_memory(8 * shape[0] * shape[1] + 4096 * max(shape), "line of sight", "give a smaller range or a coarser terrain")
    mvh = np.full(shape, np.nan, np.float32)
    if inner <= 0.0:
        mvh[row - top, col - left] = 0.0 if elevation[0] is None or elevation[0] <= -math.pi / 2 else observer_height
    eye, drop = float(height[row, col]) + observer_height, (1.0 - k) * cell * cell / (2.0 * EARTH_RADIUS)
    limits = Limits(min(radius / cell, float(sum(height.shape))), inner / cell, azimuth, width, *elevation)
    sweep, window = exact.sweep if engine == "exact" else screen.sweep, (top, left, shape[1])
    if not (height.dtype == np.float32 and height.flags.c_contiguous and height.flags.writeable):
        height = np.array(height[top : top + shape[0], left : left + shape[1]], np.float32)
        row, col, window = row - top, col - left, (0, 0, shape[1])
    for quadrant in quadrants(height.shape, row, col, window, eye, drop, cell, limits):
        sweep(height.reshape(-1), mvh.reshape(-1), quadrant)
    return View(top, left, mvh)


def _check(height: np.ndarray, row: int, col: int, observer_height: float, radius: float, engine: str) -> None:
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r} is unknown; use {' or '.join(ENGINES)}")
    if height.ndim != 2 or min(height.shape) < 2:
        raise InputError(
            "terrain", "size", f"is {' x '.join(map(str, height.shape))} cells, fewer than 2 x 2", "take more of it"
        )
    if not (0 <= row < height.shape[0] and 0 <= col < height.shape[1]):
        raise InputError("terrain", "observer", f"cell ({row}, {col}) lies outside the raster", "move the observer inside")
    if not math.isfinite(height[row, col]):
        raise InputError("terrain", "observer", f"cell ({row}, {col}) is void", "move the observer or fill the voids")
    if not 0.0 <= observer_height < math.inf:
        raise InputError("observer", "height", f"is {observer_height}", "give metres above ground")
    if not radius > 0:
        raise InputError("observer", "range", f"is {radius} m", "give a positive number of metres")


def sight_from(
    grid: Grid,
    height: np.ndarray,
    x: float,
    y: float,
    observer_height: float,
    radius: float,
    *,
    k: float = OPTICAL,
    engine: str = "exact",
    azimuth: float | None = None,
    width: float | None = None,
    inner: float = 0.0,
    elevation: tuple[float | None, float | None] = (None, None),
) -> Sight:
    """`minimum_visible_height` from a place on the plane, as a `Sight` on its own cropped grid."""
    row, col = grid.index(x, y)
    view = minimum_visible_height(
        height, grid.cell, int(row), int(col), observer_height, radius,
        k=k, engine=engine, azimuth=azimuth, width=width, inner=inner, elevation=elevation,
    )  # fmt: skip
    return Sight(crop(grid, view), view.mvh)


def crop(grid: Grid, view: View) -> Grid:
    """The grid of a view's window."""
    ny, nx = view.mvh.shape
    return Grid(grid.west + view.col * grid.cell, grid.north - view.row * grid.cell, grid.cell, nx, ny)
