"""The exact engine against one line of sight at a time, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from limes.seeds import generator
from limes.sensing.sight import lines_of_sight, minimum_visible_height
from limes.units import EARTH_RADIUS


@pytest.mark.parametrize(("row", "col"), [(40, 60), (0, 0), (79, 119), (0, 50), (33, 119), (5, 3)])
def test_every_cell_equals_its_line_of_sight(rough, truth, row, col):
    terrain = rough(80, 120, seed=row * 1000 + col)
    view = minimum_visible_height(terrain, 30.0, row, col, 12.0, 1700.0)
    seen = np.isfinite(view.mvh)
    np.testing.assert_allclose(view.mvh[seen], truth(terrain, view, row, col, 12.0)[seen], atol=2e-4)


@pytest.mark.parametrize(("height", "k"), [(0.0, 0.13), (1.7, 0.25), (600.0, 0.13), (30.0, 1.0), (4.0, -2.0)])
def test_any_eye_height_and_curvature(rough, truth, height, k):
    terrain = rough(90, 90, seed=3)
    view = minimum_visible_height(terrain, 30.0, 41, 47, height, 1e9, k=k)
    assert view.mvh.shape == terrain.shape
    np.testing.assert_allclose(view.mvh, truth(terrain, view, 41, 47, height, k=k), atol=2e-4)


def test_twenty_thousand_cells_of_hills():
    """A seeded sample of cells of a 20 km circle on hills, each against its own line of sight."""
    rng = generator(11, "hills")
    x, y = np.meshgrid(np.arange(900) * 30.0, np.arange(800) * 30.0)
    terrain = np.zeros_like(x)
    for wave, amplitude in ((9000.0, 160.0), (3700.0, 70.0), (1300.0, 25.0), (500.0, 9.0), (190.0, 3.0)):
        for _ in range(6):
            turn, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
            terrain += amplitude / 3 * np.sin(2 * np.pi * (x * np.cos(turn) + y * np.sin(turn)) / wave + phase)
    terrain = terrain.astype(np.float32)
    view = minimum_visible_height(terrain, 30.0, 370, 420, 15.0, 20_000.0)
    rows, cols = np.nonzero(np.isfinite(view.mvh))
    pick = rng.choice(rows.size, 20_000, replace=False)
    rows, cols = rows[pick], cols[pick]
    drop = 0.87 * 900.0 / (2 * EARTH_RADIUS)
    least = lines_of_sight(terrain, 370, 420, float(terrain[370, 420]) + 15.0, drop, rows, cols)
    got = view.mvh[rows, cols]
    assert view.row == 0
    assert view.col == 0
    assert 200 < (least <= 1.7).sum() < 10_000
    assert np.array_equal(got <= 1.7, least <= 1.7)
    np.testing.assert_allclose(got, least, atol=1e-3)


heights = st.one_of(st.integers(-3, 3).map(float), st.floats(-50, 50, width=32), st.just(float("nan")))


@settings(max_examples=150, deadline=None)
@given(
    terrain=arrays(np.float32, st.tuples(st.integers(2, 11), st.integers(2, 11)), elements=heights),
    where=st.tuples(st.integers(0, 10), st.integers(0, 10)),
    eye=st.sampled_from([0.0, 0.5, 1.0, 7.0]),
)
def test_ties_voids_and_needles(terrain, where, eye):
    """Whole numbers make ties and grazing lines, voids make holes: all must come out as by single lines of sight."""
    row, col = where[0] % terrain.shape[0], where[1] % terrain.shape[1]
    terrain[row, col] = np.nan_to_num(terrain[row, col])
    view = minimum_visible_height(terrain, 10.0, row, col, eye, 1000.0, k=1.0)
    rows, cols = (part.ravel() for part in np.indices(terrain.shape))
    least = lines_of_sight(terrain, row, col, float(terrain[row, col]) + eye, 0.0, rows, cols).reshape(terrain.shape)
    assert np.array_equal(np.isnan(view.mvh), np.isnan(terrain))
    solid = ~np.isnan(terrain)
    np.testing.assert_allclose(view.mvh[solid], least[solid], atol=1e-4)


def test_the_horizon_outgrows_its_first_room(truth):
    """A bowl that rises ever faster is all horizon: every post raises it."""
    rng = generator(5, "bowl")
    rows, cols = np.mgrid[-60:61, -60:61]
    terrain = (0.2 * np.hypot(rows, cols) ** 2 + rng.uniform(0, 6, (121, 121))).astype(np.float32)
    view = minimum_visible_height(terrain, 30.0, 60, 60, 2.0, 5000.0)
    np.testing.assert_allclose(view.mvh, truth(terrain, view, 60, 60, 2.0), atol=2e-4)
    assert (view.mvh == 0).mean() > 0.4


def test_the_same_bytes_every_time(rough):
    terrain = rough(70, 70, seed=8)
    first = minimum_visible_height(terrain, 30.0, 30, 30, 9.0, 900.0).mvh.tobytes()
    assert all(minimum_visible_height(terrain, 30.0, 30, 30, 9.0, 900.0).mvh.tobytes() == first for _ in range(3))
