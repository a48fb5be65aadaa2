"""Terrain from elevation tiles: .hgt, DTED or GeoTIFF in any frame, several at once, brought onto one plane grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.grid import Grid
from limes.sector.terrain import Terrain

LOWEST, HIGHEST = -500.0, 9000.0
"""Heights outside these, metres, are voids whatever the file says: no land lies there."""

CELL = 30.0
"""Cell of a grid made for tiles, metres."""

MARGIN = 15_000.0
"""Terrain around the border for which a grid is made, metres."""

FILL_CELLS = 20
"""Voids are filled from their rims up to this many cells away; wider ones stay voids."""


@dataclass(frozen=True)
class TileReport:
    """What became of the tiles: cells in all, cells no tile covers, void cells found, filled and left."""

    tiles: tuple[str, ...]
    cells: int
    uncovered: int
    voids: int
    filled: int

    @property
    def left(self) -> int:
        """Void cells that stay."""
        return self.voids - self.filled


def grid_around(x: np.ndarray, y: np.ndarray, margin: float, cell: float) -> Grid:
    """The grid of whole cells that holds all points and `margin` metres around them.

    >>> grid_around(np.array([0.0, 100.0]), np.array([0.0, 50.0]), 30.0, 30.0)
    Grid(west=-30.0, north=90.0, cell=30.0, nx=6, ny=4)
    """
    west, south = (np.floor((axis.min() - margin) / cell) * cell for axis in (x, y))
    east, north = (np.ceil((axis.max() + margin) / cell) * cell for axis in (x, y))
    return Grid(float(west), float(north), cell, round((east - west) / cell), round((north - south) / cell))


def terrain_from_tiles(
    tiles: Sequence[Path], grid: Grid, crs: str, source: str, fill_cells: int = FILL_CELLS
) -> tuple[Terrain, TileReport]:
    """Bring tiles onto a grid in a projected CRS; where tiles overlap the first one given with a height there counts.

    Tiles finer than the grid are averaged, others interpolated bilinearly. Voids inside the tiles are filled by inverse
    distance from their rims; places no tile covers stay void. The result is modelled only if a tile is tagged so.
    Raises InputError for a tile that cannot be read, has no CRS or lies wholly outside the grid.
    """
    height = np.full(grid.shape, np.nan, np.float32)
    covered = np.zeros(grid.shape, bool)
    modelled = False
    for tile in tiles:
        part, inside, tagged = _warp(Path(tile), grid, crs)
        height = np.where(np.isnan(height), part, height)
        covered |= inside
        modelled |= tagged
    voids = covered & np.isnan(height)
    filled = _fill(height, voids, fill_cells) if voids.any() else height
    names = tuple(Path(tile).name for tile in tiles)
    done = int((voids & ~np.isnan(filled)).sum())
    report = TileReport(names, height.size, int((~covered).sum()), int(voids.sum()), done)
    return Terrain(grid, filled, crs, modelled, source), report


def _warp(tile: Path, grid: Grid, crs: str) -> tuple[np.ndarray, np.ndarray, bool]:
    """Heights (NaN: void or outside) and cover of one tile on the grid, and whether it is tagged as modelled."""
    import rasterio
    from rasterio.transform import from_origin
    from rasterio.warp import Resampling, reproject

    target = {"dst_transform": from_origin(grid.west, grid.north, grid.cell, grid.cell), "dst_crs": crs}
    height, cover = np.full(grid.shape, np.nan, np.float32), np.zeros(grid.shape, np.uint8)
    try:
        with rasterio.open(tile) as file:
            values, transform, spacing = _read_part(tile, file, grid, crs)
            modelled = file.tags().get("modelled") == "yes"
            frame = {"src_transform": transform, "src_crs": file.crs}
    except rasterio.errors.RasterioIOError as error:
        raise InputError(tile, "", f"cannot be read as a raster ({error})", "give .hgt, .dt1, .dt2 or GeoTIFF files") from error
    method = Resampling.average if spacing < 0.7 * grid.cell else Resampling.bilinear
    reproject(values, height, src_nodata=np.nan, dst_nodata=np.nan, resampling=method, **frame, **target)
    reproject(np.ones(values.shape, np.uint8), cover, resampling=Resampling.nearest, **frame, **target)
    if not cover.any():
        raise InputError(tile, "bounds", "lies wholly outside the sector", "give the tiles that hold the border")
    return height, cover.astype(bool), modelled


def _read_part(tile: Path, file: Any, grid: Grid, crs: str) -> tuple[np.ndarray, Any, float]:
    """Heights of the part of a file around the grid, their transform, and their spacing on the plane in metres."""
    from rasterio.warp import calculate_default_transform, transform_bounds
    from rasterio.windows import Window, from_bounds

    if file.crs is None:
        raise InputError(tile, "crs", "is missing", "give a georeferenced file (gdal_edit.py -a_srs sets it)")
    bounds = transform_bounds(crs, file.crs, *grid.bounds)
    around = from_bounds(*bounds, transform=file.transform)
    c0, r0 = max(int(around.col_off) - 4, 0), max(int(around.row_off) - 4, 0)
    c1 = min(int(around.col_off + around.width) + 5, file.width)
    r1 = min(int(around.row_off + around.height) + 5, file.height)
    if c1 - c0 < 2 or r1 - r0 < 2:
        raise InputError(tile, "bounds", "lies wholly outside the sector", "give the tiles that hold the border")
    window = Window(c0, r0, c1 - c0, r1 - r0)
    values = file.read(1, window=window, masked=True).astype(np.float32).filled(np.nan)
    values = values * np.float32(file.scales[0]) + np.float32(file.offsets[0])
    values[(values < LOWEST) | (values > HIGHEST)] = np.nan
    spacing = abs(calculate_default_transform(file.crs, crs, file.width, file.height, *file.bounds)[0].a)
    return values, file.window_transform(window), spacing


def _fill(height: np.ndarray, voids: np.ndarray, cells: int) -> np.ndarray:
    from rasterio.fill import fillnodata

    known = ~np.isnan(height)
    guess = fillnodata(np.where(known, height, 0.0).astype(np.float32), mask=known, max_search_distance=cells)
    reached = _within(known, cells)
    return np.where(voids & reached, guess, height).astype(np.float32)


def _within(known: np.ndarray, cells: int) -> np.ndarray:
    from scipy.ndimage import distance_transform_edt

    return distance_transform_edt(~known) <= cells
