"""Gaps: each cause in a small world made for it."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from limes.sector import Weather
from limes.sensing import causes, explain, gaps, with_sight
from limes.sensing.gaps import clear_of

NIGHT = 1768941600.0


@pytest.fixture(scope="module")
def calm(mesa):
    return clear_of(mesa.weather.at(NIGHT))


@pytest.fixture(scope="module")
def radar(mesa, make_sensor):
    """Return a maker of radars on the home side at a km, high enough to see over what lies between."""

    def make(km: float, height: float = 2000.0, range: float = 10_000.0, reach: float = 20_000.0):
        x, y = mesa.border.point(km * 1000.0)
        nx, ny = mesa.border.normal_home(km * 1000.0, 2000.0)
        medium = make_sensor("radar-medium").model
        model = dataclasses.replace(medium, elevation=(-1.5, 0.3), min_range=0.0, range=range, max_range=reach)
        place = {"x": float(x + 500 * nx), "y": float(y + 500 * ny), "height": height, "lon": -108.4, "lat": 37.2}
        return make_sensor("radar-medium", id=f"r{km}/radar", asset=f"r{km}", model=model, **place)

    return make


def test_everything_watched_has_no_gap(mesa, radar, calm):
    known = causes((radar(5.0), radar(14.0)), mesa, "person", NIGHT, calm)
    assert gaps(known) == ()
    assert explain(known) == [None] * 20


def test_dead_sensor_is_named(mesa, radar, calm):
    known = causes((radar(2.0, reach=5000.0), radar(17.0, reach=5000.0)), mesa, "person", NIGHT, calm)
    assert [gap.cause for gap in gaps(known)] == ["no sensor"]
    empty, dead = gaps(known, np.array([True, False]))
    assert (empty.cause, dead.cause) == ("no sensor", "dead sensor")
    assert dead.assets == ("r17.0",)
    assert empty.to_km == dead.from_km
    assert dead.to_km == pytest.approx(mesa.border.length / 1000)
    assert dead.p < 0.5
    assert "not working: r17.0" in dead.sentence


def test_nothing_there(mesa, calm):
    (gap,) = gaps(causes((), mesa, "person", NIGHT, calm))
    assert (gap.cause, gap.assets, gap.from_km, gap.p) == ("no sensor", (), 0.0, 0.0)
    assert gap.sentence.endswith("no sensor reaches it")


def test_too_far(mesa, radar, calm):
    known = causes((radar(0.0, range=2500.0, reach=9000.0),), mesa, "person", NIGHT, calm)
    found = {gap.cause for gap in gaps(known)}
    assert "range" in found
    assert "no sensor" in found


def test_hidden_by_terrain(mesa, radar, calm, tmp_path):
    low = with_sight((radar(9.0, height=3.0),), mesa.terrain, tmp_path)
    found = gaps(causes(low, mesa, "person", NIGHT, calm))
    hidden = [gap for gap in found if gap.cause == "terrain"]
    assert hidden
    assert all(gap.assets == ("r9.0",) for gap in hidden)


def test_fog_hinders_cameras(mesa, mesa_sensors, calm):
    cameras = tuple(s for s in mesa_sensors if s.family == "camera")
    clear = explain(causes(cameras, mesa, "vehicle", NIGHT, calm), threshold=0.1)
    fog = dataclasses.replace(calm, visibility=150.0, humidity=1.0)
    foggy = causes(cameras, mesa, "vehicle", NIGHT, fog)
    watched = [km for km, why in enumerate(clear) if why is None]
    assert watched
    assert {explain(foggy, threshold=0.1)[km][0] for km in watched} == {"weather"}
    assert any("visibility 150 m" in gap.sentence for gap in gaps(foggy, threshold=0.1))


def test_grounded_aerostat_is_the_weather_and_says_so(mesa, mesa_sensors, calm):
    aloft = tuple(s for s in mesa_sensors if s.platform is not None)
    narrow = tuple(dataclasses.replace(s, model=dataclasses.replace(s.model, wide=0.3)) for s in aloft)
    storm = dataclasses.replace(calm, wind_aloft=45.0)
    known = causes(narrow, mesa, "vehicle", NIGHT, storm)
    assert known.grounded.all()
    by_weather = [gap for gap in gaps(known, threshold=0.2) if gap.cause == "weather"]
    assert by_weather
    assert "keeps" in by_weather[0].sentence


def test_gaps_do_not_overlap_and_lie_on_the_line(mesa, mesa_sensors, calm):
    up = np.array([not s.id.startswith("tower-1") for s in mesa_sensors])
    found = gaps(causes(mesa_sensors, mesa, "person", NIGHT, calm), up, threshold=0.95)
    for before, after in pairwise(found):
        assert before.to_km <= after.from_km
    assert all(0.0 <= g.from_km < g.to_km <= mesa.border.length / 1000 + 1e-9 for g in found)


def test_clear_weather_takes_away_what_hinders():
    bad = Weather(0.0, 20.0, 1.0, 30.0, 35.0, 100.0, 1.0, 8.0, -5.0, 1.0)
    good = clear_of(bad)
    assert (good.visibility, good.rain, good.wind, good.gust, good.wind_aloft) == (20_000.0, 0.0, 3.0, 5.0, 6.0)
    assert (good.temperature, good.cloud, good.wind_from) == (-5.0, 1.0, 1.0)
