"""The weather of a scenario: the climate with what is stated laid over it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from limes.sector import Sector
from limes.simulation import Scenario
from limes.simulation.skies import forecast, report, weather_of

Write = Callable[..., Scenario]


def test_stated_values_are_linear_and_level_beyond(written: Write, mesa: Sector) -> None:
    scenario = written('[[weather]]\nat = "17:30"\nwind_mps = 4\n[[weather]]\nat = "18:30"\nwind_mps = 10\n')
    weather = weather_of(scenario, mesa)
    assert weather.modelled
    winds = [weather.at(scenario.begin + 60.0 * minute).wind for minute in (0, 30, 60, 90, 119)]
    assert winds == pytest.approx([4.0, 4.0, 7.0, 10.0, 10.0])


def test_what_is_not_stated_follows_the_climate(written: Write, mesa: Sector) -> None:
    scenario = written('[[weather]]\nat = "17:30"\nwind_mps = 4\n')
    weather, time = weather_of(scenario, mesa), scenario.begin + 3600.0
    assert weather.at(time).temperature == pytest.approx(mesa.weather.at(time).temperature, abs=0.01)
    assert weather.at(time).wind_aloft == pytest.approx(mesa.weather.at(time).wind_aloft, abs=0.01)


def test_gusts_are_never_below_the_wind(written: Write, mesa: Sector) -> None:
    weather = weather_of(written('[[weather]]\nat = "17:30"\nwind_mps = 30\ngust_mps = 5\n'), mesa)
    assert (weather.gust >= weather.wind).all()


def test_wind_direction_turns_the_short_way(written: Write, mesa: Sector) -> None:
    scenario = written('[[weather]]\nat = "17:00"\nwind_from_deg = 350\n[[weather]]\nat = "18:00"\nwind_from_deg = 10\n')
    middle = weather_of(scenario, mesa).at(scenario.begin + 1800.0).wind_from
    assert float(np.cos(middle)) == pytest.approx(1.0)


def test_reports_and_forecast(written: Write, mesa: Sector) -> None:
    scenario = written('[[weather]]\nat = "17:00"\nwind_aloft_mps = 10\n[[weather]]\nat = "19:00"\nwind_aloft_mps = 20\n')
    weather = weather_of(scenario, mesa)
    line = report(weather.at(scenario.begin))
    assert line["type"] == "weather"
    assert line["wind_aloft_mps"] == 10.0
    assert 0.0 <= line["wind_from_deg"] < 360.0
    ahead = forecast(weather, scenario.begin)
    assert ahead[0]["time"] == scenario.begin + 900.0
    assert len(ahead) == 24
    assert max(one["wind_aloft_mps"] for one in ahead) == 20.0
