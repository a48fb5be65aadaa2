"""Terrain from elevation tiles: .hgt, DTED or GeoTIFF in any frame, several at once, brought onto one plane grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

FILL_CELLS = 10
"""Voids no deeper than this many cells from their rims are filled from them; deeper ones stay voids."""


Track = Callable[[Sequence[Path]], Iterable[Path]]
"""Passes the tiles on one by one; a command shows its progress so."""


@dataclass(frozen=True)
class TileReport:
    """What became of the tiles: those used and those off the grid, its cells, cells no tile covers, voids found and filled."""

    tiles: tuple[str, ...]
    unused: tuple[str, ...]
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
    tiles: Sequence[Path],
    grid: Grid,
    crs: str,
    source: str,
    crop: bool = False,
    fill_cells: int = FILL_CELLS,
    track: Track = iter,
) -> tuple[Terrain, TileReport]:
    """Bring tiles onto a grid in a projected CRS; where tiles overlap the first one given with a height there counts.

    Tiles finer than the grid are averaged, others interpolated bilinearly. Voids inside the tiles are filled by inverse
    distance from their rims; places no tile covers stay void, and `crop` cuts the grid to the tiles' outer edges. The result
    is modelled only if a tile is tagged so; an empty `source` becomes the names of the tiles.
    Raises InputError for a tile that cannot be read or has no CRS, and when none reaches the grid.
    """
    height = np.full(grid.shape, np.nan, np.float32)
    covered = np.zeros(grid.shape, bool)
    modelled = False
    used, unused = [], []
    for tile in track([Path(tile) for tile in tiles]):
        part, inside, tagged = _warp(tile, grid, crs)
        if not inside.any():
            unused.append(tile.name)
            continue
        used.append(tile.name)
        height = np.where(np.isnan(height), part, height)
        covered |= inside
        modelled |= tagged
    if not covered.any():
        raise InputError(", ".join(unused), "bounds", "lie wholly outside the sector", "give the tiles that hold the border")
    if crop:
        grid, window = _cropped(grid, covered)
        height, covered = np.ascontiguousarray(height[window]), covered[window]
    voids = covered & np.isnan(height)
    filled = _fill(height, voids, fill_cells) if voids.any() else height
    done = int((voids & ~np.isnan(filled)).sum())
    report = TileReport(tuple(used), tuple(unused), height.size, int((~covered).sum()), int(voids.sum()), done)
    return Terrain(grid, filled, crs, modelled, source or f"surveyed tiles: {', '.join(used)}"), report


def _cropped(grid: Grid, covered: np.ndarray) -> tuple[Grid, tuple[slice, slice]]:
    """The grid and window of the rows and columns that any tile reaches."""
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    window = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    west, north = grid.west + window[1].start * grid.cell, grid.north - window[0].start * grid.cell
    return Grid(west, north, grid.cell, int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1), window


def _warp(tile: Path, grid: Grid, crs: str) -> tuple[np.ndarray, np.ndarray, bool]:
    """Heights (NaN: void or outside) and cover of one tile on the grid, and whether it is tagged as modelled."""
    import rasterio
    from rasterio.transform import from_origin
    from rasterio.warp import Resampling, reproject

    target = {"dst_transform": from_origin(grid.west, grid.north, grid.cell, grid.cell), "dst_crs": crs}
    height, cover = np.full(grid.shape, np.nan, np.float32), np.zeros(grid.shape, np.uint8)
    try:
        with rasterio.open(tile) as file:
            if file.crs is None:
                raise InputError(tile, "crs", "is missing", "give a georeferenced file (gdal_edit.py -a_srs sets it)")
            values, transform, spacing = _read_part(file, grid, crs)
            modelled = file.tags().get("modelled") == "yes"
            frame = {"src_transform": transform, "src_crs": file.crs}
    except rasterio.errors.RasterioIOError as error:
        raise InputError(tile, "", f"cannot be read as a raster ({error})", "give .hgt, .dt1, .dt2 or GeoTIFF files") from error
    if values.size == 0:
        return height, cover.astype(bool), modelled
    method = Resampling.average if spacing < 0.7 * grid.cell else Resampling.bilinear
    reproject(values, height, src_nodata=np.nan, dst_nodata=np.nan, resampling=method, **frame, **target)
    reproject(np.ones(values.shape, np.uint8), cover, resampling=Resampling.nearest, **frame, **target)
    return height, cover.astype(bool), modelled


def _read_part(file: Any, grid: Grid, crs: str) -> tuple[np.ndarray, Any, float]:
    """Heights (h, w) of the part of a file around the grid (none: h or w is 0), their transform and spacing, metres."""
    from rasterio.warp import calculate_default_transform, transform_bounds
    from rasterio.windows import Window, from_bounds

    bounds = transform_bounds(crs, file.crs, *grid.bounds)
    around = from_bounds(*bounds, transform=file.transform)
    c0, r0 = max(int(around.col_off) - 4, 0), max(int(around.row_off) - 4, 0)
    c1 = min(int(around.col_off + around.width) + 5, file.width)
    r1 = min(int(around.row_off + around.height) + 5, file.height)
    if c1 - c0 < 2 or r1 - r0 < 2:
        return np.empty((0, 0), np.float32), file.transform, 0.0
    window = Window(c0, r0, c1 - c0, r1 - r0)
    values = file.read(1, window=window, masked=True).astype(np.float32).filled(np.nan)
    values = values * np.float32(file.scales[0]) + np.float32(file.offsets[0])
    values[(values < LOWEST) | (values > HIGHEST)] = np.nan
    spacing = abs(calculate_default_transform(file.crs, crs, file.width, file.height, *file.bounds)[0].a)
    return values, file.window_transform(window), spacing


def _fill(height: np.ndarray, voids: np.ndarray, cells: int) -> np.ndarray:
    """Heights with the voids filled whose every cell lies within so many cells of a height."""
    from rasterio.fill import fillnodata
    from scipy.ndimage import distance_transform_edt, label, maximum

    known = ~np.isnan(height)
    holes, count = label(voids, np.ones((3, 3)))
    depth = maximum(distance_transform_edt(~known), holes, np.arange(count + 1))
    small = voids & (depth <= cells)[holes]
    guess = fillnodata(np.where(known, height, 0.0).astype(np.float32), mask=known, max_search_distance=2 * cells + 1)
    return np.where(small, guess, height).astype(np.float32)
