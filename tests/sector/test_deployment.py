from __future__ import annotations

import copy
import json
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.errors import InputError
from limes.geo import convergence, to_lonlat
from limes.sector import bundled, check_deployment, load, load_deployment, save_deployment, to_geojson
from limes.sector.lines import LINE_OFFSET


@cache
def small_sector():
    return load(bundled("mesa-verde"))


@pytest.fixture(scope="module")
def sector():
    return small_sector()


@pytest.fixture(scope="module")
def demo(sector):
    return json.loads(sector.deployments["demo"].read_text("utf-8"))


def write(tmp_path, content):
    path = tmp_path / "plan.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def feature(geometry=None, **properties):
    point = {"type": "Point", "coordinates": geometry} if geometry else None
    return {"type": "Feature", "properties": properties, "geometry": point}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def near(sector, km, offset=200.0):
    x, y = sector.border.point(km * 1000.0)
    nx, ny = sector.border.normal_home(km * 1000.0, 500.0)
    lon, lat = to_lonlat(x + offset * nx, y + offset * ny, sector.crs)
    return [float(lon), float(lat)]


class TestExample:
    def test_loads_without_a_fault(self, sector):
        assert check_deployment(sector.deployments["demo"], sector) == []

    def test_holds_two_towers_an_aerostat_and_a_patrol_at_its_post(self, sector):
        plan = load_deployment(sector.deployments["demo"], sector)
        assert [len(plan.family(name)) for name in ("tower", "aerostat", "post", "patrol")] == [2, 1, 1, 1]
        patrol, post = plan.asset("patrol-1"), plan.asset("post-1")
        assert (patrol.base, patrol.x, patrol.y) == ("post-1", post.x, post.y)

    def test_names_what_is_not_there(self, sector):
        with pytest.raises(KeyError, match="demo has no asset tower-9"):
            load_deployment(sector.deployments["demo"], sector).asset("tower-9")

    def test_comes_back_the_same_from_its_geojson(self, sector, tmp_path):
        plan = load_deployment(sector.deployments["demo"], sector)
        save_deployment(plan, tmp_path / "demo.geojson", sector)
        again = load_deployment(tmp_path / "demo.geojson", sector)
        assert [asset.id for asset in again.assets] == [asset.id for asset in plan.assets]
        for old, new in zip(plan.assets, again.assets, strict=True):
            same_asset(old, new)
        assert (again.title, again.note) == (plan.title, plan.note)

    def test_saved_twice_is_the_same_file(self, sector, tmp_path):
        plan = load_deployment(sector.deployments["demo"], sector)
        first, second = tmp_path / "demo.geojson", tmp_path / "again" / "demo.geojson"
        second.parent.mkdir()
        save_deployment(plan, first, sector)
        save_deployment(load_deployment(first, sector), second, sector)
        assert first.read_bytes() == second.read_bytes()
        assert len(first.read_text("utf-8").splitlines()) == len(plan.assets) + 2


def same_asset(old, new):
    assert (old.id, old.kind, old.family, old.name, old.base, old.crew, old.payload) == (
        new.id,
        new.kind,
        new.family,
        new.name,
        new.base,
        new.crew,
        new.payload,
    )
    assert (new.x, new.y, new.height) == pytest.approx((old.x, old.y, old.height), abs=0.02)
    assert (new.azimuth, new.width) == pytest.approx((old.azimuth, old.width), abs=1e-5)
    assert dict(new.properties) == dict(old.properties)
    if old.line_xy is None:
        assert new.line_xy is None
    else:
        assert (new.line_from, new.line_to) == pytest.approx((old.line_from, old.line_to), abs=0.1)
        assert np.allclose(new.line_xy, old.line_xy, atol=0.1)


@pytest.fixture(scope="module")
def place(reference):
    return reference


@pytest.fixture(scope="module")
def plan(reference):
    return load_deployment(reference.deployments["bundled"], reference)


