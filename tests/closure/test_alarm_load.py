import numpy as np
import pytest

from limes.closure.alarm_load import LIMITS, alarm_load, p_period_over


def test_a_flood_lasts_until_fewer_than_five():
    times = np.concatenate([np.full(n, 600.0 * i + 1.0) for i, n in enumerate([3, 11, 6, 5, 4, 10])])
    load = alarm_load(times)
    assert load.counts.tolist() == [3, 11, 6, 5, 4, 10]
    assert load.flood.tolist() == [False, True, True, True, False, False]
    assert (load.in_flood, load.most) == (3, 11)


def test_no_alarms():
    assert alarm_load(np.zeros(0), windows=2).counts.tolist() == [0, 0]


def test_chance_of_a_bad_ten_minutes():
    rng = np.random.default_rng(1)
    assert p_period_over(30.0) == pytest.approx((rng.poisson(5.0, 400_000) > 10).mean(), abs=6e-4)
    assert p_period_over(6.0) == pytest.approx(1.00478e-8, rel=1e-5)


def test_the_hourly_budget_is_six():
    assert dict(LIMITS)["alarms per operator per hour (average)"] == {"acceptable": 6, "manageable": 12}
