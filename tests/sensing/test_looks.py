"""Looks and what several of them give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sensing.looks import SHARED_FATE, log_miss, looks_in


def test_looks_of_a_radar_share_their_fate_for_a_while(make_sensor):
    radar = make_sensor("radar-medium")
    assert radar.period < SHARED_FATE
    assert looks_in(radar, 60.0) == pytest.approx(60.0 / SHARED_FATE)


def test_slow_sweeps_and_events_count_as_they_come(make_sensor):
    camera, seismic = make_sensor("camera-day"), make_sensor("seismic")
    assert looks_in(camera, 120.0) == pytest.approx(120.0 / camera.period)
    assert looks_in(seismic, 60.0) == pytest.approx(60.0 / seismic.period)


@given(st.floats(0, 1), st.floats(0, 50), st.floats(0, 50))
def test_misses_add_up(p, first, second):
    together = log_miss(np.array(p), first + second)
    apart = log_miss(np.array(p), first) + log_miss(np.array(p), second)
    assert together == pytest.approx(max(float(apart), -30.0), abs=1e-9) or together == -30.0
    assert -30.0 <= together <= 0.0
