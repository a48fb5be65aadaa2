"""The files of a coverage: what they say is what the sensor model says, and they carry their labels."""

import csv
import dataclasses
import json

import numpy as np
import pytest
import rasterio

from limes.reports.coverage_report import coverage_report, summary, table, write_report
from limes.sector import bundled, load, load_deployment

TIME = 1768941600.0


@pytest.fixture(scope="module")
def mesa():
    return load(bundled("mesa-verde"))


@pytest.fixture(scope="module")
def demo(mesa):
    return load_deployment(mesa.deployments["demo"], mesa)


@pytest.fixture(scope="module")
def report(mesa, demo, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return coverage_report(mesa, demo, "person", TIME, mesa.weather.at(TIME), cell=90.0)


@pytest.fixture(scope="module")
def files(report, tmp_path_factory):
    return write_report(report, tmp_path_factory.mktemp("out") / "new")


def test_aerostats_up_and_down_beside_each_other(report):
    assert report.states == ("up", "down")
    aloft = np.array([s.platform is not None for s in report.sensors])
    assert not report.up["down"][aloft].any()
    assert report.up["up"].all()


def test_without_aerostats_there_is_one_state(mesa, demo, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    grounded = dataclasses.replace(demo, assets=tuple(a for a in demo.assets if a.family != "aerostat"))
    made = coverage_report(mesa, grounded, "vehicle", TIME, mesa.weather.at(TIME), cell=300.0, down=("tower-1",))
    assert made.states == ("up",)
    off = {s.asset for s, works in zip(made.sensors, made.up["up"], strict=True) if not works}
    assert off == {"tower-1"}


def test_table_holds_every_km_and_the_same_figures(report):
    rows = table(report)
    assert len(rows) == int(np.ceil(report.sector.border.length / 1000))
    assert rows[-1]["to_km"] == pytest.approx(report.sector.border.length / 1000, abs=1e-3)
    expected = report.known.now.detection(report.up["down"], before_line=True)
    np.testing.assert_allclose([row["p_before_line_down"] for row in rows], expected, atol=1e-4)
    for row in rows:
        assert row["p_worst_up"] <= row["p_up"] + 1e-4
        assert row["p_before_line_up"] <= row["p_up"] + 1e-4
        assert bool(row["cause_down"]) == (row["p_before_line_worst_down"] < 0.5)


def test_summary_says_what_was_asked_and_assumed(report):
    facts = summary(report)
    assert (facts["target"], facts["cell_m"], facts["interval_s"]) == ("person", 90.0, 60.0)
    assert facts["modelled_terrain"] is False
    assert "independent" in facts["independence"]
    assert facts["local_time"].endswith("-07:00")
    assert facts["states"]["down"]["p_detect"] <= facts["states"]["up"]["p_detect"]
    assert all(gap["sentence"].startswith("km ") for state in facts["states"].values() for gap in state["gaps"])


def test_raster_lies_where_the_sector_lies(report, files):
    with rasterio.open(files["tif"]) as file:
        assert file.crs.to_string() == report.sector.crs
        assert file.shape == report.parts.grid.shape
        assert file.transform.a == 90.0
        assert file.descriptions == ("aerostats up", "aerostats down")
        assert file.tags()["modelled"] == "no"
        assert file.tags()["target"] == "person"
        np.testing.assert_allclose(file.read(2), report.parts.combined(report.up["down"]).p, atol=6e-4)


def test_csv_and_json_hold_the_table(report, files):
    with files["csv"].open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    whole = json.loads(files["json"].read_text("utf-8"))
    assert len(rows) == len(whole["km"]) == len(table(report))
    assert float(rows[3]["p_up"]) == whole["km"][3]["p_up"]
    assert whole["states"].keys() == {"up", "down"}


def test_same_question_same_files(report, files, tmp_path):
    again = write_report(report, tmp_path)
    for ending in ("csv", "json", "tif"):
        assert again[ending].read_bytes() == files[ending].read_bytes()
