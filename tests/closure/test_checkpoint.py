from dataclasses import replace

import pytest

from limes.closure.checkpoint import checkpoints, plan_at, tools_at
from limes.closure.traffic import load_traffic
from limes.sector import bundled, load, load_deployment


@pytest.fixture(scope="module")
def place():
    sector = load(bundled("kilis-jarabulus"))
    return sector, load_deployment(sector.deployments["bundled"], sector)


def test_a_crossing_point_has_its_instruments_and_its_search(place):
    tools = {tool.name: tool for tool in tools_at(*place, "jarabulus", load_traffic())}
    assert set(tools) == {"raman", "ftir", "portal", "search"}
    assert tools["search"].servers == 2
    assert tools["raman"].p.tolist() == [0.45, 0.0, 0.0, 0.0]
    assert tools["portal"].p.tolist() == [0.0, 0.8, 0.0, 0.0]


def test_both_directions_and_every_kind_are_told(place):
    points = checkpoints(*place)
    assert [point.id for point in points] == ["jarabulus", "cobanbey"]
    assert points[0].hidden == points[1].hidden  # alike, so solved once
    assert len(points[0].hidden) == 8
    for one in points[0].hidden:
        assert 0.0 < one.p_found < 1.0
        assert one.reply in load_traffic().goods
    inward = {one.contraband: one for one in points[0].hidden if one.direction == "in"}
    assert inward["precursors"].p_found > inward["precursors"].blind
    assert points[0].p_chemical == min(one.p_found for one in points[0].hidden if one.contraband == "precursors")


def test_more_flow_is_tested_less_and_nothing_tests_nothing(place):
    sector, deployment = place
    slow, busy = checkpoints(sector, deployment, 5.0)[0], checkpoints(sector, deployment, 120.0)[0]
    assert slow.p_chemical > busy.p_chemical
    lost = frozenset({"crossing-1-raman", "crossing-1-ftir"})
    assert checkpoints(sector, deployment, lost=lost)[0].p_chemical < checkpoints(sector, deployment)[0].p_chemical
    bare = replace(deployment, assets=tuple(a for a in deployment.assets if "crossing" not in a.properties))
    assert checkpoints(sector, bare)[0].p_chemical == 0.0


def test_outward_weighs_other_things(place):
    traffic = load_traffic()
    tools = tools_at(*place, "jarabulus", traffic)
    inward, outward = (plan_at(tools, traffic, direction) for direction in ("in", "out"))
    black = traffic.contraband.index("black-market goods")
    assert outward.guaranteed[black] < inward.guaranteed[black]
