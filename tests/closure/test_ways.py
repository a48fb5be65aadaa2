import numpy as np
import pytest

from limes.closure.scene import closure
from limes.closure.ways import distinct, minutes, way


@pytest.fixture(scope="module")
def found(demo):
    return closure(demo, "foot", "in")


def test_distinct_ways_lie_apart_and_the_worst_comes_first(demo, found):
    chosen = distinct(found)
    at = demo.ground.crossings.chainage[found.move[list(chosen)]]
    gaps = np.abs(at[:, None] - at[None, :])[~np.eye(len(chosen), dtype=bool)]
    assert gaps.min() >= 3000.0
    assert found.p[chosen[0]] == np.nanmin(found.p)
    assert list(found.p[list(chosen)]) == sorted(found.p[list(chosen)])


@pytest.mark.parametrize("direction", ["in", "out"])
def test_the_story_adds_up(demo, direction):
    whole = closure(demo, "foot", direction)
    for km in distinct(whole):
        told = way(demo, whole, km)
        assert (np.diff(told.at) > 0).all()
        assert (np.diff(told.seen) >= 0).all()
        assert demo.ground.offset[demo.ground.at(told.x[told.line], told.y[told.line])] * (1 if direction == "in" else -1) > 0
        p = np.diff(told.seen) / np.maximum(1 - told.seen[:-1], 1e-300)
        ahead = 0.0
        for k in range(len(p) - 1, -1, -1):
            w = 0.5 * (told.timely[k] + told.timely[k + 1]) if not (direction == "out" and k == len(p) - 1) else told.timely[k]
            ahead += p[k] * max(w - ahead, 0.0)
        assert ahead == pytest.approx(told.p, abs=2e-4)


def test_a_way_names_its_place_and_its_weakness(demo, found):
    told = way(demo, found, distinct(found)[0])
    assert told.place.startswith("km ")
    assert told.why
    lost = frozenset({"fibre-1", "tower-1", "tower-2", "aerostat-1"})
    blind = closure(demo, "foot", "in", lost)
    assert way(demo, blind, distinct(blind)[0], lost).why.startswith("hardly watched")
    nobody = closure(demo, "foot", "in", frozenset({"post-1"}))
    seen = next(km for km in range(nobody.p.size) if way(demo, nobody, km, frozenset({"post-1"})).p_detect > 0.5)
    assert "no unit gets there" in way(demo, nobody, seen, frozenset({"post-1"})).why


def test_no_way_no_story(demo, found):
    from dataclasses import replace

    with pytest.raises(ValueError, match="no way through km 0"):
        way(demo, replace(found, p=np.full_like(found.p, np.nan)), 0)


def test_minutes():
    assert minutes(89.0) == "89 s"
    assert minutes(600.0) == "10 min"
