import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.closure.search import coverage_factor, definite_range, inverse_cube, optimal_effort, random_search


def test_the_laws_at_a_coverage_of_one_are_the_published_ones():
    assert float(random_search(1.0)) == pytest.approx(0.632, abs=5e-4)
    assert float(inverse_cube(1.0)) == pytest.approx(0.790, abs=5e-4)
    assert float(definite_range(1.0)) == 1.0
    assert coverage_factor(0.5, 40.0, 2.0, 98.0) == pytest.approx(40.0 / 98.0)


def greedy(prior, rate, effort, steps=20_000):
    spent = np.zeros(len(prior))
    for _ in range(steps):
        spent[np.argmax(prior * rate * np.exp(-rate * spent))] += effort / steps
    return spent


@pytest.mark.parametrize("effort", [0.1, 2.0, 15.0])
def test_the_best_split_is_the_greedy_one(effort):
    prior, rate = np.array([0.5, 0.3, 0.15, 0.05]), np.array([0.5, 1.0, 2.0, 0.1])
    split, p = optimal_effort(prior, rate, effort)
    tried = greedy(prior, rate, effort)
    assert split == pytest.approx(tried, abs=2e-3 * effort + 1e-3)
    assert p >= float((prior * random_search(rate * tried)).sum()) - 1e-9


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.05, 5.0)), min_size=1, max_size=6), st.floats(0.0, 20.0))
def test_the_effort_is_spent_and_no_cell_gets_less_than_none(cells, effort):
    prior, rate = np.array(cells).T
    split, p = optimal_effort(prior, rate, effort)
    assert (split >= 0.0).all()
    assert split.sum() == pytest.approx(effort if (prior > 0).any() else 0.0, abs=1e-6)
    assert 0.0 <= p <= prior.sum() + 1e-12
