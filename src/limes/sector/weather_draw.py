"""Weather drawn from a stated climate: hours of wind, warm and cold spells, fog nights and rain, for simulations."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from limes.sector.weather import Climate, Weather, WeatherSeries

HOUR = 3600.0
WIND_SPREAD = 0.45
"""Standard deviation of the logarithm of wind about its normal (assumed, 0.35-0.6)."""
WIND_MEMORY = 12.0
"""Hours after which a wind anomaly has fallen to 1/e (assumed, 6-24)."""
WARM_SPREAD = 3.0
"""Standard deviation of temperature about its normal, K (assumed, 2-5)."""
WARM_MEMORY = 60.0
"""Hours after which a warm or cold spell has fallen to 1/e (assumed, 36-96)."""
RAIN_SPELL = 3.0
"""Mean length of a rain spell, hours (assumed, 2-6)."""
FOG_VISIBILITY = 300.0
"""Visibility in fog, m (assumed, 50-1000)."""


def draw_weather(climate: Climate, start: float, hours: int, generator: np.random.Generator) -> WeatherSeries:
    """Draw hourly weather from `start` (UTC epoch s) on; modelled, and the same for the same generator.

    Wind at both heights shares one anomaly; a foggy night is foggy from local midnight to 8 h solar time; it rains in spells.
    """
    time = start + HOUR * np.arange(hours + 1)
    normals = [climate.at(t) for t in time]
    base = {f.name: np.array([getattr(w, f.name) for w in normals]) for f in fields(Weather)}
    wind = np.exp(WIND_SPREAD * _memory(generator, time.size, WIND_MEMORY) - WIND_SPREAD**2 / 2)
    warm = WARM_SPREAD * _memory(generator, time.size, WARM_MEMORY)
    fog = _fog(climate, time, generator)
    rain = _rain(climate, time, generator)
    for name in ("wind", "gust", "wind_aloft"):
        base[name] *= np.where(fog & (name != "wind_aloft"), np.minimum(wind, 0.6), wind)
    base["temperature"] += warm
    base["rain"] = rain
    base["cloud"] = np.where(rain > 0, np.maximum(base["cloud"], 0.9), base["cloud"])
    base["visibility"] = np.where(fog, FOG_VISIBILITY, base["visibility"] / (1 + rain / 2))
    base["humidity"] = np.where(fog, 1.0, np.where(rain > 0, np.maximum(base["humidity"], 0.9), base["humidity"]))
    return WeatherSeries(**base, modelled=True, source=f"drawn from a stated climate ({climate.source})")


def _memory(generator: np.random.Generator, count: int, memory: float) -> np.ndarray:
    """A stationary series of unit variance whose hourly correlation is exp(-1 / memory)."""
    keep = np.exp(-1.0 / memory)
    shocks = generator.standard_normal(count)
    shocks[1:] *= np.sqrt(1 - keep**2)
    for i in range(1, count):
        shocks[i] += keep * shocks[i - 1]
    return shocks


def _fog(climate: Climate, time: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    solar = time / HOUR + climate.longitude / 15.0
    day = np.floor(solar / 24.0).astype(int)
    odds = np.array([climate.normal(d * 24 * HOUR).fog for d in range(day[0], day[-1] + 1)])
    foggy = generator.random(odds.size) < odds
    return foggy[day - day[0]] & (solar % 24.0 < 8.0)


def _rain(climate: Climate, time: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Rain, mm/h, as a two-state chain whose share of wet hours is the climate's and whose spells last `RAIN_SPELL` hours."""
    chance, amount = generator.random(time.size), generator.exponential(size=time.size)
    rain = np.zeros(time.size)
    wet = False
    for i, moment in enumerate(time):
        normal = climate.normal(moment)
        begin = min(normal.wet / (max(1 - normal.wet, 1e-6) * RAIN_SPELL), 1.0)
        start = normal.wet if i == 0 else begin
        wet = chance[i] < (1 - 1 / RAIN_SPELL if wet else start)
        rain[i] = amount[i] * normal.rain if wet else 0.0
    return rain
