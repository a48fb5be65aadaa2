from __future__ import annotations

import json
import math

import pytest

from limes.sector import Climate
from limes.sector.weather import Normal
from limes.sensing.aerostat import Platform
from limes.watch.conditions import Conditions, ConditionSettings

T = 1_768_918_200.0
MONTH = Normal(
    **dict.fromkeys(Normal.__dataclass_fields__, 0.0) | {"temperature": 5.0, "wind": 2.0, "wind_aloft": 8.0, "visibility": 1e4}
)
LIMITS = Platform(300.0, 25.0, 1.3, 9.0, 1800.0, 1200.0, 2700.0, 3600.0, 20.0)


@pytest.fixture
def conditions():
    return Conditions(Climate(MONTH, MONTH, 37.5, "assumed"), ConditionSettings())


def aloft(time, value, **more):
    return {"type": "weather", "time": time, "wind_aloft_mps": value, **more}


def test_without_reports_the_sectors_own_weather_stands(conditions):
    assert conditions.at(T) == pytest.approx(conditions.normal.at(T), abs=1e-9) or conditions.at(T).temperature == 5.0
    assert conditions.limit_ahead(LIMITS, T) is None


def test_a_report_holds_for_hours_field_by_field(conditions):
    conditions.report({"type": "weather", "time": T, "temperature_c": 2.0, "wind_from_deg": 90.0})
    conditions.report({"type": "weather", "time": T - 60, "temperature_c": 9.0})
    now = conditions.at(T + 3600)
    assert (now.temperature, now.wind_aloft) == (2.0, 8.0)
    assert now.wind_from == pytest.approx(math.pi / 2)
    assert conditions.at(T + 4 * 3600).temperature == 5.0


def test_gusts_are_never_below_the_wind(conditions):
    conditions.report({"type": "weather", "time": T, "wind_mps": 12.0})
    assert conditions.at(T).gust == 12.0


def test_a_forecast_says_between_which_moments_the_limit_is_passed(conditions):
    ahead = [{"time": T + 1800.0 * k, "wind_aloft_mps": 10.0 + 3.0 * k, "gust_mps": 5.0} for k in range(1, 9)]
    conditions.report(aloft(T, 10.0, forecast=ahead))
    low, high, how = conditions.limit_ahead(LIMITS, T)
    assert how == "forecast"
    assert high - low == 1800.0
    assert 1800.0 * 2 <= low <= 1800.0 * 6
    later = conditions.limit_ahead(LIMITS, T + 1800.0)
    assert later[1] == high - 1800.0


def test_a_calm_forecast_overrules_a_trend(conditions):
    for k in range(8):
        conditions.report(aloft(T + 300 * k, 10.0 + k))
    assert conditions.limit_ahead(LIMITS, T + 2100)[2] == "trend"
    conditions.report(aloft(T + 2200, 18.0, forecast=[{"time": T + 9000, "wind_aloft_mps": 8.0}]))
    assert conditions.limit_ahead(LIMITS, T + 2200) is None


def test_a_straight_rise_is_extended_to_the_limit(conditions):
    for k in range(12):
        conditions.report(aloft(T + 300 * k, 10.0 + 0.8 * k, wind_mps=2.0))
    low, high, _ = conditions.limit_ahead(LIMITS, T + 3300)
    assert low <= high <= 2 * 3600
    assert high - low < 600.0


@pytest.mark.parametrize("winds", [[20.0, 19.0, 18.0, 17.0, 16.0], [10.0, 14.0, 9.0, 15.0, 10.0], [12.0, 13.0]])
def test_falling_unsteady_or_few_winds_make_no_trend(conditions, winds):
    for k, value in enumerate(winds):
        conditions.report(aloft(T + 300 * k, value))
    assert conditions.limit_ahead(LIMITS, T + 1500) is None


def test_state_goes_round_through_json(conditions):
    conditions.report(aloft(T, 10.0, forecast=[{"time": T + 600, "wind_aloft_mps": 22.0}], temperature_c=1.0))
    other = Conditions(conditions.normal, conditions.settings)
    other.restore(json.loads(json.dumps(conditions.state())))
    assert other == conditions
