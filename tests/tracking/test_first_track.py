"""The tutorial runs as it is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.columns import DETECTION, SENSOR, Kind, empty
from limes.errors import InputError
from limes.links import read_recording
from limes.tracking.intake import complete, usable

PAGE = (Path(__file__).parents[2] / "docs/tutorials/first_track.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_ten_lines_make_a_track():
    scope = {}
    exec(blocks("python")[0], scope)
    (track,) = scope["tracks"]
    assert track["x"] == pytest.approx(660.0, abs=15.0)
    assert track["vx"] == pytest.approx(12.0, abs=1.0)
    assert track["existence"] > 0.99


def test_the_tables_of_the_tutorial_are_a_recording(tmp_path):
    for name, text in zip(("sensors", "detections"), blocks("csv"), strict=True):
        (tmp_path / f"{name}.csv").write_text(text)
    recording = read_recording(tmp_path)
    assert recording.sensors["kind"].tolist() == [Kind.RANGE_BEARING, Kind.BEARING, Kind.POSITION]
    assert recording.detections["sensor"].tolist() == [0, 0, 1]
    assert recording.detections["bearing"][0] == pytest.approx(0.0436332)
    assert recording.detections["label"].tolist() == [1, 0, 1]
    result = CliRunner().invoke(app, ["track", str(tmp_path), "-o", str(tmp_path / "tracks.csv"), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["detections"] == 3


@pytest.mark.parametrize(
    ("table", "old", "new", "says"),
    [
        ("detections", "mast,0", "mats,0", "sensor, row 1"),
        ("detections", "6004.9", "far", "range, row 2"),
        ("sensors", "range_bearing", "radar", "kind, row 1"),
    ],
)
def test_a_wrong_word_is_named_with_its_row(tmp_path, table, old, new, says):
    for name, text in zip(("sensors", "detections"), blocks("csv"), strict=True):
        (tmp_path / f"{name}.csv").write_text(text.replace(old, new) if name == table else text)
    with pytest.raises(InputError, match=says):
        read_recording(tmp_path)


def test_a_sensor_that_says_too_little_is_named():
    row = empty(SENSOR, 1)
    row["id"], row["kind"], row["x"], row["y"], row["sigma_range"] = "mast", Kind.RANGE_BEARING, 0.0, 0.0, 10.0
    with pytest.raises(InputError, match="mast: sigma_bearing: is missing"):
        complete(row)
    row["kind"] = 9
    with pytest.raises(InputError, match="mast: kind"):
        complete(row)


def test_rows_that_measure_nothing_are_not_usable():
    rows = empty(DETECTION, 3)
    rows["kind"], rows["time"] = [Kind.POSITION, Kind.PING, Kind.RANGE_BEARING], [0.0, 1.0, 2.0]
    rows["range"][2] = 10.0
    assert usable(rows).tolist() == [False, True, False]
