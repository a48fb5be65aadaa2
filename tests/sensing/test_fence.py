"""Fence sensors: one way through is one chance, standing at it another, walking along it none."""

import dataclasses

import numpy as np
import pytest

from limes.sensing import fence


@pytest.fixture(scope="module")
def model(catalogue):
    return fence.fence_model(catalogue.kinds["fence-sensor"])


def through(model, target, speed, weather, start=0.0):
    """P over a straight way through the fence, look by look."""
    across = np.arange(-60.0, 60.0, speed * model.period) + start
    p = fence.p_fence(model, target, np.abs(across), np.full(across.shape, speed), weather)
    return 1.0 - np.prod(1.0 - p)


@pytest.mark.parametrize("speed", [1.0, 1.3, 3.0, 8.0, 20.0])
def test_a_way_through_gives_what_is_stated_at_any_speed(model, targets, clear, speed):
    found = [through(model, targets["person"], speed, clear, start) for start in np.linspace(0.0, speed, 40, endpoint=False)]
    assert np.mean(found) == pytest.approx(model.p_climb, abs=0.05)


def test_kinds_of_ways_through(model, targets):
    assert fence.p_through(model, targets["person"]) == pytest.approx(model.p_climb)
    assert fence.p_through(model, targets["vehicle"]) == pytest.approx(model.p_cut)
    assert fence.p_through(model, targets["animal"]) == pytest.approx(model.p_ladder)
    assert fence.p_through(model, targets["group"]) > model.p_climb
    assert fence.p_through(model, targets["drone"]) == 0.0


def test_climbing_on_the_spot_takes_its_time(model, targets, clear):
    p = float(fence.p_fence(model, targets["person"], np.array(0.0), np.array(0.0), clear))
    assert 1 - (1 - p) ** (fence.CLIMB / model.period) == pytest.approx(model.p_climb)


def test_walking_beside_it_is_not_noticed(model, targets, clear):
    assert fence.p_fence(model, targets["person"], np.array(3.0), np.array(0.0), clear) == 0.0


def test_storm_masks_the_cable(model, targets, clear):
    storm = dataclasses.replace(clear, wind=model.wind_limit)
    assert through(model, targets["person"], 1.3, storm) == 0.0
    assert fence.masking(5.0, model.wind_limit) == 1.0
    assert fence.masking(50.0, np.inf) == 1.0
