from __future__ import annotations

import json
import shutil

import pytest
from typer.testing import CliRunner

from limes.cli.catalogue import app
from limes.errors import InputError, UsageError
from limes.sector import bundled
from limes.sector.catalogue import load_catalogue

OWN = '[kinds.radar-village]\nlike = "radar-short"\ntitle = "Radar made in the village"\n'


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})


@pytest.fixture
def mesa_folder(tmp_path):
    return shutil.copytree(bundled("mesa-verde"), tmp_path / "mesa-verde")


@pytest.mark.parametrize("command", ["list", "show", "check", "page"])
def test_help_has_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: limes catalogue {command}" in " ".join(result.stdout.split())
    assert "--json" in result.stdout


def test_list_names_every_kind_and_its_price():
    result = run("list")
    assert result.exit_code == 0
    for kind in load_catalogue().kinds.values():
        assert any(line.split()[:2] == [kind.key, kind.family] for line in result.stdout.splitlines()), kind.key
    assert "820,000/km" in result.stdout


def test_list_of_one_family_as_json():
    kinds = json.loads(run("list", "tower", "--json").stdout)
    assert [kind["key"] for kind in kinds] == ["tower-short", "tower-medium", "tower-tall"]
    assert kinds[0]["numbers"]["height_m"] == {
        "value": 8.0,
        "low": 8.0,
        "high": 8.0,
        "unit": "m",
        "source": "anadolu-wall",
        "note": "",
    }
    assert kinds[0]["payload"] == list(load_catalogue().kinds["tower-short"].payload)


def test_list_of_an_unknown_family_names_the_known_ones():
    result = run("list", "towers")
    assert isinstance(result.exception, UsageError)
    assert "tower" in str(result.exception)


def test_show_gives_range_unit_meaning_and_the_source_in_full():
    text = " ".join(run("show", "fence-mesh").stdout.split())
    assert "5 (3 to 8) s mil-hdbk-1013" in text
    assert "trained; low skill up to a minute" in text
    assert "mil-hdbk-1013: US Department of Defense" in text
    assert "bought by the km" in text


def test_show_names_the_payload():
    text = " ".join(run("show", "tower-tall").stdout.split())
    assert "payload: radar-long, camera-day, camera-thermal-long" in text
    assert "bought by the km" not in text


def test_show_as_json_has_every_number():
    kind = json.loads(run("show", "fibre", "--json").stdout)
    assert kind["numbers"].keys() == load_catalogue().kinds["fibre"].values().keys()
    assert kind["per"] == "km"


def test_show_of_an_unknown_kind_offers_the_nearest():
    result = run("show", "radar-medum")
    assert isinstance(result.exception, UsageError)
    assert "radar-medium" in str(result.exception)


def test_a_sector_adds_its_own_kinds(mesa_folder):
    (mesa_folder / "catalogue.toml").write_text(OWN)
    assert "radar-village" in run("list", "radar", "--sector", mesa_folder).stdout
    assert "Radar made in the village" in run("show", "radar-village", "--sector", mesa_folder).stdout
    assert "`radar-village`" in run("page", "--sector", mesa_folder).stdout
    assert "radar-village" not in run("list", "radar", "--sector", "mesa-verde").stdout


def test_a_broken_sector_catalogue_is_refused(mesa_folder):
    (mesa_folder / "catalogue.toml").write_text("[kinds.fibre]\nfamily = 'fiber'\n")
    assert isinstance(run("list", "--sector", mesa_folder).exception, InputError)


def test_check_of_a_sound_file(tmp_path):
    path = tmp_path / "catalogue.toml"
    path.write_text(OWN)
    result = run("check", path)
    assert (result.exit_code, result.stdout.strip()) == (0, f"{path}: no faults")


def test_check_lists_all_faults_and_exits_1(tmp_path):
    path = tmp_path / "catalogue.toml"
    path.write_text("[kinds.seismic]\nper = 'km'\npayload = ['camera-day']\n")
    result = run("check", path)
    assert result.exit_code == 1
    assert "kinds.seismic.per" in result.stdout
    assert "2 faults" in result.stdout
    found = json.loads(run("check", path, "--json").stdout)
    assert [fault["field"] for fault in found["faults"]] == ["kinds.seismic.payload", "kinds.seismic.per"]


def test_page_is_markdown_also_inside_json():
    text = run("page").stdout
    assert text.startswith("# Catalogue\n")
    assert json.loads(run("page", "--json").stdout)["markdown"] == text
