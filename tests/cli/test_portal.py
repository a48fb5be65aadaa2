from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.seeds import generator
from limes.signals.portal.made import SOURCES, Lane, inject, made_lane
from limes.signals.portal.statistics import spectrum_of
from limes.signals.portal.write import n42_of


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Four minutes with one vehicle that carries something at 662 keV."""
    seen = made_lane(Lane(seconds=240.0, vehicles_per_h=0.01, rain=0.0), 12)
    seen.occupied[(seen.time >= 200.0) & (seen.time < 210.0)] = True
    seen = inject(seen, np.array([205.0]), 4.0, np.array([300.0]), spectrum_of(SOURCES["662 keV"]), generator(2, "cli"))
    path = tmp_path_factory.mktemp("portal") / "lane.n42"
    path.write_bytes(n42_of(seen))
    return path


def limes(*arguments):
    return CliRunner().invoke(app, ["portal", *map(str, arguments)], catch_exceptions=False)


def test_a_passage_is_told_with_its_reason(recording):
    said = limes(recording).output
    assert "ALARM" in said
    assert "another pattern than the background" in said
    assert "no evidence of explosive material" in said
    assert "1970" not in said
    assert "200 s to 210 s" in said


def test_for_machines(recording):
    answer = json.loads(limes(recording, "--json").output)
    (passage,) = answer["passages"]
    assert (passage["verdict"], passage["vehicle"]) == ("alarm", True)
    assert passage["shape"] > 4.4
    assert len(answer["sha256"][0]) == 64
    strict = json.loads(limes(recording, "--k-shape", "20", "--k-gross", "20", "--json").output)
    assert strict["passages"][0]["verdict"] == "no alarm"


def test_its_own_background_is_no_alarm(recording):
    said = limes(recording, "--background", recording).output
    assert "why:" in said
