"""The exact engine: the horizon of one quadrant as a piecewise linear function, raised layer by layer.

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

from limes.sensing.sight.frame import HOLE, limit, reach_of_layer

_END = 9.0
"""u of the sentinel behind the last vertex."""


@njit(cache=True, nogil=True)
def sweep(
    view: np.ndarray,
    out: np.ndarray,
    centre: int,
    eye: float,
    q: float,
    radius: float,
    inner: float,
    u_lo: float,
    u_hi: float,
    diagonal: bool,
    slope_lo: float,
    slope_hi: float,
) -> None:
    """Write the minimum visible heights of one quadrant, the observer at view[0, centre] (see `frame.quadrants`)."""
    layers = min(view.shape[0] - 1, int(radius))
    pad = layers + 2
    old = np.empty((8 * layers + 64, 3))
    new = np.empty_like(old)
    v = np.empty(2 * pad + 1)
    nearer = np.empty_like(v)
    heights = np.empty(2 * pad + 1, np.float32)
    first, count = 0, 0
    for layer in range(1, layers + 1):
        lo, hi = reach_of_layer(layer, centre, view.shape[1], radius, u_lo, u_hi)
        ua, ub = max(lo / layer, u_lo), min(hi / layer, u_hi)
        if hi <= lo or ua >= ub:
            break
        _load(view, layer, centre, lo, hi, eye, q, pad, v)
        if layer == 1:
            count = _begin(old, v, lo, hi, pad)
            heights[lo + pad : hi + pad + 1] = 0.0
        else:
            if 2 * (count + 4 * (hi - lo + 1)) + 16 > old.shape[0]:
                old, new = _grown(old), _grown(new)
            first, raised = _layer(old, new, first, layer, lo, hi, ua, ub, v, nearer, pad, heights)
            if raised > 0:
                old, new = new, old
                first, count = 0, raised
        limit(heights, v, out, layer, centre, lo, hi, pad, radius, inner, u_lo, u_hi, diagonal, slope_lo, slope_hi, view)
        v, nearer = nearer, v


@njit(cache=True, nogil=True)
def _grown(horizon: np.ndarray) -> np.ndarray:
    larger = np.empty((2 * horizon.shape[0], 3))
    larger[: horizon.shape[0]] = horizon
    return larger


@njit(cache=True, nogil=True)
def _load(view: np.ndarray, layer: int, centre: int, lo: int, hi: int, eye: float, q: float, pad: int, v: np.ndarray) -> None:
    """Slopes of the posts lo..hi of one layer, into v[i + pad]."""
    inverse = 1.0 / layer
    base = q * layer * layer + eye
    for i in range(lo, hi + 1):
        z = float(view[layer, centre + i])
        if z != z:
            z = HOLE
        v[i + pad] = (z - q * i * i - base) * inverse


@njit(cache=True, nogil=True)
def _begin(horizon: np.ndarray, v: np.ndarray, lo: int, hi: int, pad: int) -> int:
    """The chain of the first layer as the horizon; returns its vertices."""
    count = 0
    for i in range(lo, hi + 1):
        rise = v[i + 1 + pad] - v[i + pad] if i < hi else 0.0
        count = _emit(horizon, count, float(i), v[i + pad], rise)
    _emit(horizon, count, _END, 0.0, 0.0)
    return count


@njit(cache=True, nogil=True)
def _layer(
    old: np.ndarray,
    new: np.ndarray,
    k: int,
    layer: int,
    lo: int,
    hi: int,
    ua: float,
    ub: float,
    v: np.ndarray,
    nearer: np.ndarray,
    pad: int,
    heights: np.ndarray,
) -> tuple[int, int]:
    """Read one layer's heights off the old horizon and write the one raised by its edges.

    Returns the first vertex of `old` still needed and the length of `new`, 0 where nothing rose.
    """
    step, aside = 1.0 / layer, 1.0 / (layer * (layer - 1.0))
    while old[k + 1, 0] <= ua:
        k += 1
    first, c, g, top = k, k, 0, False
    u = lo * step
    h = old[k, 1] + old[k, 2] * (u - old[k, 0])
    heights[lo + pad] = max(0.0, (h - v[lo + pad]) * layer)
    for i in range(lo, hi):
        j = i + pad
        here, there = v[j], v[j + 1]
        edge = nearer[j] if i >= 0 else nearer[j + 1]
        highest = max(here, there, edge)
        u = (i + 1) * step
        clear = not top and here <= h
        start = k
        while old[k + 1, 0] <= u:
            k += 1
            clear &= old[k, 1] >= highest
        h = old[k, 1] + old[k, 2] * (u - old[k, 0])
        heights[j + 1] = max(0.0, (h - there) * layer)
        if clear and there <= h:
            continue
        k, c, g, top = _interval(old, new, start, c, g, top, i, layer, max(i * step, ua), min(u, ub), here, there, edge, aside)
    if g > 0:
        if not top:
            g = _copy(old, new, c, k, g)
        _emit(new, g, _END, 0.0, 0.0)
    return first, g


@njit(cache=True, nogil=True)
def _interval(
    old: np.ndarray,
    new: np.ndarray,
    k: int,
    c: int,
    g: int,
    top: bool,
    i: int,
    layer: int,
    p: float,
    end: float,
    here: float,
    there: float,
    edge: float,
    aside: float,
) -> tuple[int, int, int, bool]:
    """Raise the horizon between posts i and i + 1 by the edge of the layer and the edge that comes from the nearer layer."""
    u = i / layer
    rise = (there - here) * layer
    if i >= 0:
        turn = u + i * aside
        if edge > here + rise * (turn - u) and turn > p:
            stop = min(turn, end)
            slope = (edge - here) / (turn - u)
            k, c, g, top = _raise(old, new, k, c, g, top, p, stop, here + slope * (p - u), slope)
            p = stop
        return _raise(old, new, k, c, g, top, p, end, here + rise * (p - u), rise)
    last = (i + 1) / layer
    turn = last + (i + 1) * aside
    if edge > here + rise * (turn - u) and turn < end:
        if turn > p:
            k, c, g, top = _raise(old, new, k, c, g, top, p, turn, here + rise * (p - u), rise)
            p = turn
        slope = (there - edge) / (last - turn)
        return _raise(old, new, k, c, g, top, p, end, edge + slope * (p - turn), slope)
    return _raise(old, new, k, c, g, top, p, end, here + rise * (p - u), rise)


@njit(cache=True, nogil=True)
def _raise(
    old: np.ndarray, new: np.ndarray, k: int, c: int, g: int, top: bool, p: float, end: float, f: float, slope: float
) -> tuple[int, int, int, bool]:
    """Raise the horizon by one straight piece over [p, end] that starts at value f.

    `old` and `new` hold rows of u, v and slope; k is the vertex of `old` at or before p, c the first one not yet copied, g the
    length of `new`, `top` whether the pieces lie above the old horizon up to p. Returns the four as they stand at `end`.
    """
    start, first = p, f
    h = old[k, 1] + old[k, 2] * (p - old[k, 0])
    if f > h:
        if not top:
            g = _copy(old, new, c, k, g)
        g = _emit(new, g, p, f, slope)
        c = k + 1
    elif top:
        g = _emit(new, g, p, h, old[k, 2])
        c = k + 1
    top = f > h
    while p < end:
        vertex = old[k + 1, 0] <= end
        x = old[k + 1, 0] if vertex else end
        f_x = first + slope * (x - start)
        h_x = old[k + 1, 1] if vertex else old[k, 1] + old[k, 2] * (x - old[k, 0])
        if (f_x > h_x) != top:
            at = p + (x - p) * ((f - h) / ((f - h) - (f_x - h_x)))
            if top:
                g = _emit(new, g, at, old[k, 1] + old[k, 2] * (at - old[k, 0]), old[k, 2])
            else:
                g = _copy(old, new, c, k, g)
                g = _emit(new, g, at, first + slope * (at - start), slope)
            c = k + 1
            top = not top
        if vertex:
            k += 1
            if top:
                c = k + 1
        p, f, h = x, f_x, h_x
    return k, c, g, top


@njit(cache=True, nogil=True)
def _emit(horizon: np.ndarray, g: int, u: float, v: float, slope: float) -> int:
    horizon[g, 0] = u
    horizon[g, 1] = v
    horizon[g, 2] = slope
    return g + 1


@njit(cache=True, nogil=True)
def _copy(old: np.ndarray, new: np.ndarray, first: int, last: int, g: int) -> int:
    """Append the vertices first..last of `old` to `new`."""
    for j in range(first, last + 1):
        new[g, 0] = old[j, 0]
        new[g, 1] = old[j, 1]
        new[g, 2] = old[j, 2]
        g += 1
    return g
