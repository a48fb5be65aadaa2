import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from limes.closure.stackelberg import follower_reply, nash, pure_commitment, security_game, stackelberg
from limes.errors import UsageError


def test_commitment_is_worth_more_than_nash():
    leader, follower = np.array([[1.0, 3.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    values = [nash(leader, follower)[0][2], pure_commitment(leader, follower), stackelberg(leader, follower).value]
    assert values == pytest.approx([1.0, 2.0, 2.5])


def test_published_games():
    assert stackelberg(np.array([[2, 4], [1, 3]]), np.array([[1, 0], [0, 2]])).value == pytest.approx(11 / 3)
    found = stackelberg(np.array([[2, 0, 0], [1, 0, 0]]), np.array([[0, 2, 5], [0, -1, -4]]))
    assert (found.value, found.reply) == (pytest.approx(4 / 3), 0)


def test_mixed_nash_of_matching_pennies():
    a = np.array([[1.0, -1.0], [-1.0, 1.0]])
    ((x, y, value),) = nash(a, -a)
    assert x.tolist() == y.tolist() == [0.5, 0.5]
    assert value == 0.0


payoffs = st.lists(st.integers(-9, 9), min_size=9, max_size=9).map(lambda v: np.array(v, float).reshape(3, 3))


@settings(max_examples=25, deadline=None)
@given(payoffs, payoffs)
def test_no_commitment_of_a_fine_grid_beats_it(leader, follower):
    found = stackelberg(leader, follower)
    steps = [(i / 12, j / 12, 1 - (i + j) / 12) for i in range(13) for j in range(13 - i)]
    assert max(follower_reply(leader, follower, np.array(mix))[1] for mix in steps) <= found.value + 1e-7
    assert found.value >= pure_commitment(leader, follower) - 1e-7


def by_programs(du, dc, au, ac, units):
    """Defender's value by one linear program for each place that is attacked."""
    n, best = len(du), -np.inf
    for t in range(n):
        rows, limits = [np.ones(n)], [units]
        for other in set(range(n)) - {t}:
            row = np.zeros(n)
            row[other], row[t] = ac[other] - au[other], -(ac[t] - au[t])
            rows.append(row)
            limits.append(au[t] - au[other])
        goal = np.zeros(n)
        goal[t] = -(dc[t] - du[t])
        found = linprog(goal, A_ub=np.array(rows), b_ub=limits, bounds=(0, 1), method="highs")
        best = max(best, du[t] - found.fun) if found.success else best
    return best


places = st.lists(
    st.tuples(st.integers(-9, 0), st.integers(1, 9), st.integers(1, 9), st.integers(-9, 0)), min_size=2, max_size=5
)


@settings(max_examples=40, deadline=None)
@given(places, st.floats(0.1, 3.0))
def test_the_security_game_agrees_with_one_program_per_place(rows, units):
    du, dc, au, ac = np.array(rows, float).T
    found = security_game(du, dc, au, ac, units)
    assert found.coverage.sum() <= units + 1e-9
    assert found.defender_value == pytest.approx(by_programs(du, dc, au, ac, units), abs=1e-6)


def test_payoffs_that_make_no_security_game_are_refused():
    with pytest.raises(UsageError, match="must hurt"):
        security_game(np.zeros(2), np.ones(2), np.zeros(2), np.ones(2), 1.0)