class TestReferenceDeployment:
    def test_has_no_fault(self, place):
        assert check_deployment(place.deployments["bundled"], place) == []

    def test_has_what_the_stretch_needs(self, plan):
        counts = {family: len(plan.family(family)) for family in ("aerostat", "tower", "post", "patrol", "fibre", "wall")}
        assert counts == {"aerostat": 3, "tower": 13, "post": 10, "patrol": 20, "fibre": 2, "wall": 4}

    @pytest.mark.parametrize(("key", "km"), [("tower-6", 41), ("tower-7", 48), ("aerostat-1", 30)])
    def test_stands_where_its_story_is_told(self, place, plan, key, km):
        asset = plan.asset(key)
        chainage, offset = place.border.locate(asset.x, asset.y)
        assert abs(float(chainage) / 1000 - km) < 2.0
        assert 0.0 < float(offset) < 8000.0

    def test_fibre_runs_along_all_of_it_in_two_units_within_reach(self, place, plan):
        first, second = plan.family("fibre")
        assert (first.line_from, first.line_to, second.line_to) == pytest.approx((0.0, second.line_from, 98000.0), abs=1.0)
        reach = place.catalogue.kinds["fibre"].number("reach_m")
        for unit in (first, second):
            assert np.hypot(*np.diff(unit.line_xy, axis=0).T).sum() < reach

    def test_has_four_km_of_fence_with_a_sensor(self, plan):
        fence, sensor = plan.asset("fence-3"), plan.asset("fence-sensor-3")
        assert (fence.line_from, fence.line_to) == (sensor.line_from, sensor.line_to)
        assert fence.length == pytest.approx(4000.0)

    def test_every_unit_has_a_post(self, plan):
        posts = {post.id for post in plan.family("post")}
        assert all(unit.base in posts for family in ("patrol", "drone") for unit in plan.family(family))

    def test_every_crossing_point_has_a_gate_and_instruments(self, place, plan):
        for point in place.crossings:
            kinds = {asset.kind for asset in plan.assets if asset.properties.get("crossing") == point.id}
            assert kinds == {"gate-crossing", "raman-handheld", "ftir-handheld", "portal-n42"}

    def test_says_that_it_shows_no_real_installation(self, plan):
        assert "no real installation" in plan.note


