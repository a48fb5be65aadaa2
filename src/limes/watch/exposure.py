"""How hard weather is on somebody who stands still outdoors: wind chill in the cold, heat index in the heat."""

from __future__ import annotations

import math

from limes.sector import Weather


def wind_chill(temperature: float, wind: float) -> float:
    """Wind-chill temperature in degrees C from air temperature (C) and wind at 10 m (m/s).

    The index of the United States and Canadian weather services of 2001 (Osczevski and Bluestein 2005); it is defined for at
    most 10 C and at least 4.8 km/h, elsewhere the air temperature is returned.

    >>> round(wind_chill(-10.0, 30.0 / 3.6))
    -20
    """
    kmh = 3.6 * wind
    if temperature > 10.0 or kmh < 4.8:
        return temperature
    power = kmh**0.16
    return 13.12 + 0.6215 * temperature - 11.37 * power + 0.3965 * temperature * power


def heat_index(temperature: float, humidity: float) -> float:
    """Heat index in degrees C from air temperature (C) and relative humidity (0-1).

    Rothfusz's regression (1990) for 80 F and more with the adjustments of the United States weather service for dry and for
    moist air; below that the air temperature is returned.

    >>> round(heat_index(32.2, 0.7))
    41
    """
    t, rh = 1.8 * temperature + 32.0, 100.0 * humidity
    if t < 80.0:
        return temperature
    index = (
        -42.379
        + 2.04901523 * t
        + 10.14333127 * rh
        - 0.22475541 * t * rh
        - 6.83783e-3 * t * t
        - 5.481717e-2 * rh * rh
        + 1.22874e-3 * t * t * rh
        + 8.5282e-4 * t * rh * rh
        - 1.99e-6 * t * t * rh * rh
    )
    if rh < 13.0 and t <= 112.0:
        index -= (13.0 - rh) / 4.0 * math.sqrt(max(17.0 - abs(t - 95.0), 0.0) / 17.0)
    if rh > 85.0 and t <= 87.0:
        index += (rh - 85.0) / 10.0 * (87.0 - t) / 5.0
    return (index - 32.0) / 1.8


def hardship(weather: Weather, night: bool, cold_night: float, cold_day: float, heat: float) -> str | None:
    """Why standing still outdoors is dangerous now, in words, or None.

    `cold_night`, `cold_day`: felt temperature (C) at or below which it is by night and by day; `heat`: heat index at or above.

    >>> winter = Weather(0.0, 3.0, 0.0, 5.0, 9.0, 2e4, 0.5, 0.0, 2.0, 0.8)
    >>> hardship(winter, True, 5.0, -5.0, 40.0), hardship(winter, False, 5.0, -5.0, 40.0)
    ('2 C, feels like -1 C', None)
    """
    felt = wind_chill(weather.temperature, weather.wind)
    if felt <= (cold_night if night else cold_day):
        return _words(weather.temperature, felt)
    hot = heat_index(weather.temperature, weather.humidity)
    return _words(weather.temperature, hot) if hot >= heat else None


def _words(air: float, felt: float) -> str:
    shown, feels = f"{air:.0f} C", f"{felt:.0f} C"
    return shown if shown == feels else f"{shown}, feels like {feels}"
