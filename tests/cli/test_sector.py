import json
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from limes.cli.sector import app
from limes.errors import InputError, UsageError
from limes.sector import bundled, read_terrain, write_terrain

COMMANDS = ("check", "info", "map", "terrain", "weather", "new")


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def data(*words):
    result = run(*words, "--json")
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout)


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(bundled("mesa-verde"), tmp_path / "mesa-verde")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: limes sector {command}" in " ".join(result.stdout.split())
    assert "--json" in result.stdout


def test_check_of_a_sound_sector():
    result = run("check", "mesa-verde")
    assert (result.exit_code, result.stdout.strip().endswith("no faults")) == (0, True)
    assert data("check", "mesa-verde") == {"checked": str(bundled("mesa-verde")), "faults": [], "advice": []}


def test_check_lists_every_fault_and_exits_1(folder):
    (folder / "border.geojson").unlink()
    (folder / "terrain.tif").unlink()
    (folder / "weather.csv").write_text("time\n")
    result = run("check", folder)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[-1].endswith(f"{len(lines) - 1} faults")
    assert any(line.startswith("border.geojson: is missing; ") for line in lines)
    faults = data("check", folder)["faults"]
    assert {"file", "field", "problem", "cure"} == set(faults[0])
    assert len(faults) == len(lines) - 1


def test_check_of_nothing_says_what_is_bundled():
    result = run("check", "nowhere")
    assert isinstance(result.exception, InputError)
    assert "kilis-jarabulus" in str(result.exception)
    assert "\n" not in str(result.exception)


def test_info_for_people_and_for_machines():
    text = run("info", "kilis-jarabulus").stdout
    for words in ("length_km 98", "modelled yes", "Jarabulus at km 0.4", "(c) OpenStreetMap contributors", "stated climate"):
        assert words in text
    facts = data("info", "kilis-jarabulus")
    assert facts["border"]["length_km"] == pytest.approx(98.0, abs=0.01)
    assert facts["terrain"]["modelled"] is True
    assert facts["terrain"]["size_km"] == "109.8 x 49.8"
    assert facts["weather"]["kind"] == "stated climate"
    assert facts["places"] == 36


def test_info_of_a_sector_without_crossings_says_none():
    assert [line for line in run("info", "mesa-verde").stdout.splitlines() if line.startswith("crossings")] == [
        "crossings    none"
    ]


def test_map_is_written(tmp_path):
    path = tmp_path / "m.png"
    assert run("map", "mesa-verde", "-o", path, "--width", 4).stdout.strip() == f"wrote {path}"
    assert path.stat().st_size > 10_000
    assert data("map", "mesa-verde", "-o", path, "--width", 4)["map"] == str(path)


def test_map_to_another_ending_is_a_usage_error(tmp_path):
    assert isinstance(run("map", "mesa-verde", "-o", tmp_path / "m.gif").exception, UsageError)
    assert run("map", "mesa-verde", "--width", 1).exit_code == 2


def test_terrain_is_swapped(folder):
    survey = bundled("mesa-verde") / "terrain.tif"
    text = run("terrain", folder, survey, "--source", "USGS").stdout
    assert "surveyed, no longer labelled as modelled; source: USGS" in text
    assert "terrain.old-1.tif" in text
    far = bundled("kilis-jarabulus") / "terrain.tif"
    facts = data("terrain", folder, survey, far, "--margin-km", 1)
    assert (facts["modelled"], facts["left"], facts["unused"]) == (False, 0, ["terrain.tif"])
    assert len(facts["backups"]) == 2
    assert "not used, off the sector" in run("terrain", folder, survey, far).stdout


def test_terrain_that_will_not_do_exits_with_its_reason(folder):
    result = run("terrain", folder, bundled("kilis-jarabulus") / "terrain.tif")
    assert isinstance(result.exception, InputError)
    assert run("terrain", folder).exit_code == 2


def test_terrain_says_what_no_tile_covers(folder, tmp_path):
    whole = read_terrain(folder / "terrain.tif", "EPSG:26912")
    middle = replace(whole.grid, north=whole.grid.north - 150 * 30, ny=400)
    write_terrain(tmp_path / "middle.tif", replace(whole, grid=middle, height=whole.height[150:550].copy()))
    text = run("terrain", folder, tmp_path / "middle.tif").stdout
    assert "no tile covers 45.0% of the grid (void there)" in text
    assert any("void cells" in fault["problem"] for fault in data("check", folder)["faults"])


def test_a_new_sector(tmp_path):
    line, survey = bundled("mesa-verde") / "border.geojson", bundled("mesa-verde") / "terrain.tif"
    result = run("new", tmp_path / "Edge", "--border", line, "--terrain", survey, "--time-zone", "America/Denver")
    assert result.exit_code == 0
    assert result.stdout.strip().endswith("no faults")
    facts = data("info", tmp_path / "Edge")
    assert (facts["name"], facts["crs"], facts["deployments"]) == ("edge", "EPSG:32612", [])
    bare = data("new", tmp_path / "bare", "--border", line)
    assert [fault["file"] for fault in bare["faults"]] == ["terrain.tif"]


def test_a_new_sector_s_options_are_checked(tmp_path):
    line = bundled("mesa-verde") / "border.geojson"
    assert isinstance(run("new", tmp_path / "a", "--border", line, "--home-side", "up").exception, UsageError)
    assert isinstance(run("new", tmp_path / "a", "--border", line, "--crs", "EPSG:4326").exception, InputError)
    assert run("new", tmp_path / "a").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_weather_is_imported(folder, tmp_path):
    reports = tmp_path / "metar.txt"
    reports.write_text("LTAJ 201350Z 27008KT 9999 FEW030 05/01 Q1018\nLTAJ 201450Z 28008KT 9999 FEW030 06/01 Q1018\n")
    result = run("weather", folder, reports, "--format", "metar", "--start", "2026-01", "--source", "Gaziantep")
    assert "holds 2 rows from 2026-01-20T13:50:00+00:00" in result.stdout
    facts = data("info", folder)["weather"]
    assert (facts["kind"], facts["modelled"]) == ("series", False)
    assert facts["source"].startswith("Gaziantep; wind at 600 m estimated")
    assert data("weather", folder, reports, "--format", "metar", "--start", "2026-01")["rows"] == 2


def test_weather_options_are_checked(folder):
    assert isinstance(run("weather", folder, folder / "x", "--format", "grib").exception, UsageError)
    assert isinstance(run("weather", folder, folder / "x", "--start", "January").exception, UsageError)
    assert isinstance(run("weather", folder, folder / "x").exception, InputError)
