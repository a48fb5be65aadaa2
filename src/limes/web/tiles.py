"""Rasters for the map: hillshade tiles from the sector's own terrain, overlays in web-mercator, PNG bytes."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image
from pyproj import Transformer

from limes.grid import Grid

TILE = 256
_HALF = math.pi * 6_378_137.0
"""Half the width of the web-mercator world, metres."""


def hillshade(
    height: np.ndarray, cell: float, azimuth: float = math.radians(315), altitude: float = math.radians(45)
) -> np.ndarray:
    """Shade a height raster, 0 (dark) to 1 (lit), NaN in voids; light from the north-west as on printed maps.

    `height` (ny, nx) in metres, row 0 north, `cell` metres; Horn (1981) reflectance of a Lambertian surface.

    >>> hillshade(np.zeros((3, 3)), 30.0).round(3)[1, 1].item()
    0.707
    """
    dy, dx = np.gradient(height, cell)
    slope = np.arctan(np.hypot(dx, dy))
    aspect = np.arctan2(-dx, dy)
    return np.asarray(
        np.clip(math.sin(altitude) * np.cos(slope) + math.cos(altitude) * np.sin(slope) * np.cos(azimuth - aspect), 0.0, 1.0)
    )


def halved(raster: np.ndarray) -> np.ndarray:
    """Mean of blocks of 2 x 2 cells; an odd last row or column is left out."""
    ny, nx = raster.shape[0] // 2 * 2, raster.shape[1] // 2 * 2
    return raster[:ny, :nx].reshape(ny // 2, 2, nx // 2, 2).mean(axis=(1, 3), dtype=np.float32)


class Pyramid:
    """A raster and its halvings, sampled for map tiles."""

    def __init__(self, raster: np.ndarray, grid: Grid, crs: str, levels: int = 5) -> None:
        """Make the halvings; `raster` lies on `grid` in `crs`."""
        self.grid = grid
        self.levels = [np.asarray(raster, np.float32)]
        for _ in range(levels):
            self.levels.append(halved(self.levels[-1]))
        self._to_plane = Transformer.from_crs("EPSG:3857", crs, always_xy=True)

    def tile(self, z: int, x: int, y: int) -> np.ndarray | None:
        """Values of one 256 x 256 web-mercator tile, NaN outside the raster; None when the tile misses it."""
        size = 2 * _HALF / 2**z
        step = size / TILE
        mx = -_HALF + x * size + (np.arange(TILE) + 0.5) * step
        my = _HALF - y * size - (np.arange(TILE) + 0.5) * step
        columns, rows = np.meshgrid(mx, my)
        return self.sample(columns, rows, step)

    def sample(self, mx: np.ndarray, my: np.ndarray, step: float) -> np.ndarray | None:
        """Values at web-mercator points that lie `step` apart; None when all miss the raster."""
        px, py = self._to_plane.transform(mx, my)
        if not self.grid.inside(px, py).any():
            return None
        level = int(np.clip(math.floor(math.log2(max(step / self.grid.cell, 1.0))), 0, len(self.levels) - 1))
        return _bilinear(self.levels[level], self.grid.west, self.grid.north, self.grid.cell * 2**level, px, py)


def _bilinear(raster: np.ndarray, west: float, north: float, cell: float, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    column, row = (x - west) / cell - 0.5, (north - y) / cell - 0.5
    ny, nx = raster.shape
    inside = (row > -1) & (row < ny) & (column > -1) & (column < nx)
    row, column = np.clip(row, 0, ny - 1.001), np.clip(column, 0, nx - 1.001)
    i, j = row.astype(np.int64), column.astype(np.int64)
    f, g = (row - i).astype(np.float32), (column - j).astype(np.float32)
    upper = raster[i, j] * (1 - g) + raster[i, j + 1] * g
    lower = raster[i + 1, j] * (1 - g) + raster[i + 1, j + 1] * g
    return np.where(inside, upper * (1 - f) + lower * f, np.nan)


def png(rgba: np.ndarray) -> bytes:
    """Encode (ny, nx, 4) uint8 pixels as PNG."""
    memory = io.BytesIO()
    Image.fromarray(rgba).save(memory, "PNG", compress_level=3)
    return memory.getvalue()


def grey(values: np.ndarray) -> np.ndarray:
    """Grey pixels from values 0 to 1; NaN is transparent."""
    level = np.nan_to_num(values * 255.0).astype(np.uint8)
    return np.stack([level, level, level, np.where(np.isnan(values), 0, 255).astype(np.uint8)], axis=-1)


_STOPS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
_COLOURS = np.array([[255, 226, 122], [196, 176, 104], [124, 123, 120], [74, 94, 120], [38, 66, 104]], float)


def probability_colours(p: np.ndarray) -> np.ndarray:
    """Colour-blind-safe pixels for probabilities, yellow (weak) to blue (strong) as on the strip; what is not seen is clear."""
    clean = np.nan_to_num(p)
    channels = [np.interp(clean, _STOPS, _COLOURS[:, k]) for k in range(3)]
    alpha = np.where(np.isnan(p) | (clean < 0.02), 0.0, 130.0)
    return np.stack([*channels, alpha], axis=-1).astype(np.uint8)
