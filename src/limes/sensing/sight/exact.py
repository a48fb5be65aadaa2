"""The exact engine: the horizon of a quadrant as a piecewise linear function, raised layer by layer.

Seen from the observer, a post at layer `l` (rows away) and offset `i` (posts aside) has the bearing u = i / l and the slope
v = (height - eye) / l. This projection keeps straight lines straight, so every terrain edge is a segment in (u, v) and the
horizon H(u), the greatest v of all nearer edges, is piecewise linear. A cell is visible from (H(u) - v) l above its ground.

The edges along a layer form a chain over u; the edges between two layers run from a post of the nearer one to a post of the
farther one and never overlap. Both are merged into H, so that H answers for every crossing of a row and of a column line:
the 'gridlines' terrain model of Haverkort, Toma and Zhuang (2013). Nothing is resampled.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from limes.sensing.sight.blocks import BLOCK, read_block, slopes, write_block
from limes.sensing.sight.frame import Quadrant, bearings, limit, offsets, reachable, span
from limes.sensing.sight.horizon import begin, merge, with_room


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(raster: np.ndarray, out: np.ndarray, quadrant: Quadrant) -> None:
    """Write the minimum visible heights of one quadrant of a flat float32 raster into a flat float32 window."""
    layers = reachable(quadrant)
    zero, width = layers + 1, 2 * layers + 3
    terrain, heights = np.empty((BLOCK, width), np.float32), np.empty((BLOCK, width), np.float32)
    here, there, values, highest = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
    before, hidden = np.empty(width, np.uint32), np.empty(width, np.bool_)
    old, new = np.empty(3 * (20 * layers + 64)), np.empty(3 * (20 * layers + 64))
    first, count = 0, 0
    for start in range(1, layers + 1, BLOCK):
        end = min(start + BLOCK - 1, layers)
        left, right = span(quadrant, start, end)
        read_block(raster, quadrant.terrain, start, end, left, right, terrain)
        for layer in range(start, end + 1):
            row = heights[layer - start, : right - left + 1]
            row[:] = 0.0
            lo, hi = offsets(quadrant, layer)
            posts = terrain[layer - start, lo - left : hi - left + 1]
            v, nearer = here[zero + lo : zero + hi + 1], there[zero + lo : zero + hi + 1]
            slopes(quadrant, layer, lo, posts, v)
            if layer == 1:
                count = begin(old, v, lo, hi)
            else:
                ua, ub = bearings(quadrant, layer, lo, hi)
                _edges(v, nearer, lo, highest, hidden)
                first = _locate(old, first, count, layer, lo, v.size, ua, highest, before, hidden)
                _measure(old, first, layer, lo, v, before, values, hidden, row[lo - left :])
                old, new = with_room(old, 2 * count + 6 * v.size), with_room(new, 2 * count + 6 * v.size)
                raised = merge(old, new, first, layer, lo, ua, ub, v, nearer, hidden, before, values)
                if raised > 0:
                    old, new, first, count = new, old, 0, raised
            limit(quadrant, layer, left, terrain[layer - start, : row.size], row)
            here, there = there, here
        write_block(out, quadrant.out, start, end, left, right, heights)


@njit(cache=True, nogil=True, error_model="numpy")
def _edges(v: np.ndarray, nearer: np.ndarray, lo: int, highest: np.ndarray, hidden: np.ndarray) -> None:
    """The greatest slope of any edge between each post and the next; all intervals are taken as hidden to begin with.

    The edge to the nearer layer lies after its post right of the middle, before it left of the middle.
    """
    intervals = v.size - 1
    left = min(max(-lo, 0), intervals)
    for j in range(left):
        highest[j] = max(v[j], v[j + 1], nearer[j + 1])
    v, nearer, highest = v[left:], nearer[left:], highest[left:]
    for j in range(intervals - left):
        highest[j] = max(v[j], v[j + 1], nearer[j])
    hidden[:intervals] = True


@njit(cache=True, nogil=True, error_model="numpy")
def _locate(
    old: np.ndarray,
    first: int,
    count: int,
    layer: int,
    lo: int,
    posts: int,
    ua: float,
    highest: np.ndarray,
    before: np.ndarray,
    hidden: np.ndarray,
) -> int:
    """Write the last vertex of every interval into `before` of the post after it; returns the first vertex still needed.

    An interval with a vertex lower than its highest edge is not taken as hidden.
    """
    while old[3 * first + 3] <= ua:
        first += 1
    before[:posts] = first
    rest = old[3 * first + 3 : 3 * count]
    for m in range(rest.size // 3):
        j = max(int(rest[3 * m] * layer - lo), 0)
        if j >= posts:
            break
        before[j + 1] = first + 1 + m
        if rest[3 * m + 1] < highest[j]:
            hidden[j] = False
    return first


@njit(cache=True, nogil=True, error_model="numpy")
def _measure(
    old: np.ndarray,
    first: int,
    layer: int,
    lo: int,
    v: np.ndarray,
    before: np.ndarray,
    values: np.ndarray,
    hidden: np.ndarray,
    heights: np.ndarray,
) -> None:
    """The horizon's value at every post and its height above the post; completes `before` and `hidden`."""
    step, k = 1.0 / layer, np.uint32(first)
    for j in range(v.size):
        k = max(k, before[j])
        before[j] = k
        values[j] = old[3 * k + 1] + old[3 * k + 2] * ((lo + j) * step - old[3 * k])
        heights[j] = max(0.0, (values[j] - v[j]) * layer)
    for j in range(v.size - 1):
        hidden[j] &= (v[j] <= values[j]) & (v[j + 1] <= values[j + 1])
