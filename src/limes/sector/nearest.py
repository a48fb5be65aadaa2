"""Nearest point on a polyline for many points at once: a box tree over its segments, searched by compiled code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

_LEAF = 4  # segments in a leaf box


@dataclass(frozen=True)
class BoxTree:
    """A polyline (n,) and an implicit binary tree of boxes over its segments.

    Node 1 is the root, node i has children 2 i and 2 i + 1; `boxes` (2 m, 4) holds west, south, east, north, and the
    last m nodes are the leaves, each over four segments. Boxes with no segment are infinitely far away.
    """

    x: np.ndarray
    y: np.ndarray
    boxes: np.ndarray


def box_tree(x: np.ndarray, y: np.ndarray) -> BoxTree:
    """Build the tree of a polyline with at least two vertices."""
    leaves = -(-(len(x) - 1) // _LEAF)
    width = 1 << max(leaves - 1, 0).bit_length()
    boxes = np.full((2 * width, 4), np.inf)
    boxes[:, 2:] = -np.inf
    for leaf in range(leaves):
        part = slice(leaf * _LEAF, min((leaf + 1) * _LEAF, len(x) - 1) + 1)
        boxes[width + leaf] = x[part].min(), y[part].min(), x[part].max(), y[part].max()
    for node in range(width - 1, 0, -1):
        pair = boxes[2 * node : 2 * node + 2]
        boxes[node, :2], boxes[node, 2:] = pair[:, :2].min(axis=0), pair[:, 2:].max(axis=0)
    return BoxTree(np.ascontiguousarray(x, float), np.ascontiguousarray(y, float), boxes)


def nearest(tree: BoxTree, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the nearest point of the polyline to each point (k,).

    Returns the segment (k,) int, the fraction along it (k,) and the signed distance (k,): positive to the left of the
    line. At a vertex the side is that of the sum of both segments' normals (Baerentzen and Aanaes 2005), which
    is right at any bend. A point that is not finite gets segment 0 and NaN.

    >>> tree = box_tree(np.array([0.0, 10.0]), np.array([0.0, 0.0]))
    >>> segment, fraction, offset = nearest(tree, np.array([5.0]), np.array([2.0]))
    >>> int(segment[0]), float(fraction[0]), float(offset[0])
    (0, 0.5, 2.0)
    """
    out = np.empty(x.size, np.int64), np.empty(x.size), np.empty(x.size)
    _search(tree.x, tree.y, tree.boxes, np.ascontiguousarray(x, float), np.ascontiguousarray(y, float), *out)
    return out


@njit(cache=True, nogil=True, fastmath=False)
def _box_distance(boxes: np.ndarray, node: int, x: float, y: float) -> float:
    dx = max(boxes[node, 0] - x, 0.0, x - boxes[node, 2])
    dy = max(boxes[node, 1] - y, 0.0, y - boxes[node, 3])
    return dx * dx + dy * dy


@njit(cache=True, nogil=True, fastmath=False)
def _on_segment(vx: np.ndarray, vy: np.ndarray, i: int, x: float, y: float) -> tuple[float, float]:
    dx, dy = vx[i + 1] - vx[i], vy[i + 1] - vy[i]
    length2 = dx * dx + dy * dy
    t = 0.0
    if length2 > 0.0:
        t = min(max(((x - vx[i]) * dx + (y - vy[i]) * dy) / length2, 0.0), 1.0)
    ex, ey = x - vx[i] - t * dx, y - vy[i] - t * dy
    return t, ex * ex + ey * ey


@njit(cache=True, nogil=True, fastmath=False)
def _is_left(vx: np.ndarray, vy: np.ndarray, i: int, t: float, x: float, y: float) -> bool:
    """Whether the point is left of the line, seen from its nearest point at fraction t of segment i."""
    nx, ny = -(vy[i + 1] - vy[i]), vx[i + 1] - vx[i]
    j = i - 1 if t == 0.0 else i + 1
    if (t == 0.0 or t == 1.0) and 0 <= j < vx.size - 1:
        other = np.hypot(vx[j + 1] - vx[j], vy[j + 1] - vy[j])
        own = np.hypot(nx, ny)
        if other > 0.0 and own > 0.0:
            nx = nx / own - (vy[j + 1] - vy[j]) / other
            ny = ny / own + (vx[j + 1] - vx[j]) / other
    px, py = vx[i] + t * (vx[i + 1] - vx[i]), vy[i] + t * (vy[i + 1] - vy[i])
    return nx * (x - px) + ny * (y - py) >= 0.0


@njit(cache=True, nogil=True, fastmath=False)
def _search_one(
    vx: np.ndarray, vy: np.ndarray, boxes: np.ndarray, x: float, y: float, stack: np.ndarray
) -> tuple[int, float, float]:
    leaves = boxes.shape[0] // 2
    best, segment, fraction = np.inf, 0, 0.0
    stack[0] = 1
    top = 1
    while top > 0:
        top -= 1
        node = stack[top]
        if _box_distance(boxes, node, x, y) >= best:
            continue
        if node >= leaves:
            first = (node - leaves) * _LEAF
            for i in range(first, min(first + _LEAF, vx.size - 1)):
                t, d = _on_segment(vx, vy, i, x, y)
                if d < best:
                    best, segment, fraction = d, i, t
            continue
        near, far = 2 * node, 2 * node + 1
        if _box_distance(boxes, far, x, y) < _box_distance(boxes, near, x, y):
            near, far = far, near
        stack[top] = far
        stack[top + 1] = near
        top += 2
    return segment, fraction, np.sqrt(best)


@njit(cache=True, nogil=True, fastmath=False)
def _search(
    vx: np.ndarray,
    vy: np.ndarray,
    boxes: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    segment: np.ndarray,
    fraction: np.ndarray,
    offset: np.ndarray,
) -> None:
    stack = np.empty(64, np.int64)
    for k in range(x.size):
        if not (np.isfinite(x[k]) and np.isfinite(y[k])):
            segment[k], fraction[k], offset[k] = 0, np.nan, np.nan
            continue
        i, t, d = _search_one(vx, vy, boxes, x[k], y[k], stack)
        segment[k], fraction[k] = i, t
        offset[k] = d if _is_left(vx, vy, i, t, x[k], y[k]) else -d
