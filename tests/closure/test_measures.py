import numpy as np
import pytest

from limes.closure.measures import (
    RATE_CAVEAT,
    effectiveness_rate,
    rate_beside,
    repeated_trials,
    true_interdiction,
    two_sensor_recapture,
)
from limes.errors import UsageError


def test_the_rate_hides_what_nobody_saw():
    assert effectiveness_rate(80, 0, 20) == 0.8
    assert true_interdiction(0.8, 0.3) == pytest.approx(0.56)
    shown = rate_beside(0.56, 0.7)
    assert (shown.rate, shown.p_interdict, shown.why) == (pytest.approx(0.8), 0.56, RATE_CAVEAT)


def test_the_rate_rises_when_sensing_falls():
    assert rate_beside(0.30, 0.35).rate > rate_beside(0.56, 0.70).rate
    assert np.isnan(rate_beside(0.0, 0.0).rate)


def test_recapture_finds_the_number_of_crossings():
    rng, truth, runs = np.random.default_rng(1), 600, 3000
    a, b = rng.random((runs, truth)) < 0.3, rng.random((runs, truth)) < 0.4
    counts = zip(a.sum(1), b.sum(1), (a & b).sum(1), strict=True)
    found = [two_sensor_recapture(int(x), int(y), int(m)) for x, y, m in counts]
    chapman = np.array([f.chapman for f in found])
    assert chapman.mean() == pytest.approx(truth, rel=0.01)
    assert np.mean([f.chapman_sd for f in found]) == pytest.approx(chapman.std(), rel=0.1)


def test_sensors_that_miss_together_make_it_too_low():
    rng = np.random.default_rng(2)
    seen = rng.random(10_000) < 0.5
    a, b = seen & (rng.random(10_000) < 0.6), seen & (rng.random(10_000) < 0.6)
    assert two_sensor_recapture(int(a.sum()), int(b.sum()), int((a & b).sum())).chapman < 6000
    with pytest.raises(UsageError):
        two_sensor_recapture(10, 10, 0)


def test_repeated_trials_agree_with_people_who_try_again():
    rng, p, d = np.random.default_rng(3), 0.3, 0.1
    caught_once = again = apprehensions = people = 0
    for _ in range(40_000):
        people += 1
        while rng.random() < p:
            apprehensions += 1
            if rng.random() < d:
                break
    share = p * (1 - d)
    again, caught_once = apprehensions - people, apprehensions
    p_found, each = repeated_trials(share, d)
    assert p_found == pytest.approx(p)
    assert apprehensions / people == pytest.approx(each, rel=0.02)
    assert again < caught_once
