from dataclasses import replace

import numpy as np
import pytest

from limes.closure.repair import candidates
from limes.closure.scene import Setup, closure, closures, scene, with_assets
from limes.closure.ways import distinct, way


def test_all_ways_both_directions(demo):
    found = closures(demo)
    assert set(found) == {(m, d) for m in ("foot", "vehicle", "drone") for d in ("in", "out")}
    assert np.array_equal(found["foot", "in"].p, closure(demo, "foot", "in").p)


def test_adding_what_was_lost_brings_the_same_back(demo, sector, deployment, weather):
    lost = {"tower-1", "fence-1", "fence-sensor-1", "patrol-1"}
    less = replace(deployment, assets=tuple(a for a in deployment.assets if a.id not in lost))
    more = tuple(a for a in deployment.assets if a.id in lost)
    part = scene(sector, less, demo.time, weather, Setup(cell=120.0), only="foot")
    assert closure(demo, "foot", "in", frozenset(lost)).p == pytest.approx(closure(part, "foot", "in").p, abs=1e-9)
    assert closure(with_assets(part, more), "foot", "in").p == pytest.approx(closure(demo, "foot", "in").p, abs=1e-9)


def test_halving_the_cell_moves_the_answer_little(sector, deployment, weather, demo):
    fine = scene(sector, deployment, demo.time, weather, Setup(cell=60.0), only="foot")
    assert closure(fine, "foot", "in").mean == pytest.approx(closure(demo, "foot", "in").mean, abs=0.1)


def test_undermanned_posts_stop_fewer(sector, deployment, weather, demo):
    half = scene(sector, deployment, demo.time, weather, Setup(cell=120.0, manning=0.5), only="foot")
    assert closure(half, "foot", "in").mean == pytest.approx(0.5 * closure(demo, "foot", "in").mean, rel=0.1)


def test_candidates_fit_the_place(demo):
    found = closure(demo, "foot", "in")
    weak = way(demo, found, distinct(found)[0])
    for _, assets in candidates(demo, weak):
        for asset in assets:
            if asset.line_from is not None:
                assert asset.line_from <= weak.chainage <= asset.line_to


def test_bare_ground_stops_nobody_and_breaks_nothing(sector, deployment, weather, demo):
    bare = scene(sector, replace(deployment, assets=()), demo.time, weather, Setup(cell=120.0))
    for found in closures(bare).values():
        assert np.isfinite(found.p).all()
        assert found.worst < 1e-3
    told = way(bare, closure(bare, "foot", "in"), 3)
    assert told.unit is None
    assert told.why.startswith("hardly watched")


def test_a_void_across_the_strip_is_walked_round_not_through(sector, deployment, weather, demo):
    height = sector.terrain.height.copy()
    x, y = sector.border.point(9500.0)
    row, col = (int(v) for v in sector.terrain.grid.index(x, y))
    height[row - 90 : row + 90, col - 40 : col + 40] = np.nan
    holed = replace(sector, terrain=replace(sector.terrain, height=height))
    found = closure(scene(holed, deployment, demo.time, weather, Setup(cell=120.0), only="foot"), "foot", "in")
    assert np.isnan(found.p).any()
    assert np.isfinite(found.p).sum() > 10
    km = int(np.flatnonzero(np.isfinite(found.p))[0])
    assert found.mean == np.nanmean(found.p)
    assert found.move[np.isnan(found.p)].max() == -1
    assert 0.0 <= found.p[km] <= 1.0
