import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sector.geojson import coordinates, properties, read_features

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "features", "geometry", "coordinates"]), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_read_or_explained(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("json") / "x.geojson"
    path.write_text(json.dumps(value))
    faults = []
    for feature in read_features(path, faults):
        properties(feature)
        coordinates(feature, 1)
        coordinates(feature, 2)
    assert all(fault.cure for fault in faults)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "is missing"),
        ("{", "is not readable JSON"),
        ("[1]", "FeatureCollection"),
        ('{"type":"Topology"}', "FeatureCollection"),
    ],
)
def test_a_bad_file_is_one_fault(tmp_path, text, problem):
    path = tmp_path / "x.geojson"
    if text is not None:
        path.write_text(text)
    faults = []
    assert read_features(path, faults) == []
    assert [problem in str(fault) for fault in faults] == [True]


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "x.geojson").write_bytes(b"\xff\xfe\x00")
    faults = []
    assert read_features(tmp_path / "x.geojson", faults) == []
    assert "is not readable JSON" in faults[0].problem


@pytest.mark.parametrize("wrap", ["geometry", "feature", "collection"])
def test_all_three_shapes_are_read(tmp_path, wrap):
    geometry = {"type": "Point", "coordinates": [37.0, 36.0]}
    feature = {"type": "Feature", "properties": None, "geometry": geometry}
    shapes = {"geometry": geometry, "feature": feature, "collection": {"type": "FeatureCollection", "features": [feature]}}
    (tmp_path / "x.geojson").write_text(json.dumps(shapes[wrap]))
    faults = []
    (read,) = read_features(tmp_path / "x.geojson", faults)
    assert not faults
    assert properties(read) == {}
    assert coordinates(read, 1).tolist() == [37.0, 36.0]


def test_a_feature_without_geometry_is_left_out_and_named(tmp_path):
    (tmp_path / "x.geojson").write_text('{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null}]}')
    faults = []
    assert read_features(tmp_path / "x.geojson", faults) == []
    assert "without a geometry" in str(faults[0])


@pytest.mark.parametrize("bad", [[], [1], [[1, 2], [3]], "x", None, [1, np.nan], [400_000, 4_000_000], [[[1, 2]]], [10, 91]])
def test_coordinates_that_are_no_degrees(bad):
    assert coordinates({"geometry": {"coordinates": bad}}, 1) is None
    assert coordinates({"geometry": {"coordinates": [bad, bad]}}, 2) is None