class TestReading:
    def one(self, sector, tmp_path, *features):
        return load_deployment(write(tmp_path, collection(*features)), sector).assets[0]

    def test_takes_height_payload_and_crew_from_the_catalogue(self, sector, tmp_path):
        kind = sector.catalogue.kinds["tower-medium"]
        asset = self.one(sector, tmp_path, feature(near(sector, 4), id="t", kind="tower-medium"))
        assert (asset.height, asset.payload, asset.crew) == (kind.number("height_m"), kind.payload, kind.crew.value)
        assert (asset.name, asset.family, asset.base, asset.line_xy) == ("t", "tower", None, None)
        assert asset.width == pytest.approx(2 * math.pi)

    def test_lets_the_file_say_otherwise(self, sector, tmp_path):
        own = {"height_m": 12, "payload": ["radar-long"], "crew": 3, "name": "Old mast", "remark": "guyed"}
        asset = self.one(sector, tmp_path, feature(near(sector, 4), id="t", kind="tower-medium", **own))
        assert (asset.height, asset.payload, asset.crew, asset.name) == (12.0, ("radar-long",), 3.0, "Old mast")
        assert dict(asset.properties) == {"remark": "guyed"}

    def test_turns_true_degrees_into_grid_bearings(self, sector, tmp_path):
        lonlat = near(sector, 4)
        asset = self.one(sector, tmp_path, feature(lonlat, id="t", kind="tower-medium", azimuth_deg=180, width_deg=90))
        turn = float(convergence(*lonlat, sector.crs))
        assert asset.azimuth == pytest.approx(math.pi - turn)
        assert asset.width == pytest.approx(math.pi / 2)
        assert abs(turn) > 0.01

    def test_lays_a_line_beside_the_border(self, sector, tmp_path):
        asset = self.one(sector, tmp_path, feature(id="f", kind="fibre", from_km=2, to_km=6.5))
        assert (asset.line_from, asset.line_to, asset.length) == (2000.0, 6500.0, 4500.0)
        chainage, offset = sector.border.locate(asset.line_xy[:, 0], asset.line_xy[:, 1])
        assert (np.diff(chainage) > 0).all()
        assert np.abs(offset - LINE_OFFSET["fibre"]).max() < 6.0
        assert asset.crew == pytest.approx(4.5 * sector.catalogue.kinds["fibre"].crew.value)

    def test_lays_it_where_offset_m_says(self, sector, tmp_path):
        asset = self.one(sector, tmp_path, feature(id="f", kind="fence-mesh", from_km=2, to_km=3, offset_m=-60))
        _, offset = sector.border.locate(asset.line_xy[:, 0], asset.line_xy[:, 1])
        assert np.abs(offset + 60.0).max() < 10.0
        assert asset.properties["offset_m"] == -60

    def test_places_a_line_by_its_middle(self, sector, tmp_path):
        asset = self.one(sector, tmp_path, feature(id="f", kind="fence-mesh", from_km=2, to_km=6))
        assert float(sector.border.locate(asset.x, asset.y)[0]) == pytest.approx(4000.0, abs=60.0)

    def test_takes_a_line_of_its_own_and_turns_it_along_the_border(self, sector, tmp_path):
        points = [near(sector, 6, 100), near(sector, 5, 150), near(sector, 4, 100)]
        own = feature(id="f", kind="fence-mesh")
        own["geometry"] = {"type": "LineString", "coordinates": points}
        asset = self.one(sector, tmp_path, own)
        assert (asset.line_from, asset.line_to) == pytest.approx((4000.0, 6000.0), abs=80.0)
        assert float(sector.border.locate(*asset.line_xy[0])[0]) < float(sector.border.locate(*asset.line_xy[-1])[0])

    def test_keeps_a_unit_of_its_own_place_there(self, sector, tmp_path):
        post = feature(near(sector, 4), id="p", kind="post-border")
        unit = feature(near(sector, 9), id="u", kind="patrol-foot", base="p")
        plan = load_deployment(write(tmp_path, collection(post, unit)), sector)
        assert float(sector.border.locate(plan.asset("u").x, plan.asset("u").y)[0]) == pytest.approx(9000.0, abs=200.0)

    def test_the_kind_decides_the_family_whatever_the_file_says(self, sector, tmp_path):
        asset = self.one(sector, tmp_path, feature(near(sector, 4), id="t", kind="tower-medium", family="wall"))
        assert (asset.family, dict(asset.properties)) == ("tower", {})

    def test_a_line_of_its_own_keeps_its_shape_when_saved(self, sector, tmp_path):
        own = feature(id="f", kind="fence-mesh")
        own["geometry"] = {
            "type": "LineString",
            "coordinates": [near(sector, 4, 100), near(sector, 5, 400), near(sector, 6, 100)],
        }
        plan = load_deployment(write(tmp_path, collection(own)), sector)
        save_deployment(plan, tmp_path / "again.geojson", sector)
        again = load_deployment(tmp_path / "again.geojson", sector)
        assert np.allclose(again.assets[0].line_xy, plan.assets[0].line_xy, atol=0.05)
        assert to_geojson(plan, sector)["features"][0]["geometry"]["type"] == "LineString"

    def test_a_line_along_the_border_is_saved_by_its_km_alone(self, sector, tmp_path):
        path = write(tmp_path, collection(feature(id="f", kind="fibre", from_km=2, to_km=6.5, offset_m=35)))
        plan = load_deployment(path, sector)
        save_deployment(plan, path, sector)
        saved = json.loads(path.read_text("utf-8"))["features"][0]
        assert saved["geometry"] is None
        assert (saved["properties"]["from_km"], saved["properties"]["to_km"], saved["properties"]["offset_m"]) == (2.0, 6.5, 35)
        shown = to_geojson(plan, sector)["features"][0]
        assert len(shown["geometry"]["coordinates"]) == len(plan.assets[0].line_xy)


