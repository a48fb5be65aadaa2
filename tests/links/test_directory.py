"""The directory of senders."""

from __future__ import annotations

import numpy as np
import pytest

from limes.geo import convergence, to_lonlat
from limes.links import sensor_directory


def test_rows_lines_and_assets() -> None:
    line = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 10.0]])
    known = sensor_directory(
        ["fence-1/cable", "tower-6/radar"],
        np.array([4e5, 5e5]),
        np.array([4e6, 4e6]),
        [line, None],
        "EPSG:32637",
        units=["patrol-1"],
        assets=["wall-1"],
    )
    assert known.index == {"fence-1/cable": 0, "tower-6/radar": 1}
    assert known.length[0] == 11.0
    assert np.isnan(known.length[1])
    assert known.assets == {"fence-1", "tower-6", "wall-1"}
    assert known.units == {"patrol-1"}
    lon, lat = to_lonlat(4e5, 4e6, "EPSG:32637")
    assert known.convergence[0] == pytest.approx(float(convergence(lon, lat, "EPSG:32637")))
    assert known.convergence[1] == pytest.approx(0.0, abs=1e-12)  # on the central meridian of zone 37


def test_near() -> None:
    known = sensor_directory(["a/radar"], np.array([5e5]), np.array([4e6]), [None], "EPSG:32637")
    x = np.array([5e5, 5e5 + 499_999.0, 5e5 + 500_001.0, np.nan, np.inf])
    assert known.near(x, np.full(5, 4e6)).tolist() == [True, True, False, False, False]
    nobody = sensor_directory([], np.zeros(0), np.zeros(0), [], "EPSG:32637")
    assert nobody.near(np.array([1.0, np.nan]), np.array([1.0, 1.0])).tolist() == [True, False]
