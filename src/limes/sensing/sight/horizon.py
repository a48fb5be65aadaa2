"""The horizon of a quadrant: a continuous piecewise linear function of u, raised by straight pieces of terrain.

A horizon is a flat array of vertices (u, v, slope towards the next), u ascending, closed by a sentinel. Layers are merged from
left to right: vertices that still count are copied from the old array to the new one, pieces that rise above it are added.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_END = 9.0
"""u of the sentinel behind the last vertex."""


@njit(cache=True, nogil=True, error_model="numpy")
def begin(horizon: np.ndarray, v: np.ndarray, lo: int, hi: int) -> int:
    """Make the chain of the first layer, posts lo..hi, the horizon; returns its number of vertices."""
    count = 0
    for i in range(lo, hi + 1):
        rise = v[i + 1 - lo] - v[i - lo] if i < hi else 0.0
        count = _emit(horizon, count, float(i), v[i - lo], rise)
    _emit(horizon, count, _END, 0.0, 0.0)
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def with_room(horizon: np.ndarray, vertices: int) -> np.ndarray:
    """The horizon, in a larger array where the present one cannot hold so many vertices."""
    if 3 * vertices <= horizon.size:
        return horizon
    larger = np.empty(6 * vertices)
    larger[: horizon.size] = horizon
    return larger


@njit(cache=True, nogil=True, error_model="numpy")
def merge(
    old: np.ndarray,
    new: np.ndarray,
    first: int,
    layer: int,
    lo: int,
    ua: float,
    ub: float,
    v: np.ndarray,
    nearer: np.ndarray,
    hidden: np.ndarray,
    before: np.ndarray,
    horizon: np.ndarray,
) -> int:
    """Raise `old` by the edges of a layer into `new` and return its number of vertices; 0 where nothing rises.

    `v` holds the layer's posts from offset lo on, `nearer` the posts of the layer before at the same offsets,
    `before` the vertex of `old` at or before each post, `horizon` its value there, `hidden` the intervals that lie below it.
    """
    posts = v.size
    step = 1.0 / layer
    k, c, g, top = first, first, 0, False
    for j in range(posts - 1):
        if hidden[j] and not top:
            continue
        i = lo + j
        p, end = max(i * step, ua), min((i + 1) * step, ub)
        if top and v[j + 1] > horizon[j + 1] and end < ub:
            rise = (v[j + 1] - v[j]) * layer
            if _over(old, before[j] + 1, before[j + 1], p, v[j], rise):
                g = _emit(new, g, p, v[j], rise)
                c = before[j + 1] + 1
                continue
        k = before[j]
        if old[3 * k] > p and k > first:
            k -= 1
        while old[3 * k + 3] <= p:
            k += 1
        edge = nearer[j] if i >= 0 else nearer[j + 1]
        k, c, g, top = _interval(old, new, k, c, g, top, i, layer, p, end, v[j], v[j + 1], edge)
    if g > 0:
        if not top:
            g = _copy(old, new, c, max(k, before[posts - 1]), g)
        _emit(new, g, _END, 0.0, 0.0)
    return g


@njit(cache=True, nogil=True, error_model="numpy")
def _over(old: np.ndarray, first: int, last: int, p: float, f: float, slope: float) -> bool:
    """Whether the vertices first..last lie below the line that starts at (p, f)."""
    over = True
    for m in range(first, last + 1):
        over &= old[3 * m + 1] < f + slope * (old[3 * m] - p)
    return over


@njit(cache=True, nogil=True, error_model="numpy")
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
) -> tuple[int, int, int, bool]:
    """Raise the horizon between posts i and i + 1 by the edge between them and the one that joins them to the nearer layer.

    The edge to the nearer layer leaves post i (or i + 1 left of the middle) towards `edge`, the nearer post of the same offset,
    and is passed over where it lies below. k, c, g and top are those of `_raise`.
    """
    u, last, rise = i / layer, (i + 1) / layer, (there - here) * layer
    turn = i / (layer - 1) if i >= 0 else (i + 1) / (layer - 1)
    higher = edge > here + rise * (turn - u)
    if i >= 0:
        cut = max(min(turn, end), p) if higher else p
        slope, slope_after = (edge - here) / (turn - u), rise
        f, f_after = here + slope * (p - u), here + rise * (cut - u)
    else:
        cut = min(max(turn, p), end) if higher else end
        slope, slope_after = rise, (there - edge) / (last - turn)
        f, f_after = here + rise * (p - u), edge + slope_after * (cut - turn)
    if cut > p:
        k, c, g, top = _raise(old, new, k, c, g, top, p, cut, f, slope)
    if cut < end:
        k, c, g, top = _raise(old, new, k, c, g, top, cut, end, f_after, slope_after)
    return k, c, g, top


@njit(cache=True, nogil=True, error_model="numpy")
def _raise(
    old: np.ndarray, new: np.ndarray, k: int, c: int, g: int, top: bool, p: float, end: float, f: float, slope: float
) -> tuple[int, int, int, bool]:
    """Raise the horizon by one straight piece over [p, end] that starts at value f.

    k is the vertex of `old` at or before p, c the first one not yet copied, g the number in `new`, `top` whether the pieces lie
    above the old horizon up to p. Returns the four as they stand at `end`.
    """
    start, first = p, f
    h = old[3 * k + 1] + old[3 * k + 2] * (p - old[3 * k])
    if f > h:
        if not top:
            g = _copy(old, new, c, k, g)
        g = _emit(new, g, p, f, slope)
        c = k + 1
    elif top:
        g = _emit(new, g, p, h, old[3 * k + 2])
        c = k + 1
    top = f > h
    while p < end:
        vertex = old[3 * k + 3] <= end
        x = old[3 * k + 3] if vertex else end
        f_x = first + slope * (x - start)
        h_x = old[3 * k + 4] if vertex else old[3 * k + 1] + old[3 * k + 2] * (x - old[3 * k])
        if (f_x > h_x) != top:
            at = p + (x - p) * ((f - h) / ((f - h) - (f_x - h_x)))
            if top:
                g = _emit(new, g, at, old[3 * k + 1] + old[3 * k + 2] * (at - old[3 * k]), old[3 * k + 2])
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


@njit(cache=True, nogil=True, error_model="numpy")
def _emit(horizon: np.ndarray, g: int, u: float, v: float, slope: float) -> int:
    horizon[3 * g] = u
    horizon[3 * g + 1] = v
    horizon[3 * g + 2] = slope
    return g + 1


@njit(cache=True, nogil=True, error_model="numpy")
def _copy(old: np.ndarray, new: np.ndarray, first: int, last: int, g: int) -> int:
    """Append the vertices first..last of `old` to `new`."""
    size = 3 * (last - first + 1)
    source, target = old[3 * first : 3 * first + size], new[3 * g : 3 * g + size]
    for m in range(size):
        target[m] = source[m]
    return g + last - first + 1
