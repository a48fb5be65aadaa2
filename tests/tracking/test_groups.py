from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.tracking.groups import (
    DOUBT,
    LINK,
    LINK_SPEED,
    MODE_TRUST,
    SHARE_SD,
    cluster,
    foot_share,
    join,
    receive,
    root,
    share_news,
    velocity_information,
)
from limes.tracking.state import GROUP, Bias, State

TABLE = np.array([[1.1, 8.0, 0.5, 0.0], [11.0, 2.0, 0.5, 1.0]])
"""One mode on foot and one of a vehicle."""


def companions(a, b):
    """Whether two tracks of (x, y, vx, vy, variance of each velocity component) walk together."""
    doubt = 2.0 * (a[4] + b[4])
    near = math.dist(a[:2], b[:2]) <= LINK
    return near and doubt < DOUBT and math.dist(a[2:4], b[2:4]) < LINK_SPEED + 3.0 * math.sqrt(0.5 * doubt)


def components(walkers):
    """Sets of indices of those who walk together directly or through others, smallest index first."""
    sets = [{k} for k in range(len(walkers))]
    for i, a in enumerate(walkers):
        for k in range(i):
            if companions(a, walkers[k]) or companions(walkers[k], a):
                one = next(s for s in sets if i in s)
                other = next(s for s in sets if k in s)
                if one is not other:
                    sets.remove(other)
                    one |= other
    return sorted((sorted(s) for s in sets), key=min)


places = st.sampled_from([0.0, 20.0, 44.0, 45.0, 46.0, 70.0, 90.0]) | st.floats(0.0, 200.0)
speeds = st.sampled_from([0.0, 0.4, 0.6, 1.5])
walkers = st.lists(st.tuples(places, places, speeds, speeds, st.sampled_from([0.01, 0.1, 0.5, 1.1])), max_size=9)


def gaussians(walkers):
    centre = np.array([w[:4] for w in walkers]).reshape(-1, 4)
    spread = np.stack([np.diag([9.0, 9.0, w[4], w[4]]) for w in walkers]) if walkers else np.zeros((0, 4, 4))
    return centre, spread


def state(walkers, existence=0.9, foot=0.9):
    """Tracks that are `walkers` in both modes, on foot with a probability of `foot`."""
    n = len(walkers)
    out = State.empty(2, 1, Bias(np.zeros(0), np.zeros((0, 0))), capacity=n + 1)
    centre, spread = gaussians(walkers)
    out.count = n
    out.tracks.mean[:n], out.tracks.cov[:n] = centre[:, None], spread[:, None]
    out.tracks.existence[:n] = existence
    out.tracks.weight[:n, 0], out.tracks.weight[:n, 1] = foot, 1.0 - np.asarray(foot)
    out.tracks.whole[:, GROUP] = 7
    return out


@given(walkers)
def test_who_walks_together_is_what_a_plain_search_of_all_pairs_says(walkers):
    parent = join(*gaussians(walkers))
    roots = [root(parent, k) for k in range(len(walkers))]
    got = [[k for k, r in enumerate(roots) if r == which] for which in dict.fromkeys(roots)]
    assert got == components(walkers)


def test_the_root_of_a_chain_is_its_end_and_the_chain_gets_shorter():
    parent = np.array([1, 2, 3, 4, 4])
    assert root(parent, 0) == 4
    assert parent.tolist() == [2, 2, 4, 4, 4]


walking = st.lists(st.tuples(st.sampled_from([0.2, 0.9]), st.sampled_from([0.3, 0.8])), min_size=9, max_size=9)


@given(walkers, walking)
def test_groups_are_numbered_from_one_and_hold_all_who_walk_on_foot_together(walkers, facts):
    facts = facts[: len(walkers)]
    tracks = state(walkers, [existence for existence, _ in facts], [foot for _, foot in facts])
    on_foot = [k for k, (existence, foot) in enumerate(facts) if existence > 0.5 and foot > 0.5]
    expected, number = np.zeros(len(walkers), np.int64), 0
    for part in components([walkers[k] for k in on_foot]):
        if len(part) > 1:
            number += 1
            expected[[on_foot[k] for k in part]] = number
    assert cluster(tracks.count, tracks.tracks, TABLE) == number
    assert tracks.live().whole[:, GROUP].tolist() == expected.tolist()
    assert tracks.tracks.whole[tracks.count, GROUP] == 7


@pytest.mark.parametrize(("foot", "existence"), [(0.5, 0.9), (0.9, 0.5)])
def test_what_is_as_likely_a_vehicle_or_nothing_joins_nobody(foot, existence):
    tracks = state([(0.0, 0.0, 1.0, 0.0, 0.1)] * 2, existence, foot)
    assert cluster(2, tracks.tracks, TABLE) == 0
    assert not tracks.live().whole[:, GROUP].any()
    assert foot_share(np.array([0.3, 0.7]), TABLE) == 0.3


def covariance(rng, size=4, scale=1.0):
    half = rng.normal(0.0, scale, (size, size))
    return half @ half.T + 0.1 * np.eye(size)


