from __future__ import annotations

from limes.errors import Fault, InputError, LimesError


def test_one_line_names_file_field_and_cure():
    error = InputError("border.geojson", "geometry", "is a Point", "draw one LineString")
    assert str(error) == "border.geojson: geometry: is a Point; draw one LineString"
    assert isinstance(error, LimesError)
    assert error.fault == Fault("border.geojson", "geometry", "is a Point", "draw one LineString")


def test_without_a_field_the_file_alone_is_named():
    assert str(Fault("a.tif", "", "is missing", "add it")) == "a.tif: is missing; add it"
