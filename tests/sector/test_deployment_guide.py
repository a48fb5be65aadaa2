"""The guide to deployments says what is so: its examples run, its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from limes.sector import check_deployment, load_deployment
from limes.sector.asset_file import _Properties
from limes.sector.catalogue import load_catalogue
from limes.sector.lines import LINE_OFFSET

TEXT = (Path(__file__).parents[2] / "docs" / "guides" / "deployment.md").read_text("utf-8")


def block(language):
    found = re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)
    assert len(found) == 1
    return found[0]


@pytest.fixture
def sketch(tmp_path):
    path = tmp_path / "sketch.geojson"
    path.write_text(block("json"))
    return path


def test_the_small_deployment_loads(mesa, sketch):
    plan = load_deployment(sketch, mesa)
    assert (plan.title, plan.note, len(plan.assets)) == ("Two towers and a fence", "first sketch", 6)


def test_the_faults_it_shows_are_those_that_are_printed(mesa, sketch):
    shown = re.findall(r"^    (sketch\.geojson: .*)$", TEXT, re.M)
    text = sketch.read_text().replace("tower-medium", "tower-medum").replace('"to_km": 8', '"to_km": 40', 1)
    sketch.write_text(text.replace('"base": "post-1"', '"base": "post-7"'))
    assert [str(fault) for fault in check_deployment(sketch, mesa)] == shown


def test_the_table_names_every_property():
    rows = "".join(line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", rows)) == set(_Properties.model_fields)


def test_the_offsets_it_names_are_those_in_use():
    assert "5 wall, 8 fence and fence sensor, 20 fibre" in TEXT
    assert LINE_OFFSET == {"wall": 5.0, "fence": 8.0, "fence_sensor": 8.0, "fibre": 20.0}


def test_the_menu_it_writes_is_read(tmp_path):
    path = tmp_path / "catalogue.toml"
    path.write_text(block("toml"))
    catalogue = load_catalogue(path)
    assert catalogue.kinds["fibre"].performance["range_walk_m"].source == "trial-2026"
    assert catalogue.kinds["radar-village"].capital.value == 20000.0


def test_the_python_in_it_runs(capsys):
    exec(compile(block("python"), "deployment.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "tower-1 km 4.0" in printed
    assert "Kathimerini" in printed
