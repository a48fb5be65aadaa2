"""`limes track`: recordings and scenarios in, tracks out, and what could not be used said in one line."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.columns import DETECTION, SENSOR, Kind, empty
from limes.errors import InputError, UsageError
from limes.links import write_recording


def limes(*args):
    result = CliRunner().invoke(app, ["track", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def sensors():
    out = empty(SENSOR, 2)
    out["id"], out["kind"] = ["plots", "fibre"], [Kind.POSITION, Kind.ALONG]
    for name, value in {"x": 0.0, "y": 0.0, "sigma_range": 10.0, "p_detect": 0.9, "clutter": 1.0, "area": 1e8}.items():
        out[name] = value
    out["y"] = [3000.0, 0.0]
    out["reach"], out["period"], out["clutter"], out["surveyed"] = [1500.0, 50.0], [2.0, 0.0], [1.0, 0.05], True
    return out


def rows():
    out = empty(DETECTION, 40)
    out["time"] = out["arrival"] = np.repeat(np.arange(20) * 2.0, 2)
    out["scan"], out["sensor"] = np.arange(40), np.tile([0, 1], 20)
    out["kind"] = np.where(out["sensor"] == 0, Kind.POSITION, Kind.ALONG)
    out["x"] = np.where(out["sensor"] == 0, 5.0 * out["time"], np.nan)
    out["y"] = np.where(out["sensor"] == 0, 3000.0, np.nan)
    out["along"] = np.where(out["sensor"] == 1, 200.0 + out["time"], np.nan)
    return out


def test_a_recording_without_the_line_of_its_fibre_is_tracked_all_the_same(tmp_path):
    write_recording(tmp_path / "night", sensors(), rows())
    result = limes(tmp_path / "night", "-o", tmp_path / "tracks.parquet", "--json")
    said = json.loads(result.stdout)
    assert said["left_out"] == 20
    assert said["tracks"] == 1
    assert "fibre (20)" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert pq.read_table(tmp_path / "tracks.parquet").num_rows > 0


def test_a_recording_with_the_line_of_its_fibre_uses_it(tmp_path):
    write_recording(tmp_path / "night", sensors(), rows(), meta={"lines": {"fibre": [[0.0, 0.0], [1000.0, 0.0]]}})
    result = limes(tmp_path / "night", "-o", tmp_path / "tracks.csv", "--json")
    said = json.loads(result.stdout)
    assert (said["left_out"], said["tracks"]) == (0, 2)
    assert result.stderr == ""
    assert (tmp_path / "tracks.csv").read_text().startswith('"time","track"')


def test_what_is_not_there_or_not_fit_is_one_line(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        limes(tmp_path / "none", "-o", tmp_path / "tracks.csv")
    write_recording(tmp_path / "night", sensors(), rows())
    with pytest.raises(UsageError, match=r"parquet or \.csv"):
        limes(tmp_path / "night", "-o", tmp_path / "tracks.xls")