@given(st.integers(0, 10_000), st.sampled_from([1.0, -1.0, 0.5]))
def test_information_is_the_inverse_covariance_of_the_velocity(seed, sign):
    rng = np.random.default_rng(seed)
    mean, cov = rng.normal(0.0, 2.0, 4), covariance(rng)
    before = rng.normal(0.0, 1.0, 5)
    out = before.copy()
    velocity_information(mean, cov, sign, out)
    inverse = np.linalg.inv(cov[2:, 2:])
    expected = np.concatenate([inverse[np.triu_indices(2)], inverse @ mean[2:]])
    np.testing.assert_allclose(out - before, sign * expected, rtol=1e-7, atol=1e-7)


def kalman(mean, cov, velocity, noise):
    """Posterior of a Gaussian given a measured velocity (Kalman 1960)."""
    h = np.eye(4)[2:]
    gain = cov @ h.T @ np.linalg.inv(h @ cov @ h.T + noise)
    return mean + gain @ (velocity - mean[2:]), cov - gain @ h @ cov


@given(st.integers(0, 10_000))
def test_what_others_know_is_received_as_a_measured_velocity(seed):
    rng = np.random.default_rng(seed)
    mean, cov, velocity, noise = rng.normal(0.0, 2.0, 4), covariance(rng), rng.normal(0.0, 2.0, 2), covariance(rng, 2)
    inverse = np.linalg.inv(noise)
    news = np.concatenate([inverse[np.triu_indices(2)], inverse @ velocity])
    expected = kalman(mean, cov, velocity, noise + SHARE_SD**2 * np.eye(2))
    receive(mean, cov, news)
    np.testing.assert_allclose(mean, expected[0], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(cov, expected[1], rtol=1e-6, atol=1e-6)
    assert np.linalg.eigvalsh(cov).min() > 0.0


@pytest.mark.parametrize("news", [[0.0] * 5, [-1.0, 0.0, 1.0, 1.0, 1.0], [1.0, 0.0, -1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0]])
def test_no_news_or_news_of_no_plane_changes_nothing(news):
    mean, cov = np.arange(4.0), np.eye(4)
    receive(mean, cov, np.array(news))
    assert mean.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert cov.tolist() == np.eye(4).tolist()


def shared(seed, groups):
    """Tracks in the groups given with news of their own, before and after they shared them."""
    rng, n = np.random.default_rng(seed), len(groups)
    tracks = state([(0.0, 0.0, 1.0, 0.0, 0.5)] * n, foot=rng.uniform(0.1, 0.9, n))
    tracks.tracks.mean[:n] += rng.normal(0.0, 1.0, (n, 2, 4))
    tracks.tracks.whole[:n, GROUP] = groups
    tracks.tracks.weight[0] = 1.0, 0.0
    news, like = np.zeros((n, 2, 5)), rng.normal(0.0, 2.0, (n, 2))
    for i in range(n):
        for m in range(2):
            inverse = np.linalg.inv(covariance(rng, 2))
            news[i, m] = *inverse[np.triu_indices(2)], *rng.normal(0.0, 1.0, 2)
    before = tracks.copy()
    share_news(n, max(groups), tracks.tracks, news, like)
    return before.tracks, tracks.live(), news, like


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 2), min_size=2, max_size=6))
def test_each_member_hears_what_all_the_others_learnt_and_nobody_else_does(seed, groups):
    before, after, news, like = shared(seed, groups)
    for i, g in enumerate(groups):
        others = [k for k, h in enumerate(groups) if h == g and k != i]
        if g == 0 or not others:
            np.testing.assert_allclose(after.mean[i], before.mean[i], rtol=1e-9)
            np.testing.assert_allclose(after.weight[i], before.weight[i], rtol=1e-9)
            continue
        likely = before.weight[i] * np.exp(MODE_TRUST * like[others].sum(axis=0))
        np.testing.assert_allclose(after.weight[i], likely / likely.sum(), rtol=1e-9, atol=1e-12)
        for m in np.flatnonzero(before.weight[i]):
            a, b, d, *vector = news[others, m].sum(axis=0)
            noise = np.linalg.inv([[a, b], [b, d]])
            mean, cov = kalman(before.mean[i, m], before.cov[i, m], noise @ vector, noise + SHARE_SD**2 * np.eye(2))
            np.testing.assert_allclose(after.mean[i, m], mean, rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(after.cov[i, m], cov, rtol=1e-6, atol=1e-6)


def test_an_impossible_mode_stays_impossible_and_is_not_moved():
    before, after, _, _ = shared(3, [1, 1, 1])
    assert after.weight[0].tolist() == [1.0, 0.0]
    assert after.mean[0, 1].tolist() == before.mean[0, 1].tolist()
    assert after.mean[0, 0].tolist() != before.mean[0, 0].tolist()


def test_far_more_evidence_than_a_float_can_hold_leaves_probabilities():
    tracks = state([(0.0, 0.0, 1.0, 0.0, 0.5)] * 2)
    tracks.tracks.whole[:2, GROUP] = 1
    share_news(2, 1, tracks.tracks, np.zeros((2, 2, 5)), np.array([[-4000.0, -3998.0], [5000.0, 5002.0]]))
    np.testing.assert_allclose(tracks.live().weight.sum(axis=1), 1.0)
    assert tracks.live().weight[0, 1] == pytest.approx(0.1 * math.e / (0.9 + 0.1 * math.e))