LINE = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
FAULTS = [
    ({"kind": "warp-gate"}, "tower-1.kind", "'warp-gate' is not in the catalogue", "catalogue.toml"),
    ({"kind": "tower-medum"}, "tower-1.kind", "not in the catalogue", "tower-medium"),
    ({"kind": 7}, "features[1].kind", "is 7", "catalogue list"),
    ({"id": ""}, "features[1].id", "is ''", "letters"),
    ({"id": "a b"}, "features[1].id", "is 'a b'", "letters"),
    ({"id": None}, "features[1].id", "is None", "letters"),
    ({"height_m": -1}, "features[1].height_m", "is -1", "metres above ground"),
    ({"height_m": "high"}, "features[1].height_m", "is 'high'", "metres above ground"),
    ({"azimuth_deg": 400}, "features[1].azimuth_deg", "is 400", "true north"),
    ({"width_deg": 0}, "features[1].width_deg", "is 0", "360"),
    ({"crew": -2}, "features[1].crew", "is -2", "people on duty"),
    ({"hieght_m": 4}, "tower-1.hieght_m", "not a property", "height_m"),
    ({"base": "post-1"}, "tower-1.base", "means nothing", "remove"),
    ({"from_km": 1, "to_km": 2}, "tower-1.from_km", "stands at a place", "remove"),
    ({"payload": ["radar-medum"]}, "tower-1.payload", "no radar or camera", "radar-medium"),
    ({"payload": ["seismic"]}, "tower-1.payload", "no radar or camera", "use"),
    ({"payload": ["radar-short", "radar-long"]}, "tower-1.payload", "would both be tower-1/radar", "keep one"),
    ({"geometry": None}, "tower-1.geometry", "not a Point", "longitude, latitude"),
    ({"geometry": LINE}, "tower-1.geometry", "not a Point", "longitude, latitude"),
    ({"geometry": {"type": "Point", "coordinates": [0, 0]}}, "tower-1.geometry", "outside the sector", "move it inside"),
    ({"geometry": {"type": "Point", "coordinates": [500, 0]}}, "tower-1.geometry", "not a Point", "WGS84"),
    ({"kind": "fibre"}, "tower-1.from_km", "is missing and there is no line", "from_km and to_km"),
    ({"kind": "fibre", "from_km": 2}, "tower-1.from_km", "and to_km go together", "both"),
    ({"kind": "fibre", "from_km": -3, "to_km": 2}, "tower-1.from_km", "outside the border (0 to 19.252 km)", "move"),
    ({"kind": "fibre", "from_km": 2, "to_km": 40}, "tower-1.to_km", "is 40, outside the border", "move"),
    ({"kind": "fibre", "from_km": 4, "to_km": 4}, "tower-1.to_km", "not after from_km 4", "from_km < to_km"),
    ({"kind": "fibre", "geometry": LINE}, "tower-1.geometry", "leaves the sector's terrain", "inside"),
    ({"kind": "fibre", "from_km": 1, "to_km": 2, "payload": []}, "tower-1.payload", "carries no payload", "remove"),
    ({"kind": "patrol-foot"}, "tower-1.base", "is missing: a patrol goes out from somewhere", "id of its post"),
    ({"kind": "patrol-foot", "base": "post-7"}, "tower-1.base", "'post-7' is not in this deployment", "post-1"),
    ({"kind": "patrol-foot", "base": "patrol-1"}, "tower-1.base", "patrol-1 moves itself", "post or a tower"),
    ({"id": "post-1"}, "post-1.id", "is used 2 times", "its own id"),
]


