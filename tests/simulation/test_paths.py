"""Ways: where somebody is when, and how slopes slow them down."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.grid import Grid
from limes.sector import Terrain
from limes.simulation.paths import PIECE, Path, joined, meander, tobler_speed, walk


def test_tobler_1993() -> None:
    """6 km/h at its best on -5 %, 5.04 km/h on the level (Tobler 1993)."""
    assert float(tobler_speed(-0.05)) * 3.6 == pytest.approx(6.0)
    assert float(tobler_speed(0.0)) * 3.6 == pytest.approx(5.036742, abs=1e-5)
    assert float(tobler_speed(0.2)) < float(tobler_speed(-0.2)) < float(tobler_speed(0.0))


@given(
    xs=st.lists(st.floats(-5000, 5000), min_size=2, max_size=6),
    speed=st.floats(0.3, 20),
    start=st.floats(0, 1e6),
)
def test_an_even_walk_takes_length_over_speed(xs: list[float], speed: float, start: float) -> None:
    x, y = np.array(xs), np.cumsum(np.ones(len(xs)) * 10.0)
    path = walk(x, y, start, speed)
    length = np.hypot(np.diff(x), np.diff(y)).sum()
    assert path.end - path.start == pytest.approx(length / speed, rel=1e-6)
    assert np.hypot(np.diff(path.x), np.diff(path.y)).max() <= PIECE + 1e-6
    assert (np.diff(path.time) > 0).all()
    ends = path.at(np.array([path.start, path.end]))
    assert ends[0].tolist() == [x[0], x[-1]]


def test_uphill_is_slower_than_the_level() -> None:
    grid = Grid(-1000.0, 1000.0, 100.0, 40, 20)
    x, _ = grid.centres()
    hill = Terrain(grid, np.tile(np.maximum(x, 0.0) * 0.3, (20, 1)).astype(np.float32), "EPSG:32637", True, "test")
    way = np.array([100.0, 1300.0]), np.zeros(2)
    level, up = walk(*way, 0.0, 1.25), walk(*way, 0.0, 1.25, hill)
    assert (up.end - up.start) / (level.end - level.start) == pytest.approx(math.exp(3.5 * 0.3), rel=0.01)


def test_outside_the_terrain_the_speed_is_that_of_the_level() -> None:
    grid = Grid(0.0, 100.0, 10.0, 10, 10)
    flat = Terrain(grid, np.zeros((10, 10), np.float32), "EPSG:32637", True, "test")
    assert walk(np.array([5000.0, 5100.0]), np.zeros(2), 0.0, 2.0, flat).end == pytest.approx(50.0)


def test_a_stated_arrival_is_kept() -> None:
    path = walk(np.array([0.0, 500.0, 900.0]), np.zeros(3), 100.0, 1.0, arrive=400.0)
    assert path.end == pytest.approx(400.0)
    assert float(path.at(np.array(250.0))[0]) == pytest.approx(450.0)


def test_nobody_is_there_before_and_after() -> None:
    path = Path(np.array([10.0, 20.0]), np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert np.isnan(path.at(np.array([9.9, 20.1]))[0]).all()


def test_a_gap_in_time_is_a_wait() -> None:
    first = walk(np.array([0.0, 10.0]), np.zeros(2), 0.0, 1.0)
    second = walk(np.array([10.0, 20.0]), np.zeros(2), 60.0, 1.0)
    path = joined([first, second])
    assert path.at(np.array([10.0, 35.0, 60.0, 65.0]))[0].tolist() == [10.0, 10.0, 10.0, 15.0]


def test_shifted() -> None:
    path = walk(np.array([0.0, 10.0]), np.zeros(2), 0.0, 1.0).shifted(5.0, 1.0, -1.0)
    assert (path.start, path.x[0], path.y[0]) == (5.0, 1.0, -1.0)


def test_meandering_keeps_both_ends_and_strays_as_told() -> None:
    x, y = np.array([0.0, 6000.0]), np.array([0.0, 0.0])
    middles = []
    for seed in range(200):
        mx, my = meander(x, y, 100.0, np.random.default_rng(seed))
        assert (mx[0], my[0]) == (0.0, 0.0)
        assert (mx[-1], my[-1]) == pytest.approx((6000.0, 0.0), abs=1e-9)
        middles.append(my[len(my) // 2])
    assert 70.0 < float(np.std(middles)) < 140.0


def test_meandering_over_no_distance() -> None:
    mx, my = meander(np.zeros(2), np.zeros(2), 100.0, np.random.default_rng(0))
    assert np.isfinite(mx).all()
    assert np.isfinite(my).all()
