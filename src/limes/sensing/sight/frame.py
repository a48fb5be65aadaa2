"""The frame both engines sweep in: four quadrants of layers around the observer, and what of them is in range."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

HOLE = -1e7
"""Height that stands for a void post, metres: so low that it hides nothing."""

_MARGIN = 1e-9
"""Radians by which a sector is widened, so that cells on its edge are in."""


class Place(NamedTuple):
    """Where a quadrant's layers lie in a flat raster: element = origin + layer * across + offset * along."""

    origin: int
    across: int
    along: int


class Limits(NamedTuple):
    """What an observer can see apart from terrain: radii in cells, angles in radians, None for no limit.

    The sector is centred on `azimuth` and `width` wide, clockwise from grid north; `lowest` and `highest` are elevations.
    """

    radius: float
    inner: float = 0.0
    azimuth: float | None = None
    width: float | None = None
    lowest: float | None = None
    highest: float | None = None


class Quadrant(NamedTuple):
    """One quadrant, or the part of it a sector leaves: its places and its limits, lengths in cells.

    Layer 0 is the observer's own; a layer's offsets run from -left to right. u = offset / layer stays within u_lo..u_hi.
    `drop` is the fall of the earth at one cell's distance, `eye` the observer's height above the datum, metres; `rise_lo` and
    `rise_hi` are the limits of elevation in metres of rise per cell of distance, infinite for none.
    """

    terrain: Place
    out: Place
    layers: int
    left: int
    right: int
    diagonal: bool
    u_lo: float
    u_hi: float
    eye: float
    drop: float
    radius: float
    inner: float
    rise_lo: float
    rise_hi: float


def quadrants(
    terrain: tuple[int, int],
    row: int,
    col: int,
    window: tuple[int, int, int],
    eye: float,
    drop: float,
    cell: float,
    limits: Limits,
) -> list[Quadrant]:
    """The quadrants an observer at (row, col) sweeps: `terrain` is the raster's shape, `window` top, left and columns of `out`.

    >>> limits = Limits(5.0, azimuth=math.pi / 2, width=math.radians(60.0))
    >>> [(q.terrain, q.layers) for q in quadrants((9, 9), 4, 4, (0, 0, 9), 10.0, 0.0, 30.0, limits)]
    [(Place(origin=40, across=1, along=9), 4)]
    """
    (ny, nx), (top, left, columns), reach = terrain, window, int(limits.radius)
    depth = (row, nx - 1 - col, ny - 1 - row, col)
    sides = ((min(col, reach), min(nx - 1 - col, reach)), (min(row, reach), min(ny - 1 - row, reach)))
    rise = _rise(limits.lowest, cell, -math.inf), _rise(limits.highest, cell, math.inf)
    return [
        Quadrant(
            _place(nx, row, col, quadrant),
            _place(columns, row - top, col - left, quadrant),
            min(depth[quadrant], reach),
            *sides[quadrant % 2],
            quadrant % 2 == 0,
            u_lo,
            u_hi,
            eye,
            drop,
            limits.radius,
            limits.inner,
            *rise,
        )
        for quadrant, u_lo, u_hi in _parts(limits.azimuth, limits.width)
    ]


def _place(columns: int, row: int, col: int, quadrant: int) -> Place:
    across, along = ((-columns, 1), (1, columns), (columns, 1), (-1, columns))[quadrant]
    return Place(row * columns + col, across, along)


def _rise(angle: float | None, cell: float, none: float) -> float:
    return none if angle is None or abs(angle) >= math.pi / 2 else math.tan(angle) * cell


def _parts(azimuth: float | None, width: float | None) -> list[tuple[int, float, float]]:
    """The quadrants (0 north, 1 east, 2 south, 3 west) a sector touches, each with its limits of u.

    A quadrant comes twice where the sector leaves a gap inside it. Offsets keep the raster's order, so that u grows clockwise
    in the north and east and anticlockwise in the south and west.
    """
    if azimuth is None or width is None or width >= 2 * math.pi:
        return [(quadrant, -1.0, 1.0) for quadrant in range(4)]
    parts, half = [], width / 2 + _MARGIN
    for quadrant in range(4):
        middle = math.remainder(azimuth - quadrant * math.pi / 2, 2 * math.pi)
        if quadrant > 1:
            middle = -middle
        for turn in (-2 * math.pi, 0.0, 2 * math.pi):
            lo, hi = _offset(middle + turn - half), _offset(middle + turn + half)
            if lo < hi:
                parts.append((quadrant, lo, hi))
    return parts


