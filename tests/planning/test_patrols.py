import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.errors import UsageError
from limes.planning.patrols import drawn, marginals, schedule, shares


@settings(max_examples=40)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12), st.integers(0, 1000))
def test_marginals_of_the_drawing_are_the_shares_exactly(share, seed):
    share, rng = np.array(share), np.random.default_rng(seed)
    assert marginals(share, rng.permutation(share.size)) == pytest.approx(share, abs=1e-9)
    count = drawn(share, rng).sum()
    assert np.floor(share.sum() - 1e-9) <= count <= np.ceil(share.sum() + 1e-9)


def test_shares_make_the_best_places_alike():
    unmet, met = np.array([0.9, 0.6, 0.5, 0.1]), np.array([0.4, 0.3, 0.3, 0.05])
    share, value = shares(unmet, met, 1.5)
    left = unmet - share * (unmet - met)
    assert share.sum() == pytest.approx(1.5)
    assert left.max() == pytest.approx(value)
    assert left[share > 1e-9] == pytest.approx(value)


def test_a_week_is_seeded_and_keeps_its_shares():
    unmet = np.linspace(0.3, 0.9, 7)
    week = schedule(tuple("abcdefg"), unmet, 0.5 * unmet, 3, seed=4)
    assert week.walked.shape == (21, 7)
    assert np.array_equal(week.walked, schedule(tuple("abcdefg"), unmet, 0.5 * unmet, 3, seed=4).walked)
    assert not np.array_equal(week.walked, schedule(tuple("abcdefg"), unmet, 0.5 * unmet, 3, seed=5).walked)
    long = schedule(tuple("abcdefg"), unmet, 0.5 * unmet, 3, seed=1, shifts=4000)
    assert long.walked.mean(axis=0) == pytest.approx(week.share, abs=4.0 * 0.5 / np.sqrt(4000))


def test_no_patrols_or_idle_ones_are_refused():
    with pytest.raises(UsageError, match="no patrols"):
        schedule(("a",), np.array([0.5]), np.array([0.1]), 0)
    with pytest.raises(UsageError, match="less likely"):
        shares(np.array([0.5]), np.array([0.5]), 1.0)
