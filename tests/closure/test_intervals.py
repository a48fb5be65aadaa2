import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from limes.closure.intervals import clopper_pearson, trials_needed, wilson

NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


@pytest.mark.parametrize(("k", "n", "score", "exact"), NEWCOMBE)
def test_newcombe_1998_table(k, n, score, exact):
    assert [float(v) for v in wilson(k, n)] == pytest.approx(score, abs=6e-5)
    assert [float(v) for v in clopper_pearson(k, n)] == pytest.approx(exact, abs=6e-5)


@given(st.integers(1, 400), st.floats(0.0, 1.0))
def test_exact_ends_are_binomial_quantiles(n, share):
    k = round(share * n)
    low, high = (float(v) for v in clopper_pearson(k, n))
    assert 0.0 <= low <= k / n <= high <= 1.0
    if k > 0:
        assert binom.sf(k - 1, n, low) == pytest.approx(0.025, rel=1e-6)
    if k < n:
        assert binom.cdf(k, n, high) == pytest.approx(0.025, rel=1e-6)


def test_arrays_at_once():
    low, high = wilson(np.array([0, 5, 10]), np.array([10, 10, 10]))
    assert low[0] == 0.0
    assert high[2] == 1.0
    assert low[1] == pytest.approx(1.0 - high[1])


@pytest.mark.parametrize(("required", "failures"), [(0.9, 0), (0.95, 0), (0.99, 0), (0.95, 1), (0.9, 3)])
def test_as_many_trials_as_the_binomial_asks(required, failures):
    n = trials_needed(required, 0.95, failures)
    assert binom.cdf(failures, n, 1 - required) <= 0.05 < binom.cdf(failures, n - 1, 1 - required)


def test_straight_stops_that_prove_something():
    assert [trials_needed(p) for p in (0.9, 0.95, 0.99)] == [29, 59, 299]
