"""`limes coverage` from the command line."""

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from limes.cli.coverage import coverage
from limes.errors import InputError, UsageError

app = typer.Typer()
app.command()(coverage)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")

    def call(*words):
        return CliRunner().invoke(app, ["mesa-verde", "demo", *map(str, words)], env={"XDG_CACHE_HOME": str(cache)})

    return call


def test_help_has_an_example(run):
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    assert "Example: limes coverage" in " ".join(result.stdout.split())
    assert "--json" in result.stdout


def test_writes_files_and_says_what_they_hold(run, tmp_path):
    result = run("--date", "2026-01-20", "--hour", 2, "--cell", 120, "-o", tmp_path / "out", "--picture", "svg")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"coverage.{e}" for e in ("csv", "json", "svg", "tif")
    ]
    assert "2026-01-20T02:00:00-07:00" in result.stdout
    assert "aerostats up" in result.stdout
    assert "aerostats down" in result.stdout


def test_json_for_machines(run, tmp_path):
    common = ("--date", "2026-07-01", "--cell", 300, "--picture", "none", "--json")
    clear = json.loads(run(*common, "-o", tmp_path / "clear", "--target", "vehicle").stdout)
    fog = json.loads(run(*common, "-o", tmp_path / "fog", "--target", "vehicle", "--weather", "fog").stdout)
    assert clear["target"] == "vehicle"
    assert fog["weather"]["visibility"] == 200.0
    assert set(clear["files"]) == {"tif", "csv", "json"}
    assert fog["states"]["up"]["area_above_half"] <= clear["states"]["up"]["area_above_half"]


def test_dead_assets_open_gaps(run, tmp_path):
    common = ("--date", "2026-01-20", "--cell", 300, "--picture", "none", "--json")
    whole = json.loads(run(*common, "-o", tmp_path / "a").stdout)
    lost = json.loads(run(*common, "-o", tmp_path / "b", "--down", "tower-1", "--down", "tower-2/radar").stdout)
    assert lost["states"]["up"]["sensors"] < whole["states"]["up"]["sensors"]
    assert lost["states"]["down"]["p_detect"] <= whole["states"]["down"]["p_detect"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--target", "ghost"), "person"),
        (("--down", "tower-99"), "tower-99"),
        (("--date", "yesterday"), "YYYY-MM-DD"),
        (("--weather", "snow"), "fog"),
    ],
)
def test_wrong_calls_say_what_is_right(run, words, says):
    result = run(*words)
    assert isinstance(result.exception, UsageError)
    assert says in str(result.exception)


def test_missing_deployment_is_the_inputs_fault():
    result = CliRunner().invoke(app, ["mesa-verde", "nowhere.geojson"])
    assert isinstance(result.exception, InputError)


def test_importing_the_command_loads_nothing_heavy():
    code = (
        "import sys, limes.cli.coverage; print([m for m in ('numba', 'rasterio', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
