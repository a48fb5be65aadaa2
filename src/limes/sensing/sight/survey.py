"""What many observers see together: the least visible height, how many see each cell, and a line of facts on each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from limes.grid import Grid
from limes.sensing.sight.memory import require_memory
from limes.sensing.sight.observers import Observer, sights_of
from limes.sensing.sight.reference import retest
from limes.sensing.sight.tiles import Tiles, pack
from limes.sensing.sight.view import Sight, View


@dataclass(frozen=True)
class Seen:
    """What one observer sees of a target: its ground (m), and cells in range, seen, uncertain and void.

    Uncertain cells would change sides if the terrain were wrong by its error; `corrected` counts cells that a second test of
    every visible one took away, None without it.
    """

    observer: Observer
    ground: float
    cells: int
    visible: int
    uncertain: int
    void: int
    corrected: int | None


@dataclass(frozen=True)
class Survey:
    """What observers see together over a raster.

    `mvh` is the least minimum visible height of all (float32, NaN out of range of all), `count` how many see the target
    (uint16); `seen` and `tiles` follow the observers, tiles only where they were asked for.
    """

    grid: Grid
    mvh: np.ndarray
    count: np.ndarray
    seen: tuple[Seen, ...]
    tiles: tuple[Tiles, ...]


def survey(
    observers: Sequence[Observer],
    grid: Grid,
    height: np.ndarray,
    target: float,
    *,
    engine: str = "exact",
    workers: int = 1,
    dem_error: float = 0.0,
    recheck: bool = False,
    keep_tiles: bool = False,
    advance: Callable[[], object] | None = None,
) -> Survey:
    """Look from every observer for a target `target` m above ground; `advance` is called after each.

    `dem_error` (m) is the terrain's error that makes a cell uncertain, `recheck` tests every visible cell again by a single
    line of sight.

    >>> flat = np.zeros((50, 50), np.float32)
    >>> found = survey([Observer("a", 750.0, 750.0, 5.0, 300.0)], Grid(0.0, 1500.0, 30.0, 50, 50), flat, 1.7)
    >>> found.seen[0].cells, found.seen[0].visible
    (317, 317)
    """
    require_memory(7 * height.size, "line of sight", "give a smaller range or fewer observers at a time")
    mvh, count = np.full(height.shape, np.nan, np.float32), np.zeros(height.shape, np.uint16)
    void = np.isnan(height)
    seen: list[Seen] = []
    tiles: list[Tiles] = []
    for observer, sight in sights_of(observers, grid, height, engine, workers):
        row, col = (int(v) for v in grid.index(observer.x, observer.y))
        view, corrected = _view(sight, grid), None
        if recheck:
            view, corrected = retest(height, grid.cell, row, col, observer.height, view, target, observer.k)
        window = slice(view.row, view.row + view.mvh.shape[0]), slice(view.col, view.col + view.mvh.shape[1])
        visible = view.mvh <= target
        np.fmin(mvh[window], view.mvh, out=mvh[window])
        count[window] += visible
        if keep_tiles:
            tiles.append(pack(visible, view.row, view.col, grid))
        uncertain = int((np.abs(view.mvh - target) < dem_error).sum()) if dem_error > 0 else 0
        voids = _voids(void[window], row - view.row, col - view.col, observer.range / grid.cell)
        cells = int(np.isfinite(view.mvh).sum())
        seen.append(Seen(observer, float(height[row, col]), cells, int(visible.sum()), uncertain, voids, corrected))
        if advance:
            advance()
    return Survey(grid, mvh, count, tuple(seen), tuple(tiles))


def _view(sight: Sight, grid: Grid) -> View:
    row, col = grid.index(sight.grid.west + grid.cell / 2, sight.grid.north - grid.cell / 2)
    return View(int(row), int(col), sight.mvh)


def _voids(void: np.ndarray, row: int, col: int, radius: float) -> int:
    if not void.any():
        return 0
    rows, cols = np.nonzero(void)
    return int((((rows - row) ** 2 + (cols - col) ** 2) <= (radius * radius if radius < math.inf else math.inf)).sum())
