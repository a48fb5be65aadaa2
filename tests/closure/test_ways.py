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


def test_along_the_worst_ways_it_is_easi(demo, found):
    """The search's value against EASI (first detection decides) on the ways that it found."""
    gaps = []
    for km in range(found.p.size):
        told = way(demo, found, km)
        p = np.diff(told.seen) / np.maximum(1.0 - told.seen[:-1], 1e-300)
        unseen = np.concatenate([[1.0], np.cumprod(1.0 - p)[:-1]])
        easi = float((unseen * p * 0.5 * (told.timely[1:] + told.timely[:-1])).sum())
        gaps.append(told.p - easi)
    assert min(gaps) > -1e-3
    assert max(gaps) < 0.02


def test_crossings_drawn_one_by_one_are_met_as_often(demo, found):
    """Draws of detections, crew, order, pace and drive along a worst way, one patrol; the closed form within sampling error."""
    told = way(demo, found, 15)
    unit, runs, rng = demo.response.units[0], 40_000, np.random.default_rng(6)
    cells = demo.ground.at(told.x, told.y)
    field, seconds = demo.tasks["foot"].quickest_in, demo.response.seconds[0]
    ahead, drive = np.zeros(cells.size), np.full(cells.size, np.inf)
    for i, cell in enumerate(cells):
        here, best = int(cell), -np.inf
        while here >= 0:
            spare = field.key[cell] - field.key[here] - seconds[here]
            if spare > best:
                best, ahead[i], drive[i] = spare, field.key[cell] - field.key[here], seconds[here]
            here = int(field.link[here])
    p = np.diff(told.seen) / np.maximum(1.0 - told.seen[:-1], 1e-300)
    hits = rng.random((runs, p.size)) < p
    first = hits.argmax(axis=1) + rng.integers(0, 2, runs)
    pace, drives = rng.normal(1.0, 0.25, runs), rng.normal(1.0, 0.3, runs)
    in_time = ahead[first] * pace > drive[first] * drives
    met = hits.any(axis=1) & in_time & (rng.random(runs) < unit.free * demo.response.p_act)
    assert met.mean() == pytest.approx(told.p, abs=4.0 * np.sqrt(0.25 / runs) + 0.005)
