import numpy as np
import pytest

from limes.closure.ground import HOME, bins_of
from limes.closure.scene import DIRECTIONS, closure
from limes.closure.worst import Watched, worst_ways


def flat(demo, second, timely, fence=0.0):
    ground = demo.ground
    size = ground.region.size
    watched = Watched(np.full(size, second), np.zeros(size), np.full(size, timely))
    return watched, np.full(bins_of(ground.length), fence)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nothing_watches_nothing_is_stopped(demo, direction):
    found = worst_ways(demo.tasks["foot"], *flat(demo, 0.0, 1.0), direction)
    assert np.nanmax(found.p) < 1e-4
    assert np.isfinite(found.p).all()


def test_a_fence_sensor_alone_gives_its_chance_times_what_is_timely(demo):
    found = worst_ways(demo.tasks["foot"], *flat(demo, 0.0, 0.6, -np.log(0.1)), "in")
    assert found.p == pytest.approx(np.full(found.p.size, 0.9 * 0.6), abs=1e-4)


def test_under_even_watch_the_worst_way_is_the_quickest(demo):
    about, rate = demo.tasks["foot"], 1e-4
    found = worst_ways(about, *flat(demo, rate, 1.0), "in")
    start = about.ground.edge & (about.ground.region != HOME)
    least = about.quickest_in.key[start].min()
    assert found.worst == pytest.approx(1.0 - np.exp(-rate * least), rel=0.01)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_more_watching_never_helps_the_crosser(demo, direction):
    about = demo.tasks["foot"]
    weak = worst_ways(about, *flat(demo, 1e-4, 0.7, 0.1), direction).p
    strong = worst_ways(about, *flat(demo, 2e-4, 0.7, 0.3), direction).p
    assert (strong >= weak).all()


def test_losing_a_sensor_never_helps_the_guard(demo):
    for direction in DIRECTIONS:
        whole = closure(demo, "foot", direction).p
        for lost in ("fibre-1", "tower-1", "post-1", "aerostat-1"):
            assert (closure(demo, "foot", direction, frozenset({lost})).p <= whole + 1e-6).all()


def test_without_patrols_nobody_is_interdicted(demo):
    assert np.nanmax(closure(demo, "foot", "in", frozenset({"post-1"})).p) < 1e-4


def test_a_way_passes_the_line_in_its_km(demo):
    found = closure(demo, "foot", "in")
    lines = demo.ground.crossings
    for km, move in enumerate(found.move):
        assert lines.km[move] == km
        assert found.before[km][-1] == lines.other[move]


def test_no_ground_vehicle_leaves_by_air(demo):
    assert np.nanmax(closure(demo, "drone", "out").p) < 1e-4
