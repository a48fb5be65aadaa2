import csv
import json

import pytest

from limes.closure.scene import Setup
from limes.closure.study import study
from limes.errors import UsageError
from limes.reports.closure_map import closure_map
from limes.reports.closure_report import NOT_IN_IT, summary, table, write_closure
from limes.reports.closure_words import lines
from limes.sensing.conditions import conditions

NIGHT = 1768956000.0


@pytest.fixture(scope="module")
def known(mesa, mesa_deployment):
    weather = conditions(mesa.weather.at(NIGHT), "clear")
    return study(mesa, mesa_deployment, NIGHT, weather, Setup(cell=120.0), orders=1)


def test_the_summary_is_json_and_says_what_it_rests_on(known):
    facts = json.loads(json.dumps(summary(known), allow_nan=False))
    assert facts["assumptions"]["p_act"] == 0.9
    assert facts["not_in_it"] == list(NOT_IN_IT)
    assert facts["effectiveness_rate"]["why_not_alone"].startswith("counts only")
    assert [row["cell_m"] for row in facts["discretisation"]] == [240.0, 120.0]
    assert any("repair" in way for way in facts["worst_ways"])
    assert {row["aerostats"] for row in facts["p_interdict"]} == {"up", "down"}


def test_the_table_has_every_km(known, mesa):
    rows = table(known)
    assert [row["km"] for row in rows] == list(range(20))
    assert {"foot_in", "vehicle_out", "tunnel_in", "foot_in_no_aerostat"} <= set(rows[0])
    assert all(row["foot_in"] is None or 0.0 <= row["foot_in"] <= 1.0 for row in rows)


def test_files_can_be_read_back(known, tmp_path):
    files = write_closure(known, tmp_path / "new")
    assert json.loads(files["json"].read_text())["sector"] == "mesa-verde"
    with files["csv"].open() as file:
        assert len(list(csv.DictReader(file))) == 20
    ways = json.loads(files["ways"].read_text())["features"]
    assert len(ways) == len(known.ways) + 5
    assert all(-109 < lon < -108 for lon, _ in ways[0]["geometry"]["coordinates"])


def test_the_words_hold_the_figures(known):
    text = "\n".join(lines(summary(known), "north side"))
    for part in (
        "P(interdict)",
        "worst ways, foot, towards north side",
        "cheapest repair",
        "halving the cell",
        "losses",
        "not in it",
    ):
        assert part in text
    assert "nan" not in text
    assert "None" not in text


def test_the_picture_is_drawn(known, tmp_path):
    closure_map(known, tmp_path / "a.png", width=6.0)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="ends in"):
        closure_map(known, tmp_path / "a.bmp")
