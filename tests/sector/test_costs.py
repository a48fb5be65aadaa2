from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sector import load_deployment
from limes.sector.costs import Spread, cost, product


def plan_of(sector, tmp_path, *features):
    path = tmp_path / "plan.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return load_deployment(path, sector)


def line(key, kind, start, end, **more):
    properties = {"id": key, "kind": kind, "from_km": start, "to_km": end, **more}
    return {"type": "Feature", "properties": properties, "geometry": None}


@pytest.fixture
def lonlat(mesa):
    middle = mesa.border.lon.size // 2
    return {"type": "Point", "coordinates": [float(mesa.border.lon[middle]), float(mesa.border.lat[middle])]}


def test_a_line_is_priced_by_the_km(mesa, tmp_path):
    total = cost(plan_of(mesa, tmp_path, line("f", "fence-mesh", 2, 6.5)), mesa.catalogue)
    kind = mesa.catalogue.kinds["fence-mesh"]
    assert [(item.kind, item.quantity, item.per) for item in total.lines] == [("fence-mesh", 4.5, "km")]
    assert total.capital == Spread(kind.capital.value * 4.5, kind.capital.low * 4.5, kind.capital.high * 4.5)
    assert total.crew.value == pytest.approx(kind.crew.value * 4.5)


def test_a_tower_is_priced_with_the_sensors_it_carries(mesa, tmp_path, lonlat):
    feature = {"type": "Feature", "properties": {"id": "t", "kind": "tower-medium"}, "geometry": lonlat}
    total = cost(plan_of(mesa, tmp_path, feature), mesa.catalogue)
    tower = mesa.catalogue.kinds["tower-medium"]
    assert {item.kind for item in total.lines} == {"tower-medium", *tower.payload}
    parts = [tower, *(mesa.catalogue.kinds[key] for key in tower.payload)]
    assert total.capital.value == sum(part.capital.value for part in parts)
    assert total.yearly.high == sum(part.yearly.high for part in parts)


def test_a_payload_of_its_own_changes_the_price(mesa, tmp_path, lonlat):
    bare = {"type": "Feature", "properties": {"id": "t", "kind": "tower-medium", "payload": []}, "geometry": lonlat}
    total = cost(plan_of(mesa, tmp_path, bare), mesa.catalogue)
    assert total.capital.value == mesa.catalogue.kinds["tower-medium"].capital.value


def test_a_stated_crew_has_no_range(mesa, tmp_path, lonlat):
    post = {"type": "Feature", "properties": {"id": "p", "kind": "post-border", "crew": 7}, "geometry": lonlat}
    assert cost(plan_of(mesa, tmp_path, post), mesa.catalogue).crew == Spread(7.0, 7.0, 7.0)


def test_one_place_day_and_night_takes_eight_people(mesa, tmp_path, lonlat):
    """168 h / (48 h x 0.43): the share of officers' time available for deployment is GAO-18-50's."""
    post = {"type": "Feature", "properties": {"id": "p", "kind": "post-border", "crew": 1}, "geometry": lonlat}
    total = cost(plan_of(mesa, tmp_path, post), mesa.catalogue)
    assert total.roll.value == pytest.approx(168 / (48 * 0.43))
    assert total.people.value == pytest.approx(total.roll.value * mesa.catalogue.staffing["person_year"].value)


def test_sums_are_those_of_the_lines(reference):
    total = cost(load_deployment(reference.deployments["bundled"], reference), reference.catalogue)
    for name in ("capital", "yearly", "renewal", "crew"):
        for end in ("low", "value", "high"):
            assert getattr(getattr(total, name), end) == pytest.approx(sum(getattr(getattr(i, name), end) for i in total.lines))
    assert total.running.value == pytest.approx(total.yearly.value + total.renewal.value + total.people.value)
    assert total.capital.low < total.capital.value < total.capital.high


def test_reference_deployment_costs_a_sum_that_can_be_believed(reference):
    """Less than the same 98 km of the Gaza barrier's underground part and of US pedestrian fence, more than its wall alone."""
    total = cost(load_deployment(reference.deployments["bundled"], reference), reference.catalogue)
    wall = next(item for item in total.lines if item.kind == "wall-concrete")
    assert wall.quantity == pytest.approx(40.7, abs=0.001)
    assert wall.capital.value < total.capital.value < 98 * 4.04e6 < 98 * 11.5e6


spreads = st.tuples(*[st.floats(0.01, 100.0)] * 3).map(sorted).map(lambda three: Spread(three[1], three[0], three[2]))


@given(spreads, spreads)
def test_product_keeps_its_order_and_lies_within_the_extremes(a, b):
    both = product(a, b)
    assert a.low * b.low <= both.low * 1.000001
    assert both.low <= both.value * 1.000001
    assert both.value <= both.high * 1.000001
    assert both.high <= a.high * b.high * 1.000001


@given(spreads)
def test_a_factor_without_doubt_only_scales(a):
    scaled = product(a, Spread(2.0, 2.0, 2.0))
    assert (scaled.value, scaled.low, scaled.high) == pytest.approx((2 * a.value, 2 * a.low, 2 * a.high))


def test_product_with_nothing_is_nothing():
    assert product(Spread(0.0, 0.0, 2.0), Spread(3.0, 1.0, 4.0)) == Spread(0.0, 0.0, 8.0)
    assert product(Spread(1.0, 0.0, 2.0), Spread(3.0, 3.0, 3.0)).low == 0.0
