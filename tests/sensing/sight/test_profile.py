"""The line of sight between two places, and that it agrees with the engines."""

from __future__ import annotations

import math

import numpy as np
import pytest

from limes.errors import InputError
from limes.grid import Grid
from limes.seeds import generator
from limes.sensing.sight import minimum_visible_height, profile
from limes.units import EARTH_RADIUS

GRID = Grid(500_000.0, 4_000_000.0, 30.0, 120, 80)


def test_agrees_with_the_engine_everywhere(rough):
    terrain = rough(80, 120, seed=21)
    terrain[10:14, 30:90] = np.nan
    view = minimum_visible_height(terrain, 30.0, 33, 47, 12.0, 1e6)
    rng = generator(1, "pairs")
    for _ in range(300):
        row, col = int(rng.integers(80)), int(rng.integers(120))
        if np.isnan(terrain[row, col]):
            continue
        line = profile(GRID, terrain, GRID.centre(33, 47), 12.0, GRID.centre(row, col), 1.7)
        assert line.mvh == pytest.approx(float(view.mvh[row, col]), abs=2e-3)
        assert line.seen == (view.mvh[row, col] <= 1.7)


def test_points_lie_on_rows_and_columns(rough):
    terrain = rough(80, 120, seed=22)
    start, end = GRID.centre(5, 7), GRID.centre(62, 100)
    line = profile(GRID, terrain, start, 10.0, end, 2.0)
    row = (GRID.north - line.y) / 30.0 - 0.5
    col = (line.x - GRID.west) / 30.0 - 0.5
    off_row, off_col = np.abs(row - np.round(row)), np.abs(col - np.round(col))
    assert (np.minimum(off_row, off_col) < 1e-6).all()
    assert line.distance[0] == 0.0
    assert line.distance[-1] == pytest.approx(math.hypot(end[0] - start[0], end[1] - start[1]))
    assert (np.diff(line.distance) > 0).all()
    # 57 rows and 93 columns are crossed; every 1/3 of the way (gcd 3) a post is met, where both are
    assert line.distance.size == 57 + 93 - 3 + 1
    assert (line.ground[0], line.ground[-1]) == (terrain[5, 7], terrain[62, 100])


def test_the_earth_falls_away():
    flat = np.zeros((3, 700), np.float32)
    grid = Grid(0.0, 90.0, 30.0, 700, 3)
    line = profile(grid, flat, grid.centre(1, 0), 10.0, grid.centre(1, 699), 10.0, k=0.25)
    np.testing.assert_allclose(line.surface, -0.75 * line.distance**2 / (2 * EARTH_RADIUS), atol=1e-9)
    assert (line.ground == 0.0).all()
    # the dip of the chord below both ends: D^2 / 8 R'
    assert line.clearance.min() == pytest.approx(10.0 - 0.75 * line.distance[-1] ** 2 / (8 * EARTH_RADIUS), abs=1e-3)
    assert line.seen


def test_what_stands_in_the_way():
    hill = np.zeros((5, 50), np.float32)
    hill[:, 20], hill[:, 40] = 30.0, 31.0
    grid = Grid(0.0, 150.0, 30.0, 50, 5)
    line = profile(grid, hill, grid.centre(2, 0), 5.0, grid.centre(2, 49), 1.7, k=1.0)
    assert not line.seen
    assert line.obstacle is not None
    assert line.x[line.obstacle] == grid.centre(2, 20)[0]
    assert line.mvh == pytest.approx(5.0 + 25.0 * 49 / 20)
    assert line.clearance[line.obstacle] < 0
    assert line.clearance[0] == 5.0
    assert line.clearance[-1] == pytest.approx(1.7)


