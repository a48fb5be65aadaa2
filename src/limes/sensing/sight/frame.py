"""The frame both engines sweep in: four quadrants of layers around the observer, and what of them is in range."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

HOLE = -1e7
"""Height that stands for a void post, metres: so low that it hides nothing."""

_MARGIN = 1e-9
"""Radians by which a sector is widened, so that cells on its edge are in."""


def quadrants(azimuth: float | None, width: float | None) -> list[tuple[int, float, float]]:
    """The quadrants (0 north, 1 east, 2 south, 3 west) a sector touches, each with its limits of u = offset / layer.

    The sector is centred on `azimuth` and `width` wide, radians clockwise from grid north; None is the full circle. A quadrant
    comes twice where the sector leaves a gap inside it. Rows of a quadrant's view lead away from the observer, columns keep the
    raster's order: u grows clockwise in the north and east, anticlockwise in the south and west.

    >>> [q for q, lo, hi in quadrants(math.pi / 2, math.radians(60.0))]
    [1]
    """
    if azimuth is None or width is None or width >= 2 * math.pi:
        return [(quadrant, -1.0, 1.0) for quadrant in range(4)]
    parts = []
    half = width / 2 + _MARGIN
    for quadrant in range(4):
        middle = math.remainder(azimuth - quadrant * math.pi / 2, 2 * math.pi)
        for turn in (-2 * math.pi, 0.0, 2 * math.pi):
            lo, hi = _offset(middle + turn - half), _offset(middle + turn + half)
            if lo < hi:
                parts.append((quadrant, lo, hi) if quadrant < 2 else (quadrant, -hi, -lo))
    return parts


def _offset(angle: float) -> float:
    """u of an angle off a quadrant's middle, held inside the quadrant."""
    eighth = math.pi / 4
    return math.tan(angle) if abs(angle) < eighth else math.copysign(1.0, angle)


def quadrant_view(raster: np.ndarray, row: int, col: int, quadrant: int) -> tuple[np.ndarray, int]:
    """A quadrant's layers as rows, the observer's own first, and the observer's place along them; no copy."""
    views = (raster[row::-1], raster.T[col:], raster[row:], raster.T[col::-1])
    return views[quadrant], col if quadrant % 2 == 0 else row


@njit(cache=True, nogil=True)
def reach_of_layer(layer: int, centre: int, posts: int, radius: float, u_lo: float, u_hi: float) -> tuple[int, int]:
    """First and last offset of a layer that a line of sight within the limits can touch."""
    lo = max(-layer, -centre, math.floor(u_lo * layer))
    hi = min(layer, posts - 1 - centre, math.ceil(u_hi * layer))
    if 2.0 * layer * layer > radius * radius:
        half = int(math.sqrt(max(radius * radius - layer * layer, 0.0))) + 1
        lo, hi = max(lo, -half), min(hi, half)
    return int(lo), int(hi)


@njit(cache=True, nogil=True)
def limit(
    heights: np.ndarray,
    v: np.ndarray,
    out: np.ndarray,
    layer: int,
    centre: int,
    lo: int,
    hi: int,
    pad: int,
    radius: float,
    inner: float,
    u_lo: float,
    u_hi: float,
    diagonal: bool,
    slope_lo: float,
    slope_hi: float,
    view: np.ndarray,
) -> None:
    """Write a layer's heights to those of its cells that lie within radius, sector and vertical field of view.

    `slope_lo` and `slope_hi` are the limits of elevation as metres of rise per cell of distance, infinite for none.
    """
    if not diagonal:
        lo, hi = max(lo, 1 - layer), min(hi, layer - 1)
    lo, hi = max(lo, math.ceil(u_lo * layer)), min(hi, math.floor(u_hi * layer))
    for i in range(lo, hi + 1):
        squared = float(layer * layer + i * i)
        z = view[layer, centre + i]
        if squared > radius * radius or squared < inner * inner or z != z:
            continue
        height = heights[i + pad]
        if slope_lo > -math.inf or slope_hi < math.inf:
            distance, below = math.sqrt(squared), v[i + pad] * layer
            height = max(height, distance * slope_lo - below)
            if height > distance * slope_hi - below:
                continue
        out[layer, centre + i] = height
