import json

import pytest

from limes.sector.border_file import read_border

CRS = "EPSG:32637"
KNOWN = {"source": "made", "licence": "CC0-1.0"}
STRAIGHT = [[37.5, 36.7], [37.4, 36.7], [37.3, 36.75]]


def read(path, coordinates, known=KNOWN, kind="LineString", copies=1):
    feature = {"type": "Feature", "properties": known, "geometry": {"type": kind, "coordinates": coordinates}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature] * copies}))
    faults = []
    return read_border(path, CRS, "right", faults), faults


def test_a_good_line(tmp_path):
    line, faults = read(tmp_path / "border.geojson", STRAIGHT)
    assert not faults
    assert (line.source, line.licence, line.home_side) == ("made", "CC0-1.0", "right")
    assert line.chainage[0] == 0


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"kind": "MultiLineString", "coordinates": [STRAIGHT]}, "geometry", "holds MultiLineString, not one LineString"),
        ({"copies": 2}, "geometry", "LineString, LineString"),
        ({"copies": 0}, "geometry", "holds nothing"),
        ({"coordinates": [[37.5, 36.7]]}, "geometry.coordinates", "two or more"),
        ({"coordinates": [[400000, 4e6], [400100, 4e6]]}, "geometry.coordinates", "in degrees"),
        ({"coordinates": [[37.5, 36.7], [37.5, 36.7], *STRAIGHT[1:]]}, "geometry.coordinates[1]", "repeats the vertex"),
        (
            {"coordinates": [[37.5, 36.7], [37.4, 36.7], [37.45, 36.75], [37.45, 36.65]]},
            "geometry",
            "crosses or touches itself near km",
        ),
        ({"coordinates": [*STRAIGHT, STRAIGHT[0]]}, "geometry", "ends where it begins"),
        ({"known": {"licence": "x"}}, "properties.source", "is missing"),
        ({"known": {"source": "x", "licence": " "}}, "properties.licence", "is missing"),
        ({"coordinates": [[37.5, 36.7], [129.0, 0.0]]}, "geometry", "cannot be projected"),
    ],
)
def test_each_fault_is_explained(tmp_path, change, field, says):
    _, faults = read(tmp_path / "border.geojson", **({"coordinates": STRAIGHT} | change))
    assert [f.field for f in faults] == [field]
    assert says in str(faults[0])


def test_a_line_that_doubles_back_is_found(tmp_path):
    _, faults = read(tmp_path / "border.geojson", [[37.5, 36.7], [37.4, 36.7], [37.3, 36.7], [37.4, 36.7], [37.4, 36.8]])
    assert "touches itself" in faults[0].problem


def test_a_line_of_one_place_is_none(tmp_path):
    line, faults = read(tmp_path / "border.geojson", [[37.5, 36.7], [37.5, 36.7]])
    assert line is None
    assert faults
