"""Belief propagation against enumeration, the choice against its definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.tracking.association import Belief, Pairs, choose, find_first, propagate_beliefs


def pairs_of(weight):
    """Edges of a matrix (tracks, detections) of weights; zeros are no edges."""
    rows = [np.flatnonzero(row) for row in weight]
    start = np.append(0, np.cumsum([len(row) for row in rows]))
    every = np.concatenate(rows).astype(np.int64) if start[-1] else np.zeros(0, np.int64)
    none = np.zeros((len(weight), 1))
    return Pairs(start.astype(np.int64), every, weight[weight > 0].astype(float), none, none)


def marginals(weight, miss):
    """Probability of each pair over all ways to give each track at most one detection and each detection at most one track."""
    total, out = 0.0, np.zeros_like(weight)
    options = [[-1, *np.flatnonzero(row)] for row in weight]
    for choice in itertools.product(*options):
        taken = [j for j in choice if j >= 0]
        if len(taken) < len(set(taken)) or len(taken) > len(set(taken)):
            continue
        chance = np.prod([miss[i] if j < 0 else weight[i, j] for i, j in enumerate(choice)])
        total += chance
        for i, j in enumerate(choice):
            if j >= 0:
                out[i, j] += chance
    return out / total


TREES = [
    np.array([[2.0, 0.0], [3.0, 1.0]]),
    np.array([[5.0, 1.0, 0.0], [0.0, 4.0, 0.5], [0.0, 0.0, 2.0]]),
    np.array([[9.0], [1.0], [0.1]]),
]


@pytest.mark.parametrize("weight", TREES)
def test_marginals_are_exact_where_no_loop_is(weight):
    miss = np.linspace(0.1, 1.0, len(weight))
    pairs = pairs_of(weight)
    share, _ = propagate_beliefs(weight.shape[1], pairs, miss, 200)
    expected = marginals(weight, miss)
    for i in range(len(weight)):
        edges = slice(pairs.start[i], pairs.start[i + 1])
        mass = miss[i] + share[edges].sum()
        assert share[edges] / mass == pytest.approx(expected[i, pairs.row[edges]], abs=2e-4)


def test_marginals_are_near_where_loops_are():
    weight, miss = np.array([[4.0, 1.0], [1.0, 3.0]]), np.array([0.2, 0.3])
    share, _ = propagate_beliefs(2, pairs_of(weight), miss, 200)
    expected = marginals(weight, miss)
    got = share.reshape(2, 2) / (miss + share.reshape(2, 2).sum(axis=1))[:, None]
    assert got == pytest.approx(expected, abs=0.06)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 6), st.integers(1, 6))
def test_the_choice_is_a_matching_that_takes_the_surest_first(seed, tracks, detections):
    rng = np.random.default_rng(seed)
    weight = np.where(rng.random((tracks, detections)) < 0.6, rng.random((tracks, detections)) + 0.01, 0.0)
    alone = rng.random(tracks)
    pairs = pairs_of(weight)
    taken = choose(detections, pairs, Belief(pairs.weight, np.zeros(detections), alone, np.zeros(tracks)))
    expected, free = np.full(tracks, -1), set(range(detections))
    for share, i, j in sorted(((weight[i, j], i, j) for i, j in zip(*np.nonzero(weight), strict=True)), reverse=True):
        if expected[i] < 0 and j in free and share > alone[i]:
            expected[i] = j
            free.discard(j)
    assert taken.tolist() == expected.tolist()


def test_find_first_is_a_bisection():
    place = np.array([[3.0, 0], [1.0, 0], [2.0, 0]])
    order = np.array([1, 2, 0])
    assert [find_first(place, order, low) for low in (0.0, 1.0, 1.5, 3.5)] == [0, 0, 1, 3]
