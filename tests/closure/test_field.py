import numpy as np
import pytest

from limes.closure.dijkstra import DC, DR, REACH, TIE, Watched, between
from limes.closure.field import begin, best_of_groups, least_watched, quickest


def relax(ground, start_key, cost):
    """Bellman's fixed point by plain sweeps, the yardstick: `cost(c, n, k, key)` of going on from c to n."""
    nx, rows = ground.nx, ground.region.size // ground.nx
    key = start_key.copy()
    for _ in range(rows + nx):
        before = key.copy()
        for n in range(key.size):
            for k in range(16):
                r, q = n // nx + DR[k], n % nx + DC[k]
                if np.isfinite(key[n]) and 0 <= r < rows and 0 <= q < nx:
                    c = r * nx + q
                    key[c] = min(key[c], cost(c, n, k, key[n]))
        if np.array_equal(before, key):
            return key
    raise AssertionError("no fixed point")


def seconds(ground, c, n, k):
    metres = REACH[k] * ground.cell
    index = int(np.floor((ground.height[n] - ground.height[c]) / metres / 0.01 + 0.5)) + ground.pace.size // 2
    return metres * ground.pace[index] if 0 <= index < ground.pace.size else np.inf


@pytest.mark.parametrize("seed", range(3))
def test_quickest_times_are_bellmans(plain, seed):
    rng = np.random.default_rng(seed)
    ground = plain(rng.random((9, 8)) * 6.0)
    goal = np.full(72, np.inf)
    goal[[0, 71]] = 0.0, 5.0
    exact = relax(ground, goal, lambda c, n, k, key: key + seconds(ground, c, n, k))
    found = quickest(ground, 1, begin(np.array([0, 71]), np.array([0.0, 5.0])))
    assert found.key == pytest.approx(exact)
    assert (np.diff(found.key[found.order]) >= 0).all()


def test_outward_times_are_those_of_the_way_back(plain):
    rng = np.random.default_rng(1)
    height = rng.random((7, 7)) * 4.0
    there = quickest(plain(height), 1, begin(np.array([10])), outward=True).key
    for cell in (0, 24, 48):
        assert quickest(plain(height), 1, begin(np.array([cell]))).key[10] == pytest.approx(there[cell])


@pytest.mark.parametrize("seed", range(4))
def test_the_least_chance_is_bellmans(plain, seed):
    rng = np.random.default_rng(seed)
    ground = plain(rng.random((8, 9)) * 3.0)
    second, metre = rng.random(72) ** 4 * 0.2, np.where(rng.random(72) < 0.2, 0.05, 0.0)
    watched = Watched(second, metre, rng.random(72))

    def cost(c, n, k, key):
        dt, metres, w = seconds(ground, c, n, k), REACH[k] * ground.cell, 0.5 * (watched.timely[c] + watched.timely[n])
        first, other, weight = between(ground.nx, n, int(DR[k]), int(DC[k]))

        def mean(field):
            return (0.5 - weight) * (field[c] + field[n]) + weight * (field[first] + field[other])

        p = 1.0 - np.exp(-(mean(second) * dt + mean(metre) * metres))
        return key + p * max(w - key, 0.0) + TIE * dt

    goal = np.full(72, np.inf)
    goal[:9] = 0.0
    found = least_watched(ground, watched, 1, begin(np.arange(9)))
    assert found.key == pytest.approx(relax(ground, goal, cost), abs=1e-12)
    assert ((found.key >= 0.0) & (found.key <= 1.0)).all()


def test_a_straight_way_is_never_more_than_three_percent_short_of_it(plain):
    ground = plain(np.zeros((61, 61)))
    key = quickest(ground, 1, begin(np.array([30 * 61 + 30]))).key.reshape(61, 61)
    row, col = np.mgrid[0:61, 0:61] - 30
    ratio = key[row**2 + col**2 > 0] / (np.hypot(row, col)[row**2 + col**2 > 0] * 8.0)
    assert ratio.min() >= 1.0 - 1e-12
    assert ratio.max() < 1.028


def test_nothing_slips_through_a_thin_line(plain):
    for line, p in ((np.arange(20) * 20 + 10, 0.89), (np.arange(20) * 20 + np.arange(20), 0.72)):
        metre = np.zeros(400)
        metre[line] = 0.23
        watched = Watched(np.zeros(400), metre, np.ones(400))
        found = least_watched(plain(np.zeros((20, 20))), watched, 1, begin(np.arange(2, 20) * 20)).key.reshape(20, 20)
        assert found[:10, 15:].min() > p


def test_water_is_not_jumped(plain):
    wet = np.zeros((9, 9), bool)
    wet[:, 4] = True
    river = plain(np.zeros((9, 9)), water=wet.ravel(), water_delay=1000.0)
    assert quickest(river, 1, begin(np.array([0]))).key.reshape(9, 9)[:, 6].min() > 1000.0
    shut = plain(np.zeros((9, 9)), water=wet.ravel(), water_delay=np.inf)
    assert np.isinf(quickest(shut, 1, begin(np.array([0]))).key.reshape(9, 9)[:, 5:]).all()


def test_a_region_and_voids_are_not_left_nor_entered(plain):
    region = np.ones((6, 6), np.uint8)
    region[:, 3] = 2
    height = np.zeros((6, 6))
    height[2, 1] = np.nan
    key = quickest(plain(height, region=region.ravel()), 1, begin(np.array([0]))).key.reshape(6, 6)
    assert np.isinf(key[:, 3:]).all()
    assert np.isinf(key[2, 1])
    assert np.isfinite(key[5, 0])


def test_each_group_finds_what_a_search_of_its_own_would(plain):
    rng = np.random.default_rng(3)
    ground = plain(np.zeros((10, 30)), chainage=np.tile(np.arange(30) * 10.0, 10).astype(np.float32))
    watched = Watched(rng.random(300) * 0.05, np.zeros(300), np.ones(300))
    stop = np.arange(300) >= 270
    seeds, first = begin(np.arange(30), rng.random(30) * 0.1), np.array([0, 10, 20, 30])
    ways = best_of_groups(ground, watched, 1, seeds, first, stop, np.array([0.0, 0.0, 0.0]), np.inf)
    for g in range(3):
        part = slice(first[g], first[g + 1])
        alone = least_watched(ground, watched, 1, begin(seeds.cell[part], seeds.key[part]))
        assert ways.chance[g] == pytest.approx(alone.key[stop].min())
        assert stop[ways.cells[g][0]]
        assert ways.cells[g][-1] == seeds.cell[ways.seed[g]]
        assert first[g] <= ways.seed[g] < first[g + 1]


def test_a_group_keeps_to_its_stretch(plain):
    ground = plain(np.zeros((5, 30)), chainage=np.tile(np.arange(30) * 10.0, 5).astype(np.float32))
    watched = Watched(np.zeros(150), np.zeros(150), np.ones(150))
    stop = np.zeros(150, bool)
    stop[149] = True
    seeds = begin(np.array([0]))
    args = (ground, watched, 1, seeds, np.array([0, 1]), stop, np.array([0.0]))
    assert np.isinf(best_of_groups(*args, 100.0).chance[0])
    assert best_of_groups(*args, 100.0).seed[0] == -1
    assert best_of_groups(*args, 300.0).chance[0] < 1e-6
