"""The yardstick: one line of sight at a time, tested wherever it crosses a row or a column of posts."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from limes.sensing.sight.frame import HOLE
from limes.sensing.sight.view import OPTICAL, View
from limes.units import EARTH_RADIUS


@njit(cache=True, nogil=True)
def _post(height: np.ndarray, row: int, col: int, row0: int, col0: int, q: float) -> float:
    z = float(height[row, col])
    if z - z != 0.0:  # NaN or infinite
        z = HOLE
    return z - q * float((row - row0) ** 2 + (col - col0) ** 2)


@njit(cache=True, nogil=True)
def line_of_sight(height: np.ndarray, row0: int, col0: int, eye: float, q: float, row: int, col: int) -> float:
    """Least height above ground at (row, col) that the eye at (row0, col0) sees, metres (R3, Franklin & Ray 1994).

    `eye` is the observer's height above the datum; q = (1 - k) cell^2 / (2 earth radii) lowers posts with the square of their
    distance in cells. Terrain is linear between neighbouring posts.
    """
    rows, cols = abs(row - row0), abs(col - col0)
    if rows <= 1 and cols <= 1:
        return 0.0
    steepest = -math.inf
    for i in range(1, rows):
        t = i / rows
        x = col0 + (col - col0) * i / rows
        j = math.floor(x)
        r = row0 + (i if row > row0 else -i)
        z = _post(height, r, j, row0, col0, q)
        if x > j:
            z += (_post(height, r, j + 1, row0, col0, q) - z) * (x - j)
        steepest = max(steepest, (z - eye) / t)
    for i in range(1, cols):
        t = i / cols
        y = row0 + (row - row0) * i / cols
        j = math.floor(y)
        c = col0 + (i if col > col0 else -i)
        z = _post(height, j, c, row0, col0, q)
        if y > j:
            z += (_post(height, j + 1, c, row0, col0, q) - z) * (y - j)
        steepest = max(steepest, (z - eye) / t)
    return max(eye + steepest - _post(height, row, col, row0, col0, q), 0.0)


@njit(cache=True, nogil=True)
def lines_of_sight(
    height: np.ndarray, row0: int, col0: int, eye: float, q: float, rows: np.ndarray, cols: np.ndarray
) -> np.ndarray:
    """`line_of_sight` for many cells."""
    least = np.empty(rows.size)
    for i in range(rows.size):
        least[i] = line_of_sight(height, row0, col0, eye, q, rows[i], cols[i])
    return least


def retest(
    height: np.ndarray, cell: float, row: int, col: int, observer_height: float, view: View, target: float, k: float = OPTICAL
) -> tuple[View, int]:
    """The view with every cell where `target` m above ground is seen tested again, one line of sight at a time.

    Returns it with the number of cells that turned out hidden by more than a millimetre; those take the height the test gives.
    For the exact engine this is a proof (none is expected); it takes the falsely visible cells from what `screen` gives.
    """
    seen = np.nonzero(view.mvh <= target)
    eye, drop = float(height[row, col]) + observer_height, (1.0 - k) * cell * cell / (2.0 * EARTH_RADIUS)
    least = lines_of_sight(height, row, col, eye, drop, seen[0] + view.row, seen[1] + view.col)
    wrong = least > target + 1e-3
    mvh = view.mvh.copy()
    mvh[seen[0][wrong], seen[1][wrong]] = least[wrong]
    return View(view.row, view.col, mvh), int(wrong.sum())