def test_first_fresnel_zone():
    """The middle of a 10 km path at 3 GHz: sqrt(0.09993 x 5000 x 5000 / 10000) = 15.8 m (ITU-R P.526)."""
    flat = np.zeros((3, 402), np.float32)
    grid = Grid(0.0, 75.0, 25.0, 402, 3)
    line = profile(grid, flat, grid.centre(1, 0), 20.0, grid.centre(1, 400), 20.0, k=1.0, frequency=3e9)
    assert line.fresnel.max() == pytest.approx(15.8, abs=0.02)
    assert line.fresnel[0] == line.fresnel[-1] == 0.0
    assert line.fresnel_clear == pytest.approx(20.0 / 15.8, abs=0.01)
    assert math.isinf(profile(grid, flat, grid.centre(1, 0), 20.0, grid.centre(1, 400), 20.0).fresnel_clear)


def test_neighbours_and_the_same_place(rough):
    terrain = rough(80, 120, seed=23, relief=10.0)
    here = GRID.centre(40, 40)
    near = profile(GRID, terrain, here, 0.0, GRID.centre(41, 41), 0.0)
    assert near.seen
    assert near.obstacle is None
    same = profile(GRID, terrain, here, 3.0, (here[0] + 9.0, here[1]), 1.0)
    assert same.seen
    assert same.distance.tolist() == [0.0]


def test_voids_on_the_way_are_shown(rough):
    terrain = rough(80, 120, seed=24, relief=0.05)
    terrain[:, 60:62] = np.nan
    line = profile(GRID, terrain, GRID.centre(40, 40), 50.0, GRID.centre(40, 80), 1.7)
    gap = np.isnan(line.ground)
    assert gap.sum() >= 2
    assert np.isnan(line.clearance[gap]).all()
    assert math.isfinite(line.mvh)


def test_ends_off_the_terrain(rough):
    terrain = rough(80, 120, seed=25)
    terrain[3, 3] = np.nan
    with pytest.raises(InputError, match=r"end.*outside the raster"):
        profile(GRID, terrain, GRID.centre(4, 4), 1.0, (0.0, 0.0), 1.0)
    with pytest.raises(InputError, match=r"start.*void"):
        profile(GRID, terrain, GRID.centre(3, 3), 1.0, GRID.centre(4, 4), 1.0)


def test_where_the_line_first_meets_the_ground():
    hill = np.zeros((5, 50), np.float32)
    hill[:, 20], hill[:, 40] = 6.0, 31.0
    grid = Grid(0.0, 150.0, 30.0, 50, 5)
    line = profile(grid, hill, grid.centre(2, 0), 5.0, grid.centre(2, 49), 1.7, k=1.0)
    assert line.obstacle is not None
    assert line.blocked is not None
    assert (line.x[line.blocked], line.x[line.obstacle]) == (grid.centre(2, 20)[0], grid.centre(2, 40)[0])
    assert profile(grid, hill, grid.centre(2, 0), 50.0, grid.centre(2, 30), 1.7, k=1.0).blocked is None


def test_an_outline_is_short_and_keeps_what_matters(rough):
    terrain = rough(80, 120, seed=26)
    terrain[:, 60:63] = np.nan
    line = profile(GRID, terrain, GRID.centre(5, 7), 10.0, GRID.centre(62, 100), 2.0)
    kept = line.outline(12)
    assert kept.size <= 3 * 12 + 4 < line.distance.size / 3
    assert (np.diff(kept) > 0).all()
    assert {0, line.distance.size - 1, line.obstacle, line.blocked} <= set(kept.tolist())
    assert np.nanmin(line.clearance[kept]) == np.nanmin(line.clearance)
    assert np.isnan(line.ground[kept]).any()
    everything = profile(GRID, terrain, GRID.centre(5, 7), 10.0, GRID.centre(6, 9), 2.0)
    assert everything.outline().tolist() == list(range(everything.distance.size))


def test_lines_of_nothing_have_an_outline():
    flat = np.zeros((3, 3), np.float32)
    grid = Grid(0.0, 90.0, 30.0, 3, 3)
    assert profile(grid, flat, (45.0, 45.0), 2.0, (45.0, 45.0), 1.0).outline().tolist() == [0]
