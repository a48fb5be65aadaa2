from math import erf, sqrt

import numpy as np
import pytest

from limes.closure.field import begin, quickest
from limes.closure.ground import HOME, OTHER
from limes.closure.response import Response, Unit, p_timely, travel_times, units_of

UNIT = Unit("u", "b", "k", 0.0, 0.0, 10.0, 5.0, True, 60.0, 1e6, 0.7)


def test_crews_available_are_not_crews_on_the_roll(sector, deployment):
    (whole,) = units_of(deployment.assets, sector.catalogue, night=False)
    (half,) = units_of(deployment.assets, sector.catalogue, night=True, manning=0.5)
    assert whole.free == pytest.approx(0.75 * 0.93)
    assert half.free == pytest.approx(0.5 * whole.free)
    assert half.open_speed == pytest.approx(0.7 * whole.open_speed)


def test_units_stay_at_home_and_come_sooner_nearby(demo):
    unit = demo.response.units[0]
    seconds = travel_times(demo.ground, unit, 120.0)
    assert np.isinf(seconds[demo.ground.region == OTHER]).all()
    home = seconds[demo.ground.region == HOME]
    assert home[np.isfinite(home)].min() == pytest.approx(120.0 + unit.ready, abs=60.0)
    x, y = demo.ground.place(np.arange(seconds.size))
    near = np.hypot(x - unit.x, y - unit.y)
    reached = np.isfinite(seconds) & (near > 200.0)
    assert (seconds[reached] - 120.0 - unit.ready >= near[reached] / unit.road_speed - 60.0).all()


def lane(plain, seconds, at_goal=0.0, only_goal=False, free=0.7):
    """Somebody walks along a row to its first cell, 8 s a cell; a unit is at each cell after some seconds."""
    found = quickest(plain(np.zeros((1, 6))), 1, begin(np.array([0])))
    reply = Response((Unit(**{**vars(UNIT), "free": free}),), np.asarray([seconds], np.float32))
    return found, p_timely(found, reply, 0.25, 0.3, at_goal, only_goal)


def test_the_unit_meets_at_the_best_place_ahead(plain):
    found, p = lane(plain, [10.0, 60.0, 60.0, 60.0, 60.0, 60.0])
    for cell in range(6):
        ahead = found.key[cell]
        z = (ahead - 10.0) / sqrt((0.25 * ahead) ** 2 + (0.3 * 10.0) ** 2)
        assert p[cell] == pytest.approx(0.7 * 0.5 * (1 + erf(z / sqrt(2))), abs=1e-6)


def test_who_is_nearer_than_the_goal_counts(plain):
    _, p = lane(plain, [100.0, 100.0, 1.0, 100.0, 100.0, 100.0])
    assert p[4] > 0.69
    assert p[1] < 0.01


def test_what_flies_is_met_only_where_it_lands(plain):
    _, p = lane(plain, [30.0, 1.0, 1.0, 1.0, 1.0, 1.0], at_goal=60.0, only_goal=True)
    assert p[0] > 0.69
    _, p = lane(plain, [500.0, 1.0, 1.0, 1.0, 1.0, 1.0], at_goal=60.0, only_goal=True)
    assert p[5] < 0.01


def test_units_fail_one_by_one(plain):
    found, one = lane(plain, np.zeros(6))
    both = Response((UNIT, UNIT), np.zeros((2, 6), np.float32))
    assert p_timely(found, both, 0.25, 0.3)[5] == pytest.approx(1 - (1 - one[5]) ** 2, abs=1e-6)
    assert p_timely(found, Response((), np.zeros((0, 6), np.float32)), 0.25, 0.3).max() == 0.0


def test_a_lost_post_takes_its_patrols():
    two = Response((UNIT, Unit(**{**vars(UNIT), "id": "v", "base": "c"})), np.zeros((2, 3), np.float32))
    assert [u.id for u in two.without(frozenset({"b"})).units] == ["v"]
    assert [u.id for u in two.without(frozenset({"v"})).units] == ["u"]
    assert two.slower(30.0).seconds.max() == 30.0
