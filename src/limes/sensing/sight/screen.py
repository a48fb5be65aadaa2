"""The screening engine: the horizon sampled on a fixed fan of rays, in single precision, for thousands of candidates.

The fan has one ray per post of the outermost layer. Terrain is sampled exactly where a ray crosses a layer, and the horizon of
a cell is interpolated between its two rays, so that errors do not add up from layer to layer. See `exact` for u and v.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from limes.sensing.sight.blocks import BLOCK, read_block, slopes, write_block
from limes.sensing.sight.frame import Quadrant, limit, offsets, reachable, span

_UNSET = np.float32(-1e30)


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(raster: np.ndarray, out: np.ndarray, quadrant: Quadrant) -> None:
    """Write the minimum visible heights of one quadrant of a flat float32 raster into a flat float32 window."""
    layers = reachable(quadrant)
    width = 2 * layers + 3
    terrain, heights = np.empty((BLOCK, width), np.float32), np.empty((BLOCK, width), np.float32)
    v, horizon = np.empty(width, np.float32), np.full(2 * layers + 1, _UNSET, np.float32)
    for start in range(1, layers + 1, BLOCK):
        end = min(start + BLOCK - 1, layers)
        left, right = span(quadrant, start, end)
        read_block(raster, quadrant.terrain, start, end, left, right, terrain)
        for layer in range(start, end + 1):
            row = heights[layer - start, : right - left + 1]
            row[:] = 0.0
            lo, hi = offsets(quadrant, layer)
            posts = v[: hi - lo + 1]
            slopes(quadrant, layer, lo, terrain[layer - start, lo - left : hi - left + 1], posts)
            ua, ub = lo / layer, hi / layer
            if layer > 1:
                _read(horizon, layers / layer, (ua + 1.0) * layers, layer, posts, row[lo - left :])
            first, last = math.floor(ua * layers), math.ceil(ub * layers)
            _raise(horizon[layers + first : layers + last + 1], layer / layers, first * layer / layers - lo, posts)
            limit(quadrant, layer, left, terrain[layer - start, : row.size], row)
        write_block(out, quadrant.out, start, end, left, right, heights)


@njit(cache=True, nogil=True, error_model="numpy")
def _read(horizon: np.ndarray, step: float, start: float, layer: int, v: np.ndarray, heights: np.ndarray) -> None:
    """Height of the horizon above each post, the first of them at the place `start` of the fan."""
    last = horizon.size - 2
    for j in range(v.size):
        x = np.float32(start + j * step)
        a = min(int(x), last)
        h = horizon[a] + (x - np.float32(a)) * (horizon[a + 1] - horizon[a])
        heights[j] = max(np.float32(0.0), (h - v[j]) * np.float32(layer))


@njit(cache=True, nogil=True, error_model="numpy")
def _raise(rays: np.ndarray, step: float, start: float, v: np.ndarray) -> None:
    """Raise the horizon on rays to the edges between posts, the first ray at the place `start` of the layer."""
    last, end = v.size - 2, np.float32(v.size - 1)
    for r in range(rays.size):
        x = min(max(np.float32(start + r * step), np.float32(0.0)), end)
        a = min(int(x), last)
        rays[r] = max(rays[r], v[a] + (x - np.float32(a)) * (v[a + 1] - v[a]))