def _offset(angle: float) -> float:
    """u of an angle off a quadrant's middle, held inside the quadrant."""
    return math.tan(angle) if abs(angle) < math.pi / 4 else math.copysign(1.0, angle)


@njit(cache=True, nogil=True, error_model="numpy")
def reachable(quadrant: Quadrant) -> int:
    """The number of layers, from the observer outwards, that have anything in range."""
    for layer in range(1, quadrant.layers + 1):
        lo, hi = offsets(quadrant, layer)
        ua, ub = bearings(quadrant, layer, lo, hi)
        if hi <= lo or ua >= ub:
            return layer - 1
    return quadrant.layers


@njit(cache=True, nogil=True, error_model="numpy")
def offsets(quadrant: Quadrant, layer: int) -> tuple[int, int]:
    """First and last offset of a layer that a line of sight within the limits can touch."""
    half = _half_chord(quadrant.radius, layer) + 1
    lo = max(-layer, -quadrant.left, -half, math.floor(quadrant.u_lo * layer))
    hi = min(layer, quadrant.right, half, math.ceil(quadrant.u_hi * layer))
    return lo, hi


@njit(cache=True, nogil=True, error_model="numpy")
def bearings(quadrant: Quadrant, layer: int, lo: int, hi: int) -> tuple[float, float]:
    """Range of u in which a layer with the offsets lo..hi is swept."""
    return max(lo / layer, quadrant.u_lo), min(hi / layer, quadrant.u_hi)


@njit(cache=True, nogil=True, error_model="numpy")
def span(quadrant: Quadrant, first: int, last: int) -> tuple[int, int]:
    """First and last offset of a block of layers."""
    lo, hi = offsets(quadrant, first)
    for layer in range(first + 1, last + 1):
        left, right = offsets(quadrant, layer)
        lo, hi = min(lo, left), max(hi, right)
    return lo, hi


@njit(cache=True, nogil=True, error_model="numpy")
def _half_chord(radius: float, layer: int) -> int:
    """Greatest offset of a layer's cells whose centres lie within the radius; -1 for none."""
    rest = radius * radius - float(layer) * layer
    if rest < 0.0:
        return -1
    half = int(math.sqrt(rest))
    while float(half) * half > rest:
        half -= 1
    while float(half + 1) * (half + 1) <= rest:
        half += 1
    return half


@njit(cache=True, nogil=True, error_model="numpy")
def limit(quadrant: Quadrant, layer: int, left: int, terrain: np.ndarray, heights: np.ndarray) -> None:
    """Set a layer's heights to NaN outside radius, sector and vertical field of view, and where the terrain is void.

    `terrain` and `heights` hold the same offsets, from `left` on.
    """
    half, side = _half_chord(quadrant.radius, layer), layer if quadrant.diagonal else layer - 1
    first = max(-half, -side, math.ceil(quadrant.u_lo * layer))
    last = min(half, side, math.floor(quadrant.u_hi * layer))
    heights[: max(first - left, 0)] = np.nan
    heights[max(last + 1 - left, 0) :] = np.nan
    gap = _half_chord(quadrant.inner, layer)
    if float(gap) * gap + float(layer) * layer == quadrant.inner * quadrant.inner:
        gap -= 1
    if gap >= 0:
        heights[max(-gap - left, 0) : max(gap + 1 - left, 0)] = np.nan
    for j in range(heights.size):
        if terrain[j] - terrain[j] != 0.0:
            heights[j] = np.nan
    if quadrant.rise_lo > -math.inf or quadrant.rise_hi < math.inf:
        _limit_elevation(quadrant, layer, left, terrain, heights)


@njit(cache=True, nogil=True, error_model="numpy")
def _limit_elevation(quadrant: Quadrant, layer: int, left: int, terrain: np.ndarray, heights: np.ndarray) -> None:
    for j in range(heights.size):
        squared = float(layer) * layer + float(left + j) * (left + j)
        below = quadrant.eye + quadrant.drop * squared - float(terrain[j])
        distance = math.sqrt(squared)
        heights[j] = max(heights[j], below + distance * quadrant.rise_lo)
        if heights[j] > below + distance * quadrant.rise_hi:
            heights[j] = np.nan
