from __future__ import annotations

import json

import pytest

from limes.geo import to_lonlat
from limes.sector import load_deployment
from limes.sector.advice import advise


def at(sector, km, offset):
    x, y = sector.border.point(km * 1000.0)
    nx, ny = sector.border.normal_home(km * 1000.0, 2000.0)
    lon, lat = to_lonlat(x + offset * nx, y + offset * ny, sector.crs)
    return {"type": "Point", "coordinates": [float(lon), float(lat)]}


def advice(sector, tmp_path, *rows):
    features = [{"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in rows]
    path = tmp_path / "plan.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return advise(load_deployment(path, sector), sector)


@pytest.mark.parametrize("name", ["mesa-verde", "kilis-jarabulus"])
def test_bundled_deployments_need_none(name, mesa, reference):
    sector = {place.name: place for place in (mesa, reference)}[name]
    for path in sector.deployments.values():
        assert advise(load_deployment(path, sector), sector) == []


def line(key, kind, start, end, **more):
    return {"id": key, "kind": kind, "from_km": start, "to_km": end, **more}, None


def test_something_on_the_other_side(mesa, tmp_path):
    found = advice(mesa, tmp_path, ({"id": "t", "kind": "tower-medium"}, at(mesa, 9, -700)))
    assert [fault.field for fault in found] == ["t"]
    assert "inside south side" in found[0].problem


def test_a_sensor_that_does_not_reach_the_line(mesa, tmp_path):
    short = {"id": "t", "kind": "tower-short", "payload": ["camera-drone-thermal"]}
    found = advice(mesa, tmp_path, (short, at(mesa, 9, 3000)))
    assert "from the line and reaches 1.5 km" in found[0].problem


def test_a_radar_that_lies_on_the_ground(mesa, tmp_path):
    flat, raised = {"id": "a", "kind": "radar-drone"}, {"id": "b", "kind": "radar-drone", "height_m": 12}
    found = advice(mesa, tmp_path, (flat, at(mesa, 9, 300)), (raised, at(mesa, 9, 300)))
    assert [(fault.field, fault.problem) for fault in found] == [("a", "looks from 0 m above ground")]


def test_one_fibre_that_is_longer_than_an_interrogator_serves(reference, tmp_path):
    found = advice(reference, tmp_path, line("f", "fibre", 0, 60))
    assert "one interrogator serves 50 km" in found[0].problem
    assert "back to back" in found[0].cure


def test_a_tower_without_sensors(mesa, tmp_path):
    found = advice(mesa, tmp_path, ({"id": "t", "kind": "tower-medium", "payload": []}, at(mesa, 9, 300)))
    assert found[0].problem == "carries no sensor"


def test_an_aerostat_above_its_ceiling(mesa, tmp_path):
    found = advice(mesa, tmp_path, ({"id": "a", "kind": "aerostat-tactical", "height_m": 900}, at(mesa, 9, 300)))
    assert "reaches 300 m" in found[0].problem


def test_instruments_of_a_crossing_that_is_not_there(mesa, reference, tmp_path):
    row = {"id": "c", "kind": "raman-handheld", "crossing": "jarablus"}
    assert "crossings.geojson" in advice(mesa, tmp_path, (row, at(mesa, 9, 0)))[0].cure
    assert "jarabulus" in advice(reference, tmp_path, (row, at(reference, 1, 0)))[0].cure


def test_more_patrols_than_a_post_has_room_for(mesa, tmp_path):
    units = [({"id": f"u{i}", "kind": "patrol-foot", "base": "p"}, None) for i in range(4)]
    found = advice(mesa, tmp_path, ({"id": "p", "kind": "post-border"}, at(mesa, 9, 500)), *units)
    assert found[0].problem == "has 4 patrols and room for 3"


def test_two_fences_on_the_same_km(mesa, tmp_path):
    found = advice(
        mesa, tmp_path, line("a", "fence-mesh", 1, 4), line("b", "fence-razor", 3, 6), line("w", "wall-concrete", 3, 6)
    )
    assert [(fault.field, fault.problem) for fault in found] == [("b", "lies on 1.0 km of a again")]


def test_a_fence_sensor_without_its_fence(mesa, tmp_path):
    found = advice(mesa, tmp_path, line("s", "fence-sensor", 1, 5), line("f", "fence-mesh", 1, 3))
    assert found[0].problem == "has 2.0 km without a fence to hang on"


def test_comes_in_the_order_of_the_assets(mesa, tmp_path):
    found = advice(
        mesa,
        tmp_path,
        ({"id": "t1", "kind": "tower-medium", "payload": []}, at(mesa, 9, 300)),
        line("s", "fence-sensor", 1, 5),
        ({"id": "t2", "kind": "tower-medium", "payload": []}, at(mesa, 9, -400)),
    )
    assert [fault.field for fault in found] == ["t1", "s", "t2", "t2"]
    assert all(fault.file == "plan.geojson" for fault in found)
