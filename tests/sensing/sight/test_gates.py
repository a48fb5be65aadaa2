"""What any engine must get right, by geometry alone."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from limes.grid import Grid
from limes.sensing.sight import ENGINES, minimum_visible_height, sight_from
from limes.units import EARTH_RADIUS

CELL = 30.0


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def test_flat_plane_ends_at_the_horizon(engine):
    """Ground is seen to sqrt(2 R' h), something t tall to sqrt(2 R' h) + sqrt(2 R' t), R' = R / (1 - k)."""
    flat, height = np.zeros((601, 601), np.float32), 4.0
    view = minimum_visible_height(flat, CELL, 300, 300, height, 1e6, engine=engine)
    rows, cols = np.mgrid[-300:301, -300:301]
    distance = np.hypot(rows, cols) * CELL
    effective = EARTH_RADIUS / (1.0 - 0.13)
    horizon = math.sqrt(2 * effective * height)
    assert 7000 < horizon < 9000
    expected = np.where(distance > horizon, (distance - horizon) ** 2 / (2 * effective), 0.0)
    np.testing.assert_allclose(view.mvh, expected, atol=0.01)
    seen = view.mvh <= 0.05
    reach = horizon + math.sqrt(2 * effective * 0.05)
    assert seen[distance < reach - 200].all()
    assert not seen[distance > reach + 200].any()


def test_refraction_carries_farther(engine):
    flat = np.zeros((5, 900), np.float32)
    reach = [
        np.isclose(minimum_visible_height(flat, CELL, 2, 0, 4.0, 1e6, k=k, engine=engine).mvh[2], 0.0, atol=1e-3).sum()
        for k in (0.0, 0.13, 0.25)
    ]
    assert reach[0] < reach[1] < reach[2]
    assert np.isclose(minimum_visible_height(flat, CELL, 2, 0, 4.0, 1e6, k=1.0, engine=engine).mvh, 0.0, atol=1e-3).all()


def test_behind_a_cone(engine):
    """Seen over the tip: h + (H - h) (D + x) / D, less the ground there."""
    rows, cols = np.mgrid[:101, :161]
    cone = np.maximum(0.0, 80.0 - 4.0 * np.hypot(rows - 50, cols - 60)).astype(np.float32)
    view = minimum_visible_height(cone, CELL, 50, 10, 5.0, 1e6, k=1.0, engine=engine)
    beyond = np.arange(61, 161)
    expected = 5.0 + (80.0 - 5.0) * (beyond - 10) / 50 - cone[50, 61:]
    np.testing.assert_allclose(view.mvh[50, 61:], expected, rtol=1e-5)
    # the face turned to the observer is seen down to the foot
    np.testing.assert_allclose(view.mvh[50, 11:61], 0.0, atol=1e-4)


def test_from_the_tip_of_a_cone_all_of_it_is_seen(engine):
    rows, cols = np.mgrid[-40:41, -40:41]
    cone = (-6.0 * np.hypot(rows, cols)).astype(np.float32)
    mvh = minimum_visible_height(cone, CELL, 40, 40, 10.0, 1e6, k=1.0, engine=engine).mvh
    # between posts the faceted cone bulges by less than the eye is above the tip
    assert (mvh < 1.0).all()


def test_behind_a_wall(engine):
    """Everything behind a straight wall is hidden up to h + (w - h) d / a, whichever way the line crosses it."""
    wall = np.zeros((80, 81), np.float32)
    wall[20] = 9.0
    view = minimum_visible_height(wall, CELL, 10, 40, 3.0, 1e6, k=1.0, engine=engine)
    rows = np.arange(21, 80)
    expected = np.repeat(3.0 + (9.0 - 3.0) * (rows - 10)[:, None] / 10, 81, axis=1)
    inside = np.abs(np.arange(81)[None, :] - 40) * 10 <= (rows - 10)[:, None] * 40
    got = view.mvh[21:]
    np.testing.assert_allclose(got[inside], expected[inside], rtol=1e-3)
    assert (view.mvh[:20] <= (0.0 if engine == "exact" else 0.1)).all()


def test_a_pillar_shades_no_more_than_a_cell_either_side():
    """The test of HiXDraw: approximations that carry the horizon from ring to ring widen the shadow with distance."""
    pillar = np.zeros((201, 201), np.float32)
    pillar[80, 100] = 50.0
    view = minimum_visible_height(pillar, CELL, 100, 100, 10.0, 1e6, k=1.0)
    rows, cols = np.mgrid[:201, :201]
    with np.errstate(divide="ignore", invalid="ignore"):
        at_pillar = np.where(
            rows < 80, (cols - 100) * 20 / (100 - rows), np.inf
        )  # columns off the pillar where its row is crossed
    assert (view.mvh[np.abs(at_pillar) >= 1] == 0.0).all()
    behind = np.arange(80)
    np.testing.assert_allclose(view.mvh[behind, 100], 10.0 + 40.0 * (100 - behind) / 20, rtol=1e-6)
    shade = view.mvh[:80] > 1.7
    width = shade.sum(axis=1)
    assert (width <= 2 * (100 - behind) / 20 + 1).all()


def test_the_eight_neighbours_are_always_seen(rough, engine):
    terrain = rough(31, 31, seed=4, relief=20.0)
    for row, col in ((15, 15), (1, 1), (29, 3)):
        mvh = minimum_visible_height(terrain, CELL, row, col, 0.0, 600.0, engine=engine)
        r, c = row - mvh.row, col - mvh.col
        assert (mvh.mvh[r - 1 : r + 2, c - 1 : c + 2] == 0.0).all()


def test_reciprocity(rough):
    """With equal heights, who sees is seen."""
    terrain, height = rough(60, 60, seed=6, relief=0.2), 6.0
    places = [(7, 9), (30, 31), (52, 12), (20, 55), (58, 58)]
    views = {place: minimum_visible_height(terrain, CELL, *place, height, 1e6).mvh for place in places}
    pairs = [(a, b) for a in places for b in places if a < b]
    answers = [(views[a][b] <= height, views[b][a] <= height) for a, b in pairs]
    assert all(there == back for there, back in answers)
    assert len(set(answers)) == 2


def test_a_higher_eye_sees_no_less(rough, engine):
    terrain = rough(80, 80, seed=7)
    views = [minimum_visible_height(terrain, CELL, 40, 38, h, 1e6, engine=engine).mvh for h in (0.0, 2.0, 10.0, 80.0, 1e4)]
    for lower, higher in pairwise(views):
        if engine == "exact":
            assert (higher <= lower + 1e-3).all()
        else:
            assert (higher <= lower + 1e-3).mean() > 0.999
            assert (higher <= lower + 2.0).all()


def test_a_taller_target_is_seen_wherever_a_lower_one_is(rough, engine):
    grid, terrain = Grid(0.0, 2400.0, CELL, 80, 80), rough(80, 80, seed=7)
    sight = sight_from(grid, terrain, *grid.centre(40, 38), 6.0, 1e6, engine=engine)
    x, y = (part.ravel() for part in np.meshgrid(*grid.centres()))
    seen = [sight.sees(x, y, target) for target in (0.0, 1.7, 3.0, 40.0, 1000.0)]
    for lower, taller in pairwise(seen):
        assert (taller >= lower).all()
        assert taller.sum() > lower.sum()
    assert seen[-1].all()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turning_the_map_turns_the_answer(rough, engine, turns):
    terrain = rough(61, 61, seed=9)
    view = minimum_visible_height(terrain, CELL, 25, 33, 8.0, 700.0, azimuth=0.3, width=1.9, engine=engine)
    whole = np.full((61, 61), np.nan, np.float32)
    whole[view.row : view.row + view.mvh.shape[0], view.col : view.col + view.mvh.shape[1]] = view.mvh
    marker = np.zeros((61, 61), bool)
    marker[25, 33] = True
    row, col = (int(v) for v in np.argwhere(np.rot90(marker, turns))[0])
    turned = minimum_visible_height(
        np.ascontiguousarray(np.rot90(terrain, turns)), CELL, row, col, 8.0, 700.0,
        azimuth=0.3 - turns * math.pi / 2, width=1.9, engine=engine,
    )  # fmt: skip
    got = np.full((61, 61), np.nan, np.float32)
    got[turned.row : turned.row + turned.mvh.shape[0], turned.col : turned.col + turned.mvh.shape[1]] = turned.mvh
    np.testing.assert_allclose(got, np.rot90(whole, turns), atol=1e-3)


def test_a_very_high_eye_sees_all(rough, engine):
    terrain = rough(90, 90, seed=2, relief=0.3)
    for height in (5e4, 4e5, 3.6e7):
        mvh = minimum_visible_height(terrain, CELL, 45, 45, height, 1e6, engine=engine).mvh
        assert (mvh[np.isfinite(mvh)] <= 1.7).mean() > 0.999
        assert np.isfinite(mvh).all()


@pytest.mark.parametrize("place", [(0, 0), (0, 49), (39, 0), (39, 49), (0, 20), (20, 0), (39, 20), (20, 49)])
def test_at_the_rim_of_the_raster(rough, truth, place):
    terrain = rough(40, 50, seed=12)
    view = minimum_visible_height(terrain, CELL, *place, 10.0, 1e6)
    np.testing.assert_allclose(view.mvh, truth(terrain, view, *place, 10.0), atol=2e-4)


@pytest.mark.parametrize("shape", [(2, 40), (40, 2), (2, 2), (3, 3)])
def test_narrow_rasters(rough, truth, shape):
    terrain = rough(*shape, seed=13)
    for row in range(shape[0]):
        for col in (0, shape[1] - 1):
            view = minimum_visible_height(terrain, CELL, row, col, 3.0, 1e6)
            np.testing.assert_allclose(view.mvh, truth(terrain, view, row, col, 3.0), atol=2e-4)


def test_voids_are_survived_and_hide_nothing(rough, truth, engine):
    terrain = rough(80, 80, seed=14)
    solid = minimum_visible_height(terrain, CELL, 40, 40, 10.0, 1e6, engine=engine).mvh
    terrain[10:30, 35:45] = np.nan
    terrain[50, :] = np.nan
    view = minimum_visible_height(terrain, CELL, 40, 40, 10.0, 1e6, engine=engine)
    void = np.isnan(terrain)
    assert np.array_equal(np.isnan(view.mvh), void)
    assert (view.mvh[~void] <= solid[~void] + 1e-2).all()
    if engine == "exact":
        np.testing.assert_allclose(view.mvh[~void], truth(terrain, view, 40, 40, 10.0)[~void], atol=1e-3)


def test_an_island_in_voids(engine):
    terrain = np.full((21, 21), np.nan, np.float32)
    terrain[10, 10] = 5.0
    terrain[3, 4] = 100.0
    mvh = minimum_visible_height(terrain, CELL, 10, 10, 2.0, 1e6, engine=engine).mvh
    assert np.isfinite(mvh).sum() == 2
    assert mvh[3, 4] == 0.0


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_heights_count_as_voids(rough, engine, value):
    terrain = rough(40, 40, seed=15)
    terrain[10:12, 5:30] = np.nan
    expected = minimum_visible_height(terrain, CELL, 20, 20, 5.0, 1e6, engine=engine).mvh
    terrain[10:12, 5:30] = value
    np.testing.assert_array_equal(minimum_visible_height(terrain, CELL, 20, 20, 5.0, 1e6, engine=engine).mvh, expected)
