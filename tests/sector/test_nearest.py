import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.sector.nearest import box_tree, nearest

coordinate = st.integers(-8000, 8000).map(lambda n: n / 8)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=40),
    st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=20),
)
def test_distance_is_that_of_shapely(vertices, points):
    line, asked = np.array(vertices), np.array(points)
    segment, fraction, offset = nearest(box_tree(*line.T), *asked.T)
    expected = shapely.distance(shapely.points(asked), shapely.LineString(line))
    np.testing.assert_allclose(np.abs(offset), expected, atol=1e-7)
    on_line = line[segment] + fraction[:, None] * (line[segment + 1] - line[segment])
    np.testing.assert_allclose(np.hypot(*(asked - on_line).T), np.abs(offset), atol=1e-9)


@pytest.mark.parametrize(
    ("point", "side"),
    [((5.0, 1.0), 1), ((5.0, -1.0), -1), ((12.0, -3.0), -1), ((9.0, 1.0), 1), ((11.0, 9.0), -1), ((9.0, 9.0), 1)],
)
def test_left_is_positive(point, side):
    tree = box_tree(np.array([0.0, 10.0, 10.0]), np.array([0.0, 0.0, 10.0]))
    assert np.sign(nearest(tree, *np.array([point]).T)[2][0]) == side


def test_side_at_a_spike_needs_both_segments():
    """Beyond a sharp spike the nearest point is its tip; one segment's normal alone would call half of that side wrong."""
    tree = box_tree(np.array([0.0, 10.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    beyond_below, beyond_above = nearest(tree, np.array([11.0, 11.0]), np.array([-0.4, 0.4]))[2]
    assert beyond_below < 0
    assert beyond_above < 0


def test_repeated_vertices_and_ends():
    tree = box_tree(np.array([0.0, 0.0, 10.0, 10.0]), np.zeros(4))
    _, _, offset = nearest(tree, np.array([-3.0, 13.0]), np.array([4.0, -4.0]))
    np.testing.assert_allclose(np.abs(offset), 5.0)


def test_a_point_that_is_not_finite_gets_nan():
    tree = box_tree(np.array([0.0, 10.0]), np.zeros(2))
    _, fraction, offset = nearest(tree, np.array([np.nan, np.inf, 1.0]), np.array([0.0, 0.0, 2.0]))
    assert np.isnan(fraction[:2]).all()
    assert np.isnan(offset[:2]).all()
    assert offset[2] == 2.0


def test_no_points():
    tree = box_tree(np.array([0.0, 10.0]), np.zeros(2))
    assert nearest(tree, np.empty(0), np.empty(0))[0].size == 0
