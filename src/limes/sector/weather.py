"""The weather of a sector: a measured series, or a stated climate model that is labelled as modelled."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

YEAR = 365.2425 * 86400.0
"""Mean Gregorian year, seconds."""


@dataclass(frozen=True)
class Weather:
    """The weather at one moment.

    `time` UTC epoch s; `wind` and `gust` m/s at 10 m; `wind_from` radians clockwise from true north; `wind_aloft` m/s at
    600 m; `visibility` m; `cloud` 0-1; `rain` mm/h; `temperature` degrees C; `humidity` 0-1.
    """

    time: float
    wind: float
    wind_from: float
    gust: float
    wind_aloft: float
    visibility: float
    cloud: float
    rain: float
    temperature: float
    humidity: float


@dataclass(frozen=True)
class WeatherSeries:
    """Weather by time: arrays (n,) with the names and units of `Weather`, times growing."""

    time: np.ndarray
    wind: np.ndarray
    wind_from: np.ndarray
    gust: np.ndarray
    wind_aloft: np.ndarray
    visibility: np.ndarray
    cloud: np.ndarray
    rain: np.ndarray
    temperature: np.ndarray
    humidity: np.ndarray
    modelled: bool
    source: str

    def at(self, time: float) -> Weather:
        """Linear interpolation to a time, wind direction as a vector; beyond the first and the last row it is that row."""
        values = {f.name: float(np.interp(time, self.time, getattr(self, f.name))) for f in fields(Weather)[1:]}
        east = np.interp(time, self.time, np.sin(self.wind_from))
        north = np.interp(time, self.time, np.cos(self.wind_from))
        return Weather(time, **(values | {"wind_from": float(np.arctan2(east, north)) % (2 * np.pi)}))


@dataclass(frozen=True)
class Normal:
    """What is normal in one month: mean, range and wind figures of a stated climate.

    `temperature` daily mean and `swing` half the daily range, degrees C; `wind` mean at 10 m and `wind_swing` its daily
    half range, m/s; `wind_from` radians; `gust_factor` gust over mean wind; `wind_aloft` m/s at 600 m; `humidity` daily mean,
    0-1, and its daily half range; `visibility` m outside fog; `fog` share of nights with fog; `cloud` 0-1; `wet` share of
    hours with rain and `rain` mm/h while it rains.
    """

    temperature: float
    swing: float
    wind: float
    wind_swing: float
    wind_from: float
    gust_factor: float
    wind_aloft: float
    humidity: float
    humidity_swing: float
    visibility: float
    fog: float
    cloud: float
    wet: float
    rain: float


@dataclass(frozen=True)
class Climate:
    """A stated climate: normals of January and July, joined by a cosine through the year and the day; always modelled.

    It gives the normal course of a dry day; storms, fog and rain are drawn by `limes.sector.weather_draw`. `longitude`
    (degrees) sets the local solar day.
    """

    january: Normal
    july: Normal
    longitude: float
    source: str

    modelled = True

    def normal(self, time: float) -> Normal:
        """Normals at the season of a time: mid-January and mid-July joined by a cosine."""
        warm = (1 - np.cos(2 * np.pi * (time - 14.5 * 86400.0) / YEAR)) / 2
        mix = {f.name: (1 - warm) * getattr(self.january, f.name) + warm * getattr(self.july, f.name) for f in fields(Normal)}
        east = (1 - warm) * np.sin(self.january.wind_from) + warm * np.sin(self.july.wind_from)
        north = (1 - warm) * np.cos(self.january.wind_from) + warm * np.cos(self.july.wind_from)
        return Normal(**{k: float(v) for k, v in mix.items()} | {"wind_from": float(np.arctan2(east, north)) % (2 * np.pi)})

    def at(self, time: float) -> Weather:
        """The normal weather at a time: warmest, driest and windiest at 15 h local solar time."""
        n = self.normal(time)
        solar_hour = (time / 3600.0 + self.longitude / 15.0) % 24.0
        day = float(np.cos(2 * np.pi * (solar_hour - 15.0) / 24.0))
        wind = max(n.wind + n.wind_swing * day, 0.0)
        return Weather(
            time=time,
            wind=wind,
            wind_from=n.wind_from,
            gust=n.gust_factor * wind,
            wind_aloft=max(n.wind_aloft - 0.5 * n.wind_swing * day, 0.0),
            visibility=n.visibility,
            cloud=n.cloud,
            rain=0.0,
            temperature=n.temperature + n.swing * day,
            humidity=min(max(n.humidity - n.humidity_swing * day, 0.0), 1.0),
        )
