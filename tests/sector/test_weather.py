import math
from dataclasses import replace

import numpy as np
import pytest

from limes.sector.weather import YEAR, Climate, Normal, Weather, WeatherSeries
from limes.units import parse_time

JANUARY = Normal(
    temperature=5.0,
    swing=4.0,
    wind=2.0,
    wind_swing=1.0,
    wind_from=math.radians(350),
    gust_factor=1.5,
    wind_aloft=8.0,
    humidity=0.7,
    humidity_swing=0.2,
    visibility=10_000.0,
    fog=0.1,
    cloud=0.5,
    wet=0.1,
    rain=1.0,
)
CLIMATE = Climate(JANUARY, replace(JANUARY, temperature=29.0, wind_from=math.radians(20), humidity=0.3), 30.0, "assumed")


def series(**changes):
    rows = {f: np.array([0.0, 10.0]) for f in Weather.__dataclass_fields__} | {"time": np.array([0.0, 3600.0])} | changes
    return WeatherSeries(**rows, modelled=False, source="made")


def test_series_is_linear_between_rows():
    assert series().at(900.0).wind == 2.5
    assert series().at(900.0).time == 900.0


def test_series_holds_its_first_and_last_row():
    assert series().at(-1e9).rain == 0.0
    assert series().at(1e12).rain == 10.0


def test_wind_direction_turns_the_short_way():
    turning = series(wind_from=np.radians([350.0, 20.0]))
    assert math.degrees(turning.at(1800.0).wind_from) == pytest.approx(5.0, abs=0.1)


def test_warmest_in_the_afternoon_coldest_at_night():
    day = [CLIMATE.at(parse_time("2026-01-15T00:00:00+02:00") + 3600 * h) for h in range(24)]  # 30 E is 2 h ahead of Greenwich
    warmth = [w.temperature for w in day]
    assert int(np.argmax(warmth)) == 15
    assert int(np.argmin(warmth)) == 3
    assert max(warmth) == pytest.approx(9.0, abs=0.2)
    assert day[15].humidity == pytest.approx(0.5, abs=0.02)
    assert day[15].wind == pytest.approx(3.0)
    assert day[15].gust == pytest.approx(4.5)
    assert day[3].wind_aloft > day[15].wind_aloft


def test_july_is_july_in_any_year():
    for year in (1990, 2026, 2040):
        july = CLIMATE.normal(parse_time(f"{year}-07-16T12:00:00+00:00"))
        assert july.temperature == pytest.approx(29.0, abs=0.1)
        assert math.degrees(july.wind_from) == pytest.approx(20, abs=0.5)


def test_spring_lies_between():
    january = parse_time("2026-01-15T12:00:00+00:00")
    assert CLIMATE.normal(january + YEAR / 4).temperature == pytest.approx(17.0, abs=0.2)
    assert math.degrees(CLIMATE.normal(january + YEAR / 4).wind_from) == pytest.approx(5, abs=0.5)


def test_no_number_leaves_its_range():
    gusty = Climate(replace(JANUARY, wind=0.2, humidity=0.95), JANUARY, 0.0, "assumed")
    for hour in range(48):
        weather = gusty.at(3600.0 * hour)
        assert weather.wind >= 0
        assert 0 <= weather.humidity <= 1


def test_the_reference_sector_s_winter_evening_is_cold(reference):
    evening = reference.climate.at(parse_time("2026-01-20T19:20:00+03:00"))
    assert 2 < evening.temperature < 9
    assert reference.weather.modelled
