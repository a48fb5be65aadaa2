"""Dijkstra's method over cells in compiled code: a 4-heap that can lower keys, and moves like a king's and a knight's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from limes.closure.movement import GRADIENT_STEP

DR = np.array([-1, -1, -1, 0, 0, 1, 1, 1, -2, -2, -1, -1, 1, 1, 2, 2], np.int64)
"""Rows that each of the 16 moves goes down."""

DC = np.array([-1, 0, 1, -1, 1, -1, 0, 1, -1, 1, -2, 2, -2, 2, -1, 1], np.int64)
"""Columns that each of the 16 moves goes right."""

REACH = np.hypot(DR, DC)
"""Length of each move, cells."""

TIE = 1e-9
"""Added to P(interdict) for every second, so that of ways with the same chance the quicker is found."""

_SETTLED = -2


class Terrainlike(NamedTuple):
    """What a search needs of the ground, flat arrays of cells in rows of `nx`, metres.

    `region` uint8 (0: cannot be entered), `chainage` along the border, `water` and `road` bool; `pace` s/m by gradient bin,
    `road_pace` s/m between two road cells, `water_delay` s on entering water.
    """

    nx: int
    cell: float
    height: np.ndarray
    region: np.ndarray
    chainage: np.ndarray
    water: np.ndarray
    road: np.ndarray
    pace: np.ndarray
    road_pace: float
    water_delay: float


class Watched(NamedTuple):
    """What watches a way: detections per second and per metre, and the chance that a response to them is timely; (cells,)."""

    per_second: np.ndarray
    per_metre: np.ndarray
    timely: np.ndarray


def packed(watched: Watched) -> np.ndarray:
    """The three fields side by side for every cell, (cells, 3): what a search reads of a cell then lies in one place."""
    return np.ascontiguousarray(np.stack(watched, axis=-1), dtype=np.float64)


class Bounds(NamedTuple):
    """Where a search stays and stops.

    In the region `here`, within `wide` metres of the chainage `middle`, up to the key `limit`, and with `ends` no farther than
    the first cell of `stop` (cells,).
    """

    here: int
    middle: float
    wide: float
    limit: float
    ends: bool
    stop: np.ndarray


class Seeds(NamedTuple):
    """Where a search begins: cells (k,), the key of each, and the link that it gets."""

    cell: np.ndarray
    key: np.ndarray
    link: np.ndarray


class Work(NamedTuple):
    """Arrays of a search (cells,): keys (inf: not reached), links, places in the heap, the heap, and the order of settling.

    `heap_key` repeats the keys of the heap's cells in its order: four children then lie side by side in memory.
    """

    key: np.ndarray
    link: np.ndarray
    place: np.ndarray
    heap: np.ndarray
    heap_key: np.ndarray
    order: np.ndarray


def work(size: int) -> Work:
    """Fresh arrays for a search over so many cells."""
    key, link = np.full(size, np.inf), np.full(size, -1, np.int64)
    heap, order = np.empty(size, np.int32), np.empty(size, np.int32)
    return Work(key, link, np.full(size, -1, np.int32), heap, np.empty(size), order)


@njit(cache=True, nogil=True, fastmath=False)
def _up(heap: np.ndarray, heap_key: np.ndarray, place: np.ndarray, i: int, item: int, value: float) -> None:
    """Put an item with a key into the heap at i or nearer to its top."""
    while i > 0:
        parent = (i - 1) >> 2
        if heap_key[parent] <= value:
            break
        heap[i], heap_key[i] = heap[parent], heap_key[parent]
        place[heap[i]] = i
        i = parent
    heap[i], heap_key[i] = item, value
    place[item] = i


@njit(cache=True, nogil=True, fastmath=False)
def _down(heap: np.ndarray, heap_key: np.ndarray, place: np.ndarray, size: int) -> None:
    """Move the heap's last item, which lies at `size`, to the top and down to its place."""
    item, value = heap[size], heap_key[size]
    i = 0
    while True:
        best = 4 * i + 1
        if best >= size:
            break
        for other in range(best + 1, min(4 * i + 5, size)):
            if heap_key[other] < heap_key[best]:
                best = other
        if heap_key[best] >= value:
            break
        heap[i], heap_key[i] = heap[best], heap_key[best]
        place[heap[i]] = i
        i = best
    heap[i], heap_key[i] = item, value
    place[item] = i


