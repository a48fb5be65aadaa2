"""The yardstick itself, against lines worked out by hand, and the second test of visible cells."""

from __future__ import annotations

import numpy as np
import pytest

from limes.sensing.sight import View, line_of_sight, minimum_visible_height, retest


def test_by_hand_on_a_row():
    row = np.array([[0, 0, 4, 0, 0], [0, 0, 0, 0, 0]], np.float32)
    assert line_of_sight(row, 0, 0, 2.0, 0.0, 0, 4) == pytest.approx(6.0)  # 2 + (4 - 2) * 4 / 2
    assert line_of_sight(row, 0, 0, 2.0, 0.0, 0, 2) == 0.0
    assert line_of_sight(row, 0, 0, 2.0, 0.5, 0, 4) == pytest.approx(2.0 + 2 * (4.0 - 0.5 * 4 - 2.0) + 0.5 * 16)


def test_by_hand_between_posts():
    """From (0, 0) to (2, 3): rows are crossed at column 1.5, columns at rows 2/3 and 4/3."""
    terrain = np.zeros((3, 4), np.float32)
    terrain[1, 1], terrain[1, 2] = 3.0, 6.0
    row = (1.5, 0.5 * 3.0 + 0.5 * 6.0)  # share of the way x 3, height
    first = (1.0, 3.0 * 2 / 3)
    second = (2.0, 6.0 * (1 - 1 / 3))
    expected = max((height - 1.0) / (part / 3.0) for part, height in (row, first, second)) + 1.0
    assert line_of_sight(terrain, 0, 0, 1.0, 0.0, 2, 3) == pytest.approx(expected)


def test_only_columns_see_a_needle_between_rows():
    """A line that leaves the rows' crossings clear can still be stopped by a column's: what 'layers' models overlook."""
    terrain = np.zeros((9, 9), np.float32)
    terrain[3, 4] = 40.0
    # to (8, 7) the line passes column 4 at row 4.57, between rows 4 and 5: clear of the needle; to (6, 8) it is not
    assert line_of_sight(terrain, 0, 0, 2.0, 0.0, 8, 7) == 0.0
    assert line_of_sight(terrain, 0, 0, 2.0, 0.0, 6, 8) > 30.0


def test_voids_stop_nothing():
    terrain = np.full((5, 5), np.nan, np.float32)
    terrain[0, 0] = terrain[4, 4] = terrain[2, 4] = 0.0
    assert line_of_sight(terrain, 0, 0, 1.0, 0.0, 4, 4) == 0.0
    assert line_of_sight(terrain, 0, 0, 1.0, 0.0, 2, 4) == 0.0


def test_retest_takes_nothing_from_the_exact_engine(rough):
    terrain = rough(100, 100, seed=31)
    view = minimum_visible_height(terrain, 30.0, 50, 50, 15.0, 1400.0)
    again, corrected = retest(terrain, 30.0, 50, 50, 15.0, view, 1.7)
    assert corrected == 0
    np.testing.assert_array_equal(again.mvh, view.mvh)


def test_retest_cleans_what_screening_sees_falsely(rough):
    terrain = rough(100, 100, seed=32)
    exact = minimum_visible_height(terrain, 30.0, 50, 50, 15.0, 1400.0)
    quick = minimum_visible_height(terrain, 30.0, 50, 50, 15.0, 1400.0, engine="screen")
    falsely = (quick.mvh <= 1.7) & (exact.mvh > 1.701)
    again, corrected = retest(terrain, 30.0, 50, 50, 15.0, quick, 1.7)
    assert corrected == falsely.sum() > 0
    assert not ((again.mvh <= 1.7) & (exact.mvh > 1.701)).any()
    assert isinstance(again, View)
