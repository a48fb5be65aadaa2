from __future__ import annotations

import numpy as np
import pytest

from limes.columns import CLASSES, DETECTION, SENSOR, TRACK, TRUTH, empty, from_arrow, recast, to_arrow

SCHEMAS = [DETECTION, SENSOR, TRACK, TRUTH]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_rows_survive_arrow_byte_for_byte(schema):
    rng = np.random.default_rng(5)
    rows = empty(schema, 7)
    for name in schema.names:
        column = rows[name]
        if column.dtype.kind == "f":
            column[:] = rng.normal(size=column.shape)
        elif column.dtype.kind == "U":
            column[:] = [f"s-{k}" for k in range(7)]
        else:
            column[:] = rng.integers(0, 2, column.shape)
    table = to_arrow(rows)
    assert table.column_names == list(schema.names)
    assert from_arrow(table, schema).tobytes() == rows.tobytes()


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_rows_survive_too(schema):
    assert len(from_arrow(to_arrow(empty(schema, 0)), schema)) == 0


def test_empty_means_not_measured():
    row = empty(DETECTION, 1)[0]
    assert np.isnan(row["range"])
    assert row["scan"] == -1
    assert row["kind"] == 0


def test_recast_keeps_what_both_have():
    old = np.zeros(2, [("time", "f8"), ("x", "f4")])
    old["x"] = 3.0
    new = recast(old, DETECTION)
    assert new["x"].tolist() == [3.0, 3.0]
    assert np.isnan(new["y"]).all()


def test_a_column_of_a_matrix_keeps_its_shape():
    assert empty(TRACK, 3)["covariance"].shape == (3, 4, 4)
    assert empty(TRACK, 3)["classes"].shape == (3, len(CLASSES))


def test_no_column_identifies_a_person():
    forbidden = ("face", "name", "phone", "imsi", "ethnic", "nationality", "risk", "score")
    assert not [column for schema in (DETECTION, TRACK) for column in schema.names if any(word in column for word in forbidden)]
