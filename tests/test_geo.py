from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.geo import convergence, geodesic_lengths, is_projected, to_lonlat, to_plane

UTM = "EPSG:32637"


@given(lon=st.floats(36.5, 38.5), lat=st.floats(36.0, 37.5))
def test_there_and_back(lon, lat):
    x, y = to_plane(lon, lat, UTM)
    back = to_lonlat(x, y, UTM)
    assert back[0] == pytest.approx(lon, abs=1e-9)
    assert back[1] == pytest.approx(lat, abs=1e-9)


def test_convergence_turns_true_north_into_grid_north():
    lon, lat = 37.5, 36.7
    x, y = to_plane(np.array([lon, lon]), np.array([lat, lat + 1e-4]), UTM)
    grid_bearing_of_true_north = np.arctan2(x[1] - x[0], y[1] - y[0])
    assert -convergence(lon, lat, UTM) == pytest.approx(grid_bearing_of_true_north, abs=1e-6)
    assert np.degrees(convergence(lon, lat, UTM)) == pytest.approx(-0.8966, abs=1e-3)


def test_one_degree_of_longitude_on_the_equator():
    assert geodesic_lengths(np.array([0.0, 1.0]), np.zeros(2))[-1] == pytest.approx(111_319.491, abs=0.01)


@pytest.mark.parametrize(("crs", "fits"), [(UTM, True), ("EPSG:4326", False), ("EPSG:2263", False)])
def test_only_metres_on_a_plane_fit(crs, fits):
    assert is_projected(crs) is fits
