"""The weather of a scenario: the sector's climate with what the scenario states laid over it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from limes.sector import Sector, Weather, WeatherSeries
from limes.simulation.scenario import Scenario, WeatherPoint

STEP = 300.0
"""Seconds between the moments at which the weather is worked out."""

_FIELDS = {
    "wind": "wind_mps",
    "wind_from": "wind_from_deg",
    "gust": "gust_mps",
    "wind_aloft": "wind_aloft_mps",
    "visibility": "visibility_m",
    "cloud": "cloud",
    "rain": "rain_mm_h",
    "temperature": "temperature_c",
    "humidity": "humidity",
}


def weather_of(scenario: Scenario, sector: Sector) -> WeatherSeries:
    """Weather every five minutes from an hour before the start to six hours after the end, always modelled.

    A value that some points of the scenario state is drawn linearly through them and level beyond; the others follow the
    climate.
    """
    times = np.arange(scenario.begin - 3600.0, scenario.end + 6 * 3600.0 + STEP, STEP)
    normal = [sector.weather.at(float(time)) for time in times]
    columns = {field.name: np.array([getattr(moment, field.name) for moment in normal]) for field in fields(Weather)}
    for name, stated in _FIELDS.items():
        points = [point for point in scenario.weather if getattr(point, stated) is not None]
        if points:
            columns[name] = _drawn(points, stated, times - scenario.begin)
    columns["gust"] = np.maximum(columns["gust"], columns["wind"])
    return WeatherSeries(**columns, modelled=True, source=f"scenario {scenario.name} over: {sector.weather.source}")


def _drawn(points: list[WeatherPoint], stated: str, times: np.ndarray) -> np.ndarray:
    values = np.array([getattr(point, stated) for point in points], float)
    if stated == "wind_from_deg":
        values = np.unwrap(np.radians(values))
    return np.interp(times, [point.at for point in points], values)


def report(weather: Weather) -> dict[str, Any]:
    """One weather line's event."""
    degrees = float(np.degrees(weather.wind_from)) % 360.0
    values = {wire: getattr(weather, name) for name, wire in _FIELDS.items()} | {"wind_from_deg": degrees}
    digits = {"visibility_m": 0, "cloud": 3, "humidity": 3}
    return {"type": "weather", "time": weather.time} | {
        wire: round(value, digits.get(wire, 2)) for wire, value in values.items()
    }


def forecast(series: WeatherSeries, time: float, hours: int = 6) -> list[dict[str, float]]:
    """What is expected each quarter of an hour ahead: wind aloft and gusts. The simulated forecast comes true."""
    ahead = [series.at(time + 900.0 * (step + 1)) for step in range(4 * hours)]
    return [{"time": one.time, "wind_aloft_mps": round(one.wind_aloft, 2), "gust_mps": round(one.gust, 2)} for one in ahead]
