from dataclasses import replace

import numpy as np
import pytest

from limes.closure.scene import Setup
from limes.planning.board import Limits, by_km, set_up, standing, take, tried, worth
from limes.planning.bound import Rows, bound, relaxed
from limes.planning.candidates import Candidate, candidates
from limes.planning.request import Request
from limes.planning.search import complete, fill
from limes.planning.work import board, laid_out, learn, least, true_values, workshop

NIGHT = 1768956000.0
NONE = ("tower-medium", "aerostat-74k", "fence-razor", "wall-concrete")


@pytest.fixture(scope="module")
def shop(mesa):
    asked = Request(5e6, roll=300.0, most=dict.fromkeys(NONE, 0.0), modes=("vehicle",), false_alarm=0.0, harm=0.0)
    offered = candidates(mesa, asked)
    made = workshop(mesa, asked, offered, NIGHT, Setup(cell=240.0), lambda text: None)
    learn(made, true_values(made, np.zeros(len(offered), bool)))
    return made


def some(shop, seed, share=0.4, barriers=False):
    rng = np.random.default_rng(seed)
    chosen = rng.random(len(shop.offered)) < share
    sites = set()
    for i, one in enumerate(shop.offered):
        chosen[i] &= one.site not in sites and (barriers or not one.barrier)
        sites |= {one.site} if chosen[i] else set()
    return complete(shop.offered, chosen)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_board_values_ways_as_the_search_does(shop, seed):
    chosen = some(shop, seed)
    found = true_values(shop, chosen)
    learn(shop, found)
    families = laid_out(shop)
    here = board(shop, families, chosen)
    for side in here.sides:
        case = side.ready.family.case
        for state in here.states:
            key = case.weather, case.mode.name, case.direction
            outcome = found.get((*key, state), found[(*key, 0)])
            model = np.full(outcome.p.size, np.inf)
            np.minimum.at(model, side.ready.family.km, side.value[state, :, 0])
            known = np.isfinite(outcome.p)
            assert model[known] == pytest.approx(outcome.p[known], abs=1e-4)


def test_taking_is_what_trying_said_and_what_setting_up_gives(shop):
    families, none = laid_out(shop), np.zeros(len(shop.offered), bool)
    here = board(shop, families, none)
    order = [i for i in range(len(shop.offered)) if shop.offered[i].kind in ("post-border", "tower-short", "fence-mesh")]
    sites = set()
    for i in order:
        if shop.offered[i].site in sites:
            continue
        sites.add(shop.offered[i].site)
        said = tried(here, i)
        take(here, i)
        for a, b in zip(said, standing(here), strict=True):
            assert np.array_equal(a, b)
    again = set_up(shop.offered, shop.own, shop.limits, families, here.chosen, here.p_act)
    for a, b in zip(standing(here), standing(again), strict=True):
        assert a == pytest.approx(b, abs=1e-5)
    assert here.used == pytest.approx(again.used)


def test_filling_keeps_the_limits_and_helps(shop):
    here = board(shop, laid_out(shop))
    before = worth(here, standing(here), 0.5)
    fill(here, 0.5, np.zeros(len(shop.offered)))
    assert worth(here, standing(here), 0.5) > before
    finite = np.isfinite(here.limits.most)
    assert (here.used[finite] <= here.limits.most[finite] * 1.001 + 1e-6).all()
    assert by_km(here, standing(here), 0).max() > 0.1


def test_no_affordable_choice_exceeds_the_bound(shop):
    top = bound(shop, 8.0)
    assert 0.0 <= top.p <= 0.9 + 1e-3
    tried_some = 0
    for seed in range(6):
        chosen = some(shop, seed, 0.1 + 0.1 * seed, barriers=True)
        if (shop.limits.use[chosen].sum(axis=0) <= shop.limits.most + 1e-6).all():
            tried_some += 1
            assert least(true_values(shop, chosen)) <= top.p + 1e-9
    assert tried_some >= 2


def test_the_relaxation_bounds_every_row_of_every_whole_choice():
    rng = np.random.default_rng(3)
    offered = tuple(Candidate(str(i), "", "", (), 1.0, 0.0, 0.0, str(i)) for i in range(8))
    offered = (*offered[:-1], replace(offered[-1], needs="0"))
    rows = Rows(rng.uniform(0, 1, (12, 8)) * (rng.random((12, 8)) < 0.5), np.zeros(12), (rng.random((12, 8)) < 0.1) * 1.0)
    limits = Limits(("capital",), np.array([3.0]), np.ones((8, 1)))
    best = 0.0
    for bits in range(256):
        x = np.array([bits >> i & 1 for i in range(8)], float)
        if x.sum() <= 3 and x[7] <= x[0]:
            best = max(best, float((1.0 - np.exp(-(rows.bring @ x)) + rows.freed @ x).min()))
    share, _ = relaxed(rows, offered, limits, 5.0)
    assert min(best, 1.0) - 1e-6 <= share <= best + 0.25
