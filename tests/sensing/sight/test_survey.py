"""What many observers see together."""

from __future__ import annotations

import numpy as np

from limes.grid import Grid
from limes.sensing.sight import Observer, minimum_visible_height, unpack
from limes.sensing.sight.survey import survey

GRID = Grid(0.0, 3000.0, 30.0, 120, 100)
PLACES = ((50, 60, 700.0), (20, 20, 1500.0), (90, 110, 1e6))


def observers():
    return [Observer(f"o{i}", *GRID.centre(row, col), 12.0, far) for i, (row, col, far) in enumerate(PLACES)]


def test_least_height_count_and_tiles(rough):
    terrain = rough(100, 120, seed=51)
    views = [minimum_visible_height(terrain, 30.0, row, col, 12.0, far) for row, col, far in PLACES]
    whole = np.full((3, *GRID.shape), np.nan, np.float32)
    for layer, view in zip(whole, views, strict=True):
        layer[view.row : view.row + view.mvh.shape[0], view.col : view.col + view.mvh.shape[1]] = view.mvh
    steps = []
    found = survey(observers(), GRID, terrain, 1.7, workers=2, keep_tiles=True, advance=lambda: steps.append(1))
    np.testing.assert_array_equal(found.mvh, np.fmin.reduce(whole))
    np.testing.assert_array_equal(found.count, (whole <= 1.7).sum(axis=0))
    assert [one.observer.id for one in found.seen] == ["o0", "o1", "o2"]
    for one, layer, tiles in zip(found.seen, whole, found.tiles, strict=True):
        assert one.cells == np.isfinite(layer).sum()
        assert one.visible == (layer <= 1.7).sum()
        assert one.ground == terrain[GRID.index(one.observer.x, one.observer.y)]
        np.testing.assert_array_equal(unpack(tiles, GRID), layer <= 1.7)
    assert len(steps) == 3


def test_voids_uncertain_and_retested_cells_are_told(rough):
    terrain = rough(100, 120, seed=52)
    terrain[45:48, 60:70] = np.nan
    terrain[0, 0] = np.nan
    found = survey(observers()[:1], GRID, terrain, 1.7, dem_error=4.0, recheck=True, engine="screen")
    (one,) = found.seen
    assert one.void == 30
    near = np.abs(found.mvh - 1.7) < 4.0
    assert one.uncertain == near.sum() > 0
    assert one.corrected is not None
    assert survey(observers()[2:], GRID, terrain, 1.7).seen[0].void == 31
    assert survey(observers()[:1], GRID, terrain, 1.7).seen[0].corrected is None
    assert not found.tiles
