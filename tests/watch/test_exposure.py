from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sector import Weather
from limes.watch.exposure import hardship, heat_index, wind_chill


def weather(temperature, wind=0.0, humidity=0.5):
    return Weather(0.0, wind, 0.0, wind, wind, 2e4, 0.0, 0.0, temperature, humidity)


# Environment Canada's printed wind-chill table (air temperature C, wind km/h, index).
@pytest.mark.parametrize(
    ("air", "kmh", "index"),
    [(5, 5, 4), (5, 30, 0), (0, 20, -5), (0, 60, -9), (-10, 10, -15), (-20, 40, -34), (-40, 80, -67), (-50, 5, -58)],
)
def test_wind_chill_is_that_of_the_printed_table(air, kmh, index):
    assert round(wind_chill(air, kmh / 3.6)) == index


# The United States weather service's printed heat-index chart (air temperature F, humidity %, index F).
@pytest.mark.parametrize(
    ("air", "humidity", "index"), [(80, 40, 80), (90, 50, 95), (90, 70, 105), (100, 40, 109), (100, 55, 124), (110, 40, 136)]
)
def test_heat_index_is_that_of_the_printed_chart(air, humidity, index):
    found = 1.8 * heat_index((air - 32) / 1.8, humidity / 100) + 32
    assert found == pytest.approx(index, abs=1.0)


def test_dry_and_moist_air_are_adjusted():
    dry, at_edge = heat_index(35.0, 0.05), heat_index(35.0, 0.13)
    assert dry < at_edge
    assert heat_index(28.0, 0.95) > heat_index(28.0, 0.85)


@given(st.floats(-50, 10), st.floats(2, 30))
def test_wind_only_ever_makes_it_colder(air, wind):
    assert wind_chill(air, wind) <= air + 1.0
    assert wind_chill(air, wind + 1.0) <= wind_chill(air, wind)


def test_outside_their_range_both_are_the_air_temperature():
    assert wind_chill(15.0, 20.0) == 15.0
    assert wind_chill(0.0, 1.0) == 0.0
    assert heat_index(20.0, 0.9) == 20.0


@pytest.mark.parametrize(
    ("now", "night", "hard"),
    [
        (weather(2.0), True, True),
        (weather(2.0), False, False),
        (weather(8.0, wind=8.0), True, True),
        (weather(9.0), True, False),
        (weather(-8.0), False, True),
        (weather(38.0, humidity=0.5), False, True),
        (weather(30.0, humidity=0.3), False, False),
    ],
)
def test_hardship_by_season_and_hour(now, night, hard):
    words = hardship(now, night, 5.0, -5.0, 40.0)
    assert (words is not None) == hard
    assert words is None or words.startswith(f"{now.temperature:.0f} C")


@given(st.floats(-40, 50), st.floats(0, 40), st.floats(0, 1))
def test_indices_are_finite_numbers(air, wind, humidity):
    assert math.isfinite(wind_chill(air, wind))
    assert math.isfinite(heat_index(air, humidity))
