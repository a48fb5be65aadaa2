"""The terrain: heights on a regular raster of the plane, whether they are modelled, and questions asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.grid import Grid

_VOID = -32768
_SCALE = 0.1  # files hold whole decimetres


@dataclass(frozen=True)
class Terrain:
    """Heights in metres, float32 (ny, nx), NaN where there is a void; `modelled` heights come from no survey."""

    grid: Grid
    height: np.ndarray
    crs: str
    modelled: bool
    source: str

    def sample(self, x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
        """Bilinear height at each point, float64; NaN outside the raster and beside voids.

        >>> grid = Grid(0.0, 20.0, 10.0, 2, 2)
        >>> hill = Terrain(grid, np.array([[0, 10], [0, 10]], np.float32), "EPSG:32637", True, "example")
        >>> float(hill.sample(10.0, 10.0))
        5.0
        """
        column = (np.asarray(x, float) - self.grid.west) / self.grid.cell - 0.5
        row = (self.grid.north - np.asarray(y, float)) / self.grid.cell - 0.5
        inside = (column >= -0.5) & (column <= self.grid.nx - 0.5) & (row >= -0.5) & (row <= self.grid.ny - 0.5)
        column = np.clip(np.where(inside, column, 0.0), 0.0, self.grid.nx - 1.0)
        row = np.clip(np.where(inside, row, 0.0), 0.0, self.grid.ny - 1.0)
        return np.where(inside, _bilinear(self.height, row, column), np.nan)

    def slope(self, x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
        """Steepest slope at each point, radians, from central differences one cell either way; NaN where `sample` is."""
        x, y, step = np.asarray(x, float), np.asarray(y, float), self.grid.cell
        east = (self.sample(x + step, y) - self.sample(x - step, y)) / (2 * step)
        north = (self.sample(x, y + step) - self.sample(x, y - step)) / (2 * step)
        return np.arctan(np.hypot(east, north))

    def profile(self, x0: float, y0: float, x1: float, y1: float, step: float | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Distances (n,) from the first point and heights (n,) on the straight line to the second.

        `step` is the greatest spacing in metres (default: one cell); both ends are included.
        """
        length = float(np.hypot(x1 - x0, y1 - y0))
        count = max(int(np.ceil(length / (step or self.grid.cell))), 1) + 1
        part = np.linspace(0.0, 1.0, count)
        return part * length, self.sample(x0 + part * (x1 - x0), y0 + part * (y1 - y0))


def _bilinear(height: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    r = np.minimum(row.astype(np.int64), height.shape[0] - 2)
    c = np.minimum(column.astype(np.int64), height.shape[1] - 2)
    down, right = row - r, column - c
    upper = height[r, c] * (1 - right) + height[r, c + 1] * right
    lower = height[r + 1, c] * (1 - right) + height[r + 1, c + 1] * right
    return upper * (1 - down) + lower * down


def read_terrain(path: Path, crs: str, modelled: bool = False, source: str = "") -> Terrain:
    """Read a terrain raster that is already in the sector's projected CRS with square cells.

    A `modelled=yes` tag in the file counts as much as the argument. Raises InputError when the file cannot be read or its
    frame is another one; other frames go through `limes.sector.tiles`.
    """
    with _opened(path) as file:
        field, problem = _frame_problem(file, crs)
        if problem:
            cure = "run `limes sector terrain FOLDER TILE...`, which brings any tiles into the sector's frame"
            raise InputError(path.name, field, problem, cure)
        tags = file.tags()
        raw = file.read(1, masked=True)
        height = raw.astype(np.float32).filled(np.nan) * np.float32(file.scales[0]) + np.float32(file.offsets[0])
        grid = Grid(file.transform.c, file.transform.f, file.transform.a, file.width, file.height)
    modelled = modelled or tags.get("modelled", "no") == "yes"
    return Terrain(grid, height, crs, modelled, source or tags.get("source", ""))


def fits(path: Path, crs: str) -> bool:
    """Whether a raster is already in a projected CRS with square cells, so that `read_terrain` takes it as it is."""
    with _opened(path) as file:
        return not _frame_problem(file, crs)[1]


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import rasterio

    try:
        with rasterio.open(path) as file:
            yield file
    except rasterio.errors.RasterioIOError as error:
        raise InputError(path.name, "", f"cannot be read as a raster ({error})", "give a GeoTIFF, .hgt or DTED file") from error


def _frame_problem(file: Any, crs: str) -> tuple[str, str]:
    from pyproj import CRS

    if file.crs is None or not CRS.from_user_input(crs).equals(CRS.from_user_input(file.crs), ignore_axis_order=True):
        return "crs", f"is {file.crs or 'missing'}, the sector's is {crs}"
    t = file.transform
    if t.b or t.d or abs(t.a + t.e) > 1e-6 * t.a or t.a <= 0:
        return "transform", "is not a north-up raster of square cells"
    if file.width < 2 or file.height < 2:
        return "size", f"is {file.width} x {file.height} cells, fewer than 2 x 2"
    return "", ""


def write_terrain(path: Path, terrain: Terrain) -> None:
    """Write heights as a compressed GeoTIFF of whole decimetres (int16, scale 0.1), tagged with its source and its label.

    High mountains get an offset of whole kilometres. Raises InputError when the heights span more than 6.5 km.
    """
    import rasterio
    from rasterio.transform import from_origin

    offset = 1000.0 * np.round(np.nanmean(terrain.height) / 1000.0) if np.nanmax(np.abs(terrain.height)) > 3200 else 0.0
    steps = np.rint((terrain.height.astype(float) - offset) / _SCALE)
    if np.nanmax(np.abs(steps)) >= -_VOID:
        raise InputError(path.name, "height", "spans more than 6.5 km", "cut the terrain to the sector")
    grid = terrain.grid
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=grid.nx,
        height=grid.ny,
        count=1,
        dtype="int16",
        crs=terrain.crs,
        transform=from_origin(grid.west, grid.north, grid.cell, grid.cell),
        nodata=_VOID,
        compress="deflate",
        predictor=2,
        zlevel=9,
        tiled=True,
        blockxsize=512,
        blockysize=512,
    ) as file:
        file.scales, file.offsets = (_SCALE,), (float(offset),)
        file.update_tags(modelled="yes" if terrain.modelled else "no", source=terrain.source, units="metres")
        file.write(np.where(np.isfinite(steps), steps, _VOID).astype(np.int16), 1)
