import numpy as np
import pytest

from limes.closure.choice import expected_utility, quantal_response, suqr


def test_blind_chance_and_best_reply_are_its_ends():
    utility = np.array([0.8, 2.6, 2.5])
    assert quantal_response(utility, 0.0) == pytest.approx(np.full(3, 1 / 3))
    assert quantal_response(utility, 1000.0) == pytest.approx([0.0, 1.0, 0.0], abs=1e-9)


def test_large_utilities_do_not_overflow():
    assert quantal_response(np.array([1e6, 1e6 - 1.0]), 1.0).sum() == pytest.approx(1.0)


def test_it_is_a_softmax_of_the_utility():
    utility = expected_utility(np.array([0.6, 0.3, 0.1]), np.array([8.0, 5.0, 3.0]), np.array([-4.0, -3.0, -2.0]))
    weight = np.exp(0.76 * utility)
    assert quantal_response(utility, 0.76) == pytest.approx(weight / weight.sum())


def test_suqr_avoids_coverage_by_its_weight():
    p = suqr(np.array([0.2, 0.1]), np.ones(2), np.zeros(2))
    assert np.log(p[1] / p[0]) == pytest.approx(0.985)
