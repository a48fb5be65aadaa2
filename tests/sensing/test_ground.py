"""Passages past a ground sensor: a look at a time, they add up to what the catalogue states."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sensing import ground


@pytest.fixture(scope="module")
def model(catalogue):
    return ground.ground_model(catalogue.kinds["seismic"])


def passage(model, target, closest, speed, clear, period=None):
    """P of a whole straight passage, look by look."""
    model = dataclasses.replace(model, period=period or model.period)
    along = np.arange(-3000.0, 3000.0, speed * model.period)
    p = ground.p_ground(model, target, np.hypot(along, closest), np.full(along.shape, speed), clear)
    return 1.0 - np.prod(1.0 - p)


@pytest.mark.parametrize("name", ["person", "animal", "vehicle"])
def test_passage_right_over_the_sensor_gives_what_is_stated(model, targets, clear, name):
    target = targets[name]
    assert passage(model, target, 0.0, target.speed, clear) == pytest.approx(model.p_detect, abs=0.01)


@pytest.mark.parametrize("period", [0.5, 2.0, 10.0])
def test_it_does_not_matter_how_often_one_looks(model, targets, clear, period):
    assert passage(model, targets["person"], 10.0, 1.3, clear, period) == pytest.approx(
        passage(model, targets["person"], 10.0, 1.3, clear), abs=0.01
    )


def test_standing_still_is_not_heard(model, targets, clear):
    assert ground.p_ground(model, targets["person"], np.array([0.0, 5.0]), np.zeros(2), clear).tolist() == [0.0, 0.0]


def test_fall_is_half_at_the_stated_distance():
    assert ground.passage_fall(30.0, 30.0, 0.9, 4.0) == pytest.approx(0.45)


def test_width_for_certain_steps_is_that_of_the_fall():
    # for small p the weight is the fall itself: integral of 1 / (1 + s^4) = pi / sqrt 2
    assert ground.passage_width(1e-6, 4.0) == pytest.approx(np.pi / np.sqrt(2), rel=1e-3)


def test_each_of_a_group_is_a_chance(model, targets, clear):
    one, six = (passage(model, targets[name], 30.0, 1.1, clear) for name in ("person", "group"))
    assert six == pytest.approx(1 - (1 - one) ** 6, abs=0.01)


def amplitude(distance, alpha):
    """Bornitz: amplitude of a surface wave."""
    return np.exp(-alpha * distance) / np.sqrt(distance)


def test_noise_of_wind_and_rain_takes_reach(clear):
    alpha = ground.absorption("loam", "walk")
    assert ground.reach_in_noise(30.0, "loam", "walk", clear) == 30.0
    for noisy in ({"wind": 17.0}, {"rain": 6.0}):  # both 6 dB
        reach = ground.reach_in_noise(30.0, "loam", "walk", dataclasses.replace(clear, **noisy))
        assert 20 * np.log10(amplitude(reach, alpha) / amplitude(30.0, alpha)) == pytest.approx(6.0)


@given(st.floats(5, 500), st.floats(0.001, 0.1), st.floats(0.001, 0.1))
def test_amplitude_at_the_reach_is_the_same_in_any_soil(reach, alpha, other):
    there = ground.bornitz_reach(reach, alpha, other)
    assert np.log(amplitude(there, other)) == pytest.approx(np.log(amplitude(reach, alpha)), abs=1e-6)


def test_soils_span_the_known_range_of_footsteps(catalogue):
    # 10 to 50 m by soil is general knowledge for steps, more on rock
    walk = [ground.ground_model(catalogue.kinds["seismic"], soil).ranges["walk"] for soil in ground.SOILS]
    assert walk == sorted(walk, reverse=True)
    assert 10.0 < walk[-1] < 15.0
    assert 35.0 < walk[1] < 50.0
    assert walk[list(ground.SOILS).index("loam")] == pytest.approx(30.0)


def test_wheels_carry_farther_through_soft_ground_than_steps():
    assert ground.absorption("sand", "vehicle") < ground.absorption("sand", "walk")


def test_what_flies_is_not_heard(model, targets, clear):
    assert ground.heard_as(targets["drone"]) is None
    assert ground.p_ground(model, targets["drone"], np.zeros(3), np.full(3, 12.0), clear).sum() == 0.0
    assert ground.ground_reach(model, targets["drone"]) == 0.0


def test_reach_is_where_one_passage_in_a_hundred_is_left(model, targets):
    for name in ("person", "group", "vehicle"):
        reach = ground.ground_reach(model, targets[name])
        heard = ground.heard_as(targets[name])
        single = ground.passage_fall(reach, model.ranges[heard], model.p_detect, model.falloff)
        assert 1 - (1 - single) ** targets[name].members == pytest.approx(0.01, rel=0.1)


@given(st.floats(0, 400), st.floats(1.0, 2.0), st.floats(0.0, 20.0))
def test_farther_or_slower_is_never_better(distance, factor, speed):
    def p(d, v):
        return float(ground.p_passing(np.array(d), np.array(v), 30.0, 0.95, 4.0, 2.0))

    assert 0.0 <= p(distance, speed) <= 0.95 + 1e-12
    assert p(distance * factor, speed) <= p(distance, speed) + 1e-12
    assert p(distance, speed / factor) <= p(distance, speed) + 1e-12
