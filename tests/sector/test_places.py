import json

import pytest

from limes.geo import to_plane
from limes.sector.places import read_crossings, read_places, read_water

CRS = "EPSG:32637"
POINT = {"type": "Point", "coordinates": [37.1, 36.7]}


def write(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature"} | f for f in features]}))
    return path


def test_a_place(tmp_path):
    faults = []
    known = {"name": "Kilis", "country": "TR", "population": 111648}
    (place,) = read_places(write(tmp_path / "places.geojson", {"properties": known, "geometry": POINT}), CRS, faults)
    assert not faults
    assert (place.name, place.country, place.population, place.lon, place.lat) == ("Kilis", "TR", 111648, 37.1, 36.7)
    assert (place.x, place.y) == tuple(float(v) for v in to_plane(37.1, 36.7, CRS))


@pytest.mark.parametrize(
    ("feature", "field"),
    [
        ({"properties": {"name": "A", "population": -1}, "geometry": POINT}, "population"),
        ({"properties": {"name": "A", "population": "many"}, "geometry": POINT}, "population"),
        ({"properties": {"name": " "}, "geometry": POINT}, "name"),
        ({"properties": {"name": "A"}, "geometry": {"type": "Point", "coordinates": [400000, 4e6]}}, "geometry"),
        ({"properties": {"name": "A"}, "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}, "geometry"),
    ],
)
def test_faults_of_places(tmp_path, feature, field):
    faults = []
    good = {"properties": {"name": "B", "population": None}, "geometry": POINT}
    places = read_places(write(tmp_path / "places.geojson", good, feature), CRS, faults)
    assert [f.field for f in faults] == [f"features[1].{field}"]
    assert places[0].name == "B"
    assert places[0].population == 0


def test_a_crossing(tmp_path):
    faults = []
    known = {"id": "gate", "name": "Gate", "modes": ["foot", "rail"], "source": "survey", "open_hours": "08:00-17:00"}
    (gate,) = read_crossings(write(tmp_path / "crossings.geojson", {"properties": known, "geometry": POINT}), CRS, faults)
    assert not faults
    assert (gate.id, gate.modes, gate.open_hours, gate.source) == ("gate", ("foot", "rail"), "08:00-17:00", "survey")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"name": None}, "name"),
        ({"modes": []}, "modes"),
        ({"modes": ["ferry"]}, "modes"),
        ({"modes": 3}, "modes"),
    ],
)
def test_faults_of_crossings(tmp_path, change, field):
    faults = []
    known = {"id": "gate", "name": "Gate", "modes": ["foot"]} | change
    read_crossings(write(tmp_path / "crossings.geojson", {"properties": known, "geometry": POINT}), CRS, faults)
    assert [f.field for f in faults] == [f"features[0].{field}"]


def test_two_crossings_of_one_id(tmp_path):
    faults = []
    one = {"properties": {"id": "gate", "name": "Gate", "modes": ["foot"]}, "geometry": POINT}
    read_crossings(write(tmp_path / "crossings.geojson", one, one), CRS, faults)
    assert "used twice" in faults[0].problem


def test_water_lines_and_their_parts(tmp_path):
    faults = []
    line = {"type": "LineString", "coordinates": [[37, 36], [37.1, 36]]}
    parts = {"type": "MultiLineString", "coordinates": [[[37, 36], [37.1, 36]], [[38, 36], [38.1, 36]]]}
    lines = read_water(
        write(
            tmp_path / "water.geojson",
            {"properties": {"name": "A"}, "geometry": line},
            {"properties": {"name": "B"}, "geometry": parts},
            {"properties": {}, "geometry": POINT},
        ),
        CRS,
        faults,
    )
    assert [w.name for w in lines] == ["A", "B", "B"]
    assert lines[0].line.shape == (2, 2)
    assert [f.field for f in faults] == ["features[2].geometry"]
