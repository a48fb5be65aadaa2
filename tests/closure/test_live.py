import json

import numpy as np
import pytest

from limes.closure.live import live_closure, moved_response
from limes.closure.scene import closure


def rows(found):
    return {(row["mode"], row["direction"]): row for row in found["closure"]}


def test_with_nothing_lost_it_is_the_closure(demo):
    found = rows(live_closure(demo))
    p = closure(demo, "foot", "in").p
    assert found["foot", "in"]["km"] == pytest.approx(p, abs=6e-4)
    assert found["foot", "in"]["worst_km"] == int(np.nanargmin(p))
    assert ("tunnel", "in") in found


def test_what_fails_now_lowers_it_now(demo):
    whole, less = live_closure(demo), live_closure(demo, ["fibre-1", "aerostat-1/radar"])
    for key, row in rows(less).items():
        assert row["mean"] <= rows(whole)[key]["mean"] + 1e-3
    assert rows(less)["foot", "in"]["mean"] < rows(whole)["foot", "in"]["mean"]
    assert less["lost"] == ["aerostat-1/radar", "fibre-1"]
    json.dumps(less)


def test_a_patrol_that_is_away_is_not_counted(demo):
    found = live_closure(demo, ["patrol-1"])
    assert found["crews"] == {"deployed": 1, "available": 0}
    assert rows(found)["foot", "in"]["mean"] < 0.001


def test_a_patrol_counts_from_where_it_is(demo):
    unit = demo.response.units[0]
    assert moved_response(demo, {unit.id: (unit.x + 100.0, unit.y)}) is demo.response
    assert moved_response(demo, {}) is demo.response
    x, y = (float(v) for v in demo.sector.border.point(2000.0))
    east, north = demo.sector.border.normal_home(2000.0, 2000.0)
    there = moved_response(demo, {unit.id: (x + 500 * float(east), y + 500 * float(north))})
    cell = int(demo.ground.at(x + 400 * float(east), y + 400 * float(north)))
    assert there.seconds[0, cell] < demo.response.seconds[0, cell] - 300.0
    assert there.units[0].x != unit.x


def test_the_worst_ways_can_be_drawn(demo):
    ways = live_closure(demo, most=2)["worst_ways"]
    assert len(ways) == 2
    assert ways[0]["p"] <= ways[1]["p"]
    assert all(-109 < lon < -108 and 37 < lat < 38 for lon, lat in ways[0]["line"])
