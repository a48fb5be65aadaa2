"""Terrains and the brute-force yardstick, shared by the tests of sight."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from limes.seeds import generator
from limes.sensing.sight import OPTICAL, View, lines_of_sight
from limes.units import EARTH_RADIUS

Rough = Callable[..., np.ndarray]
Truth = Callable[..., np.ndarray]


@pytest.fixture
def rough() -> Rough:
    """A seeded rough terrain (ny, nx): steps and noise of several sizes, so that it has cliffs, dips and needles."""

    def make(ny: int, nx: int, seed: int, relief: float = 1.0) -> np.ndarray:
        rng = generator(seed, "terrain")
        terrain = np.zeros((ny, nx))
        for amplitude, size in ((60.0, 37), (25.0, 11), (8.0, 3), (2.0, 1)):
            coarse = rng.standard_normal((ny // size + 1, nx // size + 1))
            terrain += relief * amplitude * np.kron(coarse, np.ones((size, size)))[:ny, :nx]
        return terrain.astype(np.float32)

    return make


@pytest.fixture
def truth() -> Truth:
    """Minimum visible heights of a view's window by one line of sight a cell, without any limits."""

    def compute(
        terrain: np.ndarray, view: View, row: int, col: int, height: float, cell: float = 30.0, k: float = OPTICAL
    ) -> np.ndarray:
        rows, cols = np.mgrid[: view.mvh.shape[0], : view.mvh.shape[1]]
        drop = (1.0 - k) * cell * cell / (2.0 * EARTH_RADIUS)
        eye = float(terrain[row, col]) + height
        least = lines_of_sight(terrain, row, col, eye, drop, rows.ravel() + view.row, cols.ravel() + view.col)
        return least.reshape(view.mvh.shape)

    return compute
