"""The screening engine: the horizon sampled on a fixed fan of rays, in single precision, for thousands of candidates.

The fan has one ray per post of the outermost layer. Terrain is sampled exactly where a ray crosses a layer, and the horizon of
a cell is interpolated between its two rays, so that errors do not add up from layer to layer. Edges between layers are left
out: a wall that runs along the line of sight may be missed. See `exact` for u and v.
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
    index, share = np.empty(width, np.uint32), np.empty(width, np.float32)
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
                _read(horizon, layers / layer, (ua + 1.0) * layers, layer, posts, row[lo - left :], index, share)
            first, last = math.floor(ua * layers), math.ceil(ub * layers)
            _raise(
                horizon[layers + first : layers + last + 1], layer / layers, first * layer / layers - lo, posts, index, share
            )
            limit(quadrant, layer, left, terrain[layer - start, : row.size], row)
        write_block(out, quadrant.out, start, end, left, right, heights)


@njit(cache=True, nogil=True, error_model="numpy")
def _read(
    horizon: np.ndarray,
    step: float,
    start: float,
    layer: int,
    v: np.ndarray,
    heights: np.ndarray,
    index: np.ndarray,
    share: np.ndarray,
) -> None:
    """Height of the horizon above each post, the first of them at the place `start` of the fan."""
    _split(step, start, horizon.size - 1, index[: v.size], share)
    depth = np.float32(layer)
    for j in range(v.size):
        a = index[j]
        low = horizon[a]
        h = low + share[j] * (horizon[a + np.uint32(1)] - low)
        heights[j] = max(np.float32(0.0), (h - v[j]) * depth)


@njit(cache=True, nogil=True, error_model="numpy")
def _raise(rays: np.ndarray, step: float, start: float, v: np.ndarray, index: np.ndarray, share: np.ndarray) -> None:
    """Raise the horizon on rays to the edges between posts, the first ray at the place `start` of the layer."""
    _split(step, start, v.size - 1, index[: rays.size], share)
    for r in range(rays.size):
        a = index[r]
        low = v[a]
        rays[r] = max(rays[r], low + share[r] * (v[a + np.uint32(1)] - low))


@njit(cache=True, nogil=True, error_model="numpy")
def _split(step: float, start: float, end: int, index: np.ndarray, share: np.ndarray) -> None:
    """Places start, start + step, ... within 0..end as an index below `end` and the share of the way to the next."""
    single, first, bound = np.float32(step), np.float32(start), np.float32(end)
    last = np.int32(end - 1)
    for r in range(index.size):
        x = min(max(first + np.float32(np.int32(r)) * single, np.float32(0.0)), bound)
        a = min(np.int32(x), last)
        index[r] = np.uint32(a)
        share[r] = x - np.float32(a)
