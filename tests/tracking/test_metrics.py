"""GOSPA, OSPA, switches, purity and NEES by hand, by their axioms, and beside another scorer."""

from __future__ import annotations

import importlib.util
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from limes.tracking.metrics import gospa, match, nees, nees_band, ospa, purity, score

SCORER = Path(__file__).parents[3] / "shared" / "bench" / "score_tracks.py"

points = st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), max_size=4).map(lambda p: np.array(p).reshape(-1, 2))


def test_gospa_by_hand():
    truth = np.array([[0.0, 0.0], [100.0, 0.0], [500.0, 500.0]])
    estimates = np.array([[3.0, 4.0], [100.0, 12.0]])
    assert gospa(truth, estimates, 20.0) == pytest.approx(math.sqrt(25.0 + 144.0 + 200.0))
    assert gospa(truth, estimates, 10.0) == pytest.approx(math.sqrt(25.0 + 50.0 * 3))
    assert gospa(truth, np.zeros((0, 2)), 20.0) == pytest.approx(math.sqrt(3 * 200.0))
    assert gospa(np.zeros((0, 2)), np.zeros((0, 2)), 20.0) == 0.0


def test_ospa_by_hand():
    """Two of three found: (25 + 144 + c^2) / 3, by Schuhmacher, Vo and Vo 2008, equation 3."""
    truth = np.array([[0.0, 0.0], [100.0, 0.0], [500.0, 500.0]])
    estimates = np.array([[3.0, 4.0], [100.0, 12.0]])
    assert ospa(truth, estimates, 20.0) == pytest.approx(math.sqrt((25.0 + 144.0 + 400.0) / 3.0))
    assert ospa(truth, truth, 20.0) == 0.0
    assert ospa(np.zeros((0, 2)), truth, 20.0) == 20.0


def brute_gospa(a, b, c):
    """The least over all partial pairings, straight from the definition with alpha = 2 (Rahmathullah et al. 2017, eq. 1)."""
    best = math.inf
    for size in range(min(len(a), len(b)) + 1):
        for rows in itertools.combinations(range(len(a)), size):
            for columns in itertools.permutations(range(len(b)), size):
                paired = sum(min(math.dist(a[i], b[j]), c) ** 2 for i, j in zip(rows, columns, strict=True))
                best = min(best, paired + 0.5 * c * c * (len(a) + len(b) - 2 * size))
    return math.sqrt(best)


@settings(max_examples=60, deadline=None)
@given(points, points, st.sampled_from([30.0, 200.0]))
def test_gospa_is_the_least_over_all_pairings(a, b, cutoff):
    assert gospa(a, b, cutoff) == pytest.approx(brute_gospa(a, b, cutoff), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(points, points, points)
def test_gospa_and_ospa_are_metrics(a, b, c):
    for metric in (gospa, ospa):
        assert metric(a, b, 50.0) == pytest.approx(metric(b, a, 50.0), abs=1e-9)
        assert metric(a, c, 50.0) <= metric(a, b, 50.0) + metric(b, c, 50.0) + 1e-9
        assert metric(a, a, 50.0) == 0.0


def test_only_near_pairs_match():
    rows, columns, apart = match(np.array([[0.0, 0.0], [10.0, 0.0]]), np.array([[11.0, 0.0], [200.0, 0.0]]), 50.0)
    assert (rows.tolist(), columns.tolist(), apart.tolist()) == ([1], [0], [1.0])


def test_switches_count_each_change_of_track():
    time, who = np.arange(4.0), np.zeros(4, int)
    zero = np.zeros(4)
    result = score(time, (time, who, zero, zero), (time, np.array([5, 6, 6, 5]), zero, zero), 10.0)
    assert result.switches == 2
    assert result.purity == 1.0
    assert result.coverage == 1.0
    assert result.rmse == 0.0


def test_purity_by_hand():
    assert purity([]) == 0.0
    assert purity([(1, 1), (1, 2), (1, 2), (2, 1)]) == 0.75


def test_nees_of_true_covariances_is_in_its_band():
    rng = np.random.default_rng(5)
    root = rng.normal(size=(4, 4))
    cov = root @ root.T
    errors = rng.normal(size=(4000, 4)) @ root.T
    values = nees(errors, np.broadcast_to(cov, (4000, 4, 4)))
    low, high = nees_band(4000, 4)
    assert low < values.mean() < high
    assert np.mean(values > chi2.ppf(0.9, 4)) == pytest.approx(0.1, abs=0.02)


def test_nees_band_of_fifty_runs_is_the_published_one():
    """Bar-Shalom, Li and Kirubarajan 2001, section 5.4: [1.5, 2.6] for 50 runs of a state of two."""
    low, high = nees_band(50, 2)
    assert (low, high) == pytest.approx((1.5, 2.6), abs=0.05)


@pytest.mark.skipif(not SCORER.exists(), reason="the other scorer is not beside the repository")
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_another_scorer(seed):
    spec = importlib.util.spec_from_file_location("other_scorer", SCORER)
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    rng = np.random.default_rng(seed)
    times = np.arange(0.0, 100.0, 5.0)
    truth_time, truth_id = np.repeat(times, 9), np.tile(np.arange(9), len(times))
    truth = rng.uniform(-300, 300, (len(truth_time), 2))
    kept = rng.random(len(truth_time)) < 0.8
    estimate_time = np.append(truth_time[kept], rng.choice(times, 30))
    estimate = np.vstack([truth[kept] + rng.normal(0, 30, (kept.sum(), 2)), rng.uniform(-300, 300, (30, 2))])
    estimate_id = rng.integers(0, 12, len(estimate))
    theirs = other.score(
        {"gospa_c": 60.0, "score_time": times, "truth_time": truth_time, "truth_id": truth_id, "truth_x": truth[:, 0],
         "truth_y": truth[:, 1]},
        {"est_time": estimate_time, "est_id": estimate_id, "est_x": estimate[:, 0], "est_y": estimate[:, 1]},
    )  # fmt: skip
    ours = score(times[times >= 30.0], (truth_time, truth_id, *truth.T), (estimate_time, estimate_id, *estimate.T), 60.0)
    for name in ("gospa", "ospa", "missed", "false", "rmse", "coverage", "switches"):
        assert getattr(ours, name) == pytest.approx(theirs[name], abs=1e-9), name
