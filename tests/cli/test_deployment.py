from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from limes.cli.deployment import app
from limes.errors import InputError


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})


def data(*words):
    return json.loads(run(*words, "--json").stdout)


def broken(tmp_path):
    features = [
        {"type": "Feature", "properties": {"id": "a", "kind": "tower-medium"}, "geometry": None},
        {"type": "Feature", "properties": {"id": "b", "kind": "ballista"}, "geometry": None},
    ]
    path = tmp_path / "plan.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize("command", ["check", "info", "cost", "export"])
def test_help_has_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: limes deployment {command}" in " ".join(result.stdout.split())
    assert "--json" in result.stdout


def test_check_of_a_sound_deployment():
    result = run("check", "mesa-verde", "demo")
    assert result.exit_code == 0
    assert result.stdout.strip().endswith("demo.geojson: no faults")
    assert data("check", "mesa-verde", "demo")["faults"] == []


def test_check_lists_all_faults_and_exits_1(tmp_path):
    result = run("check", "mesa-verde", broken(tmp_path))
    assert result.exit_code == 1
    assert "a.geometry" in result.stdout
    assert "b.kind" in result.stdout
    assert "2 faults" in result.stdout


def test_check_gives_advice_without_failing(tmp_path):
    path = tmp_path / "plan.geojson"
    row = {"id": "s", "kind": "fence-sensor", "from_km": 1, "to_km": 3}
    path.write_text(json.dumps({"features": [{"type": "Feature", "properties": row, "geometry": None}]}))
    result = run("check", "mesa-verde", path)
    assert result.exit_code == 0
    assert "worth a look: plan.geojson: s: has 2.0 km without a fence" in result.stdout
    assert data("check", "mesa-verde", path)["advice"][0]["field"] == "s"


def test_info_lists_every_asset_with_its_km():
    result = run("info", "mesa-verde", "demo")
    assert result.exit_code == 0
    rows = {line.split()[0]: line.split() for line in result.stdout.splitlines() if line.strip()}
    assert rows["fence-1"][1:5] == ["fence-mesh", "5.0", "to", "8.0"]
    assert rows["patrol-1"][-1] == "post-1"
    assets = data("info", "mesa-verde", "demo")["assets"]
    assert {asset["id"] for asset in assets} <= rows.keys()
    tower = next(asset for asset in assets if asset["id"] == "tower-1")
    assert tower["km"] == pytest.approx(4.0, abs=1.0)
    assert tower["payload"] == ["radar-medium", "camera-day", "camera-thermal-long"]
    assert (tower["from_km"], tower["base"]) == (None, None)


def test_cost_adds_up():
    total = data("cost", "mesa-verde", "demo")
    assert total["capital"]["value"] == pytest.approx(sum(line["capital"]["value"] for line in total["lines"]))
    assert total["running"]["value"] > total["people"]["value"] > 0
    assert {"tower-medium", "radar-medium", "fence-mesh"} <= {line["kind"] for line in total["lines"]}


def test_cost_prints_a_line_for_each_kind_and_the_people():
    result = run("cost", "mesa-verde", "demo")
    assert result.exit_code == 0
    assert "3.0 km" in next(line for line in result.stdout.splitlines() if line.strip().startswith("fence-mesh"))
    assert "people on the roll" in result.stdout


def test_export_draws_every_line_out(tmp_path):
    path = tmp_path / "map.geojson"
    assert run("export", "mesa-verde", "demo", "-o", path).exit_code == 0
    whole = json.loads(path.read_text("utf-8"))
    shapes = {feature["properties"]["id"]: feature["geometry"] for feature in whole["features"]}
    assert shapes["fibre-1"]["type"] == "LineString"
    assert len(shapes["fibre-1"]["coordinates"]) > 100
    assert data("export", "mesa-verde", "demo") == whole


@pytest.mark.parametrize("command", ["info", "cost", "export"])
def test_a_broken_deployment_is_refused(tmp_path, command):
    result = run(command, "mesa-verde", broken(tmp_path))
    assert isinstance(result.exception, InputError)
    assert "1 more" in str(result.exception)


def test_a_deployment_that_is_not_there_is_refused():
    assert isinstance(run("info", "mesa-verde", "nothing").exception, InputError)
