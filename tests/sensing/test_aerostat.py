"""Aerostats: wind at height, the limit, early recall and late launch, sway."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sector import Weather
from limes.sector.catalogue import load_catalogue
from limes.sensing import aerostat

CATALOGUE = load_catalogue()
PLATFORM = aerostat.platform_of(CATALOGUE.kinds["aerostat-22m"], 600.0)
MILD = Weather(0.0, 2.0, 0.0, 3.0, 5.0, 20_000.0, 0.2, 0.0, 5.0, 0.6)
LIMIT = PLATFORM.wind_limit / PLATFORM.gust_factor


def series(aloft, step=600.0, ground=2.0):
    return [dataclasses.replace(MILD, time=i * step, wind_aloft=float(w), wind=ground) for i, w in enumerate(aloft)]


def test_wind_profile_is_the_power_law():
    # Hellmann: w(h) = w(10) (h / 10)^a; with a = 1/7 from 10 to 600 m
    weather = dataclasses.replace(MILD, wind=5.0, wind_aloft=5.0 * 60 ** (1 / 7))
    assert aerostat.wind_at(weather, 100.0) == pytest.approx(5.0 * 10 ** (1 / 7))
    assert aerostat.wind_at(weather, 3000.0) == pytest.approx(weather.wind_aloft)


@given(st.floats(0, 30), st.floats(0, 60), st.floats(10, 600))
def test_wind_lies_between_its_two_heights(low, high, height):
    wind = aerostat.wind_at(dataclasses.replace(MILD, wind=low, wind_aloft=high), height)
    assert min(max(low, 0.1), max(high, 0.1)) - 1e-9 <= wind <= max(low, high, 0.1) + 1e-9


def test_limit_counts_gusts():
    assert aerostat.within_limit(PLATFORM, dataclasses.replace(MILD, wind_aloft=LIMIT - 0.1))
    assert not aerostat.within_limit(PLATFORM, dataclasses.replace(MILD, wind_aloft=LIMIT + 0.1))


def test_freezing_rain_keeps_it_down():
    assert not aerostat.within_limit(PLATFORM, dataclasses.replace(MILD, rain=1.0, temperature=-2.0))
    assert aerostat.within_limit(PLATFORM, dataclasses.replace(MILD, rain=1.0, temperature=2.0))


def test_recalled_before_the_storm_and_launched_well_after():
    storm = np.full(100, 5.0)
    storm[30:40] = LIMIT + 5.0
    up = aerostat.flights(PLATFORM, series(storm))
    down = np.flatnonzero(~up)
    recalled = 30 - int(PLATFORM.recall_margin // 600.0)
    back = 40 + int(np.ceil(PLATFORM.calm / 600.0)) + int(np.ceil(PLATFORM.launch / 600.0))
    assert down[0] == recalled
    assert down[-1] == back - 1
    assert len(down) == back - recalled


def test_not_launched_in_wind_at_the_ground():
    storm = np.full(60, 5.0)
    storm[10:12] = LIMIT + 5.0
    assert not aerostat.flights(PLATFORM, series(storm, ground=PLATFORM.launch_wind + 1.0))[12:].any()


def test_two_storms_close_together_are_one_time_down():
    storm = np.full(80, 5.0)
    storm[30] = storm[36] = LIMIT + 5.0
    up = aerostat.flights(PLATFORM, series(storm))
    assert not up[25:40].any()


def test_calm_series_flies_throughout():
    assert aerostat.flights(PLATFORM, series(np.full(50, 5.0))).all()


@given(st.lists(st.floats(0, 40), min_size=1, max_size=60))
def test_it_never_looks_from_above_its_limit(winds):
    weather = series(winds)
    up = aerostat.flights(PLATFORM, weather)
    assert not any(u and not aerostat.within_limit(PLATFORM, w) for u, w in zip(up, weather, strict=True))


def test_heavy_class_at_a_windy_site_is_up_about_as_much_as_its_standard():
    # the weather availability standard of TARS is 60 %; Weibull winds of mean 20 m/s aloft stand for a windy site
    heavy = aerostat.platform_of(CATALOGUE.kinds["aerostat-420k"], 3000.0)
    rng = np.random.default_rng(5)
    noise = np.empty(6000)
    noise[0] = 0.0
    for i in range(1, len(noise)):
        noise[i] = 0.93 * noise[i - 1] + np.sqrt(1 - 0.93**2) * rng.standard_normal()
    uniform = np.argsort(np.argsort(noise)) / len(noise)
    aloft = 20.0 / 0.886 * np.sqrt(-np.log1p(-uniform))
    assert aerostat.flights(heavy, series(aloft, 3600.0)).mean() == pytest.approx(0.6, abs=0.12)


def test_sway_grows_with_wind():
    calm, windy = (aerostat.sway_speed(PLATFORM, dataclasses.replace(MILD, wind_aloft=w)) for w in (5.0, 15.0))
    assert windy == pytest.approx(3.0 * calm)
    assert 0.0 < windy < 1.0
