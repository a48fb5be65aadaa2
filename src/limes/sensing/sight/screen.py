"""The screening engine: the horizon sampled on a fixed fan of rays, in single precision, for thousands of candidates.

The fan has three rays per post of the outermost layer (two where that is far). Terrain is sampled exactly where a ray crosses
an edge along a layer or between two layers, and the horizon of a cell is interpolated between its two rays, so that errors do
not add up from layer to layer. Edges both ends of which are hidden are passed over. See `exact` for u and v.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from limes.sensing.sight.blocks import BLOCK, read_block, slopes, write_block
from limes.sensing.sight.frame import Quadrant, limit, offsets, reachable, span

_UNSET = np.float32(-1e30)
_RAYS, _LAYERS = 3, 1000
"""Rays per post of the outermost layer, and the layers beyond which it is one less: a wider fan costs more than it gains."""

_HIDDEN = 2.0
"""Depth of a post below the horizon, metres, from which it counts as hidden: between posts an edge may rise to it again."""

_GAP = 16
"""Hidden posts between two seen ones over which the horizon is raised all the same, which costs less than to start anew."""

_MARGIN = 1e-6
"""Share of the way between two rays within which a post lies on a ray."""


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(raster: np.ndarray, out: np.ndarray, quadrant: Quadrant) -> None:
    """Write the minimum visible heights of one quadrant of a flat float32 raster into a flat float32 window."""
    layers = reachable(quadrant)
    zero, width, rays = layers + 1, 2 * layers + 3, layers * (_RAYS if layers <= _LAYERS else _RAYS - 1)
    terrain, heights = np.empty((BLOCK, width), np.float32), np.empty((BLOCK, width), np.float32)
    here, there, horizon = np.empty(width, np.float32), np.empty(width, np.float32), np.full(2 * rays + 1, _UNSET, np.float32)
    index, share = np.empty(2 * rays + 3, np.uint32), np.empty(2 * rays + 3, np.float32)
    for start in range(1, layers + 1, BLOCK):
        end = min(start + BLOCK - 1, layers)
        left, right = span(quadrant, start, end)
        read_block(raster, quadrant.terrain, start, end, left, right, terrain)
        for layer in range(start, end + 1):
            row = heights[layer - start, : right - left + 1]
            row[:] = 0.0
            lo, hi = offsets(quadrant, layer)
            v, nearer, above = here[zero + lo : zero + hi + 1], there[zero + lo : zero + hi + 1], row[lo - left : hi - left + 1]
            slopes(quadrant, layer, lo, terrain[layer - start, lo - left : hi - left + 1], v)
            if layer > 1:
                _read(horizon, rays / layer, (lo / layer + 1.0) * rays, layer, v, above, index, share)
            _raise(horizon, layer, lo, v, nearer, above, index, share)
            limit(quadrant, layer, left, terrain[layer - start, : row.size], row)
            here, there = there, here
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
def _raise(
    horizon: np.ndarray,
    layer: int,
    lo: int,
    v: np.ndarray,
    nearer: np.ndarray,
    heights: np.ndarray,
    index: np.ndarray,
    share: np.ndarray,
) -> None:
    """Raise the horizon to a layer's edges that have a seen end, and to those between it and the layer before."""
    middle, j = (horizon.size - 1) // 2, 0
    step = layer / middle
    while j < v.size:
        if heights[j] > _HIDDEN:
            j += 1
            continue
        a, seen = max(j - 1, 0), j
        while j < v.size and j - seen <= _GAP:
            seen = j if heights[j] <= _HIDDEN else seen
            j += 1
        b = min(seen + 1, v.size - 1)
        first = math.floor((lo + a) / step) if a == 0 else math.ceil((lo + a) / step - _MARGIN)
        last = math.ceil((lo + b) / step) if b == v.size - 1 else math.floor((lo + b) / step + _MARGIN)
        first, last = max(first, -middle), min(last, middle)
        _lift(horizon[middle + first : middle + last + 1], step, first * step - (lo + a), v[a : b + 1], index, share)
        if layer > 1:
            _raise_between(horizon, layer, lo + a, v[a : b + 1], nearer[a : b + 1], heights[a : b + 1])


@njit(cache=True, nogil=True, error_model="numpy")
def _lift(rays: np.ndarray, step: float, start: float, v: np.ndarray, index: np.ndarray, share: np.ndarray) -> None:
    """Raise rays to the edges between posts, the first ray at the place `start` among them."""
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


@njit(cache=True, nogil=True, error_model="numpy")
def _raise_between(horizon: np.ndarray, layer: int, lo: int, v: np.ndarray, nearer: np.ndarray, heights: np.ndarray) -> None:
    """Raise the horizon to the edges between a layer and the one before whose farther end is seen.

    Only ridges along the line of sight count: elsewhere the edges along the two layers stand higher. Such an edge lies after
    its post right of the middle and before it left of the middle.
    """
    last, depth, nearer_depth = v.size - 1, np.float32(layer), np.float32(layer - 1)
    for j in range(max(1 - lo, 1), last):
        aside, rise = np.float32(lo + j), (nearer[j] - v[j]) * nearer_depth
        outer, inner = (v[j + 1] - v[j]) * aside, (nearer[j] - nearer[j - 1]) * nearer_depth * aside
        if (heights[j] <= _HIDDEN) & (outer < rise) & (rise * depth < inner):
            _lift_between(horizon, lo + j, layer, v[j], nearer[j])
    for j in range(1, min(-lo, last)):
        aside, rise = np.float32(-lo - j), (nearer[j] - v[j]) * nearer_depth
        outer, inner = (v[j - 1] - v[j]) * aside, (nearer[j] - nearer[j + 1]) * nearer_depth * aside
        if (heights[j] <= _HIDDEN) & (outer < rise) & (rise * depth < inner):
            _lift_between(horizon, lo + j, layer, v[j], nearer[j])
    if 0 < lo < layer and heights[0] <= _HIDDEN:
        _lift_between(horizon, lo, layer, v[0], nearer[0])
    if 0 < -lo - last < layer and heights[last] <= _HIDDEN:
        _lift_between(horizon, lo + last, layer, v[last], nearer[last])


@njit(cache=True, nogil=True, error_model="numpy")
def _lift_between(horizon: np.ndarray, offset: int, layer: int, far: float, near: float) -> None:
    """Raise the rays that cross the edge from a layer's post to the one before it at the same offset."""
    middle = (horizon.size - 1) // 2
    there, here = offset / layer * middle, offset / (layer - 1) * middle
    rise = (near - far) / (here - there)
    for r in range(max(math.ceil(min(there, here)), -middle), min(math.floor(max(there, here)), middle) + 1):
        horizon[middle + r] = max(horizon[middle + r], np.float32(far + rise * (r - there)))
