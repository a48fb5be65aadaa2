from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.grid import Grid

GRID = Grid(west=1000.0, north=5000.0, cell=30.0, nx=40, ny=20)


@given(row=st.integers(0, 19), column=st.integers(0, 39))
def test_a_centre_lies_in_its_cell(row, column):
    x, y = GRID.centre(row, column)
    found = GRID.index(x, y)
    assert (int(found[0]), int(found[1])) == (row, column)


def test_centres_are_those_of_the_cells():
    x, y = GRID.centres()
    assert (x[3], y[7]) == GRID.centre(7, 3)


def test_inside_ends_at_the_edges():
    west, south, east, north = GRID.bounds
    assert GRID.inside(
        np.array([west, east, west - 0.1, east - 0.1]), np.array([north, south + 1, north, south + 0.1])
    ).tolist() == [
        True,
        False,
        False,
        True,
    ]


def test_coarser_blocks_cover_the_same_corner():
    coarse = GRID.coarser(3)
    assert (coarse.west, coarse.north, coarse.cell, coarse.shape) == (1000.0, 5000.0, 90.0, (6, 13))


@pytest.mark.parametrize("far", [np.inf, -np.inf, np.nan, 1e300])
def test_no_place_is_inside_that_is_nowhere(far):
    x, y = GRID.centre(1, 1)
    assert GRID.inside(np.array([far, x, x]), np.array([y, far, y])).tolist() == [False, False, True]