@njit(cache=True, nogil=True, fastmath=False)
def _lower(w: Work, cell: int, key: float, link: int, size: int) -> int:
    """Give a cell a smaller key, in the heap already or not; the heap's new size."""
    w.key[cell], w.link[cell] = key, link
    i = w.place[cell]
    if i < 0:
        i = size
        size += 1
    _up(w.heap, w.heap_key, w.place, i, cell, key)
    return size


@njit(cache=True, nogil=True, fastmath=False)
def _seconds(g: Terrainlike, start: int, end: int, metres: float) -> float:
    """Time of one move; inf where it cannot be made."""
    if g.road[start] and g.road[end]:
        return metres * g.road_pace
    step = (g.height[end] - g.height[start]) / metres / GRADIENT_STEP
    if not (abs(step) < 1e6):
        return np.inf
    index = int(np.floor(step + 0.5)) + (g.pace.size >> 1)
    if index < 0 or index >= g.pace.size:
        return np.inf
    wet = g.water_delay if g.water[end] and not g.water[start] else 0.0
    return metres * g.pace[index] + wet


@njit(cache=True, nogil=True, fastmath=False)
def between(nx: int, cell: int, dr: int, dc: int) -> tuple[int, int, float]:
    """The two cells beside the middle of a move, and the weight of each in its mean (the ends share the rest).

    A knight spends a quarter of its way in each of four cells. A diagonal touches two others at a corner; it takes the mean of
    all four, so that nothing slips through a line of cells that meet at corners.
    """
    if abs(dr) == 2:
        return cell + (dr // 2) * nx, cell + (dr // 2) * nx + dc, 0.25
    if abs(dc) == 2:
        return cell + dc // 2, cell + dr * nx + dc // 2, 0.25
    if dr != 0 and dc != 0:
        return cell + dr * nx, cell + dc, 0.25
    return cell, cell, 0.0


@njit(cache=True, nogil=True, fastmath=False)
def _jumps(g: Terrainlike, cell: int, dr: int, dc: int, here: int) -> bool:
    """Whether a knight's move passes another region, or jumps water."""
    first, second, _ = between(g.nx, cell, dr, dc)
    if g.region[first] != here or g.region[second] != here:
        return True
    wet = g.water[cell] and g.water[cell + dr * g.nx + dc]
    return not wet and (g.water[first] or g.water[second])


def over_moves(field: np.ndarray, nx: int, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Mean of a field of cells over moves from `start` to `end` (k,), as the search takes it.

    >>> over_moves(np.array([0.0, 0.0, 4.0, 0.0]), 2, np.array([0, 0]), np.array([3, 2])).tolist()
    [1.0, 2.0]
    """
    out = np.empty(start.size)
    _over_moves(np.asarray(field, float), nx, start.astype(np.int64), end.astype(np.int64), out)
    return out


@njit(cache=True, nogil=True, fastmath=False)
def _over_moves(field: np.ndarray, nx: int, start: np.ndarray, end: np.ndarray, out: np.ndarray) -> None:
    for i in range(start.size):
        dr, dc = end[i] // nx - start[i] // nx, end[i] % nx - start[i] % nx
        first, second, weight = between(nx, start[i], dr, dc)
        out[i] = _mean(field, start[i], end[i], first, second, weight)


@njit(cache=True, nogil=True, fastmath=False)
def _mean(field: np.ndarray, start: int, end: int, first: int, second: int, weight: float) -> float:
    """Mean of a field over a move."""
    return (0.5 - weight) * (field[start] + field[end]) + weight * (field[first] + field[second])


@njit(cache=True, nogil=True, fastmath=False)
def _chance(look: np.ndarray, nx: int, ahead: float, n: int, dr: int, dc: int, dt: float, metres: float) -> float:
    """P(interdict) at the cell that lies (dr, dc) from n when the way goes on with n, where it is `ahead`."""
    c, found = n + dr * nx + dc, ahead + TIE * dt
    w = 0.5 * (look[c, 2] + look[n, 2])
    if w > ahead:
        first, second, weight = between(nx, n, dr, dc)
        ends, sides = 0.5 - weight, weight
        exposure = (ends * (look[c, 0] + look[n, 0]) + sides * (look[first, 0] + look[second, 0])) * dt
        exposure += (ends * (look[c, 1] + look[n, 1]) + sides * (look[first, 1] + look[second, 1])) * metres
        if exposure > 0.0:
            found += (1.0 - np.exp(-exposure)) * (w - ahead)
    return found


@njit(cache=True, nogil=True, fastmath=False)
def search(
    by_time: bool, outward: bool, g: Terrainlike, look: np.ndarray, bounds: Bounds, seeds: Seeds, w: Work
) -> tuple[int, int, int]:
    """Settle cells from the seeds by rising key: times, or P(interdict); how many, how many wait, and the stop cell or -1.

    `look` is `packed`. Keys are those of ways from a cell to a seed; with `outward` (times only) from a seed to a cell.
    """
    rows, size, settled = g.region.size // g.nx, 0, 0
    for i in range(seeds.cell.size):
        if seeds.key[i] < w.key[seeds.cell[i]]:
            size = _lower(w, seeds.cell[i], seeds.key[i], seeds.link[i], size)
    while size > 0:
        n = np.int64(w.heap[0])
        size -= 1
        w.place[n] = _SETTLED
        if size > 0:
            _down(w.heap, w.heap_key, w.place, size)
        w.order[settled] = n
        settled += 1
        if bounds.ends and bounds.stop[n]:
            return settled, size, int(n)
        if w.key[n] > bounds.limit:
            break
        r, q = n // g.nx, n % g.nx
        for k in range(16):
            rr, qq = r + DR[k], q + DC[k]
            if rr < 0 or qq < 0 or rr >= rows or qq >= g.nx:
                continue
            c = rr * g.nx + qq
            if g.region[c] != bounds.here or w.key[c] <= w.key[n] or abs(g.chainage[c] - bounds.middle) > bounds.wide:
                continue
            if k >= 8 and _jumps(g, n, DR[k], DC[k], bounds.here):
                continue
            metres = REACH[k] * g.cell
            dt = _seconds(g, n, c, metres) if outward else _seconds(g, c, n, metres)
            if not (dt < np.inf):
                continue
            found = w.key[n] + dt if by_time else _chance(look, g.nx, w.key[n], n, DR[k], DC[k], dt, metres)
            if found < w.key[c]:
                size = _lower(w, c, found, n, size)
    return settled, size, -1


@njit(cache=True, nogil=True, fastmath=False)
def forget(settled: int, waiting: int, w: Work) -> None:
    """Bring the arrays of a search back to fresh: what it settled, and what still waits in the heap."""
    for i in range(settled):
        w.key[w.order[i]], w.link[w.order[i]], w.place[w.order[i]] = np.inf, -1, -1
    for i in range(waiting):
        w.key[w.heap[i]], w.link[w.heap[i]], w.place[w.heap[i]] = np.inf, -1, -1


@njit(cache=True, nogil=True, fastmath=False)
def each_group(
    g: Terrainlike, look: np.ndarray, here: int, stop: np.ndarray, seeds: Seeds, first: np.ndarray, middle: np.ndarray,
    wide: float, w: Work, best: np.ndarray, paths: np.ndarray, length: np.ndarray,
) -> None:  # fmt: skip
    """One search by chance per group of seeds, ended at its first stop cell; a row of `paths` ends with its seed's link."""
    for i in range(first.size - 1):
        part = slice(first[i], first[i + 1])
        begin = Seeds(seeds.cell[part], seeds.key[part], seeds.link[part])
        bounds = Bounds(here, middle[i], wide, np.inf, True, stop)
        settled, waiting, found = search(False, False, g, look, bounds, begin, w)
        if found >= 0:
            best[i] = w.key[found]
            c = np.int64(found)
            while c >= 0 and length[i] < paths.shape[1] - 1:
                paths[i, length[i]] = c
                length[i] += 1
                c = w.link[c]
            paths[i, paths.shape[1] - 1] = c
        forget(settled, waiting, w)