class TestFaults:
    @pytest.mark.parametrize(("change", "field", "problem", "cure"), FAULTS)
    def test_is_named_with_field_and_cure(self, sector, demo, tmp_path, change, field, problem, cure):
        plan = copy.deepcopy(demo)
        towers = [f for f in plan["features"] if f["properties"]["id"] == "tower-1"]
        others = [f for f in plan["features"] if f["properties"]["family"] in ("post", "patrol")]
        tower = towers[0]
        tower["properties"] = {"id": "tower-1", "kind": "tower-medium"} | change
        if "geometry" in change:
            tower["geometry"] = tower["properties"].pop("geometry")
        path = write(tmp_path, collection(others[0], tower, others[1]))
        faults = check_deployment(path, sector)
        fault = next(fault for fault in faults if fault.field == field)
        assert fault.file == "plan.geojson"
        assert problem in fault.problem
        assert cure in fault.cure
        with pytest.raises(InputError):
            load_deployment(path, sector)

    def test_are_all_listed_at_once(self, sector, demo, tmp_path):
        plan = copy.deepcopy(demo)
        plan["features"][0]["properties"]["kind"] = "balloon"
        plan["features"][1]["geometry"] = None
        plan["features"][2]["properties"]["width_deg"] = -5
        plan["features"].append(feature(id="fence-9", kind="fence-mesh", from_km=50, to_km=60))
        plan["features"].append(feature(id="patrol-9", kind="patrol-foot", base="nowhere"))
        faults = check_deployment(write(tmp_path, plan), sector)
        fields = [fault.field for fault in faults]
        assert fields == [
            "aerostat-1.kind",
            "tower-1.geometry",
            "features[2].width_deg",
            "fence-9.from_km",
            "fence-9.to_km",
            "patrol-9.base",
        ]

    def test_load_names_the_first_and_counts_the_rest(self, sector, tmp_path):
        bad = [feature(id=f"t{i}", kind="tower-medium") for i in range(3)]
        with pytest.raises(InputError, match=r"t0\.geometry: .* \(2 more: limes deployment check\)"):
            load_deployment(write(tmp_path, collection(*bad)), sector)

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            ("{", "not readable JSON"),
            ("[]", "at least one asset"),
            ("{}", "at least one asset"),
            ('{"features": []}', "at least one asset"),
            ('{"features": [3]}', "at least one asset"),
        ],
    )
    def test_of_a_file_that_is_no_deployment(self, sector, tmp_path, content, problem):
        faults = check_deployment(write(tmp_path, content), sector)
        assert len(faults) == 1
        assert problem in faults[0].problem

    def test_of_a_file_nested_beyond_reason(self, sector, tmp_path):
        assert "not readable" in check_deployment(write(tmp_path, "[" * 200_000), sector)[0].problem

    def test_of_a_file_that_is_not_there(self, sector, tmp_path):
        assert "cannot be read" in check_deployment(tmp_path / "none.geojson", sector)[0].problem

    def test_of_bytes_that_are_no_text(self, sector, tmp_path):
        path = tmp_path / "plan.geojson"
        path.write_bytes(b"\xff\xfe\x00")
        assert "not readable" in check_deployment(path, sector)[0].problem


ANY = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


class TestAnything:
    @settings(max_examples=80, deadline=None)
    @given(
        properties=st.fixed_dictionaries(
            {},
            optional={
                "id": st.text(max_size=8) | ANY,
                "kind": st.sampled_from(["fibre", "tower-short", "patrol-foot"]) | ANY,
                "from_km": st.floats(-5, 25) | ANY,
                "to_km": st.floats(-5, 25) | ANY,
                "base": ANY,
                "payload": ANY,
                "height_m": ANY,
                "offset_m": ANY,
            },
        ),
        geometry=ANY,
    )
    def test_is_read_or_refused(self, tmp_path_factory, properties, geometry):
        sector = small_sector()
        path = tmp_path_factory.getbasetemp() / "any.geojson"
        path.write_text(json.dumps(collection({"properties": properties, "geometry": geometry})))
        faults = check_deployment(path, sector)
        assert all(fault.cure and fault.problem for fault in faults)
        if not faults:
            assert len(load_deployment(path, sector).assets) == 1


def test_geojson_is_plain_and_complete(sector):
    plan = load_deployment(sector.deployments["demo"], sector)
    whole = json.loads(json.dumps(to_geojson(plan, sector)))
    assert (whole["type"], whole["sector"], whole["name"]) == ("FeatureCollection", "mesa-verde", "demo")
    assert len(whole["features"]) == len(plan.assets)
    for item in whole["features"]:
        assert item["geometry"]["type"] in ("Point", "LineString")
        assert item["properties"]["family"] == sector.catalogue.kinds[item["properties"]["kind"]].family
