"""What drones could do about a place, without a service around it."""

from __future__ import annotations

import dataclasses

import pytest

from limes.sector import bundled, load, load_deployment
from limes.watch.units import UnitSettings, units
from limes.web.looks import drones_over


@pytest.fixture(scope="module")
def kilis():
    sector = load(bundled("kilis-jarabulus"))
    return sector, load_deployment(sector.deployments["bundled"], sector)


def asked(kilis, weather, send=None):
    sector, deployment = kilis
    base = deployment.family("drone")[0]
    x, y = base.x + 2000.0, base.y + 500.0
    force = units(deployment, sector, UnitSettings())
    if send is not None:
        force.units[send].state = "tasked"
    rows = drones_over(sector, deployment, force.drones(x, y, weather), x, y, "person", weather.time, weather)
    return {row["unit"]: row for row in rows}


def test_a_drone_near_by_would_tell_what_is_there(kilis):
    sector, _ = kilis
    weather = dataclasses.replace(sector.weather.at(1768941600.0), rain=0.0, visibility=20_000.0, gust=3.0)
    rows = asked(kilis, weather)
    assert rows["drone-1"]["p_detect"] >= rows["drone-1"]["p_recognise"] > 0.9
    assert 180 < rows["drone-1"]["eta_s"][0] <= rows["drone-1"]["eta_s"][1] < 600
    assert (rows["drone-2"]["eta_s"], rows["drone-2"]["why_not"]) == (None, "too far from its base")


@pytest.mark.parametrize(
    ("changed", "why"), [({"gust": 20.0}, "wind"), ({"visibility": 300.0}, "fog"), ({"rain": 5.0}, "rain")]
)
def test_weather_keeps_it_down(kilis, changed, why):
    weather = dataclasses.replace(kilis[0].weather.at(1768941600.0), **{"rain": 0.0, "gust": 3.0, "visibility": 2e4} | changed)
    assert asked(kilis, weather)["drone-1"]["why_not"] == why


def test_one_that_was_sent_cannot_come(kilis):
    weather = kilis[0].weather.at(1768941600.0)
    assert asked(kilis, weather, send="drone-1")["drone-1"]["why_not"] == "tasked"
