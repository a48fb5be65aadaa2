from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from limes.closure.patrolling import line_bounds, line_value
from limes.errors import UsageError


def value_by_program(nodes, duration, period):
    """The game over closed walks of a period, solved as a matrix game."""
    walks = [
        walk for walk in product(range(nodes), repeat=period) if all(abs(walk[i] - walk[i - 1]) <= 1 for i in range(period))
    ]
    attacks = [(node, start) for node in range(nodes) for start in range(period)]
    met = np.array([[any(w[(s + k) % period] == n for k in range(duration)) for n, s in attacks] for w in walks], float)
    goal = np.append(np.zeros(len(walks)), -1.0)
    rows = np.hstack([-met.T, np.ones((len(attacks), 1))])
    mix = np.append(np.ones(len(walks)), 0.0)[None, :]
    return -linprog(goal, A_ub=rows, b_ub=np.zeros(len(attacks)), A_eq=mix, b_eq=[1.0], bounds=(0, None), method="highs").fun


@pytest.mark.parametrize(("nodes", "duration", "period"), [(3, 2, 6), (4, 2, 6), (3, 3, 4), (4, 3, 6)])
def test_closed_forms_are_the_values_of_the_game(nodes, duration, period):
    assert line_value(nodes, duration) == pytest.approx(value_by_program(nodes, duration, period), abs=1e-9)


@pytest.mark.parametrize(("nodes", "duration", "value"), [(5, 2, 1 / 3), (98, 2, 1 / 49), (11, 12, 0.6), (50, 60, 60 / 98)])
def test_published_values(nodes, duration, value):
    assert line_value(nodes, duration) == pytest.approx(value)


def test_easy_and_impossible_games():
    assert line_value(1, 1) == 1.0
    assert line_value(4, 6) == 1.0
    assert line_value(7, 1) == pytest.approx(1 / 7)
    with pytest.raises(UsageError):
        line_bounds(0, 1)


def test_without_a_closed_form_the_bounds_are_told():
    below, above = line_bounds(10, 5)
    assert 0.0 < below < above <= 1.0
    with pytest.raises(UsageError, match="line_bounds"):
        line_value(10, 5)


def test_bounds_never_cross():
    for n in range(1, 40):
        for m in range(1, 90):
            below, above = line_bounds(n, m)
            assert 0.0 < below <= above + 1e-12 <= 1.0 + 2e-12
