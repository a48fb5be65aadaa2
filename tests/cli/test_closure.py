import json

import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import UsageError

RUN = CliRunner()
ARGUMENTS = [
    "closure",
    "mesa-verde",
    "demo",
    "--date",
    "2026-01-21",
    "--weather",
    "clear",
    "--cell",
    "120",
    "--picture",
    "none",
]


def test_words_and_files(tmp_path):
    found = RUN.invoke(app, [*ARGUMENTS, "--quick", "--down", "tower-1", "-o", str(tmp_path)], catch_exceptions=False)
    assert found.exit_code == 0
    assert "out of order: tower-1" in found.stdout
    assert (tmp_path / "closure.csv").exists()
    assert (tmp_path / "ways.geojson").exists()


def test_what_the_weather_grounds_is_named(tmp_path):
    arguments = ["closure", "mesa-verde", "demo", "--weather", "storm", "--cell", "120", "--picture", "none", "--quick"]
    found = RUN.invoke(app, [*arguments, "-o", str(tmp_path)], catch_exceptions=False)
    assert "kept from working by the weather: aerostat-1" in found.stdout


def test_json_for_a_short_roll(tmp_path):
    arguments = [
        *ARGUMENTS,
        "--quick",
        "--mode",
        "vehicle",
        "--direction",
        "out",
        "--roll",
        "40",
        "--json",
        "-o",
        str(tmp_path),
    ]
    facts = json.loads(RUN.invoke(app, arguments, catch_exceptions=False).stdout)
    assert facts["in_depth"] == {"mode": "vehicle", "direction": "out"}
    assert 0.0 < facts["assumptions"]["manning"] < 1.0
    assert len(facts["km"]) == 20


def test_what_is_not_there_cannot_be_down(tmp_path):
    with pytest.raises(UsageError, match="--down tower-9 is not in demo"):
        RUN.invoke(app, [*ARGUMENTS, "--down", "tower-9", "-o", str(tmp_path)], catch_exceptions=False)
