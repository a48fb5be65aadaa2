from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.errors import InputError, UsageError
from limes.planning.siting import Cover, budget_greedy, covered, greedy, merged, restarted, site, swapped, within
from limes.planning.siting.benders import online_bound, prove
from limes.planning.siting.cover import cover
from limes.planning.siting.instances import by_distance, medians, read_pmedian, read_points
from limes.planning.siting.swap import gains
from limes.seeds import generator


def problem(seed: int, sites: int = 14, columns: int = 60, share: float = 0.2) -> Cover:
    rng = np.random.default_rng(seed)
    seen = [np.flatnonzero(rng.random(columns) < share) for _ in range(sites)]
    return cover(seen, rng.integers(1, 50, columns).astype(float))


def best(about: Cover, count: int) -> float:
    return max(covered(about, chosen) for chosen in combinations(range(about.sites), count))


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_the_proof_meets_the_best_of_all_choices(seed, count):
    about = problem(seed)
    found, true = site(about, count, rounds=2), best(about, count)
    assert found.value == pytest.approx(covered(about, found.chosen))
    assert found.value == pytest.approx(true)
    assert found.bound == pytest.approx(true, rel=1e-5)
    assert found.relaxed >= true - 1e-6
    assert len(found.chosen) <= count


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_greedy_keeps_its_promise_and_bounds_hold(seed, count):
    about = problem(seed)
    chosen, true = greedy(about, count), best(about, count)
    assert covered(about, chosen) >= (1.0 - 1.0 / np.e) * true - 1e-9
    assert covered(about, swapped(about, chosen)) >= covered(about, chosen)
    for start in ([], chosen[:1], chosen):
        assert online_bound(about, start, count) >= true - 1e-9


def test_lazy_greedy_is_plain_greedy():
    about = problem(3, 30, 200)
    left, plain = about.weight.copy(), []
    for _ in range(6):
        worth = about.sees @ left
        plain.append(int(worth.argmax()))
        left[about.sees[[plain[-1]]].indices] = 0.0
    assert greedy(about, 6) == plain


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_merging_loses_nothing(seed):
    about = problem(seed, 6, 80, 0.3)
    small, where = merged(about)
    assert small.weight.size < about.weight.size
    assert where.max() == small.weight.size - 1
    for chosen in combinations(range(6), 3):
        assert covered(small, chosen) == pytest.approx(covered(about, chosen))


def test_gains_of_all_exchanges_are_right():
    about, chosen = problem(5), np.array([0, 3, 9])
    found, now = gains(about, about.sees.T.tocsr(), chosen), covered(about, chosen)
    for k in range(3):
        for j in set(range(about.sites)) - {0, 3, 9}:
            other = [*np.delete(chosen, k), j]
            assert found[k, j] == pytest.approx(covered(about, other) - now)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(3.0, 20.0))
def test_budgets_hold_and_half_is_promised(seed, budget):
    about, rng = problem(seed, 9), np.random.default_rng(seed)
    cost = rng.uniform(1.0, 6.0, about.sites)
    fits = [c for n in range(10) for c in combinations(range(9), n) if cost[list(c)].sum() <= budget]
    true = max(covered(about, c) for c in fits)
    chosen = budget_greedy(about, cost, budget)
    for found in (chosen, swapped(about, chosen, cost, budget), restarted(about, chosen, rng, 3, cost=cost, budget=budget)):
        assert cost[found].sum() <= budget + 1e-9
        assert covered(about, found) >= 0.5 * (1.0 - 1.0 / np.e) * true - 1e-9


def test_restarts_are_seeded_and_never_worse():
    about = problem(11, 60, 600, 0.05)
    start = greedy(about, 8)
    found = [restarted(about, start, generator(1, "siting"), 5) for _ in range(2)]
    assert found[0] == found[1]
    assert covered(about, found[0]) >= covered(about, start)


def test_a_proof_out_of_time_still_bounds():
    about = problem(2)
    assert prove(about, greedy(about, 3), 3, 0.0, 0.0).bound >= best(about, 3) - 1e-6


def test_what_is_seen_up_to_a_radius():
    points = np.array([[0.0, 0.0], [30.0, 40.0], [60.0, 80.0]])
    assert within(points, points, np.ones(3), 50.0).sees.sum() == 7
    with pytest.raises(UsageError, match="ask for one or more"):
        site(within(points, points, np.ones(3), 50.0), 0)
    with pytest.raises(UsageError, match="not negative"):
        cover([np.array([0])], np.array([-1.0]))


def test_a_pmedian_file_and_its_optimum(tmp_path):
    path = tmp_path / "ring.txt"
    path.write_text(" 6 7 2\n1 2 9\n1 2 1\n2 3 2\n3 4 1\n4 5 2\n5 6 1\n6 1 2\n")  # 1-2 twice: the last counts
    distance, count = read_pmedian(path)
    assert count == 2
    assert distance[0].tolist() == [0.0, 1.0, 3.0, 4.0, 3.0, 2.0]
    about, farthest = medians(distance, np.ones(6))
    true = min(distance[list(pair)].min(axis=0).sum() for pair in combinations(range(6), 2))
    found = site(about, count)
    assert farthest - found.value == pytest.approx(true)
    assert farthest - found.bound == pytest.approx(true)
    assert by_distance(distance, np.ones(6), 2.0).sees.sum() == 6 + 2 * 6


def test_points_with_and_without_headers(tmp_path):
    path = tmp_path / "points.csv"
    for text in ("x,y,demand\n1,2,5\n3,4,6\n", "2\n1 2 5\n3 4 6\n", "1\t1;2;5\n2\t3;4;6\n"):
        path.write_text(text)
        points, demand = read_points(path)
        assert points.tolist() == [[1.0, 2.0], [3.0, 4.0]]
        assert demand.tolist() == [5.0, 6.0]
    path.write_text("1 2\n")
    assert read_points(path)[1].tolist() == [1.0]


@pytest.mark.parametrize("text", ["", "hello", "1 2 3\n4 5\n", "1 2 -3\n"])
def test_points_that_are_none_are_refused(text, tmp_path):
    path = tmp_path / "points.txt"
    path.write_text(text)
    with pytest.raises(InputError):
        read_points(path)


@pytest.mark.parametrize("text", ["", "3 1 1\n1 2\n", "3 1 1\n1 9 2\n", "a b c"])
def test_pmedian_files_that_are_none_are_refused(text, tmp_path):
    path = tmp_path / "p.txt"
    path.write_text(text)
    with pytest.raises(InputError):
        read_pmedian(path)
