"""`limes profile`: what stands in the way of one line, in words, figures and a table."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError, UsageError
from limes.grid import Grid

GRID = Grid(430_000.0, 4_060_000.0, 30.0, 200, 40)


@pytest.fixture(scope="module")
def dem(tmp_path_factory):
    """A plain with a ridge 20 m high in column 80 and another, 50 m high, in column 120."""
    height = np.full(GRID.shape, 400.0, np.float32)
    height[:, 80], height[:, 120] = 420.0, 450.0
    path = tmp_path_factory.mktemp("dem") / "ridges.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=GRID.ny, width=GRID.nx, count=1, dtype="float32", crs="EPSG:32637",
        transform=from_origin(GRID.west, GRID.north, 30.0, 30.0), nodata=-9999,
    ) as file:  # fmt: skip
        file.write(height, 1)
    return path


def limes(*words):
    result = CliRunner().invoke(app, ["profile", *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def place(row, col):
    return "{},{}".format(*GRID.centre(row, col))


def test_what_first_and_what_most_stands_in_the_way(dem):
    facts = json.loads(
        limes(dem, "--from", place(20, 10), "--height", 15, "--to", place(20, 190), "--target", 2, "--k", 1, "--json")
    )
    assert facts["seen"] is False
    assert facts["distance_m"] == 180 * 30
    assert (facts["blocked"]["x"], facts["highest"]["x"]) == (GRID.centre(20, 80)[0], GRID.centre(20, 120)[0])
    assert facts["min_visible_height_m"] == pytest.approx(15 + (450 - 415) * 180 / 110, abs=0.01)
    assert facts["highest"]["over_m"] == pytest.approx(450 - (415 - 13 * 110 / 180), abs=0.1)


def test_words_for_the_terminal(dem):
    hidden = limes(dem, "--from", place(20, 10), "--height", 15, "--to", place(20, 190))
    assert "5.40 km away: hidden; seen from" in hidden
    assert "ground first stands in the way at 2.10 km" in hidden
    seen = limes(dem, "--from", place(20, 10), "--height", 15, "--to", place(20, 70), "--target", 30)
    assert "seen from the ground up" in seen
    assert "stands in the way" not in seen


@pytest.mark.parametrize(("target", "words"), [(15, "too little"), (60, "enough"), (1, "is blocked")])
def test_a_radio_link_wants_its_fresnel_zone_free(dem, target, words):
    ends = ("--from", place(20, 60), "--to", place(20, 100), "--height", 30 if target > 1 else 1)
    assert words in limes(dem, *ends, "--target", target, "--frequency", 5.0, "--k", 0.25)


def test_the_table_holds_every_crossing(dem, tmp_path):
    file = tmp_path / "line.csv"
    assert f"wrote {file}" in limes(dem, "--from", place(5, 10), "--height", 15, "--to", place(15, 40), "-o", file)
    with file.open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 30 + 10 - 10 + 1
    assert float(rows[0]["clearance_m"]) == 15.0
    assert float(rows[-1]["distance_m"]) == pytest.approx(30 * np.hypot(10, 30), abs=0.01)
    assert {float(row["ground_m"]) for row in rows} == {400.0}


def test_degrees_are_taken_too(dem):
    facts = json.loads(limes(dem, "--from", "38.2204,36.6813", "--lonlat", "--to", "38.2404,36.6813", "--height", 15, "--json"))
    assert facts["distance_m"] == pytest.approx(1787, abs=45)


def test_faults_are_said_in_one_line(dem, tmp_path):
    with pytest.raises(UsageError, match="--to: 'here' is not two numbers"):
        limes(dem, "--from", place(5, 5), "--to", "here", "--height", 3)
    with pytest.raises(InputError, match=r"--to: lies at .* outside the terrain"):
        limes(dem, "--from", place(5, 5), "--to", "1,1", "--height", 3)
    with pytest.raises(UsageError, match="no folder"):
        limes(dem, "--from", place(5, 5), "--to", place(5, 9), "--height", 3, "-o", tmp_path / "none/line.csv")
