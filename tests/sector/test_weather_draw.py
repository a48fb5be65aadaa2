from dataclasses import fields, replace

import numpy as np
import pytest

from limes.sector.weather import Weather
from limes.sector.weather_draw import FOG_VISIBILITY, draw_weather
from limes.seeds import generator

JANUARY = 1_767_225_600.0  # 2026-01-01


@pytest.fixture(scope="module")
def year(reference):
    return draw_weather(reference.climate, JANUARY, 24 * 365, generator(1, "weather"))


def test_same_generator_same_weather(reference):
    one, two = (draw_weather(reference.climate, JANUARY, 48, generator(7, "weather")) for _ in range(2))
    for field in fields(Weather):
        assert getattr(one, field.name).tobytes() == getattr(two, field.name).tobytes()
    other = draw_weather(reference.climate, JANUARY, 48, generator(8, "weather"))
    assert not np.array_equal(one.wind, other.wind)


def test_hourly_from_the_start_and_labelled(year):
    assert year.time[0] == JANUARY
    assert (np.diff(year.time) == 3600).all()
    assert year.time.size == 24 * 365 + 1
    assert year.modelled
    assert "stated climate" in year.source


def test_means_are_the_climate_s(year, reference):
    normal = [reference.climate.at(t) for t in year.time[::12]]
    assert year.temperature.mean() == pytest.approx(np.mean([w.temperature for w in normal]), abs=1.5)
    assert year.wind_aloft.mean() == pytest.approx(np.mean([w.wind_aloft for w in normal]), rel=0.12)


def test_wet_hours_and_their_spells(reference):
    wettest = replace(reference.climate, july=reference.climate.january)
    rain = draw_weather(wettest, JANUARY, 40_000, generator(3, "weather")).rain > 0
    assert rain.mean() == pytest.approx(reference.climate.january.wet, rel=0.15)
    begins = (rain[1:] & ~rain[:-1]).sum()
    assert rain.sum() / begins == pytest.approx(3.0, rel=0.1)


def test_fog_is_of_the_night_and_of_winter(year):
    foggy = year.visibility == FOG_VISIBILITY
    solar = (year.time / 3600 + 37.55 / 15) % 24
    assert foggy.any()
    assert solar[foggy].max() < 8
    month = year.time.astype("M8[s]").astype("M8[M]").astype(int) % 12
    assert foggy[(month < 2) | (month > 10)].mean() > 5 * foggy[(month > 4) & (month < 8)].mean()


def test_numbers_stay_in_range(year):
    for name, low, high in (("humidity", 0, 1), ("cloud", 0, 1), ("wind", 0, 60), ("rain", 0, 60), ("visibility", 100, 1e5)):
        values = getattr(year, name)
        assert low <= values.min()
        assert values.max() <= high
    assert (year.gust >= year.wind).all()
