"""The exact engine against one line of sight at a time."""

from __future__ import annotations

import numpy as np
import pytest

from limes.seeds import generator
from limes.sensing.sight import View, minimum_visible_height
from limes.sensing.sight.reference import lines_of_sight
from limes.units import EARTH_RADIUS


def rough(ny: int, nx: int, seed: int) -> np.ndarray:
    rng = generator(seed, "terrain")
    terrain = sum(
        amplitude * np.kron(rng.standard_normal((ny // size + 1, nx // size + 1)), np.ones((size, size)))[:ny, :nx]
        for amplitude, size in ((60.0, 37), (25.0, 11), (8.0, 3), (2.0, 1))
    )
    return np.asarray(terrain, np.float32)


def truth(terrain: np.ndarray, view: View, row: int, col: int, height: float, cell: float, k: float) -> np.ndarray:
    rows, cols = np.mgrid[: view.mvh.shape[0], : view.mvh.shape[1]]
    drop = (1.0 - k) * cell * cell / (2.0 * EARTH_RADIUS)
    eye = float(terrain[row, col]) + height
    least = lines_of_sight(terrain, row, col, eye, drop, rows.ravel() + view.row, cols.ravel() + view.col)
    return least.reshape(view.mvh.shape)


@pytest.mark.parametrize(("row", "col"), [(40, 60), (0, 0), (79, 119), (0, 50), (33, 119), (5, 3)])
def test_every_cell_equals_the_line_of_sight(row: int, col: int) -> None:
    terrain = rough(80, 120, seed=row * 1000 + col)
    view = minimum_visible_height(terrain, 30.0, row, col, 12.0, 1700.0)
    seen = np.isfinite(view.mvh)
    expected = truth(terrain, view, row, col, 12.0, 30.0, 0.13)
    np.testing.assert_allclose(view.mvh[seen], expected[seen], atol=2e-4)


def test_range_is_a_circle() -> None:
    view = minimum_visible_height(np.zeros((99, 99), np.float32), 30.0, 49, 49, 5.0, 1000.0)
    rows, cols = np.mgrid[-33:34, -33:34]
    assert np.array_equal(np.isfinite(view.mvh), (rows**2 + cols**2) * 900.0 <= 1000.0**2)


@pytest.mark.parametrize("azimuth", np.radians([0, 45, 100, 180, 225, 300, -20]))
@pytest.mark.parametrize("width", np.radians([3, 90, 200, 320]))
def test_a_sector_is_a_part_of_the_circle(azimuth: float, width: float) -> None:
    terrain = rough(80, 120, seed=5)
    whole = minimum_visible_height(terrain, 30.0, 37, 51, 10.0, 1500.0).mvh
    part = minimum_visible_height(terrain, 30.0, 37, 51, 10.0, 1500.0, azimuth=azimuth, width=width)
    rows, cols = np.mgrid[: whole.shape[0], : whole.shape[1]]
    off = np.remainder(np.arctan2(cols + part.col - 51, 37 - rows - part.row) - azimuth + np.pi, 2 * np.pi) - np.pi
    inside = np.abs(off) <= width / 2 + 1e-9
    inside[37 - part.row, 51 - part.col] = True
    np.testing.assert_allclose(part.mvh, np.where(inside, whole, np.nan), atol=1e-4)
