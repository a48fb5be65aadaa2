from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.columns import Status
from limes.watch.picture import DIRECTIONS, PictureSettings, picture


def test_a_walker_to_the_line_arrives_when_distance_over_speed_says(line, make_tracks):
    scene = picture(make_tracks({"y": -1200.0, "vy": 1.2}), 0.0, line, PictureSettings())
    low, high = scene.eta[0]
    assert DIRECTIONS[scene.direction[0]] == "toward_home"
    assert low < 1000.0 < high
    assert scene.meets[0] == pytest.approx(5000.0, rel=0.01)
    assert scene.offset[0] == pytest.approx(-1200.0, abs=20.0)


def test_the_interval_is_that_of_the_covariance_and_the_spread_of_pace(line, make_tracks):
    calm = PictureSettings(pace_spread=0.0)
    scene = picture(make_tracks({"y": -1200.0, "vy": 1.2, "sigma": 1e-6, "sigma_v": 0.12}), 0.0, line, calm)
    way = -float(scene.offset[0])
    np.testing.assert_allclose(scene.eta[0], [way / (1.2 * 1.1645), way / (1.2 * 0.8355)], rtol=1e-3)
    certain = picture(make_tracks({"y": -1200.0, "vy": 1.2, "sigma": 1e-6, "sigma_v": 1e-6}), 0.0, line, calm)
    assert np.ptp(certain.eta[0]) < 1.0


@pytest.mark.parametrize(
    ("motion", "direction", "meets"),
    [
        ({"vy": 1.0}, "toward_home", True),
        ({"y": 900.0, "vy": -1.0}, "toward_other", True),
        ({"y": 900.0, "vy": 1.0}, "toward_home", False),
        ({"vy": -1.0}, "toward_other", False),
        ({"vx": 1.0, "vy": 0.3}, "along", False),
        ({"vx": 1.0, "vy": 0.7}, "toward_home", True),
        ({"vy": 0.2}, "still", False),
    ],
)
def test_direction_and_whether_the_course_meets_the_line(line, make_tracks, motion, direction, meets):
    scene = picture(make_tracks(motion), 0.0, line, PictureSettings())
    assert DIRECTIONS[scene.direction[0]] == direction
    assert np.isfinite(scene.eta[0]).all() == meets


def test_too_far_to_matter_has_no_arrival(line, make_tracks):
    scene = picture(
        make_tracks({"y": -5000.0, "vy": 1.2}, {"y": -5000.0, "vy": 12.0, "label": "vehicle"}), 0.0, line, PictureSettings()
    )
    assert np.isnan(scene.eta[0]).all()
    assert np.isfinite(scene.eta[1]).all()


def test_tentative_tracks_are_not_in_the_picture_and_an_empty_one_works(line, make_tracks):
    scene = picture(make_tracks({"status": Status.TENTATIVE}), 0.0, line, PictureSettings())
    assert len(scene.rows) == 0
    assert scene.eta.shape == (0, 2)


def test_class_probabilities_add_up_by_what_they_mean(line, make_tracks):
    scene = picture(make_tracks({"label": "group"}, {"label": "animal"}, {"label": "vehicle"}), 0.0, line, PictureSettings())
    np.testing.assert_allclose(scene.people, [0.92, 0.04, 0.04], atol=1e-6)
    np.testing.assert_allclose(scene.other, [0.04, 0.92, 0.04], atol=1e-6)
    np.testing.assert_allclose(scene.vehicle, [0.02, 0.02, 0.9], atol=1e-6)


@settings(max_examples=100, deadline=None)
@given(
    y=st.floats(-3500, 3500).filter(lambda v: abs(v) > 50),
    vx=st.floats(-3, 3),
    vy=st.floats(-3, 3),
    sigma_v=st.floats(0.0, 2.0),
)
def test_arrival_is_an_interval_ahead_of_now(line, make_tracks, y, vx, vy, sigma_v):
    scene = picture(make_tracks({"x": 10_000.0, "y": y, "vx": vx, "vy": vy, "sigma_v": sigma_v}), 0.0, line, PictureSettings())
    low, high = scene.eta[0]
    assert (np.isnan(low) and np.isnan(high)) or 0.0 <= low <= high < np.inf
    if np.isfinite(low):
        assert vy * y < 0.0
