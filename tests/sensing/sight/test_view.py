"""Limits of an observer, windows, errors and the lookup of a sensor's sight."""

from __future__ import annotations

import math

import numpy as np
import pytest

from limes.errors import InputError, UsageError
from limes.grid import Grid
from limes.sensing.sight import ENGINES, Sight, minimum_visible_height, sight_from


def offsets(view, row, col):
    rows, cols = np.mgrid[: view.mvh.shape[0], : view.mvh.shape[1]]
    return rows + view.row - row, cols + view.col - col


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("radius", [29.0, 30.0, 150.0, 151.0, 1000.0])
def test_range_is_a_circle(engine, radius):
    view = minimum_visible_height(np.zeros((99, 99), np.float32), 30.0, 49, 49, 5.0, radius, engine=engine)
    down, across = offsets(view, 49, 49)
    assert np.array_equal(np.isfinite(view.mvh), (down**2 + across**2) * 900.0 <= radius**2)
    assert view.mvh.shape == (2 * int(radius // 30) + 1,) * 2


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("azimuth", [0, 45, 100, 180, 225, 315, -20])
@pytest.mark.parametrize("width", [0, 3, 90, 200, 320])
def test_a_sector_is_a_part_of_the_circle(rough, engine, azimuth, width):
    terrain = rough(80, 120, seed=5)
    azimuth, width = math.radians(azimuth), math.radians(width)
    whole = minimum_visible_height(terrain, 30.0, 37, 51, 10.0, 1500.0, engine=engine).mvh
    part = minimum_visible_height(terrain, 30.0, 37, 51, 10.0, 1500.0, azimuth=azimuth, width=width, engine=engine)
    down, across = offsets(part, 37, 51)
    off = np.remainder(np.arctan2(across, -down) - azimuth + np.pi, 2 * np.pi) - np.pi
    inside = np.abs(off) <= width / 2 + 1e-9
    inside[(down == 0) & (across == 0)] = True
    if engine == "exact":
        np.testing.assert_allclose(part.mvh, np.where(inside, whole, np.nan), atol=1e-4)
    else:
        assert np.array_equal(np.isfinite(part.mvh), np.isfinite(np.where(inside, whole, np.nan)))
        np.testing.assert_allclose(part.mvh[inside], whole[inside], atol=15.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_inner_radius_cuts_out_but_still_hides(rough, engine):
    terrain = rough(80, 80, seed=6)
    whole = minimum_visible_height(terrain, 30.0, 40, 40, 10.0, 1000.0, engine=engine).mvh
    ring = minimum_visible_height(terrain, 30.0, 40, 40, 10.0, 1000.0, inner=300.0, engine=engine)
    down, across = offsets(ring, 40, 40)
    near = (down**2 + across**2) * 900.0 < 300.0**2
    np.testing.assert_array_equal(ring.mvh, np.where(near, np.nan, whole))


def test_elevation_limits_on_a_plane():
    flat, eye = np.zeros((81, 81), np.float32), 50.0
    limits = math.radians(-10.0), math.radians(-2.0)
    view = minimum_visible_height(flat, 30.0, 40, 40, eye, 1e6, k=1.0, elevation=limits)
    distance = np.hypot(*offsets(view, 40, 40)) * 30.0
    lowest, highest = (np.maximum(0.0, eye + distance * math.tan(angle)) for angle in limits)
    seen = eye + distance * math.tan(limits[1]) >= 0
    assert np.array_equal(np.isfinite(view.mvh), seen)
    np.testing.assert_allclose(view.mvh[seen], lowest[seen], atol=1e-3)
    assert (lowest[seen] <= highest[seen] + 1e-9).all()


def test_looking_up_only_or_down_only(rough):
    terrain = rough(60, 60, seed=2)
    free = minimum_visible_height(terrain, 30.0, 30, 30, 20.0, 800.0).mvh
    same = minimum_visible_height(terrain, 30.0, 30, 30, 20.0, 800.0, elevation=(-math.pi / 2, math.pi / 2)).mvh
    np.testing.assert_array_equal(free, same)
    up = minimum_visible_height(terrain, 30.0, 30, 30, 20.0, 800.0, elevation=(math.radians(20), math.radians(90))).mvh
    inside = np.isfinite(free)
    assert (up[inside] >= free[inside]).all()
    assert up[up.shape[0] // 2, up.shape[1] // 2] == 20.0
    down = minimum_visible_height(terrain, 30.0, 30, 30, 20.0, 800.0, elevation=(None, 0.0)).mvh
    assert np.array_equal(down[np.isfinite(down)], free[np.isfinite(down)])
    assert np.isnan(down).sum() > np.isnan(free).sum()


def test_a_window_of_the_raster_gives_the_same(rough):
    terrain = rough(90, 100, seed=3)
    view = minimum_visible_height(terrain, 30.0, 50, 60, 10.0, 600.0)
    for other in (terrain.astype(float), np.asfortranarray(terrain), terrain[::1, ::1].copy()):
        other.setflags(write=False)
        again = minimum_visible_height(other, 30.0, 50, 60, 10.0, 600.0)
        assert (again.row, again.col) == (view.row, view.col)
        np.testing.assert_array_equal(again.mvh, view.mvh)
    larger = np.full((130, 150), 7000.0, np.float32)
    larger[20:110, 30:130] = terrain
    inside = minimum_visible_height(larger[20:110, 30:130], 30.0, 50, 60, 10.0, 600.0)
    np.testing.assert_array_equal(inside.mvh, view.mvh)


def test_where_an_observer_cannot_stand():
    terrain = np.zeros((9, 9), np.float32)
    terrain[2, 2] = np.nan
    with pytest.raises(InputError, match=r"outside the raster; move"):
        minimum_visible_height(terrain, 30.0, 9, 0, 1.0, 100.0)
    with pytest.raises(InputError, match="void"):
        minimum_visible_height(terrain, 30.0, 2, 2, 1.0, 100.0)
    with pytest.raises(InputError, match="fewer than 2 x 2"):
        minimum_visible_height(terrain[:1], 30.0, 0, 0, 1.0, 100.0)
    for radius in (0.0, -5.0, math.nan):
        with pytest.raises(InputError, match="positive number"):
            minimum_visible_height(terrain, 30.0, 4, 4, 1.0, radius)
    for height in (math.nan, math.inf, -1.0):
        with pytest.raises(InputError, match="metres above ground"):
            minimum_visible_height(terrain, 30.0, 4, 4, height, 100.0)
    with pytest.raises(UsageError, match="exact or screen"):
        minimum_visible_height(terrain, 30.0, 4, 4, 1.0, 100.0, engine="xdraw")


def test_endless_range_means_all_of_the_raster(rough):
    terrain = rough(30, 40, seed=1)
    far = minimum_visible_height(terrain, 30.0, 10, 10, 5.0, 1e5)
    for radius in (1e30, math.inf):
        np.testing.assert_array_equal(minimum_visible_height(terrain, 30.0, 10, 10, 5.0, radius).mvh, far.mvh)


def test_sight_looks_up_the_cell_that_holds_a_point(rough):
    grid = Grid(1000.0, 5000.0, 30.0, 100, 90)
    terrain = rough(90, 100, seed=3)
    x, y = grid.centre(50, 60)
    sight = sight_from(grid, terrain, x + 14.0, y - 14.0, 10.0, 600.0)
    view = minimum_visible_height(terrain, 30.0, 50, 60, 10.0, 600.0)
    assert sight.grid.shape == view.mvh.shape
    for row, col in ((50, 60), (45, 70), (60, 55)):
        there = grid.centre(row, col)
        assert sight.at(*there) == view.mvh[row - view.row, col - view.col]
    assert np.isnan(sight.at(x, y + 620.0))
    assert np.isnan(sight.at(np.array([0.0, 1e7]), np.array([0.0, 1e7]))).all()


def test_sees_compares_with_a_height():
    sight = Sight(Grid(0.0, 30.0, 30.0, 2, 1), np.array([[2.0, np.nan]], np.float32))
    assert sight.sees(np.array([10.0, 10.0, 40.0]), 10.0, np.array([1.0, 2.0, 500.0])).tolist() == [False, True, False]
