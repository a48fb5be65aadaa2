import numpy as np
import pytest

from limes.closure.queues import erlang_b, erlang_c, mg1, mmc
from limes.errors import UsageError


def test_published_examples():
    year = mmc(300.0, 182.5, 3)
    assert (year.waiting, year.in_system, year.p_empty) == pytest.approx((0.352, 1.996, 0.17754), abs=1e-3)
    hospital = mmc(2.0, 3.0, 2)
    assert (hospital.p_empty, hospital.wait, hospital.time_in_system) == pytest.approx((0.5, 1 / 24, 0.375))
    assert erlang_b(10.0, 10) == pytest.approx(0.2146, abs=1e-4)


def test_erlang_b_is_the_truncated_poisson():
    terms = np.cumprod(np.concatenate([[1.0], 7.0 / np.arange(1, 10)]))
    assert erlang_b(7.0, 9) == pytest.approx(terms[-1] / terms.sum())


def test_waits_agree_with_lindley():
    rng, n = np.random.default_rng(2), 400_000
    gaps, service = rng.exponential(1 / 24.0, n), rng.gamma(4.0, 1 / 120.0, n)
    steps = np.concatenate([[0.0], np.cumsum(service[:-1] - gaps[1:])])
    wait = steps - np.minimum.accumulate(steps)
    assert wait.mean() == pytest.approx(mg1(24.0, 1 / 30.0, 1 / 60.0).wait, rel=0.06)


def test_tail_of_the_wait():
    lanes = mmc(40.0, 12.0, 4)
    assert lanes.p_wait_over(0.0) == lanes.p_wait
    assert lanes.p_wait_over(0.05) == pytest.approx(0.440884, abs=1e-5)


def test_overload_is_said():
    assert erlang_c(3.0, 2) == 1.0
    with pytest.raises(UsageError, match="outrun"):
        mmc(40.0, 12.0, 3)
    with pytest.raises(UsageError, match="outrun"):
        mg1(2.0, 1.0, 0.0)


def test_nobody_comes():
    assert mmc(0.0, 5.0).wait == 0.0
    assert mg1(0.0, 1.0, 1.0).wait == 0.0
