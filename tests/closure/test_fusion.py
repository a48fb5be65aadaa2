import numpy as np
import pytest

from limes.closure.fusion import alarm_mix, chance_pairs, p_k_of_n


def test_confirmation_of_false_sensors():
    assert float(p_k_of_n(2, 3, 0.05)) == pytest.approx(0.00725)
    assert float(p_k_of_n(1, 2, 0.7)) == pytest.approx(0.91)
    assert p_k_of_n(0, 3, np.array([0.1, 0.9])).tolist() == [1.0, 1.0]


def test_few_alarms_are_hostile():
    mix = alarm_mix(0.8, 0.1, 1.0, 12.0)
    assert (mix.per_hour, mix.share_hostile, mix.share_person) == pytest.approx((12.88, 0.08 / 12.88, 0.88 / 12.88))


def test_pairs_by_chance_agree_with_streams():
    rng, hours, rate = np.random.default_rng(4), 40_000.0, 2.0
    a, b = (np.sort(rng.random(rng.poisson(rate * hours))) * hours * 3600.0 for _ in range(2))
    pairs = (np.searchsorted(b, a + 60.0) - np.searchsorted(b, a - 60.0)).sum()
    assert pairs / hours == pytest.approx(chance_pairs(rate, rate, 60.0), rel=0.05)
