from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import UsageError

PLACE = ("kilis-jarabulus", "bundled")


def limes(*arguments):
    return CliRunner().invoke(app, ["inspect", *PLACE, *arguments], catch_exceptions=False)


def test_rates_waits_and_replies_are_told():
    said = limes("--direction", "out").output
    assert "Karkamış - Jarabulus, outward, 30 vehicles an hour" in said
    assert "mean wait, min" in said
    assert "war materiel: P(found) at least 0." in said
    assert "assumed" in said


def test_a_day_is_drawn_by_its_seed():
    answer = json.loads(limes("--day", "2026-01-20", "--seed", "7", "--json").output)
    assert answer == json.loads(limes("--day", "2026-01-20", "--seed", "7", "--json").output)
    assert answer["drawn"] != json.loads(limes("--day", "2026-01-20", "--seed", "8", "--json").output)["drawn"]
    expected = sum(30.0 * 12.0 * 0.2 * rate for rate in [answer["rates"]["bulk powder"]["raman"]])
    drawn = sum(row["goods"] == "bulk powder" and "raman" in row["tools"] for row in answer["drawn"])
    assert abs(drawn - expected) < 8.0
    assert {row["contraband"] for row in answer["replies"]} >= {"precursors", "war materiel"}


def test_an_unknown_crossing_is_refused():
    with pytest.raises(UsageError, match="jarabulus"):
        limes("--crossing", "nowhere")
